"""What an import did: how much came in, and everything that was skipped with its reason."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.errors import UserError
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.style_sheet import set_look, set_size
from weldstudio.gui.theme import EDGE, GROUP, theme
from weldstudio.gui.words import counted

if TYPE_CHECKING:
    from weldstudio.gui.main_window import MainWindow
    from weldstudio.studio.importing import ImportReport
    from weldstudio.studio.label_report import LabelReport
    from weldstudio.studio.label_table import Problem

_SHOWN = 2000
"""Rows of the list; a person who reads more wants the file."""
HEADINGS = ("Line", "What", "Why")


def show(report: "ImportReport | LabelReport", window: "MainWindow") -> None:
    """A toast where all went well; a dialog with the list where something was left out."""
    from weldstudio.studio.importing import ImportReport

    if isinstance(report, ImportReport):
        # The lines that begin with blanks repeat what `skipped` lists.
        text = " ".join(line for line in report.lines() if not line.startswith(" "))
        lines = {f"line {problem.line}" for problem in report.problems}
        others = [item for item in report.skipped if item[0].rpartition(", ")[2] not in lines]
        others += report.facts.problems
    else:
        text, others = report.text, []
    left_out = [problem for problem in report.problems if problem.left_out]
    if not others and not left_out:
        window.say(text)
        return
    ReportDialog(text, window, problems=report.problems, others=others).open()


class ReportDialog(QDialog):
    """A sentence, and a table of what was left out and why, which can be kept as a file."""

    def __init__(
        self,
        text: str,
        parent: QWidget,
        *,
        problems: "Sequence[Problem]" = (),
        others: Sequence[tuple[str, str]] = (),
        title: str = "Import",
    ) -> None:
        """`problems` are lines of a label file, `others` (what, why) files and folders."""
        super().__init__(parent)
        self.setWindowTitle(title)
        help_by_key(self, "welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._problems = tuple(problems)
        summary = QLabel(text)
        summary.setWordWrap(True)
        left_out = sum(problem.left_out for problem in problems) + len(others)
        if others:
            said = f"{counted(left_out, 'thing')} left out, or not to be shown"
        else:
            said = f"{counted(left_out, 'line')} of the label file cannot be used" if left_out else "Remarks"
        heading = QLabel(said)
        set_look(heading, "section")
        rows = [("", what, why) for what, why in others]
        rows += [(f"{p.line:,}", p.path, _why(p)) for p in sorted(problems, key=lambda p: not p.left_out)]
        self.table = QTableWidget(min(len(rows), _SHOWN), len(HEADINGS))
        self.table.setHorizontalHeaderLabels(list(HEADINGS))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        for y, cells in enumerate(rows[:_SHOWN]):
            for x, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                self.table.setItem(y, x, item)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.resizeSection(1, theme.px(180))
        self.table.setColumnHidden(0, not problems)
        self.table.horizontalHeader().setStretchLastSection(True)
        close = QPushButton("Close")
        set_look(close, "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        self.save_button = QPushButton("Save the list…")
        self.save_button.setVisible(bool(problems))
        self.save_button.clicked.connect(self._save)
        self.said = QLabel(f"The first {_SHOWN:,} are shown." if len(rows) > _SHOWN else "")
        set_look(self.said, "secondary")
        buttons = QHBoxLayout()
        buttons.addWidget(self.said, 1)
        buttons.addWidget(self.save_button)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(summary)
        layout.addWidget(heading)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        set_size(self, theme.px(720), theme.px(480))

    def _save(self) -> None:
        """Write all lines with their reasons into a file."""
        from weldstudio.studio import label_report

        chosen, _ = QFileDialog.getSaveFileName(
            self, "Save the list", str(Path.home() / "left out.csv"), "Tables (*.csv)"
        )
        if chosen:
            try:
                count = label_report.write_problems(self._problems, Path(chosen))
            except UserError as error:
                self.said.setText(str(error))
                return
            self.said.setText(f"{counted(count, 'line')} written to {Path(chosen).name}.")


def _why(problem: "Problem") -> str:
    """The reason without the photo's name, which has a column of its own."""
    reason = problem.reason.removeprefix(f"{problem.path}: ")
    return reason if problem.left_out else f"{reason} (taken)"
