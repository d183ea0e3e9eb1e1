"""Key presses as AZERTY, QWERTZ, Cyrillic, Greek and Hebrew keyboards send them."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Scheme
from weldstudio.gui.layout_keys import ChordField, chord_of
from weldstudio.gui.main_window import MainWindow
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import scheme as scheme_edits
from weldstudio.studio import views
from weldstudio.studio.flag_keys import FLAG_KEYS

NONE, SHIFT, CONTROL, ALT, KEYPAD = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.KeypadModifier,
)
Press, Override = QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride
AZERTY = "&é\"'(-è_çà"
RUSSIAN = dict(zip("йцукенгшщзфывапролдячсмить", "QWERTYUIOPASDFGHJKLZXCVBNM", strict=True))
SCAN = {
    key: 8 + first + n
    for first, row in ((2, "1234567890"), (16, "QWERTYUIOP"), (30, "ASDFGHJKL"), (44, "ZXCVBNM"))
    for n, key in enumerate(row)
}


@pytest.fixture(autouse=True)
def on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


def event(
    text: str, modifiers: Qt.KeyboardModifier = NONE, *, place: str = "", kind: QEvent.Type = Press, code: int = 0
) -> QKeyEvent:
    """As Qt makes it of a key that gives `text` and lies where an English keyboard has `place`."""
    scan = code or SCAN.get(place, 0)
    return QKeyEvent(kind, ord(text.upper()), modifiers, scan, 0, 0, text)


@pytest.mark.parametrize("digit", "1234567890")
def test_digits_of_azerty_need_no_shift(digit: str) -> None:
    given = AZERTY["1234567890".index(digit)]
    assert chord_of(event(given, place=digit)) == digit
    assert chord_of(event(digit, SHIFT, place=digit)) == f"Shift+{digit}"
    assert chord_of(event(given, ALT, place=digit)) == f"Alt+{digit}"


@pytest.mark.parametrize(("letter", "place"), RUSSIAN.items())
def test_cyrillic_letters_go_by_their_place(letter: str, place: str) -> None:
    assert chord_of(event(letter, place=place)) == place
    assert chord_of(event(letter.upper(), SHIFT, place=place)) == f"Shift+{place}"
    assert chord_of(event(letter)) == place  # from a source that does not say where the key lies


@pytest.mark.parametrize(
    ("text", "place", "meant"),
    [
        ("a", "Q", "A"),  # AZERTY: the key gives a Latin letter
        ("z", "Y", "Z"),  # QWERTZ
        ("ö", "", ""),
        ("ф", "A", "A"),
        ("ς", "W", "W"),  # Greek
        ("ש", "A", "A"),  # Hebrew
        ("/", "Q", ""),  # Hebrew has signs among the letters: the sign is meant
        (",", "M", ""),  # AZERTY
        ("&", "", "1"),
        ("-", "", ""),
    ],
)
def test_what_a_key_means(text: str, place: str, meant: str) -> None:
    assert chord_of(event(text, place=place)) == meant


def test_windows_and_macs_count_keys_in_their_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert chord_of(event("ф", code=30)) == "A"
    assert chord_of(event("é", code=3)) == "2"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert chord_of(QKeyEvent(Press, ord("Ф"), NONE, 1, 0, 0, "ф")) == "A"
    assert chord_of(QKeyEvent(Press, ord("¡"), ALT, 1, 18, 0, "¡")) == "Alt+1"


def test_keypad_and_controls() -> None:
    assert chord_of(event("1", KEYPAD, code=87)) == "1"
    assert chord_of(QKeyEvent(Press, ord("Я"), CONTROL, SCAN["Z"], 0, 0, "\x1a")) == "Ctrl+Z"


def press(window: MainWindow, text: str, modifiers: Qt.KeyboardModifier = NONE, *, place: str) -> None:
    """Both events of a key press, as Qt sends them to what has the focus; the second only if no shortcut took it."""
    target = window.focusWidget() or window
    override = event(text, modifiers, place=place, kind=Override)
    override.ignore()
    QApplication.sendEvent(target, override)
    QApplication.sendEvent(target, event(text, modifiers, place=place))


def test_flags_are_raised_on_every_keyboard(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    with Store.open(project) as store:
        scheme = Scheme()
        for n in range(30):
            scheme = scheme.with_flag(f"flag {n}")
        scheme_rows.save(store, scheme)
    window.open_project(project)
    qtbot.waitUntil(lambda: "review" in window.pages)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.pages["review"].grid.setFocus()  # type: ignore[attr-defined]
    session = window.session
    assert session is not None

    photo = session.mirror.row(session.current or 0)

    def state(slot: int) -> State:
        return State(int(session.mirror.states(slot)[photo]))

    shifted = event("3", SHIFT, place="3", kind=Override)  # AZERTY; Qt by itself would take it for 3 alone
    shifted.ignore()
    QApplication.sendEvent(window, shifted)
    assert shifted.isAccepted()
    press(window, "-", place="6")  # AZERTY; elsewhere the sign zooms out
    assert state(5) == State.RAISED
    press(window, "!", SHIFT, place="1")  # English
    assert state(0) == State.UNSURE
    press(window, "й", place="Q")
    assert state(10) == State.RAISED
    press(window, "&", ALT, place="1")
    assert state(29) == State.RAISED
    press(window, "q", place="Q")
    assert state(10) == State.CLEAR
    press(window, "к", place="R")  # raise the chosen flag, which was the last one
    assert state(10) == State.RAISED

    # A view's key by its place; and a letter that a scheme file gave to a flag is that flag's, not the place's.
    session.edit("Key", scheme_edits.change_key, 3, "ф", who="Ann")
    session.edit("View", views.save, "Unsure ones", "unsure", key="Ctrl+8", who="Ann")
    review = window.pages["review"]
    qtbot.waitUntil(lambda: bool(session.mirror.scheme.by_slot(3).key) and bool(session.mirror.views))
    press(window, "ф", place="A")
    assert state(FLAG_KEYS.index("A")) == State.UNSEEN
    press(window, "_", CONTROL, place="8")
    assert review.filtering.shown.filter.text == "unsure"  # type: ignore[attr-defined]


def test_a_dialog_takes_a_key_as_it_will_be_understood(qtbot: QtBot) -> None:
    field = ChordField()
    qtbot.addWidget(field)
    for given, modifiers, place in (("ф", CONTROL, "A"), ("&", ALT, "1"), ("é", SHIFT | CONTROL, "2")):
        QApplication.sendEvent(field, event(given, modifiers, place=place))
        field.editingFinished.emit()
        wanted = ("Ctrl+Shift+" if modifiers & SHIFT else "Ctrl+" if modifiers & CONTROL else "Alt+") + place
        assert field.keySequence().toString() == wanted
        field.clear()


def test_what_is_typed_into_a_field_stays_there(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)
    qtbot.waitUntil(lambda: "review" in window.pages)
    session = window.session
    assert session is not None
    field = QLineEdit(window)
    field.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    field.setFocus()
    press(window, "й", place="Q")
    press(window, "&", place="1")
    assert field.text() == "й&"
    assert session.mirror.labels.sum() == 0
