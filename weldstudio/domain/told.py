"""What there is to say about a field of a recipe, kept beside its default: meaning, choices, limits, source.

Forms show it on hover, the command line prints it, the help page is made of it.
"""

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.scheme import did_you_mean

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to say about one field of a recipe."""

    label: str
    meaning: str
    source: str = ""
    words: tuple[tuple[str, str], ...] = ()
    """(value, in words) of a choice between words."""
    low: float | None = None
    high: float | None = None
    trained: bool = False
    """Means something only where stages of the network are trained."""
    first: bool = False
    """Among the common ones, which a form shows before the others."""

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(value for value, _ in self.words)


def told(default: T, label: str, meaning: str, *, words: dict[str, str] | None = None, **more: Any) -> T:
    """A field of a recipe with its default and what there is to say about it."""
    about = Told(label, meaning, words=tuple((words or {}).items()), **more)
    return field(default=default, metadata={"told": about})


def about(table: Any, name: str) -> Told:
    """What is told of a field of a table."""
    found: Told = next(part for part in fields(table) if part.name == name).metadata["told"]
    return found


def checked(table: Any, prefix: str) -> None:
    """Holds every value of a table against its choices and limits. Raises RecipeError."""
    for part in fields(table):
        rules: Told = part.metadata["told"]
        value, key = getattr(table, part.name), f"{prefix}.{part.name}"
        if rules.words and value not in rules.values:
            hint = did_you_mean(value, rules.values)
            raise RecipeError(f"{key} cannot be '{value}'.{hint} Choose from: {', '.join(rules.values)}.")
        if rules.low is not None and rules.high is not None and not rules.low <= value <= rules.high:
            raise RecipeError(f"{key} is {value:g}; it must lie between {rules.low:g} and {rules.high:g}.")
