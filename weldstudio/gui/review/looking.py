"""How the large photograph is looked at: turned, brighter, with more contrast; kept from photo to photo on request."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from weldstudio.gui.actions import Actions
from weldstudio.gui.review.large import LargeView
from weldstudio.gui.session import Session
from weldstudio.imaging.look import Look

LOOK_ACTIONS: Final = ("view.turn_right", "view.turn_left", "view.adjust", "view.keep_look", "view.plain")
"""They hold while a photograph is shown large."""


class Looking(QObject):
    """Joins the actions, the panel with the sliders, and the large view."""

    def __init__(self, session: Session, actions: Actions, large: LargeView) -> None:
        super().__init__(large)
        self._large, self._panel = large, large.look_panel
        self._keep, self._adjust = actions["view.keep_look"], actions["view.adjust"]
        self._of: int | None = None
        actions.connect("view.turn_right", lambda: self.set_look(large.look.turned(1)))
        actions.connect("view.turn_left", lambda: self.set_look(large.look.turned(-1)))
        actions.connect("view.plain", lambda: self.set_look(Look()))
        actions.connect("view.adjust", self._open)
        actions.connect("view.keep_look", self._panel.keep.setChecked)
        self._panel.keep.setChecked(self._keep.isChecked())  # the actions outlive the page
        self._panel.setVisible(self._adjust.isChecked())
        self._panel.changed.connect(lambda tones: self.set_look(replace(tones, turns=large.look.turns)))
        self._panel.keep.toggled.connect(self._keep.setChecked)
        self._panel.reset.clicked.connect(lambda: self.set_look(Look()))
        self._panel.closed.connect(self._close)
        session.current_changed.connect(self._go_on)

    def set_look(self, look: Look) -> None:
        """Of the photograph on screen, and of the next ones if the look is kept."""
        self._large.set_look(look)
        self._panel.show_look(look)

    def _open(self, on: bool) -> None:
        """The arrows move the first slider at once; Escape gives the keyboard back to the photograph."""
        there = QApplication.focusWidget()
        held = there is not None and self._panel.isAncestorOf(there)
        self._panel.setVisible(on)
        if on:
            self._panel.sliders["brightness"].setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif held:
            self._large.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close(self) -> None:
        self._adjust.setChecked(False)
        self._large.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_on(self, photo_id: int | None) -> None:
        if photo_id != self._of and not self._keep.isChecked():
            self.set_look(Look())
        self._of = photo_id
