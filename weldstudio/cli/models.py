"""`models`, `evaluate`, `compare`, `report`, `thresholds`, `mistakes`: what was learned, and how good it is."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer, scores
from weldstudio.cli.options import examples, json_option, opened, pairs, project_argument, signature, who_option
from weldstudio.cli.progress import drive

if TYPE_CHECKING:
    from weldstudio.domain.model import ModelCard
    from weldstudio.studio.lineage import Lineage

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
        "weldstudio models welds",
        "weldstudio models welds --activate ID",
        "weldstudio models welds --add weldnet",
        'weldstudio models welds --describe ID --set "limits=Not for water pipes."',
    ),
)
@project_argument
@click.option("--activate", metavar="ID", help="Make this model the one that the window and `predict` use.")
@click.option("--back", is_flag=True, help="Go back to the model that was active before.")
@click.option("--add", metavar="NAME", help="Add a model that comes with weldstudio; it is not made active.")
@click.option(
    "--import",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Take in a model of another project, by its folder (card.json, weights.safetensors).",
)
@click.option("--show", metavar="ID", help="Say where this model comes from and what was done with it.")
@click.option("--describe", metavar="ID", help="Say something of this model, by --set.")
@click.option(
    "--set",
    "values",
    metavar="FIELD=TEXT",
    multiple=True,
    help="name, purpose, limits or weights_licence, for --describe.",
)
@who_option
@json_option
def models(
    project: Path,
    activate: str | None,
    back: bool,
    add: str | None,
    folder: Path | None,
    show: str | None,
    describe: str | None,
    values: tuple[str, ...],
    who: str | None,
    as_json: bool,
) -> None:
    """List the models of PROJECT, the newest first; the active one is marked.

    With weldstudio comes 'weldnet', a demonstration trained on drawn photographs and not meant for real welds.
    """
    from weldstudio.studio import lineage, model_cards, model_taking, registry, shipped

    with opened(project) as store:
        if show is not None:
            card = registry.chosen(store, show)
            found = lineage.lineage(store, card)
            answer.give(as_json, {"model": card.id, **found.to_json()}, _shown(card, found))
            return
        if add is not None:
            shipped.add(store, add)
        if folder is not None:
            taken = drive(model_taking.take_in(store, folder), "Importing", quiet=as_json)
            answer.give(as_json, taken.to_json(), taken.sentence)
            return
        if describe is not None:
            model_cards.edit(store, describe, pairs(values), who=signature(who))
        if back:
            before = lineage.before_this(store)
            if before is None:
                raise click.ClickException("There is no model to go back to: no other one was active before.")
            activate = before.id
        if activate is not None:
            registry.activate(store, activate, who=signature(who))
        entries = [
            entry.to_json() | {"labels_changed_since": registry.labels_since(store, entry.evaluations)}
            for entry in registry.models(store)
        ]
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
    also given by equipment, contractor, type, medium and month where the photos differ in them. Behind each stands the
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
    short_help="Write a model's report as one HTML or PDF file.",
    epilog=examples("weldstudio report welds", "weldstudio report welds --model ID --out quick-look.html"),
)
@project_argument
@click.option("--model", metavar="ID", help="Which model; by default the one adopted last.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to; by default beside the model.")
@_split_option
@json_option
def report(project: Path, model: str | None, out: Path | None, split: str, as_json: bool) -> None:
    """Write how good a model of PROJECT is into one HTML file (or PDF, where FILE ends in .pdf) that needs no other.

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
    "export-model",
    short_help="Write a model as an ONNX or TorchScript file.",
    epilog=examples(
        "weldstudio export-model welds clamps.onnx", "weldstudio export-model welds clamps.pt --model ID --json"
    ),
)
@project_argument
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--model", metavar="ID", help="Which model; by default the active one.")
@json_option
def export_model(project: Path, file: Path, model: str | None, as_json: bool) -> None:
    """Write a model of PROJECT into FILE for other programs: ONNX where it ends in .onnx, TorchScript in .pt.

    Normalisation and thresholds are part of it: it takes uint8 pixels (n, height, width, 3) at the model's input size
    and gives probabilities and what is raised. Class names, how a photo becomes pixels, origin and licence are a text
    inside. It is kept only if it agrees with the model to 0.0001 on 64 photos. ONNX needs weldstudio[onnx].
    """
    from weldstudio.studio import model_files

    with opened(project) as store:
        written = drive(model_files.export(store, file, model_id=model), "Exporting", quiet=as_json)
    said = {
        "file": written.file,
        "bytes": written.size,
        "difference": written.difference,
        "photos": written.photos,
        "compared_by": written.compared_by,
    }
    text = (
        f"Written: {written.file} ({written.size / 1e6:.1f} MB). Run by {written.compared_by} on {written.photos} "
        f"images it says what the model says (largest difference {written.difference:.1g})."
    )
    answer.give(as_json, said, text)


@click.command(
    short_help="Choose a model's thresholds by another rule.",
    epilog=examples(
        "weldstudio thresholds welds --set rule=cost --set cost_miss=20 --set by_points=true",
        "weldstudio thresholds welds --model ID --set rule=conformal --set miss_rate=0.05",
        'weldstudio thresholds welds --flag "No Clamps=0.2" --try',
    ),
)
@project_argument
@click.option("--model", metavar="ID", help="Which model; by default the active one.")
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help="A threshold setting of a recipe.")
@click.option("--flag", "by_hand", metavar="NAME=P", multiple=True, help="The threshold of one flag, by hand.")
@click.option("--try", "trying", is_flag=True, help="Say what they would do, and keep the model's own.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=10,
    show_default=True,
    help="What a look at a photo takes, for the hours saved.",
)
@_split_option
@who_option
@json_option
def thresholds(
    project: Path,
    model: str | None,
    settings: tuple[str, ...],
    by_hand: tuple[str, ...],
    trying: bool,
    seconds: float,
    split: str,
    who: str | None,
    as_json: bool,
) -> None:
    """Choose the thresholds of a model of PROJECT anew, from validation photos; nothing is retrained.

    The settings are those of a recipe's table 'thresholds': `weldstudio recipes --settings` tells them all. What the
    thresholds do to the photos of a split is said as well: misses and false alarms of each flag, verdicts of joints,
    and the hours saved if joints that the model accepts were passed without a look. The new thresholds are an action in
    the history, which `weldstudio history --revert` takes back.
    """
    from weldstudio.domain.recipe import Recipe
    from weldstudio.studio import thresholding

    choice = Recipe().with_values({f"thresholds.{key}": value for key, value in pairs(settings).items()}).thresholds
    hand = {name: value for name, _, value in (word.rpartition("=") for word in by_hand)}
    with opened(project) as store:
        work = thresholding.rechoose(
            store,
            choice if settings or not by_hand else None,
            model_id=model,
            by_hand=hand,
            split=split,
            keep=not trying,
            who=signature(who),
        )
        found = drive(work, "Judging", quiet=as_json)
    own = {item.name: item.threshold for item in found.judging.card.classes}
    result = {
        "model": found.card.id,
        "split": split,
        "kept": not trying,
        "thresholds": {item.name: item.threshold for item in found.card.classes},
        "notes": found.notes,
        **scores.tried_json(found.judging, found.figures, seconds=seconds),
    }
    answer.give(as_json, result, scores.tried(result, own))


@click.command(
    short_help="List the costliest errors of a model of PROJECT.",
    epilog=examples("weldstudio mistakes welds", 'weldstudio mistakes welds --flag "No Clamps" --most 100 --json'),
)
@project_argument
@click.option("--model", metavar="ID", help="Which model; by default the one adopted last.")
@click.option("--flag", metavar="NAME", help="Only of this flag.")
@click.option("--most", type=click.IntRange(min=1), default=30, show_default=True, help="So many at most.")
@_split_option
@json_option
def mistakes(project: Path, model: str | None, flag: str | None, most: int, split: str, as_json: bool) -> None:
    """List what a model of PROJECT got wrong, the costliest first: points of the flag times how sure it was.

    Where the label itself is wrong, correct it and judge again. Behind the list stand the flags that are mixed up.
    """
    from weldstudio.domain.scheme import did_you_mean
    from weldstudio.studio import judging

    with opened(project) as store:
        known = drive(judging.judge(store, model_id=model, split=split), "Judging", quiet=as_json)
    names = known.found.names
    if flag is not None and flag not in names:
        raise click.ClickException(f"The model judges no flag '{flag}'.{did_you_mean(flag, names)}")
    place = None if flag is None else names.index(flag)
    own = known.found.thresholds
    found = [asdict(one) | {"kind": one.kind} for one in known.mistakes(own, most=most, place=place)]
    counts = known.mixed_up(own)
    mixed = [
        {"missed": names[row], "raised": names[column], "photos": int(counts[row, column])}
        for row, column in zip(*counts.nonzero(), strict=True)
    ]
    mixed.sort(key=lambda one: -int(str(one["photos"])))
    result = {"model": known.card.id, "split": split, "mistakes": found, "mixed_up": mixed}
    answer.give(as_json, result, scores.mistakes_told(result))


def _shown(card: "ModelCard", found: "Lineage") -> str:
    """Where a model comes from, as lines."""
    pairs_of = {
        "model": f"{card.id} ({card.name})",
        "network": card.network,
        "run": found.run_id or "brought in from elsewhere",
        "recipe": f"{found.recipe}: {'; '.join(found.settings) or 'all as by default'}" if found.run_here else "",
        "labels": f"SHA-256 {found.snapshot_sha256}" if found.snapshot_sha256 else "not recorded",
        "parent": f"{found.parent} ({found.parent_name or 'gone'})" if found.parent else "",
        "began with": found.weights_origin or "not recorded",
        "licence": found.weights_licence or "not recorded",
        "weights": f"SHA-256 {found.weights_sha256}" if found.weights_sha256 else "not recorded",
        "for": card.purpose,
        "not for": card.limits,
    }
    lines = [f"{name + ':':<12}{text}" for name, text in pairs_of.items() if text]
    return "\n".join([*lines, *(f"{'':<12}{one.text} ({one.who or 'somebody'})" for one in found.history)])


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
