"""The control that floats on the photograph: overlay on or off, and how strong. It fades while the mouse rests."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QEnterEvent
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget

from weldstudio.gui.actions import Actions
from weldstudio.gui.icons import set_icon
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, MOTION_MS, theme

REST_MS: Final = 2500
MARGIN: Final = 16


class OverlayControl(QFrame):
    """Keeps itself at the lower right of `over`, whose mouse moves wake it."""

    opacity_changed = Signal(float)
    """0 to 1, while the slider is moved."""
    shown_changed = Signal(bool)

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._toggle: QAction | None = None
        self._dim: tuple[QAction, ...] = ()
        set_look(self, "lifted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, GAP + 4, 4)
        layout.setSpacing(GAP)
        self.eye = QToolButton()
        self.eye.setProperty("look", "quiet")
        self.eye.setCheckable(True)
        self.eye.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.eye.toggled.connect(self._toggled)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setFixedWidth(112)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName("Opacity of the overlay")
        self.slider.valueChanged.connect(self._slid)
        self.number = QLabel()
        self.number.setFont(theme.font("secondary", figures=True))
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.more = QToolButton()
        self.more.setProperty("look", "quiet")
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setToolTip("How the overlay is shown")
        self.more.setAccessibleName(self.more.toolTip())
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_icon(self.more, "more")
        for widget in (self.eye, self.slider, self.number, self.more):
            layout.addWidget(widget)
        self._fade = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(self._fade)
        self._motion = QPropertyAnimation(self._fade, b"opacity", self)
        self._motion.setDuration(MOTION_MS)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(lambda: self._go(0.0))
        self.number.setMinimumWidth(self.number.fontMetrics().horizontalAdvance("100 %"))
        over.installEventFilter(self)
        self._toggled(False)

    def offer(self, toggle: QAction, dim: tuple[QAction, QAction], rest: Sequence[QAction]) -> None:
        """The actions whose keys are named at eye and slider, and those that the button at the end opens."""
        self._toggle, self._dim = toggle, dim
        menu = QMenu(self.more)
        menu.addActions(list(rest))
        self.more.setMenu(menu)
        for action in (toggle, *dim):
            action.changed.connect(self._draw)

    def show_state(self, *, shown: bool, opacity: float) -> None:
        """What holds now; no signal."""
        for widget in (self.eye, self.slider):
            widget.blockSignals(True)
        self.eye.setChecked(shown)
        self.slider.setValue(round(opacity * 100))
        for widget in (self.eye, self.slider):
            widget.blockSignals(False)
        self._draw()

    def wake(self) -> None:
        """Be seen, and begin to rest."""
        self._go(1.0)
        self._rest.start(REST_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.place()
        elif event.type() in (QEvent.Type.MouseMove, QEvent.Type.Enter, QEvent.Type.Wheel):
            self.wake()
        elif event.type() == QEvent.Type.Hide:
            self._rest.stop()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._rest.stop()
        self._go(1.0)

    def leaveEvent(self, event: QEvent) -> None:
        self._rest.start(REST_MS)

    def place(self) -> None:
        """Go to the lower right corner."""
        self.adjustSize()
        over = self._over
        self.move(over.width() - self.width() - MARGIN, over.height() - self.height() - MARGIN)

    def _slid(self, value: int) -> None:
        self._draw()
        self.wake()
        self.opacity_changed.emit(value / 100)

    def _toggled(self, shown: bool) -> None:
        self._draw()
        self.shown_changed.emit(shown)

    def _draw(self) -> None:
        shown = self.eye.isChecked()
        set_icon(self.eye, "eye" if shown else "eye_off")
        self.eye.setToolTip(_hint("Hide the overlay" if shown else "Show the overlay", self._toggle))
        self.slider.setToolTip(_hint("Opacity of the overlay", *self._dim))
        self.eye.setAccessibleName(self.eye.toolTip())
        self.slider.setEnabled(shown)
        self.number.setText(f"{self.slider.value()} %")

    def _go(self, opacity: float) -> None:
        if self._motion.endValue() == opacity and self._motion.state() == QPropertyAnimation.State.Running:
            return
        if self._fade.opacity() != opacity:
            self._motion.stop()
            self._motion.setEndValue(opacity)
            self._motion.start()


def _hint(text: str, *actions: QAction | None) -> str:
    """What a control is for, with the keys that do the same now."""
    keys = [key for action in actions if action is not None and (key := Actions.key_text(action))]
    return f"{text}  ({', '.join(keys)})" if keys else text
