"""Keys on keyboards that are not English: what a key press means by where the key lies.

Qt finds a shortcut by the character that a key gives. On AZERTY the digits give & é " ' ( unless Shift is held, and on
Cyrillic, Greek, Hebrew or Arabic layouts no key gives a Latin letter. So here a key of the row of digits is its digit,
whatever it gives; and a key that gives a letter of another script is the letter that an English keyboard has in its
place. A key that gives a Latin letter is that letter, wherever it lies. Where something has the very letter of another
script for its key, as a scheme file may say, that is meant.

Sources of the codes: linux/input-event-codes.h (X11 and Wayland add 8), the same numbers being scan code set 1 on
Windows; HIToolbox/Events.h for macOS.
"""

import sys
import unicodedata
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QWidget

from weldstudio.gui.actions import Actions

_ROWS: Final = {2: "1234567890", 16: "QWERTYUIOP", 30: "ASDFGHJKL", 44: "ZXCVBNM"}
_SCAN: Final = {first + n: key for first, row in _ROWS.items() for n, key in enumerate(row)}
_MAC: Final = dict(
    zip(
        (18, 19, 20, 21, 23, 22, 26, 28, 25, 29, *(12, 13, 14, 15, 17, 16, 32, 34, 31, 35)),
        "1234567890QWERTYUIOP",
        strict=True,
    )
) | dict(zip((0, 1, 2, 3, 5, 4, 38, 40, 37, *(6, 7, 8, 9, 11, 45, 46)), "ASDFGHJKLZXCVBNM", strict=True))
_GIVEN: Final = (
    dict(zip("ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬІ", "QWERTYUIOPASDFGHJKLZXCVBNMS", strict=True))
    | dict(zip("&É\"'(_ÇÀ", "12345890", strict=True))
    | {"È": "7"}
)
"""For a key press that does not say where the key lies: the Russian and Ukrainian letters and the row of AZERTY."""
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_MODIFIERS: Final = (
    (Qt.KeyboardModifier.ControlModifier, "Ctrl+"),
    (Qt.KeyboardModifier.AltModifier, "Alt+"),
    (_SHIFT, "Shift+"),
)


def key_of(event: QKeyEvent) -> str:
    """The letter, digit or function key that is meant, without modifiers ('1', 'Q', 'F5'); '' for any other key."""
    key = event.key()
    if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 or Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
        return chr(key)
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F12:
        return f"F{key - Qt.Key.Key_F1 + 1}"
    place = _place(event)
    given = event.text() if event.text().isprintable() and event.text() else chr(key) if 32 < key < 0x110000 else ""
    if not place:
        return _GIVEN.get(given.upper(), "")
    return place if place.isdigit() or _of_another_script(given) else ""


def chord_of(event: QKeyEvent) -> str:
    """The key that is meant with its modifiers, as Qt writes it in portable text; '' as in `key_of`."""
    key = key_of(event)
    if not key or event.modifiers() & Qt.KeyboardModifier.MetaModifier:
        return ""
    return "".join(word for modifier, word in _MODIFIERS if event.modifiers() & modifier) + key


def _place(event: QKeyEvent) -> str:
    if event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
        return ""
    if sys.platform == "darwin":
        return _MAC.get(event.nativeVirtualKey(), "") if event.nativeScanCode() else ""
    return _SCAN.get(event.nativeScanCode() - (0 if sys.platform == "win32" else 8), "")


def _of_another_script(text: str) -> bool:
    return len(text) == 1 and ord(text) > 127 and not unicodedata.name(text, "LATIN").startswith("LATIN")


class ChordField(QKeySequenceEdit):
    """Takes the next key with its modifiers, as `LayoutKeys` will understand it."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaximumSequenceLength(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if chord := chord_of(event):
            event = QKeyEvent(event.type(), QKeySequence(chord)[0].key(), event.modifiers())  # type: ignore[index]
        super().keyPressEvent(event)


class LayoutKeys(QObject):
    """Hands key presses of a window that Qt would not understand, or would take for others, to the actions meant.

    Looks at what reaches the window, so fields that text is typed into keep all keys.
    """

    def __init__(self, window: QWidget, actions: Actions) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._by_key: dict[str, list[QAction]] = {}
        """Looked up once for each key: asking all actions takes a good part of a label key's time."""
        actions.changed.connect(self._by_key.clear)
        window.installEventFilter(self)

    def eventFilter(self, _window: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) or not isinstance(event, QKeyEvent):
            return False
        chord = chord_of(event)
        given = QKeySequence(event.keyCombination()).toString()
        if not given.isascii() and self._known(given) is not None:
            return False
        action = (self._known(chord) or self._of_a_page(chord)) if chord else None
        if action is None:
            return False
        if kind == QEvent.Type.KeyPress:
            action.trigger()
            event.accept()
            return True
        # Where Qt understands the key by itself it is left to it. Of Shift and 3 on AZERTY it makes 3 alone.
        if chord != given or (chord[-1].isdigit() and chord[-2:-1] == "+" and event.modifiers() & _SHIFT):
            event.accept()
            return True
        return False

    def _known(self, chord: str) -> QAction | None:
        if chord not in self._by_key:
            wanted = QKeySequence(chord)
            self._by_key[chord] = [action for action in self._actions.all() if wanted in action.shortcuts()]
        return next((action for action in self._by_key[chord] if action.isEnabled()), None)

    def _of_a_page(self, chord: str) -> QAction | None:
        """An action that a page has of its own, as for a view with a key."""
        wanted = QKeySequence(chord)
        others = (action for action in self._window.findChildren(QAction) if wanted in action.shortcuts())
        return next((action for action in others if action.isEnabled() and _is_shown(action)), None)


def _is_shown(action: QAction) -> bool:
    return any(isinstance(one, QWidget) and one.isVisible() for one in action.associatedObjects())
