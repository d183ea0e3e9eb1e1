"""One photograph, large: where it lies, and the overlay of a flag drawn over it. Zoomed and moved by `photo_hand`."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from weldstudio.gui.review.layer import Layer
from weldstudio.gui.review.photo_hand import PhotoHand
from weldstudio.gui.review.photo_painting import (
    NOTE_GAP,
    paint_frame,
    paint_layer,
    paint_note,
    paint_picture,
    paint_problem,
)
from weldstudio.gui.review.pictures import Picture
from weldstudio.gui.review.viewport import Viewport
from weldstudio.gui.theme import theme

_SETTLE_MS = 150


class PhotoView(QWidget):
    """Paints what it is given; asks by signals. Zoom and place stay from photo to photo until it is fitted again."""

    box_changed = Signal()
    """The view has another size (`box`): pictures should be made for that."""
    whole_wanted = Signal()
    """The zoom shows more detail than the picture has."""
    closed = Signal()
    """Double click: back to the grid, or on to this photograph."""
    carried = Signal()
    """It is dragged out of the window."""
    moved = Signal()
    """Somebody has zoomed or moved the photograph: `place` is another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.photo_id: int | None = None
        self._picture: Picture | None = None
        self._stand_in: QPixmap | None = None
        self._problem = ""
        self._place = Viewport(QSizeF(1, 1), QSize(0, 0))
        self._layer: Layer | None = None
        self.opacity = 0.6
        self._caption = ""
        self._framed = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.box_changed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 120)
        self.setAccessibleName("Photograph")
        self._hand = PhotoHand(self)

    # What is shown

    def show_photo(self, photo_id: int | None, stand_in: QPixmap | None = None) -> None:
        """Another photo; until its picture is given, `stand_in` (a thumbnail) is shown in its place."""
        self.photo_id = photo_id
        self._picture, self._stand_in, self._problem = None, stand_in, ""
        self._layer = None
        if stand_in is not None:
            self._measure(stand_in.size())
        self.update()

    def show_picture(self, picture: Picture) -> None:
        self._picture, self._problem = picture, ""
        self._measure(picture.full)
        self.update()

    def shows(self, picture: Picture) -> bool:
        """Whether this very picture is on screen."""
        return self._picture is picture

    def show_problem(self, sentence: str) -> None:
        """The photo cannot be shown."""
        self._problem, self._picture, self._stand_in, self._layer = sentence, None, None, None
        self.update()

    def show_layer(self, layer: Layer | None) -> None:
        """Over the photo, until another is shown."""
        self._layer = layer
        self.update()

    def set_caption(self, caption: str, *, framed: bool = False) -> None:
        """A word in the corner of one of several views, and a frame round the one that is worked on."""
        self._caption, self._framed = caption, framed
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """Of the overlay, 0 to 1; `opacity` holds it."""
        self.opacity = opacity
        self.update()

    @property
    def box(self) -> QSize:
        """The view in device pixels."""
        ratio = self.devicePixelRatioF()
        return QSize(max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))

    @property
    def place(self) -> Viewport:
        """Where the photo lies."""
        return self._place

    # Zoom

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        self.lie(self._place.zoomed(factor, at if at is not None else QPointF(self.rect().center())))

    def pan_by(self, by: QPointF) -> None:
        self.lie(self._place.panned(by))

    def fit(self) -> None:
        self.lie(replace(self._place, scale=None, across=0.5, down=0.5))

    def actual(self, at: QPointF | None = None) -> None:
        """One of the photo's pixels on one of the screen's; about the cursor if that is on the photo."""
        if at is None:
            cursor = QPointF(self.mapFromGlobal(self.cursor().pos()))
            at = cursor if self.rect().contains(cursor.toPoint()) else QPointF(self.rect().center())
        self.lie(self._place.scaled(self._place.actual_scale, at))

    def follow(self, other: Viewport) -> None:
        """Show the part that another view shows of its photograph."""
        self._take(self._place.like(other))

    def lie(self, place: Viewport) -> None:
        """Have the photograph lie so; others are told."""
        self._take(place)
        self.moved.emit()

    def _take(self, place: Viewport) -> None:
        self._place = place
        if self._picture is not None and self._lacks_detail():
            self.whole_wanted.emit()
        self.show_cursor()
        self.update()

    def _lacks_detail(self) -> bool:
        assert self._picture is not None
        have = self._picture.image.width() / max(1, self._picture.full.width())
        return have < 1 and self._place.used_scale * self._place.ratio > have * 1.01

    def _measure(self, size: QSize) -> None:
        ratio = self.devicePixelRatioF()
        old = self._place
        scale = old.scale
        if scale is not None and old.photo != size and not old.photo.isEmpty():
            # The same part of another photo: the zoom counts against the whole picture.
            scale = scale * old.photo.width() / size.width()
        self._place = replace(old, view=QSizeF(self.size()), photo=size, ratio=ratio, scale=scale).held()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place = replace(self._place, view=QSizeF(self.size()), ratio=self.devicePixelRatioF()).held()
        if self.isVisible():
            self._settle.start(_SETTLE_MS)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._settle.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._settle.start(0)

    @property
    def overflows(self) -> bool:
        """Whether a part of the photograph is out of sight."""
        rect = self._place.rect
        return rect.width() > self.width() + 1 or rect.height() > self.height() + 1

    def show_cursor(self) -> None:
        """A hand where there is something to move."""
        if self._hand.dragging and self.overflows:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self.overflows:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour("well"))
        note = self._layer if self._picture is not None and self._layer is not None and self._layer.note else None
        if self._problem:
            paint_problem(painter, self.rect(), self._problem)
        elif self._picture is not None:
            paint_picture(painter, self.rect(), self._place, picture=self._picture)
            if self._layer is not None:
                paint_layer(painter, self._place, layer=self._layer, opacity=self.opacity)
        elif self._stand_in is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(self._place.rect, self._stand_in, QRectF(self._stand_in.rect()))
        top = NOTE_GAP
        if self._caption:
            top = paint_note(painter, self.rect(), self._caption, icon="photo")
        if note is not None:
            paint_note(painter, self.rect(), note.note, weak=note.weak, top=top)
        if self._framed or self._hand.ring:
            paint_frame(painter, self.rect(), strong=self._hand.ring)
        painter.end()
