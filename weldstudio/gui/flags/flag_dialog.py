"""Name, points and group of a new flag."""

from collections.abc import Sequence

from PySide6.QtWidgets import (
    QComboBox,
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
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.style_sheet import indent_number, set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme

WIDTH = 420


class FlagDialog(QDialog):
    """Asks for a new flag; `name`, `points` and `group` hold the answer once accepted."""

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scheme = scheme
        self.setWindowTitle("Add a flag")
        help_by_key(self, "flags")
        self.setMinimumWidth(theme.px(WIDTH))
        self.name_field = QLineEdit()
        self.name_field.setPlaceholderText("No Ground Sheet")
        self.name_field.textChanged.connect(self._check)
        self.points_field = QSpinBox()
        self.points_field.setRange(0, MOST_POINTS)
        # Where no flag has points there are no verdicts, and one flag alone should not begin them.
        self.points_field.setValue(5 if any(f.points for f in scheme.live_flags) or not scheme.live_flags else 0)
        indent_number(self.points_field)
        self.points_field.setToolTip("Penalty points; a joint is rejected when its points reach the reject limit")
        self.group_field = QComboBox()
        self.group_field.setToolTip("Of the flags of a group at most one holds: labelling one clears the others")
        for group in scheme.groups:
            members = [scheme.by_slot(slot).name for slot in group.members]
            self.group_field.addItem(f"{group.name}: at most one of {_listed(members)} and this", group.name)
        self.group_field.addItem("None: it may hold beside any other flag", "")
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
        if scheme.groups:
            form.addRow("&Group", self.group_field)
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

    @property
    def group(self) -> str:
        """Name of the group that it joins; '' = none."""
        return str(self.group_field.currentData())

    def _check(self) -> None:
        taken = self._scheme.has_name(self.name) if self.name else False
        self.problem.setText(f"“{self.name}” is there already; choose another name." if taken else " ")
        self.add_button.setEnabled(bool(self.name) and not taken)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:2])} and {len(names) - 2} more"
