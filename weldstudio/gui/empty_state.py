"""What a page shows while there is nothing to show: one sentence, and one button that mends it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GROUP, theme

WIDTH = 400


class EmptyState(QWidget):
    """A sentence in the middle of its room and, if an action is given, a button that triggers it."""

    def __init__(
        self, sentence: str, action: QAction | None = None, *, button: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.sentence = QLabel(sentence, self)
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setFixedWidth(WIDTH)
        self._fit()
        theme.changed.connect(self._fit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addStretch(2)
        layout.addWidget(self.sentence, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.button: QPushButton | None = None
        if action is not None:
            self.button = QPushButton(button or action.text().rstrip("…"), self)
            set_look(self.button, "primary")
            self.button.setToolTip(action.toolTip())
            self.button.setEnabled(action.isEnabled())
            self.button.clicked.connect(action.trigger)
            action.changed.connect(self._follow)
            self._action = action
            layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def offer(self, button: QPushButton) -> None:
        """Another way out, below the first."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.count() - 1, button, alignment=Qt.AlignmentFlag.AlignHCenter)

    def say(self, sentence: str) -> None:
        self.sentence.setText(sentence)
        self._fit()

    def _fit(self) -> None:
        # A wrapped label that is aligned in its layout is given the height of a single line, unless it insists.
        self.sentence.ensurePolished()
        self.sentence.setMinimumHeight(self.sentence.heightForWidth(WIDTH))

    def _follow(self) -> None:
        if self.button is not None:
            self.button.setEnabled(self._action.isEnabled())
