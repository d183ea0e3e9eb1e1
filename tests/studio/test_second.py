"""A second look, blind: both labellings are kept, compared, and settled where they differ."""

import pytest

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State
from weldstudio.domain.scheme import Merge
from weldstudio.store import events
from weldstudio.store import mirror as mirrors
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import conflicts, labelling, reviewing, second
from weldstudio.studio.filters import parse

ANN, BEA, LEE = "Ann", "Bea", "Lee"


@pytest.fixture
def labelled(welds: Store) -> Store:
    """Photos 1 to 8 labelled by Ann, soil raised on 1 and 2; 9 by Bea."""
    labelling.nothing_applies(welds, range(1, 9), who=ANN)
    labelling.set_state(welds, [1, 2], 0, State.RAISED, who=ANN)
    labelling.nothing_applies(welds, [9], who=BEA)
    return welds


def shown(store: Store, text: str) -> list[int]:
    mirror = mirrors.read(store)
    return mirror.ids[reviewing.select(mirror, parse(text, mirror.scheme))].tolist()


def test_a_share_of_what_the_second_has_not_labelled_is_drawn(labelled: Store) -> None:
    second.draw(labelled, 0.5, BEA, seed=3, who=LEE)
    first = shown(labelled, "second:Bea")
    assert len(first) == 4
    assert 9 not in first
    assert shown(labelled, "second:Ann") == []
    second.draw(labelled, 1, BEA, seed=3, who=LEE)
    assert shown(labelled, "second:Bea") == list(range(1, 9)), "what was drawn already is not drawn again"
    with pytest.raises(EditRefused, match="not labelled"):
        second.draw(labelled, 1, BEA, seed=3, who=LEE)
    for share in (0, -1, 1.1):
        with pytest.raises(EditRefused, match="share"):
            second.draw(labelled, share, "Cy", seed=3, who=LEE)
    with pytest.raises(EditRefused, match="who"):
        second.draw(labelled, 0.5, " ", seed=3, who=LEE)


def test_the_same_seed_draws_the_same_photos(labelled: Store) -> None:
    second.draw(labelled, 0.5, "Cy", seed=3, who=LEE)
    second.draw(labelled, 0.5, "Di", seed=3, who=LEE)
    assert shown(labelled, "second:Cy") == shown(labelled, "second:Di")


def test_second_labels_are_kept_apart_until_and_after_they_are_given(labelled: Store) -> None:
    second.draw(labelled, 1, BEA, seed=1, who=LEE)
    before = {photo: bytes(b) for photo, b in events.present(labelled, range(1, 13)).items()}
    second.set_state(labelled, [1], 3, State.RAISED, who=BEA)
    assert 1 in shown(labelled, "second:Bea")
    second.give(labelled, [1], who=BEA)
    second.nothing_applies(labelled, [2, 3], who=BEA)
    assert shown(labelled, "second:Bea") == [4, 5, 6, 7, 8]
    assert events.present(labelled, range(1, 13)) == before
    look = mirrors.read(labelled).reviews.looks[1][BEA]
    assert (look.first_who, look.first[: len(before[1])]) == (ANN, before[1])
    assert [byte & 3 for byte in look.labels] == [State.CLEAR, State.CLEAR, State.CLEAR, State.RAISED]
    with pytest.raises(EditRefused, match="second look"):
        second.set_state(labelled, [1], 3, State.CLEAR, who=BEA)
    with pytest.raises(EditRefused, match="second look"):
        second.give(labelled, [4], who="Cy")


def test_an_answer_to_every_flag_is_the_answer(labelled: Store) -> None:
    second.draw(labelled, 1, BEA, seed=1, who=LEE)
    second.set_state(labelled, [1], 0, State.CLEAR, who=BEA)
    second.set_state(labelled, [1], 3, State.CLEAR, who=BEA)
    assert 1 in shown(labelled, "second:Bea")
    second.set_state(labelled, [1], 1, State.RAISED, who=BEA)  # clears the other one of its group
    assert 1 not in shown(labelled, "second:Bea")


def test_undo_asks_for_the_answer_again_and_a_draw_can_be_taken_back(labelled: Store) -> None:
    draw = second.draw(labelled, 1, BEA, seed=1, who=LEE)
    done = second.nothing_applies(labelled, [1], who=BEA)
    assert done.action_id is not None
    labelling.revert(labelled, done.action_id, who=BEA)
    assert 1 in shown(labelled, "second:Bea")
    second.nothing_applies(labelled, [1], who=BEA)
    assert draw.action_id is not None
    labelling.revert(labelled, draw.action_id, who=LEE)
    assert shown(labelled, "second:Bea") == []
    assert second.agreement(mirrors.read(labelled)).given == {BEA: 1}, "an answer that was given stays"


def test_kappa_of_each_flag_over_both_labellings(labelled: Store) -> None:
    second.draw(labelled, 1, BEA, seed=1, who=LEE)
    second.set_state(labelled, [1], 0, State.RAISED, who=BEA)
    second.set_state(labelled, [3], 0, State.RAISED, who=BEA)
    second.set_state(labelled, [4], 0, State.UNSURE, who=BEA)
    second.give(labelled, range(1, 8), who=BEA)
    found = second.agreement(mirrors.read(labelled))
    soil = found.flags["soil"]
    assert (soil.both, soil.first, soil.second, soil.unsure, soil.agreed) == (1, 1, 1, 1, 4)
    assert (found.given, found.waiting, found.differing) == ({BEA: 7}, {BEA: 1}, 3)
    assert found.flags["water"].kappa is None
    said = found.to_json()["flags"]["soil"]
    assert said["n"] == 7, "unsure is an answer"
    assert said["interval"][0] < said["kappa"] < said["interval"][1]


def test_what_a_model_said_is_no_first_opinion(labelled: Store) -> None:
    labelling.set_state(labelled, [3], 0, State.RAISED, who=ANN, source=Source.ACCEPTED)
    second.draw(labelled, 1, BEA, seed=1, who=LEE)
    second.give(labelled, [3], who=BEA)
    found = second.agreement(mirrors.read(labelled))
    assert (found.flags["soil"].n, found.flags["water"].n, found.differing) == (0, 1, 0)


def test_where_they_differ_somebody_settles_it_by_an_ordinary_label(labelled: Store) -> None:
    second.draw(labelled, 1, BEA, seed=1, who=LEE)
    second.set_state(labelled, [1], 3, State.RAISED, who=BEA)
    second.give(labelled, [1, 5], who=BEA)
    assert shown(labelled, "conflict") == [1]
    listed = conflicts.listed(labelled)
    assert [(one.name, [(a.who, a.state) for a in one.answers]) for one in listed] == [
        ("soil", [(ANN, State.RAISED), (BEA, State.CLEAR)]),
        ("water", [(ANN, State.CLEAR), (BEA, State.RAISED)]),
    ]
    kept = conflicts.settle(labelled, 1, 0, State.RAISED, who=LEE)  # as it is labelled already
    done = conflicts.settle(labelled, 1, 3, State.RAISED, who=LEE)
    assert conflicts.listed(labelled) == ()
    newest = [event for action, event in labelling.history(labelled, 1) if action.who == LEE]
    assert [(event.slot, event.source, event.new & 3) for event in newest] == [
        (0, Source.HAND, State.RAISED),
        (3, Source.HAND, State.RAISED),
    ]
    mirror = mirrors.read(labelled)
    assert (second.agreement(mirror).settled, mirror.reviews.settled[1][3].who) == (2, LEE)
    assert second.agreement(mirror).flags["water"].second == 1, "what was settled says nothing of how far they agreed"
    for action in (kept, done):
        assert action.action_id is not None
    labelling.revert(labelled, done.action_id or "", who=LEE)
    assert shown(labelled, "conflict") == [1]
    assert [one.name for one in conflicts.listed(labelled)] == ["water"]
    with pytest.raises(EditRefused, match="no conflict"):
        conflicts.settle(labelled, 5, 0, State.CLEAR, who=LEE)
    with pytest.raises(EditRefused, match="raised, clear or unsure"):
        second.settle(labelled, 1, 3, State.UNSEEN, who=LEE)


def test_a_merge_is_compared_and_settled_as_one(labelled: Store) -> None:
    scheme = scheme_rows.load(labelled)
    with labelled.atomic():
        scheme_rows.save(labelled, type(scheme)(scheme.flags, (), (Merge(7, "dirt", (0, 3)),), name="m"))
    second.draw(labelled, 1, BEA, seed=1, who=LEE)
    second.set_state(labelled, [1], 7, State.CLEAR, who=BEA)
    second.give(labelled, [1, 3], who=BEA)
    assert mirrors.read(labelled).scheme.by_slot(7).name in second.agreement(mirrors.read(labelled)).flags
    [one] = conflicts.listed(labelled)
    assert (one.name, one.slot) == ("dirt", 7)
    conflicts.settle(labelled, 1, 7, State.CLEAR, who=LEE)
    assert int(mirrors.read(labelled).states(7)[0]) == State.CLEAR
    assert conflicts.listed(labelled) == ()
