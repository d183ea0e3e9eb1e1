import os
import signal
import sys
from collections.abc import Generator

import pytest

from weldstudio.cli.progress import Cancelled, drive
from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed


class Terminal:
    """Makes stderr look like a terminal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        monkeypatch.setenv("COLUMNS", "80")


def work(steps: int, *, total: int | None = None) -> Generator[Progress, None, str]:
    for number in range(steps):
        yield Progress(number, total, "reading\nheaders")
    return "report"


def test_the_report_is_what_the_work_returns(capsys: pytest.CaptureFixture[str]) -> None:
    assert drive(work(3, total=3), "Importing") == "report"
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "Importing  0 of 3  reading headers\n"  # one line, not one per step


def test_work_without_a_single_step_is_done_too() -> None:
    assert drive(work(0), "Importing") == "report"


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    drive(work(3), "Importing", quiet=True)
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_the_bar_is_drawn_over_itself_and_wiped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Terminal(monkeypatch)
    drive(work(1, total=2), "Importing")
    err = capsys.readouterr().err
    assert "[------------------------]  0 of 2" in err
    assert err.endswith("\r" + " " * 79 + "\r")
    assert "\n" not in err


def test_a_line_never_fills_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Terminal(monkeypatch)
    monkeypatch.setenv("COLUMNS", "30")
    drive(work(1, total=2), "A very long title of what is going on here")
    assert max(len(part) for part in capsys.readouterr().err.split("\r")) == 29


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl+C there")
def test_ctrl_c_closes_the_work_between_two_steps() -> None:
    closed_at = []

    def interrupted() -> Generator[Progress, None, None]:
        try:
            for number in range(10):
                if number == 2:
                    os.kill(os.getpid(), signal.SIGINT)
                yield Progress(number, 10, "")
        except GeneratorExit:
            closed_at.append(number)
            raise

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(Cancelled):
        drive(interrupted(), "Importing")
    assert closed_at == [2]
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl+C there")
def test_a_child_that_ends_by_the_same_ctrl_c_is_no_failure() -> None:
    def work_of_a_child() -> Generator[Progress, None, None]:
        yield Progress(0, None, "")
        os.kill(os.getpid(), signal.SIGINT)
        raise JobFailed("The engine ended unexpectedly.")

    with pytest.raises(Cancelled):
        drive(work_of_a_child(), "Predicting")


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl+C there")
def test_a_second_ctrl_c_does_not_wait() -> None:
    def stuck() -> Generator[Progress, None, None]:
        yield Progress(0, None, "")
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("the second press was ignored")

    with pytest.raises(KeyboardInterrupt):
        drive(stuck(), "Importing")


def test_an_error_in_the_work_comes_out() -> None:
    def failing() -> Generator[Progress, None, None]:
        yield Progress(0, None, "")
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        drive(failing(), "Importing")
