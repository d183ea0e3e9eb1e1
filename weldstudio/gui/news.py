"""What the window says by itself: a toast that goes away, a banner that stays until it is closed or no longer true."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from weldstudio.gui.icons import pixmap, set_icon
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, ICON, theme

TOAST_MS: Final = 6000


class Toast(QFrame):
    """One sentence over the lower edge of its parent, with an offer such as Undo; goes away by itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 10, 12, 10)
        layout.setSpacing(GAP)
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._take)
        layout.addWidget(self.label)
        layout.addWidget(self.button)
        self._offer: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._over = parent
        parent.installEventFilter(self)
        self.hide()

    def say(self, text: str, *, offer: str = "", take: Callable[[], None] | None = None) -> None:
        """Show `text`; `take` is called when the button `offer` is pressed."""
        self._offer = take
        metrics = self.label.fontMetrics()
        room = max(200, self._over.width() - 2 * EDGE - 160)
        self.label.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room))
        self.label.setToolTip(text)
        self.button.setText(offer)
        self.button.setVisible(bool(offer))
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start(TOAST_MS)

    def withdraw(self) -> None:
        """The offer holds no longer; a sentence without one stays for its time."""
        if self._offer is not None:
            self.dismiss()

    def dismiss(self) -> None:
        self._timer.stop()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _take(self) -> None:
        self.dismiss()
        if self._offer is not None:
            self._offer()

    def _place(self) -> None:
        over = self._over
        self.move((over.width() - self.width()) // 2, over.height() - self.height() - EDGE - GAP)


class Banner(QFrame):
    """A line above the page: an icon, a sentence, perhaps a button, a cross."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(EDGE, GAP, GAP, GAP)
        layout.setSpacing(GAP)
        self._picture = QLabel()
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton()
        self.cross = QToolButton()
        self.cross.setProperty("look", "quiet")
        self.cross.setToolTip("Close this message")
        self.cross.setAccessibleName("Close this message")
        set_icon(self.cross, "close", "secondary", 16)
        self.button.clicked.connect(self._take)
        self.cross.clicked.connect(self.dismiss)
        layout.addWidget(self._picture)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.cross)
        self._offer: Callable[[], None] | None = None
        self._kind = "danger"
        theme.changed.connect(self._tint)
        self.hide()

    def say(
        self,
        text: str,
        *,
        kind: str = "danger",
        offer: str = "",
        take: Callable[[], None] | None = None,
        closable: bool = True,
    ) -> None:
        """Show `text`; `kind` is 'danger', 'warning' or 'success'."""
        self._kind, self._offer = kind, take
        self.label.setText(text)
        self.button.setText(offer)
        self.button.setVisible(bool(offer))
        self.cross.setVisible(closable)
        set_look(self, f"banner-{kind}")
        self._tint()
        self.show()

    def dismiss(self) -> None:
        self.hide()
        self.closed.emit()

    def _take(self) -> None:
        if self._offer is not None:
            self._offer()

    def _tint(self) -> None:
        name = {"danger": "error", "warning": "warning", "success": "success"}[self._kind]
        self._picture.setPixmap(pixmap(name, self._kind, theme.px(ICON), ratio=self.devicePixelRatioF()))
