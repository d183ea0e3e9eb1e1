"""The grid of photographs, painted by ourselves: only what is on screen costs anything, however many there are."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip, QWidget

from weldstudio.gui.icons import pixmap
from weldstudio.gui.review.badges import NOTHING, Badge, BadgePainter
from weldstudio.gui.review.layout import GAP, Layout
from weldstudio.gui.review.selection import Selection
from weldstudio.gui.review.thumbnails import Thumbnails
from weldstudio.gui.theme import theme

SMALLEST: Final = 96
LARGEST: Final = 384
_SETTLE_MS = 120
_BAND_MS = 30
STALE: Final = 0.35
"""Opacity of a photograph that the filter would no longer show."""

Ids = NDArray[np.int64]


class PhotoGrid(QAbstractScrollArea):
    """Shows photographs by id. `badges_of(ids)` is asked for those on screen; `name_of(id)` for tooltips."""

    current_changed = Signal(object)
    """Photo id, or None when nothing is shown."""
    selection_changed = Signal()
    opened = Signal(int)
    """Photo id: show it large."""
    size_changed = Signal(int)
    """Another size of cells was asked for by Ctrl and the wheel."""

    def __init__(
        self,
        thumbs: Thumbnails,
        badges_of: Callable[[Ids], list[Badge]],
        name_of: Callable[[int], str],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.thumbs = thumbs
        self.state = Selection()
        self._badges_of = badges_of
        self._name_of = name_of
        self._size = 160
        self._stale: frozenset[int] = frozenset()
        self._badges: dict[int, Badge] = {}
        self._painter = BadgePainter()
        self._band: tuple[QPoint, QPoint] | None = None
        self._pressed: QPoint | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self._ask)
        self._pull = QTimer(self)
        self._pull.setInterval(_BAND_MS)
        self._pull.timeout.connect(self._pull_band)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("look", "bare")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName("Photographs")
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        thumbs.ready.connect(self._thumb_ready)

    # What is shown

    def show_ids(self, ids: Ids) -> None:
        """Show these photographs in this order; selection and place stay as far as they can."""
        before, selected = self.state.current_id, (self.state.count, len(self.state.hidden))
        offset = self._offset_of_current()
        self.state.show(ids)
        self._badges.clear()
        self._measure()
        if self.state.current is not None:
            # Where the eye rested stays where it was: the current photograph does not move on screen.
            top = self.layout_.cell(self.state.current)[1] - offset if offset is not None else 0
            self.verticalScrollBar().setValue(max(0, top))
            self._reveal()
        self._ask()
        self.viewport().update()
        if self.state.current_id != before:
            self.current_changed.emit(self.state.current_id)
        if (self.state.count, len(self.state.hidden)) != selected:
            self.selection_changed.emit()

    def set_stale(self, photo_ids: frozenset[int]) -> None:
        """These no longer match the filter and stay, greyed, until one moves on."""
        if photo_ids != self._stale:
            self._stale = photo_ids
            self.viewport().update()

    def repaint_photos(self, photo_ids: frozenset[int] | None = None) -> None:
        """Ask for these photographs' badges again (None = all) and paint them."""
        if photo_ids is None:
            self._badges.clear()
            self.viewport().update()
            return
        for photo_id in photo_ids & self._badges.keys():
            del self._badges[photo_id]
        visible = self._visible()
        for index in visible:
            if int(self.state.ids[index]) in photo_ids:
                self.viewport().update(self._cell_rect(index).adjusted(-GAP, -GAP, GAP, GAP))

    def forget_pictures(self) -> None:
        """Ask for the thumbnails on screen again."""
        self._ask()
        self.viewport().update()

    @property
    def layout_(self) -> Layout:
        return Layout(len(self.state.ids), self._size, self.viewport().width())

    @property
    def cell_size(self) -> int:
        return self._size

    def set_cell_size(self, size: int) -> None:
        """Width of a cell in pixels, 96 to 384; the current photograph stays in view."""
        size = min(LARGEST, max(SMALLEST, size))
        if size == self._size:
            return
        offset = self._offset_of_current()
        self._size = size
        self._measure()
        if self.state.current is not None and offset is not None:
            self.verticalScrollBar().setValue(self.layout_.cell(self.state.current)[1] - offset)
            self._reveal()
        self._settle.start(_SETTLE_MS)
        self.viewport().update()

    # Going about

    def go_to(self, photo_id: int) -> None:
        """Make a photograph the current one, if it is shown."""
        index = self.state.index_of(photo_id)
        if index is not None and index != self.state.current:
            self._move(index)

    def step(self, by: int) -> bool:
        """Go `by` photographs on or back; False at the end. A selection of several is left."""
        if self.state.current is None:
            return False
        index = self.state.current + by
        if not 0 <= index < len(self.state.ids):
            return False
        self._move(index)
        return True

    def select_all(self) -> None:
        if len(self.state.ids) and self.state.select_all():
            self._selected()

    def select_none(self) -> None:
        if self.state.clear():
            self._selected()

    def _move(self, index: int, *, extend: bool = False) -> None:
        before = self.state.current_id
        if extend:
            changed = self.state.extend(index)
        else:
            changed = self.state.go_to(index)
        self._reveal()
        self.viewport().update()
        if self.state.current_id != before:
            self.current_changed.emit(self.state.current_id)
        if changed:
            self.selection_changed.emit()

    def _selected(self) -> None:
        self.viewport().update()
        self.selection_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = len(self.state.ids)
        at = self.state.current
        if not count or at is None:
            super().keyPressEvent(event)
            return
        columns = self.layout_.columns
        page = max(1, self.viewport().height() // self.layout_.row_step) * columns
        target = {
            Qt.Key.Key_Left: at - 1,
            Qt.Key.Key_Right: at + 1,
            # The last row may be short: from above its end one comes to its end, not nowhere.
            Qt.Key.Key_Up: at - columns if at >= columns else at,
            Qt.Key.Key_Down: at + columns if at // columns < (count - 1) // columns else at,
            Qt.Key.Key_PageUp: at - page if at >= page else at % columns,
            Qt.Key.Key_PageDown: at + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }.get(Qt.Key(event.key()))
        if target is not None:
            self._move(
                min(count - 1, max(0, target)), extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(int(self.state.ids[at]))
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            index = self._at(event.position().toPoint())
            if index is not None and not self.state.is_selected(index):
                self._move(index)
            return
        self._pressed = self._on_surface(event.position().toPoint())
        index = self._at(event.position().toPoint())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        before = self.state.current_id
        if index is None:
            changed = False if control or shift else self.state.clear()
        elif shift:
            changed = self.state.extend(index, add=control)
        elif control:
            changed = self.state.toggle(index)
        else:
            changed = self.state.go_to(index)
        self.viewport().update()
        if self.state.current_id != before:
            self.current_changed.emit(self.state.current_id)
        if changed:
            self.selection_changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        here = self._on_surface(event.position().toPoint())
        if self._band is None:
            if (here - self._pressed).manhattanLength() < QApplication.startDragDistance():
                return
            self.state.begin_band(keep=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        self._band = (self._pressed, here)
        inside = self.viewport().rect().contains(event.position().toPoint())
        if inside:
            self._pull.stop()
        elif not self._pull.isActive():
            self._pull.start()
        self._apply_band()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pull.stop()
        self._pressed = None
        if self._band is not None:
            self._band = None
            self.viewport().update()
            self._selected()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().toPoint())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(int(self.state.ids[index]))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120
            self.set_cell_size(round(self._size * 1.15**steps))
            self.size_changed.emit(self._size)
            event.accept()
            return
        super().wheelEvent(event)

    def _apply_band(self) -> None:
        assert self._band is not None
        band = QRect(*self._band).normalized()
        before = self.state.current_id
        touched = self.layout_.within(band.left(), band.top(), band.right(), band.bottom())
        changed = self.state.band(touched)
        self.viewport().update()
        if self.state.current_id != before:
            self.current_changed.emit(self.state.current_id)
        if changed:
            self.selection_changed.emit()

    def _pull_band(self) -> None:
        """The mouse is outside while the band is open: the grid scrolls after it, the faster the farther."""
        here = self.viewport().mapFromGlobal(self.cursor().pos())
        beyond = here.y() if here.y() < 0 else max(0, here.y() - self.viewport().height())
        if self._band is None or not beyond:
            self._pull.stop()
            return
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + math.ceil(beyond / 2))
        self._band = (self._band[0], self._on_surface(here))
        self._apply_band()

    def _at(self, point: QPoint) -> int | None:
        return self.layout_.at(point.x(), point.y() + self.verticalScrollBar().value())

    def _on_surface(self, point: QPoint) -> QPoint:
        return point + QPoint(0, self.verticalScrollBar().value())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._at(event.pos())
            if index is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self._tooltip(index), self, self._cell_rect(index))
            return True
        return super().viewportEvent(event)

    def _tooltip(self, index: int) -> str:
        photo_id = int(self.state.ids[index])
        badge = self._badge_of([index]).get(photo_id, NOTHING)
        parts = [self._name_of(photo_id)]
        if badge.state is not None:
            parts.append(f"{badge.state.word}: {badge.words(names=True)}" if badge.name else badge.state.word)
        parts += [text for text in (badge.disagreement, self.thumbs.problem(photo_id) or "") if text]
        return "\n".join(parts)

    # Scrolling and sizes

    def resizeEvent(self, event: QResizeEvent) -> None:
        old = Layout(len(self.state.ids), self._size, event.oldSize().width())
        self._measure()
        if event.oldSize().width() > 0 and old.columns != self.layout_.columns and self.state.current is not None:
            # Rows break anew: keep what was at the top at the top.
            first = old.visible(self.verticalScrollBar().value(), 1)
            if len(first):
                self.verticalScrollBar().setValue(self.layout_.cell(first[0])[1] - GAP)
        self._settle.start(_SETTLE_MS)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()
        self._ask()

    def _measure(self) -> None:
        layout = self.layout_
        bar = self.verticalScrollBar()
        bar.setPageStep(max(1, self.viewport().height() - layout.row_step))
        bar.setSingleStep(max(1, layout.row_step // 3))
        bar.setRange(0, max(0, layout.height - self.viewport().height()))

    def _reveal(self) -> None:
        if self.state.current is not None:
            bar = self.verticalScrollBar()
            bar.setValue(self.layout_.scroll_to(self.state.current, bar.value(), self.viewport().height()))

    def _offset_of_current(self) -> int | None:
        """How far below the upper edge the current photograph stands; None if it is not on screen."""
        if self.state.current is None or self.state.current not in self._visible():
            return None
        return self.layout_.cell(self.state.current)[1] - self.verticalScrollBar().value()

    def _visible(self) -> range:
        return self.layout_.visible(self.verticalScrollBar().value(), self.viewport().height())

    def _cell_rect(self, index: int) -> QRect:
        left, top, width, height = self.layout_.cell(index)
        return QRect(left, top - self.verticalScrollBar().value(), width, height)

    def _box(self) -> QSize:
        layout = self.layout_
        ratio = self.devicePixelRatioF()
        return QSize(round(layout.cell_width * ratio), round(layout.cell_height * ratio))

    def _ask(self) -> None:
        """Want the thumbnails on screen, then a page below and a page above; whatever else was wanted is dropped."""
        if not self.isVisible():
            return
        seen = self._visible()
        page = len(seen)
        order = [*seen, *range(seen.stop, min(len(self.state.ids), seen.stop + page))]
        order += range(seen.start - 1, max(-1, seen.start - 1 - page), -1)
        self.thumbs.want("grid", (int(i) for i in self.state.ids[order]) if order else (), self._box())

    def _thumb_ready(self, photo_id: int) -> None:
        seen = self._visible()
        found = np.flatnonzero(self.state.ids[seen.start : seen.stop] == photo_id)
        if len(found):
            self.viewport().update(self._cell_rect(seen.start + int(found[0])))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._measure()
        self._reveal()
        self._ask()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # Painting

    def _badge_of(self, indexes: list[int]) -> dict[int, Badge]:
        missing = [i for i in indexes if int(self.state.ids[i]) not in self._badges]
        if missing:
            if len(self._badges) > 20_000:
                self._badges.clear()
                missing = indexes
            ids = self.state.ids[missing]
            self._badges.update(zip(ids.tolist(), self._badges_of(ids), strict=True))
        return self._badges

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("well"))
        top = self.verticalScrollBar().value()
        dirty = event.rect()
        indexes = list(self.layout_.visible(top + dirty.top(), dirty.height()))
        badges = self._badge_of(indexes)
        layout = self.layout_
        for index in indexes:
            left, cell_top, width, height = layout.cell(index)
            cell = QRect(left, cell_top - top, width, height)
            if dirty.intersects(cell.adjusted(-GAP, -GAP, GAP, GAP)):
                photo_id = int(self.state.ids[index])
                self._paint_cell(painter, cell, photo_id, badge=badges[photo_id])
                if self.state.is_selected(index) or index == self.state.current:
                    self._paint_frame(painter, cell, current=index == self.state.current)
        if self._band is not None:
            band = QRect(*self._band).normalized().translated(0, -top)
            painter.fillRect(band, theme.colour("well_accent", alpha=0.18))
            painter.setPen(theme.colour("well_accent"))
            painter.drawRect(band)
        painter.end()

    def _paint_cell(self, painter: QPainter, cell: QRect, photo_id: int, *, badge: Badge) -> None:
        stale = photo_id in self._stale
        if stale:
            painter.setOpacity(STALE)
        kept = self.thumbs.get(photo_id)
        if kept is None:
            picture = cell
            self._paint_missing(painter, cell, self.thumbs.problem(photo_id))
        else:
            ratio = painter.device().devicePixelRatio()
            size = kept.pixmap.size() / ratio
            if kept.box == self._box():
                picture = QRect(QPoint(0, 0), size)
                picture.moveCenter(cell.center())
                picture.moveTopLeft(QPoint(max(cell.left(), picture.left()), max(cell.top(), picture.top())))
                if ratio == 1:
                    painter.drawPixmap(picture.topLeft(), kept.pixmap)
                else:
                    painter.drawPixmap(picture, kept.pixmap)
            else:  # made for another size; the right one is on its way
                picture = QRect(QPoint(0, 0), size.scaled(cell.size(), Qt.AspectRatioMode.KeepAspectRatio))
                picture.moveCenter(cell.center())
                painter.drawPixmap(picture, kept.pixmap)
        self._painter.paint(painter, picture, badge)
        if stale:
            painter.setOpacity(1)

    def _paint_missing(self, painter: QPainter, cell: QRect, problem: str | None) -> None:
        painter.fillRect(cell, theme.colour("on_well", alpha=0.06))
        if problem is None:
            return
        icon = pixmap("warning", "well_disagreement", 20, ratio=painter.device().devicePixelRatio())
        painter.drawPixmap(cell.left() + 8, cell.top() + 8, icon)
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.colour("on_well_secondary"))
        room = cell.adjusted(8, 32, -8, -8)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere | Qt.AlignmentFlag.AlignTop)
        painter.setClipRect(room)
        painter.drawText(room, flags, problem)
        painter.setClipping(False)

    def _paint_frame(self, painter: QPainter, cell: QRect, *, current: bool) -> None:
        accent = theme.colour("well_accent")
        for side in (
            QRect(cell.left() - GAP, cell.top() - GAP, cell.width() + 2 * GAP, GAP),
            QRect(cell.left() - GAP, cell.bottom() + 1, cell.width() + 2 * GAP, GAP),
            QRect(cell.left() - GAP, cell.top(), GAP, cell.height()),
            QRect(cell.right() + 1, cell.top(), GAP, cell.height()),
        ):
            painter.fillRect(side, accent)
        if current and self.hasFocus():
            painter.setPen(QPen(theme.colour("on_well"), 1))
            painter.drawRect(cell.adjusted(0, 0, -1, -1))
