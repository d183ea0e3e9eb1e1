"""What the inspector shows: rows and verdict of the photographs that the keys mean, kept up with the session."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from weldstudio.domain.labelling import State
from weldstudio.gui.actions import Actions
from weldstudio.gui.review.decision_bar import Standing
from weldstudio.gui.review.flag_rows import flag_rows, with_answer
from weldstudio.gui.review.inspector import Inspector
from weldstudio.gui.review.labelling import LabelKeys
from weldstudio.gui.review.note_box import Subject
from weldstudio.gui.review.overlays import Overlays
from weldstudio.gui.review.part import part
from weldstudio.gui.review.verdict_banner import Said
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted
from weldstudio.store.decided import NOTHING_TOLD
from weldstudio.studio import deciding, first_training, joints, notes
from weldstudio.studio.reviewing import Counts

if TYPE_CHECKING:
    from weldstudio.store.store import Store


class Inspecting(QObject):
    """Fills the inspector and hands on what is clicked in it."""

    overlay_asked = Signal(int)
    """Slot: the eye or the bar of a row was clicked."""

    def __init__(
        self, session: Session, actions: Actions, inspector: Inspector, *, overlays: Overlays, labels: LabelKeys
    ) -> None:
        super().__init__(inspector)
        self._session, self._actions, self._inspector = session, actions, inspector
        self._overlays = overlays
        self._about: frozenset[int] = frozenset()
        """The photographs that rows and verdict are computed from."""
        self._joints: frozenset[int] = frozenset()
        """The joints of these."""
        self._in_demo = True
        """Until it is known: the word that a model is a demonstration shall not flash up in the demo."""
        session.run(_is_demo).then(self._know_demo)
        flags = inspector.flags
        flags.pressed_flag.connect(labels.flag_pressed)
        flags.state_asked.connect(lambda slot, state: labels.label(slot, State(state)))
        flags.chosen.connect(session.choose_flag)
        flags.overlay_asked.connect(self.overlay_asked)
        inspector.notes.set_read_only(session.read_only)
        inspector.notes.written.connect(self._note)
        actions.connect("photo.note", inspector.notes.begin)
        inspector.train_asked.connect(lambda: session.show_page("train"))
        session.chosen_flag_changed.connect(flags.choose)
        overlays.answered.connect(self.refresh)
        overlays.shown_changed.connect(flags.flags.show_overlay_of)
        actions.changed.connect(self.refresh)
        self.refresh()

    def concerned_by(self, photo_ids: frozenset[int]) -> bool:
        """Whether anything of these photographs is shown here."""
        return not self._about.isdisjoint(photo_ids)

    def about_joints(self, joint_ids: frozenset[int]) -> bool:
        """Whether one of these joints is shown here."""
        return not self._joints.isdisjoint(joint_ids)

    def refresh(self) -> None:
        """Show what holds now of the photographs that a key press means."""
        session = self._session
        if session.mirror_or_none is None:
            return
        mirror = session.mirror
        targets = session.targets()
        keys = {item.slot: self._actions.flag_key(item.slot) for item in mirror.scheme.classes}
        rows = flag_rows(mirror, targets, keys)
        if self._demonstration or session.read_only:
            rows = [replace(row, demonstration=self._demonstration, read_only=session.read_only) for row in rows]
        if len(targets) == 1:
            rows = with_answer(rows, self._overlays.probabilities() if targets[0] == session.current else {})
        self._inspector.flags.flags.show_rows(rows)
        self._inspector.flags.choose(session.chosen_flag)
        self._inspector.banner.say(self._said(targets))
        standing = self._standing(targets)
        self._inspector.decision.show_standing(standing)
        self._inspector.decision.setVisible(mirror.scheme.has_points)
        for action_id, makes_sense in _possible(standing, bool(targets), mirror.scheme.has_points).items():
            self._actions.set_enabled(action_id, makes_sense)
        self._show_notes(targets)
        self._show_differing(targets)

    def _show_notes(self, targets: tuple[int, ...]) -> None:
        mirror = self._session.mirror
        if len(targets) != 1:
            self._inspector.notes.show_notes(())
            return
        photo = targets[0]
        joint = int(mirror.joint[mirror.row(photo)])
        subjects = [Subject("photo", photo, mirror.notes.photos.get(photo, ""))]
        if int((mirror.joint == joint).sum()) > 1:
            subjects.append(Subject("joint", joint, mirror.notes.joints.get(joint, "")))
        self._inspector.notes.show_notes(tuple(subjects))

    def _show_differing(self, targets: tuple[int, ...]) -> None:
        """Say about which flags of the one photograph two experts differ."""
        mirror = self._session.mirror
        slots = mirror.conflicts.get(targets[0], ()) if len(targets) == 1 else ()
        names = ", ".join(mirror.scheme.by_slot(slot).name for slot in slots)
        self._inspector.differing.sentence.setText(f"Two experts differ about {names}.")
        self._inspector.differing.setVisible(bool(slots))

    def _note(self, about: str, subject: int, text: str) -> None:
        write = notes.note_photo if about == "photo" else notes.note_joint
        self._session.edit("Note", write, subject, text, who=self._session.who)

    @property
    def _demonstration(self) -> bool:
        """Whether the bars come from a demonstration model in a project that is none."""
        card = self._session.engine.card
        return card is not None and card.demonstration and not self._in_demo

    def _know_demo(self, in_demo: bool) -> None:
        self._in_demo = in_demo
        if self._demonstration:
            self.refresh()

    def _said(self, targets: tuple[int, ...]) -> Said:
        mirror = self._session.mirror
        if not targets:
            self._about = self._joints = frozenset()
            return Said("No photograph chosen")
        shown = np.unique(mirror.joint[mirror.rows(targets)])
        self._about, self._joints = frozenset(targets), frozenset(shown.tolist())
        if len(shown) > 1:
            return Said(
                counted(len(shown), "joint"),
                headline=counted(len(targets), "photograph"),
                note="Keys label all of them in one step.",
            )
        of_joint = part(mirror, np.flatnonzero(mirror.joint == shown[0]))
        self._about |= frozenset(of_joint.ids.tolist())
        title = f"Joint {mirror.joint_name(targets[0])}" if len(of_joint) > 1 else mirror.joint_name(targets[0])
        if len(of_joint) > 1:
            title += f" · {counted(len(of_joint), 'photograph')}"
        if not mirror.scheme.classes:
            return Said(title, note="The scheme has no flags yet; add them on the Flags page.")
        if not mirror.scheme.has_points:
            raised = [item.name for item in mirror.scheme.classes if (of_joint.states(item.slot) == State.RAISED).any()]
            unseen = all((of_joint.states(item.slot) == State.UNSEEN).all() for item in mirror.scheme.classes)
            # Without points there is no verdict. That nobody has looked is not that nothing applies.
            return Said(title, headline=", ".join(raised) or ("Not looked at yet" if unseen else "Nothing raised"))
        labels = deciding.verdict_of(of_joint, int(shown[0]))
        known = bool((~np.isnan(of_joint.probabilities)).any())
        model = deciding.verdict_of(of_joint, int(shown[0]), predicted=True) if known else None
        note = "" if mirror.model_id is None else "Model: not scored yet"
        override = mirror.decided.overrides.get(int(shown[0]))
        return Said(title, labels, model, note=note, demonstration=self._demonstration, override=override)

    def _standing(self, targets: tuple[int, ...]) -> Standing:
        """Where the joints of these photographs stand."""
        mirror = self._session.mirror
        if not targets:
            return Standing()
        ids = np.unique(mirror.joint[mirror.rows(targets)])
        if len(ids) > 1:
            return Standing(len(ids), int((mirror.decided.said(ids) != NOTHING_TOLD).sum()))
        joint, facts = int(ids[0]), mirror.joints
        of_joint = part(mirror, np.flatnonzero(mirror.joint == joint))
        waits, since = joints.undecided(of_joint)[0], joints.waiting_since(of_joint)[0]
        return Standing(
            1,
            decision=mirror.decided.decision_of(joint),
            override=mirror.decided.overrides.get(joint),
            waiting_s=max(0, int(time.time() - since)) if waits else None,
            facts=tuple(
                word
                for word in (facts.contractor_of(joint), facts.kinds.name_of(joint), facts.mediums.name_of(joint))
                if word
            ),
        )

    def show_counts(self, _counts: Counts) -> None:
        """Say how many labels are wanted to learn from, as long as there is no model."""
        box = self._inspector.no_model
        missing = self._session.mirror.model_id is None
        box.setVisible(missing)
        if missing:
            box.sentence.setText(first_training.wanted(self._session.mirror).sentence)


def _possible(standing: Standing, targets: bool, points: bool) -> dict[str, bool]:
    """Which of the actions of the inspector make sense now."""
    joints, several = points and standing.joints > 0, standing.joints > 1
    return {
        **dict.fromkeys(("label.nothing", "label.raise", "label.clear", "label.unsure", "label.unseen"), targets),
        **dict.fromkeys(("joint.accept", "joint.reject", "joint.new_photo", "joint.override"), joints),
        "joint.follow": joints and (several or standing.override is not None),
        "joint.withdraw": joints and (standing.decided > 0 or standing.decision is not None),
    }


def _is_demo(store: "Store") -> bool:
    from weldstudio.studio import demo

    return demo.read(store.folder) is not None
