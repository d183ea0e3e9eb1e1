"""A few fields, what they would do in a sentence that follows them, and one button that does it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QGridLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.errors import UserError
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.style_sheet import indent_number, set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme

WIDTH = 480
_MARGIN = 6


class FormDialog(QDialog):
    """`fields` are (label, widget); `say` is asked after every change and answers with the sentence.

    A UserError that `say` raises is shown in its place, and the button is off meanwhile. With `careful` Return cancels.
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[tuple[str, QWidget]],
        *,
        button: str,
        say: Callable[[], str],
        hint: str = "",
        below: QWidget | None = None,
        careful: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._say = say
        self.setWindowTitle(title)
        head = QLabel(title)
        set_look(head, "page")
        head.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, GROUP)
        layout.setSpacing(GROUP)
        layout.addWidget(head)
        if hint:
            words = QLabel(hint)
            words.setWordWrap(True)
            set_look(words, "secondary")
            layout.addWidget(words)
        layout.addLayout(_grid(fields))
        if below is not None:
            layout.addWidget(below, 1)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setMinimumHeight(3 * self.sentence.fontMetrics().lineSpacing() + 4)  # so that nothing jumps
        layout.addWidget(self.sentence)
        self.do_button = QPushButton(button)
        layout.addLayout(answer_row(self, self.do_button, careful=careful))
        self.setMinimumWidth(max(theme.px(WIDTH), layout.minimumSize().width()))
        for _, field in fields:
            _changes(field, self.refresh)
        if fields:
            fields[0][1].setFocus()
        self.refresh()

    def refresh(self) -> None:
        """Say what the fields would do now."""
        try:
            text, wrong = self._say(), ""
        except UserError as error:
            text, wrong = "", str(error)
        self.sentence.setText(wrong or text)
        set_look(self.sentence, "danger" if wrong else "plain")
        self.do_button.setEnabled(not wrong)


def whole(value: int, low: int, high: int, suffix: str = "") -> QSpinBox:
    """A field for a whole number."""
    field = QSpinBox()
    _number(field)
    field.setRange(low, high)
    field.setValue(value)
    field.setSuffix(suffix)
    return field


def percentage(share: float, *, low: float, high: float, decimals: int = 0, step: float = 1.0) -> QDoubleSpinBox:
    """A field for a share, shown and bounded in per cent; `share_of` reads it."""
    field = QDoubleSpinBox()
    _number(field)
    field.setDecimals(decimals)
    field.setRange(low, high)
    field.setSingleStep(step)
    field.setValue(100 * share)
    field.setSuffix(" %")
    return field


def share_of(field: QDoubleSpinBox) -> float:
    """What such a field says, 0 to 1."""
    return round(field.value() / 100, 6)


def _number(field: QAbstractSpinBox) -> None:
    indent_number(field)
    field.lineEdit().setTextMargins(_MARGIN, 0, 0, 0)


def _grid(fields: Sequence[tuple[str, QWidget]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(GROUP)
    grid.setVerticalSpacing(GAP)
    grid.setColumnStretch(0, 1)
    for y, (text, field) in enumerate(fields):
        label = QLabel(text)
        label.setBuddy(field)
        field.setAccessibleName(text.replace("&", ""))
        field.setMinimumWidth(theme.px(200))
        wide = isinstance(field, QLineEdit)
        grid.addWidget(label, 2 * y, 0, 1, 2 if wide else 1)
        grid.addWidget(field, 2 * y + wide, 0 if wide else 1, 1, 2 if wide else 1)
    return grid


def _changes(field: QWidget, slot: Callable[[], None]) -> None:
    match field:
        case QSpinBox() | QDoubleSpinBox():
            field.valueChanged.connect(slot)
        case QLineEdit():
            field.textChanged.connect(slot)
        case QKeySequenceEdit():
            field.keySequenceChanged.connect(slot)
        case QComboBox():
            field.currentTextChanged.connect(slot)
        case _:
            raise TypeError(f"nothing is known of changes of a {type(field).__name__}")
