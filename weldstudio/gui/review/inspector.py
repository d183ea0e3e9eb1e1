"""The inspector: verdict and decision on top, the flags below, and what can be done with all of them at once."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from weldstudio.gui.actions import Actions
from weldstudio.gui.icons import set_icon
from weldstudio.gui.review.decision_bar import DecisionBar
from weldstudio.gui.review.flag_list import FlagList
from weldstudio.gui.review.note_box import NoteBox
from weldstudio.gui.review.review_line import ReviewLine
from weldstudio.gui.review.verdict_banner import VerdictBanner
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
        self.banner = VerdictBanner()
        self.decision = DecisionBar(actions)
        self.review = ReviewLine(actions)
        self.flags = FlagList()
        self.notes = NoteBox()
        self.no_model = _Notice("Train a model")
        self.no_model.button.clicked.connect(self.train_asked)
        self.no_model.hide()
        self.differing = _Notice("Settle it…")
        self.differing.button.clicked.connect(actions["history.open"].trigger)
        self.differing.hide()
        self.waiting = _Notice("All that wait…")
        self.waiting.hide()
        self.nothing = QPushButton("Nothing applies")
        self.nothing.setToolTip(nothing.toolTip())
        set_icon(self.nothing, "check")
        self.nothing.clicked.connect(nothing.trigger)
        self.nothing.setEnabled(nothing.isEnabled())
        nothing.enabledChanged.connect(self.nothing.setEnabled)
        self.advance = QCheckBox("Go on")
        self.advance.setToolTip("Go on to the next photograph when this one is answered")
        self.advance.setChecked(advance.isChecked())
        self.advance.toggled.connect(advance.setChecked)
        advance.toggled.connect(self.advance.setChecked)

        line = QFrame()
        line.setProperty("look", "line")
        foot = QHBoxLayout()
        foot.setContentsMargins(_EDGE, GAP, _EDGE, GAP)
        foot.setSpacing(GAP)
        foot.addWidget(self.nothing, 1)
        foot.addWidget(self.advance)
        parts = (self.banner, self.decision, self.review, self.differing, self.waiting, self.flags)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(_scrolled((*parts, self.notes, self.no_model), tall=self.flags), 1)
        layout.addWidget(line)
        layout.addLayout(foot)


def _scrolled(parts: tuple[QWidget, ...], *, tall: QWidget) -> QScrollArea:
    """The parts below each other, of which `tall` has what room is left; with large text they are scrolled."""
    inner = QWidget()
    set_look(inner, "scrolled")
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, int(part is tall))
    tall.setMinimumHeight(theme.px(_LEAST_FLAGS))
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


class _Notice(QFrame):
    """A sentence about the photograph or the project, and what there is to do about it."""

    def __init__(self, offer: str) -> None:
        super().__init__()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setContentsMargins(2, 0, 0, 0)  # as the link below
        set_look(self.sentence, "secondary")
        self.button = QPushButton(offer)
        set_look(self.button, "link")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_EDGE, GAP, _EDGE, GAP)
        layout.setSpacing(0)
        layout.addWidget(self.sentence)
        layout.addWidget(self.button)
