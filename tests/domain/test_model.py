"""Where an overlay lies on a photo."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.model import Frame


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
