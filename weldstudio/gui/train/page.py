"""The Train page: left the recipe, in the middle the curves of a run, right its classes and the other runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.changes import Changes
from weldstudio.domain.errors import RecipeError, UserError
from weldstudio.domain.recipe import Recipe
from weldstudio.gui.actions import Actions
from weldstudio.gui.background import Background
from weldstudio.gui.icons import set_icon
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.gui.train.class_list import ClassList
from weldstudio.gui.train.curves import Curves
from weldstudio.gui.train.follower import Follower
from weldstudio.gui.train.recipe_form import RecipeForm
from weldstudio.gui.train.run_view import RunView
from weldstudio.gui.train.run_watcher import Ready, watch
from weldstudio.gui.train.runs_list import RunRow, RunsList
from weldstudio.gui.train.snapshot_panel import SnapshotPanel
from weldstudio.gui.words import when
from weldstudio.jobs.folder import RunFolder

if TYPE_CHECKING:
    from weldstudio.store.store import Store
    from weldstudio.studio.snapshots import Snapshot

LEFT: Final = 336
RIGHT: Final = 300
ASK_MS: Final = 250
"""Rest after the last change of the recipe before the snapshot is counted anew."""
COUNTING: Final = "Counting the photographs…"


class TrainPage(QWidget):
    """See the module's text."""

    title = "Train"
    help_page = "train"

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self._snapshot_problem = COUNTING
        self._starting = False
        self._watcher = watch(session)
        self._follower = Follower(self)
        self._background = Background(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_MS)
        self._timer.timeout.connect(self._ask_snapshot)
        self._connect_actions()
        self._build()
        self._wire()
        self._watcher.look()
        self._show_rows()

    def activated(self) -> None:
        """Called whenever the page comes to the front."""
        self._watcher.look()
        self._session.run(_models_to_start_from, self.form.recipe.network.name).then(self.form.show_models)
        self._ask_snapshot()
        focused = QApplication.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self.form.take_focus()

    # --- parts --------------------------------------------------------------------------------------------------

    def _connect_actions(self) -> None:
        self._actions.connect("train.start", self.start)
        self._actions.connect("train.stop", self.stop)
        self._actions.connect("train.more", lambda shown: self.form.show_more(shown))
        self._actions.set_enabled("train.stop", False)

    def _build(self) -> None:
        from weldstudio.studio import training

        self.form = RecipeForm(training.presets())
        self.snapshot = SnapshotPanel()
        self.view = RunView(self._actions["train.start"], self._actions["train.stop"])
        self.classes = ClassList()
        self.runs = RunsList()
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self._make_left())
        across.addWidget(_upright())
        across.addWidget(self.view, 1)
        across.addWidget(_upright())
        across.addWidget(self._make_right())

    def _make_left(self) -> QWidget:
        column = QWidget()
        column.setFixedWidth(theme.px(LEFT))
        scrolled = QWidget()
        scrolled.setProperty("look", "scrolled")
        inner = QVBoxLayout(scrolled)
        inner.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        inner.setSpacing(GROUP)
        inner.addWidget(self.form)
        inner.addWidget(self.snapshot)
        inner.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(scrolled)
        self._calm = _CalmWheel(self)
        for control in [*scrolled.findChildren(QComboBox), *scrolled.findChildren(QAbstractSlider)]:
            if control.focusPolicy() != Qt.FocusPolicy.NoFocus:
                control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                control.installEventFilter(self._calm)

        self.reason = QLabel()
        set_look(self.reason, "secondary")
        self.reason.setWordWrap(True)
        self.start_button = QPushButton(self._actions["train.start"].text())
        self.start_button.setToolTip(self._actions["train.start"].toolTip())
        set_look(self.start_button, "primary")
        set_icon(self.start_button, "play", "on_accent")
        self.start_button.clicked.connect(self._actions["train.start"].trigger)
        foot = QVBoxLayout()
        foot.setContentsMargins(GROUP, 12, GROUP, GROUP)
        foot.setSpacing(GAP)
        foot.addWidget(self.reason)
        foot.addWidget(self.start_button)

        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addWidget(_line())
        layout.addLayout(foot)
        return column

    def _make_right(self) -> QWidget:
        column = QWidget()
        column.setFixedWidth(theme.px(RIGHT))
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
        self._classes_head = _heading("Classes", "Mean per-class accuracy on the validation photographs, worst first")
        layout.addWidget(self._classes_head)
        layout.addWidget(self._classes_stack, 3)
        layout.addWidget(_line())
        layout.addWidget(_heading("Runs", "Choose one to see its curves"))
        self._no_runs = QLabel("None yet.")
        set_look(self._no_runs, "secondary")
        self._no_runs.setContentsMargins(GROUP, 0, GROUP, 0)
        layout.addWidget(self._no_runs)
        layout.addWidget(self.runs, 2)
        return column

    def _wire(self) -> None:
        self.form.changed.connect(self._recipe_changed)
        self.runs.chosen.connect(self._run_chosen)
        self.classes.chosen.connect(self.view.choose_class)
        self.view.remedy_asked.connect(self._apply_remedy)
        self._follower.grown.connect(self._curves_grown)
        self._follower.ended.connect(lambda _curves: self._watcher.look())
        self._watcher.changed.connect(self._show_rows)
        self._watcher.ready.connect(self._model_ready)
        self._session.changed.connect(self._session_changed)
        self._session.closing.connect(self._stop_asking)

    # --- what a person asks for ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start a training with the recipe as it stands."""
        if self._blocked():
            self._show_reason()
            return
        self._starting = True
        self._show_reason()
        self._session.run(_prepare, self.form.named_recipe, self.form.weights_file, who=self._session.who).then(
            self._prepared, self._not_started
        )

    def stop(self) -> None:
        """Ask the run that is under way to end after its present step."""
        from weldstudio.studio import training

        running = self._watcher.running
        if running is not None:
            self._session.run(training.stop, running.id)
            self._session.tell("The run ends after its present step; the best weights so far become the model")

    def _apply_remedy(self, values: dict[str, str]) -> None:
        try:
            self.form.set_values(values)
        except RecipeError as error:
            self._session.tell(str(error))
        else:
            self._session.tell("The recipe was changed; start a new training with it")

    # --- the recipe ---------------------------------------------------------------------------------------------

    def _recipe_changed(self) -> None:
        self._snapshot_problem = COUNTING
        self._show_reason()
        self._timer.start()

    def _ask_snapshot(self) -> None:
        self._timer.stop()
        recipe = self.form.recipe
        self._session.run(_preview, recipe, self.form.weights_file).then(
            lambda seen: self._show_snapshot(recipe, seen), self._no_snapshot
        )

    def _show_snapshot(self, recipe: Recipe, snapshot: "Snapshot") -> None:
        if recipe is not self.form.recipe:
            return  # changed meanwhile; the newer question is on its way
        self._snapshot_problem = snapshot.problem
        self.snapshot.show_snapshot(snapshot.photos, snapshot.counts, tuple(snapshot.warnings))
        self._show_reason()

    def _no_snapshot(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            self._session.report(error)
        self._snapshot_problem = str(error)
        self.snapshot.show_snapshot({}, {}, ())
        self._show_reason()

    def _blocked(self) -> str:
        """Why no training can be started now; '' if one can."""
        if self._starting:
            return "Preparing the run…"
        if self._watcher.running is not None:
            return "A run is under way. Wait for its end, or stop it."
        return self.form.problem or self._snapshot_problem

    def _show_reason(self) -> None:
        reason = self._blocked()
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        set_look(self.reason, "secondary" if reason in (COUNTING, "") or self._starting else "warning")
        self._actions.set_enabled("train.start", not reason)
        self.start_button.setEnabled(not reason)

    # --- runs ---------------------------------------------------------------------------------------------------

    def _prepared(self, run: RunFolder) -> None:
        from weldstudio.studio import training

        self._follow(RunRow(run.id, run.path, run.recipe().name, "waiting", None, None))
        # A new process takes a moment, and the store has better things to do meanwhile.
        self._background.ask(lambda: training.start(run), self._started)

    def _started(self, _pid: int, error: Exception | None) -> None:
        self._starting = False
        self._watcher.look()
        self._show_reason()
        if error is not None:
            self._session.report(error)

    def _not_started(self, error: Exception) -> None:
        self._starting = False
        self._show_reason()
        self._session.report(error)

    def _show_rows(self) -> None:
        rows = self._watcher.rows
        self.runs.show_rows(rows)
        self._no_runs.setVisible(not rows)
        running = self._watcher.running
        self._actions.set_enabled("train.stop", running is not None)
        self._show_reason()
        shown = self._follower.folder
        row = next((row for row in rows if row.folder == shown), None)
        if row is not None:
            self.view.show_run(row)
            if not row.running:
                self._follower.poll()
            self.runs.choose(row.id)
        elif rows and shown is None:
            # At first what is under way, else the newest run.
            self.runs.choose((running or rows[0]).id)

    def _run_chosen(self, row: RunRow) -> None:
        if row.folder != self._follower.folder:
            self._follow(row)

    def _follow(self, row: RunRow) -> None:
        self.view.show_run(row)
        self._follower.follow(row.folder, live=row.running)

    def _curves_grown(self, curves: Curves) -> None:
        self.view.show_curves(curves)
        best = curves.best
        self.classes.show_evaluation(best, curves.classes)
        self._classes_stack.setCurrentIndex(1 if best is not None else 0)

    def _model_ready(self, ready: Ready) -> None:
        shown = self.runs.row_of(self.runs.chosen_id)
        if shown is None or ready.run_id not in (shown.id, None):
            return
        if ready.active:
            self.view.news.say(f"Model {ready.name} is ready and answers from now on.", kind="success")
        else:
            self.view.news.say(
                f"Model {ready.name} is ready.",
                kind="success",
                offer="Use it",
                take=lambda: self._activate(ready),
            )

    def _activate(self, ready: Ready) -> None:
        from weldstudio.studio import registry

        self._session.edit(f"Use model {ready.name}", registry.activate, ready.model_id, who=self._session.who).then(
            lambda _done: self.view.news.say(f"Model {ready.name} answers from now on.", kind="success")
        )

    def _session_changed(self, changes: Changes) -> None:
        if changes.labels or changes.scheme or changes.photos or changes.joints:
            self._timer.start()
        if changes.models:
            self._session.run(_models_to_start_from, self.form.recipe.network.name).then(self.form.show_models)

    def _stop_asking(self) -> None:
        self._timer.stop()
        self._follower.follow(None)


class _CalmWheel(QObject):
    """The wheel scrolls the column; it changes a field only after that was clicked into."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def _heading(text: str, tip: str) -> QLabel:
    label = QLabel(text)
    set_look(label, "section")
    label.setToolTip(tip)
    label.setContentsMargins(GROUP, GROUP, GROUP, GAP)
    return label


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("look", "line")
    return line


def _upright() -> QFrame:
    line = QFrame()
    line.setProperty("look", "upright")
    return line


# --- on the store thread ----------------------------------------------------------------------------------------


def _preview(store: "Store", recipe: Recipe, weights: Path | None) -> "Snapshot":
    from weldstudio.studio import training

    return training.preview(store, recipe, weights)


def _prepare(store: "Store", recipe: Recipe, weights: Path | None, *, who: str) -> RunFolder:
    from weldstudio.studio import training

    return training.prepare(store, recipe, weights=weights, who=who)


def _models_to_start_from(store: "Store", network: str) -> tuple[tuple[str, str], ...]:
    """Models of this network as (id, name and moment)."""
    from weldstudio.studio import registry

    found = [entry.card for entry in registry.models(store) if entry.card.network == network]
    return tuple((card.id, f"{card.name}, {when(card.created)}") for card in found)
