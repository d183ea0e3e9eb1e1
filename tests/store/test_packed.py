"""Packed columns are used where they hold and passed over where they do not: what is read is the same."""

import shutil
from pathlib import Path

import pytest

from tests.store.test_mirror import same
from tests.store.written import write
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.store import backups, mirror, packed, replacing
from weldstudio.store.store import Store

RAISED, CLEAR = label_byte(State.RAISED, Source.HAND), label_byte(State.CLEAR, Source.HAND)


@pytest.fixture
def packed_store(store: Store) -> Store:
    """One whose first photo was labelled before it was packed."""
    write(store, [(1, 0, 0, RAISED)])
    packed.write(store, packed.row_by_row(store))
    return store


def used(store: Store) -> bool:
    """Whether the columns hold; what is read is that of the rows in any case."""
    holds = packed.read(store) is not None
    read = mirror.read(store)
    (store.folder / packed.FILE).rename(store.folder / "away")
    assert same(read, mirror.read(store))
    (store.folder / "away").rename(store.folder / packed.FILE)
    return holds


def test_what_was_packed_is_brought_up_to_date(packed_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write(packed_store, [(1, 0, RAISED, CLEAR), (2, 1, 0, RAISED)])
    assert used(packed_store)
    monkeypatch.setattr(packed, "MANY", 1)
    assert not used(packed_store), "too much has changed"


def test_a_store_of_another_past_is_read_row_by_row(packed_store: Store, tmp_path: Path) -> None:
    folder = packed_store.folder
    write(packed_store, [(3, 0, 0, RAISED)])
    backups.copy(folder, "before")
    write(packed_store, [(3, 0, RAISED, CLEAR)])
    packed.write(packed_store, packed.row_by_row(packed_store))
    (snapshot,) = (folder / backups.FOLDER).glob("*before*.sqlite")
    replacing.replace(folder, snapshot)
    with Store.open(folder) as restored:
        assert not used(restored), "a snapshot of before it was packed"
        packed.write(restored, packed.row_by_row(restored))
        assert used(restored)
    shutil.copytree(folder, tmp_path / "copy")
    with Store.open(folder) as here, Store.open(tmp_path / "copy") as there:
        write(here, [(4, 0, 0, RAISED)])
        write(there, [(4, 0, 0, CLEAR)])
        assert used(here)
        assert used(there), "each with what it went on to"
        packed.write(here, packed.row_by_row(here))
        shutil.copy(folder / packed.FILE, there.folder / packed.FILE)
        assert not used(there)


def test_a_damaged_file_and_a_text_that_cannot_be_packed_are_passed_over(packed_store: Store) -> None:
    file = packed_store.folder / packed.FILE
    whole = file.read_bytes()
    file.write_bytes(whole[:-200])
    assert not used(packed_store)
    middle = len(whole) // 2
    file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    used(packed_store)
    file.write_bytes(whole)
    with packed_store.atomic():
        packed_store.execute("UPDATE photos SET path = ? WHERE id = 2", ("a\0b",))
    packed.write(packed_store, packed.row_by_row(packed_store))
    assert file.read_bytes() == whole
