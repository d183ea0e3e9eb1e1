"""What the decision keys do: to the joints of the photographs selected, or to that of the one in view."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from weldstudio.domain.changes import Done
from weldstudio.domain.decision import Told
from weldstudio.gui.actions import Actions
from weldstudio.gui.review.decision_bar import ACTIONS, DecisionBar
from weldstudio.gui.review.override_dialog import OverrideDialog
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted

_DOING = {Told.ACCEPTED: "Accept", Told.REJECTED: "Reject", Told.NEW_PHOTO: "Ask for a new photo of"}


class DecisionKeys(QObject):
    """`go_on()` goes to the next joint; it is called when one was decided and going on is wished for."""

    def __init__(
        self, session: Session, actions: Actions, bar: DecisionBar, *, go_on: Callable[[], None], window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._actions, self._window, self._go_on = session, actions, window, go_on
        bar.pressed.connect(self.decide)
        for told, action_id in ACTIONS.items():
            actions.connect(action_id, lambda told=told: self.decide(told))
        actions.connect("joint.override", self.override)
        actions.connect("joint.follow", self.follow_points)
        actions.connect("joint.withdraw", self.withdraw)

    def joints(self) -> list[int]:
        """The joints that a key press means."""
        mirror = self._session.mirror
        targets = self._session.targets()
        return np.unique(mirror.joint[mirror.rows(targets)]).tolist() if targets else []

    def decide(self, told: Told) -> None:
        """Note what the crew is told of these joints."""
        from weldstudio.studio import decisions

        joints = self.joints()
        if not joints:
            return
        self._session.edit_aloud(f"{_DOING[told]} {self._named(joints)}", decisions.decide, joints, told)
        if len(joints) == 1 and self._actions["label.advance"].isChecked():
            self._go_on()

    def withdraw(self) -> None:
        """Take back what was decided of these joints."""
        from weldstudio.studio import decisions

        if joints := self.joints():
            self._session.edit_aloud(f"Undecide {self._named(joints)}", decisions.withdraw, joints)

    def follow_points(self) -> None:
        """Take the verdicts set by hand back."""
        from weldstudio.studio import decisions

        if joints := self.joints():
            self._session.edit_aloud(f"Verdict of {self._named(joints)} by the points", decisions.follow_points, joints)

    def override(self) -> None:
        """Ask for a verdict against the points and the reason for it."""
        from weldstudio.studio import deciding, decisions

        joints = self.joints()
        if not joints:
            return
        mirror = self._session.mirror
        verdict = deciding.verdict_of(mirror, joints[0]) if len(joints) == 1 else None
        present = mirror.decided.overrides.get(joints[0]) if len(joints) == 1 else None
        dialog = OverrideDialog(self._named(joints), verdict, present=present, parent=self._window)
        if dialog.exec():
            outcome, reason = dialog.outcome, dialog.reason

            def write(store: Any, chosen: list[int], *, who: str) -> Done:
                return decisions.override(store, chosen, outcome, who=who, reason=reason)

            self._session.edit_aloud(f"Set the verdict of {self._named(joints)}", write, joints)

    def _named(self, joints: list[int]) -> str:
        if len(joints) > 1:
            return counted(len(joints), "joint")
        mirror = self._session.mirror
        return mirror.joint_name(self._session.targets()[0])
