"""Modules of a page come in one by one, and no further once it is said so."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from weldstudio.gui.ahead import Ahead

PACKAGE = "brought_ahead"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / PACKAGE
    folder.mkdir()
    for name in ("__init__", "first", "second"):
        (folder / f"{name}.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("", ".first", ".second"):
        monkeypatch.delitem(sys.modules, PACKAGE + name, raising=False)
    return PACKAGE


def test_modules_come_in_while_the_event_loop_runs(qtbot: QtBot, qapp: QObject, package: str) -> None:
    told: list[bool] = []
    Ahead(qapp).bring(package, then=lambda: told.append(f"{package}.second" in sys.modules))
    assert f"{package}.first" not in sys.modules
    qtbot.waitUntil(lambda: bool(told))
    assert told == [True]
    assert f"{package}.first" in sys.modules


def test_what_is_stopped_brings_nothing_more(qtbot: QtBot, qapp: QObject, package: str) -> None:
    ahead = Ahead(qapp)
    told: list[bool] = []
    ahead.bring(package, then=lambda: told.append(True))
    ahead.stop()
    qtbot.wait(20)
    assert not told
    assert f"{package}.first" not in sys.modules
