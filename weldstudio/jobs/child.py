"""Main of a child: `python -m weldstudio --child ROLE`. The only module outside `ml` that may reach torch.

engine, reader, learner: requests come in on stdin, answers go out on stdout, the end of stdin is the end of the child.
train RUN DEVICE: a detached training; stdout is unused, everything is said in the run folder. Without a device it
takes what there is; with one it goes back into the line where another holds it.

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
from weldstudio.domain.messages import Alarm, Failed, Heartbeat, Message, RunFinished, Stage, Started
from weldstudio.jobs import waiting, wire
from weldstudio.jobs.folder import RunFolder

_logger = logging.getLogger(__name__)

HEARTBEAT_S = 2.0
LISTEN_S = 0.25
"""How often a run looks whether it is to stop, to answer at once."""
PATIENCE_S = 10.0
"""So long a step may take to its end after the run was asked to stop."""

Requests = queue.SimpleQueue[Message | None]
"""Requests in the order in which they came; None after the last one (stdin was closed)."""
Utter = Callable[[Message], None]
"""Writes one message to whoever started the child."""


def main(argv: list[str]) -> int:
    """The exit status of a child: 0 when it ended in order, 1 after a failure, 2 for words it does not know."""
    match argv:
        case ["engine" | "reader" | "learner" as role]:
            return _serve(role)
        case ["train", folder, *device]:
            return _in_turn(RunFolder(Path(folder)), "".join(device))
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
        elif role == "learner":
            from weldstudio.jobs import learner

            learner.serve(requests, utter)
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
        if os.getppid() != parent or not hasattr(os, "fork"):
            line.start_next()  # whoever started this one, and would start the next, is gone


def _train(run: RunFolder) -> int:
    """One training, from its folder, saying everything in its folder."""
    began, started = time.time(), run.control().started
    say, wishes = _Voice(run), _Wishes(run, started)
    say(Started(os.getpid(), "train"))
    with _heartbeat(say, wishes):
        try:
            say(Stage("loading the program"))
            from weldstudio.ml import train

            warned = {message.sentence for message in run.replay() if isinstance(message, Alarm)}
            for message in train.train(run.recipe(), run.manifest(), run.path, wishes.heed):
                if not (isinstance(message, Alarm) and message.sentence in warned):
                    say(message)  # before its start, or before it was broken off, the same was said
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


class _Wishes:
    """What the owner of a run wants, heard by two threads: one that answers, one that ends its step first."""

    def __init__(self, run: RunFolder, started: float | None) -> None:
        self._run, self._started = run, started
        self.heeded = False
        """Whether the training has ended its step to do what is wished."""

    def heard(self) -> str:
        return self._run.wish(self._started)

    def heed(self) -> str:
        """For the training, between its steps."""
        wish = self.heard()
        self.heeded = self.heeded or bool(wish)
        return wish


@contextmanager
def _heartbeat(say: Utter, wishes: _Wishes) -> Iterator[None]:
    """Says every two seconds that the run lives, and once, at once, that it has heard to stop.

    A step that does not end within `PATIENCE_S` after that is broken off, with the process; the last checkpoint stands.
    """
    done = threading.Event()

    def beat() -> None:
        next_beat, heard_at = 0.0, float("inf")
        while not done.is_set():
            now = time.monotonic()
            if now >= next_beat:
                say(Heartbeat(time.time()))
                next_beat = now + HEARTBEAT_S
            wish = "" if heard_at < now else wishes.heard()
            if wish:
                heard_at = now
                say(Stage("stopping after this step" if wish == "stop" else "pausing after this step"))
            if now - heard_at >= PATIENCE_S and not wishes.heeded:
                sentence = "Its step took too long and was broken off; resume it to go on from its last checkpoint."
                say(RunFinished("paused", sentence, 0.0))
                os._exit(1)
            done.wait(LISTEN_S)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
