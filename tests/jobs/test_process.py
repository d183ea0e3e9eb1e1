"""Children answer, end when their stdin is closed, and their death is told in a sentence. The child is a script."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Drop, Heartbeat, Message, Stage, Started
from weldstudio.jobs import process
from weldstudio.jobs.process import Child

_ECHO = """
import sys
print('{"message":"started","pid":1,"role":"engine"}', flush=True)
for line in sys.stdin:
    print('{"message":"stage","text":"heard"}', flush=True)
    if '"request":13' in line:
        sys.exit("thirteen is not allowed")
    if '"request":14' in line:
        print("this is no message", flush=True)
"""
_DEAF = 'import time\nprint(\'{"message":"started","pid":1,"role":"engine"}\', flush=True)\ntime.sleep(600)\n'


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "command", lambda role, *rest: [sys.executable, "-c", *rest])


def _next(child: Child) -> Message:
    for _ in range(500):
        message = child.poll(0.05)
        if message is not None:
            return message
    raise AssertionError("the child said nothing")


def _until_it_fails(what: Callable[[], object]) -> None:
    """A first write after its end may still find the pipe open."""
    for _ in range(500):
        what()
        time.sleep(0.01)


def test_a_child_answers(script: None) -> None:
    with Child("engine", _ECHO) as child:
        assert _next(child) == Started(1, "engine")
        assert child.poll() is None
        child.send(Drop(1))
        assert _next(child) == Stage("heard")
        assert child.alive
    assert not child.alive


def test_closing_twice_does_no_harm_and_a_closed_child_hears_nothing(script: None) -> None:
    child = Child("engine", _ECHO)
    child.close()
    child.close()
    with pytest.raises(JobFailed, match="closed"):
        child.send(Drop(1))


def test_a_child_that_does_not_listen_is_killed(script: None) -> None:
    with Child("engine", _DEAF) as child:
        _next(child)
        child.close(grace=0.1)
    assert not child.alive


def test_death_is_told_after_everything_it_said(script: None) -> None:
    with Child("engine", _ECHO) as child:
        _next(child)
        child.send(Drop(13))
        assert _next(child) == Stage("heard")
        with pytest.raises(JobFailed, match=r"engine process ended unexpectedly.*thirteen is not allowed"):
            _until_it_fails(lambda: child.poll(0.05))
        with pytest.raises(JobFailed):
            child.poll()
        with pytest.raises(JobFailed):
            _until_it_fails(lambda: child.send(Drop(1)))


def test_what_is_no_message_is_logged_and_passed_over(script: None, expect_log) -> None:
    with expect_log("weldstudio.jobs.process", "no message"), Child("engine", _ECHO) as child:
        _next(child)
        child.send(Drop(14))
        assert _next(child) == Stage("heard")
        child.send(Drop(1))
        assert _next(child) == Stage("heard")


def test_the_environment_tells_glibc_to_keep_large_blocks() -> None:
    env = process.environment()
    assert env["PYTHONUTF8"] == "1"
    assert ("MALLOC_MMAP_THRESHOLD_" in env) == (sys.platform == "linux")
    assert env["OMP_WAIT_POLICY"]
    assert env["OPENBLAS_NUM_THREADS"]


def test_a_run_that_cannot_be_started_is_said(tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match="could not be started"):
        process.start_detached(tmp_path / "nowhere")


def test_messages_keep_their_order(script: None) -> None:
    with Child("engine", _ECHO) as child:
        _next(child)
        for _ in range(20):
            child.send(Heartbeat(1.0))
        assert [_next(child) for _ in range(20)] == [Stage("heard")] * 20
