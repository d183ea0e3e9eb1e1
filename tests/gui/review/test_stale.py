"""What an earlier model said, shown as such while the one in use cannot look."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MODEL
from tests.gui.review.test_page import At, with_model  # noqa: F401 - a fixture
from weldstudio.store import models
from weldstudio.store.store import Store
from weldstudio.studio.earlier import earlier


def test_an_earlier_models_word_is_grey_names_it_and_contradicts_nothing(
    qtbot: QtBot,
    with_model: At,  # noqa: F811
    project: Path,
) -> None:
    at = with_model
    at.key(Qt.Key.Key_2)
    at.key(Qt.Key.Key_2)
    at.key(Qt.Key.Key_1)
    at.key(Qt.Key.Key_1)
    assert at.row(0).disagrees, "clear, and the model says 0.9"
    with Store.open(project) as store:
        card = models.get(store, MODEL)
        assert card is not None
        models.add(store, replace(card, id="other", name="Newer", created="2026-11-21T10:00:00Z"))
        models.activate(store, "other")  # which has no weights, and so never looks at anything
        found = earlier(store, 1)
    assert found is not None
    assert (found.model, found.said[0]) == ("mobilenet_v2 v1", (pytest.approx(0.9, abs=1e-3), 0.5))
    at.session.look()
    qtbot.waitUntil(lambda: at.row(0).stale.startswith("mobilenet_v2 v1"))
    row = at.row(0)
    assert row.probability == pytest.approx(0.9, abs=1e-3)
    assert not row.disagrees
    assert "has not looked" in row.tooltip()
    assert "Grey bars: mobilenet_v2 v1" in at.page.inspector.banner.words()
    at.key(Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(at.row(0).stale))
    with Store.open(project) as store:
        models.activate(store, MODEL)
    at.session.look()
    qtbot.waitUntil(lambda: not at.row(0).stale and at.row(0).probability is not None)
