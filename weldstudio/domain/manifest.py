"""Manifest: the snapshot of photos and labels that one training run uses, and how it is written as JSON lines.

The first line describes the classes and the starting weights, every other line one photo. A run reads nothing else
of the project, so it can be repeated, moved together with its photos, or started by hand.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.split import Split


@dataclass(frozen=True, slots=True)
class ManifestClass:
    """One output of the network to be trained: a flag or merge of the scheme."""

    slot: int
    name: str
    points: int = 1
    """Penalty points, for thresholds by cost."""


class ManifestPhoto(NamedTuple):
    """One photo with the label states (`labelling.State`) of the manifest's classes, in their order.

    A tuple, since a hundred thousand of them are made in a third of the time of frozen dataclasses.
    """

    id: int
    path: str
    """Absolute."""
    split: Split
    states: tuple[int, ...]
    content_hash: str | None = None
    unit: int = -1
    """Number of the joint or cluster of near-duplicates that must stay together; -1 = the photo alone."""


@dataclass(frozen=True)
class Manifest:
    """What a run is given beside its recipe. An inconsistent one cannot be made.

    Without slots, so that it can keep what is asked of it again and again: of 127,655 photos that is a tenth of a
    second each time.
    """

    classes: tuple[ManifestClass, ...]
    photos: tuple[ManifestPhoto, ...]
    task: str = "multilabel"
    """'multilabel' or 'exclusive'; the recipe's 'auto' is resolved."""
    weights: str = ""
    """File with the starting weights, relative to the run folder or absolute; empty = random."""
    weights_origin: str = "random"
    """In words."""
    weights_licence: str = ""

    def __post_init__(self) -> None:
        if self.task not in ("multilabel", "exclusive"):
            raise ValueError(f"a manifest's task cannot be '{self.task}'")
        if any(len(photo.states) != len(self.classes) for photo in self.photos):
            raise ValueError("a photo of the manifest has more or fewer states than there are classes")

    def of(self, split: Split) -> tuple[ManifestPhoto, ...]:
        """The photos of one split, in the manifest's order."""
        return self._by_split[split]

    @cached_property
    def _by_split(self) -> dict[Split, tuple[ManifestPhoto, ...]]:
        found: dict[Split, list[ManifestPhoto]] = {split: [] for split in Split}
        for photo in self.photos:
            found[photo.split].append(photo)
        return {split: tuple(photos) for split, photos in found.items()}

    def states(self, split: Split) -> NDArray[np.uint8]:
        """(photos of the split, classes) label states, read-only."""
        return self._states[split]

    @cached_property
    def _states(self) -> dict[Split, NDArray[np.uint8]]:
        width = len(self.classes)
        return {
            split: np.frombuffer(b"".join(bytes(photo.states) for photo in photos), np.uint8).reshape(-1, width)
            if width
            else np.zeros((len(photos), 0), np.uint8)
            for split, photos in self._by_split.items()
        }

    def counts(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Split -> class -> (raised, clear) photos."""
        return self._counts

    @cached_property
    def _counts(self) -> dict[str, dict[str, tuple[int, int]]]:
        return counted([item.name for item in self.classes], self._states)

    def to_lines(self) -> Iterator[str]:
        """JSON lines without line ends."""
        yield json.dumps(
            {
                "classes": [{"slot": c.slot, "name": c.name, "points": c.points} for c in self.classes],
                "task": self.task,
                "weights": self.weights,
                "weights_origin": self.weights_origin,
                "weights_licence": self.weights_licence,
            },
            ensure_ascii=False,
        )
        for photo in self.photos:
            yield json.dumps(
                {
                    "id": photo.id,
                    "path": photo.path,
                    "split": photo.split.value,
                    "states": photo.states,
                    "hash": photo.content_hash,
                    "unit": photo.unit,
                },
                ensure_ascii=False,
            )

    @staticmethod
    def from_lines(lines: Iterable[str]) -> "Manifest":
        """Raises ValueError naming the damaged line."""
        rows: list[dict[str, Any]] = []
        for number, line in enumerate(lines, 1):
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise ValueError(f"line {number} of the manifest is damaged: {error}") from error
        if not rows:
            raise ValueError("the manifest is empty")
        head, *photos = rows
        try:
            return Manifest(
                tuple(ManifestClass(**c) for c in head.pop("classes")),
                tuple(
                    ManifestPhoto(
                        p["id"], p["path"], Split(p["split"]), tuple(p["states"]), p["hash"], p.get("unit", -1)
                    )
                    for p in photos
                ),
                **head,
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"the manifest is damaged or from a newer version ({error})") from error


def counted(names: Sequence[str], states: Mapping[Split, NDArray[np.uint8]]) -> dict[str, dict[str, tuple[int, int]]]:
    """Split -> class -> (raised, clear) photos, of the label states (photos, classes) of each split."""
    result: dict[str, dict[str, tuple[int, int]]] = {}
    for split, found in states.items():
        raised, clear = ((found == state).sum(axis=0).tolist() for state in (State.RAISED, State.CLEAR))
        result[split.value] = dict(zip(names, zip(raised, clear, strict=True), strict=True))
    return result


def photo_ids(text: str) -> list[int]:
    """Ids of the photos of a manifest as its file holds it, in its order; the rest of each line is not read."""
    return [int(found) for found in _ID.findall(text)]


_ID = re.compile(r'^\{"id": (\d+),', re.MULTILINE)
