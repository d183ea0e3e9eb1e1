"""Labels handed on to near-duplicates: asked for, shown, and then done in one step of undo."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from weldstudio.gui.actions import Actions
from weldstudio.gui.review.bulk_dialog import BulkDialog
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted

if TYPE_CHECKING:
    from weldstudio.studio.propagating import Spread


class Spreading(QObject):
    """Joins the action and the dialog."""

    def __init__(self, session: Session, actions: Actions, *, veil: Veil, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._veil, self._window = session, veil, window
        actions.connect("label.copy_alike", self._look)

    def _look(self) -> None:
        session = self._session
        if session.current is None:
            return
        from weldstudio.studio import propagating

        session.run(propagating.spread, session.current, mirror=session.mirror).then(self._ask)

    def _ask(self, found: "Spread") -> None:
        session, mirror = self._session, self._session.mirror
        left = f"{counted(len(found.differing), 'near-duplicate')} with other labels left alone."
        if not found.to or self._veil.owed(mirror.rows((found.photo_id, *found.to))).any():
            blind = "Labels are not copied in a blind second look: say what you see."
            session.tell(blind if found.to else f"{left} One of the labels is wrong: look at them.")
            return
        title = f"Labels copied from {Path(mirror.paths[mirror.row(found.photo_id)]).name}"
        head = f"{title} to {counted(len(found.to), 'near-duplicate')}" + (f"; {left}" if found.differing else "")
        dialog = BulkDialog(head, found.preview(mirror), mirror=mirror, parent=self._window)
        dialog.accepted.connect(lambda: session.editing.copy_labels(found.photo_id, found.to, found.wanted, title))
        session.closing.connect(dialog.reject)
        dialog.open()
