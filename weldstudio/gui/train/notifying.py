"""A word on the desktop when a training has ended or gave an alarm while somebody looks elsewhere."""

import json
import os
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QProcess, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from weldstudio.gui.icons import icon
from weldstudio.gui.train.run_watcher import RunWatcher
from weldstudio.gui.train.runs_list import RunRow
from weldstudio.gui.words import percent

SHOWN_MS: Final = 10_000


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
        self._ask(commands(title, text, failed=failed), title, text, failed=failed)

    def _ask(self, ways: Sequence[Sequence[str]], title: str, text: str, *, failed: bool) -> None:
        """Ask the first of these programs to show it, the next where it cannot; where none can, the tray."""
        if not ways:
            self._show(title, text, failed=failed)
            return
        program, *arguments = ways[0]
        asked = QProcess(self)

        def ended(code: int) -> None:
            asked.deleteLater()
            if code:
                self._ask(ways[1:], title, text, failed=failed)

        asked.finished.connect(lambda code, _status: ended(code))
        asked.errorOccurred.connect(lambda error: ended(1) if error == QProcess.ProcessError.FailedToStart else None)
        asked.start(program, arguments)

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


def commands(title: str, text: str, *, failed: bool) -> tuple[tuple[str, ...], ...]:
    """Programs that ask a freedesktop.org desktop to show a message; none elsewhere: there the tray does it.

    Qt shows messages beside an icon in the tray alone, which not every such desktop has. Its binding of the bus cannot
    write the unsigned number that the call for messages takes, but each of these programs, of which one is there, can.
    """
    bus = Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere"), "bus")
    if sys.platform in ("win32", "darwin") or not ("DBUS_SESSION_BUS_ADDRESS" in os.environ or bus.exists()):
        return ()
    service, path = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
    body = escape(text, quote=False)  # a desktop may read it as markup
    urgency = "critical" if failed else "normal"
    call = ("gdbus", "call", "--session", "--dest", service, "--object-path", path, "--method", f"{service}.Notify")
    said = ("weldstudio", "0", "", json.dumps(title, ensure_ascii=False), json.dumps(body, ensure_ascii=False))
    return (
        (
            "notify-send",
            "--app-name=weldstudio",
            f"--urgency={urgency}",
            f"--expire-time={SHOWN_MS}",
            "--",
            title,
            body,
        ),
        (*call, *said, "[]", f'{{"urgency": <byte {2 if failed else 1}>}}', str(SHOWN_MS)),
    )


def notice(row: RunRow) -> tuple[str, str]:
    """Title and text."""
    if row.live:
        return f"{row.name}: look at this training", row.alarm
    if row.state == "done" and row.accuracy is not None:
        return f"{row.name} is done", f"Mean per-class accuracy {percent(row.accuracy)}"
    return f"{row.name}: {row.state}", row.sentence
