"""Example photos: known by content, kept as copies, undone like every edit of the scheme."""

import json
from pathlib import Path

import pytest

from tests.photos import make_collection
from tests.studio.labelled import add_photos
from weldstudio.domain.errors import EditRefused, SchemeError
from weldstudio.domain.scheme import Example, Flag, Scheme
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import examples, labelling, merging, scheme_files
from weldstudio.studio.scheme_text import from_json, to_json


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = make_collection(tmp_path / "photos", 3, size=(64, 48))
    store = Store.create(tmp_path / "p")
    scheme_rows.save(store, Scheme((Flag(0, "soil"), Flag(1, "water"))))
    add_photos(store, made)
    return store


def flag(store: Store, slot: int = 0) -> Flag:
    found = scheme_rows.load(store).by_slot(slot)
    assert isinstance(found, Flag)
    return found


def test_an_example_is_one_action_and_is_one_thing_only(store: Store) -> None:
    with store:
        first = examples.add(store, 0, 1, who="Ann")
        (typical,) = flag(store).examples
        assert not typical.look_alike
        assert examples.add(store, 0, 1, who="Ann").action_id is None
        examples.add(store, 0, 1, look_alike=True, who="Ann")
        assert [one.look_alike for one in flag(store).examples] == [True]
        examples.add(store, 0, 2, who="Ann")
        examples.remove(store, 0, typical.content_hash, who="Ann")
        assert len(flag(store).examples) == 1
        assert first.action_id
        assert from_json(json.loads(json.dumps(to_json(scheme_rows.load(store))))) == scheme_rows.load(store)


def test_undo_takes_it_back(store: Store) -> None:
    with store:
        done = examples.add(store, 0, 1, who="Ann")
        labelling.revert(store, str(done.action_id), who="Ann")
        assert flag(store).examples == ()


def test_a_copy_is_shown_where_the_photo_is_gone_and_made_again_where_the_copy_is(store: Store) -> None:
    with store:
        examples.add(store, 0, 1, who="Ann")
        (one,) = examples.shown(store, flag(store).examples)
        assert one.picture is not None
        one.picture.unlink()
        store.execute("UPDATE photos SET content_hash = ? WHERE id = 1", (one.example.content_hash,))
        (again,) = examples.shown(store, flag(store).examples)
        assert (again.photo_id, again.picture) == (1, one.picture)
        store.execute("UPDATE photos SET content_hash = ?", ("f" * 64,))
        (copy,) = examples.shown(store, flag(store).examples)
        assert (copy.photo_id, copy.picture) == (None, one.picture)
        (nothing,) = examples.shown(store, [Example("0" * 64)])
        assert (nothing.photo_id, nothing.picture) == (None, None)


def test_a_scheme_file_takes_them_along(store: Store, tmp_path: Path) -> None:
    with store:
        examples.add(store, 0, 1, who="Ann")
        wanted = flag(store).examples
        scheme_files.give_out(store, tmp_path / "ours.toml")
    with Store.create(tmp_path / "q") as other:
        scheme_rows.save(other, Scheme((Flag(0, "water"), Flag(1, "soil", 7))))
        scheme_files.take_over(other, tmp_path / "ours.toml", who="Bob")
        assert flag(other, 1).examples == wanted
        (one,) = examples.shown(other, wanted)
        assert one.picture is not None


def test_what_can_be_no_example_is_refused(store: Store, tmp_path: Path) -> None:
    with store:
        with pytest.raises(EditRefused, match="not in the project"):
            examples.add(store, 0, 99, who="Ann")
        merging.merge(store, "both", [0, 1], who="Ann")
        with pytest.raises(SchemeError, match="is a merge"):
            examples.add(store, 2, 1, who="Ann")
        next(file for file in sorted((tmp_path / "photos").rglob("*.jpg"))).unlink()
        with pytest.raises(EditRefused, match="cannot be read"):
            examples.add(store, 0, 1, who="Ann")
        assert flag(store).examples == ()
