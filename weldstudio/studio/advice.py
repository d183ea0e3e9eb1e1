"""What would help most next, from what is known of a project: the likeliest gain for the least work first."""

from dataclasses import dataclass
from typing import Any, Final

from weldstudio.domain.labelling import State
from weldstudio.domain.scores import FEW
from weldstudio.store.mirror import Mirror
from weldstudio.studio import reviewing
from weldstudio.studio.filters import Filter, Term, flag_term
from weldstudio.studio.quality import Findings

MOST: Final = 6
MANY_WRONG: Final = 0.05
"""From this share on, wrong labels of a flag come before everything that needs a good model."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do, and where."""

    sentence: str
    button: str
    filter: str = ""
    """Photographs to look at; '' = `action`."""
    sort: str = ""
    action: str = ""
    """Id of an action of the window."""

    def to_json(self) -> dict[str, Any]:
        return {"sentence": self.sentence, "filter": self.filter or None}


def advice(mirror: Mirror, found: Findings) -> list[Advice]:
    """At most `MOST`, the best first."""
    said: list[Advice] = []
    counts = reviewing.counts(mirror)
    if not counts.photos:
        return [Advice("There are no photographs yet. Import a folder of them.", "Import", action="collection.import")]
    if not mirror.scheme.classes:
        return [Advice("There are no flags yet. Say what is to be looked for.", "Flags", action="page.flags")]
    twins = sum(one.twins for one in found.standings)
    if twins:
        sentence = (
            f"{_many(twins, 'label')} of near-duplicates contradict each other: one of each pair is wrong for certain."
        )
        said.append(Advice(sentence, "Look at them", "suspect", "suspicion"))
    differ = found.agreement.differing
    if differ:
        sentence = f"Experts differ about {_many(differ, 'label')}; say what holds."
        said.append(Advice(sentence, "Settle them", "conflict"))
    said += [
        Advice(one.sentence, "Its suspects", Filter((Term("suspect", one.flag),)).text, "suspicion")
        for one in found.lazy[:2]
    ]
    said += _wrong(found)
    said += _too_few(mirror, counts)
    if not found.model:
        known = sum(1 for one in counts.classes.values() if min(one[State.RAISED], one[State.CLEAR]) >= FEW)
        sentence = f"{_many(known, 'flag')} can be learned: train a model, and suspects, estimates and curves follow."
        said.append(
            Advice(sentence, "Train", action="page.train")
            if known
            else Advice("Label ten raised and ten clear photographs of a flag to train on.", "Label", "unreviewed")
        )
    elif not found.learned:
        sentence = "The photographs have no features yet, so no label can be doubted: predict all photographs."
        said.append(Advice(sentence, "Predict all", action="work.predict"))
    if counts.reviewed < counts.photos and found.learned:
        left = counts.photos - counts.reviewed
        sentence = f"{_many(left, 'photograph')} nobody has looked at: label those that teach most first."
        said.append(Advice(sentence, "What to label next", action="work.next"))
    if counts.reviewed and not any(one.of for pair in found.right.values() for one in pair):
        sentence = "How many labels are wrong is an estimate until some are drawn by chance and looked at again."
        said.append(Advice(sentence, "Draw an audit sample", action="review.audit"))
    return said[:MOST]


def _wrong(found: Findings) -> list[Advice]:
    """The flag and kind of which looking at suspects mends most."""
    known = [
        (one.estimate.expected, one)
        for one in found.standings
        if one.waiting and one.estimate is not None and (one.estimate.share or 0) >= MANY_WRONG
    ]
    if not known:
        return []
    expected, best = max(known, key=lambda pair: pair[0])
    seems = "missing" if best.kind == "missing" else "raised wrongly"
    sentence = (
        f"{best.flag} seems to be {seems} on {round(expected):,} photographs; {_many(best.waiting, 'suspect')} wait."
    )
    return [Advice(sentence, "Look at them", Filter((Term(best.kind, best.flag),)).text, best.kind)]


def _too_few(mirror: Mirror, counts: reviewing.Counts) -> list[Advice]:
    """The flag that needs the fewest further photographs to be learned."""
    lacking = []
    for item in mirror.scheme.classes:
        unseen, raised, _, _ = counts.classes[item.slot]
        if 0 < raised < FEW and unseen:
            lacking.append((FEW - raised, item.name, raised))
    if not lacking:
        return []
    _, name, raised = min(lacking)
    sentence = f"{name} is raised on {raised} of the {FEW} photographs it takes to learn it: look for more."
    return [Advice(sentence, "Look for more", Filter((flag_term(name, State.UNSEEN),)).text, "probability")]


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"
