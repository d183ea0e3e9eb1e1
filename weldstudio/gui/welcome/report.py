"""What an import did: how much came in, and everything that was skipped with its reason."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.style_sheet import set_look, set_size
from weldstudio.gui.theme import EDGE, GROUP, theme
from weldstudio.gui.words import counted

if TYPE_CHECKING:
    from weldstudio.gui.main_window import MainWindow
    from weldstudio.studio.importing import ImportReport
    from weldstudio.studio.tables import LabelReport

_SHOWN = 2000
"""Rows of the list; a person who reads more wants a file."""


def show(report: "ImportReport | LabelReport", window: "MainWindow") -> None:
    """A toast where all went well; a dialog with the list where something was left out."""
    from weldstudio.studio.importing import ImportReport

    if isinstance(report, ImportReport):
        # The lines that begin with blanks repeat what `skipped` lists.
        text = " ".join(line for line in report.lines() if not line.startswith(" "))
        skipped = [*report.skipped, *report.facts.problems]
    else:
        text, skipped = report.text, list(report.left_out)
    if not skipped:
        window.say(text)
        return
    ReportDialog(text, skipped, window).open()


class ReportDialog(QDialog):
    """A sentence, and a table of what was left out and why."""

    def __init__(self, text: str, skipped: list[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import")
        help_by_key(self, "welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        summary = QLabel(text)
        summary.setWordWrap(True)
        heading = QLabel(f"{counted(len(skipped), 'thing')} left out, or not to be shown")
        set_look(heading, "section")
        self.table = QTableWidget(min(len(skipped), _SHOWN), 2)
        self.table.setHorizontalHeaderLabels(["What", "Why"])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        for y, (what, why) in enumerate(skipped[:_SHOWN]):
            for x, words in enumerate((what, why)):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                self.table.setItem(y, x, item)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        close = QPushButton("Close")
        set_look(close, "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(summary)
        layout.addWidget(heading)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        set_size(self, theme.px(720), theme.px(480))
