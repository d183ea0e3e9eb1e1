"""Which photograph one is at, for screen readers: said by whatever shows it, the grid or the large view."""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from weldstudio.gui.review.filtering import Filtering
from weldstudio.gui.review.grid import PhotoGrid
from weldstudio.gui.review.photo_view import PhotoView
from weldstudio.gui.session import Session

_SETTLE_MS: Final = 60
"""So long after the last change it is said: while a key is held, no photograph on the way is worth a word."""


class Spoken(QObject):
    """Keeps the accessible description of grid and large view at the current photograph: name, labels, place.

    A changed description is told to the screen reader by Qt, and read out where the widget has the keyboard.
    """

    def __init__(self, session: Session, grid: PhotoGrid, view: PhotoView, *, filtering: Filtering) -> None:
        super().__init__(grid)
        self._session, self._grid, self._view = session, grid, view
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SETTLE_MS)
        self._soon.timeout.connect(self.say)
        session.current_changed.connect(self._ask)
        session.changed.connect(self._ask)
        filtering.ordered.connect(self._ask)
        session.closing.connect(self._soon.stop)

    def _ask(self, *_news: object) -> None:
        self._soon.start()

    def say(self) -> None:
        """What there is to say now."""
        photo, state = self._session.current, self._grid.state
        at = None if photo is None else state.index_of(photo)
        if photo is None:
            words = "No photograph is shown"
        elif at is None:
            mirror = self._session.mirror
            words = f"{mirror.paths[mirror.row(photo)]}, hidden by the filter"
        else:
            words = f"{', '.join(self._grid.mouse.words(at).splitlines())}, {at + 1:,} of {len(state.ids):,}"
        for widget in (self._grid, self._view):
            if widget.accessibleDescription() != words:
                widget.setAccessibleDescription(words)
