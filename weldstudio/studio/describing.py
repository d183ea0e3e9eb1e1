"""What is said of photos and their joints beside labels: equipment, contractor, joint, type, medium, date, notes.

A date is when the photo was taken and counts where the photo itself does not say that. Type and medium are those of
the joint. A note is put behind what is noted already.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.store import actions, joint_facts, notes, photos
from weldstudio.store.notes import JOINT, PHOTO
from weldstudio.store.store import Store
from weldstudio.studio import noting
from weldstudio.studio.matching import COLUMN

FACTS = ("equipment", "contractor", "joint", "type", "medium", "date", "note")
"""Columns of a label file that are stored."""


class Told(NamedTuple):
    """What is said of all photos and joints; what is not known is None."""

    equipment: str | None = None
    contractor: str | None = None
    kind: str | None = None
    medium: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """What a label file calls them."""
        return ("equipment", "contractor", "type", "medium")

    def or_else(self, columns: Mapping[str, str]) -> "Told":
        """What is said here, or else in the columns of a label file."""
        return Told(*(own or columns.get(name) or None for own, name in zip(self, self.columns, strict=True)))

    def lasting(self, joint: str | None) -> dict[str, str]:
        """What holds for photos that come later as well; of them a label file says nothing."""
        rule = None if joint is None or joint.startswith(COLUMN) else joint
        return {key: value for key, value in zip((*self.columns, "joint"), (*self, rule), strict=True) if value}


class SaidOf(NamedTuple):
    """What a row says of one photo."""

    photo_id: int
    told: Told
    joint: str | None
    """Reference of another joint than the photo has; None = it keeps its own."""
    date: str | None


class Noted:
    """What was changed beside labels, for the action that it belongs to; in one go or in several."""

    def __init__(self) -> None:
        self._changes: dict[str, tuple[list[noting.Row], list[noting.Row]]] = {}

    def add(self, kind: str, before: Sequence[noting.Row], after: Sequence[noting.Row]) -> None:
        """Rows of a kind of `noting` before and after."""
        found = noting.note(before, after)
        if found:
            were, are = self._changes.setdefault(kind, ([], []))
            were += found["before"]
            are += found["after"]

    @property
    def payload(self) -> dict[str, Any]:
        """The notes as an action has them; empty where nothing was changed."""
        return {kind: {"before": were, "after": are} for kind, (were, are) in self._changes.items()}

    @property
    def count(self) -> int:
        """Photos or joints changed, of whichever there are more."""
        return max((len(are) for _, are in self._changes.values()), default=0)


def describe(store: Store, rows: Iterable[SaidOf], noted: Noted) -> Changes:
    """Store what is said of photos, and note what it was. Part of a transaction, or one of its own."""
    equipments: dict[str, list[int]] = {}
    contractors: dict[str, list[int]] = {}
    kinds: dict[tuple[str | None, str | None], list[int]] = {}
    joints: list[tuple[int, str, str | None]] = []
    dates: list[tuple[int, str]] = []
    for photo_id, told, joint, date in rows:
        if told.equipment:
            equipments.setdefault(told.equipment, []).append(photo_id)
        if told.kind or told.medium:
            kinds.setdefault((told.kind, told.medium), []).append(photo_id)
        if joint:
            joints.append((photo_id, joint, None))
        if told.contractor:
            contractors.setdefault(told.contractor, []).append(photo_id)
        if date:
            dates.append((photo_id, date))
    if not (equipments or contractors or kinds or joints or dates):
        return NO_CHANGES
    with store.atomic():
        moved = [photo_id for photo_id, _, _ in joints]
        shown_before = photos.joints_of_photos(store, moved)
        changes = [photos.set_joints(store, joints)] if joints else []
        noted.add("photo_joints", shown_before, photos.joints_of_photos(store, moved))
        of_photos = [*chain.from_iterable(equipments.values()), *(photo_id for photo_id, _ in dates)]
        shown = photos.joints_shown(store, [*chain.from_iterable((*contractors.values(), *kinds.values()))])
        photos_before, joints_before = photos.said(store, of_photos), joint_facts.read(store, shown)
        changes += [photos.set_equipment(store, ids, name) for name, ids in equipments.items()]
        changes += [photos.set_contractor(store, ids, name) for name, ids in contractors.items()]
        for (kind, medium), ids in kinds.items():
            changes.append(photos.set_joint_facts(store, photos.joints_shown(store, ids), kind=kind, medium=medium))
        if dates:
            changes.append(photos.set_taken(store, dates, only_unknown=True))
        noted.add("photo_facts", photos_before, photos.said(store, of_photos))
        noted.add("joint_facts", joints_before, joint_facts.read(store, shown))
    return Changes.of(changes)


def note_action(store: Store, noted: Noted, *, who: str) -> Changes:
    """What was noted as an action of its own, which can be taken back; nothing where nothing was changed."""
    if not noted.count:
        return NO_CHANGES
    with store.atomic(durable=True):
        what = "photographs and joints" if len(noted.payload) > 1 else _NOUNS[next(iter(noted.payload))]
        text = f"Joint, equipment, contractor, type, medium or date of {noted.count:,} {what}"
        return store.record(
            actions.news(actions.begin(store, who=who, kind="import", text=text, payload=noted.payload))
        )


_NOUNS = {"photo_facts": "photographs", "photo_joints": "photographs", "joint_facts": "joints"}


def note_rows(store: Store, said: Sequence[tuple[int, str]], *, about_joints: bool) -> list[notes.Row]:
    """The notes (photo or joint id, text) as events, behind what is noted; those noted already are left out."""
    about = JOINT if about_joints else PHOTO
    known = notes.read(store)
    present = known.joints if about_joints else known.photos
    rows = []
    for subject, text in said:
        old = present.get(subject, "")
        if text not in old.split("\n"):
            rows.append((about, subject, old, f"{old}\n{text}" if old else text))
    return rows
