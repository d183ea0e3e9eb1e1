"""The learning curve by keys and mouse: drawn from features, its numbers open photographs, what lacks is offered."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidget
from pytestqt.qtbot import QtBot

from tests.gui.stage import set_stage
from tests.studio.featured import dealt_project
from weldstudio.gui.models.page import ModelsPage
from weldstudio.gui.models.tabs import LEARNING
from weldstudio.gui.session import Session
from weldstudio.studio import features, reviewing
from weldstudio.studio.filters import parse


def test_the_curve_opens_what_it_gets_wrong_and_asks_for_features(
    qtbot: QtBot, tmp_path: Path, make_session: Callable[..., Session]
) -> None:
    with dealt_project(tmp_path) as store:
        folder = store.folder
    stage = set_stage(qtbot, make_session(folder))
    asked: list[str] = []
    stage.session.photos_asked.connect(asked.append)
    page = stage.show_page(ModelsPage, "models")
    assert isinstance(page, ModelsPage)
    panel = page.tabs.learning
    at = page.tabs.bar.tabRect(LEARNING).center()
    qtbot.mouseClick(page.tabs.bar, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: panel.curve is not None)
    assert panel.curve is not None
    assert panel.said.text().startswith("From 45 to 90 photographs brought")
    assert [point.photos for point in panel.plot.points] == [22, 45, 90]
    assert not panel.features.isVisible()

    def shown(text: str) -> int:
        return len(reviewing.select(stage.session.mirror, parse(text, stage.session.mirror.scheme)))

    qtbot.keyClick(panel.plot, Qt.Key.Key_Right)
    qtbot.keyClick(panel.plot, Qt.Key.Key_Return)
    assert shown(asked[-1]) == len(panel.curve.wrong(0)) > 0
    row = next(n for n in range(1, 4) if panel.table.cell(n, 1).opens)
    _click(qtbot, panel.table, row, 1)
    assert shown(asked[-1]) == len(panel.curve.wrong(0, row - 1)) > 0
    assert stage.session.chosen_flag == row - 1
    stage.session.run(lambda store: features.remove(store, trunk=features.active_place(store).trunk))
    qtbot.mouseClick(panel.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.features.isVisible())
    assert "kept no features" in panel.said.text()
    assert not panel.plot.isVisible()
    assert stage.failed == []  # nothing has gone wrong


def _click(qtbot: QtBot, table: QTableWidget, row: int, column: int) -> None:
    place = table.visualRect(table.model().index(row, column)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
