"""The keys that answer for a label in doubt: it is right, it is wrong, nobody can say."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from weldstudio.gui.actions import Actions
from weldstudio.gui.session import Session


class SuspectKeys(QObject):
    """`go_on()` goes to the next photograph. The label meant is the chosen flag's, else the likeliest to be wrong."""

    def __init__(self, session: Session, actions: Actions, *, go_on: Callable[[], None]) -> None:
        super().__init__(session)
        self._session, self._go_on = session, go_on
        for said in ("right", "wrong", "unsure"):
            actions.connect(f"suspect.{said}", lambda said=said: self._answer(said))

    def _answer(self, said: str) -> None:
        from weldstudio.studio import doubting, suspects

        session = self._session
        if session.current is None:
            return
        found = suspects.of_photo(session.mirror, session.current)
        if not found:
            session.tell("No label of this photograph is in doubt.")
            return
        meant = next((one for one in found if one.slot == session.chosen_flag), found[0])
        session.edit(meant.flag, doubting.answer, meant.photo_id, meant.slot, said, who=session.who)
        self._go_on()
