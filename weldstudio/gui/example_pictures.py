"""Example photos of a flag as small pictures in a row: typical ones, and ones that only look like it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImageReader, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme

if TYPE_CHECKING:
    from weldstudio.studio.examples import Shown

SIZE: Final = QSize(104, 78)
TYPICAL, LOOK_ALIKE = "Typical", "Looks like it, but is not"


class ExamplePictures(QWidget):
    """Two groups of pictures side by side, each with its heading; at most `most` of each."""

    opened = Signal(int)
    """Photo id: somebody wants to see this photograph."""
    removed = Signal(str)
    """Content hash: it shall be no example any more."""

    def __init__(self, parent: QWidget | None = None, *, most: int = 3, editable: bool = True) -> None:
        super().__init__(parent)
        self._most, self._editable = most, editable
        self.pictures: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GROUP)

    def show_examples(self, found: "Sequence[Shown]") -> None:
        """Show these in place of the ones before."""
        while (item := self._row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.setParent(None)
                old.deleteLater()
        self.pictures = []
        for heading, look_alike in ((TYPICAL, False), (LOOK_ALIKE, True)):
            some = [one for one in found if one.example.look_alike == look_alike]
            if some:
                self._row.addWidget(self._group(heading, some))
        self.setVisible(bool(self.pictures))

    def _group(self, heading: str, some: "list[Shown]") -> QWidget:
        holder = QWidget()
        title = QLabel(heading if len(some) <= self._most else f"{heading} ({self._most} of {len(some)})")
        set_look(title, "secondary")
        title.setIndent(6)  # where the pictures begin
        across = QHBoxLayout()
        across.setSpacing(4)
        for one in some[: self._most]:
            button = self._picture(one)
            self.pictures.append(button)
            across.addWidget(button)
        across.addStretch(1)
        down = QVBoxLayout(holder)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(GAP // 2)
        down.addWidget(title)
        down.addLayout(across)
        return holder

    def _picture(self, one: "Shown") -> QToolButton:
        button = QToolButton()
        set_look(button, "quiet")
        size = QSize(theme.px(SIZE.width()), theme.px(SIZE.height()))
        button.setIconSize(size)
        button.setFixedSize(size + QSize(6, 6))
        pixmap = _pixmap(str(one.picture), size, button.devicePixelRatioF()) if one.picture is not None else QPixmap()
        if pixmap.isNull():
            button.setText("not here")
        else:
            button.setIcon(QIcon(pixmap))
        name = one.example.path or one.example.content_hash[:8]
        where = "" if one.photo_id is not None else "\nThe photograph itself is not in this project."
        button.setToolTip(f"{name}{where}")
        kind = "looks like the flag but is not" if one.example.look_alike else "typical"
        button.setAccessibleName(f"Example, {kind}: {name}")
        photo, content = one.photo_id, one.example.content_hash
        if photo is not None:
            button.clicked.connect(lambda: self.opened.emit(photo))
        if self._editable:
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            button.customContextMenuRequested.connect(lambda at: self._menu(button, at, content=content))
        return button

    def _menu(self, button: QToolButton, at: QPoint, *, content: str) -> None:
        menu = QMenu(button)
        menu.addAction("No example any more", lambda: self.removed.emit(content))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(at))


def _pixmap(file: str, size: QSize, ratio: float) -> QPixmap:
    """The picture, decoded no larger than it is shown, filling the frame from its middle."""
    reader = QImageReader(file)
    wanted = QSize(round(size.width() * ratio), round(size.height() * ratio))
    full = reader.size()
    if full.isValid():
        reader.setScaledSize(full.scaled(wanted, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    pixmap = QPixmap.fromImage(reader.read())
    if pixmap.isNull():
        return pixmap
    left, top = (pixmap.width() - wanted.width()) // 2, (pixmap.height() - wanted.height()) // 2
    pixmap = pixmap.copy(left, top, wanted.width(), wanted.height())
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
