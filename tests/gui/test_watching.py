"""Folders of photographs in the window: watched, scanned again, found elsewhere. By keys where a person uses keys."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MakeSession, write_card
from tests.photos import make_photo
from weldstudio.domain.labelling import State
from weldstudio.domain.photo import FoundPhoto
from weldstudio.gui import watching as watching_module
from weldstudio.gui.collections_dialog import CollectionsDialog
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.session import Session
from weldstudio.gui.watching import Watching
from weldstudio.store import models
from weldstudio.store.store import Store
from weldstudio.studio import collections, reading
from weldstudio.studio.watching import Sighting

LONG_MS = 30_000


class FakeLookout:
    """Sees what a test says."""

    def __init__(self) -> None:
        self.roots: Mapping[int, Path] = {}
        self.sightings: list[Sighting] = []

    def watch(self, roots: Mapping[int, Path]) -> None:
        self.roots = dict(roots)

    def poll(self) -> Iterator[Sighting]:
        while self.sightings:
            yield self.sightings.pop(0)

    def close(self) -> None:
        self.roots = {}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching_module, "POLL_MS", 5)


@pytest.fixture
def watched(project: Path) -> Path:
    """The project with a model in use and its folder watched; returns the folder of photographs."""
    with Store.open(project) as store:
        models.add(store, write_card(project, (0, 1, 2), ("No Clamp Used", "Soil", "Joint Misaligned")))
        models.activate(store, "m1")
        collections.watch(store, 1, True)
    return project.parent / "photos"


def opened(qtbot: QtBot, session: Session) -> tuple[Watching, FakeLookout]:
    session.open()
    lookout = FakeLookout()
    watching = Watching(session, lookout=lambda: lookout)  # type: ignore[arg-type, return-value]
    watching.begin()
    return watching, lookout


def found(folder: Path, path: str) -> FoundPhoto:
    told = (folder / path).stat()
    return FoundPhoto(path, told.st_size, told.st_mtime_ns)


def test_new_photographs_come_in_are_scored_and_wait_in_the_inbox(
    qtbot: QtBot, project: Path, watched: Path, make_session: MakeSession
) -> None:
    session = make_session(project)
    told: list[str] = []
    session.told.connect(told.append)
    _, lookout = opened(qtbot, session)
    assert lookout.roots == {1: watched}
    for n in range(3):
        make_photo(watched / f"new{n}.jpg", seed=100 + n)
    new = {f"new{n}.jpg": found(watched, f"new{n}.jpg") for n in range(3)}
    lookout.sightings.append(Sighting(1, found=new))
    qtbot.waitUntil(
        lambda: not np.isnan(session.mirror.probabilities[12:]).any() and len(session.mirror) == 15, timeout=LONG_MS
    )
    assert session.mirror.probability(0)[12:].tolist() == pytest.approx([0.1] * 3, abs=1e-3)
    assert told == ["photos: 3 new."]


def test_a_file_that_goes_and_comes_under_another_name_is_the_same_photograph(
    qtbot: QtBot, project: Path, watched: Path, make_session: MakeSession
) -> None:
    with Store.open(project) as store:
        for _ in reading.read_facts(store):
            pass
    session = make_session(project)
    _, lookout = opened(qtbot, session)
    paths = sorted(path.name for path in watched.iterdir())
    lookout.sightings += [Sighting(1, gone=[paths[0]]), Sighting(1, gone=[paths[1]])]
    (watched / paths[0]).rename(watched / "again.jpg")
    qtbot.waitUntil(lambda: int(session.mirror.problem.sum()) == 2, timeout=LONG_MS)
    lookout.sightings.append(Sighting(1, found={"again.jpg": found(watched, "again.jpg")}))
    qtbot.waitUntil(lambda: "again.jpg" in session.mirror.paths and not session.works, timeout=LONG_MS)
    assert len(session.mirror) == 12
    assert int(session.mirror.problem.sum()) == 1


def test_a_window_that_only_looks_on_watches_nothing(
    qtbot: QtBot, project: Path, watched: Path, make_session: MakeSession
) -> None:
    session = make_session(project)
    session.read_only = True
    _, lookout = opened(qtbot, session)
    assert lookout.roots == {}


def shown(window: MainWindow, qtbot: QtBot, project: Path) -> Session:
    window.open_project(project)
    session = window.session
    assert session is not None
    qtbot.waitUntil(lambda: window.page == "review" and not session.works, timeout=LONG_MS)
    return session


def test_by_keys_collections_are_scanned_again_and_watched(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    folder = project.parent / "photos"
    session = shown(window, qtbot, project)
    labelled = int(session.mirror.ids[0])
    session.label([labelled], 0, State.RAISED)
    (folder / session.mirror.paths[0]).rename(folder / "renamed.jpg")
    make_photo(folder / "new.jpg", seed=77)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(session.mirror) == 13 and not session.works, timeout=LONG_MS)
    assert session.mirror.paths[0] == "renamed.jpg"
    assert session.mirror.states(0)[0] == State.RAISED
    assert window.toast.label.toolTip() == "photos: 1 new, 1 moved or renamed."
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(CollectionsDialog)
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1)
    assert [dialog.table.item(0, x).text() for x in (0, 1, 4)] == ["photos", "13", str(folder)]
    qtbot.keyClick(dialog.table, Qt.Key.Key_Space)
    watching = session.findChild(Watching)
    qtbot.waitUntil(lambda: watching.roots == {1: folder})
    qtbot.keyClick(dialog.table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not watching.roots)
    (folder / "renamed.jpg").unlink()
    qtbot.mouseClick(dialog.rescan_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.table.item(0, 2).text() == "1", timeout=LONG_MS)
    assert "renamed.jpg is not there any more" in session.mirror.problems[labelled]
    dialog.accept()


def test_a_folder_that_is_not_there_is_said_and_found_again(
    qtbot: QtBot, window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, elsewhere = project.parent / "photos", project.parent / "archive" / "photos"
    with Store.open(project) as store:
        for _ in reading.read_facts(store):
            pass
    shutil.copytree(folder, elsewhere)
    shutil.rmtree(folder)
    session = shown(window, qtbot, project)
    qtbot.waitUntil(window.banner.isVisible)
    assert "12 photographs of “photos” cannot be shown" in window.banner.label.text()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(project))
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "does not hold the photos" in window.banner.label.text(), timeout=LONG_MS)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(elsewhere))
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(CollectionsDialog)
    qtbot.waitUntil(lambda: dialog.find_button.isEnabled())
    assert "(not there)" in dialog.table.item(0, 4).text()
    qtbot.mouseClick(dialog.find_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.mirror.roots[1] == elsewhere and not session.works, timeout=LONG_MS)
    assert not session.mirror.problem.any()
    assert window.toast.label.toolTip() == f"photos: 12 of 12 photos found in {elsewhere}."
