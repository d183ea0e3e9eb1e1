"""Our real window on a project, for the rows that look at it."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QApplication, QWidget

from weldstudio import paths
from weldstudio.gui import app
from weldstudio.gui.engine_client import EngineClient
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.theme import theme
from weldstudio.settings import Settings

PATIENCE_S = 60.0
WIDTH, HEIGHT = 1280, 800


class Painted(QObject):
    """Sees when a widget is painted for the first time in which something holds, since it was last told to look."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)
        self.look(lambda: False)

    def look(self, holds: Callable[[], object]) -> None:
        """From now on."""
        self._holds, self._begin, self.ms = holds, time.perf_counter(), 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self.ms and self._holds():
            self.ms = 1000 * (time.perf_counter() - self._begin)
        return False


@contextmanager
def shown() -> Iterator[MainWindow]:
    """The window on nothing yet. It never loads a model: the engine is a process of its own, which has its own row."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["WELDSTUDIO_HOME"] = folder  # nobody's settings
        EngineClient.use_model = lambda self, folder: None
        application = QApplication([])
        sys.setswitchinterval(app.SWITCH_S)  # as `app.open_window` does
        theme.apply("light")
        window = MainWindow(Settings.load(paths.settings_file()))
        window.resize(WIDTH, HEIGHT)
        window.show()
        window.activateWindow()
        yield window
        window.close_project()
        window.close()
        del application


def open_in(window: MainWindow, project: Path) -> None:
    """Open a project and wait until the Review page is there."""
    opened: list[bool] = []
    window.project_opened.connect(lambda: opened.append(True))
    window.open_project(project)
    wait_until(lambda: bool(opened), "the project was not opened")


def wait_until(holds: Callable[[], object], else_say: str) -> None:
    """Let the window run as its own loop does, sleeping in between; ends the script where something never happens."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if time.monotonic() > end:
            raise SystemExit(else_say)
