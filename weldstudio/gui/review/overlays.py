"""Which overlay lies on the large photograph: the map of the chosen flag out of the engine's latest explanation."""

from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from weldstudio.domain.scheme import JointRule, Merge
from weldstudio.gui.actions import Actions
from weldstudio.gui.engine_client import Explanation
from weldstudio.gui.review.large import LargeView
from weldstudio.gui.review.layer import Overlay
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
from weldstudio.imaging.overlay import Side, scale_of

STEP: Final = 0.1
OPTIONS: Final = ("overlay.signed", "overlay.contour", "overlay.squares")
"""How an overlay is shown; each is a setting of the same name."""
_TOLD: Final = {Side.FOR: "", Side.AGAINST: ": what speaks against it", Side.BOTH: ": for and against"}
_NOTHING_AGAINST: Final = ": nothing speaks against it"
_LEAST: Final = 0.05
"""What speaks against a flag is nothing where it is below this part of what speaks for it."""


class Overlays(QObject):
    """Joins explanations, view and control. Whether it is shown, and how strongly, stays from photo to photo."""

    answered = Signal()
    """`probabilities` are other ones now."""
    shown_changed = Signal(object)
    """Slot of the class whose overlay is shown, or None."""

    def __init__(self, session: Session, actions: Actions, large: LargeView, *, veil: Veil) -> None:
        super().__init__(large)
        self._session, self._large, self._veil = session, large, veil
        self._toggle = actions["overlay.toggle"]
        # Held down it would flicker; held down it is a peek instead (see the page).
        self._toggle.setAutoRepeat(False)
        self._explanation: Explanation | None = None
        self.opacity = session.settings.overlay_opacity
        actions.connect("overlay.toggle", lambda _on: self.refresh())
        actions.connect("overlay.strongest", self.show_strongest)
        for action_id in OPTIONS:
            name = action_id.replace(".", "_")
            actions[action_id].setChecked(getattr(session.settings, name))
            actions.connect(action_id, partial(self._option, name))
        large.control.offer(
            self._toggle,
            (actions["overlay.weaker"], actions["overlay.stronger"]),
            [actions[action_id] for action_id in ("overlay.strongest", *OPTIONS)],
        )
        actions.connect("overlay.stronger", lambda: self.set_opacity(self.opacity + STEP))
        actions.connect("overlay.weaker", lambda: self.set_opacity(self.opacity - STEP))
        large.control.opacity_changed.connect(self.set_opacity)
        large.control.shown_changed.connect(self._toggle.setChecked)
        session.explained.connect(self._explained)
        session.chosen_flag_changed.connect(lambda _slot: self.refresh())
        large.view.set_opacity(self.opacity)
        self.refresh()

    @property
    def on(self) -> bool:
        return self._toggle.isChecked()

    @property
    def shown_slot(self) -> int | None:
        """The class whose overlay is on the photograph now."""
        return self._session.chosen_flag if self.on and self._map() is not None else None

    def probabilities(self) -> Mapping[int, float]:
        """What the engine said of the current photograph, by slot; empty while it has not answered."""
        said = self._explanation
        if said is None or said.photo_id != self._session.current or said.model_id != self._session.mirror.model_id:
            return {}
        if self._veil.hides(said.photo_id):
            return {}
        return dict(zip(said.slots, said.probabilities.tolist(), strict=True))

    def show_of(self, slot: int) -> None:
        """Show a class's overlay; if it is the one that is shown, hide it."""
        if self.on and self._session.chosen_flag == slot:
            self._toggle.setChecked(False)
            return
        self._session.choose_flag(slot)
        self._toggle.setChecked(True)
        self.refresh()

    def show_strongest(self) -> None:
        """Show the overlay of what the model is surest of."""
        said = self.probabilities()
        if said:
            self._session.choose_flag(max(said, key=lambda slot: said[slot]))
            self._toggle.setChecked(True)

    def set_opacity(self, opacity: float) -> None:
        self.opacity = min(1.0, max(0.0, opacity))
        self._session.settings.change(overlay_opacity=self.opacity)
        self._large.view.set_opacity(self.opacity)
        self._large.control.show_state(shown=self.on, opacity=self.opacity)
        self._large.control.wake()

    def refresh(self) -> None:
        """Draw what holds now."""
        large = self._large
        large.control.show_state(shown=self.on, opacity=self.opacity)
        # Without a model there is nothing to show or hide.
        large.control.setVisible(self._session.engine.card is not None and not self._veil.hides(self._session.current))
        slot, said, settings = self._session.chosen_flag, self._explanation, self._session.settings
        side = self._side(slot) if slot is not None else Side.FOR
        activation = self._map(side)
        if not self.on or activation is None or said is None or slot is None:
            large.show_overlay(None)
            self.shown_changed.emit(None)
            return
        scale, found = _measured(activation, said.maps, side)
        probability = self.probabilities().get(slot)
        threshold = self._session.mirror.threshold(slot)
        weak = probability is not None and probability < threshold
        large.show_overlay(
            Overlay(
                activation,
                said.frame,
                scale,
                side=side,
                smooth=not settings.overlay_squares,
                level=settings.overlay_level if settings.overlay_contour else 0.0,
                note=self._note(slot, probability, weak=weak, side=side, found=found),
                weak=weak,
            )
        )
        self.shown_changed.emit(slot)

    def _note(self, slot: int, probability: float | None, *, weak: bool, side: Side, found: bool) -> str:
        name = self._session.mirror.scheme.by_slot(slot).name
        note = name if probability is None else f"{name}  {probability:.2f}"
        if weak:
            note += f", below its threshold {self._session.mirror.threshold(slot):.2f}"
        return note + _TOLD[side] if found or side is not Side.AGAINST else note + _NOTHING_AGAINST

    def _side(self, slot: int) -> Side:
        """A flag of absence has nothing to point at; what it took for the missing thing can be shown."""
        if self._session.settings.overlay_signed:
            return Side.BOTH
        return Side.AGAINST if self._session.mirror.scheme.joint_rule_of(slot) is JointRule.ALL else Side.FOR

    def _map(self, side: Side = Side.FOR) -> NDArray[np.float32] | None:
        """The map of the chosen class; of a merge the model was not trained for, the strongest of its members."""
        said, slot = self._explanation, self._session.chosen_flag
        if said is None or slot is None or said.photo_id != self._session.current or self._veil.hides(said.photo_id):
            return None
        own = said.map_of(slot)
        item = self._session.mirror.scheme.by_slot(slot)
        if own is not None or not isinstance(item, Merge):
            return own
        found = [m for m in (said.map_of(member) for member in item.members) if m is not None]
        strongest = np.minimum if side is Side.AGAINST else np.maximum
        return strongest.reduce(found) if found else None

    def _option(self, name: str, on: bool) -> None:
        self._session.settings.change(**{name: on})
        self.refresh()

    def _explained(self, said: Explanation) -> None:
        if said.photo_id != self._session.current:
            return
        self._explanation = said
        if self._session.chosen_flag is None and len(said.slots) and not self._veil.hides(said.photo_id):
            # The first answer shows what the model is surest of; after that the person chooses.
            self._session.choose_flag(said.slots[int(np.argmax(said.probabilities))])
        self.refresh()
        self.answered.emit()


def _measured(activation: NDArray[np.float32], maps: NDArray[np.float32], side: Side) -> tuple[float, bool]:
    """The evidence that gets the strongest colour, and whether there is any to be seen.

    What speaks for flags can be compared from flag to flag, so all of a photo have one scale. What speaks against a
    flag says where, not how much: the surest "no" of another flag would leave it dark.
    """
    if side is Side.FOR:
        return scale_of(maps), True
    own, whole = scale_of(activation, side), scale_of(activation, Side.BOTH)
    found = own >= _LEAST * whole
    return (own if found else whole), found
