"""A name that nothing has, answered with the one that was probably meant."""

from collections.abc import Iterable
from typing import Final

import numpy as np

_MANY: Final = 500
_FEW: Final = 20
"""Of more words than `_MANY` so many are looked at for the one that was meant."""
_LETTERS: Final = 64
_SLIPS: Final = 2
"""Letters that may be too many or missing before one."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """' Did you mean ...?' for the nearest of the known words, or an empty string."""
    import difflib  # only needed where something went wrong

    near = difflib.get_close_matches(word, _likely(word, list(known)), n=1, cutoff=0.5)
    return f" Did you mean '{near[0]}'?" if near else ""


def _likely(word: str, known: list[str]) -> list[str]:
    """Of very many words the few that have most letters where this one has them, a slip or two before them or not.

    A tenth of a millisecond for a hundred words, where difflib takes one.
    """
    if len(known) <= _MANY:
        return known
    wanted, folded = word.casefold()[:_LETTERS], [name.casefold() for name in known]
    length = len(wanted)
    padded = np.array(["\0" * _SLIPS + name for name in folded], f"<U{length + 2 * _SLIPS}")
    letters = padded.view(np.uint32).reshape(len(known), -1)
    codes = np.array([ord(letter) for letter in wanted], np.uint32)
    alike = np.zeros((len(known), length), np.bool_)
    for shift in range(2 * _SLIPS + 1):
        alike |= letters[:, shift : shift + length] == codes
    likeness = alike.sum(axis=1) / (length + np.array([len(name) for name in folded]) + 1)
    return [known[place] for place in np.argsort(-likeness, kind="stable")[:_FEW].tolist()]
