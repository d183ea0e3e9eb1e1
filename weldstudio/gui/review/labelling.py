"""What the label keys do: to the photographs selected, or to the one in view. Edits go through the session."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import Source, State
from weldstudio.gui.actions import Actions
from weldstudio.gui.review.bulk_dialog import ask_first
from weldstudio.gui.review.review_keys import refused_in_bulk
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
from weldstudio.studio.flag_keys import CHOOSE, SET, UNSURE
from weldstudio.studio.part import part


class LabelKeys(QObject):
    """`go_on()` goes to the next photograph; it is called when the present one is answered and that is wished for.
    `before(photo)` is the photograph that comes before one in the view.

    A flag's own key does not answer a photograph, for another flag may hold as well, unless it is one of a group;
    raise, clear and unsure of the chosen flag do (one goes through photographs for that flag), and so does
    "nothing applies".
    """

    def __init__(
        self,
        session: Session,
        actions: Actions,
        *,
        veil: Veil,
        go_on: Callable[[], None],
        before: Callable[[int], int | None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session, self._veil = session, veil
        self._window = parent
        self._go_on = go_on
        self._before = before
        actions.flag_pressed.connect(self.flag_pressed)
        self._advance = actions["label.advance"]
        self._advance.setChecked(session.settings.auto_advance)
        actions.connect("label.advance", lambda on: session.settings.change(auto_advance=on))
        for action_id, state in (
            ("label.raise", State.RAISED),
            ("label.clear", State.CLEAR),
            ("label.unsure", State.UNSURE),
            ("label.unseen", State.UNSEEN),
        ):
            actions.connect(action_id, lambda state=state: self._label_chosen(state))
        actions.connect("label.nothing", self.nothing_applies)
        actions.connect("label.copy", self._copy_before)
        actions.connect("label.copy_joint", self._copy_joint)
        actions.connect("flag.next", lambda: self._choose_by(1))
        actions.connect("flag.previous", lambda: self._choose_by(-1))

    def flag_pressed(self, slot: int, verb: str) -> None:
        """The key of a class: raise, or clear where it is raised already; with Shift unsure, again unseen."""
        if verb == CHOOSE:
            self._session.choose_flag(slot)
            return
        targets = self._session.targets()
        if not targets:
            return
        mirror = self._session.mirror
        rows = mirror.rows(targets)
        states = (self._veil.part(rows) if self._veil.owed(rows).any() else part(mirror, rows)).states(slot)
        if verb == UNSURE:
            state = State.UNSEEN if (states == State.UNSURE).all() else State.UNSURE
        else:
            assert verb == SET
            state = State.CLEAR if (states == State.RAISED).all() else State.RAISED
        self._session.choose_flag(slot)
        self.label(slot, state, answers=state == State.RAISED and mirror.scheme.group_of(slot) is not None)

    def label(self, slot: int, state: State, *, answers: bool = False) -> None:
        """Give the targets this state; `answers`: the photograph needs no further look."""
        targets = self._session.targets()
        if not targets:
            return
        title = f"{self._session.mirror.scheme.by_slot(slot).name}: {state.word}"
        if self._looked_again(title, targets, slot, state):
            self._answered(answers, len(targets))
            return
        self._ask(title, targets, ((slot, state),), lambda: self._session.label(targets, slot, state))
        self._answered(answers, len(targets))

    def nothing_applies(self) -> None:
        """Reviewed: every flag of the targets is clear."""
        targets = self._session.targets()
        if not targets:
            return
        wanted = tuple((item.slot, State.CLEAR) for item in self._session.mirror.scheme.classes)
        title = "Reviewed, nothing applies"
        if self._looked_again(title, targets):
            self._answered(True, len(targets))
            return
        self._ask(title, targets, wanted, lambda: self._session.nothing_applies(targets))
        self._answered(True, len(targets))

    def _looked_again(self, title: str, targets: tuple[int, ...], slot: int | None = None, *states: State) -> bool:
        """A blind second look is kept apart from the labels; whether this was one. The store refuses a mixture."""
        if not self._veil.owed(self._session.mirror.rows(targets)).any():
            return False
        if refused_in_bulk(self._session, targets):
            return True
        from weldstudio.studio import second

        who, title = self._session.who, f"Second look: {title}"
        if slot is None:
            self._session.edit(title, second.nothing_applies, targets, who=who)
        else:
            self._session.edit(title, second.set_state, targets, slot, *states, who=who)
        return True

    def copy_from(self, photo_id: int | None, missing: str) -> None:
        """Give the targets the labels of this photograph; `missing` is said where there is none."""
        from weldstudio.studio.copying import NOTHING, states_to_copy

        mirror, session = self._session.mirror, self._session
        targets = tuple(target for target in session.targets() if target != photo_id)
        if not targets or photo_id is None:
            session.tell(missing)
            return
        if self._veil.owed(mirror.rows((photo_id, *targets))).any():
            session.tell("Labels are not copied in a blind second look: say what you see.")
            return
        wanted = states_to_copy(mirror.scheme, mirror.labels[mirror.row(photo_id)].tobytes())
        if not wanted:
            session.tell(NOTHING)
            return
        title = f"Labels copied from {Path(mirror.paths[mirror.row(photo_id)]).name}"
        copy = partial(session.editing.copy_labels, photo_id, targets, wanted, title)
        self._ask(title, targets, wanted, copy, source=Source.COPIED)
        self._answered(True, len(targets))

    def _ask(
        self,
        title: str,
        targets: tuple[int, ...],
        wanted: Sequence[tuple[int, State]],
        then: Callable[[], object],
        *,
        source: Source = Source.BULK,
    ) -> None:
        ask_first(self._session, title, targets, wanted, source=source, then=then, parent=self._window)

    def _copy_before(self) -> None:
        target = self._session.targets()[:1]
        self.copy_from(self._before(target[0]) if target else None, "No photograph comes before this one.")

    def _copy_joint(self) -> None:
        from weldstudio.studio.copying import other_of_joint

        target = self._session.targets()[:1]
        other = other_of_joint(self._session.mirror, target[0]) if target else None
        self.copy_from(other, "No other photograph of this joint has labels to copy.")

    def _label_chosen(self, state: State) -> None:
        slot = self._session.chosen_flag
        if slot is None:
            self._session.tell("Choose a flag first: click on its row, or press Alt and its key.")
            return
        self.label(slot, state, answers=state != State.UNSEEN)

    def _answered(self, answers: bool, targets: int) -> None:
        if answers and targets == 1 and self._advance.isChecked():
            self._go_on()

    def _choose_by(self, by: int) -> None:
        slots = [item.slot for item in self._session.mirror.scheme.classes]
        if not slots:
            return
        chosen = self._session.chosen_flag
        try:
            place = slots.index(chosen) + by if chosen is not None else 0
        except ValueError:  # the chosen flag was merged or retired meanwhile
            place = 0
        self._session.choose_flag(slots[min(len(slots) - 1, max(0, place))])

    def forget_missing_flag(self) -> None:
        """After a change of the scheme: a class that is gone cannot stay chosen."""
        chosen = self._session.chosen_flag
        if chosen is None:
            return
        try:
            shown = self._session.mirror.scheme.by_slot(chosen) in self._session.mirror.scheme.classes
        except SchemeError:
            shown = False
        if not shown:
            self._session.choose_flag(None)
