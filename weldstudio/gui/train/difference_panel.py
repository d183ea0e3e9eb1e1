"""What is to be said of the runs that are chosen in the table: of one its note, of two how they differ."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from weldstudio.gui.cell_table import CellTable, cells
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.gui.train.runs_table import LABELS
from weldstudio.gui.words import counted, when

if TYPE_CHECKING:
    from weldstudio.studio.run_differences import RunDifference
    from weldstudio.studio.run_table import RunFacts

NONE: Final = "Choose a run to write a note on it; choose two (Ctrl+click) to see how they differ."
MANY: Final = "Two runs at a time can be compared setting by setting; the curves show up to twenty."
SHOWN_LABELS: Final = 100


class DifferencePanel(QWidget):
    """Shows `RunFacts` of the chosen runs, and a `RunDifference` once it is known."""

    note_written = Signal(str, str)
    """(run, its new note)"""
    photos_asked = Signal(tuple)
    """Ids of photographs that somebody wants to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = self._kept = ""
        self._photos: tuple[int, ...] = ()
        self.title = QLabel()
        set_look(self.title, "section")
        self.title.setWordWrap(True)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note = QPlainTextEdit()
        self.note.setPlaceholderText("A note on this run")
        self.note.setAccessibleName("Note on the run")
        self.note.setMaximumHeight(theme.px(96))
        self.keep = QPushButton("Keep the note")
        self.keep.clicked.connect(self._keep)
        self.note.installEventFilter(self)
        self.settings = CellTable("Settings that differ")
        self.photos = QPushButton("Show these photographs")
        self.photos.setToolTip("On the Review page: those whose labels differ, and those that only one of them had")
        self.photos.clicked.connect(lambda: self.photos_asked.emit(self._photos))
        self.labels = CellTable("Labels that differ")
        inner = QWidget()
        down = QVBoxLayout(inner)
        down.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        down.setSpacing(GAP)
        for part in (self.title, self.words, self.note):
            down.addWidget(part)
        down.addWidget(self.keep, alignment=Qt.AlignmentFlag.AlignLeft)
        down.addWidget(self.settings)
        down.addWidget(self.photos, alignment=Qt.AlignmentFlag.AlignLeft)
        down.addWidget(self.labels)
        down.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Roomy(inner, sideways=False))
        self.show_runs(())

    def show_runs(self, runs: "Sequence[RunFacts]") -> None:
        """Show what is known at once of these."""
        one = runs[0] if len(runs) == 1 else None
        if one is None or one.id != self._run:
            self._keep()
        self.note.setVisible(one is not None)
        self.keep.setVisible(one is not None)
        self.settings.hide()
        self.photos.hide()
        self.labels.hide()
        if one is None:
            self._run = ""
            self.title.setText("Runs" if len(runs) != 2 else "How they differ")
            self.words.setText(NONE if not runs else "Comparing…" if len(runs) == 2 else MANY)
            return
        if one.id != self._run:
            self._run, self._kept = one.id, one.summary.note
            self.note.setPlainText(self._kept)
        self.title.setText(f"{one.summary.name}, {when(one.summary.started)}".rstrip(", "))
        self.words.setText(one.summary.sentence)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self._keep()  # nothing that was typed is lost by looking elsewhere
        return super().eventFilter(watched, event)

    def _keep(self) -> None:
        text = self.note.toPlainText()
        if self._run and text != self._kept:
            self._kept = text
            self.note_written.emit(self._run, text)

    def show_difference(self, names: tuple[str, str], difference: "RunDifference") -> None:
        """Show how two runs differ; `names` is how they are called."""
        heads = [("First", names[0]), ("Second", names[1])]  # names would leave no room for what differs
        rows = [(LABELS.get(key, key), *values) for key, values in difference.settings.items()]
        snapshot = difference.snapshot
        same = "" if rows else "The settings are the same. "
        self.words.setText(f"First: {names[0]}\nSecond: {names[1]}\n\n{same}{snapshot.sentence}")
        _show(self.settings, [("Setting", ""), *heads], rows)
        self.settings.setVisible(bool(rows))
        said = [(f"{c.path.rpartition('/')[2]} · {c.name}", c.first.word, c.second.word) for c in snapshot.changed]
        _show(self.labels, [("Photograph · class", ""), *heads], said[:SHOWN_LABELS])
        self.labels.setVisible(bool(said))
        photos = {change.photo_id for change in snapshot.changed} | {*snapshot.gone, *snapshot.new}
        self._photos = tuple(sorted(photos))
        self.photos.setText(f"Show these {counted(len(photos), 'photograph')}")
        self.photos.setVisible(bool(photos))


def _show(table: CellTable, heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> None:
    table.show_heads(heads)
    table.show_cells(cells(heads, rows))
