"""What a model remembers of the scheme that it was trained for, and where its overlays lie."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.model import Frame, ModelCard, ModelClass, scheme_difference
from weldstudio.domain.scheme import Scheme

NOW = Scheme().with_flag("clamp").with_flag("soil").with_flag("dirt")


def card(*slots: int, scheme: Scheme = NOW) -> ModelCard:
    return ModelCard("m", "m", "net", tuple(ModelClass(slot, scheme.by_slot(slot).name) for slot in slots))


def test_a_model_of_the_present_scheme_is_not_marked() -> None:
    assert scheme_difference(card(0, 1, 2), NOW) == ""


def test_a_merge_made_since_is_judged_by_its_flags() -> None:
    merged = NOW.with_merge("ground", (1, 2))
    assert scheme_difference(card(0, 1, 2), merged) == (
        "Trained for another scheme: it judges ground by the flags merged since."
    )
    assert scheme_difference(card(0, 3, scheme=merged), merged) == ""
    everything = card(0, 1, 2, 3, scheme=merged)
    assert scheme_difference(everything, merged) == "", "trained for flags and merges, and both are there"


def test_what_is_gone_new_or_renamed_is_named() -> None:
    merged = NOW.with_merge("ground", (1, 2))
    words = scheme_difference(card(0, 3, scheme=merged), merged.without_merge("ground").with_flag("water"))
    assert "knows ground, which the scheme has no more" in words
    assert "says nothing of soil, dirt, water" in words
    renamed = NOW.with_changed_flag(replace(NOW.flags[1], name="earth"))
    assert "'soil' is called 'earth' now" in scheme_difference(card(0, 1, 2), renamed)


@given(st.tuples(*[st.floats(0, 0.4)] * 2), st.tuples(*[st.floats(0.6, 1)] * 2), st.integers(0, 3))
def test_a_frame_turns_with_its_photo(begin: tuple[float, float], end: tuple[float, float], quarters: int) -> None:
    frame = Frame(begin[0], begin[1], end[0], end[1])
    rows, columns = 400, 1000
    photo = np.zeros((rows, columns), dtype=bool)
    down, across = (frame.top, frame.bottom), (frame.left, frame.right)
    photo[slice(*(round(y * rows) for y in down)), slice(*(round(x * columns) for x in across))] = True
    turned = np.rot90(photo, -quarters)
    high, wide = turned.shape
    found = frame.turned(quarters)
    middle = ((found.top + found.bottom) / 2 * high, (found.left + found.right) / 2 * wide)
    assert turned.any(axis=1).sum() == pytest.approx((found.bottom - found.top) * high, abs=1.5)
    assert turned.any(axis=0).sum() == pytest.approx((found.right - found.left) * wide, abs=1.5)
    where = np.argwhere(turned).mean(axis=0) + 0.5
    assert where == pytest.approx(middle, abs=1.5)
    back = found.turned(-quarters)
    assert (back.left, back.top, back.right, back.bottom) == pytest.approx(
        (frame.left, frame.top, frame.right, frame.bottom)
    )
