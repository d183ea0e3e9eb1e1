"""A menu of choices to filter by. Its counts come one after the other, so that nothing waits for them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMenu, QWidget

from weldstudio.gui.words import count
from weldstudio.studio.choices import Choice
from weldstudio.studio.filters import Term

FIGURE_SPACE: Final = "\u2007"
_FIGURES: Final = 7


class ChoiceMenu(QMenu):
    """What is chosen is ticked; choosing calls `take` with the term."""

    def __init__(
        self,
        choices: Sequence[Choice],
        take: Callable[[Term], object],
        *,
        counts: Callable[[Sequence[Term]], Iterator[int]],
        chosen: Sequence[Term],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._choices = choices
        for choice in choices:
            action = self.addAction(_text(choice))
            action.setCheckable(True)
            action.setChecked(choice.term in chosen)
            action.triggered.connect(lambda _=False, term=choice.term: take(term))
        self._counts = enumerate(counts([choice.term for choice in choices]))
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._count_one)
        self._timer.start()

    def _count_one(self) -> None:
        place, number = next(self._counts, (-1, 0))
        if place < 0:
            self._timer.stop()
        else:
            self.actions()[place].setText(_text(self._choices[place], count(number)))


def _text(choice: Choice, number: str = "") -> str:
    """The number stands at the right, where other menus have keys, padded by spaces as wide as figures."""
    return f"{choice.text.replace('&', '&&')}\t{number.rjust(_FIGURES, FIGURE_SPACE)}"
