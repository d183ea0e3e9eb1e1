"""What a joint is, or several: type, medium, contractor, chosen from those in use or written anew."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.studio.joint_facts import Description

WIDTH = 460
_DIFFER = "as they are: they differ"


class DescribeDialog(QDialog):
    """`answer` holds what is to be set once accepted; None = as it is."""

    def __init__(
        self,
        name: str,
        now: Description,
        known: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Type, medium and contractor")
        self.setMinimumWidth(theme.px(WIDTH))
        self._now = now
        title = QLabel(name)
        set_look(title, "page")
        title.setWordWrap(True)
        self.kind, self.medium, self.contractor = (
            _field(present, names) for present, names in zip((now.kind, now.medium, now.contractor), known, strict=True)
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(GROUP)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(1, 1)
        fields = (("&Type", self.kind), ("&Medium", self.medium), ("&Contractor", self.contractor))
        for y, (text, field) in enumerate(fields):
            label = QLabel(text)
            label.setBuddy(field)
            field.setAccessibleName(text.replace("&", ""))
            grid.addWidget(label, y, 0)
            grid.addWidget(field, y, 1)
        hint = QLabel("The contractor's reject limit decides on the verdict. Models are judged by each of the three.")
        set_look(hint, "secondary")
        hint.setWordWrap(True)
        self.set_button = QPushButton("Set")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, GROUP)
        layout.setSpacing(GROUP)
        layout.addWidget(title)
        layout.addLayout(grid)
        layout.addWidget(hint)
        layout.addLayout(answer_row(self, self.set_button))
        self.kind.setFocus()

    @property
    def answer(self) -> Description:
        """What differs from what was."""
        now = self._now
        return Description(
            _told(self.kind, now.kind), _told(self.medium, now.medium), _told(self.contractor, now.contractor)
        )


def _field(present: str | None, names: tuple[str, ...]) -> QComboBox:
    field = QComboBox()
    field.setEditable(True)
    field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    field.addItems(list(names))
    field.setCurrentText(present or "")
    line, completer = field.lineEdit(), field.completer()
    if line is not None:
        line.setPlaceholderText(_DIFFER if present is None else "not known")
    if completer is not None:
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    return field


def _told(field: QComboBox, present: str | None) -> str | None:
    text = field.currentText().strip()
    return None if text == (present or "") else text
