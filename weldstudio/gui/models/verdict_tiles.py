"""What thresholds do to whole joints, as four figures: agreement, wrongly accepted, rejected for nothing, hours."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from weldstudio.domain.scores import wilson
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP
from weldstudio.gui.words import count, percent, percent_range

if TYPE_CHECKING:
    from weldstudio.studio.judging import Figures


class Tile(QFrame):
    """A figure that may be clicked, and what it counts."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "card")
        self.figure = QPushButton("–")
        set_look(self.figure, "large_figure")
        self.figure.setAccessibleName(name)
        self.words = QLabel()
        self.words.setWordWrap(True)
        set_look(self.words, "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(GROUP, GAP, GROUP, GAP)
        column.setSpacing(2)
        column.addWidget(self.figure)
        column.addWidget(self.words)
        column.addStretch(1)

    def say(self, figure: str, words: str, *, opens: bool) -> None:
        """`opens`: whether there are photographs behind the figure."""
        self.figure.setText(figure)
        self.figure.setEnabled(opens)
        self.words.setText(words)


class VerdictTiles(QWidget):
    """`opened` carries the cell of the verdicts' confusion whose joints are wanted."""

    opened = Signal(str)
    pace_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.agreement, self.accepted = Tile("Verdicts as by the labels"), Tile("Joints wrongly accepted")
        self.rejected, self.hours = Tile("Joints rejected for nothing"), Tile("Hours saved")
        self.pace = QSpinBox()
        self.pace.setRange(1, 600)
        self.pace.setValue(10)
        self.pace.setSuffix(" s a photograph")
        self.pace.setAccessibleName("Seconds that a look at a photograph takes")
        self.pace.setToolTip("How long you look at a photograph on average")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        for tile in (self.agreement, self.accepted, self.rejected, self.hours):
            layout.addWidget(tile, 1)
        inner = self.hours.layout()
        assert isinstance(inner, QVBoxLayout)
        inner.addWidget(self.pace)
        self.accepted.figure.clicked.connect(lambda: self.opened.emit("misses"))
        self.rejected.figure.clicked.connect(lambda: self.opened.emit("false_alarms"))
        self.agreement.figure.clicked.connect(lambda: self.opened.emit("agreeing"))
        self.agreement.figure.setToolTip("Show the joints that labels and model judge alike")
        self.hours.figure.clicked.connect(lambda: self.opened.emit("accepted"))
        self.hours.figure.setToolTip("Show the joints that it accepts")
        self.accepted.figure.setToolTip("Show these joints: the labels reject them and the model would not")
        self.rejected.figure.setToolTip("Show these joints: the model rejects them and the labels do not")
        self.pace.valueChanged.connect(lambda _value: self.pace_changed.emit())

    def show_figures(self, figures: "Figures", *, photos: int) -> None:
        """`photos` are all of the project, to which the hours are carried over."""
        verdicts, passed = figures.verdicts, figures.passed
        c, n = verdicts.confusion, len(verdicts.joints)
        right = c.hits + c.passes
        range_ = percent_range(*wilson(right, n)) if n else "nothing is known"
        self.agreement.say(
            percent(c.accuracy), f"of {count(n)} joints get the verdict of the labels ({range_})", opens=right > 0
        )
        low, high = passed.wrong_interval
        of = f"of {count(passed.joints)} joints that it accepts ({percent_range(low, high)})"
        few = "" if c.raised else "; the labels reject none"
        self.accepted.say(count(c.misses), f"wrongly accepted {of}{few}", opens=c.misses > 0)
        self.rejected.say(
            count(c.false_alarms),
            f"rejected for nothing of {count(c.clear)} that the labels accept",
            opens=c.false_alarms > 0,
        )
        seconds = self.pace.value()
        saved, whole = passed.hours(photos, seconds), photos * seconds / 3600
        self.hours.say(
            f"{saved:,.1f} h", f"saved of {whole:,.1f} for {count(photos)} photographs, at", opens=passed.joints > 0
        )
        tip = "If joints that it accepts were passed without a look, as often in the whole project as here"
        self.hours.setToolTip(tip)
