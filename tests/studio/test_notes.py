"""Notes: written, changed, taken back, looked for."""

import pytest

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.scheme import Scheme
from weldstudio.store import mirror, photos
from weldstudio.store.store import Store
from weldstudio.studio import labelling, notes, reviewing
from weldstudio.studio.filters import parse


def found(store: Store, text: str) -> list[int]:
    seen = mirror.read(store)
    return [int(i) for i in seen.ids[reviewing.select(seen, parse(text, seen.scheme))]]


def test_a_note_is_an_edit_like_any_other(welds: Store) -> None:
    first = notes.note_photo(welds, 1, "  Ask the crew\nfor another photo ", who="Ann")
    assert first.text == "Note on 00.jpg: Ask the crew for another photo"
    second = notes.note_photo(welds, 1, "They sent one", who="Bob")
    assert notes.on_photo(welds, 1) == "They sent one"
    assert notes.note_photo(welds, 1, "They sent one", who="Bob").action_id is None
    assert first.action_id is not None
    assert second.action_id is not None
    kept = labelling.revert(welds, first.action_id, who="Ann")
    assert kept.action_id is None
    assert "changed since" in kept.text
    labelling.revert(welds, second.action_id, who="Ann")
    assert notes.on_photo(welds, 1) == "Ask the crew\nfor another photo"
    labelling.revert(welds, first.action_id, who="Ann")
    assert notes.on_photo(welds, 1) == ""
    assert [text for _, text, _ in labelling.undoable(welds, who="Bob")] == [second.text]


def test_notes_are_found_by_their_words(welds: Store) -> None:
    photos.set_joints(welds, [(3, "J-1", None), (4, "J-1", None)])
    joint = welds.value("SELECT joint_id FROM photos WHERE id = 3")
    notes.note_photo(welds, 1, "Größe: ask THE crew", who="Ann")
    notes.note_joint(welds, joint, "the crew was told", who="Ann")
    assert found(welds, "note:crew") == [1, 3, 4]
    assert found(welds, 'note:"the crew was"') == [3, 4]
    assert found(welds, "note:GRÖSSE") == [1]
    assert found(welds, "noted") == [1, 3, 4]
    assert found(welds, "-noted name:05") == [6]
    assert [(note.about, note.name) for note in notes.listed(welds, containing="Crew")] == [
        ("photo", "a/00.jpg"),
        ("joint", "J-1"),
    ]
    assert found(welds, "CREW") == found(welds, "note:crew")  # what one simply types is looked for in notes as well
    notes.note_joint(welds, joint, "", who="Ann")
    assert found(welds, "noted") == [1]
    assert parse('note:"a b"', Scheme()).text == 'note:"a b"'


def test_what_shows_notes_hears_of_them(welds: Store) -> None:
    seen = mirror.read(welds)
    before = welds.sequence
    notes.note_photo(welds, 2, "look again", who="Ann")
    changes = welds.changes_since(before)
    assert changes.photos == frozenset({2})
    seen.apply(mirror.read_rows(welds, changes))
    assert seen.notes.photos == {2: "look again"}


def test_nonsense_is_refused(welds: Store) -> None:
    with pytest.raises(EditRefused, match="at most 10,000"):
        notes.note_photo(welds, 1, "x" * 10_001, who="Ann")
    with pytest.raises(EditRefused, match="not in the project"):
        notes.note_photo(welds, 99, "x", who="Ann")
    with pytest.raises(EditRefused, match="not in the project"):
        notes.note_joint(welds, 99, "x", who="Ann")
