"""Folders in the open window: what comes into watched ones is taken in, missing ones are said, all are scanned again.

Looking is done by a reader of its own (`studio.watching`), taking in by the store thread, scoring by the warm engine.
"""

from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import ImportRefused, JobFailed
from weldstudio.gui.background import Background
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted
from weldstudio.gui.work import Work
from weldstudio.studio.rescan_report import RescanReport
from weldstudio.studio.watching import Lookout, Sighting

if TYPE_CHECKING:
    from weldstudio.studio.relocating import RelocateReport

POLL_MS: Final = 150


class Watching(QObject):
    """One per session; it ends with it. A window that only looks on watches nothing."""

    away = Signal(int, str)
    """(collection id, folder): a folder is not there."""
    back = Signal(int)
    """Collection id: a watched folder is there, perhaps again."""
    taken = Signal(object)
    """A `RescanReport`: something was taken in."""

    def __init__(self, session: Session, *, lookout: Callable[[], Lookout] = Lookout) -> None:
        super().__init__(session)
        self._session = session
        self._lookout = lookout()
        self._background = Background(self)
        self._waiting: dict[int, Sighting] = {}
        self._taking: Work | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)
        session.closing.connect(self._close)

    def begin(self) -> None:
        """Watch what is to be watched, and say which folders are not there."""
        self.refresh()
        roots = dict(self._session.mirror.roots)
        # A network drive that is away may take long to say so: neither this thread nor the store's waits for it.
        self._background.ask(lambda: _not_there(roots), self._say_away)

    def refresh(self) -> None:
        """Other folders are watched now, or lie elsewhere."""
        if not self._session.read_only:
            self._session.run(_watched).then(self._watch)

    @property
    def roots(self) -> Mapping[int, Path]:
        """Folders that are watched, by collection."""
        return self._lookout.roots

    def rescan(self, collection_ids: tuple[int, ...]) -> Work:
        """Look at these folders again."""
        work = self._session.start_work("Looking at the folders again", _rescan, collection_ids)
        work.finished.connect(self._rescanned)
        return work

    def relocate(self, collection_id: int, folder: Path) -> Work:
        """Say where a collection lies now."""
        work = self._session.start_work("Looking for the photographs", _relocate, collection_id, folder)
        work.finished.connect(self._relocated)
        return work

    # Inside

    def _watch(self, roots: dict[int, Path]) -> None:
        try:
            self._lookout.watch(roots)
        except JobFailed as error:
            self._session.failed.emit(str(error))
        for gone in self._waiting.keys() - roots.keys():
            del self._waiting[gone]
        self._timer.start() if roots else self._timer.stop()

    def _close(self) -> None:
        self._timer.stop()
        self._background.forget()
        self._lookout.close()

    def _look(self) -> None:
        try:
            for seen in self._lookout.poll():
                self._note(seen)
        except JobFailed as error:
            self._timer.stop()
            self._session.failed.emit(str(error))
        self._take_next()

    def _note(self, seen: Sighting) -> None:
        if seen.away:
            self.away.emit(seen.collection_id, str(self._lookout.roots.get(seen.collection_id, "")))
            return
        if seen.whole:
            self.back.emit(seen.collection_id)
        if seen.whole or seen.collection_id not in self._waiting:
            self._waiting[seen.collection_id] = seen
        else:
            self._waiting[seen.collection_id].add(seen)

    def _take_next(self) -> None:
        if self._taking is not None or not self._waiting:
            return
        seen = self._waiting.pop(next(iter(self._waiting)))
        work = self._taking = self._session.start_work("Looking at a watched folder", _take_in, seen)
        work.finished.connect(self._took)
        for ended in (work.finished, work.failed, work.cancelled):
            ended.connect(self._free)

    def _free(self, _outcome: object = None) -> None:
        self._taking = None

    def _took(self, report: RescanReport) -> None:
        self._score(report)
        if report.parts:
            self._session.tell(report.sentence)
            self.taken.emit(report)

    def _rescanned(self, outcome: tuple[list[RescanReport], list[str]]) -> None:
        reports, problems = outcome
        for report in reports:
            self._score(report)
            self.taken.emit(report)
        if problems:
            self._session.failed.emit(" ".join(problems))
        if reports:
            self._session.tell(" ".join(report.sentence for report in reports))

    def _relocated(self, report: "RelocateReport") -> None:
        self._score(report.rescan)
        self._session.tell(report.sentence)
        self.taken.emit(report.rescan)
        self.refresh()

    def _score(self, report: RescanReport) -> None:
        """Have the engine score what no model has seen yet."""
        mirror = self._session.mirror
        ids = [photo_id for photo_id in report.to_be_scored if photo_id not in mirror.problems]
        self._session.engine.score({photo_id: mirror.photo_path(photo_id) for photo_id in ids})

    def _say_away(self, gone: list[tuple[int, str]] | None, error: Exception | None) -> None:
        if error is not None:
            self._session.report(error)
        for collection_id, folder in gone or ():
            self.away.emit(collection_id, folder)


def away_sentence(session: Session, collection_id: int, folder: str) -> str:
    """That the folder of a collection is not there, and what that means."""
    mirror = session.mirror
    count = int((mirror.collection == collection_id).sum())
    name = mirror.collections.get(collection_id, "")
    return (
        f"The folder {folder} is not there, so {counted(count, 'photograph')} of “{name}” cannot be shown large. "
        "Labels are safe. Connect its disk, or find where it lies now."
    )


def _not_there(roots: Mapping[int, Path]) -> list[tuple[int, str]]:
    return [(collection_id, str(root)) for collection_id, root in roots.items() if not root.is_dir()]


# On the store thread


def _watched(store: Any) -> dict[int, Path]:
    from weldstudio.store import watched

    return watched.watched(store)


def _take_in(store: Any, seen: Sighting) -> Any:
    from weldstudio.studio import rescanning

    return rescanning.take_in(store, seen)


def _rescan(
    store: Any, collection_ids: tuple[int, ...]
) -> Generator[Progress, None, tuple[list[RescanReport], list[str]]]:
    """One collection after the other; one whose folder is not there does not keep the others."""
    from weldstudio.studio import rescanning

    reports, problems = [], []
    for collection_id in collection_ids:
        try:
            reports.append((yield from rescanning.rescan(store, collection_id)))
        except ImportRefused as error:
            problems.append(str(error))
    return reports, problems


def _relocate(store: Any, collection_id: int, folder: Path) -> Any:
    from weldstudio.studio import relocating

    return relocating.relocate(store, collection_id, folder)
