"""A line for a path with a button that opens the system's chooser."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from weldstudio.gui.theme import GAP


class PathField(QWidget):
    """A line for a path with a button that opens the system's chooser."""

    changed = Signal()

    def __init__(self, name: str, *, choose: Callable[[], str]) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.textChanged.connect(lambda _text: self.changed.emit())
        self.button = QPushButton("Choose…")
        self.button.setAccessibleName(f"Choose {name}")
        self.button.clicked.connect(lambda: self._take(choose()))
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.button)
        self.setFocusProxy(self.edit)

    @property
    def path(self) -> Path | None:
        text = self.edit.text().strip().strip('"')
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path | None) -> None:
        self.edit.setText("" if path is None else str(path))

    def _take(self, chosen: str) -> None:
        if chosen:
            self.edit.setText(chosen)
