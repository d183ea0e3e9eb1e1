"""Bundles between desks: what was labelled and said since a day goes into a file and is taken in elsewhere.

Taking the same bundle twice changes nothing, and the order in which bundles come does not matter: every desk ends with
the same actions, and so with the same labels, notes, decisions and reviews. Where two experts answered differently
without knowing of each other, the later answer is the present one and the label or joint joins the queue of conflicts;
see `conflicts`. The scheme stays what it is at each desk: what differs is said, and can be taken over.
"""

import time
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.clock import COUNTER_BITS
from weldstudio.domain.scheme import Scheme
from weldstudio.store import decision_conflicts, desk_words, desks, reviews
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.shared_words import kind_of
from weldstudio.store.store import Store
from weldstudio.studio import bundle_files, scheme_differences
from weldstudio.studio import scheme as schemes
from weldstudio.studio.bundle_files import SUFFIX, Entry, Head
from weldstudio.studio.bundle_taking import Taking, pieces_of

__all__ = ["SUFFIX", "BundleReport", "TakeReport", "make", "take"]

_STEP_S = 0.03
_AHEAD_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was put into a bundle."""

    file: str
    actions: int
    labels: int
    notes: int
    decisions: int
    """Overrides of verdicts among them."""
    reviews: int
    """What was said of photos beyond labels: reviewed, returned, drawn for an audit or a second look, looked at."""
    experts: tuple[str, ...]
    text: str

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "actions": self.actions,
            "labels": self.labels,
            "notes": self.notes,
            "decisions": self.decisions,
            "reviews": self.reviews,
            "experts": list(self.experts),
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class TakeReport:
    """What a bundle brought."""

    actions: int
    """Actions that were not here yet."""
    labels: int
    notes: int
    decisions: int
    """Overrides of verdicts among them."""
    reviews: int
    known: int
    """Labels, notes, decisions and reviews that were here already."""
    waiting: int
    """What waits for a photograph, joint or flag, of this bundle and of earlier ones."""
    missing_flags: tuple[str, ...]
    """Flags and merges of the other desk that are not here."""
    differences: tuple[str, ...]
    """What else is different in the scheme of the other desk, a sentence each."""
    missing_photos: int
    """Photographs that are not here."""
    unknown_before: int
    """Events that follow upon ones which this desk never got: a bundle since an earlier day brings them."""
    conflicts: int
    """Labels in conflict now, in all."""
    decision_conflicts: int
    """Joints of which experts decided differently, in all."""
    changes: Changes = field(default=NO_CHANGES, compare=False)
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "actions": self.actions,
            "labels": self.labels,
            "notes": self.notes,
            "decisions": self.decisions,
            "reviews": self.reviews,
            "known": self.known,
            "waiting": self.waiting,
            "missing_flags": list(self.missing_flags),
            "scheme_differences": list(self.differences),
            "missing_photos": self.missing_photos,
            "unknown_before": self.unknown_before,
            "conflicts": self.conflicts,
            "decision_conflicts": self.decision_conflicts,
            "text": self.text,
        }


def make(store: Store, file: Path, *, since: date | None = None, who: str) -> Generator[Progress, None, BundleReport]:
    """Write what was done since the beginning of a day, by whomever, or ever, into `file`.

    Raises ImportRefused where the file cannot be written; then, and when cancelled, there is none.
    """
    day = 0 if since is None else int(datetime(since.year, since.month, since.day).timestamp() * 1000)
    return (yield from _make(store, file, day << COUNTER_BITS, since=since, who=who))


def make_after(store: Store, file: Path, clock: int, *, who: str) -> Generator[Progress, None, BundleReport]:
    """The same of what was done after a hybrid time."""
    return (yield from _make(store, file, clock + 1, since=None, who=who))


def _make(
    store: Store, file: Path, first: int, *, since: date | None, who: str
) -> Generator[Progress, None, BundleReport]:
    scheme = scheme_rows.load(store)
    head = Head(
        store.name,
        datetime.now().isoformat(timespec="seconds"),
        "" if since is None else since.isoformat(),
        who,
        scheme,
        scheme_differences.former_names(store),
    )
    total = desks.count_since(store, first)
    experts: set[str] = set()
    labels = 0
    words: Counter[str] = Counter()

    def entries() -> Iterator[Entry]:
        nonlocal labels
        for entry in _entries(store, scheme, first):
            experts.add(entry.action.who)
            labels += len(entry.labels)
            words.update(map(kind_of, entry.words))
            yield entry

    writing = bundle_files.write(Path(file), head, entries(), schemes=lambda d: desk_words.schemes(store, [d]))
    shown = 0.0
    while True:
        try:
            done = next(writing)
        except StopIteration as end:
            actions: int = end.value
            break
        if time.monotonic() - shown > _STEP_S:
            shown = time.monotonic()
            try:
                yield Progress(min(done, total), total, "Writing the bundle")
            except GeneratorExit:
                writing.close()
                raise
    notes, decisions, said = words["note"], words["said"], words["review"]
    text = f"{counts(labels, notes, decisions, said)} of {_count(actions, 'action')} in {Path(file).name}"
    return BundleReport(str(file), actions, labels, notes, decisions, said, tuple(sorted(experts)), text)


def _entries(store: Store, scheme: Scheme, since: int) -> Iterator[Entry]:
    for action, labels in desks.shared(store, since=since, names=scheme_differences.names(scheme)):
        if labels:
            yield Entry(action, labels)
    draws = {action.id: noted for action, noted in reviews.draws(store)}
    for action, words in desk_words.shared(store, since=since, names=scheme_differences.names(scheme)):
        yield Entry(action, words=words, draw=draws.get(action.id))


def take(
    store: Store, file: Path, *, who: str, new_flags: bool = False, new_scheme: bool = False
) -> Generator[Progress, None, TakeReport]:
    """Take a bundle in. Cancelled, what was taken stays, and taking the file again brings the rest.

    With `new_flags` the flags and merges of the other desk that this project lacks are added first; with `new_scheme`
    its points, rules, groups and descriptions are taken over as well. Raises ImportRefused, before anything is written,
    for a file that is no whole bundle.
    """
    bundle = yield from _read(Path(file))
    there = bundle.head.scheme
    if new_flags:
        schemes.add_lacking(store, there, _known(store, bundle.head), who=who)
    if new_scheme:
        schemes.adopt(store, there, who=who)
    taking = Taking(store, _known(store, bundle.head))
    total = bundle.events
    earlier = [Entry(action, desks.waiting(store, seq)) for seq, action in desks.waiting_actions(store)]
    earlier += [Entry(action, words=words) for action, words in desk_words.waiting(store)]
    pieces: list[Changes] = []
    done = 0
    if bundle.schemes:
        with store.atomic():
            desk_words.keep_schemes(store, bundle.schemes.items())
    for piece in pieces_of([*earlier, *bundle.entries]):
        with store.atomic(durable=True):
            changes = taking.take(piece)
        pieces.append(changes)
        done += sum(map(len, piece))
        yield Progress(min(done, total), total, "Taking labels in", changes)
    return _report(store, taking, bundle, Changes.of(pieces))


def _read(file: Path) -> Generator[Progress, None, bundle_files.Bundle]:
    reading = bundle_files.read(file)
    looked = time.monotonic()
    while True:
        try:
            line = next(reading)
        except StopIteration as end:
            bundle: bundle_files.Bundle = end.value
            return bundle
        if time.monotonic() - looked > _STEP_S:
            yield Progress(line, None, "Reading the bundle")
            looked = time.monotonic()


def _known(store: Store, head: Head) -> dict[str, int]:
    """Our slots by the names that the bundle may use."""
    ours, former = scheme_rows.load(store), scheme_differences.former_names(store)
    return scheme_differences.counterparts(ours, former, head.scheme, head.formerly)


def _report(store: Store, taking: Taking, bundle: bundle_files.Bundle, changes: Changes) -> TakeReport:
    waiting = desks.count_waiting(store) + desk_words.count_waiting(store)
    here = desks.known(store, taking.saw)
    labels, decided = len(desks.conflicts(store)), len(decision_conflicts.listed(store))
    known = f", {taking.known:,} known already" if taking.known else ""
    notes, decisions, said = taking.words["note"], taking.words["said"], taking.words["review"]
    brought = counts(taking.labels, notes, decisions, said)
    parts = [f"{brought} of {_count(len(taking.actions), 'action')} from {bundle.head.project}{known}"]
    if waiting:
        parts.append(f"{waiting:,} wait for photographs or flags that are not here")
    if labels:
        parts.append(f"{_count(labels, 'label')} in conflict")
    if decided:
        parts.append(f"{_count(decided, 'joint')} decided differently by two experts")
    unknown = len(taking.saw - here)
    if unknown:
        parts.append("some follow upon others that never came here; a bundle since an earlier day brings them")
    newest = max((entry.action.clock for entry in bundle.entries), default=0) >> COUNTER_BITS
    if newest > time.time_ns() // 1_000_000 + _AHEAD_MS:
        parts.append("the clock of a desk is ahead by more than an hour; have it set right")
    ours, there = scheme_rows.load(store), bundle.head.scheme
    lacking = scheme_differences.lacking(there, taking.slots)
    return TakeReport(
        len(taking.actions),
        *(taking.labels, notes, decisions, said, taking.known),
        waiting,
        tuple(dict.fromkeys((*taking.missing_flags, *lacking))),
        scheme_differences.differences(ours, there, taking.slots),
        len(taking.missing_photos),
        unknown,
        *(labels, decided),
        changes,
        "; ".join(parts) + ".",
    )


def counts(labels: int, notes: int, decisions: int, said: int = 0) -> str:
    """'5 labels and 1 note'; `said` are reviews."""
    more = [_count(n, thing) for n, thing in ((notes, "note"), (decisions, "decision"), (said, "review")) if n]
    parts = [_count(labels, "label"), *more]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
