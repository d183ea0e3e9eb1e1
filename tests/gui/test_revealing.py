from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from weldstudio.gui import revealing


def test_each_system_is_asked_in_its_own_words() -> None:
    file = Path("/north/a b,1.jpg")
    assert revealing.command(file, "darwin") == ("open", ["-R", "/north/a b,1.jpg"])
    program, words = revealing.command(file, "win32")
    assert (program, words[0]) == ("explorer.exe", "/select,")
    program, words = revealing.command(file, "linux")
    assert program == "dbus-send"
    assert words[-2:] == ["array:string:file:///north/a%20b%2C1.jpg", "string:"]


@pytest.mark.parametrize("there", [True, False])
def test_where_nothing_can_be_selected_the_folder_opens(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    monkeypatch.setattr(revealing, "command", lambda _file: ("no such program", []))
    if there:
        (tmp_path / "a.jpg").touch()
    owner = QObject()
    revealing.reveal(tmp_path / "a.jpg", owner)
    qtbot.waitUntil(lambda: [Path(url.toLocalFile()) for url in opened] == [tmp_path])
