"""Who did what, when: of a photo, of a joint, of a flag, of the whole project; any of it can be taken back.

`labelling.revert` takes an action back, whoever did it and whenever: exactly its own fields, where they are still as it
left them. `effect` says beforehand what that would do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from weldstudio.domain.clock import wall_seconds
from weldstudio.domain.errors import EditRefused, SchemeError
from weldstudio.domain.labelling import Action, LabelEvent, Source, source_of, state_of
from weldstudio.domain.review import Review
from weldstudio.domain.scheme import Scheme, SchemeClass
from weldstudio.store import actions, decisions, events, named, notes, past, photos, reviews
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import reverting

LIMIT = 500
"""So many actions of a flag or of everything are listed, the newest."""
_FEW = 100
"""Of actions with no more labels than a photograph has it is asked whether they are about one."""

_SOURCES = {
    Source.HAND: "by hand",
    Source.BULK: "with others",
    Source.COPIED: "copied",
    Source.IMPORT: "from a file",
    Source.ASSUMED: "assumed, as the file did not list it",
    Source.ACCEPTED: "accepted from a model",
    Source.REVERT: "taken back",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One action in a history."""

    action_id: str
    at: datetime
    """Local time."""
    who: str
    kind: str
    text: str
    """What was done, in words."""
    details: tuple[str, ...]
    """What it did to the thing in question: "soil: unseen → raised, by hand"."""
    reverts: str | None
    taken_back_by: str
    """Who took it back last; '' where it holds."""

    def to_json(self) -> dict[str, Any]:
        return {
            "action": self.action_id,
            "at": self.at.isoformat(sep=" ", timespec="seconds"),
            "who": self.who,
            "kind": self.kind,
            "text": self.text,
            "details": list(self.details),
            "reverts": self.reverts,
            "taken_back_by": self.taken_back_by,
        }


@dataclass(frozen=True, slots=True)
class Effect:
    """What taking an action back would do."""

    labels: int
    photos: int
    others: int
    """Changes of the scheme, of models, of decisions and of notes."""
    changed_since: int
    """What was changed since, and stays."""
    problem: str = ""
    """Why it cannot be taken back, as a sentence; '' where it can."""

    @property
    def text(self) -> str:
        """In words."""
        if self.problem:
            return f"Not possible now: {self.problem.rstrip('.')}"
        parts = []
        if self.labels:
            parts.append(
                f"{_count(self.labels, 'label')} of {_count(self.photos, 'photograph')} {_go(self.labels)} back"
            )
        if self.others:
            parts.append(f"{_count(self.others, 'other change')} {_go(self.others)} back")
        if self.changed_since:
            parts.append(f"{self.changed_since:,} changed since and {'stays' if self.changed_since == 1 else 'stay'}")
        return "; ".join(parts) or "nothing of it holds any more, so nothing would change"


def of_photo(store: Store, photo_id: int, *, slot: int | None = None) -> list[Entry]:
    """What was done to a photo, newest first: to one class of it, or to all and to its note."""
    found = _Found(store)
    found.labels(past.of_photos(store, [photo_id], slot=slot), named_photos=False)
    if slot is None:
        found.notes(notes.history(store, notes.PHOTO, photo_id))
        found.reviews(reviews.history(store, photo_id, reviews.REVIEW))
    return found.entries()


def of_joint(store: Store, joint_id: int) -> list[Entry]:
    """What was done to a joint and to the photos that show it, newest first: labels, decisions, notes."""
    shown = photos.in_joint(store, joint_id)
    found = _Found(store)
    found.labels(past.of_photos(store, [photo.id for photo in shown]), named_photos=len(shown) > 1)
    for photo in shown:
        found.notes(notes.history(store, notes.PHOTO, photo.id))
    found.notes(notes.history(store, notes.JOINT, joint_id))
    for action, event in decisions.of_joint(store, joint_id):
        moment = event.moment
        points = f"{moment.low} to {moment.high}" if moment.high > moment.low else f"{moment.low}"
        at = f" at {points} points, reject at {moment.reject_limit}" if event.said else ""
        found.add(
            action, f"{event.kind}: {event.said or 'taken back'}{at}" + (f" ({event.reason})" if event.reason else "")
        )
    return found.entries()


def of_class(store: Store, slot: int, *, limit: int = LIMIT) -> list[Entry]:
    """What was done to a flag or merge, newest first: labels, and changes of its name, points and the rest."""
    found = _Found(store)
    for done in past.of_class(store, slot, limit=limit):
        found.add(done.action, found.said(done.events[0], count=done.count))
    for done, payload in past.of_scheme(store):
        change = _change_of(payload["scheme"], slot)
        if change:
            found.add(done.action, change)
    return found.entries()[:limit]


def everything(store: Store, *, who: str | None = None, limit: int = LIMIT) -> list[Entry]:
    """What was done in the project, newest first; by one expert, or by all."""
    found = _Found(store)
    listed = past.everything(store, who=who, limit=limit)
    one_photo = past.photo_of(store, [done.seq for done in listed if 0 < done.count <= _FEW])
    names = {photo.id: photo.path for photo in photos.every(store, sorted(set(one_photo.values())))}
    for done in listed:
        said = _count(done.count, "label") if done.count else ""
        on = names.get(one_photo.get(done.seq, 0))
        found.add(done.action, f"{said} on {on}" if on else said)
    return found.entries()


def effect(store: Store, action_id: str) -> Effect:
    """What taking an action back would do now. Raises EditRefused for an action that does not exist."""
    target = actions.by_id(store, action_id)
    if target is None:
        raise EditRefused("This action is no longer in the history of the project, so it cannot be taken back.")
    rows, since = events.restoring_rows(store, target.seq)
    said, said_since = decisions.restoring_events(store, target.seq)
    noted, noted_since = notes.restoring_events(store, target.seq)
    reviewed, reviewed_since = reviews.restoring_events(store, target.seq)
    try:
        payload, kept = reverting.payload_of_revert(store, action_id)
    except SchemeError as error:
        return Effect(0, 0, 0, 0, str(error))
    others = len(said) + len(noted) + len(reviewed) + len(payload or {})
    since += said_since + noted_since + reviewed_since + kept
    return Effect(len(rows), len({row[0] for row in rows}), others, since)


class _Found:
    """Entries being gathered: one for each action, whatever part of it turns up."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scheme = scheme_rows.load(store)
        self._found: dict[str, tuple[Action, list[str]]] = {}

    def add(self, action: Action, detail: str) -> None:
        _, details = self._found.setdefault(action.id, (action, []))
        if detail:
            details.append(detail)

    def labels(self, done: Iterable[past.Done], *, named_photos: bool) -> None:
        for one in done:
            for event in one.events:
                self.add(one.action, self.said(event, named_photo=named_photos))

    def notes(self, noted: Iterable[tuple[Action, str, str]]) -> None:
        for action, _, new in noted:
            self.add(action, f"note: {new}" if new else "note taken away")

    def reviews(self, said: Iterable[tuple[Action, str, str, str]]) -> None:
        for action, _, _, new in said:
            self.add(action, Review.of_text(new).words if new else "to be reviewed again")

    def said(self, event: LabelEvent, *, named_photo: bool = False, count: int = 1) -> str:
        """'soil: unseen → raised, by hand', with the photo before it or the number of photos behind it."""
        name = _name(self._scheme, event.slot)
        old, new = state_of(event.old).word, state_of(event.new).word
        how = _SOURCES.get(Source.REVERT if event.source == Source.REVERT else source_of(event.new), "")
        if event.probability is not None:
            how += f" ({event.model_id}: {event.probability:.2f})"
        change = f"{old} → {new}" if count == 1 else new
        said = f"{name}: {change}" + (f", {how}" if how else "")
        if count > 1:
            said += f", and {count - 1:,} more"
        if named_photo:
            photo = photos.get(self._store, event.photo_id)
            said = f"{photo.name if photo else event.photo_id} · {said}"
        return said

    def entries(self) -> list[Entry]:
        """Newest first."""
        ordered = sorted(self._found.values(), key=lambda found: (found[0].clock, found[0].id), reverse=True)
        back = past.reverted(self._store, self._found)
        again = past.done_again(self._store, self._found)
        return [
            Entry(
                action.id,
                datetime.fromtimestamp(wall_seconds(action.clock)),
                action.who,
                action.kind,
                _text_of(action, again=action.id in again),
                tuple(details),
                action.reverts,
                back.get(action.id, ""),
            )
            for action, details in ordered
        ]


def _text_of(action: Action, *, again: bool) -> str:
    if action.kind != "revert":
        return action.text
    return f"Done again: {action.text}" if again else f"Taken back: {action.text}"


def _change_of(scheme: dict[str, Any], slot: int) -> str:
    """What a change of the scheme did to one class, in words; '' where nothing."""
    before, after = (_as_found(scheme[when], slot) for when in ("before", "after"))
    if before == after:
        return ""
    if before is None or after is None:
        return "added" if before is None else "gone"
    return "; ".join(
        f"{key.replace('_', ' ')}: {before.get(key)} → {after.get(key)}"
        for key in after
        if before.get(key) != after.get(key)
    )


def _as_found(scheme: dict[str, Any], slot: int) -> dict[str, Any] | None:
    return next((item for item in [*scheme["flags"], *scheme["merges"]] if item["slot"] == slot), None)


def _name(scheme: Scheme, slot: int) -> str:
    every: tuple[SchemeClass, ...] = (*scheme.flags, *scheme.merges)
    return next((item.name for item in every if item.slot == slot), f"class {slot}")


def joint_of(store: Store, photo_id: int) -> int:
    """The joint that a photo shows."""
    return named.joint_of_photo(store, photo_id)


def _go(number: int) -> str:
    return "goes" if number == 1 else "go"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
