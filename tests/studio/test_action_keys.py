"""Keys that a person gives to actions: kept in the settings, refused by name where they clash."""

import pytest

from weldstudio.domain.scheme import Scheme
from weldstudio.studio import action_keys
from weldstudio.studio.action_table import TABLE

SCHEME = Scheme().with_flag("soil").with_flag("water", key="F11").with_flag("dirt", key="Ä")


@pytest.mark.parametrize(
    ("action", "key", "named"),
    [
        ("joint.accept", "Ctrl+E", "Export labels"),  # an action that holds everywhere
        ("joint.accept", "F7", "Reject the joint"),
        ("scheme.merge", "ctrl+g", "Group of flags"),
        ("joint.accept", "F11", "water"),
        ("joint.accept", "Shift+F11", "water"),
        ("joint.accept", "1", "soil"),
        ("joint.accept", "Alt+1", "soil"),
        ("joint.accept", "Ä", "dirt"),
        ("joint.accept", "W", "kept for flags"),
        ("app.settings", "Alt+Shift+W", "kept for flags"),
        ("joint.accept", "Left", "Previous photograph"),
        ("joint.accept", "Tab", "move about"),
        ("joint.accept", "Shift+Up", "move about"),
    ],
)
def test_a_key_that_is_taken_is_refused_with_the_name_of_what_has_it(action: str, key: str, named: str) -> None:
    assert named in action_keys.refusal(action, key, {}, scheme=SCHEME)


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("joint.accept", "Ctrl+Alt+B"),
        ("joint.accept", "Ctrl+Alt+A"),
        ("joint.accept", "F6"),
        ("scheme.merge", "W"),
        ("label.nothing", ""),
    ],
)
def test_a_free_key_is_taken(action: str, key: str) -> None:
    assert action_keys.refusal(action, key, {}, scheme=SCHEME) == ""


def test_a_key_given_away_is_free_and_the_new_one_taken() -> None:
    keys = action_keys.with_key({}, "joint.reject", "Ctrl+Alt+R")
    assert action_keys.refusal("joint.accept", "F7", keys) == ""
    assert "Reject the joint" in action_keys.refusal("joint.accept", "Ctrl+Alt+R", keys)
    assert action_keys.with_key(keys, "joint.reject", "F7") == {}, "as the table has it is no change"
    assert action_keys.with_key(keys, "joint.reject", None) == {}


def test_the_settings_keep_them_and_unknown_ones_do_no_harm() -> None:
    keys = {"joint.accept": "=", "label.nothing": ""}
    assert action_keys.read((*action_keys.stored(keys), "gone.action=F2", "nonsense")) == keys
    (row,) = (row for row in TABLE if row.id == "label.nothing")
    assert action_keys.keys_of(row, keys) == ()
    assert action_keys.keys_of(row, {}) == ("N",)


def test_every_key_of_the_table_may_be_given_back() -> None:
    for row in TABLE:
        for key in filter(None, row.key.split(" | ")):
            words = action_keys.refusal(row.id, key, {})
            assert not words or "move about" in words, (row.id, key, words)
