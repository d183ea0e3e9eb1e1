"""How good the labels of a project are: all that the Quality page and `weldstudio quality` show beyond plain counts.

`counting` counts, `doubting` estimates wrong labels, `likeness` finds near-duplicates, `drift` and `cut_off` compare
kinds of equipment, `advice` says what would help most. What cannot be said yet is a sentence that says what to do.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import State, looked_at
from weldstudio.domain.wrong_labels import NONE, Wrong
from weldstudio.store import events
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import cut_off, doubting, features, likeness, next_batch, second, suspects
from weldstudio.studio import drift as drifting
from weldstudio.studio.cut_off import CutOff
from weldstudio.studio.doubting import Estimator, Lazy, Standing
from weldstudio.studio.drift import Drift
from weldstudio.studio.likeness import Cluster
from weldstudio.studio.looks import mondays
from weldstudio.studio.months import UNDATED, times
from weldstudio.studio.samples import Share

NO_EQUIPMENT: Final = "not known"
WEEKS: Final = 8
_CHUNK = 4000


@dataclass(frozen=True, slots=True)
class Part:
    """The photographs of one kind of equipment and one month (or year, where there are many months)."""

    equipment: str
    """'' = not known."""
    month: str
    """'' = not known."""
    photos: int
    looked_at: int
    states: Mapping[str, tuple[int, int, int, int]]
    """Of each class, indexed by `State`."""
    wrong: Mapping[str, Wrong]
    """Of each class, both kinds together; empty where nothing was learned yet."""

    @property
    def filter(self) -> str:
        """The text of a filter for these photographs."""
        from weldstudio.studio.filters import Filter, Term

        terms = [Term("equipment", self.equipment)] if self.equipment else []
        terms += [Term("taken", self.month)] if self.month else []
        return Filter(tuple(terms)).text

    def all_states(self) -> tuple[int, int, int, int]:
        """Over all classes."""
        unseen, raised, clear, unsure = (sum(one[state] for one in self.states.values()) for state in range(4))
        return unseen, raised, clear, unsure

    def all_wrong(self) -> Wrong | None:
        """Over all classes."""
        return sum(self.wrong.values(), NONE) if self.wrong else None

    def to_json(self) -> dict[str, Any]:
        whole = self.all_wrong()
        return {
            "equipment": self.equipment or None,
            "month": self.month or None,
            "photos": self.photos,
            "looked_at": self.looked_at,
            "wrong": None if whole is None else whole.to_json(),
            "flags": {
                name: dict(zip(("unseen", "raised", "clear", "unsure"), states, strict=True))
                | ({"wrong": self.wrong[name].to_json()} if name in self.wrong else {})
                for name, states in self.states.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Findings:
    """What looking through the labels has found."""

    standings: tuple[Standing, ...]
    lazy: tuple[Lazy, ...]
    parts: tuple[Part, ...]
    """The newest month first, equipment by equipment within it."""
    clusters: tuple[Cluster, ...]
    right: Mapping[str, tuple[Share, Share]]
    """By class, how many raised and how many clear photos that were drawn by chance the model had right."""
    agreement: second.Agreement
    weeks: tuple[tuple[str, int], ...]
    """Photos that a person looked at first in each of the last weeks, by the week's Monday, the newest first."""
    trusted: str = ""
    equipments: tuple[str, ...] = ()
    drift: tuple[Drift, ...] = ()
    no_drift: str = ""
    """Why equipments cannot be compared, and what to do."""
    cut_off: CutOff | None = None
    no_cut_off: str = ""
    learned: bool = False
    """Whether something was learned from the labels, so that doubts and estimates mean something."""
    model: bool = False

    @property
    def differing(self) -> list[Cluster]:
        """Clusters whose labels contradict each other."""
        return [one for one in self.clusters if one.conflicts]

    def to_json(self) -> dict[str, Any]:
        return {
            "suspects": [one.to_json() for one in self.standings],
            "lazy_answer_wins": [one.to_json() for one in self.lazy],
            "by_equipment_and_month": [one.to_json() for one in self.parts],
            "duplicates": len(self.clusters),
            "duplicates_that_differ": len(self.differing),
            "agreement": self.agreement.to_json(),
            "weeks": [{"monday": week, "photos_looked_at": photos} for week, photos in self.weeks],
            "trusted_equipment": self.trusted or None,
            "drift": [one.to_json() for one in self.drift],
            "no_drift": self.no_drift or None,
            "cut_off": None if self.cut_off is None else self.cut_off.to_json(),
            "no_cut_off": self.no_cut_off or None,
        }


@dataclass(slots=True)
class _Compared:
    trusted: str = ""
    drift: list[Drift] = field(default_factory=list)
    no_drift: str = ""
    cut_off: CutOff | None = None
    no_cut_off: str = ""


def look(store: Store, *, trusted: str = "") -> Generator[Progress, None, Findings]:
    """Looks through all labels. Closing it leaves what was there. `trusted` is an equipment."""
    mirror = mirrors.read(store)
    clusters = yield from likeness.mark(store, mirror)
    yield Progress(0, None, "estimating wrong labels")
    standings = doubting.standings(mirror)
    yield Progress(0, None, "counting by equipment and month")
    found = yield from parts(mirror)
    weeks = yield from _weeks(store, mirror)
    compared = yield from _compare(store, mirror, trusted)
    return Findings(
        tuple(standings),
        tuple(doubting.lazy(mirror, standings)),
        found,
        tuple(clusters),
        next_batch.accuracy(store, mirror),
        second.agreement(mirror),
        weeks,
        compared.trusted,
        tuple(name for code, name in enumerate(mirror.equipments) if name and (mirror.equipment == code).any()),
        tuple(compared.drift),
        compared.no_drift,
        compared.cut_off,
        compared.no_cut_off,
        suspects.alone(mirror) is not None,
        mirror.model_id is not None,
    )


def parts(mirror: Mirror) -> Generator[Progress, None, tuple[Part, ...]]:
    """The photographs by equipment and month; a photo in none of either is a part as well."""
    codes, names = times(mirror.taken)
    months, places = np.unique(codes, return_inverse=True)
    keys = places * len(mirror.equipments) + mirror.equipment
    found, which = np.unique(keys, return_inverse=True)
    seen = np.bincount(which, looked_at(mirror.labels), minlength=len(found)).astype(int).tolist()
    photos = np.bincount(which, minlength=len(found)).tolist()
    states: dict[str, list[tuple[int, int, int, int]]] = {}
    wrong: dict[str, list[Wrong]] = {}
    learned = suspects.alone(mirror) is not None
    for number, item in enumerate(mirror.scheme.classes):
        yield Progress(number, len(mirror.scheme.classes), "counting by equipment and month")
        table = np.bincount(which * len(State) + mirror.states(item.slot), minlength=len(found) * len(State))
        states[item.name] = [(u, r, c, n) for u, r, c, n in table.reshape(-1, len(State)).tolist()]
        if learned:
            both = [Estimator(mirror, item, kind) for kind in doubting.KINDS]
            if telling := [one for one in both if one.tells]:
                masks = _masks(which, len(found))
                wrong[item.name] = [sum((one.of(some) for one in telling), NONE) for some in masks]
    made = [
        Part(
            mirror.equipments[key % len(mirror.equipments)],
            names[int(months[key // len(mirror.equipments)])],
            photos[place],
            seen[place],
            {name: rows[place] for name, rows in states.items()},
            {name: rows[place] for name, rows in wrong.items()},
        )
        for place, key in enumerate(found.tolist())
    ]
    order = {code: rank for rank, code in enumerate(sorted(months.tolist(), reverse=True))}
    back = {name: code for code, name in names.items()}
    return tuple(
        sorted(made, key=lambda one: (order[back[one.month]] if one.month else order.get(UNDATED, 0), -one.photos))
    )


def _masks(which: NDArray[np.int64], count: int) -> Sequence[NDArray[np.bool_]]:
    return [which == place for place in range(count)]


def _weeks(store: Store, mirror: Mirror) -> Generator[Progress, None, tuple[tuple[str, int], ...]]:
    """A few thousand photos at a time, for there may be millions of events."""
    looks: list[tuple[int, int]] = []
    for start in range(0, len(mirror), _CHUNK):
        yield Progress(start, len(mirror), "reading the history")
        part = mirror.ids[start : start + _CHUNK]
        looks += events.first_looks(store, int(part[0]), int(part[-1]))
    if not looks:
        return ()
    found, counts = np.unique(mondays([clock for _, clock in looks]), return_counts=True)
    newest = list(zip(found.tolist(), counts.tolist(), strict=True))[::-1][:WEEKS]
    return tuple((day.isoformat(), count) for day, count in newest)


def _compare(store: Store, mirror: Mirror, trusted: str) -> Generator[Progress, None, _Compared]:
    """Kinds of equipment beside each other, as far as there is anything to compare."""
    found = _Compared()
    try:
        found.trusted = drifting.trusted_equipment(mirror, trusted)
        place = features.active_place(store)
    except JobFailed as error:
        if trusted and not found.trusted:
            raise
        found.no_drift = found.no_cut_off = str(error)
        return found
    try:
        found.drift = yield from drifting.drift(mirror, place, found.trusted)
    except JobFailed as error:
        found.no_drift = str(error)
    try:
        found.cut_off = yield from cut_off.cut_off(mirror, place, found.trusted)
    except JobFailed as error:
        found.no_cut_off = str(error)
    return found
