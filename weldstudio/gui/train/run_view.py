"""One run, live or long finished: what it is doing, alarms as banners, the curves, and what stands under the mouse."""

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from weldstudio.gui.actions import Actions
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.icons import set_icon
from weldstudio.gui.news import Banner
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.train.curves import Curves
from weldstudio.gui.train.range_plot import RangePlot
from weldstudio.gui.train.runs_list import RunRow
from weldstudio.gui.words import counted, duration, percent, when

if TYPE_CHECKING:
    from weldstudio.gui.train.plots import CurvePlots

MOST_BANNERS = 3
SCALE = 1000
"""Steps of the progress bar."""


class RunView(QWidget):
    """Shows a `RunRow` and its `Curves`. `remedy_asked` carries recipe keys to change, as an alarm proposes."""

    remedy_asked = Signal(dict)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: RunRow | None = None
        self._curves = Curves()
        self._empty = EmptyState(
            "Nothing has been trained here yet. Choose a recipe at the left; the curves appear while it learns.",
            actions["train.start"],
        )
        self._title = QLabel()
        set_look(self._title, "section")
        self._state = QLabel()
        set_look(self._state, "secondary")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, SCALE)
        self._progress.setAccessibleName("Progress of the run")
        sooner, later = actions["train.sooner"], actions["train.later"]
        pause, resume, stop = (actions[f"train.{name}"] for name in ("pause", "resume", "stop"))
        self.sooner_button = _Button(sooner, "chevron_up", "One place further to the front of the line.")
        self.later_button = _Button(later, "chevron_down", "One place further to the end of the line.")
        self.pause_button = _Button(pause, "pause", "End its process after the present step; it can go on later.")
        self.resume_button = _Button(resume, "play", "Go on from where it was paused or broken off.")
        self.stop_button = _Button(stop, "stop", "End after the present step; the best so far becomes the model.")
        self._banners = [Banner() for _ in range(MOST_BANNERS)]
        self._dismissed: set[str] = set()
        for banner in self._banners:
            banner.closed.connect(lambda banner=banner: self._dismissed.add(banner.label.text()))
        self.news = Banner()
        """For what the page itself has to say of the run, such as that its model is ready."""
        self._readout = QLabel()
        set_look(self._readout, "secondary")
        self._readout.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.range_plot = RangePlot()
        self._arrange()
        theme.changed.connect(self._dress)
        self._dress()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(EDGE, GROUP, GROUP, GAP)
        head.setSpacing(GROUP)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._state)
        head.addLayout(words, 1)
        for button in (
            self.sooner_button,
            self.later_button,
            self.pause_button,
            self.resume_button,
            self.stop_button,
        ):
            head.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
        legend = QHBoxLayout()
        legend.setContentsMargins(EDGE, 4, GROUP, GAP)
        legend.addWidget(self._readout)
        inner = QFrame()
        set_look(inner, "surface")
        layout = self._inner = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._progress)
        for banner in (self.news, *self._banners):
            layout.addWidget(banner)
        layout.addWidget(self.range_plot)
        layout.addLayout(legend)
        layout.addStretch()
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    @cached_property
    def plots(self) -> "CurvePlots":
        """Made for the first curve: what draws it takes a third of a second to import, a page without runs never."""
        from weldstudio.gui.train.plots import CurvePlots

        plots = CurvePlots()
        plots.pointed.connect(self._point)
        self._inner.takeAt(self._inner.count() - 1)  # what kept the place
        self._inner.addWidget(plots, 1)
        return plots

    # --- what is shown ------------------------------------------------------------------------------------------

    def show_run(self, row: RunRow | None) -> None:
        """Show another run (or none at all), or the same in another state."""
        if row is None or self._row is None or row.id != self._row.id:
            self._dismissed.clear()
            self.news.hide()
        self._row = row
        self._stack.setCurrentIndex(0 if row is None else 1)
        self._show_words()
        self._show_alarms()

    def show_curves(self, curves: Curves) -> None:
        """Draw what the run has said so far."""
        afresh = curves is not self._curves
        self._curves = curves
        self.plots.show_curves(curves, afresh=afresh)
        self.range_plot.show_test(curves.range_tested)
        self._show_words()
        self._show_alarms()
        self._point(None)

    def choose_class(self, name: str | None) -> None:
        """Bring the curve of one class forward."""
        if self._curves.evaluations:
            self.plots.choose_class(name)

    @property
    def row(self) -> RunRow | None:
        """The run that is shown."""
        return self._row

    @property
    def curves(self) -> Curves:
        """What it has said so far."""
        return self._curves

    @property
    def banner_texts(self) -> tuple[str, ...]:
        """What is said above the curves at the moment."""
        return tuple(b.label.text() for b in (self.news, *self._banners) if not b.isHidden())

    def _show_words(self) -> None:
        row, curves = self._row, self._curves
        if row is None:
            return
        started = when(row.started)
        self._title.setText(f"{row.name}, {started}" if started else row.name)
        self._state.setText(in_words(row, curves))
        self.stop_button.setText("Take out of the line" if row.waiting else "Stop the run")
        running = row.running and curves.finished is None and not curves.failure
        share = curves.share_done
        self._progress.setRange(0, SCALE if share is not None or not running else 0)
        self._progress.setValue(round(SCALE * (share or 0)))
        # Hidden it keeps its four pixels, so that nothing jumps when a run ends.
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(policy)
        self._progress.setVisible(running)

    def _show_alarms(self) -> None:
        row, curves = self._row, self._curves
        said: list[tuple[str, str, dict[str, str]]] = []
        if row is not None:
            failed = curves.failure or (row.sentence if row.state in ("failed", "interrupted") else "")
            if curves.finished is not None and curves.finished.state == "failed":
                failed = curves.finished.sentence or failed
            if failed:
                said.append(("danger", failed, {}))
            said += [("warning", alarm.sentence, alarm.remedy) for alarm in reversed(curves.alarms)]
            if curves.skipped is not None and curves.skipped.count:
                path, reason = curves.skipped.examples[0] if curves.skipped.examples else ("", "")
                example = f", the first is {path}: {reason}" if path else ""
                unread = counted(curves.skipped.count, "photograph")
                said.append(("warning", f"{unread} could not be read and were left out{example}.", {}))
        said = [s for s in said if s[1] not in self._dismissed]
        for banner, news in zip(self._banners, [*said, *[None] * MOST_BANNERS], strict=False):
            if news is None:
                banner.hide()
                continue
            kind, sentence, remedy = news
            offer = "Apply to the recipe" if remedy else ""
            if banner.isHidden() or banner.label.text() != sentence:
                banner.say(sentence, kind=kind, offer=offer, take=partial(self.remedy_asked.emit, remedy))

    def _point(self, step: float | None) -> None:
        """Say in numbers what stands under the crosshair, or what the colours mean."""
        if step is None:
            self._readout.setText(
                "Grey: training. Thick: validation, all classes. Thin: single classes, named at the right."
                if self._curves.last_known_step or self._curves.evaluations
                else " "
            )
            return
        point, evaluation = self._curves.near(step)
        parts = []
        if point is not None:
            parts.append(f"Step {point[0]:,}, epoch {point[1]:.1f} · training {point[2]:.3f}")
        if evaluation is not None:
            mean = percent(evaluation.mean_per_class_accuracy)
            there = "" if point is not None and point[0] == evaluation.step else f" at step {evaluation.step:,}"
            parts.append(f"validation{there} {evaluation.loss:.3f}, mean per class {mean}")
            chosen = self.plots.chosen_class
            if chosen in evaluation.per_class:
                value = evaluation.per_class[chosen].get("mean_per_class_accuracy")
                parts.append(f"{chosen} {percent(value)}")
        self._readout.setText(" · ".join(parts))

    def _dress(self) -> None:
        self._readout.setFont(theme.font("secondary", figures=True))
        self._state.setFont(theme.font("secondary", figures=True))


class _Button(QPushButton):
    """A button that is there while its action is possible. The action may outlive it."""

    def __init__(self, action: QAction, icon: str, tip: str) -> None:
        super().__init__(action.text())
        self._action = action
        self.setToolTip(tip)
        set_icon(self, icon)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setVisible(self._action.isEnabled())


def in_words(row: RunRow, curves: Curves) -> str:
    """What a run does or did, as a line of text."""
    if curves.finished is not None:
        took = f" It took {duration(curves.finished.seconds)}." if curves.finished.seconds else ""
        if curves.finished.state == "failed":
            return f"Failed.{took}"  # why is said by the banner below
        return f"{curves.finished.sentence or curves.finished.state.capitalize() + '.'}{took}"
    if curves.failure or row.state in ("failed", "interrupted"):
        return row.state.capitalize() if row.state in ("failed", "interrupted") else "Failed"
    if row.waiting:
        return f"{row.sentence[:1].upper()}{row.sentence[1:]}" if row.sentence else "Waiting"
    step = curves.last_step
    parts = [curves.stage.capitalize() if curves.stage else "Starting" if step is None else "Training"]
    if step is not None:
        parts.append(f"epoch {step.epoch:.1f}")
        parts.append(f"{step.images_per_second:.0f} photographs/s")
        if step.seconds_left is not None and not curves.stage.startswith("stopping"):
            parts.append(f"{duration(step.seconds_left)} left")
    if curves.started is not None:
        parts.append(curves.started.device)
    return " · ".join(parts)
