"""The demo: a project of drawn weld photographs, which fills up while somebody looks at it already.

A demo is a folder with two folders in it, the photographs and the project; the project holds a note (`demo.json`) of
what was asked for. `begin` makes the project in an instant, `fill` draws and brings in the photographs, and goes on
from wherever it was interrupted. The demonstration model is installed and in use where it comes with the program.
"""

import json
import os
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from weldstudio import paths
from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.errors import DemoRefused
from weldstudio.domain.labelling import State
from weldstudio.domain.photo import Collection, FoundPhoto
from weldstudio.imaging.drawn import collection as drawn
from weldstudio.imaging.drawn.collection import DrawnPhoto
from weldstudio.store import first_pass, photos
from weldstudio.store import models as model_rows
from weldstudio.store.store import Store
from weldstudio.studio import label_import, predicting, projects, registry, shipped
from weldstudio.studio.label_report import LabelReport
from weldstudio.studio.label_table import LabelRow, LabelTable
from weldstudio.studio.reading import read_facts

PHOTOS = 600
SEED = 2026
FIRST = 3
"""Photographs brought in first, so that there is soon something to look at; each later batch is twice as large."""
BATCH = 60
"""At most so many at a time."""
PROJECT, PHOTOGRAPHS = "Demo", "photographs"
NOTE = "demo.json"
SIGNED = "Demo"
"""Signs what the demo does, so that it never stands in the way of a person's own undo."""
MODEL = "weldnet"
SCHEME = "pipe-welds"
BALANCED = 0.4
"""Share of the joints that show rare flags as often as others: as rare as in life, most would not be there at all."""
UNLABELLED_EVERY = 6
"""Each so-many-th joint comes without labels: something is left to do."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What was asked for, as the note in the project says it."""

    photos: int
    seed: int
    finished: bool = False


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What a demo holds, and what making it took."""

    project: Path
    photographs: Path
    photos: int
    """In the project."""
    drawn: int
    """Of these now, not in an earlier attempt."""
    labelled: int
    model: str | None
    """Name of the model that answers, or None."""
    scored: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "project": str(self.project), "photographs": str(self.photographs)}

    def __str__(self) -> str:
        made = f"{self.photos:,} drawn photographs of welds, {self.labelled:,} of them labelled"
        model = f"; the model {self.model} has looked at them" if self.model else ""
        return f"The demo lies in {self.project}: {made}{model}."


def default_folder() -> Path:
    """Where the demo lies unless somebody says otherwise."""
    return paths.user_data() / "demo"


def begin(folder: Path, *, photos: int | None = None, seed: int | None = None) -> Path:
    """The demo's project in `folder`: the one that is there, else a new and empty one, for `fill` to go on with.

    Without `photos` and `seed` a demo that is there is taken as it is. Raises DemoRefused where it would have to be
    another one, or where the folder holds something else; StoreError where it cannot be written.
    """
    folder = folder.expanduser().absolute()
    project = folder if (folder / NOTE).is_file() else folder / PROJECT
    there = read(project)
    if there is not None:
        _refuse_another(there, folder, photos, seed)
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DemoRefused(f"{folder} is not empty and holds no demo; name a new folder, or an empty one.")
    if there is None:
        _write(project, Demo(PHOTOS if photos is None else photos, SEED if seed is None else seed))
    if not projects.is_project(project):
        projects.create(project, scheme=SCHEME).close()
    return project


def read(project: Path) -> Demo | None:
    """The note of a demo's project; None for every other folder. Raises DemoRefused where it is damaged."""
    try:
        return Demo(**json.loads((project / NOTE).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise DemoRefused(
            f"The note {project / NOTE} cannot be read ({error}); make the demo anew elsewhere."
        ) from error


def make_demo(
    folder: Path, *, photos: int | None = None, seed: int | None = None, who: str = SIGNED
) -> Generator[Progress, None, DemoReport]:
    """Makes the demo in `folder`, or finishes it; `begin` and `fill` in one for whoever has no window open."""
    project = begin(folder, photos=photos, seed=seed)
    with projects.open_project(project) as store:
        report = yield from fill(store, who=who)
    return report


def fill(store: Store, *, who: str = SIGNED) -> Generator[Progress, None, DemoReport]:
    """Draws the photographs that are not there yet, brings them in with their labels, and has the model score them.

    Closing the generator keeps what was brought in; the next call goes on from there. Raises DemoRefused for a project
    that is no demo.
    """
    demo = read(store.folder)
    if demo is None:
        raise DemoRefused(f"{store.folder} is no demo; make one with: weldstudio demo FOLDER")
    work = _Filling(store, demo, who=who)
    yield from work.draw()
    yield work.install()
    yield from read_facts(store, [work.collection.id])
    scored = 0
    if work.model_id is not None:
        scored = (yield from predicting.predict(store, model_id=work.model_id)).scored
    if not demo.finished:
        _write(store.folder, replace(demo, finished=True))
    return work.report(scored)


class _Filling:
    """One attempt at filling a demo. The store's thread."""

    def __init__(self, store: Store, demo: Demo, *, who: str) -> None:
        self._store, self._who = store, who
        self._began = time.monotonic()
        self._folder = store.folder.parent / PHOTOGRAPHS
        self._demo = demo
        self._drawn = 0
        self.collection = self._collection()
        self.model_id: str | None = None

    def _collection(self) -> Collection:
        there = photos.collection_at(self._store, self._folder)
        return there or photos.add_collection(self._store, "Drawn welds", self._folder)[0]

    def install(self) -> Progress:
        """The demonstration model into the registry and, where none is in use yet, into use."""
        changes = NO_CHANGES
        if shipped.named(MODEL) is not None:
            card, changes = shipped.add(self._store, MODEL)
            self.model_id = card.id
            if model_rows.active_id(self._store) is None:
                changes |= registry.activate(self._store, card.id, who=self._who).changes
        return Progress(0, self._demo.photos, "Drawing welds", changes)

    def draw(self) -> Generator[Progress, None, None]:
        """Draws what is not in the project yet and brings it in, a few first and then more at a time."""
        known = photos.known_paths(self._store, self.collection.id)
        total = self._demo.photos
        there = min(len(known), total)
        yield Progress(there, total, "Drawing welds")
        plan: list[DrawnPhoto] = []
        waiting: list[DrawnPhoto] = []

        def coming() -> Iterator[DrawnPhoto]:
            # Planned while others draw: all of it takes as long as the first photographs do.
            for photo in islice(drawn.planned(seed=self._demo.seed, balanced=BALANCED), total):
                plan.append(photo)
                if photo.path not in known:
                    waiting.append(photo)
                    yield photo

        taken, wanted = 0, FIRST
        drawing = drawn.write(self._folder, coming(), workers=_workers(total - there))
        # A generator that is closed in the middle must end those who draw for it.
        with closing(_closable(drawing)) as done:
            for number in done:
                changes = NO_CHANGES
                if number == taken + wanted:
                    changes = self._take_in(waiting[taken:number])
                    taken, wanted = number, min(BATCH, 2 * wanted)
                yield Progress(min(there + number, total), total, "Drawing welds", changes)
                if number == FIRST:
                    # Not before there is something to see: an engine that is being loaded takes a core for seconds.
                    yield self.install()
        if waiting[taken:]:
            yield Progress(total, total, "Drawing welds", self._take_in(waiting[taken:]))
        if waiting:
            drawn.write_labels(self._folder, plan)

    def _take_in(self, batch: Sequence[DrawnPhoto]) -> Changes:
        """Rows, joints and labels of photographs that lie on the disk."""
        store, where = self._store, self.collection.id
        found = [_found(self._folder, photo.path) for photo in batch]
        with store.atomic():
            changes = [first_pass.insert_found(store, where, found, [photo.joint for photo in batch])]
            ids = photos.known_paths(store, where)
            for name in dict.fromkeys(photo.equipment for photo in batch):
                of_it = [ids[photo.path] for photo in batch if photo.equipment == name]
                changes.append(photos.set_equipment(store, of_it, name))
            for name in dict.fromkeys(photo.contractor for photo in batch):
                of_it = [ids[photo.path] for photo in batch if photo.contractor == name]
                changes.append(photos.set_contractor(store, of_it, name))
            changes += self._tell_joints(batch, ids)
        self._drawn += len(batch)
        table = _table([photo for photo in batch if int(photo.joint.rpartition("-")[2]) % UNLABELLED_EVERY])
        if table.rows:
            changes.append(
                _ended(label_import.apply_label_table(store, table, who=self._who, collection_id=where)).changes
            )
        return Changes.of(changes)

    def _tell_joints(self, batch: Sequence[DrawnPhoto], ids: dict[str, int]) -> Iterator[Changes]:
        """Types and media of the joints that these photographs show."""
        joint_of = {photo.id: photo.joint_id for photo in photos.every(self._store, [ids[p.path] for p in batch])}
        kinds: dict[tuple[str, str], list[int]] = {}
        for photo in batch:
            kinds.setdefault((photo.joint_type, photo.medium), []).append(joint_of[ids[photo.path]])
        for (kind, medium), joints in kinds.items():
            yield photos.set_joint_facts(self._store, sorted(set(joints)), kind=kind, medium=medium)

    def report(self, scored: int) -> DemoReport:
        """What the demo holds now."""
        status = projects.status(self._store)
        active = model_rows.active_id(self._store)
        card = model_rows.get(self._store, active) if active is not None else None
        return DemoReport(
            project=self._store.folder,
            photographs=self._folder,
            photos=status.photos,
            drawn=self._drawn,
            labelled=status.labelled,
            model=card.name if card is not None else None,
            scored=scored,
            seconds=round(time.monotonic() - self._began, 1),
        )


def _refuse_another(there: Demo, folder: Path, photos: int | None, seed: int | None) -> None:
    asked = Demo(there.photos if photos is None else photos, there.seed if seed is None else seed, there.finished)
    if asked != there:
        what = f"{asked.photos:,} photographs" if asked.photos != there.photos else f"the seed {asked.seed}"
        raise DemoRefused(
            f"The demo in {folder} was made with {there.photos:,} photographs and the seed {there.seed}. Open it as it "
            f"is, or name another folder for one with {what}."
        )


def _write(project: Path, demo: Demo) -> None:
    """Replaces the note. Raises DemoRefused where the folder cannot be written."""
    new = project / f"{NOTE}.new"
    try:
        project.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(asdict(demo), indent=1) + "\n", encoding="utf-8")
        new.replace(project / NOTE)
    except OSError as error:
        raise DemoRefused(
            f"The demo cannot be kept in {project} ({error.strerror or error}); name another folder."
        ) from error


def _found(folder: Path, path: str) -> FoundPhoto:
    stat = (folder / path).stat()
    return FoundPhoto(path, stat.st_size, stat.st_mtime_ns)


def _table(batch: Sequence[DrawnPhoto]) -> LabelTable:
    """The labels that somebody gave these photographs, some of them wrong, as a label file would say them."""
    rows = tuple(
        LabelRow(
            line=line,
            path=photo.path,
            states={flag: State.RAISED if flag in photo.labelled else State.CLEAR for flag in drawn.FLAGS},
            columns={},
        )
        for line, photo in enumerate(batch, start=2)
    )
    return LabelTable(form="wide", classes=tuple(drawn.FLAGS), rows=rows)


def _ended(work: Generator[Progress, None, LabelReport]) -> LabelReport:
    """Drives a short work to its end."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            report: LabelReport = end.value
            return report


def _workers(count: int) -> int:
    """Processes that draw; for a few photographs starting them takes longer than drawing."""
    return min(4, os.cpu_count() or 1) if count > 2 * FIRST else 0


def _closable(steps: Iterator[int]) -> Generator[int, None, None]:
    yield from steps
