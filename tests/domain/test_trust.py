"""How far probabilities can be trusted: reliability by hand, Platt's correction on new photos, and kept promises."""

import json

import numpy as np
import pytest

from weldstudio.domain.scores import wilson
from weldstudio.domain.trust import calibration_error, promise, reliability


def drawn(n: int, seed: int, *, boast: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Photos raised with the probability that sigmoid(z) says; the model boasts: it says sigmoid(boast * z)."""
    draw = np.random.default_rng(seed)
    odds = draw.normal(-0.5, 1.5, n)
    return 1 / (1 + np.exp(-boast * odds)), draw.uniform(size=n) < 1 / (1 + np.exp(-odds))


def test_reliability_by_hand() -> None:
    said = np.array([0.05, 0.08, 0.95, 0.91, 1.0, 0.0])
    raised = np.array([False, True, True, True, False, False])
    low, high = reliability(said, raised)
    assert (low.n, low.true) == (3, pytest.approx(1 / 3))
    assert low.said == pytest.approx((0.05 + 0.08) / 3)
    assert (high.n, high.true, high.interval) == (3, pytest.approx(2 / 3), wilson(2, 3))
    by_hand = 0.5 * abs(1 / 3 - 0.13 / 3) + 0.5 * abs(2 / 3 - 2.86 / 3)
    assert calibration_error(said, raised) == pytest.approx(by_hand)
    assert calibration_error(said[:0], raised[:0]) is None


def test_a_boast_is_corrected_by_what_validation_photos_said() -> None:
    found = promise(*drawn(2000, 1, boast=3))
    said, raised = drawn(2000, 2, boast=3)
    tried = found.tried(said, raised)
    assert calibration_error(said, raised) > 0.08
    assert tried["calibrated_error"] < 0.04
    assert found.slope == pytest.approx(1 / 3, abs=0.05)


def test_a_promise_is_kept_on_new_photos_or_says_what_it_takes(trials) -> None:
    missed = []
    for seed in range(trials(100, 1000)):
        found = promise(*drawn(200, 2 * seed), miss_rate=0.1)
        tried = found.tried(*drawn(200, 2 * seed + 1))
        missed.append(tried["missed"] / max(1, int(drawn(200, 2 * seed + 1)[1].sum())))
    assert np.mean(missed) <= 0.11
    few = promise(np.array([0.9, 0.2, 0.1]), np.array([True, False, False]), miss_rate=0.05)
    assert (few.threshold, few.needed, few.raised) == (None, 18, 1)
    json.dumps(few.tried(np.array([0.3]), np.array([True])), allow_nan=False)
