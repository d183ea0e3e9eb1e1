"""Photographs of a judged model that is not the active one carry its overlays, until other photographs are shown."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MODEL, write_card
from tests.gui.review.conftest import opened
from weldstudio.domain.model import ModelClass
from weldstudio.gui.main_window import MainWindow
from weldstudio.store import models
from weldstudio.store.store import Store


def test_overlays_are_those_of_the_judged_model(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    card = write_card(project, (0, 1, 2), ("No Clamp Used", "Soil", "Joint Misaligned"))
    other = replace(card, id="other", name="Old one", classes=(ModelClass(1, "Soil", 0.05),))
    home = project / "models" / other.id
    home.mkdir()
    (home / "card.json").write_text(json.dumps(other.to_json()), encoding="utf-8")
    with Store.open(project) as store:
        models.add(store, card)
        models.add(store, other)
        models.activate(store, MODEL)
    page = opened(qtbot, window, project)
    session, overlays = page._session, page.overlays
    page._actions["overlay.toggle"].setChecked(False)
    session.choose_flag(1)
    session.model_judged.emit(other.id)
    engine = page.guest._engine
    assert engine is not None
    qtbot.waitUntil(lambda: engine.ready)  # before somebody opens photographs, while the active model answers
    assert page.guest.card is None
    session.show_photos("id:2,3", by=other.id)
    assert engine.ready
    assert overlays.on
    QTest.keyClick(page.grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.guest.said(2) is not None)
    shown = overlays.of(1)
    assert shown is not None
    assert shown.note.startswith("Old one: Soil  0.10")  # by its own map, probability and threshold
    assert not shown.weak
    qtbot.waitUntil(lambda: overlays.probabilities().get(1) == pytest.approx(0.2))  # the active one goes on answering
    session.show_photos("id:2")
    qtbot.waitUntil(lambda: (overlay := overlays.of(1)) is not None and overlay.note.startswith("Soil  0.20"))
    session.show_photos("id:3", by=MODEL)
    assert page.guest.card is None
