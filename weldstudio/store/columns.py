"""Whole columns of a table, put together inside SQLite: several times as quick for many rows as row by row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from weldstudio.store.store import Store

_BETWEEN = "//"
"""Between texts: in paths inside a folder this cannot be."""
_BYTES = "CAST(group_concat({}, '{}') AS BLOB)"
"""What is joined is text to SQLite, whatever its bytes are; as a blob it is handed out as it is."""


def numbers(store: Store, names: Sequence[str], table: str, parameters: Sequence[Any] = ()) -> NDArray[np.int64]:
    """Columns of whole numbers, (columns, rows), the first of which is the key that they ascend by."""
    (columns, _) = _joined(store, names, "", table, parameters, between="")
    order = _ascending(columns[0])
    return columns if order is None else columns[:, order]


def numbers_and_texts(
    store: Store, names: Sequence[str], text: str, table: str, parameters: Sequence[Any] = ()
) -> tuple[NDArray[np.int64], list[str]]:
    """As `numbers`, and a column of texts, none of which is NULL."""
    columns, joined = _joined(store, names, text, table, parameters, between=_BETWEEN)
    texts = joined.decode().split(_BETWEEN) if columns.size else []
    if len(texts) != columns.shape[1]:  # one of them holds what was put between them
        texts = [value for (value,) in store.rows(f"SELECT {text} FROM {table} ORDER BY {names[0]}", parameters)]
        return columns[:, np.argsort(columns[0])], texts
    order = _ascending(columns[0])
    return (columns, texts) if order is None else (columns[:, order], [texts[row] for row in order.tolist()])


def blobs(
    store: Store, key: str, blob: str, table: str, parameters: Sequence[Any] = (), *, dtype: DTypeLike, fill: float
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Keys, ascending, and their blobs as rows of a matrix of `dtype`; what is shorter than the widest is filled up."""
    sql = (
        f"SELECT group_concat({key}), min(length({blob})), max(length({blob})), {_BYTES.format(blob, '')} FROM {table}"
    )
    joined_keys, least, most, joined = store.rows(sql, parameters)[0]
    if joined_keys is None:
        return np.zeros(0, np.int64), np.zeros((0, 0), dtype)
    keys, values, size = _whole(joined_keys), np.frombuffer(joined, dtype), np.dtype(dtype).itemsize
    if least == most:
        matrix = values.reshape(len(keys), most // size)
    else:
        widths = _whole(store.rows(f"SELECT group_concat(length({blob})) FROM {table}", parameters)[0][0]) // size
        matrix = np.full((len(keys), most // size), fill, dtype)
        matrix[np.arange(matrix.shape[1]) < widths[:, None]] = values
    order = _ascending(keys)
    return (keys, matrix) if order is None else (keys[order], matrix[order])


def _joined(
    store: Store, names: Sequence[str], last: str, table: str, parameters: Sequence[Any], *, between: str
) -> tuple[NDArray[np.int64], bytes]:
    """Columns of whole numbers, (columns, rows), and the bytes of a last one, if any, one behind the other."""
    lists = ", ".join(f"group_concat({name})" for name in names)
    *texts, joined = store.rows(
        f"SELECT {lists}, {_BYTES.format(last, between) if last else 'NULL'} FROM {table}", parameters
    )[0]
    if texts[0] is None:
        return np.zeros((len(names), 0), np.int64), b""
    return np.stack([_whole(text) for text in texts]), joined


def _whole(text: str) -> NDArray[np.int64]:
    """Whole numbers with commas between."""
    return np.fromstring(text, np.int64, sep=",")


def _ascending(keys: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """The order that makes keys ascend; None where they do, which they nearly always do."""
    return None if (np.diff(keys) > 0).all() else np.argsort(keys)
