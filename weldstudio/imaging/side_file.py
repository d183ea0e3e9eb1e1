"""Arrays that were worked out of a project and are kept beside it: clusters of near-duplicates, what trainings said.

Each file is replaced as a whole, can be made again, and is passed over where it is damaged.
"""

import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_logger = logging.getLogger(__name__)

CLUSTERS = "features/clusters.npz"
"""Of a project."""
MARGINS = "margins.npz"
"""Of a run."""


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Near-duplicates: photos of clusters of two at least."""

    ids: NDArray[np.int64]
    """(k,) photo ids, ascending."""
    numbers: NDArray[np.int64]
    """(k,) which cluster each is in."""
    upto: NDArray[np.int64]
    """(1,) the newest photo there was."""
    model: NDArray[np.str_]
    """(1,) the model whose trunk confirmed them, '' = none."""


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """What a network said of the labels of its photos while it was trained, a mean over the epochs."""

    ids: NDArray[np.int64]
    """(n,) photo ids, ascending."""
    slots: NDArray[np.int64]
    """(classes,)"""
    states: NDArray[np.uint8]
    """(n, classes) the labels as it was told them."""
    said: NDArray[np.float16]
    """(n, classes) mean probability of raised; NaN where it said nothing."""


_Kind = TypeVar("_Kind", Clusters, Margins)


def write(file: Path, value: Clusters | Margins) -> None:
    """Replaces the file. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    with part.open("wb") as opened:
        arrays: dict[str, Any] = {each.name: getattr(value, each.name) for each in fields(value)}
        np.savez(opened, **arrays)
    part.replace(file)


def read(file: Path, kind: type[_Kind]) -> _Kind | None:
    """What a file says, or None where there is none; one that is damaged is logged and passed over."""
    if not file.is_file():
        return None
    try:
        with file.open("rb") as opened, np.load(opened) as found:
            return kind(**{each.name: found[each.name] for each in fields(kind)})
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        _logger.warning("%s cannot be read: %s", file, error)
        return None


def margins(project: Path, *, most: int = 3) -> Iterator[Margins]:
    """Of the newest runs of a project that have noted some."""
    for file in sorted(project.glob(f"runs/*/{MARGINS}"), reverse=True)[:most]:
        found = read(file, Margins)
        if found is not None:
            yield found
