"""The one loop that drives long work: progress on stderr, and Ctrl+C that ends it at a point where the store is sound.

Work is a generator that yields `Progress` and returns its report. Ctrl+C is noted and acted on between two steps:
the generator is closed, which keeps the chunks that are finished. A second Ctrl+C interrupts at once.
"""

import shutil
import signal
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import click

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import UserError

Report = TypeVar("Report")

KEPT = "Cancelled; what was finished is kept."

_REDRAW_S = 0.1
_LINE_EVERY_S = 5.0
_BAR = 24


class Cancelled(Exception):
    """A person pressed Ctrl+C and the work was ended in good order; the text says what became of it."""


class Interrupted:
    """Whether Ctrl+C was pressed; set by the signal handler, read between two steps."""

    def __init__(self) -> None:
        self.pressed = False

    def note(self, _number: int, _frame: FrameType | None) -> None:
        """The first press asks for an orderly end, the second does not wait for it."""
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True


@contextmanager
def interrupts() -> Iterator[Interrupted]:
    """Inside, Ctrl+C sets a flag instead of raising wherever the program happens to be."""
    noted = Interrupted()
    if threading.current_thread() is not threading.main_thread():
        yield noted  # signals reach the main thread alone
        return
    before = signal.signal(signal.SIGINT, noted.note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


def drive(work: Generator[Progress, None, Report], title: str, *, quiet: bool = False, cancelled: str = KEPT) -> Report:
    """Run `work` to its end and return its report. `quiet` (with --json) shows nothing.

    Cancelled after Ctrl+C, when the work has been closed; `cancelled` says what became of it.
    """
    show = _nothing() if quiet else _on_terminal(title) if sys.stderr.isatty() else _in_lines(title)
    next(show)
    with interrupts() as interrupted:
        try:
            while True:
                step = next(work)
                show.send(step)
                if interrupted.pressed:
                    raise Cancelled(cancelled)
        except StopIteration as end:
            report: Report = end.value
            return report
        except UserError as error:
            # A terminal sends Ctrl+C to children too, and one that obeys it looks like one that failed.
            if interrupted.pressed:
                raise Cancelled(cancelled) from error
            raise
        finally:
            work.close()
            show.close()


Show = Generator[None, Progress, None]


def _nothing() -> Show:
    while True:
        yield


def _on_terminal(title: str) -> Show:
    """One line that is drawn over itself, at most ten times a second, and wiped at the end."""
    drawn = 0.0
    try:
        while True:
            step = yield
            now = time.monotonic()
            if now - drawn >= _REDRAW_S:
                drawn = now
                columns = shutil.get_terminal_size().columns
                line = _line(title, step, bar=True)[: columns - 1]
                click.echo("\r" + line.ljust(columns - 1), err=True, nl=False)
    finally:
        if drawn:
            click.echo("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r", err=True, nl=False)


def _in_lines(title: str) -> Show:
    """For logs and pipes: a line when the work begins, and every few seconds while it goes on."""
    written = -_LINE_EVERY_S
    while True:
        step = yield
        now = time.monotonic()
        if now - written >= _LINE_EVERY_S:
            written = now
            click.echo(_line(title, step, bar=False), err=True)


def _line(title: str, step: Progress, *, bar: bool) -> str:
    """'Importing  [######------]  1,200 of 2,000  reading headers'."""
    parts = [title]
    if step.total:
        if bar:
            full = round(_BAR * min(1.0, step.done / step.total))
            parts.append("[" + "#" * full + "-" * (_BAR - full) + "]")
        parts.append(f"{step.done:,} of {step.total:,}")
    elif step.done:
        parts.append(f"{step.done:,}")
    parts.append(" ".join(step.text.split()))
    return "  ".join(part for part in parts if part)
