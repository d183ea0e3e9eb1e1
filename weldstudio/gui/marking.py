"""Near-duplicates are looked for beside everything else, once photographs or another model have come and all is calm.

So labels that they contradict come first among the suspects, and stay together, without a page having to be opened.
"""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from weldstudio.domain.changes import Changes
from weldstudio.gui.session import Session

CALM_MS: Final = 5000
TITLE: Final = "Looking for near-duplicates"


class Marking(QObject):
    """One per session; it ends with it. GUI thread."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CALM_MS)
        self._timer.timeout.connect(self.begin)
        session.changed.connect(self._changed)
        session.closing.connect(self._timer.stop)
        self._timer.start()

    def begin(self) -> None:
        """Look for them, unless they are known; later, while something else is under way."""
        from weldstudio.studio import likeness, twins

        mirror = self._session.mirror_or_none
        if mirror is None or self._session.read_only or not len(mirror) or twins.known(mirror):
            return
        if self._session.works:
            self._timer.start()
            return
        work = self._session.start_work(TITLE, likeness.mark)
        work.finished.connect(lambda _found: twins.forget(self._session.mirror))

    def _changed(self, changes: Changes) -> None:
        if changes.photos or changes.models:
            self._timer.start()
