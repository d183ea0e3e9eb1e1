"""What stands beside the large photograph: its joint-mates, photographs like it, examples of the chosen flag, the most
alike with the same and with the opposite label, or the same photograph once more for each flag that the model raises.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Example
from weldstudio.gui.actions import Actions
from weldstudio.gui.engine_client import Explanation
from weldstudio.gui.review.alike import Alike
from weldstudio.gui.review.contrasts import Contrasts
from weldstudio.gui.review.going import Going
from weldstudio.gui.review.large import LargeView, Pane
from weldstudio.gui.review.layer import Overlay
from weldstudio.gui.review.overlays import Overlays
from weldstudio.gui.review.sources import Sources
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
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

_FEATURES: Final = "Alike to the model:"
_OUTLINE: Final = "Alike in outline, as {} yet"
"""By what look-alikes were found."""


class Beside(QObject):
    """Joins the actions, the large view, and what knows of joints, likeness, examples and overlays. GUI thread."""

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
        self._alike = Alike(session, self)
        self._alike.answered.connect(self.refresh)
        self._examples: dict[tuple[Example, ...], list[Shown]] = {}
        self._contrasts = Contrasts(session, self.refresh, self)
        self._asked: set[tuple[Example, ...]] = set()
        self._explained: tuple[int, ...] = ()
        """What the engine was asked to explain beside the photograph."""
        self._turning = False
        for mode in MODES:
            actions[f"beside.{mode}"].setChecked(session.settings.beside == mode)
            actions.connect(f"beside.{mode}", partial(self._switch, mode))
        if session.settings.beside == "raised":
            actions["overlay.toggle"].setChecked(True)  # as when it was chosen
        actions.connect(MORE, partial(self._count, 1))
        actions.connect(FEWER, partial(self._count, -1))
        large.panes.chosen.connect(self._choose)
        overlays.drawn.connect(self.refresh)
        session.explained.connect(self._told)
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
        self._ask_engine()
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
        current = self._session.current
        assert current is not None
        found = self._alike.of(current, self._room)
        if found is None:
            return self._panes  # until it is known what they look like
        why = "there is no model" if self._session.engine.card is None else "the model has not seen this one"
        return [
            self._photo(one.photo_id, _OUTLINE.format(why) if one.cosine is None else f"{_FEATURES} {one.cosine:.2f}")
            for one in found
        ]

    def _of_flag(self) -> list[Pane]:
        slot = self._session.chosen_flag
        if slot is None:
            return []
        wanted = examples_of(self._session.mirror.scheme, slot)
        if wanted and wanted not in self._examples:
            self._ask(wanted)
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
        return self._panes if near is None else [self._photo(photo_id, side) for photo_id, side in near]

    def _raised(self) -> list[Pane]:
        current = self._session.current
        assert current is not None
        if self._overlays.probabilities() or self._veil.hides(current) or self._session.engine.card is None:
            self._slots = tuple(slot for slot in self._overlays.raised() if slot != self._session.chosen_flag)
        problem = self._session.mirror.problems.get(current)
        scheme, on = self._session.mirror.scheme, self._overlays.on
        found = [(scheme.by_slot(slot).name, self._overlays.of(slot) if on else None) for slot in self._slots]
        # An overlay says its name itself.
        return [Pane(current, "" if overlay is not None else name, overlay, problem=problem) for name, overlay in found]

    @property
    def _room(self) -> int:
        return self._session.settings.panes - 1

    def _photo(self, photo_id: int, why: str = "") -> Pane:
        mirror, slot = self._session.mirror, self._session.chosen_flag
        row = mirror.row(photo_id)
        caption = _short(mirror.paths[row])
        told = not (self._veil.owes(self._session.current) or self._veil.owes(photo_id))
        if slot is not None and told:
            state = State(int(mirror.scheme.states_of(slot, mirror.labels[row : row + 1])[0]))
            caption += f": {mirror.scheme.by_slot(slot).name} {state.word}"
        caption += f"\n{why}" if why else ""
        return Pane(photo_id, caption, self._overlay(photo_id), problem=mirror.problems.get(photo_id))

    def _example(self, one: "Shown") -> Pane:
        assert one.picture is not None
        kind = "Looks like it, but is not" if one.example.look_alike else "Typical"
        caption = f"{kind}: {_short(one.example.path) or one.example.content_hash[:8]}"
        there = one.photo_id is not None and one.photo_id not in self._session.mirror.problems
        photo_id = one.photo_id if one.photo_id is not None and there else self._sources.id_of(one.picture)
        return Pane(photo_id, caption, self._overlay(photo_id))

    def _overlay(self, photo_id: int) -> Overlay | None:
        """Of the chosen flag, over another photograph than the one that is worked on."""
        slot = self._session.chosen_flag
        seen = self._overlays.on and slot is not None and not self._veil.owes(self._session.current)
        return self._overlays.of(slot, photo_id) if seen and slot is not None else None

    # What is asked for

    def _ask(self, wanted: tuple[Example, ...]) -> None:
        """Of the store, once; what it says is kept and shown."""
        if wanted in self._asked:
            return
        from weldstudio.studio import examples

        self._asked.add(wanted)

        def take(answer: "list[Shown]") -> None:
            self._asked.discard(wanted)
            self._examples[wanted] = answer
            self.refresh()

        self._session.run(examples.shown, wanted).then(take)

    def _ask_engine(self) -> None:
        """Have explained what carries an overlay beside the photograph, then where one may go next."""
        shown = [pane.photo_id for pane in self._panes] if self._overlays.on else []
        near = self._large.neighbours if self._going.shows_large else ()
        ids = tuple(dict.fromkeys((*shown, *near)))
        if ids != self._explained:
            self._explained = ids
            problems, found = self._session.mirror.problems, {i: self._sources.of(i) for i in ids}
            self._session.engine.explain_beside(
                {i: source.path for i, source in found.items() if source is not None and i not in problems}
            )

    def _told(self, said: Explanation) -> None:
        if any(pane.photo_id == said.photo_id for pane in self._panes):
            self.refresh()

    def _changed(self, changes: Changes) -> None:
        self._contrasts.forget(changes)
        if changes.scheme:
            self._examples.clear()
        if changes.photos or changes.models:
            self._explained = ()  # to be asked anew
        if changes.photos or changes.scheme or changes.labels or changes.joints or changes.models:
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
        waits = self._asked or (mode == "similar" and self._alike.waits) or self._contrasts.asking
        if on and not self._panes and not waits:
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
