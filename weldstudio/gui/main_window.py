"""The window: a frame around pages. It knows which project is open and which page is shown, and no photo.

A page is a QWidget made with (session, actions) in `weldstudio.gui.<page>.page`, with the attributes `title`,
`help_page`, perhaps `header` (its widgets for the line above it) and a method `activated()`, called whenever it comes
to the front. Pages are imported when first shown, for one of them brings pyqtgraph along.
"""

import importlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.changes import ALL_NEW, Changes
from weldstudio.gui import importing, layout_file, saved_state, window_actions
from weldstudio.gui.actions import Actions
from weldstudio.gui.ahead import Ahead
from weldstudio.gui.first_steps import FirstSteps
from weldstudio.gui.focus_ring import FocusRing
from weldstudio.gui.header import Header
from weldstudio.gui.layout_keys import LayoutKeys
from weldstudio.gui.news import Banner, Toast
from weldstudio.gui.opening import Opening
from weldstudio.gui.project_lock import READ_ONLY, ProjectLock
from weldstudio.gui.rail import Rail
from weldstudio.gui.status_line import StatusLine
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.welcome.page import WelcomePage
from weldstudio.gui.work_list import WorkList
from weldstudio.settings import Settings
from weldstudio.studio import action_keys

if TYPE_CHECKING:
    from weldstudio.gui.session import Session

_logger = logging.getLogger(__name__)

PAGES: Final = (
    ("review", "Review"),
    ("flags", "Flags"),
    ("train", "Train"),
    ("models", "Models"),
    ("quality", "Quality"),
)
TITLE_BAR: Final = 40
"""Room left for the system's title bar, of which nothing is known before the window is shown."""


class MainWindow(QMainWindow):
    """See the module's text. `make_session` is given by tests that want another store thread or engine."""

    project_opened = Signal()
    """The mirror is there and the Review page is on screen."""

    def __init__(self, settings: Settings, *, make_session: Any = None) -> None:
        super().__init__()
        self.setWindowTitle("weldstudio")
        self.setMinimumSize(900, 480)  # a screen of 1920 by 1080 at 200 % less its bars
        self.settings = settings
        self.action_table = Actions(self, draw=False, keys=action_keys.read(settings.keys))
        self.session: Session | None = None
        self.pages: dict[str, QWidget] = {}
        self.page = ""
        self._make_session = make_session or _make_session
        self._lock = ProjectLock()
        self._ahead = Ahead(self)
        self.closing = False  # as soon as everything is on disk
        self._created = False
        self._made_early = False
        self._only_look = ""  # why this window may not write
        self._after_paint: list[Callable[[], None]] = [self.action_table.draw]
        self._build()
        self.addActions(self.action_table.all())
        self.action_table.changed.connect(self._add_flag_actions)
        LayoutKeys(self, self.action_table)
        FocusRing(self)
        window_actions.connect(self)
        self._restore_geometry()
        self.show_welcome()

    # Projects

    def open_project(self, folder: Path, *, create: bool = False, snapshot: str = "") -> None:
        """Open (or `create`, or make again what it was in a `snapshot`) the project in `folder`.

        What goes wrong is said on the welcome page. A project that another window has is opened to look at.
        """
        folder = folder.expanduser().resolve()
        if not self.close_project():
            return
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        if not folder.is_dir():
            self.settings.forget_project(folder)
            self.show_welcome(f"There is no folder {folder} any more, so this project cannot be opened.")
            return
        self._only_look = self._lock.take(folder)
        if self._only_look and snapshot:
            self.show_welcome(f"{self._only_look} Nothing was restored.")
            return
        opening = Opening(create=create, read_only=bool(self._only_look), snapshot=snapshot)
        self.session = self._make_session(folder, self.settings, opening=opening)
        self._created = create
        self._wire(self.session)
        self.announce(folder)
        self._made_early = False
        self.session.open()
        if self.session is not None and not self.pages:  # else it was opened, or refused, at once
            self._ahead.bring("weldstudio.gui.review", then=self._make_ahead)

    def announce(self, folder: Path) -> None:
        """Show the frame while the project is being opened."""
        self.setWindowTitle(f"{folder.name} – weldstudio")
        self._opening.setText(f"Opening {folder.name} …")
        self._outer.setCurrentWidget(self._frame)
        self._inner.setCurrentWidget(self._opening)
        self.header.show_page("Review", None)
        self.rail.show_page("review")

    def close_project(self) -> bool:
        """Close the open project and show the welcome page; False if the person wants to keep it open."""
        session = self.session
        if session is None:
            return True
        if session.outbox.waiting:
            from weldstudio.gui.unsaved import may_lose  # brings along what the first window has no need of

            if not may_lose(self, session):
                return False
        self.session = None
        self._ahead.stop()
        self._forget_pages()
        session.close()
        self.action_table.set_project(False)
        self.page = ""
        session.deleteLater()
        self._lock.release()
        self.toast.dismiss()
        self.banner.dismiss()
        self.work_list.dismiss()
        self.status.show_works([])
        self.show_welcome()
        return True

    def after_first_paint(self, what: Callable[[], None]) -> None:
        """Have `what` called once the window has been painted: whatever takes long must not stand before that."""
        self._after_paint.append(what)

    def show_welcome(self, problem: str = "") -> None:
        """The page before there is a project, with what went wrong if something did."""
        self.setWindowTitle("weldstudio")
        self.welcome.refresh(problem)
        self._outer.setCurrentWidget(self.welcome)
        self.action_table.set_page("")

    # Pages

    def show_page(self, name: str) -> None:
        """Bring a page to the front; it is made when it is first shown."""
        if self.session is None or self.session.mirror_or_none is None:
            return
        page = self.pages.get(name)
        if page is None:
            page = self._add_page(name)
        self.page = name
        self.rail.show_page(name)
        self.header.show_page(getattr(page, "title", dict(PAGES)[name]), getattr(page, "header", None))
        self._inner.setCurrentWidget(page)
        self.action_table.set_page(name)
        activated = getattr(page, "activated", None)
        if activated is not None:
            activated()

    @property
    def help_page(self) -> str:
        """Name of the help page that belongs to what is on screen."""
        shown = self.pages.get(self.page)
        return getattr(shown, "help_page", "welcome") if shown is not None else "welcome"

    def say(self, text: str, *, undo: bool = False) -> None:
        """A toast; with `undo` about what was just done, which it offers to take back until something else is done."""
        session = self.session
        if undo and session is not None and session.undo_stack.canUndo():
            self.toast.say(text, offer="Undo", take=session.undo)
        else:
            self.toast.say(text)

    # Inside

    def _build(self) -> None:
        self._outer = QStackedWidget()
        self.welcome = WelcomePage(self.settings, self.action_table)
        self._frame = QWidget()
        self.rail = Rail(self.action_table, PAGES)
        self.header = Header(self.action_table)
        self.banner = Banner()
        self._inner = QStackedWidget()
        self._opening = QLabel()
        self._opening.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_look(self._opening, "secondary")
        self._inner.addWidget(self._opening)
        self.first_steps = FirstSteps(self.action_table)
        self.status = StatusLine()
        self.work_list = WorkList(self)

        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        for widget in (self.header, _line(), self.banner):
            right.addWidget(widget)
        right.addWidget(self._inner, 1)
        right.addWidget(self.first_steps)
        right.addWidget(_line())
        right.addWidget(self.status)
        across = QHBoxLayout(self._frame)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.rail)
        across.addWidget(_line(upright=True))
        across.addLayout(right, 1)

        self._outer.addWidget(self.welcome)
        self._outer.addWidget(self._frame)
        self.setCentralWidget(self._outer)
        self.toast = Toast(self._outer)
        self.welcome.project_asked.connect(self.open_project)
        self.welcome.creation_asked.connect(lambda wish: importing.create_and_import(self, wish))
        self.status.list_asked.connect(lambda: self.work_list.open_above(self.status))

    def _wire(self, session: "Session") -> None:
        session.opened.connect(lambda: self._ahead.after(self._project_opened))
        session.refused.connect(self._project_refused)
        session.changed.connect(self._changed)
        session.replaced.connect(lambda: window_actions.open_again(self, session.folder))
        session.told.connect(self.say)
        session.undoable_told.connect(lambda text: self.say(text, undo=True))
        session.undo_stack.indexChanged.connect(self.toast.withdraw)
        session.failed.connect(lambda text: self.banner.say(text))
        session.saved_changed.connect(lambda state: saved_state.show(self, state))
        session.selection_changed.connect(lambda: self.status.show_selection(len(session.selection), session.hidden))
        session.engine_changed.connect(self.status.show_engine)
        session.work_changed.connect(self._show_works)
        session.page_asked.connect(self.show_page)
        session.photos_asked.connect(lambda _filter: self.show_page("review"))
        self.status.cancel_asked.connect(lambda work: work.cancel())
        self.status.show_engine(session.engine.state)
        self.status.show_selection(0, 0)
        self.header.saved.show_state("saved")

    def _make_ahead(self) -> None:
        """Make the Review page while the store is being read: mostly it finds an empty project first."""
        assert self.session is not None
        self._made_early = self.session.mirror_or_none is None
        self._add_page("review")

    def _project_opened(self) -> None:
        assert self.session is not None
        with self.action_table.together():
            self.action_table.set_project(True)
            self.action_table.set_read_only(self.session.read_only)
            if self._made_early:
                self.session.changed.emit(ALL_NEW)
            else:
                self.action_table.set_flags(self.session.mirror.scheme)
            window_actions.watch_undo(self, self.session)
            self.show_page(self.page or "review")  # who was quicker than this stays where he went
        self.settings.remember_project(self.session.folder)
        window_actions.save_settings(self)
        window_actions.resume(self.session, self, created=self._created)
        if self._only_look:
            self.header.saved.show_state("read-only", self._only_look)
            window_actions.say_read_only(self, self._only_look)
        self.project_opened.emit()

    def _project_refused(self, sentence: str) -> None:
        self._ahead.stop()
        session, self.session = self.session, None
        self._forget_pages()
        if session is not None:
            session.close()
            session.deleteLater()
        self._lock.release()
        self.show_welcome(sentence)

    def _changed(self, changes: Changes) -> None:
        if changes.scheme and self.session is not None:
            self.action_table.set_flags(self.session.mirror.scheme)

    def _show_works(self) -> None:
        works = self.session.works if self.session is not None else []
        self.status.show_works(works)
        self.work_list.show_works(works)

    def _add_page(self, name: str) -> QWidget:
        page = self.pages[name] = self._make_page(name)
        self._inner.addWidget(page)
        return page

    def _make_page(self, name: str) -> QWidget:
        module = importlib.import_module(f"weldstudio.gui.{name}.page")
        kind = getattr(module, f"{name.capitalize()}Page")
        # With its parent from the start, or Qt styles all that is in it once more.
        page: QWidget = kind(self.session, self.action_table, self._inner)
        return page

    def _forget_pages(self) -> None:
        for page in self.pages.values():
            self._inner.removeWidget(page)
            page.setParent(None)
            page.deleteLater()
        self.pages.clear()
        self.header.forget_pages()

    def _add_flag_actions(self) -> None:
        known = set(self.actions())
        self.addActions([action for action in self.action_table.all() if action not in known])

    def _restore_geometry(self) -> None:
        kept = layout_file.kept("geometry")
        if kept is None or not self.restoreGeometry(kept):
            room = self.screen().availableGeometry().size() if self.screen() is not None else QSize(1440, 900)
            self.resize(QSize(1440, 900).boundedTo(room - QSize(0, TITLE_BAR)))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        for what in self._after_paint:
            QTimer.singleShot(0, self, what)
        self._after_paint.clear()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.session is not None:
            window_actions.look(self.session)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Qt has Return press a button in dialogs only; here it comes when the button let it through.
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
            return
        if event.key() == Qt.Key.Key_Escape and self.first_steps.isVisible():
            self.first_steps.dismiss()
            return
        if self.action_table.refuses(QKeySequence(event.keyCombination())):
            self.say(READ_ONLY)  # its action is off, as buttons and menus show; a key shows nothing
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        session = self.session
        if session is not None and session.outbox.saved == "saving":
            # A write is under way: a few milliseconds, or it fails and then the person decides.
            self.closing = True
            event.ignore()
            return
        self.closing = False
        if not self.close_project():
            event.ignore()
            return
        window_actions.save_settings(self)
        layout_file.keep("geometry", self.saveGeometry())
        event.accept()


def _make_session(folder: Path, settings: Settings, *, opening: Opening) -> "Session":
    # Here, not above: the welcome page needs nothing of what a session brings along.
    from weldstudio.gui.session import Session

    return Session(folder, settings, opening=opening)


def _line(*, upright: bool = False) -> QFrame:
    line = QFrame()
    line.setProperty("look", "upright" if upright else "line")
    return line
