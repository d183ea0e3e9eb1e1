"""Features of all photos by a model's trunk, kept on the disk: what refits, suspects and similar photos are made of.

They lie in the project's `features/<trunk>/`. A trunk is weights and preprocessing: models that differ in their heads
alone, as all those with a frozen trunk from the same start do, share one file. Features are made on the way of
predicting, so a photo goes through the network once.
"""

import contextlib
import hashlib
import json
import mmap
import shutil
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Score
from weldstudio.domain.model import ModelCard
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store import models as model_rows
from weldstudio.store import photos as photo_rows
from weldstudio.store import predictions
from weldstudio.store.store import Store
from weldstudio.studio import registry

FOLDER = "features"
_GONE = ".gone"


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """The features of one trunk, and how much of the project they cover."""

    trunk: str
    folder: Path
    network: str
    width: int
    models: tuple[str, ...]
    """Ids of the models of the registry that have this trunk; without any it is of no use any more."""
    photos: int
    """Photos of the project whose features are there."""
    out_of: int
    """Photos of the project that can be shown."""
    waiting: int
    """Of these, photos whose file has not been read yet, so that their content is not known."""
    size: int
    """Bytes."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"folder": str(self.folder), "models": list(self.models)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the features of a model's trunk lie, and the content of each photo."""

    trunk: str
    folder: Path
    contents: dict[int, str]
    """Content hash by photo id, of the photos that have been read."""

    def kept_by(self, message: Score) -> Score:
        """The request to score photos, which now keeps their features as well.

        A photo whose content is not known yet is scored without: its features have no key until it is.
        """
        contents = tuple(self.contents.get(photo_id, "") for photo_id in message.photo_ids)
        return replace(message, features=str(self.folder), trunk=self.trunk, contents=contents)

    def missing(self, photo_ids: Sequence[int]) -> list[int]:
        """Those of the photos that have no features yet but could have."""
        known = [photo_id for photo_id in photo_ids if photo_id in self.contents]
        file = FeatureFile.open(self.folder)
        if file is None:
            return known
        there = file.find([self.contents[photo_id] for photo_id in known]) >= 0
        return [photo_id for photo_id, has in zip(known, there.tolist(), strict=True) if not has]


def trunk_of(folder: Path, card: ModelCard) -> str:
    """The name of a model's trunk: 16 hexadecimal digits made of its weights, its network and its preprocessing.

    Of a model of several networks the first is meant. Raises JobFailed where the weights cannot be read.
    """
    file = folder / "weights.safetensors"
    try:
        said = file.stat()
        weights = _hash_of_trunk(file, said.st_mtime_ns, said.st_size)
    except (OSError, ValueError, KeyError) as error:
        raise JobFailed(f"The weights of {card.name} ({card.id}) cannot be read: {error}.") from error
    network = card.members[0].network if card.members else card.network
    told = json.dumps([weights, network, asdict(card.preprocessing)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def place(store: Store, card: ModelCard) -> Place:
    """Where the features of this model lie, or will lie. Raises JobFailed."""
    trunk = trunk_of(registry.folder_of(store, card.id), card)
    return Place(trunk, store.folder / FOLDER / trunk, photo_rows.contents(store))


def active_place(store: Store) -> Place:
    """As `place`, of the active model. Raises JobFailed where there is none."""
    return place(store, registry.chosen(store, None))


def every(store: Store) -> list[FeatureSet]:
    """All feature files of the project."""
    used: dict[str, list[str]] = {}
    for card in model_rows.every(store):
        try:
            used.setdefault(trunk_of(registry.folder_of(store, card.id), card), []).append(card.id)
        except JobFailed:
            continue  # a model that cannot be used keeps nothing
    contents = photo_rows.contents(store)
    shown = [photo.id for photo in photo_rows.every(store) if photo.problem is None]
    known = [contents.get(photo_id) for photo_id in shown]
    found = []
    for folder in sorted((store.folder / FOLDER).glob("*/")):
        if folder.name.endswith(_GONE):
            continue
        file = FeatureFile.open(folder)
        if file is not None:
            covered = int((file.find(known) >= 0).sum())
            size = sum(path.stat().st_size for path in folder.iterdir())
            about, ids = file.about, tuple(used.get(file.about.trunk, ()))
            waiting = sum(content is None for content in known)
            found.append(
                FeatureSet(about.trunk, folder, about.network, about.width, ids, covered, len(shown), waiting, size)
            )
    return found


def remove(store: Store, *, trunk: str | None = None) -> list[FeatureSet]:
    """Deletes the features of one trunk, or of all that no model of the registry has any more. They can be made again.

    Raises JobFailed for a trunk that is not there.
    """
    found = every(store)
    gone = [one for one in found if (not one.models if trunk is None else one.trunk == trunk)]
    if trunk is not None and not gone:
        raise JobFailed(f"There are no features of the trunk '{trunk}'; `weldstudio features --list` names them.")
    for one in gone:
        # Out of the way first: what is half deleted when the machine stops is no file any more, and is swept next time.
        away = one.folder.with_name(f"{one.trunk}{_GONE}")
        with contextlib.suppress(OSError):
            one.folder.rename(away)
    sweep(store)
    return gone


def sweep(store: Store) -> None:
    """Deletes what was being deleted when the machine stopped."""
    for folder in (store.folder / FOLDER).glob(f"*{_GONE}"):
        shutil.rmtree(folder, ignore_errors=True)


def tidy(store: Store) -> list[FeatureSet]:
    """Deletes the features of trunks without a model whose predictions are kept: like these, they are made anew."""
    sweep(store)
    if not any((store.folder / FOLDER).glob("*/")):
        return []
    kept = {*predictions.models(store), model_rows.active_id(store)}
    return [gone for one in every(store) if kept.isdisjoint(one.models) for gone in remove(store, trunk=one.trunk)]


def check(store: Store) -> Generator[Progress, None, int]:
    """Compares every record with its checksum and takes out those that are damaged; returns how many."""
    files = [file for one in every(store) if (file := FeatureFile.open(one.folder)) is not None]
    total, done, damaged = sum(map(len, files)), 0, 0
    for file in files:
        parts = []
        for part in file.verified():
            parts.append(part)
            done += len(part)
            yield Progress(done, total, f"checking {file.about.network}")
        good = np.concatenate(parts) if parts else np.zeros(0, np.bool_)
        if not good.all():
            damaged += int((~good).sum())
            file.keep(good)
    return damaged


@lru_cache(maxsize=16)
def _hash_of_trunk(file: Path, _mtime_ns: int, _size: int) -> str:
    """SHA-256 over the tensors below `body.`, name by name, read without torch (safetensors: length, JSON, bytes)."""
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])
        prefix = "members.0.body." if any(name.startswith("members.0.") for name in header) else "body."
        found = hashlib.sha256()
        with memoryview(data) as view:
            for name in sorted(name for name in header if name.startswith(prefix)):
                first, last = header[name]["data_offsets"]
                told = (name.removeprefix(prefix), header[name]["dtype"], header[name]["shape"])
                found.update(json.dumps(told).encode())
                with view[8 + length + first : 8 + length + last] as tensor:
                    found.update(tensor)
    return found.hexdigest()
