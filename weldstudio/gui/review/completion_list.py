"""What could come next in the filter's field, below it: never takes the focus, so that typing goes on."""

from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.studio.completing import Completion, Completions

_WIDTH: Final = 620
_TEXT_SHARE: Final = 0.48
_FRAME: Final = 4
Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractListModel):
    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.ways: tuple[Completion, ...] = ()

    def show_ways(self, ways: tuple[Completion, ...]) -> None:
        self.beginResetModel()
        self.ways = ways
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.ways)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        way = self.ways[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return way.text
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{way.text}: {way.sentence}"
        return None


class _Row(QStyledItemDelegate):
    """The term at the left, its sentence in grey beside it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, theme.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Model)
        way, here = model.ways[index.row()], option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("chosen" if chosen else "hover"))
            painter.drawRoundedRect(here, 4, 4)
        inner = here.adjusted(GAP, 0, -GAP, 0)
        term = inner.adjusted(0, 0, round(inner.width() * (_TEXT_SHARE - 1)), 0)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        for rect, text, look, role, elide in (
            (term, way.text, "body", "text", Qt.TextElideMode.ElideMiddle),
            (
                inner.adjusted(term.width() + GROUP, 0, 0, 0),
                way.sentence,
                "secondary",
                "secondary",
                Qt.TextElideMode.ElideRight,
            ),
        ):
            painter.setFont(theme.font(look))
            painter.setPen(theme.colour(role))
            painter.drawText(rect, middle, painter.fontMetrics().elidedText(text, elide, rect.width()))
        painter.restore()


class CompletionList(QListView):
    """Shown and moved by its field; a click takes a row."""

    taken = Signal(object)
    """A `Completion`."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self._field = field
        self._model = _Model(self)
        self.setModel(self._model)
        self.setItemDelegate(_Row(self))
        self.setProperty("look", "completions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Ways to go on with the filter")
        self.clicked.connect(lambda index: self.taken.emit(self._model.ways[index.row()]))
        self.hide()

    @property
    def ways(self) -> tuple[Completion, ...]:
        """What is offered now; nothing while it is hidden."""
        return self._model.ways if self.isVisible() else ()

    @property
    def current(self) -> Completion | None:
        """The row that the keys have gone to."""
        index = self.currentIndex()
        return self.ways[index.row()] if self.isVisible() and index.isValid() else None

    def offer(self, completions: Completions) -> None:
        """Show these below the field; nothing is chosen, so that Return still means the text as it stands."""
        if not completions.found:
            self.hide()
            return
        self._model.show_ways(completions.found)
        window = self._field.window()
        if self.parent() is not window:
            self.setParent(window)
        corner = self._field.mapTo(window, QPoint(0, self._field.height() + 2))
        width = min(theme.px(_WIDTH), window.width() - GAP - corner.x())
        self.setGeometry(corner.x(), corner.y(), width, len(completions.found) * theme.row_height + 2 * _FRAME)
        self.show()
        self.raise_()

    def step(self, by: int) -> None:
        """To the next row or the one before; from the ends back to the field."""
        places = len(self.ways) + 1  # the field is one of them
        place = (self.currentIndex().row() + 1 + by) % places
        index = self._model.index(place - 1) if place else QModelIndex()
        self.setCurrentIndex(index)
