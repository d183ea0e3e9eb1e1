"""What stands beside the large photograph: its joint-mates, photographs like it, examples of the chosen flag, the most
alike with the same and with the opposite label, or the same photograph once more for each flag that the model raises.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import State
from weldstudio.domain.near_duplicates import nearest
from weldstudio.domain.scheme import Example
from weldstudio.gui.actions import Actions
from weldstudio.gui.review.contrasts import Contrasts
from weldstudio.gui.review.going import Going
from weldstudio.gui.review.large import LargeView, Pane
from weldstudio.gui.review.overlays import Overlays
from weldstudio.gui.review.sources import Sources
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
from weldstudio.store import perceptual
from weldstudio.studio.examples import examples_of

if TYPE_CHECKING:
    from weldstudio.studio.examples import Shown

MODES: Final = ("joint", "similar", "examples", "contrast", "raised")
"""Each is an action `beside.<mode>`; the one that holds is a setting."""
MORE, FEWER = "beside.more", "beside.fewer"
LEAST, MOST = 2, 4
"""Photographs on screen at once."""
_NOTHING: Final = {
    "joint": "This joint has no other photograph.",
    "similar": "No photograph can be compared with this one yet: they are still being read.",
    "examples": "The chosen flag has no example photographs. Ctrl+T makes this photograph one.",
    "contrast": "Choose a flag that is raised or clear here; the photographs must have been predicted, too.",
    "raised": "The model raises no other flag on this photograph.",
}


class Beside(QObject):
    """Joins the actions, the large view, and what knows of joints, hashes, examples and overlays. GUI thread."""

    def __init__(
        self,
        session: Session,
        actions: Actions,
        large: LargeView,
        *,
        overlays: Overlays,
        sources: Sources,
        veil: Veil,
        going: Going,
    ) -> None:
        super().__init__(large)
        self._session, self._actions, self._large = session, actions, large
        self._overlays, self._sources, self._veil, self._going = overlays, sources, veil, going
        self._panes: list[Pane] = []
        self._slots: tuple[int, ...] = ()
        """Classes whose overlays stand beside the photograph; they stay until the engine has said others."""
        self._hashes: tuple[NDArray[np.int64], NDArray[np.uint64]] | None = None
        self._examples: dict[tuple[Example, ...], list[Shown]] = {}
        self._asked: set[object] = set()
        self._contrasts = Contrasts(session, self.refresh, self)
        self._turning = False
        for mode in MODES:
            actions[f"beside.{mode}"].setChecked(session.settings.beside == mode)
            actions.connect(f"beside.{mode}", partial(self._switch, mode))
        actions.connect(MORE, partial(self._count, 1))
        actions.connect(FEWER, partial(self._count, -1))
        large.panes.chosen.connect(self._choose)
        overlays.drawn.connect(self.refresh)
        session.current_changed.connect(lambda _photo: self.refresh())
        session.chosen_flag_changed.connect(lambda _slot: self.refresh())
        session.changed.connect(self._changed)
        going.mode_changed.connect(self.refresh)

    @property
    def mode(self) -> str:
        """One of `MODES`, or 'nothing' where the photograph stands alone."""
        return self._session.settings.beside

    def refresh(self) -> None:
        """Show what belongs beside the photograph now."""
        if not self._going.shows_large or self._session.current is None:
            self._panes = []
        else:
            self._panes = {
                "joint": self._joint,
                "similar": self._similar,
                "examples": self._of_flag,
                "contrast": self._contrast,
                "raised": self._raised,
            }.get(self.mode, list)()
        self._large.show_beside(self._panes)
        several = self.mode in MODES[:4] and self._going.shows_large
        self._actions.set_enabled(MORE, several and self._session.settings.panes < MOST)
        self._actions.set_enabled(FEWER, several and self._session.settings.panes > LEAST)

    # What there is

    def _joint(self) -> list[Pane]:
        mirror, current = self._session.mirror, self._session.current
        assert current is not None
        mates = mirror.ids[mirror.joint == mirror.joint[mirror.row(current)]]
        return [self._photo(photo_id) for photo_id in mates[mates != current][: self._room].tolist()]

    def _similar(self) -> list[Pane]:
        if self._hashes is None:
            self._ask("hashes", perceptual.hashes)
            return self._panes
        ids, hashes = self._hashes
        current = self._session.current or 0
        place = int(np.searchsorted(ids, current))
        if place >= len(ids) or ids[place] != current:
            return []  # not read yet, or it cannot be
        return [self._photo(photo_id) for photo_id in ids[nearest(hashes, place, self._room)].tolist()]

    def _of_flag(self) -> list[Pane]:
        slot = self._session.chosen_flag
        if slot is None:
            return []
        wanted = examples_of(self._session.mirror.scheme, slot)
        if wanted and wanted not in self._examples:
            from weldstudio.studio import examples

            self._ask(wanted, examples.shown, wanted)
            return self._panes
        found = [one for one in self._examples.get(wanted, []) if one.picture is not None]
        found = [one for one in found if one.photo_id is None or one.photo_id != self._session.current]
        # Typical ones and look-alikes in turn: it is their difference that one wants to see.
        typical = [one for one in found if not one.example.look_alike]
        alike = [one for one in found if one.example.look_alike]
        turns = [one for pair in zip(typical, alike, strict=False) for one in pair]
        rest = typical[len(alike) :] + alike[len(typical) :]
        return [self._example(one) for one in (turns + rest)[: self._room]]

    def _contrast(self) -> list[Pane]:
        slot, current = self._session.chosen_flag, self._session.current
        if current is None or self._veil.hides(current) or self._veil.owes(current):
            return []
        near = self._contrasts.of(current, slot, self._room)
        return self._panes if near is None else [self._photo(photo_id) for photo_id in near]

    def _raised(self) -> list[Pane]:
        current = self._session.current
        assert current is not None
        if self._overlays.probabilities() or self._veil.hides(current) or self._session.engine.card is None:
            self._slots = tuple(slot for slot in self._overlays.raised() if slot != self._session.chosen_flag)
        problem = self._session.mirror.problems.get(current)
        on = self._overlays.on
        return [Pane(current, overlay=self._overlays.of(slot) if on else None, problem=problem) for slot in self._slots]

    @property
    def _room(self) -> int:
        return self._session.settings.panes - 1

    def _photo(self, photo_id: int) -> Pane:
        mirror, slot = self._session.mirror, self._session.chosen_flag
        row = mirror.row(photo_id)
        caption = _short(mirror.paths[row])
        told = not (self._veil.owes(self._session.current) or self._veil.owes(photo_id))
        if slot is not None and told:
            state = State(int(mirror.scheme.states_of(slot, mirror.labels[row : row + 1])[0]))
            caption += f": {mirror.scheme.by_slot(slot).name} {state.word}"
        return Pane(photo_id, caption, problem=mirror.problems.get(photo_id))

    def _example(self, one: "Shown") -> Pane:
        assert one.picture is not None
        kind = "Looks like it, but is not" if one.example.look_alike else "Typical"
        caption = f"{kind}: {_short(one.example.path) or one.example.content_hash[:8]}"
        there = one.photo_id is not None and one.photo_id not in self._session.mirror.problems
        photo_id = one.photo_id if one.photo_id is not None and there else self._sources.id_of(one.picture)
        return Pane(photo_id, caption)

    # What is asked for

    def _ask(self, key: object, function: object, *args: object) -> None:
        """Of the store, once; what it says is kept and shown."""
        if key in self._asked:
            return
        self._asked.add(key)

        def take(answer: object) -> None:
            self._asked.discard(key)
            if key == "hashes":
                self._hashes = answer  # type: ignore[assignment]
            else:
                self._examples[key] = answer  # type: ignore[index,assignment]
            self.refresh()

        self._session.run(function, *args).then(take)  # type: ignore[arg-type]

    def _changed(self, changes: Changes) -> None:
        if changes.photos:
            self._hashes = None
        self._contrasts.forget(changes)
        if changes.scheme:
            self._examples.clear()
        if changes.photos or changes.scheme or changes.labels or changes.joints:
            self.refresh()

    # What is done

    def _switch(self, mode: str, on: bool) -> None:
        if self._turning:
            return
        self._turning = True
        for other in MODES:
            self._actions[f"beside.{other}"].setChecked(on and other == mode)
        self._turning = False
        self._session.settings.change(beside=mode if on else "nothing")
        if on and mode == "raised":
            self._actions["overlay.toggle"].setChecked(True)
        if on and not self._going.shows_large:
            self._going.open_large()
        self.refresh()
        if on and not self._panes and not self._asked and not self._contrasts.asking:
            self._tell_nothing(mode)

    def _tell_nothing(self, mode: str) -> None:
        if mode != "raised" or self._overlays.probabilities():
            self._session.tell(_NOTHING[mode])
        elif self._session.engine.card is None:
            self._session.tell("There is no model yet that could raise flags.")
        elif self._veil.hides(self._session.current):
            self._session.tell("Predictions are hidden here until the photograph is reviewed.")

    def _count(self, by: int) -> None:
        panes = min(MOST, max(LEAST, self._session.settings.panes + by))
        self._session.settings.change(panes=panes)
        self.refresh()

    def _choose(self, place: int) -> None:
        """Work on what stands beside: its flag, or its photograph."""
        if self.mode == "raised" and place < len(self._slots):
            self._session.choose_flag(self._slots[place])
        elif place < len(self._panes) and self._panes[place].photo_id >= 0:
            self._going.go_to(self._panes[place].photo_id)
        else:
            self._session.tell("The photograph of this example is not in the project; this is a copy of it.")


def _short(path: str) -> str:
    """A path's end: names such as '2.jpg' come once in every folder."""
    return "/".join(Path(path).parts[-2:])
