"""What a run does or did, in a line of words."""

from weldstudio.domain.curves import Curves
from weldstudio.gui.train.runs_list import RunRow
from weldstudio.gui.words import duration

MEGABYTE = 1 << 20


def in_words(row: RunRow, curves: Curves) -> str:
    """What a run does or did, as a line of text."""
    if curves.finished is not None:
        took = f" It took {duration(curves.finished.seconds)}." if curves.finished.seconds else ""
        if curves.finished.state == "failed":
            return f"Failed.{took}"  # why is said by the banner below
        return f"{curves.finished.sentence or curves.finished.state.capitalize() + '.'}{took}"
    if curves.failure or row.state in ("failed", "interrupted"):
        return row.state.capitalize() if row.state in ("failed", "interrupted") else "Failed"
    if not row.running:  # it waits, or was taken out of the line before it began
        said = row.sentence or row.state
        return f"{said[:1].upper()}{said[1:]}"
    step = curves.last_step
    parts = [curves.stage.capitalize() if curves.stage else "Starting" if step is None else "Training"]
    if step is not None:
        parts.append(f"epoch {step.epoch:.1f}")
        parts.append(f"{step.images_per_second:.0f} photographs/s")
        if step.seconds_left is not None and not curves.stage.startswith("stopping"):
            parts.append(f"{duration(step.seconds_left)} left")
        if step.memory:
            parts.append(f"{step.memory / MEGABYTE:,.0f} MB")
    if curves.patience_left is not None:
        left = curves.patience_left
        parts.append(f"ends early after {left} more evaluation{'s' if left != 1 else ''} without a better one")
    if curves.started is not None:
        parts.append(curves.started.device)
    return " · ".join(parts)
