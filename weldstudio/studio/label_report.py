"""What came of a label file, as a value, in words, and as a table for whoever has to mend the file."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weldstudio.domain.changes import Changes
from weldstudio.studio.label_table import Problem
from weldstudio.studio.placing import ExportRefused, line_of, replaced

REPORT_HEADER = ("line", "path", "used", "reason")


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What came of a label table."""

    action_id: str | None
    """To undo it by; None when nothing had to change."""
    changes: Changes
    text: str
    labels: int
    """How many labels changed."""
    problems: tuple[Problem, ...] = ()
    """Lines that were not used, or not as they stand, by line."""
    new_flags: tuple[str, ...] = ()
    notes: int = 0
    """How many notes were written."""

    @property
    def left_out(self) -> tuple[Problem, ...]:
        """Lines of which something was not used."""
        return tuple(problem for problem in self.problems if problem.left_out)

    def to_json(self) -> dict[str, Any]:
        return {
            "action": self.action_id,
            "photos": len(self.changes.labels),
            "labels": self.labels,
            "new_flags": list(self.new_flags),
            "notes": self.notes,
            **problems_json(self.problems),
            "text": self.text,
        }


def problems_json(problems: Iterable[Problem]) -> dict[str, Any]:
    """Lines that were left out, and lines that were taken otherwise than they stand."""
    entries = [(p.left_out, {"line": p.line, "path": p.path, "reason": p.reason}) for p in problems]
    return {
        "left_out": [entry for left_out, entry in entries if left_out],
        "remarks": [entry for left_out, entry in entries if not left_out],
    }


def write_problems(problems: Iterable[Problem], file: Path) -> int:
    """Write a report by line and reason as CSV, UTF-8; returns the number of lines.

    Raises ExportRefused, also where the file is there already and is no such report.
    """
    file = Path(file).absolute()
    head = line_of(REPORT_HEADER)
    if file.exists():
        try:
            ours = file.read_bytes().startswith(head.encode())
        except OSError as error:
            raise ExportRefused(f"{file} cannot be looked at ({error.strerror}); name another file.") from error
        if not ours:
            raise ExportRefused(f"{file} is there already and is no report of an import; name another file.")
    count = 0
    with replaced(file) as handle:
        handle.write(head)
        for problem in problems:
            used = "no" if problem.left_out else "yes"
            handle.write(line_of((str(problem.line), problem.path, used, problem.reason)))
            count += 1
    return count
