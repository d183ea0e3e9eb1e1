"""The second opinion of the nearest labelled photos, and what doubt makes of both."""

import numpy as np
import pytest

from weldstudio.domain import neighbours
from weldstudio.domain.doubt import contradicted
from weldstudio.domain.labelling import State
from weldstudio.domain.neighbours import Neighbours
from weldstudio.domain.refit import Space, States


def islands(count: int, *, seed: int = 0) -> tuple[Space, States]:
    """Photos on islands that lie around each other, so that no plane parts raised from clear: what is near tells."""
    rng = np.random.default_rng(seed)
    places = rng.normal(size=(12, 16))
    which = rng.integers(0, 12, count)
    points = (places[which] + 0.2 * rng.normal(size=(count, 16))).astype(np.float32)
    raised = (which % 2 == 0)[:, None]
    return Space.of(points), np.where(raised, State.RAISED, State.CLEAR).astype(np.uint8)


def found(space: Space, states: States) -> Neighbours:
    near = Neighbours(space)
    for _ in near.find(states):
        pass
    return near


def test_the_nearest_are_those_of_a_plain_search_and_broken_off_it_goes_on() -> None:
    space, states = islands(300)
    states[::7] = State.UNSEEN
    near, pieces = Neighbours(space), 0
    while not len(near.rows):
        for _ in near.find(states):
            pieces += 1
            break
    assert pieces > 1
    assert near.rows.tolist() == np.flatnonzero(states[:, 0]).tolist(), "photos without a label are asked for nothing"
    points = space.points[near.rows]
    points = points / np.linalg.norm(points, axis=1, keepdims=True)
    cosines = points @ points.T
    np.fill_diagonal(cosines, -2)
    nearest = np.argsort(-cosines, axis=1)[:, : neighbours.COUNT]
    assert np.array_equal(np.sort(near.places, axis=1), np.sort(nearest, axis=1))
    assert near.weights.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_of_many_photos_the_cells_around_find_nearly_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    space, states = islands(1500)
    whole = found(space, states)
    monkeypatch.setattr(neighbours, "MOST_COMPARED", 500)
    parts = found(space, states)
    both = [len(set(a) & set(b)) for a, b in zip(whole.places.tolist(), parts.places.tolist(), strict=True)]
    assert np.mean(both) > 0.8 * neighbours.COUNT
    assert all(place not in row for place, row in enumerate(parts.places.tolist()))


def test_what_no_plane_tells_the_neighbours_do_and_unknown_labels_stay_unknown() -> None:
    space, states = islands(300)
    wrong = np.random.default_rng(1).permutation(300)[:20]
    states[wrong] = 3 - states[wrong]
    states[200:220] = State.UNSURE
    alone = np.full((300, 1), 0.5, np.float32)
    alone[200:220] = np.nan
    for _ in found(space, states).join(alone, states):
        pass
    assert np.isnan(alone[200:220]).all()
    against = np.where(states == State.RAISED, 1 - alone, alone)[:, 0]
    against[200:220] = 0
    known = set(wrong.tolist()) - set(range(200, 220))
    assert set(np.argsort(-against)[: len(known)].tolist()) == known


def test_neighbours_without_a_label_of_the_flag_are_not_heard() -> None:
    space, states = islands(200)
    states = np.concatenate([states, np.where(np.arange(200)[:, None] < 12, State.RAISED, State.UNSEEN)], axis=1)
    alone = np.full((200, 2), 0.3, np.float32)
    for _ in found(space, states.astype(np.uint8)).join(alone, states.astype(np.uint8)):
        pass
    assert (alone[:, 0] != np.float32(0.3)).any()
    assert (alone[:, 1] == np.float32(0.3)).all(), "one kind alone tells nothing"


def exclusive(count: int, flags: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of flags of which every photo shows one, and the labels, as given."""
    rng = np.random.default_rng(seed)
    truth = np.eye(flags)[rng.integers(0, flags, count)]
    odds = np.exp(3 * truth - 2 + rng.normal(size=truth.shape))
    said = np.maximum(odds / odds.sum(axis=1, keepdims=True), 1e-3)
    return said.astype(np.float32), np.where(truth == 1, State.RAISED, State.CLEAR).astype(np.uint8)


def test_flags_that_crowd_each_other_out_compete_without_a_group_and_others_do_not() -> None:
    said, states = exclusive(600, 4, seed=0)
    free = np.stack([np.random.default_rng(flag).permutation(said[:, flag]) for flag in range(4)], axis=1)
    gaps = []
    for some in (said, free):
        some[:2] = [[0.4, 0.9, 0.05, 0.05], [0.4, 0.05, 0.05, 0.05]]  # a strong rival, and none
        rival, none = contradicted(some, states, [])[:2, 0].tolist()
        gaps.append(none - rival)
    assert gaps[0] > 0.1
    assert gaps[1] < 0.3 * gaps[0]


def test_a_member_that_is_not_known_takes_nobody_s_part() -> None:
    said, states = exclusive(200, 3, seed=1)
    said[50, 1] = np.nan
    before = contradicted(said[:, :1], states[:, :1], [])[50, 0]
    assert contradicted(said, states, [[0, 1, 2]])[50, 0] == pytest.approx(float(before), abs=0.15)


@pytest.mark.parametrize("each_label", [False, True])
def test_the_usual_is_taken_off_where_errors_go_both_ways_alike(each_label: bool) -> None:
    rng = np.random.default_rng(4)
    truth = rng.random(4000) < 0.1
    noise = np.where(truth, 0.1, 0.1 if each_label else 0.1 / 9)
    given = truth ^ (rng.random(4000) < noise)
    said = 1 / (1 + np.exp(-(6 * truth - 4 + rng.normal(size=4000))))[:, None].astype(np.float32)
    states = np.where(given, State.RAISED, State.CLEAR).astype(np.uint8)[:, None]
    spoken = contradicted(said, states, [])
    lifted = float(np.median(spoken[said[:, 0] < 0.1])) / float(np.median(said[said[:, 0] < 0.1]))
    assert lifted < 1.2 if each_label else lifted > 1.5
