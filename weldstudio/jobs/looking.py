"""The reader's eye on a folder: a look at everything below it, and where it shall watch, at what changes from then on.

In a thread of its own, and in this process: a network drive that hangs may hold up neither the reading of photos nor
the window.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from weldstudio.domain.errors import PhotoError
from weldstudio.domain.messages import Failed, Look, Looked, Message
from weldstudio.imaging.watch import Seen, Watch

EVERY_S = 1.0
"""Between two looks at the folders' times; where looking takes long, more."""
SETTLING_S = 0.5
"""Until the second look at a file that has just come."""
EVERYTHING_S = 60.0
"""Between two looks at everything; where looking takes long, more."""
REST, LONG_REST = 5.0, 30.0
"""Looking may take one part in so many of the time; looking at everything one in so many."""
PIECE = 2000
"""Photos a message."""


class Looking:
    """Begins at once; `stop` ends it, as does whoever listens by going away."""

    def __init__(self, asked: Look, utter: Callable[[Message], None]) -> None:
        self._asked, self._utter = asked, utter
        self._stopped = threading.Event()
        self._away = False
        self._eye = Watch(Path(asked.root))
        self._thread = threading.Thread(target=self._run, name="looking", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Says nothing more."""
        self._stopped.set()

    def _run(self) -> None:
        try:
            self._first_look()
            if self._asked.watch:
                self._watch()
        except (BrokenPipeError, ValueError):
            return  # nobody listens any more

    def _first_look(self) -> None:
        self._eye = Watch(Path(self._asked.root))
        seen = self._look(lambda: self._eye.everything(at_once=True))
        if seen is not None:
            self._tell(seen, whole=True)

    def _watch(self) -> None:
        pause, whole_at = EVERY_S, time.monotonic() + EVERYTHING_S
        while not self._stopped.wait(SETTLING_S if self._eye.unsettled else pause):
            if self._away:
                # What happened while it was not there is found by a first look: the photos are told of anew.
                self._first_look()
                continue
            began = time.monotonic()
            whole = began >= whole_at
            seen = self._look(self._eye.everything if whole else self._eye.again)
            took = time.monotonic() - began
            if whole:
                whole_at = time.monotonic() + max(EVERYTHING_S, LONG_REST * took)
            else:
                pause = max(EVERY_S, REST * took)
            if seen:
                self._tell(seen)

    def _look(self, how: Callable[[], Seen]) -> Seen | None:
        """None where the folder is not there; that is said once."""
        try:
            seen = how()
        except PhotoError as error:
            if not self._away and not self._stopped.is_set():
                self._utter(Failed(self._asked.request, str(error)))
            self._away = True
            return None
        self._away = False
        return seen

    def _tell(self, seen: Seen, *, whole: bool = False) -> None:
        if self._stopped.is_set():
            return
        found = [(photo.path, photo.size, photo.mtime_ns) for photo in seen.found]
        *pieces, last = [tuple(found[at : at + PIECE]) for at in range(0, max(1, len(found)), PIECE)]
        for piece in pieces:
            self._utter(Looked(self._asked.request, piece, last=False, whole=whole))
        gone, skipped = tuple(seen.gone), tuple(seen.skipped)
        self._utter(Looked(self._asked.request, last, gone, skipped, whole=whole))
