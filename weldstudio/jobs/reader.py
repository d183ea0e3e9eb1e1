"""The reader's work: facts and thumbnails of many photos, several files at a time. No torch, no database."""

import dataclasses
import queue
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weldstudio.domain.messages import Completed, Drop, FactsRead, Failed, Look, Message, ReadFacts
from weldstudio.domain.photo import PhotoFacts
from weldstudio.imaging.scan import read_facts
from weldstudio.imaging.thumbs import Thumb, ThumbStore
from weldstudio.jobs.looking import Looking

THREADS = 8
"""A cold disk answers eight readers three to five times faster than one; decoding lets the interpreter lock go."""

_BATCH = 32
"""Photos an answer: some 30 ms of work, so that the window fills steadily and a closed stdin is noticed soon."""
_AHEAD = 4 * THREADS
"""Photos handed to the threads before their results are asked for: a slow one must not keep the others idle."""

Requests = queue.SimpleQueue[Message | None]
Utter = Callable[[Message], None]
_Read = tuple[PhotoFacts, Thumb | None]


def serve(requests: Requests, utter: Utter) -> None:
    """Answers `ReadFacts` until None comes in: `FactsRead` in batches in the order asked, then `Completed`.

    A `Look` is answered, and goes on being answered where it shall watch, from a thread of its own. A `Drop` forgets a
    request that waits or is under way. A disk that takes no thumbnails is answered by `Failed`; a file that cannot be
    read has a `problem` among its facts.
    """
    reader = _Reader(utter)
    try:
        while reader.take(requests):
            reader.work()
    finally:
        reader.close()


@dataclass(slots=True, eq=False)
class _Asked:
    """A request under way."""

    message: ReadFacts
    begun: int = 0
    """So many of its photos are with the threads, or read."""
    answered: int = 0
    batch: list[dict[str, Any]] = field(default_factory=list)


class _Reader:
    """The state between two answers. One thread; the pool's threads only read files."""

    def __init__(self, utter: Utter) -> None:
        self._utter = utter
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="reading")
        self._asked: list[_Asked] = []
        self._running: deque[tuple[_Asked, int, Future[_Read]]] = deque()
        self._stores: dict[str, ThumbStore] = {}
        self._looking: dict[int, Looking] = {}

    def take(self, requests: Requests) -> bool:
        """Sorts in what has come; waits when there is nothing to do. False when the child shall end."""
        while True:
            try:
                message = requests.get(block=not self._asked)
            except queue.Empty:
                return True
            match message:
                case None:
                    return False
                case ReadFacts():
                    self._asked.append(_Asked(message))
                    self._finish_if_done(self._asked[-1])
                case Look():
                    self._looking[message.request] = Looking(message, self._utter)
                case Drop(request):
                    self._drop(request)
                case _:
                    raise ValueError(f"the reader is not asked for {type(message).__name__}")

    def work(self) -> None:
        """Keeps the threads busy and hands on the oldest result."""
        for asked in self._asked:
            message = asked.message
            while asked.begun < len(message.paths) and len(self._running) < _AHEAD:
                task = self._pool.submit(
                    read_facts, Path(message.root), message.paths[asked.begun], thumb_size=message.thumb_size
                )
                self._running.append((asked, asked.begun, task))
                asked.begun += 1
        if not self._running:
            return
        asked, index, task = self._running.popleft()
        facts, thumb = task.result()
        if asked not in self._asked:
            return  # dropped meanwhile
        asked.answered += 1
        asked.batch.append(dataclasses.asdict(facts))
        try:
            self._keep(asked.message, index, thumb)
            if len(asked.batch) >= _BATCH or asked.answered == len(asked.message.paths):
                self._say(asked)
        except OSError as error:
            self._drop(asked.message.request)
            self._stores.pop(asked.message.thumbs, None)  # what it could not write is lost; thumbnails are made again
            reason = error.strerror or str(error)
            self._utter(
                Failed(asked.message.request, f"The thumbnails cannot be written ({reason}). Make room and try again.")
            )
            return
        self._finish_if_done(asked)

    def close(self) -> None:
        """Lets go of everything; results nobody waits for are lost."""
        for looking in self._looking.values():
            looking.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for store in self._stores.values():
            store.close()

    def _keep(self, message: ReadFacts, index: int, thumb: Thumb | None) -> None:
        if thumb is None or not message.thumbs:
            return
        store = self._stores.get(message.thumbs)
        if store is None:
            store = self._stores[message.thumbs] = ThumbStore(Path(message.thumbs))
        if message.thumb_keys[index] not in store:
            store.add(message.thumb_keys[index], thumb.jpeg)

    def _say(self, asked: _Asked) -> None:
        """Thumbnails first: whoever hears of a photo's facts finds its thumbnail."""
        if asked.message.thumbs in self._stores:
            self._stores[asked.message.thumbs].flush()
        self._utter(FactsRead(asked.message.request, tuple(asked.batch)))
        asked.batch = []

    def _finish_if_done(self, asked: _Asked) -> None:
        if asked.answered == len(asked.message.paths):
            self._asked.remove(asked)
            self._utter(Completed(asked.message.request))

    def _drop(self, request: int) -> None:
        if (looking := self._looking.pop(request, None)) is not None:
            looking.stop()
        self._asked = [asked for asked in self._asked if asked.message.request != request]
