"""Children that live in a thread of the test: the work and words of the real ones, without starting a process."""

import queue
import threading
from collections.abc import Iterator

import pytest

from weldstudio.domain.messages import Message, Started
from weldstudio.jobs import reader
from weldstudio.studio import asking, predicting, reading, rescanning, watching


class InProcessChild:
    """In place of `jobs.process.Child`."""

    def __init__(self, role: str) -> None:
        self._requests: reader.Requests = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._answers.put(Started(1, role))
        serve = reader.serve
        if role == "engine":
            from weldstudio.ml.serving import serve
        self._thread = threading.Thread(target=serve, args=(self._requests, self._answers.put))
        self._thread.start()

    def __enter__(self) -> "InProcessChild":
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
        monkeypatch.setattr(module, "Child", InProcessChild)


@pytest.fixture
def engines_in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For who asks an engine that needs torch: a process of its own would import that anew, for seconds."""
    import torch

    threads = torch.get_num_threads()
    for module in (asking, predicting):
        monkeypatch.setattr(module, "Child", InProcessChild)
    yield
    torch.set_num_threads(threads)
