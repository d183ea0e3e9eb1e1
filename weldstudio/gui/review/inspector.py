"""The inspector: verdict and decision on top, the flags below, and what can be done with all of them at once."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from weldstudio.gui.actions import Actions
from weldstudio.gui.icons import set_icon
from weldstudio.gui.review.decision_bar import DecisionBar
from weldstudio.gui.review.flag_list import FlagList
from weldstudio.gui.review.note_box import NoteBox
from weldstudio.gui.review.review_line import ReviewLine
from weldstudio.gui.review.verdict_banner import VerdictBanner
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, theme

WIDTH: Final = 312
_EDGE: Final = 12
_LEAST_FLAGS: Final = 132
"""Pixels of the list of flags that are always there."""


class Inspector(QFrame):
    """Parts only; the page fills them and listens to `flags`."""

    train_asked = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        nothing, advance = actions["label.nothing"], actions["label.advance"]
        set_look(self, "surface")
        inner = QWidget(self)
        area = Roomy(inner, self, sideways=False)
        self.banner = VerdictBanner(inner)
        self.decision = DecisionBar(actions, inner)
        self.review = ReviewLine(actions, inner)
        self.flags = FlagList(inner)
        self.notes = NoteBox(inner)
        self.no_model = _Notice("Train a model", inner)
        self.no_model.button.clicked.connect(self.train_asked)
        self.no_model.hide()
        self.differing = _Notice("Settle it…", inner)
        self.differing.button.clicked.connect(actions["history.open"].trigger)
        self.differing.hide()
        self.waiting = _Notice("All that wait…", inner)
        self.waiting.hide()
        self.nothing = QPushButton("Nothing applies", self)
        self.nothing.setToolTip(nothing.toolTip())
        set_icon(self.nothing, "check")
        self.nothing.clicked.connect(nothing.trigger)
        self.nothing.setEnabled(nothing.isEnabled())
        nothing.enabledChanged.connect(self.nothing.setEnabled)
        self.advance = QCheckBox("Go on", self)
        self.advance.setToolTip("Go on to the next photograph when this one is answered")
        self.advance.setChecked(advance.isChecked())
        self.advance.toggled.connect(advance.setChecked)
        advance.toggled.connect(self.advance.setChecked)

        line = QFrame(self)
        line.setProperty("look", "line")
        foot = QHBoxLayout()
        foot.setContentsMargins(_EDGE, GAP, _EDGE, GAP)
        foot.setSpacing(GAP)
        foot.addWidget(self.nothing, 1)
        foot.addWidget(self.advance)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.banner, self.decision, self.review, self.differing, self.waiting):
            column.addWidget(part)
        column.addWidget(self.flags, 1)
        column.addWidget(self.notes)
        column.addWidget(self.no_model)
        self.flags.setMinimumHeight(theme.px(_LEAST_FLAGS))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addWidget(line)
        layout.addLayout(foot)


class _Notice(QFrame):
    """A sentence about the photograph or the project, and what there is to do about it."""

    def __init__(self, offer: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setContentsMargins(2, 0, 0, 0)  # as the link below
        set_look(self.sentence, "secondary")
        self.button = QPushButton(offer, self)
        set_look(self.button, "link")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_EDGE, GAP, _EDGE, GAP)
        layout.setSpacing(0)
        layout.addWidget(self.sentence)
        layout.addWidget(self.button)
