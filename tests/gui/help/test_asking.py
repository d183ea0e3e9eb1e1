"""F1 on every page and in the dialogs of the real window."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QUrl
from PySide6.QtGui import QKeySequence, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from weldstudio import paths
from weldstudio.gui.help.viewer import HelpViewer
from weldstudio.gui.main_window import PAGES, MainWindow
from weldstudio.gui.review.override_dialog import OverrideDialog


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, project: Path) -> MainWindow:
    window.open_project(project)
    qtbot.waitUntil(lambda: "review" in window.pages)
    return window


def press(qtbot: QtBot, over: QWidget, key: str) -> None:
    over.activateWindow()
    qtbot.waitUntil(over.isActiveWindow)
    QTest.keySequence(QApplication.focusWidget() or over, QKeySequence(key))


def shown_help(over: QWidget) -> HelpViewer:
    (viewer,) = over.findChildren(HelpViewer, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert isinstance(viewer, HelpViewer)
    assert viewer.isVisible()
    return viewer


def test_each_page_has_its_help_a_key_away(qtbot: QtBot, opened: MainWindow) -> None:
    headings = {}
    for number, (name, title) in enumerate(PAGES, 1):
        press(qtbot, opened, f"Ctrl+{number}")
        assert opened.page == name
        press(qtbot, opened, "F1")
        viewer = shown_help(opened)
        assert viewer.page == name
        headings[title] = viewer.text.toPlainText().splitlines()[0]
        viewer.close()
    assert headings == {title: title for _, title in PAGES}


@pytest.mark.parametrize(
    ("page", "action", "help_page"),
    [
        ("review", "project.bundle", "desks"),
        ("review", "project.restore", "desks"),
        ("review", "project.export", "desks"),
        ("review", "history.open", "desks"),
        ("review", "collection.import", "welcome"),
        ("review", "app.settings", "welcome"),
        ("review", "app.keys", "keys"),
        ("flags", "scheme.contractors", "flags"),
    ],
)
def test_a_dialog_has_its_help_over_itself(
    qtbot: QtBot, opened: MainWindow, page: str, action: str, help_page: str
) -> None:
    opened.show_page(page)
    opened.action_table.trigger(action)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    press(qtbot, dialog, "F1")
    viewer = shown_help(dialog)
    assert viewer.page == help_page
    viewer.list.setCurrentRow(0)
    assert viewer.page == "welcome"  # the dialog does not hold it up
    viewer.close()
    dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_reason_for_a_verdict_may_need_help(qtbot: QtBot) -> None:
    dialog = OverrideDialog("J-1", None)
    qtbot.addWidget(dialog)
    dialog.open()
    press(qtbot, dialog, "F1")
    assert shown_help(dialog).page == "review"
    shown_help(dialog).close()
    dialog.close()


def test_pictures_of_the_help_are_there_and_as_wide_as_the_text(qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    viewer = HelpViewer(over)
    viewer.show()
    laid_out: list[str] = []
    for page in ("review", "flags", "train", "models"):
        viewer.text.document().contentsChange.connect(lambda *_, page=page: laid_out.append(page))
        viewer.show_page(page)
        assert laid_out.count(page) < 10  # at every paragraph it would take seconds
        text = (paths.resources() / "help" / f"{page}.md").read_text("utf-8")
        names = re.findall(r"\]\((pictures/[a-z]+\.webp)\)", text)
        assert names
        for name in names:
            image = viewer.text.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name))
            assert not image.isNull(), name
            assert image.width() / image.devicePixelRatio() <= viewer.text.viewport().width()
