"""A row of colours to choose one from: none, eight that are easily told apart, or any other."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QButtonGroup, QColorDialog, QHBoxLayout, QToolButton, QWidget

from weldstudio.gui.flag_colour import SWATCHES, shown
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import theme

_DOT: Final = 16


class ColourField(QWidget):
    """`colour` is '#rrggbb' or ''; `changed` when a person has chosen another one."""

    changed = Signal()

    def __init__(self, colour: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = colour.lower()
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.buttons: dict[str, QToolButton] = {}
        for each in ("", *(swatch.lower() for swatch in SWATCHES)):
            self.buttons[each] = self._button(each, each or "The theme's colour")
            self.buttons[each].clicked.connect(lambda _=False, each=each: self.choose(each))
            row.addWidget(self.buttons[each])
        self.other = self._button("", "Any other colour…")
        self.other.clicked.connect(self._ask)
        row.addWidget(self.other)
        row.addStretch(1)
        self._show()

    @property
    def colour(self) -> str:
        return self._colour

    def choose(self, colour: str) -> None:
        """Take this colour, as if its button had been pressed."""
        self._colour = colour.lower()
        self._show()
        self.changed.emit()

    def _button(self, colour: str, name: str) -> QToolButton:
        button = QToolButton()
        set_look(button, "quiet")
        button.setCheckable(True)
        button.setToolTip(name)
        button.setAccessibleName(f"Colour: {name}")
        button.setIconSize(QSize(_DOT, _DOT))
        button.setIcon(QIcon(dot(colour)))
        self._group.addButton(button)
        return button

    def _show(self) -> None:
        known = self.buttons.get(self._colour)
        (known or self.other).setChecked(True)
        self.other.setText("" if known is None else "Other…")
        self.other.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonIconOnly if known is None else Qt.ToolButtonStyle.ToolButtonTextOnly
        )
        self.other.setIcon(QIcon(dot(self._colour)))
        if known is None:
            self.other.setToolTip(f"{self._colour}; press for another one…")

    def _ask(self) -> None:
        before = QColor(self._colour or SWATCHES[0])
        chosen = QColorDialog.getColor(before, self, "Colour of the flag")
        if chosen.isValid():
            self.choose(chosen.name())
        else:
            self._show()


def dot(colour: str) -> QPixmap:
    """A flag's colour as a round mark; an empty ring for none."""
    picture = QPixmap(2 * _DOT, 2 * _DOT)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("control_line"), 1))
    if colour:
        painter.setBrush(shown(colour))
    painter.drawEllipse(2, 2, _DOT - 4, _DOT - 4)
    painter.end()
    return picture
