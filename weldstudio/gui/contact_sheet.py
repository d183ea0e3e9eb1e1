"""Contact sheets painted: onto a PDF, a printer, or a picture of one page. Any thread; needs no window."""

import math
import secrets
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import PhotoError
from weldstudio.gui.palette import LIGHT, ROLES
from weldstudio.gui.review.pictures import as_image
from weldstudio.imaging.read import read_photo
from weldstudio.studio.placing import ExportRefused, disk_refused
from weldstudio.studio.sheets import Entry, Sheet

PAPERS: Final = {"a4": QPageSize.PageSizeId.A4, "letter": QPageSize.PageSizeId.Letter}
_MARGIN: Final = 28.0
"""All lengths are in points, 1/72 inch."""
_GAP: Final = 8.0
_HEAD: Final = 22.0
_LINE: Final = 9.0
_DPI: Final = 200
"""Of the photographs on paper."""
_LATIN: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything lies on a page of this size."""

    paper: QSizeF
    columns: int
    rows: int
    cell: QSizeF
    picture: float
    """Height of the pictures."""
    pages: int

    def place(self, number: int) -> QRectF:
        """The cell of the photo that is the `number`th on its page."""
        row, column = divmod(number, self.columns)
        left = _MARGIN + column * (self.cell.width() + _GAP)
        top = _MARGIN + _HEAD + row * (self.cell.height() + _GAP)
        return QRectF(left, top, self.cell.width(), self.cell.height())

    @property
    def per_page(self) -> int:
        return self.columns * self.rows


def plan(sheet: Sheet, paper: QSizeF) -> Plan:
    """Lay a sheet out on paper (points)."""
    wide = (paper.width() - 2 * _MARGIN - (sheet.columns - 1) * _GAP) / sheet.columns
    picture = wide * 3 / 4
    high = picture + sheet.captions.lines * _LINE + (3 if sheet.captions.lines else 0)
    rows = max(1, int((paper.height() - 2 * _MARGIN - _HEAD + _GAP) // (high + _GAP)))
    pages = math.ceil(len(sheet.entries) / (sheet.columns * rows))
    return Plan(paper, sheet.columns, rows, QSizeF(wide, high), picture, pages)


def paper_of(name: str, *, across: bool) -> QPageLayout:
    """A page layout without margins by the paper's name, a key of `PAPERS`."""
    turned = QPageLayout.Orientation.Landscape if across else QPageLayout.Orientation.Portrait
    return QPageLayout(QPageSize(PAPERS[name]), turned, QMarginsF())


def write_pdf(sheet: Sheet, file: Path, layout: QPageLayout) -> Generator[Progress, None, int]:
    """Write a sheet as a PDF, whole or not at all; returns the number of pages. Raises ExportRefused."""
    if QGuiApplication.instance() is None:
        # Text needs an application; it is kept, as Qt allows one alone.
        write_pdf.application = QGuiApplication(["weldstudio", "-platform", "offscreen"])  # type: ignore[attr-defined]
    if file.is_dir():
        raise ExportRefused(f"{file} is a folder; name a file.")
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        part.touch(exist_ok=False)
        writer = QPdfWriter(str(part))
        writer.setResolution(_DPI)
        writer.setPageLayout(layout)
        writer.setTitle(sheet.title)
        writer.setCreator("weldstudio")
        pages = yield from paint(sheet, writer)
        if not part.stat().st_size:
            raise ExportRefused(f"{file} cannot be written; nothing was left there.")
        part.replace(file)
    except OSError as error:
        raise disk_refused(file, error) from error
    finally:
        part.unlink(missing_ok=True)
    return pages


def paint(sheet: Sheet, device: QPagedPaintDevice) -> Generator[Progress, None, int]:
    """Paint all pages onto a printer or into a PDF; returns their number."""
    paper = QSizeF(device.pageLayout().fullRectPoints().size())
    laid = plan(sheet, paper)
    painter = QPainter(device)
    try:
        scale = device.logicalDpiX() / 72
        done = 0
        for page in range(laid.pages):
            if page:
                device.newPage()
            painter.resetTransform()
            painter.scale(scale, scale)
            for _ in paint_page(painter, sheet, laid, page, dpi=_DPI):
                done += 1
                yield Progress(done, len(sheet.entries), "Printing the contact sheet")
    finally:
        painter.end()
    return laid.pages


def paint_page(painter: QPainter, sheet: Sheet, laid: Plan, page: int, *, dpi: float) -> Iterator[None]:
    """Paint one page, photo by photo, with a painter whose unit is the point."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    _paint_head(painter, sheet, laid, page)
    first = page * laid.per_page
    for number, entry in enumerate(sheet.entries[first : first + laid.per_page]):
        _paint_entry(painter, entry, laid.place(number), laid.picture, longest=round(laid.cell.width() / 72 * dpi))
        yield


def picture_of(sheet: Sheet, layout: QPageLayout, *, width: int) -> QImage:
    """The first page as a picture so many pixels wide."""
    laid = plan(sheet, QSizeF(layout.fullRectPoints().size()))
    scale = width / laid.paper.width()
    image = QImage(width, round(laid.paper.height() * scale), QImage.Format.Format_RGB32)
    image.fill(QColor(ROLES["surface"][LIGHT]))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    for _ in paint_page(painter, sheet, laid, 0, dpi=72 * scale):
        pass
    painter.end()
    return image


def _paint_head(painter: QPainter, sheet: Sheet, laid: Plan, page: int) -> None:
    line = QRectF(_MARGIN, _MARGIN, laid.paper.width() - 2 * _MARGIN, _HEAD - _GAP)
    number = f"{page + 1} of {laid.pages}"
    painter.setFont(_font(8))
    painter.setPen(_colour("secondary"))
    painter.drawText(line, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), number)
    painter.setFont(_font(9, bold=True))
    painter.setPen(_colour("text"))
    room = line.width() - QFontMetricsF(_font(8)).horizontalAdvance(number) - 2 * _GAP
    painter.drawText(line, _LATIN, _elided(sheet.title, room, _font(9, bold=True)))


def _paint_entry(painter: QPainter, entry: Entry, cell: QRectF, high: float, *, longest: int) -> None:
    box = QRectF(cell.left(), cell.top(), cell.width(), high)
    try:
        image = as_image(read_photo(entry.file, longest=max(8, longest)))
    except PhotoError as error:
        painter.fillRect(box, _colour("hover"))
        painter.setFont(_font(6))
        painter.setPen(_colour("secondary"))
        painter.drawText(box.adjusted(4, 4, -4, -4), int(Qt.TextFlag.TextWrapAnywhere), str(error))
    else:
        size = QSizeF(image.size()).scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        there = QRectF(box.center().x() - size.width() / 2, box.center().y() - size.height() / 2, 0, 0)
        there.setSize(size)
        painter.drawImage(there, image)
    for number, text in enumerate(entry.lines):
        font = _font(7, bold=number == 0)
        line = QRectF(cell.left(), box.bottom() + 3 + number * _LINE, cell.width(), _LINE)
        painter.setFont(font)
        painter.setPen(_colour("text" if number == 0 else "secondary"))
        painter.drawText(line, _LATIN, _elided(text, cell.width(), font))


def _font(points: int, *, bold: bool = False) -> QFont:
    font = QFont(QGuiApplication.font())
    # The painter's unit is the point, which the font takes for a pixel.
    font.setPixelSize(points)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def _elided(text: str, room: float, font: QFont) -> str:
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideMiddle, room)


def _colour(role: str) -> QColor:
    """Paper is light in both themes."""
    return QColor(ROLES[role][0])
