"""Two models are compared, and a report is written, by mouse; what they said of the photographs is stored already."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.models.test_tabs import click
from tests.gui.stage import Stage, set_stage
from tests.studio.scored import NEW, two_models
from weldstudio.domain.changes import Changes
from weldstudio.domain.model import ModelCard
from weldstudio.gui.models.comparison_dialog import ComparisonDialog
from weldstudio.gui.models.page import ModelsPage
from weldstudio.gui.session import Session
from weldstudio.store import models, predictions
from weldstudio.store.store import Store
from weldstudio.studio import registry


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
    overlays: list[str] = []
    stage.session.overlays_asked.connect(overlays.append)
    page.list.choose("old")
    stage.do("model.compare")
    (dialog,) = page.findChildren(ComparisonDialog)
    assert [dialog.others.item(n).text().split(",")[0] for n in range(dialog.others.count())] == ["New"]
    assert dialog.chosen == ["new"]
    assert not dialog.photos_button.isEnabled()
    qtbot.mouseClick(dialog.compare_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.table.isHidden())
    assert dialog.models.cell(1, 3).text == dialog.table.cell(0, 3).text == "-7.5"
    assert "Neither is proven better" in dialog.words.text()
    assert "different things of 2 photographs." in dialog.words.text()
    ids = stage.session.mirror.ids
    click(qtbot, dialog.table, 0, 5)
    assert asked == [f"id:{','.join(sorted(map(str, ids[:2]), key=asked[0].find))}"]
    assert (overlays, stage.session.chosen_flag) == (["old"], 0)  # of the model that is right
    assert dialog.models.cell(1, 6).text == "2"


def test_several_are_ticked_by_key_and_each_is_set_beside_the_first(qtbot: QtBot, stage: Stage, tmp_path: Path) -> None:
    third = replace(NEW, id="third", name="Third", run_id="r3")
    stage.session.run(lambda store: _add(store, third))
    page = stage.show_page(ModelsPage, "models")
    assert isinstance(page, ModelsPage)
    page.list.choose("old")
    stage.do("model.compare")
    (dialog,) = page.findChildren(ComparisonDialog)
    for row in range(dialog.others.count()):
        if dialog.others.item(row).checkState() != Qt.CheckState.Checked:
            dialog.others.setCurrentRow(row)
            qtbot.keyClick(dialog.others, Qt.Key.Key_Space)
    assert sorted(dialog.chosen) == ["new", "third"]
    qtbot.mouseClick(dialog.compare_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.models.isHidden())
    assert [dialog.models.cell(row, 0).text for row in range(3)] == [
        "Old",
        *(dialog.models.cell(n, 0).text for n in (1, 2)),
    ]
    qtbot.keyClick(dialog.models, Qt.Key.Key_Down)
    assert dialog.about.text().startswith(f"{dialog.models.cell(2, 0).text} against Old")
    dialog.others.setCurrentRow(0)
    qtbot.keyClick(dialog.others, Qt.Key.Key_Space)
    assert dialog.models.isHidden()


def _add(store: Store, card: ModelCard) -> Changes:
    """A model that says what `NEW` says."""
    changes = models.add(store, card)
    registry.folder_of(store, card.id).mkdir(parents=True)
    ids, values = predictions.read(store, NEW.id)
    return changes | predictions.write(store, card.id, ids.tolist(), values)


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
    assert "reject none of" in shown()
    assert "30 joints" in shown()
