"""Labels that contradict each other inside a cluster of near-duplicates: one of them is wrong for certain.

The clusters were found by `likeness` and lie in a file of the project; photos that came later are in none of them yet.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import State
from weldstudio.imaging import side_file
from weldstudio.imaging.side_file import CLUSTERS, Clusters
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio.kept import kept

if TYPE_CHECKING:
    from weldstudio.studio.likeness import Cluster

Rows = NDArray[np.int64]
_NAME = "clusters"


def keep(store: Store, mirror: Mirror, found: "list[Cluster]") -> None:
    """Has the mirror know these clusters, and whoever opens the project later. Raises JobFailed."""
    pairs = sorted((photo, number) for number, one in enumerate(found) for photo in one.photo_ids)
    ids, numbers = (np.array([pair[place] for pair in pairs], np.int64) for place in (0, 1))
    upto = np.array([int(mirror.ids[-1]) if len(mirror) else 0], np.int64)
    clusters = Clusters(ids, numbers, upto, np.array([mirror.model_id or ""]))
    forget(mirror)
    kept(mirror, _NAME, (mirror.ids,), lambda: _in_rows(mirror, clusters))
    if store.read_only:
        return
    try:
        side_file.write(store.folder / CLUSTERS, clusters)
    except OSError as error:
        raise JobFailed(f"The near-duplicates cannot be kept ({error.strerror or error}). Make room first.") from error


def known(mirror: Mirror) -> bool:
    """Whether somebody has looked for near-duplicates among all photos, with what the active model sees."""
    found = side_file.read(mirror.folder / CLUSTERS, Clusters)
    if found is None:
        return False
    return not len(mirror) or (found.upto[0] >= mirror.ids[-1] and str(found.model[0]) == (mirror.model_id or ""))


def forget(mirror: Mirror) -> None:
    """Others have been found meanwhile."""
    for name in (_NAME, "suspects"):
        for key in [key for key in mirror.tallied if key == name or (isinstance(key, tuple) and key[0] == name)]:
            del mirror.tallied[key]


def mates(mirror: Mirror, rows: Rows) -> Rows:
    """These rows and those of their near-duplicates, ascending."""
    placed = _placed(mirror)
    if placed is None or not len(placed[0]):
        return rows
    own, numbers = placed
    return np.unique(np.concatenate([rows, own[np.isin(numbers, numbers[np.isin(own, rows)])]]))


def doubted(mirror: Mirror, slot: int, score: Callable[[Rows], NDArray[np.float32]]) -> Rows:
    """Rows, ascending, of the labels of a class that near-duplicates outvote.

    Where it stands even, of those that are contradicted more by all others, by their `score`, or else of all of them.
    """
    placed = _placed(mirror)
    if placed is None or not len(placed[0]):
        return np.zeros(0, np.int64)
    rows, numbers = placed
    states = mirror.scheme.states_of(slot, mirror.labels[rows])
    most = int(numbers.max()) + 1
    both = (states == State.RAISED, states == State.CLEAR)
    raised, clear = (np.bincount(numbers[some], minlength=most) for some in both)
    mixed = (raised > 0) & (clear > 0)
    if not mixed.any():
        return np.zeros(0, np.int64)
    doubt = score(rows)
    up, down = (np.bincount(numbers[some], doubt[some], minlength=most) for some in both)
    even = raised == clear
    odd = (both[0] & ((raised < clear) | (even & (up >= down)))[numbers]) | (
        both[1] & ((clear < raised) | (even & (down >= up)))[numbers]
    )
    return rows[mixed[numbers] & odd]


def _placed(mirror: Mirror) -> tuple[Rows, Rows] | None:
    """Rows, ascending, and cluster numbers of the photos that are in a cluster; None where nobody looked."""
    return kept(
        mirror, _NAME, (mirror.ids,), lambda: _in_rows(mirror, side_file.read(mirror.folder / CLUSTERS, Clusters))
    )


def _in_rows(mirror: Mirror, found: Clusters | None) -> tuple[Rows, Rows] | None:
    if found is None or not len(mirror):
        return None
    places = np.minimum(mirror.ids.searchsorted(found.ids), len(mirror) - 1)
    there = mirror.ids[places] == found.ids
    return places[there].astype(np.int64), found.numbers[there]
