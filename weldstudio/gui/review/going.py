"""Going from photograph to photograph: on and back, large and back to the grid, to what undo has changed."""

from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import looked_at
from weldstudio.gui.review.grid import PhotoGrid
from weldstudio.gui.review.large import LargeView
from weldstudio.gui.review.shown import Shown
from weldstudio.gui.session import Session

AHEAD: Final = (1, 2, -1)
"""Where one may go from a large photograph, the likeliest first: these are decoded ahead."""


class Going(QObject):
    """Keeps grid, large view and session at the same photograph."""

    mode_changed = Signal()
    """From grid to large view or back."""

    def __init__(
        self, session: Session, stack: QStackedWidget, grid: PhotoGrid, *, large: LargeView, shown: Shown
    ) -> None:
        super().__init__(stack)
        self._session, self._stack, self._grid = session, stack, grid
        self._large, self._shown = large, shown
        self._apart: QWidget | None = None
        self._just_changed: int | None = None
        self._undo_count = session.undo_stack.count()
        grid.current_changed.connect(session.set_current)
        grid.selection_changed.connect(self.select)
        grid.opened.connect(lambda _photo: self.open_large())
        large.view.closed.connect(self.close_large)
        large.strip.chosen.connect(self.go_to)
        session.undo_stack.indexChanged.connect(self._undone_or_done)

    @property
    def is_large(self) -> bool:
        """Whether one photograph is shown large."""
        return self._stack.currentWidget() is self._large

    @property
    def well(self) -> QWidget:
        """The widget that shows photographs now."""
        return self._stack

    @property
    def shows_large(self) -> bool:
        """Whether a photograph is large on screen, in the page or in a window of its own."""
        return self.is_large or self._apart is not None

    @property
    def alone(self) -> bool:
        """Whether keys mean the photograph that is shown large, whatever is selected in the grid."""
        return self.is_large or (self._apart is not None and self._apart.isActiveWindow())

    def stand_apart(self, window: QWidget | None) -> None:
        """The large view is in a window of its own now, or None: back in the page."""
        self._apart = window
        if window is None:
            self._large.forget()
        self.show_large()
        self.select()
        self.mode_changed.emit()

    def open_large(self) -> None:
        """Show the current photograph large; keys mean this one alone now, whatever is selected in the grid."""
        if self._session.current is None or not len(self._shown.ids):
            return
        if self._apart is not None:
            self._apart.show()
            self._apart.raise_()
            self._apart.activateWindow()
            self._large.view.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._stack.setCurrentWidget(self._large)
        self._session.set_selection(())
        self.show_large()
        self._large.control.wake()
        self.focus()
        self.mode_changed.emit()

    def close_large(self) -> None:
        """Back to the grid, at the same photograph, with the same selection."""
        if self._apart is not None:
            self._grid.window().activateWindow()
            self.focus()
            return
        if not self.is_large:
            return
        self._stack.setCurrentWidget(self._grid)
        self._large.forget()
        self.select()
        self.focus()
        self.mode_changed.emit()

    def toggle_large(self) -> None:
        if self.alone:
            self.close_large()
        else:
            self.open_large()

    def step(self, by: int) -> None:
        """On or back; what no longer matches the filter goes when one leaves it."""
        here = self._grid.state.current_id
        if here is not None and here != self._session.current:
            self._session.set_current(here)  # back from a photo of the joint that the filter hides
            return
        if self._grid.step(by) and self._shown.drop_stale(keep=self._grid.state.current_id):
            self._grid.set_stale(frozenset())
            self._grid.show_ids(self._shown.ids, self._shown.starts)

    def go_to(self, photo_id: int) -> None:
        """Work on a photograph, even one that the filter hides."""
        self._grid.go_to(photo_id)
        self._session.set_current(photo_id)

    def next_unreviewed(self) -> None:
        at = self._grid.state.current
        if at is None:
            return
        mirror = self._session.mirror
        after = self._grid.state.ids[at + 1 :]
        waiting = np.flatnonzero(~looked_at(mirror.labels[mirror.rows(after)])) if len(after) else after
        if len(waiting):
            self._grid.go_to(int(after[waiting[0]]))
        else:
            self._session.tell("Every photograph behind this one has been reviewed.")

    def next_joint(self) -> None:
        """The first photograph behind this one that shows another joint."""
        at = self._grid.state.current
        if at is None:
            return
        mirror = self._session.mirror
        after = self._grid.state.ids[at:]
        joints = mirror.joint[mirror.rows(after)]
        others = np.flatnonzero(joints != joints[0])
        if len(others):
            self.step(int(others[0]))
        else:
            self._session.tell("No joint comes behind this one.")

    def before(self, photo_id: int) -> int | None:
        """The photograph that comes before one in the grid; None for the first, or one that the filter hides."""
        at = self._grid.state.index_of(photo_id)
        return int(self._grid.state.ids[at - 1]) if at else None

    def select(self) -> None:
        """Tell the session what is selected in the grid; large, the photograph in view is meant alone."""
        if self._apart is not None and self.alone:
            self._session.set_selection(())
        elif not self.is_large:
            state = self._grid.state
            self._session.set_selection(state.selected.tolist(), hidden=len(state.hidden))

    def show_large(self) -> None:
        """Show the current photograph large, if that is the mode."""
        photo_id = self._session.current
        if not self.shows_large:
            return
        if photo_id is None:
            self._large.view.show_photo(None)
            self.close_large()
            return
        mirror, state = self._session.mirror, self._grid.state
        at = state.index_of(photo_id)
        around = [] if at is None else [at + by for by in AHEAD if 0 <= at + by < len(state.ids)]
        neighbours = tuple(int(state.ids[place]) for place in around)
        self._large.show_photo(photo_id, neighbours=neighbours, problem=mirror.problems.get(photo_id))
        joint = mirror.joint[mirror.row(photo_id)]
        self._large.strip.show_joint(mirror.ids[mirror.joint == joint].tolist(), photo_id)

    def focus(self) -> None:
        """Keys go to the photographs."""
        target = self._large.view if self.is_large else self._grid
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def note(self, changes: Changes) -> None:
        """Labels have changed: if undo or redo does so, which say it next, that is where to go."""
        if len(changes.labels) == 1 and self._session.editing.moving:
            self._just_changed = next(iter(changes.labels))

    def _undone_or_done(self, _index: int) -> None:
        """Undo and redo go back to the photograph that they change; a new edit (the stack grew) does not move."""
        before, self._undo_count = self._undo_count, self._session.undo_stack.count()
        place, self._just_changed = self._just_changed, None
        if self._undo_count == before and place not in (None, self._session.current):
            assert place is not None
            self.go_to(place)
