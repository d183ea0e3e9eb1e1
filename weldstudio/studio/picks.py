"""Photographs that a number, a curve or a matrix stands for, as a filter by which they are shown."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from weldstudio.store.mirror import Mirror
from weldstudio.studio.filters import Filter, FilterError, Term, numbers

FEW = 50
"""So many photos are named by their numbers, which mean the same tomorrow and on the command line."""


def pick(mirror: Mirror, words: str, ids: NDArray[np.int64]) -> str:
    """The text of a filter that holds for these photos, one at least; `words` say what they are.

    The order `listed` shows them as they are handed in here.
    """
    if len(ids) <= FEW:
        return f"id:{','.join(map(str, ids.tolist()))}"
    mirror.picked[words] = ids
    return Term("picked", words).text


def _picked(mirror: Mirror, term: Term) -> NDArray[np.bool_]:
    if term.value not in mirror.picked:
        raise FilterError(f"Nothing is picked as '{term.value}' any more; click its number again.")
    return np.isin(mirror.ids, mirror.picked[term.value])


def places(mirror: Mirror, wanted: Filter) -> NDArray[np.int64]:
    """(n,) where the filter's first list of photos (`id:` or `picked:`) names each; behind all where it does not."""
    found = np.full(len(mirror), np.iinfo(np.int64).max)
    for term in wanted.terms:
        if term.key in ("id", "picked") and not term.negated:
            ids = np.array(numbers(term.value) if term.key == "id" else mirror.picked.get(term.value, ()), np.int64)
            order = np.argsort(ids, kind="stable")
            at = np.minimum(ids[order].searchsorted(mirror.ids), len(ids) - 1)
            there = ids[order][at] == mirror.ids
            found[there] = order[at[there]]
            break
    return found


KEYS: Mapping[str, Callable[[Mirror, Term], NDArray[np.bool_]]] = {"picked": _picked}
