"""What a network sees while it learns: a wall of photographs and the filters of its first layer, as of any step."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from weldstudio.domain.curves import Curves
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP
from weldstudio.gui.train.filter_strip import FilterStrip, changed
from weldstudio.gui.train.wall import PathOf, PhotoWall
from weldstudio.gui.words import percent

WAITING = "The photographs appear with the first evaluation."
NEVER = "This run was trained before photographs and filters were kept."


class SeenView(QWidget):
    """Shows `Curves.walls` and `Curves.filters`. The slider goes back to earlier evaluations."""

    opened = Signal(int)
    """Id of a photograph that somebody wants to see."""

    def __init__(self, path_of: PathOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves = Curves()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Evaluation")
        self.slider.setToolTip("Go back to what it said after earlier steps")
        self.slider.valueChanged.connect(self._show)
        self._step = QLabel()
        set_look(self._step, "secondary")
        self._none = QLabel()
        set_look(self._none, "secondary")
        self._filters_title = QLabel()
        self._filters_title.setWordWrap(True)
        self._filters_title.setToolTip(
            "Grey is a weight of zero; what is alike in all of them, the network does not use"
        )
        self.filters = FilterStrip()
        self._wall_title = QLabel()
        self._wall_title.setWordWrap(True)
        self.wall = PhotoWall(path_of)
        self.wall.opened.connect(self.opened)
        inner = QWidget()
        down = QVBoxLayout(inner)
        down.setContentsMargins(EDGE, GAP, EDGE, EDGE)
        down.setSpacing(GAP)
        for part in (self._none, self._wall_title, self.wall, self._filters_title, self.filters):
            down.addWidget(part)
        down.addStretch(1)
        across = QHBoxLayout()
        across.setContentsMargins(EDGE, GAP, EDGE, 0)
        across.setSpacing(GROUP)
        across.addWidget(self.slider, 1)
        across.addWidget(self._step)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(across)
        layout.addWidget(Roomy(inner, sideways=False), 1)

    def show_curves(self, curves: Curves) -> None:
        """Show what a run has said so far; the slider stays at the newest unless it was drawn back."""
        newest = self.slider.value() == self.slider.maximum() or curves is not self._curves
        self._curves = curves
        last = max(0, len(curves.walls) - 1)
        self.slider.blockSignals(True)
        self.slider.setRange(0, last)
        if newest:
            self.slider.setValue(last)
        self.slider.blockSignals(False)
        self._show()

    def choose_class(self, name: str | None) -> None:
        """Tell of this class first on every photograph; None: of what is raised, then of what it is surest of."""
        self.wall.choose_class(name)

    def _show(self) -> None:
        walls, filters = self._curves.walls, self._curves.filters
        self._none.setText(WAITING if self._curves.finished is None else NEVER)
        self._none.setVisible(not walls and not filters)
        self.slider.setVisible(len(walls) > 1)
        self._step.setVisible(len(walls) > 1)
        self._wall_title.setVisible(bool(walls))
        self.wall.setVisible(bool(walls))
        at = self.slider.value()
        step = walls[at].step if walls else 0
        self._step.setText(f"After step {step:,}")
        thresholds, by = self._decided_by(step)
        self._wall_title.setText(f"The same validation photographs throughout the run; \N{NOT EQUAL TO} {by}")
        self.wall.show_walls(walls, at, thresholds=thresholds)
        # Said only when they have changed: those that held at this step.
        held = max((n for n, one in enumerate(filters) if one.step <= step), default=0)
        self.filters.show_filters(filters[held] if filters else None)
        self._filters_title.setVisible(bool(filters))
        self.filters.setVisible(bool(filters))
        moved = changed(filters, held)
        what = f"changed by {percent(moved)} of their range" if moved else "as they were at the beginning"
        self._filters_title.setText(f"The first layer's {self.filters.count} filters: {what}")

    def _decided_by(self, step: int) -> tuple[dict[str, float] | None, str]:
        """The thresholds by which the wall says what is wrong, and whose these are; None: the likeliest class is."""
        known = [one for one in self._curves.evaluations if one.step <= step and one.per_class]
        if not known:
            return {}, "where it is wrong at 0.5"
        last = known[-1]
        if all("recall" in scores for scores in last.per_class.values()):
            return None, "where the likeliest is wrong"
        found = {name: float(scores["threshold"]) for name, scores in last.per_class.items() if "threshold" in scores}
        return found, f"where it is wrong by the thresholds that are best on validation after step {last.step:,}"
