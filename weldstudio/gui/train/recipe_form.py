"""The recipe as cards: presets first, then network, weights and freezing, everything else under “more”.

The form holds one `Recipe` and replaces it with every change; what a recipe refuses is said beside the field, and the
last good recipe stays.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.networks import NETWORKS
from weldstudio.domain.recipe import Recipe
from weldstudio.gui.icons import set_icon
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP
from weldstudio.gui.train.editors import FieldEditor
from weldstudio.gui.train.elided_combo import ElidedComboBox
from weldstudio.gui.train.fields import MORE, NETWORK, REST, TITLES, Editor, RecipeField
from weldstudio.gui.train.preset_card import PresetCard
from weldstudio.gui.train.recipe_words import (
    FILE,
    OWN,
    SHIPPED,
    TORCHVISION,
    freeze_for,
    frozen_in_words,
    weights_in_words,
)
from weldstudio.gui.train.stage_slider import StageSlider
from weldstudio.studio.weights import ENDINGS

WEIGHTS_TIP: Final = "What the network knows already when the training begins."
WEIGHTS_FILTER: Final = f"Weights ({' '.join('*' + ending for ending in ENDINGS)});;All files (*)"


class RecipeForm(QWidget):
    """Edits a recipe. `changed` whenever recipe or weights file are other ones; `problem` says what is wrong."""

    changed = Signal()

    def __init__(
        self,
        presets: Mapping[str, Recipe],
        *,
        experiments: Mapping[str, Recipe] | None = None,
        first: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._presets = dict(presets)
        self._experiments = dict(experiments or {})
        self.recipe = self._presets.get(first or "", next(iter(self._presets.values()), Recipe()))
        self.weights_file: Path | None = None
        self._problems: dict[str, str] = {}
        self._editors: dict[str, FieldEditor] = {}
        self._cards: dict[str, PresetCard] = {}
        self._files: dict[str, Path] = {}
        self._starts: tuple[tuple[str, str], ...] = (("torchvision", TORCHVISION),)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GROUP)
        layout.addWidget(self._make_presets())
        layout.addWidget(self._make_network())
        layout.addWidget(self._make_more())
        self._show_recipe()

    # --- what is read -------------------------------------------------------------------------------------------

    @property
    def problem(self) -> str:
        """The first thing that is wrong, as a sentence; '' when the recipe is good."""
        if self._problems:
            return next(iter(self._problems.values()))
        if self.recipe.network.weights == FILE and self.weights_file is None:
            return "Choose the file with the starting weights."
        return ""

    @property
    def wants_file(self) -> bool:
        """Whether a weights file could still be chosen to begin with."""
        return self.recipe.network.weights in ("shipped", FILE) and self.weights_file is None

    @property
    def preset(self) -> str | None:
        """Id of the preset that the recipe still equals, whatever it starts from; None once it was changed."""
        weights = self.recipe.network.weights
        as_presets = {
            key: replace(preset, network=replace(preset.network, weights=weights))
            for key, preset in self._presets.items()
        }
        return next((key for key, preset in as_presets.items() if preset == self.recipe), None)

    @property
    def named_recipe(self) -> Recipe:
        """The recipe under a name that does not claim to be a preset it no longer is."""
        if self.preset is None and self.recipe.name in {preset.name for preset in self._presets.values()}:
            return replace(self.recipe, name=f"{self.recipe.name}, changed")
        return self.recipe

    def show_starts(self, starts: tuple[tuple[str, str], ...]) -> None:
        """Offer these weights of the recipe's network, as (the recipe's word, in words), beside random and a file."""
        if starts != self._starts:
            self._starts = starts
            self._fill_weights()

    def set_recipe(self, recipe: Recipe) -> None:
        """Show another recipe."""
        self.recipe = recipe
        self._problems.clear()
        self._show_recipe()
        self.changed.emit()

    def set_values(self, values: Mapping[str, str]) -> None:
        """Change some keys, as an alarm's remedy does. Raises RecipeError."""
        self.set_recipe(self.recipe.with_values(values))

    def set_weights_file(self, file: Path | None) -> None:
        """Start from this file; None takes it back."""
        self.weights_file = file
        self._set_value("network.weights", FILE if file is not None else "random")
        self._show_recipe()

    def show_more(self, shown: bool) -> None:
        """Unfold or fold what is under “more”."""
        self._more.setVisible(shown)
        self._more_button.setChecked(shown)
        set_icon(self._more_button, "chevron_down" if shown else "chevron_right", "secondary")

    def take_focus(self) -> None:
        """Give the keyboard to the chosen preset, or the first."""
        cards = list(self._cards.values())
        chosen = next((card for card in cards if card.isChecked()), cards[0] if cards else None)
        if chosen is not None:
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- parts --------------------------------------------------------------------------------------------------

    def _make_presets(self) -> QWidget:
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        self._preset_group = QButtonGroup(self)
        self._preset_group.setExclusive(False)  # a changed recipe is none of them
        for key, recipe in self._presets.items():
            card = PresetCard(recipe.name, recipe.description)
            card.clicked.connect(lambda _checked=False, key=key: self._choose_preset(key))
            self._preset_group.addButton(card)
            self._cards[key] = card
            layout.addWidget(card)
        return box

    def _make_network(self) -> QWidget:
        card = QFrame()
        set_look(card, "card")
        form = _form(card)
        self._add_field(form, NETWORK)

        self.weights = ElidedComboBox()
        self.weights.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.weights.setMinimumContentsLength(10)
        self.weights.activated.connect(self._weights_chosen)
        form.addRow(_label("Start from", self.weights), self.weights)
        self._weights_note = QLabel()
        self._weights_note.setObjectName("weights-note")
        set_look(self._weights_note, "secondary")
        self._weights_note.setWordWrap(True)
        form.addRow(self._weights_note)
        self.choose_file = QPushButton("Choose a weights file…")
        self.choose_file.setToolTip("A .pth or .safetensors file, for instance one trained on ImageNet")
        set_look(self.choose_file, "link")
        self.choose_file.clicked.connect(self._ask_file)
        form.addRow(self.choose_file)

        self.freeze = StageSlider()
        self.freeze.setToolTip(
            "How many stages, counted from the photograph on, stay as they are. "
            "With all of them frozen only the last layer is fitted, which takes seconds."
        )
        self.freeze.valueChanged.connect(self._freeze_changed)
        form.addRow(_label("Frozen, from the photograph on", self.freeze))
        form.addRow(self.freeze)
        self._freeze_note = QLabel()
        set_look(self._freeze_note, "secondary")
        self._freeze_note.setWordWrap(True)
        form.addRow(self._freeze_note)
        return card

    def _make_more(self) -> QWidget:
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        self._more_button = QToolButton()
        self._more_button.setText("More")
        self._more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more_button.setToolTip("Every other setting of the recipe")
        self._more_button.setCheckable(True)
        set_look(self._more_button, "quiet")
        self._more_button.toggled.connect(self.show_more)
        layout.addWidget(self._more_button, alignment=Qt.AlignmentFlag.AlignLeft)
        self._more = QFrame()
        set_look(self._more, "card")
        form = _form(self._more)
        if self._experiments:
            form.addRow(_label("Experiment", self._make_experiments()), self.experiments)
        for row in MORE:
            self._add_field(form, row)
        for table, title in TITLES.items():
            heading = QLabel(title)
            set_look(heading, "section")
            heading.setContentsMargins(0, GAP, 0, 0)
            form.addRow(heading)
            for row in REST:
                if row.key.startswith(f"{table}."):
                    self._add_field(form, row)
        layout.addWidget(self._more)
        self.problem_note = QLabel()
        set_look(self.problem_note, "danger")
        self.problem_note.setWordWrap(True)
        self.problem_note.hide()
        layout.addWidget(self.problem_note)
        self.show_more(False)
        return box

    def _make_experiments(self) -> QComboBox:
        """The experiments of the sources; choosing one puts its recipe into the form."""
        self.experiments = ElidedComboBox()
        self.experiments.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.experiments.setMinimumContentsLength(10)
        self.experiments.setToolTip("Repeat an experiment of the theses that weldstudio comes from on your photos.")
        self.experiments.addItem("None", "")
        for key, recipe in self._experiments.items():
            self.experiments.addItem(recipe.name, key)
            self.experiments.setItemData(self.experiments.count() - 1, recipe.description, Qt.ItemDataRole.ToolTipRole)
        self.experiments.activated.connect(self._choose_experiment)
        return self.experiments

    def _choose_experiment(self, index: int) -> None:
        recipe = self._experiments.get(self.experiments.itemData(index))
        if recipe is not None:
            self.set_recipe(recipe)

    def _add_field(self, form: QFormLayout, row: RecipeField) -> None:
        """A field beside its label; what is written in words has the whole width, below it."""
        editor = FieldEditor(row)
        self._editors[row.key] = editor
        editor.edited.connect(lambda value, key=row.key: self._set_value(key, value))
        label = _label(row.label, editor.control)
        if row.editor is Editor.TEXT:
            form.addRow(label)
            form.addRow(editor.control)
        else:
            form.addRow(label, editor.control)

    # --- changes ------------------------------------------------------------------------------------------------

    def _choose_preset(self, key: str) -> None:
        recipe = self._presets[key]
        self._look_for_file(recipe.network.name)
        if self.weights_file is not None:
            recipe = replace(recipe, network=replace(recipe.network, weights=FILE))
        self.set_recipe(recipe)

    def _look_for_file(self, network: str) -> None:
        """A file that was chosen once is meant for the next recipe too, but of another network it fits no tensor."""
        if self.weights_file is not None:
            self._files[self.recipe.network.name] = self.weights_file
        self.weights_file = self._files.get(network)

    def _set_value(self, key: str, value: str) -> None:
        try:
            values = {key: value}
            if key == "network.name":
                # Another network has other stages and its own input size; how much is frozen keeps its meaning.
                values |= {
                    "network.freeze": str(freeze_for(self.recipe, value)),
                    "network.input_size": "0",
                    "network.reinitialise": "0",
                }
                self._look_for_file(value)
                if self.weights_file is not None or self.recipe.network.weights not in ("random", "torchvision"):
                    values["network.weights"] = FILE if self.weights_file is not None else "shipped"
            self.recipe = self.recipe.with_values(values)
        except RecipeError as error:
            self._problems[key] = str(error)
        else:
            self._problems.pop(key, None)
        self._show_recipe(but=key)
        self.changed.emit()

    def _freeze_changed(self, stages: int) -> None:
        everything = stages == len(NETWORKS[self.recipe.network.name].stages)
        self._set_value("network.freeze", "-1" if everything else str(stages))

    def _weights_chosen(self, index: int) -> None:
        choice = self.weights.itemData(index)
        if choice == FILE:
            self._ask_file()
            return
        if choice.startswith(OWN):
            self.set_weights_file(Path(choice.removeprefix(OWN)))
            return
        self.weights_file = None
        self._files.pop(self.recipe.network.name, None)
        self._set_value("network.weights", choice)

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Starting weights", "", WEIGHTS_FILTER)
        if name:
            self.set_weights_file(Path(name))
        else:
            self._fill_weights()  # nothing was chosen: what was there before stays

    # --- showing ------------------------------------------------------------------------------------------------

    def _show_recipe(self, *, but: str = "") -> None:
        """Put the recipe into the controls, except the one that is being typed into."""
        preset = self.preset
        for key, card in self._cards.items():
            card.setChecked(key == preset)
        network = self.recipe.network
        if self._experiments:
            here = next((key for key, recipe in self._experiments.items() if recipe == self.recipe), "")
            self.experiments.setCurrentIndex(self.experiments.findData(here))
        for key, editor in self._editors.items():
            editor.set_trained(network.trains_stages)
            editor.set_problem(self._problems.get(key, ""))
            if key != but:
                editor.show_value(self.recipe)
        stages = len(NETWORKS[network.name].stages)
        names = NETWORKS[network.name].stages
        self.freeze.show_network(names, frozen=network.frozen_stages, fresh=network.reinitialise)
        self._freeze_note.setText(frozen_in_words(network.frozen_stages, stages))
        self._fill_weights()
        self.problem_note.setText(self.problem)
        self.problem_note.setVisible(bool(self._problems))

    def _fill_weights(self) -> None:
        wanted = self.recipe.network.weights
        offered = [("random", "Random"), *(one for one in self._starts if one[0] != f"{OWN}{self.weights_file}")]
        offered.append((FILE, self.weights_file.name if self.weights_file is not None else "File…"))
        if wanted not in dict(offered):
            offered.insert(1, (wanted, {"shipped": SHIPPED, "torchvision": TORCHVISION}.get(wanted, wanted)))
        self.weights.blockSignals(True)
        self.weights.clear()
        for value, text in offered:
            self.weights.addItem(text, value)
            self.weights.setItemData(self.weights.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
        self.weights.setCurrentIndex(max(0, self.weights.findData(wanted)))
        self.weights.blockSignals(False)
        self.weights.setToolTip(f"{self.weights.currentText()}\n{WEIGHTS_TIP}")  # the name of a model may be longer
        self._weights_note.setText(weights_in_words(self.recipe, self.weights_file))
        self._weights_note.setVisible(bool(self._weights_note.text()))
        self.choose_file.setVisible(self.wants_file)


def _form(parent: QWidget) -> QFormLayout:
    form = QFormLayout(parent)
    form.setContentsMargins(12, 12, 12, 12)
    form.setHorizontalSpacing(GAP)
    form.setVerticalSpacing(GAP)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return form


def _label(text: str, control: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(control)
    label.setToolTip(control.toolTip())
    control.setAccessibleName(text)
    return label
