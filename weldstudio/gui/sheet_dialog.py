"""Printing a contact sheet: which photographs, how many side by side, on which paper; the first page is shown."""

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPixmap
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QWidget

from weldstudio.domain.changes import Progress
from weldstudio.gui import contact_sheet
from weldstudio.gui.background import Background
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.review.form_dialog import FormDialog, whole
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
from weldstudio.gui.theme import theme
from weldstudio.gui.words import counted
from weldstudio.studio.sheets import COLUMNS, Captions, Sheet, sheet

_PREVIEW: Final = 200
"""Width of the page shown, in pixels."""
_PAPERS: Final = {
    "A4, upright": ("a4", False),
    "A4, across": ("a4", True),
    "Letter, upright": ("letter", False),
    "Letter, across": ("letter", True),
}
_CAPTIONS: Final = {
    "File name, joint and labels": Captions.LABELS,
    "File name": Captions.NAME,
    "Nothing": Captions.NONE,
}


class SheetDialog(FormDialog):
    """`sheet()` and `layout_()` say what is wanted; `to_file` whether as a PDF or on a printer."""

    def __init__(self, session: Session, veil: Veil, parent: QWidget, *, title: str) -> None:
        self._session, self._veil, self._title = session, veil, title
        self._shown = session.shown()
        self.which, self.columns = QComboBox(), whole(COLUMNS, 1, 12)
        self.which.addItem(f"The {counted(len(self._shown), 'photograph')} shown", False)
        if session.selection:
            self.which.addItem(f"The {counted(len(session.selection), 'selected photograph')}", True)
            self.which.setCurrentIndex(int(len(session.selection) > 1))
        self.paper, self.captions, self.to = QComboBox(), QComboBox(), QComboBox()
        self.paper.addItems(list(_PAPERS))
        self.captions.addItems(list(_CAPTIONS))
        self.to.addItem("A file (PDF)", True)
        if _printing() is not None:
            self.to.addItem("A printer", False)
        self.page = QLabel()
        self.page.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.page.setFixedHeight(theme.px(_PREVIEW) * 3 // 2)
        self._painting = Background(self.page)
        super().__init__(
            "Print a contact sheet",
            [
                ("&Photographs", self.which),
                ("&Side by side", self.columns),
                ("P&aper", self.paper),
                ("&Under each", self.captions),
                ("&To", self.to),
            ],
            button="Print…",
            say=self._say,
            below=self.page,
            parent=parent,
        )
        help_by_key(self, "review")

    def sheet(self) -> Sheet:
        """What is to be printed. Raises EditRefused where nothing is."""
        mirror = self._session.mirror
        ids = self._session.selection if self.which.currentData() else self._shown
        rows = mirror.rows(ids)
        return sheet(
            mirror,
            rows,
            title=self._title,
            columns=self.columns.value(),
            captions=_CAPTIONS[self.captions.currentText()],
            bare=self._veil.owed(rows) if self._veil.active else None,
        )

    def layout_(self) -> QPageLayout:
        """The paper."""
        name, across = _PAPERS[self.paper.currentText()]
        return contact_sheet.paper_of(name, across=across)

    @property
    def to_file(self) -> bool:
        return bool(self.to.currentData())

    def _say(self) -> str:
        made, layout = self.sheet(), self.layout_()
        laid = contact_sheet.plan(made, QSizeF(layout.fullRectPoints().size()))
        width = theme.px(_PREVIEW)
        self._painting.ask(lambda: contact_sheet.picture_of(made, layout, width=width), self._show)
        return f"{counted(len(made.entries), 'photograph')} on {counted(laid.pages, 'page')}."

    def _show(self, image: QImage | None, error: Exception | None) -> None:
        if error is not None:
            raise error
        if image is not None:
            self.page.setPixmap(QPixmap.fromImage(image))


def print_sheet(session: Session, veil: Veil, parent: QWidget, *, title: str) -> None:
    """Ask what to print, then print it as work that can be cancelled."""
    dialog = SheetDialog(session, veil, parent, title=title)
    if not dialog.exec():
        return
    made, layout = dialog.sheet(), dialog.layout_()
    if dialog.to_file:
        start = str(session.folder.parent / f"{session.folder.name}.pdf")
        file = QFileDialog.getSaveFileName(parent, "Print into a file", start, "PDF (*.pdf)")[0]
        if file:
            work = session.start_work("Printing the contact sheet", _to_file, made, Path(file), layout)
            work.finished.connect(lambda pages: session.tell(f"{counted(pages, 'page')} written to {file}."))
        return
    printing = _printing()
    if printing is None:
        return
    printer = printing.QPrinter()
    printer.setFullPage(True)
    printer.setPageLayout(layout)
    if printing.QPrintDialog(printer, parent).exec():
        work = session.start_work("Printing the contact sheet", _to_printer, made, printer)
        work.finished.connect(lambda pages: session.tell(f"{counted(pages, 'page')} sent to the printer."))


def _printing() -> Any:
    """Qt's printing, which not every system has the libraries for; None without."""
    try:
        from PySide6 import QtPrintSupport
    except ImportError:
        return None
    return QtPrintSupport


# On the store thread, which only lends its time


def _to_file(_store: Any, made: Sheet, file: Path, layout: QPageLayout) -> Generator[Progress, None, int]:
    return (yield from contact_sheet.write_pdf(made, file, layout))


def _to_printer(_store: Any, made: Sheet, printer: Any) -> Generator[Progress, None, int]:
    return (yield from contact_sheet.paint(made, printer))
