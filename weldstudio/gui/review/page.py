"""The Review page: joins grid, large view, inspector and filters with the session."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from weldstudio.domain.changes import Changes
from weldstudio.gui.actions import Actions
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.review.badges import Badge, Ids, badges
from weldstudio.gui.review.beside import MODES, Beside
from weldstudio.gui.review.carrying import Carrying
from weldstudio.gui.review.columns import Columns
from weldstudio.gui.review.deciding import DecisionKeys
from weldstudio.gui.review.describing import DescribingKeys
from weldstudio.gui.review.examples import Examples
from weldstudio.gui.review.figure_keys import FigureKeys
from weldstudio.gui.review.filter_bar import FilterBar
from weldstudio.gui.review.filter_panel import FilterPanel
from weldstudio.gui.review.filtering import Filtering
from weldstudio.gui.review.going import Going
from weldstudio.gui.review.grid import PhotoGrid
from weldstudio.gui.review.guest import Guest
from weldstudio.gui.review.heads import head_of
from weldstudio.gui.review.held_key import HeldKey
from weldstudio.gui.review.inspecting import Inspecting
from weldstudio.gui.review.inspector import Inspector
from weldstudio.gui.review.labelling import LabelKeys
from weldstudio.gui.review.large import LargeView
from weldstudio.gui.review.looking import LOOK_ACTIONS, Looking
from weldstudio.gui.review.overlays import Overlays
from weldstudio.gui.review.own_window import ACTION, Apart
from weldstudio.gui.review.peek import Peek
from weldstudio.gui.review.photo_loader import PhotoLoader
from weldstudio.gui.review.review_keys import ReviewKeys
from weldstudio.gui.review.seek_box import SeekBox
from weldstudio.gui.review.selection import Selection
from weldstudio.gui.review.sources import Sources
from weldstudio.gui.review.spoken import Spoken
from weldstudio.gui.review.spreading import Spreading
from weldstudio.gui.review.suspect_keys import SuspectKeys
from weldstudio.gui.review.thumbnails import Thumbnails
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.review.views import Views
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP
from weldstudio.studio import choices
from weldstudio.studio.queues import Sort

_ZOOM: Final = 1.25
_SIZE_STEP: Final = 32
_MENU: Final = (
    *("photo.open", "photo.grid", "label.nothing", "label.copy", "label.copy_joint", "label.copy_alike"),
    *("photo.select_all", "photo.select_none"),
    *("joint.accept", "joint.reject", "joint.new_photo", "joint.override", "joint.describe", "joint.only"),
    *("example.typical", "example.look_alike"),
    *("review.done", "review.return", "review.again", "accept.flag", "accept.photo", "accept.all"),
    *("photo.note", "history.open", "photo.predict", "photo.about", "photo.figure", "photo.copy", "photo.reveal"),
)
"""What is offered at the right mouse button or the menu key."""
_NO_AUDIT: Final = "No photograph waits in an audit sample. Draw some by chance to learn how many labels are wrong."
_NO_PHOTOS: Final = (
    "There are no photographs in this project yet. Import a folder of them, with a table of labels if you have one."
)


class ReviewPage(QWidget):
    """See the module's text."""

    title = "Review"
    help_page = "review"

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self.veil = Veil(session, actions, self)
        # Each part is made inside what holds it: Qt styles all that a widget has in it whenever that moves.
        self._columns = Columns(self)
        self._left, self._middle = QFrame(self._columns), QWidget(self._columns)
        self.stack = QStackedWidget(self._middle)
        self.sources = Sources(session)
        self.thumbs = Thumbnails(
            session.folder / "thumbs", self.sources.of, lambda photo: session.mirror.problems.get(photo), parent=self
        )
        self.loader = PhotoLoader(self.sources.of, parent=self)
        self.grid = PhotoGrid(
            *(self.thumbs, self._badges_of, lambda photo: session.mirror.paths[session.mirror.row(photo)]),
            head_of=lambda photo: head_of(session.mirror, photo, seen=self.veil.of_joint),
            parent=self.stack,
        )
        self.large = LargeView(self.loader, self.thumbs, self._badges_beside, parent=self.stack)
        self.inspector = Inspector(actions, self._columns)
        self.panel = FilterPanel(self._left)
        self.header = FilterBar()
        self.filtering = Filtering(session, self.header, panel=self.panel, veil=self.veil, parent=self)
        Spoken(session, self.grid, self.large.view, filtering=self.filtering)
        self.going = Going(session, self.stack, self.grid, large=self.large, shown=self.filtering.shown)
        go_on = partial(self.going.step, 1)
        self.labels = LabelKeys(session, actions, veil=self.veil, go_on=go_on, before=self.going.before, parent=self)
        self.guest = Guest(session, lambda: self.filtering.shown.filter, parent=self)
        self.overlays = Overlays(session, actions, self.large, veil=self.veil, guest=self.guest)
        self.beside = Beside(
            *(session, actions, self.large),
            overlays=self.overlays,
            sources=self.sources,
            veil=self.veil,
            going=self.going,
        )
        self.inspecting = Inspecting(
            session, actions, self.inspector, overlays=self.overlays, labels=self.labels, veil=self.veil
        )
        self.reviews = ReviewKeys(
            session, actions, shown=self.filtering.shown, veil=self.veil, go_on=go_on, window=self
        )
        self.doubts = SuspectKeys(session, actions, go_on=go_on)
        self.spreading = Spreading(session, actions, veil=self.veil, window=self)
        self.views = Views(session, actions, self.filtering, panel=self.panel, page=self)
        self.looking = Looking(session, actions, self.large)
        self.describing = DescribingKeys(session, actions, window=self)
        self.deciding = DecisionKeys(
            session, actions, self.inspector.decision, go_on=self.going.next_joint, window=self
        )
        self.figures = FigureKeys(session, actions, self.large, overlays=self.overlays, window=self)
        self.carrying = Carrying(*(session, actions, self.grid), sources=self.sources, veil=self.veil, window=self)
        self.large.panes.carried.connect(self.carrying.drag_large)
        self.examples = Examples(session, actions, self.inspector.flags)
        self.seek = SeekBox(session, actions, shown=self.filtering.shown, going=self.going, over=self)
        self.apart = Apart(session, actions, self.stack, large=self.large, going=self.going)
        self.held = HeldKey(self)
        self.peek = Peek(actions["overlay.toggle"], self._peeked, self)
        self._build()
        self._connect()
        self._connect_actions()
        self.grid.set_cell_size(session.settings.thumbnail_size)
        self.header.show_size(self.grid.cell_size)
        self.header.keep.setDefaultAction(actions["views.save"])
        actions["photo.by_joint"].setChecked(session.settings.by_joint)
        self.header.by_joint.setDefaultAction(actions["photo.by_joint"])
        self.filtering.read_anew()

    def activated(self) -> None:
        """Called whenever the page comes to the front."""
        self.apart.restore()
        self.going.focus()

    def stop(self) -> None:
        """End the worker threads; called before the page goes."""
        self.filtering.stop()
        self.thumbs.stop()
        self.loader.stop()
        self.large.stop()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DeferredDelete:
            self.stop()
        return super().event(event)

    def show_filter(self, text: str) -> None:
        """Show the photographs of a filter in its text form, in the grid."""
        self.going.close_large()
        self.filtering.show(text)
        if self.filtering.shown.sort == Sort.LISTED and len(self.filtering.shown.ids):
            self.grid.go_to(int(self.filtering.shown.ids[0]))

    # Parts

    def _build(self) -> None:
        actions, stack = self._actions, self.stack
        self.no_photos = EmptyState(_NO_PHOTOS, actions["collection.import"], parent=stack)
        self.coming = EmptyState("The first photographs are on their way.", parent=stack)
        self.no_match = EmptyState("No photograph matches the filter.", actions["photo.clear_filter"], parent=stack)
        self.no_audit = EmptyState(_NO_AUDIT, actions["review.audit"], button="Draw an audit sample", parent=stack)
        self.wrong = QLabel(self._middle)
        set_look(self.wrong, "danger")
        self.wrong.setWordWrap(True)
        self.wrong.setTextFormat(Qt.TextFormat.PlainText)
        self.wrong.setContentsMargins(GROUP, GAP, GROUP, GAP)
        self.wrong.hide()
        for widget in (self.grid, self.large, self.no_photos, self.coming, self.no_match, self.no_audit):
            self.stack.addWidget(widget)
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.wrong)
        column.addWidget(self.stack, 1)
        set_look(self._left, "surface")
        rows = QVBoxLayout(self._left)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.panel)
        self._columns.hold(self._left, self._middle, self.inspector)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._columns)

    def _connect(self) -> None:
        session = self._session
        session.changed.connect(self._changed)
        session.current_changed.connect(self._current_changed)
        session.selection_changed.connect(self.inspecting.refresh)
        session.listing.connect(self.filtering.list_next)
        session.photos_asked.connect(self.show_filter)
        session.work_changed.connect(self._show_none)
        self.veil.changed.connect(self._veil_changed)
        for worker in (self.thumbs, self.loader, self.large.adjusting):
            worker.broke.connect(session.report)
        self.grid.size_changed.connect(self._resized)
        self.header.size_asked.connect(self._resized)
        self.filtering.ordered.connect(self._show_order)
        self.filtering.ordered.connect(self.guest.look)
        self.filtering.stale_changed.connect(self.grid.set_stale)
        self.filtering.wrong.connect(self._say_wrong)
        self.filtering.counted.connect(self.inspecting.show_counts)
        self.filtering.left.connect(self.going.focus)
        self.filtering.returned.connect(lambda photo: self.grid.go_to(photo) if photo is not None else None)
        self.going.mode_changed.connect(self._show_possible)
        self.inspecting.overlay_asked.connect(self._show_overlay)

    def _connect_actions(self) -> None:
        view, going = self.large.view, self.going
        slots: dict[str, Callable[..., object]] = {
            "photo.next": lambda: going.step(1),
            "photo.previous": lambda: going.step(-1),
            "photo.next_unreviewed": going.next_unreviewed,
            "joint.next": going.next_joint,
            "joint.only": self._only_joint,
            "photo.open": self._open_or_take,
            "photo.grid": going.close_large,
            "photo.select_all": lambda: self.grid.change(Selection.select_all),
            "photo.select_none": lambda: self.grid.change(Selection.clear),
            "photo.filter": lambda: self.header.field.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "photo.clear_filter": lambda: self.filtering.take_queue(None),
            "photo.predict": self._predict,
            "photo.by_joint": self.filtering.group,
            "photo.larger": lambda: self._resized(self.grid.cell_size + _SIZE_STEP),
            "photo.smaller": lambda: self._resized(self.grid.cell_size - _SIZE_STEP),
            "view.zoom_in": lambda: view.zoom_by(_ZOOM),
            "view.zoom_out": lambda: view.zoom_by(1 / _ZOOM),
            "view.fit": view.fit,
            "view.actual": view.actual,
        }
        for action_id, slot in slots.items():
            self._actions.connect(action_id, slot)
        self.peek.listen(self)
        for listener in (self.peek, self.held):
            self.apart.shown.connect(listener.listen)
        for widget in (self.grid, self.large):
            widget.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
            widget.addActions([self._actions[action_id] for action_id in _MENU])

    # What is shown

    def _show_order(self) -> None:
        ids = self.filtering.shown.ids
        self.grid.set_stale(frozenset())
        self.grid.show_ids(ids, self.filtering.shown.starts)
        if not len(self._session.mirror):
            self._show_none()
        elif not len(ids):
            queue = self.filtering.shown.queue
            audit = queue is not None and queue.id == "audit"
            self.stack.setCurrentWidget(self.no_audit if audit else self.no_match)
        elif not self.going.is_large:
            self.stack.setCurrentWidget(self.grid)
        self._show_possible()

    def _show_none(self) -> None:
        """There are no photographs: are some being brought in, or is it for the person to do so?"""
        if not len(self._session.mirror):
            coming = any(work.progress is not None and work.progress.total for work in self._session.works)
            self.stack.setCurrentWidget(self.coming if coming else self.no_photos)

    def _say_wrong(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))
        self.header.show_wrong(bool(sentence))

    def _resized(self, size: int) -> None:
        self.grid.set_cell_size(size)
        self.header.show_size(self.grid.cell_size)
        self._session.settings.change(thumbnail_size=self.grid.cell_size)

    def _show_possible(self) -> None:
        for action_id in ("view.zoom_in", "view.zoom_out", "view.fit", "view.actual", "photo.grid", *LOOK_ACTIONS):
            self._actions.set_enabled(action_id, self.going.shows_large)
        shown = len(self.filtering.shown.ids) > 0
        for action_id in (
            "photo.next",
            "photo.previous",
            "photo.open",
            "photo.select_all",
            "photo.seek",
            "photo.reveal",
            "photo.copy",
            "photo.print",
            "photo.about",
            "photo.figure",
            *(ACTION, *(f"beside.{mode}" for mode in MODES)),
        ):
            self._actions.set_enabled(action_id, shown)
        self._actions.set_enabled("photo.predict", shown and self._session.mirror.model_id is not None)

    def _only_joint(self) -> None:
        if (photo := self._session.current) is not None:
            self.filtering.choose(choices.of_joint(self._session.mirror, photo))

    def _open_or_take(self) -> None:
        if not self.panel.take_current():
            self.going.toggle_large()

    # News

    def _changed(self, changes: Changes) -> None:
        if changes.photos or changes.joints:
            # What is seen anew and has lost what was said of it is another picture now.
            self.thumbs.forget(changes.photos & (self.thumbs.problems_seen | changes.predictions))
        if changes.scheme:
            self.labels.forget_missing_flag()
        everything = changes.scheme or changes.models
        touched = changes.labels | changes.predictions
        self.grid.repaint_photos(None if everything else touched | changes.photos | changes.reviews)
        if everything:
            self.filtering.read_anew()
        elif changes.photos:
            self.filtering.photos_changed()
        elif touched or changes.joints or changes.decisions or changes.reviews:
            self.filtering.labels_changed()
        concerned = everything or changes.joints or self.inspecting.about_joints(changes.decisions)
        concerned = concerned or self.inspecting.concerned_by(changes.photos | changes.predictions | changes.reviews)
        relabelled = self.inspecting.concerned_by(changes.labels)
        if concerned:
            self.inspecting.refresh()
        elif relabelled:
            self.inspecting.refresh_labels()
        if self.going.shows_large and (concerned or relabelled):
            self.large.strip.refresh()
        if self.veil.blind or changes.reviews:
            self.overlays.refresh()
        self.going.note(changes)

    def _veil_changed(self) -> None:
        self.grid.repaint_photos(None)
        self.filtering.read_anew()
        self.overlays.refresh()
        self.large.strip.refresh()

    def _current_changed(self, _photo_id: int | None) -> None:
        self.going.show_large()
        self.overlays.refresh()
        if self.going.is_large:
            self.large.view.repaint()  # the photograph is on the screen before all that is said of it is put together
        self.inspecting.follow(held=self.held.down)

    def _show_overlay(self, slot: int) -> None:
        if self.going.shows_large:
            self.overlays.show_of(slot)
            return
        self._session.choose_flag(slot)
        self._actions["overlay.toggle"].setChecked(True)
        self.going.open_large()

    # What the grid asks

    def _badges_of(self, ids: Ids) -> list[Badge]:
        mirror = self._session.mirror
        rows = mirror.rows(ids)
        if not self.veil.hidden(rows).any():
            return badges(mirror, rows)
        return badges(mirror, rows, some=self.veil.part(rows), bare=self.veil.owed(rows))

    def _badges_beside(self, ids: Ids) -> list[Badge]:
        if not self.veil.owes(self._session.current):
            return self._badges_of(ids)
        mirror = self._session.mirror
        rows = mirror.rows(ids)
        return badges(mirror, rows, some=self.veil.part(rows, beside=True), bare=np.ones(len(rows), np.bool_))

    # Files and models

    def _predict(self) -> None:
        from weldstudio.studio import predicting  # brings the children's side along, which few clicks need

        photo_ids = self.filtering.shown.ids.tolist()
        self._session.start_work("Predicting photographs", predicting.predict, photo_ids=photo_ids)

    def _peeked(self) -> None:
        if not self.going.shows_large and self._session.mirror.model_id is not None:
            # Over the thumbnails there is nothing to lay: whoever asks for the overlay in the grid wants to see it.
            self._actions["overlay.toggle"].setChecked(True)
            self.going.open_large()
