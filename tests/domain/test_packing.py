"""Arrays survive the way through a message."""

import numpy as np
import pytest

from weldstudio.domain.packing import pack, unpack


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.uint8, np.int64])
def test_an_array_comes_back(dtype: type) -> None:
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    assert np.array_equal(unpack(pack(array), array.shape, dtype), array)
    assert np.array_equal(unpack(pack(array[:, ::2]), (2, 2, 4), dtype), array[:, ::2])
    assert unpack(pack(array), (2, -1), dtype).shape == (2, 12)
    assert unpack(pack(array[:0]), (0, 3, 4), dtype).shape == (0, 3, 4)


def test_big_endian_arrays_come_back_by_value() -> None:
    assert unpack(pack(np.array([1.5, -2], ">f2")), (2,)).tolist() == [1.5, -2]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        unpack(pack(np.zeros(4, np.float16)), (3,))
