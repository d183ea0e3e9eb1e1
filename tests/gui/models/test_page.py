"""The Models page by keys and mouse on a real registry; the children behind evaluating and scoring are scripted."""

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage, set_stage
from tests.gui.train.scripted import finish, make_run, per_class, say, story
from tests.studio.shipped_model import ship
from weldstudio.domain.changes import Progress
from weldstudio.gui.cell_table import CellTable
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.models.class_cells import MEAN
from weldstudio.gui.models.page import ModelsPage
from weldstudio.gui.session import Session
from weldstudio.studio import evaluating, predicting, registry, scheme

OLD, NEW = "20261120-101500", "20261121-101500"


@pytest.fixture
def stage(qtbot: QtBot, project: Path, make_session: Callable[..., Session]) -> Stage:
    return set_stage(qtbot, make_session(project))


@pytest.fixture
def two_models(project: Path, stage: Stage) -> None:
    for run_id, name in ((OLD, "Quick look"), (NEW, "Fine-tune")):
        run = make_run(project, run_id, name=name)
        say(run, *story(5))
        finish(run, name)
        stage.session.run(registry.adopt_finished)


def open_page(stage: Stage) -> ModelsPage:
    page = stage.show_page(ModelsPage, "models")
    assert isinstance(page, ModelsPage)
    return page


def names(page: ModelsPage) -> list[str]:
    return [row.card.name for row in page.list.models.rows]


def texts(page: ModelsPage) -> str:
    return "\n".join(label.text() for label in page.report.findChildren(QLabel) if not label.isHidden())


def test_without_a_model_one_sentence_and_one_button_to_train(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage)
    (empty,) = [e for e in page.findChildren(EmptyState) if e.isVisible()]
    assert "No model yet: 34 more labels" in empty.sentence.text()
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert stage.page_asked == ["train"]
    for action_id in ("model.activate", "model.evaluate", "model.predict", "model.reveal"):
        assert not stage.actions_table[action_id].isEnabled()


def test_the_demonstration_model_is_added_and_answers_only_when_chosen(
    qtbot: QtBot, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(monkeypatch, tmp_path / "models", flags=("Soil", "No Clamp Used"))
    page = open_page(stage)
    (button,) = [b for b in page.findChildren(QPushButton) if "demonstration" in b.text() and b.isVisible()]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert names(page) == ["weldnet"]
    assert stage.session.mirror.model_id is None
    assert "demonstration" in texts(page)
    assert not [b for b in page.findChildren(QPushButton) if "demonstration" in b.text() and b.isVisible()]
    stage.do("model.activate")
    assert stage.session.mirror.model_id == "weldnet"


@pytest.mark.usefixtures("two_models")
def test_the_active_model_comes_first_and_its_report_is_shown(stage: Stage) -> None:
    page = open_page(stage)
    assert names(page) == ["Quick look", "Fine-tune"]
    assert page.list.models.rows[0].active
    shown = texts(page)
    assert "MobileNetV2" in shown
    assert "file mobilenet_v2_imagenet.pth" in shown
    assert "BSD-3-Clause" in shown
    assert OLD in shown
    table = page.report.tables["validation"]
    accuracies = [float(table.cell(row, MEAN).text.split()[0]) for row in range(table.rowCount())]
    assert accuracies == sorted(accuracies)
    assert not stage.actions_table["model.activate"].isEnabled()


@pytest.mark.usefixtures("two_models")
def test_another_model_is_chosen_and_used_by_key_and_taken_back_by_undo(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage)
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    stage.do("model.activate")
    assert stage.session.mirror.model_id == NEW
    assert names(page) == ["Fine-tune", "Quick look"]
    assert page.list.chosen_row.card.id == NEW  # still the chosen one, though it moved
    stage.do("edit.undo")
    assert stage.session.mirror.model_id == OLD


@pytest.mark.usefixtures("two_models")
def test_an_evaluation_on_test_photographs_enters_the_report(
    qtbot: QtBot, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    class Scores:
        def to_json(self) -> dict[str, Any]:
            return {"split": "test"}

    def evaluate(store: Any, *, model_id: str, split: str) -> Generator[Progress, None, Scores]:
        asked.append((model_id, split))
        yield Progress(5, 10, "scoring")
        scores = per_class(2.0)
        found = {
            "per_class": scores,
            "mean_per_class_accuracy": 0.876,
            "interval": (0.81, 0.93),
            "photos": 40,
            "classes_with_a_value": 3,
            "mean_per_class_accuracy_at_half": 0.87,
        }
        file = registry.folder_of(store, model_id) / f"evaluation-{split}.json"
        file.write_text(json.dumps(found), encoding="utf-8")
        return Scores()

    monkeypatch.setattr(evaluating, "evaluate", evaluate)
    page = open_page(stage)
    assert "On test photographs" not in texts(page)
    button = next(b for b in page.header.findChildren(QPushButton) if b.text() == "Evaluate on test")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "On test photographs" in texts(page))
    assert asked == [(OLD, "test")]
    shown = texts(page)
    assert ">87.6 %<" in shown
    assert "81.0 to 93.0 %" in shown
    assert set(page.report.tables) == {"test", "validation"}


@pytest.mark.usefixtures("two_models")
def test_scoring_the_collection_blocks_a_second_one_until_it_ends(
    qtbot: QtBot, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def predict(store: Any, *, model_id: str) -> Iterator[Progress]:
        asked.append(model_id)
        yield Progress(1, 12, "scoring")

    monkeypatch.setattr(predicting, "predict", predict)
    open_page(stage)
    stage.do("model.predict")
    assert not stage.actions_table["model.predict"].isEnabled()
    qtbot.waitUntil(lambda: stage.actions_table["model.predict"].isEnabled())
    assert asked == [OLD]
    assert "12 photographs scored with Quick look" in stage.told


@pytest.mark.usefixtures("two_models")
def test_a_model_of_another_scheme_is_marked_at_once(stage: Stage) -> None:
    page = open_page(stage)
    assert all(not row.difference for row in page.list.models.rows)
    stage.session.edit("Add", scheme.add_flag, "Gouge", 10, who="Ada")
    assert all("says nothing of Gouge" in row.difference for row in page.list.models.rows)
    assert "Trained for another scheme" in texts(page)


@pytest.mark.usefixtures("two_models")
def test_the_table_is_copied_with_its_heads(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage)
    table = page.report.tables["validation"]
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Flag\tRaised\tClear")
    assert len(lines) == 4


@pytest.mark.usefixtures("two_models")
def test_a_model_is_judged_by_equipment_and_medium_where_they_differ(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage)
    row = page.list.models.rows[0]
    scores = {
        "per_class": row.card.scores["per_class"],
        "mean_per_class_accuracy": 0.9,
        "per_equipment": {
            "Redbox": {"photos": 1200, "mean_per_class_accuracy": 0.9, "interval": [0.85, 0.94]},
            "Bluebox": {"photos": 3, "mean_per_class_accuracy": None, "interval": None},
        },
        "per_medium": {"gas": {"photos": 7, "mean_per_class_accuracy": 0.5, "interval": [0.2, 0.8]}},
    }
    page.report.show_model(replace(row, evaluations={"test": scores}))
    (table,) = (t for t in page.report.findChildren(CellTable) if t.accessibleName().endswith("and month"))
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert lines[1:] == [
        ["Equipment: Redbox", "1,200", "90.0 %", "85.0 to 94.0 %"],
        ["Equipment: Bluebox", "3", "–", ""],
        ["Medium: gas", "7", "50.0 %", "20.0 to 80.0 %"],
    ]
