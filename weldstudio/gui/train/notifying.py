"""A word on the desktop when a training has ended or gave an alarm while somebody looks elsewhere."""

import json
import sys
from html import escape
from typing import Final

from PySide6.QtCore import QObject, QProcess, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from weldstudio.gui.icons import icon
from weldstudio.gui.train.run_watcher import RunWatcher
from weldstudio.gui.train.runs_list import RunRow
from weldstudio.gui.words import percent

SHOWN_MS: Final = 10_000
SERVICE: Final = "org.freedesktop.Notifications"


class RunNotices(QObject):
    """Listens to a `RunWatcher`. Says nothing while a window of the program is in front: there one sees it anyway."""

    def __init__(self, watcher: RunWatcher) -> None:
        super().__init__(watcher)
        self._tray: QSystemTrayIcon | None = None
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.setInterval(SHOWN_MS + 1000)
        self._gone.timeout.connect(self._hide)
        watcher.noticed.connect(self.tell)

    def tell(self, row: RunRow) -> None:
        """Tell of a run: by the desktop where it shows messages, and by the window's mark in the list of windows."""
        window = QApplication.activeWindow()
        if window is not None:
            return
        for top in QApplication.topLevelWidgets():
            if top.isWindow() and top.isVisible():
                QApplication.alert(top)
        title, text = notice(row)
        failed = row.state in ("failed", "interrupted") or row.live
        if not any(_started(*way) for way in commands(title, text, failed=failed)):
            self._show(title, text, failed=failed)

    def _show(self, title: str, text: str, *, failed: bool) -> None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon("train", "accent"), self)
            self._tray.setToolTip("weldstudio")
        kinds = QSystemTrayIcon.MessageIcon
        self._tray.show()
        self._tray.showMessage(title, text, kinds.Warning if failed else kinds.Information, SHOWN_MS)
        self._gone.start()

    def _hide(self) -> None:
        if self._tray is not None:
            self._tray.hide()


def commands(title: str, text: str, *, failed: bool) -> tuple[tuple[str, list[str]], ...]:
    """Programs with their arguments, any of which asks a freedesktop.org desktop to show a message; none elsewhere.

    Qt shows messages beside an icon in the tray alone, which not every such desktop has. Its binding of the bus cannot
    write the unsigned number that the call for messages takes, but these programs can, of which one is there.
    """
    if not _heard():
        return ()
    body = escape(text, quote=False)  # a desktop may read it as markup
    call = ["call", "--session", "--dest", SERVICE, "--object-path", f"/{SERVICE.replace('.', '/')}", "--method"]
    said = ["weldstudio", "0", "", json.dumps(title, ensure_ascii=False), json.dumps(body, ensure_ascii=False)]
    urgency = f'{{"urgency": <byte {2 if failed else 1}>}}'
    sent = ["--app-name=weldstudio", f"--urgency={'critical' if failed else 'normal'}", f"--expire-time={SHOWN_MS}"]
    return (
        ("notify-send", [*sent, "--", title, body]),
        ("gdbus", [*call, f"{SERVICE}.Notify", *said, "[]", urgency, str(SHOWN_MS)]),
    )


def _started(program: str, arguments: list[str]) -> bool:
    process = QProcess()
    process.setProgram(program)
    process.setArguments(arguments)
    process.setStandardOutputFile(QProcess.nullDevice())
    process.setStandardErrorFile(QProcess.nullDevice())
    return bool(process.startDetached())


def _heard() -> bool:
    """Whether there is a desktop that shows messages, or would be started by one."""
    if sys.platform in ("win32", "darwin"):
        return False
    from PySide6.QtDBus import QDBusConnection

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    names = bus.interface()
    return bool(names.isServiceRegistered(SERVICE).value() or SERVICE in names.activatableServiceNames().value())


def notice(row: RunRow) -> tuple[str, str]:
    """Title and text."""
    if row.live:
        return f"{row.name}: look at this training", row.alarm
    if row.state == "done" and row.accuracy is not None:
        return f"{row.name} is done", f"Mean per-class accuracy {percent(row.accuracy)}"
    return f"{row.name}: {row.state}", row.sentence
