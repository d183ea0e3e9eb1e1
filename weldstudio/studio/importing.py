"""Bringing photographs in: first rows and labels, browsable at once; then what is inside, by the reader child.

Everything that can be refused is refused before the first row is written. Originals are opened for reading, never
otherwise. Both passes may be cancelled (close the generator) and taken up again: the first by importing the folder
once more, the second by `read_facts`.
"""

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.errors import ImportRefused, PhotoError
from weldstudio.domain.labelling import State
from weldstudio.domain.photo import Collection, FoundPhoto
from weldstudio.domain.scheme import did_you_mean
from weldstudio.imaging.scan import scan
from weldstudio.store import first_pass, photos, watched
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.first_pass import KnownPhoto
from weldstudio.store.store import Store
from weldstudio.studio import labelling
from weldstudio.studio import scheme as scheme_editing
from weldstudio.studio.import_report import EXAMPLES, ImportReport
from weldstudio.studio.label_files import LabelRow, LabelTable
from weldstudio.studio.matching import (
    COLUMN,
    JointOf,
    Matched,
    joint_rule,
    match_rows,
    unknown_names,
    with_joint_column,
)
from weldstudio.studio.reading import FactsReport, read_facts
from weldstudio.studio.rescanning import VANISHED, follow_moves

__all__ = ["FactsReport", "ImportReport", "import_photos", "read_facts", "refuse_early"]

_STEP_S = 0.03
_ROWS = 500
"""Photos in the first step; the next ones take as many as fit into `_STEP_S`."""
_ROWS_AT_MOST = 8000
_PAGE = 1000
"""Known photos read, and described, in a step: some 5 to 25 ms."""


def refuse_early(
    folder: Path,
    *,
    labels: LabelTable | None = None,
    joint: str | None = None,
    unlisted: State | None = None,
) -> None:
    """Raises ImportRefused for what can be known to be wrong before there is even a project."""
    if not folder.is_dir():
        kind = "is no folder" if folder.exists() else "does not exist"
        raise ImportRefused(f"{folder} {kind}; name the folder that holds the photos.")
    if unlisted not in (None, State.UNSEEN, State.CLEAR):
        raise ImportRefused("What a file does not list can be unseen or clear, nothing else.")
    labels = with_joint_column(labels, joint)
    joint_rule(joint, labels)
    if labels is not None and labels.lists_raised_only and unlisted is None:
        raise ImportRefused(
            "The label file lists raised flags only. Say what it means where a flag is not listed: "
            "--unlisted unseen (nobody looked) or --unlisted clear (somebody looked and it was not there)."
        )
    try:
        first = next(scan(folder), None)
    except PhotoError as error:
        raise ImportRefused(str(error)) from error
    if first is None:
        raise ImportRefused(f"There are no photos in {folder}; name the folder that holds them.")


def import_photos(
    store: Store,
    folder: Path,
    *,
    who: str,
    labels: LabelTable | None = None,
    equipment: str | None = None,
    contractor: str | None = None,
    joint: str | None = None,
    kind: str | None = None,
    medium: str | None = None,
    unlisted: State | None = None,
    name: str | None = None,
    new_flags: bool = False,
) -> Generator[Progress, None, ImportReport]:
    """Imports the photos below `folder` as a collection, or brings the collection that lies there up to date.

    `joint`: 'folder', 'column:NAME' or a regular expression with one group. `unlisted`: what a file that lists
    raised flags only means by not listing one. `new_flags`: names the scheme does not have become flags. `kind` and
    `medium` are those of all joints. Columns 'equipment', 'contractor', 'joint', 'type' and 'medium' of the label file
    count where the call does not say otherwise. Raises ImportRefused before anything was written.
    """
    folder = folder.absolute()
    refuse_early(folder, labels=labels, joint=joint, unlisted=unlisted)
    labels = with_joint_column(labels, joint)
    missing = _missing_classes(store, labels, new_flags=new_flags)
    known = photos.collection_at(store, folder)
    if known is not None:
        yield from follow_moves(store, known.id)
    work = _FirstPass(store, folder, name=name, joint_of=joint_rule(joint, labels))
    yield from work.recall()
    if labels is None:
        yield from work.bring_in(work.find())
    else:
        # With labels the whole folder is looked through first: a file that does not fit must change nothing.
        found = yield from work.find_all()
        work.match(labels, found)
        if missing:
            yield work.add_classes(missing, exclusive=labels.form == "class", default=labels.default, who=who)
        yield from work.bring_in(iter(found))
    yield from work.vanish()
    said = Told(equipment, contractor, kind, medium)
    yield from work.describe(said)
    if work.collection is not None:
        watched.tell(store, work.collection.id, said.lasting(joint))
    if work.matched is not None and work.collection is not None:
        # An expert's own labels stand against the file: importing once more must not take corrections back.
        told = yield from labelling.apply_label_table(
            store, work.matched.table, who=who, unlisted=unlisted, collection_id=work.collection.id, overwrite=False
        )
        work.labels = told.labels
    report = work.report()
    facts = yield from read_facts(store, [report.collection.id])
    return replace(report, facts=facts)


def _missing_classes(store: Store, labels: LabelTable | None, *, new_flags: bool) -> tuple[str, ...]:
    """Classes of the label file that the scheme is to get before the labels are taken.

    Raises ImportRefused for those that it does not know and shall not get, and for retired ones.
    """
    if labels is None:
        return ()
    scheme = scheme_rows.load(store)
    if not scheme.flags:
        return labels.classes
    live = [flag.name for flag in scheme.live_flags] + [merge.name for merge in scheme.live_merges]
    unknown = unknown_names(labels.classes, live)
    retired = [flag.name for flag in scheme.flags if flag.retired and not unknown_names([flag.name], unknown)]
    if retired:
        raise ImportRefused(f"'{retired[0]}' is retired and takes no labels; bring it back on the Flags page first.")
    if unknown and not new_flags:
        told = ", ".join(f"'{name}'" for name in unknown[:5]) + (" and more" if len(unknown) > 5 else "")
        near = next((hint for name in unknown if (hint := did_you_mean(name, live))), "")
        raise ImportRefused(
            f"The label file names flags that the project does not have: {told}.{near} "
            "Correct the file, or add these flags to the scheme first."
        )
    if unknown and labels.form == "class":
        # New classes of a file that gives each photo one exclude its other classes: they join the group of those.
        grouped = [flag.name for flag in scheme.live_flags if scheme.group_of(flag.slot) is not None]
        named = set(grouped) - set(unknown_names(grouped, labels.classes))
        return (*(name for name in grouped if name in named), *unknown)
    return tuple(unknown)


class Told(NamedTuple):
    """What is said of photos and their joints beside the labels; what is not known is None."""

    equipment: str | None
    contractor: str | None
    kind: str | None
    medium: str | None

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


class _FirstPass:
    """Rows, joints and equipment of one folder, in steps of some 30 ms. The store's thread."""

    def __init__(self, store: Store, folder: Path, *, name: str | None, joint_of: JointOf | None) -> None:
        self._store = store
        self._folder = folder
        self._name = name or folder.name or str(folder)
        self._joint_of = joint_of
        self.collection: Collection | None = photos.collection_at(store, folder)
        self._known: dict[str, tuple[int, int]] = {}
        """(size, mtime_ns) by path of the photos that had a row before."""
        self._not_seen: dict[str, int] = {}
        """Those of them that the scan has not found, with their ids."""
        self._troubled: set[str] = set()
        self._found = self._new = self._changed = self._without_joint = 0
        self._skipped: list[tuple[str, str]] = []
        self._skipped_count = 0
        self.matched: Matched | None = None
        self._label_rows: dict[str, LabelRow] = {}
        self.labels = 0

    def recall(self) -> Generator[Progress, None, None]:
        """Reads what the collection holds from before."""
        for rows in self._pages():
            for path, photo_id, size, mtime_ns, _, has_problem in rows:
                self._known[path] = size, mtime_ns
                self._not_seen[path] = photo_id
                if has_problem:
                    # Whatever could not be shown gets another chance: a disk may be connected again.
                    self._troubled.add(path)
            yield Progress(0, None, "Looking for photos")

    def _pages(self) -> Iterator[list[KnownPhoto]]:
        """The collection's rows, a step at a time."""
        path = ""
        while self.collection is not None:
            rows = first_pass.known_after(self._store, self.collection.id, path, _PAGE)
            if not rows:
                return
            path = rows[-1][0]
            yield rows

    def find(self) -> Iterator[FoundPhoto]:
        """The photos of the folder; what is left out goes into the report. Raises ImportRefused."""
        try:
            yield from scan(self._folder, report=self._skip)
        except PhotoError as error:
            raise ImportRefused(str(error)) from error

    def find_all(self) -> Generator[Progress, None, list[FoundPhoto]]:
        found: list[FoundPhoto] = []
        due = time.monotonic() + _STEP_S
        for photo in self.find():
            found.append(photo)
            if time.monotonic() > due:
                yield Progress(len(found), None, "Looking for photos")
                due = time.monotonic() + _STEP_S
        return found

    def match(self, labels: LabelTable, found: Sequence[FoundPhoto]) -> None:
        """Brings labels and photos together. Raises ImportRefused when they have nothing in common."""
        matched = match_rows(labels, [photo.path for photo in found], self._folder)
        if not matched.table.rows:
            where = f" '{labels.rows[0].path}' is one of its paths," if labels.rows else ""
            first = labels.problems[0] if labels.problems and not labels.rows else None
            raise ImportRefused(
                f"The label file names no photo of {self._folder}:{where} '{found[0].path}' one of the folder's."
                if first is None
                else f"No row of the label file can be used; line {first.line}: {first.reason}."
            )
        file = labels.file.name if labels.file else "labels"
        for problem in labels.problems:
            if problem.left_out:
                self._skip(f"{file}, line {problem.line}", problem.reason)
        self._skipped_count += max(0, len(matched.missing) - EXAMPLES)
        for path, reason in matched.missing[:EXAMPLES]:
            self._skip(path, reason, always=True)
        self.matched = matched
        self._label_rows = {row.path: row for row in matched.table.rows}

    def add_classes(self, names: Sequence[str], *, exclusive: bool, default: str, who: str) -> Progress:
        """Flags for the label file's classes, in an action of their own."""
        done = scheme_editing.add_classes(self._store, names, who=who, exclusive=exclusive, default=default)
        return Progress(0, None, "Making the scheme", done.changes)

    def bring_in(self, found: Iterator[FoundPhoto]) -> Generator[Progress, None, None]:
        """Rows for what is new, with their joints; fresh sizes and times for what changed."""
        pace = _Pace()
        last = False
        while not last:
            with pace.step() as wanted:
                batch = list(islice(found, wanted))
                progress = self._store_batch(batch)
            yield progress
            last = len(batch) < wanted

    def _store_batch(self, batch: list[FoundPhoto]) -> Progress:
        changes = NO_CHANGES
        if self.collection is None:
            # Only now: a folder that cannot be read must not leave an empty collection behind.
            self.collection, changes = photos.add_collection(self._store, self._name, self._folder)
        known, new = self._known, batch
        if known:
            new = [photo for photo in batch if photo.path not in known]
            changed = [p for p in batch if p.path in known and known[p.path] != (p.size, p.mtime_ns)]
            self._changed += len(changed)
            if again := changed + [p for p in batch if p.path in self._troubled]:
                changes |= first_pass.update_found(self._store, self.collection.id, again)
            for photo in batch:
                self._not_seen.pop(photo.path, None)
        if new:
            references = [self._reference(photo.path) for photo in new] if self._joint_of else None
            changes |= first_pass.insert_found(self._store, self.collection.id, new, references)
        self._new += len(new)
        self._found += len(batch)
        return Progress(self._found, None, "Importing photos", changes)

    def _reference(self, path: str) -> str | None:
        """Of the joint that a photo shows by the rule."""
        reference = self._joint_of(path, self._label_rows.get(path)) if self._joint_of else None
        self._without_joint += not reference
        return reference

    def vanish(self) -> Generator[Progress, None, None]:
        """Marks known photos whose files are gone; a folder that shows fewer photos takes no label along."""
        pace, gone = _Pace(), iter(self._not_seen.items())
        while True:
            with pace.step() as wanted:
                part = [(i, VANISHED.format(name=path.rsplit("/", 1)[-1])) for path, i in islice(gone, wanted)]
                changes = first_pass.set_problems(self._store, part) if part else NO_CHANGES
            if not part:
                return
            yield Progress(self._found, self._found, "Importing photos", changes)

    def describe(self, told: Told) -> Generator[Progress, None, None]:
        """What the call or the label file says of photos and joints, and the joints of photos known before."""
        columns_told = set(told.columns) & set(self.matched.table.columns if self.matched else ())
        if not (any(told) or columns_told or (self._joint_of and self._known)):
            return
        done = 0
        for page in self._pages():
            present = [row for row in page if row[0] not in self._not_seen]
            changes = self._describe_page(present, told)
            done += len(present)
            yield Progress(done, self._found, "Noting joints, equipment and contractors", changes)

    def _describe_page(self, page: list[KnownPhoto], told: Told) -> Changes:
        equipments: dict[str, list[int]] = {}
        contractors: dict[str, list[int]] = {}
        kinds: dict[tuple[str | None, str | None], list[int]] = {}
        joints: list[tuple[int, str, str | None]] = []
        for path, photo_id, _, _, has_reference, _ in page:
            row = self._label_rows.get(path)
            said = told.or_else(row.columns if row is not None else {})
            if said.equipment:
                equipments.setdefault(said.equipment, []).append(photo_id)
            if said.kind or said.medium:
                kinds.setdefault((said.kind, said.medium), []).append(photo_id)
            # New photos came with their joints.
            reference = self._reference(path) if self._joint_of and path in self._known else None
            if reference and reference != has_reference:
                joints.append((photo_id, reference, said.contractor))
            elif said.contractor:
                contractors.setdefault(said.contractor, []).append(photo_id)
        with self._store.atomic():
            changes = [photos.set_joints(self._store, joints)] if joints else []
            changes += [photos.set_equipment(self._store, ids, name) for name, ids in equipments.items()]
            changes += [photos.set_contractor(self._store, ids, name) for name, ids in contractors.items()]
            for (kind, medium), ids in kinds.items():
                shown = photos.joints_shown(self._store, ids)
                changes.append(photos.set_joint_facts(self._store, shown, kind=kind, medium=medium))
        return Changes.of(changes)

    def report(self) -> ImportReport:
        """What the first pass did."""
        assert self.collection is not None
        matched = self.matched
        return ImportReport(
            collection=self.collection,
            found=self._found,
            new=self._new,
            changed=self._changed,
            vanished=len(self._not_seen),
            labelled=len(matched.table.rows) if matched else 0,
            labels=self.labels,
            unlabelled=len(matched.unlabelled) if matched else 0,
            by_name=matched.by_name if matched else 0,
            without_joint=self._without_joint,
            skipped_count=self._skipped_count,
            skipped=tuple(self._skipped),
            unlabelled_examples=matched.unlabelled[:EXAMPLES] if matched else (),
        )

    def _skip(self, where: str, reason: str, *, always: bool = False) -> None:
        self._skipped_count += 1
        if always or len(self._skipped) < EXAMPLES:
            self._skipped.append((where, reason))


class _Pace:
    """How many rows make a step of `_STEP_S`, by how long the last ones took."""

    def __init__(self) -> None:
        self._rows = _ROWS

    @contextmanager
    def step(self) -> Iterator[int]:
        """Hands over how many rows to take, and takes the time."""
        begin = time.perf_counter()
        yield self._rows
        share = _STEP_S / max(1e-6, time.perf_counter() - begin)
        self._rows = max(1, min(_ROWS_AT_MOST, int(self._rows * min(2.0, max(0.5, share)))))
