"""A reader that lives in a thread of the test: the real one's work and words, without starting a process."""

import queue
import threading

from weldstudio.domain.messages import Message, Started
from weldstudio.jobs import reader


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
