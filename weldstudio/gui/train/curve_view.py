"""The curves of a run with what can be asked of them: what is drawn above, how smooth, and the numbers in words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from weldstudio.domain.curves import Curves
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.train.plots import UPPER, CurvePlots
from weldstudio.gui.train.range_plot import RangePlot
from weldstudio.gui.train.smoothing import smoothing_slider, weight_of
from weldstudio.gui.words import percent


class CurveView(QWidget):
    """Shows `Curves`, with the range test above them where there was one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves = Curves()
        self.plots = CurvePlots()
        self.plots.pointed.connect(self._point)
        self.range_plot = RangePlot()
        self.upper = QComboBox()
        self.upper.setAccessibleName("What the upper plot shows")
        for key, text in UPPER.items():
            self.upper.addItem(text, key)
        self.upper.activated.connect(lambda _index: self.plots.show_upper(self.upper.currentData()))
        self.smoothing = smoothing_slider()
        self.smoothing.valueChanged.connect(lambda _value: self.plots.smooth(weight_of(self.smoothing)))
        self._readout = QLabel()
        set_look(self._readout, "secondary")
        self._readout.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        options = QHBoxLayout()
        options.setContentsMargins(EDGE, GAP, GROUP, 0)
        options.setSpacing(GROUP)
        options.addWidget(self.upper)
        options.addWidget(QLabel("Smooth"))
        options.addWidget(self.smoothing)
        options.addStretch(1)
        said = QHBoxLayout()
        said.setContentsMargins(EDGE, 4, GROUP, 0)
        said.addWidget(self._readout)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GAP, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.range_plot)
        layout.addLayout(options)
        layout.addLayout(said)
        layout.addWidget(self.plots, 1)
        theme.changed.connect(self._dress)
        self._dress()

    def show_curves(self, curves: Curves) -> None:
        """Draw what the run has said so far."""
        afresh = curves is not self._curves
        self._curves = curves
        self.plots.show_curves(curves, afresh=afresh)
        self.range_plot.show_test(curves.range_tested)
        self._point(None)

    def choose_class(self, name: str | None) -> None:
        """Bring the curve of one class forward."""
        self.plots.choose_class(name)

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
