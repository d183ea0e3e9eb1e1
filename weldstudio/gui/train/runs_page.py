"""All runs: a table of them above, the curves of those that are ticked over each other below, differences beside."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.changes import Done
from weldstudio.domain.curves import Curves
from weldstudio.domain.errors import JobFailed, RecipeError
from weldstudio.gui.actions import Actions
from weldstudio.gui.background import Background
from weldstudio.gui.icons import set_icon
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.train.difference_panel import DifferencePanel
from weldstudio.gui.train.overlay_plot import MEASURES, MOST, OverlayPlot
from weldstudio.gui.train.run_watcher import RunWatcher
from weldstudio.gui.train.runs_list import RunRow
from weldstudio.gui.train.runs_table import FIXED, RunsTable, head_of, offered_columns
from weldstudio.gui.train.smoothing import smoothing_slider, weight_of
from weldstudio.gui.words import percent, when
from weldstudio.jobs.folder import RunFolder
from weldstudio.studio import run_table
from weldstudio.studio.run_table import RunFacts

if TYPE_CHECKING:
    from weldstudio.store.store import Store
    from weldstudio.studio.run_differences import RunDifference

FIRST_TICKED: Final = 5
"""So many of the newest runs are drawn before anybody ticks one."""
MOST_VARYING: Final = 4
"""Settings in which the runs differ that are columns unasked."""
READ_MS: Final = 2000


class RunsPage(QWidget):
    """Made when it is first asked for. `left`: somebody wants back to the recipe."""

    left = Signal()
    chosen_changed = Signal()

    def __init__(self, session: Session, actions: Actions, watcher: RunWatcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions, self._watcher = session, actions, watcher
        self._facts: list[RunFacts] = []
        self._curves: dict[str, Curves] = {}
        self._sorted: tuple[str, bool] | None = None
        self._more: list[str] = []
        """Columns that were asked for."""
        self._touched = False
        self._reading = Background(self)
        self._timer = QTimer(self)
        self._timer.setInterval(READ_MS)
        self._timer.timeout.connect(self._read_curves)
        self._build()
        watcher.changed.connect(self._look)

    def activated(self) -> None:
        """It comes to the front."""
        self._look()
        self.table.setFocus()

    @property
    def chosen_rows(self) -> list[RunRow]:
        """The runs that are selected in the table."""
        chosen = self.table.chosen_ids
        return [row for row in self._watcher.rows if row.id in chosen]

    # --- parts --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.table = RunsTable()
        self.table.chosen.connect(self._show_chosen)
        self.table.sort_asked.connect(self.sort_by)
        self.table.runs.ticked.connect(self._ticked)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.plot = OverlayPlot()
        self.plot.pointed.connect(self._point)
        self.panel = DifferencePanel()
        self.panel.note_written.connect(self._write_note)
        self.panel.photos_asked.connect(lambda ids: self._session.show_photos(f"id:{','.join(map(str, ids))}"))
        lower = QWidget()
        across = QHBoxLayout(lower)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        drawn = QFrame()
        set_look(drawn, "surface")
        down = QVBoxLayout(drawn)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addLayout(self._make_options())
        down.addWidget(self.plot, 1)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.addWidget(drawn)
        sides.addWidget(self.panel)
        sides.setSizes([640, 400])
        sides.setChildrenCollapsible(False)
        across.addWidget(sides)
        rows = QFrame()
        set_look(rows, "surface")
        inside = QVBoxLayout(rows)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.table)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(rows)
        halves.addWidget(lower)
        halves.setSizes([320, 440])
        halves.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._make_head())
        layout.addWidget(halves, 1)

    def _make_head(self) -> QHBoxLayout:
        self.back = QPushButton("Back to the recipe")
        set_icon(self.back, "chevron_left", "secondary")
        self.back.clicked.connect(self.left)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText('Filter: accuracy>90%  schedule.epochs>=5  "flag:Soil">0.8  star')
        self.filter.setToolTip(
            "KEY=VALUE, or with != < <= > >=, of any setting or score; star; or a word of name, note or state"
        )
        self.filter.setAccessibleName("Filter the runs")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._show)
        self._problem = QLabel()
        set_look(self._problem, "warning")
        self._problem.hide()
        self.columns = QPushButton("Columns")
        self.columns.setToolTip("Show any setting or score as a column")
        self.columns.setMenu(QMenu(self))
        self.columns.menu().aboutToShow.connect(self._fill_columns)
        head = QHBoxLayout()
        head.setContentsMargins(EDGE, 12, EDGE, 12)
        head.setSpacing(GROUP)
        head.addWidget(self.back)
        head.addWidget(self.filter, 1)
        head.addWidget(self._problem)
        head.addWidget(self.columns)
        for name, text in (("duplicate", "Train again"), ("star", "Star"), ("delete", "Delete"), ("export", "Export…")):
            action = self._actions[f"train.{name}"]
            button = QPushButton(text)
            button.setToolTip(action.text())
            button.clicked.connect(action.trigger)
            button.setEnabled(action.isEnabled())
            action.changed.connect(lambda button=button, action=action: button.setEnabled(action.isEnabled()))
            head.addWidget(button)
        return head

    def _make_options(self) -> QHBoxLayout:
        self.measure = QComboBox()
        self.measure.setAccessibleName("What is drawn")
        for key, text in MEASURES.items():
            self.measure.addItem(text, key)
        self.measure.activated.connect(self._options_changed)
        self.log = QCheckBox("Logarithmic")
        self.log.toggled.connect(self._options_changed)
        self.smoothing = smoothing_slider()
        self.smoothing.valueChanged.connect(self._options_changed)
        self._readout = QLabel(" ")
        set_look(self._readout, "secondary")
        self._readout.setFont(theme.font("secondary", figures=True))
        row = QHBoxLayout()
        row.setContentsMargins(EDGE, GAP, GROUP, 0)
        row.setSpacing(GROUP)
        row.addWidget(self.measure)
        row.addWidget(QLabel("Smooth"))
        row.addWidget(self.smoothing)
        row.addWidget(self.log)
        row.addWidget(self._readout, 1)
        return row

    def _fill_columns(self) -> None:
        menu = self.columns.menu()
        menu.clear()
        for key in offered_columns(self._facts):
            action = menu.addAction(key.removeprefix("flag:") if key.startswith("flag:") else key)
            action.setToolTip(head_of(key))
            action.setCheckable(True)
            action.setChecked(key in self.table.runs.columns)
            action.toggled.connect(lambda on, key=key: self.show_column(key, on))

    # --- what is shown ------------------------------------------------------------------------------------------

    def show_column(self, key: str, on: bool) -> None:
        """Show a setting or score as a column, or no longer."""
        self._touched = True
        self._more = [*(k for k in self.table.runs.columns if k not in (*FIXED, key)), *([key] if on else [])]
        self._show()

    def sort_by(self, key: str) -> None:
        """Sort by a column: figures the largest first; once more for the other way round."""
        if self._sorted is not None and self._sorted[0] == key:
            self._sorted = key, not self._sorted[1]
        else:
            self._sorted = key, not isinstance(next((run.value(key) for run in self._facts), ""), str)
        self._show()

    def _look(self) -> None:
        if not self.isVisible() and self._facts:
            return
        known = {run.id: run for run in self._facts}
        self._session.run(_facts, known).then(self._take)

    def _take(self, facts: list[RunFacts]) -> None:
        known = {run.id for run in self._facts}
        self._facts = facts
        if not self._touched:
            self._more = run_table.varying(facts)[:MOST_VARYING]
        for gone in self.table.runs.pens.keys() - {run.id for run in facts}:
            self.table.runs.tick(gone, False)
        begun = [run for run in facts if run.summary.started][:FIRST_TICKED]
        for run in [run for run in facts if run.id not in known] if known else begun:
            self.table.runs.tick(run.id, True)
        measure = self.measure.currentData()
        flags = [key for key in offered_columns(facts) if key.startswith("flag:")]
        offered = [self.measure.itemData(i) for i in range(self.measure.count())]
        if offered[len(MEASURES) :] != flags:
            while self.measure.count() > len(MEASURES):
                self.measure.removeItem(self.measure.count() - 1)
            for key in flags:
                self.measure.addItem(key.removeprefix("flag:"), key)
            self.measure.setCurrentIndex(max(0, self.measure.findData(measure)))
        self._show()
        self._read_curves()

    def _show(self) -> None:
        problem = ""
        try:
            rows = run_table.filtered(self._facts, self.filter.text())
            if self._sorted is not None:
                rows = run_table.ordered(rows, self._sorted[0], descending=self._sorted[1])
        except RecipeError as error:
            rows, problem = self.table.runs.rows, str(error)
        if self._facts and not rows:
            problem = "No run passes this filter."
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.table.show_rows(rows, (*FIXED, *self._more), self._sorted)

    def _show_chosen(self, chosen: tuple[str, ...]) -> None:
        runs = [run for run in self._facts if run.id in chosen]
        runs.sort(key=lambda run: run.summary.started or 0.0)
        self.panel.show_runs(runs)
        self.plot.bring_forward(chosen[0] if len(chosen) == 1 else None)
        if len(runs) == 2:
            names = tuple(f"{run.summary.name}, {when(run.summary.started)}" for run in runs)
            if runs[0].summary.name != runs[1].summary.name:
                names = tuple(run.summary.name for run in runs)
            self._session.run(_between, runs[0].id, runs[1].id).then(
                lambda found: self._differ(chosen, names, found), self._session.report
            )
        self.chosen_changed.emit()

    def _differ(self, chosen: tuple[str, ...], names: tuple[str, ...], found: "RunDifference") -> None:
        if self.table.chosen_ids == chosen:
            self.panel.show_difference((names[0], names[1]), found)

    def _write_note(self, run: str, text: str) -> None:
        self._session.edit("Note on a run", _note, run, text, who=self._session.who)

    # --- curves -------------------------------------------------------------------------------------------------

    def _ticked(self) -> None:
        self._draw()
        self._read_curves()

    def _options_changed(self) -> None:
        key = self.measure.currentData()
        self.log.setEnabled(key in ("validation", "training", "rate"))
        self.plot.show_measure(key, smoothing=weight_of(self.smoothing), log=self.log.isChecked())

    def _read_curves(self) -> None:
        """Read what is ticked and not known yet, and what still grows."""
        pens = self.table.runs.pens
        live = {run.id for run in self._facts if run.summary.state in ("running", "waiting")}
        (self._timer.start if live & pens.keys() and self.isVisible() else self._timer.stop)()
        wanted = {
            run.id: run.summary.folder
            for run in self._facts
            if run.id in pens and (run.id not in self._curves or run.id in live)
        }
        if wanted:
            self._reading.ask(lambda: _read(wanted), self._take_curves)

    def _take_curves(self, read: dict[str, Curves] | None, error: Exception | None) -> None:
        if error is not None:
            self._session.report(error)
            return
        self._curves |= read or {}
        self._draw()

    def _draw(self) -> None:
        pens = self.table.runs.pens
        self.plot.names = {run.id: run.summary.name for run in self._facts}
        self.plot.show_runs([(run, pens[run], self._curves[run]) for run in pens if run in self._curves])
        self._point(None)

    def _point(self, step: float | None) -> None:
        """Say in numbers what stands under the crosshair, the best first."""
        if step is None:
            drawn = len(self.plot.drawn)
            full = f"; {MOST} are the most" if drawn >= MOST else ""
            self._readout.setText(f"{drawn} of {len(self._facts)} runs drawn: tick them in the table{full}")
            return
        names = {run.id: run.summary.name for run in self._facts}
        share = self.measure.currentData() == "accuracy" or str(self.measure.currentData()).startswith("flag:")
        found = sorted(self.plot.values_at(step).items(), key=lambda item: item[1], reverse=share)
        said = [f"{names.get(run, run)} {percent(v) if share else f'{v:.4g}'}" for run, v in found[:4] if v == v]
        self._readout.setText(f"Step {step:,.0f}: {' · '.join(said)}")


def _facts(store: "Store", known: dict[str, RunFacts]) -> list[RunFacts]:
    """Of all runs; what ended before is not read again. Store thread."""
    from weldstudio.studio import training

    found = []
    for summary in training.runs(store):
        old = known.get(summary.id)
        ended = old is not None and old.summary.state == summary.state not in ("running", "waiting")
        found.append(replace(old, summary=summary) if old is not None and ended else run_table.facts_of(summary))
    return found


def _between(store: "Store", first: str, second: str) -> "RunDifference":
    from weldstudio.studio import run_differences

    return run_differences.between(store, first, second)


def _note(store: "Store", run: str, text: str, *, who: str) -> Done:
    from weldstudio.studio import marking

    return marking.mark(store, run, who=who, note=text)


def _read(folders: dict[str, Path]) -> dict[str, Curves]:
    """Curves of runs by id; a damaged one is empty. Any thread."""
    found = {}
    for run, folder in folders.items():
        try:
            found[run] = run_table.curves_of(RunFolder(folder))
        except JobFailed:
            found[run] = Curves()
    return found
