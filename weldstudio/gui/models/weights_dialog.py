"""Weights to begin with: what is here, what can be fetched, how large, under which licence, whether intact."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QInputDialog,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.changes import Progress
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.cell_table import Cell, CellTable
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GROUP, theme
from weldstudio.gui.work import Work

if TYPE_CHECKING:
    from weldstudio.studio.weights import Kept

HEADS: Final = (
    ("Weights", ""),
    ("Network", ""),
    ("Size", "Of the file"),
    ("Where", "Click where they can be fetched: fetch them"),
    ("Commercial use", "Whether what began with them may be sold or used in business; the licence is shown on hover"),
    ("SHA-256", "The file's checksum, or how it begins. Click: check the file"),
)
WORDS: Final = (
    "A training may begin with any of these. Nothing is fetched unless you ask; without a connection, fetch a file on "
    "another computer and add it here: it is recognised by its checksum."
)
WHERE: Final = {"shipped": "with weldstudio", "fetched": "here", "own": "yours", "to fetch": "fetch"}


class WeightsDialog(QDialog):
    """Lists `studio.weights.known`; what is done with them is work of the session."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Weights")
        help_by_key(self, "models")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._kept: list[Kept] = []
        self._work: Work | None = None
        title = QLabel("Weights to begin with")
        set_look(title, "page")
        words = QLabel(WORDS)
        words.setWordWrap(True)
        set_look(words, "secondary")
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table = CellTable("Weights to begin with", words=(0, 1, 3, 4))
        self.table.show_heads(HEADS)
        self.table.opened.connect(self._open)
        self.table.currentCellChanged.connect(lambda *_: self._show_possible())
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self.table)
        self.add_button, self.remove_button = QPushButton("Add a file…"), QPushButton("Remove")
        self.remove_button.clicked.connect(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        for widget in (title, words):
            layout.addWidget(widget)
        layout.addWidget(area, 1)
        layout.addWidget(self.said)
        row = answer_row(self, self.add_button, then=self.add, left=[self.remove_button], out="Close")
        layout.addLayout(row)
        self.resize(theme.px(1000), theme.px(600))
        self.refresh()

    def refresh(self) -> None:
        """Look again at what is here."""
        from weldstudio.studio import weights

        self._kept = weights.known()
        self.table.show_cells(
            [
                [
                    Cell(one.name),
                    Cell(one.title),
                    Cell(f"{one.size / 1e6:,.1f} MB"),
                    Cell(WHERE[one.kind], opens=one.kind == "to fetch"),
                    Cell(weights.commercial_use(one.licence), tip=one.licence or "Nothing is known of its licence."),
                    Cell(f"{one.sha256[:8]}…", opens=one.here, tip=one.sha256),
                ]
                for one in self._kept
            ]
        )
        self.table.setCurrentCell(0, 0)
        self._show_possible()

    def add(self) -> None:
        """Ask for a file and its licence, and put it among the others."""
        from weldstudio.studio import weights

        kinds = f"Weights ({' '.join('*' + ending for ending in weights.ENDINGS)})"
        file, _kind = QFileDialog.getOpenFileName(self, "Add weights", str(Path.home()), kinds)
        if not file:
            return
        licence, given = QInputDialog.getText(self, "Licence", f"Under which licence may {Path(file).name} be used?")
        if given:
            work = weights.take_in(Path(file), licence=licence)
            self._do(f"Adding {Path(file).name}", lambda taken: " ".join(taken.sentences), work)

    def remove(self) -> None:
        """Delete what is chosen from this computer."""
        from weldstudio.studio import weights

        one = self._chosen
        if one is not None:
            weights.remove(one)
            self.said.setText(f"{one.name} is removed.")
            self.refresh()

    def _open(self, row: int, column: int) -> None:
        from weldstudio.studio import weights

        one = self._kept[row]
        if column == len(HEADS) - 1:
            damaged = "damaged: remove it, and fetch or add it again"
            checked = f"Checking {one.name}"
            self._do(checked, lambda intact: f"{one.name} is {'intact' if intact else damaged}.", weights.check(one))
        else:
            self._do(f"Fetching {one.title}", lambda kept: f"{kept.name} is here.", weights.fetch(one.network))

    def _do(self, title: str, told: Callable[[Any], str], work: Generator[Progress, None, Any]) -> None:
        """Start the work; `told` makes what is said at its end of its report."""

        def steps(_store: object) -> Generator[Progress, None, Any]:
            return work

        self._work = self._session.start_work(title, steps)
        self.said.setText(f"{title}…")
        self._told = told
        self._work.finished.connect(self._finished)  # methods: the dialog may be closed by then
        self._work.failed.connect(self._failed)
        self._work.cancelled.connect(self._cancelled)
        self._show_possible()

    def _finished(self, report: Any) -> None:
        self._say(self._told(report))

    def _failed(self, error: Exception) -> None:
        self._say(str(error))

    def _cancelled(self) -> None:
        self._say("Cancelled.")

    def _say(self, words: str) -> None:
        self._work = None
        self.refresh()
        self.said.setText(words)

    @property
    def _chosen(self) -> "Kept | None":
        row = self.table.currentRow()
        return self._kept[row] if 0 <= row < len(self._kept) else None

    def _show_possible(self) -> None:
        one = self._chosen
        self.add_button.setEnabled(self._work is None)
        self.remove_button.setEnabled(self._work is None and one is not None and one.kind in ("fetched", "own"))
