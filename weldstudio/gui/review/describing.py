"""Keys beside labels: what a joint is, and that labels hold for a file that has changed."""

from typing import Any

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from weldstudio.domain.changes import Done
from weldstudio.gui.actions import Actions
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted


class DescribingKeys(QObject):
    """Acts on the photographs selected, or on the one in view, and on their joints."""

    def __init__(self, session: Session, actions: Actions, *, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        actions.connect("joint.describe", self.describe)
        actions.connect("photo.confirm", self.confirm)

    def describe(self) -> None:
        """Ask for type, medium and contractor of the joints."""
        from weldstudio.gui.review.describe_dialog import DescribeDialog
        from weldstudio.studio import joint_facts

        mirror, targets = self._session.mirror, self._session.targets()
        if not targets:
            return
        joints = np.unique(mirror.joint[mirror.rows(targets)]).tolist()
        name = f"Joint {mirror.joint_name(targets[0])}" if len(joints) == 1 else counted(len(joints), "joint")
        dialog = DescribeDialog(name, joint_facts.described(mirror, joints), joint_facts.known(mirror), self._window)
        if not dialog.exec():
            return
        told = dialog.answer

        def write(store: Any, chosen: list[int], *, who: str) -> Done:
            facts = {"kind": told.kind, "medium": told.medium, "contractor": told.contractor}
            return joint_facts.describe(store, chosen, who=who, **facts)

        if told != joint_facts.Description():
            self._session.edit_aloud(f"Describe {name}", write, joints)

    def confirm(self) -> None:
        """The labels hold for the files as they are now."""
        from weldstudio.studio import confirming

        if targets := self._session.targets():
            self._session.edit_aloud("Labels hold", confirming.confirm, list(targets))
