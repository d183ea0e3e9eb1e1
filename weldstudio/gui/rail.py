"""The narrow rail at the left: the pages by icon and name, the present one marked by a bar, help at the bottom."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QVBoxLayout, QWidget

from weldstudio.gui.actions import Actions
from weldstudio.gui.icons import pixmap
from weldstudio.gui.theme import GAP, ICON, theme

WIDTH: Final = 76
_HEIGHT: Final = 60
_BAR: Final = 3


class RailButton(QAbstractButton):
    """One entry of the rail; triggers an action."""

    def __init__(self, action: QAction, name: str, icon: str, *, checkable: bool) -> None:
        super().__init__()
        self._icon = icon
        self.setText(name)
        self.setAccessibleName(name)
        self.setToolTip(action.toolTip())
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.clicked.connect(action.trigger)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(WIDTH), theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self.rect()
        if self.isDown() or (self.underMouse() and self.isEnabled() and not self.isChecked()):
            painter.fillRect(here, theme.colour("pressed" if self.isDown() else "hover"))
        role = "accent" if self.isChecked() else ("text" if self.isEnabled() else "disabled")
        if self.isChecked():
            painter.fillRect(0, 0, _BAR, here.height(), theme.colour("accent"))
        font = theme.font("secondary", bold=self.isChecked())
        painter.setFont(font)
        text_height = painter.fontMetrics().height()
        side = theme.px(ICON)
        top = (here.height() - side - 4 - text_height) / 2
        picture = pixmap(self._icon, role, side, ratio=self.devicePixelRatioF())
        painter.drawPixmap(round((here.width() - side) / 2), round(top), picture)
        painter.setPen(theme.colour(role if role != "text" else "secondary"))
        below = QRectF(0, top + side + 4, here.width(), text_height)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.text())
        if self.hasFocus():
            pen = painter.pen()
            pen.setColor(theme.colour("accent"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(here).adjusted(5, 3, -5, -3), 6, 6)
        painter.end()


class Rail(QFrame):
    """The pages of the window. `show_page` marks one."""

    def __init__(self, actions: Actions, pages: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.buttons: dict[str, RailButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GAP, 0, GAP)
        layout.setSpacing(0)
        for page, title in pages:
            button = RailButton(actions[f"page.{page}"], title, page, checkable=True)
            button.setAutoExclusive(True)
            self.buttons[page] = button
            layout.addWidget(button)
        layout.addStretch(1)
        self.help_button = RailButton(actions["app.help"], "Help", "help", checkable=False)
        layout.addWidget(self.help_button)
        self._resize()
        theme.changed.connect(self._resize)

    def show_page(self, page: str) -> None:
        self.buttons[page].setChecked(True)

    def _resize(self) -> None:
        self.setFixedWidth(theme.px(WIDTH))
        for button in self.findChildren(RailButton):
            button.setFixedHeight(theme.px(_HEIGHT))
