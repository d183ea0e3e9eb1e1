"""The photographs most like the one on screen with the same label of a flag, and with the opposite one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from weldstudio.domain.changes import Changes
from weldstudio.gui.background import Background
from weldstudio.gui.session import Session

if TYPE_CHECKING:
    from weldstudio.store.store import Store
    from weldstudio.studio.contrast import Contrast, Ground


class Contrasts(QObject):
    """`found()` is called when what `of` was asked for is there. GUI thread; features are read in another one."""

    def __init__(self, session: Session, found: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._found = session, found
        self._ground: Ground | None = None
        self._key: tuple[int, int, int] | None = None
        self._near: tuple[tuple[int, str], ...] = ()
        self.asking = False
        """Whether an answer is under way."""
        self._reading = Background(self)

    def of(self, photo_id: int, slot: int | None, count: int) -> tuple[tuple[int, str], ...] | None:
        """Photo ids with which label it is, opposite and same in turn, the most alike first; None while looked for.

        Without a slot the flag is meant whose label is most in doubt.
        """
        from weldstudio.studio import suspects

        if slot is None:
            doubts = suspects.of_photo(self._session.mirror, photo_id)
            slot = doubts[0].slot if doubts else None
        if slot is None:
            return ()
        key = photo_id, slot, count
        if key == self._key:
            return None if self.asking else self._near
        self._key, self.asking = key, True
        if self._ground is None:
            self._session.run(_ground).then(self._take_ground, lambda _error: self._take(None, None))
        else:
            self._look()
        return None

    def forget(self, changes: Changes) -> None:
        """Photographs, labels or the model are other ones."""
        if changes.photos or changes.models:
            self._ground = None
        if changes.photos or changes.models or changes.labels:
            self._key = None

    def _take_ground(self, ground: "Ground") -> None:
        self._ground = ground
        self._look()

    def _look(self) -> None:
        from weldstudio.studio import contrast

        if self._key is None or self._ground is None:
            self.asking = False
            return
        mirror, ground, (photo_id, slot, count) = self._session.mirror, self._ground, self._key
        self._reading.ask(lambda: contrast.nearest(mirror, ground, photo_id, slot, count=count), self._take)

    def _take(self, near: "Contrast | None", _error: Exception | None) -> None:
        self.asking = False
        self._near = ()
        if near is not None and self._key is not None:
            opposite = [(photo, f"opposite label, features {cosine:.2f}") for photo, cosine in near.opposite]
            same = [(photo, f"same label, features {cosine:.2f}") for photo, cosine in near.same]
            turns = [one for pair in zip(opposite, same, strict=False) for one in pair]
            self._near = tuple((turns + opposite[len(same) :] + same[len(opposite) :])[: self._key[2]])
        self._found()


def _ground(store: "Store") -> Any:
    """On the store thread."""
    from weldstudio.studio import contrast

    return contrast.ground(store)
