"""Bringing photographs in: first rows and labels, browsable at once; then what is inside, by the reader child.

Everything that can be refused is refused before the first row is written. Originals are opened for reading, never
otherwise. Both passes may be cancelled (close the generator) and taken up again: the first by importing the folder
once more, the second by `read_facts`.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.errors import ImportRefused, PhotoError
from weldstudio.domain.labelling import State
from weldstudio.domain.photo import Collection, FoundPhoto
from weldstudio.domain.scheme import did_you_mean
from weldstudio.imaging.scan import scan
from weldstudio.store import photos, unread
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import labelling
from weldstudio.studio import scheme as scheme_editing
from weldstudio.studio.label_files import LabelRow, LabelTable
from weldstudio.studio.matching import Matched, joint_rule, match_rows, unknown_names, with_joint_column
from weldstudio.studio.reading import FactsReport, read_facts

__all__ = ["FactsReport", "ImportReport", "import_photos", "read_facts", "refuse_early"]

VANISHED = "{name} is not there any more; it was moved, renamed or deleted."
EXAMPLES = 20
"""So many paths of each kind a report names; the counts are complete."""

T = TypeVar("T")

_STEP_S = 0.03
_ROWS = 2000
"""Photos a transaction: some 25 ms."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, and what it left out and why."""

    collection: Collection
    found: int
    """Photos in the folder."""
    new: int
    changed: int = 0
    """Photos known already whose file is another one now."""
    vanished: int = 0
    """Photos known already whose file is gone; they and their labels stay."""
    labelled: int = 0
    """Photos that the label file names."""
    labels: int = 0
    """Labels that changed by it."""
    unlabelled: int = 0
    """Photos of the folder that the label file does not name."""
    by_name: int = 0
    """Rows of the label file whose photo was recognised by its file name alone."""
    without_joint: int = 0
    """Photos on which the joint rule found nothing; each is a joint of its own."""
    skipped_count: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    """(path or line, reason) of files, folders and rows that were left out; the first `EXAMPLES` of each kind."""
    unlabelled_examples: tuple[str, ...] = ()
    facts: FactsReport = field(default_factory=FactsReport)

    def lines(self) -> tuple[str, ...]:
        """The report in words, for people."""
        said = [f"{self.found} photos found, {self.new} of them new."]
        for count, text in (
            (self.changed, "changed since the last import; they are read again."),
            (self.vanished, "known from before are not in the folder any more; their labels are kept."),
            (self.labelled, f"named by the label file; {self.labels} labels taken from it."),
            (self.unlabelled if self.labelled else 0, "not named by the label file."),
            (self.by_name, "rows of the label file recognised by the file name alone."),
            (self.without_joint, "without a joint by the rule; each is a joint of its own."),
            (self.skipped_count, "files or rows were left out:"),
        ):
            if count:
                said.append(f"{count} {text}")
        said += [f"  {where}: {reason}" for where, reason in self.skipped]
        return (*said, *self.facts.lines())


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
    unlisted: State | None = None,
    name: str | None = None,
    new_flags: bool = False,
) -> Generator[Progress, None, ImportReport]:
    """Imports the photos below `folder` as a collection, or brings the collection that lies there up to date.

    `joint`: 'folder', 'column:NAME' or a regular expression with one group. `unlisted`: what a file that lists
    raised flags only means by not listing one. `new_flags`: names the scheme does not have become flags. Columns
    'equipment', 'contractor' and 'joint' of the label file count where the call does not say otherwise. Raises
    ImportRefused before anything was written.
    """
    folder = folder.absolute()
    refuse_early(folder, labels=labels, joint=joint, unlisted=unlisted)
    labels = with_joint_column(labels, joint)
    missing = _missing_classes(store, labels, new_flags=new_flags)
    work = _FirstPass(store, folder, name=name)
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
    yield from work.describe(equipment, contractor, joint_rule(joint, labels))
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
    return tuple(unknown)


class _FirstPass:
    """Rows, joints and equipment of one folder, in steps of some 30 ms. The store's thread."""

    def __init__(self, store: Store, folder: Path, *, name: str | None) -> None:
        self._store = store
        self._folder = folder
        self._name = name or folder.name or str(folder)
        self.collection: Collection | None = photos.collection_at(store, folder)
        self._known = photos.found_of(store, self.collection.id) if self.collection else {}
        # Whatever could not be shown gets another chance: a disk may be connected again.
        self._troubled = unread.not_shown(store, self.collection.id) if self.collection else frozenset()
        self._seen: set[str] = set()
        self._new = self._changed = self._vanished = self._without_joint = 0
        self._skipped: list[tuple[str, str]] = []
        self._skipped_count = 0
        self.matched: Matched | None = None
        self.labels = 0

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

    def add_classes(self, names: Sequence[str], *, exclusive: bool, default: str, who: str) -> Progress:
        """Flags for the label file's classes, in an action of their own."""
        done = scheme_editing.add_classes(self._store, names, who=who, exclusive=exclusive, default=default)
        return Progress(0, None, "Making the scheme", done.changes)

    def bring_in(self, found: Iterator[FoundPhoto]) -> Generator[Progress, None, None]:
        """Rows for what is new, fresh sizes and times for what changed."""
        batch: list[FoundPhoto] = []
        for photo in found:
            batch.append(photo)
            if len(batch) == _ROWS:
                yield self._store_batch(batch)
                batch = []
        yield self._store_batch(batch)

    def _store_batch(self, batch: list[FoundPhoto]) -> Progress:
        changes = NO_CHANGES
        if self.collection is None:
            # Only now: a folder that cannot be read must not leave an empty collection behind.
            self.collection, changes = photos.add_collection(self._store, self._name, self._folder)
        known = self._known
        new = [photo for photo in batch if photo.path not in known]
        changed = [p for p in batch if p.path in known and known[p.path][1:] != (p.size, p.mtime_ns)]
        if new:
            changes |= photos.insert_found(self._store, self.collection.id, new)
        again = [p for p in batch if p.path in self._troubled]
        if changed or again:
            changes |= photos.update_found(self._store, self.collection.id, changed + again)
        self._seen.update(photo.path for photo in batch)
        self._new += len(new)
        self._changed += len(changed)
        return Progress(len(self._seen), None, "Importing photos", changes)

    def vanish(self) -> Generator[Progress, None, None]:
        """Marks known photos whose files are gone; a folder that shows fewer photos takes no label along."""
        gone = {path: told[0] for path, told in self._known.items() if path not in self._seen}
        self._vanished = len(gone)
        for part in _parts(list(gone.items()), _ROWS):
            changes = [
                photos.set_problem(self._store, [photo_id], VANISHED.format(name=path.rsplit("/", 1)[-1]))
                for path, photo_id in part
            ]
            yield Progress(len(self._seen), len(self._seen), "Importing photos", Changes.of(changes))

    def describe(
        self,
        equipment: str | None,
        contractor: str | None,
        joint_of: Callable[[str, LabelRow | None], str | None] | None,
    ) -> Generator[Progress, None, None]:
        """Equipment, joints and contractors, as the call or the label file says them."""
        assert self.collection is not None  # bring_in made it
        columns_told = {"equipment", "contractor"} & set(self.matched.table.columns if self.matched else ())
        if not (equipment or contractor or joint_of or columns_told):
            return
        rows = {row.path: row for row in self.matched.table.rows} if self.matched else {}
        ids = photos.known_paths(self._store, self.collection.id)
        equipments: dict[str, list[int]] = {}
        contractors: dict[str, list[int]] = {}
        joints: list[tuple[int, str, str | None]] = []
        for path in sorted(self._seen):
            row = rows.get(path)
            columns = row.columns if row is not None else {}
            if made_with := equipment or columns.get("equipment"):
                equipments.setdefault(made_with, []).append(ids[path])
            made_by = contractor or columns.get("contractor")
            reference = joint_of(path, row) if joint_of else None
            self._without_joint += joint_of is not None and reference is None
            if reference:
                joints.append((ids[path], reference, made_by))
            elif made_by:
                contractors.setdefault(made_by, []).append(ids[path])
        total = len(joints) + sum(map(len, (*equipments.values(), *contractors.values())))
        done = 0
        for several in _parts(joints, _ROWS):
            done += len(several)
            yield Progress(done, total, "Noting the joints", photos.set_joints(self._store, several))
        for write, by_name in ((photos.set_equipment, equipments), (photos.set_contractor, contractors)):
            for name, photo_ids in by_name.items():
                for some in _parts(photo_ids, _ROWS):
                    done += len(some)
                    yield Progress(done, total, "Noting equipment and contractors", write(self._store, some, name))

    def report(self) -> ImportReport:
        """What the first pass did."""
        assert self.collection is not None
        matched = self.matched
        return ImportReport(
            collection=self.collection,
            found=len(self._seen),
            new=self._new,
            changed=self._changed,
            vanished=self._vanished,
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


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
