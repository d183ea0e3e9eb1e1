"""Folders that are watched: a reader of their own looks at them all the time, and what it sees is taken in.

Nothing here waits: whoever drives it, the window by a timer or the command line in a loop, asks now and then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Drop, Failed, Look, Looked, Message
from weldstudio.domain.photo import FoundPhoto
from weldstudio.jobs.process import Child

RESTARTS = 3
MESSAGES = 2
"""So many are taken at once: a folder of 100,000 photos is told of in many, and a window has keys to answer."""


@dataclass(slots=True)
class Sighting:
    """What is different below a collection's folder, to be handed to `rescanning.take_in`."""

    collection_id: int
    found: dict[str, FoundPhoto] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    skipped: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    """It tells of the whole folder: what it does not name is not there."""
    away: str = ""
    """The folder is not there, in a sentence; nothing else is said then."""

    def add(self, later: "Sighting") -> None:
        """Take a later sighting of the same collection into this one."""
        for path in later.gone:
            self.found.pop(path, None)
        self.found |= later.found
        if self.whole:
            return  # what is gone is simply not named
        self.gone = [path for path in (*self.gone, *later.gone) if path not in later.found]


class Lookout:
    """Watches folders by collection id. One thread; `close` ends the reader."""

    def __init__(self) -> None:
        self._child: Child | None = None
        self._roots: dict[int, Path] = {}
        self._restarts = 0
        self._numbers: dict[int, int] = {}
        """Collection by request."""
        self._last = 0
        self._begun: dict[int, Sighting] = {}
        """Looks of which a part is still to come, by request."""

    @property
    def roots(self) -> Mapping[int, Path]:
        return self._roots

    def watch(self, roots: Mapping[int, Path]) -> None:
        """Watch these folders and no others. Raises JobFailed where the reader cannot be started."""
        ended = {number for number, where in self._numbers.items() if roots.get(where) != self._roots.get(where)}
        new = [where for where, root in roots.items() if self._roots.get(where) != root]
        self._roots = dict(roots)
        for number in ended:
            del self._numbers[number]
            self._begun.pop(number, None)
        if not roots:
            self.close()
            return
        if self._child is None:
            self._child = Child("reader")
        for number in ended:
            self._child.send(Drop(number))
        for where in new:
            self._last += 1
            self._numbers[self._last] = where
            self._child.send(Look(self._last, str(roots[where]), watch=True))

    def poll(self, timeout: float = 0.0) -> Iterator[Sighting]:
        """What was seen since, as far as it can be said in a moment. Raises JobFailed when nothing is seen any more.

        Waits at most `timeout` seconds for the first.
        """
        for _ in range(MESSAGES):
            if self._child is None:
                return
            try:
                message = self._child.poll(timeout)
            except JobFailed:
                self._begin_anew()
                continue
            if message is None:
                return
            sighting = self._sighting(message)
            if sighting is not None:
                timeout = 0.0
                yield sighting

    def close(self) -> None:
        """Watch nothing (any more)."""
        if self._child is not None:
            self._child.close(grace=1.0)
        self._child = None
        self._roots, self._numbers = {}, {}
        self._begun.clear()

    def _sighting(self, message: Message) -> Sighting | None:
        if isinstance(message, Failed) and message.request in self._numbers:
            return Sighting(self._numbers[message.request], away=message.sentence)
        if not isinstance(message, Looked) or message.request not in self._numbers:
            return None
        part = Sighting(self._numbers[message.request], skipped=message.skipped, whole=message.whole)
        part.found = {path: FoundPhoto(path, size, mtime_ns) for path, size, mtime_ns in message.found}
        part.gone = list(message.gone)
        begun = self._begun.pop(message.request, None)
        if begun is not None:
            begun.found |= part.found
            begun.gone, begun.skipped = part.gone, part.skipped
            part = begun
        if not message.last:
            self._begun[message.request] = part
            return None
        return part

    def _begin_anew(self) -> None:
        """The reader died: another one looks at everything again. Raises JobFailed when that has happened too often."""
        roots = self._roots
        self.close()
        self._restarts += 1
        if self._restarts > RESTARTS:
            raise JobFailed("The folders are not watched any more, for looking at them fails again and again.")
        self.watch(roots)
