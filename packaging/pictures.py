"""Make the pictures of README and help anew: `python packaging/pictures.py`, in the environment of `run.py`.

Draws photographs of pipe joints, goes once round the loop on them, and photographs the real window without a display.
The network begins from random weights, so what it answers on the pictures shows the window, not a good model.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PIL import Image
from PySide6.QtCore import QEventLoop, QTimer

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "resources" / "help" / "pictures"
PHOTOS = 160
WIDTH, HEIGHT = 1440, 900
SETTLE_MS = 700  # thumbnails, fades and curves come to rest


def main() -> int:
    """Make every picture; the exit status."""
    with tempfile.TemporaryDirectory(prefix="weldstudio-pictures-") as place:
        os.environ["WELDSTUDIO_HOME"] = str(Path(place) / "home")
        project = make_project(Path(place))
        PICTURES.mkdir(exist_ok=True)
        return photograph(project)


def make_project(place: Path) -> Path:
    """A project of drawn photographs with labels, a merge, a run, its model and its predictions."""
    from weldstudio.imaging.drawn.collection import make_collection

    photos, project = place / "photos", place / "Northfield"
    labels = make_collection(photos, PHOTOS, 7)
    network = ("network.name=squeezenet1_0", "network.weights=random", "network.input_size=160")
    step("init", project, "--scheme", "pipe-welds")
    step("import", project, photos, "--labels", labels, "--joint", "folder", "--equipment", "Drawn")
    step("train", project, *(word for value in network for word in ("--set", value)), "--follow")
    step("predict", project)
    return project


def step(*words: object) -> None:
    """One command of weldstudio; ends the script when it fails."""
    subprocess.run([sys.executable, "-m", "weldstudio", *map(str, words)], check=True, stdout=subprocess.DEVNULL)


def photograph(project: Path) -> int:
    """Open the window on the project and save a picture of each page."""
    from PySide6.QtWidgets import QApplication

    from weldstudio import paths
    from weldstudio.gui.main_window import MainWindow
    from weldstudio.gui.theme import theme
    from weldstudio.settings import Settings

    app = QApplication([])
    settings = Settings.load(paths.settings_file())
    theme.apply("light", density=settings.density)
    window = MainWindow(settings)
    window.resize(WIDTH, HEIGHT)
    window.show()
    window.open_project(project)
    session = window.session
    assert session is not None
    wait_for(lambda: session.mirror_or_none is not None and "review" in window.pages)
    explained: list[object] = []
    session.explained.connect(explained.append)
    go_to_soil(window)
    save(window, "review")
    window.action_table.trigger("photo.open")
    window.action_table.trigger("overlay.toggle")
    wait_for(lambda: bool(explained))
    save(window, "large")
    window.action_table.trigger("photo.grid")
    for name in ("flags", "train", "models"):
        window.show_page(name)
        wait(1500)
        save(window, name)
    window.close()
    app.quit()
    return 0


def go_to_soil(window: Any) -> None:
    """Go on, photograph by photograph, to the first one that the model and the labels agree to be soiled."""
    session = window.session
    soil = session.mirror.scheme.by_name("Soil Contamination High Risk").slot
    raised = (session.mirror.states(soil) == 1) & (session.mirror.probability(soil) > 0.9)
    for _ in range(int(raised.nonzero()[0][0])):
        window.action_table.trigger("photo.next")
    session.choose_flag(soil)


def save(window: Any, name: str) -> None:
    """Let the window come to rest and save it as PICTURES/name.png."""
    wait(SETTLE_MS)
    file = PICTURES / f"{name}.png"
    window.grab().save(str(file))
    # 256 colours are enough for a window, and a third of the bytes.
    Image.open(file).convert("RGB").quantize(dither=Image.Dither.NONE).save(file, optimize=True)
    print(file)


def wait(milliseconds: int) -> None:
    """Let events happen."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_for(condition: Callable[[], bool], *, seconds: int = 120) -> None:
    """Let events happen until the condition holds; TimeoutError when it does not."""
    for _ in range(seconds * 20):
        if condition():
            return
        wait(50)
    raise TimeoutError("the window did not get there")


if __name__ == "__main__":
    sys.exit(main())
