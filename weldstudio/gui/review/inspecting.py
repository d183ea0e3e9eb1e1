"""What the inspector shows: rows and verdict of the photographs that the keys mean, kept up with the session."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from weldstudio.domain.labelling import State, looked_at
from weldstudio.domain.model import scheme_difference
from weldstudio.domain.scheme import all_states
from weldstudio.domain.verdict import Verdict
from weldstudio.gui import learning
from weldstudio.gui.actions import Actions
from weldstudio.gui.review import note_box
from weldstudio.gui.review.decision_bar import Standing
from weldstudio.gui.review.flag_rows import FlagRow, class_rows, with_labels
from weldstudio.gui.review.inspector import Inspector
from weldstudio.gui.review.labelling import LabelKeys
from weldstudio.gui.review.overlays import Overlays
from weldstudio.gui.review.review_line import Spoken, spoken
from weldstudio.gui.review.stale import Stale
from weldstudio.gui.review.subject import Subject, subject_of
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.review.verdict_banner import Said
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted, when
from weldstudio.store import refitted
from weldstudio.store.decided import NOTHING_TOLD
from weldstudio.store.mirror import Mirror
from weldstudio.studio import deciding, first_training, joints, merged_labels, notes
from weldstudio.studio.kept import kept
from weldstudio.studio.part import part
from weldstudio.studio.review_terms import differing, holds, waiting
from weldstudio.studio.reviewing import Counts

if TYPE_CHECKING:
    from weldstudio.store.store import Store

_LATER_MS: Final = 120
"""While photographs run past, what is said of them is as old as this at most."""


class Inspecting(QObject):
    """Fills the inspector and hands on what is clicked in it."""

    overlay_asked = Signal(int)
    """Slot: the eye or the bar of a row was clicked."""

    def __init__(
        self,
        session: Session,
        actions: Actions,
        inspector: Inspector,
        *,
        overlays: Overlays,
        labels: LabelKeys,
        veil: Veil,
    ) -> None:
        super().__init__(inspector)
        self._session, self._actions, self._inspector = session, actions, inspector
        self._overlays, self._veil = overlays, veil
        self._subject = Subject()
        self._veiled = False
        """Whether anything of these photographs or of their joint is hidden."""
        self._rows: list[FlagRow] = []
        self._model: Verdict | None = None
        """What the model's points say of the one joint."""
        self._waits_for = ""
        """The filter of the queue in which the one photograph waits because of labels of its own."""
        self._difference = ""
        """How the scheme that the model was trained for differs."""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER_MS)
        self._later.timeout.connect(self.refresh)
        self._turned = QTimer(self)  # which flag would turn the verdict is said after the key press is on screen
        self._turned.setSingleShot(True)
        self._turned.setInterval(_LATER_MS)
        self._turned.timeout.connect(self._show_standing)
        for timer in (self._later, self._turned):
            session.closing.connect(timer.stop)
        self._stale = Stale(session, self)
        self._stale.answered.connect(self.refresh)
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
        inspector.train_asked.connect(lambda: session.page_asked.emit("train"))
        session.chosen_flag_changed.connect(flags.choose)
        overlays.answered.connect(self.refresh)
        veil.changed.connect(self.refresh)
        overlays.shown_changed.connect(flags.flags.show_overlay_of)
        actions.changed.connect(self.refresh)
        session.changed.connect(lambda _changes: self._show_differing())  # settled only once the store says so
        inspector.waiting.button.clicked.connect(lambda: session.show_photos(self._waits_for))
        self.refresh()

    def concerned_by(self, photo_ids: frozenset[int]) -> bool:
        """Whether anything of these photographs is shown here."""
        return not self._subject.about.isdisjoint(photo_ids)

    def about_joints(self, joint_ids: frozenset[int]) -> bool:
        """Whether one of these joints is shown here."""
        return not joint_ids.isdisjoint(self._subject.joints.tolist())

    def follow(self, *, held: bool) -> None:
        """Another photograph: show what holds of it; while a key is held, only now and then, the last one for certain.

        Putting all that together takes longer than showing a photograph.
        """
        if not held:
            self.refresh()
        elif not self._later.isActive():
            self._later.start()

    def refresh(self) -> None:
        """Show what holds now of the photographs that a key press means."""
        self._later.stop()
        self._turned.stop()
        session = self._session
        if session.mirror_or_none is None:
            return
        mirror = session.mirror
        photos = session.targets()
        made_of = (mirror.ids, mirror.joint, mirror.joints, photos)
        subject = self._subject = kept(mirror, "subject", made_of, lambda: subject_of(mirror, photos))
        self._veiled = bool(self._veil.hidden(np.concatenate([subject.rows, subject.joint_rows])).any())
        self._rows, self._model = self._predicted_rows(), self._predicted_verdict()
        card = session.engine.card
        self._difference = "" if card is None else scheme_difference(card, mirror.scheme)
        self._show_labels()
        self._inspector.flags.choose(session.chosen_flag)
        standing, points = self._show_standing(), mirror.scheme.has_points
        self._inspector.decision.setVisible(points)
        for action_id, makes_sense in _possible(standing, bool(self._subject.photos), points).items():
            self._actions.set_enabled(action_id, makes_sense)
        self._show_notes()
        self._show_differing()

    def refresh_labels(self) -> None:
        """Show what labels of the same photographs hold now, and nothing else: a label key must be quick."""
        if self._session.mirror_or_none is None:
            return
        if self._veiled or self._later.isActive():
            self.refresh()  # a label may have lifted the veil
        else:
            self._show_labels()
            self._turned.start()

    def _show_standing(self) -> Standing:
        standing = self._standing()
        self._inspector.decision.show_standing(standing)
        return standing

    def _show_labels(self) -> None:
        seen, places = self._seen(self._subject.rows)
        # Of all photographs, which are counted in any order, no copy is made.
        labels = seen.labels if len(places) == len(seen) else seen.labels[places]
        self._rows = with_labels(self._rows, seen.scheme, labels)
        self._inspector.flags.flags.show_rows(self._rows)
        self._inspector.banner.say(self._said())
        self._show_waiting()
        self._inspector.review.say(self._spoken())

    def _seen(self, rows: NDArray[np.int64]) -> tuple[Mirror, NDArray[np.int64]]:
        """These rows as they may be seen: a mirror, and their rows in it."""
        return (self._veil.part(rows), np.arange(len(rows))) if self._veiled else (self._session.mirror, rows)

    def _spoken(self) -> Spoken:
        """What reviewers say of the one photograph."""
        mirror, photos = self._session.mirror, self._subject.photos
        if len(photos) != 1:
            return Spoken(f"{counted(len(photos), 'photograph')} selected" if photos else "")
        row = self._subject.rows
        return spoken(
            mirror.reviews.states[photos[0]] if holds(mirror, photos[0]) else None,
            labelled=bool((mirror.labels[row] & 3).any()),
            looked_at=bool(looked_at(mirror.labels[row])[0]),
            audit=photos[0] in mirror.reviews.audits and bool(waiting(mirror)[row[0]]),
            owed=self._veil.owes(photos[0]),
            hidden=mirror.model_id is not None and self._veil.hides(photos[0]),
        )

    def _predicted_rows(self) -> list[FlagRow]:
        session, subject = self._session, self._subject
        keys = {item.slot: self._actions.flag_key(item.slot) for item in session.mirror.scheme.classes}
        alone = subject.photos == (session.current,)
        answer = self._overlays.probabilities() if alone else {}
        if session.mirror.refit is not None and len(subject.rows) == 1:
            # What the heads say that were fitted to all labels goes before what the model's own say.
            answer = {s: p for s, p in answer.items() if s not in refitted.said_of(session.mirror, subject.photos[0])}
        seen, places = self._seen(subject.rows)
        rows = class_rows(seen, places, keys, answer=answer, demonstration=self._demonstration)
        silent = session.mirror.model_id is not None and all(row.probability is None for row in rows)
        if alone and silent and not self._veiled:
            rows = self._stale_rows(rows)
        if before := learning.before_of(session, subject.photos[0]) if alone else {}:
            rows = [replace(row, before=before.get(row.slot)) for row in rows]
        return [replace(row, read_only=True) for row in rows] if session.read_only else rows

    def _stale_rows(self, rows: list[FlagRow]) -> list[FlagRow]:
        """The rows with what an earlier model said, if the one in use has not looked yet."""
        found = self._stale.of(self._subject.photos[0])
        if found is None:
            return rows
        version = f"{found.model}, {when(found.created)}"
        shown = []
        for row in rows:
            said, threshold = found.said.get(row.slot, (None, row.threshold))
            shown.append(replace(row, probability=said, threshold=threshold, stale=version, demonstration=False))
        return shown

    def _predicted_verdict(self) -> Verdict | None:
        mirror, subject = self._session.mirror, self._subject
        if subject.joint is None or self._veiled or np.isnan(mirror.probabilities[subject.joint_rows]).all():
            return None
        return deciding.verdict_of(mirror, subject.joint, predicted=True, rows=subject.joint_rows)

    def _show_notes(self) -> None:
        notes, subject = self._session.mirror.notes, self._subject
        about = []
        if len(subject.photos) == 1 and not self._veil.owes(subject.photos[0]):
            photo = subject.photos[0]
            about.append(note_box.Subject("photo", photo, notes.photos.get(photo, "")))
            if subject.joint is not None and len(subject.joint_rows) > 1:
                about.append(note_box.Subject("joint", subject.joint, notes.joints.get(subject.joint, "")))
        self._inspector.notes.show_notes(tuple(about))

    def _show_differing(self) -> None:
        """Say about which flags of the one photograph two experts differ."""
        mirror, photos = self._session.mirror, self._subject.photos
        slots: list[int] = []
        if len(photos) == 1 and not self._veil.owes(photos[0]):
            slots = sorted({*mirror.conflicts.get(photos[0], ()), *differing(mirror).get(photos[0], ())})
        if slots:
            names = ", ".join(mirror.scheme.by_slot(slot).name for slot in slots)
            self._inspector.differing.sentence.setText(f"Two experts differ about {names}.")
        self._inspector.differing.setVisible(bool(slots))

    def _show_waiting(self) -> None:
        """Say what of the one photograph's labels waits to be split among flags, or contradicts itself."""
        mirror, rows = self._session.mirror, self._subject.rows
        said: list[str] = []
        if len(rows) == 1 and (mirror.scheme.merges or mirror.scheme.groups):
            for self._waits_for, splitting in (("to-split", True), ("contradiction", False)):
                said = merged_labels.sentences(mirror, int(rows[0]), splitting=splitting)
                if said:
                    break
        self._inspector.waiting.sentence.setText("\n".join(said))
        self._inspector.waiting.setVisible(bool(said))

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

    def _said(self) -> Said:
        mirror, subject = self._session.mirror, self._subject
        title, joint = subject.title, subject.joint
        if not subject.photos:
            return Said(title)
        if joint is None:
            headline = counted(len(subject.photos), "photograph")
            return Said(title, headline=headline, note="Keys label all of them in one step.")
        if not mirror.scheme.classes:
            return Said(title, headline="No flags yet", note="Add them on the Flags page")
        seen, rows = self._seen(subject.joint_rows)
        if self._owed():
            seen = self._veil.part(subject.joint_rows, beside=True)
        if not mirror.scheme.has_points:
            states = all_states(mirror.scheme, seen.labels[rows])
            shows = (states == State.RAISED).any(axis=0)
            raised = [item.name for item, shown in zip(mirror.scheme.classes, shows, strict=True) if shown]
            unseen = bool((states == State.UNSEEN).all())
            # Without points there is no verdict. That nobody has looked is not that nothing applies.
            return Said(title, headline=", ".join(raised) or ("Not looked at yet" if unseen else "Nothing raised"))
        labels = deciding.verdict_of(seen, joint, rows=rows)
        note = "" if mirror.model_id is None else "Model: hidden" if self._veiled else "Model: not scored yet"
        if stale := next((row.stale for row in self._rows if row.stale), ""):
            note = f"Grey bars: {stale}"
        override = None if self._owed() else mirror.decided.overrides.get(joint)
        return Said(
            *(title, labels, self._model),
            note=note,
            demonstration=self._demonstration,
            difference=self._difference,
            override=override,
        )

    def _owed(self) -> bool:
        """Whether a blind second look at a photograph of the joint waits."""
        return self._veiled and bool(self._veil.owed(self._subject.joint_rows).any())

    def _standing(self) -> Standing:
        """Where the joints of these photographs stand."""
        mirror, subject, joint = self._session.mirror, self._subject, self._subject.joint
        if joint is None:
            decided = int((mirror.decided.said(subject.joints) != NOTHING_TOLD).sum())
            return Standing(len(subject.joints), decided)
        if self._owed():
            return Standing(1)  # what was decided tells what was labelled
        facts = mirror.joints
        of_joint = part(mirror, subject.joint_rows)
        words: tuple[str, ...] = facts.contractor_of(joint), facts.kinds.name_of(joint), facts.mediums.name_of(joint)
        if not mirror.altered.isdisjoint(self._session.targets()):
            words = ("The file has changed: F5 if the labels hold", *words)
        waits, since = joints.undecided(of_joint)[0], joints.waiting_since(of_joint)[0]
        override = mirror.decided.overrides.get(joint)
        # What is hidden must not be told by this either: a dispute says what the model thinks.
        tells = waits and override is None and mirror.scheme.has_points and not self._veiled
        return Standing(
            1,
            decision=mirror.decided.decision_of(joint),
            override=override,
            waiting_s=max(0, int(time.time() - since)) if waits else None,
            facts=tuple(word for word in words if word),
            turned_by=joints.turned_by(mirror, subject.joint_rows) if tells else (),
        )

    def show_counts(self, _counts: Counts) -> None:
        """Say how many labels are wanted to learn from, as long as there is no model."""
        box = self._inspector.no_model
        missing = self._session.mirror.model_id is None
        box.setVisible(missing)
        if missing:
            wanted = first_training.wanted(self._session.mirror)
            box.sentence.setText(wanted.short)
            box.sentence.setToolTip(wanted.sentence)


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
