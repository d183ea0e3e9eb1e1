import time
from collections.abc import Iterator

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


def test_keys_have_their_turn_between_steps(qtbot: QtBot) -> None:
    done: list[str] = []

    def steps() -> Iterator[None]:
        for n in range(3):
            done.append(str(n))
            QTimer.singleShot(0, owner, lambda: done.append("key"))
            yield

    owner = QObject()
    paced = Paced(steps, least_ms=1, parent=owner)
    paced.soon()
    assert done == []
    qtbot.waitUntil(lambda: not paced.waiting)
    assert done == ["0", "key", "1", "key", "2", "key"]
    paced.now()
    assert done[6:9] == ["0", "1", "2"]


def test_asked_for_while_it_is_done_it_is_done_once_more(qtbot: QtBot) -> None:
    begun: list[int] = []

    def steps() -> Iterator[None]:
        begun.append(1)
        if len(begun) == 1:
            paced.ask()
        yield

    owner = QObject()
    paced = Paced(steps, least_ms=1, parent=owner)
    paced.soon()
    qtbot.waitUntil(lambda: len(begun) == 2 and not paced.waiting)
    paced.soon()
    paced.stop()
    qtbot.wait(5)
    assert len(begun) == 2
