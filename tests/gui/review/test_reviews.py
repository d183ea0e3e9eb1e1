"""Reviews in the real window, by keys: reviewed, returned, blind looks, accepting, and places that are never lost."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MODEL, write_card
from tests.gui.review.test_page import CONTROL, SHIFT, At, Key
from weldstudio.domain.decision import Told
from weldstudio.domain.labelling import Source, State, source_of
from weldstudio.domain.model import slot_row
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.review.accept_dialog import AcceptTable
from weldstudio.gui.review.form_dialog import FormDialog
from weldstudio.store import altered, models, photos, predictions
from weldstudio.store.store import Store
from weldstudio.studio import conflicts, decisions, grouping, labelling, merging, reviews, samples, second
from weldstudio.studio.queues import queues
from weldstudio.studio.review_terms import pending

NAMES = ("No Clamp Used", "Soil", "Joint Misaligned")
UNKNOWN = {0: State.UNSEEN, 1: State.UNSEEN, 3: State.RAISED}
"""A merge is raised, and of its flags nobody knows which."""
QUEUES = {queue.id: queue for queue in queues("Ada")}
NOT_LABELLED = ("problems", "suspects", "missing", "wrong")
"""Of problems nothing is labelled, and suspects of each kind are learned from labels: these are tried by themselves."""


def begun(qtbot: QtBot, window: MainWindow, project: Path, *, said: tuple[float, float, float]) -> At:
    """Every photograph clear by Bea, the model saying `said` of each; the window opened by Ada."""
    card = write_card(project, (0, 1, 2), NAMES)
    with Store.open(project) as store:
        models.add(store, card)
        models.activate(store, MODEL)
        ids = [photo.id for photo in photos.every(store)]
        labelling.nothing_applies(store, ids, who="Bea")
        predictions.write(store, MODEL, ids, slot_row(card, np.tile(np.array(said, np.float32), (len(ids), 1)), 3))
    at = At(qtbot, window, project)
    at.page._actions["label.advance"].setChecked(False)
    return at


@pytest.fixture
def at(qtbot: QtBot, window: MainWindow, project: Path) -> At:
    return begun(qtbot, window, project, said=(0.9, 0.2, 0.6))


def answered(at: At, fill: object, *, accept: bool = True) -> None:
    """Fill in the dialog that comes next, by its own widgets."""

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        try:
            fill(dialog)  # type: ignore[operator]
            if not accept:
                dialog.reject()
            else:
                assert dialog.do_button.isEnabled()  # type: ignore[attr-defined]
                dialog.do_button.click()  # type: ignore[attr-defined]
        finally:
            if dialog.isVisible():  # or the test would wait for a person
                dialog.reject()

    QTimer.singleShot(0, at.page, act)


def back(at: At) -> None:
    """Keys mean the window again, now that the dialog is gone."""
    at.window.activateWindow()
    at.qtbot.waitUntil(at.window.isActiveWindow)
    at.page.activated()


def do(at: At, action: str) -> None:
    assert at.page._actions[action].isEnabled(), action
    at.page._actions.trigger(action)


def said(at: At) -> str:
    return at.page.inspector.review.spoken.text


# ── A place is never lost ─────────────────────────────────────────────────────────────────────────


def prepare(store: Store, queue: str, ids: list[int]) -> None:
    """Have these photographs wait in a queue of Ada's."""
    match queue:
        case "unreviewed":
            labelling.set_many(store, [(photo, slot, State.UNSEEN) for photo in ids for slot in range(3)], who="Bea")
        case "altered":
            with store.atomic():
                last = store.value("SELECT max(seq) FROM actions")
                store.record(altered.put_back(store, [(photo, last, "former") for photo in ids]))
        case "contradictions":
            labelling.set_many(store, [(photo, slot, State.RAISED) for photo in ids for slot in (0, 1)], who="Bea")
            grouping.make(store, "rivals", (0, 1), who="Bea")
        case "to-split":
            merging.merge(store, "Wrong", (0, 1), who="Bea")
            labelling.set_many(store, [(photo, slot, UNKNOWN[slot]) for photo in ids for slot in UNKNOWN], who="Bea")
            merging.unmerge(store, "Wrong", who="Bea")
        case "unsure":
            labelling.set_state(store, ids, 1, State.UNSURE, who="Bea")
        case "returned":
            labelling.set_state(store, ids, 1, State.RAISED, who="Ada")
            reviews.return_photos(store, ids, "look again", who="Cy")
        case "audit":
            samples.draw_audit(store, 99, seed=1, who="Cy")
        case "second":
            second.draw(store, 1, "Ada", seed=1, who="Cy")
        case "conflict":
            second.draw(store, 1, "Cy", seed=1, who="Bea")
            second.set_state(store, ids, 0, State.RAISED, who="Cy")
            second.give(store, ids, who="Cy")
        case "changed":
            joints = [photo.joint_id for photo in photos.every(store, ids)]
            decisions.decide(store, joints, Told.ACCEPTED, who="Bea")
            labelling.set_state(store, ids, 0, State.RAISED, who="Bea")
        case "safe":
            quiet = np.tile(np.array([0.001, 0.001, 0.001], np.float16), (len(ids), 1))
            predictions.write(store, MODEL, ids, quiet)


def answer(at: At, queue: str) -> None:
    """What takes the photograph in view out of the queue."""
    match queue:
        case "unreviewed" | "unsure" | "to-split" | "contradictions":
            at.key(Key.Key_N)
        case "altered":
            at.key(Key.Key_F5)
        case "disagreements" | "decisive":
            at.key(Key.Key_1)
            at.key(Key.Key_3)
        case "returned":
            at.key(Key.Key_2)
        case "review" | "audit" | "second":
            at.key(Key.Key_Return, CONTROL)
        case "conflict":
            photo = at.session.current
            assert photo is not None
            at.session.edit("settle", second.settle, photo, 0, State.RAISED, who="Ada")
        case "inbox" | "safe":
            at.key(Key.Key_F6)
        case "changed":
            at.key(Key.Key_F7)


@pytest.mark.parametrize("queue", [name for name in QUEUES if name not in NOT_LABELLED])
def test_in_every_queue_the_next_one_follows_and_the_place_is_kept(
    qtbot: QtBot, window: MainWindow, project: Path, queue: str
) -> None:
    at = begun(qtbot, window, project, said=(0.9, 0.2, 0.6))
    with Store.open(project) as store:
        prepare(store, queue, list(range(1, 13)))
    at.session.look()
    at.page.filtering.take_queue(QUEUES[queue])
    before = at.shown
    assert len(before) == 12
    for _ in range(3):
        at.key(Key.Key_Right)
    here = before[3]
    assert at.session.current == here
    answer(at, queue)
    qtbot.waitUntil(lambda: here in at.page.filtering.shown.stale())
    assert at.session.current == here, "it stays until one moves on"
    assert at.shown == before
    qtbot.waitUntil(lambda: here in at.page.grid._stale)
    at.key(Key.Key_Right)
    assert at.session.current == before[4], "next is the one that followed it"
    assert at.shown == before[:3] + before[4:]
    at.key(Key.Key_Left)
    assert at.session.current == before[2]


# ── Reviewed and returned ─────────────────────────────────────────────────────────────────────────


def test_reviewed_by_key_and_undone(at: At) -> None:
    assert said(at) == "Labelled, not yet reviewed"
    at.key(Key.Key_Return, CONTROL)
    assert said(at).startswith("Reviewed by Ada")
    at.key(Key.Key_Z, CONTROL)
    assert said(at) == "Labelled, not yet reviewed"
    here = [at.session.current or 0]
    for slot in range(len(NAMES)):
        at.session.edit("Away", labelling.set_state, here, slot, State.UNSEEN, who="Ada")
    at.session.edit("A file", labelling.set_state, here, 1, State.RAISED, who="file", source=Source.IMPORT)
    at.qtbot.waitUntil(lambda: said(at) == "Labels of a file, nobody has looked")


def test_returned_with_a_reason_that_the_labeller_reads_in_the_inspector(at: At) -> None:
    photo = at.session.current
    seen: list[bool] = []

    def fill(dialog: FormDialog) -> None:
        seen.append(dialog.do_button.isEnabled())
        dialog.focusWidget().setText("the clamp is hidden")  # type: ignore[union-attr]

    answered(at, fill)
    at.key(Key.Key_Backspace, CONTROL)
    assert seen == [False], "no reason, no return"
    assert said(at) == "Returned to Bea by Ada"
    assert at.page.inspector.review.spoken.more == "“the clamp is hidden”"
    assert photo is not None
    assert at.session.mirror.reviews.states[photo].to == "Bea"
    back(at)
    at.key(Key.Key_2)
    assert said(at) == "Labelled, not yet reviewed"
    at.session.undo()
    assert said(at).startswith("Returned to Bea")


def test_what_has_come_back_stands_in_the_queues(qtbot: QtBot, at: At) -> None:
    assert "Returned to you" not in [entry.text for entry in at.page.panel.entries]
    at.session.edit("return", reviews.return_photos, [2], "why", who="Cy")
    at.session.edit("x", labelling.set_state, [2], 1, State.RAISED, who="Ada")
    at.session.edit("return", reviews.return_photos, [2], "why", who="Cy")
    qtbot.waitUntil(lambda: any(e.text == "Returned to you" and e.count == 1 for e in at.page.panel.entries))


def test_reviewers_who_differ_are_settled_where_one_works(qtbot: QtBot, at: At) -> None:
    at.session.edit("x", second.draw, 1, "Cy", seed=1, who="Bea")
    at.session.edit("x", second.set_state, [1], 1, State.RAISED, who="Cy")
    at.session.edit("x", second.give, [1], who="Cy")
    notice = at.page.inspector.differing
    assert notice.isVisible()
    assert notice.sentence.text() == "Two experts differ about Soil."
    assert at.page._badges_of(np.array([1]))[0].disagreement.startswith("Soil: two experts")
    at.session.edit("x", conflicts.settle, 1, 1, State.RAISED, who="Ada")
    assert at.state(1, 1) == State.RAISED
    assert not notice.isVisible()


# ── A second look, blind ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def owing(at: At) -> At:
    """Photograph 1 has its soil raised by Bea, and all wait for a second look by Ada."""
    at.session.edit("x", labelling.set_state, [1], 1, State.RAISED, who="Bea")
    at.session.edit("x", second.draw, 1, "Ada", seed=1, who="Bea")
    return at


def test_a_second_look_shows_neither_first_labels_nor_predictions(owing: At) -> None:
    at = owing
    assert said(at) == "Second look, blind"
    assert {row.state for row in at.page.inspector.flags.flags.rows} == {State.UNSEEN}
    assert {row.probability for row in at.page.inspector.flags.flags.rows} == {None}
    [badge] = at.page._badges_of(np.array([1]))
    assert (badge.state, badge.disagreement, badge.noted) == (None, "", False)
    banner = at.page.inspector.banner.said
    assert banner.model is None
    assert banner.labels is not None
    assert banner.labels.low == 0
    assert at.page.overlays.probabilities() == {}
    at.page.show_filter("flag:Soil")
    assert at.shown == [], "a filter tells nothing either"
    at.page.show_filter("name:jpg")
    assert len(at.shown) == 12


def test_second_looks_are_not_given_by_the_hundred(owing: At) -> None:
    at = owing
    at.session.settings.change(ask_above=5)
    at.key(Key.Key_A, CONTROL)
    for press in ((Key.Key_N,), (Key.Key_1,), (Key.Key_Return, CONTROL)):
        at.key(*press)
        assert "at once are no second look" in at.window.toast.label.text()
        at.window.toast.dismiss()
    assert len(pending(at.session.mirror.reviews, "Ada")) == 12


def test_a_second_look_is_given_by_keys_and_lifts_the_veil(owing: At) -> None:
    at = owing
    at.key(Key.Key_3)
    assert at.row(2).state == State.RAISED
    assert at.state(2, 1) == State.CLEAR, "the first labels stand"
    at.key(Key.Key_Return, CONTROL)
    look = at.session.mirror.reviews.looks[1]["Ada"]
    assert [byte & 3 for byte in look.labels] == [State.CLEAR, State.CLEAR, State.RAISED]
    assert at.row(1).state == State.RAISED
    assert at.row(0).probability is not None
    at.key(Key.Key_Z, CONTROL)
    assert at.row(1).state == State.UNSEEN


def test_nothing_applies_gives_a_second_look_too(owing: At) -> None:
    owing.key(Key.Key_N)
    assert owing.session.mirror.reviews.looks[1]["Ada"].given
    assert owing.state(1, 1) == State.RAISED


def test_the_other_photographs_of_the_joint_tell_nothing_in_a_second_look(
    qtbot: QtBot, window: MainWindow, project: Path
) -> None:
    with Store.open(project) as store:
        photos.set_joints(store, [(1, "J", None), (2, "J", None)])
        labelling.set_state(store, [2], 0, State.RAISED, who="Bea")
        labelling.set_state(store, [1], 1, State.RAISED, who="Bea")
        second.draw(store, 1, "Ada", seed=1, who="Bea", of="id:1")
    at = At(qtbot, window, project)
    at.page.going.go_to(1)
    at.page.going.open_large()
    verdict = at.page.inspector.banner.said.labels
    assert verdict is not None
    assert (verdict.low, verdict.seen) == (0, False)
    assert {badge.points for badge in at.page.large.strip._badges} == {0}
    at.key(Key.Key_N)
    verdict = at.page.inspector.banner.said.labels
    assert verdict is not None
    assert verdict.low == 65
    assert sorted(badge.points for badge in at.page.large.strip._badges) == [15, 50]


# ── Blind mode ────────────────────────────────────────────────────────────────────────────────────


def test_blind_mode_hides_predictions_until_the_photograph_is_reviewed(at: At) -> None:
    at.session.edit("x", labelling.set_many, [(1, s, State.UNSEEN) for s in range(3)], who="Bea")
    assert at.row(0).probability is not None
    at.key(Key.Key_B, CONTROL)
    assert at.row(0).probability is None
    assert at.page.inspector.banner.said.model is None
    assert at.page.inspector.banner.said.note == "Model: hidden"
    assert at.page.overlays.probabilities() == {}
    assert "hidden" in at.page.inspector.review.spoken.more
    at.key(Key.Key_G, CONTROL | SHIFT)
    assert at.state(0, 1) == State.UNSEEN, "what is hidden cannot be accepted"
    at.page.show_filter('model:"No Clamp Used"')
    assert 1 not in at.shown
    at.page.filtering.count.now()
    counted = {entry.text: entry.count for entry in at.page.panel.entries}
    assert counted["Disagreements"] == 11, "as many as the queue shows"
    at.page.show_filter("")
    at.page.going.go_to(1)
    at.key(Key.Key_1)
    assert at.row(0).probability is None, "two flags are still to be answered"
    at.key(Key.Key_Return, CONTROL)
    assert at.row(0).probability is not None
    at.page.going.go_to(2)
    assert at.row(0).probability is not None, "reviewed long ago"
    assert at.page._badges_of(np.array([2]))[0].disagreement
    at.key(Key.Key_B, CONTROL)
    assert not at.session.settings.blind


def test_an_imported_disagreement_shows_no_badge_in_blind_mode(at: At) -> None:
    at.session.edit("x", labelling.set_many, [(1, s, State.UNSEEN) for s in range(3)], who="Bea")
    done = labelling.set_state
    at.session.edit("x", done, [1], 0, State.CLEAR, who="file", source=Source.IMPORT)
    assert at.page._badges_of(np.array([1]))[0].disagreement
    at.key(Key.Key_B, CONTROL)
    assert not at.page._badges_of(np.array([1]))[0].disagreement


# ── Accepting ─────────────────────────────────────────────────────────────────────────────────────


def test_one_flag_and_one_photograph_are_accepted_by_key(at: At) -> None:
    at.session.edit("x", labelling.set_many, [(1, s, State.UNSEEN) for s in (1, 2)], who="Bea")
    at.session.choose_flag(0)
    at.key(Key.Key_G, CONTROL)
    assert at.state(0, 1) == State.RAISED
    assert at.row(0).source == "accepted from the model"
    at.key(Key.Key_G, CONTROL | SHIFT)
    assert (at.state(1, 1), at.state(2, 1)) == (State.CLEAR, State.RAISED)
    at.key(Key.Key_Z, CONTROL)
    assert at.state(2, 1) == State.UNSEEN
    at.key(Key.Key_Z, CONTROL)
    assert at.state(0, 1) == State.CLEAR


def test_accepting_on_many_asks_first_and_says_what_it_replaces(at: At) -> None:
    at.session.settings.change(ask_above=5)
    at.session.choose_flag(0)
    texts: list[str] = []

    def fill(dialog: FormDialog) -> None:
        texts.append(dialog.sentence.text())
        assert not dialog.do_button.isDefault()

    at.key(Key.Key_A, CONTROL)
    answered(at, fill, accept=False)
    at.key(Key.Key_G, CONTROL)
    assert texts == ["12 labels would be accepted; 12 of them stand in place of another label. One step of undo."]
    assert set(at.session.mirror.states(0).tolist()) == {State.CLEAR}
    answered(at, fill)
    at.key(Key.Key_G, CONTROL)
    assert set(at.session.mirror.states(0).tolist()) == {State.RAISED}


def test_all_that_is_certain_in_view_is_counted_before_it_is_accepted(qtbot: QtBot, at: At) -> None:
    photos_in_view = [1, 2, 3]
    edits = [(photo, slot, State.UNSEEN) for photo in photos_in_view for slot in range(3)]
    at.session.edit("x", labelling.set_many, edits, who="Bea")
    at.page.show_filter("id:1,2,3,4")
    counted: list[list[str]] = []

    def fill(dialog: FormDialog) -> None:
        table = dialog.findChild(AcceptTable)
        assert table is not None
        assert not dialog.do_button.isDefault()
        field = dialog.focusWidget()
        for value in (95, 80):
            field.setValue(value)  # type: ignore[union-attr]
            counted.append([table.item(row, column).text() for row in range(3) for column in (1, 2)])
        table.item(1, 0).setCheckState(Qt.CheckState.Unchecked)
        assert dialog.sentence.text().startswith("3 labels on 4 photographs")

    answered(at, fill)
    do(at, "accept.all")
    assert counted == [["0"] * 6, ["3", "0", "0", "3", "0", "0"]]
    qtbot.waitUntil(lambda: at.state(0, 3) == State.RAISED)
    assert at.state(1, 3) == State.UNSEEN
    byte = int(at.session.mirror.labels[at.session.mirror.row(3), 0])
    assert source_of(byte) == Source.ACCEPTED
    qtbot.waitUntil(lambda: not at.session.works)
    back(at)
    at.key(Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: at.state(0, 3) == State.UNSEEN)


# ── Draws ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_audit_is_drawn_in_the_window_and_shown_at_once(at: At) -> None:
    at.page.filtering.take_queue(QUEUES["audit"])
    assert at.page.stack.currentWidget() is at.page.no_audit
    answered(at, lambda dialog: dialog.focusWidget().setValue(5))
    do(at, "review.audit")
    assert len(at.shown) == 5
    back(at)
    at.key(Key.Key_Return, CONTROL)
    assert said(at).startswith("Reviewed by Ada")


def test_a_share_goes_to_a_second_reviewer(at: At) -> None:
    def fill(dialog: FormDialog) -> None:
        assert not dialog.do_button.isEnabled()
        dialog.focusWidget().setText("Cy")  # type: ignore[union-attr]

    answered(at, fill)
    do(at, "review.second")
    assert list(at.session.mirror.reviews.looks) != []
    assert all("Cy" in looks for looks in at.session.mirror.reviews.looks.values())


def test_safe_joints_pass_after_a_look_at_what_that_does(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    at = begun(qtbot, window, project, said=(0.001, 0.001, 0.001))
    texts: list[str] = []

    def fill(dialog: FormDialog) -> None:
        texts.append(dialog.sentence.text())
        assert not dialog.do_button.isDefault()

    answered(at, fill)
    do(at, "review.pass")
    assert "12 joints are safe" in texts[0]
    assert "1 of them is drawn" in texts[0]
    mirror = at.session.mirror
    assert len(mirror.decided.rows) == 11
    assert len(mirror.reviews.audits) == 1
    back(at)
    at.key(Key.Key_Z, CONTROL)
    assert not len(mirror.decided.rows)
    assert not mirror.reviews.audits


def test_nothing_can_be_passed_where_nothing_is_safe(at: At) -> None:
    at.session.edit("x", labelling.set_state, range(1, 13), 0, State.RAISED, who="Bea")
    answered(at, lambda dialog: None, accept=False)
    do(at, "review.pass")
    assert not len(at.session.mirror.decided.rows)
