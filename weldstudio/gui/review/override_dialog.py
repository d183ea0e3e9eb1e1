"""A verdict set against the points: which, and why."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QRadioButton, QVBoxLayout, QWidget

from weldstudio.domain.verdict import Outcome, Verdict
from weldstudio.gui.review.verdict_banner import points_words
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme

WIDTH = 460


class OverrideDialog(QDialog):
    """Asks for both; `outcome` and `reason` hold the answer once accepted. `verdict` is that of the points."""

    def __init__(self, name: str, verdict: Verdict | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Set the verdict")
        self.setMinimumWidth(theme.px(WIDTH))
        title = QLabel(f"Verdict of {name}")
        set_look(title, "page")
        title.setWordWrap(True)
        self.accept_button, self.reject_button = QRadioButton("&Accept"), QRadioButton("&Reject")
        against = self.accept_button if verdict is None or verdict.outcome == Outcome.REJECT else self.reject_button
        against.setChecked(True)
        says = QLabel(
            "The points of each stay as they are."
            if verdict is None
            else f"By its labels: {points_words(verdict)}, {verdict.outcome}; reject at {verdict.reject_limit}."
        )
        set_look(says, "secondary")
        self.reason_field = QLineEdit()
        self.reason_field.setPlaceholderText("Dust, not soil; seen on site")
        self.reason_field.textChanged.connect(self._check)
        label = QLabel("&Why")
        label.setBuddy(self.reason_field)
        safe = QLabel("No label is changed. The verdict is marked as set by hand and can be given back to the points.")
        set_look(safe, "secondary")
        safe.setWordWrap(True)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        self.set_button = QPushButton("Set the verdict")
        set_look(self.set_button, "primary")
        self.set_button.setDefault(True)
        self.set_button.clicked.connect(self.accept)
        choice = QHBoxLayout()
        choice.setSpacing(GROUP)
        choice.addWidget(self.accept_button)
        choice.addWidget(self.reject_button)
        choice.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.set_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, GROUP)
        layout.setSpacing(GAP)
        for part in (title, says):
            layout.addWidget(part)
        layout.addLayout(choice)
        layout.addWidget(label)
        layout.addWidget(self.reason_field)
        layout.addWidget(safe)
        layout.addSpacing(GAP)
        layout.addLayout(buttons)
        self.reason_field.setFocus()
        self._check()

    @property
    def outcome(self) -> Outcome:
        return Outcome.ACCEPT if self.accept_button.isChecked() else Outcome.REJECT

    @property
    def reason(self) -> str:
        return self.reason_field.text().strip()

    def _check(self) -> None:
        self.set_button.setEnabled(bool(self.reason))
