"""Ours, looking at the large project in the real window: one kind of work, named by the first word.

Usage: viewing_ours.py scroll|next|memory PROJECT, as made by large_project.py.
"""

import time
from pathlib import Path

import our_window
import psutil
import rounds
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

STEPS, PHOTOS = 150, 40
PACE_MS = 16
LOOK_MS = 60


def scroll() -> dict[str, object]:
    """Row by row through the grid at the pace of the wheel: what each step keeps the window from anything else."""
    bar, view, row = page.grid.verticalScrollBar(), page.grid.viewport(), page.grid.cell_size
    bar.setValue(0)
    our_window.rest(200)
    taken = []
    for step in range(STEPS):
        begin = time.perf_counter()
        bar.setValue((step + 1) * row)
        view.repaint()
        QApplication.processEvents()
        taken.append(1000 * (time.perf_counter() - begin))
        our_window.rest(PACE_MS)
    return {"value": rounds.percentile(taken, 0.5), "p99": rounds.percentile(taken, 0.99), "unit": "ms"}


def following() -> dict[str, object]:
    """From the key to the next photograph on screen, large, at the pace of a person; and with the key held."""
    page.going.open_large()
    our_window.rest(500)
    painted = our_window.Painted(page.large.view)

    def press(_: int) -> None:
        before = window.session.current
        painted.look(lambda: window.session.current != before and page.loader.get(window.session.current) is not None)
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Right)
        our_window.wait_until(lambda: painted.ms, "the next photograph did not come")

    seen, done = [], []
    for _ in range(PHOTOS):
        done += rounds.each_ms(press, 1)
        seen.append(painted.ms)
        our_window.rest(LOOK_MS)
    held = rounds.median_ms(press, PHOTOS)
    page.going.close_large()
    return {
        "value": rounds.percentile(seen, 0.5),
        "p95": rounds.percentile(seen, 0.95),
        "all said of it": rounds.percentile(done, 0.5),
        "held": held,
        "unit": "ms",
    }


def memory() -> dict[str, object]:
    """What the process holds after the rows were counted and a hundred pages seen."""
    scroll()
    following()
    return {"value": psutil.Process().memory_info().rss / 1e6, "unit": "MB"}


MEASURES = {"scroll": scroll, "next": following, "memory": memory}

if __name__ == "__main__":
    what, project = rounds.arguments()
    with our_window.shown() as window:
        our_window.open_in(window, Path(project))
        page = window.pages["review"]
        page.grid.go_to(1)
        our_window.rest(1000)
        MEASURES[what]()
        rounds.serve(MEASURES[what])
