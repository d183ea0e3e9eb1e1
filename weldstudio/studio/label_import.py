"""Labels from a file for photos of the project: counted beforehand, taken over whole or not at all.

What a file says is staged piece by piece, unseen, and made to hold in one transaction at the end, together with the
flags it brings, its notes and its facts. Cancelled, refused or killed before that, nothing of it is there.
"""

import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.errors import EditRefused, ImportRefused
from weldstudio.domain.labelling import Source, State
from weldstudio.domain.merges import names_for_labels
from weldstudio.domain.scheme import Scheme, did_you_mean
from weldstudio.store import events, notes, photos, staging
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.events import Row
from weldstudio.store.store import Store
from weldstudio.studio import describing, tables
from weldstudio.studio.describing import SaidOf, Told
from weldstudio.studio.forecast import Forecast, ForecastCount
from weldstudio.studio.former_labels import with_present_names
from weldstudio.studio.joint_labels import Several
from weldstudio.studio.label_report import LabelReport
from weldstudio.studio.label_table import LabelTable, Problem, RowsRefused, refuse_left_out
from weldstudio.studio.matching import unknown_names
from weldstudio.studio.scheme import with_classes
from weldstudio.studio.scheme_text import to_json
from weldstudio.studio.tables import MatchedRows, Reading

_FIRST_PIECE = 200
"""Photos of the first piece of long work; the next ones are as large as take `_PIECE_S`."""
_PIECE_S = 0.03


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a label file is taken."""

    unlisted: State | None = None
    """What a file that lists raised flags only means by the others; CLEAR gives them to photos that have no label
    there yet, with source 'assumed'."""
    overwrite: bool = True
    """Whether the file counts more than labels somebody gave by hand."""
    new_flags: bool = False
    """Whether names that the scheme does not have become flags."""
    all_or_nothing: bool = False
    """Whether one line that cannot be used refuses the whole file."""
    several: Several = Several.UNSURE
    """Of a label given for a joint that some of its photos must carry, nobody said which."""


PLAIN = Terms()


def apply_label_table(
    store: Store,
    table: LabelTable,
    *,
    who: str,
    terms: Terms = PLAIN,
    collection_id: int | None = None,
    facts: bool = True,
) -> Generator[Progress, None, LabelReport]:
    """Take over the labels of a file, as one action, in steps of about 30 ms.

    Rows mean photos by their path, of one collection or of all (see `tables.match`), or joints. Without `facts` what
    the file says beside labels and notes is left alone. Raises ImportRefused, with nothing written.
    """
    work = _LabelImport(store, table, terms, collection_id)
    yield from work.prepare()
    name = table.file.name if table.file else "a table"
    written = staging.begin(store, who=who, kind="import", text=f"{table.noun} from {name}")
    count, settled = 0, False
    try:
        for done, rows_by_source in work.pieces():
            for source, rows in rows_by_source:
                staging.stage(store, written, rows, source=source, first=count)
                count += len(rows)
            yield Progress(done, len(work.matched.rows), "Preparing labels")
        yield Progress(len(work.matched.rows), len(work.matched.rows), "Taking the labels over")
        with store.atomic(durable=True):
            changes, text = work.settle(written, name, facts=facts, count=count)
        settled = True
    finally:
        if not settled:
            staging.discard(store, written)
    return LabelReport(
        action_id=written.action.id if changes.actions else None,
        changes=changes,
        text=text,
        labels=count,
        problems=work.problems,
        new_flags=new_flags(work.before, work.scheme),
        notes=len(work.notes),
    )


def foresee(
    store: Store, table: LabelTable, *, terms: Terms = PLAIN, collection_id: int | None = None
) -> Generator[Progress, None, Forecast]:
    """What `apply_label_table` would do, counted; nothing is written. Raises ImportRefused as that would.

    That some lines cannot be used is in the forecast, also where all or nothing is asked for.
    """
    work = _LabelImport(store, table, terms, collection_id)
    yield from work.prepare(refuse=False)
    count = ForecastCount(work.scheme)
    for done, rows_by_source in work.pieces():
        for source, rows in rows_by_source:
            count.add(rows, source)
        yield Progress(done, len(work.matched.rows), "Counting")
    spoken_of = [row for _, row in work.matched.rows]
    return count.forecast(
        table,
        rows=spoken_of,
        problems=work.problems,
        new_flags=new_flags(work.before, work.scheme),
        refusal=refusal_of(table, work.problems, terms),
    )


def refusal_of(table: LabelTable, problems: tuple[Problem, ...], terms: Terms) -> str:
    """Why the terms forbid to take a file of which this cannot be used; '' where they do not."""
    try:
        if terms.all_or_nothing:
            refuse_left_out(table, problems)
    except RowsRefused as error:
        return str(error)
    return ""


def new_flags(before: Scheme, after: Scheme) -> tuple[str, ...]:
    """Names of the flags that a scheme has got."""
    known = {flag.slot for flag in before.flags}
    return tuple(flag.name for flag in after.flags if flag.slot not in known)


def grown_scheme(scheme: Scheme, table: LabelTable, *, new_flags: bool) -> Scheme:
    """The scheme with the classes of the label file that it is to get before the labels are taken.

    Raises ImportRefused for classes that it does not know and shall not get, and for retired ones.
    """
    grown = _grown(scheme, table, new_flags=new_flags)
    _refuse_twins(table, scheme, grown)
    return grown


def _refuse_twins(table: LabelTable, before: Scheme, after: Scheme) -> None:
    """Raises ImportRefused where names that differ in case or blanks alone mean one flag, or would become two.

    What one column or line says of the flag would else be lost to what the other says. An exported file may name two.
    """
    if table.form not in ("wide", "rows"):
        return  # these only raise: another spelling says the same again
    spelt = Counter(name.strip().casefold() for name in table.classes)
    twins = [name for name in table.classes if spelt[name.strip().casefold()] > 1]
    twins.sort(key=lambda name: name.strip().casefold())
    known, grown = ({flag.name for flag in s.flags} | {merge.name for merge in s.merges} for s in (before, after))
    meant = grown & set(twins)
    added = meant - known
    if len(meant) < len(twins) or (added and not table.exported):
        raise ImportRefused(
            f"The label file writes one flag in two ways, '{twins[0]}' and '{twins[1]}'; use one of them."
        )


def _grown(scheme: Scheme, table: LabelTable, *, new_flags: bool) -> Scheme:
    exclusive = table.form == "class"
    if not scheme.flags and new_flags:
        return with_classes(scheme, table.classes, exclusive=exclusive, default=table.default)
    known = names_for_labels(scheme)
    unknown = unknown_names(table.classes, known)
    retired = [flag.name for flag in scheme.flags if flag.retired and not unknown_names([flag.name], unknown)]
    if retired:
        raise ImportRefused(f"'{retired[0]}' is retired and takes no labels; bring it back on the Flags page first.")
    if unknown and not new_flags:
        told = ", ".join(f"'{name}'" for name in unknown[:5]) + (" and more" if len(unknown) > 5 else "")
        near = next((hint for name in unknown if (hint := did_you_mean(name, known))), "")
        raise RowsRefused(
            f"The label file names flags that the project does not have: {told}.{near} "
            "Correct the file, or allow new flags (--new-flags).",
            _where_named(table, unknown),
        )
    if unknown and exclusive:
        # New classes of a file that gives each photo one exclude its other classes: they join the group of those.
        grouped = [flag.name for flag in scheme.live_flags if scheme.group_of(flag.slot) is not None]
        named = set(grouped) - set(unknown_names(grouped, table.classes))
        unknown = [*(name for name in grouped if name in named), *unknown]
    return with_classes(scheme, unknown, exclusive=exclusive, default=table.default) if unknown else scheme


def _where_named(table: LabelTable, unknown: Sequence[str]) -> tuple[Problem, ...]:
    """Where a file names flags that nobody knows: the first line of each and how often."""
    found: dict[str, tuple[int, int]] = {}
    for row in table.rows:
        for name in row.states:
            if name in unknown:
                line, count = found.get(name, (row.line, 0))
                found[name] = line, count + 1
    missing = [
        Problem(1, f"'{name}' is no flag of the project (in the header)") for name in unknown if name not in found
    ]
    return (
        *missing,
        *(
            Problem(line, f"'{name}' is no flag of the project ({count:,} {'row' if count == 1 else 'rows'})")
            for name, (line, count) in sorted(found.items(), key=lambda item: item[1])
        ),
    )


class _LabelImport:
    """One label file on its way into the project. The store's thread."""

    def __init__(self, store: Store, table: LabelTable, terms: Terms, collection_id: int | None) -> None:
        self._store = store
        self._table = table = with_present_names(store, table)
        self._terms = terms
        self._collection = collection_id
        self.before = scheme_rows.load(store)
        self.scheme = grown_scheme(self.before, table, new_flags=terms.new_flags)
        self._reading = Reading(self.scheme, table, unlisted=terms.unlisted, overwrite=terms.overwrite)
        self.matched = MatchedRows([], ())
        self.notes: list[notes.Row] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.matched.problems

    def prepare(self, *, refuse: bool = True) -> Generator[Progress, None, None]:
        """Find the photos. Raises RowsRefused."""
        if self._table.by_joint:
            self.matched = yield from tables.match_joints(
                self._store, self.scheme, self._table, self._collection, several=self._terms.several
            )
        else:
            self.matched = yield from tables.match(self._store, self._table, self._collection)
        if refuse and self._terms.all_or_nothing:
            refuse_left_out(self._table, self.problems)

    def pieces(self) -> Iterator[tuple[int, list[tuple[Source, list[Row]]]]]:
        """(rows gone through, events by source), a piece at a time of what takes some 30 ms to write."""
        at, size = 0, _FIRST_PIECE
        rows = self.matched.rows
        while at < len(rows):
            began = time.perf_counter()
            piece = rows[at : at + size]
            at += len(piece)
            present = events.present(self._store, [photo_id for photo_id, _ in piece])
            yield at, self._reading.edits(piece, present)
            # Towards as many as take _PIECE_S, but never more than twice as many as before.
            size = max(_FIRST_PIECE, int(size * min(2.0, _PIECE_S / max(time.perf_counter() - began, 1e-3))))

    def settle(self, written: staging.Written, name: str, *, facts: bool, count: int) -> tuple[Changes, str]:
        """Make everything hold, or nothing; what the action is called. Inside `atomic`."""
        store = self._store
        changes = NO_CHANGES
        payload: dict[str, Any] = {}
        if self.scheme != self.before:
            if scheme_rows.load(store) != self.before:
                raise EditRefused("The scheme was changed while the labels were being prepared; import them again.")
            payload = {"scheme": {"before": to_json(self.before), "after": to_json(self.scheme)}}
            changes |= scheme_rows.save(store, self.scheme)
        if facts and not self._table.exported:
            noted = describing.Noted()
            changes |= describing.describe(store, self._said(), noted)
            payload |= noted.payload
        self.notes = [] if self._table.exported else self._note_rows()
        if not (count or self.notes or payload):
            staging.discard(store, written)
            return changes, f"{self._table.noun} from {name}: nothing had to change"
        if self.notes:
            changes |= notes.append(store, written, self.notes)
        touched = len({photo_id for photo_id, _ in self.matched.rows})
        text = f"{self._table.noun} from {name} on {touched:,} {'photograph' if touched == 1 else 'photographs'}"
        return changes | staging.settle(store, written, text=text, payload=payload or None), text

    def _said(self) -> Iterator[SaidOf]:
        """What the file says of photos beside labels; joints that are called so already are left alone."""
        nothing = Told()
        wanted = set(describing.FACTS) & set(self._table.columns)
        if not wanted - {"note"}:
            return
        joint_of: dict[int, str] = {}
        if "joint" in wanted:
            for (_, reference), ids in photos.by_joint(self._store, self._collection).items():
                joint_of.update(dict.fromkeys(ids, reference))
        for photo_id, row in self.matched.rows:
            if row.columns:
                joint = row.columns.get("joint")
                other = joint if joint and joint != joint_of.get(photo_id) else None
                yield SaidOf(photo_id, nothing.or_else(row.columns), other, row.columns.get("date"))

    def _note_rows(self) -> list[notes.Row]:
        if "note" not in self._table.columns:
            return []
        if self._table.by_joint:
            said = [(ids[0], row.columns["note"]) for ids, row in self.matched.joints if "note" in row.columns]
            of_joint = [(photos.joints_shown(self._store, [photo])[0], text) for photo, text in said]
            return describing.note_rows(self._store, of_joint, about_joints=True)
        texts = [(photo_id, row.columns["note"]) for photo_id, row in self.matched.rows if "note" in row.columns]
        return describing.note_rows(self._store, texts, about_joints=False)
