"""What a panel is made of, as values: figures, tables, notes, choices, a curve; and what each of its numbers opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weldstudio.studio.cut_off import CutOff

Heads = Sequence[tuple[str, str]]
"""Text and tooltip of each column."""
Rows = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Link:
    """What a number opens: photographs, or an action of the window."""

    filter: str = ""
    """The text of a filter."""
    ids: tuple[int, ...] = ()
    """Photographs that no filter tells; `words` say what they are."""
    words: str = ""
    action: str = ""
    ask: tuple[str, ...] = ()
    """For photographs that `studio.looks` knows; ('every',) for all."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Above what belongs together."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence, and perhaps a button that does what it says."""

    text: str
    look: str = "secondary"
    button: str = ""
    link: Link = Link()


@dataclass(frozen=True, slots=True)
class Figures:
    """Large numbers side by side, with what they count and what they open."""

    figures: Sequence[tuple[str, str, Link]]


@dataclass(frozen=True, slots=True)
class Table:
    """Names in the first column, figures in the others."""

    title: str
    heads: Heads
    rows: Rows
    text: str = ""
    links: Mapping[tuple[int, int], Link] = field(default_factory=dict)
    """By row and column."""
    words_last: bool = False
    """Whether the last column holds words instead of figures."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A box of choices; what is chosen holds for the page until another one is."""

    key: str
    label: str
    options: Sequence[tuple[str, str]]
    """(value, text)"""
    chosen: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The cut-off-date curve; a click on a month opens its photographs."""

    curve: "CutOff"
    links: Mapping[str, Link]


Block = Heading | Note | Figures | Table | Choice | Curve
EMPTY = Link()
EVERY = Link(ask=("every",))
