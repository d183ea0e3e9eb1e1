"""How a model does on parts of the photographs: by equipment, contractor, type, medium and month."""

from collections.abc import Mapping
from typing import Any, Final

from weldstudio.gui.words import percent, percent_range
from weldstudio.studio.evaluating import PARTED_BY

HEADS: Final = (
    ("Part", ""),
    ("Photographs", "Judged photographs of this part. Click: show them"),
    (
        "Per class",
        "Mean per-class accuracy over the flags that have raised and clear photographs in this part. Click: the errors",
    ),
    ("95 %", "Where the figure lies with 95 % certainty. Click: the errors"),
)


def parts_of(scores: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(what parts them, name) of every part, in the order of `part_rows`."""
    return [(parted_by, name) for parted_by in PARTED_BY for name in scores.get(f"per_{parted_by}", {})]


def part_rows(scores: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """(part, photographs, mean per-class accuracy, interval), the parts of each kind together."""
    rows: list[tuple[str, ...]] = []
    for parted_by, name in parts_of(scores):
        found = scores[f"per_{parted_by}"][name]
        mean = found.get("mean_per_class_accuracy")
        interval = percent_range(*found["interval"]) if mean is not None and found.get("interval") else ""
        rows.append((f"{parted_by.capitalize()}: {name}", f"{found.get('photos', 0):,}", percent(mean), interval))
    return rows
