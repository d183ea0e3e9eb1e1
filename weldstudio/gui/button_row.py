"""The buttons of a page's header; where there is no room, those that matter least go into the menu at their end."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from weldstudio.gui.icons import set_icon
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP


class ButtonRow(QWidget):
    """Buttons at the right, the last one the one that matters most, and words at the left while there is room."""

    def __init__(self, more: str, parent: QWidget | None = None) -> None:
        """`more` says what the menu at the end is for."""
        super().__init__(parent)
        self.words = QLabel()
        set_look(self.words, "secondary")
        self._buttons: dict[QPushButton, QAction] = {}
        self._wanted: dict[QPushButton, bool] = {}
        self._rest: tuple[QAction, ...] = ()
        self._folded: tuple[QAction, ...] = ()
        self.more = QToolButton()
        set_look(self.more, "quiet")
        set_icon(self.more, "more", "text")
        self.more.setToolTip(more)
        self.more.setAccessibleName(more)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self.more))
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self._layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self._layout.addWidget(self.words)
        self._layout.addStretch(1)
        self._layout.addWidget(self.more)
        self._fold()

    def add(self, button: QPushButton, action: QAction) -> None:
        """One more at the end; in the menu the action stands for it."""
        self._buttons[button], self._wanted[button] = action, True
        self._layout.insertWidget(self._layout.count() - 1, button)
        self._fold()

    def offer(self, rest: Sequence[QAction]) -> None:
        """What stands in the menu in any case."""
        self._rest = tuple(rest)
        self._fill()
        self._fold()

    def want(self, button: QPushButton, wanted: bool) -> None:
        """Whether there is anything for a button to do; where it stands, the row decides."""
        self._wanted[button] = wanted
        self._fold()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.more.sizeHint().width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fold()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fold()  # a button may say something longer now
        return super().event(event)

    def _fold(self) -> None:
        wanted = [button for button, on in self._wanted.items() if on]
        needed = sum(button.sizeHint().width() + GAP for button in wanted)
        end = self.more.sizeHint().width() + GAP
        folded: list[QPushButton] = []
        for button in wanted[:-1]:
            if needed + (end if folded or self._rest else 0) <= self.width() + GAP:
                break
            folded.append(button)
            needed -= button.sizeHint().width() + GAP
        for button in self._buttons:
            button.setVisible(self._wanted[button] and button not in folded)
        actions = tuple(self._buttons[button] for button in folded)
        if actions != self._folded:
            self._folded = actions
            self._fill()
        self.more.setVisible(bool(actions or self._rest))
        room = self.width() - needed - (end if actions or self._rest else 0)
        self.words.setVisible(bool(self.words.text()) and self.words.sizeHint().width() <= room)

    def _fill(self) -> None:
        menu = self.more.menu()
        menu.clear()
        menu.addActions(list(self._folded))
        if self._folded and self._rest:
            menu.addSeparator()
        menu.addActions(list(self._rest))
