"""The refitted heads are the exact solution, whichever way they were reached."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from weldstudio.domain import blocks
from weldstudio.domain.labelling import State
from weldstudio.domain.leave_one_out import RIDGES, Alone, leave_one_out
from weldstudio.domain.refit import Heads, Space, sigmoid

N, WIDTH, L2 = 300, 12, 2e-3


def made(seed: int = 0, *, n: int = N, width: int = WIDTH) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Features, and states of a common flag, a rare one, and one of which a third of the labels is not known."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, width)).astype(np.float32) * np.linspace(0.2, 3, width, dtype=np.float32) + 5
    score = (features - 5) @ rng.normal(size=(width, 3)) + rng.logistic(size=(n, 3))
    states = np.where(score > np.diag(np.quantile(score, [0.5, 0.93, 0.7], axis=0)), State.RAISED, State.CLEAR).astype(
        np.uint8
    )
    states[rng.random(n) < 0.33, 2] = State.UNSEEN
    states[:4, 0] = State.UNSURE
    return features, states


def fitted(features: NDArray[np.float32], states: NDArray[np.uint8]) -> Heads:
    heads = Heads(Space.of(features.copy()), states, np.full(3, L2, np.float32))
    assert list(heads.converge())
    return heads


def solved(space: Space, states: NDArray[np.uint8], l2: float = L2) -> NDArray[np.float64]:
    """Probabilities by Newton's method in double precision."""
    known = np.isin(states, (State.RAISED, State.CLEAR))
    x = np.c_[space.points.astype(np.float64), np.ones(len(states))]
    w, ridge = np.zeros(x.shape[1]), np.diag([l2] * (x.shape[1] - 1) + [0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x[known] @ w))
        gradient = x[known].T @ (p - (states[known] == State.RAISED)) / known.sum() + ridge @ w
        w -= np.linalg.solve((x[known] * (p * (1 - p))[:, None]).T @ x[known] / known.sum() + ridge, gradient)
    return 1 / (1 + np.exp(-x @ w))


def test_the_fit_is_exact_for_every_class() -> None:
    features, states = made()
    heads = fitted(features, states)
    for column in range(3):
        exact = solved(heads.space, states[:, column])
        assert np.abs(sigmoid(heads.logits[:, column]) - exact).max() < 1e-3


def test_it_is_what_scikit_learn_finds() -> None:
    features, states = made(1)
    heads = fitted(features, states)
    for column in range(3):
        known = np.isin(states[:, column], (State.RAISED, State.CLEAR))
        model = LogisticRegression(C=1 / (L2 * known.sum()), tol=1e-8, max_iter=5000)
        model.fit(heads.space.points[known].astype(np.float64), states[known, column] == State.RAISED)
        exact = model.predict_proba(heads.space.points.astype(np.float64))[:, 1]
        assert np.abs(sigmoid(heads.logits[:, column]) - exact).max() < 1e-3


@pytest.mark.parametrize("odd", ["one raised", "copies", "constant", "all equal", "far out", "wide", "large"])
def test_it_is_what_scikit_learn_finds_on_odd_photos(odd: str) -> None:
    rng = np.random.default_rng(5)
    features = rng.normal(size=(30, 200) if odd == "wide" else (300, 20)).astype(np.float32)
    raised = features[:, 0] + rng.normal(size=len(features)) > 0
    match odd:
        case "one raised":
            raised = np.arange(300) == 7
        case "copies":
            features = np.repeat(features[:30], 10, axis=0)
        case "constant":
            features[:, 3] = 1000
        case "all equal":
            features[:] = 1
        case "far out":
            features[7] = 60_000
        case "large":
            features[:, 5] *= 1e4
    heads = Heads(Space.of(features), np.where(raised, 1, 2).astype(np.uint8)[:, None], np.full(1, L2, np.float32))
    assert len(list(heads.converge())) < 200
    model = LogisticRegression(C=1 / (L2 * len(raised)), tol=1e-8, max_iter=5000)
    model.fit(heads.space.points.astype(np.float64), raised)
    exact = model.predict_proba(heads.space.points.astype(np.float64))[:, 1]
    assert np.abs(sigmoid(heads.logits[:, 0]) - exact).max() < 1e-3


def test_one_changed_label_is_answered_in_closed_form_and_then_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 256 * WIDTH)  # in several pieces, the last not whole
    features, states = made(2, n=900)
    heads = fitted(features, states)
    before = sigmoid(heads.logits)
    row = int(np.argmin(np.abs(heads.logits[:, 0])))
    flipped = int(State.RAISED if states[row, 0] == State.CLEAR else State.CLEAR)
    assert heads.relabel([(row, 0, flipped)]) == (0,)
    heads.step((0,))
    after = sigmoid(heads.logits)
    changed = states[:, 0].copy()
    changed[row] = flipped
    exact = solved(heads.space, changed) - before[:, 0]
    assert np.array_equal(after[:, 1:], before[:, 1:])  # no number of one flag enters another's
    assert np.corrcoef(after[:, 0] - before[:, 0], exact)[0, 1] > 0.95
    assert 0.5 < np.abs(after[:, 0] - before[:, 0]).max() / np.abs(exact).max() < 1.5
    assert list(heads.converge((0,)))
    assert np.abs(sigmoid(heads.logits[:, 0]) - before[:, 0] - exact).max() < 1e-3


def test_a_label_that_is_what_it_was_changes_nothing() -> None:
    features, states = made(3)
    heads = fitted(features, states)
    assert heads.relabel([(5, 1, int(states[5, 1]))]) == ()


def test_a_fit_that_is_broken_off_goes_on_where_it_was() -> None:
    features, states = made(4)
    heads = Heads(Space.of(features.copy()), states, np.full(3, L2, np.float32))
    passes = heads.converge()
    next(passes)
    passes.close()
    assert list(heads.converge())
    assert np.abs(sigmoid(heads.logits[:, 0]) - solved(heads.space, states[:, 0])).max() < 1e-3


def test_a_class_of_one_kind_is_left_alone() -> None:
    features, states = made(5)
    states[:, 1] = State.CLEAR
    heads = fitted(features, states)
    assert not heads.weight[1].any()
    assert np.isfinite(heads.logits).all()


def alone(space: Space, states: NDArray[np.uint8]) -> Alone:
    *_, found = leave_one_out(space, states)
    assert found is not None
    return found


@pytest.mark.parametrize("n", [60, 8])  # more photos than directions, and fewer
def test_leaving_each_photo_out_in_closed_form_is_what_fitting_without_it_gives(n: int) -> None:
    features, states = made(6, n=n)
    states = states[:, :1]
    states[:3, 0] = State.UNSEEN
    states[3:5, 0] = State.RAISED, State.CLEAR
    space = Space.of(features)
    found = alone(space, states)
    rows = np.flatnonzero(np.isin(states[:, 0], (State.RAISED, State.CLEAR)))
    y = (states[rows, 0] == State.RAISED).astype(np.float64)
    best, said = np.inf, y
    for ridge in RIDGES:
        left = []
        for place in range(len(rows)):
            others = np.delete(np.arange(len(rows)), place)
            # The others about the mean of all, with the strength for all: what the closed form leaves out is one photo.
            x = np.c_[space.points[rows].astype(np.float64), np.ones(len(rows))]
            penalty = np.diag([ridge * len(rows)] * (x.shape[1] - 1) + [0])
            w = np.linalg.solve(x[others].T @ x[others] + penalty, x[others].T @ y[others])
            left.append(x[place] @ w)
        error = float(((y - np.array(left)) ** 2).sum())
        if error < best:
            best, said, chosen = error, np.array(left), ridge
    assert found.ridges[0] == pytest.approx(chosen)
    # Calibration keeps the order.
    order = np.argsort(said)
    assert (np.diff(found.probabilities[rows, 0][order]) >= -1e-3).all()
    assert np.isnan(found.probabilities[:3, 0]).all()


def test_a_wrong_label_is_contradicted_by_the_others() -> None:
    features, states = made(7, n=900)
    wrong = int(np.argmax(fitted(features, states).logits[:, 0] * (states[:, 0] == State.RAISED)))
    states[wrong, 0] = State.CLEAR
    found = alone(Space.of(features), states)
    assert found.probabilities[wrong, 0] > 0.9
