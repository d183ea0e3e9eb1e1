"""Labelled, reviewed, returned with a reason: what a reviewer says of photographs, as events with who and when.

It is said of the labels as they are: when they change, by whomever, the photo is merely labelled again, and when they
are taken back to what they were, what was said of them holds again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from weldstudio.domain.changes import NO_CHANGES, Done
from weldstudio.domain.clock import wall_seconds
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import LOOKED_AT
from weldstudio.domain.review import Review, Standing, states_of
from weldstudio.store import actions, events, photos, reviews
from weldstudio.store.mirror import Mirror
from weldstudio.store.reviews import REVIEW
from weldstudio.store.store import Store
from weldstudio.studio.review_terms import in_force, returned_to

LONGEST = 2_000
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One photo that is reviewed or returned."""

    photo_id: int
    path: str
    review: Review

    def to_json(self) -> dict[str, Any]:
        said = self.review
        return {
            "photo": self.path,
            "state": said.said.value,
            "by": said.who,
            "at": int(wall_seconds(said.clock)),
            "to": said.to or None,
            "reason": said.reason or None,
        }


def mark_reviewed(store: Store, photo_ids: Iterable[int], *, who: str) -> Done:
    """The labels of these photos hold, says `who`, in one action. Raises EditRefused for a photo without any label.

    It is said anew of one that was reviewed already, for it may have been drawn for an audit since.
    """

    def said(_before: Review | None, _labeller: str, clock: int, labels: bytes) -> Review | None:
        return Review(Standing.REVIEWED, who, clock, labels)

    return _say(store, photo_ids, said, who=who, text="Reviewed")


def return_photos(store: Store, photo_ids: Iterable[int], reason: str, *, who: str) -> Done:
    """Give these photos back, with a reason, to whoever gave their last label, in one action. Raises EditRefused."""
    reason = " ".join(reason.split())
    if not reason:
        raise EditRefused("Say why the photo is returned; it cannot be returned without a reason.")
    if len(reason) > LONGEST:
        raise EditRefused(f"A reason has at most {LONGEST:,} characters; this one has {len(reason):,}.")

    def said(before: Review | None, labeller: str, clock: int, labels: bytes) -> Review | None:
        new = Review(Standing.RETURNED, who, clock, labels, labeller, reason)
        return before if before is not None and replace(before, clock=clock) == new else new

    return _say(store, photo_ids, said, who=who, text=f"Returned: {reason}")


def reopen(store: Store, photo_ids: Iterable[int], *, who: str) -> Done:
    """Take back what reviewers said of these photos: a returned one is handed in for review again as it is."""
    return _say(store, photo_ids, lambda *_: None, who=who, text="Handed in for review again")


def listed(mirror: Mirror, *, standing: Standing | None = None, to: str | None = None) -> list[Reviewed]:
    """Reviewed and returned photos by path; of one kind, or those that `to` has to look at again."""
    found = [
        Reviewed(photo, mirror.paths[mirror.row(photo)], review)
        for photo, review in in_force(mirror)
        if (standing is None or review.said == standing) and (to is None or returned_to(review, to))
    ]
    return sorted(found, key=lambda one: one.path)


def _say(
    store: Store,
    photo_ids: Iterable[int],
    said: Callable[[Review | None, str, int, bytes], Review | None],
    *,
    who: str,
    text: str,
) -> Done:
    """Give each photo what `said(before, labeller, hybrid time, states)` answers, in one action."""
    ids = tuple(dict.fromkeys(photo_ids))
    if not ids:
        raise EditRefused("No photo is chosen; choose one first.")
    with store.atomic(durable=True):
        if photos.missing(store, ids):
            raise EditRefused("Some of these photos are not in the project; nothing was changed.")
        present = events.present(store, ids)
        bare = sum(not any(byte & 3 for byte in present.get(photo, b"")) for photo in ids)
        if bare:
            one = "1 of these photos has" if bare == 1 else f"{bare:,} of these photos have"
            raise EditRefused(f"{one} no label yet, so there is nothing to review; label first.")
        before = {photo: Review.of_text(value) for (_, photo, _), value in reviews.present(store, REVIEW, ids).items()}
        by = reviews.labellers(store, ids, [int(source) for source in LOOKED_AT])
        full = text if len(ids) == 1 else f"{text}: {len(ids):,} photographs"
        written = actions.begin(store, who=who, kind="review", text=full)
        rows = []
        for photo in ids:
            old, states = before.get(photo), states_of(present.get(photo, b""))
            new = said(old, by.get(photo, ""), written.action.clock, states)
            if old != new:
                rows.append((REVIEW, photo, "", old.text if old else "", new.text if new else ""))
        if not rows:
            actions.withdraw(store, written)
            return Done(None, NO_CHANGES, f"{text}: nothing had to change")
        changes = reviews.append(store, written, rows)
    return Done(written.action.id, changes, full)
