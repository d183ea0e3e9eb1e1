"""Filters of photographs as values with a text form, e.g. `flag:"No Clamp Used"=unsure equipment:Redbox -problem`.

A filter is a row of terms that must all hold; '-' before a term turns it round. `parse` and `Filter.text` undo
each other. Nothing here knows the photographs: `reviewing.select` does.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from weldstudio.domain.decision import Told
from weldstudio.domain.errors import UserError
from weldstudio.domain.labelling import State
from weldstudio.domain.review import Standing
from weldstudio.domain.scheme import Scheme, SchemeClass, did_you_mean
from weldstudio.domain.split import Split
from weldstudio.domain.verdict import Outcome


class FilterError(UserError):
    """A filter's text says something that does not exist."""


WORDS: Mapping[str, str] = {
    "unseen": "no label at all",
    "labelled": "any label",
    "reviewed": "a person has looked at it",
    "unreviewed": "no person has looked at it",
    "raised": "a flag is raised",
    "unsure": "a flag is unsure",
    "nothing": "every flag is clear",
    "disagrees": "a label and the model disagree",
    "conflict": "two experts gave different answers without knowing of each other, at their desks or in a second look",
    "altered": "its file has changed since it was labelled",
    "contradiction": "its labels cannot all be true: of a merge and its flags, or of a group",
    "to-split": "labelled with a merge that was undone, and which of its flags it is nobody has said",
    "noted": "there is a note on it or on its joint",
    "scored": "the active model has scored it",
    "problem": "it cannot be shown",
    "inbox": "nothing was decided of its joint",
    "decisive": "one unsure or disputed flag would turn the verdict of its joint",
    "changed": "its joint was issued as accepted and is rejected now",
    "overridden": "a person set the verdict of its joint against the points",
    "suspect": "all other labels contradict a label of it",
    "seems-missing": "a label of it is clear where all others say raised",
    "seems-wrong": "a label of it is raised where all others say clear",
    "audit": "drawn for an audit, and not reviewed since",
    "audited": "drawn for an audit, and reviewed since",
}
"""Terms of one word, with their meaning."""

KEYS: Mapping[str, str] = {
    "flag": "a label: flag:NAME, flag:NAME=unsure, flag:NAME=clear,unseen",
    "model": "the model: model:NAME raises it, model:NAME=clear, model:NAME>0.8, model:NAME=0.2..0.8",
    "disagrees": "label and model disagree on this flag",
    "suspect": "all other labels contradict its label of this flag",
    "missing": "this flag is clear where all other labels say raised",
    "wrong": "this flag is raised where all other labels say clear",
    "equipment": "taken with",
    "collection": "imported with",
    "contractor": "joint made by",
    "joint": "the joint's reference",
    "verdict": "accept, reject or open, by the labels",
    "predicted": "accept, reject or open, by the model",
    "points": "points of the joint by its labels: points:50, points:5..45, points:50.., points>=50",
    "decision": "what was decided of the joint: accepted, rejected, new-photo or none",
    "type": "the joint's type: type:coupler",
    "medium": "what flows through the pipe: medium:water",
    "split": "train, validation, test or none",
    "run": "used by this training, for teaching or for judging: run:ID; -run:ID is all others",
    "review": "labelled and not yet reviewed, reviewed, returned, or none of it: review:labelled",
    "reviewer": "reviewed, returned or looked at a second time by this expert: reviewer:NAME",
    "returned": "returned to this expert: returned:NAME",
    "second": "waits for a blind second look by this expert: second:NAME",
    "safe": "the chance of its undecided joint to reach the reject limit is below this: safe:0.01",
    "taken": "capture time: taken:2019, taken:2019-05, taken:2019-05-01..2020-01-31",
    "added": "when it came into the project, as taken: does",
    "name": "part of the path, or of a note on the photo or its joint",
    "note": "a word of the note on it or on its joint",
    "id": "numbers of photos: id:3,4,17",
    "picked": "picked out elsewhere in the window, for as long as it is open: picked:WORDS",
}
"""Terms with a value, with their meaning."""

_STATES = {state.word: state for state in State}
CLASS_KEYS = ("flag", "model", "disagrees", "suspect", "missing", "wrong")
WORD_VALUES: Mapping[str, tuple[str, ...]] = {
    "verdict": tuple(outcome.value for outcome in Outcome),
    "predicted": tuple(outcome.value for outcome in Outcome),
    "decision": (*(told.word for told in Told), "none"),
    "split": (*(split.value for split in Split), "none"),
    "review": (*(standing.value for standing in Standing), "none"),
}
_TERM = re.compile(r'(?P<key>[a-z]+):(?P<value>"(?:[^"\\]|\\.)*"|[^"=<>]*)(?P<rest>(?:=|[<>]).*)?', re.DOTALL)
TOKEN = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s"])+|"[^"]*$', re.DOTALL)
_COMPARED = re.compile(r"(?P<key>[a-z]+):?(?P<sign>[<>]=?|=)(?P<value>.+)")
"""As numbers are compared elsewhere: points>=50."""
_PLAIN = re.compile(r'[^\s"=<>\\]+')


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. Which fields mean something follows from `key`; see `KEYS` and `WORDS`."""

    key: str
    """A key of `KEYS`, or a word of `WORDS` (then `value` is empty)."""
    value: str = ""
    states: tuple[State, ...] = ()
    """Of 'flag' any of these; of 'model' raised or clear."""
    above: float | None = None
    """Of 'model': a probability of at least this."""
    below: float | None = None
    negated: bool = False

    @property
    def text(self) -> str:
        """The term as `parse` reads it."""
        sign = "-" if self.negated else ""
        if not self.value and self.key in WORDS:
            return f"{sign}{self.key}"
        text = f"{sign}{self.key}:{quoted(self.value)}"
        if self.above is not None and self.below is not None:
            return f"{text}={self.above!r}..{self.below!r}"
        if self.above is not None:
            return f"{text}>{self.above!r}"
        if self.below is not None:
            return f"{text}<{self.below!r}"
        if self.states and self.states != (State.RAISED,):
            return f"{text}={','.join(state.word for state in self.states)}"
        return text


@dataclass(frozen=True, slots=True)
class Filter:
    """Photographs for which all terms hold; without terms, all photographs."""

    terms: tuple[Term, ...] = ()

    @property
    def text(self) -> str:
        """The filter as `parse` reads it."""
        return " ".join(term.text for term in self.terms)

    def __and__(self, other: "Filter") -> "Filter":
        return Filter(self.terms + tuple(term for term in other.terms if term not in self.terms))

    def without(self, term: Term) -> "Filter":
        """The same filter with a term taken away."""
        return Filter(tuple(t for t in self.terms if t != term))


EVERYTHING = Filter()


def parse(text: str, scheme: Scheme) -> Filter:
    """The filter that a text says. Raises FilterError naming the nearest word that exists.

    A word that is none of the filter's own is looked for in the path; a quote that stands alone is just being typed.
    """
    terms = (_term(token, scheme) for token in TOKEN.findall(text))
    return Filter(tuple(term for term in terms if term.key != "name" or term.value.strip()))


def flag_term(name: str, *states: State) -> Term:
    """Photographs with one of these labels of a class; raised, if none is given."""
    return Term("flag", name, states or (State.RAISED,))


def _term(token: str, scheme: Scheme) -> Term:
    negated = token.startswith("-") and len(token) > 1
    body = token[1:] if negated else token
    if body in WORDS:
        return Term(body, negated=negated)
    if (compared := _COMPARED.fullmatch(body)) and compared["key"] in KEYS:
        body = _with_colon(**compared.groupdict())
    found = _TERM.fullmatch(body)
    if found is None or (found["key"] not in KEYS and not _meant_as_key(found["key"])):
        return _name_term(body, negated=negated)
    key, value = found["key"], unquoted(found["value"])
    if key not in KEYS:
        raise FilterError(f"There is no filter '{key}:'.{did_you_mean(key, KEYS)}")
    if not value.strip():
        raise FilterError(f"'{key}:' needs something behind it: {KEYS[key]}.")
    if key in CLASS_KEYS:
        value = _class_name(value, scheme)
    if key in WORD_VALUES and value not in WORD_VALUES[key]:
        raise FilterError(f"'{key}:' can be {_either(WORD_VALUES[key])}, not '{value}'.")
    if key == "id":
        _numbers(value)
    if key in ("taken", "added"):
        period(value)
    if key == "points":
        points(value)
    if key == "safe":
        chance(value)
    rest = found["rest"] or ""
    if rest and key not in ("flag", "model"):
        raise FilterError(f"'{rest}' means nothing behind '{key}:'; put the value in quotes if it belongs to it.")
    return _with_rest(key, value, rest, negated=negated)


def _with_colon(key: str, sign: str, value: str) -> str:
    """A comparison as the filter writes it. Raises FilterError where there is nothing to compare."""
    if key != "points":
        raise FilterError(f"'{key}' has a colon behind it: {KEYS[key]}.")
    if sign == "=" or not value.isdecimal():
        return f"points:{value}"  # whose own sentence says what is wrong with it
    number = int(value) + {">": 1, "<": -1}.get(sign, 0)
    return f"points:{number}.." if sign[0] == ">" else f"points:0..{number}"


def _with_rest(key: str, value: str, rest: str, *, negated: bool) -> Term:
    if not rest:
        return Term(key, value, (State.RAISED,) if key in ("flag", "model") else (), negated=negated)
    if rest[0] in "<>":
        if key != "model":
            raise FilterError(f"Only 'model:' has a probability to compare with '{rest}'.")
        number = chance(rest[1:].lstrip("="))
        return Term(key, value, (), number if rest[0] == ">" else None, number if rest[0] == "<" else None, negated)
    if key == "model" and ".." in rest:
        low, _, high = rest[1:].partition("..")
        least, most = chance(low), chance(high)
        if least > most:
            raise FilterError(f"'{rest[1:]}' holds nothing; write the lower probability first.")
        return Term(key, value, (), least, most, negated)
    words = rest[1:].split(",")
    allowed = tuple(_STATES) if key == "flag" else ("raised", "clear")
    for word in words:
        if word not in allowed:
            raise FilterError(
                f"'{word}' is no state of '{value}': use {_either(allowed)}.{did_you_mean(word, allowed)}"
            )
    return Term(key, value, tuple(dict.fromkeys(_STATES[word] for word in words)), negated=negated)


def _name_term(body: str, *, negated: bool) -> Term:
    near = did_you_mean(body, WORDS)
    if near and _distance(body, WORDS) and not body.startswith('"'):
        raise FilterError(f"There is no filter '{body}'.{near} To look for it in the names, write name:{quoted(body)}.")
    return Term("name", unquoted(body), negated=negated)


def _distance(word: str, known: Iterable[str]) -> bool:
    """Whether a word is so near to a known one that it is a slip of the keys."""
    import difflib  # only needed where something went wrong

    return bool(difflib.get_close_matches(word, list(known), n=1, cutoff=0.8))


def _meant_as_key(word: str) -> bool:
    """A path may hold a colon (a drive, a time); a word near to one of ours before it is a slip."""
    return bool(did_you_mean(word, KEYS))


def _class_name(name: str, scheme: Scheme) -> str:
    """The name as the scheme writes it. Raises FilterError naming the nearest."""
    names = [flag.name for flag in scheme.flags] + [merge.name for merge in scheme.live_merges]
    if name in names:
        return name
    if re.fullmatch("#[0-9]+", name):  # as saved views have it, which outlive a new name
        every: list[SchemeClass] = [*scheme.flags, *scheme.live_merges]
        by_slot = {item.slot: item.name for item in every}
        return by_slot.get(int(name[1:])) or _gone(name[1:])
    folded = [known for known in names if known.strip().casefold() == name.strip().casefold()]
    if len(folded) == 1:
        return folded[0]
    raise FilterError(f"There is no flag or merge '{name}'.{did_you_mean(name, names)}")


def _gone(slot: str) -> str:
    raise FilterError(f"The flag or merge of slot {slot} is not in the scheme any more; make the view anew.")


def numbers(value: str) -> tuple[int, ...]:
    """The ids of an 'id' term."""
    return _numbers(value)


def _numbers(value: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in value.split(","))
    except ValueError:
        raise FilterError(f"'id:{value}' must hold numbers of photos, as in id:3,4,17.") from None


def chance(value: str) -> float:
    """A probability as it is written."""
    try:
        number = float(value)
    except ValueError:
        raise FilterError(f"'{value}' is no probability; write a number from 0 to 1.") from None
    if not 0 <= number <= 1:
        raise FilterError(f"A probability lies between 0 and 1, not at {value}.")
    return number


def points(value: str) -> tuple[int, int | None]:
    """Least and most points of a 'points' term; None = any number."""
    first, dots, last = value.partition("..")
    try:
        least, most = int(first or 0), int(last) if last else None if dots else int(first)
    except ValueError:
        raise FilterError(
            f"'points:{value}' is no number of points; write points:50, points:5..45 or points:50..."
        ) from None
    if least < 0 or (most is not None and most < least):
        raise FilterError(f"'points:{value}' holds nothing; write the lower number first, as in points:5..45.")
    return least, most


def period(value: str) -> tuple[date, date]:
    """First day of a 'taken' term and the day after its last."""
    first, dots, last = value.partition("..")
    start, end = _span(first) if first else (date.min, date.min), _span(last) if last else (date.max, date.max)
    return (start[0], end[1]) if dots else _span(value)


def _span(text: str) -> tuple[date, date]:
    """First day of '2019', '2019-05' or '2019-05-01', and the day after its last."""
    try:
        parts = [int(part) for part in text.split("-")]
        if len(parts) == 1:
            return date(parts[0], 1, 1), date(parts[0] + 1, 1, 1)
        if len(parts) == 2:
            year, month = parts
            return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        day = date(*parts)
        return day, day + timedelta(days=1)
    except (ValueError, TypeError, OverflowError):
        raise FilterError(f"'{text}' is no time; write 2019, 2019-05 or 2019-05-01.") from None


def quoted(text: str) -> str:
    """A value as it stands in a filter's text."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquoted(text: str) -> str:
    """The value that a text means; a quote that is not closed yet is just being typed."""
    if not text.startswith('"'):
        return text
    body = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    return re.sub(r"\\(.)", r"\1", body, flags=re.DOTALL)


def _either(words: Iterable[str]) -> str:
    *some, last = words
    return f"{', '.join(some)} or {last}" if some else last
