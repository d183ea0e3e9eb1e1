"""The application: from nothing to the first painted window, with as little as possible in between."""

import logging
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from weldstudio import paths
from weldstudio.gui.dressing import dress
from weldstudio.gui.icons import pixmap
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.unexpected import Unexpected
from weldstudio.settings import Settings

_logger = logging.getLogger(__name__)

SWITCH_S = 0.0005


def open_window(project: Path | None) -> int:
    """Show the window, on the project or on the welcome page; returns the exit status when it is closed."""
    app = QApplication.instance() or QApplication([sys.argv[0] if sys.argv else "weldstudio"])
    if not isinstance(app, QApplication):
        raise RuntimeError("another kind of Qt application is running in this process")
    # The store's thread asks for the interpreter after every call of SQLite; a painting window shall not keep it for
    # the usual 5 ms each time.
    sys.setswitchinterval(SWITCH_S)
    app.setApplicationName("weldstudio")
    QGuiApplication.setApplicationDisplayName("weldstudio")
    settings = Settings.load(paths.settings_file())
    dress(settings)
    app.setWindowIcon(pixmap("quality", "accent", 64))
    window = MainWindow(settings)
    unexpected = Unexpected(window, log_file=str(paths.log_file()))
    unexpected.happened.connect(lambda text: say_where_seen(window, text))
    unexpected.install()
    if project is not None:
        # The frame stands at once; the store is opened in its own thread once it has been painted.
        window.announce(project)
        window.after_first_paint(lambda: window.open_project(project))
    window.show()
    for problem in settings.problems:
        window.say(problem)
    status = app.exec()
    unexpected.remove()
    window.close()
    window.deleteLater()
    # The loop has ended: what waits to be deleted would otherwise go in whatever order the interpreter ends.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if QGuiApplication.platformName() == "offscreen":
        # There no other program can ask for what was copied, and Qt would let go of it after the interpreter has ended.
        QGuiApplication.clipboard().clear()
    return status


def say_where_seen(window: MainWindow, text: str) -> None:
    """In the banner above the page, or in that of the welcome page where no project is open."""
    (window.banner if window.session is not None else window.welcome.banner).say(text)
