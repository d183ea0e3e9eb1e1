import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.settings import Setting, Settings, table


def value_of(row: Setting) -> st.SearchStrategy[Any]:
    """Every value that the row may hold."""
    if row.choices:
        return st.sampled_from(row.choices)
    kinds: dict[type, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        str: st.text(st.characters(codec="utf-8")),
        tuple: st.lists(st.text(st.characters(codec="utf-8")), max_size=4).map(tuple),
        int: st.integers(int(row.low or 0), int(row.high or 9)),
        float: st.floats(row.low, row.high),
    }
    return kinds[type(row.default)]


some_values = st.fixed_dictionaries({}, optional={row.name: value_of(row) for row in table()})


@given(values=some_values)
def test_what_is_saved_is_loaded(values: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("settings") / "deep" / "settings.json"
    settings = Settings.load(path)
    settings.change(**values)
    settings.save()
    loaded = Settings.load(path)
    assert loaded == settings
    assert loaded.problems == ()
    assert {row.name: type(getattr(loaded, row.name)) for row in table()} == {
        row.name: type(row.default) for row in table()
    }


def test_the_file_holds_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = Settings.load(path)
    settings.change(theme="dark", thumbnail_size=200)
    settings.save()
    assert json.loads(path.read_text()) == {"theme": "dark", "thumbnail_size": 200}
    settings.change(theme="system")
    settings.save()
    assert json.loads(path.read_text()) == {"thumbnail_size": 200}
    assert [file.name for file in tmp_path.iterdir()] == ["settings.json"]


def test_two_windows_do_not_undo_each_other(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    one, other = Settings.load(path), Settings.load(path)
    one.change(theme="dark")
    one.save()
    other.change(density="compact")
    other.save()
    loaded = Settings.load(path)
    assert (loaded.theme, loaded.density) == ("dark", "compact")


def test_rows_of_a_newer_version_are_carried_along(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"holograms": {"on": true}, "theme": "light"}')
    settings = Settings.load(path)
    assert settings.problems == ()
    settings.change(auto_advance=False)
    settings.save()
    assert json.loads(path.read_text()) == {"holograms": {"on": True}, "theme": "light", "auto_advance": False}


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", "\x00\x01", '{"theme": "dark"'])
def test_a_corrupt_file_is_kept_aside_and_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    (tmp_path / "settings.json.broken-1").write_text("an older one")
    path.write_text(text)
    settings = Settings.load(path)
    assert settings == Settings()
    assert len(settings.problems) == 1
    assert "settings.json.broken-2" in settings.problems[0]
    assert (tmp_path / "settings.json.broken-2").read_text() == text
    assert (tmp_path / "settings.json.broken-1").read_text() == "an older one"
    settings.change(theme="dark")
    settings.save()
    assert Settings.load(path).theme == "dark"


def test_bytes_that_are_no_text_are_a_corrupt_file_too(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"\xff\xfe{}")
    assert len(Settings.load(path).problems) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", 3),
        ("overlay_opacity", 1.5),
        ("overlay_opacity", float("nan")),
        ("overlay_opacity", True),
        ("thumbnail_size", 63),
        ("thumbnail_size", 100.5),
        ("auto_advance", 1),
        ("recent_projects", "one"),
        ("recent_projects", [1]),
        ("expert", None),
    ],
)
def test_nonsense_is_refused_in_memory_and_passed_over_in_a_file(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        Settings().change(**{"density": "compact", name: value})
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"density": "compact", name: value}))
    settings = Settings.load(path)
    assert getattr(settings, name) == getattr(Settings(), name)
    assert settings.density == "compact", "one bad row must not take the others along"
    assert len(settings.problems) == 1
    assert name in settings.problems[0]


def test_a_refused_change_changes_nothing() -> None:
    settings = Settings()
    with pytest.raises(ValueError, match="pink"):
        settings.change(density="compact", theme="pink")
    with pytest.raises(ValueError, match="no setting “colour”"):
        settings.change(density="compact", colour="pink")
    assert settings == Settings()


@pytest.mark.skipif(os.name != "posix", reason="folders are locked otherwise here")
def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "dark"}')
    settings = Settings.load(path)
    settings.change(theme="light")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("weldstudio.settings.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            settings.save()
    assert path.read_text() == '{"theme": "dark"}'
    assert list(tmp_path.iterdir()) == [path]
    settings.save()
    assert Settings.load(path).theme == "light", "what was not saved is saved at the next try"


def test_recent_projects_are_newest_first_and_each_once(tmp_path: Path) -> None:
    settings = Settings()
    for number in range(20):
        settings.remember_project(tmp_path / str(number))
    settings.remember_project(tmp_path / "15")
    settings.forget_project(tmp_path / "19")
    names = [Path(project).name for project in settings.recent_projects]
    assert names[:4] == ["15", "18", "17", "16"]
    assert len(names) == len(set(names)) == 11


def test_labels_are_signed_by_the_name_that_was_set_or_by_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "u123")
    settings = Settings()
    assert settings.signature == "u123"
    settings.change(expert="  Ada ")
    assert settings.signature == "Ada"
