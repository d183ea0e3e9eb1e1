"""What can be done with the chosen runs: stop, pause, move in the line, duplicate, star, note, delete, write out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import JobFailed, UserError
from weldstudio.domain.recipe import Recipe
from weldstudio.gui.actions import Actions
from weldstudio.gui.session import Session
from weldstudio.gui.train.drawing import draw
from weldstudio.gui.train.runs_list import RunRow
from weldstudio.gui.words import counted
from weldstudio.jobs.folder import RunFolder

if TYPE_CHECKING:
    from weldstudio.store.store import Store

FILTERS = {
    "Table of all points (*.csv)": ".csv",
    "Picture (*.png)": ".png",
    "Drawing (*.svg)": ".svg",
    "Folder for TensorBoard (*)": "",
}


class RunActions(QObject):
    """Connects the actions of the 'train' page that mean the chosen runs. GUI thread."""

    duplicated = Signal(object, object)
    """Recipe of the chosen run and the weights file it began with, to be the next recipe."""
    resume_asked = Signal(object)
    """The `RunRow` of a run that shall go on."""

    def __init__(
        self,
        session: Session,
        actions: Actions,
        page: QWidget,
        *,
        chosen: Callable[[], Sequence[RunRow]],
        running: Callable[[], RunRow | None],
    ) -> None:
        super().__init__(page)
        self._session, self._actions, self._page = session, actions, page
        self._chosen, self._running = chosen, running
        for name, slot in (
            ("stop", self.stop),
            ("pause", self.pause),
            ("resume", self.resume),
            ("sooner", lambda: self._move(-1)),
            ("later", lambda: self._move(1)),
            ("duplicate", self.duplicate),
            ("star", self.star),
            ("note", self.ask_note),
            ("delete", self.delete),
            ("export", self.export),
        ):
            actions.connect(f"train.{name}", slot)
        self.line: tuple[str, ...] = ()
        """Runs that wait, in the order of their turns."""
        self.refresh()

    def refresh(self) -> None:
        """Offer what is possible with the runs that are chosen now."""
        rows, stoppable = self._chosen(), self._stoppable
        one = rows[0] if len(rows) == 1 else None
        place = self.line.index(one.id) if one is not None and one.id in self.line else None
        for name, possible in (
            ("stop", stoppable is not None),
            ("pause", stoppable is not None and stoppable.running),
            ("resume", one is not None and one.resumable),
            ("sooner", place is not None and place > 0),
            ("later", place is not None and place < len(self.line) - 1),
            ("duplicate", one is not None),
            ("star", bool(rows)),
            ("note", one is not None),
            ("delete", bool(rows) and not any(row.live for row in rows)),
            ("export", bool(rows)),
        ):
            self._actions.set_enabled(f"train.{name}", possible)

    def menu(self, parent: QWidget) -> QMenu:
        """What can be done with the chosen runs."""
        menu = QMenu(parent)
        for name in ("duplicate", "star", "note", "export", "delete"):
            menu.addAction(self._actions[f"train.{name}"])
        return menu

    @property
    def _stoppable(self) -> RunRow | None:
        """The chosen run where it is under way or waits, else the one that is under way."""
        return next((row for row in self._chosen() if row.live), None) or self._running()

    def stop(self) -> None:
        """Ask the run that is shown, else the one under way, to end after its present step; or not to begin at all."""
        from weldstudio.studio import training

        row = self._stoppable
        if row is not None:
            self._session.run(training.stop, row.id)
            ending = "The run ends after its present step and becomes a model; stop again to end it at once"
            self._session.tell("The run will not begin" if row.waiting else ending)

    def pause(self) -> None:
        """Ask the run that is under way to leave off after its present step, so that it can go on later."""
        from weldstudio.studio import training

        row = self._stoppable
        if row is not None:
            self._session.run(training.pause, row.id)
            self._session.tell("The run pauses after its present step")

    def resume(self) -> None:
        """Let the chosen run go on where it was paused or broken off."""
        self.resume_asked.emit(self._chosen()[0])

    def move_to(self, run: str, place: int) -> None:
        """Give a run that waits another place in the line; 0 is the next to begin."""
        from weldstudio.studio import training

        self._session.run(training.move, run, place)

    def _move(self, by: int) -> None:
        chosen = next((row.id for row in self._chosen() if row.id in self.line), None)
        if chosen is not None:
            self.move_to(chosen, self.line.index(chosen) + by)

    def duplicate(self) -> None:
        """Put the recipe of the chosen run into the form."""
        row = self._chosen()[0]
        try:
            recipe, file = recipe_of(row.folder)
        except UserError as error:
            self._session.report(error)
            return
        self.duplicated.emit(recipe, file)
        self._session.tell(f"The recipe is that of {row.name}; start it, or change it first")

    def star(self) -> None:
        """Give the chosen runs a star, or take it away where all have one."""
        rows = self._chosen()
        on = not all(row.star for row in rows)
        self._mark("Star" if on else "Take the star away", rows, star=on)

    def ask_note(self) -> None:
        """Ask for the note on the chosen run."""
        row = self._chosen()[0]
        text, given = QInputDialog.getMultiLineText(self._page, "Note on a run", f"Note on {row.name}", row.note)
        if given:
            self.note(row, text)

    def note(self, row: RunRow, text: str) -> None:
        """Write a note on a run."""
        if text.strip() != row.note:
            self._mark("Note on a run", [row], note=text)

    def delete(self) -> None:
        """Delete the chosen runs; undo brings them back."""
        rows = self._chosen()
        said = counted(len(rows), "run")
        self._mark(f"Delete {said}", rows, gone=True)
        self._session.tell(f"{said} deleted", undo=True)

    def export(self) -> None:
        """Ask where to, and write the curves of the chosen runs there."""
        rows = self._chosen()
        name, kind = QFileDialog.getSaveFileName(self._page, "Write curves", "curves.csv", ";;".join(FILTERS))
        if not name:
            return
        target = Path(name)
        known = set(FILTERS.values()) - {""}
        suffix = target.suffix.casefold() if target.suffix.casefold() in known else FILTERS.get(kind, ".csv")
        if suffix in (".png", ".svg"):
            self._draw(target.with_suffix(suffix))
            return
        runs = [RunFolder(row.folder) for row in rows]
        target = target.with_suffix(suffix) if suffix else target.with_suffix("")
        self._session.run(_write, runs, target).then(lambda told: self._session.tell(told), self._session.report)

    def _draw(self, file: Path) -> None:
        from weldstudio.gui.train.plot_parts import Plots  # plots take their time to import

        plot = next((p for p in self._page.findChildren(Plots) if p.isVisible()), None)
        if plot is None:
            self._session.tell("There are no curves on the screen to be drawn")
            return
        try:
            draw(plot, file)
        except JobFailed as error:
            self._session.report(error)
        else:
            self._session.tell(f"Drew the curves into {file.name}")

    def _mark(self, text: str, rows: Sequence[RunRow], **what: Any) -> None:
        self._session.edit(text, _mark, [row.id for row in rows], who=self._session.who, what=what)


def recipe_of(folder: Path) -> tuple[Recipe, Path | None]:
    """A run's recipe and the weights file it began with, as kept in its folder. Raises UserError."""
    recipe = RunFolder(folder).recipe()
    kept = sorted((folder / "weights").glob("*")) if recipe.network.weights == "file" else []
    return recipe, kept[0] if kept else None


def _mark(store: "Store", runs: list[str], *, who: str, what: dict[str, Any]) -> Done:
    from weldstudio.studio import marking

    return marking.mark(store, runs, who=who, **what)


def _write(_store: "Store", runs: list[RunFolder], target: Path) -> str:
    from weldstudio.studio import curve_files

    if target.suffix == ".csv":
        return f"Wrote {counted(curve_files.write_csv(runs, target), 'point')} to {target.name}"
    files = curve_files.write_events(runs, target)
    return f"Wrote {counted(len(files), 'event file')} for TensorBoard into {target.name}"
