"""What travels between desks beside labels: notes, decisions and reviews, each with an address of what it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weldstudio.store.desks import Address


@dataclass(frozen=True, slots=True)
class Subject:
    """A photo, or the joint that it shows, as every desk knows it."""

    photo: Address
    joint: bool
    reference: str | None = None
    """Of a joint; None where it goes by its photo."""


@dataclass(frozen=True, slots=True)
class SharedNote:
    """A note as it travels; see `store.notes`."""

    n: int
    """Its number within the action, among notes."""
    subject: Subject
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SharedDecision:
    """A decision or override as it travels; see `store.decisions.Event`."""

    n: int
    """Its number within the action, among decisions and overrides."""
    subject: Subject
    kind: str
    said: str | None
    origin: str
    """Id of the action that first said so."""
    at: int
    low: int
    high: int
    reject_limit: int
    scheme: str | None
    """Digest."""
    reason: str
    saw: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedReview:
    """What was said of a photo beyond its labels, as it travels; see `store.reviews`."""

    n: int
    """Its number within the action, among reviews."""
    subject: Subject
    about: str
    detail: str
    """Of a settlement the name of the class."""
    old: str
    new: str
    """Both with labels by the names of their classes, see `domain.review.with_names`."""


Word = SharedNote | SharedDecision | SharedReview


def to_json(word: Word) -> list[Any]:
    """The word as a list that survives JSON."""
    address, joint = word.subject.photo, word.subject
    about = [address.collection, address.path, address.content_hash, int(joint.joint), joint.reference]
    if isinstance(word, SharedNote):
        return ["note", word.n, about, word.old, word.new]
    if isinstance(word, SharedReview):
        return ["review", word.n, about, word.about, word.detail, word.old, word.new]
    points = [word.low, word.high, word.reject_limit]
    return [
        *("said", word.n, about, word.kind, word.said, word.origin, word.at),
        *(points, word.scheme, word.reason, list(word.saw)),
    ]


def from_json(values: Sequence[Any]) -> Word:
    """The inverse of `to_json`. Raises ValueError or TypeError for anything else."""
    what, n, (collection, path, content, joint, reference), *rest = values
    subject = Subject(Address(str(collection), str(path), content), bool(joint), reference)
    if what == "note":
        old, new = rest
        return SharedNote(int(n), subject, str(old), str(new))
    if what == "review":
        about, detail, old, new = rest
        return SharedReview(int(n), subject, str(about), str(detail), str(old), str(new))
    kind, said, origin, at, (low, high, limit), scheme, reason, saw = rest
    if what != "said" or kind not in ("decision", "override"):
        raise ValueError(f"'{what}' is nothing that is said of joints")
    return SharedDecision(
        int(n),
        subject,
        str(kind),
        said,
        str(origin),
        at=int(at),
        low=int(low),
        high=int(high),
        reject_limit=int(limit),
        scheme=scheme,
        reason=str(reason),
        saw=tuple(saw),
    )


def kind_of(word: Word) -> str:
    """'note', 'said' or 'review'."""
    if isinstance(word, SharedNote):
        return "note"
    return "review" if isinstance(word, SharedReview) else "said"
