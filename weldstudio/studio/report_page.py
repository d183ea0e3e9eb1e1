"""What a report says, section by section, as HTML: pure functions from an evaluation to text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from typing import Any

from weldstudio import paths
from weldstudio.domain import trust
from weldstudio.domain.messages import Alarm, Evaluated, Message, RunFinished, Step
from weldstudio.domain.model import ModelCard
from weldstudio.domain.networks import NETWORKS
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.scores import FEW
from weldstudio.studio.evaluating import PARTED_BY, Evaluation, Heard
from weldstudio.studio.lineage import apart
from weldstudio.studio.mistakes import Mistake
from weldstudio.studio.report_plots import bar, precision_plot, reliability_plot, roc_plot, run_plot

UNSEEN_BY = {
    "test": "photographs that neither its training nor the choice of its thresholds has seen",
    "validation": "the photographs on which its thresholds were chosen, which flatters it a little",
    "train": "the very photographs it learned from, which says little of new ones",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """The run that made a model."""

    run_id: str
    recipe: Recipe
    counts: Mapping[str, Mapping[str, tuple[int, int]]]
    """Split -> class -> (raised, clear)."""
    photos: Mapping[str, int]
    """Split -> photos."""
    digest: str
    """SHA-256 of the manifest: photos, labels and splits."""
    messages: Sequence[Message]


def page(
    evaluation: Evaluation,
    known: Heard,
    mistakes: Sequence[tuple[Mistake, str]],
    *,
    project: str,
    origin: Origin | None,
    growth: Mapping[str, Any] | None = None,
) -> str:
    """The whole report. `known` is what was heard of the photos with labels, `mistakes` come with their pictures.

    `growth`: the learning curve as `LearningCurve.to_json` has it, where one was drawn.
    """
    told = evaluation.to_json()
    style = (paths.resources() / "report" / "style.css").read_text("utf-8")
    parts = [
        _head(told, known.card, project),
        _flags(told),
        _verdicts(told),
        _curves(known),
        _trust(told),
        _mistakes(mistakes, known.card),
        _parts(told),
        _growth(growth),
        _learned(origin),
        _origin(told, known.card, origin),
    ]
    title = escape(f"{known.card.name} - {project}")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>\n{style}</style></head>\n<body><main>\n{''.join(parts)}</main></body></html>\n"
    )


def _percent(share: float | None, digits: int = 1) -> str:
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def _range(interval: Sequence[float]) -> str:
    return f"{100 * interval[0]:.0f} to {100 * interval[1]:.0f} %"


def _section(title: str, words: str, inside: str) -> str:
    lead = f'<p class="quiet">{words}</p>' if words else ""
    return f"<section><h2>{title}</h2>{lead}{inside}</section>\n"


def _table(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], *, words_from: int = 99) -> str:
    """Rows as (class of the row, cells that are HTML); columns from `words_from` on are text."""

    def cells(tag: str, row: Sequence[str]) -> str:
        mark = [' class="words"' if n >= words_from else "" for n in range(len(row))]
        return "".join(f"<{tag}{m}>{cell}</{tag}>" for m, cell in zip(mark, row, strict=True))

    body = "".join(f'<tr class="{kind}">{cells("td", row)}</tr>' for kind, row in rows)
    return f"<table><thead><tr>{cells('th', heads)}</tr></thead><tbody>{body}</tbody></table>"


def _head(told: Mapping[str, Any], card: ModelCard, project: str) -> str:
    per_class = [one for one in told["per_class"].values() if one["mean_per_class_accuracy"] is not None]
    found = sum(one["sensitivity"] for one in per_class) / len(per_class) if per_class else None
    passed = sum(one["specificity"] for one in per_class) / len(per_class) if per_class else None
    tiles = []
    if told["mean_per_class_accuracy"] is not None:
        over = f"{told['classes_with_a_value']} of {told['classes']} flags"
        guess = 1 / max(1, told["classes"]) if told["task"] == "exclusive" else 0.5
        words = f"right per class, mean of {over}; {_percent(guess, 0)} is guessing"
        tiles.append((_percent(told["mean_per_class_accuracy"]), words))
        tiles.append((_range(told["interval"]), "holds the true value, 19 times in 20"))
    if told.get("top_1") is not None:
        tiles.append((_percent(told["top_1"]), f"of photographs right, {_range(told['top_1_interval'])}"))
    verdicts = told["verdicts"]
    if verdicts and verdicts["rejected_by_both"] + verdicts["rejected_by_labels_accepted_by_model"]:
        tiles.append(
            (_percent(verdicts["agreement"]), f"of {verdicts['joints']:,} joints get the verdict of the labels")
        )
    words = f"Judged on {told['photos']:,} {UNSEEN_BY[told['split']]}."
    if found is not None and passed is not None and told["task"] != "exclusive":
        words += (
            f" Of 100 photographs that show a flag it finds about {100 * found:.0f}; of 100 that do not, it lets about "
            f"{100 * passed:.0f} pass."
        )
    demo = '<p class="note">A demonstration model: not for real welds.</p>' if card.demonstration else ""
    return (
        f"<h1>{escape(card.name)}</h1><p class='quiet'>{escape(project)} · model {escape(card.id)} · judged "
        f"{escape(told['when'][:16].replace('T', ' '))} UTC</p><p>{words}</p>{demo}"
        f'<div class="tiles">{"".join(f"<div><b>{a}</b><span>{b}</span></div>" for a, b in tiles)}</div>\n'
    )


def _flags(told: Mapping[str, Any]) -> str:
    rows = []
    order = sorted(told["per_class"].items(), key=lambda item: item[1]["mean_per_class_accuracy"] or 2)
    for name, one in order:
        few = min(one["raised"], one["clear"]) < FEW
        mean = one["mean_per_class_accuracy"]
        shown = "" if mean is None else bar(mean, one["interval"], few=few, words=f"{_percent(mean)}")
        cells = [escape(name), shown, _percent(mean), "–" if mean is None else _range(one["interval"])]
        for share, n in (("sensitivity", one["raised"]), ("specificity", one["clear"])):
            cells.append(f"{_percent(one[share])} <span class='small quiet'>{_range(one[f'{share}_interval'])}</span>")
            cells.append(f"{n:,}")
        rows.append(("few" if few else "", [*cells, _percent(one["accuracy"]), f"{one['threshold']:.2f}"]))
    heads = ("Flag", "50 to 100 %", "Per class", "95 %", "On raised", "n", "On clear", "n", "Overall", "Threshold")
    few_note = f" In grey: fewer than {FEW} raised or clear photographs, which say next to nothing."
    words = (
        "Per class is the mean of what it gets right of raised and of clear photographs, so that a rare flag counts as "
        "much as a common one. The line is the range that holds the true value 19 times in 20 (Wilson)."
    )
    return _section("Flag by flag, the worst first", words + few_note, _table(heads, rows))


def _verdicts(told: Mapping[str, Any]) -> str:
    found = told["verdicts"]
    if not found or not found["joints"]:
        return ""
    missed, alarms = found["rejected_by_labels_accepted_by_model"], found["accepted_by_labels_rejected_by_model"]
    rejected = found["rejected_by_both"] + missed
    share = f"{_percent(found['agreement'])} of {found['joints']:,} joints get the same verdict"
    words = (
        f"{share} ({_range(found['interval'])}). {missed:,} that should be rejected would be accepted, {alarms:,} "
        "would be rejected for nothing."
    )
    if not rejected:
        words = f"The labels reject none of the {found['joints']:,} joints, so agreement on them says little."
    if found["undecided"]:
        words += f" {found['undecided']:,} more are left open by unsure or missing labels."
    body = (
        '<table class="matrix"><tr><th></th><th>Model rejects</th><th>Model accepts</th></tr>'
        f'<tr><td>Labels reject</td><td class="right">{found["rejected_by_both"]:,}</td>'
        f'<td class="wrong">{missed:,}<small>missed</small></td></tr>'
        f'<tr><td>Labels accept</td><td class="wrong">{alarms:,}<small>for nothing</small></td>'
        f'<td class="right">{found["accepted_by_both"]:,}</td></tr></table>'
    )
    return _section("Verdicts of whole joints", words, body)


def _curves(known: Heard) -> str:
    rows = []
    for place, item in enumerate(known.card.classes):
        values, raised = known.of_class(place)
        if not raised.any() or raised.all():
            continue
        plots = (roc_plot(values, raised), precision_plot(values, raised), reliability_plot(values, raised))
        numbers = f"{int(raised.sum()):,} raised, {int((~raised).sum()):,} clear"
        name = f"<div><h3>{escape(item.name)}</h3><span class='small quiet'>{numbers}</span></div>"
        rows.append(f'<div class="flag">{name}{"".join(f"<div>{plot}</div>" for plot in plots)}</div>')
    words = (
        "Left: share of raised photographs found against false alarms. Middle: how pure the list is, from the "
        "likeliest down. Right: what is really raised of the photographs to which it gives a probability; on the line "
        "it can be taken at its word. Dashed is chance, or perfection at the right."
    )
    return _section("Curves", words, "".join(rows)) if rows else ""


def _trust(told: Mapping[str, Any]) -> str:
    rows = []
    rate = 0.0
    for name, one in told["per_class"].items():
        promise = one["promise"]
        rate = promise["miss_rate"]
        after = promise.get("calibrated_error")
        threshold = "–" if promise["threshold"] is None else f"{promise['threshold']:.3f}"
        error = _percent(one["calibration_error"])
        rows.append(("", [escape(name), error, _percent(after), threshold, trust.told(one)]))
    heads = ("Flag", "Off by (ECE)", "after Platt", "Threshold", f"for a miss rate of at most {_percent(rate, 0)}")
    words = (
        "Off by: how far probabilities lie from what is true, on average (expected calibration error), as they are "
        "and after a correction found on validation photographs. Threshold: from which probability to raise so that a "
        f"new raised photograph is missed with a chance of {_percent(rate, 0)} at most, as long as new photographs are "
        "like those of validation; and what it did here."
    )
    return _section("Can its probabilities be trusted?", words, _table(heads, rows, words_from=4))


def _mistakes(mistakes: Sequence[tuple[Mistake, str]], card: ModelCard) -> str:
    figures = []
    for one, picture in mistakes:
        kind = f'<span class="{"missed" if one.missed else "alarm"}">{one.kind}</span>'
        said = f", taken for {escape(one.said)}" if one.said and one.missed else ""
        least = "" if card.task == "exclusive" else f", raised from {_percent(one.threshold)}"
        points = f"<br>{one.points} points" if one.points > 1 else ""
        image = f'<img src="{picture}" alt="{escape(one.path)}" loading="lazy">' if picture else "<img alt=''>"
        figures.append(
            f"<figure>{image}<figcaption><b>{escape(one.name)}</b> {kind}{said}<br>it says {_percent(one.probability)}"
            f'{least}{points}<br><span class="quiet">{escape(one.path)}</span></figcaption></figure>'
        )
    words = (
        "The dearest first: the points of the flag times how sure the model was. Where the label itself is wrong, "
        "correct it and judge again."
    )
    if not figures:
        return _section("The costliest errors", "It made none.", "")
    return _section("The costliest errors", words, f'<div class="errors">{"".join(figures)}</div>')


def _parts(told: Mapping[str, Any]) -> str:
    rows = [
        ("", [f"{parted.capitalize()}: {escape(name)}", f"{one['photos']:,}", _percent(mean), _range(one["interval"])])
        for parted in PARTED_BY
        for name, one in told[f"per_{parted}"].items()
        for mean in (one["mean_per_class_accuracy"],)
    ]
    heads = ("Part", "Photographs", "Per class", "95 %")
    return _section("By equipment, contractor, type, medium and month", "", _table(heads, rows)) if rows else ""


def _growth(growth: Mapping[str, Any] | None) -> str:
    """What more photographs would bring."""
    points = [] if growth is None else [p for p in growth["points"] if p["mean_per_class_accuracy"] is not None]
    if growth is None or not points:
        return ""
    rows = []
    for point in points:
        mean, interval = point["mean_per_class_accuracy"], point["interval"]
        drawn = bar(mean, interval, few=False, words=f"{_percent(mean)} of {point['photos']:,} photographs")
        rows.append(("", [f"{point['photos']:,}", f"{point['joints']:,}", _percent(mean), _range(interval), drawn]))
    words = escape(" ".join([growth["sentence"], *growth["notes"]]))
    heads = ("Learned from photographs", "Joints", "Per class", "95 %", "")
    return _section("What more photographs would bring", words, _table(heads, rows))


def _learned(origin: Origin | None) -> str:
    """The curves of its run, and what the run warned of."""
    if origin is None:
        return ""
    steps = [(m.step, m.loss) for m in origin.messages if isinstance(m, Step)]
    judged = [m for m in origin.messages if isinstance(m, Evaluated)]
    means = [(m.step, m.mean_per_class_accuracy) for m in judged if m.mean_per_class_accuracy is not None]
    losses = run_plot("Loss", [("other", steps), ("curve", [(m.step, m.loss) for m in judged])], share=False)
    accuracy = run_plot("Mean per-class accuracy", [("curve", means)], share=True)
    alarms = dict.fromkeys(m.sentence for m in origin.messages if isinstance(m, Alarm))
    titled = (("Loss", losses), ("Mean per-class accuracy", accuracy))
    plots = "".join(f"<div><h3 class='small'>{title}</h3>{plot}</div>" for title, plot in titled)
    key = '<p class="key"><i></i>validation <i class="other"></i>training</p>'
    notes = "".join(f'<p class="note">{escape(sentence)}</p>' for sentence in alarms)
    return _section("How it learned", "", f'<div class="pair">{plots}</div>{key}{notes}') if judged else ""


def _origin(told: Mapping[str, Any], card: ModelCard, origin: Origin | None) -> str:
    network = NETWORKS[card.network].title if card.network in NETWORKS else card.network
    prep = card.preprocessing
    pairs = [
        ("Network", f"{network}, sees {prep.input_size} x {prep.input_size} pixels"),
        ("Trained", f"{card.created[:16].replace('T', ' ')} UTC" if card.created else "not recorded"),
        ("Started from", card.weights_origin or "random weights"),
        (
            "Licence of these weights",
            card.weights_licence or ("none" if card.weights_origin == "random" else "not recorded"),
        ),
        ("SHA-256 of its weights", card.weights_sha256 or "not recorded"),
    ]
    if origin is not None:
        finished = next((m for m in reversed(origin.messages) if isinstance(m, RunFinished)), None)
        took = f", {finished.seconds / 60:.1f} minutes" if finished else ""
        photos = ", ".join(f"{n:,} {split}" for split, n in origin.photos.items())
        pairs += [
            ("Run", f"{origin.run_id}{took}"),
            ("Photographs", photos),
            ("SHA-256 of photographs, labels and splits", origin.digest),
            ("Recipe, where it is not the default", "; ".join(apart(origin.recipe)) or "all as by default"),
            ("Seed", str(origin.recipe.seed)),
        ]
    pairs = [("What it is for", card.purpose), ("What it is not for", card.limits), *pairs]
    pairs = [(name, text) for name, text in pairs if text]
    pairs.append(("Written by", f"weldstudio {version('weldstudio')}"))
    return _section(
        "Where it comes from", "", f"<dl>{''.join(f'<dt>{k}</dt><dd>{escape(v)}</dd>' for k, v in pairs)}</dl>"
    )
