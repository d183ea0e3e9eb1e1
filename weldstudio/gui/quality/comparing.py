"""Panels that compare kinds of equipment: how differently they see, and from when labels can be trusted."""

from typing import Final

from weldstudio.gui.quality.blocks import Block, Choice, Curve, Link, Note, Table
from weldstudio.gui.quality.doubts import wait
from weldstudio.gui.quality.known import Known
from weldstudio.gui.words import count, percent, percent_range
from weldstudio.studio.filters import Filter, Term

DRIFT_TABLE: Final = "How differently equipment sees"
CURVE_TABLE: Final = "Month by month"


def equipment(known: Known) -> list[Block]:
    """Feature distance and score of each kind of equipment."""
    found = known.findings
    if found is None:
        return [wait(known)]
    if not found.drift:
        return [_lacking(known, found.no_drift)]
    heads = [
        ("Equipment", ""),
        ("Photographs", "That have features"),
        ("Distance", f"From {found.trusted}, by features, in standard deviations along where the two differ most"),
        ("Told apart", "How often features tell which of two photographs is of which: 50 % as by chance, 100 % always"),
        ("Score", "Mean per-class accuracy by fits that did not see the photograph's joint"),
        ("95 %", "Interval of the score"),
    ]
    rows, links = [], {}
    for row, one in enumerate(found.drift):
        trusted = " (trusted)" if one.equipment == found.trusted else ""
        interval = "–" if one.score is None else percent_range(*one.interval)
        distance = "–" if one.distance is None else f"{one.distance:.1f} s.d."
        cells = (distance, percent(one.told_apart, digits=0), percent(one.score), interval)
        rows.append((one.equipment + trusted, count(one.photos), *cells))
        here = Term("equipment", one.equipment)
        links[row, 1] = Link(here.text)
        if one.distance is not None:
            links[row, 2] = Link(here.text)
        if one.score is not None:
            links[row, 4] = Link(Filter((here, Term("disagrees"))).text)
    text = (
        "Where the distance is large and the score low, a model does not carry over from one kind of equipment to the "
        "other: train on both. A score opens the photographs on which label and model disagree."
    )
    return [_trusted(known), Table(DRIFT_TABLE, heads, rows, text, links)]


def cut_off(known: Known) -> list[Block]:
    """The curve and its table."""
    found = known.findings
    if found is None:
        return [wait(known)]
    curve = found.cut_off
    if curve is None:
        return [_lacking(known, found.no_cut_off)]
    links = {one.name: Link(_of_month(known, one.name)) for one in curve.months}
    heads = [
        ("Taken", ""),
        ("Photographs", "That were scored, drawn by chance where there are many"),
        ("This month", f"Mean per-class accuracy of heads learned from {curve.trusted} alone"),
        ("95 %", ""),
        ("With all newer ones", "The same, from the newest month back to this one"),
        ("95 %", ""),
    ]
    rows = [
        (
            one.name,
            count(one.photos),
            percent(one.score),
            "–" if one.score is None else percent_range(*one.interval),
            percent(one.since),
            "–" if one.since is None else percent_range(*one.since_interval),
        )
        for one in curve.months
    ]
    opened = {
        (row, column): Link(f"{links[one.name].filter} disagrees") if column == 2 else links[one.name]
        for row, one in enumerate(curve.months)
        for column in (1, 2, 4)
    }
    own = f" On {curve.trusted} itself they reach {percent(curve.own)} (dashed)." if curve.own is not None else ""
    text = (
        f"Heads learned from {count(curve.learned)} photographs of {curve.trusted} are scored on all others: dots are "
        f"single months with their interval, the line is each month with all newer ones.{own}"
    )
    return [
        _trusted(known),
        Note(curve.sentence, "warning" if curve.falls else ""),
        Curve(curve, links),
        Note(text),
        Table(CURVE_TABLE, heads, rows, "", opened),
    ]


def _of_month(known: Known, month: str) -> str:
    trusted = Term("equipment", known.findings.trusted if known.findings is not None else "", negated=True)
    return Filter((trusted, Term("taken", month))).text


def _trusted(known: Known) -> Choice:
    assert known.findings is not None
    options = [(name, name) for name in known.findings.equipments]
    return Choice("trusted", "Labels are trusted of", options, known.findings.trusted)


def _lacking(known: Known, sentence: str) -> Note:
    assert known.findings is not None
    if not known.findings.trusted:
        return Note(sentence, "", "Import labels", Link(action="collection.import"))
    if not known.findings.model:
        return Note(sentence, "", "Go to Train", Link(action="page.train"))
    return Note(sentence, "", "Predict all photographs", Link(action="work.predict"))
