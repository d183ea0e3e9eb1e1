"""Photographs that look like the one on screen: asked of the store once, compared beside the window's thread."""

import time
from typing import Final

from PySide6.QtCore import QObject, Signal

from weldstudio.domain.changes import Changes
from weldstudio.gui.background import Background
from weldstudio.gui.session import Session
from weldstudio.studio.look_alikes import LookAlike, LookAlikes

_AGAIN_S: Final = 3.0
"""Photographs and features come in by the hundred: so long they are not read anew."""


class Alike(QObject):
    """Answers of one photograph at a time; while another is asked for, the newest question waits. GUI thread."""

    answered = Signal()
    """`of` knows more than it did."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background(self)
        self._all: LookAlikes | None = None
        self._read_at = 0.0
        self._grown = self._other = False
        """Features, or photographs, may have come in since."""
        self._asked: tuple[int, int] | None = None
        self._wanted: tuple[int, int] | None = None
        self._found: tuple[tuple[int, int], list[LookAlike]] | None = None
        session.changed.connect(self._changed)

    def of(self, photo_id: int, count: int) -> list[LookAlike] | None:
        """So many photographs like this one, the nearest first; None while they are being looked for."""
        self._wanted = photo_id, count
        if self._found is not None and self._found[0] == self._wanted:
            return self._found[1]
        self._ask()
        return None

    @property
    def waits(self) -> bool:
        """Whether a question is not answered yet."""
        return self._asked is not None

    @property
    def _old(self) -> bool:
        return time.monotonic() - self._read_at > _AGAIN_S

    def _ask(self) -> None:
        if self._asked is not None or self._wanted is None:
            return
        self._asked = self._wanted
        if self._all is None or (self._other and self._old):
            self._grown = self._other = False
            self._read_at = time.monotonic()
            self._session.run(LookAlikes.of).then(self._compare)
        else:
            self._compare(self._all)

    def _compare(self, among: LookAlikes) -> None:
        self._all = among
        asked = self._asked
        assert asked is not None
        self._background.ask(lambda: among.find(*asked), self._take)

    def _take(self, found: list[LookAlike] | None, error: Exception | None) -> None:
        asked, self._asked = self._asked, None
        if error is not None:
            self._session.report(error)
            return
        assert asked is not None
        assert found is not None
        by_outline = not found or found[0].cosine is None
        if by_outline and self._grown and self._old:
            self._all = None  # the photograph may have features by now
            self._ask()
            return
        self._found = asked, found
        if asked == self._wanted:
            self.answered.emit()
        else:
            self._ask()

    def _changed(self, changes: Changes) -> None:
        self._grown |= bool(changes.predictions)
        self._other |= bool(changes.photos)
        if changes.models:
            self._all = None
        if changes.photos or changes.models:
            self._found = None
