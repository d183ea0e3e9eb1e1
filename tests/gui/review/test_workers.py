import threading

from pytestqt.qtbot import QtBot

from weldstudio.domain.errors import PhotoError
from weldstudio.gui.review.workers import QUEUED, Workers


def collect(workers: Workers) -> list[tuple[str, object]]:
    heard: list[tuple[str, object]] = []
    workers.done.connect(lambda item, result: heard.append(("done", result)), QUEUED)
    workers.failed.connect(lambda item, sentence: heard.append(("failed", sentence)), QUEUED)
    workers.broke.connect(lambda error: heard.append(("broke", type(error))), QUEUED)
    return heard


def test_the_most_urgent_comes_first_and_what_is_not_wanted_any_more_is_dropped(qtbot: QtBot) -> None:
    gate, begun = threading.Event(), threading.Event()
    done: list[int] = []

    def work(item: int) -> int:
        begun.set()
        gate.wait(5)
        done.append(item)
        return item

    workers = Workers(work, threads=1)
    heard = collect(workers)
    workers.want([1, 2, 3])
    begun.wait(5)
    workers.want([9, 2])
    gate.set()
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert done == [1, 9, 2]
    workers.stop()


def test_errors_are_told_apart_by_blame(qtbot: QtBot) -> None:
    def work(item: str) -> str:
        if item == "photo":
            raise PhotoError("It is cut off.")
        raise ValueError(item)

    workers = Workers(work, threads=1)
    heard = collect(workers)
    workers.want(["photo", "bug"])
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [("failed", "It is cut off."), ("broke", ValueError)]
    workers.stop()


def test_idle_runs_once_when_all_is_done_and_new_wishes_are_still_met(qtbot: QtBot) -> None:
    rests: list[int] = []
    workers = Workers(lambda item: item, threads=2, idle=lambda: rests.append(1))
    heard = collect(workers)
    for batch in range(20):
        workers.want([(batch, n) for n in range(5)])
        qtbot.waitUntil(lambda batch=batch: len(heard) == 5 * (batch + 1))
    qtbot.waitUntil(lambda: not workers.busy)
    assert rests
    workers.stop()


def test_stopping_waits_for_the_present_item_and_takes_no_more(qtbot: QtBot) -> None:
    begun, gate = threading.Event(), threading.Event()
    done: list[int] = []

    def work(item: int) -> int:
        begun.set()
        gate.wait(5)
        done.append(item)
        return item

    workers = Workers(work, threads=1)
    heard = collect(workers)
    workers.want([1, 2, 3])
    begun.wait(5)
    threading.Timer(0.05, gate.set).start()
    workers.stop()
    workers.want([4])
    assert done == [1]
    qtbot.wait(20)
    assert heard == []
