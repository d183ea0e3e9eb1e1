"""The options by which `import` and `label` take a label file: its columns, the terms, what is reported."""

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from weldstudio.cli import answer
from weldstudio.cli.progress import drive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from weldstudio.studio.label_import import Terms
    from weldstudio.studio.label_table import LabelTable, Problem

Command = TypeVar("Command", bound=Callable[..., Any])
EXAMPLES = 20
"""So many rows that were left out are shown; with --json, and in a report, all are."""


@dataclass(frozen=True, slots=True)
class LabelOptions:
    """What was said of a label file."""

    unlisted: str | None
    mapping: Mapping[str, str]
    new_flags: bool
    all_or_nothing: bool
    several: str
    dry_run: bool
    report: Path | None

    @property
    def terms(self) -> "Terms":
        from weldstudio.domain.labelling import State
        from weldstudio.studio.joint_labels import Several
        from weldstudio.studio.label_import import Terms

        return Terms(
            unlisted=None if self.unlisted is None else State.of_word(self.unlisted),
            new_flags=self.new_flags,
            all_or_nothing=self.all_or_nothing,
            several=Several(self.several),
        )

    def read(self, file: Path, *, quiet: bool) -> "LabelTable":
        """The label file. Raises ImportRefused."""
        from weldstudio.studio import label_files

        return drive(label_files.reading_label_file(file, mapping=self.mapping), "Reading", quiet=quiet)

    def keep(self, problems: "Sequence[Problem]") -> None:
        """Write the report, where one was asked for."""
        from weldstudio.studio import label_report

        if self.report is not None:
            label_report.write_problems(problems, self.report)

    @contextmanager
    def reporting(self, *, as_json: bool) -> "Iterator[None]":
        """A refusal because of rows still writes its report and names the rows."""
        from weldstudio.studio.label_table import RowsRefused

        try:
            yield
        except RowsRefused as error:
            self.keep(error.problems)
            if not as_json:
                for line in said_of(error.problems):
                    answer.complain(line)
            raise


def label_options(command: Command) -> Command:
    """The options, handed over as one `LabelOptions` named `taking`."""

    def gather(**words: Any) -> Any:
        mapping = dict(_pair(text) for text in words.pop("map_"))
        names = ("unlisted", "new_flags", "all_or_nothing", "several", "dry_run", "report")
        taking = LabelOptions(mapping=mapping, **{name: words.pop(name) for name in names})
        return command(taking=taking, **words)

    gather.__name__, gather.__doc__ = command.__name__, command.__doc__
    decorated: Any = gather
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    # What was put on the command before belongs behind these in its help.
    decorated.__click_params__ = getattr(command, "__click_params__", []) + decorated.__click_params__
    return decorated


_OPTIONS = (
    click.option(
        "--unlisted",
        type=click.Choice(["unseen", "clear"]),
        help="What a flag is where the file lists raised flags only and does not name it.",
    ),
    click.option(
        "--map",
        "map_",
        metavar="COLUMN=MEANING",
        multiple=True,
        help="What a column of the file means, by its name or number: path, joint, label, label:NAME, class, flags, "
        "flag, state, date, equipment, contractor, type, medium, note or ignore. May be given several times.",
    ),
    click.option("--new-flags", is_flag=True, help="Names in the file that the scheme lacks become flags."),
    click.option(
        "--all-or-nothing", is_flag=True, help="Take nothing at all if a single line of the file cannot be used."
    ),
    click.option(
        "--some-photo",
        "several",
        type=click.Choice(["unsure", "leave"]),
        default="unsure",
        help="Of a file by joint: what its photos get where some of them must carry a label and nobody said which. "
        "'unsure' (the default) marks those without a label, 'leave' lists the line as not used.",
    ),
    click.option("--dry-run", is_flag=True, help="Count what would happen and write nothing."),
    click.option(
        "--report",
        type=click.Path(path_type=Path),
        metavar="CSV",
        help="Write every line that could not be used, with its reason, into this file.",
    ),
)


def said_of(problems: "Sequence[Problem]") -> list[str]:
    """The lines that were left out, the first of them, as text."""
    left_out = [problem for problem in problems if problem.left_out]
    if not left_out:
        return []
    shown = [f"  line {problem.line}: {problem.reason}" for problem in left_out[:EXAMPLES]]
    more = len(left_out) - len(shown)
    return [f"Left out: {len(left_out):,}", *shown, *([f"  and {more:,} more"] if more else [])]


def _pair(text: str) -> tuple[str, str]:
    column, equals, meaning = text.partition("=")
    if not equals or not column.strip() or not meaning.strip():
        raise click.BadParameter(f"'{text}' must be COLUMN=MEANING, as in Datei=path", param_hint="--map")
    return column.strip(), meaning.strip()
