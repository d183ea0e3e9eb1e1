"""How long a training would take here: asked for by a link, since it takes a short measurement to know."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from weldstudio.domain.recipe import Recipe
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.work import Work

if TYPE_CHECKING:
    from weldstudio.studio.timing import Estimate

ASK = "How long will it take?"


class TimeNote(QWidget):
    """Measures with the recipe as `recipe_of()` gives it, and its weights file."""

    def __init__(self, session: Session, recipe_of: Callable[[], tuple[Recipe, Path | None]]) -> None:
        super().__init__()
        self._session, self._recipe_of = session, recipe_of
        self._measured: Recipe | None = None
        self._work: Work | None = None
        self.link = QPushButton(ASK)
        self.link.setToolTip(
            "Trains on a few of the photographs, on this device, for some seconds; keeps nothing of it"
        )
        set_look(self.link, "link")
        self.link.clicked.connect(self.measure)
        self.words = QLabel()
        self.words.setWordWrap(True)
        set_look(self.words, "secondary")
        self.words.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.link)
        layout.addWidget(self.words, 1)

    def measure(self) -> None:
        """Begin a measurement; one under way goes on."""
        if self._work is not None:
            return
        from weldstudio.studio import timing

        recipe, weights = self._recipe_of()
        self._measured = recipe
        self._say("Measuring for some seconds…")
        self._work = self._session.start_work("Measuring the pace of a training", timing.estimate, recipe, weights)
        self._work.finished.connect(self._told)
        self._work.ended.connect(self._ended)

    def follow(self, recipe: Recipe) -> None:
        """The recipe is this one now: an estimate for another one is no longer true."""
        if self._measured is not None and recipe is not self._measured and self._work is None:
            self._say("")

    def _told(self, estimate: "Estimate") -> None:
        self._say(estimate.sentence)

    def _ended(self) -> None:
        self._work = None
        if self.words.text().endswith("…"):
            self._say("")  # it was cancelled, or failed, which is said elsewhere
        self.follow(self._recipe_of()[0])

    def _say(self, text: str) -> None:
        self.words.setText(text)
        self.words.setVisible(bool(text))
        self.link.setVisible(not text)
