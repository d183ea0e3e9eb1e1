"""The large photograph in a window of its own, on another screen perhaps, while the grid stays where it is."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from weldstudio.gui import layout_file
from weldstudio.gui.actions import Actions
from weldstudio.gui.layout_keys import LayoutKeys
from weldstudio.gui.project_lock import READ_ONLY
from weldstudio.gui.review.going import Going
from weldstudio.gui.review.large import LargeView
from weldstudio.gui.session import Session

ACTION = "view.window"
_PLACE = "photo_window"


class OwnWindow(QWidget):
    """Holds the large view. All keys of the page work here too; Escape goes to the grid."""

    put_away = Signal()
    """It was closed by hand."""
    came_forward = Signal(bool)
    """It is the window with the keyboard now, or no longer."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self._session, self._actions = session, actions
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._add_actions()
        actions.changed.connect(self._add_actions)
        LayoutKeys(self, actions)
        session.current_changed.connect(self.name_it)
        self.name_it()

    def open_beside(self, large: LargeView, window: QWidget) -> None:
        """Take the view in and show it: where it was last, else on another screen than `window`."""
        self._box.addWidget(large)
        large.show()
        place = layout_file.kept(_PLACE)
        if place is not None and self.restoreGeometry(place):
            self.show()
            return
        others = [screen for screen in QGuiApplication.screens() if screen is not window.screen()]
        room = (others[0] if others else window.screen()).availableGeometry()
        self.resize(min(1000, room.width() * 2 // 3), min(800, room.height() * 2 // 3))
        self.move(room.center() - self.rect().center())
        if others:
            self.showMaximized()
        else:
            self.show()

    def keep_place(self) -> None:
        """Remember where it stands."""
        layout_file.keep(_PLACE, self.saveGeometry())

    def name_it(self) -> None:
        """After the photograph in it."""
        mirror, photo_id = self._session.mirror_or_none, self._session.current
        known = mirror is not None and photo_id is not None
        self.setWindowTitle(mirror.paths[mirror.row(photo_id)] if known and mirror and photo_id else "Photograph")

    def closeEvent(self, event: QCloseEvent) -> None:
        self.keep_place()
        super().closeEvent(event)
        self.put_away.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self.came_forward.emit(self.isActiveWindow())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._actions.refuses(QKeySequence(event.keyCombination())):
            self._session.tell(READ_ONLY)
            return
        super().keyPressEvent(event)

    def _add_actions(self) -> None:
        there = set(self.actions())
        self.addActions([action for action in self._actions.all() if action not in there])


class Apart(QObject):
    """Takes the large view out of the page and puts it back."""

    shown = Signal(object)
    """The window that has just been opened."""

    def __init__(
        self, session: Session, actions: Actions, stack: QStackedWidget, *, large: LargeView, going: Going
    ) -> None:
        super().__init__(stack)
        self._session, self._actions, self._stack = session, actions, stack
        self._large, self._going = large, going
        self.window: OwnWindow | None = None
        self._toggle = actions[ACTION]
        self._toggle.setChecked(False)
        actions.connect(ACTION, self._switch)
        session.closing.connect(self.end)

    def restore(self) -> None:
        """As it was left: called once the page is on screen."""
        if self._session.settings.photo_window and self.window is None:
            self._toggle.setChecked(True)
            self._hand_back()

    def _hand_back(self) -> None:
        """The keyboard to the grid, unless it would come forward and hide the photograph on the same screen."""
        main = self._stack.window()
        if self.window is not None and self.window.screen() is not main.screen():
            main.activateWindow()

    def end(self) -> None:
        """The project is being closed: the window goes, and is there again next time."""
        window, self.window = self.window, None
        if window is not None:
            window.keep_place()
            window.hide()
            window.deleteLater()

    def _switch(self, on: bool) -> None:
        self._session.settings.change(photo_window=on)
        if on and self.window is None:
            self._take_out()
        elif not on and self.window is not None:
            self._put_back()

    def _take_out(self) -> None:
        window = self.window = OwnWindow(self._session, self._actions)
        window.put_away.connect(lambda: self._toggle.setChecked(False))
        window.came_forward.connect(lambda _on: self._going.select())
        self._going.close_large()
        self._stack.removeWidget(self._large)
        window.open_beside(self._large, self._stack.window())
        self._going.stand_apart(window)
        self.shown.emit(window)

    def _put_back(self) -> None:
        window, self.window = self.window, None
        assert window is not None
        forward = window.isActiveWindow()
        window.keep_place()
        self._large.hide()
        self._stack.insertWidget(1, self._large)
        self._going.stand_apart(None)
        window.hide()
        window.deleteLater()
        if forward:
            self._stack.window().activateWindow()
