"""Bringing photographs in: first rows and labels, browsable at once; then what is inside, by the reader child.

Everything that can be refused is refused before the first row is written. Originals are opened for reading, never
otherwise. Both passes may be cancelled (close the generator) and taken up again: the first by importing the folder
once more, the second by `read_facts`.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from weldstudio.domain.changes import NO_CHANGES, Progress
from weldstudio.domain.errors import ImportRefused, PhotoError
from weldstudio.domain.labelling import State
from weldstudio.domain.photo import Collection, FoundPhoto
from weldstudio.domain.scheme import Scheme
from weldstudio.imaging.scan import scan
from weldstudio.store import first_pass, photos, watched
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.first_pass import KnownPhoto
from weldstudio.store.store import Store
from weldstudio.studio import label_import
from weldstudio.studio.describing import FACTS, Noted, SaidOf, Told, describe, note_action
from weldstudio.studio.former_labels import with_present_names
from weldstudio.studio.import_report import EXAMPLES, ImportReport
from weldstudio.studio.label_import import PLAIN, Terms
from weldstudio.studio.label_report import LabelReport
from weldstudio.studio.label_table import LabelRow, LabelTable, Problem, refuse_left_out
from weldstudio.studio.matching import COLUMN, JointOf, Matched, joint_rule, match_found, with_joint_column
from weldstudio.studio.reading import FactsReport, read_facts
from weldstudio.studio.rescanning import VANISHED, follow_moves

__all__ = ["FactsReport", "ImportReport", "import_photos", "read_facts", "refuse_early"]

NOTHING_TOLD = Told()

_STEP_S = 0.03
_ROWS = 500
"""Photos in the first step; the next ones take as many as fit into `_STEP_S`."""
_ROWS_AT_MOST = 8000
_PAGE = 1000
"""Known photos read, and described, in a step: some 5 to 25 ms."""


def refuse_early(
    folder: Path, *, labels: LabelTable | None = None, joint: str | None = None, terms: Terms = PLAIN
) -> None:
    """Raises ImportRefused for what can be known to be wrong before there is even a project."""
    if not folder.is_dir():
        kind = "is no folder" if folder.exists() else "does not exist"
        raise ImportRefused(f"{folder} {kind}; name the folder that holds the photos.")
    if terms.unlisted not in (None, State.UNSEEN, State.CLEAR):
        raise ImportRefused("What a file does not list can be unseen or clear, nothing else.")
    labels = with_joint_column(labels, joint)
    rule = joint_rule(joint, labels)
    if labels is not None and labels.by_joint and (rule is None or (joint or "").startswith(COLUMN)):
        raise ImportRefused(
            "The label file is about joints, not photos. Say which photos show one joint: --joint folder, or a regular "
            "expression with one group that names the joint in the path."
        )
    if labels is not None and labels.lists_raised_only and terms.unlisted is None:
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
    terms: Terms = PLAIN,
    told: Told = NOTHING_TOLD,
    joint: str | None = None,
    name: str | None = None,
) -> Generator[Progress, None, ImportReport]:
    """Imports the photos below `folder` as a collection, or brings the collection that lies there up to date.

    `joint`: 'folder', 'column:NAME' or a regular expression with one group. `told` is said of all photos and joints;
    the columns of the label file count where it says nothing. A project without flags gets those of the file. Raises
    ImportRefused before anything was written.
    """
    folder = folder.absolute()
    refuse_early(folder, labels=labels, joint=joint, terms=terms)
    labels = with_joint_column(labels, joint)
    if labels is not None:
        labels = with_present_names(store, labels)
        terms = terms_for(scheme_rows.load(store), labels, terms)
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
        work.match(labels, found, all_or_nothing=terms.all_or_nothing)
        yield from work.bring_in(iter(found))
    yield from work.vanish()
    yield from work.describe(told, who=who)
    if work.collection is not None:
        watched.tell(store, work.collection.id, told.lasting(joint))
    if work.matched is not None and work.collection is not None:
        work.label_report = yield from label_import.apply_label_table(
            store, work.matched.table, who=who, terms=terms, collection_id=work.collection.id, facts=False
        )
    report = work.report()
    facts = yield from read_facts(store, [report.collection.id])
    return replace(report, facts=facts)


def terms_for(scheme: Scheme, labels: LabelTable, terms: Terms) -> Terms:
    """The terms of an import of photos. Raises ImportRefused where the file names flags that may not be made.

    A project without flags gets those of the file. An expert's own labels stand against it: importing once more must
    not take corrections back.
    """
    terms = replace(terms, overwrite=False, new_flags=terms.new_flags or not scheme.flags)
    label_import.grown_scheme(scheme, labels, new_flags=terms.new_flags)
    return terms


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
        """By the photo's path, or by the joint's reference."""
        self.label_report: LabelReport | None = None

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

    def match(self, labels: LabelTable, found: Sequence[FoundPhoto], *, all_or_nothing: bool) -> None:
        """Brings labels and photos together. Raises ImportRefused when they do not fit."""
        matched = match_found(labels, [photo.path for photo in found], self._folder, self._joint_of)
        if all_or_nothing:
            refuse_left_out(labels, matched.problems)
        self._skipped_count += sum(problem.left_out for problem in matched.problems)
        left_out = [problem for problem in matched.problems if problem.left_out]
        file = labels.file.name if labels.file else "labels"
        self._skipped += [(f"{file}, line {problem.line}", problem.reason) for problem in left_out[:EXAMPLES]]
        self.matched = matched
        self._label_rows = {row.path: row for row in matched.table.rows}

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

    def _row_of(self, path: str) -> LabelRow | None:
        """The row of the label file that speaks of a photo, or of the joint that it shows."""
        if self.matched is None or not self.matched.table.by_joint or self._joint_of is None:
            return self._label_rows.get(path)
        return self._label_rows.get(self._joint_of(path, None) or "")

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

    def describe(self, told: Told, *, who: str) -> Generator[Progress, None, None]:
        """What the call or the label file says of photos and joints, and the joints of photos known before.

        It is an action of its own, ended early too.
        """
        columns = set(FACTS) & set(self.matched.table.columns if self.matched else ())
        if not (any(told) or columns or (self._joint_of and self._known)):
            return
        done, noted = 0, Noted()
        text = "Noting joints, equipment and contractors"
        try:
            for page in self._pages():
                present = [row for row in page if row[0] not in self._not_seen]
                changes = describe(self._store, self._said(present, told), noted)
                done += len(present)
                yield Progress(done, self._found, text, changes)
        finally:
            changes = note_action(self._store, noted, who=who)
        yield Progress(done, self._found, text, changes)

    def _said(self, page: list[KnownPhoto], told: Told) -> Iterator[SaidOf]:
        for path, photo_id, _, _, has_reference, _ in page:
            row = self._row_of(path)
            columns = row.columns if row is not None else {}
            # New photos came with their joints.
            reference = self._reference(path) if self._joint_of and path in self._known else None
            other = reference if reference and reference != has_reference else None
            yield SaidOf(photo_id, told.or_else(columns), other, columns.get("date"))

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
            labels=self.label_report.labels if self.label_report else 0,
            unlabelled=len(matched.unlabelled) if matched else 0,
            by_name=matched.by_name if matched else 0,
            without_joint=self._without_joint,
            skipped_count=self._skipped_count,
            skipped=tuple(self._skipped),
            unlabelled_examples=matched.unlabelled[:EXAMPLES] if matched else (),
            problems=self._problems(),
            new_flags=self.label_report.new_flags if self.label_report else (),
        )

    def _problems(self) -> tuple[Problem, ...]:
        """Of the label file, by line: what was found when it was brought together with the photos, and after that."""
        if self.matched is None:
            return ()
        later = self.label_report.problems if self.label_report else ()
        return tuple(sorted({*self.matched.problems, *later}, key=lambda problem: problem.line))

    def _skip(self, where: str, reason: str) -> None:
        self._skipped_count += 1
        if len(self._skipped) < EXAMPLES:
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
