"""Two models are compared, and a report is written, by mouse; what they said of the photographs is stored already."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage, set_stage
from tests.studio.scored import two_models
from weldstudio.gui.models.comparison_dialog import ComparisonDialog
from weldstudio.gui.models.page import ModelsPage
from weldstudio.gui.session import Session


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, make_session: Callable[..., Session]) -> Stage:
    with two_models(tmp_path) as store:
        folder = store.folder
    return set_stage(qtbot, make_session(folder))


def test_two_models_are_compared_and_the_photographs_shown(qtbot: QtBot, stage: Stage) -> None:
    page = stage.show_page(ModelsPage, "models")
    assert isinstance(page, ModelsPage)
    asked: list[str] = []
    stage.session.photos_asked.connect(asked.append)
    page.list.choose("old")
    stage.do("model.compare")
    (dialog,) = page.findChildren(ComparisonDialog)
    assert dialog.others.count() == 1
    assert not dialog.photos_button.isEnabled()
    qtbot.mouseClick(dialog.compare_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.table.isHidden())
    assert dialog.table.item(0, 3).text() == "-7.5"
    assert "Neither is proven better" in dialog.words.text()
    assert "different things of 2 photographs." in dialog.words.text()
    qtbot.mouseClick(dialog.photos_button, Qt.MouseButton.LeftButton)
    ids = stage.session.mirror.ids
    assert asked == [f"id:{ids[0]},{ids[1]}"]


def test_a_report_is_written_where_one_says_and_opened(
    qtbot: QtBot, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = stage.show_page(ModelsPage, "models")
    assert isinstance(page, ModelsPage)
    opened: list[QUrl] = []
    file = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(file), ""))
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    page.list.choose("new")
    stage.do("model.report")
    qtbot.waitUntil(lambda: bool(opened))
    assert "red disc" in file.read_text("utf-8")
    assert str(file) in stage.told[-1]


def test_what_validation_photos_promise_is_shown(qtbot: QtBot, stage: Stage) -> None:
    page = stage.show_page(ModelsPage, "models")
    assert isinstance(page, ModelsPage)
    page.list.choose("new")
    page.evaluate()

    def shown() -> str:
        return " ".join(label.text() for label in page.report.findChildren(QLabel))

    qtbot.waitUntil(lambda: "Verdicts:" in shown())
    assert "reject none of 30 joints" in shown()
