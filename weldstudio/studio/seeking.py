"""Finding a photo, or the photos of a joint, by the first letters of its name: among those that are shown."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from weldstudio.store.mirror import Mirror

Indexes = NDArray[np.int64]


def seek(mirror: Mirror, photo_ids: NDArray[np.int64], text: str, *, among: Indexes | None = None) -> Indexes:
    """Indexes into `photo_ids` of those whose file name or joint begins with a text, ascending; upper and lower case
    do not count. Where none begins so: of those whose path or joint contains it. `among`: look at these indexes alone.
    """
    wanted = text.strip().casefold()
    places = np.arange(len(photo_ids)) if among is None else among
    if not wanted or not len(places):
        return np.empty(0, np.int64)
    rows = mirror.rows(photo_ids[places])
    paths, joints = mirror.folded_paths, mirror.joint[rows]
    names = {joint: name.casefold() for joint, name in mirror.joints.references.items()}
    numbers = rows.tolist()
    begins = [paths[row].startswith(wanted, paths[row].rfind("/") + 1) for row in numbers]
    found = np.array(begins, np.bool_) | np.isin(joints, _joints(names, [n.startswith(wanted) for n in names.values()]))
    if not found.any():
        contained = np.array([wanted in paths[row] for row in numbers], np.bool_)
        found = contained | np.isin(joints, _joints(names, [wanted in name for name in names.values()]))
    return places[found]


def _joints(names: dict[int, str], chosen: Sequence[bool]) -> list[int]:
    return [joint for joint, is_meant in zip(names, chosen, strict=True) if is_meant]
