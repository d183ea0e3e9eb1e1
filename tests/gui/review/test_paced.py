import time

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from weldstudio.gui.review.paced import Paced


def test_many_wishes_are_one_piece_of_work(qtbot: QtBot) -> None:
    done: list[int] = []
    owner = QObject()
    paced = Paced(lambda: done.append(1), least_ms=20, parent=owner)
    for _ in range(50):
        paced.ask()
    assert done == []
    qtbot.waitUntil(lambda: done == [1])
    assert not paced.waiting


def test_what_settles_is_done_in_a_pause_but_not_put_off_for_ever(qtbot: QtBot) -> None:
    done: list[int] = []
    owner = QObject()
    paced = Paced(lambda: done.append(1), least_ms=200, settles=True, parent=owner)
    keys = QTimer(owner, interval=20)
    keys.timeout.connect(paced.ask)
    keys.start()
    paced.ask()
    qtbot.waitUntil(lambda: paced._timer.remainingTime() > 185 and paced._asked < time.perf_counter() - 0.1)
    assert done == []
    qtbot.waitUntil(lambda: bool(done), timeout=5000)


def test_slow_work_is_asked_for_more_rarely() -> None:
    owner = QObject()
    paced = Paced(lambda: time.sleep(0.02), least_ms=1, parent=owner)
    paced.now()
    paced.ask()
    assert paced._timer.interval() >= 150
    paced.stop()


def test_done_at_once_nothing_waits() -> None:
    done: list[int] = []
    owner = QObject()
    paced = Paced(lambda: done.append(1), least_ms=10_000, parent=owner)
    paced.ask()
    paced.now()
    assert done == [1]
    assert not paced.waiting
