"""Closing while edits could not be written: keep trying, save them to a file, or go without them."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QMessageBox

from weldstudio.gui.bundle_dialog import SUFFIX
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.words import counted

if TYPE_CHECKING:
    from weldstudio.gui.main_window import MainWindow
    from weldstudio.gui.session import Session
    from weldstudio.studio.rescuing import Rescued


def may_lose(window: "MainWindow", session: "Session") -> bool:
    """Ask what to do about edits that could not be written; True = close without them."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Not saved")
    help_by_key(box, "desks")
    waiting = session.outbox.waiting
    box.setText(f"{counted(waiting, 'edit is', 'edits are')} not on disk: {session.outbox.problem}")
    box.setInformativeText(
        "They are kept for as long as this window is open. What should happen to them? A file can be taken into the "
        "project later, like the bundle of a colleague."
    )
    keep = box.addButton("Keep open and try again", QMessageBox.ButtonRole.AcceptRole)
    file = box.addButton("Save them to a file…", QMessageBox.ButtonRole.ActionRole)
    lose = box.addButton("Close without them", QMessageBox.ButtonRole.DestructiveRole)
    set_look(lose, "danger")
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.exec()
    if box.clickedButton() is lose:
        session.outbox.give_up()
        return True
    if box.clickedButton() is file:
        proposed = f"{session.folder.name} not saved {date.today().isoformat()}{SUFFIX}"
        chosen, _ = QFileDialog.getSaveFileName(
            window, "Save what is not on disk", str(Path.home() / proposed), f"Bundles of labels (*{SUFFIX})"
        )
        if chosen:
            save_and_close(window, session, Path(chosen))
        return False
    session.outbox.retry()
    return False


def save_and_close(window: "MainWindow", session: "Session", file: Path) -> None:
    """Put what could not be written into a file, say so, and close the project."""
    if not file.suffix:
        file = file.with_suffix(SUFFIX)
    held = session.editing.held()

    def saved(found: "Rescued") -> None:
        box = QMessageBox(QMessageBox.Icon.Information, "Saved to a file", found.text, parent=window)
        box.addButton("Close the project", QMessageBox.ButtonRole.AcceptRole)
        box.finished.connect(lambda _result: _close(window, session))
        box.open()

    def failed(error: Exception) -> None:
        session.editing.put_back(held)
        session.report(error)

    session.run(_rescue, session.outbox.writes, file, who=session.who).then(saved, failed)


def _close(window: "MainWindow", session: "Session") -> None:
    if window.session is session:
        session.outbox.give_up()
        window.close_project()


def _rescue(store: Any, writes: Any, file: Path, *, who: str) -> Any:
    from weldstudio.studio import rescuing

    return rescuing.rescue(store, writes, file, who=who)
