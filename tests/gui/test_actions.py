"""The table of actions: unique, drawn, connected by name, held to its page; keys of flags."""

from pathlib import Path

from PySide6.QtGui import QKeySequence

from weldstudio import paths
from weldstudio.domain.scheme import Scheme
from weldstudio.gui.actions import Actions
from weldstudio.studio.action_table import TABLE
from weldstudio.studio.flag_keys import CHOOSE, SET, UNSURE


def test_ids_are_unique_and_icons_exist() -> None:
    assert len({row.id for row in TABLE}) == len(TABLE)
    drawn = {file.stem for file in (paths.resources() / "icons").glob("*.svg")}
    assert {row.icon for row in TABLE if row.icon} <= drawn
    assert all(row.menu for row in TABLE)


def test_a_key_means_one_thing_on_each_page() -> None:
    pages = {row.page for row in TABLE} - {""}
    for page in pages:
        keys: dict[str, str] = {}
        for row in TABLE:
            if row.page not in ("", page):
                continue
            for key in filter(None, row.key.split(" | ")):
                text = QKeySequence(key).toString()
                assert text, f"{key} of {row.id} is no key"
                assert text not in keys, f"{text} on {page}: {row.id} and {keys.get(text)}"
                keys[text] = row.id


def test_an_action_works_when_connected_on_its_page_and_not_switched_off(qapp: object) -> None:
    actions = Actions()
    calls: list[str] = []
    actions.set_project(True)
    actions.set_page("review")
    actions.trigger("label.raise")
    assert calls == []
    actions.connect("label.raise", lambda: calls.append("raise"))
    actions.trigger("label.raise")
    actions.set_enabled("label.raise", False)
    actions.trigger("label.raise")
    actions.set_enabled("label.raise", True)
    actions.set_page("flags")
    actions.trigger("label.raise")
    actions.set_page("review")
    actions.trigger("label.raise")
    assert calls == ["raise", "raise"]


def test_a_checkable_action_says_whether_it_is_on(qapp: object) -> None:
    actions = Actions()
    actions.set_project(True)
    actions.set_page("review")
    heard: list[bool] = []
    actions.connect("overlay.toggle", heard.append)
    actions.trigger("overlay.toggle")
    actions.trigger("overlay.toggle")
    assert heard == [True, False]


def test_closing_the_project_forgets_what_pages_connected(qapp: object) -> None:
    actions = Actions()
    calls: list[int] = []
    actions.set_project(True)
    actions.set_page("review")
    actions.connect("label.raise", lambda: calls.append(1))
    actions.connect("overlay.toggle", lambda _on: calls.append(2))
    actions.set_project(False)
    actions.set_project(True)
    assert not actions["label.raise"].isEnabled()
    actions.connect("label.raise", lambda: calls.append(3))
    actions.trigger("label.raise")
    assert calls == [3]


def test_flag_keys_say_which_class_and_what(qapp: object) -> None:
    actions = Actions()
    actions.set_project(True)
    actions.set_page("review")
    actions.set_flags(Scheme().with_flag("a").with_flag("b"))
    heard: list[tuple[int, str]] = []
    actions.flag_pressed.connect(lambda slot, verb: heard.append((slot, verb)))
    by_key = {action.shortcut().toString(): action for action in actions.all() if action.shortcut().toString()}
    for key in ("2", "Shift+1", "Alt+2"):
        by_key[key].trigger()
    assert heard == [(1, SET), (0, UNSURE), (1, CHOOSE)]
    actions.set_page("train")
    by_key["2"].trigger()
    assert len(heard) == 3


def test_every_drawing_can_be_tinted() -> None:
    for file in sorted((paths.resources() / "icons").glob("*.svg")):
        text = Path(file).read_text(encoding="utf-8")
        assert "currentColor" in text, file.name
        assert 'stroke-width="1.5"' in text, file.name
