"""`models`, `evaluate`, `thresholds`: what was learned, how well, and from when on it counts."""

from pathlib import Path
from typing import Any

import click

from weldstudio.cli import answer, scores
from weldstudio.cli.options import examples, json_option, opened, pairs, project_argument, signature, who_option
from weldstudio.cli.progress import drive

_split_option = click.option(
    "--split",
    type=click.Choice(["train", "validation", "test"]),
    default="test",
    show_default=True,
    help="On which photos.",
)


@click.command(
    short_help="List the models of PROJECT.",
    epilog=examples(
        "weldstudio models welds", "weldstudio models welds --activate ID", "weldstudio models welds --add weldnet"
    ),
)
@project_argument
@click.option("--activate", metavar="ID", help="Make this model the one that the window and `predict` use.")
@click.option("--add", metavar="NAME", help="Add a model that comes with weldstudio; it is not made active.")
@who_option
@json_option
def models(project: Path, activate: str | None, add: str | None, who: str | None, as_json: bool) -> None:
    """List the models of PROJECT, the newest first; the active one is marked.

    With weldstudio comes 'weldnet', a demonstration trained on drawn photographs and not meant for real welds.
    """
    from weldstudio.studio import registry, shipped

    with opened(project) as store:
        if add is not None:
            shipped.add(store, add)
        if activate is not None:
            registry.activate(store, activate, who=signature(who))
        entries = [entry.to_json() for entry in registry.models(store)]
    answer.give(as_json, {"models": entries}, _listed(entries, project=project))


@click.command(
    short_help="Judge a model of PROJECT on photos it has not seen.",
    epilog=examples("weldstudio evaluate welds", "weldstudio evaluate welds --model ID --split validation --json"),
)
@project_argument
@click.option("--model", metavar="ID", help="Which model; by default the one adopted last.")
@_split_option
@click.option(
    "--miss-rate",
    type=click.FloatRange(0.001, 0.5),
    default=0.05,
    show_default=True,
    help="The share of raised photos that may be missed, for which a threshold is guaranteed.",
)
@json_option
def evaluate(project: Path, model: str | None, split: str, miss_rate: float, as_json: bool) -> None:
    """Judge a model of PROJECT on photos that it was not trained on.

    Mean per-class accuracy is the mean, over flags, of the share of raised and of clear photos that the model gets
    right, at the thresholds chosen on validation photos; for an exclusive group the mean recall of its classes. It is
    also given by equipment, contractor, type and medium where the photos differ in them. Behind each share stands the
    range in which the true one lies 19 times in 20 (Wilson).

    Beside it: how far the probabilities can be trusted (ECE, and after Platt's correction on validation photos); from
    which threshold a miss rate is guaranteed, or how many more raised validation photos that takes; and how often the
    verdicts of whole joints agree with those by the labels.
    """
    from weldstudio.studio import evaluating

    with opened(project) as store:
        work = evaluating.evaluate(store, model_id=model, split=split, miss_rate=miss_rate)
        result = drive(work, "Evaluating", quiet=as_json).to_json()
    answer.give(as_json, result, scores.told(result))


@click.command(
    short_help="Compare models of PROJECT on the same photos.",
    epilog=examples("weldstudio compare welds OLD NEW", "weldstudio compare welds OLD NEW --split validation --json"),
)
@project_argument
@click.argument("models", metavar="MODEL...", nargs=-1, required=True)
@_split_option
@json_option
def compare(project: Path, models: tuple[str, ...], split: str, as_json: bool) -> None:
    """Compare two to eight models of PROJECT, each with the first, on photos and classes that all of them judge.

    Behind each difference stands the range in which the true one lies 19 times in 20; where it leaves out 0 the line is
    marked with *. Among twenty such lines one is expected to be marked by chance alone. Then: the photos and joints on
    which the models differ, and how their recipes and training photos do.
    """
    from weldstudio.studio import comparing

    with opened(project) as store:
        found = drive(comparing.compare(store, models, split=split), "Comparing", quiet=as_json)
    answer.give(as_json, found.to_json(), scores.compared(found))


@click.command(
    short_help="Write a model's report as one HTML file.",
    epilog=examples("weldstudio report welds", "weldstudio report welds --model ID --out quick-look.html"),
)
@project_argument
@click.option("--model", metavar="ID", help="Which model; by default the one adopted last.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to; by default beside the model.")
@_split_option
@json_option
def report(project: Path, model: str | None, out: Path | None, split: str, as_json: bool) -> None:
    """Write how good a model of PROJECT is into one HTML file that needs no other file and no network.

    Scores with their ranges, verdicts of joints, curves, calibration, the costliest errors as small pictures, how it
    learned and where it comes from.
    """
    from weldstudio.studio import report as reporting

    with opened(project) as store:
        written = drive(reporting.write(store, out, model_id=model, split=split), "Report", quiet=as_json)
    said = {
        "model": written.model_id,
        "split": written.split,
        "file": str(written.file),
        "bytes": written.size,
        "mean_per_class_accuracy": written.mean_per_class_accuracy,
    }
    answer.give(as_json, said, f"The report of model {written.model_id}: {written.file}")


@click.command(
    short_help="Choose a model's thresholds by another rule.",
    epilog=examples(
        "weldstudio thresholds welds --set rule=cost --set cost_miss=20 --set by_points=true",
        "weldstudio thresholds welds --model ID --set rule=conformal --set miss_rate=0.05",
    ),
)
@project_argument
@click.option("--model", metavar="ID", help="Which model; by default the active one.")
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help="A threshold setting of a recipe.")
@json_option
def thresholds(project: Path, model: str | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Choose the thresholds of a model of PROJECT anew, from validation photos; nothing is retrained.

    The settings are those of a recipe's table 'thresholds': `weldstudio recipes --settings` tells them all.
    """
    from weldstudio.domain.recipe import Recipe
    from weldstudio.studio import thresholding

    choice = Recipe().with_values({f"thresholds.{key}": value for key, value in pairs(settings).items()}).thresholds
    with opened(project) as store:
        found = drive(thresholding.rechoose(store, choice, model_id=model), "Scoring", quiet=as_json)
    rows = [(item.name, scores.decimal(item.threshold)) for item in found.card.classes]
    result = {"model": found.card.id, "thresholds": {i.name: i.threshold for i in found.card.classes}}
    text = "\n".join([answer.table(("flag", "threshold"), rows), *found.notes])
    answer.give(as_json, result | {"notes": found.notes}, text)


def _listed(entries: list[dict[str, Any]], *, project: Path) -> str:
    if not entries:
        return f"There is no model yet. Train one: {answer.command('train', project, '--follow')}"
    head = ("", "id", "name", "network", "created", "validation", "scheme")
    rows = [
        (
            "*" if entry.get("active") else "",
            entry["id"],
            entry.get("name"),
            entry.get("network"),
            entry.get("created"),
            answer.percent(entry.get("mean_per_class_accuracy")),
            "another" if entry["scheme_difference"] else "this one",
        )
        for entry in entries
    ]
    others = [f"{entry['id']}: {entry['scheme_difference']}" for entry in entries if entry["scheme_difference"]]
    return "\n".join([answer.table(head, rows), *others])
