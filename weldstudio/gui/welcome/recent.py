"""The projects opened last, as rows to press."""

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from weldstudio.gui.icons import pixmap, set_icon
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, ICON, theme
from weldstudio.settings import Settings

SHOWN = 6


class RecentList(QWidget):
    """The rows; `chosen` carries the folder that was pressed. Hidden while there is none."""

    chosen = Signal(Path)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        title = QLabel("Recent projects")
        set_look(title, "section")
        self._layout.addWidget(title)
        self._layout.addSpacing(GAP)
        self.rows: list[RecentRow] = []

    def refresh(self) -> None:
        for row in self.rows:
            self._layout.removeWidget(row)
            row.deleteLater()
        folders = [Path(text) for text in self._settings.recent_projects[:SHOWN]]
        self.rows = [RecentRow(folder) for folder in folders]
        for row in self.rows:
            row.clicked.connect(lambda _checked=False, folder=row.folder: self.chosen.emit(folder))
            row.forget.clicked.connect(lambda _checked=False, folder=row.folder: self._forget(folder))
            self._layout.addWidget(row)
        self.setVisible(bool(self.rows))

    def _forget(self, folder: Path) -> None:
        self._settings.forget_project(folder)
        self._settings.save()
        self.refresh()


class RecentRow(QAbstractButton):
    """Name and place of one project."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.setText(folder.name)
        self.setToolTip(str(folder))
        self.setAccessibleName(f"Open {folder.name}, {folder.parent}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.forget = QToolButton(self)
        self.forget.setProperty("look", "quiet")
        self.forget.setToolTip("Take off this list; the project itself is not touched")
        self.forget.setAccessibleName(f"Take {folder.name} off this list")
        set_icon(self.forget, "close", "secondary", 16)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, GAP, 0)
        layout.addStretch(1)
        layout.addWidget(self.forget)

    def sizeHint(self) -> QSize:
        return QSize(400, theme.px(48))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self.rect()
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("pressed" if self.isDown() else "hover"))
            painter.drawRoundedRect(here, 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle = here.height() // 2
        side = theme.px(ICON)
        painter.drawPixmap(GAP, middle - side // 2, pixmap("folder", "secondary", side, ratio=self.devicePixelRatioF()))
        left, room = GAP + side + GROUP, here.width() - (GAP + side + GROUP) - 48
        painter.setFont(theme.font(bold=True))
        painter.setPen(theme.colour("text"))
        metrics = painter.fontMetrics()
        name = metrics.elidedText(self.folder.name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(left, middle - 3, name)
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.colour("secondary"))
        place = painter.fontMetrics().elidedText(str(self.folder.parent), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(left, middle + painter.fontMetrics().ascent() + 3, place)
        if self.hasFocus():
            pen = painter.pen()
            pen.setColor(theme.colour("accent"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(here.adjusted(1, 1, -1, -1), 6, 6)
        painter.end()
