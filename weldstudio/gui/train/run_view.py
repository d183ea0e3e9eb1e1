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
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.curves import Curves
from weldstudio.gui.actions import Actions
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.icons import set_icon
from weldstudio.gui.news import Banner
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.train.columns import level_line
from weldstudio.gui.train.run_words import in_words
from weldstudio.gui.train.runs_list import RunRow
from weldstudio.gui.train.wall import PathOf
from weldstudio.gui.words import counted, when

if TYPE_CHECKING:
    from weldstudio.gui.train.curve_view import CurveView
    from weldstudio.gui.train.rates_plot import RatesPlot
    from weldstudio.gui.train.seen_view import SeenView

TABS = ("Curves", "Found and spared", "What it sees")
MOST_BANNERS = 3
MOST_BEFORE = 3
"""Of what was said before the start so much is shown, in one banner."""
SCALE = 1000
"""Steps of the progress bar."""


class RunView(QWidget):
    """Shows a `RunRow` and its `Curves`. `remedy_asked` carries recipe keys to change, as an alarm proposes."""

    remedy_asked = Signal(dict)
    photo_asked = Signal(int)
    """Somebody wants to see this photograph."""

    def __init__(self, actions: Actions, path_of: PathOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path_of = path_of
        self._row: RunRow | None = None
        self._curves = Curves()
        self._empty = EmptyState(
            "Nothing has been trained here yet. Choose a recipe at the left; the curves appear while it learns.",
            actions["train.start"],
        )
        self._title = QLabel()
        set_look(self._title, "section")
        self._title.setWordWrap(True)
        self._state = QLabel()
        self._state.setWordWrap(True)  # beside the buttons there may be too little room for all of it
        set_look(self._state, "secondary")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, SCALE)
        self._progress.setAccessibleName("Progress of the run")
        sooner, later = actions["train.sooner"], actions["train.later"]
        pause, resume, stop = (actions[f"train.{name}"] for name in ("pause", "resume", "stop"))
        self.sooner_button = _Button(sooner, "chevron_up", "One place further to the front of the line.", words=False)
        self.later_button = _Button(later, "chevron_down", "One place further to the end of the line.", words=False)
        self.pause_button = _Button(pause, "pause", "End its process after the present step; it can go on later.")
        self.resume_button = _Button(resume, "play", "Go on from where it was paused or broken off.")
        self.stop_button = _Button(stop, "stop", "End after the present step; the best so far becomes the model.")
        self._banners = [Banner() for _ in range(MOST_BANNERS)]
        self._dismissed: set[str] = set()
        for banner in self._banners:
            banner.closed.connect(lambda banner=banner: self._dismissed.add(banner.label.text()))
        self.news = Banner()
        """For what the page itself has to say of the run, such as that its model is ready."""
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("What is shown of the run")
        for text in TABS:
            self.tabs.addTab(text)
        self.tabs.currentChanged.connect(self._show_tab)
        self._shown = QStackedWidget()
        self._class: str | None = None
        self._arrange()
        theme.changed.connect(self._dress)
        self._dress()

    def hasHeightForWidth(self) -> bool:
        """No: else the page were as high as words and curves would like to be, with the start button below its edge."""
        return False

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
        tabs = QHBoxLayout()
        tabs.setContentsMargins(GROUP, 0, GROUP, 0)
        tabs.addWidget(self.tabs)
        tabs.addStretch(1)
        inner = QFrame()
        set_look(inner, "surface")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._progress)
        for banner in (*self._banners, self.news):  # last: an alarm's button never moves from under the mouse
            layout.addWidget(banner)
        layout.addLayout(tabs)
        layout.addWidget(level_line())
        layout.addWidget(self._shown, 1)
        self._inner = inner
        self._inner.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._empty)
        outer.addWidget(inner)

    # What draws curves takes a third of a second to import: each part is made when it is first shown.

    @cached_property
    def drawn(self) -> "CurveView":
        """The curves with what they can be told."""
        from weldstudio.gui.train.curve_view import CurveView

        made = CurveView()
        self._shown.addWidget(made)
        return made

    @cached_property
    def rates(self) -> "RatesPlot":
        """Found against spared."""
        from weldstudio.gui.train.rates_plot import RatesPlot

        made = RatesPlot()
        made.pointed.connect(lambda name: made.setToolTip(name or ""))
        self._shown.addWidget(made)
        return made

    @cached_property
    def seen(self) -> "SeenView":
        """Photographs and filters."""
        from weldstudio.gui.train.seen_view import SeenView

        made = SeenView(self._path_of)
        made.opened.connect(self.photo_asked)
        self._shown.addWidget(made)
        return made

    def _show_tab(self) -> None:
        """Bring the chosen part up to date, and to the front; the others wait until they are chosen."""
        part = (lambda: self.drawn, lambda: self.rates, lambda: self.seen)[self.tabs.currentIndex()]()
        part.show_curves(self._curves)
        part.choose_class(self._class)
        self._shown.setCurrentWidget(part)

    # --- what is shown ------------------------------------------------------------------------------------------

    def show_run(self, row: RunRow | None) -> None:
        """Show another run (or none at all), or the same in another state."""
        if row is None or self._row is None or row.id != self._row.id:
            self._dismissed.clear()
            self.news.hide()
        self._row = row
        self._empty.setVisible(row is None)
        self._inner.setVisible(row is not None)
        # The actions may mean another run that is under way; its buttons do not belong above the curves of this one.
        self.pause_button.belong(row is not None and row.running)
        self.stop_button.belong(row is not None and row.live)
        self._show_words()
        self._show_alarms()

    def show_curves(self, curves: Curves) -> None:
        """Draw what the run has said so far."""
        self._curves = curves
        if self._row is not None:  # what draws takes long to make, and without a run nobody sees it
            self._show_tab()
        self._show_words()
        self._show_alarms()

    def choose_class(self, name: str | None) -> None:
        """Bring the curve of one class forward."""
        self._class = name
        if self._curves.evaluations:
            self._show_tab()

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
        self._title.setText(row.name)
        self._state.setText(" · ".join(part for part in (started, in_words(row, curves)) if part))
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
            since = [alarm for alarm in curves.alarms if alarm.kind != "preflight"]
            said += [("warning", alarm.sentence, alarm.remedy) for alarm in reversed(since)]
            if curves.skipped is not None and curves.skipped.count:
                path, reason = curves.skipped.examples[0] if curves.skipped.examples else ("", "")
                example = f", the first is {path}: {reason}" if path else ""
                unread = counted(curves.skipped.count, "photograph")
                said.append(("warning", f"{unread} could not be read and were left out{example}.", {}))
            before = [alarm.sentence for alarm in curves.alarms if alarm.kind == "preflight"]
            if before:
                more = len(before) - MOST_BEFORE
                rest = [f"And {more} more, in the report of its model."] if more > 0 else []
                said.append(("warning", "\n".join([*before[:MOST_BEFORE], *rest]), {}))
        said = [s for s in said if s[1] not in self._dismissed]
        for banner, news in zip(self._banners, [*said, *[None] * MOST_BANNERS], strict=False):
            if news is None:
                banner.hide()
                continue
            kind, sentence, remedy = news
            offer = "Apply to the recipe" if remedy else ""
            if banner.isHidden() or banner.label.text() != sentence:
                banner.say(sentence, kind=kind, offer=offer, take=partial(self.remedy_asked.emit, remedy))

    def _dress(self) -> None:
        self._state.setFont(theme.font("secondary", figures=True))


class _Button(QPushButton):
    """A button that is there while its action is possible and means what is shown. The action may outlive it."""

    def __init__(self, action: QAction, icon: str, tip: str, *, words: bool = True) -> None:
        super().__init__(action.text() if words else "")
        self._action, self._belongs = action, True
        self.setAccessibleName(action.text())
        self.setToolTip(tip if words else f"{action.toolTip()}\n{tip}")
        set_icon(self, icon)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def belong(self, on: bool) -> None:
        """Whether its action means the run that is shown."""
        self._belongs = on
        self._follow()

    def _follow(self) -> None:
        self.setVisible(self._belongs and self._action.isEnabled())
