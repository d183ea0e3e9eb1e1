"""Starting children: a warm one that lives on its stdin, or a detached run that lives in its folder."""

import contextlib
import logging
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import weldstudio
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Message
from weldstudio.jobs import devices, wire

_logger = logging.getLogger(__name__)

LOG_TAIL_BYTES = 8_000


def command(role: str, *arguments: str) -> list[str]:
    """The command line of a child."""
    return [sys.executable, "-m", "weldstudio", "--child", role, *arguments]


def environment() -> dict[str, str]:
    """The environment of a child: UTF-8 streams, threads that sleep while waiting, and glibc told to keep large blocks.

    Threads that wait by spinning take the core from the very thread they wait for as soon as anything else runs, such
    as the window: beside four busy processes on two cores a training step took 1.6 times as long, one photo 2.5 times.

    Large activations are otherwise mapped and unmapped at every layer, which takes a fifth to a half of the time of
    a forward pass on a CPU. glibc reads these settings only when a process starts.
    """
    env = dict(os.environ, PYTHONUTF8="1", PYTHONIOENCODING="utf-8")
    # The very package that runs here, wherever the child is started.
    here = str(Path(weldstudio.__file__).resolve().parent.parent)
    env["PYTHONPATH"] = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", ""))))
    env.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    env.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's, which can only spin; see `domain.blocks`
    if sys.platform == "linux":
        env.setdefault("MALLOC_MMAP_THRESHOLD_", str(4 << 30))
        env.setdefault("MALLOC_TRIM_THRESHOLD_", str(8 << 30))
        env.setdefault("MALLOC_TOP_PAD_", str(256 << 20))
    return env


def end(pid: int) -> None:
    """Ends a process at once, without asking, and waits up to a second until it has; one that has ended is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        waited_until = time.monotonic() + 1.0
        while sys.platform != "win32" and time.monotonic() < waited_until:
            os.kill(pid, 0)  # raises once there is no such process
            time.sleep(0.02)


def _hidden() -> int:
    """Flag that keeps Windows from opening a console for a child; 0 elsewhere."""
    return getattr(subprocess, "CREATE_NO_WINDOW", 0)


class Child:
    """A child that is asked on its stdin and answers on its stdout. One reader thread; the methods are for one thread.

    Closing its stdin ends it, so it never outlives the process that started it.
    """

    def __init__(self, role: str, *arguments: str) -> None:
        self.role = role
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._process = subprocess.Popen(
            command(role, *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment(),
            encoding="utf-8",
            # Ctrl+C in a terminal is for the one who asks, who then closes the child in good order.
            start_new_session=True,
            creationflags=_hidden() | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._ended = False
        self._closed = False
        self._reader = threading.Thread(target=self._read, name=f"{role} answers", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not self._closed and self._process.poll() is None

    def send(self, message: Message) -> None:
        """Raises JobFailed when the child is gone."""
        stdin = self._process.stdin
        assert stdin is not None  # it was asked for above
        try:
            stdin.write(wire.encode(message) + "\n")
            stdin.flush()
        except (OSError, ValueError) as error:
            raise self._gone() from error

    def poll(self, timeout: float = 0.0) -> Message | None:
        """The next message, waiting for at most `timeout` seconds; None when there is none.

        Raises JobFailed when the child has ended and everything it said has been handed out.
        """
        if self._ended:
            raise self._gone()
        try:
            message = self._answers.get(timeout=timeout) if timeout > 0 else self._answers.get_nowait()
        except queue.Empty:
            return None
        if message is None:
            self._ended = True
            raise self._gone()
        return message

    def close(self, grace: float = 5.0) -> None:
        """Closes the child's stdin, waits `grace` seconds for its end, then kills it. May be called twice."""
        if self._closed:
            return
        self._closed = True
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.close()
        except OSError:
            pass  # it ended before; what it did not read is lost with it
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        stdout.close()
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # On the way out of an error nobody waits for a batch to be finished.
        self.close(grace=5.0 if kind is None else 0.2)

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        for line in stdout:
            try:
                self._answers.put(wire.decode(line))
            except wire.WireError:
                _logger.exception("The %s said something that is no message", self.role)
        self._answers.put(None)

    def _gone(self) -> JobFailed:
        if self._closed:
            return JobFailed(f"The {self.role} has been closed.")
        try:
            code: int | None = self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            code = None
        tail = tail_of(self._errors)
        if tail:
            _logger.info("Last words of the %s:\n%s", self.role, tail)
        last = tail.strip().splitlines()[-1] if tail.strip() else "it left no message"
        return JobFailed(f"The {self.role} process ended unexpectedly (exit status {code}): {last}. Try again.")


def tail_of(file: IO[bytes], size: int = LOG_TAIL_BYTES) -> str:
    """The last `size` bytes of an open file as text."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - size))
    return file.read().decode("utf-8", errors="replace")


def start_detached(run: Path, device: str = "") -> int:
    """Starts the training run of a folder so that it outlives this process; returns its process id.

    A launcher in between starts it, so that the run is nobody's child here: it leaves no zombie behind, and closing a
    terminal or a window does not reach it. `device` is the one that it has to have; without one it takes what there
    is, whatever else runs. Raises JobFailed.
    """
    try:
        done = subprocess.run(
            command("launch", str(run), device),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment(),
            encoding="utf-8",
            timeout=60,
            start_new_session=True,
            creationflags=_hidden() | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            check=False,
        )
        return int(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise JobFailed(f"The training could not be started: {error}. Its log is {run / 'log.txt'}.") from error


def launch(run: Path, device: str) -> subprocess.Popen[bytes]:
    """What the launcher does: starts the run in a session of its own, its words going to log.txt."""
    with (run / "log.txt").open("ab") as log:
        return subprocess.Popen(
            command("train", str(run), device),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment() | devices.environment(device),
            cwd=run,
            start_new_session=True,
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0)
            | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
