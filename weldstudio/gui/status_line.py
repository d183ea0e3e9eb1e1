"""The line at the bottom: what is selected, what the engine does, what work is running and how long it will take."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QWidget

from weldstudio.domain.changes import Progress
from weldstudio.gui.icons import set_icon
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.words import duration
from weldstudio.gui.work import Work


class StatusLine(QFrame):
    """See the module's text. The main window feeds it."""

    cancel_asked = Signal(object)
    """Stop this Work."""
    list_asked = Signal()
    """Show all running work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(EDGE, 2, GAP, 2)
        layout.setSpacing(GROUP)
        self.selection = QLabel()
        self.engine = QLabel()
        self.engine.setTextFormat(Qt.TextFormat.PlainText)
        self.engine.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.work = _WorkLine()
        self.work.cancel.clicked.connect(lambda: self.cancel_asked.emit(self.work.shown))
        self.work.more.clicked.connect(self.list_asked)
        layout.addWidget(self.selection)
        layout.addWidget(self.engine, 1)
        layout.addWidget(self.work)
        self._resize()
        theme.changed.connect(self._resize)

    def show_selection(self, selected: int, hidden: int) -> None:
        text = f"{selected:,} selected" if selected else ""
        if hidden:
            text += f"{', ' if text else ''}{hidden:,} hidden by filter"
        self.selection.setText(text)
        self.selection.setVisible(bool(text))

    def show_engine(self, text: str) -> None:
        self.engine.setText(text)
        self.engine.setToolTip(text)

    def show_works(self, works: list[Work]) -> None:
        """Show the newest work that has said something, and how many more there are."""
        self.work.show_works([work for work in works if work.progress is not None])

    def _resize(self) -> None:
        self.setFixedHeight(theme.px(28))


class _WorkLine(QWidget):
    """Title, rate and time left, bar, cross."""

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        self.shown: Work | None = None
        self.text = QLabel()
        self.text.setFont(theme.font("secondary", figures=True))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(120)
        self.cancel = QToolButton()
        self.cancel.setProperty("look", "quiet")
        self.cancel.setToolTip("Stop this work; what is finished stays")
        self.cancel.setAccessibleName("Stop this work")
        set_icon(self.cancel, "close", "secondary", 16)
        self.more = QToolButton()
        self.more.setProperty("look", "quiet")
        self.more.setToolTip("All running work")
        self.more.setAccessibleName("All running work")
        for widget in (self.text, self.bar, self.cancel, self.more):
            layout.addWidget(widget)
        self.hide()

    def show_works(self, works: list[Work]) -> None:
        self.shown = works[-1] if works else None
        self.setVisible(self.shown is not None)
        if self.shown is None:
            return
        self.text.setText(work_words(self.shown))
        set_bar(self.bar, self.shown.progress)
        self.cancel.setEnabled(not self.shown.cancel_wanted)
        self.more.setText(f"{len(works)} running" if len(works) > 1 else "More")


def set_bar(bar: QProgressBar, progress: Progress | None) -> None:
    """Show a step; while the amount is unknown the bar is busy."""
    if progress is None or not progress.total:
        bar.setRange(0, 0)
        return
    bar.setRange(0, 1000)
    bar.setValue(round(1000 * progress.done / progress.total))


def work_words(work: Work) -> str:
    """'Reading photographs: 41 %, 330/s, 2 min left', as far as it is known."""
    if work.cancel_wanted:
        return f"{work.title}: stopping"
    progress = work.progress
    if progress is None:
        return f"{work.title}: starting"
    parts = []
    if progress.total:
        parts.append(f"{100 * progress.done // progress.total} %")
    elif progress.done:
        parts.append(f"{progress.done:,}")
    if work.rate:
        parts.append(f"{work.rate:,.0f}/s" if work.rate >= 10 else f"{work.rate:.1f}/s")
    if work.seconds_left is not None:
        parts.append(f"{duration(work.seconds_left)} left")
    # The step's own words say more than the title where they are there.
    words = progress.text or work.title
    return f"{words[:1].upper()}{words[1:]}{': ' if parts else ''}{', '.join(parts)}"
