"""A word on the desktop when a training has ended or gave an alarm while somebody looks elsewhere."""

from typing import Final

from PySide6.QtCore import QObject, QTimer
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
        self._show(title, text, failed=row.state in ("failed", "interrupted") or row.live)

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


def notice(row: RunRow) -> tuple[str, str]:
    """Title and text."""
    if row.live:
        return f"{row.name}: look at this training", row.alarm
    if row.state == "done" and row.accuracy is not None:
        return f"{row.name} is done", f"Mean per-class accuracy {percent(row.accuracy)}"
    return f"{row.name}: {row.state}", row.sentence
