"""What a command says: text for people, or one JSON object, last on stdout, for machines."""

import json
import math
import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click


def give(as_json: bool, result: Mapping[str, Any], text: str) -> None:
    """Print the result of a command: `result` as one line of JSON, or else `text`."""
    if as_json:
        give_json(result)
    else:
        click.echo(text)


def give_json(result: Mapping[str, Any]) -> None:
    """One line of plain ASCII, so that no terminal, pipe or code page can damage it; nan and inf become null."""
    click.echo(json.dumps(_known(result), allow_nan=False))
    sys.stdout.flush()


def complain(sentence: str) -> None:
    """A sentence on stderr."""
    click.echo(sentence, err=True)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows as text in columns; numbers stand to the right. None is shown as '-'."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(head), *cells]) for i in range(len(head))]
    right = [all(isinstance(row[i], int | float | None) for row in rows) for i in range(len(head))]
    lines = []
    for line in [list(head), *cells]:
        parts = [
            text.rjust(width) if numeric else text.ljust(width)
            for text, width, numeric in zip(line, widths, right, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def percent(share: float | None) -> str:
    """A share as '87.6 %', or '-' where it is not known."""
    return "-" if share is None or math.isnan(share) else f"{100 * share:.1f} %"


def count(number: int, singular: str, plural: str = "") -> str:
    """'1 photo', '2,000 photos'."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def command(name: str, *words: object) -> str:
    """A command line to copy into a shell, whatever characters its words hold."""
    return shlex.join(["weldstudio", name, *map(str, words)])


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _known(value: Any) -> Any:
    """The same value with what JSON has no word for turned into null or text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _known(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_known(item) for item in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    return _known(value.item()) if hasattr(value, "item") else str(value)
