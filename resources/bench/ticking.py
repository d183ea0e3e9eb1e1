"""A window's event loop as a person has it: left to itself for a while, and how late it hears a timer meanwhile."""

import time
from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QEventLoop, Qt, QTimer

TICK_MS, TURN_MS = 16, 250


def rest(ms: int) -> None:
    """Let the window run for so long, as while a person looks."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def gaps(seconds: float, turn: Callable[[int], object]) -> list[float]:
    """How many ms lie between the ticks of a timer of TICK_MS; `turn(n)` is called every TURN_MS."""
    ticks: list[float] = []
    clock, other = QTimer(), QTimer()
    clock.setTimerType(Qt.TimerType.PreciseTimer)
    clock.timeout.connect(lambda: ticks.append(time.perf_counter()))
    other.timeout.connect(lambda: turn(len(ticks) * TICK_MS // TURN_MS))
    clock.start(TICK_MS)
    other.start(TURN_MS)
    rest(int(1000 * seconds))
    clock.stop()
    other.stop()
    return [1000 * (after - before) for before, after in pairwise(ticks)]
