"""Holding the overlay's key is a peek: letting go takes the overlay back, or brings it back."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

HELD_S: Final = 0.35
"""The key held for longer is a peek."""


class Peek(QObject):
    """Listens for the release of the key, whichever it is, in the windows it is told of."""

    def __init__(self, toggle: QAction, pressed: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._toggle, self._pressed = toggle, pressed
        self._since: float | None = None
        toggle.triggered.connect(self._begun)

    def listen(self, widget: QWidget) -> None:
        """Key releases that reach this widget from what is inside it count."""
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyRelease or not isinstance(event, QKeyEvent) or event.isAutoRepeat():
            return False
        # By the key alone: what was held with it may have been let go of before.
        keys = {shortcut.toString().rpartition("+")[2] for shortcut in self._toggle.shortcuts()}
        if self._since is None or QKeySequence(event.key()).toString() not in keys:
            return False
        held, self._since = time.monotonic() - self._since, None
        if held > HELD_S:
            self._toggle.toggle()
        return True

    def _begun(self) -> None:
        self._since = time.monotonic()
        self._pressed()
