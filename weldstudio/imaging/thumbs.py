"""Thumbnails: made once, kept in the project's `thumbs/` in append-only packs, read by any number of threads.

Each writer appends to a pack of its own (`<random>.pack`) and to its index (`<random>.index`: 24-byte records), so
several processes write at once without a lock. A record is written after its picture and carries a checksum over
both: whatever a crash left half done is never taken for a thumbnail, and nothing before it is touched. A full pack is
followed by another; where all of them take more room than the settings allow, the oldest go.
"""

import io
import os
import secrets
import struct
import threading
import zlib
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from weldstudio import paths
from weldstudio.imaging.hashes import dhash_of
from weldstudio.imaging.read import read_picture
from weldstudio.settings import Settings

SIZE = 320
"""Longest side in pixels: the largest cell of the grid, and enough for a second look."""

_QUALITY = 80
_RECORD = np.dtype([("key", "<u8"), ("offset", "<u8"), ("length", "<u4"), ("check", "<u4")])
_PLACE = struct.Struct("<QQI")
_BUFFERED_BYTES = 1 << 20
_PACK_BYTES = 64 << 20
"""A pack of this size is full."""
_FOLD_FROM = 4096
"""So many new entries are kept in a dictionary before they are sorted into the arrays."""


@dataclass(frozen=True, slots=True)
class Thumb:
    """A thumbnail just made. Decoding once gives it and the perceptual hash."""

    jpeg: bytes
    width: int
    """Of the thumbnail, upright, in pixels."""
    height: int
    dhash: int


def make_thumb(path: Path, size: int = SIZE) -> Thumb:
    """The thumbnail of a photo, its longest side at most `size` pixels. Any thread. Raises PhotoError."""
    return thumb_of(read_picture(path, longest=size))


def thumb_of(picture: Image.Image) -> Thumb:
    """The thumbnail of an upright RGB picture that has its size already."""
    with _memory_file() as file:
        picture.save(file, "JPEG", quality=_QUALITY)
        file.seek(0)
        return Thumb(file.read(), picture.width, picture.height, dhash_of(picture))


def _memory_file() -> IO[bytes]:
    """What to encode into. Pillow lets the interpreter lock go while it encodes into a file, into memory it does not:
    so a file that lies in memory, where the system knows such (Linux).
    """
    if hasattr(os, "memfd_create"):
        return io.FileIO(os.memfd_create("thumbnail"), "w+")
    return io.BytesIO()


def thumb_key(collection_uuid: str, path: str, size: int, mtime_ns: int) -> str:
    """Names the thumbnail of one version of a photo (bytes and modification time): 16 hexadecimal digits."""
    told = f"{collection_uuid}\0{path}\0{size}\0{mtime_ns}".encode("utf-8", errors="surrogatepass")
    return blake2b(told, digest_size=8).hexdigest()


@dataclass(slots=True)
class _Pack:
    """One pack as far as it has been read."""

    name: str
    file: IO[bytes] | None = None
    index_read: int = 0
    """Bytes of the index taken in."""


class ThumbStore:
    """The thumbnails of one project. All methods may be called from any thread.

    `get` never waits for a writer's disk. The folder is made at the first write. Errors of the disk while writing
    are OSErrors; a thumbnail that cannot be read is as good as none.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packs: list[_Pack] = []
        self._pack_numbers: dict[str, int] = {}
        self._keys = np.empty(0, np.uint64)
        self._places = np.empty((0, 4), np.int64)
        """Rows (pack number, offset, length, check) in the order of `_keys`, which is sorted."""
        self._newer: dict[int, tuple[int, int, int, int]] = {}
        self._waiting: dict[int, bytes] = {}
        self._waiting_bytes = 0
        self._own: tuple[int, IO[bytes], IO[bytes]] | None = None
        self._looking = threading.Lock()
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self.refresh()

    def get(self, key: str) -> bytes | None:
        """The JPEG of a key, or None."""
        number = int(key, 16)
        waiting = self._waiting.get(number)
        if waiting is not None:
            return waiting
        with self._looking:
            place = self._place_of(number)
        if place is None:
            return None
        jpeg = self._read(*place[:3])
        if zlib.crc32(jpeg, zlib.crc32(_PLACE.pack(number, place[1], place[2]))) != place[3]:
            return None
        return jpeg

    def __contains__(self, key: str) -> bool:
        number = int(key, 16)
        with self._looking:
            return number in self._waiting or self._place_of(number) is not None

    def add(self, key: str, jpeg: bytes) -> None:
        """Keeps a thumbnail; written in batches of about a megabyte, readable here at once. May raise OSError."""
        with self._looking:
            self._waiting[int(key, 16)] = jpeg
            self._waiting_bytes += len(jpeg)
            full = self._waiting_bytes >= _BUFFERED_BYTES
        if full:
            self.flush()

    def flush(self) -> None:
        """Writes what was added, for other processes to see. Raises OSError (disk full); it may be tried again."""
        with self._writing:
            with self._looking:
                batch = dict(self._waiting)
            if batch:
                self._write(batch)

    def refresh(self) -> None:
        """Takes in what other processes have appended, and what lay there before."""
        try:
            names = sorted(name for name in os.listdir(self.folder) if name.endswith(".index"))  # noqa: PTH208
        except OSError:
            return
        with self._looking:
            for name in names:
                self._take_index(name.removesuffix(".index"))
            if len(self._newer) >= _FOLD_FROM:
                self._fold()

    def close(self) -> None:
        """Writes what was added and closes all files."""
        self.flush()
        with self._writing, self._reading:
            if self._own is not None:
                for file in self._own[1:]:
                    file.close()
                self._own = None
            for pack in self._packs:
                if pack.file is not None:
                    pack.file.close()
                    pack.file = None

    def _place_of(self, number: int) -> tuple[int, int, int, int] | None:
        place = self._newer.get(number)
        if place is None:
            at = int(np.searchsorted(self._keys, np.uint64(number)))
            if at < len(self._keys) and int(self._keys[at]) == number:
                pack, offset, length, check = self._places[at].tolist()
                return pack, offset, length, check
        return place

    def _read(self, pack_number: int, offset: int, length: int) -> bytes:
        pack = self._packs[pack_number]
        try:
            if pack.file is None:
                with self._reading:
                    if pack.file is None:
                        pack.file = (self.folder / f"{pack.name}.pack").open("rb", buffering=0)
            if hasattr(os, "pread"):
                return os.pread(pack.file.fileno(), length, offset)
            with self._reading:  # Windows has no read that leaves the position alone
                pack.file.seek(offset)
                return pack.file.read(length)
        except OSError:
            return b""

    def _pack_number(self, name: str) -> int:
        number = self._pack_numbers.get(name)
        if number is None:
            number = self._pack_numbers[name] = len(self._packs)
            self._packs.append(_Pack(name))
        return number

    def _take_index(self, name: str) -> None:
        number = self._pack_number(name)
        pack = self._packs[number]
        if self._own is not None and self._own[0] == number:
            return  # our own entries are known already
        try:
            with (self.folder / f"{name}.index").open("rb") as file:
                file.seek(pack.index_read)
                content = file.read()
        except OSError:
            return
        content = content[: len(content) // _RECORD.itemsize * _RECORD.itemsize]
        pack.index_read += len(content)
        records = np.frombuffer(content, _RECORD)
        columns = (records[column].tolist() for column in ("key", "offset", "length", "check"))
        for key, offset, length, check in zip(*columns, strict=True):
            self._newer[key] = (number, offset, length, check)

    def _fold(self) -> None:
        """Sorts the newer entries into the arrays: 28 bytes an entry in place of some 300."""
        newer = np.fromiter(self._newer, np.uint64, len(self._newer))
        old = ~np.isin(self._keys, newer)
        keys = np.concatenate([self._keys[old], newer])
        places = np.concatenate([self._places[old], np.array(list(self._newer.values()), np.int64).reshape(-1, 4)])
        order = np.argsort(keys)
        self._keys, self._places = keys[order], places[order]
        self._newer = {}

    def _write(self, batch: dict[int, bytes]) -> None:
        """Appends to our own pack. After an error that pack is left as it is and the next try begins another."""
        if self._own is None:
            make_room(self.folder)
        number, pack_file, index_file = self._own or self._begin_pack()
        offset = pack_file.tell()
        places: dict[int, tuple[int, int, int, int]] = {}
        records = np.empty(len(batch), _RECORD)
        for i, (key, jpeg) in enumerate(batch.items()):
            check = zlib.crc32(jpeg, zlib.crc32(_PLACE.pack(key, offset, len(jpeg))))
            places[key] = (number, offset, len(jpeg), check)
            records[i] = (key, offset, len(jpeg), check)
            offset += len(jpeg)
        try:
            pack_file.write(b"".join(batch.values()))
            pack_file.flush()
            index_file.write(records.tobytes())
            index_file.flush()
        except OSError:
            self._own = None
            for file in (pack_file, index_file):
                _close_quietly(file)
            raise
        if offset >= _PACK_BYTES:
            self._packs[number].index_read = index_file.tell()  # what it holds is known already
            self._own = None
            for file in (pack_file, index_file):
                _close_quietly(file)
            make_room(self.folder)
        with self._looking:
            self._newer.update(places)
            for key, jpeg in batch.items():
                if self._waiting.get(key) is jpeg:
                    del self._waiting[key]
            self._waiting_bytes = sum(map(len, self._waiting.values()))
            if len(self._newer) >= _FOLD_FROM:
                self._fold()

    def _begin_pack(self) -> tuple[int, IO[bytes], IO[bytes]]:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = secrets.token_hex(8)
        # Open until `close`: one pack a session.
        pack_file = (self.folder / f"{name}.pack").open("xb")
        try:
            index_file = (self.folder / f"{name}.index").open("xb")
        except OSError:
            pack_file.close()
            raise
        with self._looking:
            number = self._pack_number(name)
        self._own = (number, pack_file, index_file)
        return self._own


def make_room(folder: Path, limit: int | None = None) -> None:
    """Delete the oldest packs until they take at most `limit` bytes, by default what the settings allow.

    Who reads one of them goes on reading, or makes its thumbnails again. What cannot be deleted stays.
    """
    limit = Settings.load(paths.settings_file()).thumbnail_room * 1_000_000 if limit is None else limit
    found = []
    for pack in folder.glob("*.pack"):
        try:
            facts = pack.stat()
        except OSError:
            continue  # another process has deleted it
        found.append((facts.st_mtime_ns, facts.st_size, pack))
    total = sum(size for _, size, _ in found)
    for _, size, pack in sorted(found):
        if total <= limit:
            return
        try:
            # Its index first: what is left of a deletion cut short is a pack that nobody reads, and that goes next.
            pack.with_suffix(".index").unlink(missing_ok=True)
            pack.unlink(missing_ok=True)
        except OSError:
            continue  # open elsewhere, on Windows
        total -= size


def _close_quietly(file: IO[bytes]) -> None:
    """Closing tries to write what is left once more; that it fails again is no news."""
    try:
        file.close()
    except OSError:
        pass
