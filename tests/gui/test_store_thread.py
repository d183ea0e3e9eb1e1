"""The thread that owns the store: order of priority, turns, cancelling, closing, errors."""

import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import EditRefused
from weldstudio.gui.store_thread import Priority, StoreThread
from weldstudio.gui.work import Pending, Work
from weldstudio.store import packed
from weldstudio.store.store import Store


@pytest.fixture
def thread(qtbot: QtBot, project: Path) -> Iterator[StoreThread]:
    made = StoreThread(project, opener=Store.open)
    with qtbot.waitSignal(made.opened, timeout=10000):
        made.open()
    yield made
    made.close()


def wait(qtbot: QtBot, pending: Pending) -> object:
    qtbot.waitUntil(lambda: pending.finished, timeout=5000)
    return pending.result


def steps(
    count: int, note: Callable[[int], None] = lambda _n: None
) -> Callable[[Store], Generator[Progress, None, str]]:
    def run(_store: Store) -> Generator[Progress, None, str]:
        for n in range(count):
            note(n)
            yield Progress(n + 1, count, "counting")
        return "counted"

    return run


def test_a_call_runs_in_the_thread_and_answers_in_this_one(qtbot: QtBot, thread: StoreThread) -> None:
    where: list[str] = []
    here: list[bool] = []
    pending = thread.call(lambda store: where.append(threading.current_thread().name) or store.folder.name)
    pending.then(lambda _result: here.append(threading.current_thread() is threading.main_thread()))
    assert wait(qtbot, pending) == "project"
    assert where == ["store"]
    assert here == [True]


def test_a_project_that_is_worth_it_is_packed_once_it_is_open(
    qtbot: QtBot, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "WORTH", 1)
    for _ in range(2):
        made = StoreThread(project, opener=Store.open)
        with qtbot.waitSignal(made.opened, timeout=10000):
            made.open()
        qtbot.waitUntil((project / packed.FILE).is_file, timeout=5000)
        holds = wait(qtbot, made.call(packed.read))
        made.close()
    assert holds is not None


def test_key_presses_go_before_calls_and_calls_before_long_work(qtbot: QtBot, thread: StoreThread) -> None:
    order: list[str] = []
    gate = threading.Event()
    thread.call(lambda _store: gate.wait(5))
    work = Work("long")
    thread.work(work, steps(2, lambda n: order.append(f"step {n}")))
    thread.call(lambda _store: order.append("call"))
    thread.call(lambda _store: order.append("key"), priority=Priority.KEY)
    gate.set()
    qtbot.waitUntil(lambda: not work.running, timeout=5000)
    assert order == ["key", "call", "step 0", "step 1"]


def test_who_gives_way_finds_it_done_and_is_answered_by_the_loop(qtbot: QtBot, thread: StoreThread) -> None:
    done: list[int] = []
    pending = thread.call(lambda _store: done.append(1))
    assert pending.give_way(5)
    assert done == [1]
    assert not pending.finished
    wait(qtbot, pending)


def test_nobody_gives_way_for_ever(qtbot: QtBot, thread: StoreThread) -> None:
    gate = threading.Event()
    pending = thread.call(lambda _store: gate.wait(60))
    assert not pending.give_way(0.001)
    gate.set()
    assert wait(qtbot, pending) is True


def test_a_key_press_gets_between_two_steps(qtbot: QtBot, thread: StoreThread) -> None:
    order: list[str] = []
    in_step, go_on = threading.Event(), threading.Event()

    def note(n: int) -> None:
        order.append(f"step {n}")
        if n == 0:
            in_step.set()
            go_on.wait(5)

    work = Work("long")
    thread.work(work, steps(3, note))
    assert in_step.wait(5)
    thread.call(lambda _store: order.append("key"), priority=Priority.KEY)
    go_on.set()
    qtbot.waitUntil(lambda: not work.running, timeout=5000)
    assert order == ["step 0", "key", "step 1", "step 2"]
    assert (work.state, work.report) == ("done", "counted")


def test_two_works_take_turns(qtbot: QtBot, thread: StoreThread) -> None:
    order: list[str] = []
    gate = threading.Event()
    thread.call(lambda _store: gate.wait(5))
    one, two = Work("one"), Work("two")
    thread.work(one, steps(3, lambda n: order.append(f"one {n}")))
    thread.work(two, steps(3, lambda n: order.append(f"two {n}")))
    gate.set()
    qtbot.waitUntil(lambda: not one.running and not two.running, timeout=5000)
    assert order == ["one 0", "two 0", "one 1", "two 1", "one 2", "two 2"]


def test_cancelled_work_is_closed(qtbot: QtBot, thread: StoreThread) -> None:
    closed: list[bool] = []

    def endless(_store: Store) -> Generator[Progress, None, None]:
        try:
            n = 0
            while True:
                n += 1
                yield Progress(n, None, "on and on")
        finally:
            closed.append(True)

    work = Work("endless")
    thread.work(work, endless)
    qtbot.waitUntil(lambda: work.progress is not None, timeout=5000)
    with qtbot.waitSignal(work.cancelled, timeout=5000):
        work.cancel()
    assert closed == [True]
    assert work.state == "cancelled"


def test_errors_come_back_to_who_asked_or_are_said(qtbot: QtBot, thread: StoreThread) -> None:
    def refuse(_store: Store) -> None:
        raise EditRefused("Not so.")

    caught: list[Exception] = []
    unhandled: list[Exception] = []
    thread.failed.connect(unhandled.append)
    wait(qtbot, thread.call(refuse).then(failed=caught.append))
    assert [str(e) for e in caught] == ["Not so."]
    assert unhandled == []
    with qtbot.waitSignal(thread.failed, timeout=5000):
        thread.call(refuse)
    assert [str(e) for e in unhandled] == ["Not so."]


def test_work_that_fails_says_so(qtbot: QtBot, thread: StoreThread) -> None:
    def fail(_store: Store) -> Generator[Progress, None, None]:
        yield Progress(1, 2, "half")
        raise EditRefused("No further.")

    work = Work("failing")
    with qtbot.waitSignal(work.failed, timeout=5000):
        thread.work(work, fail)
    assert (work.state, str(work.error)) == ("failed", "No further.")


def test_closing_does_what_waits_and_closes_what_runs(qtbot: QtBot, project: Path) -> None:
    thread = StoreThread(project, opener=Store.open)
    with qtbot.waitSignal(thread.opened, timeout=10000):
        thread.open()
    done: list[str] = []

    def endless(_store: Store) -> Generator[Progress, None, None]:
        try:
            while True:
                yield Progress(0, None, "on and on")
        finally:
            done.append("closed")

    work = Work("endless")
    thread.work(work, endless)
    qtbot.waitUntil(lambda: work.progress is not None, timeout=5000)
    for n in range(3):
        thread.call(lambda _store, n=n: done.append(f"call {n}"))
    thread.close()
    assert done == ["call 0", "call 1", "call 2", "closed"]
    with pytest.raises(RuntimeError, match="closed"):
        thread.call(lambda _store: None)


def test_time_left_is_measured_over_the_last_steps() -> None:
    work = Work("w")
    for second in range(5):
        work.note(Progress(100 * second, 1000, "x"), now=float(second))
    assert work.rate == pytest.approx(100)
    assert work.seconds_left == pytest.approx(6)
    work.note(Progress(5, 1000, "second pass"), now=6.0)
    assert work.rate is None
    assert work.seconds_left is None


class Page(QLabel):
    def take(self, report: object) -> None:
        self.setText(str(report))


def test_what_comes_back_for_a_page_that_is_gone_is_dropped_and_others_hear_it(qtbot: QtBot) -> None:
    page, heard = Page(), list[str]()
    answered, refused, work = Pending(), Pending(), Work("long")
    for pending in (answered, refused):
        pending.then(page.take, page.take)
        pending.then(page.setText, lambda error: page.setText(str(error)))
        pending.then(lambda _answer: heard.append("answer"), lambda _error: heard.append("error"))
    work.finished.connect(page.take)
    work.finished.connect(heard.append)
    shiboken6.delete(page)
    answered.resolve("late", None)
    refused.resolve(None, EditRefused("late"))
    work.end("done", "report", None)
    assert heard == ["answer", "error", "report"]
