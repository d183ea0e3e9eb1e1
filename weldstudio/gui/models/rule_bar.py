"""The handle by which thresholds are chosen: what a miss costs, a share found, a guaranteed miss rate, or by hand."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from weldstudio.domain.choices import Thresholds
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, theme

COSTS: Final = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 500, 700, 1000)
SHARES: Final = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 1.0)
RATES: Final = (0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3)
HAND: Final = "hand"
STEPS: Final = 1000
"""Of the handle, by hand."""
RULES: Final = {
    "cost": ("What a miss costs", COSTS, 20),
    "recall": ("Share found", SHARES, 0.95),
    "conformal": ("Guaranteed miss rate", RATES, 0.05),
    HAND: ("By hand", (), 0),
}
"""Rule -> its name, the stops of the handle, where it begins."""


class RuleBar(QWidget):
    """`moved` whenever other thresholds are wanted."""

    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flag = ""
        self._places = {rule: stops.index(start) if stops else 0 for rule, (_, stops, start) in RULES.items()}
        self.rules = QComboBox()
        self.rules.setAccessibleName("How thresholds are chosen")
        for rule, (name, _, _) in RULES.items():
            self.rules.addItem(name, rule)
        self.scope = QComboBox()
        self.scope.setAccessibleName("For which flags")
        self.scope.addItems(["All flags", "The chosen flag"])
        self.handle = QSlider(Qt.Orientation.Horizontal)
        self.handle.setMinimumWidth(theme.px(160))
        self.by_points = QCheckBox("times its penalty points")
        self.by_points.setToolTip("Missing a flag of 50 points costs 50 times what missing one of 1 point does")
        self.words = QLabel()
        set_look(self.words, "section")
        self.words.setWordWrap(True)
        for box in (self.rules, self.scope):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.scope.setMaximumWidth(theme.px(200))
        self._first, second = QHBoxLayout(), QHBoxLayout()
        for widget in (self.rules, self.scope):
            self._first.addWidget(widget)
        self._first.addWidget(self.handle, 1)
        second.addWidget(self.words, 1)
        second.addWidget(self.by_points)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        for row in (self._first, second):
            row.setSpacing(GAP)
            column.addLayout(row)
        self.rules.currentIndexChanged.connect(self._other_rule)
        self.scope.currentIndexChanged.connect(self._scope_changed)
        self.handle.valueChanged.connect(self._handle_moved)
        self.handle.sliderReleased.connect(self._handle_moved)  # it may be put where it stands already
        self.by_points.toggled.connect(lambda _on: self._handle_moved())
        self._lay_stops()

    def offer(self, *buttons: QPushButton) -> None:
        """Behind the handle."""
        for button in buttons:
            self._first.addWidget(button)

    def say_own(self) -> None:
        """Nothing is tried yet."""
        self.words.setText("These are the model's own thresholds; move the handle to try others.")

    @property
    def rule(self) -> str:
        """A rule of `domain.choices.Thresholds`, or `HAND`."""
        return str(self.rules.currentData())

    @property
    def everywhere(self) -> bool:
        """Whether all flags are meant."""
        return self.rule != HAND and self.scope.currentIndex() == 0

    @property
    def by_hand(self) -> float:
        """The threshold that the handle names, by hand."""
        return self.handle.value() / STEPS

    @property
    def choice(self) -> Thresholds:
        """The rule as a recipe would have it. Not by hand."""
        value = self._stops[self.handle.value()]
        match self.rule:
            case "cost":
                return Thresholds("cost", cost_miss=value, by_points=self.by_points.isChecked())
            case "recall":
                return Thresholds("recall", recall=value)
        return Thresholds("conformal", miss_rate=value)

    @property
    def sentence(self) -> str:
        """What the handle says, in the inspector's words."""
        value = self._stops[self.handle.value()] if self._stops else self.by_hand
        match self.rule:
            case "cost":
                alarms = "one false alarm" if value == 1 else f"{value:,} false alarms"
                points = ", times the flag's penalty points" if self.by_points.isChecked() else ""
                return f"Missing one costs as much as {alarms}{points}."
            case "recall":
                return f"Of 100 photographs that show a flag, {100 * value:g} are to be found."
            case "conformal":
                return f"Of 1,000 new photographs that show a flag, at most {1000 * value:g} are missed: guaranteed."
        return f"{self._flag or 'The chosen flag'} is raised from a probability of {value:.3f} on."

    def show_flag(self, name: str, threshold: float) -> None:
        """The flag that 'the chosen flag' means, and where its threshold stands; nothing is asked for."""
        self._flag = name
        self.scope.setItemText(1, f"Only {name}")
        self.scope.setToolTip(name)
        if self.rule == HAND:
            with QSignalBlocker(self.handle):
                self.handle.setValue(round(threshold * STEPS))
        self.words.setText(self.sentence)
        self.handle.setAccessibleDescription(self.sentence)

    def take_by_hand(self, threshold: float) -> None:
        """As if the handle had been put there by hand."""
        with QSignalBlocker(self.rules):
            self.rules.setCurrentIndex(self.rules.findData(HAND))
        self._lay_stops()
        with QSignalBlocker(self.handle):
            self.handle.setValue(round(threshold * STEPS))
        self.words.setText(self.sentence)

    @property
    def _stops(self) -> Sequence[float]:
        stops: Sequence[float] = RULES[self.rule][1]
        return stops

    def _other_rule(self) -> None:
        self._lay_stops()
        self.moved.emit()

    def _scope_changed(self) -> None:
        self.words.setText(self.sentence)
        self.moved.emit()

    def _lay_stops(self) -> None:
        """As many stops as the rule has, the handle where it stood when the rule was last used."""
        with QSignalBlocker(self.handle):
            self.handle.setRange(0, len(self._stops) - 1 if self._stops else STEPS)
            self.handle.setPageStep(1 if self._stops else STEPS // 20)
            self.handle.setValue(self._places[self.rule])
        self.scope.setVisible(self.rule != HAND)
        self.by_points.setVisible(self.rule == "cost")
        self.words.setText(self.sentence)
        self.handle.setAccessibleName(str(self.rules.currentText()))
        self.handle.setAccessibleDescription(self.sentence)

    def _handle_moved(self) -> None:
        self._places[self.rule] = self.handle.value()
        self.words.setText(self.sentence)
        self.handle.setAccessibleDescription(self.sentence)
        self.moved.emit()
