"""A verdict set against the points: which, and why."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QRadioButton, QVBoxLayout, QWidget

from weldstudio.domain.decision import Override
from weldstudio.domain.verdict import Outcome, Verdict
from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.review.verdict_banner import points_words
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme

WIDTH = 460


class OverrideDialog(QDialog):
    """Asks for both; `outcome` and `reason` hold the answer once accepted.

    `verdict` is that of the points, `present` what was set by hand before.
    """

    def __init__(
        self, name: str, verdict: Verdict | None, *, present: Override | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Set the verdict")
        help_by_key(self, "review")
        self.setMinimumWidth(theme.px(WIDTH))
        title = QLabel(f"Verdict of {name}")
        set_look(title, "page")
        title.setWordWrap(True)
        self.accept_button, self.reject_button = QRadioButton("&Accept"), QRadioButton("&Reject")
        accept = verdict is None or verdict.outcome == Outcome.REJECT
        if present is not None:
            accept = present.outcome == Outcome.ACCEPT
        (self.accept_button if accept else self.reject_button).setChecked(True)
        says = QLabel(
            "The points of each stay as they are."
            if verdict is None
            else f"By its labels: {points_words(verdict)}, {verdict.outcome}; reject at {verdict.reject_limit}."
        )
        set_look(says, "secondary")
        self.reason_field = QLineEdit()
        self.reason_field.setPlaceholderText("for example: dust, not soil; seen on site")
        if present is not None:
            self.reason_field.setText(present.reason)
            self.reason_field.selectAll()
        self.reason_field.textChanged.connect(self._check)
        label = QLabel("&Why")
        label.setBuddy(self.reason_field)
        safe = QLabel("No label is changed. The verdict is marked as set by hand and can be given back to the points.")
        set_look(safe, "secondary")
        safe.setWordWrap(True)
        self.set_button = QPushButton("Set the verdict")
        choice = QHBoxLayout()
        choice.setSpacing(GROUP)
        choice.addWidget(self.accept_button)
        choice.addWidget(self.reject_button)
        choice.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, GROUP)
        layout.setSpacing(GAP)
        for part in (title, says):
            layout.addWidget(part)
        if present is not None:
            by_hand = QLabel(f"Set to {present.outcome} by {present.who}.")
            set_look(by_hand, "secondary")
            layout.addWidget(by_hand)
        layout.addLayout(choice)
        layout.addWidget(label)
        layout.addWidget(self.reason_field)
        layout.addWidget(safe)
        layout.addSpacing(GAP)
        layout.addLayout(answer_row(self, self.set_button))
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
