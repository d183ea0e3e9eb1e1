"""What an evaluation says, as tables for people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from weldstudio.cli import answer

if TYPE_CHECKING:
    from weldstudio.domain.comparison import Difference
    from weldstudio.studio.comparing import Against, Comparison
    from weldstudio.studio.judging import Figures, Judging

MOST_FLIPS = 20
POINTLESS = (
    "No flag that it judges carries points, so no joint can be rejected and no hours can be told: give flags points "
    "(weldstudio scheme)."
)


def told(result: Mapping[str, Any]) -> str:
    """An evaluation, as `studio.evaluating.Evaluation.to_json` gives it."""
    parts = [
        [f"Model {result['model_id']} on the {result['split']} photos: {result['photos']:,}"],
        [_classes(result), _mean(result)],
        _trust(result),
        _taken_for(result),
        _verdicts(result),
        _parts(result),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def ranged(share: float | None, interval: Sequence[float]) -> str:
    """'87.5 % (78-93)', or '-'."""
    return "-" if share is None else f"{100 * share:.1f} % ({100 * interval[0]:.0f}-{100 * interval[1]:.0f})"


def decimal(value: float | None) -> str | None:
    """Three digits, or nothing."""
    return None if value is None else f"{value:.3f}"


def _classes(result: Mapping[str, Any]) -> str:
    head = ("flag", "raised", "clear", "per class (95 %)", "on raised (95 %)", "on clear (95 %)", "overall (95 %)")
    rows = [
        (
            name,
            row["raised"],
            row["clear"],
            ranged(row["mean_per_class_accuracy"], row["interval"]),
            ranged(row["sensitivity"], row["sensitivity_interval"]),
            ranged(row["specificity"], row["specificity_interval"]),
            ranged(row["accuracy"], row["accuracy_interval"]),
            answer.percent(row["mean_per_class_accuracy_at_half"]),
            decimal(row["auc"]),
            decimal(row["average_precision"]),
            decimal(row["threshold"]),
        )
        for name, row in result["per_class"].items()
    ]
    return answer.table((*head, "at 0.5", "AUC", "AP", "threshold"), rows)


def _mean(result: Mapping[str, Any]) -> str:
    mean = result["mean_per_class_accuracy"]
    top = "".join(
        f"\nTop {k}: {ranged(result[f'top_{k}'], result[f'top_{k}_interval'])} of the photos have their class among "
        f"{'the likeliest' if k == 1 else f'the {k} likeliest'}."
        for k in (1, 2, 5)
        if f"top_{k}" in result
    )
    return (
        f"Mean per-class accuracy: {ranged(mean, result['interval'])} over {result['classes_with_a_value']} of "
        f"{answer.count(result['classes'], 'class', 'classes')} (at 0.5: "
        f"{answer.percent(result['mean_per_class_accuracy_at_half'])}, one against the rest: "
        f"{answer.percent(result['one_vs_rest'])}){top}"
    )


def _trust(result: Mapping[str, Any]) -> list[str]:
    """Calibration, and what a guaranteed miss rate takes."""
    from weldstudio.domain.trust import told as told_promise

    rows = []
    rate = 0.0
    for name, row in result["per_class"].items():
        promise = row["promise"]
        rate = promise["miss_rate"]
        rows.append(
            (
                name,
                decimal(row["calibration_error"]),
                decimal(promise.get("calibrated_error")),
                decimal(promise["threshold"]),
                told_promise(row),
            )
        )
    head = ("flag", "ECE", "after Platt", "threshold", f"for a miss rate of {100 * rate:.1f} %")
    return [answer.table(head, rows)] if rows else []


def _taken_for(result: Mapping[str, Any]) -> list[str]:
    found = [
        (name, ", ".join(f"{other} ({count:,})" for other, count in list(row["taken_for"].items())[:3]))
        for name, row in result["per_class"].items()
        if row["taken_for"]
    ]
    return [answer.table(("missed", "raised in its place"), found)] if found else []


def _verdicts(result: Mapping[str, Any]) -> list[str]:
    """Accept or reject, by the labels and by the model."""
    found = result["verdicts"]
    if not found or not found["joints"]:
        return []
    open_ones = f"; {found['undecided']:,} more are left open" if found["undecided"] else ""
    share = ranged(found["agreement"], found["interval"])
    line = f"Verdicts of {answer.count(found['joints'], 'joint')}: {share} as by the labels{open_ones}."
    if not found["rejected_by_both"] + found["rejected_by_labels_accepted_by_model"]:
        line += " None of them is rejected by the labels, so that says little."
    rows = [
        ("labels: reject", found["rejected_by_both"], found["rejected_by_labels_accepted_by_model"]),
        ("labels: accept", found["accepted_by_labels_rejected_by_model"], found["accepted_by_both"]),
    ]
    return [line, answer.table(("", "model: reject", "model: accept"), rows)]


def _parts(result: Mapping[str, Any]) -> list[str]:
    """The same by equipment, contractor, type, medium and month, where there is more than one."""
    from weldstudio.studio.evaluating import PARTED_BY

    rows = [
        (f"{parted_by}: {name}", found["photos"], ranged(found["mean_per_class_accuracy"], found["interval"]))
        for parted_by in PARTED_BY
        for name, found in result[f"per_{parted_by}"].items()
    ]
    return [answer.table(("part", "photos", "per class (95 %)"), rows)] if rows else []


def compared(found: "Comparison") -> str:
    """Models beside the first one of them."""
    head = ("model", "name", "mean per class (95 %)")
    rows = [
        (card.id, card.name, ranged(one["mean_per_class_accuracy"], one["interval"]))
        for card, one in zip(found.cards, found.scores, strict=True)
    ]
    first = f"On {answer.count(found.photos, found.split + ' photo')}, each at its own thresholds:"
    return "\n".join(
        [first, answer.table(head, rows), *(line for one in found.others for line in _against(found, one))]
    )


def _against(found: "Comparison", one: "Against") -> list[str]:
    first = found.scores[0]["per_class"]
    second = found.scores[found.cards.index(one.card)]["per_class"]
    rows = [
        (
            name,
            *(answer.percent(scores[name]["mean_per_class_accuracy"]) for scores in (first, second)),
            *changed(change),
        )
        for name, change in one.classes.items()
    ]
    lines = [
        "",
        f"{one.card.id} ({one.card.name}) against {found.cards[0].id}:",
        answer.table(
            ("flag", "first", "this", "difference (95 %)", "", "right: first alone", "this alone", "p"),
            [*rows, ("mean", "", "", *changed(one.whole))],
        ),
    ]
    verdicts = one.verdicts
    if verdicts.difference is not None:
        change, mark, *_ = changed(verdicts)
        turned = answer.count(len(one.turned), "joint")
        lines.append(f"Verdicts of {verdicts.n:,} joints: {change} as by the labels{mark}; {turned} turned.")
        lines += [f"  {joint}: {before} -> {after}" for joint, before, after in one.turned[:MOST_FLIPS]]
        if len(one.turned) > MOST_FLIPS:
            lines.append(f"  and {len(one.turned) - MOST_FLIPS:,} more; --json tells all")
    lines += _flips(one)
    if one.settings:
        lines.append(answer.table(("setting", "first", "this"), [(key, *both) for key, both in one.settings.items()]))
    return [*lines, one.snapshot]


def changed(one: "Difference") -> tuple[str, str, int, int, str]:
    """A difference as cells: with its range, marked where it leaves out 0, by whom alone, p."""
    if one.difference is None:
        return "-", "", 0, 0, ""
    low, high = one.interval
    said = f"{100 * one.difference:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
    return said, "*" if one.proven else "", one.first_alone, one.second_alone, f"{one.p:.3f}"


def _flips(one: "Against") -> list[str]:
    photos = len({flip.photo_id for flip in one.flips})
    lines = [f"Photos of which they say different things: {photos:,}."]
    rows = [
        (
            flip.photo_id,
            flip.path,
            flip.name,
            flip.labelled.word,
            f"{flip.first:.2f}",
            f"{flip.second:.2f}",
            {True: "this", False: "first", None: "-"}[flip.better],
        )
        for flip in one.flips[:MOST_FLIPS]
    ]
    if rows:
        lines.append(answer.table(("photo", "path", "flag", "label", "first", "this", "right"), rows))
    if len(one.flips) > MOST_FLIPS:
        lines.append(f"and {len(one.flips) - MOST_FLIPS:,} more; --json tells all")
    return lines


def tried_json(judging: "Judging", figures: "Figures", *, seconds: float) -> dict[str, Any]:
    """What thresholds do, for machines; hours are those of all photos of the project."""
    photos = len(judging.mirror.ids)
    per_class = {}
    for place, (name, one) in enumerate(zip(judging.found.names, figures.confusions, strict=True)):
        on_raised, on_clear = judging.intervals(place, figures.thresholds[place])
        shares = {"sensitivity": one.sensitivity, "sensitivity_interval": on_raised}
        per_class[name] = asdict(one) | shares | {"specificity": one.specificity, "specificity_interval": on_clear}
    return {
        "per_class": per_class,
        "points": judging.points,
        "verdicts": figures.verdicts.to_json(),
        "passed": figures.passed.to_json(),
        "hours_saved": figures.passed.hours(photos, seconds),
        "hours": photos * seconds / 3600,
    }


def tried(result: Mapping[str, Any], own: Mapping[str, float]) -> str:
    """What thresholds do, for people; `own` were the model's before."""
    rows = [
        (
            name,
            decimal(own[name]),
            decimal(result["thresholds"][name]),
            f"{one['misses']:,} of {one['hits'] + one['misses']:,}",
            ranged(one["sensitivity"], one["sensitivity_interval"]),
            f"{one['false_alarms']:,} of {one['false_alarms'] + one['passes']:,}",
            ranged(one["specificity"], one["specificity_interval"]),
        )
        for name, one in result["per_class"].items()
    ]
    head = ("flag", "before", "threshold", "missed", "on raised (95 %)", "false alarms", "on clear (95 %)")
    passed = result["passed"]
    low, high = passed["wrongly_accepted_interval"]
    hours = (
        POINTLESS
        if not result["points"]
        else f"Passing the {passed['joints_passed']:,} of {passed['joints']:,} joints that it accepts saves "
        f"{result['hours_saved']:,.1f} of {result['hours']:,.1f} hours; {passed['wrongly_accepted']:,} of them would "
        f"be accepted wrongly ({100 * low:.1f} to {100 * high:.1f} %)."
    )
    kept = "They are the model's from now on." if result["kept"] else "Tried only: the model keeps its own."
    return "\n".join([answer.table(head, rows), *_verdicts(result), hours, *result["notes"], kept])


def mistakes_told(result: Mapping[str, Any]) -> str:
    """The costliest errors and the flags mixed up, for people."""
    rows = [
        (one["photo_id"], one["path"], one["name"], one["kind"], answer.percent(one["probability"]), one["points"])
        for one in result["mistakes"]
    ]
    if not rows:
        return "It made no error here."
    mixed = [(one["missed"], one["raised"], one["photos"]) for one in result["mixed_up"][:10]]
    tables = [answer.table(("photo", "path", "flag", "error", "it says", "points"), rows)]
    tables += [answer.table(("missed", "raised in its place", "photos"), mixed)] if mixed else []
    return "\n\n".join(tables)
