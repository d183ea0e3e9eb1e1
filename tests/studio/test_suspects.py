"""Planted errors are found, each answer is kept beside the label, and nothing is proposed twice for nothing."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.studio.featured import featured_project
from tests.studio.labelled import label
from tests.studio.test_refitting import refit
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.wrong_labels import Wrong
from weldstudio.imaging import side_file
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import (
    contrast,
    doubting,
    labelling,
    likeness,
    looks,
    reviewing,
    second,
    snapshots,
    suspects,
    twins,
)
from weldstudio.studio.filters import parse


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Flag 0 is missing on the first photo that shows it, and too much on the first that does not."""
    with featured_project(tmp_path_factory.mktemp("made"), count=60, apart=6.0) as store:
        states = mirrors.read(store).states(0)
        missing, wrong = (int(np.flatnonzero(states == s)[0]) for s in (State.RAISED, State.CLEAR))
        ids = mirrors.read(store).ids
        label(store, {int(ids[missing]): [State.CLEAR], int(ids[wrong]): [State.RAISED]})
        refit(store)
        return store.folder


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of its own for each test."""
    with Store.open(shutil.copytree(made, tmp_path / "copy")) as found:
        yield found


def planted(store: Store) -> tuple[suspects.Suspect, suspects.Suspect]:
    found = suspects.listed(mirrors.read(store), slot=0)
    missing, wrong = (next(one for one in found if one.kind == kind) for kind in ("missing", "wrong"))
    return missing, wrong


def shown(mirror: Mirror, text: str) -> list[int]:
    return mirror.ids[reviewing.select(mirror, parse(text, mirror.scheme), sort="suspicion")].tolist()


def test_planted_errors_are_the_first_of_both_lists(store: Store) -> None:
    mirror = mirrors.read(store)
    states = mirror.states(0)
    missing, wrong = planted(store)
    assert states[mirror.row(missing.photo_id)] == State.CLEAR
    assert states[mirror.row(wrong.photo_id)] == State.RAISED
    assert {missing.photo_id, wrong.photo_id} == {1, 2}
    assert min(missing.score, wrong.score) > 0.8
    assert set(shown(mirror, "suspect")[:2]) == {1, 2}
    assert set(shown(mirror, f'suspect:"{missing.flag}"')) >= {1, 2}
    estimate = {(one.flag, one.kind): one for one in doubting.standings(mirror)}
    found = estimate[missing.flag, "missing"].estimate
    assert found is not None
    assert 0.8 <= found.expected <= found.high <= 6
    assert found.labels == int((states == State.CLEAR).sum())
    assert set(shown(mirror, "seems-missing")) == set(shown(mirror, f'missing:"{missing.flag}"')) | {
        one.photo_id for one in suspects.listed(mirror, kind="missing")
    }
    assert missing.photo_id not in shown(mirror, f'wrong:"{missing.flag}"')


def test_an_answer_is_kept_and_counts_for_the_precision(store: Store) -> None:
    missing, wrong = planted(store)
    doubting.answer(store, missing.photo_id, 0, "wrong", who="Ann")
    doubting.answer(store, wrong.photo_id, 0, "right", who="Ben")
    mirror = mirrors.read(store)
    assert mirror.states(0)[mirror.row(missing.photo_id)] == State.RAISED  # turned round
    assert mirror.states(0)[mirror.row(wrong.photo_id)] == State.RAISED  # as it was
    said = mirror.reviews.suspects
    assert (said[missing.photo_id][0].who, said[wrong.photo_id][0].said) == ("Ann", "right")
    assert not {missing.photo_id, wrong.photo_id} & {one.photo_id for one in suspects.listed(mirror, slot=0)}
    found = {(one.flag, one.kind): one for one in doubting.standings(mirror)}
    assert found[missing.flag, "missing"].precision == 1.0
    assert found[wrong.flag, "wrong"].precision == 0.0
    assert found[wrong.flag, "wrong"].to_json()["right"] == 1


def test_unsure_is_a_label_and_answers_can_be_taken_back(store: Store) -> None:
    missing, _ = planted(store)
    done = doubting.answer(store, missing.photo_id, 0, "unsure", who="Ann")
    mirror = mirrors.read(store)
    assert mirror.states(0)[mirror.row(missing.photo_id)] == State.UNSURE
    with pytest.raises(EditRefused, match="neither raised nor clear"):
        doubting.answer(store, missing.photo_id, 0, "right", who="Ann")
    assert done.action_id is not None
    labelling.revert(store, done.action_id, who="Ann")
    assert planted(store)[0] == missing
    assert not mirrors.read(store).reviews.suspects


def test_what_was_answered_comes_again_once_its_score_has_risen(store: Store) -> None:
    _, wrong = planted(store)
    doubting.answer(store, wrong.photo_id, 0, "right", who="Ann")
    mirror = mirrors.read(store)
    assert mirror.refit is not None
    row = int(np.flatnonzero(mirror.refit.ids == wrong.photo_id)[0])
    assert suspects.of_photo(mirror, wrong.photo_id) == []
    score = float(suspects.scores(mirror, 0)[row])
    mirror.reviews.suspects[wrong.photo_id][0] = mirror.reviews.suspects[wrong.photo_id][0].__class__(
        "right", State.RAISED, score - 0.2, "Ann", 1
    )
    assert [one.photo_id for one in suspects.of_photo(mirror, wrong.photo_id)] == [wrong.photo_id]


def test_without_a_refit_nothing_is_in_doubt(store: Store) -> None:
    mirror = mirrors.read(store)
    mirror.refit = None
    assert suspects.listed(mirror) == []
    assert shown(mirror, "suspect") == []


def test_a_second_opinion_stands_beside_the_first_and_the_label_stays_until_that_is_settled(store: Store) -> None:
    _, wrong = planted(store)
    doubting.answer(store, wrong.photo_id, 0, "right", who="Ann")
    doubting.answer(store, wrong.photo_id, 0, "wrong", who="Ben")
    mirror = mirrors.read(store)
    assert mirror.states(0)[mirror.row(wrong.photo_id)] == State.RAISED
    said = mirror.reviews.suspects[wrong.photo_id][0]
    assert [(one.who, one.said) for one in said.opinions] == [("Ben", "wrong"), ("Ann", "right")]
    assert said == said.of_text(said.text)
    assert wrong.photo_id in shown(mirror, "conflict")
    assert suspects.of_photo(mirror, wrong.photo_id) == []
    names = {who for who, _, _ in second.answers(store)[wrong.photo_id, 0]}
    assert names == {"Ann", "Ben"}
    assert looks.answered(mirror, 0, "wrong", ("wrong",)).tolist() == [wrong.photo_id]
    assert looks.answered(mirror, 0, "missing", ("wrong",)).tolist() == []
    second.settle(store, wrong.photo_id, 0, State.CLEAR, who="Lee")
    mirror = mirrors.read(store)
    assert wrong.photo_id not in shown(mirror, "conflict")
    assert mirror.states(0)[mirror.row(wrong.photo_id)] == State.CLEAR


def test_labels_that_near_duplicates_contradict_come_first_and_follow_the_labels(store: Store) -> None:
    mirror = mirrors.read(store)
    states = mirror.states(0)
    raised = [int(i) for i in mirror.ids[states == State.RAISED][3:5]]
    odd = int(mirror.ids[states == State.CLEAR][5])
    cluster = likeness.Cluster((*raised, odd), ("a", "b", "c"), (wrong_name(mirror),))
    twins.keep(store, mirror, [cluster])
    assert shown(mirror, "suspect")[0] == odd
    assert suspects.listed(mirror)[0] == suspects.of_photo(mirror, odd)[0]
    assert suspects.of_photo(mirror, odd)[0].twin
    assert looks.contradicted(mirror).tolist() == [odd]
    assert shown(mirrors.read(store), "seems-missing")[0] == odd  # another window knows them too
    mirror.set_label([odd], 0, label_byte(State.RAISED, Source.HAND))
    assert not [one for one in suspects.listed(mirror, slot=0) if one.twin]
    mirror.set_label([raised[0]], 0, label_byte(State.CLEAR, Source.HAND))
    assert shown(mirror, "suspect")[0] == raised[0]  # its mates were mended with it


def wrong_name(mirror: Mirror) -> str:
    return mirror.scheme.by_slot(0).name


def test_what_trainings_said_on_their_way_counts_as_far_as_the_label_is_the_one_they_were_told(store: Store) -> None:
    mirror = mirrors.read(store)
    row = int(np.flatnonzero(mirror.states(0) == State.RAISED)[4])
    before = float(suspects.scores(mirror, 0)[row])
    states = mirror.scheme.states_of(0, mirror.labels)[:, None].copy()
    said = np.full((len(mirror), 1), np.nan, np.float16)
    said[row] = 0.001
    for told, rises in ((State.CLEAR, False), (State.RAISED, True)):
        states[row] = told
        margins = side_file.Margins(mirror.ids, np.array([0]), states, said)
        side_file.write(store.folder / "runs" / "r1" / side_file.MARGINS, margins)
        now = float(suspects.scores(mirrors.read(store), 0)[row])
        assert (now > before + 0.1) is rises


def test_what_experts_answer_narrows_the_estimate_down(store: Store) -> None:
    mirror = mirrors.read(store)
    first = next(one for one in doubting.standings(mirror) if one.flag == wrong_name(mirror) and one.kind == "wrong")
    doubts = suspects.listed(mirror, slot=0, kind="wrong")
    for one in doubts:
        doubting.answer(store, one.photo_id, 0, "right", who="Ann")
    after = next(
        one for one in doubting.standings(mirrors.read(store)) if one.flag == first.flag and one.kind == "wrong"
    )
    assert first.estimate is not None
    assert after.estimate is not None
    assert after.estimate.expected < first.estimate.expected
    assert after.estimate.expected == 0  # all that could be wrong were found right


def test_a_flag_that_cannot_be_told_apart_is_not_called_wrong(store: Store) -> None:
    mirror = mirrors.read(store)
    ids = mirror.ids[mirror.states(0) == State.RAISED][1:].tolist()
    rng = np.random.default_rng(0)
    label(store, {int(photo): [State.CLEAR] for photo in ids})  # one raised photo is left, and it looks like the others
    for photo in rng.choice(ids, 3, replace=False).tolist():
        label(store, {int(photo): [State.RAISED]})
    refit(store)
    estimates = {one.kind: one.estimate for one in doubting.standings(mirrors.read(store)) if one.slot == 0}
    assert estimates["missing"] is None or estimates["missing"].expected < estimates["missing"].labels / 2
    assert estimates["wrong"] is None


def test_where_more_labels_are_wrong_than_rare_the_lazy_answer_is_warned_of() -> None:
    def standing(kind: str, labels: int, wrong: float) -> doubting.Standing:
        return doubting.Standing("Rare", 0, kind, 0, 0, 0, 0, 0, Wrong(labels, wrong, wrong / 2, 2 * wrong))

    (found,) = doubting.lazy(Mirror(), [standing("missing", 980, 25.0), standing("wrong", 20, 2.0)])
    assert found.common == "clear"
    assert "2.7 %" in found.sentence
    assert doubting.lazy(Mirror(), [standing("missing", 980, 10.0), standing("wrong", 20, 2.0)]) == []


def test_a_training_is_warned_of_the_lazy_answer_before_it_starts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [item.name for item in mirrors.read(store).scheme.classes]
    bad = [doubting.Standing(name, 0, "missing", 0, 0, 0, 0, 0, Wrong(980, 25, 20, 30)) for name in names[:2]]
    both = [each for one in bad for each in (one, replace(one, kind="wrong", estimate=Wrong(20, 2, 1, 3)))]
    monkeypatch.setattr(doubting, "standings", lambda mirror: both)
    told = snapshots.take(store, Recipe().with_values({"data.classes": names[0]})).warnings
    assert [one for one in told if "look through its suspects" in one] == [
        doubting.lazy(mirrors.read(store), both)[0].sentence
    ]


def test_the_nearest_photos_of_both_labels_are_found(store: Store) -> None:
    mirror = mirrors.read(store)
    missing, _ = planted(store)
    found = contrast.nearest(mirror, contrast.ground(store), missing.photo_id, 0, count=3)
    states = mirror.states(0)
    assert {int(states[mirror.row(photo)]) for photo, _ in found.same} == {State.CLEAR}
    assert {int(states[mirror.row(photo)]) for photo, _ in found.opposite} == {State.RAISED}
    assert found.opposite[0][1] > found.same[0][1]  # it is one of the others in truth
