"""The fields of a recipe as rows of one table: how each is called, what it means, and how it is edited.

What there is to say of a field stands beside its default in `domain.recipe`; here it is only sorted for the screen.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from weldstudio.domain.recipe import every_field
from weldstudio.domain.told import Told


class Editor(StrEnum):
    """Which control edits a field."""

    CHOICE = "choice"
    NUMBER = "number"
    SWITCH = "switch"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class RecipeField:
    """One row. `key` is the dotted key of the recipe."""

    key: str
    told: Told
    editor: Editor

    @property
    def label(self) -> str:
        return self.told.label

    @property
    def tip(self) -> str:
        """The meaning and, below it, the key and where the method comes from."""
        source = f"; {self.told.source}" if self.told.source else ""
        return f"{self.told.meaning}\n{self.key}{source}"

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """(value in the recipe, text on the screen)."""
        return self.told.words

    @property
    def trained_only(self) -> bool:
        return self.told.trained or self.key.startswith("augmentation.")


def _editor(value: Any, told: Told) -> Editor:
    if told.words:
        return Editor.CHOICE
    if isinstance(value, bool):
        return Editor.SWITCH
    return Editor.NUMBER if isinstance(value, int | float) else Editor.TEXT


_ROWS: Final = {key: RecipeField(key, told, _editor(value, told)) for key, value, told in every_field()}
_SHOWN_ELSEWHERE: Final = ("name", "description", "network.name", "network.weights", "network.freeze")
TITLES: Final = {
    "data": "Photographs and classes",
    "network": "Network",
    "loss": "Loss",
    "sampling": "Sampling",
    "schedule": "Optimisation",
    "augmentation": "Augmentation",
    "thresholds": "Thresholds",
    "combination": "Several networks",
    "look": "Second look",
}
"""Table of a recipe -> how it is called."""

NETWORK: Final = _ROWS["network.name"]
MORE: Final = tuple(row for key, row in _ROWS.items() if row.told.first and key not in _SHOWN_ELSEWHERE)
"""The common ones, shown first."""
REST: Final = tuple(row for key, row in _ROWS.items() if not row.told.first and key not in _SHOWN_ELSEWHERE)
"""All others."""
