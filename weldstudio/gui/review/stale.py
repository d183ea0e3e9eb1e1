"""What an earlier model said of the photograph on screen, until the one in use has looked at it."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from weldstudio.gui.session import Session
from weldstudio.studio.earlier import Earlier, earlier


class Stale(QObject):
    """Asks once for each photograph and model. GUI thread."""

    answered = Signal()
    """Something was found for the photograph asked about last."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: tuple[str | None, int] | None = None
        self._found: Earlier | None = None

    def of(self, photo_id: int) -> Earlier | None:
        """What is known of it by now."""
        key = (self._session.mirror.model_id, photo_id)
        if key != self._asked:
            self._asked, self._found = key, None
            self._session.run(earlier, photo_id).then(partial(self._take, key))
        return self._found

    def _take(self, key: tuple[str | None, int], found: Earlier | None) -> None:
        if key == self._asked and found is not None:
            self._found = found
            self.answered.emit()
