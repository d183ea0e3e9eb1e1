"""The costliest errors as pictures, the dearest first: a flag's points times how sure the model was, and wrong."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from weldstudio.gui.models.judged import Judged
from weldstudio.gui.review.workers import QUEUED, Workers
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.words import counted, percent

if TYPE_CHECKING:
    from weldstudio.studio.mistakes import Mistake

MOST: Final = 60
PICTURE: Final = QSize(200, 150)


class _Pictures(QListWidget):
    """Enter opens the photograph that has the focus, as a click does."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self.itemClicked.emit(item)
        else:
            super().keyPressEvent(event)


class ErrorGallery(QWidget):
    """Follows `judged`, at the thresholds that are being tried."""

    opened = Signal()
    """The chosen photograph is the current one, and to be seen large."""

    def __init__(self, session: Session, judged: Judged, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._judged = session, judged
        self._mistakes: list[Mistake] = []
        self.flags = QComboBox()
        self.flags.setAccessibleName("Of which flag")
        self.said = QLabel()
        set_look(self.said, "secondary")
        self.said.setWordWrap(True)
        self.pictures = _Pictures()
        self.pictures.setAccessibleName("The costliest errors")
        self.pictures.setViewMode(QListView.ViewMode.IconMode)
        self.pictures.setResizeMode(QListView.ResizeMode.Adjust)
        self.pictures.setMovement(QListView.Movement.Static)
        self.pictures.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.pictures.setWordWrap(True)
        self.pictures.setSpacing(GAP // 2)
        self.pictures.setProperty("look", "bare")
        head = QHBoxLayout()
        head.setSpacing(GROUP)
        head.addWidget(self.flags)
        head.addWidget(self.said, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE, GROUP, EDGE, GAP)
        column.setSpacing(GROUP)
        column.addLayout(head)
        column.addWidget(self.pictures, 1)
        self._workers = Workers(_picture, parent=self)
        self._workers.done.connect(self._show_picture, QUEUED)
        self._workers.broke.connect(session.report)
        session.closing.connect(self._workers.stop)
        self.destroyed.connect(self._workers.stop)
        self.flags.activated.connect(lambda _index: self.refresh())
        self.pictures.itemClicked.connect(self._open)
        theme.changed.connect(self._dress)
        self._dress()

    def refresh(self) -> None:
        """The errors at the thresholds that are tried now."""
        judging, figures = self._judged.judging, self._judged.figures
        if judging is None or figures is None:
            return
        names = judging.found.names
        if [self.flags.itemText(n) for n in range(1, self.flags.count())] != names:
            self.flags.clear()
            self.flags.addItems(["All flags", *names])
        place = self.flags.currentIndex() - 1
        self._mistakes = judging.mistakes(figures.thresholds, most=MOST, place=place if place >= 0 else None)
        self.pictures.clear()
        for one in self._mistakes:
            item = QListWidgetItem(_words(one))
            item.setToolTip(f"{one.path}\n{_words(one)}")
            item.setData(Qt.ItemDataRole.UserRole, one.photo_id)
            item.setSizeHint(QSize(theme.px(PICTURE.width()) + GAP, theme.px(PICTURE.height()) + theme.px(64)))
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            self.pictures.addItem(item)
        n = len(self._mistakes)
        self.said.setText(
            "It made no error here."
            if not n
            else f"The {'errors' if n < MOST else f'{MOST} costliest errors'} on {counted(n, 'photograph')}: points of "
            "the flag times how sure it was. Click one to see it large with its overlay; correct the label where it is "
            "the label that is wrong."
        )
        mirror = self._session.mirror
        self._workers.want((one.photo_id, str(mirror.photo_path(one.photo_id))) for one in self._mistakes)

    def _show_picture(self, wish: tuple[int, str], image: QImage) -> None:
        icon = QIcon(QPixmap.fromImage(image))
        for row, one in enumerate(self._mistakes):
            if one.photo_id == wish[0]:
                self.pictures.item(row).setIcon(icon)

    def _open(self, item: QListWidgetItem) -> None:
        one = self._mistakes[self.pictures.row(item)]
        ids = np.array([mistake.photo_id for mistake in self._mistakes], np.int64)
        card = self._judged.judging.card if self._judged.judging is not None else None
        self._judged.show_photos(f"costliest errors of {card.name if card else 'the model'}", ids, slot=one.slot)
        self._session.set_current(one.photo_id)
        self.opened.emit()

    def _dress(self) -> None:
        self.pictures.setIconSize(QSize(theme.px(PICTURE.width()), theme.px(PICTURE.height())))
        self.pictures.setFont(theme.font("secondary", figures=True))


def _words(one: "Mistake") -> str:
    taken = f", taken for {one.said}" if one.said and one.missed else ""
    points = f", {one.points} points" if one.points else ""
    return f"{one.name}{points}\n{one.kind}{taken}; it says {percent(one.probability)}".replace(
        " %", "\N{NO-BREAK SPACE}%"
    )


def _picture(wish: tuple[int, str]) -> QImage:
    """A photo in the size in which it is shown (worker thread). Raises PhotoError."""
    from weldstudio.imaging.thumbs import make_thumb

    return QImage.fromData(make_thumb(Path(wish[1]), 2 * PICTURE.width()).jpeg)
