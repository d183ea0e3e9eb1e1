"""How the large view is painted: the photo, what the overlay is called, why there is nothing to see."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QTransform

from weldstudio.gui.icons import pixmap
from weldstudio.gui.review.layer import Layer
from weldstudio.gui.review.pictures import Picture
from weldstudio.gui.review.viewport import Viewport
from weldstudio.gui.theme import theme

_PIXELS_FROM: Final = 4.0
"""From this zoom on single pixels are shown as squares, so that nothing is made up."""

NOTE_GAP: Final = 8
"""Between a note and the edges of the view."""


def paint_picture(painter: QPainter, view: QRect, place: Viewport, *, picture: Picture) -> None:
    """The part of a photo that the view shows; fitted, its ready rendering is laid down as it is."""
    rect = place.rect
    ratio = place.ratio
    size = QSize(round(rect.width() * ratio), round(rect.height() * ratio))
    if place.scale is None and _close(picture.fit.size(), size):
        fit = picture.fit
        fit.setDevicePixelRatio(ratio)
        painter.drawImage(rect.toRect().topLeft(), fit)
        return
    # Only what can be seen is drawn: a strong zoom on a large photo costs no more than a weak one.
    seen = rect.intersected(QRectF(view))
    if seen.isEmpty():
        return
    scale = picture.image.width() / rect.width()
    source = QRectF(
        (seen.left() - rect.left()) * scale,
        (seen.top() - rect.top()) * scale,
        seen.width() * scale,
        seen.height() * scale,
    )
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, place.used_scale * ratio < _PIXELS_FROM)
    painter.drawImage(seen, picture.image, source)


def paint_layer(painter: QPainter, place: Viewport, *, layer: Layer, opacity: float) -> None:
    """The overlay on the photo, and its contour."""
    frame = place.frame_rect(layer.frame)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, layer.smooth)
    painter.setClipRect(place.rect)
    painter.setOpacity(opacity)
    painter.drawImage(frame, layer.image, QRectF(layer.image.rect()))
    if layer.contour is not None:
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QTransform(frame.width(), 0, 0, frame.height(), frame.left(), frame.top()).map(layer.contour)
        # Light within dark, so that it is seen on any photo.
        for role, width in (("well", 4.0), ("on_well", 1.5)):
            painter.strokePath(line, QPen(theme.colour(role), width))
    painter.restore()


def paint_note(
    painter: QPainter, view: QRect, note: str, *, weak: bool = False, icon: str = "eye", top: int = NOTE_GAP
) -> int:
    """What the overlay or the photograph shows, at the left, `top` below the upper edge; `weak` greys it.

    Returns where the next one belongs.
    """
    font = theme.font("secondary", figures=True)
    metrics = QFontMetrics(font)
    # Whole, in as many lines as it needs: the number at its end is what one looks for.
    wrap = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
    side = theme.px(16)
    room = QRect(0, 0, max(80, view.width() - side - 36), view.height())
    text = metrics.boundingRect(room, wrap, note).size()
    chip = QRect(NOTE_GAP, top, text.width() + side + 20, text.height() + 8)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("veil"))
    painter.drawRoundedRect(chip, 4, 4)
    ratio = painter.device().devicePixelRatio()
    role = "on_well_secondary" if weak else "on_well"
    painter.drawPixmap(
        chip.left() + 8, chip.top() + 4 + (metrics.height() - side) // 2, pixmap(icon, role, side, ratio=ratio)
    )
    painter.setFont(font)
    painter.setPen(theme.colour(role))
    painter.drawText(chip.adjusted(side + 12, 0, -7, 0), wrap, note)
    return chip.bottom() + 1 + NOTE_GAP // 2


def paint_frame(painter: QPainter, view: QRect, *, strong: bool) -> None:
    """Round the view that is worked on; `strong` where the keyboard is."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme.colour("well_accent"))
    for inset in range(3 if strong else 1):
        painter.drawRect(view.adjusted(inset, inset, -1 - inset, -1 - inset))


def paint_problem(painter: QPainter, view: QRect, sentence: str) -> None:
    """Why there is no photo, in the middle."""
    middle = view.center()
    side = theme.px(32)
    icon = pixmap("warning", "well_disagreement", side, ratio=painter.device().devicePixelRatio())
    painter.drawPixmap(middle.x() - side // 2, middle.y() - side - 16, icon)
    painter.setFont(theme.font("body"))
    painter.setPen(theme.colour("on_well"))
    room = QRect(24, middle.y(), view.width() - 48, view.height() // 2)
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
    painter.drawText(room, flags, sentence)


def _close(one: QSize, other: QSize) -> bool:
    """Equal but for rounding."""
    return abs(one.width() - other.width()) <= 1 and abs(one.height() - other.height()) <= 1
