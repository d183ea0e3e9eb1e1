"""All running work, behind the status line: a row each with its bar and its cross."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from weldstudio.gui.floating import Floating
from weldstudio.gui.icons import set_icon
from weldstudio.gui.status_line import set_bar, work_words
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.gui.work import Work

_WIDTH = 420


class WorkList(Floating):
    """A card above the status line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        self._layout.setSpacing(GROUP)
        self._nothing = QLabel("Nothing is running.")
        set_look(self._nothing, "secondary")
        self._layout.addWidget(self._nothing)
        self._rows: dict[Work, _Row] = {}

    def show_works(self, works: list[Work]) -> None:
        for work in [work for work in self._rows if work not in works]:
            row = self._rows.pop(work)
            self._layout.removeWidget(row)
            row.deleteLater()
        for work in works:
            if work not in self._rows:
                self._rows[work] = _Row(work)
                self._layout.addWidget(self._rows[work])
            self._rows[work].refresh()
        self._nothing.setVisible(not works)
        self.adjustSize()

    def open_above(self, anchor: QWidget) -> None:
        """Show at the right end of `anchor`, above it."""
        self.setFixedWidth(theme.px(_WIDTH))
        self.adjustSize()
        corner = anchor.mapTo(self.over, QPoint(anchor.width(), 0))
        self.float_at(corner.x() - self.width() - GAP, corner.y() - self.height() - GAP)
        self.setFocus()


class _Row(QWidget):
    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._title = QLabel(work.title)
        self._words = QLabel()
        set_look(self._words, "secondary")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        cross = QToolButton()
        cross.setProperty("look", "quiet")
        cross.setAccessibleName(f"Stop {work.title}")
        cross.setToolTip("Stop this work; what is finished stays")
        set_icon(cross, "close", "secondary", 16)
        cross.clicked.connect(work.cancel)
        layout.addWidget(self._title, 0, 0)
        layout.addWidget(cross, 0, 1)
        layout.addWidget(self._bar, 1, 0, 1, 2)
        layout.addWidget(self._words, 2, 0, 1, 2)

    def refresh(self) -> None:
        self._words.setText(work_words(self._work))
        set_bar(self._bar, self._work.progress)
