"""What an import did: how much came in, and everything that was skipped with its reason."""

from typing import Any

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

from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GROUP, theme
from weldstudio.gui.words import counted

_SHOWN = 2000
"""Rows of the list; a person who reads more wants a file."""


def show(report: Any, window: Any) -> None:
    """A toast where all went well; a dialog with the list where something was left out."""
    text, skipped = summary_of(report), skipped_of(report)
    if not skipped:
        window.say(text)
        return
    ReportDialog(text, skipped, window).open()


def summary_of(report: Any) -> str:
    """What came in, in words, of an import of photographs or of labels."""
    # The lines that begin with blanks repeat what `skipped` lists.
    return " ".join(line for line in report.lines() if not line.startswith(" "))


def skipped_of(report: Any) -> list[tuple[str, str]]:
    """(what, why) of everything that was left out."""
    facts = getattr(report, "facts", None)
    return [*report.skipped, *(getattr(facts, "problems", ()) if facts is not None else ())]


class ReportDialog(QDialog):
    """A sentence, and a table of what was left out and why."""

    def __init__(self, text: str, skipped: list[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        summary = QLabel(text)
        summary.setWordWrap(True)
        heading = QLabel(f"{counted(len(skipped), 'thing')} could not be brought in")
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
        self.resize(theme.px(720), theme.px(480))
