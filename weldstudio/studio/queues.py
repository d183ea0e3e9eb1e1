"""What people work through, and the orders in which photographs can be shown; `reviewing` carries them out."""

from dataclasses import dataclass
from enum import StrEnum

from weldstudio.studio.filters import Filter, Term


class Sort(StrEnum):
    """In which order photos are shown. Those that the order says nothing of come last."""

    ADDED = "added"
    PATH = "path"
    TAKEN = "taken"
    JOINT = "joint"
    PROBABILITY = "probability"
    """The most probable first; of one class, or the highest of any."""
    UNCERTAINTY = "uncertainty"
    """Nearest to the threshold first."""
    DISAGREEMENT = "disagreement"
    """Where label and model are farthest apart first."""
    SUSPICION = "suspicion"
    """The label that is likeliest to be wrong first."""
    MISSING = "missing"
    """The same, of clear labels where a flag seems to be missing."""
    WRONG = "wrong"
    """The same, of raised labels that seem to be wrong."""
    WAITING = "waiting"
    """Joint by joint, the longest waiting first."""
    NEAREST = "nearest"
    """Joint by joint, the nearest to its reject limit first."""
    POINTS = "points"
    """Joint by joint, the most points first."""
    OVER = "over"
    """Joint by joint, the farthest above its reject limit first."""
    CHANCE = "chance"
    """Joint by joint, the least likely to reach its reject limit first."""
    RANDOM = "random"
    LISTED = "listed"
    """As the filter names them: the most alike first, where photos like one were looked for."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Photos that wait for something, in the order to work in."""

    id: str
    title: str
    hint: str
    filter: Filter
    sort: Sort = Sort.ADDED
    quiet: bool = False
    """Shown only while something waits in it."""

    @property
    def by_joint(self) -> bool:
        """Whether joints wait in it, not single photos; without points there are no verdicts to wait for."""
        return self.sort in (Sort.WAITING, Sort.NEAREST, Sort.POINTS, Sort.OVER, Sort.CHANCE)


GUARANTEE = 0.01
"""The chance below which a joint is safe to pass, unless said."""


def queues(who: str = "", guarantee: float = GUARANTEE) -> tuple[Queue, ...]:
    """What this expert works through, in the order to work in; the first is where a day begins."""
    return (
        *_JOINTS,
        *(_own(who) if who else ()),
        *_PHOTOS,
        Queue(
            "safe",
            "Safe to pass",
            f"Joints that reach their limit with a chance below {100 * guarantee:g} %; the least likely first",
            Filter((Term("safe", f"{guarantee:g}"),)),
            Sort.CHANCE,
        ),
        *_REVIEWING,
    )


def _own(who: str) -> tuple[Queue, ...]:
    return (
        Queue(
            "returned",
            "Returned to you",
            "A reviewer gave these back to you; the reason stands in the inspector",
            Filter((Term("returned", who),)),
            quiet=True,
        ),
        Queue(
            "second",
            "Second look, blind",
            "Label these without the first labels and predictions, which are hidden until your answer is given",
            Filter((Term("second", who),)),
            quiet=True,
        ),
    )


_JOINTS = (
    Queue(
        "inbox",
        "Inbox",
        "Joints that nothing was decided of, the longest waiting first",
        Filter((Term("inbox"),)),
        Sort.WAITING,
    ),
    Queue(
        "decisive",
        "Decisive",
        "One flag that is unsure, or that label and model dispute, would turn the verdict; the nearest first",
        Filter((Term("decisive"),)),
        Sort.NEAREST,
    ),
    Queue(
        "changed",
        "Issued, now reject",
        "The crew was told that the joint is accepted; by what is known now it is rejected. The worst first",
        Filter((Term("changed"),)),
        Sort.OVER,
    ),
)

_PHOTOS = (
    Queue(
        "unreviewed",
        "Unreviewed",
        "No person has looked at these yet",
        Filter((Term("unreviewed"), Term("problem", negated=True))),
    ),
    Queue(
        "altered",
        "File changed",
        "The file has another content than when it was labelled: label it again, or say that the labels hold",
        Filter((Term("altered"),)),
    ),
    Queue(
        "contradictions",
        "Contradictions",
        "A merge is clear and one of its flags raised, or the reverse, or two flags of a group are raised",
        Filter((Term("contradiction"),)),
    ),
    Queue(
        "to-split",
        "To split",
        "Labelled with a merge that was undone: say which of its flags it is",
        Filter((Term("to-split"),)),
    ),
    Queue("unsure", "Unsure", "A flag is unsure", Filter((Term("unsure"),))),
    Queue(
        "disagreements",
        "Disagreements",
        "A label and the model say different things, the strongest first",
        Filter((Term("disagrees"),)),
        Sort.DISAGREEMENT,
    ),
    Queue(
        "suspects",
        "Suspects",
        "All other labels contradict a label; the likeliest to be wrong first. F12: it is right, Shift+F12: "
        "turn it round, Ctrl+F12: unsure",
        Filter((Term("suspect"),)),
        Sort.SUSPICION,
    ),
    Queue(
        "missing",
        "Flag missing",
        "Suspects that are clear where all other labels say raised",
        Filter((Term("seems-missing"),)),
        Sort.MISSING,
        quiet=True,
    ),
    Queue(
        "wrong",
        "Flag wrong",
        "Suspects that are raised where all other labels say clear",
        Filter((Term("seems-wrong"),)),
        Sort.WRONG,
        quiet=True,
    ),
    Queue(
        "conflict",
        "Reviewers differ",
        "Two experts gave different answers, at their desks or in a blind second look; say what holds",
        Filter((Term("conflict"),)),
    ),
)

_REVIEWING = (
    Queue(
        "review",
        "To review",
        "Labelled by a person and not yet reviewed: mark them reviewed, or return them with a reason",
        Filter((Term("review", "labelled"),)),
    ),
    Queue(
        "audit",
        "Audit sample",
        "Drawn at random to be looked at again: correct what is wrong, then mark them reviewed",
        Filter((Term("audit"),)),
    ),
    Queue("problems", "Problems", "Photos that cannot be shown", Filter((Term("problem"),))),
)

QUEUES = queues()
"""Those that are the same for every expert."""
