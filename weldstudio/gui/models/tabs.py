"""What is known of one model, side by side: its report, its thresholds, the flags it mixes up, its costliest errors."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from weldstudio.domain.changes import Changes
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.models.behind import Behind
from weldstudio.gui.models.confusion_panel import ConfusionPanel
from weldstudio.gui.models.error_gallery import ErrorGallery
from weldstudio.gui.models.judged import Judged
from weldstudio.gui.models.learning_panel import LearningPanel
from weldstudio.gui.models.model_list import ModelRow
from weldstudio.gui.models.threshold_panel import ThresholdPanel
from weldstudio.gui.news import Banner
from weldstudio.gui.session import Session
from weldstudio.gui.theme import EDGE, GAP

REPORT, THRESHOLDS, CONFUSIONS, ERRORS, LEARNING = range(5)
TITLES: Final = ("Report", "Thresholds", "Mixed up", "Errors", "Learning curve")
SPLITS: Final = {"test": "on test photographs", "validation": "on validation photographs"}
NOTHING: Final = "Choose a model at the left."
STALE: Final = "Labels have changed since these photographs were taken in."


class ModelTabs(QWidget):
    """`report` is the page of the first tab. What the others need is read when one of them is shown."""

    def __init__(self, session: Session, report: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.judged = Judged(session, self)
        self.bar = QTabBar()
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setAccessibleName("What to see of the model")
        for title in TITLES:
            self.bar.addTab(title)
        self.splits = QComboBox()
        self.splits.setAccessibleName("On which photographs it is judged")
        for split, words in SPLITS.items():
            self.splits.addItem(words, split)
        self.banner = Banner()
        self._stack = QStackedWidget(self)
        self.thresholds = ThresholdPanel(session, self.judged, self._stack)
        self.confusions = ConfusionPanel(self.judged, self._stack)
        self.errors = ErrorGallery(session, self.judged, self._stack)
        self.learning = LearningPanel(session, self.judged, self._stack)
        self.behind = Behind(self.judged, self.show_split, self)
        self._waiting = EmptyState(NOTHING, parent=self._stack)
        for page in (report, self.thresholds, self.confusions, self.errors, self.learning, self._waiting):
            self._stack.addWidget(page)
        head = QHBoxLayout()
        head.setContentsMargins(EDGE - GAP, GAP // 2, EDGE, 0)
        head.addWidget(self.bar)
        head.addStretch(1)
        head.addWidget(self.splits)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        self.bar.currentChanged.connect(self._turned)
        self.splits.currentIndexChanged.connect(lambda _index: self._split_chosen())
        self.judged.changed.connect(self._show)
        self.judged.moved.connect(self._show_figures)
        session.changed.connect(self._session_changed)
        self._turned()

    def show_model(self, row: ModelRow | None) -> None:
        """Another model, or the same one with another card."""
        self.behind.forget()
        self.judged.show_model(row)
        self._turned()

    def show_split(self, split: str) -> None:
        """Judge by the photographs of this split."""
        self.splits.setCurrentIndex(self.splits.findData(split))

    def show_curves(self, split: str, flag: str) -> None:
        """The curves of one flag, on the photographs of a split."""
        self.show_split(split)
        self.thresholds.show_flag(flag)
        self.turn_to(THRESHOLDS)

    def turn_to(self, tab: int) -> None:
        """Show one of `REPORT`, `THRESHOLDS`, `CONFUSIONS`, `ERRORS`, `LEARNING`."""
        self.bar.setCurrentIndex(tab)
        self.bar.setFocus(Qt.FocusReason.OtherFocusReason)

    def _turned(self) -> None:
        self.splits.setVisible(self.bar.currentIndex() != REPORT)
        if self.bar.currentIndex() == LEARNING:
            self.learning.ask()
        elif self.bar.currentIndex() != REPORT:
            self.judged.ask()
        self._show()

    def _split_chosen(self) -> None:
        self.judged.show_split(self.splits.currentData())
        self._turned()

    def _show(self) -> None:
        tab, judging = self.bar.currentIndex(), self.judged.judging
        alone = tab in (REPORT, LEARNING)  # these need nothing of what is judged
        stale = not alone and self.judged.stale
        if stale:
            self.banner.say(
                STALE, kind="warning", offer="Judge again", take=lambda: self.judged.ask(again=True), closable=False
            )
        self.banner.setVisible(stale)
        if alone or judging is not None:
            self._stack.setCurrentIndex(tab)
            self._show_figures()
            return
        self._waiting.say(self.judged.sentence or NOTHING)
        self._stack.setCurrentWidget(self._waiting)

    def _show_figures(self) -> None:
        """Of the tab on screen alone: counting what is mixed up takes longer than moving a handle may."""
        if self.bar.currentIndex() == CONFUSIONS:
            self.confusions.refresh()
        elif self.bar.currentIndex() == ERRORS:
            self.errors.refresh()

    def _session_changed(self, changes: Changes) -> None:
        if changes.labels:
            self.judged.labels_changed()
            self.learning.labels_changed()
