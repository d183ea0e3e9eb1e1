"""The grid of photographs, painted by ourselves: only what is on screen costs anything, however many there are."""

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from weldstudio.gui.review.badges import Badge, BadgeCache, BadgePainter, Ids
from weldstudio.gui.review.cells import paint_frame, paint_photo
from weldstudio.gui.review.grid_keys import heading_target, key_target
from weldstudio.gui.review.grid_mouse import GridMouse
from weldstudio.gui.review.heads import HEIGHT, Head, Heads, held_group
from weldstudio.gui.review.layout import GAP, Groups, Layout, layout_of
from weldstudio.gui.review.selection import Selection
from weldstudio.gui.review.thumbnails import Thumbnails
from weldstudio.gui.theme import theme

SMALLEST: Final = 96
LARGEST: Final = 384
_SETTLE_MS = 120
STALE: Final = 0.35
"""Opacity of a photograph that the filter would no longer show."""


class PhotoGrid(QAbstractScrollArea):
    """Shows photographs by id. `badges_of(ids)` is asked for those on screen; `name_of(id)` for tooltips;
    `head_of(id)` for what stands above a group that this photograph begins.
    """

    current_changed = Signal(object)
    """Photo id, or None when nothing is shown."""
    selection_changed = Signal()
    opened = Signal(int)
    """Photo id: show it large."""
    carried = Signal()
    """What is selected is being dragged out."""
    size_changed = Signal(int)
    """Another size of cells was asked for by Ctrl and the wheel, or by pinching."""

    def __init__(
        self,
        thumbs: Thumbnails,
        badges_of: Callable[[Ids], list[Badge]],
        name_of: Callable[[int], str],
        *,
        head_of: Callable[[int], Head] = lambda _photo: Head("", 0),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.thumbs = thumbs
        self.state = Selection()
        self.badges = BadgeCache(badges_of)
        self.heads = Heads(head_of)
        self._size = 160
        self._groups: Groups | None = None
        self._stale: frozenset[int] = frozenset()
        self._badge_painter = BadgePainter()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.ask)
        self.mouse = GridMouse(self, name_of)
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

    def show_ids(self, ids: Ids, starts: Ids | None = None) -> None:
        """Show these photographs in this order; selection and place stay as far as they can.

        `starts`: indexes of those that begin a group of their own, under a header.
        """
        before, selected = self.state.current_id, (self.state.count, len(self.state.hidden))
        offset = self._offset_of_current()
        self.state.show(ids)
        if starts is None or not len(starts):
            self._groups = None
        elif self._groups is None or not np.array_equal(self._groups.starts, starts):
            self._groups = Groups(starts, theme.px(HEIGHT))  # else its layout is known
        self.badges.forget(None)
        self.heads.forget()
        self._measure()
        if self.state.current is not None:
            # Where the eye rested stays where it was: the current photograph does not move on screen.
            top = self.layout_.cell(self.state.current)[1] - offset if offset is not None else 0
            self.verticalScrollBar().setValue(max(0, top))
            self._reveal()
        self.ask()
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
        self.badges.forget(photo_ids)
        if photo_ids is None:
            self.heads.forget()
            self.viewport().update()
            return
        if photo_ids:
            area = QRect(0, self.verticalScrollBar().value(), self.viewport().width(), self.viewport().height())
            for line in self.heads.renewed(self.layout_, self.state.ids, area):
                self.viewport().update(line)
        seen = self.visible() if photo_ids else range(0)
        for place, photo_id in enumerate(self.state.ids[seen.start : seen.stop].tolist()):
            if photo_id in photo_ids:
                self.viewport().update(self.cell_rect(seen.start + place).adjusted(-GAP, -GAP, GAP, GAP))

    @property
    def layout_(self) -> Layout:
        return layout_of(len(self.state.ids), self._size, self.viewport().width(), self._groups)

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
            self.move_to(index)

    def step(self, by: int) -> bool:
        """Go `by` photographs on or back; False at the end. A selection of several is left."""
        if self.state.current is None:
            return False
        index = self.state.current + by
        if not 0 <= index < len(self.state.ids):
            return False
        self.move_to(index)
        return True

    def move_to(self, index: int, *, extend: bool = False) -> None:
        """Make the photograph at `index` the current one; `extend`: select up to it."""
        self.change(lambda state: state.extend(index) if extend else state.go_to(index))
        self._reveal()

    def change(self, what: Callable[[Selection], bool]) -> None:
        """Do something to the selection, and say what became different."""
        before = self.state.current_id
        changed = what(self.state)
        self.viewport().update()
        if self.state.current_id != before:
            self.current_changed.emit(self.state.current_id)
        if changed:
            self.selection_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, at, layout = Qt.Key(event.key()), self.state.current, self.layout_
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            on = held_group(layout, self.state) is not None
            members = heading_target(key, at, layout=layout, on_heading=on)
            if members is not None:
                self.change(lambda state: state.choose(members, add=shift))
                self._reveal()
                return
        target = key_target(key, at, layout=layout, height=self.viewport().height())
        if target is None:
            super().keyPressEvent(event)
            return
        self.move_to(target, extend=shift)
        event.accept()

    # Scrolling and sizes

    def resizeEvent(self, event: QResizeEvent) -> None:
        old = layout_of(len(self.state.ids), self._size, event.oldSize().width(), self._groups)
        self._measure()
        if event.oldSize().width() > 0 and old.columns != self.layout_.columns and self.state.current is not None:
            # Rows break anew: keep what was at the top at the top.
            first = old.visible(self.verticalScrollBar().value(), 1)
            if len(first):
                self.verticalScrollBar().setValue(self.layout_.above(first[0]))
        self._settle.start(_SETTLE_MS)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()
        self.ask()

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
        if self.state.current is None or self.state.current not in self.visible():
            return None
        return self.layout_.cell(self.state.current)[1] - self.verticalScrollBar().value()

    def visible(self) -> range:
        return self.layout_.visible(self.verticalScrollBar().value(), self.viewport().height())

    def cell_rect(self, index: int) -> QRect:
        left, top, width, height = self.layout_.cell(index)
        return QRect(left, top - self.verticalScrollBar().value(), width, height)

    @property
    def box(self) -> QSize:
        """Of a thumbnail, in device pixels."""
        layout = self.layout_
        ratio = self.devicePixelRatioF()
        return QSize(round(layout.cell_width * ratio), round(layout.cell_height * ratio))

    def ask(self) -> None:
        """Want the thumbnails on screen, then a page below and a page above; whatever else was wanted is dropped."""
        if not self.isVisible():
            return
        seen = self.visible()
        page = len(seen)
        order = [*seen, *range(seen.stop, min(len(self.state.ids), seen.stop + page))]
        order += range(seen.start - 1, max(-1, seen.start - 1 - page), -1)
        self.thumbs.want("grid", (int(i) for i in self.state.ids[order]) if order else (), self.box)

    def _thumb_ready(self, photo_id: int) -> None:
        seen = self.visible()
        found = np.flatnonzero(self.state.ids[seen.start : seen.stop] == photo_id)
        if len(found):
            self.viewport().update(self.cell_rect(seen.start + int(found[0])))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._settle.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._measure()
        self._reveal()
        self.ask()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        dirty = event.rect()
        painter.fillRect(dirty, theme.colour("well"))
        top = self.verticalScrollBar().value()
        layout, box, state = self.layout_, self.box, self.state
        indexes = layout.visible(top + dirty.top(), dirty.height())
        ids = state.ids[indexes.start : indexes.stop].tolist()
        badges = self.badges.get(ids)
        focused, near = self.hasFocus(), dirty.adjusted(-GAP, -GAP, GAP, GAP)
        for index, photo_id, (left, cell_top, width, height) in zip(indexes, ids, layout.cells(indexes), strict=True):
            cell = QRect(left, cell_top - top, width, height)
            framed = index == state.current or state.is_selected(index)
            if not (near if framed else dirty).intersects(cell):
                continue
            stale = photo_id in self._stale
            if stale:
                painter.setOpacity(STALE)
            kept = self.thumbs.get(photo_id)
            picture = paint_photo(painter, cell, kept, box=box, problem=self.thumbs.problem(photo_id))
            self._badge_painter.paint(painter, picture, badges[photo_id], cell=cell)
            if stale:
                painter.setOpacity(1)
            if framed:
                paint_frame(painter, cell, current=focused and index == state.current)
        held = held_group(layout, state) if focused else None
        self.heads.paint(painter, dirty, layout, ids=state.ids, top=top, held=held)
        self.mouse.paint_band(painter, top)
        painter.end()
