"""The tour from beginning to end: a window, the steps one after the other, and what is left behind of it."""

import json
import logging
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication

from weldstudio import paths
from weldstudio.gui.app import SWITCH_S
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.theme import theme as themes
from weldstudio.gui.tour import learning, looking
from weldstudio.gui.tour.hand import STOP, Hand, Interrupted, StepFailed, wait
from weldstudio.gui.tour.round import Round
from weldstudio.settings import Settings

_logger = logging.getLogger(__name__)

SIZE: Final = (1440, 900)
DONE, FAILED, CANCELLED = 0, 1, 130
NAME: Final = "Tour"
"""Signs the labels that the tour gives."""

Step = Callable[[Round], str]
STEPS: Final[tuple[Step, ...]] = (
    looking.open_project,
    looking.fill,
    looking.browse,
    looking.search,
    looking.overlay,
    looking.relabel,
    looking.undo,
    learning.merge,
    learning.train,
    learning.watch,
    learning.adopt,
    learning.compare,
    learning.predict,
    learning.disagree,
    learning.export,
)


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step went."""

    step: str
    what: str
    """The sentence that says what the step shows."""
    ok: bool
    checked: str
    """What was checked; of a step that failed, what did not hold."""
    seconds: float
    pictures: tuple[str, ...]


def run(project: Path, out: Path, *, theme: str = "light", say: Callable[[str], object] = print) -> int:
    """Go round in a window of its own on `project` and leave pictures and a report in `out`; the exit status."""
    app = QApplication.instance() or QApplication([sys.argv[0] if sys.argv else "weldstudio"])
    if not isinstance(app, QApplication):
        raise RuntimeError("another kind of Qt application is running in this process")
    sys.setswitchinterval(SWITCH_S)
    settings = Settings.load(paths.settings_file())
    settings.change(expert=NAME, theme=theme or "light", first_steps=False)
    themes.apply(settings.theme, density=settings.density)
    window = MainWindow(settings)
    window.resize(*SIZE)
    window.show()
    window.activateWindow()
    if QGuiApplication.platformName() == "offscreen":
        QCursor.setPos(window.geometry().bottomRight())  # out of the way: nothing shall look as if pointed at
    out.mkdir(parents=True, exist_ok=True)
    results, cancelled = _go(window, project, out, say)
    write_report(out, results, complete=not cancelled and len(results) == len(STEPS))
    window.close()
    window.deleteLater()
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if cancelled:
        return CANCELLED
    return DONE if len(results) == len(STEPS) and all(result.ok for result in results) else FAILED


def _go(window: MainWindow, project: Path, out: Path, say: Callable[[str], object]) -> tuple[list[StepResult], bool]:
    """All steps, and whether Ctrl+C ended them.

    After one that failed the others are tried all the same, unless the project did not open.
    """
    go = Round(window, Hand(window, out), project, out=out)
    results: list[StepResult] = []
    waiting = list(STEPS)
    before = signal.signal(signal.SIGINT, lambda _number, _frame: STOP.set())
    try:
        wait(100)
        while waiting and not STOP.is_set():
            step = waiting.pop(0)
            result = take(step, go)
            results.append(result)
            mark = "ok    " if result.ok else "FAILED"
            say(f"{mark} {result.step:12} {result.seconds:5.1f} s  {result.checked}")
            if step is looking.open_project and not result.ok:
                break
            if step is looking.fill and window.session is not None and window.session.mirror.model_id is None:
                # Without a model there is nothing to lay over a photograph before one was trained.
                waiting.remove(looking.overlay)
                waiting.insert(waiting.index(learning.predict) + 1, looking.overlay)
    except Interrupted:
        STOP.set()
    finally:
        signal.signal(signal.SIGINT, before)
    cancelled = STOP.is_set()
    STOP.clear()
    return results, cancelled


def take(step: Step, go: Round) -> StepResult:
    """One step, with whatever went wrong as its result."""
    began = time.monotonic()
    before = set(go.out.glob("*.png"))
    ok, name = True, step.__name__.replace("_", "-")
    try:
        go.hand.come_to_front()
        checked = step(go)
    except Interrupted:
        raise
    except StepFailed as failure:
        ok, checked = False, f"Not so: {failure}."
    except Exception as error:  # a bug in one step is its result; the others still say something
        _logger.exception("the step %s of the tour", name)
        ok, checked = False, f"It ended with {type(error).__name__}: {error}"
    if not ok:
        try:
            go.hand.picture(f"failed-{name}")
        except StepFailed:
            _logger.exception("no picture of the step %s", name)
    pictures = sorted(set(go.out.glob("*.png")) - before, key=lambda file: file.stat().st_mtime_ns)
    what = (step.__doc__ or "").strip().splitlines()[0]
    seconds = round(time.monotonic() - began, 1)
    return StepResult(name, what, ok, checked, seconds, tuple(file.name for file in pictures))


def write_report(out: Path, results: list[StepResult], *, complete: bool) -> None:
    """`report.json` for machines, `report.md` for people."""
    seconds = round(sum(result.seconds for result in results), 1)
    ok = complete and all(result.ok for result in results)
    whole = {"ok": ok, "complete": complete, "seconds": seconds, "steps": [asdict(result) for result in results]}
    (out / "report.json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    lines = [
        "# A tour through weldstudio",
        "",
        f"{sum(r.ok for r in results)} of {len(STEPS)} steps went well, in {seconds:.0f} seconds.",
        "",
        "| step | | seconds | checked |",
        "| --- | --- | ---: | --- |",
        *(f"| {r.step} | {'ok' if r.ok else '**failed**'} | {r.seconds:.1f} | {_cell(r.checked)} |" for r in results),
    ]
    for result in results:
        lines += ["", f"## {result.step.capitalize()}", "", result.what, "", f"{result.checked}"]
        lines += [line for name in result.pictures for line in ("", f"![{result.step}]({name})")]
    (out / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")
