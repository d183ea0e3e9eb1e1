"""`learning-curve`: what a model would reach with fewer labelled photos, and so what more of them would bring."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument
from weldstudio.cli.progress import drive
from weldstudio.cli.scores import changed, ranged

if TYPE_CHECKING:
    from weldstudio.studio.learning_curve import LearningCurve


@click.command(
    "learning-curve",
    short_help="Say what more labelled photos would bring.",
    epilog=examples("weldstudio learning-curve welds", "weldstudio learning-curve welds --model ID --json"),
)
@project_argument
@click.option("--model", metavar="ID", help="Whose trunk and flags; by default the model adopted last.")
@click.option(
    "--split", type=click.Choice(["validation", "test"]), default="test", show_default=True, help="What judges."
)
@json_option
def learning_curve(project: Path, model: str | None, split: str, as_json: bool) -> None:
    """Score heads fitted on growing parts of the labelled training photos of PROJECT, each twice the one before.

    Nothing is trained: the features that `weldstudio features` keeps are fitted anew, which takes seconds. Parts are
    nested and dealt by joint; ranges are by joint too (95 %). The last line says what the last doubling brought, on the
    same photos. A model whose trunk was trained on these photos begins too high, which is said.
    """
    from weldstudio.studio import learning_curve as curves

    with opened(project) as store:
        found = drive(curves.draw(store, model_id=model, split=split), "Learning curve", quiet=as_json)
    answer.give(as_json, found.to_json(), told(found))


def told(found: "LearningCurve") -> str:
    """The curve as a table: a line for each flag, a column for each part."""
    heads = ("flag", *(f"{point.photos:,}" for point in found.points), "last doubling")
    rows = []
    for name, gain in zip(found.names, found.gains, strict=True):
        scores = [point.scores.per_class_json()[name]["mean_per_class_accuracy"] for point in found.points]
        rows.append((name, *map(answer.percent, scores), " ".join(changed(gain)[:2]).strip()))
    means = [answer.percent(point.scores.mean_per_class_accuracy) for point in found.points]
    last = found.points[-1]
    first = (
        f"Heads of {found.card.name} ({found.card.id}) on parts of {last.photos:,} training photos with "
        f"{answer.count(last.joints, 'joint')}, judged on {answer.count(len(found.ids), found.split + ' photo')}:"
    )
    lines = [
        first,
        answer.table(heads, [*rows, ("mean", *means, " ".join(changed(found.gain)[:2]).strip())]),
        f"With all: {ranged(last.scores.mean_per_class_accuracy, last.scores.interval)}. {found.sentence}",
        *found.notes,
    ]
    return "\n".join(lines)
