"""The left column of the Train page: the recipe, what would be used, and the start button with the reason beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.changes import Changes
from weldstudio.domain.errors import RecipeError, UserError
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.gui.actions import Actions
from weldstudio.gui.icons import set_icon
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.gui.train.balance_card import BalanceCard
from weldstudio.gui.train.columns import CalmWheel, level_line
from weldstudio.gui.train.preset_card import PresetCard
from weldstudio.gui.train.recipe_form import RecipeForm
from weldstudio.gui.train.recipe_words import OWN, SHIPPED, TORCHVISION
from weldstudio.gui.train.run_actions import recipe_of
from weldstudio.gui.train.snapshot_panel import SnapshotPanel
from weldstudio.gui.train.time_note import TimeNote
from weldstudio.gui.words import when

if TYPE_CHECKING:
    from weldstudio.store.store import Store
    from weldstudio.studio.training import RunSummary
    from weldstudio.studio.variations import Variations

WIDTH: Final = 336
ASK_MS: Final = 250
"""Rest after the last change before the snapshot is counted anew."""
COUNTING: Final = "Counting the photographs…"
Starts = tuple[tuple[str, str], ...]


class _Seen(NamedTuple):
    """What would be used now; fields as of `studio.snapshots.Snapshot`."""

    problem: str
    lacks_weights: bool
    """Whether the problem is that there is nothing to begin with."""
    photos: Mapping[str, int]
    counts: Mapping[str, Mapping[str, tuple[int, int]]]
    warnings: tuple[str, ...]
    reviewed: Mapping[str, int]
    starts: Starts
    task: str
    joints: Mapping[str, int]
    left_out: Mapping[str, int]


class RecipePanel(QWidget):
    """Holds the recipe. `train.start` is enabled while a training could begin, or while that is not known yet."""

    counted = Signal()
    """It is known now whether a training could begin."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from weldstudio.studio import training

        self._session, self._actions = session, actions
        self._snapshot_problem = COUNTING
        self._obstacle = ""
        self._looked_back = self._lacks_weights = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_MS)
        self._timer.timeout.connect(self.ask)
        self.form = RecipeForm(training.presets(), experiments=training.experiments(), first=training.first_choice())
        self.snapshot = SnapshotPanel()
        self.balance = BalanceCard()
        self.balance.edited.connect(lambda key, value: self.form.set_values({key: value}))
        self._build()
        untouched = self.form.recipe
        self.form.changed.connect(self._recipe_changed)
        session.run(_last_recipe).then(lambda last: self._begin_with(last) if self.form.recipe is untouched else None)
        session.changed.connect(self._session_changed)
        session.closing.connect(self._timer.stop)
        self.balance.show_recipe(self.form.recipe)
        self._show_reason()

    def set_obstacle(self, sentence: str) -> None:
        """Something outside the recipe that forbids a start, such as a run under way; '' when nothing does."""
        self._obstacle = sentence
        self._show_reason()

    @property
    def blocked(self) -> str:
        """Why no training can be started now; '' if one can."""
        return self._obstacle or self.form.problem or self._snapshot_problem

    @property
    def counting(self) -> bool:
        """Whether nothing but the count of what would be used is missing."""
        return self.blocked == COUNTING

    def ask(self) -> None:
        """Count what would be used now, and look which models there are to start from."""
        self._timer.stop()
        recipe = self.form.recipe
        self._session.run(_look, recipe, self.form.weights_file).then(
            lambda seen: self._show_seen(recipe, seen), self._not_seen
        )

    # --- parts --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.setFixedWidth(theme.px(WIDTH))
        scrolled = QWidget()
        inner = QVBoxLayout(scrolled)
        inner.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        inner.setSpacing(GROUP)
        inner.addWidget(self.form)
        self.variations = QPushButton("See sixteen variations…")
        self.variations.setToolTip("A training photograph as augmentation would vary it")
        set_look(self.variations, "link")
        self.variations.clicked.connect(self._ask_variations)
        inner.addWidget(self.variations, alignment=Qt.AlignmentFlag.AlignLeft)
        inner.addWidget(self.balance)
        inner.addWidget(self.snapshot)
        inner.addStretch(1)
        self._calm = CalmWheel(self)
        for control in [*scrolled.findChildren(QComboBox), *scrolled.findChildren(QAbstractSlider)]:
            if control.focusPolicy() != Qt.FocusPolicy.NoFocus:
                control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                control.installEventFilter(self._calm)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Roomy(scrolled, sideways=False), 1)
        layout.addWidget(level_line())
        layout.addLayout(self._make_foot())

    def _make_foot(self) -> QVBoxLayout:
        start = self._actions["train.start"]
        self.reason = QLabel()
        set_look(self.reason, "secondary")
        self.reason.setWordWrap(True)
        # The form's own button for this may lie below what is scrolled into view.
        self.choose_file = QPushButton("Choose a weights file…")
        set_look(self.choose_file, "link")
        self.choose_file.clicked.connect(self.form.choose_file.click)
        self.start_button = QPushButton(start.text())
        self.start_button.setToolTip(start.toolTip())
        set_look(self.start_button, "primary")
        set_icon(self.start_button, "play", "on_accent")
        self.start_button.clicked.connect(start.trigger)
        self.time = TimeNote(self._session, lambda: (self.form.recipe, self.form.weights_file))
        foot = QVBoxLayout()
        foot.setContentsMargins(GROUP, 12, GROUP, GROUP)
        foot.setSpacing(GAP)
        foot.addWidget(self.reason)
        foot.addWidget(self.choose_file, alignment=Qt.AlignmentFlag.AlignLeft)
        foot.addWidget(self.time)
        foot.addWidget(self.start_button)
        return foot

    def _ask_variations(self) -> None:
        self._session.run(_vary, self.form.recipe).then(self._show_variations, self._session.report)

    def _show_variations(self, found: "Variations") -> None:
        from weldstudio.gui.train.variations_dialog import VariationsDialog

        dialog = VariationsDialog(found.pictures, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # --- showing ------------------------------------------------------------------------------------------------

    def _recipe_changed(self) -> None:
        self.balance.show_recipe(self.form.recipe)
        self.time.follow(self.form.recipe)
        self._snapshot_problem = COUNTING
        self._show_reason()
        self._timer.start()

    def _show_seen(self, recipe: Recipe, seen: "_Seen") -> None:
        if recipe is not self.form.recipe:
            return  # changed meanwhile; the newer question is on its way
        self.form.show_starts(seen.starts)
        self._snapshot_problem = seen.problem
        self._lacks_weights = seen.lacks_weights
        if seen.lacks_weights and self.form.wants_file and not self._looked_back:
            self._look_back()
        self.snapshot.show_snapshot(
            seen.photos,
            seen.counts,
            seen.warnings,
            reviewed=seen.reviewed,
            joints=seen.joints,
            left_out=seen.left_out,
        )
        self.balance.show_counts(seen.counts.get(Split.TRAIN, {}), seen.task)
        self._show_reason()
        self.counted.emit()

    def _not_seen(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            self._session.report(error)
        self._snapshot_problem = str(error)
        self.snapshot.show_snapshot({}, {}, (), reviewed={})
        self._show_reason()

    def _begin_with(self, last: tuple[Recipe, Path | None] | None) -> None:
        """What was trained last is what will be trained next, until somebody says otherwise."""
        if last is not None:
            recipe, self.form.weights_file = last
            self.form.set_recipe(recipe)
            if isinstance(QApplication.focusWidget(), PresetCard):
                self.form.take_focus()

    def _look_back(self) -> None:
        """Asked once, and only where nothing else is there to begin with: what a run here has begun with before."""
        self._looked_back = True
        self._session.run(_weights_of_runs, self.form.recipe.network.name).then(self._begin_as_before)

    def _begin_as_before(self, file: Path | None) -> None:
        if file is not None and self.form.weights_file is None and self.form.recipe.network.weights == "shipped":
            self.form.set_weights_file(file)

    def _show_reason(self) -> None:
        reason = self.blocked
        recipe = self.form.recipe
        self.variations.setVisible(recipe.data.augment and recipe.network.trains_stages)
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        set_look(self.reason, "secondary" if reason in (COUNTING, "") else "warning")
        self.choose_file.setVisible(
            self._lacks_weights and self.form.wants_file and reason not in (COUNTING, self._obstacle)
        )
        self.time.setVisible(not reason)
        self._actions.set_enabled("train.start", not reason or self.counting)
        self.start_button.setEnabled(not reason or self.counting)

    def _session_changed(self, changes: Changes) -> None:
        # A snapshot reads every label: never while somebody labels on another page.
        touched = changes.labels or changes.scheme or changes.photos or changes.joints or changes.models
        if touched and self.isVisible():
            self._timer.start()


def _weights_of_runs(store: "Store", network: str) -> Path | None:
    """The weights file that the newest run of this network began with, as kept in its folder; store thread."""
    recipes = (recipe_of(summary.folder) for summary in _runs(store))
    return next((file for recipe, file in recipes if file is not None and recipe.network.name == network), None)


def _last_recipe(store: "Store") -> tuple[Recipe, Path | None] | None:
    """Recipe and weights file of the newest run, unless its file is gone; store thread."""
    for summary in _runs(store)[:1]:
        recipe, file = recipe_of(summary.folder)
        if file is not None or recipe.network.weights != "file":
            return recipe, file
    return None


def _runs(store: "Store") -> Sequence["RunSummary"]:
    from weldstudio.studio import training

    return training.runs(store)


def _vary(store: "Store", recipe: Recipe) -> "Variations":
    """Variations of the first training photo; store thread."""
    from weldstudio.studio import variations

    return variations.of_photo(store, recipe)


def _starts(store: "Store", network: str) -> Starts:
    """Weights of a network, as a recipe names them and in words: shipped ones, ImageNet's, models, files added."""
    from weldstudio.studio import registry
    from weldstudio.studio import weights as known_weights

    known = [one for one in known_weights.known() if one.network == network]
    kinds = {one.kind for one in known}
    offered = [("shipped", SHIPPED)] if "shipped" in kinds else []
    if kinds & {"fetched", "to fetch"}:
        offered.append(("torchvision", TORCHVISION))
    cards = [e.card for e in registry.models(store) if e.card.network == network and not e.card.members]
    models = ((f"model:{card.id}", f"{card.name}, {when(card.created)}") for card in cards)
    return (*offered, *models, *((f"{OWN}{one.file}", one.name) for one in known if one.kind == "own"))


def _look(store: "Store", recipe: Recipe, weights: Path | None) -> _Seen:
    """What would be used, and what of the recipe's network there is to start from; store thread."""
    from weldstudio.studio import preflight, training

    found = training.preview(store, recipe, weights)
    try:
        training.starting_weights(store, recipe, weights)
        lacks_weights = False
    except RecipeError:
        lacks_weights = True
    task = found.manifest.task
    shown = set(preflight.sampling_notes(recipe, found.manifest))
    warnings = tuple(warning for warning in found.warnings if warning not in shown)
    # Counted here: a snapshot of a large project takes the window a second to count, and as long to forget.
    return _Seen(
        found.problem,
        lacks_weights,
        found.photos,
        found.counts,
        warnings,
        found.reviewed,
        _starts(store, recipe.network.name),
        task,
        found.joints,
        found.left_out,
    )
