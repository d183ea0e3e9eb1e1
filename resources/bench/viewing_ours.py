"""Ours, looking at the large project in the real window: one kind of work, named by the first word.

Usage: viewing_ours.py scroll|next|overlay|memory|delay FOLDER PROJECT, as made by photos.py and large_project.py.
"""

import time
from pathlib import Path

import numpy as np
import our_window
import psutil
import rounds
import ticking
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from weldstudio.domain.changes import Changes
from weldstudio.domain.model import Frame, ModelCard, ModelClass
from weldstudio.gui.review.layer import Overlay
from weldstudio.store import models
from weldstudio.store.store import Store
from weldstudio.studio import predicting

STEPS, PHOTOS = 150, 40
PACE_MS = 16
LOOK_MS = 60
TURNS = 40
DELAY_S = 5
BUSY = "busy"


def scroll() -> dict[str, object]:
    """Row by row through the grid at the pace of the wheel: what each step keeps the window from anything else."""
    bar, view, row = page.grid.verticalScrollBar(), page.grid.viewport(), page.grid.cell_size
    bar.setValue(0)
    ticking.rest(200)
    taken = []
    for step in range(STEPS):
        begin = time.perf_counter()
        bar.setValue((step + 1) * row)
        view.repaint()
        QApplication.processEvents()
        taken.append(1000 * (time.perf_counter() - begin))
        ticking.rest(PACE_MS)
    return {"value": rounds.percentile(taken, 0.5), "p99": rounds.percentile(taken, 0.99), "unit": "ms"}


def following() -> dict[str, object]:
    """From the key to the next photograph on screen, large, at the pace of a person; and with the key held."""
    page.going.open_large()
    ticking.rest(500)
    painted = our_window.Painted(page.large.view)

    def press(number: int) -> None:
        before = window.session.current
        painted.look(lambda: window.session.current != before and page.loader.get(window.session.current) is not None)
        if number:  # a key that is held comes again by itself, which no click of a test does
            arrow = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", True)
            QApplication.sendEvent(QApplication.focusWidget() or window, arrow)
            window.action_table.trigger("photo.next")
        else:
            QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Right)
        our_window.wait_until(lambda: painted.ms, "the next photograph did not come")

    seen, done = [], []
    for _ in range(PHOTOS):
        done += rounds.each_ms(press, 1)
        seen.append(painted.ms)
        ticking.rest(LOOK_MS)
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


def overlay() -> dict[str, object]:
    """From a map of the network to its colours on the screen, over the photograph."""
    page.going.open_large()
    our_window.wait_until(lambda: page.loader.get(window.session.current) is not None, "no photograph came")
    maps = np.random.default_rng(0).random((TURNS, 7, 7), np.float32)

    def show(number: int) -> None:
        page.large.show_overlay(Overlay(maps[number], Frame(), 1.0))
        page.large.view.repaint()

    taken = rounds.median_ms(show, TURNS)
    page.large.show_overlay(None)
    page.going.close_large()
    return {"value": taken, "unit": "ms"}


def delay() -> dict[str, object]:
    """How late the window hears its timer while photographs are predicted and their thumbnails are made."""
    folder = window.session.folder / "models" / BUSY
    if not folder.exists():
        our_model.write(folder)
        window.session.run(add_model)
    done: list[object] = []
    work = window.session.start_work("Predicting", predicting.predict, model_id=BUSY, photo_ids=range(1, 20_000))
    work.ended.connect(lambda: done.append(work.error))
    our_window.wait_until(lambda: done or (work.progress is not None and work.progress.done), "nothing was predicted")
    if done:
        raise SystemExit(f"the prediction ended: {done[0]}")
    bar = page.grid.verticalScrollBar()
    gaps = ticking.gaps(DELAY_S, lambda number: bar.setValue(number * page.grid.viewport().height()))
    work.cancel()
    our_window.wait_until(lambda: done, "the prediction did not end")
    return {
        "value": rounds.percentile(gaps, 0.95),
        "median": rounds.percentile(gaps, 0.5),
        "worst": max(gaps),
        "unit": "ms",
    }


def add_model(store: Store) -> Changes:
    """A second model that has said nothing yet."""
    classes = tuple(ModelClass(slot, f"flag {slot}") for slot in range(networks.FLAGS))
    return models.add(store, ModelCard(BUSY, BUSY, "mobilenet_v2", classes))


MEASURES = {"scroll": scroll, "next": following, "overlay": overlay, "memory": memory, "delay": delay}

if __name__ == "__main__":
    what, _, project = rounds.arguments()
    if what == "delay":
        import networks  # these bring torch along, which no window of ours does
        import our_model
    with our_window.shown() as window:
        our_window.open_in(window, Path(project))
        page = window.pages["review"]
        page.grid.go_to(1)
        ticking.rest(1000)
        MEASURES[what]()
        rounds.serve(MEASURES[what])
