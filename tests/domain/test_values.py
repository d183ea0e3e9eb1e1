"""Small values: clock, changes, model card, frame."""

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.clock import HybridClock, wall_seconds
from weldstudio.domain.model import Frame, ModelCard, ModelClass, Preprocessing, slot_row
from weldstudio.domain.photo import Contractor, Limit, Photo

sets = st.frozensets(st.integers(0, 9), max_size=4)
changes = st.builds(
    Changes, photos=sets, labels=sets, scheme=st.booleans(), actions=st.lists(st.text(max_size=2)).map(tuple)
)


def test_the_clock_never_runs_backwards_and_passes_what_it_has_seen() -> None:
    clock = HybridClock()
    times = [clock.tick() for _ in range(1000)]
    assert times == sorted(set(times))
    clock.see(times[-1] + (1 << 40))
    assert clock.tick() > times[-1] + (1 << 40)
    assert wall_seconds(times[0]) == pytest.approx(wall_seconds(times[-1]), abs=5)


@given(st.lists(changes, max_size=5))
def test_a_union_of_many_is_the_union_one_by_one(parts: list[Changes]) -> None:
    together = NO_CHANGES
    for part in parts:
        together = together | part
    assert Changes.of(parts) == together
    assert bool(together) == any(parts)


def test_a_card_survives_json() -> None:
    card = ModelCard(
        "m1",
        "Clamps, 7",
        "mobilenet_v2",
        (ModelClass(0, "Soil", 0.31), ModelClass(3, "No Clamps", too_few=7)),
        preprocessing=Preprocessing(320, fit="crop"),
        scores={"Soil": {"auc": 0.9}},
    )
    assert ModelCard.from_json(json.loads(json.dumps(card.to_json()))) == card


def test_a_damaged_card_is_refused() -> None:
    with pytest.raises(ValueError, match="damaged"):
        ModelCard.from_json({"id": "m1"})


def test_an_overlay_lies_on_the_square_that_the_network_saw() -> None:
    assert Frame.of(400, 200, Preprocessing(fit="crop")) == Frame(0.25, 0.0, 0.75, 1.0)
    assert Frame.of(200, 400, Preprocessing(fit="crop")) == Frame(0.0, 0.25, 1.0, 0.75)
    assert Frame.of(400, 200, Preprocessing()) == Frame()


def test_probabilities_are_spread_over_slots() -> None:
    card = ModelCard("m", "m", "mobilenet_v2", (ModelClass(2, "a"), ModelClass(0, "b")))
    row = slot_row(card, np.array([[0.25, 0.5]]), 4)
    assert row[0, [2, 0]].tolist() == [0.25, 0.5]
    assert np.isnan(row[0, [1, 3]]).all()


def test_a_photo_knows_its_name_and_a_contractor_its_limit() -> None:
    assert Photo(1, 1, "a/b/c.jpg", 1, 1, 1).name == "c.jpg"
    with pytest.raises(ValueError, match="reject limit"):
        Limit(date(2026, 1, 1), 0)
    limited = Contractor(1, "x", (Limit(date(2026, 1, 1), 40), Limit(date(2026, 3, 1), 60)))
    assert [limited.limit_on(date(2026, month, 1)) for month in (1, 2, 3)] == [40, 40, 60]
    assert limited.limit_on(date(2025, 12, 31)) == 50
    with pytest.raises(ValueError, match="order of their days"):
        Contractor(1, "x", limited.limits[::-1])
