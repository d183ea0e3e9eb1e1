"""`demo`: a project of drawn weld photographs to look round in, and a tour through the window on it."""

import json
import os
from pathlib import Path
from typing import Any

import click

from weldstudio.cli import answer
from weldstudio.cli.doctor import has_display
from weldstudio.cli.hands import Hands
from weldstudio.cli.options import examples, json_option
from weldstudio.cli.progress import Cancelled, drive

FAILED, CANCELLED = 1, 130
NO_WINDOW = (
    "There is no display here, so no window opens. To see it all the same, as pictures of every step: "
    "weldstudio demo --tour OUT"
)


@click.command(
    short_help="Make and open a project of drawn weld photographs.",
    epilog=examples(
        "weldstudio demo",
        "weldstudio demo look-round --photos 200",
        "weldstudio demo --tour pictures --theme dark",
        "weldstudio demo look-round --json",
    ),
)
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[FOLDER]")
@click.option("--photos", type=click.IntRange(min=1), metavar="N", help="How many photographs; by default 600.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Another number draws other photographs.")
@click.option(
    "--tour",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Have the window go round the main loop by itself, with or without a display; pictures of each step and a "
    "report are put into OUT, a new folder. Without FOLDER its demo lies there too.",
)
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="Of the tour.")
@json_option
@click.pass_obj
def demo(
    hands: Hands,
    folder: Path | None,
    photos: int | None,
    seed: int | None,
    tour: Path | None,
    theme: str,
    as_json: bool,
) -> int:
    """Make a project of drawn weld photographs in FOLDER, or in your data folder, and open it.

    The window opens at once and fills while you look. Given again, the same demo opens; one that is unfinished goes on.
    With --json it is made from beginning to end and no window opens.
    """
    from weldstudio.studio import demo as demos

    if tour is not None:
        return _go_round(hands.open_window, folder, photos, seed, tour, theme=theme, as_json=as_json)
    where = folder or demos.default_folder()
    if not as_json and (has_display() or os.environ.get("QT_QPA_PLATFORM")):
        status: int = hands.open_window(demos.begin(where, photos=photos, seed=seed))
        return status
    report = drive(demos.make_demo(where, photos=photos, seed=seed), "Demo", quiet=as_json)
    answer.give(as_json, report.to_json(), str(report))
    if not as_json:
        answer.complain(NO_WINDOW)
    return 0 if as_json else FAILED


def _go_round(
    open_window: Any,
    folder: Path | None,
    photos: int | None,
    seed: int | None,
    out: Path,
    *,
    theme: str,
    as_json: bool,
) -> int:
    from weldstudio.domain.errors import DemoRefused
    from weldstudio.studio import demo as demos

    out = out.absolute()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DemoRefused(f"{out} is not empty; name a new folder for the pictures of the tour.")
    project = demos.begin(folder or out / "demo", photos=photos, seed=seed)
    # The tour has settings of its own: it must find the window as it comes, and leave yours alone.
    os.environ["WELDSTUDIO_HOME"] = str(out / "home")
    say = (lambda _line: None) if as_json else click.echo
    status: int = open_window(project, tour=out, theme=theme, say=say)
    if status == CANCELLED:
        raise Cancelled(f"Cancelled; what the tour has seen so far lies in {out}.")
    if as_json:
        answer.give_json(json.loads((out / "report.json").read_text("utf-8")))
    else:
        click.echo(f"The pictures and the report lie in {out}")
    return status
