"""What the mirror asks of the store: whole columns at a time, in one consistent look, on the store's thread."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.photo import DEFAULT_LIMIT, Contractor
from weldstudio.domain.scheme import Scheme
from weldstudio.domain.split import Split
from weldstudio.store import columns, contractors, models, notes, photos, predictions, splits, views
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.decided import Decided
from weldstudio.store.notes import Notes
from weldstudio.store.reviewed import Reviews
from weldstudio.store.store import Store
from weldstudio.store.views import ViewRow

NOT_TAKEN = -1
"""`taken` of a photo whose capture time is not known."""

MANY = 20_000
"""From so many photos on, reading all of them is quicker than asking for each."""


@dataclass(frozen=True, slots=True)
class PhotoRows:
    """Columns of some photos, ascending by id; see `Mirror` for what they hold."""

    ids: NDArray[np.int64]
    collection: NDArray[np.int32]
    joint: NDArray[np.int64]
    equipment: NDArray[np.int64]
    """Ids of equipments; 0 = none."""
    taken: NDArray[np.int64]
    added: NDArray[np.int64]
    paths: list[str]
    problems: dict[int, str]


_SPAN = 1 << 40
"""More seconds than any two days of the calendar are apart."""
_HALF = _SPAN >> 1


@dataclass(frozen=True, slots=True)
class Named:
    """A fact in words of some joints."""

    joints: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """Ascending."""
    codes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """Into `names`."""
    names: tuple[str, ...] = ("",)
    """The first one is '', for not known."""

    @staticmethod
    def of(joints: NDArray[np.int64], words: Sequence[str]) -> "Named":
        """`words`: one for each of the joints, which ascend. 'Water' and 'water' are one, as first spelt."""
        names = {"": ""}
        spelt = {word: names.setdefault(word.casefold(), word) for word in dict.fromkeys(words)}
        code_of = {name: code for code, name in enumerate(names.values())}
        return Named(joints, np.array([code_of[spelt[word]] for word in words], np.int64), tuple(code_of))

    def codes_of(self, joints: NDArray[np.int64]) -> NDArray[np.int64]:
        """Codes of joints, 0 = not known; same shape as `joints`."""
        return _looked_up(self.joints, self.codes, joints)

    def name_of(self, joint_id: int) -> str:
        """The word for one joint; '' where it is not known."""
        return self.names[int(self.codes_of(np.array([joint_id]))[0])]


@dataclass(frozen=True, slots=True)
class JointFacts:
    """What is known of joints beyond the photos that show them."""

    references: dict[int, str] = field(default_factory=dict)
    """By joint id; joints of one photo that were never named are missing."""
    contracted: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    """(joint id, contractor id), ascending by joint."""
    contractors: dict[int, Contractor] = field(default_factory=dict)
    splits: dict[int, Split] = field(default_factory=dict)
    """By joint id."""
    kinds: Named = field(default_factory=Named)
    """Tapping-T, coupler, ..."""
    mediums: Named = field(default_factory=Named)
    """Gas, water, ..."""
    _steps: list[NDArray[np.int64]] = field(default_factory=list, init=False, repr=False, compare=False)
    """`_limit_steps`, once somebody has asked for a limit."""

    def contractor_ids(self, joints: NDArray[np.int64]) -> NDArray[np.int64]:
        """Contractors of joints, 0 = not known; same shape as `joints`."""
        return _looked_up(self.contracted[:, 0], self.contracted[:, 1], joints)

    def contractor_of(self, joint_id: int) -> str:
        """The name of who made a joint; '' where that is not known."""
        found = self.contractors.get(int(self.contractor_ids(np.array([joint_id]))[0]))
        return "" if found is None else found.name

    def reject_limits(self, joints: NDArray[np.int64], made: NDArray[np.int64]) -> NDArray[np.int64]:
        """Reject limits of joints in points; same shape as `joints`.

        `made`: when each was made, in seconds since 1970 of a clock on the spot; for `NOT_TAKEN` today counts.
        """
        if not any(contractor.limits for contractor in self.contractors.values()):
            return np.full(joints.shape, DEFAULT_LIMIT, np.int64)
        if not self._steps:
            self._steps.append(self._limit_steps())
        keys, points = self._steps[0]
        day = np.where(made == NOT_TAKEN, _seconds(date.today()), made)
        found: NDArray[np.int64] = points[
            np.searchsorted(keys, self.contractor_ids(joints) * _SPAN + _HALF + day, side="right") - 1
        ]
        return found

    def _limit_steps(self) -> NDArray[np.int64]:
        """(2, k): (contractor, day) as single ascending numbers, so that all joints are looked up at once; points."""
        steps = [(0, DEFAULT_LIMIT)]
        for contractor in sorted(self.contractors.values(), key=lambda c: c.id):
            begin = contractor.id * _SPAN
            steps.append((begin, DEFAULT_LIMIT))
            steps += [(begin + _HALF + _seconds(limit.valid_from), limit.points) for limit in contractor.limits]
        return np.array(steps, np.int64).T


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is small enough to be read whole whenever any of it changed."""

    scheme: Scheme
    model_id: str | None
    thresholds: dict[int, float]
    roots: dict[int, Path]
    collections: dict[int, str]
    uuids: dict[int, str]
    equipments: dict[int, str]
    joints: JointFacts | None
    """None = as before."""
    notes: Notes = field(default_factory=Notes)
    views: tuple[ViewRow, ...] = ()


@dataclass(frozen=True, slots=True)
class MirrorRows:
    """What `read_rows` read, to be applied to a mirror on another thread. Parts that did not change are None."""

    surroundings: Surroundings | None = None
    photos: PhotoRows | None = None
    labels: tuple[NDArray[np.int64], NDArray[np.uint8]] | None = None
    """Photo ids and their label bytes (n, slots)."""
    probabilities: tuple[NDArray[np.int64], NDArray[np.float16]] | None = None
    conflicts: list[tuple[int, int]] | None = None
    """(photo id, slot) of the labels in conflict, of the photos in `labels`, or of all; read with `labels`."""
    all_probabilities: bool = False
    """`probabilities` is everything there is: photos not named have none."""
    decided: tuple[frozenset[int] | None, Decided] | None = None
    """What is decided of these joints; None = of all."""
    reviews: tuple[frozenset[int] | None, Reviews] | None = None
    """What is said of these photos beyond labels; None = of all."""
    altered: tuple[frozenset[int] | None, frozenset[int]] | None = None
    """Which of these photos want a second look, for their file is another one; None = of all."""


@contextmanager
def one_look(store: Store) -> Iterator[None]:
    """All reads within see the same state of the store, whatever other processes write meanwhile."""
    if store.db.conn.in_transaction:
        yield
        return
    store.execute("BEGIN")
    try:
        yield
    finally:
        store.execute("ROLLBACK")


def surroundings(store: Store, *, joints: bool) -> Surroundings:
    """Scheme, model, places; with `joints` what is known of joints as well."""
    model_id = models.active_id(store)
    collections = photos.collections(store)
    card = None if model_id is None else models.get(store, model_id)
    return Surroundings(
        scheme_rows.load(store),
        model_id,
        {} if card is None else {c.slot: c.threshold for c in card.classes},
        photos.roots(store),
        {c.id: c.name for c in collections},
        {c.id: c.uuid for c in collections},
        dict(store.rows("SELECT id, name FROM equipments ORDER BY id")),
        joint_facts(store) if joints else None,
        notes.read(store),
        views.every(store),
    )


def joint_facts(store: Store) -> JointFacts:
    """What is known of all joints."""
    described = photos.joint_kinds(store)
    joints = np.array([joint for joint, _, _ in described], np.int64)
    return JointFacts(
        photos.joint_references(store),
        photos.joint_contractors(store),
        contractors.every(store),
        splits.read(store),
        Named.of(joints, [kind for _, kind, _ in described]),
        Named.of(joints, [medium for _, _, medium in described]),
    )


def _where(column: str, ids: frozenset[int] | None) -> tuple[str, tuple[str, ...]]:
    if ids is None or len(ids) > MANY:
        return "", ()
    return f"WHERE {column} IN (SELECT value FROM json_each(?))", (json.dumps(sorted(ids)),)


def photo_rows(store: Store, ids: frozenset[int] | None) -> PhotoRows:
    """Columns of these photos, or of all."""
    where, parameters = _where("id", ids)
    numbers = ("id", "collection_id", "joint_id", "coalesce(equipment_id, 0)", f"coalesce(taken, {NOT_TAKEN})", "added")
    found, paths = columns.numbers_and_texts(store, numbers, "path", f"photos {where}", parameters)
    and_ = f"{where} AND" if where else "WHERE"
    problems = dict(store.rows(f"SELECT id, problem FROM photos {and_} problem IS NOT NULL", parameters))
    id_, collection, joint, equipment, taken, added = found
    return PhotoRows(id_, collection.astype(np.int32), joint, equipment, taken, added, paths, problems)


def labels(store: Store, ids: frozenset[int] | None) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Ids and label bytes (n, widest) of these photos; or of all that have labels."""
    where, parameters = _where("photo_id", ids)
    found, matrix = columns.blobs(
        store, "photo_id", "labels", f"label_now {where}", parameters, dtype=np.uint8, fill=State.UNSEEN
    )
    if ids is None:
        return found, matrix
    # Photos without a row are unseen, and must be said to be so where something else was shown ahead.
    wanted = np.array(sorted(ids), np.int64)
    every = np.zeros((len(wanted), matrix.shape[1]), np.uint8)
    places = np.minimum(np.searchsorted(wanted, found), len(wanted) - 1)
    asked = wanted[places] == found
    every[places[asked]] = matrix[asked]
    return wanted, every


def probabilities(
    store: Store, model_id: str | None, ids: frozenset[int] | None
) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    """Ids and a model's probabilities (n, slots) of these photos (NaN where it has none), or of all that have any."""
    if model_id is None:
        return np.zeros(0, np.int64), np.zeros((0, 0), np.float16)
    found, values = predictions.read(store, model_id, None if ids is None or len(ids) > MANY else sorted(ids))
    lacking = sorted((ids or frozenset()).difference(found.tolist()))
    if not lacking:
        return found, values
    # The file is another one now, and what was said of the former one went.
    nothing = np.full((len(lacking), values.shape[1]), np.nan, np.float16)
    return np.concatenate([found, np.array(lacking, np.int64)]), np.concatenate([values, nothing])


def _looked_up(known: NDArray[np.int64], values: NDArray[np.int64], asked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Values of what is asked for among the ascending `known`, 0 where it is not there; same shape as `asked`."""
    if not len(known):
        return np.zeros(asked.shape, np.int64)
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[at] == asked, values[at], 0)


def _seconds(day: date) -> int:
    """The beginning of a day as capture times count it: without a zone."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
