"""A file shown in the system's file manager: selected where the manager can be asked for that, else its folder."""

import sys
from pathlib import Path

from PySide6.QtCore import QDir, QObject, QProcess, QUrl
from PySide6.QtGui import QDesktopServices

from weldstudio.gui.background import Background


def command(file: Path, platform: str = sys.platform) -> tuple[str, list[str]]:
    """Program and arguments that select a file in the file manager of a platform."""
    if platform == "win32":
        return "explorer.exe", ["/select,", QDir.toNativeSeparators(str(file))]
    if platform == "darwin":
        return "open", ["-R", str(file)]
    # A comma would part the addresses of several files.
    address = bytes(QUrl.fromLocalFile(str(file)).toEncoded().data()).decode().replace(",", "%2C")
    manager = "org.freedesktop.FileManager1"
    call = [f"--dest={manager}", "/org/freedesktop/FileManager1", f"{manager}.ShowItems"]
    return "dbus-send", ["--session", "--print-reply", *call, f"array:string:{address}", "string:"]


def reveal(file: Path, owner: QObject) -> None:
    """Show a file in its folder. A file that is gone, or a system that cannot select, opens the folder alone.

    A slow drive is asked beside the window.
    """
    asking = Background(owner)

    def open_folder() -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))

    def show(there: bool | None, _error: Exception | None) -> None:
        asking.deleteLater()
        if not there:
            open_folder()
            return
        process = QProcess(owner)
        process.errorOccurred.connect(lambda _error: open_folder())
        if sys.platform != "win32":  # its file manager ends with 1 whatever it did
            process.finished.connect(lambda code, _status: open_folder() if code else None)
        process.finished.connect(process.deleteLater)
        process.start(*command(file))

    asking.ask(file.exists, show)
