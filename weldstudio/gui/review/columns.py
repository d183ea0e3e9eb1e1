"""The three columns of the page: what to look at, the photographs, the inspector."""

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from weldstudio.gui import layout_file
from weldstudio.gui.review import filter_panel, inspector
from weldstudio.gui.theme import theme

_WIDE: Final = 1600
"""From this width in pixels on the side columns are wider: names of flags have room there."""
_LARGE: Final = 125
"""Percent; larger text than that counts as large."""
_LEAST_SIDE, _LEAST_MIDDLE = 160, 240
_WIDTHS: Final = "columns"
_SETTLE_MS: Final = 300


class Columns(QSplitter):
    """The photographs keep the greater part. Once moved by hand, the widths are the person's, the next time too."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._by_hand = False
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(lambda: layout_file.keep(_WIDTHS, self.saveState()))
        self.splitterMoved.connect(self._moved)

    def hold(self, left: QWidget, middle: QWidget, right: QWidget) -> None:
        """Once the columns are made, each a child of this: their order and widths."""
        for place, (part, least) in enumerate(((left, _LEAST_SIDE), (middle, _LEAST_MIDDLE), (right, _LEAST_SIDE))):
            self.insertWidget(place, part)
            self.setStretchFactor(place, int(part is middle))
            part.setMinimumWidth(least)
        kept = layout_file.kept(_WIDTHS)
        self._by_hand = kept is not None and self.restoreState(kept)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._by_hand:
            wider = 1.2 if self.width() >= _WIDE else 1.0
            left = min(theme.px(filter_panel.WIDTH * wider), self.width() // 5)
            # Larger text needs its room more than the photograph does.
            most = self.width() // 3 if theme.text <= _LARGE else self.width() * 45 // 100
            right = min(theme.px(inspector.WIDTH * wider), most)
            self.setSizes([left, self.width() - left - right, right])

    def _moved(self) -> None:
        self._by_hand = True
        self._settle.start()
