"""Keys of flags: one each, for 17 and for 40, and what a key may not be."""

from dataclasses import replace

import pytest

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.scheme import Scheme
from weldstudio.studio.action_table import TABLE
from weldstudio.studio.flag_keys import (
    CHOOSE,
    FLAG_KEYS,
    GIVEN,
    SET,
    UNSURE,
    choosing_key,
    chords,
    flag_keys,
    normal,
    refuse_taken,
)


def many(count: int) -> Scheme:
    scheme = Scheme()
    for n in range(count):
        scheme = scheme.with_flag(f"flag {n}")
    return scheme


def test_keys_of_flags_are_free_on_the_review_page() -> None:
    taken = {key for row in TABLE if row.page in ("", "review") for key in row.key.split(" | ")}
    assert not taken & set(chords(dict(enumerate(GIVEN))))
    assert len(set(FLAG_KEYS)) == len(FLAG_KEYS)


def test_flags_get_their_own_key_or_the_next_free_one() -> None:
    scheme = Scheme().with_flag("a").with_flag("b", key="1").with_flag("c")
    assert flag_keys(scheme.classes) == {0: "2", 1: "1", 2: "3"}


def test_no_key_changes_because_of_what_happens_to_another_flag() -> None:
    scheme = many(4)
    before = flag_keys(scheme.classes)
    own = flag_keys(scheme.with_changed_flag(replace(scheme.by_name("flag 1"), key="G")).classes)
    assert own == {**before, 1: "G"}
    assert flag_keys(scheme.with_order([3, 1, 0, 2]).classes) == before
    merged = flag_keys(scheme.with_merge("b or c", [1, 2]).classes)
    assert (merged[0], merged[3]) == (before[0], before[3])


@pytest.mark.parametrize("count", [17, 40, 58])
def test_each_of_many_flags_has_a_key_of_its_own(count: int) -> None:
    keys = flag_keys(many(count).classes)
    assert all(keys.values())
    asked = chords(keys)
    for slot, key in keys.items():
        assert asked[key] == (slot, SET)
    assert sorted(slot for slot, verb in asked.values() if verb == UNSURE) == list(range(count))


def test_the_second_bank_leaves_unsure_and_what_is_free_of_choosing() -> None:
    keys = flag_keys(many(30).classes)
    assert keys[29] == "Alt+1"
    asked = chords(keys)
    assert asked["Shift+1"] == (0, UNSURE)
    assert asked["Alt+1"] == (29, SET)
    assert asked["Alt+Shift+1"] == (29, UNSURE)
    assert asked["Alt+2"] == (1, CHOOSE)
    assert [choosing_key(keys, slot) for slot in (0, 1, 29)] == ["", "Alt+2", ""]


@pytest.mark.parametrize(
    ("said", "key"), [("q", "Q"), (" 7 ", "7"), ("alt+g", "Alt+G"), ("f5", "F5"), ("ö", "Ö"), ("", "")]
)
def test_a_key_is_stored_in_one_form(said: str, key: str) -> None:
    assert normal(said) == key


@pytest.mark.parametrize("said", ["Shift+1", "Ctrl+A", "qq", "F1", "Alt+", "Space", "\x07"])
def test_what_can_be_no_key_of_a_flag_is_refused(said: str) -> None:
    with pytest.raises(SchemeError, match="cannot be a flag's key"):
        normal(said)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("R", "Raise the chosen flag"),
        ("2", "flag 1"),
        ("G", "mud"),
        ("[", "Weaker overlay"),
        ("F6", "Accept the joint"),
        ("m", "flag 25"),
    ],
)
def test_a_clash_is_refused_by_name(key: str, name: str) -> None:
    scheme = many(29).with_changed_flag(replace(many(29).flags[3], name="mud", key="G"))
    with pytest.raises(SchemeError, match=f"used for '{name}'"):
        refuse_taken(scheme, 0, key)
    refuse_taken(scheme, 0, "Alt+F9")  # a key that no action has
    refuse_taken(scheme, 3, "G")
