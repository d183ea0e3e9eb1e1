"""Everything an evaluation says of each class, as cells: what stands in each, and which photographs it opens."""

from collections.abc import Callable, Sequence
from typing import Final

from weldstudio.domain.scores import FEW
from weldstudio.gui.cell_table import Cell
from weldstudio.gui.models.class_rows import ClassRow
from weldstudio.gui.words import count, percent

Value = Callable[[ClassRow], str]


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _interval(row: ClassRow) -> str:
    return f"{row.interval[0] * 100:.1f}–{row.interval[1] * 100:.1f} %" if row.interval is not None else "–"


COLUMNS: Final[tuple[tuple[str, str, str, Value], ...]] = (
    ("Flag", "Worst first", "", lambda r: r.name),
    ("Raised", "Photographs labelled raised", "raised", lambda r: count(r.raised)),
    ("Clear", "Photographs labelled clear", "clear", lambda r: count(r.clear)),
    (
        "Per class",
        "Mean of accuracy on raised and accuracy on clear. Click: its errors",
        "wrong",
        lambda r: percent(r.accuracy),
    ),
    (
        "Interval",
        "Where the true value lies, 19 times in 20 (95 %), photographs of a joint taken together. Click: its errors",
        "wrong",
        _interval,
    ),
    (
        "On raised",
        "Share of the raised photographs that it found. Click: those that it missed",
        "misses",
        lambda r: percent(r.sensitivity),
    ),
    (
        "On clear",
        "Share of the clear photographs that it let pass. Click: its false alarms",
        "false_alarms",
        lambda r: percent(r.specificity),
    ),
    (
        "Overall",
        "Share of all photographs it got right; high by itself where a flag is rare. Click: its errors",
        "wrong",
        lambda r: percent(r.plain_accuracy),
    ),
    (
        "Threshold",
        "The probability from which a prediction counts as raised. Click: the photographs nearest to it",
        "near",
        lambda r: _number(r.threshold),
    ),
    (
        "AUC",
        "How often a raised photograph gets a higher probability than a clear one; 0.5 is chance. Click: its curve",
        "curve",
        lambda r: _number(r.auc, 3),
    ),
    (
        "AP",
        "Average precision: how pure the list is when photographs are sorted by probability. Click: its curve",
        "curve",
        lambda r: _number(r.average_precision, 3),
    ),
)
"""Head, meaning, what a click opens (`studio.behind`), what stands there."""
HEADS: Final = tuple((head, tip) for head, tip, *_ in COLUMNS)
MEAN: Final = 3
"""The column that matters most."""


def class_cells(rows: Sequence[ClassRow]) -> list[list[Cell]]:
    """A line for each class."""
    return [[_cell(row, column) for column in range(len(COLUMNS))] for row in rows]


def _cell(row: ClassRow, column: int) -> Cell:
    _, meaning, _, value = COLUMNS[column]
    few = row.few and column > 2
    tip = f"{row.name}\n{meaning}"
    if few:
        tip += f"\nIn grey: fewer than {FEW} raised or clear photographs say next to nothing"
    return Cell(
        value(row),
        opens=bool(behind(row, column)),
        pale=few,
        tip=row.name if column == 0 else tip,
        bold=column == MEAN and not row.few,
    )


def behind(row: ClassRow, column: int) -> str:
    """What a click opens; where nothing is wrong, what is right."""
    wanted = COLUMNS[column][2]
    right = {"misses": "raised", "false_alarms": "clear", "wrong": "judged"}.get(wanted, "")
    return next((what for what in (wanted, right) if what and _there(row, what)), "")


def _there(row: ClassRow, opens: str) -> bool:
    """Whether there is anything behind the figure."""
    missed, alarms = row.sensitivity != 1 and row.raised > 0, row.specificity != 1 and row.clear > 0
    known = {
        "raised": row.raised > 0,
        "clear": row.clear > 0,
        "misses": missed,
        "false_alarms": alarms,
        "wrong": missed or alarms,
        "judged": row.raised + row.clear > 0,
        "near": row.threshold is not None,
        "curve": row.auc is not None or row.average_precision is not None,
    }
    return known[opens]
