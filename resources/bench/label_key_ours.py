"""Our label key in the real window: from the key press until the label is on the disk and painted; median ms.

Usage: label_key_ours.py FOLDER [PROJECT], as made by photos.py --links and, the project, by large_project.py.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import our_project
import rounds
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from weldstudio import paths
from weldstudio.gui import app
from weldstudio.gui.engine_client import EngineClient
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.theme import theme
from weldstudio.settings import Settings

TIMES = 40
PATIENCE_S = 20.0


class Eye(QObject):
    """Sees when something was first painted and when the label was saved, since it was last told to look."""

    def look(self) -> None:
        """From now on."""
        self.begin, self.painted, self.saved = time.perf_counter(), 0.0, 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.painted = self.painted or 1000 * (time.perf_counter() - self.begin)
        return False

    def hear(self, state: str) -> None:
        """What the session says of its writes."""
        self.saved = 1000 * (time.perf_counter() - self.begin) if state == "saved" else 0.0


def wait(arrived: str) -> None:
    """Let the window run until the eye has seen it all; ends the script when that never happens."""
    end = time.monotonic() + PATIENCE_S
    while not (eye.painted and eye.saved):
        # As the window's own loop does: one that never sleeps would keep the interpreter from the store's thread.
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if time.monotonic() > end:
            raise SystemExit(f"{arrived}: painted {eye.painted}, saved {eye.saved}")


def press(number: int) -> None:
    """The key of the first flag: raised, or clear where it is raised already."""
    eye.look()
    QTest.keyClick(application.focusWidget() or window, Qt.Key.Key_1)
    wait(f"key press {number}")


def measure() -> dict[str, object]:
    """TIMES key presses, with what follows each of them finished before the next."""
    taken, painted = [], []
    for number in range(TIMES):
        taken += rounds.each_ms(lambda _, number=number: press(number), 1)
        painted.append(eye.painted)
        QTest.qWait(20)  # the next photograph is loaded meanwhile, as while a person looks
    return {
        "value": rounds.percentile(taken, 0.5),
        "p95": rounds.percentile(taken, 0.95),
        "painted": rounds.percentile(painted, 0.5),
        "unit": "ms",
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["WELDSTUDIO_HOME"] = folder  # nobody's settings
        photos, *large = map(Path, rounds.arguments())
        project = large[0] if large else Path(folder) / "project"
        if not large:
            our_project.write(project, photos / "many").close()
        EngineClient.use_model = lambda self, folder: None  # the large one's model has no file
        application = QApplication([])
        sys.setswitchinterval(app.SWITCH_S)  # as `app.open_window` does
        settings = Settings.load(paths.settings_file())
        theme.apply("light")
        window = MainWindow(settings)
        opened: list[bool] = []
        window.project_opened.connect(lambda: opened.append(True))
        window.resize(1280, 800)
        window.show()
        window.open_project(project)
        end = time.monotonic() + PATIENCE_S
        while not opened and time.monotonic() < end:
            QTest.qWait(10)
        if not opened or window.session is None:
            raise SystemExit("the project was not opened")
        window.activateWindow()
        window.session.set_current(1)
        QTest.qWait(500)
        eye = Eye()
        application.installEventFilter(eye)
        window.session.saved_changed.connect(eye.hear)
        measure()
        rounds.serve(measure)
        application.removeEventFilter(eye)
        window.close_project()
        window.close()
