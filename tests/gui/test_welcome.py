"""From nothing to a project, as a newcomer goes: the form, what it recognises and asks, the import, its report."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.test_main_window import PlainPage
from tests.photos import MadeCollection, make_collection
from weldstudio.domain.labelling import Source, State, sources, states
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.welcome.import_dialog import ImportDialog
from weldstudio.gui.welcome.import_form import ImportForm
from weldstudio.gui.welcome.report import ReportDialog
from weldstudio.studio import scheme


@pytest.fixture
def collection(tmp_path: Path) -> MadeCollection:
    return make_collection(tmp_path / "photos", 6)


@pytest.fixture
def plain(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    monkeypatch.setattr(MainWindow, "_make_page", lambda self, name: PlainPage(name, self.session, self.action_table))
    return window


@pytest.fixture
def form(window: MainWindow, tmp_path: Path) -> ImportForm:
    window.action_table.trigger("project.new")
    made = window.welcome.form
    assert made is not None
    made.project.set_path(tmp_path / "made")
    return made


def problem(window: MainWindow) -> str:
    assert window.welcome.create_button.isEnabled() is not bool(window.welcome.why_not.text())
    return window.welcome.why_not.text()


def test_the_form_says_what_is_missing(qtbot: QtBot, window: MainWindow, form: ImportForm, tmp_path: Path) -> None:
    assert problem(window) == "Choose the folder with the photographs."
    form.photos.edit.setText(str(tmp_path / "nowhere"))
    assert "no folder" in problem(window)
    (tmp_path / "photos").mkdir()
    form.photos.edit.setText(str(tmp_path / "photos"))
    qtbot.waitUntil(lambda: "No photographs" in form.found.text(), timeout=5000)
    assert problem(window) == ""
    form.project.edit.setText(str(tmp_path / "photos"))
    assert "outside" in problem(window)
    form.project.edit.setText(str(tmp_path / "made"))
    form.labels.edit.setText(str(tmp_path / "no.csv"))
    assert problem(window) == "The label file is not read."


def test_an_empty_form_creates_nothing(window: MainWindow) -> None:
    window.action_table.trigger("project.new")
    assert problem(window) == "Choose the folder with the photographs."


def test_a_table_in_the_chosen_folder_is_proposed(
    qtbot: QtBot, form: ImportForm, collection: MadeCollection, tmp_path: Path
) -> None:
    table = collection.write_wide(collection.folder / "labels.csv")
    form.photos.edit.setText(str(collection.folder))
    qtbot.waitUntil(lambda: form.labels.path == table, timeout=5000)
    form.photos.edit.setText(str(tmp_path))
    qtbot.waitUntil(lambda: form.labels.path is None, timeout=5000)
    own = collection.write_wide(tmp_path / "own" / "labels.csv")
    form.labels.edit.setText(str(own))
    form.photos.edit.setText(str(collection.folder))
    qtbot.waitUntil(lambda: "photograph" in form.found.text(), timeout=5000)
    assert form.labels.path == own


def test_the_way_on_stays_in_sight_below_a_long_form(
    qtbot: QtBot, window: MainWindow, form: ImportForm, collection: MadeCollection, tmp_path: Path
) -> None:
    button = window.welcome.create_button
    form.photos.set_path(collection.folder)
    form.labels.set_path(collection.write_flags(tmp_path / "flags.csv"))
    qtbot.waitUntil(lambda: form.preview.clear.isVisible(), timeout=5000)
    window.resize(1280, 600)
    qtbot.waitUntil(lambda: button.visibleRegion().boundingRect().height() == button.height(), timeout=5000)


def test_a_wide_table_is_recognised_and_shown(
    qtbot: QtBot, window: MainWindow, form: ImportForm, collection: MadeCollection, tmp_path: Path
) -> None:
    form.photos.set_path(collection.folder)
    form.labels.set_path(collection.write_wide(tmp_path / "wide.csv"))
    qtbot.waitUntil(lambda: "Written in" in form.preview.summary.text(), timeout=5000)
    assert "One column per flag: 6 photographs, 3 flags" in form.preview.summary.text()
    assert form.preview.table.rowCount() == 4
    assert form.preview.table.item(1, 2).text()[0] in "01"
    assert form.preview.table.choice("path").currentText() == "Photograph"
    assert not form.preview.question.isVisible()
    assert problem(window) == ""


def test_a_table_that_is_none_is_refused_in_its_words(qtbot: QtBot, form: ImportForm, tmp_path: Path) -> None:
    table = tmp_path / "odd.csv"
    table.write_text("a,b\n1,2\n", encoding="utf-8")
    form.labels.set_path(table)
    qtbot.waitUntil(lambda: form.preview.summary.property("look") == "danger", timeout=5000)
    assert "path" in form.preview.summary.text()


def choose(form: ImportForm, column: str, meaning: str) -> None:
    """Say what a column means, as a person does: by opening the choice and pressing its line."""
    box = form.preview.table.choice(column)
    place = box.findText(meaning)
    assert place >= 0
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_what_columns_mean_is_said_and_counted_before_anything_is_made(
    qtbot: QtBot, window: MainWindow, form: ImportForm, collection: MadeCollection, tmp_path: Path
) -> None:
    table = tmp_path / "odd.csv"
    rows = "".join(f"{path};{n % 2};ok\n" for n, path in enumerate(collection.paths))
    table.write_text(f"Quelle;Boden;Rest\n{rows}none.jpg;1;\n", encoding="utf-16")
    form.photos.set_path(collection.folder)
    form.labels.set_path(table)
    qtbot.waitUntil(lambda: "no column 'path'" in form.preview.summary.text(), timeout=5000)
    qtbot.waitUntil(lambda: form.preview.table.rowCount() == 3, timeout=5000)
    assert problem(window) == "The label file is not read."
    choose(form, "Quelle", "Photograph")
    qtbot.waitUntil(lambda: "6 labels on 6 photos would change." in form.part.forecast.text.text(), timeout=10000)
    assert "New flags: Boden." in form.part.forecast.text.text()
    assert form.part.forecast.show_lines.isVisible()
    assert "UTF-16, parted by semicolons" in form.preview.summary.text()
    choose(form, "Rest", "Note")
    qtbot.waitUntil(lambda: "note of 6" in form.part.forecast.text.text(), timeout=10000)
    form.part.all_or_nothing.setChecked(True)
    qtbot.waitUntil(lambda: "1 line of odd.csv" in form.part.forecast.text.text(), timeout=10000)
    qtbot.mouseClick(form.part.forecast.show_lines, Qt.MouseButton.LeftButton)
    listed = window.findChild(ReportDialog)
    assert isinstance(listed, ReportDialog)
    assert (listed.table.item(0, 0).text(), listed.table.item(0, 1).text()) == ("8", "none.jpg")
    listed.close()
    assert not (tmp_path / "made").exists()


def test_type_and_medium_are_said_in_the_form(
    qtbot: QtBot, plain: MainWindow, form: ImportForm, collection: MadeCollection
) -> None:
    form.photos.set_path(collection.folder)
    form.kind.setText("coupler")
    form.medium.setText("gas")
    qtbot.mouseClick(plain.welcome.create_button, Qt.MouseButton.LeftButton)
    session = plain.session
    assert session is not None
    qtbot.waitUntil(lambda: not session.works, timeout=20000)
    joint = int(session.mirror.joint[0])
    assert session.mirror.joints.kinds.name_of(joint) == "coupler"
    assert session.mirror.joints.mediums.name_of(joint) == "gas"
    plain.toast.dismiss()


def test_new_project_with_raised_flags_only(
    qtbot: QtBot, plain: MainWindow, form: ImportForm, collection: MadeCollection, tmp_path: Path
) -> None:
    form.photos.set_path(collection.folder)
    form.labels.set_path(collection.write_flags(tmp_path / "flags.csv"))
    qtbot.waitUntil(lambda: form.preview.question.isVisible(), timeout=5000)
    assert "not listed" in problem(plain)
    qtbot.mouseClick(form.preview.clear, Qt.MouseButton.LeftButton, pos=form.preview.clear.rect().center())
    if not form.preview.clear.isChecked():  # a style may take clicks on the circle alone
        form.preview.clear.click()
    assert problem(plain) == ""
    qtbot.mouseClick(plain.welcome.create_button, Qt.MouseButton.LeftButton)

    session = plain.session
    assert session is not None
    qtbot.waitUntil(lambda: not session.works, timeout=20000)
    mirror = session.mirror
    assert sorted(mirror.paths) == sorted(collection.paths)
    assert {flag.name for flag in mirror.scheme.flags} == {name for shown in collection.shown for name in shown}
    for path, shown in zip(collection.paths, collection.shown, strict=True):
        row = mirror.paths.index(path)
        for flag in mirror.scheme.flags:
            expected = State.RAISED if flag.name in shown else State.CLEAR
            assert states(mirror.labels)[row, flag.slot] == expected
            if expected == State.CLEAR:
                assert sources(mirror.labels)[row, flag.slot] == Source.ASSUMED
    assert plain.toast.isVisible()
    assert "6 photos found" in plain.toast.label.toolTip()
    plain.toast.dismiss()


def test_the_form_is_empty_again_for_the_next_project(
    qtbot: QtBot, plain: MainWindow, form: ImportForm, collection: MadeCollection, tmp_path: Path
) -> None:
    form.photos.set_path(collection.folder)
    form.labels.set_path(collection.write_flags(tmp_path / "flags.csv"))
    qtbot.waitUntil(lambda: form.preview.clear.isVisible(), timeout=5000)
    form.preview.clear.click()
    form.contractor.setText("Ada & sons")
    form.project.set_path(tmp_path / "made")
    plain.welcome.show_start()
    plain.action_table.trigger("project.new")
    assert form.contractor.text() == "Ada & sons"  # not made yet: nothing is lost by going back
    qtbot.mouseClick(plain.welcome.create_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: plain.session is not None, timeout=5000)
    plain.action_table.trigger("project.close")
    plain.action_table.trigger("project.new")
    assert form.photos.path is form.labels.path is form.project.path is form.preview.unlisted is None
    assert form.contractor.text() == ""
    assert not form.preview.isVisible()


def test_what_could_not_be_brought_in_is_listed(
    qtbot: QtBot, plain: MainWindow, form: ImportForm, collection: MadeCollection
) -> None:
    (collection.folder / "broken.jpg").write_bytes(b"no picture")
    form.photos.set_path(collection.folder)
    qtbot.mouseClick(plain.welcome.create_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: plain.findChild(ReportDialog) is not None, timeout=20000)
    report = plain.findChild(ReportDialog)
    assert isinstance(report, ReportDialog)
    assert report.table.rowCount() == 1
    assert report.table.item(0, 1).text() == "broken.jpg"
    assert report.table.item(0, 2).text()
    report.close()


def test_labels_for_photographs_that_are_here_already(
    qtbot: QtBot, plain: MainWindow, project: Path, tmp_path: Path
) -> None:
    plain.open_project(project)
    session = plain.session
    assert session is not None
    table = tmp_path / "more.csv"
    table.write_text(f"path,Soil\n{session.mirror.paths[0]},1\n", encoding="utf-8")
    plain.action_table.trigger("collection.import")
    dialog = plain.findChild(ImportDialog)
    assert isinstance(dialog, ImportDialog)
    assert not dialog.import_button.isEnabled()
    dialog.form.labels.set_path(table)
    qtbot.waitUntil(lambda: dialog.import_button.isEnabled(), timeout=5000)
    assert not dialog.form.contractor.isEnabled()  # said of photographs that come, and none come
    dialog.form.photos.set_path(tmp_path)
    assert dialog.form.contractor.isEnabled()
    dialog.form.photos.set_path(None)
    qtbot.waitUntil(lambda: dialog.form.part.forecast.text.text().startswith("1 label on 1 photo"), timeout=10000)
    assert int(session.mirror.states(1)[0]) == State.UNSEEN
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: int(session.mirror.states(1)[0]) == State.RAISED, timeout=10000)
    qtbot.waitUntil(lambda: not session.works, timeout=10000)
    session.undo()
    assert int(session.mirror.states(1)[0]) == State.UNSEEN


def test_a_folder_that_is_a_project_is_not_made_anew(window: MainWindow, form: ImportForm, project: Path) -> None:
    form.photos.set_path(project.parent / "photos")
    form.project.edit.setText(str(project))
    assert "project in that folder already" in problem(window)


def test_return_opens_the_recent_project_that_has_the_focus(qtbot: QtBot, plain: MainWindow, project: Path) -> None:
    plain.settings.remember_project(project)
    plain.show_welcome()
    row = plain.welcome.recent.rows[0]
    row.setFocus()
    with qtbot.waitSignal(plain.project_opened, timeout=20_000):
        qtbot.keyClick(row, Qt.Key.Key_Return)
    assert plain.session is not None
    assert plain.session.folder == project.resolve()


def test_a_project_taken_off_the_list_is_not_deleted(qtbot: QtBot, plain: MainWindow, project: Path) -> None:
    plain.open_project(project)
    plain.close_project()
    row = plain.welcome.recent.rows[0]
    qtbot.mouseClick(row.forget, Qt.MouseButton.LeftButton)
    assert plain.welcome.recent.rows == []
    assert (project / "project.sqlite").exists()


def test_flags_that_only_the_file_knows_are_asked_about_before_anything_is_brought_in(
    qtbot: QtBot, plain: MainWindow, project: Path, tmp_path: Path
) -> None:
    plain.open_project(project)
    session = plain.session
    assert session is not None
    table = tmp_path / "more.csv"
    rows = f"{session.mirror.paths[0]},1,1,2021-01-01,x,y,z,q\n{session.mirror.paths[1]},0,0,32.1.2021,,,,\n"
    slot = session.mirror.scheme.by_name("Soil").slot
    session.edit("Rename", scheme.rename_flag, slot, "Earth", who="Lead")  # a file older than that names no new flag
    qtbot.waitUntil(lambda: session.mirror.scheme.by_slot(slot).name == "Earth")
    rows += "nowhere.jpg,1,perhaps,,,,,\n"
    table.write_text(f"path,soil,Frost,date,note,type,medium,contractor\n{rows}", encoding="utf-8")
    plain.action_table.trigger("collection.import")
    dialog = plain.findChild(ImportDialog)
    assert isinstance(dialog, ImportDialog)
    dialog.form.labels.set_path(table)
    qtbot.waitUntil(lambda: dialog.form.new_flags.isVisible(), timeout=5000)
    assert dialog.form.new_flags.text().endswith(": Frost")
    assert not dialog.import_button.isEnabled()
    dialog.form.new_flags.setChecked(True)
    assert dialog.import_button.isEnabled()
    preview = dialog.form.preview
    screen, frame = dialog.screen().availableGeometry().height(), dialog.frameGeometry().height() - dialog.height()
    layout = dialog.layout()
    assert layout is not None
    qtbot.waitUntil(lambda: "lines cannot be used" in dialog.form.part.forecast.text.text(), timeout=10000)
    qtbot.waitUntil(
        lambda: (
            dialog.height() == min(layout.totalHeightForWidth(dialog.width()), screen - frame)
            and preview.table.geometry().bottom() < preview.summary.geometry().top()
        )
    )
    dialog.reject()
