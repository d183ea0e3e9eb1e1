"""The settings, made from their table: one row each, nothing that is not there."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.style_sheet import indent_number, set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.settings import Setting, Settings, table

_WIDTH = 680
_MARGIN = 6
"""Pixels before a number; a style sheet does not reach inside a spin box."""


class SettingsDialog(QDialog):
    """Writes into `settings` when accepted; saving and applying are the window's."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        help_by_key(self, "welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings
        self.fields: dict[str, QWidget] = {}
        rows_of = QWidget()
        grid = QGridLayout(rows_of)
        grid.setContentsMargins(0, 0, GROUP, 0)
        grid.setHorizontalSpacing(GROUP)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(0, 1)
        rows = [row for row in table() if not isinstance(row.default, tuple)]
        for y, row in enumerate(rows):
            field = _field(row, getattr(settings, row.name))
            if row.name == "expert" and isinstance(field, QLineEdit):
                field.setPlaceholderText(settings.signature)
            self.fields[row.name] = field
            field.setAccessibleName(row.text)
            if isinstance(field, QCheckBox):
                grid.addWidget(field, y, 0, 1, 2)
                continue
            label = QLabel(row.text)
            label.setWordWrap(True)
            label.setBuddy(field)
            field.setMinimumWidth(theme.px(220))
            grid.addWidget(label, y, 0)
            grid.addWidget(field, y, 1)
        self.button = QPushButton("Save")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        set_look(self.problem, "danger")
        self.problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(Roomy(rows_of, sideways=False), 1)
        layout.addWidget(self.problem)
        layout.addLayout(answer_row(self, self.button, then=self._save))
        self.setMinimumWidth(theme.px(_WIDTH))
        # All rows where there is room for them, and never higher than the window it belongs to.
        beside = 2 * EDGE + GROUP + self.button.sizeHint().height()
        high = rows_of.sizeHint().height() + beside
        self.resize(theme.px(_WIDTH), high if parent is None else min(high, parent.height()))

    def _save(self) -> None:
        new = {name: _value(field) for name, field in self.fields.items()}
        changed = {name: value for name, value in new.items() if value != getattr(self._settings, name)}
        try:
            self._settings.change(**changed)
        except ValueError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.accept()


def _field(row: Setting, value: Any) -> QWidget:
    """The widget that fits the kind of a setting."""
    if isinstance(row.default, bool):
        check = QCheckBox(row.text)
        check.setChecked(value)
        return check
    if row.choices:
        combo = QComboBox()
        for choice in row.choices:
            combo.addItem(choice[:1].upper() + choice[1:], choice)
        combo.setCurrentIndex(combo.findData(value))
        return combo
    if isinstance(row.default, int):
        whole = QSpinBox()
        indent_number(whole)
        whole.setRange(int(row.low or 0), int(row.high if row.high is not None else 1_000_000))
        whole.setValue(value)
        whole.lineEdit().setTextMargins(_MARGIN, 0, 0, 0)
        return whole
    if isinstance(row.default, float):
        number = QDoubleSpinBox()
        indent_number(number)
        fine = row.low is not None and 0 < row.low < 0.01
        number.setDecimals(4 if fine else 2)
        number.setRange(row.low or 0.0, row.high if row.high is not None else 1e9)
        number.setSingleStep(0.0025 if fine else 0.05)
        number.setValue(value)
        number.lineEdit().setTextMargins(_MARGIN, 0, 0, 0)
        return number
    return QLineEdit(value)


def _value(field: QWidget) -> Any:
    match field:
        case QCheckBox():
            return field.isChecked()
        case QComboBox():
            return field.currentData()
        case QSpinBox() | QDoubleSpinBox():
            return field.value()
        case QLineEdit():
            return field.text().strip()
        case _:
            raise TypeError(f"no setting is shown by a {type(field).__name__}")
