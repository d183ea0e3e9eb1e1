"""What every test is held to, and what tests may ask for.

A test fails if it logs a warning it did not expect, if Qt does (pytest-qt sees to that, as `pyproject.toml`
says), if Python does (pytest's filter), or if it leaves a thread, a running QThread, an active QTimer or a
child process behind. Each test has its own home folder. How many trials an attack or a property gets is one
setting: the environment variable `WELDSTUDIO_LONG`, which `packaging/test.py --long` sets.
"""

import logging
import os
import re
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # torch's threads sleep while others work: ten times on a busy box

import hypothesis
import psutil
import pytest
import shiboken6
from PySide6.QtCore import QThread, QTimer

LONG = os.environ.get("WELDSTUDIO_LONG", "") not in ("", "0")
GRACE_S = 3.0  # for a thread or child that has been told to end, on a busy machine

# A busy machine must not fail a property by its clock.
hypothesis.settings.register_profile("short", max_examples=25, deadline=None)
hypothesis.settings.register_profile("long", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("long" if LONG else "short")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with slow tests first: begun last, they would leave all processes but one without work."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


# ── What tests may ask for ──────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def trials() -> Callable[[int, int], int]:
    """`trials(small, long)`: how often to try, in the run of every day and in the long one."""
    return lambda small, long: long if LONG else small


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real photographs that may lie beside the checkout, as `shared/data`; skips without it.

    `WELDSTUDIO_SHARED` names `shared` where it lies elsewhere.
    """
    beside = Path(__file__).resolve().parent.parent.parent / "shared"
    data = Path(os.environ.get("WELDSTUDIO_SHARED") or beside) / "data"
    if not data.is_dir():
        pytest.skip("the shared photographs are not on this machine")
    return data


ExpectLog = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def expect_log(_log_is_clean: list[logging.LogRecord]) -> ExpectLog:
    """A context, `with expect_log(logger, pattern)`, that must log such a warning, which then fails no test."""

    @contextmanager
    def expect(logger: str, pattern: str = "") -> Iterator[None]:
        before = len(_log_is_clean)
        yield
        logged = _log_is_clean[before:]
        expected = [
            record
            for record in logged
            if (record.name == logger or record.name.startswith(f"{logger}."))
            and re.search(pattern, record.getMessage())
        ]
        assert expected, f"{logger} was expected to log {pattern!r}; logged: {[r.getMessage() for r in logged]}"
        _log_is_clean[before:] = [record for record in logged if record not in expected]

    return expect


# ── What every test is held to ──────────────────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or touches the settings, data and caches of the person who runs it."""
    monkeypatch.setenv("WELDSTUDIO_HOME", str(tmp_path_factory.getbasetemp() / f"home-{time.monotonic_ns()}"))


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def _log_is_clean() -> Iterator[list[logging.LogRecord]]:
    """Fail a test that logs a warning or worse, in any thread; `expect_log` takes records out again."""
    recorder = _Recorder()
    root = logging.getLogger()
    root.addHandler(recorder)
    yield recorder.records
    root.removeHandler(recorder)
    logged = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in recorder.records]
    if logged:
        pytest.fail("unexpected log:\n" + "\n".join(logged), pytrace=False)


_made: list[weakref.ref[Any]] = []


@pytest.fixture(scope="session", autouse=True)
def _qt_objects_are_remembered() -> Iterator[None]:
    """Note each QThread and QTimer that Python makes; asking the collector for them takes 50 ms a test."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (QThread, QTimer):
            patch.setattr(kind, "__init__", _remembering(kind.__init__))
        yield


def _remembering(initialize: Callable[..., None]) -> Callable[..., None]:
    def remember(self: Any, *arguments: Any, **properties: Any) -> None:
        initialize(self, *arguments, **properties)
        _made.append(weakref.ref(self))

    return remember


@pytest.fixture(autouse=True)
def _nothing_is_left_running(_log_is_clean: object) -> Iterator[None]:
    """Fail a test that leaves a thread, a QThread, an active QTimer or a child process, and end the child.

    Set up before the fixtures that the test asks for, so looked at after they have put their things away.
    """
    before = set(threading.enumerate())
    _made.clear()
    yield
    # The clock is not asserted: a thread that was told to end gets time to do so.
    end = time.monotonic() + GRACE_S
    while (left := _left_running(before)) and time.monotonic() < end:
        time.sleep(0.01)
    if left:
        for child in _children():
            child.kill()
            child.wait(GRACE_S)
        pytest.fail("left running: " + "; ".join(left), pytrace=False)


def _left_running(before: set[threading.Thread]) -> list[str]:
    left = [f"thread {thread.name}" for thread in threading.enumerate() if thread not in before]
    for item in (reference() for reference in _made):
        # The C++ half may be gone with its parent while Python still holds the other.
        if item is None or not shiboken6.isValid(item):
            continue
        if isinstance(item, QThread) and item.isRunning():
            left.append(f"QThread {item.objectName() or type(item).__name__}")
        elif isinstance(item, QTimer) and item.isActive():
            left.append(f"QTimer {item.objectName()} every {item.interval()} ms, child of {item.parent()!r}")
    return left + [f"process {child.pid} {' '.join(_words(child))}" for child in _children()]


def _children() -> list[psutil.Process]:
    """Children that run; one that ended and was not waited for is no leak, nor are Python's own helpers."""
    if not _has_children():
        return []
    return [
        child
        for child in psutil.Process().children()
        if _words(child) and not any("multiprocessing.resource_tracker" in word for word in _words(child))
    ]


def _has_children() -> bool:
    """Whether there may be any: where the system tells it at once, looking through all its processes is spared."""
    if not hasattr(os, "waitid"):
        return True
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _words(child: psutil.Process) -> list[str]:
    """The command line; empty once the process has ended."""
    try:
        return [] if child.status() == psutil.STATUS_ZOMBIE else child.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
