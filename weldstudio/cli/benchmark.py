"""`bench`: how far weldstudio is from what this machine can do at all, measured in the same run."""

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option
from weldstudio.cli.progress import drive


@click.command(
    short_help="Measure weldstudio against what this machine can do.",
    epilog=examples("weldstudio bench", "weldstudio bench start-up import --rounds 9", "weldstudio bench --list"),
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--rounds", type=click.IntRange(1, 1000), metavar="N", help="Rounds per row; more is steadier.")
@click.option("--list", "list_", is_flag=True, help="Only list the rows that exist.")
@json_option
def bench(names: tuple[str, ...], rounds: int | None, list_: bool, as_json: bool) -> None:
    """Measure each row against its own limit, both in this run, round by round.

    Photographs are drawn in a temporary folder; nothing outside it is touched. All rows take two to three minutes.
    """
    from weldstudio.studio import benchmark

    if list_:
        rows = [(row.name, row.text) for row in benchmark.ROWS]
        answer.give(as_json, {"rows": dict(rows)}, answer.table(("row", "what it compares"), rows))
        return
    report = drive(benchmark.run(names, rounds=rounds), "Measuring", quiet=as_json)
    answer.give(as_json, report.to_json(), str(report))
