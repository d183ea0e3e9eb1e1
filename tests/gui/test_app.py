"""The first window, in a fresh process: what may not be imported before it is painted, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

HEAVY = ("numpy", "torch", "torchvision", "sqlite_utils", "pyqtgraph")
seen = {}

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and watched.isWindow() and not seen:
            seen["heavy"] = [name for name in HEAVY if name in sys.modules]
            seen["window"] = type(watched).__name__
            QTimer.singleShot(WAIT, QApplication.quit)
        return False

app = QApplication(["weldstudio"])
watch = Watch()
app.installEventFilter(watch)
from weldstudio.gui.app import open_window
seen["status"] = open_window(PROJECT)
print(json.dumps(seen))
"""


def run(project: str, *, wait: int, home: Path) -> dict[str, object]:
    script = SCRIPT.replace("WAIT", str(wait)).replace("PROJECT", project)
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "WELDSTUDIO_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_the_welcome_page_is_painted_without_anything_heavy(tmp_path: Path) -> None:
    assert run("None", wait=0, home=tmp_path) == {"heavy": [], "window": "MainWindow", "status": 0}


def test_a_project_is_opened_after_the_first_paint(project: Path, tmp_path: Path) -> None:
    assert run(f"Path({str(project)!r})", wait=1500, home=tmp_path / "home") == {
        "heavy": [],
        "window": "MainWindow",
        "status": 0,
    }


@pytest.mark.parametrize("module", ["app", "main_window", "session", "welcome.page", "actions"])
def test_modules_of_the_frame_bring_nothing_heavy(module: str) -> None:
    code = (
        f"import sys, weldstudio.gui.{module}\n"
        "print([m for m in ('torch', 'torchvision', 'sqlite_utils', 'pyqtgraph', 'sqlite3') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
