"""How far a model can be trusted, as rows of figures and a sentence: calibration, promises, verdicts of joints."""

from collections.abc import Mapping
from typing import Any, Final

from weldstudio.domain.trust import told
from weldstudio.gui.models.class_rows import class_rows
from weldstudio.gui.words import counted, percent, percent_range

HEADS: Final = (
    ("Flag", ""),
    (
        "Off by",
        "How far its probabilities lie from what is true, on average (expected calibration error). Click: its curve",
    ),
    ("Corrected", "The same after a correction found on validation photographs (Platt)"),
    (
        "From",
        "The probability from which to raise so that no more raised are missed than promised. Click: those raised",
    ),
    (
        "Miss rate promised",
        "What that threshold did on these photographs, or what the promise takes. Click: those missed",
    ),
)


def trust_rows(scores: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """(flag, calibration error, corrected, threshold, what is promised), in the order of the flags' scores.

    None from before these were measured.
    """
    rows: list[tuple[str, ...]] = []
    for name in (row.name for row in class_rows(dict(scores["per_class"]))):
        one = scores["per_class"][name]
        promise = one.get("promise")
        if promise is None:
            continue
        rate = percent(promise["miss_rate"], digits=0)
        more = f"{rate}: {told(one)}"
        threshold = "–" if promise["threshold"] is None else f"{promise['threshold']:.3f}"
        error, after = percent(one["calibration_error"]), percent(promise.get("calibrated_error"))
        rows.append((name, error, after, threshold, more))
    return rows


def verdict_words(scores: Mapping[str, Any]) -> str:
    """How the verdicts of joints agree with those by the labels, as a sentence; '' where there are none."""
    found = scores.get("verdicts")
    if not found or not found["joints"]:
        return ""
    missed, alarms = found["rejected_by_labels_accepted_by_model"], found["accepted_by_labels_rejected_by_model"]
    joints = link(counted(found["joints"], "joint"), "joints_judged")
    if not found["rejected_by_both"] + missed:
        return f"Verdicts: the labels reject none of {joints}, so agreement on them says little."
    words = (
        f"Verdicts: {link(percent(found['agreement']), 'joints_agreeing')} of {joints} as by the labels "
        f"({link(percent_range(*found['interval']), 'joints_agreeing')})"
    )
    missing, wrong = link(f"{missed:,}", "joints_misses"), link(f"{alarms:,}", "joints_false_alarms")
    return f"{words}. Rejects that it would accept: {missing}; accepts that it would reject: {wrong}."


def link(text: str, what: str) -> str:
    """Words that open photographs (`studio.behind`); nothing opens none."""
    return text if text in ("0", "–") else f'<a style="text-decoration: none" href="{what}">{text}</a>'
