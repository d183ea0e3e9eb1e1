"""What thresholds do to whole joints, as four figures: agreement, wrongly accepted, rejected for nothing, hours."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from weldstudio.domain.scores import wilson
from weldstudio.gui.models.trust_rows import link
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP
from weldstudio.gui.words import count, percent, percent_range

if TYPE_CHECKING:
    from weldstudio.studio.judging import Figures


ALL: Final = "all"
"""All photographs of the project."""
POINTLESS: Final = (
    "No flag that it judges carries points, so no joint can be rejected",
    "joints wrongly accepted: give the flags points on the Flags page",
    "joints rejected for nothing",
    "hours saved",
)
"""In the tiles, where there is nothing to count."""


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
        self.words.setTextFormat(Qt.TextFormat.RichText)
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
    """`opened` carries the joints that are wanted: a cell of the verdicts' confusion, of `JOINT_CELLS`, or `ALL`."""

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
        self._tiles = self.agreement, self.accepted, self.rejected, self.hours
        for tile in self._tiles:
            layout.addWidget(tile, 1)
            tile.words.linkActivated.connect(self.opened)
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

    def show_figures(self, figures: "Figures", *, photos: int, points: bool = True) -> None:
        """`photos` are all of the project, to which the hours are carried over; `points`: whether any flag has some."""
        self.pace.setVisible(points)
        if not points:
            for tile, words in zip(self._tiles, POINTLESS, strict=True):
                tile.say("–", words, opens=False)
            return
        verdicts, passed = figures.verdicts, figures.passed
        c, n = verdicts.confusion, len(verdicts.joints)
        right = c.hits + c.passes
        range_ = link(percent_range(*wilson(right, n)), "agreeing") if n else "nothing is known"
        of = link(count(n), "judged")
        self.agreement.say(
            percent(c.accuracy), f"of {of} joints get the verdict of the labels ({range_})", opens=right > 0
        )
        of = f"of {link(count(passed.joints), 'accepted')} joints that it accepts"
        few = "" if c.raised else "; the labels reject none"
        range_ = percent_range(*passed.wrong_interval)
        self.accepted.say(count(c.misses), f"wrongly accepted {of} ({range_}){few}", opens=c.misses > 0)
        self.rejected.say(
            count(c.false_alarms),
            f"rejected for nothing of {link(count(c.clear), 'right')} that the labels accept",
            opens=c.false_alarms > 0,
        )
        seconds = self.pace.value()
        saved, whole = passed.hours(photos, seconds), photos * seconds / 3600
        of = link(count(photos), ALL)
        self.hours.say(f"{saved:,.1f} h", f"saved of {whole:,.1f} for {of} photographs, at", opens=passed.joints > 0)
        tip = "If joints that it accepts were passed without a look, as often in the whole project as here"
        self.hours.setToolTip(tip)
