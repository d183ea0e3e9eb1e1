"""The Train page: left the recipe, in the middle the curves of a run, right its classes and the other runs."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.curves import Curves
from weldstudio.domain.errors import UserError
from weldstudio.domain.recipe import Recipe
from weldstudio.gui.actions import Actions
from weldstudio.gui.background import Background
from weldstudio.gui.news import Banner
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.gui.train.class_list import ClassList
from weldstudio.gui.train.columns import heading, level_line, upright_line
from weldstudio.gui.train.follower import Follower
from weldstudio.gui.train.preset_card import PresetCard
from weldstudio.gui.train.recipe_panel import RecipePanel
from weldstudio.gui.train.run_actions import RunActions, recipe_of
from weldstudio.gui.train.run_view import RunView
from weldstudio.gui.train.run_watcher import Ready, watch
from weldstudio.gui.train.runs_list import RunRow, RunsList
from weldstudio.jobs.folder import RunFolder

if TYPE_CHECKING:
    from weldstudio.gui.train.runs_page import RunsPage
    from weldstudio.store.store import Store

RIGHT: Final = 300
_PLOT: Final = 300
"""Least width of what is said of a run, in pixels."""


class TrainPage(QWidget):
    """See the module's text."""

    title = "Train"
    help_page = "train"

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self._starting = False
        self._start_wished = False
        self._watcher = watch(session)
        self._follower = Follower(self)
        self._background = Background(self)
        self._connect_actions()
        self._build()
        self._wire()
        self._watcher.look()
        self._show_rows()

    def activated(self) -> None:
        """Called whenever the page comes to the front."""
        self._watcher.look()
        self.panel.ask()
        focused = QApplication.focusWidget()
        # Of the presets Qt gives the keyboard to the first, which may not be the one that is chosen.
        if focused is None or not self.isAncestorOf(focused) or isinstance(focused, PresetCard):
            self.form.take_focus()

    # --- parts --------------------------------------------------------------------------------------------------

    def _connect_actions(self) -> None:
        self._actions.connect("train.start", self.start)
        self._actions.connect("train.more", lambda shown: self.form.show_more(shown))
        self._actions.connect("train.runs", self.show_all_runs)

    def _build(self) -> None:
        self.panel = RecipePanel(self._session, self._actions)
        self.form = self.panel.form
        self.view = RunView(self._actions, self._photo_path)
        self.classes = ClassList()
        self.runs = RunsList()
        bench = QWidget()
        self._places = QStackedLayout(self)
        self._places.addWidget(Roomy(bench))
        self._run_actions = RunActions(
            self._session, self._actions, self, chosen=self._chosen_rows, running=lambda: self._watcher.running
        )
        across = QHBoxLayout(bench)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.panel)
        across.addWidget(upright_line())
        self.view.setMinimumWidth(theme.px(_PLOT))
        across.addWidget(self.view, 1)
        across.addWidget(upright_line())
        across.addWidget(self._make_right())

    def _make_right(self) -> QWidget:
        column = _Column()
        # On a narrow screen this column gives way first; the recipe's words cannot.
        column.setMinimumWidth(theme.px(RIGHT - 60))
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._classes_note = QLabel("Accuracy per class appears with the first evaluation.")
        set_look(self._classes_note, "secondary")
        self._classes_note.setWordWrap(True)
        self._classes_note.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._classes_note.setContentsMargins(GROUP, 0, GROUP, 0)
        self._classes_stack = QStackedWidget()
        self._classes_stack.addWidget(self._classes_note)
        self._classes_stack.addWidget(self.classes)
        self._classes_head = heading("Classes", "Mean per-class accuracy on the validation photographs, worst first")
        layout.addWidget(self._classes_head)
        layout.addWidget(self._classes_stack, 3)
        layout.addWidget(level_line())
        layout.addWidget(self._make_runs_head())
        self._no_runs = QLabel("None yet.")
        set_look(self._no_runs, "secondary")
        self._no_runs.setContentsMargins(GROUP, 0, GROUP, 0)
        layout.addWidget(self._no_runs)
        layout.addWidget(self.runs, 2)
        return column

    def _make_runs_head(self) -> QWidget:
        every = QPushButton("All runs…")
        set_look(every, "link")
        every.setToolTip(
            f"A table to sort and filter, curves over each other ({self._actions['train.runs'].toolTip()})"
        )
        every.clicked.connect(self._actions["train.runs"].trigger)
        holder = QWidget()
        across = QHBoxLayout(holder)
        across.setContentsMargins(0, GAP, GROUP, 0)
        across.addWidget(heading("Runs", "Choose one to see its curves; drag one that waits to another place"), 1)
        across.addWidget(every, alignment=Qt.AlignmentFlag.AlignBottom)
        return holder

    @cached_property
    def all_runs(self) -> "RunsPage":
        """Made when it is first asked for: plots take their time to import."""
        from weldstudio.gui.train.runs_page import RunsPage

        made = RunsPage(self._session, self._actions, self._watcher)
        made.left.connect(lambda: self._actions["train.runs"].setChecked(False))
        made.chosen_changed.connect(self._run_actions.refresh)
        made.table.customContextMenuRequested.connect(
            lambda at: self._run_actions.menu(made).popup(made.table.viewport().mapToGlobal(at))
        )
        self._places.addWidget(made)
        return made

    def _wire(self) -> None:
        self.panel.counted.connect(lambda: self.start() if self._start_wished else None)
        self.runs.chosen.connect(self._run_chosen)
        self.classes.chosen.connect(self.view.choose_class)
        self.view.remedy_asked.connect(self._apply_remedy)
        self.view.photo_asked.connect(lambda photo: self._session.show_photos(f"id:{photo}"))
        self.runs.runs.dropped.connect(self._run_actions.move_to)
        self.runs.customContextMenuRequested.connect(
            lambda at: self._run_actions.menu(self.runs).popup(self.runs.viewport().mapToGlobal(at))
        )
        self._run_actions.duplicated.connect(self._take_recipe)
        self._run_actions.resume_asked.connect(self._resume)
        self._follower.grown.connect(self._curves_grown)
        self._follower.ended.connect(lambda _curves: self._watcher.look())
        self._watcher.changed.connect(self._show_rows)
        self._watcher.ready.connect(self._model_ready)
        self._watcher.said_by = lambda ready: self.view.isVisible() and self.runs.chooses(ready.run_id)
        self._session.closing.connect(lambda: self._follower.follow(None))

    # --- what a person asks for ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start a training with the recipe as it stands, at once or as soon as it is counted what it would use."""
        self._start_wished = self.panel.counting
        if self.panel.blocked:
            return
        self._starting = True
        self._show_obstacle()
        self._session.run(_prepare, self.form.named_recipe, self.form.weights_file, who=self._session.who).then(
            self._prepared, self._not_started
        )

    def _resume(self, row: RunRow) -> None:
        """Let a run go on where it was paused or broken off."""
        from weldstudio.studio import training

        if self._starting:
            return
        self._starting = True
        self._session.run(training.resumable, row.id).then(self._prepared, self._not_started)

    def show_all_runs(self, shown: bool) -> None:
        """Show the table of all runs in place of recipe and curves, or these again."""
        self._places.setCurrentIndex(self._places.indexOf(self.all_runs) if shown else 0)
        if shown:
            self.all_runs.activated()
        else:
            self.form.take_focus()
        self._run_actions.refresh()

    def _take_recipe(self, recipe: Recipe, file: Path | None) -> None:
        self.form.weights_file = file
        self.form.set_recipe(recipe)
        self._actions["train.runs"].setChecked(False)

    def _apply_remedy(self, values: dict[str, str]) -> None:
        """A new recipe: that of the run which gave the alarm, with the remedy in it."""
        row = self.view.row
        try:
            recipe, file = recipe_of(row.folder) if row is not None else (self.form.recipe, self.form.weights_file)
            recipe = recipe.with_values(values)
        except UserError as error:
            self._session.report(error)
            return
        self._take_recipe(recipe, file)
        changed = ", ".join(f"{key} = {value}" for key, value in values.items())
        self._session.tell(f"The recipe is that of the run with {changed}; start a new training with it")

    def _chosen_rows(self) -> list[RunRow]:
        """The runs that actions mean: of the table while that is shown, else the one whose curves are."""
        if self._places.currentIndex():
            return self.all_runs.chosen_rows
        row = self.runs.row_of(self.runs.chosen_id)
        return [row] if row is not None else []

    def _photo_path(self, photo: int) -> Path | None:
        mirror = self._session.mirror
        return mirror.photo_path(photo) if photo in set(mirror.ids.tolist()) else None

    def _show_obstacle(self) -> None:
        if self._session.read_only:
            self.panel.set_obstacle("This window can only look: start the training in the one that may write.")
        elif self._starting:
            self.panel.set_obstacle("Preparing the run…")
        else:
            self.panel.set_obstacle("")

    # --- runs ---------------------------------------------------------------------------------------------------

    def _prepared(self, run: RunFolder) -> None:
        from weldstudio.studio import training

        self._follow(RunRow(run.id, run.path, run.recipe().name, "waiting", None, None))
        # A new process takes a moment, and the store has better things to do meanwhile.
        self._background.ask(lambda: training.start(run), self._started)

    def _started(self, pid: int | None, error: Exception | None) -> None:
        self._starting = False
        if error is None and pid is None:
            self._session.tell("Another run is under way: this one waits, and begins by itself when its turn has come")
        self._watcher.look()
        self._show_obstacle()
        if error is not None:
            self._session.report(error)

    def _not_started(self, error: Exception) -> None:
        self._starting = False
        self._show_obstacle()
        self._session.report(error)

    def _show_rows(self) -> None:
        rows = self._watcher.rows
        self.runs.show_rows(rows)
        self._no_runs.setVisible(not rows)
        running = self._watcher.running
        self._run_actions.line = tuple(row.id for row in rows if row.waiting)
        self._show_obstacle()
        shown = self._follower.folder
        row = next((row for row in rows if row.folder == shown), None)
        if row is not None:
            self.view.show_run(row)
            if not row.live:
                self._follower.poll()
            self.runs.choose(row.id)
        elif rows and (shown is None or not self._starting):
            # At first, and when the one that was shown is deleted: what is under way, else the newest run.
            self.runs.choose((running or rows[0]).id)
            self._follow(running or rows[0])
        elif not self._starting:
            self._follower.follow(None)
            self.view.show_run(None)
        self._run_actions.refresh()

    def _run_chosen(self, row: RunRow) -> None:
        self._run_actions.refresh()
        if row.folder != self._follower.folder:
            self._follow(row)

    def _follow(self, row: RunRow) -> None:
        self.view.show_run(row)
        self._follower.follow(row.folder, live=row.live)

    def _curves_grown(self, curves: Curves) -> None:
        self.view.show_curves(curves)
        best = curves.best
        self.classes.show_evaluation(best, curves.classes)
        self._classes_stack.setCurrentIndex(1 if best is not None else 0)

    def _model_ready(self, ready: Ready) -> None:
        if not self.runs.chooses(ready.run_id):
            return
        if ready.active:
            _say_of_model(self.view.news, self._actions, f"The model “{ready.name}” is ready and answers from now on.")
        else:
            self.view.news.say(
                f"The model “{ready.name}” is ready.",
                kind="success",
                offer="Use it",
                take=lambda: self._activate(ready),
            )

    def _activate(self, ready: Ready) -> None:
        from weldstudio.studio import registry

        self._session.edit(f"Use model {ready.name}", registry.activate, ready.model_id, who=self._session.who).then(
            lambda _done: _say_of_model(self.view.news, self._actions, f"The model “{ready.name}” answers from now on.")
        )


def _say_of_model(news: Banner, actions: Actions, sentence: str) -> None:
    news.say(sentence, kind="success", offer="See how good it is", take=actions["page.models"].trigger)


class _Column(QWidget):
    """The right column: as wide as it should be, less only where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(RIGHT), super().sizeHint().height())


# --- on the store thread ----------------------------------------------------------------------------------------


def _prepare(store: "Store", recipe: Recipe, weights: Path | None, *, who: str) -> RunFolder:
    from weldstudio.studio import training

    return training.prepare(store, recipe, weights=weights, who=who)
