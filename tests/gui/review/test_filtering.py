"""Filters by keys and mouse: ways to go on with what is typed, choices with their counts, saved views."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.review.test_page import CONTROL, SHIFT, At, Key
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.gui.export_dialog import ExportDialog
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.review.choice_menu import FIGURE_SPACE
from weldstudio.gui.review.form_dialog import FormDialog
from weldstudio.jobs.folder import RunFolder
from weldstudio.studio import views

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def at(qtbot: QtBot, window: MainWindow, project: Path) -> At:
    return At(qtbot, window, project)


def write(at: At, text: str) -> list[str]:
    """Type into the field and see what is offered."""
    at.key(Key.Key_F, CONTROL)
    at.page.header.field.selectAll()
    at.qtbot.keyClicks(at.page.header.field, text)
    return [way.text for way in at.page.header.field.offered.ways]


def test_a_term_is_completed_by_keys_and_quoted_as_it_has_to_be(at: At) -> None:
    at.key(Key.Key_1)
    field = at.page.header.field
    assert write(at, "fla")[0] == "flag:"
    at.key(Key.Key_Tab)
    assert field.text() == "flag:", "Tab takes the first"
    at.qtbot.keyClicks(field, "clamp")
    at.key(Key.Key_Down)
    at.key(Key.Key_Return)
    assert field.text() == 'flag:"No Clamp Used" '
    assert field.hasFocus(), "a term that is taken is not yet the whole filter"
    assert not field.offered.isVisible()
    at.key(Key.Key_Return)
    assert len(at.shown) == 1
    assert at.page.grid.hasFocus()


def test_return_means_the_text_as_it_stands_unless_a_row_was_chosen(at: At) -> None:
    assert write(at, "uns")[0] == "unseen"
    at.key(Key.Key_Return)
    assert at.page.filtering.shown.filter.text == "name:uns"
    write(at, "unseen")
    at.key(Key.Key_Return)
    assert len(at.shown) == 12


def test_what_is_offered_stays_while_the_photographs_follow_the_typing(at: At) -> None:
    write(at, "uns")
    at.page.header.typed.emit("uns")
    assert at.shown == []
    assert at.page.header.field.offered.isVisible()


def test_escape_takes_the_list_away_before_it_leaves_the_field(at: At) -> None:
    field = at.page.header.field
    assert write(at, "pro")
    at.key(Key.Key_Escape)
    assert field.hasFocus()
    assert not field.offered.isVisible()
    at.key(Key.Key_Escape)
    assert at.page.grid.hasFocus()


def test_the_list_comes_on_request_and_its_ends_lead_back_to_the_field(at: At) -> None:
    field = at.page.header.field
    assert write(at, "") == []
    at.key(Key.Key_Down, ALT)
    first, *_, last = field.offered.ways
    at.key(Key.Key_Up)
    assert field.offered.current == last
    at.key(Key.Key_Down)
    assert field.offered.current is None
    at.key(Key.Key_Down)
    assert field.offered.current == first
    assert field.hasFocus()


def test_a_click_takes_a_row_and_the_list_lies_below_the_field(at: At) -> None:
    field = at.page.header.field
    ways = write(at, "-unsure soi")
    place = ways.index("flag:Soil")
    listed = field.offered
    assert listed.mapToGlobal(listed.rect().topLeft()).y() >= field.mapToGlobal(field.rect().bottomLeft()).y()
    middle = listed.visualRect(listed.model().index(place, 0)).center()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert field.text() == "-unsure flag:Soil "
    at.page.grid.setFocus()
    write(at, "pro")
    at.page.grid.setFocus()
    assert not listed.isVisible(), "it goes with the focus"


def test_photographs_of_a_run_are_read_when_a_filter_names_it(at: At, project: Path) -> None:
    photos = tuple(ManifestPhoto(n, f"{n}.jpg", Split.TRAIN, (1,)) for n in at.session.mirror.ids[:3].tolist())
    RunFolder.create(project / "runs" / "r1", Recipe(), Manifest((ManifestClass(0, "No Clamp Used"),), photos))
    assert write(at, "run:") == ["run:r1"]
    write(at, "run:r1")
    at.key(Key.Key_Return)
    assert len(at.shown) == 3
    write(at, "-run:r1")
    at.key(Key.Key_Return)
    assert len(at.shown) == 9
    write(at, "run:r2")
    at.key(Key.Key_Return)
    assert "Did you mean 'r1'" in at.page.wrong.text()
    assert len(at.shown) == 9


# Choices


def entry(at: At, text: str):
    return next(e for e in at.page.panel.entries if e.text == text)


def choices(at: At, text: str) -> dict[str, str]:
    """What the menu of a row offers, with the numbers beside it."""
    menu = at.page.panel.menu_of(entry(at, text))
    at.qtbot.waitUntil(lambda: all(action.text().split("\t")[1].strip(FIGURE_SPACE) for action in menu.actions()))
    found = dict(action.text().replace(FIGURE_SPACE, "").split("\t") for action in menu.actions())
    menu.close()
    return found


def choose(at: At, text: str, choice: str) -> None:
    menu = at.page.panel.menu_of(entry(at, text))
    next(action for action in menu.actions() if action.text().split("\t")[0] == choice).trigger()
    menu.close()


def test_choices_of_a_fact_have_counts_beside_what_is_filtered(at: At) -> None:
    at.key(Key.Key_1)
    assert choices(at, "Verdict") == {"Accept": "0", "Reject": "1", "Open": "11"}
    choose(at, "Verdict", "Open")
    assert len(at.shown) == 11
    assert at.page.header.field.text() == "verdict:open"
    assert choices(at, "Verdict: open")["Reject"] == "1", "another choice of the same fact takes its place"
    assert choices(at, "Soil")["Labelled raised"] == "0"
    choose(at, "Verdict: open", "Reject")
    assert at.page.header.field.text() == "verdict:reject"
    choose(at, "Verdict: reject", "Reject")
    assert len(at.shown) == 12, "chosen again it goes"


def test_facts_that_tell_nothing_apart_are_not_offered(at: At) -> None:
    texts = [e.text for e in at.page.panel.entries]
    assert {"Collection", "Verdict", "More"} <= set(texts)
    assert not {"Contractor", "Medium", "Training run", "Reviewer"} & set(texts)


# Orders


def test_an_order_can_be_turned_round_and_shuffled_anew(at: At) -> None:
    bar, plain = at.page.header, at.shown
    bar.turn.click()
    assert at.shown == plain[::-1]
    bar.turn.click()
    place = next(n for n in range(bar.sort.count()) if bar.sort.itemText(n) == "Shuffled")
    bar.sort.activated.emit(place)
    first = at.shown
    assert first != plain
    assert sorted(first) == plain
    bar.sort.activated.emit(place)
    assert at.shown != first, "another seed"


# Views


def keep(at: At, name: str, monkeypatch: pytest.MonkeyPatch, key: str = "") -> list[str]:
    """Keep what is shown as a view; what the dialog said."""
    said: list[str] = []

    def answer(dialog: FormDialog) -> int:
        dialog._name.setText(name)
        dialog._key.setKeySequence(QKeySequence(key))
        said.append(dialog.sentence.text())
        return int(dialog.do_button.isEnabled())

    monkeypatch.setattr(FormDialog, "exec", answer)
    at.key(Key.Key_K, CONTROL | SHIFT)
    return said


def test_a_view_is_kept_shown_by_its_key_renamed_and_removed(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    at.key(Key.Key_2)
    write(at, "flag:Soil")
    at.key(Key.Key_Return)
    assert keep(at, "Earthy", monkeypatch, "Ctrl+Alt+1") == ["flag:Soil, in the order: order of import."]
    at.qtbot.waitUntil(lambda: entry(at, "Earthy").count == 1)
    assert entry(at, "Earthy").active
    at.key(Key.Key_F, CONTROL | SHIFT)
    assert len(at.shown) == 12
    assert not entry(at, "Earthy").active
    at.key(Key.Key_1, CONTROL | ALT)
    assert at.page.filtering.shown.filter.text == "flag:Soil"
    monkeypatch.setattr(FormDialog, "exec", lambda dialog: dialog._name.setText("Wet earth") or 1)
    at.window.action_table.trigger("views.change")
    assert entry(at, "Wet earth").keys == "Ctrl+Alt+1"
    at.window.action_table.trigger("views.remove")
    assert "Views" not in [e.text for e in at.page.panel.entries]
    at.key(Key.Key_Z, CONTROL)
    assert entry(at, "Wet earth").view is not None
    rect = at.page.panel.visualRect(at.page.panel.model().index(at.page.panel.entries.index(entry(at, "Wet earth")), 0))
    at.key(Key.Key_F, CONTROL | SHIFT)
    QTest.mouseClick(at.page.panel.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert len(at.shown) == 1


def test_a_view_keeps_its_order_and_the_place_where_one_was(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    write(at, "unseen")
    at.key(Key.Key_Return)
    at.page.header.turn.click()
    keep(at, "Backwards", monkeypatch)
    at.page.grid.setFocus()
    at.key(Key.Key_Right)
    at.key(Key.Key_Right)
    here = at.session.current
    at.key(Key.Key_F, CONTROL | SHIFT)
    at.page.grid.setFocus()
    at.key(Key.Key_Home)
    assert not at.page.header.turn.isChecked()
    at.page.filtering.take_view(entry(at, "Backwards").view)
    assert at.page.header.turn.isChecked()
    assert at.shown == sorted(at.shown, reverse=True)
    assert at.session.current == here


def test_a_name_or_key_that_cannot_be_is_said_in_the_dialog(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keep(at, "", monkeypatch) == ["A view needs a name."]
    assert "is used for" in keep(at, "Mine", monkeypatch, "N")[0]
    assert "Views" not in [e.text for e in at.page.panel.entries]


def test_the_export_offers_what_the_filter_shows_and_each_view(at: At) -> None:
    write(at, "id:1,2,3")
    at.key(Key.Key_Return)
    at.key(Key.Key_E, CONTROL)
    dialog = at.window.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    assert dialog.shown.isChecked(), "what one sees is what one gets"
    assert list(dialog.photo_ids() or ()) == at.shown == [1, 2, 3]
    dialog.all.setChecked(True)
    assert dialog.photo_ids() is None
    assert dialog.views.count() == 0
    dialog.reject()


def test_views_are_written_to_a_file_and_taken_in(at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(tmp_path / "views.toml")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (file, ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (file, ""))
    session = at.window.session
    assert session is not None
    session.edit("Keep", views.save, "Two", "id:1,2", who="Ann")
    at.window.action_table.trigger("views.export")
    at.qtbot.waitUntil(Path(file).exists)
    session.edit("Remove", views.remove, "Two", who="Ann")
    at.qtbot.waitUntil(lambda: not views.listed(session.mirror))
    at.window.action_table.trigger("views.import")
    at.qtbot.waitUntil(lambda: [view.name for view in views.listed(session.mirror)] == ["Two"])
    at.key(Key.Key_E, CONTROL)
    dialog = at.window.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    dialog.view.setChecked(True)
    assert list(dialog.photo_ids() or ()) == [1, 2]
    dialog.reject()
