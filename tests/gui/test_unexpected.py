"""Errors that nobody caught reach the person, from every thread, and are logged all the same."""

import sys
import threading

import pytest
from pytestqt.qtbot import QtBot

from weldstudio.gui.app import say_where_seen
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.unexpected import Unexpected


def test_what_nobody_caught_is_said_and_logged(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: logged.append(str(error)))
    monkeypatch.setattr(threading, "excepthook", lambda arguments: logged.append(str(arguments.exc_value)))
    before = sys.excepthook, threading.excepthook
    unexpected = Unexpected(window, log_file="the log")
    unexpected.happened.connect(lambda text: say_where_seen(window, text))
    unexpected.install()
    banner = window.welcome.banner
    try:
        error = RuntimeError("a page would not open")
        sys.excepthook(RuntimeError, error, None)
        assert "a page would not open" in banner.label.text()
        assert "the log" in banner.label.text()
        thread = threading.Thread(target=lambda: [][1])
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: "IndexError" in banner.label.text(), timeout=5000)
        assert banner.isVisible()
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
        assert "KeyboardInterrupt" not in banner.label.text()
    finally:
        unexpected.remove()
    assert logged == ["a page would not open", "list index out of range", ""]
    assert (sys.excepthook, threading.excepthook) == before
