"""A model goes back, is described and is written as a file, by mouse; the engine behind the file is scripted."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage, set_stage
from tests.studio.scored import two_models
from weldstudio.domain.changes import Progress
from weldstudio.domain.chores import Exported, WeightsRead
from weldstudio.gui.models.card_dialog import CardDialog
from weldstudio.gui.models.page import ModelsPage
from weldstudio.gui.models.weights_dialog import WeightsDialog
from weldstudio.gui.session import Session
from weldstudio.studio import model_files, registry, weights


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, make_session: Callable[..., Session]) -> Stage:
    with two_models(tmp_path) as store:
        registry.activate(store, "old", who="Ada")
        registry.activate(store, "new", who="Ada")
        folder = store.folder
    return set_stage(qtbot, make_session(folder))


@pytest.fixture
def page(stage: Stage) -> ModelsPage:
    page = stage.show_page(ModelsPage, "models")
    assert isinstance(page, ModelsPage)
    return page


def shows(page: ModelsPage, words: str) -> bool:
    """Whether the report says so; what it said of another model goes a little later."""
    return any(words in label.text() for label in page.report.findChildren(QLabel) if label.isVisible())


def test_one_click_goes_back_to_the_model_before_and_the_page_tells_who(
    qtbot: QtBot, stage: Stage, page: ModelsPage
) -> None:
    page.list.choose("new")
    (back,) = [b for b in page.header.findChildren(QPushButton) if b.text() == "Go back"]
    assert back.isVisible()
    assert "Old" in back.toolTip()
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert stage.session.mirror.model_id == "old"
    page.list.choose("old")
    qtbot.waitUntil(lambda: shows(page, "Use model Old (old) (Ada"))
    stage.do("edit.undo")
    assert stage.session.mirror.model_id == "new"


def test_a_model_is_described_by_keys_and_undo_takes_it_back(qtbot: QtBot, stage: Stage, page: ModelsPage) -> None:
    page.list.choose("new")
    stage.do("model.describe")
    (dialog,) = page.findChildren(CardDialog)
    name, limits = dialog.fields["name"], dialog.fields["limits"]
    name.setFocus()
    qtbot.keyClick(name, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(name, "Clamps")
    assert isinstance(limits, QPlainTextEdit)
    qtbot.keyClicks(limits, "Not for water.")
    qtbot.mouseClick(dialog.keep_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shows(page, "Not for water."))
    assert "Clamps" in [row.card.name for row in page.list.models.rows]
    stage.do("edit.undo")
    qtbot.waitUntil(lambda: shows(page, "New") and not shows(page, "Not for water."))


def test_a_name_without_an_ending_gets_that_of_the_chosen_kind(
    qtbot: QtBot, stage: Stage, page: ModelsPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def export(_store: Any, file: Path, *, model_id: str) -> Generator[Progress, None, Exported]:
        asked.append((file.name, model_id))
        yield Progress(0, None, "writing")
        return Exported(1, str(file), 10, 0.0, 30, "torch.jit")

    monkeypatch.setattr(model_files, "export", export)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(tmp_path / "clamps v1"), "TorchScript (*.pt)"))
    page.list.choose("old")
    stage.do("model.export")
    qtbot.waitUntil(lambda: bool(stage.told))
    assert asked == [("clamps v1.pt", "old")]
    assert "says what Old says, on 30 images" in stage.told[-1]


def test_weights_are_listed_added_with_an_account_checked_and_removed(
    qtbot: QtBot, stage: Stage, page: ModelsPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WELDSTUDIO_HOME", str(tmp_path / "home"))
    file = tmp_path / "ours.safetensors"
    file.write_bytes(b"tensors")

    def looked(_question: Any, _kind: Any, text: str) -> Generator[Progress, None, WeightsRead]:
        yield Progress(0, None, text)
        return WeightsRead(1, "squeezenet1_1", ("a", "b"), ("c",), (), (), ("fc.bias",), 1000)

    monkeypatch.setattr(weights, "answered", looked)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a: (str(file), ""))
    monkeypatch.setattr(QInputDialog, "getText", lambda *_a: ("MIT", True))
    stage.do("model.weights")
    (dialog,) = page.findChildren(WeightsDialog)
    assert dialog.table.cell(0, 3).text == "with weldstudio"
    assert not dialog.remove_button.isEnabled()
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "2 of 3 tensors of SqueezeNet 1.1" in dialog.said.text())
    row = next(n for n in range(dialog.table.rowCount()) if dialog.table.cell(n, 0).text == "ours.safetensors")
    assert dialog.table.cell(row, 4).text == "yes, with its notice"
    dialog.table.setCurrentCell(row, 5)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.said.text() == "ours.safetensors is intact.")
    dialog.table.setCurrentCell(row, 0)
    qtbot.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)
    assert "ours.safetensors" not in [dialog.table.cell(n, 0).text for n in range(dialog.table.rowCount())]
