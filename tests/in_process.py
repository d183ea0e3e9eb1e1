"""A reader that lives in a thread of the test: the real one's work and words, without starting a process."""

import queue
import threading

import pytest

from weldstudio.domain.messages import Message, Started
from weldstudio.jobs import reader
from weldstudio.studio import reading, rescanning, watching


class InProcessReader:
    """In place of `jobs.process.Child`."""

    def __init__(self, role: str) -> None:
        assert role == "reader"
        self._requests: reader.Requests = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._answers.put(Started(1, role))
        self._thread = threading.Thread(target=reader.serve, args=(self._requests, self._answers.put))
        self._thread.start()

    def __enter__(self) -> "InProcessReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, message: Message) -> None:
        self._requests.put(message)

    def poll(self, timeout: float = 0.0) -> Message | None:
        try:
            return self._answers.get(timeout=timeout) if timeout else self._answers.get_nowait()
        except queue.Empty:
            return None

    def close(self, grace: float = 5.0) -> None:
        self._requests.put(None)
        self._thread.join()


@pytest.fixture(autouse=True)
def readers_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a conftest. A process takes half a second to begin; the loop and the tests of `jobs` start real ones."""
    for module in (reading, rescanning, watching):
        monkeypatch.setattr(module, "Child", InProcessReader)
