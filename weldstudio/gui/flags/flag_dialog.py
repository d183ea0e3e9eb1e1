"""Everything of one flag, new or there already: name, points, key, colour, joint rule, group, description."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.scheme import Flag, JointRule, Scheme, SchemeClass
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.flags.colour_field import ColourField
from weldstudio.gui.flags.delegates import MOST_POINTS, KeyField
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.style_sheet import indent_number, set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.studio.flag_keys import flag_keys, refuse_taken

WIDTH = 460


class FlagDialog(QDialog):
    """Asks for a new flag, or for other values of `item`, a flag or merge; `values` holds the answer once accepted."""

    def __init__(self, scheme: Scheme, parent: QWidget | None = None, *, item: SchemeClass | None = None) -> None:
        super().__init__(parent)
        self._scheme, self._item = scheme, item
        words = "Add a flag" if item is None else f"Edit the {'flag' if isinstance(item, Flag) else 'merge'}"
        self.setWindowTitle(words)
        help_by_key(self, "flags")
        self.setMinimumWidth(theme.px(WIDTH))
        self._make_fields()
        self.problem = QLabel(" ")
        self.problem.setWordWrap(True)
        set_look(self.problem, "danger")
        self.add_button = QPushButton("Add" if item is None else "Save")
        title = QLabel(words)
        set_look(title, "page")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, GROUP)
        layout.setSpacing(GROUP)
        layout.addWidget(title)
        layout.addLayout(self._make_form())
        layout.addWidget(self.problem)
        layout.addLayout(answer_row(self, self.add_button))
        self._check()

    def _make_fields(self) -> None:
        scheme, item = self._scheme, self._item
        self.name_field = QLineEdit("" if item is None else item.name)
        self.name_field.setPlaceholderText("No Ground Sheet")
        self.name_field.textChanged.connect(self._check)
        self.points_field = QSpinBox()
        self.points_field.setRange(0, MOST_POINTS)
        # Where no flag has points there are no verdicts, and one flag alone should not begin them.
        first = 5 if any(f.points for f in scheme.live_flags) or not scheme.live_flags else 0
        self.points_field.setValue(item.points if isinstance(item, Flag) else first)
        indent_number(self.points_field)
        self.points_field.setToolTip("Penalty points; a joint is rejected when its points reach the reject limit")
        self.key_field = KeyField()
        self.key_field.setText("" if item is None else item.key)
        shown = scheme if item is not None else scheme.with_flag(" new", 0)
        given = flag_keys(shown.classes).get(shown.slots - 1 if item is None else item.slot, "")
        self.key_field.setPlaceholderText(f"press a key; else it is {given}" if given else "press a key")
        self.key_field.textChanged.connect(self._check)
        self.colour_field = ColourField("" if item is None else item.colour)
        self.rule_field = QComboBox()
        self.rule_field.addItem("as soon as one photo shows it", JointRule.ANY)
        self.rule_field.addItem("only if no photo shows what is missing", JointRule.ALL)
        if isinstance(item, Flag):
            self.rule_field.setCurrentIndex(list(JointRule).index(item.joint_rule))
        self.rule_field.setToolTip(
            "How the photos of a joint decide; the second is for flags of absence, as No Clamp Used"
        )
        self.group_field = QComboBox()
        self.group_field.setToolTip("Of the flags of a group at most one holds: labelling one clears the others")
        for group in scheme.groups:
            members = [scheme.by_slot(slot).name for slot in group.members]
            self.group_field.addItem(f"{group.name}: at most one of {_listed(members)} and this", group.name)
        self.group_field.addItem("None: it may hold beside any other flag", "")
        self.description_field = QPlainTextEdit("" if item is None else item.description)
        self.description_field.setPlaceholderText("What one sees, and what does not count")
        self.description_field.setTabChangesFocus(True)
        self.description_field.setFixedHeight(theme.px(72))

    def _make_form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(GROUP)
        form.setVerticalSpacing(GAP)
        flag = self._item is None or isinstance(self._item, Flag)
        form.addRow("&Name", self.name_field)
        if flag:
            form.addRow("&Points", self.points_field)
        form.addRow("&Key", self.key_field)
        form.addRow("&Colour", self.colour_field)
        if flag:
            form.addRow("&Joint has it", self.rule_field)
        if self._item is None and self._scheme.groups:
            form.addRow("&Group", self.group_field)
        form.addRow("&Means", self.description_field)
        return form

    @property
    def name(self) -> str:
        """As typed; a blank before or behind it is left out of a new name, for it is a slip there."""
        text = self.name_field.text()
        return text if self._item is not None and text == self._item.name else text.strip()

    @property
    def values(self) -> dict[str, Any]:
        """Fields of `domain.scheme.Flag` (of a new flag also 'group') that differ from what was there."""
        found: dict[str, Any] = {
            "name": self.name,
            "points": self.points_field.value(),
            "key": self.key_field.text(),
            "colour": self.colour_field.colour,
            "description": self.description_field.toPlainText(),
            "joint_rule": JointRule(self.rule_field.currentData()),  # Qt hands back plain text
        }
        if self._item is None:
            return found | {"group": str(self.group_field.currentData())}
        return {word: value for word, value in found.items() if value != getattr(self._item, word, value)}

    def _check(self) -> None:
        slot = -1 if self._item is None else self._item.slot
        every: tuple[SchemeClass, ...] = (*self._scheme.flags, *self._scheme.live_merges)
        others = [item.name for item in every if item.slot != slot]
        problem = f"“{self.name}” is there already; choose another name." if self.name in others else ""
        try:
            refuse_taken(self._scheme, slot, self.key_field.text())
        except SchemeError as error:
            problem = problem or str(error)
        self.problem.setText(problem or " ")
        self.add_button.setEnabled(bool(self.name) and not problem)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:2])} and {len(names) - 2} more"
