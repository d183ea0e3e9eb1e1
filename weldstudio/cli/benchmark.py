"""`bench`: how far weldstudio is from what this machine can do at all, measured in the same run."""

from typing import Any

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
def bench(names: tuple[str, ...], rounds: int | None, list_: bool, as_json: bool) -> int:
    """Measure each row against its own limit, both in this run, round by round.

    Photographs are drawn in a temporary folder; nothing outside it is touched. All rows take about four minutes.
    The exit status is 1 if a row could not be measured; a goal that is missed is marked.
    """
    from weldstudio.studio import benchmark

    if list_:
        rows = [(row.name, row.goal_text, row.text) for row in benchmark.ROWS]
        listed = {"rows": [{"name": name, "goal": goal, "what": text} for name, goal, text in rows]}
        answer.give(as_json, listed, answer.table(("row", "goal", "what is measured"), rows))
        return 0
    report = drive(benchmark.run(names, rounds=rounds), "Measuring", quiet=as_json).to_json()
    answer.give(as_json, report, _text(report))
    return 0 if report["measured"] else 1


def _text(report: dict[str, Any]) -> str:
    head = ("row", "ours", "limit", "ratio", "goal", "")
    rows = [
        (
            row["name"],
            _value(row["ours"], row["unit"]),
            _value(row["limit"], row["unit"]),
            "-" if row["ratio"] is None else f"{row['ratio']:.2f}",
            row["goal"],
            "reached" if row["passed"] else "MISSED: " + "; ".join(row["missed"]),
        )
        for row in report["rows"]
    ]
    return f"{answer.table(head, rows)}\nMeasured in {report['seconds']:.0f} s; medians, and of the rounds' ratios."


def _value(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
