"""What an evaluation says of each class, as lines of a table: for the Train and the Models page alike."""

from dataclasses import dataclass
from typing import Any

from weldstudio.domain.scores import FEW, wilson


@dataclass(frozen=True, slots=True)
class ClassRow:
    """What one evaluation says of one class, as a line of a table."""

    name: str
    accuracy: float | None
    """Mean per-class accuracy at the threshold; None unless both kinds of photos are known."""
    interval: tuple[float, float] | None
    raised: int
    clear: int
    sensitivity: float | None
    specificity: float | None
    threshold: float | None
    auc: float | None
    average_precision: float | None
    plain_accuracy: float | None

    @property
    def few(self) -> bool:
        """Whether one kind of photos is so rare that the figure says next to nothing (shown in grey)."""
        return min(self.raised, self.clear) < FEW

    @property
    def plain_interval(self) -> tuple[float, float]:
        """Wilson interval of the plain accuracy."""
        n = self.raised + self.clear
        return wilson(round((self.plain_accuracy or 0.0) * n), n)


def class_rows(per_class: dict[str, dict[str, Any]]) -> list[ClassRow]:
    """Rows of `scores.ClassScores.to_json` mappings, worst first, those without a value last."""
    rows = []
    for name, scores in per_class.items():
        interval = scores.get("interval")
        accuracy = scores.get("mean_per_class_accuracy")
        rows.append(
            ClassRow(
                name,
                accuracy,
                (float(interval[0]), float(interval[1])) if interval and accuracy is not None else None,
                int(scores.get("raised", 0)),
                int(scores.get("clear", 0)),
                scores.get("sensitivity"),
                scores.get("specificity"),
                scores.get("threshold"),
                scores.get("auc"),
                scores.get("average_precision"),
                scores.get("accuracy"),
            )
        )
    return sorted(rows, key=lambda r: (r.accuracy is None, r.accuracy or 0.0, r.name))
