"""Panels about wrong labels: suspects by flag, and estimates by equipment and month."""

from typing import TYPE_CHECKING, Final

from weldstudio.domain.labelling import State
from weldstudio.gui.quality.blocks import Block, Choice, Figures, Link, Note, Table
from weldstudio.gui.quality.known import Known
from weldstudio.gui.words import count, percent, percent_range
from weldstudio.studio import looks
from weldstudio.studio.filters import Term, flag_term
from weldstudio.studio.suspects import RIGHT, UNSURE, WRONG

if TYPE_CHECKING:
    from weldstudio.domain.wrong_labels import Wrong
    from weldstudio.studio.doubting import Standing

MISSING_TABLE: Final = "Flag missing"
WRONG_TABLE: Final = "Flag wrong"
MONTH_TABLE: Final = "By equipment and month"
LOOK: Final = "quality.refresh"
_TWINS: Final = Link(words="suspects that near-duplicates contradict", ask=(looks.TWINS,))


def wait(known: Known) -> Note:
    """Before the labels were looked through."""
    if known.looking:
        return Note("Looking through the labels … The status line shows how far it is; its cross ends it.")
    return Note("The labels have not been looked through yet.", "", "Look through them", Link(action=LOOK))


def not_learned(known: Known) -> Note | None:
    """Why no label can be doubted by the others, and what to do; None where it can."""
    found = known.findings
    if found is None:
        return wait(known)
    if found.learned:
        return None
    if not found.model:
        text = "Which labels are doubtful, the others say by what a model sees. There is no model yet."
        return Note(text, "", "Go to Train", Link(action="page.train"))
    text = (
        "Nothing was learned from the labels yet: all photographs are predicted first, which keeps what the model sees."
    )
    return Note(text, "", "Predict all photographs", Link(action="work.predict"))


def suspects(known: Known) -> list[Block]:
    """Both lists, flag by flag, with what the answers say of them."""
    found = known.findings
    if found is None:
        return [wait(known)]
    waiting = {kind: sum(one.waiting for one in found.standings if one.kind == kind) for kind in ("missing", "wrong")}
    twins = sum(one.twins for one in found.standings)
    figures = [
        (count(waiting["missing"]), "labels where a flag seems to be missing", Link("seems-missing")),
        (count(waiting["wrong"]), "labels where a flag seems to be wrong", Link("seems-wrong")),
        (count(twins), "of these contradicted by near-duplicates: they come first", _TWINS),
    ]
    blocks: list[Block] = [Figures([(n, words, link if n != "0" else Link()) for n, words, link in figures])]
    blocks += [
        Note(one.sentence, "warning", "Its suspects", Link(Term("suspect", one.flag).text)) for one in found.lazy
    ]
    lacking = not_learned(known)
    if lacking is not None:
        blocks.append(lacking)
    text = (
        "Labels that all other labels contradict. Answer for each with F12: it is right, Shift+F12: turn it round, "
        "Ctrl+F12: unsure. The estimate is of all labels of this kind, and the answers narrow it down."
    )
    blocks.append(_table(MISSING_TABLE, found.standings, "missing", text))
    blocks.append(_table(WRONG_TABLE, found.standings, "wrong"))
    return blocks


def _table(title: str, standings: "tuple[Standing, ...]", kind: str, text: str = "") -> Table:
    state = "clear" if kind == "missing" else "raised"
    heads = [
        ("Flag", ""),
        ("Suspects", "Waiting to be looked at, the most doubtful first"),
        ("Labels", f"Labelled {state}"),
        ("Wrong, est.", "How many of these labels are wrong, by estimate"),
        ("95 %", "As far as your answers narrow it down"),
        ("Answered", "Suspects that somebody has answered for"),
        ("Were wrong", "Of the answered ones, how many were wrong indeed, with its interval"),
    ]
    rows, links = [], {}
    for row, one in enumerate(one for one in standings if one.kind == kind):
        wrong = one.estimate
        answered = one.right + one.wrong + one.unsure
        precision = "–" if one.precision is None else f"{percent(one.precision, digits=0)} ({_range(one.interval)})"
        labels = "–" if wrong is None else count(wrong.labels)
        rows.append((one.flag, count(one.waiting), labels, *_estimate(wrong), count(answered), precision))
        if wrong is not None and wrong.labels:
            links[row, 2] = Link(flag_term(one.flag, State.CLEAR if kind == "missing" else State.RAISED).text)
        if one.waiting:
            links[row, 1] = links[row, 3] = Link(Term(kind, one.flag).text)
        said = {5: (RIGHT, WRONG, UNSURE), 6: (WRONG,)}
        for column, there in ((5, answered), (6, one.wrong)):
            if there:
                words = f"{one.flag}, flag {kind}: {heads[column][0].lower()}"
                links[row, column] = Link(words=words, ask=(looks.ANSWERED, str(one.slot), kind, *said[column]))
    return Table(title, heads, rows, text, links)


def months(known: Known) -> list[Block]:
    """Labels by equipment and month, of one flag or of all, with how many are wrong by estimate."""
    found = known.findings
    if found is None:
        return [wait(known)]
    blocks: list[Block] = []
    if not any(one.equipment for one in found.parts):
        text = "With what the photographs were taken is not known: say so when importing, or in a table of labels."
        blocks.append(Note(text, "", "Import labels", Link(action="collection.import")))
    if not any(one.month for one in found.parts):
        text = (
            "When the photographs were taken is not known: their files say nothing, and no table of labels has said it."
        )
        blocks.append(Note(text, "", "Import labels", Link(action="collection.import")))
    options = [("", "All flags"), *((item.name, item.name) for item in known.mirror.scheme.classes)]
    chosen = known.flag if any(known.flag == value for value, _ in options) else ""
    blocks.append(Choice("flag", "Labels of", options, chosen))
    heads = [
        ("Equipment, month", ""),
        ("Photographs", ""),
        ("Looked at", "By a person"),
        ("Raised", "Labels raised"),
        ("Clear", "Labels clear"),
        ("Unsure", "Labels unsure"),
        ("Wrong, est.", "How many of the labels are wrong, by estimate"),
        ("95 %", "As far as answers about suspects narrow it down"),
        ("Share", "Of the labels that are wrong"),
    ]
    slots = {item.name: item.slot for item in known.mirror.scheme.classes}
    rows, links = [], {}
    for row, one in enumerate(found.parts):
        _, raised, clear, unsure = one.states[chosen] if chosen else one.all_states()
        wrong = one.wrong.get(chosen) if chosen else one.all_wrong()
        name = f"{one.equipment or 'Equipment not known'}, {one.month or 'no date'}"
        share = "–" if wrong is None else percent(wrong.share)
        rows.append((name, *map(count, (one.photos, one.looked_at, raised, clear, unsure)), *_estimate(wrong), share))
        of = f" {slots[chosen]}" if chosen else ""
        opened = {1: ("", True), 2: ("looked", one.looked_at)}
        opened |= {3: (f"raised{of}", raised), 4: (f"clear{of}", clear), 5: (f"unsure{of}", unsure)}
        opened[6] = (f"suspect{of}", wrong is not None and wrong.expected >= 0.5)
        for column, (what, there) in opened.items():
            if there:
                words = (
                    f"{name}: {heads[column][0].lower().removesuffix(', est.')}{' ' + chosen if chosen and of else ''}"
                )
                links[row, column] = Link(words=words, ask=(looks.PART, one.equipment, one.month, what))
    blocks.append(Table(MONTH_TABLE, heads, rows, "", links))
    return blocks


def _estimate(wrong: "Wrong | None") -> tuple[str, str]:
    if wrong is None:
        return "–", "–"
    return count(round(wrong.expected)), f"{count(round(wrong.low))} to {count(round(wrong.high))}"


def _range(interval: tuple[float, float]) -> str:
    return percent_range(*interval)
