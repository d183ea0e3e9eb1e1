"""How one cell of the grid is painted: photograph, placeholder, frame."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QTextOption

from weldstudio.gui.icons import pixmap
from weldstudio.gui.review.layout import GAP
from weldstudio.gui.review.pixmap_cache import Kept
from weldstudio.gui.theme import theme


def paint_photo(painter: QPainter, cell: QRect, kept: Kept | None, *, box: QSize, problem: str | None) -> QRect:
    """The thumbnail in the middle of its cell, or why there is none; returns where the picture lies.

    A thumbnail made for another `box` (device pixels) is stretched until the right one is there.
    """
    if kept is None or problem is not None:
        _paint_missing(painter, cell, problem)
        return cell
    ratio = painter.device().devicePixelRatio()
    size = kept.pixmap.size() / ratio
    exact = kept.box == box
    if not exact:
        size = size.scaled(cell.size(), Qt.AspectRatioMode.KeepAspectRatio)
    picture = QRect(
        cell.left() + max(0, (cell.width() - size.width()) // 2),
        cell.top() + max(0, (cell.height() - size.height()) // 2),
        size.width(),
        size.height(),
    )
    if exact and ratio == 1:
        painter.drawPixmap(picture.topLeft(), kept.pixmap)
    else:
        painter.drawPixmap(picture, kept.pixmap)
    return picture


def _paint_missing(painter: QPainter, cell: QRect, problem: str | None) -> None:
    painter.fillRect(cell, theme.colour("on_well", alpha=0.06))
    if problem is None:
        return
    side = theme.px(20)
    icon = pixmap("warning", "well_disagreement", side, ratio=painter.device().devicePixelRatio())
    painter.drawPixmap(cell.topLeft() + QPoint(8, 8), icon)
    painter.setFont(theme.font("secondary"))
    painter.setPen(theme.colour("on_well_secondary"))
    room = cell.adjusted(8, side + 12, -8, -8)
    painter.save()
    painter.setClipRect(room)
    # Between words where there are any; a long file name alone is broken anywhere.
    wrap = QTextOption(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    wrap.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    painter.drawText(QRectF(room), problem, wrap)
    painter.restore()


def paint_frame(painter: QPainter, cell: QRect, *, current: bool) -> None:
    """The frame of a selected photograph, outside of it; `current`: a thin line inside as well, where the keys are."""
    accent = theme.colour("well_accent")
    for side in (
        QRect(cell.left() - GAP, cell.top() - GAP, cell.width() + 2 * GAP, GAP),
        QRect(cell.left() - GAP, cell.bottom() + 1, cell.width() + 2 * GAP, GAP),
        QRect(cell.left() - GAP, cell.top(), GAP, cell.height()),
        QRect(cell.right() + 1, cell.top(), GAP, cell.height()),
    ):
        painter.fillRect(side, accent)
    if current:
        painter.setPen(QPen(theme.colour("on_well"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(cell.adjusted(0, 0, -1, -1))
