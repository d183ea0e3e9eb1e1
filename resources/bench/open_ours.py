"""Our reopening of the large project in a window that stands: until its first page is painted with all thumbnails; ms.

Usage: open_ours.py PROJECT, as made by large_project.py.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import rounds
import verdicts_data
from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from weldstudio import paths
from weldstudio.gui import app
from weldstudio.gui.engine_client import EngineClient
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.theme import theme
from weldstudio.settings import Settings

TIMES = 3
PATIENCE_S = 60.0


class Eye(QObject):
    """Sees when the grid is painted with every thumbnail that has its place in the window."""

    whole = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        page = window.pages.get("review") if event.type() == QEvent.Type.Paint else None
        if page is not None and watched is page.grid.viewport():
            seen = page.grid.visible()
            ids = page.grid.state.ids[seen.start : seen.stop].tolist()
            full = len(page.grid.state.ids) == verdicts_data.PHOTOS
            self.whole = self.whole or (full and all(page.thumbs.get(photo) is not None for photo in ids))
        return False


def reopen(_: int) -> None:
    """Open the project; ends the script when its first page never comes."""
    eye.whole = False
    end = time.monotonic() + PATIENCE_S
    window.open_project(project)
    while not eye.whole:
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if time.monotonic() > end:
            raise SystemExit("the first page was not painted")


def measure() -> dict[str, object]:
    """TIMES openings; closing does not count."""
    taken = []
    for _ in range(TIMES):
        taken += rounds.each_ms(reopen, 1)
        QTest.qWait(200)
        window.close_project()
        QTest.qWait(50)
    return {"value": rounds.percentile(taken, 0.5), "worst": max(taken), "unit": "ms"}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["WELDSTUDIO_HOME"] = folder  # nobody's settings
        project = Path(rounds.arguments()[0])
        EngineClient.use_model = lambda self, folder: None  # a process of its own, which has its own row
        application = QApplication([])
        sys.setswitchinterval(app.SWITCH_S)  # as `app.open_window` does
        theme.apply("light")
        window = MainWindow(Settings.load(paths.settings_file()))
        window.resize(1280, 800)
        window.show()
        eye = Eye()
        application.installEventFilter(eye)
        measure()
        rounds.serve(measure)
        application.removeEventFilter(eye)
        window.close()
