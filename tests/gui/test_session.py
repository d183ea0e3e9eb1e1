"""The open project as the window sees it: labels ahead of the store, undo, refusals, a full disk, other writers."""

import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MODEL, MakeSession, write_card
from weldstudio.domain.changes import Changes, Done, Progress
from weldstudio.domain.errors import EditRefused, StoreError
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.gui.session import Session
from weldstudio.store import models
from weldstudio.store.store import Store
from weldstudio.studio import labelling, scheme


@pytest.fixture
def session(make_session: MakeSession, project: Path) -> Session:
    made = make_session(project)
    made.open()
    return made


def state(session: Session, photo: int, slot: int) -> State:
    mirror = session.mirror
    return State(int(mirror.states(slot)[mirror.row(photo)]))


def stored(project: Path, photo: int) -> list[tuple[str, State]]:
    """(who, state) of everything that was ever done to slot 0 of a photo, as another process reads it."""
    with Store.open(project, read_only=True) as store:
        return [(a.who, State(e.new & 3)) for a, e in labelling.history(store, photo) if e.slot == 0]


def test_opening_gives_the_mirror(session: Session) -> None:
    assert len(session.mirror) == 12
    assert [f.name for f in session.mirror.scheme.flags] == ["No Clamp Used", "Soil", "Joint Misaligned"]


def test_a_folder_that_is_no_project_is_refused_in_a_sentence(
    qtbot: QtBot, make_session: MakeSession, tmp_path: Path
) -> None:
    session = make_session(tmp_path)
    with qtbot.waitSignal(session.refused) as signal:
        session.open()
    assert "no weldstudio project" in signal.args[0]


def test_a_label_is_shown_written_and_signed(session: Session, project: Path) -> None:
    news: list[Changes] = []
    session.changed.connect(news.append)
    photo = int(session.mirror.ids[0])
    session.label([photo], 0, State.RAISED)
    assert photo in Changes.of(news).labels
    assert state(session, photo, 0) == State.RAISED
    assert session.outbox.saved == "saved"
    assert stored(project, photo) == [("Ada", State.RAISED)]


def test_a_label_is_news_once(session: Session) -> None:
    news: list[frozenset[int]] = []
    session.changed.connect(lambda changes: news.append(changes.labels))
    photo = int(session.mirror.ids[0])
    session.label([photo], 0, State.RAISED)
    assert [labels for labels in news if labels] == [frozenset({photo})]


def test_undo_and_redo_append_events(session: Session, project: Path) -> None:
    photo = int(session.mirror.ids[0])
    session.label([photo], 0, State.RAISED)
    session.label([photo], 0, State.UNSURE)
    session.undo()
    assert state(session, photo, 0) == State.RAISED
    session.undo()
    assert state(session, photo, 0) == State.UNSEEN
    assert not session.undo_stack.canUndo()
    session.redo()
    session.redo()
    assert state(session, photo, 0) == State.UNSURE
    assert [s for _, s in stored(project, photo)] == [
        State.RAISED,
        State.UNSURE,
        State.RAISED,
        State.UNSEEN,
        State.RAISED,
        State.UNSURE,
    ]


def test_undo_and_redo_go_on_after_a_restart(make_session: MakeSession, session: Session, project: Path) -> None:
    photo = int(session.mirror.ids[3])
    session.label([photo], 0, State.RAISED)
    session.label([photo], 0, State.CLEAR)
    session.label([photo], 1, State.RAISED)
    session.undo()
    session.close()

    again = make_session(project)
    again.open()
    assert again.undo_stack.canUndo()
    assert again.undo_stack.canRedo()
    assert "Soil" in again.undo_stack.redoText()
    again.undo()
    assert state(again, photo, 0) == State.RAISED
    again.redo()
    again.redo()
    assert (state(again, photo, 0), state(again, photo, 1)) == (State.CLEAR, State.RAISED)
    assert not again.undo_stack.canRedo()


def test_many_photographs_are_one_step(session: Session) -> None:
    photos = [int(i) for i in session.mirror.ids[:5]]
    session.label(photos[:1], 0, State.CLEAR)
    session.label(photos, 0, State.RAISED)
    assert session.mirror.labels[1, 0] == label_byte(State.RAISED, Source.BULK)
    session.undo()
    assert [state(session, p, 0) for p in photos] == [State.CLEAR] + [State.UNSEEN] * 4


def test_reviewed_nothing_applies(session: Session) -> None:
    photo = int(session.mirror.ids[0])
    session.nothing_applies([photo])
    assert [state(session, photo, slot) for slot in range(3)] == [State.CLEAR] * 3
    session.undo()
    assert [state(session, photo, slot) for slot in range(3)] == [State.UNSEEN] * 3


def test_labelling_what_is_so_already_leaves_nothing_to_undo(session: Session) -> None:
    photo = int(session.mirror.ids[0])
    session.label([photo], 0, State.RAISED)
    session.label([photo], 0, State.RAISED)
    assert session.undo_stack.count() == 1


def test_a_refused_edit_is_taken_back_and_told(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> Done:
        raise EditRefused("This flag is retired.")

    monkeypatch.setattr(labelling, "set_state", refuse)
    photo = int(session.mirror.ids[0])
    with qtbot.waitSignal(session.told) as signal:
        session.label([photo], 0, State.RAISED)
    assert signal.args[0] == "This flag is retired."
    assert state(session, photo, 0) == State.UNSEEN
    assert session.undo_stack.count() == 0
    assert session.outbox.saved == "saved"


def test_what_cannot_be_written_is_kept_in_order_and_written_later(
    session: Session, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, full = labelling.set_state, True

    def write(*args: object, **kwargs: object) -> Done:
        if full:
            raise StoreError("The disk is full.")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(labelling, "set_state", write)
    said: list[str] = []
    session.saved_changed.connect(said.append)
    photo = int(session.mirror.ids[0])
    session.label([photo], 0, State.RAISED)
    once = len(said)
    session.label([photo], 0, State.UNSURE)
    assert len(said) > once  # the banner counts them
    assert said[-1] == "not saved"
    assert session.outbox.waiting == 2
    assert session.outbox.problem == "The disk is full."
    # A read in between does not take the labels off the screen.
    session.look()
    assert state(session, photo, 0) == State.UNSURE
    assert stored(project, photo) == []

    full = False
    session.outbox.retry()
    assert said[-1] == "saved"
    assert [s for _, s in stored(project, photo)] == [State.RAISED, State.UNSURE]
    session.undo()
    assert state(session, photo, 0) == State.RAISED


def test_a_group_shows_one_raised_class_while_nothing_can_be_written(
    make_session: MakeSession, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(project) as store:
        scheme.add_classes(store, ["glass", "paper"], who="Ann", exclusive=True)
    session = make_session(project)
    session.open()
    glass, paper = (session.mirror.scheme.by_name(name).slot for name in ("glass", "paper"))
    photo = int(session.mirror.ids[0])
    session.label([photo], glass, State.RAISED)

    def full(*_: object, **__: object) -> Done:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(labelling, "set_state", full)
    session.label([photo], paper, State.RAISED)
    assert session.outbox.waiting == 1
    assert (state(session, photo, glass), state(session, photo, paper)) == (State.CLEAR, State.RAISED)
    session.undo()
    assert (state(session, photo, glass), state(session, photo, paper)) == (State.RAISED, State.CLEAR)


def test_a_bug_on_the_store_thread_is_logged_and_said_once(
    qtbot: QtBot,
    session: Session,
    expect_log: "object",
) -> None:
    def broken(_store: Store) -> None:
        raise ZeroDivisionError("oops")

    with expect_log("weldstudio.gui.session", "went wrong"), qtbot.waitSignal(session.failed) as signal:  # type: ignore[operator]
        session.run(broken)
    assert "ZeroDivisionError" in signal.args[0]


def test_what_another_process_writes_is_seen(session: Session, project: Path) -> None:
    photo = int(session.mirror.ids[2])
    with Store.open(project) as other:
        labelling.set_state(other, [photo], 1, State.CLEAR, who="Ben")
    session.look()
    assert state(session, photo, 1) == State.CLEAR
    assert not session.undo_stack.canUndo()


def test_long_work_reports_and_can_be_cancelled(qtbot: QtBot, session: Session) -> None:
    def count(_store: Store, upto: int) -> Generator[Progress, None, str]:
        for n in range(upto):
            yield Progress(n, upto, "counting")
        return "done"

    work = session.start_work("Counting", count, 5)
    assert session.works == [work]
    with qtbot.waitSignal(work.finished, timeout=5000) as signal:
        pass
    assert signal.args == ["done"]
    assert session.works == []
    endless = session.start_work("Counting", count, 10**9)
    qtbot.waitUntil(lambda: endless.progress is not None and endless.progress.done > 3, timeout=5000)
    with qtbot.waitSignal(endless.cancelled, timeout=5000):
        endless.cancel()
    assert session.works == []


def test_a_model_is_used_and_what_it_says_is_recorded(qtbot: QtBot, session: Session, project: Path) -> None:
    card = write_card(project, (0, 1, 2), ("No Clamp Used", "Soil", "Joint Misaligned"))
    with Store.open(project) as store:
        models.add(store, card)
        models.activate(store, MODEL)
    session.look()
    assert session.mirror.model_id == MODEL
    photo = int(session.mirror.ids[4])
    with qtbot.waitSignal(session.explained, timeout=5000) as signal:
        session.set_current(photo)
    assert signal.args[0].photo_id == photo
    row = session.mirror.row(photo)
    qtbot.waitUntil(lambda: float(session.mirror.probabilities[row, 1]) == pytest.approx(0.2, abs=1e-3), timeout=3000)


def test_with_a_real_thread_a_label_is_shown_at_once_and_saved_soon(
    qtbot: QtBot, make_session: MakeSession, project: Path
) -> None:
    session = make_session(project, synchronous=False)
    with qtbot.waitSignal(session.opened, timeout=10000):
        session.open()
    photo = int(session.mirror.ids[0])
    said: list[str] = []
    session.saved_changed.connect(said.append)
    for wanted in (State.RAISED, State.UNSURE, State.CLEAR):
        session.label([photo], 0, wanted)
        assert state(session, photo, 0) == wanted  # the store cannot have answered yet
    qtbot.waitUntil(lambda: said[-1:] == ["saved"], timeout=5000)
    assert state(session, photo, 0) == State.CLEAR
    session.undo()
    assert state(session, photo, 0) == State.UNSURE
    session.undo()
    session.close()  # what waits is written before the store is closed
    assert [s for _, s in stored(project, photo)][-2:] == [State.UNSURE, State.RAISED]


def test_what_is_written_slowly_is_said_to_be_saving_until_it_is_on_disk(
    qtbot: QtBot, make_session: MakeSession, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(project, synchronous=False)
    with qtbot.waitSignal(session.opened, timeout=10000):
        session.open()
    gate, real = threading.Event(), labelling.set_state

    def slow(*args: Any, **kwargs: Any) -> Done:
        gate.wait(60)
        return real(*args, **kwargs)

    monkeypatch.setattr(labelling, "set_state", slow)
    photo = int(session.mirror.ids[0])
    said: list[str] = []
    session.saved_changed.connect(said.append)
    session.label([photo], 0, State.RAISED)
    assert said == ["saving"]
    assert stored(project, photo) == []
    gate.set()
    qtbot.waitUntil(lambda: said == ["saving", "saved"], timeout=5000)
    assert stored(project, photo) == [("Ada", State.RAISED)]
