"""What could come next in a filter's text, with a sentence each: words, keys, the values that the project has."""

import bisect
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Merge
from weldstudio.store.mirror import Mirror
from weldstudio.studio import run_terms
from weldstudio.studio.filters import CLASS_KEYS, KEYS, WORD_VALUES, WORDS, quoted, unquoted
from weldstudio.studio.kept import kept

MOST: Final = 12
"""So many are offered."""
_TYPED: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*(?:"|$)|[^\s"])+', re.DOTALL)
"""A term as it is being typed: a quote that is still open, in the middle of it or not, holds the blanks behind it."""
_BETWEEN: Final = "\n"
_NAME: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[^"=<>]+')
_EXAMPLES: Final = {"safe": ("0.01", "0.001"), "points": ("0", "5..45", "50..")}
_SENTENCES: Final = {
    ("verdict", "accept"): "the points stay below the reject limit",
    ("verdict", "reject"): "the points reach the reject limit",
    ("verdict", "open"): "it hangs on a flag that is unsure or that nobody has looked at",
    ("predicted", "accept"): "the model's points stay below the reject limit",
    ("predicted", "reject"): "the model's points reach the reject limit",
    ("predicted", "open"): "the model has not said enough",
    ("review", "labelled"): "labelled by a person and not yet reviewed",
    ("review", "none"): "not even labelled by a person",
    ("split", "train"): "used to teach",
    ("split", "validation"): "used to choose thresholds and the best epoch",
    ("split", "test"): "used to judge, and for nothing else",
    ("split", "none"): "in no split yet",
    ("decision", "none"): "nothing was decided",
}


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on."""

    text: str
    """What takes the place of the word that is being typed, quoted as it has to be."""
    sentence: str
    """What it means, for a person."""
    whole: bool = True
    """Whether that is a whole term: a blank follows. Otherwise its value does."""


@dataclass(frozen=True, slots=True)
class Completions:
    """Ways to go on, best first, and the part of the text that they replace: [start, end)."""

    start: int
    end: int
    found: tuple[Completion, ...]


def complete(mirror: Mirror, text: str, cursor: int) -> Completions:
    """How the word at the cursor could go on. Takes some milliseconds, however many photographs there are."""
    start, end = cursor, cursor
    for token in _TYPED.finditer(text):
        if token.start() <= cursor <= token.end():
            start, end = token.span()
    sign = "-" if text[start:cursor].startswith("-") else ""
    head = text[start:cursor].removeprefix("-")
    key, colon, rest = head.partition(":")
    ways = _of_key(mirror, key, rest) if colon and key in KEYS else _anything(mirror, head)
    found: dict[str, Completion] = {}
    for way in ways:
        found.setdefault(way.text, way)
        if len(found) == MOST:
            break
    signed = (Completion(sign + way.text, way.sentence, way.whole) for way in found.values())
    return Completions(start, end, tuple(way for way in signed if way.text != text[start:end]))


def values(mirror: Mirror, key: str) -> Iterator[tuple[str, str]]:
    """What can stand behind a key in this project, each with a sentence."""
    if key in CLASS_KEYS:
        for item in mirror.scheme.classes:
            points = mirror.scheme.points_of(item.slot)
            kind = "merge" if isinstance(item, Merge) else "flag"
            yield item.name, item.description or f"a {kind} of {points} {'point' if points == 1 else 'points'}"
    elif key in WORD_VALUES:
        for word in WORD_VALUES[key]:
            yield word, _SENTENCES.get((key, word), KEYS[key])
    elif key in _NAMED:
        meaning = KEYS[key].partition(":")[0]
        yield from ((name, f"{meaning} {name}") for name in names(mirror, key))
    elif key == "taken":
        yield from _times(mirror)
    else:
        yield from ((example, KEYS[key]) for example in _EXAMPLES.get(key, ()))


def names(mirror: Mirror, key: str) -> Iterator[str]:
    """What the project calls its joints, contractors and the like: `key` is one of those that stand before a name."""
    return (name for name in _NAMED[key](mirror) if name)


def people(mirror: Mirror) -> list[str]:
    """Everybody who has reviewed, returned, been given back or owes a second look, in the order of names."""
    reviews = mirror.reviews
    if "people" not in reviews.known:
        found = {name for one in reviews.states.values() for name in (one.who, one.to)}
        found |= {name for looks in reviews.looks.values() for name in looks}
        reviews.known["people"] = sorted(found - {""}, key=str.casefold)
    everybody: list[str] = reviews.known["people"]
    return everybody


_NAMED: Final[Mapping[str, Callable[[Mirror], Iterable[str]]]] = {
    "equipment": lambda m: sorted(m.equipments[1:], key=str.casefold),
    "collection": lambda m: sorted(m.collections.values(), key=str.casefold),
    "contractor": lambda m: (contractor.name for contractor in m.joints.contractors.values()),
    "type": lambda m: sorted(m.joints.kinds.names),
    "medium": lambda m: sorted(m.joints.mediums.names),
    "joint": lambda m: m.joints.references.values(),
    "run": lambda m: run_terms.known(m.folder),
    "reviewer": people,
    "returned": people,
    "second": people,
}


def _anything(mirror: Mirror, head: str) -> Iterator[Completion]:
    """A new term: words and keys that begin so, then names that hold it, then what means something like it."""
    wanted = unquoted(head).casefold()
    terms = [Completion(word, meaning) for word, meaning in WORDS.items()]
    terms += [Completion(f"{key}:", meaning, whole=False) for key, meaning in KEYS.items()]
    yield from (term for term in terms if term.text.startswith(wanted))
    if len(wanted) < 2:
        return
    for key in ("flag", "equipment", "contractor", "collection", "medium", "type"):
        for name, sentence in values(mirror, key):
            if wanted in name.casefold():
                yield Completion(f"{key}:{quoted(name)}", sentence)
    yield from (term for term in terms if wanted in term.sentence.casefold())


def _of_key(mirror: Mirror, key: str, rest: str) -> Iterator[Completion]:
    """What can stand behind a key."""
    if key in ("flag", "model"):
        name, how = _parted(rest)
        if how:
            yield from _states(key, name, how)
            return
    wanted = unquoted(rest).casefold()
    if key == "joint":  # there may be as many as photographs: only those that fit are looked at
        yield from (Completion(f"joint:{quoted(name)}", KEYS["joint"]) for name in _joints(mirror, wanted))
        return
    inside: list[Completion] = []
    for name, sentence in values(mirror, key):
        way = Completion(f"{key}:{quoted(name)}", sentence)
        if name.casefold().startswith(wanted):
            yield way
        elif wanted in name.casefold() and len(inside) < MOST:
            inside.append(way)
    yield from inside
    if key in ("flag", "model") and wanted in (item.name.casefold() for item in mirror.scheme.classes):
        yield from _states(key, rest, "")


def _joints(mirror: Mirror, wanted: str) -> Iterator[str]:
    """Names of joints that hold a text, those that begin with it first, as they are asked for."""

    def joined() -> tuple[list[str], str, list[int]]:
        known = [name for name in mirror.joints.references.values() if name]
        folded = [_BETWEEN + name.casefold() for name in known]
        return known, "".join(folded), list(itertools.accumulate(map(len, folded), initial=0))

    # Looked through as one text: that takes a hundredth of asking name by name.
    known, text, starts = kept(mirror, "joints joined", (mirror.joints,), joined)
    for part in (_BETWEEN + wanted, wanted):
        at = text.find(part)
        while 0 <= at < len(text):  # nothing wanted is found behind the last one too
            name = bisect.bisect_right(starts, at) - 1
            yield known[name]
            at = text.find(part, starts[name + 1])


def _parted(rest: str) -> tuple[str, str]:
    """The name behind 'flag:' as it is written, and '=...', '>...' or '<...' behind it, as far as it is there."""
    found = _NAME.match(rest)
    return (found[0], rest[found.end() :]) if found else (rest, "")


def _states(key: str, name: str, how: str) -> Iterator[Completion]:
    """`flag:NAME` with its states, `model:NAME` with what can be said of the probability."""
    if key == "flag":
        ways = [(f"={state.word}", f"labelled {state.word}") for state in (*list(State)[1:], State.UNSEEN)]
        ways.append(("=raised,unsure", "raised, or perhaps"))
    else:
        ways = [
            ("=raised", "the model's probability reaches its threshold"),
            ("=clear", "the model's probability is below its threshold"),
            (">0.8", "a probability of at least 0.8"),
            ("<0.2", "a probability of at most 0.2"),
            ("=0.3..0.7", "a probability from 0.3 to 0.7"),
        ]
    yield from (Completion(f"{key}:{name}{way}", sentence) for way, sentence in ways if way.startswith(how))


def _times(mirror: Mirror) -> Iterator[tuple[str, str]]:
    """Years and months in which photographs were taken, the newest first."""

    def found() -> list[tuple[str, str]]:
        known = mirror.taken[mirror.taken >= 0]
        months = np.unique(known.astype("datetime64[s]").astype("datetime64[M]")).astype(str)[::-1].tolist()
        years = dict.fromkeys(month[:4] for month in months)
        return [*((y, f"taken in {y}") for y in years), *((m, f"taken in {m}") for m in months)]

    yield from kept(mirror, "times", (mirror.taken,), found)
