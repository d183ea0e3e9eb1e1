"""The inspector's list of flags: its model, how a row is painted, and what a click on it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from weldstudio.domain.labelling import State
from weldstudio.gui.icons import icon
from weldstudio.gui.review.badges import GLYPH
from weldstudio.gui.review.flag_delegate import FlagDelegate, Parts, parts_of
from weldstudio.gui.review.flag_rows import FlagRow
from weldstudio.gui.theme import theme

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE: Final = Qt.ItemDataRole.UserRole
SHOWN_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""Whether the overlay of this row's class is shown."""
LEAST, MOST = 29, 42
"""Height of a row: as high as the list allows without scrolling, within these pixels."""


class FlagModel(QAbstractListModel):
    """Rows of the inspector."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[FlagRow] = []
        self._shown: int | None = None

    def show_rows(self, rows: Sequence[FlagRow]) -> None:
        """Only rows that differ are painted anew, so that the eye is not drawn to what has not changed."""
        rows = list(rows)
        if [row.slot for row in rows] != [row.slot for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        changed = [n for n, (old, new) in enumerate(zip(self.rows, rows, strict=True)) if old is not new and old != new]
        self.rows = rows
        for n in changed:
            self.dataChanged.emit(self.index(n), self.index(n))

    def show_overlay_of(self, slot: int | None) -> None:
        """The row with the eye."""
        if slot != self._shown:
            self._shown = slot
            if self.rows:
                self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    def place_of(self, slot: int | None) -> int:
        """Number of the row of a class; -1 if there is none."""
        return next((n for n, row in enumerate(self.rows) if row.slot == slot), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.name
            case Qt.ItemDataRole.ToolTipRole:
                return row.tooltip()
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.tooltip().replace("\n", ", ")
            case _ if role == ROW_ROLE:
                return row
            case _ if role == SHOWN_ROLE:
                return row.slot == self._shown
            case _:
                return None


@dataclass(frozen=True, slots=True)
class _Hit:
    row: FlagRow
    parts: Parts
    point: QPoint


class FlagList(QListView):
    """A click on the glyph is the flag's key; on the eye or the bar it shows the overlay; elsewhere it chooses."""

    pressed_flag = Signal(int, str)
    """(slot, verb): as the flag's key, with the verbs of `actions`: 'set' or 'unsure'."""
    state_asked = Signal(int, object)
    """(slot, State), from the menu."""
    chosen = Signal(int)
    """Slot: this is the class that is worked on."""
    overlay_asked = Signal(int)
    """Slot: show its overlay; hide it if it is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.flags = FlagModel(self)
        self.setModel(self.flags)
        self._delegate = FlagDelegate(ROW_ROLE, SHOWN_ROLE, self)
        self.setItemDelegate(self._delegate)
        self.setProperty("look", "bare")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        # We fill the ground ourselves: else all that lies below is painted as well whenever a row changes.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Flags of the photograph")
        self.flags.modelReset.connect(self._fit_rows)
        theme.changed.connect(self._fit_rows)

    def choose(self, slot: int | None) -> None:
        """Mark the row of a class; no signal."""
        place = self.flags.place_of(slot)
        self.setCurrentIndex(self.flags.index(place) if place >= 0 else QModelIndex())

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        # A QListView would lay out all rows and paint them a moment later; what a row says moves no other one.
        QAbstractItemView.dataChanged(self, first, last, roles)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("surface"))
        painter.end()
        super().paintEvent(event)

    # Rows as high as there is room

    def sizeHint(self) -> QSize:
        # Whoever shows this list scrolls only where its least height finds no room: never two bars beside each other.
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rows()

    def _fit_rows(self) -> None:
        count = max(1, len(self.flags.rows))
        least = theme.px(LEAST - 1 if theme.density == "compact" else LEAST)
        most = theme.px(LEAST + 2 if theme.density == "compact" else MOST)
        height = min(most, max(least, self.viewport().height() // count))
        if height != self._delegate.height:
            self._delegate.height = height
            self.scheduleDelayedItemsLayout()

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self.currentIndex().row()
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        move = moves.get(Qt.Key(event.key()))
        if move is None or not self.flags.rows:
            event.ignore()  # letters are the window's keys, not a search in the list
            return
        place = min(len(self.flags.rows) - 1, max(0, place + move))
        self.chosen.emit(self.flags.rows[place].slot)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position().toPoint())
        if hit is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if hit.parts.state.contains(hit.point) or hit.parts.word.contains(hit.point):
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.pressed_flag.emit(hit.row.slot, "unsure" if shift else "set")
        elif hit.parts.eye.contains(hit.point) or hit.parts.bar.contains(hit.point):
            self.overlay_asked.emit(hit.row.slot)
        else:
            self.chosen.emit(hit.row.slot)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position().toPoint())
        active = hit is not None and any(
            area.contains(hit.point)
            for area in (
                *(() if hit.row.read_only else (hit.parts.state, hit.parts.word)),
                *(hit.parts.eye, hit.parts.bar),
            )
        )
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if active else Qt.CursorShape.ArrowCursor)
        self._delegate.hovered = hit.row.slot if hit is not None else None
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        self._delegate.hovered = None
        self.viewport().update()
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self.indexAt(event.pos()) if event.reason() == QContextMenuEvent.Reason.Mouse else self.currentIndex()
        if place.isValid():
            row = self.flags.rows[place.row()]
            self.state_menu(row).exec(event.globalPos())

    def state_menu(self, row: FlagRow) -> QMenu:
        """The four states, with the one that holds marked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for state in (State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN):
            action = menu.addAction(icon(GLYPH[state], state.word), state.word.capitalize())
            action.setEnabled(row.state != state and not row.read_only)
            action.triggered.connect(lambda _=False, state=state: self.state_asked.emit(row.slot, state))
        return menu

    def _hit(self, point: QPoint) -> _Hit | None:
        index = self.indexAt(point)
        if not index.isValid():
            return None
        rect: QRect = self.visualRect(index)
        row = self.flags.rows[index.row()]
        return _Hit(row, parts_of(rect, row), point)
