"""What is said of photographs beyond labels, as the mirror holds it: by photo, ready for filters and queues."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from weldstudio.domain.review import Answer, Drawn, Look, Review, Settled
from weldstudio.store import reviews
from weldstudio.store.store import Store


@dataclass(slots=True)
class Reviews:
    """All of it by photo id; photos of which nothing is said are missing."""

    states: dict[int, Review] = field(default_factory=dict)
    """What was said last; it holds only for labels as they were then, see `studio.review_terms.in_force`."""
    looks: dict[int, dict[str, Look]] = field(default_factory=dict)
    """By who takes the second look."""
    audits: dict[int, dict[str, Drawn]] = field(default_factory=dict)
    """By the id of the action that drew the photo."""
    settled: dict[int, dict[int, Settled]] = field(default_factory=dict)
    """By slot."""
    suspects: dict[int, dict[int, Answer]] = field(default_factory=dict)
    """By slot."""
    known: dict[Any, Any] = field(default_factory=dict)
    """What was computed from the rest; forgotten with every change."""

    def take(self, photo_ids: frozenset[int] | None, new: "Reviews") -> None:
        """What is said of these photos, or of all, is what `new` says."""
        self.known.clear()
        for name in ("states", "looks", "audits", "settled", "suspects"):
            mine, theirs = getattr(self, name), getattr(new, name)
            if photo_ids is None:
                mine.clear()
            else:
                for photo in photo_ids & mine.keys():
                    del mine[photo]
            mine.update(theirs)


def read(store: Store, photo_ids: Iterable[int] | None = None) -> Reviews:
    """What is said of these photos, or of all."""
    found = Reviews()
    wanted = None if photo_ids is None else list(photo_ids)
    for (_, photo, _), text in reviews.present(store, reviews.REVIEW, wanted).items():
        found.states[photo] = Review.of_text(text)
    for (_, photo, who), text in reviews.present(store, reviews.SECOND, wanted).items():
        found.looks.setdefault(photo, {})[who] = Look.of_text(text)
    for (_, photo, draw), text in reviews.present(store, reviews.AUDIT, wanted).items():
        found.audits.setdefault(photo, {})[draw] = Drawn.of_text(text)
    for (_, photo, slot), text in reviews.present(store, reviews.SETTLED, wanted).items():
        found.settled.setdefault(photo, {})[int(slot)] = Settled.of_text(text)
    for (_, photo, slot), text in reviews.present(store, reviews.SUSPECT, wanted).items():
        found.suspects.setdefault(photo, {})[int(slot)] = Answer.of_text(text)
    return found
