"""Planted errors are found, each answer is kept beside the label, and nothing is proposed twice for nothing."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.studio.featured import featured_project
from tests.studio.labelled import label
from tests.studio.test_refitting import refit
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import State
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import labelling, reviewing, suspects
from weldstudio.studio.filters import parse


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Flag 0 is missing on the first photo that shows it, and too much on the first that does not."""
    with featured_project(tmp_path, count=60, apart=6.0) as made:
        states = mirrors.read(made).states(0)
        missing, wrong = (int(np.flatnonzero(states == s)[0]) for s in (State.RAISED, State.CLEAR))
        ids = mirrors.read(made).ids
        label(made, {int(ids[missing]): [State.CLEAR], int(ids[wrong]): [State.RAISED]})
        refit(made)
        yield made


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
    estimate = {(one.flag, one.kind): one for one in suspects.standings(mirror)}
    assert estimate[missing.flag, "missing"].expected >= 0.8
    assert estimate[missing.flag, "missing"].labels == int((states == State.CLEAR).sum())


def test_an_answer_is_kept_and_counts_for_the_precision(store: Store) -> None:
    missing, wrong = planted(store)
    suspects.answer(store, missing.photo_id, 0, "wrong", who="Ann")
    suspects.answer(store, wrong.photo_id, 0, "right", who="Ben")
    mirror = mirrors.read(store)
    assert mirror.states(0)[mirror.row(missing.photo_id)] == State.RAISED  # turned round
    assert mirror.states(0)[mirror.row(wrong.photo_id)] == State.RAISED  # as it was
    said = mirror.reviews.suspects
    assert (said[missing.photo_id][0].who, said[wrong.photo_id][0].said) == ("Ann", "right")
    assert not {missing.photo_id, wrong.photo_id} & {one.photo_id for one in suspects.listed(mirror, slot=0)}
    found = {(one.flag, one.kind): one for one in suspects.standings(mirror)}
    assert found[missing.flag, "missing"].precision == 1.0
    assert found[wrong.flag, "wrong"].precision == 0.0
    assert found[wrong.flag, "wrong"].to_json()["right"] == 1


def test_unsure_is_a_label_and_answers_can_be_taken_back(store: Store) -> None:
    missing, _ = planted(store)
    done = suspects.answer(store, missing.photo_id, 0, "unsure", who="Ann")
    mirror = mirrors.read(store)
    assert mirror.states(0)[mirror.row(missing.photo_id)] == State.UNSURE
    with pytest.raises(EditRefused, match="neither raised nor clear"):
        suspects.answer(store, missing.photo_id, 0, "right", who="Ann")
    assert done.action_id is not None
    labelling.revert(store, done.action_id, who="Ann")
    assert planted(store)[0] == missing
    assert not mirrors.read(store).reviews.suspects


def test_what_was_answered_comes_again_once_its_score_has_risen(store: Store) -> None:
    _, wrong = planted(store)
    suspects.answer(store, wrong.photo_id, 0, "right", who="Ann")
    mirror = mirrors.read(store)
    assert mirror.refit is not None
    row = int(np.flatnonzero(mirror.refit.ids == wrong.photo_id)[0])
    assert suspects.of_photo(mirror, wrong.photo_id) == []
    mirror.reviews.suspects[wrong.photo_id][0] = mirror.reviews.suspects[wrong.photo_id][0].__class__(
        "right", State.RAISED, float(1 - mirror.refit.alone[row, 0]) - 0.2, "Ann", 1
    )
    assert [one.photo_id for one in suspects.of_photo(mirror, wrong.photo_id)] == [wrong.photo_id]


def test_without_a_refit_nothing_is_in_doubt(store: Store) -> None:
    mirror = mirrors.read(store)
    mirror.refit = None
    assert suspects.listed(mirror) == []
    assert shown(mirror, "suspect") == []
