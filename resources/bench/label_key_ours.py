"""Our label key in the real window: from the key press until the label is on the disk and painted; median ms.

Usage: label_key_ours.py FOLDER [PROJECT], as made by photos.py --links and, the project, by large_project.py.
"""

import tempfile
import time
from pathlib import Path

import our_project
import our_window
import rounds
import ticking
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

TIMES = 40


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


def press(number: int) -> None:
    """The key of the first flag: raised, or clear where it is raised already."""
    eye.look()
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_1)
    our_window.wait_until(lambda: eye.painted and eye.saved, f"key press {number} was not painted or not saved")


def measure() -> dict[str, object]:
    """TIMES key presses, with what follows each of them finished before the next."""
    taken, painted = [], []
    for number in range(TIMES):
        taken += rounds.each_ms(lambda _, number=number: press(number), 1)
        painted.append(eye.painted)
        ticking.rest(20)  # the next photograph is loaded meanwhile, as while a person looks
    return {
        "value": rounds.percentile(taken, 0.5),
        "p95": rounds.percentile(taken, 0.95),
        "painted": rounds.percentile(painted, 0.5),
        "unit": "ms",
    }


if __name__ == "__main__":
    photos, *large = map(Path, rounds.arguments())
    with tempfile.TemporaryDirectory() as folder, our_window.shown() as window:
        project = large[0] if large else Path(folder) / "project"
        if not large:
            our_project.write(project, photos / "many").close()
        our_window.open_in(window, project)
        window.session.set_current(1)
        ticking.rest(500)
        eye = Eye()
        QApplication.instance().installEventFilter(eye)
        window.session.saved_changed.connect(eye.hear)
        measure()
        rounds.serve(measure)
        QApplication.instance().removeEventFilter(eye)
