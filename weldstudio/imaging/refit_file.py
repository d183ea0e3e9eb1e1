"""What the refitted heads say of all photos, in one file of the project that is replaced as a whole."""

import logging
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.learner import Refit
from weldstudio.imaging import array_file

_logger = logging.getLogger(__name__)

FILE = "features/refit.npz"
START = "weights/refit.npz"
"""In the folder of a run: the heads that its training starts from."""


def write(folder: Path, refit: Refit) -> None:
    """Replaces the file of a project. Raises OSError; the former one stands until the new one is whole."""
    array_file.write(folder / FILE, {each.name: np.asarray(getattr(refit, each.name)) for each in fields(Refit)})


def read(folder: Path) -> Refit | None:
    """What the file of a project says, or None where there is none. One that is damaged is logged and passed over."""
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        with file.open("rb") as opened, np.load(opened) as found:
            none = np.full(len(found["slots"]), np.nan, np.float32)
            # Files of before heads were kept: what they say of the photos holds.
            known = {"weight": none[:, None], "bias": none, **{name: found[name] for name in found.files}}
            values = {each.name: known[each.name] for each in fields(Refit) if each.name != "model_id"}
            return Refit(model_id=str(found["model_id"]), **values)
    except array_file.DAMAGED as error:
        _logger.warning("The refitted heads in %s cannot be read: %s", file, error)
        return None


@dataclass(frozen=True, slots=True, eq=False)
class HeadsSaid:
    """The heads of the classes that were refitted."""

    slots: NDArray[np.int64]
    weight: NDArray[np.float32]
    """(classes, width)"""
    bias: NDArray[np.float32]


def heads(file: Path, model_id: str) -> HeadsSaid | None:
    """The calibrated heads that the file of a refit holds for a model; None where it holds none. Reads nothing else."""
    try:
        with file.open("rb") as opened, np.load(opened) as found:
            if str(found["model_id"]) != model_id:
                return None
            slots, weight, bias = found["slots"], found["weight"], found["bias"]
    except array_file.DAMAGED:
        return None
    there = ~np.isnan(bias)
    return HeadsSaid(slots[there], weight[there], bias[there]) if there.any() else None


def write_heads(file: Path, heads: HeadsSaid) -> None:
    """Keeps heads alone, as the start of a training. Raises OSError."""
    array_file.write(file, {each.name: np.asarray(getattr(heads, each.name)) for each in fields(HeadsSaid)})


def read_heads(file: Path) -> HeadsSaid | None:
    """What `write_heads` has kept; None where there is none or it is damaged."""
    try:
        with file.open("rb") as opened, np.load(opened) as found:
            return HeadsSaid(found["slots"], found["weight"], found["bias"])
    except (*array_file.DAMAGED, OSError):
        return None


def remove(folder: Path) -> bool:
    """Deletes the file; whether there was one."""
    there = (folder / FILE).is_file()
    (folder / FILE).unlink(missing_ok=True)
    return there
