"""Which photographs are shown, in which order: filter and sort over the mirror, and what no longer matches. No Qt."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.store.mirror import Mirror
from weldstudio.studio import choices, known_names, reviewing, views
from weldstudio.studio.reviewing import EVERYTHING, QUEUES, Filter, FilterError, Queue, Sort, Term
from weldstudio.studio.views import Order, View

Rows = NDArray[np.int64]

SORTS: Final = {
    Sort.ADDED: "Order of import",
    Sort.PATH: "File name",
    Sort.TAKEN: "Capture time",
    Sort.JOINT: "Joint",
    Sort.PROBABILITY: "Most probable",
    Sort.UNCERTAINTY: "Least certain",
    Sort.DISAGREEMENT: "Strongest disagreement",
    Sort.SUSPICION: "Most doubtful label",
    Sort.MISSING: "Flag likeliest to be missing",
    Sort.WRONG: "Flag likeliest to be wrong",
    Sort.WAITING: "Longest waiting",
    Sort.NEAREST: "Nearest to the limit",
    Sort.POINTS: "Most points",
    Sort.OVER: "Farthest above the limit",
    Sort.CHANCE: "Safest to pass",
    Sort.RANDOM: "Shuffled",
    Sort.LISTED: "As the filter names them",
}
"""Sorts in words; those by the model mean the chosen flag, if there is one."""

BY_MODEL: Final = (Sort.PROBABILITY, Sort.UNCERTAINTY, Sort.DISAGREEMENT, Sort.SUSPICION, Sort.MISSING, Sort.WRONG)


_OF_TERMS: Final = {
    "suspect": Sort.SUSPICION,
    "seems-missing": Sort.MISSING,
    "missing": Sort.MISSING,
    "seems-wrong": Sort.WRONG,
    "wrong": Sort.WRONG,
}
"""In which order photographs are wanted for which a term holds."""


class Shown:
    """The order of photographs that the grid shows. It is computed when it is asked for anew, never behind one's back:
    a photograph whose labels no longer match stays, as stale, until `drop_stale`.
    """

    def __init__(
        self,
        mirror_of: Callable[[], Mirror],
        *,
        queues: Callable[[], Sequence[Queue]] = lambda: QUEUES,
        unveiled: Callable[[Rows, Filter, Sort], Rows] = lambda rows, _filter, _sort: rows,
    ) -> None:
        self._mirror_of = mirror_of
        self.queues = queues
        """What the expert works through."""
        self._unveiled = unveiled
        """Leaves out the photographs of which this filter or order would tell what is hidden."""
        self.filter: Filter = EVERYTHING
        self.sort = Sort.ADDED
        self.slot: int | None = None
        """The class that a sort by the model means."""
        self.descending = False
        self.seed = 0
        """Of a random order."""
        self.by_joint = False
        """Whether photographs of one joint stand together, where the first of them would stand."""
        self.ids: NDArray[np.int64] = np.empty(0, np.int64)

    def ask(self, text: str, *, whole: bool = True) -> None:
        """Another filter, in its text form. Raises FilterError; `whole`: for names that nothing here has, too."""
        mirror = self._mirror_of()
        self.filter = known_names.asked(mirror, text) if whole else reviewing.parse(text, mirror.scheme)
        if self.sort == Sort.LISTED and not any(term.key in ("id", "picked") for term in self.filter.terms):
            self.sort = Sort.ADDED

    def take_natural_order(self) -> None:
        """The order that the filter's terms are wanted in, if there is one, and the class that they mean."""
        for term in self.filter.terms:
            if term.key in _OF_TERMS and not term.negated:
                self.sort, self.descending = _OF_TERMS[term.key], False
                self.slot = self._mirror_of().scheme.by_name(term.value).slot if term.value else None

    def toggle(self, term: Term) -> None:
        """Put a term into the filter, or take it out; another term about the same class goes."""
        if term in self.filter.terms:
            self.filter = self.filter.without(term)
            return
        rest = tuple(t for t in self.filter.terms if (t.key, t.value) != (term.key, term.value))
        self.filter = Filter((*rest, term))

    def choose(self, term: Term) -> None:
        """Put a term into the filter in place of others of the same fact, or take it out."""
        there = term in self.filter.terms
        rest = choices.without_rivals(self.filter, term)
        self.filter = rest if there else rest & Filter((term,))

    @property
    def order(self) -> Order:
        """How it is sorted, to be kept in a view."""
        slot = self.slot if self.sort in BY_MODEL else None
        return Order(self.sort, slot, self.descending, self.seed if self.sort == Sort.RANDOM else 0)

    def take_view(self, view: View) -> None:
        """Show a saved view. Raises FilterError where it cannot be shown any more."""
        if view.problem:
            raise FilterError(view.problem)
        self.filter = view.filter
        self.take_order(view.order)

    def take_order(self, order: Order) -> None:
        """Sort so."""
        self.sort, self.descending, self.seed = order.sort, order.descending, order.seed
        if order.sort in BY_MODEL:
            self.slot = order.slot

    @property
    def view(self) -> View | None:
        """The saved view that is shown: its filter in its order, and nothing else."""
        now = self.filter, self.order
        return next((v for v in views.listed(self._mirror_of()) if (v.filter, v.order) == now and not v.problem), None)

    def take_queue(self, queue: Queue | None) -> None:
        """Work through a queue in its order; None = all photographs."""
        self.filter = queue.filter if queue is not None else EVERYTHING
        self.sort = queue.sort if queue is not None else Sort.ADDED
        self.descending = False

    @property
    def queue(self) -> Queue | None:
        """The queue that is worked through: the one whose terms the filter holds, alone or among others."""
        for queue in self.queues():
            if set(queue.filter.terms) <= set(self.filter.terms):
                return queue
        return None

    @property
    def everything(self) -> bool:
        """Whether nothing is filtered away."""
        return not self.filter.terms

    def refresh(self) -> None:
        """Compute the order anew. Raises SchemeError where the filter names a class that is gone."""
        mirror = self._mirror_of()
        order = self.order
        rows = reviewing.select(
            mirror, self.filter, sort=order.sort, slot=order.slot, descending=order.descending, seed=order.seed
        )
        rows = self._unveiled(rows, self.filter, self.sort)
        self.ids = mirror.ids[reviewing.joined(mirror, rows) if self.by_joint else rows]

    def refresh_around_stale(self) -> None:
        """`refresh`, but what matches no longer keeps its place behind the one before it."""
        self.ids = before = self.ids[np.isin(self.ids, self._mirror_of().ids)]
        kept = self.stale()
        self.refresh()
        if not kept:
            return
        behind = {photo: place + 1 for place, photo in enumerate(self.ids.tolist())}
        at, places, staying = 0, [], []
        for photo in before.tolist():
            if photo in kept:
                places.append(at)
                staying.append(photo)
            else:
                at = behind.get(photo, at)
        self.ids = np.insert(self.ids, places, staying)

    @property
    def starts(self) -> Rows | None:
        """Where in `ids` the photographs of another joint begin; None where joints are not kept together."""
        if not self.by_joint or not len(self.ids):
            return None
        mirror = self._mirror_of()
        joints = mirror.joint[mirror.rows(self.ids)]
        return np.flatnonzero(np.append(True, joints[1:] != joints[:-1]))

    def stale(self) -> frozenset[int]:
        """Photographs that are shown and match no longer."""
        if self.everything or not len(self.ids):
            return frozenset()
        mirror = self._mirror_of()
        matches = reviewing.matching(mirror, self.filter)[mirror.rows(self.ids)]
        return frozenset(self.ids[~matches].tolist())

    def drop_stale(self, *, keep: int | None) -> bool:
        """Let go of what no longer matches but for `keep`, the one that is looked at; says whether any went."""
        gone = self.stale() - {keep}
        if gone:
            self.ids = self.ids[~np.isin(self.ids, np.fromiter(gone, np.int64, len(gone)))]
        return bool(gone)
