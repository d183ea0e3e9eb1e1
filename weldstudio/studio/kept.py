"""What is worked out of all photos or joints and kept: after a label only what it touched is worked out anew.

Filters, orders and counts ask for the same in turn. What the mirror's arrays hold changes by `Mirror` alone, which
notes in `Mirror.tallied` the rows of which something changed.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from weldstudio.store.mirror import Mirror
from weldstudio.store.tallied import Tallied
from weldstudio.studio.part import part

_Value = TypeVar("_Value")
_Array = TypeVar("_Array", bound=NDArray[Any])
Rows = NDArray[np.int64]


def kept(
    mirror: Mirror,
    name: Hashable,
    made_of: tuple[object, ...],
    make: Callable[[], _Value],
    *,
    of: tuple[str, ...] = (),
    mend: Callable[[_Value, Rows], _Value] | None = None,
) -> _Value:
    """What `make` works out of all photos or joints, and what it said last time where nothing of it is another one.

    It is made anew once one of `made_of` is not the very same, or not equal if that is a tuple, and once something
    changes where it lies that it is worked out `of`: 'labels', 'probabilities' or 'reviews'. With `mend` the last
    answer is mended then, which is given it and the rows of which something changed, ascending.
    """
    known = mirror.tallied.get(name)
    if known is None or any(not _same(one, other) for one, other in zip(known.made_of, made_of, strict=True)):
        known = mirror.tallied[name] = Tallied(made_of, make(), frozenset(of), mends=mend is not None)
    elif mend is not None and known.stale:
        known.mend(mend(known.value, np.unique(np.concatenate(known.stale))))
    result: _Value = known.value
    return result


def by_photo(
    mirror: Mirror,
    name: Hashable,
    made_of: tuple[object, ...],
    work: Callable[[Mirror], tuple[NDArray[Any], ...]],
    *,
    of: tuple[str, ...],
) -> tuple[NDArray[Any], ...]:
    """Arrays (n,) that `work` finds of a mirror's photos, each photo for itself."""

    def mend(known: tuple[NDArray[Any], ...], rows: Rows) -> tuple[NDArray[Any], ...]:
        new = work(part(mirror, rows))
        return tuple(patched(one, rows, other) for one, other in zip(known, new, strict=True))

    return kept(mirror, name, made_of, lambda: work(mirror), of=of, mend=mend)


def by_joint(
    mirror: Mirror,
    name: Hashable,
    made_of: tuple[object, ...],
    work: Callable[[Mirror], NDArray[Any]],
    *,
    of: tuple[str, ...],
) -> NDArray[Any]:
    """An array (joints,) that `work` finds of a mirror's joints, each joint for itself, in ascending order of ids."""

    def mend(known: NDArray[Any], rows: Rows) -> NDArray[Any]:
        places, all_rows = of_joints(mirror, rows)
        return patched(known, places, work(part(mirror, all_rows)))

    return kept(mirror, name, made_of, lambda: work(mirror), of=of, mend=mend)


def of_joints(mirror: Mirror, rows: Rows) -> tuple[Rows, Rows]:
    """The joints that these photos show, as ascending places in `joint_order`; all their photos, ascending."""
    joints, order, starts = mirror.joint_order
    places = np.unique(np.searchsorted(joints, mirror.joint[rows]))
    ends = np.append(starts[1:], len(order))
    found = [order[first:end] for first, end in zip(starts[places].tolist(), ends[places].tolist(), strict=True)]
    return places, np.sort(np.concatenate(found))


def patched(known: _Array, places: Rows, new: _Array) -> _Array:
    """A copy with other values in some places: whoever still holds the former one is not surprised."""
    result = known.copy()
    result[places] = new
    return result


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, tuple) and one == other)
