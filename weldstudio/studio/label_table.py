"""What a label file says, as one lean value: rows about photos (or joints), and what could not be used of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import State


@dataclass(frozen=True, slots=True)
class LabelRow:
    """What the file says of one photo, or of one joint."""

    line: int
    """Line in the file, from 1 (the header is line 1)."""
    path: str
    """As in the file, with '/' for '\\' and without a leading './'; of a table by joint the joint's reference."""
    states: Mapping[str, State]
    """By class name; classes the file says nothing of are left out. Rows share these mappings: never change one."""
    columns: Mapping[str, str]
    """Cells of the further columns (`columns.FACTS`) that are not empty."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the file that a person should know, by line."""

    line: int
    reason: str
    left_out: bool = True
    """Whether something that the line says is not used because of it."""
    path: str = ""
    """Of the photo that the line names, as it names it."""


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A label file as read. Every path occurs in one row only."""

    form: str
    """'wide', 'class' (one of `classes` is raised, the others clear), 'flags', 'rows' or 'facts' (no labels)."""
    classes: tuple[str, ...]
    """Names of flags (or merges) in the order of the header, else of their first appearance."""
    rows: tuple[LabelRow, ...]
    problems: tuple[Problem, ...] = ()
    lists_raised_only: bool = False
    """The file never says that a flag is clear, so somebody must say what 'not listed' means."""
    columns: tuple[str, ...] = ()
    """Known further columns that the file has."""
    file: Path | None = None
    default: str = ""
    """Name of 'none of them' for the group that a class file makes; empty, as every photo then has one of them."""
    by_joint: bool = False
    """Whether rows are about joints."""
    exported: bool = False
    """Whether our own export wrote it."""
    unused: tuple[str, ...] = ()
    """Columns that are not used though nobody said so: their values are no labels."""
    mapping: tuple[tuple[str, str], ...] = ()
    """What a person said of columns: (column, meaning)."""

    @property
    def noun(self) -> str:
        """What it brings, at the beginning of a sentence."""
        return "Labels" if self.classes else "Facts"


class RowsRefused(ImportRefused):
    """Nothing was taken, because of rows of the file; `problems` says which and why."""

    def __init__(self, sentence: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(sentence)
        self.problems = problems


def refuse_left_out(table: LabelTable, problems: tuple[Problem, ...]) -> None:
    """Raises RowsRefused where anything that the file says could not be used."""
    left_out = tuple(problem for problem in problems if problem.left_out)
    if left_out:
        first, count = left_out[0], len(left_out)
        name = table.file.name if table.file else "The label table"
        raise RowsRefused(
            f"Nothing was brought in, as all or nothing was asked for and {count:,} "
            f"{'line' if count == 1 else 'lines'} of {name} cannot be used; the first is line {first.line}: "
            f"{first.reason}.",
            problems,
        )
