"""The dial for unequal classes: the share that the largest shall have, and at once what that makes of each class."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from weldstudio.domain.choices import Sampling
from weldstudio.domain.recipe import Recipe, every_field
from weldstudio.domain.sampling import ClassBalance, balanced, obstacle, stacking
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.words import count

TOLD: Final = {key: told for key, _, told in every_field()}
WORDS: Final = {"under": "Leave out photos of the largest", "over": "Repeat photos of the smallest"}
MOST_ROWS: Final = 8
"""Classes shown, those first of which most changes; the others are counted."""


class BalanceCard(QFrame):
    """Edits sampling and largest share of a recipe. `edited` carries (key, value) as a recipe is written."""

    edited = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "card")
        self._recipe = Recipe()
        self._counts: dict[str, tuple[int, int]] = {}
        self._task = "multilabel"
        self.rows: tuple[tuple[str, ClassBalance], ...] = ()
        """What is shown."""
        title = QLabel("Class balance")
        title.setFont(theme.font("body", bold=True))
        self.method = QComboBox()
        self.method.setAccessibleName("Sampling")
        self.method.setToolTip(f"{TOLD['sampling.method'].meaning}\nsampling.method; {TOLD['sampling.method'].source}")
        for value, words in TOLD["sampling.method"].words:
            self.method.addItem(WORDS.get(value, words), value)
        self.method.activated.connect(lambda _i: self.edited.emit("sampling.method", self.method.currentData()))
        self.share = QSlider(Qt.Orientation.Horizontal)
        self.share.setRange(50, 98)
        self.share.setAccessibleName("Share of the largest class")
        told = TOLD["sampling.largest_share"]
        self.share.setToolTip(f"{told.meaning}\nsampling.largest_share; {told.source}")
        self.share.valueChanged.connect(self._share_changed)
        self._share_words = QLabel()
        self._share_words.setFont(theme.font("secondary", figures=True))
        self.warning = QLabel()
        self.warning.setWordWrap(True)
        set_look(self.warning, "warning")
        self._note = QLabel()
        self._note.setWordWrap(True)
        set_look(self._note, "secondary")
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self._dial = QWidget()
        across = QHBoxLayout(self._dial)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(GAP)
        across.addWidget(QLabel("Largest"))
        across.addWidget(self.share, 1)
        across.addWidget(self._share_words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(GAP)
        for part in (title, self.method, self._dial, self._table, self._note, self.warning):
            layout.addWidget(part)

    def show_counts(self, counts: Mapping[str, tuple[int, int]], task: str) -> None:
        """What the training photographs hold: class -> (raised, clear)."""
        self._counts, self._task = dict(counts), task
        self._show()

    def show_recipe(self, recipe: Recipe) -> None:
        """Show what the recipe says of it."""
        self._recipe = recipe
        sampling = recipe.sampling
        self.method.setCurrentIndex(self.method.findData(sampling.method))
        self.share.blockSignals(True)
        self.share.setValue(round(100 * sampling.largest_share))
        self.share.blockSignals(False)
        self._show()

    def _share_changed(self, value: int) -> None:
        self.edited.emit("sampling.largest_share", f"{value / 100:g}")

    def _show(self) -> None:
        sampling = self._recipe.sampling
        dialled = sampling.method in ("under", "over")
        self._dial.setVisible(dialled)
        self._share_words.setText(f"{100 * sampling.largest_share:.0f} %")
        networks = 1 if self._recipe.data.task == "independent" else len(self._counts)
        problem = obstacle(sampling.method, self._task, networks) if self._counts else ""
        found = balanced(tuple(self._counts.values()), sampling, task=self._task) if not problem else ()
        pairs = list(zip(self._counts, found, strict=False))
        changed = [pair for pair in pairs if pair[1].left_out or pair[1].repeated]
        self.rows = tuple(sorted(changed, key=lambda p: -(p[1].left_out + p[1].repeated)))
        self._fill()
        self.warning.setText(problem or stacking(sampling, self._recipe.loss, [one.priors[1] for _, one in pairs]))
        self.warning.setVisible(bool(self.warning.text()))
        self._note.setText(_note(sampling, len(self.rows), len(pairs)))
        self._note.setVisible(bool(self._note.text()))

    def _fill(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._table.setVisible(bool(self.rows))
        if not self.rows:
            return
        self._cell(0, 1, "share raised", "Their share before and after: the prior that is learned", look="secondary")
        for place, (name, one) in enumerate(self.rows[:MOST_ROWS]):
            was, now = one.priors
            tip = f"{name}: {count(one.before[0])} raised and {count(one.before[1])} clear before"
            short = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, theme.px(150))
            change = f"{count(one.repeated)} repeated" if one.repeated else f"{count(one.left_out)} left out"
            self._cell(1 + 2 * place, 0, short, tip)
            self._cell(1 + 2 * place, 1, f"{100 * was:.0f} % → {100 * now:.0f} %", tip)
            after = f"{count(one.after[0])} raised, {count(one.after[1])} clear"
            self._cell(2 + 2 * place, 0, after, tip, look="secondary")
            self._cell(2 + 2 * place, 1, change, tip, look="secondary")

    def _cell(self, row: int, column: int, text: str, tip: str, *, look: str = "") -> None:
        label = QLabel(text)
        label.setToolTip(tip)
        if look:
            set_look(label, look)
        label.setFont(theme.font("secondary", figures=True))
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
        label.setAlignment(side | Qt.AlignmentFlag.AlignBottom)
        label.setContentsMargins(0, 0 if look else 4, 0, 0)
        self._grid.addWidget(label, row, column)


def _note(sampling: Sampling, changed: int, classes: int) -> str:
    """What there is to say beside the table."""
    if sampling.method == "none":
        return "Every photograph takes part once. Thresholds make up for rare classes; that is usually enough."
    if sampling.method == "proportional":
        return "Every photograph takes part once, and every batch holds the classes in the same shares."
    if not classes:
        return ""
    if not changed:
        return "No class is larger than that: nothing is left out or repeated."
    more = f"{changed - MOST_ROWS} more classes change. " if changed > MOST_ROWS else ""
    how = "Photographs left out are not learned from" if sampling.method == "under" else "Copies are learned by heart"
    return f"{more}{how}: expect earlier overfitting."
