"""The way in to all commands: words to command, errors to sentences, outcomes to exit statuses."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.accepting import accept, safe
from weldstudio.cli.benchmark import bench
from weldstudio.cli.bundles import bundle, conflicts
from weldstudio.cli.collections import collections, relocate, rescan, watch
from weldstudio.cli.contractors import contractors
from weldstudio.cli.decisions import decide
from weldstudio.cli.demo import demo
from weldstudio.cli.describing import describe
from weldstudio.cli.doctor import doctor
from weldstudio.cli.exports import export
from weldstudio.cli.features import features
from weldstudio.cli.figures import figure
from weldstudio.cli.hands import Hands, OpenWindow, WriteSheet, no_sheet
from weldstudio.cli.history import history
from weldstudio.cli.info import info
from weldstudio.cli.joints import joints
from weldstudio.cli.labels import label
from weldstudio.cli.learning_curves import learning_curve
from weldstudio.cli.likeness import duplicates, next_, similar
from weldstudio.cli.merges import contradictions, merge
from weldstudio.cli.models import compare, evaluate, export_model, mistakes, models, report, thresholds
from weldstudio.cli.notes import note
from weldstudio.cli.options import examples
from weldstudio.cli.photos import import_
from weldstudio.cli.predictions import predict
from weldstudio.cli.progress import KEPT, Cancelled
from weldstudio.cli.projects import init, open_, status
from weldstudio.cli.quality import quality
from weldstudio.cli.refits import refit
from weldstudio.cli.restoring import restore
from weldstudio.cli.reviews import audit, queue, review
from weldstudio.cli.run_list import curves, runs
from weldstudio.cli.runs import pause, recipes, resume, stop, train, vary
from weldstudio.cli.scheme import scheme
from weldstudio.cli.second_looks import agreement, second
from weldstudio.cli.sheets import sheet
from weldstudio.cli.states import copy, set_
from weldstudio.cli.suspects import suspects
from weldstudio.cli.views import views
from weldstudio.cli.weights import weights
from weldstudio.domain.errors import UserError

DONE, REFUSED, USAGE, CANCELLED = 0, 1, 2, 130


class _InOrder(click.Group):
    """Lists its commands in the order in which one meets them, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A folder in place of a command is a project to open, as a file manager or a hurried person gives it."""
        if args[0] not in self.commands and Path(args[0]).is_dir():
            args = ["open", *args]
        return super().resolve_command(ctx, args)


@click.group(
    cls=_InOrder,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "weldstudio",
        "weldstudio demo",
        "weldstudio import welds photos --labels labels.csv",
        "weldstudio train welds --recipe quick --follow",
        "weldstudio COMMAND --help",
    ),
)
@click.option("--version", is_flag=True, help="Print the version and leave.")
@click.pass_context
def weldstudio(context: click.Context, version: bool) -> int:
    """Look at weld photographs, see what a network flags and where it looked, correct, retrain.

    Without a command the window opens. A project is a folder; `import` makes it where there is none.
    """
    if version:
        from importlib.metadata import version as version_of

        click.echo(f"weldstudio {version_of('weldstudio')}")
    elif context.invoked_subcommand is None:
        hands: Hands = context.obj
        return hands.open_window(None)
    return DONE


for _command in (
    demo,
    open_,
    init,
    import_,
    collections,
    rescan,
    relocate,
    watch,
    label,
    set_,
    copy,
    queue,
    views,
    review,
    audit,
    second,
    agreement,
    accept,
    joints,
    decide,
    safe,
    describe,
    info,
    contractors,
    scheme,
    merge,
    predict,
    figure,
    features,
    refit,
    suspects,
    next_,
    similar,
    duplicates,
    quality,
    train,
    recipes,
    vary,
    runs,
    curves,
    pause,
    resume,
    stop,
    evaluate,
    learning_curve,
    compare,
    report,
    thresholds,
    mistakes,
    export_model,
    export,
    sheet,
    models,
    weights,
    note,
    history,
    bundle,
    conflicts,
    contradictions,
    status,
    restore,
    doctor,
    bench,
):
    weldstudio.add_command(_command)


def run(argv: Sequence[str], *, open_window: OpenWindow, write_sheet: WriteSheet = no_sheet) -> int:
    """Run the command that `argv` (without the program's name) asks for and return the exit status.

    Prints what people or machines read; never raises for what a person can mend, never leaves the process.
    """
    words = list(argv)
    as_json = "--json" in words
    for stream in (sys.stdout, sys.stderr):
        # File names need not be valid text, nor fit the terminal's code page.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        outcome = weldstudio.main(
            words, prog_name="weldstudio", standalone_mode=False, obj=Hands(open_window, write_sheet)
        )
        sys.stdout.flush()
    except click.UsageError as error:
        error.show()
        return _failed(USAGE, error.format_message(), as_json=as_json, said=True)
    except click.ClickException as error:
        return _failed(REFUSED, error.format_message(), as_json=as_json)
    except UserError as error:
        return _failed(REFUSED, str(error), as_json=as_json)
    except Cancelled as end:
        return _failed(CANCELLED, str(end), as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        return _failed(CANCELLED, KEPT, as_json=as_json)
    except (BrokenPipeError, SystemExit):  # click leaves by itself where nobody reads its output any more
        return _reader_left()
    return outcome if isinstance(outcome, int) else DONE


def _failed(status: int, sentence: str, *, as_json: bool, said: bool = False) -> int:
    if not said:
        answer.complain(sentence)
    if as_json:
        answer.give_json({"error": sentence})
    return status


def _reader_left() -> int:
    """Whoever read our output (`| head`) has what was wanted; Python must not complain at its own end either."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE
