"""The frame, driven by keys and mouse: pages, projects, the lock, closing, news, dialogs."""

from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MakeSession
from weldstudio.domain.changes import Done, Progress
from weldstudio.domain.errors import StoreError
from weldstudio.domain.labelling import State
from weldstudio.gui.actions import Actions
from weldstudio.gui.cheat_sheet import CheatSheet
from weldstudio.gui.command_palette import CommandPalette
from weldstudio.gui.export_dialog import ExportDialog
from weldstudio.gui.help.viewer import HelpViewer
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.project_lock import LOCK
from weldstudio.gui.restore_dialog import RestoreDialog
from weldstudio.gui.review.page import ReviewPage
from weldstudio.gui.session import Session
from weldstudio.gui.settings_dialog import SettingsDialog
from weldstudio.gui.theme import theme
from weldstudio.settings import Settings
from weldstudio.store.store import Store
from weldstudio.studio import labelling, merging, restoring


class PlainPage(QWidget):
    """A page as the contract asks for, so that the frame is tested by itself."""

    def __init__(self, name: str, session: Session, actions: Actions) -> None:
        super().__init__()
        self.title = name.capitalize()
        self.help_page = name
        self.header = QLabel(f"header of {name}")
        self.shown = 0
        layout = QVBoxLayout(self)
        layout.addWidget(QPushButton(f"a button of {name}"))
        actions.connect("label.raise", lambda: session.label(session.targets(), 0, State.RAISED))

    def activated(self) -> None:
        self.shown += 1


@pytest.fixture
def plain(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window with pages that do nothing by themselves."""
    monkeypatch.setattr(MainWindow, "_make_page", lambda self, name: PlainPage(name, self.session, self.action_table))
    return window


@pytest.fixture
def opened(plain: MainWindow, project: Path) -> MainWindow:
    plain.open_project(project)
    assert plain.session is not None
    return plain


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    target = QApplication.focusWidget() or window
    qtbot.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


def test_the_welcome_page_comes_first(window: MainWindow) -> None:
    assert window.welcome.isVisible()
    assert not window.rail.isVisible()
    assert not window.action_table["page.flags"].isEnabled()
    assert not window.action_table["edit.undo"].isEnabled()
    assert window.action_table["project.open"].isEnabled()


def test_opening_shows_the_review_page_and_remembers_the_project(opened: MainWindow, project: Path) -> None:
    assert opened.rail.isVisible()
    assert opened.header.title.text() == "Review"
    assert opened.rail.buttons["review"].isChecked()
    assert opened.windowTitle() == "project – weldstudio"
    assert opened.settings.recent_projects == (str(project.resolve()),)
    assert Settings.load(opened.settings.path or Path()).recent_projects == (str(project.resolve()),)


def test_the_review_page_is_made_while_the_store_is_read_and_shows_all_once_it_is(
    qtbot: QtBot, window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, read = Session._opened, []
    monkeypatch.setattr(Session, "_opened", lambda _self, mirror: read.append(mirror))
    window.open_project(project)
    qtbot.waitUntil(lambda: "review" in window.pages)
    session, page = window.session, window.pages["review"]
    assert isinstance(page, ReviewPage)
    assert session is not None
    assert session.mirror_or_none is None
    assert window._inner.currentWidget() is window._opening
    begin(session, read[0])
    assert window.pages == {"review": page}
    assert window._inner.currentWidget() is page
    assert page.grid.state.ids.tolist() == read[0].ids.tolist() != []
    assert page.stack.currentWidget() is page.grid
    names = [item.name for item in read[0].scheme.classes]
    model = page.inspector.flags.model()
    assert [model.index(n, 0).data() for n in range(len(names))] == names


def test_a_page_made_for_a_project_that_is_refused_goes_again(
    qtbot: QtBot, plain: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "project.sqlite").write_bytes(b"no database")
    refuse, why = Session._refused, []
    monkeypatch.setattr(Session, "_refused", lambda _self, error: why.append(error))
    plain.open_project(project)
    qtbot.waitUntil(lambda: "review" in plain.pages)
    assert plain.session is not None
    refuse(plain.session, why[0])
    assert plain.session is None
    assert plain.pages == {}
    assert plain.welcome.isVisible()


def test_pages_are_made_when_first_shown_and_told_each_time(qtbot: QtBot, opened: MainWindow) -> None:
    assert list(opened.pages) == ["review"]
    press(qtbot, opened, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert opened.page == "train"
    assert opened.header.title.text() == "Train"
    assert opened.rail.buttons["train"].isChecked()
    qtbot.mouseClick(opened.rail.buttons["review"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(opened.rail.buttons["train"], Qt.MouseButton.LeftButton)
    page = opened.pages["train"]
    assert isinstance(page, PlainPage)
    assert page.shown == 2
    assert page.header.isVisible()


def test_undo_by_key_says_what_it_undoes(qtbot: QtBot, opened: MainWindow) -> None:
    session = opened.session
    assert session is not None
    photo = int(session.mirror.ids[0])
    session.set_current(photo)
    press(qtbot, opened, Qt.Key.Key_R)
    assert State(int(session.mirror.states(0)[0])) == State.RAISED
    assert opened.action_table["edit.undo"].text() == "Undo “No Clamp Used: raised”"
    press(qtbot, opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert State(int(session.mirror.states(0)[0])) == State.UNSEEN
    assert not opened.action_table["edit.undo"].isEnabled()
    assert opened.toast.isVisible()
    opened.toast.dismiss()


def second_window(qtbot: QtBot, project: Path, settings: Settings, make_session: MakeSession) -> MainWindow:
    second = MainWindow(settings, make_session=make_session)
    qtbot.addWidget(second)
    second.show()
    second.announce(project)
    second.open_project(project)
    return second


def test_a_second_window_is_told_so_and_looks_on(
    qtbot: QtBot, opened: MainWindow, project: Path, settings: Settings, make_session: MakeSession
) -> None:
    second = second_window(qtbot, project, settings, make_session)
    assert second.session is not None
    assert second.session.read_only
    assert "another weldstudio window" in second.banner.label.text()
    assert second.header.saved.label.text() == "only looking"
    # Nothing changes anything there, neither a key nor what a click would ask.
    photo = int(second.session.mirror.ids[0])
    second.session.set_current(photo)
    press(qtbot, second, Qt.Key.Key_1)
    assert not second.action_table["label.raise"].isEnabled()
    assert not second.action_table["collection.import"].isEnabled()
    assert second.action_table["project.export"].isEnabled()
    second.session.label([photo], 0, State.RAISED)
    assert "only looks on" in second.toast.label.text()
    assert not second.session.mirror.labels.any()
    # What the first one does is seen here.
    assert opened.session is not None
    opened.session.label([photo], 0, State.RAISED)
    second.session.look()
    assert State(int(second.session.mirror.states(0)[0])) == State.RAISED
    # Once the first one has gone, it is a press to write here.
    opened.close_project()
    assert not (project / LOCK).exists()
    qtbot.mouseClick(second.banner.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: second.session is not None and not second.session.read_only)
    assert not second.banner.isVisible()
    assert second.action_table["collection.import"].isEnabled()
    second.close_project()


def test_a_window_that_looks_on_reads_anew_what_was_restored(
    qtbot: QtBot, opened: MainWindow, project: Path, settings: Settings, make_session: MakeSession
) -> None:
    second = second_window(qtbot, project, settings, make_session)
    session = opened.session
    assert session is not None
    photo = int(session.mirror.ids[0])
    session.start_work("Keeping a snapshot", _kept_today)
    qtbot.waitUntil(lambda: not session.works)
    session.label([photo], 0, State.RAISED)
    assert second.session is not None
    second.session.look()
    assert second.session.mirror.labels.any()
    opened.action_table.trigger("project.restore")
    dialog = opened.findChild(RestoreDialog)
    qtbot.waitUntil(dialog.restore_button.isEnabled)
    qtbot.mouseClick(dialog.restore_button, Qt.MouseButton.LeftButton)
    assert opened.session is not None
    assert not opened.session.mirror.labels.any()
    assert len(list((project / "snapshots").iterdir())) == 2
    before = second.session
    before.look()
    qtbot.waitUntil(lambda: second.session not in (None, before))
    assert second.session is not None
    assert not second.session.mirror.labels.any()
    second.close_project()


def _kept_today(store: Store) -> Generator[Progress, None, str | None]:
    return restoring.daily(store)


def test_the_first_edit_of_a_day_has_its_snapshot_kept(qtbot: QtBot, opened: MainWindow, project: Path) -> None:
    session = opened.session
    assert session is not None
    session._keep.setInterval(0)
    session.label([int(session.mirror.ids[0])], 0, State.RAISED)
    qtbot.waitUntil(lambda: [one.kind for one in restoring.kept(project)] == ["daily"])
    qtbot.waitUntil(lambda: not session.works)
    session.label([int(session.mirror.ids[0])], 0, State.CLEAR)
    assert not session._keep.isActive()


def test_a_folder_that_cannot_be_written_is_looked_at(
    qtbot: QtBot, window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weldstudio.gui.project_lock.os.access", lambda *_: False)
    window.open_project(project)
    assert window.session is not None
    assert window.session.read_only
    assert "cannot be written to" in window.banner.label.text()


def test_what_cannot_be_opened_is_said_on_the_welcome_page(window: MainWindow, tmp_path: Path) -> None:
    window.open_project(tmp_path)
    assert "no weldstudio project" in window.welcome.banner.label.text()
    assert window.session is None
    window.open_project(tmp_path / "gone")
    assert "no folder" in window.welcome.banner.label.text()
    assert not (tmp_path / LOCK).exists()


def test_closing_a_project_brings_the_welcome_page_back(opened: MainWindow, project: Path) -> None:
    opened.action_table.trigger("project.close")
    assert opened.session is None
    assert opened.welcome.isVisible()
    assert [row.folder for row in opened.welcome.recent.rows] == [project.resolve()]
    assert not opened.action_table["page.flags"].isEnabled()
    opened.open_project(project)
    assert opened.session is not None


@pytest.mark.parametrize("lose", [True, False])
def test_closing_asks_about_what_is_not_on_disk(
    opened: MainWindow, monkeypatch: pytest.MonkeyPatch, lose: bool
) -> None:
    def full(*_: object, **__: object) -> Done:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(labelling, "set_state", full)
    session = opened.session
    assert session is not None
    session.label([int(session.mirror.ids[0])], 0, State.RAISED)
    assert opened.banner.isVisible()
    assert "1 edit is not on disk yet: The disk is full." in opened.banner.label.text()
    asked: list[str] = []

    def answer(box: QMessageBox) -> int:
        asked.append(box.text())
        role = QMessageBox.ButtonRole.DestructiveRole if lose else QMessageBox.ButtonRole.AcceptRole
        next(b for b in box.buttons() if box.buttonRole(b) == role).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    opened.close()
    assert len(asked) == 1
    assert opened.isVisible() is not lose
    assert (opened.session is None) is lose


def test_the_command_palette_does_what_is_typed(qtbot: QtBot, opened: MainWindow) -> None:
    press(qtbot, opened, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = opened.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    qtbot.keyClicks(palette.field, "mod go")
    assert palette.shown()[0] == "Models"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert opened.page == "models"


def test_return_in_the_palette_is_not_the_pages_return(qtbot: QtBot, opened: MainWindow) -> None:
    photographs: list[str] = []
    opened.action_table.connect("photo.open", lambda: photographs.append("opened"))
    press(qtbot, opened, Qt.Key.Key_Return)
    assert photographs == ["opened"]
    press(qtbot, opened, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = opened.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    qtbot.keyClicks(palette.field, "quality")
    press(qtbot, opened, Qt.Key.Key_Return)
    assert (opened.page, photographs) == ("quality", ["opened"])


def test_the_export_dialog_shows_all_of_itself_in_each_form(qtbot: QtBot, opened: MainWindow) -> None:
    opened.action_table.trigger("project.export")
    dialog = opened.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    before = dialog.format.x()
    for row in range(dialog.format.count()):
        dialog.format.setCurrentIndex(row)
        QApplication.processEvents()
        for widget in (dialog.format, dialog.meaning, dialog.links, dialog.target, dialog.export_button):
            seen = widget.visibleRegion().boundingRect()
            assert widget.isHidden() or seen.height() == widget.height() >= widget.minimumSizeHint().height()
    assert dialog.format.x() == before
    assert dialog.level.isHidden()
    dialog.reject()


def test_an_export_asks_for_the_level_where_flags_are_merged(qtbot: QtBot, opened: MainWindow, tmp_path: Path) -> None:
    session = opened.session
    assert session is not None
    session.edit("Merge", merging.merge, "Ground", [0, 1], who="Ada")
    qtbot.waitUntil(lambda: bool(session.mirror.scheme.live_merges))
    opened.action_table.trigger("project.export")
    dialog = opened.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    dialog.level.setFocus()
    qtbot.keyClick(dialog.level, Qt.Key.Key_End)
    dialog.target.edit.setText(str(tmp_path / "out.csv"))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil((tmp_path / "out.csv").exists)
    head = (tmp_path / "out.csv").read_text("utf-8").splitlines()[0]
    assert head.endswith("joint note,Ground,No Clamp Used,Soil,Joint Misaligned")


def test_the_palette_offers_only_what_can_be_done(opened: MainWindow) -> None:
    palette = CommandPalette(opened.action_table, opened)
    shown = palette.shown()
    assert "Train" in shown
    assert "Stop the run" not in shown
    palette.field.setText("zzz")
    assert palette.shown() == []
    palette.deleteLater()


def test_the_cheat_sheet_holds_every_key(opened: MainWindow) -> None:
    opened.action_table.trigger("app.keys")
    sheet = opened.findChild(CheatSheet)
    assert isinstance(sheet, CheatSheet)
    rows = {meaning: keys for _, section in sheet.sections for keys, meaning in section}
    assert rows["Raise the chosen flag"] == "R"
    assert rows["Undo"] == "Ctrl+Z"
    assert rows["No Clamp Used"] == "1"
    sheet.close()


def test_help_opens_at_the_page_that_is_shown(qtbot: QtBot, opened: MainWindow) -> None:
    opened.show_page("flags")
    press(qtbot, opened, Qt.Key.Key_F1)
    viewer = opened.findChild(HelpViewer)
    assert isinstance(viewer, HelpViewer)
    assert viewer.page == "flags"
    assert "Merging" in viewer.text.toPlainText()
    opened.show_page("train")
    opened.action_table.trigger("app.help")
    assert viewer.page == "train"
    viewer.close()


def test_settings_are_kept_and_hold_at_once(qtbot: QtBot, opened: MainWindow) -> None:
    opened.action_table.trigger("app.settings")
    dialog = opened.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    name, look = dialog.fields["expert"], dialog.fields["theme"]
    name.setText("Grace")  # type: ignore[attr-defined]
    look.setCurrentIndex(look.findData("dark"))  # type: ignore[attr-defined]
    dialog._save()
    assert theme.dark
    assert Settings.load(opened.settings.path or Path()).expert == "Grace"
    assert opened.session is not None
    assert opened.session.who == "Grace"


def test_where_the_window_stood_is_remembered(
    qtbot: QtBot, window: MainWindow, settings: Settings, make_session: MakeSession
) -> None:
    window.resize(900, 640)
    window.close()
    again = MainWindow(settings, make_session=make_session)
    qtbot.addWidget(again)
    again.show()
    assert (again.width(), again.height()) == (900, 640)


def test_a_dropped_folder_of_photographs_begins_a_project(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    drop(window, project.parent / "photos")
    assert window.welcome.form is not None
    assert window.welcome.form.photos.path == project.parent / "photos"
    qtbot.waitUntil(lambda: window.welcome.form.found.text().startswith("12 photographs"), timeout=5000)


def test_a_dropped_project_is_opened(plain: MainWindow, project: Path) -> None:
    drop(plain, project)
    assert plain.session is not None


def drop(window: MainWindow, folder: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    copy, none, left = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    window.welcome.dragEnterEvent(QDragEnterEvent(QPointF(5, 5).toPoint(), copy, data, left, none))
    window.welcome.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))


def test_nothing_is_wider_than_the_smallest_screen(opened: MainWindow) -> None:
    assert opened.minimumSizeHint().width() <= 1280
    assert opened.minimumSizeHint().height() <= 720


def test_labelling_many_at_once_offers_the_way_back(qtbot: QtBot, opened: MainWindow) -> None:
    session = opened.session
    assert session is not None
    ids = session.mirror.ids[:3].tolist()
    session.set_selection(ids)
    opened.action_table.trigger("label.raise")
    assert opened.toast.label.text() == "No Clamp Used: raised on 3 photographs"
    qtbot.mouseClick(opened.toast.button, Qt.MouseButton.LeftButton)
    assert not session.mirror.states(0).any()
    assert opened.toast.label.text().startswith("Undone")
    assert not opened.toast.button.isVisible()


def test_a_toast_offers_undo_only_of_what_it_tells_and_until_something_else_is_done(opened: MainWindow) -> None:
    session = opened.session
    assert session is not None
    first, second, *_ = session.mirror.ids.tolist()
    session.label([first], 0, State.RAISED)
    session.tell("Choose a flag first.")
    assert opened.toast.isVisible()
    assert not opened.toast.button.isVisible()
    session.label([first, second], 1, State.RAISED)
    assert opened.toast.button.isVisible()
    session.label([first], 2, State.RAISED)
    assert not opened.toast.isVisible()


def test_what_was_chosen_in_the_window_holds_when_it_is_opened_again(window: MainWindow, project: Path) -> None:
    window.open_project(project)
    window.action_table.trigger("review.blind")
    window.action_table.trigger("work.predict")
    window.close()
    again = Settings.load(window.settings.path or Path())
    assert again.blind
    assert not again.predict_all
