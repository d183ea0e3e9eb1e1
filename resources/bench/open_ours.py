"""Our reopening of the large project in a window that stands: until its first page is painted with all thumbnails; ms.

Usage: open_ours.py PROJECT, as made by large_project.py.
"""

from pathlib import Path

import our_window
import rounds
import ticking
import verdicts_data
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

TIMES = 3


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
    window.open_project(project)
    our_window.wait_until(lambda: eye.whole, "the first page was not painted")


def measure() -> dict[str, object]:
    """TIMES openings; closing does not count."""
    taken = []
    for _ in range(TIMES):
        taken += rounds.each_ms(reopen, 1)
        ticking.rest(200)
        window.close_project()
        ticking.rest(50)
    return {"value": rounds.percentile(taken, 0.5), "worst": max(taken), "unit": "ms"}


if __name__ == "__main__":
    project = Path(rounds.arguments()[0])
    with our_window.shown() as window:
        eye = Eye()
        QApplication.instance().installEventFilter(eye)
        measure()
        rounds.serve(measure)
        QApplication.instance().removeEventFilter(eye)
