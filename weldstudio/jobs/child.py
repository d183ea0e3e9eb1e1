"""Main of a child: `python -m weldstudio --child ROLE`. The only module outside `ml` that may reach torch.

engine, reader: requests come in on stdin, answers go out on stdout, the end of stdin is the end of the child.
train RUN DEVICE: a detached training; stdout is unused, everything is said in the run folder. Without a device it
takes what there is; with one it goes back into the line where another holds it.
launch RUN DEVICE: starts a training and prints its process id; when it has ended, starts the next that waits.

Each role imports its own, and only after it has uttered `Started`.
"""

import logging
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from weldstudio.domain.errors import UserError
from weldstudio.domain.messages import GOING_ON, Failed, Heartbeat, Message, RunFinished, Stage, Started
from weldstudio.jobs import waiting, wire
from weldstudio.jobs.folder import RunFolder
from weldstudio.jobs.process import launch

_logger = logging.getLogger(__name__)

HEARTBEAT_S = 2.0
LISTEN_S = 0.25
"""How often a run looks whether it is to stop, to answer at once."""

Requests = queue.SimpleQueue[Message | None]
"""Requests in the order in which they came; None after the last one (stdin was closed)."""
Utter = Callable[[Message], None]
"""Writes one message to whoever started the child."""


def main(argv: list[str]) -> int:
    """The exit status of a child: 0 when it ended in order, 1 after a failure, 2 for words it does not know."""
    match argv:
        case ["engine" | "reader" as role]:
            return _serve(role)
        case ["train", folder, *device]:
            return _in_turn(RunFolder(Path(folder)), "".join(device))
        case ["launch", folder, *device]:
            return _launch(RunFolder(Path(folder)), "".join(device))
        case _:
            _logger.error("There is no child %s", argv)
            return 2


def _serve(role: str) -> int:
    """Answers requests until stdin is closed."""
    answers = _own_stdout()
    lock = threading.Lock()  # who watches a folder speaks from a thread of its own

    def utter(message: Message) -> None:
        with lock:
            answers.write(wire.encode(message) + "\n")
            answers.flush()

    requests: Requests = queue.SimpleQueue()
    try:
        utter(Started(os.getpid(), role))
        threading.Thread(target=_read, args=(sys.stdin, requests), name="requests", daemon=True).start()
        if role == "reader":
            from weldstudio.jobs import reader

            reader.serve(requests, utter)
        else:
            from weldstudio.ml import serving

            serving.serve(requests, utter)
    except BrokenPipeError:
        return 1  # whoever asked is gone; nobody is left to be told
    except UserError as error:
        utter(Failed(-1, str(error)))
        return 1
    except Exception as error:
        _logger.exception("The %s failed", role)
        utter(Failed(-1, f"The {role} failed: {error}.", traceback.format_exc()))
        return 1
    return 0


def _own_stdout() -> TextIO:
    """A stream to the real stdout for messages alone; whatever else prints, prints to stderr from now on."""
    messages = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    return messages


def _read(stdin: TextIO, requests: Requests) -> None:
    for line in stdin:
        try:
            requests.put(wire.decode(line))
        except wire.WireError:
            _logger.exception("A request that is no message")
    requests.put(None)


def _launch(run: RunFolder, device: str) -> int:
    """Starts a training and says its process id; waits for its end, then starts the next in the line.

    Whoever asked waits for the id alone: where the system can, the one that stays is nobody's child.
    """
    if hasattr(os, "fork") and os.fork():
        os._exit(0)
    process = launch(run.path, device)
    os.write(1, f"{process.pid}\n".encode())
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    line = waiting.of_machine()
    while True:
        process.wait()
        _ended(line, run, device)
        turn = line.take()
        if turn is None:
            return 0
        run, device = turn
        process = launch(run.path, device)


def _ended(line: waiting.Line, run: RunFolder, device: str) -> None:
    """After the end of a training's process: one that never said a word has failed."""
    if device:
        line.begun(device)
    said = list(run.replay())
    if run.control().started is not None and (not said or said[-1] == Stage(GOING_ON)):
        last = run.log_tail().strip().splitlines()[-1:] or ["it is empty"]
        run.append(RunFinished("failed", f"It ended before its first word. Its log ends with: {last[0]}", 0.0))


def _in_turn(run: RunFolder, device: str) -> int:
    """A training that holds its device while it lives; back into the line with it where another one has it."""
    line = waiting.of_machine()
    lock = line.device_lock(device or line.devices[0])
    if not lock.take() and device:
        line.put_back(run)
        line.begun(device)
        return 0
    if device:
        line.begun(device)
    parent = os.getppid()
    try:
        return _train(run)
    finally:
        lock.release()
        if os.getppid() != parent:
            line.start_next()  # whoever started this one, and would start the next, is gone


def _train(run: RunFolder) -> int:
    """One training, from its folder, saying everything in its folder."""
    began, started = time.time(), run.control().started
    say = _Voice(run)
    say(Started(os.getpid(), "train"))
    with _heartbeat(say, run):
        try:
            say(Stage("loading the program"))
            from weldstudio.ml import train

            for message in train.train(run.recipe(), run.manifest(), run.path, lambda: run.wish(started)):
                say(message)
        except UserError as error:
            say(Failed(-1, str(error)))
            say(RunFinished("failed", str(error), time.time() - began))
            return 1
        except Exception as error:
            _logger.exception("The training failed")
            sentence = f"The training failed: {error}. Its log says more."
            say(Failed(-1, sentence, traceback.format_exc()))
            say(RunFinished("failed", sentence, time.time() - began))
            return 1
    return 0


class _Voice:
    """Appends messages to the run folder, from two threads. A full disk delays them; it never ends the training."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._waiting: list[Message] = []
        self._lock = threading.Lock()

    def __call__(self, message: Message) -> None:
        with self._lock:
            self._waiting.append(message)
            try:
                while self._waiting:
                    self._run.append(self._waiting[0])
                    del self._waiting[0]
            except OSError as error:
                # A heartbeat that waits is worth nothing.
                self._waiting = [m for m in self._waiting if not isinstance(m, Heartbeat)]
                if not isinstance(message, Heartbeat):
                    _logger.error("%d messages wait to be written: %s", len(self._waiting), error)


@contextmanager
def _heartbeat(say: Utter, run: RunFolder) -> Iterator[None]:
    """Says every two seconds that the run lives, and once, at once, that it has heard to stop."""
    done = threading.Event()

    def beat() -> None:
        next_beat, heard, started = 0.0, False, run.control().started
        while not done.is_set():
            if time.monotonic() >= next_beat:
                say(Heartbeat(time.time()))
                next_beat = time.monotonic() + HEARTBEAT_S
            wish = "" if heard else run.wish(started)
            if wish:
                heard = True
                say(Stage("stopping after this step" if wish == "stop" else "pausing after this step"))
            done.wait(LISTEN_S)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
