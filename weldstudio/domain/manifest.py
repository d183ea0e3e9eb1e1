"""Manifest: the snapshot of photos and labels that one training run uses, and how it is written as JSON lines.

The first line describes the classes and the starting weights, every other line one photo. A run reads nothing else
of the project, so it can be repeated, moved together with its photos, or started by hand.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from weldstudio.domain.labelling import State
from weldstudio.domain.split import Split


@dataclass(frozen=True, slots=True)
class ManifestClass:
    """One output of the network to be trained: a flag or merge of the scheme."""

    slot: int
    name: str
    points: int = 1
    """Penalty points, for thresholds by cost."""


@dataclass(frozen=True, slots=True)
class ManifestPhoto:
    """One photo with the label states (`labelling.State`) of the manifest's classes, in their order."""

    id: int
    path: str
    """Absolute."""
    split: Split
    states: tuple[int, ...]
    content_hash: str | None = None
    unit: int = -1
    """Number of the joint or cluster of near-duplicates that must stay together; -1 = the photo alone."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run is given beside its recipe. An inconsistent one cannot be made."""

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
        return tuple(photo for photo in self.photos if photo.split == split)

    def counts(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Split -> class -> (raised, clear) photos."""
        result: dict[str, dict[str, tuple[int, int]]] = {}
        for split in Split:
            photos = self.of(split)
            states = np.array([photo.states for photo in photos], np.uint8).reshape(len(photos), len(self.classes))
            raised, clear = (states == State.RAISED).sum(axis=0).tolist(), (states == State.CLEAR).sum(axis=0).tolist()
            result[split.value] = {
                item.name: both for item, both in zip(self.classes, zip(raised, clear, strict=True), strict=True)
            }
        return result

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


def photo_ids(text: str) -> list[int]:
    """Ids of the photos of a manifest as its file holds it, in its order; the rest of each line is not read."""
    return [int(found) for found in _ID.findall(text)]


_ID = re.compile(r'^\{"id": (\d+),', re.MULTILINE)
