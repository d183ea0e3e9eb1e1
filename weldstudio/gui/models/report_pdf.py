"""A report on pages: its HTML, which no text document of Qt's lays out as it stands, turned into one that does.

Grids become tables, drawings become pictures. Nothing else of the page is changed, so that both say the same.
"""

import base64
import os
import re
import sys
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QMarginsF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextTable,
)
from PySide6.QtSvg import QSvgRenderer

WIDTH: Final = 760
"""Of a page's text, in pixels at 96 dots per inch."""
SHARP: Final = 3
"""Pixels of a drawing for each of the page's."""
DOTS: Final = 96
ACROSS: Final = {"tiles": 3, "flag": 4, "pair": 2, "errors": 4}
"""Grids, by their class, with how many stand side by side."""
_FIGURE: Final = re.compile(r"[\d.]+( to [\d.]+)? %")
"""What is never broken between two lines."""
_VOID: Final = frozenset({"img", "br", "meta", "rect", "line", "circle", "polyline"})
_STYLE: Final = """
body { font-family: sans-serif; font-size: 9pt; color: #1B1E22; }
h1 { font-size: 17pt; } h2 { font-size: 12pt; } h3 { font-size: 9pt; }
td, th { padding: 2px 5px; } th { color: #5B636D; font-weight: normal; font-size: 8pt; }
.quiet, .small, .key, figcaption, dt { color: #5B636D; font-size: 8pt; }
.big { font-size: 16pt; font-weight: bold; }
.few { color: #9AA1A9; } .note { color: #9A4A06; } .wrong, .missed { color: #B3261E; }
.right, .alarm { color: #146C43; } .line { color: #0072B2; } .other { color: #B45F06; }
"""
_DRAWN: Final = """
text { font-size: 10px; fill: #5B636D; font-family: sans-serif; }
.axis { stroke: #D9DDE1; fill: none; } .chance { stroke: #9AA1A9; stroke-dasharray: 3 3; fill: none; }
.curve { stroke: #0072B2; stroke-width: 1.8; fill: none; }
.other { stroke: #B45F06; stroke-width: 1.5; stroke-dasharray: 5 3; fill: none; }
.dot { fill: #0072B2; } .whisker { stroke: #0072B2; stroke-width: 1.5; } .track { fill: #DDE1E5; }
.few { opacity: .35; }
"""


@dataclass(slots=True)
class _Part:
    """An element of the page."""

    tag: str
    given: dict[str, str] = field(default_factory=dict)
    inside: "list[_Part | str]" = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.given.get("class", "")


class _Reader(HTMLParser):
    """The page as a tree; what was written by `studio.report_page` is well formed."""

    def __init__(self) -> None:
        super().__init__()
        self.root = _Part("page")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        part = _Part(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(part)
        if tag not in _VOID:
            self._open.append(part)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(_Part(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


class _Pages:
    """Writes the tree as HTML that a text document lays out, with its pictures as resources of that."""

    def __init__(self, document: QTextDocument) -> None:
        self._document, self._pictures = document, 0

    def text(self, part: "_Part | str", width: int = WIDTH) -> str:
        if isinstance(part, str):
            return escape(_FIGURE.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), part))
        if part.tag in ("head", "style"):
            return ""
        if part.tag == "svg":
            return self._drawing(part, 72 if part.kind == "bar" else width)
        if part.tag == "img":
            return self._photo(part, width)
        if part.kind in ACROSS:
            return self._grid(part, width)
        if part.tag == "dl":
            return self._list(part)
        inside = self._within(part, width)
        match part.tag:
            case "section":
                return f"<hr>{inside}"
            case "main" | "body" | "html" | "page":
                return inside
            case "figure":
                return f"<div>{inside}</div>"
            case "figcaption":
                return f'<div class="figcaption quiet">{inside}</div>'
            case "small":
                return f'<br><span class="small">{inside}</span>'
            case "i":
                return f'<span class="line {part.kind}">{"- - " if part.kind else "— "}</span>'
            case "table":
                return f'<table width="100%" cellspacing="0">{inside}</table>'
            case "td" | "th":
                first = "left" if "words" in part.kind or self._leads(part) else "right"
                wide = ' width="18%"' if self._leads(part) else ""
                return f'<{part.tag} align="{first}" class="{part.kind}"{wide}>{inside}</{part.tag}>'
        kind = f' class="{part.kind}"' if part.kind else ""
        return f"<{part.tag}{kind}>{inside}</{part.tag}>"

    def _within(self, part: _Part, width: int = WIDTH) -> str:
        return "".join(self.text(one, width) for one in part.inside)

    def _leads(self, part: _Part) -> bool:
        """Whether a cell is the first of its row."""
        return part.given.get("data-first", "") == "yes"

    def _grid(self, part: _Part, width: int) -> str:
        cells = [one for one in part.inside if isinstance(one, _Part)]
        across = ACROSS[part.kind]
        each = width // across
        rows = []
        for start in range(0, len(cells), across):
            row = "".join(
                f'<td width="{100 // across}%" align="left" valign="top">{self._cell(one, each)}</td>'
                for one in cells[start : start + across]
            )
            rows.append(f'<table width="100%" cellpadding="4"><tr>{row}</tr></table>')  # each kept on one page
        return "".join(rows)

    def _cell(self, part: _Part, width: int) -> str:
        """A tile's figure stands above its words."""
        if part.inside and isinstance(part.inside[0], _Part) and part.inside[0].tag == "b":
            said = "".join(self.text(one, width) for one in part.inside[1:])
            return f'<div class="big">{self._within(part.inside[0])}</div><div class="quiet">{said}</div>'
        return self.text(part, width - 12)

    def _list(self, part: _Part) -> str:
        parts = [one for one in part.inside if isinstance(one, _Part)]
        rows = [
            f'<tr><td class="quiet" width="30%" align="left">{self._within(name)}</td>'
            f'<td align="left">{self._within(value)}</td></tr>'
            for name, value in zip(parts[::2], parts[1::2], strict=True)
        ]
        return f'<table width="100%">{"".join(rows)}</table>'

    def _drawing(self, part: _Part, width: int) -> str:
        left, top, wide, high = (float(n) for n in part.given["viewbox"].split())
        text = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {wide} {high}"><style>{_DRAWN}</style>'
            f"{''.join(map(_plain, part.inside))}</svg>"
        )
        width = min(width, round(wide * 1.4))
        height = round(width * high / wide)
        image = QImage(width * SHARP, height * SHARP, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        QSvgRenderer(QByteArray(text.encode())).render(painter)
        painter.end()
        return self._picture(image, width, height)

    def _photo(self, part: _Part, width: int) -> str:
        data = part.given.get("src", "").partition("base64,")[2]
        image = QImage.fromData(base64.b64decode(data))
        if image.isNull():
            return ""
        return self._picture(image, width, round(width * image.height() / image.width()))

    def _picture(self, image: QImage, width: int, height: int) -> str:
        self._pictures += 1
        name = f"picture:{self._pictures}"
        self._document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), image)
        return f'<img src="{name}" width="{width}" height="{height}">'


def laid_out(html: str) -> QTextDocument:
    """The report as a document. Needs a QGuiApplication."""
    reader = _Reader()
    reader.feed(_marked(html))
    document = QTextDocument()
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(f"<html><body>{_Pages(document).text(reader.root)}</body></html>")
    return document


def write(html: str, file: Path) -> None:
    """The report as PDF on A4. Needs a QGuiApplication. Raises OSError where it cannot be written."""
    document = laid_out(html)
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(b"")  # says at once where nothing can be written
    writer = QPdfWriter(str(part))
    writer.setResolution(DOTS)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(12, 12, 12, 14))
    )
    found = re.search("<title>(.*?)</title>", html)
    writer.setTitle(found[1] if found else "Report")
    document.documentLayout().setPaintDevice(writer)
    document.setPageSize(QSizeF(writer.width(), writer.height()))
    _keep_together(document)
    document.print_(writer)
    del writer
    if not part.stat().st_size:
        part.unlink()
        raise OSError("nothing was written")
    part.replace(file)


def _keep_together(document: QTextDocument) -> None:
    """Tables of one row that would be cut by the end of a page begin the next one, with the heading right above."""
    high = document.pageSize().height()
    tables = [one for one in document.rootFrame().childFrames() if isinstance(one, QTextTable) and one.rows() == 1]
    for table in tables:
        box = document.documentLayout().frameBoundingRect(table)
        if int(box.top() // high) == int((box.bottom() - 1) // high) or box.height() > high:
            continue
        above = document.findBlock(table.firstPosition() - 1)
        heading = next((one for one in (above, above.previous()) if one.blockFormat().headingLevel() == 2), None)
        if heading is not None:
            cursor, shape = QTextCursor(heading), heading.blockFormat()
            shape.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            cursor.setBlockFormat(shape)
        else:
            frame = table.format().toTableFormat()
            frame.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            table.setFormat(frame)


def main(words: list[str]) -> int:
    """Of a child: the page's file and the one to write. What goes wrong is the last line of stderr."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QGuiApplication([])
    page, target = map(Path, words)
    try:
        write(page.read_text("utf-8"), target)
    except OSError as error:
        sys.stderr.write(f"{error.strerror or error}\n")
        return 1
    finally:
        del app
    return 0


def _marked(html: str) -> str:
    """The first cell of each row says so: it holds a name and stands at the left."""
    return re.sub(r"(<tr[^>]*>\s*<t[dh])", r'\1 data-first="yes"', html)


def _plain(part: "_Part | str") -> str:
    """As it was written."""
    if isinstance(part, str):
        return escape(part)
    given = "".join(f' {name}="{escape(value)}"' for name, value in part.given.items())
    return f"<{part.tag}{given}>{''.join(map(_plain, part.inside))}</{part.tag}>"
