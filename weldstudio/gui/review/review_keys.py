"""What the keys of review do: reviewed, returned, second looks, accepting predictions, draws and passing."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit, QWidget

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import State
from weldstudio.gui.actions import Actions
from weldstudio.gui.review.accept_dialog import ask_accept_all
from weldstudio.gui.review.draw_dialogs import ask_audit, ask_pass, ask_second
from weldstudio.gui.review.form_dialog import FormDialog
from weldstudio.gui.review.shown import Shown
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
from weldstudio.gui.words import count, counted

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror
    from weldstudio.studio.accepting import Answers


class ReviewKeys(QObject):
    """`go_on()` goes to the next photograph when one is answered and that is wished for."""

    def __init__(
        self,
        session: Session,
        actions: Actions,
        *,
        shown: Shown,
        veil: Veil,
        go_on: Callable[[], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._actions, self._shown, self._veil = session, actions, shown, veil
        self._go_on, self._window = go_on, window
        for action_id, slot in {
            "review.done": self.done,
            "review.return": self.give_back,
            "review.again": self.again,
            "review.audit": lambda: ask_audit(session, shown.filter, window),
            "review.second": lambda: ask_second(session, shown.filter, window),
            "review.pass": lambda: ask_pass(session, window),
            "accept.flag": self.accept_flag,
            "accept.photo": self.accept_photo,
            "accept.all": lambda: ask_accept_all(session, self._in_view(), window),
        }.items():
            actions.connect(action_id, slot)

    def done(self) -> None:
        """The labels hold; in a second look: the answer is given."""
        from weldstudio.studio import reviews, second

        targets = self._session.targets()
        if not targets:
            return
        owed = self._veil.owed(self._session.mirror.rows(targets))
        if owed.any() and not owed.all():
            self._session.tell("Some of these photographs wait for your second look, others do not; take one kind.")
            return
        if owed.any() and refused_in_bulk(self._session, targets):
            return
        function = second.give if owed.any() else reviews.mark_reviewed
        self._edit(f"Review {_named(targets)}", function, targets)
        if len(targets) == 1 and self._actions["label.advance"].isChecked():
            self._go_on()

    def give_back(self) -> None:
        """Ask for the reason and return the photographs to whoever labelled them."""
        from weldstudio.studio import reviews

        targets = self._session.targets()
        if not targets or self._refused_blind(targets):
            return
        field = QLineEdit()
        field.setPlaceholderText("The clamp is behind the pipe, look again")

        def say() -> str:
            if not field.text().strip():
                raise EditRefused("Say why; it cannot be returned without a reason.")
            return "It goes back to the expert who labelled it last, who sees the reason in the inspector."

        dialog = FormDialog(
            f"Return {_named(targets)}", [("&Why", field)], button="Return", say=say, parent=self._window
        )
        if dialog.exec():
            self._edit(f"Return {_named(targets)}", reviews.return_photos, targets, field.text())
            if len(targets) == 1 and self._actions["label.advance"].isChecked():
                self._go_on()

    def again(self) -> None:
        """Hand a returned photograph in for review as it is."""
        from weldstudio.studio import reviews

        if targets := self._session.targets():
            self._edit(f"Hand in {_named(targets)}", reviews.reopen, targets)

    def accept_flag(self) -> None:
        """The chosen flag has the label that the model says."""
        slot = self._session.chosen_flag
        if slot is None:
            self._session.tell("Choose a flag first: click on its row, or press Alt and its key.")
            return
        self._accept(slots=(slot,), anew=True)

    def accept_photo(self) -> None:
        """Every flag that nobody has labelled has the label that the model says."""
        self._accept()

    def _accept(self, **what: Any) -> None:
        from weldstudio.studio import accepting

        targets = self._session.targets()
        if not targets or self._refused_blind(targets):
            return
        title = f"Accept predictions on {_named(targets)}"
        if len(targets) > self._session.settings.ask_above and self._session.mirror.model_id is not None:
            mirror = self._session.mirror
            found = accepting.answers(mirror, mirror.rows(targets), **what)
            dialog = FormDialog(
                title, [], button="Accept", say=lambda: accepted(mirror, found), careful=True, parent=self._window
            )
            if not dialog.exec():
                return
        self._edit(title, accepting.accept, targets, **what)

    def _refused_blind(self, targets: tuple[int, ...]) -> bool:
        if not self._veil.hidden(self._session.mirror.rows(targets)).any():
            return False
        self._session.tell("Predictions are hidden here until the photograph is reviewed, so none can be accepted.")
        return True

    def _in_view(self) -> list[int]:
        """The photographs shown whose predictions are not hidden."""
        ids = self._shown.ids
        if not len(ids):
            return []
        found: list[int] = ids[~self._veil.hidden(self._session.mirror.rows(ids))].tolist()
        return found

    def _edit(self, text: str, function: Callable[..., Any], targets: tuple[int, ...], *args: Any, **what: Any) -> None:
        session = self._session
        if len(targets) > 1:
            session.edit_aloud(text, function, targets, *args, **what)
        else:
            session.edit(text, function, targets, *args, who=session.who, **what)


def refused_in_bulk(session: Session, targets: Sequence[int]) -> bool:
    """So many second looks are none: said and refused, where an ordinary change of as many would be asked about."""
    if len(targets) <= session.settings.ask_above:
        return False
    session.tell(f"{counted(len(targets), 'photograph')} at once are no second look; select fewer.")
    return True


def accepted(mirror: "Mirror", found: "Sequence[Answers]") -> str:
    """How many labels would be accepted, and how many of other states they would replace."""
    replaced = 0
    for one in found:
        held = mirror.states(one.slot)[one.rows]
        replaced += int(((held != State.UNSEEN) & (held != one.states)).sum())
    if not any(len(one.rows) for one in found):
        raise EditRefused("The model says nothing here that is not labelled already.")
    instead = f"; {count(replaced)} of them stand in place of another label" if replaced else ""
    return f"{counted(sum(len(one.rows) for one in found), 'label')} would be accepted{instead}. One step of undo."


def _named(targets: tuple[int, ...]) -> str:
    return "this photograph" if len(targets) == 1 else counted(len(targets), "photograph")
