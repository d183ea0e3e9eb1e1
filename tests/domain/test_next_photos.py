"""Labels given in the order in which they are asked for find the rare flags far sooner than labels in any order."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.datasets import load_digits

from tests.experiments.simulated_labelling import Case, found, made_rare
from weldstudio.domain.hints import hints
from weldstudio.domain.labelling import State
from weldstudio.domain.next_photos import next_photos

N, WIDTH, LABELLED = 2000, 24, 0.05
SHARES = (0.012, 0.018, 0.08, 0.3)
RARE = (0, 1)
"""Raised on less than 2 % of the photos."""


def drawn(seed: int) -> Case:
    """Photos whose flags are regions of feature space with blurred edges."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(N, WIDTH)).astype(np.float32)
    raised = np.zeros((N, len(SHARES)), np.bool_)
    for flag, share in enumerate(SHARES):
        some = rng.choice(N, round(share * N), replace=False)
        features[some] += 1.2 * rng.normal(size=WIDTH).astype(np.float32)
        raised[some, flag] = True
    return Case(features, np.where(raised, State.RAISED, State.CLEAR).astype(np.uint8), RARE)


def digits(seed: int) -> Case:
    """Pictures of digits, of one of which only 2 % are left."""
    data = load_digits()
    states = np.where(data.target[:, None] == np.arange(10), State.RAISED, State.CLEAR).astype(np.uint8)
    return made_rare(data.data.astype(np.float32), states, flag=seed % 10, share=0.02, seed=seed)


@pytest.mark.parametrize(("made", "batch"), [(drawn, 10), (drawn, 50), (digits, 50)])
def test_three_times_the_rare_raised_photos_of_a_random_order(
    trials: Callable[[int, int], int], made: Callable[[int], Case], batch: int
) -> None:
    seeds = range(trials(5, 20))
    told = [found(made(seed), batch=batch, labelled=LABELLED, seed=seed) for seed in seeds]
    assert sum(raised for raised, _ in told) >= 3 * sum(by_chance for _, by_chance in told)


def test_a_first_batch_is_unlike_what_is_labelled_and_has_no_photo_twice() -> None:
    rng = np.random.default_rng(0)
    places = rng.permutation(np.repeat(np.arange(30), 20))  # thirty kinds of photos, some of them labelled
    points = (10 * rng.normal(size=(30, 8))[places] + rng.normal(size=(600, 8))).astype(np.float32)
    waiting = np.ones((600, 2), np.bool_)
    waiting[places < 10] = False
    silent = np.full((600, 2), np.nan, np.float32)
    rows, columns = next_photos(
        lambda some: points[some], silent, np.zeros(2, np.float32), waiting=waiting, width=np.ones(2), count=24
    )
    asked = rows[columns >= 0]
    assert len(set(rows.tolist())) == 24
    assert waiting[rows].all()
    assert len(set(places[asked][places[asked] >= 10].tolist())) >= 15  # of the twenty kinds nothing is known of


def test_copies_of_the_likeliest_photo_are_asked_about_once() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(200, 6)).astype(np.float32)
    points[:20] = points[0] * (1 + 1e-4 * np.arange(20)[:, None])
    logits = np.where(np.arange(200) < 20, 5, points[:, 0] - 5)[:, None].astype(np.float32)
    rows, columns = next_photos(
        lambda some: points[some],
        logits,
        np.zeros(1, np.float32),
        waiting=np.ones((200, 1), np.bool_),
        width=np.ones(1),
        scarce=np.ones(1, np.bool_),
        count=10,
    )
    assert (rows[columns == 0] < 20).sum() == 1


@pytest.mark.parametrize("known", ["nothing", "scarce", "much"])
@pytest.mark.parametrize("count", [1, 2, 30, 80])
def test_any_batch_has_no_photo_twice_even_of_equal_ones(count: int, known: str) -> None:
    logits = np.full((60, 3), np.nan if known == "nothing" else 0, np.float32)
    rows, _ = next_photos(
        lambda some: np.ones((len(some), 4), np.float32),
        logits,
        np.zeros(3, np.float32),
        waiting=np.ones((60, 3), np.bool_),
        width=np.ones(3),
        scarce=np.full(3, known == "scarce"),
        count=count,
    )
    assert len(set(rows.tolist())) == len(rows) == min(count, 60)


def test_few_labels_hint_at_the_photos_like_the_raised_ones() -> None:
    case = drawn(3)
    states = np.zeros_like(case.states)
    some = np.r_[np.flatnonzero(case.states[:, 0] == State.RAISED)[:3], np.arange(40)]
    states[some, 0] = case.states[some, 0]
    states[some, 1] = State.CLEAR
    said = hints(lambda rows: case.features[rows], states, rng=np.random.default_rng(0))
    first = np.argsort(-said[:, 0])[:20]
    assert (case.states[first, 0] == State.RAISED).mean() > 0.4
    assert np.isnan(said[:, 1:]).all()  # of nothing raised, and of nothing known
