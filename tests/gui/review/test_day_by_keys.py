"""Two hundred photographs by keys alone: what the store holds afterwards is what a plain list kept beside it says."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MakeSession
from tests.gui.review.test_page import At
from tests.photos import make_collection
from weldstudio.domain.decision import Told
from weldstudio.domain.labelling import Source, State, state_of
from weldstudio.domain.photo import FoundPhoto, PhotoFacts
from weldstudio.domain.scheme import Group, Scheme
from weldstudio.gui.main_window import MainWindow
from weldstudio.settings import Settings
from weldstudio.store import first_pass, mirror, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store

PHOTOS = 200
FLAGS = 8
RIVALS = (6, 7)
"""Of these slots at most one holds."""
DECISIONS = {"F6": Told.ACCEPTED, "F7": Told.REJECTED, "F8": Told.NEW_PHOTO}


@dataclass
class Step:
    """One action: what it found and left, by what it is about."""

    labels: list[tuple[int, int, State, State]] = field(default_factory=list)
    decision: tuple[int, Told | None, Told | None] | None = None
    note: tuple[int, str, str] | None = None


class Ledger:
    """What a person with a pencil would have written down."""

    def __init__(self) -> None:
        self.labels: dict[tuple[int, int], State] = {}
        self.decided: dict[int, Told] = {}
        self.notes: dict[int, str] = {}
        self.events: list[tuple[int, int, State, State, Source]] = []
        self.said: list[tuple[int, Told | None]] = []
        self.noted: list[tuple[int, str, str]] = []
        self.done: list[Step] = []
        self.undone: list[Step] = []

    def state(self, photo: int, slot: int) -> State:
        return self.labels.get((photo, slot), State.UNSEEN)

    def label(self, ids: list[int], wanted: dict[int, State]) -> None:
        """These photographs get these states; the rivals of a raised flag are clear."""
        step = Step()
        for photo in ids:
            after = {(photo, slot): state for slot, state in wanted.items()}
            for slot in RIVALS:
                if wanted.get(slot) == State.RAISED:
                    after |= {(photo, other): State.CLEAR for other in RIVALS if other != slot}
            for (_, slot), new in sorted(after.items()):
                if (old := self.state(photo, slot)) != new:
                    step.labels.append((photo, slot, old, new))
        assert step.labels, "a step of the script that changes nothing is no test"
        self._do(step, Source.HAND if len(ids) == 1 else Source.BULK)

    def press_flag(self, ids: list[int], slot: int, *, shift: bool = False) -> None:
        """A flag's key on these photographs: raise, again clear; with Shift unsure, again unseen."""
        strong, weak = (State.UNSURE, State.UNSEEN) if shift else (State.RAISED, State.CLEAR)
        everywhere = all(self.state(photo, slot) == strong for photo in ids)
        self.label(ids, {slot: weak if everywhere else strong})

    def decide(self, joint: int, told: Told) -> None:
        self._do(Step(decision=(joint, self.decided.get(joint), told)))

    def write(self, photo: int, text: str) -> None:
        self._do(Step(note=(photo, self.notes.get(photo, ""), text)))

    def undo(self) -> None:
        step = self.done.pop()
        self.undone.append(step)
        self._apply(_turned_round(step), Source.REVERT)

    def redo(self) -> None:
        step = self.undone.pop()
        self.done.append(step)
        self._apply(step, Source.REVERT)

    def _do(self, step: Step, source: Source = Source.HAND) -> None:
        self.undone.clear()
        self.done.append(step)
        self._apply(step, source)

    def _apply(self, step: Step, source: Source) -> None:
        for photo, slot, old, new in step.labels:
            self.events.append((photo, slot, old, new, source))
            self.labels[photo, slot] = new
        if step.decision is not None:
            joint, _, told = step.decision
            self.said.append((joint, told))
            self.decided.pop(joint, None)
            if told is not None:
                self.decided[joint] = told
        if step.note is not None:
            photo, old_text, text = step.note
            self.noted.append((photo, old_text, text))
            self.notes[photo] = text


def _turned_round(step: Step) -> Step:
    labels = [(photo, slot, new, old) for photo, slot, old, new in step.labels]
    decision = (step.decision[0], step.decision[2], step.decision[1]) if step.decision else None
    note = (step.note[0], step.note[2], step.note[1]) if step.note else None
    return Step(labels, decision, note)


class Day:
    """The expert at the keys, and the ledger. Nothing waits for the store: it has to keep up by itself."""

    def __init__(self, at: At) -> None:
        self.at, self.ledger = at, Ledger()
        mirror_now = at.session.mirror
        self.ids: list[int] = mirror_now.ids.tolist()
        self.joint = dict(zip(self.ids, mirror_now.joint.tolist(), strict=True))

    @property
    def here(self) -> int:
        assert self.at.session.current is not None
        return self.at.session.current

    def keys(self, *pressed: str) -> None:
        for key in pressed:
            QTest.keySequence(self.at.window.focusWidget() or self.at.window, QKeySequence(key))

    def write(self, text: str) -> None:
        QTest.keyClicks(self.at.window.focusWidget(), text)

    def must_be_at(self, place: int) -> None:
        assert self.here == self.ids[place], f"at {self.ids.index(self.here)}, not at {place}"

    def photograph(self, n: int) -> None:
        """What one does with the photograph at place `n`; ends at the next one."""
        ledger, photo, slot = self.ledger, self.ids[n], n % 5
        key = str(slot + 1)
        self.must_be_at(n)
        match n % 10:
            case 0:
                self.keys("N")
                ledger.label([photo], dict.fromkeys(range(FLAGS), State.CLEAR))
            case 1:
                self.keys(key, "6", "Right")
                ledger.press_flag([photo], slot)
                ledger.press_flag([photo], 5)
            case 2:
                self.keys(key, key, "Shift+4", "Right")
                for _ in range(2):
                    ledger.press_flag([photo], slot)
                ledger.press_flag([photo], 3, shift=True)
            case 3:
                self.keys(f"Shift+{key}", "Ctrl+Z", "Ctrl+Shift+Z", "Right")
                ledger.press_flag([photo], slot, shift=True)
                ledger.undo()
                ledger.redo()
            case 4:
                self.keys("8", "Left", "7")  # one of a group answers the photograph, and the next is there
                ledger.press_flag([photo], 7)
                ledger.press_flag([photo], 6)
            case 5:
                self.keys("Alt+2", "R")
                ledger.label([photo], {1: State.RAISED})
            case 6:
                self.keys("Alt+3", "U")
                ledger.label([photo], {2: State.UNSURE})
            case 7:
                self.keys(key, "Ctrl+Z", "2", "Ctrl+.", "Right")
                ledger.press_flag([photo], slot)
                ledger.undo()
                ledger.press_flag([photo], 1)
            case 8:
                self.keys("F4")
                self.write(f"seen {n}")
                self.keys("Ctrl+Return", "Shift+5", "Right")
                ledger.write(photo, f"seen {n}")
                ledger.press_flag([photo], 4, shift=True)
            case _:
                self.decide(n)
        self.must_be_at(min(n + 1, PHOTOS - 1))

    def decide(self, n: int) -> None:
        """The last photograph of a joint: the crew is told; every other time one thinks better of it."""
        joint, key = self.joint[self.ids[n]], list(DECISIONS)[n // 10 % 3]
        self.keys(key)
        self.ledger.decide(joint, DECISIONS[key])
        if n % 20 == 19:
            self.keys("Ctrl+Z")
            self.ledger.undo()
        if n == PHOTOS - 1:
            self.must_be_at(n)

    def queue(self, n: int) -> None:
        """Through what is unsure, and back to the photograph where one was."""
        ledger = self.ledger
        self.keys("Ctrl+F")
        self.write("unsure")
        self.keys("Return", "Home")
        waiting = [photo for photo in self.ids if any(ledger.state(photo, s) == State.UNSURE for s in range(FLAGS))]
        assert self.at.shown == waiting
        for at, photo in enumerate(waiting[:3]):
            assert self.here == photo
            slot = next(s for s in range(FLAGS) if ledger.state(photo, s) == State.UNSURE)
            self.keys(f"Alt+{slot + 1}", "C")
            ledger.label([photo], {slot: State.CLEAR})
            assert self.here == waiting[at + 1], "the next is the one that followed it"
        self.keys("Ctrl+Z")
        ledger.undo()
        assert self.here == waiting[2], "undo shows what it changes, though the queue has left it behind"
        self.keys("Right")
        assert self.here == waiting[3], "and the place in the queue is not lost"
        self.keys("Ctrl+Shift+F")
        assert self.at.shown == self.ids
        self.keys("Home", *["Right"] * 2, "Shift+Right", "Shift+Right", "6")
        several = self.ids[2:5]
        ledger.press_flag(several, 5)
        self.keys("Ctrl+Shift+A", "Ctrl+F")
        self.write(f"{n:03d}.jpg")
        self.keys("Return", "Home", "Ctrl+Shift+F")
        self.must_be_at(n)


@pytest.fixture
def project_of_200(tmp_path: Path) -> Path:
    """200 photographs on disk, two of a joint, eight flags of which two exclude each other."""
    one = make_collection(tmp_path / "one", 1)
    root = tmp_path / "photos"
    root.mkdir()
    rows = [FoundPhoto(f"{n:03d}.jpg", 1, 1) for n in range(PHOTOS)]
    for row in rows:
        shutil.copyfile(one.folder / one.paths[0], root / row.path)
    folder = tmp_path / "project"
    with Store.create(folder) as store:
        collection, _ = photos.add_collection(store, "photos", root)
        first_pass.insert_found(store, collection.id, rows)
        photos.record_facts(store, collection.id, [PhotoFacts(row.path, width=96, height=72) for row in rows])
        ids = [photo.id for photo in photos.every(store)]
        photos.set_joints(store, [(photo, f"J-{n // 2:03d}", None) for n, photo in enumerate(ids)])
        scheme = Scheme()
        for slot in range(FLAGS):
            scheme = scheme.with_flag(f"Flag {slot}", 5 * slot)
        scheme_rows.save(store, scheme.with_group(Group("rivals", RIVALS)))
    return folder


@pytest.fixture
def day(qtbot: QtBot, settings: Settings, make_session: MakeSession, project_of_200: Path) -> Iterator[Day]:
    """The window with its store in a thread, as it is under a person's hands."""

    def threaded(*args: Any, **options: Any) -> Any:
        return make_session(*args, synchronous=False, **options)

    settings.change(auto_advance=True, thumbnail_size=96)
    window = MainWindow(settings, make_session=threaded)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    at = At(qtbot, window, project_of_200)
    qtbot.waitUntil(lambda: not at.session.works)
    yield Day(at)
    if window.session is not None:
        window.session.outbox.give_up()
    window.close_project()


def test_a_day_by_keys_alone_is_what_the_store_holds(qtbot: QtBot, day: Day, project_of_200: Path) -> None:
    for n in range(PHOTOS):
        day.photograph(n)
        if n in (79, 159):
            day.queue(n + 1)
    session = day.at.session
    qtbot.waitUntil(lambda: session.outbox.saved == "saved", timeout=60_000)
    assert session.outbox.waiting == 0
    ledger = day.ledger
    shown = session.mirror
    day.at.window.close_project()

    with Store.open(project_of_200, read_only=True) as store:
        there = mirror.read(store)
        events = store.rows(
            "SELECT e.photo_id, e.slot, e.old, e.new, e.source, a.who FROM label_events e"
            " JOIN actions a ON a.seq = e.action_seq ORDER BY a.clock, a.id, e.n"
        )
        said = store.rows(
            "SELECT d.joint_id, d.said FROM decisions d JOIN actions a ON a.seq = d.action_seq ORDER BY a.clock, d.n"
        )
        noted = store.rows(
            "SELECT n.subject, n.old, n.new FROM note_events n JOIN actions a ON a.seq = n.action_seq ORDER BY a.clock"
        )
    assert {who for *_, who in events} == {"Ada"}
    assert [(p, s, state_of(old), state_of(new), Source(source)) for p, s, old, new, source, _ in events] == (
        ledger.events
    )
    assert [(joint, None if told is None else Told(told)) for joint, told in said] == ledger.said
    assert noted == ledger.noted
    for slot in range(FLAGS):
        assert there.states(slot).tolist() == [ledger.state(photo, slot) for photo in day.ids]
        assert shown.states(slot).tolist() == there.states(slot).tolist()
    decisions = {joint: there.decided.decision_of(joint) for joint in set(day.joint.values())}
    assert {joint: held.said for joint, held in decisions.items() if held is not None} == ledger.decided
    assert there.notes.photos == {photo: text for photo, text in ledger.notes.items() if text}
    assert len(ledger.events) > 500
    assert len(ledger.said) == 30
