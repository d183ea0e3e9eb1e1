"""Which flags a model mixes up: rows are flags that it missed, columns what it raised in their place."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from weldstudio.gui.cell_table import Cell, CellTable
from weldstudio.gui.models.judged import Judged
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP
from weldstudio.gui.words import count

WORDS = (
    "Each row is a flag that was missed, each column a flag that was raised in its place where it is clear. A strong "
    "cell means two flags that the model, and perhaps people too, cannot tell apart: look at them, and merge them on "
    "the Flags page if nobody can. Click a number to see its photographs."
)


class ConfusionPanel(QWidget):
    """Follows `judged`, at the thresholds that are being tried."""

    def __init__(self, judged: Judged, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._judged = judged
        self._shown: tuple[float, ...] | None = None
        words = QLabel(WORDS)
        words.setWordWrap(True)
        set_look(words, "secondary")
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.table = CellTable("Flags mixed up with each other", narrow=40)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(EDGE, GROUP, EDGE, EDGE)
        column.setSpacing(GAP)
        for widget in (words, self.said, self.table):
            column.addWidget(widget)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Roomy(inner))
        self.table.opened.connect(self._open)

    def refresh(self) -> None:
        """Count at the thresholds that are tried now."""
        judging, figures = self._judged.judging, self._judged.figures
        if judging is None or figures is None:
            return
        counts, names = judging.mixed_up(figures.thresholds), judging.found.names
        strongest = max(1, int(counts.max(initial=0)))
        self.table.show_heads(
            [("Missed", "The flag that was missed"), *((str(n), name) for n, name in enumerate(names, 1))]
        )
        self.table.show_cells(
            [
                [
                    Cell(f"{row + 1}  {name}", tip=name),
                    *(
                        Cell("·")
                        if column == row
                        else Cell(
                            count(n) if n else "",
                            opens=n > 0,
                            strength=n / strongest,
                            tip=f"{name} missed and {names[column]} raised in its place: {count(n)}",
                        )
                        for column, n in enumerate(counts[row].tolist())
                    ),
                ]
                for row, name in enumerate(names)
            ]
        )
        if counts.any():
            missed, raised = divmod(int(counts.argmax()), len(names))
            self.said.setText(f"Most often “{names[missed]}” is missed and “{names[raised]}” raised in its place.")
        else:
            self.said.setText("Wherever it missed a flag, it raised no other one wrongly.")

    def _open(self, row: int, column: int) -> None:
        judging, figures = self._judged.judging, self._judged.figures
        if judging is not None and figures is not None:
            names = judging.found.names
            ids = judging.mixed_up_photos(row, column - 1, figures.thresholds)
            words = f"{names[row]} taken for {names[column - 1]} by {judging.card.name}"
            self._judged.show_photos(words, ids, slot=judging.card.slots[row])
