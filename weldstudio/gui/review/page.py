"""The Review page: joins grid, large view, inspector and filters with the session."""

import time
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from weldstudio.domain.changes import Changes
from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import looked_at
from weldstudio.gui.actions import Actions
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.review import filter_panel, inspector
from weldstudio.gui.review.badges import Badge, badges
from weldstudio.gui.review.filter_bar import FilterBar
from weldstudio.gui.review.filter_panel import FilterPanel, entries
from weldstudio.gui.review.grid import Ids, PhotoGrid
from weldstudio.gui.review.inspecting import Inspecting
from weldstudio.gui.review.inspector import Inspector
from weldstudio.gui.review.labelling import LabelKeys
from weldstudio.gui.review.large import LargeView
from weldstudio.gui.review.overlays import Overlays
from weldstudio.gui.review.photo_loader import PhotoLoader
from weldstudio.gui.review.shown import Shown
from weldstudio.gui.review.sources import Sources
from weldstudio.gui.review.thumbnails import Thumbnails
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP
from weldstudio.studio.reviewing import FilterError, Queue, Sort, Term

_COUNT_MS: Final = 150
_PEEK_S: Final = 0.35
_AHEAD: Final = (1, 2, -1)
"""Where one may go from a large photograph, the likeliest first."""
_ZOOM: Final = 1.25


class ReviewPage(QWidget):
    """See the module's text."""

    title = "Review"
    help_page = "review"

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self.shown = Shown(lambda: session.mirror)
        self.sources = Sources(session, self)
        self.thumbs = Thumbnails(
            session.folder / "thumbs", self.sources.of, lambda photo: session.mirror.problems.get(photo), parent=self
        )
        self.loader = PhotoLoader(self.sources.of, parent=self)
        self.grid = PhotoGrid(self.thumbs, self._badges_of, self._name_of)
        self.large = LargeView(self.loader, self.thumbs, self._badges_of)
        self.inspector = Inspector(actions["label.nothing"], actions["label.advance"])
        self.panel = FilterPanel()
        self.header = FilterBar()
        self.labels = LabelKeys(session, actions, go_on=lambda: self._step(1), parent=self)
        self.overlays = Overlays(session, actions, self.large)
        self.inspecting = Inspecting(session, actions, self.inspector, overlays=self.overlays, labels=self.labels)
        self._peek_since: float | None = None
        self._just_changed: int | None = None
        self._undo_count = session.undo_stack.count()
        self._count = QTimer(self)
        self._count.setSingleShot(True)
        self._count.setInterval(_COUNT_MS)
        self._count.timeout.connect(self._show_counts)
        self._build()
        self._connect()
        self._connect_actions()
        self.grid.set_cell_size(session.settings.thumbnail_size)
        self.header.show_size(self.grid.cell_size)
        self.refresh()

    def activated(self) -> None:
        """Called whenever the page comes to the front."""
        self._focus()

    def stop(self) -> None:
        """End the worker threads; called before the page goes."""
        self._count.stop()
        self.thumbs.stop()
        self.loader.stop()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DeferredDelete:
            self.stop()
        return super().event(event)

    @property
    def is_large(self) -> bool:
        """Whether one photograph is shown large."""
        return self._stack.currentWidget() is self.large

    # Parts

    def _build(self) -> None:
        self._no_photos = EmptyState(
            "There are no photographs in this project yet. Import a folder of them, with a table of labels if you "
            "have one.",
            self._actions["collection.import"],
        )
        self._no_match = EmptyState("No photograph matches the filter.", self._actions["photo.clear_filter"])
        self._wrong = QLabel()
        set_look(self._wrong, "danger")
        self._wrong.setWordWrap(True)
        self._wrong.setTextFormat(Qt.TextFormat.PlainText)
        self._wrong.setContentsMargins(GROUP, GAP, GROUP, GAP)
        self._wrong.hide()
        self._stack = QStackedWidget()
        for widget in (self.grid, self.large, self._no_photos, self._no_match):
            self._stack.addWidget(widget)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._wrong)
        column.addWidget(self._stack, 1)
        left = QFrame()
        set_look(left, "surface")
        rows = QVBoxLayout(left)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.panel)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        parts: tuple[tuple[QWidget, int, int], ...] = (
            (left, filter_panel.WIDTH, 0),
            (middle, 600, 1),
            (self.inspector, inspector.WIDTH, 0),
        )
        for part, width, stretch in parts:
            self._splitter.addWidget(part)
            self._splitter.setStretchFactor(self._splitter.count() - 1, stretch)
            part.setMinimumWidth(min(width, 160) if stretch == 0 else 240)
        self._splitter.setSizes([filter_panel.WIDTH, 600, inspector.WIDTH])
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

    def _connect(self) -> None:
        session = self._session
        session.changed.connect(self._changed)
        session.current_changed.connect(self._current_changed)
        session.chosen_flag_changed.connect(self._flag_chosen)
        session.photos_asked.connect(self.show_filter)
        session.undo_stack.indexChanged.connect(self._undone_or_done)
        self.sources.ready.connect(self._ask_pictures)
        for worker in (self.thumbs, self.loader):
            worker.broke.connect(session.report)
        self.grid.current_changed.connect(session.set_current)
        self.grid.selection_changed.connect(self._selection_changed)
        self.grid.opened.connect(lambda _photo: self.open_large())
        self.grid.size_changed.connect(self._resized)
        self.large.view.closed.connect(self.close_large)
        self.large.strip.chosen.connect(self._go_to)
        self.panel.queue_asked.connect(self._take_queue)
        self.panel.term_asked.connect(self._toggle_term)
        self.header.typed.connect(lambda text: self._apply(text, say=False))
        self.header.entered.connect(self._entered)
        self.header.left.connect(self._focus)
        self.header.sort_asked.connect(self._sort)
        self.header.size_asked.connect(self._resized)
        self.inspecting.overlay_asked.connect(self._show_overlay)

    def _connect_actions(self) -> None:
        view = self.large.view
        for action_id, slot in {
            "photo.next": lambda: self._step(1),
            "photo.previous": lambda: self._step(-1),
            "photo.next_unreviewed": self._next_unreviewed,
            "photo.open": self._open_or_take,
            "photo.grid": self.close_large,
            "photo.select_all": self.grid.select_all,
            "photo.select_none": self.grid.select_none,
            "photo.filter": lambda: self.header.field.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "photo.clear_filter": lambda: self._take_queue(None),
            "photo.predict": self._predict,
            "photo.reveal": self._reveal,
            "photo.larger": lambda: self._resized(self.grid.cell_size + 32),
            "photo.smaller": lambda: self._resized(self.grid.cell_size - 32),
            "view.zoom_in": lambda: view.zoom_by(_ZOOM),
            "view.zoom_out": lambda: view.zoom_by(1 / _ZOOM),
            "view.fit": view.fit,
            "view.actual": view.actual,
        }.items():
            self._actions.connect(action_id, slot)
        self._actions["overlay.toggle"].triggered.connect(self._peek_begun)
        self._show_possible()

    # What is shown

    def refresh(self) -> None:
        """Filter and sort anew; place and selection stay as far as they can."""
        try:
            self.shown.refresh()
        except SchemeError as error:
            self._say_wrong(str(error))
            return
        self._show_order()
        self._show_counts()

    def show_filter(self, text: str) -> None:
        """Show the photographs of a filter in its text form, in the grid."""
        if self.is_large:
            self.close_large()
        self._apply(text, say=True)

    def _show_order(self) -> None:
        self.grid.set_stale(frozenset())
        self.grid.show_ids(self.shown.ids)
        self.header.show_filter(self.shown.filter.text, self.shown.sort)
        if not len(self._session.mirror):
            self._stack.setCurrentWidget(self._no_photos)
        elif not len(self.shown.ids):
            self._stack.setCurrentWidget(self._no_match)
        elif not self.is_large:
            self._stack.setCurrentWidget(self.grid)
        self._show_possible()

    def _apply(self, text: str, *, say: bool) -> bool:
        """Filter by a text; what is wrong with it is said only if `say`, for half a word is not yet a mistake."""
        try:
            self.shown.ask(text)
        except FilterError as error:
            if say:
                self._say_wrong(str(error))
            return False
        self._say_wrong("")
        typing = self.header.field.hasFocus() and not say
        written = self.header.field.text()
        self.refresh()
        if typing:  # what is being typed is not put into order under the typist's hands
            self.header.field.setText(written)
        return True

    def _entered(self, text: str) -> None:
        if self._apply(text, say=True):
            self._focus()

    def _say_wrong(self, sentence: str) -> None:
        self._wrong.setText(sentence)
        self._wrong.setVisible(bool(sentence))
        self.header.show_wrong(bool(sentence))

    def _take_queue(self, queue: Queue | None) -> None:
        self.shown.take_queue(queue)
        self._say_wrong("")
        self.refresh()
        self._focus()

    def _toggle_term(self, term: Term) -> None:
        self.shown.toggle(term)
        self._say_wrong("")
        self.refresh()

    def _sort(self, sort: Sort) -> None:
        self.shown.sort = sort
        self.refresh()
        self._focus()

    def _flag_chosen(self, slot: int | None) -> None:
        # A sort by the model means the flag chosen when it was asked for: choosing another one moves nothing.
        if self.shown.slot is None or self.shown.sort == Sort.ADDED:
            self.shown.slot = slot

    def _resized(self, size: int) -> None:
        self.grid.set_cell_size(size)
        self.header.show_size(self.grid.cell_size)
        self._session.settings.change(thumbnail_size=self.grid.cell_size)

    def _show_counts(self) -> None:
        self.panel.show_entries(entries(self._session.mirror, self.shown))
        self.grid.set_stale(self.shown.stale())

    def _show_possible(self) -> None:
        for action_id in ("view.zoom_in", "view.zoom_out", "view.fit", "view.actual", "photo.grid"):
            self._actions.set_enabled(action_id, self.is_large)
        shown = len(self.shown.ids) > 0
        for action_id in ("photo.next", "photo.previous", "photo.open", "photo.select_all", "photo.reveal"):
            self._actions.set_enabled(action_id, shown)
        self._actions.set_enabled("photo.predict", shown and self._session.mirror.model_id is not None)

    # Going about

    def open_large(self) -> None:
        """Show the current photograph large; keys mean this one alone now, whatever is selected in the grid."""
        if self._session.current is None or not len(self.shown.ids):
            return
        self._stack.setCurrentWidget(self.large)
        self._session.set_selection(())
        self._show_large()
        self._show_possible()
        self.large.control.wake()
        self._focus()

    def close_large(self) -> None:
        """Back to the grid, at the same photograph, with the same selection."""
        if not self.is_large:
            return
        self._stack.setCurrentWidget(self.grid)
        self.large.forget()
        self._selection_changed()
        self._show_possible()
        self._focus()

    def _step(self, by: int) -> None:
        if self.grid.state.current_id != self._session.current and self.grid.state.current_id is not None:
            self._session.set_current(
                self.grid.state.current_id
            )  # back from a photo of the strip that is filtered away
            return
        if not self.grid.step(by):
            return
        if self.shown.drop_stale(keep=self.grid.state.current_id):
            self.grid.set_stale(frozenset())
            self.grid.show_ids(self.shown.ids)

    def _go_to(self, photo_id: int) -> None:
        """Work on a photograph that may be hidden by the filter."""
        self.grid.go_to(photo_id)
        self._session.set_current(photo_id)

    def _next_unreviewed(self) -> None:
        at = self.grid.state.current
        if at is None:
            return
        mirror = self._session.mirror
        after = self.grid.state.ids[at + 1 :]
        unseen = np.flatnonzero(~looked_at(mirror.labels[mirror.rows(after)])) if len(after) else after
        if len(unseen):
            self.grid.go_to(int(after[unseen[0]]))
        else:
            self._session.tell("Every photograph behind this one has been reviewed.")

    def _open_or_take(self) -> None:
        if self.panel.take_current():
            return
        if self.is_large:
            self.close_large()
        else:
            self.open_large()

    def _focus(self) -> None:
        target = self.large.view if self.is_large else self.grid
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    # News

    def _changed(self, changes: Changes) -> None:
        if changes.photos or changes.joints:
            self.sources.refresh()
            self.thumbs.forget(changes.photos & self.thumbs.problems_seen)
        if changes.scheme:
            self.labels.forget_missing_flag()
        if changes.photos or changes.scheme or changes.models:
            self.refresh()
        touched = changes.labels | changes.predictions
        self.grid.repaint_photos(None if changes.scheme or changes.models else touched)
        if touched or changes.scheme or changes.joints or changes.models:
            self.inspecting.refresh()
            if self.is_large:
                self.large.strip.refresh()
            self._count.start()
        if len(changes.labels) == 1:
            self._just_changed = next(iter(changes.labels))
            QTimer.singleShot(0, self, self._forget_change)

    def _forget_change(self) -> None:
        self._just_changed = None

    def _undone_or_done(self, _index: int) -> None:
        """Undo and redo go back to the photograph that they change; a new edit (the stack grew) does not move."""
        count, self._undo_count = self._undo_count, self._session.undo_stack.count()
        if count == self._undo_count and self._just_changed is not None and self._just_changed != self._session.current:
            self._go_to(self._just_changed)

    def _current_changed(self, photo_id: int | None) -> None:
        self.inspecting.refresh()
        if self.is_large:
            self._show_large()
        self.overlays.refresh()

    def _selection_changed(self) -> None:
        state = self.grid.state
        if not self.is_large:
            self._session.set_selection(state.selected.tolist(), hidden=len(state.hidden))
        self.inspecting.refresh()

    def _show_large(self) -> None:
        photo_id = self._session.current
        if photo_id is None:
            self.close_large()
            return
        mirror = self._session.mirror
        at = self.grid.state.index_of(photo_id)
        around = [] if at is None else [at + by for by in _AHEAD if 0 <= at + by < len(self.shown.ids)]
        neighbours = tuple(int(self.grid.state.ids[place]) for place in around)
        self.large.show_photo(photo_id, neighbours=neighbours, problem=mirror.problems.get(photo_id))
        joint = mirror.joint[mirror.row(photo_id)]
        self.large.strip.show_joint(mirror.ids[mirror.joint == joint].tolist(), photo_id)

    def _show_overlay(self, slot: int) -> None:
        if not self.is_large:
            self._session.choose_flag(slot)
            self._actions["overlay.toggle"].setChecked(True)
            self.open_large()
        else:
            self.overlays.show_of(slot)

    def _ask_pictures(self) -> None:
        self.grid.forget_pictures()
        if self.is_large:
            self._show_large()

    # What the grid asks

    def _badges_of(self, ids: Ids) -> list[Badge]:
        mirror = self._session.mirror
        return badges(mirror, mirror.rows(ids))

    def _name_of(self, photo_id: int) -> str:
        return self._session.mirror.paths[self._session.mirror.row(photo_id)]

    # Files and models

    def _reveal(self) -> None:
        if self._session.current is not None:
            folder = self._session.mirror.photo_path(self._session.current).parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _predict(self) -> None:
        from weldstudio.studio import predicting  # brings the children's side along, which few clicks need

        self._session.start_work("Scoring photographs", predicting.predict, photo_ids=self.shown.ids.tolist())

    # Holding the overlay's key is a peek

    def _peek_begun(self) -> None:
        self._peek_since = time.monotonic()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_O and not event.isAutoRepeat() and self._peek_since is not None:
            held, self._peek_since = time.monotonic() - self._peek_since, None
            if held > _PEEK_S:
                self._actions["overlay.toggle"].toggle()
            return
        super().keyReleaseEvent(event)
