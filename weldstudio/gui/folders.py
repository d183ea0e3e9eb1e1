"""What the window does about the folders of photographs: its actions, and what it says of those not there."""

from typing import TYPE_CHECKING

FIND = "Find it…"

if TYPE_CHECKING:
    from weldstudio.gui.main_window import MainWindow
    from weldstudio.gui.session import Session
    from weldstudio.gui.watching import Watching


def connect(window: "MainWindow") -> None:
    """Give the actions their slots."""
    window.action_table.connect("collection.manage", lambda: _manage(window))
    window.action_table.connect("collection.rescan", lambda: _rescan(window))


def begin(session: "Session", window: "MainWindow") -> None:
    """A project was opened: watch what is to be watched, say which folders are not there."""
    from weldstudio.gui.watching import Watching

    watching = Watching(session)
    watching.away.connect(lambda collection_id, folder: _say_away(window, watching, collection_id, folder))
    watching.back.connect(lambda _collection_id: _say_back(window))
    watching.begin()


def _say_away(window: "MainWindow", watching: "Watching", collection_id: int, folder: str) -> None:
    from weldstudio.gui.watching import away_sentence

    session = window.session
    if session is None:
        return
    sentence = away_sentence(session, collection_id, folder)
    if session.read_only:
        window.banner.say(sentence, kind="warning")
    else:
        window.banner.say(sentence, kind="warning", offer=FIND, take=lambda: _find(window, watching, collection_id))


def _say_back(window: "MainWindow") -> None:
    if window.banner.button.text() == FIND:
        window.banner.dismiss()


def _find(window: "MainWindow", watching: "Watching", collection_id: int) -> None:
    from weldstudio.gui.collections_dialog import choose_folder

    session = window.session
    if session is None:
        return
    mirror = session.mirror
    folder = choose_folder(mirror.collections[collection_id], mirror.roots[collection_id], window)
    if folder is not None:
        window.banner.dismiss()
        watching.relocate(collection_id, folder)


def _manage(window: "MainWindow") -> None:
    from weldstudio.gui.collections_dialog import CollectionsDialog

    watching = _watching(window)
    if window.session is not None and watching is not None:
        CollectionsDialog(window.session, watching, window).open()


def _rescan(window: "MainWindow") -> None:
    watching = _watching(window)
    if window.session is not None and watching is not None:
        watching.rescan(tuple(window.session.mirror.collections))


def _watching(window: "MainWindow") -> "Watching | None":
    from weldstudio.gui.watching import Watching

    return window.session.findChild(Watching) if window.session is not None else None
