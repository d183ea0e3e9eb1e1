"""The Review page in the real window, by keys and mouse, on a real project with a fake engine."""

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MODEL, write_card
from weldstudio.domain.changes import Progress
from weldstudio.domain.labelling import State
from weldstudio.domain.model import slot_row
from weldstudio.domain.scheme import JointRule
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.review.flag_delegate import parts_of
from weldstudio.gui.review.page import ReviewPage
from weldstudio.gui.review.verdict_banner import points_words
from weldstudio.gui.session import Session
from weldstudio.store import models, photos, predictions
from weldstudio.store.store import Store
from weldstudio.studio import demo, scheme

NAMES = ("No Clamp Used", "Soil", "Joint Misaligned")
Key = Qt.Key
SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


class At:
    """A person at the window."""

    def __init__(self, qtbot: QtBot, window: MainWindow, project: Path) -> None:
        self.qtbot, self.window = qtbot, window
        window.open_project(project)
        qtbot.waitUntil(lambda: window.page == "review")  # it is made before the photographs are read
        page = window.pages["review"]
        assert isinstance(page, ReviewPage)
        self.page = page
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.waitUntil(lambda: not page.filtering.order.waiting)  # photographs that were read late order them anew
        page.grid.setFocus()

    @property
    def session(self) -> Session:
        assert self.window.session is not None
        return self.window.session

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target: QWidget = self.window.focusWidget() or self.window
        self.qtbot.keyClick(target, key, modifier)

    def state(self, slot: int, photo: int | None = None) -> State:
        mirror = self.session.mirror
        photo = photo if photo is not None else self.session.current
        assert photo is not None
        return State(int(mirror.states(slot)[mirror.row(photo)]))

    def row(self, slot: int):
        model = self.page.inspector.flags.flags
        return model.rows[model.place_of(slot)]

    def click_row(self, slot: int, part: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        flags = self.page.inspector.flags
        index = flags.flags.index(flags.flags.place_of(slot))
        area = getattr(parts_of(flags.visualRect(index), self.row(slot)), part)
        QTest.mouseClick(flags.viewport(), Qt.MouseButton.LeftButton, modifier, area.center())

    @property
    def shown(self) -> list[int]:
        return self.page.filtering.shown.ids.tolist()


@pytest.fixture
def at(qtbot: QtBot, window: MainWindow, project: Path) -> At:
    return At(qtbot, window, project)


@pytest.fixture
def with_model(qtbot: QtBot, window: MainWindow, project: Path) -> At:
    """With an active model that has scored all photographs; photos 1 to 3 are one joint."""
    card = write_card(project, (0, 1, 2), NAMES)
    with Store.open(project) as store:
        models.add(store, card)
        models.activate(store, MODEL)
        ids = [photo.id for photo in photos.every(store)]
        said = np.tile(np.array([0.9, 0.2, 0.6], np.float32), (len(ids), 1))
        predictions.write(store, MODEL, ids, slot_row(card, said, 3))
        photos.set_joints(store, [(ids[n], "J-1", None) for n in range(3)])
    return At(qtbot, window, project)


# Keys


def test_a_flags_own_key_raises_and_pressed_again_clears(at: At) -> None:
    at.key(Key.Key_1)
    assert at.state(0) == State.RAISED
    assert at.row(0).state == State.RAISED
    at.key(Key.Key_1)
    assert at.state(0) == State.CLEAR
    at.key(Key.Key_2)
    assert at.state(1) == State.RAISED
    assert at.session.chosen_flag == 1


def test_shift_means_unsure_and_alt_only_chooses(at: At) -> None:
    at.key(Key.Key_3, SHIFT)
    assert at.state(2) == State.UNSURE
    at.key(Key.Key_3, SHIFT)
    assert at.state(2) == State.UNSEEN
    at.key(Key.Key_1, ALT)
    assert at.session.chosen_flag == 0
    assert at.state(0) == State.UNSEEN


def test_the_chosen_flag_is_labelled_by_letters(at: At) -> None:
    at.session.settings.change(auto_advance=False)
    at.page._actions["label.advance"].setChecked(False)
    at.key(Key.Key_2, ALT)
    for key, state in (
        (Key.Key_R, State.RAISED),
        (Key.Key_C, State.CLEAR),
        (Key.Key_U, State.UNSURE),
        (Key.Key_Backspace, State.UNSEEN),
    ):
        at.key(key)
        assert at.state(1) == state
    at.key(Key.Key_Period)
    assert at.session.chosen_flag == 2


def test_nothing_applies_clears_all_and_goes_on(at: At) -> None:
    first, second = at.shown[:2]
    at.key(Key.Key_N)
    assert [at.state(slot, first) for slot in range(3)] == [State.CLEAR] * 3
    assert at.session.current == second
    at.key(Key.Key_Z, CONTROL)
    assert [at.state(slot, first) for slot in range(3)] == [State.UNSEEN] * 3
    assert at.session.current == first  # undo goes back to what it changes


def test_a_flags_key_stays_at_the_photograph_for_others_may_hold(at: At) -> None:
    first = at.session.current
    at.key(Key.Key_1)
    at.key(Key.Key_2)
    assert at.session.current == first
    at.key(Key.Key_R)  # the chosen flag's answer: on to the next
    assert at.session.current != first


def test_undo_and_redo(at: At) -> None:
    at.key(Key.Key_1)
    at.key(Key.Key_Z, CONTROL)
    assert at.state(0) == State.UNSEEN
    assert at.row(0).state == State.UNSEEN
    at.key(Key.Key_Z, CONTROL | SHIFT)
    assert at.state(0) == State.RAISED


def test_many_photographs_are_labelled_in_one_step(at: At) -> None:
    at.key(Key.Key_1)
    at.key(Key.Key_Right, SHIFT)
    at.key(Key.Key_Right, SHIFT)
    chosen = at.shown[:3]
    assert at.session.selection == tuple(chosen)
    assert at.row(0).state is None
    assert at.row(0).words == "1 raised, 2 unseen"
    at.key(Key.Key_1)
    assert [at.state(0, photo) for photo in chosen] == [State.RAISED] * 3
    assert at.page.inspector.banner.said.headline == "3 photographs"
    at.key(Key.Key_Z, CONTROL)
    assert [at.state(0, photo) for photo in chosen] == [State.RAISED, State.UNSEEN, State.UNSEEN]


def test_hidden_photographs_are_counted_and_never_edited(at: At) -> None:
    at.key(Key.Key_2)
    at.key(Key.Key_A, CONTROL)
    at.page.show_filter("flag:Soil")
    assert len(at.session.selection) == 1
    assert at.session.hidden == 11
    assert "11 hidden" in at.window.status.selection.text()
    at.key(Key.Key_1)
    raised = at.session.mirror.states(0) == State.RAISED
    assert raised.sum() == 1


# The large photograph


def test_enter_opens_arrows_go_on_and_escape_goes_back(at: At) -> None:
    page = at.page
    at.key(Key.Key_Return)
    assert page.going.is_large
    at.qtbot.waitUntil(lambda: page.large.view._picture is not None)
    at.key(Key.Key_Right)
    at.key(Key.Key_Space)
    assert page.large.view.photo_id == at.shown[2] == at.session.current
    at.key(Key.Key_Left)
    at.key(Key.Key_1)
    assert at.state(0, at.shown[1]) == State.RAISED
    at.key(Key.Key_Escape)
    assert not page.going.is_large
    assert page.grid.state.current_id == at.shown[1]


def test_large_the_keys_mean_the_photograph_in_view_alone(at: At) -> None:
    at.key(Key.Key_Right, SHIFT)
    at.key(Key.Key_Return)
    at.key(Key.Key_1)
    assert (at.session.mirror.states(0) == State.RAISED).sum() == 1
    at.key(Key.Key_Escape)
    assert len(at.session.selection) == 2


def test_neighbours_are_decoded_ahead(at: At) -> None:
    at.key(Key.Key_Return)
    at.qtbot.waitUntil(lambda: at.page.loader.get(at.shown[1]) is not None)
    at.key(Key.Key_Right)
    assert at.page.large.view._picture is not None  # at once, not when a worker is done


def test_zoom_keys(at: At) -> None:
    at.key(Key.Key_Return)
    view = at.page.large.view
    at.qtbot.waitUntil(lambda: view._picture is not None)
    at.key(Key.Key_Plus)
    assert view.place.scale is not None
    at.key(Key.Key_F)
    assert view.place.scale is None
    at.key(Key.Key_Z)
    assert view.place.used_scale == 1 / view.devicePixelRatioF()


def test_a_photograph_that_is_gone_says_so(at: At, tmp_path: Path) -> None:
    (tmp_path / "photos" / "0001.jpg").unlink()
    at.page.thumbs.forget([at.shown[0]])
    at.page.loader.forget(frozenset(at.shown))
    at.key(Key.Key_Return)
    at.qtbot.waitUntil(lambda: "not there any more" in at.page.large.view._problem)
    at.key(Key.Key_Right)
    at.qtbot.waitUntil(lambda: at.page.large.view._picture is not None)


# The model


def test_the_engines_answer_fills_the_bars(with_model: At) -> None:
    at = with_model
    assert at.row(0).probability == pytest.approx(0.9, abs=1e-3)  # stored, at once
    at.qtbot.waitUntil(lambda: at.row(0).probability == pytest.approx(0.1, abs=1e-3))  # the engine's own


def test_the_overlay_of_the_chosen_flag_is_shown_and_hidden(with_model: At) -> None:
    at = with_model
    view = at.page.large.view
    at.key(Key.Key_Return)
    at.qtbot.waitUntil(lambda: bool(at.page.overlays.probabilities()))
    at.key(Key.Key_2, ALT)
    at.key(Key.Key_O)
    assert view._layer is not None
    assert "below its threshold" in view._layer.note
    assert at.page.overlays.shown_slot == 1
    at.key(Key.Key_O)
    assert view._layer is None
    at.click_row(2, "bar")
    assert at.session.chosen_flag == 2
    assert view._layer is not None
    at.click_row(2, "eye")
    assert view._layer is None


def test_of_a_flag_of_absence_the_evidence_against_it_is_shown_first(with_model: At) -> None:
    at = with_model
    at.key(Key.Key_Return)
    at.qtbot.waitUntil(lambda: bool(at.page.overlays.probabilities()))
    view, actions = at.page.large.view, at.page._actions
    notes = {}
    for name, slot in (("absence", 0), ("presence", 1)):
        rule = JointRule.ALL if name == "absence" else JointRule.ANY
        at.session.run(scheme.change_joint_rule, slot, rule, who="Ada")
        at.qtbot.waitUntil(lambda slot=slot, rule=rule: at.session.mirror.scheme.joint_rule_of(slot) is rule)
        at.page.overlays.show_of(slot)
        assert view._layer is not None
        notes[name] = view._layer.note
    assert "against" in notes["absence"]
    assert "against" not in notes["presence"]
    actions.trigger("overlay.signed")
    assert view._layer.note.endswith("for and against")
    assert view._layer.contour is None
    actions.trigger("overlay.contour")
    actions.trigger("overlay.squares")
    assert view._layer.contour is not None
    assert not view._layer.smooth
    assert (at.session.settings.overlay_contour, at.session.settings.overlay_squares) == (True, True)
    actions.trigger("overlay.strongest")
    assert at.page.overlays.shown_slot == max(at.page.overlays.probabilities().items(), key=lambda one: one[1])[0]


def test_holding_the_overlays_key_is_a_peek(with_model: At) -> None:
    at = with_model
    at.key(Key.Key_Return)
    at.qtbot.waitUntil(lambda: bool(at.page.overlays.probabilities()))
    toggle = at.page._actions["overlay.toggle"]
    view = at.page.large.view
    at.qtbot.keyPress(view, Key.Key_O)
    assert toggle.isChecked()
    at.page.peek._since = (at.page.peek._since or 0) - 1  # as if a second had gone by
    at.qtbot.keyRelease(view, Key.Key_O)
    assert not toggle.isChecked()


def test_the_opacity_is_kept_in_the_settings(with_model: At) -> None:
    at = with_model
    at.key(Key.Key_Return)
    at.page.overlays.set_opacity(0.5)
    at.key(Key.Key_BracketRight)
    assert at.session.settings.overlay_opacity == pytest.approx(0.6)
    at.page.large.control.slider.setValue(30)
    assert at.session.settings.overlay_opacity == pytest.approx(0.3)


def test_the_verdict_of_labels_and_of_the_model_are_said_apart(with_model: At) -> None:
    at = with_model
    said = at.page.inspector.banner.said
    assert said.title == "Joint J-1 · 3 photographs"
    assert said.labels is not None
    assert said.model is not None
    assert points_words(said.model) == "85 points"
    at.key(Key.Key_1)
    at.key(Key.Key_3, SHIFT)
    labels = at.page.inspector.banner.said.labels
    assert labels is not None
    assert points_words(labels) == "50 to 85 points"
    assert "reject at 50" in at.page.inspector.banner.words()


def test_the_strip_shows_the_joint_and_goes_there(with_model: At) -> None:
    at = with_model
    at.key(Key.Key_Return)
    strip = at.page.large.strip
    assert strip.isVisible()
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, strip._rect(2).center())
    assert at.session.current == at.shown[2]
    at.key(Key.Key_Right)
    assert not strip.isVisible()  # a joint of one photograph


def test_without_a_model_the_way_to_one_is_shown(at: At) -> None:
    box = at.page.inspector.no_model
    at.qtbot.waitUntil(box.isVisible)
    assert box.sentence.text() == "No model yet: 34 more labels will do for a first quick training."
    assert "for instance of" in box.sentence.toolTip()
    flags = at.page.inspector.flags
    assert flags.sizeHint().height() == flags.minimumHeight()  # so the inspector and its list never both scroll
    with at.qtbot.waitSignal(at.session.page_asked) as signal:
        QTest.mouseClick(box.button, Qt.MouseButton.LeftButton)
    assert signal.args == ["train"]


@pytest.mark.parametrize("in_demo", [False, True])
def test_a_demonstration_model_says_so_on_every_bar_but_in_the_demo(
    qtbot: QtBot, window: MainWindow, project: Path, in_demo: bool
) -> None:
    card = replace(write_card(project, (0, 1, 2), NAMES), demonstration=True)
    (project / "models" / MODEL / "card.json").write_text(json.dumps(card.to_json()), "utf-8")
    with Store.open(project) as store:
        models.add(store, card)
        models.activate(store, MODEL)
        said = np.full((1, 3), 0.5, np.float32)
        predictions.write(store, MODEL, [photos.every(store)[0].id], slot_row(card, said, 3))
    if in_demo:
        (project / demo.NOTE).write_text(json.dumps({"photos": 12, "seed": 1, "finished": True}), "utf-8")
    at = At(qtbot, window, project)
    bars = [row for row in at.page.inspector.flags.flags.rows if row.probability is not None]
    assert len(bars) == 3
    assert {row.demonstration for row in bars} == {not in_demo}
    assert ("Demonstration model" in at.page.inspector.banner.words()) == (not in_demo)


def test_the_overlays_key_in_the_grid_opens_the_photograph(with_model: At) -> None:
    at = with_model
    at.key(Key.Key_O)
    assert at.page.going.is_large
    assert at.page.overlays.on
    at.key(Key.Key_Escape)
    at.key(Key.Key_O)  # it was on: who presses it wants to see it
    assert at.page.going.is_large
    assert at.page.overlays.on


# The mouse in the inspector


def test_a_click_on_the_glyph_is_the_flags_key(at: At) -> None:
    at.click_row(1, "state")
    assert at.state(1) == State.RAISED
    at.click_row(1, "state")
    assert at.state(1) == State.CLEAR
    at.click_row(1, "word", SHIFT)
    assert at.state(1) == State.UNSURE


def test_a_click_on_the_name_chooses(at: At) -> None:
    at.click_row(2, "name")
    assert at.session.chosen_flag == 2
    assert at.state(2) == State.UNSEEN


def test_the_menu_holds_the_four_states(at: At) -> None:
    menu = at.page.inspector.flags.state_menu(at.row(0))
    assert [action.text() for action in menu.actions()] == ["Raised", "Clear", "Unsure", "Unseen"]
    menu.actions()[2].trigger()
    assert at.state(0) == State.UNSURE
    menu.close()


def test_the_right_button_offers_what_can_be_done(at: At) -> None:
    for widget in (at.page.grid, at.page.large):
        assert widget.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
        offered = [action.objectName() for action in widget.actions()]
        assert {"photo.open", "label.nothing", "photo.reveal"} <= set(offered)


def test_that_nobody_has_looked_is_not_that_nothing_applies(at: At) -> None:
    for flag in at.session.mirror.scheme.live_flags:
        at.session.edit("No points", scheme.change_points, flag.slot, 0, who="Ada")
    banner = at.page.inspector.banner
    assert banner.said.headline == "Not looked at yet"
    at.page.labels.nothing_applies()
    at.key(Key.Key_Left)
    assert banner.said.headline == "Nothing raised"


# Filters


def type_filter(at: At, text: str) -> None:
    at.key(Key.Key_F, CONTROL)
    assert at.page.header.field.hasFocus()
    at.page.header.field.selectAll()
    at.qtbot.keyClicks(at.page.header.field, text)
    at.key(Key.Key_Return)


def test_typing_a_filter_does_not_label(at: At) -> None:
    at.key(Key.Key_2)
    type_filter(at, "flag:Soil")
    assert len(at.shown) == 1
    assert at.page.grid.hasFocus()
    assert (at.session.mirror.labels & 3).any(axis=1).sum() == 1


def test_how_many_the_filter_lets_through_is_said(at: At) -> None:
    found = at.page.header.field.found
    assert not found.isVisible()
    at.key(Key.Key_2)
    type_filter(at, "flag:Soil")
    assert found.isVisible()
    assert found.text() == "1 of 12"
    assert at.page.header.field.rect().contains(found.geometry())
    at.key(Key.Key_F, CONTROL | SHIFT)
    assert not found.isVisible()


def test_a_mistake_in_the_filter_is_said_with_the_nearest_word(at: At) -> None:
    type_filter(at, "flag:Soli")
    assert at.page.wrong.isVisible()
    assert "Did you mean 'Soil'" in at.page.wrong.text()
    assert len(at.shown) == 12
    type_filter(at, "joint:nowhere")
    assert at.page.wrong.text().startswith("There is no joint 'nowhere'.")
    type_filter(at, "flag:Soil=unseen")
    assert not at.page.wrong.isVisible()
    assert len(at.shown) == 12


def test_queues_and_flags_in_the_panel_have_live_counts(at: At) -> None:
    panel = at.page.panel

    def entry(text: str):
        return next(e for e in panel.entries if e.text == text)

    at.qtbot.waitUntil(lambda: entry("Unreviewed").count == 12)
    at.key(Key.Key_2)
    at.qtbot.waitUntil(lambda: entry("Soil").count == 1)
    assert entry("Unreviewed").count == 11
    place = panel.entries.index(entry("Soil"))
    rect = panel.visualRect(panel.model().index(place, 0))
    QTest.mouseClick(panel.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert len(at.shown) == 1
    assert entry("Soil").active
    assert at.page.header.field.text() == "flag:Soil"
    QTest.mouseClick(panel.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert len(at.shown) == 12
    menu = panel.menu_of(entry("Soil"))
    assert menu is not None
    menu.actions()[2].trigger()
    assert at.page.header.field.text() == "flag:Soil=unsure"
    menu.close()


def test_what_no_longer_matches_stays_greyed_until_one_moves_on(at: At) -> None:
    at.page.show_filter("unreviewed")
    first, second = at.shown[:2]
    at.key(Key.Key_1)
    at.qtbot.waitUntil(lambda: first in at.page.grid._stale)
    shown = at.shown
    at.page.filtering.order.now()  # as when photographs are found meanwhile
    assert at.shown == shown
    assert at.session.current == first
    at.key(Key.Key_Right)
    assert at.session.current == second
    assert first not in at.shown


def test_nothing_that_matches_offers_to_show_all(at: At) -> None:
    at.page.show_filter("flag:Soil")
    assert at.page.no_match.isVisible()
    assert at.session.current is None
    button = at.page.no_match.button
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert at.page.grid.isVisible()
    assert len(at.shown) == 12


def test_other_pages_can_send_one_here(at: At) -> None:
    at.key(Key.Key_3)
    at.window.show_page("flags")
    at.session.show_photos('flag:"Joint Misaligned"')
    assert at.window.page == "review"
    assert len(at.shown) == 1


def test_the_next_unreviewed_photograph(at: At) -> None:
    at.key(Key.Key_Right)
    at.key(Key.Key_1)
    at.key(Key.Key_Home)
    at.key(Key.Key_Right, CONTROL)
    assert at.session.current == at.shown[2]


def test_sorting_keeps_the_photograph(with_model: At) -> None:
    at = with_model
    at.key(Key.Key_Right)
    here = at.session.current
    box = at.page.header.sort
    place = box.findText("Shuffled")
    box.setCurrentIndex(place)
    box.activated.emit(place)
    assert at.session.current == here
    assert sorted(at.shown) != at.shown


def test_photographs_that_are_being_brought_in_are_announced(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    Store.create(tmp_path / "empty").close()
    at = At(qtbot, window, tmp_path / "empty")

    def bring(_store: Store) -> Generator[Progress, None, None]:
        for done in range(3):
            yield Progress(done, 3, "Drawing")

    work = at.session.start_work("Drawing", bring)
    with qtbot.waitSignal(work.progressed):
        pass
    assert at.page.coming.isVisible()
    qtbot.waitUntil(at.page.no_photos.isVisible)  # nothing came of it


def test_an_empty_project_offers_to_import(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    Store.create(tmp_path / "empty").close()
    at = At(qtbot, window, tmp_path / "empty")
    assert at.page.no_photos.isVisible()
    button = at.page.no_photos.button
    assert button is not None
    assert button.isEnabled()
    at.key(Key.Key_Return)
    at.key(Key.Key_N)
    at.key(Key.Key_Right)
    assert at.session.current is None


def test_every_part_has_a_name_for_screen_readers(at: At) -> None:
    page = at.page
    for widget in (page.grid, page.large.view, page.large.strip, page.inspector.flags, page.panel, page.header.field):
        assert widget.accessibleName()
    assert page.inspector.banner.accessibleName()
    at.key(Key.Key_End)
    name = at.session.mirror.paths[at.session.mirror.row(at.session.current or 0)]
    place = f"{len(page.grid.state.ids)} of {len(page.grid.state.ids)}"
    at.qtbot.waitUntil(lambda: page.grid.accessibleDescription() == f"{name}, {place}")
    at.key(Key.Key_Return)
    at.key(Key.Key_1)
    at.qtbot.waitUntil(lambda: NAMES[0] in page.large.view.accessibleDescription())
    said = page.large.view.accessibleDescription()
    assert said.startswith(f"{name}, raised: ")
    assert said.endswith(place)


def test_tab_reaches_panel_grid_and_inspector(at: At) -> None:
    seen: set[QWidget] = set()
    for _ in range(30):
        at.qtbot.keyClick(at.window.focusWidget() or at.window, Key.Key_Tab)
        widget = at.window.focusWidget()
        if widget is not None:
            seen.add(widget)
    page = at.page
    assert {page.grid, page.inspector.flags, page.panel, page.header.field} <= seen


def test_the_page_is_painted_at_every_size(at: At) -> None:
    for width, height in ((960, 600), (1920, 1080)):
        at.window.resize(width, height)
        assert not at.page.grab().isNull()
    at.page.inspector.flags.setFocus()
    at.key(Key.Key_Down)
    assert at.session.chosen_flag is not None
