"""Arrays inside messages: base64 of their bytes, beside a shape that travels in a field of its own."""

import base64
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def pack(array: NDArray[Any]) -> str:
    """Base64 of an array's bytes in C order, little-endian."""
    little = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
    return base64.b64encode(little.tobytes()).decode("ascii")


def unpack(text: str, shape: tuple[int, ...], dtype: DTypeLike = np.float16) -> NDArray[Any]:
    """The array that `pack` packed, read-only. One -1 in `shape` is worked out. Raises ValueError."""
    return np.frombuffer(base64.b64decode(text), dtype=np.dtype(dtype).newbyteorder("<")).reshape(shape)
