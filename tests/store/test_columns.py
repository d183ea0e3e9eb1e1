import numpy as np
import pytest

from weldstudio.store import columns
from weldstudio.store.store import Store


@pytest.fixture
def table(store: Store) -> Store:
    """A table of odd rows, put in out of order."""
    with store.atomic():
        store.execute("CREATE TABLE odd (a INTEGER, b INTEGER, path TEXT, blob BLOB, PRIMARY KEY (path)) WITHOUT ROWID")
        store.executemany(
            "INSERT INTO odd VALUES (?, ?, ?, ?)",
            [
                (7, -3, "a, b/ä\n'x.jpg", b"\0\0\1"),
                (2**60, 0, "b//".rstrip("/"), b""),
                (5, 4, "z/0.jpg", b"\xff\0"),
            ],
        )
    return store


def test_numbers_and_texts_come_ascending_and_whole(table: Store) -> None:
    numbers, paths = columns.numbers_and_texts(table, ("a", "b"), "path", "odd")
    assert numbers.tolist() == [[5, 7, 2**60], [4, -3, 0]]
    assert paths == ["z/0.jpg", "a, b/ä\n'x.jpg", "b"]
    numbers, paths = columns.numbers_and_texts(table, ("a",), "path", "odd WHERE a = ?", (7,))
    assert (numbers.tolist(), paths) == ([[7]], ["a, b/ä\n'x.jpg"])


def test_a_text_with_what_stands_between_is_whole(table: Store) -> None:
    with table.atomic():
        table.execute("INSERT INTO odd VALUES (6, 1, 'weld // 7//', x'00')")
    numbers, texts = columns.numbers_and_texts(table, ("a", "b"), "path", "odd WHERE a < ?", (10,))
    assert numbers.tolist() == [[5, 6, 7], [4, 1, -3]]
    assert texts == ["z/0.jpg", "weld // 7//", "a, b/ä\n'x.jpg"]


def test_numbers_come_alone(table: Store) -> None:
    assert columns.numbers(table, ("a", "b"), "odd").tolist() == [[5, 7, 2**60], [4, -3, 0]]
    assert columns.numbers(table, ("a", "b"), "odd WHERE a < 0").shape == (2, 0)


def test_blobs_of_any_bytes_and_widths_become_rows(table: Store) -> None:
    keys, matrix = columns.blobs(table, "a", "blob", "odd", dtype=np.uint8, fill=9)
    assert keys.tolist() == [5, 7, 2**60]
    assert matrix.tolist() == [[255, 0, 9], [0, 0, 1], [9, 9, 9]]
    keys, matrix = columns.blobs(table, "a", "blob", "odd WHERE a = ?", (7,), dtype=np.uint8, fill=9)
    assert matrix.tolist() == [[0, 0, 1]]


def test_nothing_is_empty_columns(table: Store) -> None:
    keys, matrix = columns.blobs(table, "a", "blob", "odd WHERE a < 0", dtype=np.float16, fill=np.nan)
    assert (keys.shape, matrix.shape, matrix.dtype) == ((0,), (0, 0), np.float16)
    numbers, paths = columns.numbers_and_texts(table, ("a", "b"), "path", "odd WHERE a < 0")
    assert (numbers.shape, paths) == ((2, 0), [])
