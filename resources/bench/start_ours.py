"""Our start: `weldstudio` from spawning to the first painted window, in ms, and what was imported by then."""

import json
import os
import subprocess
import sys
import tempfile
import time

import rounds

# Too slow to be needed before the first paint.
LATE = ("torch", "torchvision", "sqlite_utils", "pyqtgraph")


def window() -> None:
    """The real way in, with an eye on the first paint event of a top-level widget."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication, QWidget

    from weldstudio import __main__ as entry

    class Eye(QObject):
        seen = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if not self.seen and event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
                self.seen = True
                application.removeEventFilter(self)
                QTimer.singleShot(0, painted)
            return False

    def painted() -> None:
        print(json.dumps({"early": [name for name in LATE if name in sys.modules]}), flush=True)
        application.closeAllWindows()
        application.quit()

    application = QApplication([])
    eye = Eye()
    application.installEventFilter(eye)
    sys.exit(entry.main([]))


def spawn() -> dict[str, object]:
    """Start it and wait for the word."""
    begin = time.perf_counter()
    child = subprocess.Popen([sys.executable, __file__, "--window"], stdout=subprocess.PIPE, text=True)
    with child:
        assert child.stdout is not None
        line = child.stdout.readline()
        taken = 1000 * (time.perf_counter() - begin)
    if not line:
        raise SystemExit(f"weldstudio ended with status {child.returncode} before its window was painted")
    return {"value": taken, "unit": "ms", **json.loads(line)}


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if "--window" in sys.argv:
        window()
    else:
        with tempfile.TemporaryDirectory() as home:
            os.environ["WELDSTUDIO_HOME"] = home  # nobody's settings
            rounds.serve(spawn)
