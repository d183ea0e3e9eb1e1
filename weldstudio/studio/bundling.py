"""Bundles of labels between desks: what was labelled since a day goes into a file and is taken in elsewhere.

Taking the same bundle twice changes nothing, and the order in which bundles come does not matter: every desk ends with
the same actions, and so with the same labels. Where two experts answered differently without knowing of each other, the
later answer is the present one and the label joins the queue of conflicts; see `conflicts`.
"""

import time
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.clock import COUNTER_BITS
from weldstudio.domain.scheme import Scheme, SchemeClass
from weldstudio.store import desks
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import bundle_files
from weldstudio.studio import scheme as schemes
from weldstudio.studio.bundle_files import SUFFIX, Head

__all__ = ["SUFFIX", "BundleReport", "TakeReport", "make", "take"]

_PIECE = 200
"""Events written in one go."""
_STEP_S = 0.03
_AHEAD_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was put into a bundle."""

    file: str
    actions: int
    labels: int
    experts: tuple[str, ...]
    text: str

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "actions": self.actions,
            "labels": self.labels,
            "experts": list(self.experts),
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class TakeReport:
    """What a bundle brought. Counts are label events unless said."""

    actions: int
    """Actions that were not here yet."""
    labels: int
    known: int
    """Events that were here already."""
    waiting: int
    """Events that wait for a photograph or a flag, of this bundle and of earlier ones."""
    missing_flags: tuple[str, ...]
    missing_photos: int
    """Photographs that are not here."""
    unknown_before: int
    """Events that follow upon ones which this desk never got: a bundle since an earlier day brings them."""
    conflicts: int
    """Labels in conflict now, in all."""
    changes: Changes = field(default=NO_CHANGES, compare=False)
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "actions": self.actions,
            "labels": self.labels,
            "known": self.known,
            "waiting": self.waiting,
            "missing_flags": list(self.missing_flags),
            "missing_photos": self.missing_photos,
            "unknown_before": self.unknown_before,
            "conflicts": self.conflicts,
            "text": self.text,
        }


def make(store: Store, file: Path, *, since: date | None = None, who: str) -> Generator[Progress, None, BundleReport]:
    """Write what was labelled since the beginning of a day, by whomever, or ever, into `file`.

    Raises ImportRefused where the file cannot be written; then, and when cancelled, there is none.
    """
    scheme = scheme_rows.load(store)
    names = _names(scheme)
    first = 0 if since is None else int(datetime(since.year, since.month, since.day).timestamp() * 1000)
    head = Head(
        store.name,
        datetime.now().isoformat(timespec="seconds"),
        "" if since is None else since.isoformat(),
        who,
        scheme,
    )
    total = desks.count_since(store, first << COUNTER_BITS)
    experts: set[str] = set()

    def entries() -> Generator[bundle_files.Entry, None, None]:
        for entry in desks.shared(store, since=first << COUNTER_BITS, names=names):
            experts.add(entry[0].who)
            yield entry

    writing = bundle_files.write(Path(file), head, entries())
    shown = 0.0
    while True:
        try:
            done = next(writing)
        except StopIteration as end:
            actions, events = end.value
            break
        if time.monotonic() - shown > _STEP_S:
            shown = time.monotonic()
            try:
                yield Progress(done, total, "Writing the bundle")
            except GeneratorExit:
                writing.close()
                raise
    text = f"{_count(events, 'label')} of {_count(actions, 'action')} in {Path(file).name}"
    return BundleReport(str(file), actions, events, tuple(sorted(experts)), text)


def take(store: Store, file: Path, *, who: str, new_flags: bool = False) -> Generator[Progress, None, TakeReport]:
    """Take a bundle in. Cancelled, what was taken stays, and taking the file again brings the rest.

    With `new_flags` the flags that the bundle names and this project lacks are added first. Raises ImportRefused,
    before anything is written, for a file that is no whole bundle.
    """
    reading = bundle_files.read(Path(file))
    looked = time.monotonic()
    while True:
        try:
            line = next(reading)
        except StopIteration as end:
            bundle: bundle_files.Bundle = end.value
            break
        if time.monotonic() - looked > _STEP_S:
            yield Progress(line, None, "Reading the bundle")
            looked = time.monotonic()
    if new_flags:
        there, here = bundle.head.scheme, scheme_rows.load(store)
        lacking = tuple(flag for flag in there.live_flags if not here.has_name(flag.name))
        if lacking:
            schemes.adopt(store, Scheme(lacking), who=who)
    slots = {name: slot for slot, name in _names(scheme_rows.load(store)).items()}
    taking = _Taking(store, slots)
    total = bundle.events
    earlier = [(action, desks.waiting(store, seq)) for seq, action in desks.waiting_actions(store)]
    pieces: list[Changes] = []
    done = 0
    for piece in _pieces([*earlier, *bundle.entries]):
        with store.atomic(durable=True):
            changes = taking.take(piece)
        pieces.append(changes)
        done += sum(len(events) for _, events in piece)
        yield Progress(min(done, total), total, "Taking labels in", changes)
    return _report(store, taking, bundle, Changes.of(pieces))


class _Taking:
    """Finds the place of every event here, and counts what came of it."""

    def __init__(self, store: Store, slots: dict[str, int]) -> None:
        self._store, self._slots = store, slots
        self._at: dict[desks.Address, int | None] = {}
        self._by_hash = desks.unique_hashes(store)
        self._done: set[tuple[int, int]] = set()
        self.actions: set[str] = set()
        self.labels = self.known = 0
        self.missing_flags: dict[str, None] = {}
        self.missing_photos: set[desks.Address] = set()
        self.saw: set[str] = set()

    def take(self, piece: list[bundle_files.Entry]) -> Changes:
        placed: list[tuple[int, desks.Field, desks.SharedEvent]] = []
        for action, events in piece:
            seq, here = desks.own_number(self._store, action, events)
            left = []
            for event in events:
                self.saw.update(event.saw)
                if event.n in here or (seq, event.n) in self._done:
                    self.known += 1
                    continue
                where = self._place(event)
                if where is None:
                    left.append(event)
                else:
                    placed.append((seq, where, event))
                    self._done.add((seq, event.n))
                    self.labels += 1
                    self.actions.add(action.id)
            desks.let_wait(self._store, seq, left)
        if not placed:
            return NO_CHANGES
        ids = dict.fromkeys(action.id for action, _ in piece if action.id in self.actions)
        return self._store.record(desks.take(self._store, placed) | Changes(actions=tuple(ids)))

    def _place(self, event: desks.SharedEvent) -> desks.Field | None:
        slot = self._slots.get(event.name)
        address = event.photo
        if address not in self._at:
            found = desks.photo_at(self._store, address)
            if found is None and address.content_hash is not None:
                found = self._by_hash.get(address.content_hash)
            self._at[address] = found
        photo = self._at[address]
        if slot is None:
            self.missing_flags[event.name] = None
        if photo is None:
            self.missing_photos.add(address)
        return None if slot is None or photo is None else (photo, slot)


def _pieces(entries: list[bundle_files.Entry]) -> Generator[list[bundle_files.Entry], None, None]:
    """The same in pieces of about as many events as are written in one go; a large action comes in several."""
    piece: list[bundle_files.Entry] = []
    size = 0
    for action, events in entries:
        for first in range(0, max(1, len(events)), _PIECE):
            some = events[first : first + _PIECE]
            piece.append((action, some))
            size += len(some)
            if size >= _PIECE:
                yield piece
                piece, size = [], 0
    if piece:
        yield piece


def _report(store: Store, taking: _Taking, bundle: bundle_files.Bundle, changes: Changes) -> TakeReport:
    waiting = desks.count_waiting(store)
    here = desks.known(store, taking.saw)
    open_conflicts = len(desks.conflicts(store))
    known = f", {_count(taking.known, 'label')} known already" if taking.known else ""
    parts = [
        f"{_count(taking.labels, 'label')} of {_count(len(taking.actions), 'action')} from {bundle.head.project}{known}"
    ]
    if waiting:
        parts.append(f"{_count(waiting, 'label')} wait for photographs or flags that are not here")
    if open_conflicts:
        parts.append(f"{_count(open_conflicts, 'label')} in conflict")
    unknown = len(taking.saw - here)
    if unknown:
        parts.append("some follow upon labels that never came here; a bundle since an earlier day brings them")
    newest = max((action.clock for action, _ in bundle.entries), default=0) >> COUNTER_BITS
    if newest > time.time_ns() // 1_000_000 + _AHEAD_MS:
        parts.append("the clock of a desk is ahead by more than an hour; have it set right")
    return TakeReport(
        len(taking.actions),
        taking.labels,
        taking.known,
        waiting,
        tuple(taking.missing_flags),
        len(taking.missing_photos),
        unknown,
        open_conflicts,
        changes,
        "; ".join(parts) + ".",
    )


def _names(scheme: Scheme) -> dict[int, str]:
    """Names by slot; of two classes with one name, the one that is in use."""
    every: tuple[SchemeClass, ...] = (*scheme.flags, *scheme.merges)
    in_use: tuple[SchemeClass, ...] = (*scheme.live_flags, *scheme.live_merges)
    named = {item.slot: item.name for item in every}
    live = {item.name: item.slot for item in in_use}
    return {slot: name for slot, name in named.items() if live.get(name, slot) == slot}


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
