"""Photographs that a number, a curve or a matrix stands for, as a filter by which they are shown."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from weldstudio.store.mirror import Mirror
from weldstudio.studio.filters import FilterError, Term

FEW = 50
"""So many photos are named by their numbers, which mean the same tomorrow and on the command line."""


def pick(mirror: Mirror, words: str, ids: NDArray[np.int64]) -> str:
    """The text of a filter that holds for these photos, one at least; `words` say what they are."""
    if len(ids) <= FEW:
        return f"id:{','.join(map(str, ids.tolist()))}"
    mirror.picked[words] = np.sort(ids)
    return Term("picked", words).text


def _picked(mirror: Mirror, term: Term) -> NDArray[np.bool_]:
    if term.value not in mirror.picked:
        raise FilterError(f"Nothing is picked as '{term.value}' any more; click its number again.")
    return np.isin(mirror.ids, mirror.picked[term.value])


KEYS: Mapping[str, Callable[[Mirror, Term], NDArray[np.bool_]]] = {"picked": _picked}
