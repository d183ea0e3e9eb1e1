"""F1: the pages of `resources/help`, read inside the window, with a list of them at the left."""

from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QImage, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from weldstudio import paths
from weldstudio.gui.style_sheet import set_size
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme

PAGES = {
    "welcome": "First steps",
    "review": "Review",
    "flags": "Flags",
    "train": "Train",
    "models": "Models",
    "learning": "The fast loop",
    "quality": "Quality",
    "collections": "Collections",
    "desks": "Safe, and shared",
    "keys": "Keys",
    "changes": "What is new",
}

_HEADINGS = {1: "page", 2: "section", 3: "body"}
_ABOVE = {1: 0, 2: GROUP, 3: GAP}
"""Pixels above a heading, by level."""


class _Pages(QTextBrowser):
    """Shows pictures as wide as the text; they are screens of the program, so twice as large as there is room for."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        image = QImage(self.document().baseUrl().resolved(QUrl(name)).toLocalFile())
        if image.isNull():
            return image
        ratio = self.devicePixelRatioF()
        room = round((self.viewport().width() - 2 * EDGE) * ratio)
        image = image.scaledToWidth(max(1, min(image.width(), room)), Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
        return image


class HelpViewer(QDialog):
    """A window of its own beside the work; `show_page` turns to a page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Help")
        self.list = QListWidget()
        self.list.setFixedWidth(theme.px(160))
        self.list.setAccessibleName("Pages of the help")
        self.text = _Pages()
        self.text.setOpenLinks(False)
        self.text.setOpenExternalLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.document().setDocumentMargin(EDGE)
        for name, title in PAGES.items():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(0, theme.row_height))
            self.list.addItem(item)
        self.list.currentItemChanged.connect(self._turn)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        layout.setSpacing(GROUP)
        layout.addWidget(self.list)
        layout.addWidget(self.text, 1)
        set_size(self, theme.px(820), theme.px(620))
        theme.changed.connect(self._reread)

    @property
    def page(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else item.data(Qt.ItemDataRole.UserRole)

    def show_page(self, name: str) -> None:
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == name:
                self.list.setCurrentRow(row)

    def _turn(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._read(item.data(Qt.ItemDataRole.UserRole))

    def _read(self, name: str) -> None:
        text = (paths.resources() / "help" / f"{name}.md").read_text(encoding="utf-8")
        document = self.text.document()
        document.setBaseUrl(QUrl.fromLocalFile(str(paths.resources() / "help") + "/"))
        document.setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        set_type(document)
        self.text.moveCursor(self.text.textCursor().MoveOperation.Start)

    def _reread(self) -> None:
        if self.page:
            self._read(self.page)

    def _follow(self, link: QUrl) -> None:
        """A link to another page turns to it; nothing of the help leads out of the program."""
        self.show_page(link.fileName().removesuffix(".md"))


def set_type(document: QTextDocument) -> None:
    """Give a page read from markdown the program's sizes, and room between its paragraphs."""
    whole = QTextCursor(document)
    whole.beginEditBlock()  # else the document is laid out anew at every paragraph, which takes seconds
    block = document.begin()
    while block.isValid():
        cursor = QTextCursor(block)
        level = block.blockFormat().headingLevel()
        shape = block.blockFormat()
        in_table = cursor.currentTable() is not None
        shape.setTopMargin(_ABOVE.get(level, 0) if not in_table else 4)
        shape.setBottomMargin(4 if in_table or block.textList() is not None else GAP)
        cursor.setBlockFormat(shape)
        if level:
            letters = QTextCharFormat()
            letters.setFont(theme.font(_HEADINGS.get(level, "body"), bold=True))
            cursor.movePosition(cursor.MoveOperation.EndOfBlock, cursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(letters)
        table = cursor.currentTable()
        if table is not None and not table.format().bottomMargin():
            frame = table.format()
            frame.setCellPadding(4)
            frame.setBorder(0)  # of Qt's own frame only two sides would be painted
            frame.setBottomMargin(GROUP)
            table.setFormat(frame)
        block = block.next()
    whole.endEditBlock()
