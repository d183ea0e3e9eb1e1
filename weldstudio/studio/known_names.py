"""A filter as a person has written it: the joints, contractors and other things that it names must be there.

`filters.parse` knows no photographs. A filter that is kept, as in a view, may name what has gone meanwhile and finds
nothing then; one that is asked for now with a slip in a name is answered with the name that was meant.
"""

from collections.abc import Iterable
from typing import Final

from weldstudio.domain.slips import did_you_mean
from weldstudio.store.mirror import Mirror
from weldstudio.studio import completing, joints
from weldstudio.studio.filters import Filter, FilterError, Term, parse

_NAMED: Final = {"type": "joint type"}
_KEYS: Final = ("joint", "contractor", "collection", "equipment", "type", "medium")


def asked(mirror: Mirror, text: str) -> Filter:
    """The filter that a text says. Raises FilterError, naming the nearest, for a name that nothing here has."""
    found = parse(text, mirror.scheme)
    for term in found.terms:
        if term.key in _KEYS and not _is_there(mirror, term):
            known = completing.names(mirror, term.key)
            word = _NAMED.get(term.key, term.key)
            raise FilterError(f"There is no {word} '{term.value}'.{nearest(term.value, known)}")
    return found


def nearest(word: str, known: Iterable[str]) -> str:
    """' Did you mean ...?' with the shortest name that holds the word, else the one that is written most like it."""
    names = list(known)
    wanted = word.strip().casefold()
    holding = [name for name in names if wanted in name.casefold()]
    if holding:
        return f" Did you mean '{min(holding, key=len)}'?"
    return did_you_mean(word, names)


def _is_there(mirror: Mirror, term: Term) -> bool:
    if term.key == "joint":
        return bool(joints.named(mirror, [term.value])[term.value])
    wanted = term.value.casefold()
    return any(name.casefold() == wanted for name in completing.names(mirror, term.key))
