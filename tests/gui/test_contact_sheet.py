"""Contact sheets: laid out without overlap, painted with each photograph in its place, asked for by a dialog."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSizeF, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.review.test_page import CONTROL, At, Key
from tests.imaging.damaged import encoded
from tests.imaging.damaged import quarters as quarters_of
from weldstudio.gui import contact_sheet
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.sheet_dialog import SheetDialog
from weldstudio.studio.sheets import Captions, Entry, Sheet


@pytest.mark.parametrize("columns", [1, 4, 12])
@pytest.mark.parametrize("captions", list(Captions))
@pytest.mark.parametrize("name", list(contact_sheet.PAPERS))
def test_cells_lie_on_the_paper_side_by_side(columns: int, captions: Captions, name: str) -> None:
    paper = QSizeF(contact_sheet.paper_of(name, across=columns == 4).fullRectPoints().size())
    laid = contact_sheet.plan(Sheet("", (Entry(Path(), ()),) * 500, columns, captions), paper)
    cells = [laid.place(number) for number in range(laid.per_page)]
    assert all(QRectF(0, 0, paper.width(), paper.height()).contains(cell) for cell in cells)
    assert not any(a.intersects(b) for n, a in enumerate(cells[:30]) for b in cells[n + 1 : 30])
    assert (laid.pages - 1) * laid.per_page < 500 <= laid.pages * laid.per_page


def test_each_photograph_lies_in_its_place_and_a_reason_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(quarters_of(160, 120), "PNG"))
    entries = (Entry(tmp_path / "a.png", ("a.png", "J-1", "clear")), Entry(tmp_path / "gone.jpg", ("gone.jpg",)))
    made, layout = Sheet("All", entries, 2), contact_sheet.paper_of("a4", across=False)
    laid = contact_sheet.plan(made, QSizeF(layout.fullRectPoints().size()))
    image = contact_sheet.picture_of(made, layout, width=1190)
    scale = 1190 / laid.paper.width()

    def seen(number: int, x: float, y: float) -> QColor:
        cell = laid.place(number)
        return image.pixelColor(
            int((cell.left() + x * cell.width()) * scale), int((cell.top() + y * laid.picture) * scale)
        )

    assert seen(0, 0.25, 0.25) == QColor(255, 0, 0)
    assert seen(0, 0.75, 0.25) == QColor(0, 255, 0)
    assert seen(0, 0.75, 0.75) == QColor(255, 255, 0)
    assert seen(1, 0.95, 0.95) == QColor(contact_sheet.ROLES["hover"][0])
    under = laid.place(0)
    strip = image.copy(int(under.left() * scale), int((under.top() + laid.picture + 3) * scale), 300, int(9 * scale))
    assert min(strip.pixelColor(x, y).lightness() for x in range(300) for y in range(strip.height())) < 100, "words"


def test_what_is_selected_is_printed_into_a_file(
    qtbot: QtBot, window: MainWindow, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = At(qtbot, window, project)
    file = tmp_path / "out.pdf"
    asked: list[str] = []

    def print_it() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, SheetDialog)
        asked.append(dialog.sentence.text())
        qtbot.waitUntil(lambda: not dialog.page.pixmap().isNull())
        dialog.columns.setValue(2)
        asked.append(dialog.sentence.text())
        dialog.do_button.click()

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    at.key(Key.Key_A, CONTROL)
    QTimer.singleShot(0, print_it)
    at.key(Key.Key_P, CONTROL)
    qtbot.waitUntil(file.exists)
    assert asked == ["12 photographs on 1 page.", "12 photographs on 2 pages."]
    assert file.read_bytes().count(b"/Type /Page\n") == 2
    assert np.all(at.session.mirror.labels & 3 == 0)
