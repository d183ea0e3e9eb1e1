"""A hand at the window: keys, mouse, waiting, pictures. GUI thread.

Waiting lets the event loop run, asleep between events, so that the window lives as it does under a person's hands.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.theme import theme

LOOK_MS: Final = 50
SETTLE_MS: Final = 600
"""Thumbnails, fades and curves come to rest before a picture is taken."""

Found = TypeVar("Found")


STOP: Final = threading.Event()
"""Set by Ctrl+C: every waiting ends with `Interrupted`."""


class Interrupted(Exception):
    """The person does not want the tour to go on."""


class StepFailed(Exception):
    """Something the tour did had not the effect that it must have; the text says which."""


def wait(milliseconds: int) -> None:
    """Let events happen."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_for(
    condition: Callable[[], Found | None], what: str, *, seconds: float = 60, unless: Callable[[], str] | None = None
) -> Found:
    """Let events happen until the condition holds and return what it says; StepFailed when it does not.

    `unless` says why it never will, as soon as it knows.
    """
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if STOP.is_set():
            raise Interrupted
        if unless is not None and (why := unless()):
            raise StepFailed(f"{what}: {why}")
        if time.monotonic() > end:
            raise StepFailed(f"{what}: not within {seconds:g} seconds")
        wait(LOOK_MS)


def check(holds: object, what: str) -> None:
    """StepFailed with `what` unless it holds."""
    if not holds:
        raise StepFailed(what)


class Hand:
    """Works one window."""

    def __init__(self, window: MainWindow, pictures: Path) -> None:
        self.window, self._pictures = window, pictures

    def come_to_front(self) -> None:
        """See that the window has the keyboard: without a window manager nobody hands it back after a dialog."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            wait_for(self.window.isActiveWindow, "the window has the keyboard", seconds=10)

    def key(self, keys: str) -> None:
        """Press a key, such as 'O', 'Ctrl+Z' or 'Return', where the keyboard is."""
        QTest.keySequence(self._focused(), QKeySequence(keys))

    def write(self, text: str, into: QWidget) -> None:
        """Replace a field's text by typing."""
        into.setFocus()
        QTest.keyClick(into, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(into, text)

    def click(self, widget: QWidget, place: QPoint | None = None, *, held: str = "") -> None:
        """Click in a widget, in its middle unless a place is given; `held`: '', 'Ctrl' or 'Shift'."""
        modifiers = {
            "": Qt.KeyboardModifier.NoModifier,
            "Ctrl": Qt.KeyboardModifier.ControlModifier,
            "Shift": Qt.KeyboardModifier.ShiftModifier,
        }[held]
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, modifiers, place or widget.rect().center())

    def in_dialog(self, kind: type[QDialog], opened_by: Callable[[], None], work: Callable[[Any], None]) -> None:
        """Open a dialog and do `work` in it, whether or not it holds up who opened it; `work` must close it."""
        failures: list[Exception] = []
        done: list[bool] = []

        def act() -> None:
            dialog: Any = None
            try:
                dialog = wait_for(lambda: self._dialog(kind), f"the dialog {kind.__name__} opens", seconds=20)
                work(dialog)
                wait_for(lambda: not _is_open(dialog), f"the dialog {kind.__name__} closes", seconds=10)
            except Exception as error:  # noqa: BLE001 - carried out of the event loop, see below
                failures.append(error)
                if dialog is not None and _is_open(dialog):
                    dialog.reject()  # or whoever opened it would be held up for ever
            done.append(True)

        QTimer.singleShot(0, act)
        opened_by()
        wait_for(lambda: done, f"the dialog {kind.__name__} is done with")
        self.come_to_front()
        if failures:
            raise failures[0]

    def picture(self, name: str, *, settle_ms: int = SETTLE_MS) -> str:
        """Save what is on screen as NAME.png and return that file's name; a dialog stands over its window."""
        self.window.toast.dismiss()
        wait(settle_ms)
        shot = self.window.grab()
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            _lay_over(shot, dialog.grab())
        file = self._pictures / f"{name}.png"
        if not shot.save(str(file)):
            raise StepFailed(f"the picture {file} cannot be written")
        return file.name

    def _focused(self) -> QWidget:
        return QApplication.focusWidget() or QApplication.activeModalWidget() or self.window

    @staticmethod
    def _dialog(kind: type[QDialog]) -> QWidget | None:
        found = QApplication.activeModalWidget()
        return found if isinstance(found, kind) and found.isVisible() else None


def _is_open(dialog: QWidget) -> bool:
    return isValid(dialog) and dialog.isVisible()


def _lay_over(shot: QPixmap, dialog: QPixmap) -> None:
    """Paint a dialog over the dimmed picture of its window, in the middle."""
    size = dialog.deviceIndependentSize()
    whole = shot.deviceIndependentSize()
    painter = QPainter(shot)
    painter.fillRect(shot.rect(), theme.colour("well", alpha=0.4))
    painter.drawPixmap(
        round((whole.width() - size.width()) / 2), max(0, round((whole.height() - size.height()) / 2)), dialog
    )
    painter.end()
