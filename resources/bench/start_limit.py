"""Limit of the start: a window with nothing on it, beside sqlite3, numpy and PIL, from spawning to painted, in ms."""

import os
import subprocess
import sys
import time

import rounds


def window() -> None:
    """The trivial program: says 'painted' and ends."""
    import sqlite3  # noqa: F401

    import numpy  # noqa: F401
    import PIL.Image  # noqa: F401
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QWidget

    class Window(QWidget):
        def paintEvent(self, event: object) -> None:
            QTimer.singleShot(0, painted)

    def painted() -> None:
        print("painted", flush=True)
        application.quit()

    application = QApplication([])
    shown = Window()
    shown.resize(1280, 800)
    shown.show()
    application.exec()


def spawn() -> dict[str, object]:
    """Start it and wait for the word."""
    begin = time.perf_counter()
    child = subprocess.Popen([sys.executable, __file__, "--window"], stdout=subprocess.PIPE, text=True)
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        taken = 1000 * (time.perf_counter() - begin)
    if child.returncode:
        raise SystemExit(f"the trivial window ended with status {child.returncode}")
    return {"value": taken, "unit": "ms"}


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if "--window" in sys.argv:
        window()
    else:
        rounds.serve(spawn)
