"""The control that edits one field of a recipe."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from weldstudio.domain.recipe import Recipe
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.train.elided_combo import ElidedComboBox
from weldstudio.gui.train.fields import Editor, RecipeField


class FieldEditor(QObject):
    """A choice, a number or a switch for one row of `fields`. `edited` carries the value as a recipe is written."""

    edited = Signal(str)

    def __init__(self, field: RecipeField) -> None:
        super().__init__()
        self.field = field
        self._problem = ""
        self.control = self._make()
        self.setParent(self.control)
        self.control.setObjectName(field.key)
        self.control.setToolTip(field.tip)

    def show_value(self, recipe: Recipe) -> None:
        """Show what the recipe holds."""
        value: object = recipe
        for part in self.field.key.split("."):
            value = getattr(value, part)
        match self.control:
            case QComboBox():
                self.control.setCurrentIndex(self.control.findData(value))
            case QCheckBox():
                self.control.blockSignals(True)
                self.control.setChecked(bool(value))
                self.control.blockSignals(False)
            case QLineEdit():
                words = ", ".join(value) if isinstance(value, tuple) else str(value)
                self.control.setText(f"{value:g}" if isinstance(value, float) else words)

    def set_trained(self, trained: bool) -> None:
        """Whether stages are trained; a field that then means nothing is greyed and says why."""
        meaningful = trained or not self.field.trained_only
        self.control.setEnabled(meaningful)
        tip = self.field.tip
        if not meaningful:
            tip += "\nHas no effect while all stages are frozen."
        self.control.setToolTip(self._problem or tip)

    def set_problem(self, problem: str) -> None:
        """Mark the field as wrong and say why; '' takes the mark away."""
        if problem != self._problem and isinstance(self.control, QLineEdit):
            set_look(self.control, "wrong" if problem else "")
        self._problem = problem
        if problem:
            self.control.setToolTip(problem)

    def _make(self) -> QWidget:
        match self.field.editor:
            case Editor.CHOICE:
                box = ElidedComboBox()
                for value, text in self.field.choices:
                    box.addItem(text, value)
                box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                box.setMinimumContentsLength(10)
                box.activated.connect(lambda index: self.edited.emit(str(box.itemData(index))))
                return box
            case Editor.SWITCH:
                switch = QCheckBox()
                switch.toggled.connect(lambda on: self.edited.emit("true" if on else "false"))
                return switch
            case Editor.NUMBER | Editor.TEXT:
                line = QLineEdit()
                if self.field.editor is Editor.NUMBER:
                    line.setAlignment(Qt.AlignmentFlag.AlignRight)
                else:
                    line.setPlaceholderText("All" if self.field.key.startswith("data.") else "None")
                line.textEdited.connect(lambda text: self.edited.emit(text.strip()))
                return line
