"""The card on the large photograph with a slider for each tone, whether the look is kept, and the way back."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, theme
from weldstudio.imaging.look import Look

MARGIN: Final = 16
_TONES: Final = (
    ("brightness", "Brightness", -100, "Everything brighter or darker"),
    ("contrast", "Contrast", -100, "Further from the middle grey, or nearer to it"),
    ("gamma", "Shadows", -100, "Lifts what is dark and leaves what is bright (gamma)"),
    ("local", "Local contrast", 0, "Brings out what lies in the shade of something"),
)
_OWN_KEYS: Final = (Qt.Key.Key_Escape, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class LookPanel(QFrame):
    """Keeps itself at the upper right of `over`. Hidden until it is asked for; Escape closes it."""

    changed = Signal(object)
    """A `Look` with the tones of the sliders, not turned, while one is moved."""
    closed = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        set_look(self, "lifted")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.sliders: dict[str, QSlider] = {}
        self._numbers: dict[str, QLabel] = {}
        rows = QGridLayout()
        rows.setHorizontalSpacing(GAP)
        rows.setVerticalSpacing(GAP // 2)
        for row, (name, text, least, tip) in enumerate(_TONES):
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(least, 100)
            slider.setPageStep(10)
            slider.setMinimumWidth(60)
            slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            slider.setAccessibleName(text)
            slider.setToolTip(tip)
            slider.valueChanged.connect(self._moved)
            number = QLabel("0")
            number.setFont(theme.font("secondary", figures=True))
            number.setMinimumWidth(number.fontMetrics().horizontalAdvance("+100"))
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label = QLabel(text)
            label.setToolTip(tip)
            self.sliders[name], self._numbers[name] = slider, number
            for column, widget in enumerate((label, slider, number)):
                rows.addWidget(widget, row, column)
        self.keep = QCheckBox("Keep for the next photographs")
        self.keep.setToolTip("Else the next photograph is shown as it is")
        self.reset = QPushButton("As it is")
        self.reset.setToolTip("Show the photograph as it is")
        below = QHBoxLayout()
        below.addWidget(self.keep, 1)
        below.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP + 4, GAP, GAP + 4, GAP)
        layout.setSpacing(GAP)
        layout.addLayout(rows)
        layout.addLayout(below)
        self.hide()
        over.installEventFilter(self)

    @property
    def tones(self) -> Look:
        """What the sliders say."""
        value = {name: slider.value() / 100 for name, slider in self.sliders.items()}
        return Look(value["brightness"], value["contrast"], value["gamma"], value["local"])

    def show_look(self, look: Look) -> None:
        """What holds now; no signal."""
        for name, slider in self.sliders.items():
            slider.blockSignals(True)
            slider.setValue(round(getattr(look, name) * 100))
            slider.blockSignals(False)
        self._write()

    def showEvent(self, event: object) -> None:
        self.place()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        # Before the page's own keys, which would leave the photograph or go to the next one.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def place(self) -> None:
        """Go to the upper right corner."""
        self.adjustSize()
        self.setFixedWidth(min(self.sizeHint().width(), self._over.width() - MARGIN))
        self.move(max(0, self._over.width() - self.width() - MARGIN), MARGIN)

    def _moved(self) -> None:
        self._write()
        self.changed.emit(self.tones)

    def _write(self) -> None:
        for name, slider in self.sliders.items():
            self._numbers[name].setText(f"{slider.value():+d}" if slider.value() else "0")
