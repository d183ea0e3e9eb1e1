"""Name and points of a new flag."""

from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.scheme import Scheme
from weldstudio.gui.flags.delegates import MOST_POINTS
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme

WIDTH = 420


class FlagDialog(QDialog):
    """Asks for a new flag; `name` and `points` hold the answer once accepted."""

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scheme = scheme
        self.setWindowTitle("Add a flag")
        self.setMinimumWidth(theme.px(WIDTH))
        self.name_field = QLineEdit()
        self.name_field.setPlaceholderText("No Ground Sheet")
        self.name_field.textChanged.connect(self._check)
        self.points_field = QSpinBox()
        self.points_field.setRange(0, MOST_POINTS)
        self.points_field.setValue(5)
        self.points_field.setToolTip("Penalty points; a joint is rejected when its points reach the reject limit")
        self.problem = QLabel(" ")
        set_look(self.problem, "danger")
        self.add_button = QPushButton("Add")
        set_look(self.add_button, "primary")
        self.add_button.setDefault(True)
        self.add_button.clicked.connect(self.accept)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)

        form = QFormLayout()
        form.setHorizontalSpacing(GROUP)
        form.setVerticalSpacing(GAP)
        form.addRow("&Name", self.name_field)
        form.addRow("&Points", self.points_field)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.add_button)
        title = QLabel("Add a flag")
        set_look(title, "page")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, GROUP)
        layout.setSpacing(GROUP)
        layout.addWidget(title)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)
        self._check()

    @property
    def name(self) -> str:
        return self.name_field.text().strip()

    @property
    def points(self) -> int:
        return self.points_field.value()

    def _check(self) -> None:
        taken = self._scheme.has_name(self.name) if self.name else False
        self.problem.setText(f"“{self.name}” is there already; choose another name." if taken else " ")
        self.add_button.setEnabled(bool(self.name) and not taken)
