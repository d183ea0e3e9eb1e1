"""The first steps: there in the demo, ticked off by what was done, gone for good when dismissed."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MODEL, write_card
from tests.gui.train.scripted import make_run, say, story
from weldstudio import paths
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.train import run_watcher
from weldstudio.settings import Settings
from weldstudio.store import models
from weldstudio.store.store import Store
from weldstudio.studio import demo

NAMES = ("No Clamp Used", "Soil", "Joint Misaligned")


@pytest.fixture
def welds(project: Path) -> Path:
    """A demo, as far as its note says, with a model in use."""
    (project / demo.NOTE).write_text(json.dumps({"photos": 12, "seed": 1, "finished": True}), "utf-8")
    with Store.open(project) as store:
        models.add(store, write_card(project, (0, 1, 2), NAMES))
        models.activate(store, MODEL)
    return project


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget() or window, key)


def done(window: MainWindow) -> list[str]:
    return [step.name for step in window.first_steps.steps if step.done]


def test_each_step_ticks_itself_off(qtbot: QtBot, window: MainWindow, welds: Path) -> None:
    window.open_project(welds)
    steps = window.first_steps
    assert steps.isVisible()
    assert done(window) == []
    press(qtbot, window, Qt.Key.Key_O)
    qtbot.waitUntil(lambda: steps.overlay.done)
    assert done(window) == ["overlay"]
    press(qtbot, window, Qt.Key.Key_1)
    assert done(window) == ["overlay", "label"]
    say(make_run(welds, "20261121-101500"), *story(2))
    assert window.session is not None
    run_watcher.watch(window.session).look()
    assert done(window) == ["overlay", "label", "training"]
    assert "That is the loop" in steps.title.text()


@pytest.mark.parametrize("by", ["cross", "escape"])
def test_dismissed_it_stays_away(by: str, qtbot: QtBot, window: MainWindow, welds: Path) -> None:
    window.open_project(welds)
    assert window.first_steps.isVisible()
    if by == "cross":
        qtbot.mouseClick(window.first_steps.cross, Qt.MouseButton.LeftButton)
    else:
        press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.first_steps.isVisible()
    assert not Settings.load(paths.settings_file()).first_steps
    window.close_project()
    window.open_project(welds)
    assert not window.first_steps.isVisible()
    window.action_table.trigger("app.steps")
    assert window.first_steps.isVisible()


def test_escape_goes_back_to_the_grid_first(qtbot: QtBot, window: MainWindow, welds: Path) -> None:
    window.open_project(welds)
    press(qtbot, window, Qt.Key.Key_Return)
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.first_steps.isVisible()


def test_it_is_not_in_the_way_of_a_real_project(window: MainWindow, project: Path) -> None:
    window.open_project(project)
    assert not window.first_steps.isVisible()
    window.action_table.trigger("app.steps")
    assert window.first_steps.isVisible()
    assert window.first_steps.overlay.isHidden()  # no model, so there is nothing to lay over anything
