"""What a network's trunk sees in each photo, kept: one file of fixed records that is only appended to and mapped.

A record is the SHA-256 of the photo's content, a checksum, and the features as float16. A photo that moves, or lies in
two collections, is found again by its content. What was torn off by a crash in the middle of a record is cut away
before the next is written; records that no longer fit their checksum are left out by `verified` and made again.
"""

import json
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ABOUT, ROWS = "trunk.json", "features.f16"
_CHUNK = 8192

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrunkAbout:
    """What a feature file was made with."""

    trunk: str
    """Names weights and preprocessing; see `studio.features.trunk_of`."""
    network: str
    width: int

    def to_json(self) -> dict[str, Any]:
        return {"trunk": self.trunk, "network": self.network, "width": self.width}


class FeatureFile:
    """The features of one trunk. Any thread may read; one writes at a time, and several processes may append."""

    def __init__(self, folder: Path, about: TrunkAbout) -> None:
        self.folder, self.about = folder, about
        self._bytes = np.dtype([("key", "u1", (32,)), ("check", "<u4"), ("row", "<f2", (about.width,))])
        self._mapped: NDArray[Any] = np.empty(0, self._bytes)
        self._order: Rows = np.zeros(0, np.int64)
        self._sorted: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._out: int | None = None
        self.refresh()

    @staticmethod
    def open(folder: Path) -> "FeatureFile | None":
        """The file in a folder, or None where there is none (yet)."""
        try:
            said = json.loads((folder / ABOUT).read_text("utf-8"))
            return FeatureFile(folder, TrunkAbout(said["trunk"], said["network"], int(said["width"])))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @staticmethod
    def make(folder: Path, about: TrunkAbout) -> "FeatureFile":
        """The file in a folder, begun if there is none or one of another width. Raises OSError."""
        there = FeatureFile.open(folder)
        if there is not None and there.about == about:
            return there
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ROWS).unlink(missing_ok=True)
        part = folder / (ABOUT + ".part")
        part.write_text(json.dumps(about.to_json()), "utf-8")
        part.replace(folder / ABOUT)
        return FeatureFile(folder, about)

    def __len__(self) -> int:
        return len(self._mapped)

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return len(self._mapped) * self._bytes.itemsize

    def refresh(self) -> None:
        """Takes in what was appended since, here or by another process."""
        try:
            count = (self.folder / ROWS).stat().st_size // self._bytes.itemsize
        except OSError:
            count = 0
        if count == len(self._mapped):
            return
        self._mapped = np.memmap(self.folder / ROWS, self._bytes, "r", shape=(count,)) if count else self._mapped[:0]
        keys = np.ascontiguousarray(self._mapped["key"][:, :8]).view(">u8").ravel().astype(np.uint64)
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    def find(self, contents: Sequence[str | None]) -> Rows:
        """(k,) the record of each content hash, -1 where there is none. Eight bytes of a hash tell a million apart."""
        wanted = np.array([int(content[:16], 16) if content else 0 for content in contents], np.uint64)
        if not len(self._sorted):
            return np.full(len(wanted), -1, np.int64)
        # From the right: of two records of one photo the newer.
        at = np.maximum(self._sorted.searchsorted(wanted, "right") - 1, 0)
        known = np.array([bool(content) for content in contents], np.bool_)
        return np.where((self._sorted[at] == wanted) & known, self._order[at], -1)

    def read(self, records: Rows) -> NDArray[np.float32]:
        """(k, width) features of these records."""
        found = np.empty((len(records), self.about.width), np.float32)
        for start in range(0, len(records), _CHUNK):
            found[start : start + _CHUNK] = self._mapped["row"][records[start : start + _CHUNK]]
        return found

    def chunks(self) -> Iterator[NDArray[np.float32]]:
        """The features of all records, some thousand at a time, without their pages staying with the process."""
        left = len(self)
        with (self.folder / ROWS).open("rb") as file:
            while left > 0:
                part = np.fromfile(file, self._bytes, min(left, _CHUNK))
                left -= len(part) or left
                yield part["row"].astype(np.float32)

    def append(self, contents: Sequence[str], rows: NDArray[np.floating[Any]]) -> None:
        """Writes records at the end, for every process to see. Raises OSError; what is not whole is cut off later."""
        records = np.zeros(len(contents), self._bytes)
        records["key"] = np.frombuffer(b"".join(map(bytes.fromhex, contents)), np.uint8).reshape(-1, 32)
        records["row"] = np.clip(rows, -65504, 65504)
        records["check"] = [_check(key, row) for key, row in zip(records["key"], records["row"], strict=True)]
        if self._out is not None and os.fstat(self._out).st_nlink == 0:
            self.close()  # somebody has removed it
        if self._out is None:
            self._out = self._begin()
        data = records.tobytes()
        if os.write(self._out, data) < len(data):
            self.close()
            raise OSError("no room is left for features")

    def verified(self) -> Iterator[NDArray[np.bool_]]:
        """Chunk by chunk, whether each record fits its checksum."""
        for start in range(0, len(self), _CHUNK):
            part = np.array(self._mapped[start : start + _CHUNK])
            sums = [_check(key, row) for key, row in zip(part["key"], part["row"], strict=True)]
            yield part["check"] == np.array(sums, np.uint32)

    def keep(self, good: NDArray[np.bool_]) -> None:
        """Replaces the file by its good records. Raises OSError."""
        self.close()
        part = self.folder / (ROWS + ".part")
        with part.open("wb") as file:
            for start in range(0, len(good), _CHUNK):
                chunk = slice(start, min(start + _CHUNK, len(good)))
                file.write(np.array(self._mapped[chunk])[good[chunk]].tobytes())
        self._mapped = self._mapped[:0]  # Windows replaces no file that is mapped
        part.replace(self.folder / ROWS)
        self.refresh()

    def close(self) -> None:
        """Ends writing; it begins again by itself."""
        if self._out is not None:
            os.close(self._out)
            self._out = None

    def _begin(self) -> int:
        out = os.open(self.folder / ROWS, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        torn = os.fstat(out).st_size % self._bytes.itemsize
        if torn:
            os.ftruncate(out, os.fstat(out).st_size - torn)
        return out


def _check(key: NDArray[np.uint8], row: NDArray[np.float16]) -> int:
    return zlib.crc32(row.tobytes(), zlib.crc32(key.tobytes()))
