"""The panels of the Quality page as blocks: pure functions of what is known."""

from collections.abc import Callable, Mapping
from typing import Final

from weldstudio.domain.labelling import Source, State
from weldstudio.domain.scores import FEW
from weldstudio.gui.quality.blocks import EMPTY, EVERY, Block, Figures, Heading, Link, Note, Table
from weldstudio.gui.quality.comparing import cut_off, equipment
from weldstudio.gui.quality.doubts import months, suspects, wait
from weldstudio.gui.quality.known import Known
from weldstudio.gui.quality.people import AGREEMENT, AUDITS
from weldstudio.gui.words import count, counted, percent, percent_range
from weldstudio.studio import looks
from weldstudio.studio.filters import Filter, Term, flag_term

MOST_PROBLEMS: Final = 200
MOST_CLUSTERS: Final = 100
MOST_EQUIPMENTS: Final = 6
STATE_TABLE: Final = "Labels by state"
SOURCE_TABLE: Final = "Where the labels came from"
BALANCE_TABLE: Final = "Class balance"
WEEK_TABLE: Final = "Photographs looked at, by week"
PROBLEM_TABLE: Final = "Problems"
RATE_TABLE: Final = "How often each expert raises a flag"
CLUSTER_TABLE: Final = "Near-duplicates"
STATES: Final = (State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN)
SOURCES: Final = {
    Source.HAND: ("One by one", "Given by a person to one photograph"),
    Source.BULK: ("Several at once", "Given by a person to several photographs in one action"),
    Source.COPIED: ("Copied", "Copied by a person from another photograph"),
    Source.IMPORT: ("Imported", "Read from a file"),
    Source.ASSUMED: ("Assumed clear", "Clear because a file that lists raised flags only did not list it"),
    Source.ACCEPTED: ("Accepted", "A model's prediction that a person accepted; never used to judge a model"),
}


def overview(known: Known) -> list[Block]:
    """How far the work has come, and what would help most next."""
    seen = known.seen
    figures = [
        (
            count(seen.photos),
            "photograph" if seen.photos == 1 else "photographs",
            EVERY,
        ),
        (count(seen.joints), "joint" if seen.joints == 1 else "joints", EVERY),
        (
            percent(seen.looked_at / seen.photos, digits=0),
            f"looked at by a person ({count(seen.looked_at)})",
            Link("reviewed"),
        ),
        (percent(seen.labelled / seen.photos, digits=0), f"with any label ({count(seen.labelled)})", Link("labelled")),
    ]
    if seen.conflicts:
        figures.append((count(seen.conflicts), "with two flags of one group", Link("contradiction")))
    if seen.undated:
        figures.append((count(seen.undated), "of unknown date", _undated(known)))
    blocks: list[Block] = [Figures(figures), Heading("What would help most next")]
    for one in known.advice:
        blocks.append(Note(one.sentence, "", one.button, Link(one.filter, action=one.action)))
    if not known.advice:
        text = "Looking through the labels …" if known.looking else "Nothing stands out."
        blocks.append(Note(text))
    if known.findings is not None and known.findings.weeks:
        heads = [("Week of", "Its Monday"), ("Photographs", "That a person looked at for the first time in that week")]
        rows = [(week, count(photos)) for week, photos in known.findings.weeks]
        links = {
            (row, 1): Link(words=f"first looked at in the week of {week}", ask=(looks.WEEK, week))
            for row, (week, _) in enumerate(known.findings.weeks)
        }
        blocks.append(Table(WEEK_TABLE, heads, rows, "", links))
    return blocks


def labels(known: Known) -> list[Block]:
    """Labels by state and source, and how evenly the classes are filled."""
    if not known.classes:
        return [Note("There are no flags to count labels of yet.", "", "Go to Flags", Link(action="page.flags"))]
    heads = [("Flag", ""), *((s.word.capitalize(), f"Photographs labelled {s.word}") for s in STATES)]
    heads.append(("Labelled", "Share of all photographs with a label of this flag"))
    rows = [
        (
            c.name,
            *(count(c.states[s]) for s in STATES),
            percent(1 - c.states[State.UNSEEN] / known.seen.photos, digits=0),
        )
        for c in known.classes
    ]
    links = {
        (row, column): Link(flag_term(c.name, state).text)
        for row, c in enumerate(known.classes)
        for column, state in enumerate(STATES, 1)
        if c.states[state]
    }
    blocks: list[Block] = [Table(STATE_TABLE, heads, rows, "A number opens its photographs.", links)]
    blocks.append(_balance(known))
    used = [source for source in SOURCES if any(c.sources.get(source) for c in known.classes)]
    if used:
        heads = [("Flag", ""), *(SOURCES[source] for source in used)]
        rows = [(c.name, *(count(c.sources.get(source, 0)) for source in used)) for c in known.classes]
        slots = {item.name: item.slot for item in known.mirror.scheme.live_flags}
        slots |= {item.name: item.slot for item in known.mirror.scheme.live_merges}
        links = {
            (row, column): Link(
                words=f"{c.name}: {SOURCES[source][0].lower()}",
                ask=(looks.SOURCE, str(slots[c.name]), str(int(source))),
            )
            for row, c in enumerate(known.classes)
            for column, source in enumerate(used, 1)
            if c.sources.get(source)
        }
        blocks.append(Table(SOURCE_TABLE, heads, rows, "", links))
    if len(known.equipments) > 1:
        blocks.append(_by_equipment(known))
    return blocks


def _balance(known: Known) -> Table:
    """Raised against clear, the scarcest first."""
    heads = [
        ("Flag", ""),
        ("Raised", ""),
        ("Share", "Raised, of raised and clear"),
        ("Clear for each raised", "How many clear photographs stand against one raised"),
        ("To learn it", f"A flag is learned from {FEW} raised and {FEW} clear photographs on"),
    ]
    rows, links = [], {}
    scarcest = sorted(known.classes, key=lambda c: (c.states[State.RAISED], c.name))
    for row, c in enumerate(scarcest):
        raised, clear = c.states[State.RAISED], c.states[State.CLEAR]
        lacking = FEW - min(raised, clear)
        rows.append(
            (
                c.name,
                count(raised),
                percent(raised / (raised + clear) if raised + clear else None),
                f"{clear / raised:,.1f}" if raised else "–",
                "enough" if lacking <= 0 else f"{lacking} more",
            )
        )
        if raised:
            links[row, 1] = Link(flag_term(c.name, State.RAISED).text)
        if lacking > 0 and c.states[State.UNSEEN]:
            links[row, 4] = Link(flag_term(c.name, State.UNSEEN).text)
    return Table(BALANCE_TABLE, heads, rows, "The scarcest flag first.", links)


def _by_equipment(known: Known) -> Table:
    shown = known.equipments[:MOST_EQUIPMENTS]
    heads = [("", ""), *((e.name, e.name) for e in shown)]
    rows: list[tuple[str, ...]] = [
        ("Photographs", *(count(e.photos) for e in shown)),
        ("Looked at by a person", *(percent(e.looked_at / e.photos, digits=0) for e in shown)),
    ]
    links: dict[tuple[int, int], Link] = {}
    for column, e in enumerate(shown, 1):
        if e.name in known.mirror.equipments:
            links[0, column] = Link(Term("equipment", e.name).text)
            links[1, column] = Link(Filter((Term("equipment", e.name), Term("reviewed"))).text)
    for i, item in enumerate(known.mirror.scheme.classes):
        pairs = [e.raised[i] for e in shown]
        shares = (percent(raised / labelled if labelled else None) for raised, labelled in pairs)
        for column, e in enumerate(shown, 1):
            if e.name in known.mirror.equipments and e.raised[i][0]:
                terms = (Term("equipment", e.name), flag_term(item.name, State.RAISED))
                links[len(rows), column] = Link(Filter(terms).text)
        rows.append((f"{item.name}, raised of labelled", *shares))
    return Table("By equipment", heads, rows, links=links)


def duplicates(known: Known) -> list[Block]:
    """Clusters of near-duplicates, those that contradict each other first."""
    found = known.findings
    if found is None:
        return [wait(known)]
    if not found.clusters:
        return [Note("No two photographs are nearly the same.")]
    differ = found.differing
    every = tuple(photo for one in found.clusters for photo in one.photo_ids)
    odd = tuple(photo for one in differ for photo in one.photo_ids)
    figures = [
        (count(len(found.clusters)), "clusters of near-duplicates", Link(ids=every, words="near-duplicates")),
        (count(len(every)), "photographs in them", Link(ids=every, words="near-duplicates")),
        (
            count(len(differ)),
            "clusters whose labels contradict each other",
            Link(ids=odd, words="near-duplicates that differ") if odd else EMPTY,
        ),
    ]
    heads = [("Photographs", ""), ("How many", ""), ("Labelled otherwise", "Raised on one and clear on another")]
    shown = found.clusters[:MOST_CLUSTERS]
    rows = [(", ".join(one.paths[:3]), count(len(one.photo_ids)), ", ".join(one.conflicts) or "–") for one in shown]
    links = {
        (row, 1): Link(ids=one.photo_ids, words=f"near-duplicates of {one.paths[0]}") for row, one in enumerate(shown)
    }
    text = "They stay together when photographs are dealt out for training and judging."
    if differ:
        text += (
            " Where their labels contradict each other one is wrong for certain; these come first among the suspects."
        )
    blocks: list[Block] = [Figures(figures), Table(CLUSTER_TABLE, heads, rows, text, links, words_last=True)]
    if len(found.clusters) > len(shown):
        blocks.append(Note(f"and {counted(len(found.clusters) - len(shown), 'more', 'more')}."))
    return blocks


def people(known: Known) -> list[Block]:
    """What experts make of the photographs, and how far two agree."""
    blocks: list[Block] = [Table(*table) for table in known.people]
    if known.rates:
        blocks.append(_rates(known))
    titles = {table[0] for table in known.people}
    if AGREEMENT not in titles:
        text = "How far two experts agree is known once one has looked, blind, at photographs of another."
        blocks.insert(0, Note(text, "", "Send a share to a second reviewer…", Link(action="review.second")))
    if AUDITS not in titles:
        text = "How many labels are wrong is known once some, drawn by chance, have been looked at again."
        blocks.append(Note(text, "", "Draw an audit sample…", Link(action="review.audit")))
    return blocks


def _rates(known: Known) -> Table:
    heads = [
        ("Expert, medium", "Who labelled, and what flows through the pipes"),
        ("Photographs", "Looked at by this expert"),
        ("With a flag", "On which this expert raised at least one flag"),
        ("Rate", "People raise flags on water pipes more readily"),
        ("95 %", "Where the rate lies with 95 % certainty"),
    ]
    rows = [
        (
            f"{r.who}, {r.medium or 'medium not known'}",
            *(count(r.photos), count(r.raised), percent(r.rate), percent_range(*r.interval)),
        )
        for r in known.rates
    ]
    links = {}
    for row, r in enumerate(known.rates):
        name = rows[row][0]
        links[row, 1] = Link(words=f"looked at by {name}", ask=(looks.EXPERT, r.who, r.medium))
        if r.raised:
            links[row, 2] = links[row, 3] = Link(words=f"raised by {name}", ask=(looks.RAISED, r.who, r.medium))
    return Table(RATE_TABLE, heads, rows, "", links)


def problems(known: Known) -> list[Block]:
    """Photographs that cannot be shown."""
    if not known.problems:
        return [Heading(PROBLEM_TABLE), Note("Every photograph that was read can be shown.")]
    shown = known.problems[:MOST_PROBLEMS]
    heads = [("Photograph", ""), ("Why it cannot be shown", "")]
    rows = [(path, why) for _, path, why in shown]
    links = {(row, 0): Link(f"id:{photo}") for row, (photo, _, _) in enumerate(shown)}
    blocks: list[Block] = [
        Figures([(count(len(known.problems)), "that cannot be shown", Link("problem"))]),
        Table(PROBLEM_TABLE, heads, rows, "", links, words_last=True),
    ]
    if len(known.problems) > len(shown):
        blocks.append(Note(f"and {counted(len(known.problems) - len(shown), 'more', 'more')}."))
    return blocks


def _undated(known: Known) -> Link:
    ids = known.mirror.ids[known.mirror.taken < 0]
    return Link(ids=tuple(ids.tolist()), words="of unknown date")


PANELS: Final[Mapping[str, tuple[str, Callable[[Known], list[Block]]]]] = {
    "overview": ("At a glance", overview),
    "labels": ("Labels", labels),
    "months": ("Equipment and month", months),
    "suspects": ("Suspects", suspects),
    "duplicates": ("Duplicates", duplicates),
    "people": ("Experts", people),
    "equipment": ("Drift", equipment),
    "cut_off": ("Cut-off date", cut_off),
    "problems": ("Problems", problems),
}
"""Title and blocks of each panel, by its id, in their order."""
