"""The runs of the project: under way, waiting in the order of their turns, then the others, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QWidget,
)

from weldstudio.gui.icons import pixmap
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.two_lines import LEFT, RIGHT, Index, TwoLines, as_rows, paint_name
from weldstudio.gui.words import percent, when

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
MIME: Final = "application/x-weldstudio-run"
MARKS: Final = {
    "waiting": ("history", "secondary"),
    "running": ("play", "accent"),
    "paused": ("pause", "secondary"),
    "done": ("check", "success"),
    "stopped": ("stop", "secondary"),
    "failed": ("error", "danger"),
    "interrupted": ("warning", "warning"),
}


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run as the list shows it."""

    id: str
    folder: Path
    name: str
    state: str
    started: float | None
    accuracy: float | None
    sentence: str = ""
    star: bool = False
    note: str = ""
    alarm: str = ""
    """What was said last that a person should know at once."""

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self.state == "running"

    @property
    def waiting(self) -> bool:
        """Whether it is in the line of those that wait for their turn."""
        return self.state == "waiting"

    @property
    def live(self) -> bool:
        """Whether it has still something to say."""
        return self.running or self.waiting

    @property
    def resumable(self) -> bool:
        """Whether it can go on where it was (`studio.training.RESUMABLE`, which a test holds this against)."""
        return self.state in ("paused", "interrupted", "failed")


class RunModel(QAbstractListModel):
    """Rows of the list. One that waits can be dragged to another place in the line."""

    dropped = Signal(str, int)
    """(run, its new place among those that wait)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[RunRow, ...] = ()

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        if [row.id for row in rows] == [row.id for row in self.rows]:
            self.rows = tuple(rows)
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid():
            return flags | Qt.ItemFlag.ItemIsDropEnabled  # between two rows, never on one
        return flags | Qt.ItemFlag.ItemIsDragEnabled if self.rows[index.row()].waiting else flags

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(MIME, self.rows[indexes[0].row()].id.encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        run = bytes(data.data(MIME).data()).decode()
        line = [one.id for one in self.rows if one.waiting]
        if run not in line:
            return False
        above = [one.id for one in self.rows[: len(self.rows) if row < 0 else row] if one.waiting and one.id != run]
        if len(above) != line.index(run):
            self.dropped.emit(run, len(above))
        return False  # the store moves it, and the list shows that

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join(p for p in (f"{row.name}, {row.state}", when(row.started), row.sentence, row.note) if p)
        return row if role == ROW_ROLE else None


class _RunDelegate(TwoLines):
    def paint_lines(self, painter: QPainter, first: QRect, second: QRect, *, index: Index) -> None:
        row: RunRow = index.data(ROW_ROLE)
        icon, role = MARKS.get(row.state, ("info", "secondary"))
        side = theme.px(16)
        mark = QRect(QPoint(first.left(), first.center().y() - side // 2 + 1), QSize(side, side))
        painter.drawPixmap(mark, pixmap(icon, role, side, ratio=painter.device().devicePixelRatioF()))
        left = side + GAP
        value = percent(row.accuracy) if row.accuracy is not None else ""
        paint_name(painter, first.adjusted(left, 0, 0, 0), row.name, value=value)
        painter.setFont(theme.font("secondary", figures=True))
        painter.setPen(theme.colour("secondary"))
        moment = when(row.started)
        if row.star:
            moment = f"★ {moment}"
        under = second.adjusted(left, 0, 0, 0)
        painter.drawText(under, RIGHT, moment)
        painter.setPen(theme.colour(role))
        painter.drawText(under, LEFT, row.state)


class RunsList(QListView):
    """Shows the runs. `chosen` carries the `RunRow` a person picked."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunModel(self)
        self.setModel(self.runs)
        as_rows(self, _RunDelegate(self), "Runs: under way, waiting in their order, then the others, newest first")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.selectionModel().currentChanged.connect(self._current_changed)
        self._quiet = False

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        """Show these; the chosen run stays chosen."""
        chosen = self.chosen_id
        self._quiet = True
        self.runs.show_rows(rows)
        if chosen is not None:
            self.choose(chosen)
        self._quiet = False

    @property
    def chosen_id(self) -> str | None:
        index = self.currentIndex()
        return self.runs.rows[index.row()].id if index.isValid() and index.row() < len(self.runs.rows) else None

    def row_of(self, run_id: str | None) -> RunRow | None:
        return next((row for row in self.runs.rows if row.id == run_id), None)

    def chooses(self, run_id: str | None) -> bool:
        """Whether a run is chosen, and it is this one; None, a run nobody knows, may be any."""
        shown = self.row_of(self.chosen_id)
        return shown is not None and run_id in (shown.id, None)

    def choose(self, run_id: str) -> None:
        """Make a run the chosen one, as if it had been clicked."""
        for i, row in enumerate(self.runs.rows):
            if row.id == run_id:
                self.setCurrentIndex(self.runs.index(i))

    def _current_changed(self, current: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.chosen.emit(self.runs.rows[current.row()])
