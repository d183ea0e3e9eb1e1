"""Thresholds do what their rule promises; calibration and prior correction are their formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.calibration import platt, prior_corrected, prior_corrected_flag, temperature
from weldstudio.domain.recipe import Thresholds
from weldstudio.domain.thresholds import Ranked, choose, conformal_threshold, threshold_by_cost, threshold_by_recall

samples = st.integers(0, 2**32 - 1).map(
    lambda seed: (
        np.random.default_rng(seed).uniform(size=60).round(2),
        np.random.default_rng(seed + 1).uniform(size=60) < 0.4,
    )
)


def test_the_prior_correction_of_the_thesis() -> None:
    assert prior_corrected_flag(np.array(0.1), 0.1) == pytest.approx(0.5)
    found = prior_corrected(np.array([[0.2, 0.3, 0.5]]), np.array([0.1, 0.1, 0.8]))
    assert np.allclose(found, [[2, 3, 0.625]] / np.float64(5.625))
    pair = prior_corrected(np.array([[0.3, 0.7]]), np.array([0.2, 0.8]))
    assert pair[0, 0] == pytest.approx(float(prior_corrected_flag(np.array(0.3), 0.2)))


@given(samples, st.floats(0.05, 1))
def test_the_wanted_share_is_found_by_the_highest_threshold_that_does(
    sample: tuple[np.ndarray, np.ndarray], recall: float
) -> None:
    scores, raised = sample
    if not raised.any():
        return
    threshold = threshold_by_recall(scores, raised, recall=recall)
    assert (scores[raised] >= threshold).mean() >= recall - 1e-9
    higher = scores[scores >= threshold].min() + 1e-6
    assert (scores[raised] >= higher).mean() < recall or not (scores[raised] < higher).any()


@given(samples, st.floats(0.1, 20))
def test_no_other_cut_costs_less(sample: tuple[np.ndarray, np.ndarray], miss: float) -> None:
    scores, raised = sample
    if raised.sum() < 10 or raised.all():
        return

    def cost(threshold: float) -> float:
        return miss * (scores[raised] < threshold).sum() + (scores[~raised] >= threshold).sum()

    best = cost(threshold_by_cost(scores, raised, miss=miss, false_alarm=1))
    assert best <= min(cost(t) for t in np.r_[scores, 2.0]) + 1e-9


def test_with_few_raised_photos_the_costs_alone_decide() -> None:
    scores, raised = np.linspace(0.01, 0.99, 50), np.arange(50) >= 45
    dear, cheap = (threshold_by_cost(scores, raised, miss=m, false_alarm=1) for m in (50, 1))
    assert dear < cheap < 1
    note = choose(Thresholds("cost"), Ranked(scores, raised), prior=0.1, balanced=False, name="Soil").note
    assert "5 validation photos" in note


@pytest.mark.parametrize(("rate", "least"), [(0.1, 9), (0.05, 19), (0.02, 49), (0.01, 99)])
def test_a_guarantee_needs_enough_raised_photos(rate: float, least: int) -> None:
    scores = np.linspace(0.1, 0.9, least)
    assert conformal_threshold(scores, np.ones(least, bool), miss_rate=rate)[0] == pytest.approx(0.1)
    assert conformal_threshold(scores[1:], np.ones(least - 1, bool), miss_rate=rate) == (None, 1)
    few = choose(
        Thresholds("conformal", miss_rate=rate),
        Ranked(scores[1:], np.ones(least - 1, bool)),
        prior=0.5,
        balanced=False,
        name="A",
    )
    assert "1 more raised" in few.note


def test_the_guarantee_holds_on_new_photos(trials) -> None:
    draw = np.random.default_rng(0)
    missed = []
    for _ in range(trials(400, 1000)):
        threshold, _ = conformal_threshold(draw.normal(size=60), np.ones(60, bool), miss_rate=0.1)
        missed.append((draw.normal(size=200) < threshold).mean())
    assert np.mean(missed) <= 0.11


def test_the_prior_is_the_threshold_unless_training_was_balanced() -> None:
    scores, raised = np.linspace(0, 1, 20), np.arange(20) > 15
    assert choose(Thresholds("prior"), Ranked(scores, raised), prior=0.2, balanced=False).threshold == 0.2
    balanced = choose(Thresholds("prior"), Ranked(scores, raised), prior=0.2, balanced=True, name="A")
    assert balanced.threshold == 0.5
    assert balanced.note


def test_points_make_a_miss_dearer() -> None:
    draw = np.random.default_rng(1)
    raised = draw.uniform(size=400) < 0.3
    scores = 1 / (1 + np.exp(-draw.normal(size=400) - 2 * raised))
    cheap, dear = (
        choose(
            Thresholds("cost", by_points=True), Ranked(scores, raised), prior=0.3, balanced=False, points=points
        ).threshold
        for points in (1, 30)
    )
    assert dear < cheap


@given(st.floats(0.2, 5), st.floats(-2, 2), st.integers(0, 1000))
def test_platt_finds_the_sigmoid_the_labels_were_drawn_from(slope: float, offset: float, seed: int) -> None:
    draw = np.random.default_rng(seed)
    scores = draw.normal(size=4000) * 2
    raised = draw.uniform(size=4000) < 1 / (1 + np.exp(-(slope * scores + offset)))
    found = platt(scores, raised)
    probabilities = 1 / (1 + np.exp(-(found[0] * scores + found[1])))
    truth = 1 / (1 + np.exp(-(slope * scores + offset)))
    assert np.abs(probabilities - truth).mean() < 0.04


def test_platt_stays_finite_where_classes_are_apart_and_is_nothing_without_both() -> None:
    slope, offset = platt(np.r_[np.full(5, -1.0), np.full(3, 1.0)], np.arange(8) >= 5)
    assert 1 / (1 + np.exp(-(slope + offset))) == pytest.approx(4 / 5, abs=1e-3)
    assert 1 / (1 + np.exp(slope - offset)) == pytest.approx(1 / 7, abs=1e-3)
    assert platt(np.ones(4), np.ones(4, bool)) == (1.0, 0.0)


def test_a_temperature_undoes_a_scale() -> None:
    draw = np.random.default_rng(0)
    logits = draw.normal(size=(3000, 4)) * 2
    truth = (logits + draw.gumbel(size=logits.shape)).argmax(1)
    assert temperature(3 * logits, truth) == pytest.approx(1 / 3, rel=0.1)
