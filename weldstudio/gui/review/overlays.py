"""Which overlay lies on the large photograph: the map of the chosen flag out of the engine's latest explanation."""

from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from weldstudio.gui.actions import Actions
from weldstudio.gui.engine_client import Explanation
from weldstudio.gui.review.guest import Guest
from weldstudio.gui.review.large import LargeView
from weldstudio.gui.review.layer import Overlay
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
from weldstudio.studio import overlaying

STEP: Final = 0.1
OPTIONS: Final = ("overlay.signed", "overlay.contour", "overlay.squares")
"""How an overlay is shown; each is a setting of the same name."""


class Overlays(QObject):
    """Joins explanations, view and control. Whether it is shown, and how strongly, stays from photo to photo."""

    answered = Signal()
    """`probabilities` are other ones now."""
    shown_changed = Signal(object)
    """Slot of the class whose overlay is shown, or None."""
    drawn = Signal()
    """What lies on the photograph was drawn anew."""

    def __init__(self, session: Session, actions: Actions, large: LargeView, *, veil: Veil, guest: Guest) -> None:
        super().__init__(large)
        self._session, self._large, self._veil, self._guest = session, large, veil, guest
        self._toggle = actions["overlay.toggle"]
        # Held down it would flicker; held down it is a peek instead (see the page).
        self._toggle.setAutoRepeat(False)
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
        session.overlays_asked.connect(lambda _model: self._toggle.setChecked(True))
        guest.changed.connect(self.refresh)
        large.panes.set_opacity(self.opacity)
        self.refresh()

    @property
    def on(self) -> bool:
        return self._toggle.isChecked()

    @property
    def shown_slot(self) -> int | None:
        """The class whose overlay is on the photograph now."""
        slot = self._session.chosen_flag
        return slot if self.on and slot is not None and self.of(slot) is not None else None

    def probabilities(self, photo_id: int | None = None) -> Mapping[int, float]:
        """What the engine said of a photograph (the current one), by slot; empty while it has not answered."""
        said = self._said(photo_id)
        return {} if said is None else dict(zip(said.slots, said.probabilities.tolist(), strict=True))

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
        self._large.panes.set_opacity(self.opacity)
        self._large.control.show_state(shown=self.on, opacity=self.opacity)
        self._large.control.wake()

    def refresh(self) -> None:
        """Draw what holds now."""
        large = self._large
        large.control.show_state(shown=self.on, opacity=self.opacity)
        # Without a model there is nothing to show or hide.
        large.control.setVisible(self._session.engine.card is not None and not self._veil.hides(self._session.current))
        slot = self._session.chosen_flag
        overlay = self.of(slot) if self.on and slot is not None else None
        large.show_overlay(overlay)
        self.shown_changed.emit(None if overlay is None else slot)
        self.drawn.emit()

    def raised(self) -> tuple[int, ...]:
        """Slots of the classes that the model raises on the current photograph, the surest first."""
        mirror = self._session.mirror
        return overlaying.raised(mirror.scheme, self.probabilities(), mirror.threshold)

    def of(self, slot: int, photo_id: int | None = None) -> Overlay | None:
        """The overlay of a class over a photograph (the current one), if the engine has said something of it."""
        settings, mirror = self._session.settings, self._session.mirror
        guest = self._guest.card
        said = self._said(photo_id) if guest is None else self._said_by_guest(photo_id)
        if said is None:
            return None
        judgement = (
            overlaying.judgement_of(mirror.scheme, slot, self.probabilities(photo_id), mirror.threshold)
            if guest is None
            else self._guest.judgement(said, slot)
        )
        found = overlaying.evidence_of(
            mirror.scheme,
            slot,
            said.slots,
            said.maps,
            judgement=judgement,
            signed=settings.overlay_signed,
        )
        if found is None:
            return None
        return Overlay(
            found.activation,
            said.frame,
            found.scale,
            side=found.side,
            smooth=not settings.overlay_squares,
            level=settings.overlay_level if settings.overlay_contour else 0.0,
            note=found.words if guest is None else f"{guest.name}: {found.words}",
            weak=found.weak,
        )

    def _said(self, photo_id: int | None) -> Explanation | None:
        """What the engine said of a photograph (the current one), as far as it may be seen."""
        photo_id = self._session.current if photo_id is None else photo_id
        said = None if photo_id is None else self._session.engine.known(photo_id)
        if said is None or said.model_id != self._session.mirror.model_id:
            return None
        return None if said.photo_id >= 0 and self._veil.hides(said.photo_id) else said

    def _said_by_guest(self, photo_id: int | None) -> Explanation | None:
        """The same by the model that is judged."""
        photo_id = self._session.current if photo_id is None else photo_id
        return None if photo_id is None or self._veil.hides(photo_id) else self._guest.said(photo_id)

    def _option(self, name: str, on: bool) -> None:
        self._session.settings.change(**{name: on})
        self.refresh()

    def _explained(self, said: Explanation) -> None:
        if said.photo_id != self._session.current:
            return
        if self._session.chosen_flag is None and len(said.slots) and not self._veil.hides(said.photo_id):
            # The first answer shows what the model is surest of; after that the person chooses.
            self._session.choose_flag(said.slots[int(np.argmax(said.probabilities))])
        self.refresh()
        self.answered.emit()
