"""The registry as a list: the active model first and marked, then the newest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QListView,
    QWidget,
)

from weldstudio.domain.model import ModelCard
from weldstudio.gui.icons import pixmap
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.two_lines import LEFT, RIGHT, Index, TwoLines, as_rows, paint_name
from weldstudio.gui.words import percent, when

if TYPE_CHECKING:
    from weldstudio.studio.lineage import Lineage

ROW_ROLE: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model of the registry."""

    card: ModelCard
    folder: Path
    active: bool
    evaluations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Split -> the last evaluation on it, as `domain.evaluation.Evaluation.to_json`."""
    difference: str = ""
    """How its classes differ from those of the scheme, as a sentence; '' when they are the same."""
    lineage: "Lineage | None" = None
    labels_since: Mapping[str, int] = field(default_factory=dict)
    """Split -> of how many of its photographs a label was changed after that evaluation."""

    @property
    def accuracy(self) -> float | None:
        value = self.card.scores.get("mean_per_class_accuracy")
        return float(value) if isinstance(value, int | float) else None


class ModelModel(QAbstractListModel):
    """Rows of the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[ModelRow, ...] = ()

    def show_rows(self, rows: Sequence[ModelRow]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.card.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            in_use = "In use" if row.active else ""
            return "\n".join(part for part in (row.card.name, in_use, row.difference) if part)
        return row if role == ROW_ROLE else None


class _ModelDelegate(TwoLines):
    height = 52
    margin = GAP + 4

    def paint_lines(self, painter: QPainter, first: QRect, second: QRect, *, index: Index) -> None:
        row: ModelRow = index.data(ROW_ROLE)
        ratio = painter.device().devicePixelRatioF()
        side = theme.px(16)
        mark = QRect(QPoint(first.left(), first.center().y() - side // 2 + 1), QSize(side, side))
        if row.active:
            painter.drawPixmap(mark, pixmap("star_filled", "accent", side, ratio=ratio))
        elif row.difference:
            painter.drawPixmap(mark, pixmap("warning", "warning", side, ratio=ratio))
        line = first.adjusted(side + GAP, 0, 0, 0)
        paint_name(painter, line, row.card.name, value=percent(row.accuracy), bold=(row.active, True))
        painter.setFont(theme.font("secondary", figures=True))
        painter.setPen(theme.colour("secondary"))
        under = second.adjusted(side + GAP, 0, 0, 0)
        words = "in use" if row.active else "other scheme" if row.difference else ""
        if row.card.demonstration:
            words = f"{words}, demo" if words else "demonstration"
        measure = painter.fontMetrics().horizontalAdvance
        moment = when(row.card.created)
        if measure(moment) + GAP + measure(words) > under.width():
            moment = moment.partition(",")[0]
        painter.drawText(under, RIGHT, moment)
        painter.setPen(theme.colour("accent" if row.active else "warning"))
        room = under.width() - measure(moment) - GAP
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
        painter.drawText(under, LEFT, words)


class ModelList(QListView):
    """Shows the registry. `chosen` carries the `ModelRow` whose report is wanted."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models = ModelModel(self)
        self.setModel(self.models)
        as_rows(self, _ModelDelegate(self), "Models, the active one first")
        self.selectionModel().currentChanged.connect(self._current_changed)
        self._quiet = False

    def show_rows(self, rows: Sequence[ModelRow]) -> None:
        """Show these; the chosen model stays chosen, or the first becomes it."""
        chosen = self.chosen_row.card.id if self.chosen_row is not None else None
        ordered = sorted(rows, key=lambda r: r.card.created, reverse=True)
        ordered.sort(key=lambda r: not r.active)
        self._quiet = True
        self.models.show_rows(ordered)
        ids = [row.card.id for row in ordered]
        if ids:
            self.setCurrentIndex(self.models.index(ids.index(chosen) if chosen in ids else 0))
        self._quiet = False
        self.chosen.emit(self.chosen_row)

    def choose(self, model_id: str) -> None:
        """Make a model the chosen one, as if it had been clicked."""
        for i, row in enumerate(self.models.rows):
            if row.card.id == model_id:
                self.setCurrentIndex(self.models.index(i))

    @property
    def chosen_row(self) -> ModelRow | None:
        index = self.currentIndex()
        return self.models.rows[index.row()] if index.isValid() and index.row() < len(self.models.rows) else None

    def _current_changed(self) -> None:
        if not self._quiet:
            self.chosen.emit(self.chosen_row)
