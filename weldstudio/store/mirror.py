"""The store in numpy: what filters, sorts, counts, queues and the grid read, row by row, without SQL.

`read` and `read_rows` run on the thread that owns the store; `Mirror.apply` and everything else on the thread that
shows things. A row is a photo; rows are in the order of photo ids and never move, new photos are put behind.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.learner import Refit
from weldstudio.domain.scheme import Merge, Scheme
from weldstudio.domain.split import Split
from weldstudio.imaging import refit_file
from weldstudio.store import altered, decided, desks, models, packed, reading, refitted, reviewed
from weldstudio.store.decided import Decided
from weldstudio.store.notes import Notes
from weldstudio.store.packed import Columns
from weldstudio.store.reading import NOT_TAKEN, JointFacts, MirrorRows, PhotoRows, Surroundings
from weldstudio.store.reviewed import Reviews
from weldstudio.store.store import Store
from weldstudio.store.tallied import Tallied, touch
from weldstudio.store.views import ViewRow

_INFINITY_BITS = np.float16(np.inf).view(np.int16)


@dataclass(slots=True)
class Mirror:
    """All photos with their present labels and the active model's predictions. Never write into its arrays.

    The matrices lie column by column in memory ("F" order), for they are asked class by class.
    """

    ids: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """(n,), ascending."""
    labels: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    """(n, slots) label bytes (`domain.labelling`)."""
    probabilities: NDArray[np.float16] = field(default_factory=lambda: np.zeros((0, 0), np.float16))
    """(n, slots) of the active model; NaN where it says nothing."""
    joint: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """(n,) joint ids."""
    collection: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    """(n,) collection ids."""
    equipment: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    """(n,) codes into `equipments`; 0 is ''."""
    taken: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """(n,) seconds since 1970 of the camera's clock; -1 = not known."""
    added: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """(n,) when each photo came into the project, seconds since 1970, UTC."""
    problem: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    """(n,): the photo cannot be shown."""
    paths: list[str] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)
    """Why, by photo id."""
    conflicts: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Slots by photo id of the labels about which two experts differ."""
    altered: frozenset[int] = frozenset()
    """Photos whose file is another one than when they were labelled."""
    notes: Notes = field(default_factory=Notes)
    """On photos and joints, by id."""
    reviews: Reviews = field(default_factory=Reviews)
    """Reviewed and returned photos, second looks, audit samples."""
    equipments: tuple[str, ...] = ("",)
    scheme: Scheme = field(default_factory=Scheme)
    model_id: str | None = None
    thresholds: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """(slots,) of the active model; 0.5 where it has none."""
    joints: JointFacts = field(default_factory=JointFacts)
    """References, contractors, types, mediums and splits of joints."""
    decided: Decided = field(default_factory=Decided)
    """Decisions and overrides of joints."""
    collections: dict[int, str] = field(default_factory=dict)
    """Names by collection id."""
    uuids: dict[int, str] = field(default_factory=dict)
    """What each collection is called on every desk."""
    roots: dict[int, Path] = field(default_factory=dict)
    """Where each collection lies."""
    views: tuple[ViewRow, ...] = ()
    """Saved views."""
    folder: Path = field(default_factory=Path)
    """The project's."""
    runs: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """Photo ids that a training was given, by the run's id, as far as somebody has asked (`studio.run_terms`)."""
    refit: Refit | None = None
    """Heads fitted to all labels, whose words are laid over the active model's (`store.refitted`)."""
    picked: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """Photo ids that a part of the window has picked out, by the words for them (`studio.picks`)."""
    tallied: dict[Hashable, Tallied] = field(default_factory=dict)
    """What was last worked out of all photos or joints, by its name; see `studio.kept`."""
    _codes: dict[int, int] = field(default_factory=lambda: {0: 0})
    """Equipment id -> code."""

    _ranks: NDArray[np.int64] | None = None
    _folded: list[str] | None = None
    _joint_order: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def path_ranks(self) -> NDArray[np.int64]:
        """(n,) place of each photo in the order of paths; made when first asked for."""
        if self._ranks is None:
            order = sorted(range(len(self)), key=self.paths.__getitem__)
            self._ranks = np.empty(len(self), np.int64)
            self._ranks[order] = np.arange(len(self))
        return self._ranks

    @property
    def folded_paths(self) -> list[str]:
        """Paths for a search that does not tell upper from lower case; made when first asked for."""
        if self._folded is None:
            self._folded = [path.casefold() for path in self.paths]
        return self._folded

    @property
    def joint_order(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Joint ids, ascending; rows joint by joint; where in these each joint begins. Made when first asked for."""
        if self._joint_order is None:
            order = np.argsort(self.joint, kind="stable")
            joints, starts = np.unique(self.joint[order], return_index=True)
            self._joint_order = joints, order, starts
        return self._joint_order

    def row(self, photo_id: int) -> int:
        """Row of a photo. Raises KeyError for one that is not there."""
        row = int(np.searchsorted(self.ids, photo_id))
        if row == len(self.ids) or self.ids[row] != photo_id:
            raise KeyError(f"no photo {photo_id}")
        return row

    def rows(self, photo_ids: Iterable[int]) -> NDArray[np.int64]:
        """Rows of photos, in their order. Raises KeyError if one is not there."""
        wanted = photo_ids if isinstance(photo_ids, np.ndarray) else np.fromiter(photo_ids, np.int64)
        rows, there = self._find(wanted)
        if not there.all():
            raise KeyError(f"no photo {int(wanted[~there][0])}")
        return rows

    def states(self, slot: int) -> NDArray[np.uint8]:
        """(n,) states of a flag or merge (resolved from its members)."""
        return self.scheme.states_of(slot, self.labels)

    def probability(self, slot: int, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """(n,) the active model's probability of a flag or merge, NaN where it says nothing; of some rows, or of all.

        Of a merge the model was not trained for it is the highest of its members'.
        """
        own, *members = (self._column(s, rows).astype(np.float32) for s in asked(self.scheme, slot))
        if not members:
            return own
        return np.where(np.isnan(own), np.fmax.reduce(members), own)

    def predicted(self, slot: int, rows: NDArray[np.int64] | None = None) -> NDArray[np.bool_]:
        """(n,) whether the active model raises a flag or merge, at its threshold; of some rows, or of all.

        False where it says nothing. A merge the model was not trained for is raised if any of its members is.
        """
        own, *members = (self._reaches(s, rows) for s in asked(self.scheme, slot))
        if not members:
            return own
        silent = np.isnan(self._column(slot, rows))
        return own | (np.logical_or.reduce(members) & silent)

    def spoken(self, slot: int, rows: NDArray[np.int64] | None = None) -> NDArray[np.bool_]:
        """(n,) whether the active model says anything of a flag or merge, or of a member of it."""
        said = [np.ascontiguousarray(self._column(s, rows)).view(np.int16) for s in asked(self.scheme, slot)]
        # By their bits, as in `_reaches`: what is not a number lies above infinity, its sign left aside.
        return np.logical_or.reduce([(bits & np.int16(0x7FFF)) <= _INFINITY_BITS for bits in said])

    def _column(self, slot: int, rows: NDArray[np.int64] | None) -> NDArray[np.float16]:
        if slot >= self.probabilities.shape[1]:
            return np.full(len(self) if rows is None else len(rows), np.nan, np.float16)
        column = self.probabilities[:, slot]
        return column if rows is None else column[rows]

    def _reaches(self, slot: int, rows: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        """Whether the probability of one slot is at its threshold or above."""
        # Halves that are not negative have the order of their bits as integers, which are quicker to compare.
        bits = np.ascontiguousarray(self._column(slot, rows)).view(np.int16)
        least = np.float16(self.threshold(slot)).view(np.int16)
        return (bits >= least) & (bits <= _INFINITY_BITS)

    def threshold(self, slot: int) -> float:
        """The active model's threshold of a class."""
        return float(self.thresholds[slot]) if slot < len(self.thresholds) else 0.5

    def joint_name(self, photo_id: int) -> str:
        """The reference of the joint that a photo shows; where it was never given one, the photo's path."""
        row = self.row(photo_id)
        return self.joints.references.get(int(self.joint[row]), self.paths[row])

    def split(self, photo_id: int) -> Split | None:
        """What the joint of a photo is used for, once a training has dealt it out."""
        return self.joints.splits.get(int(self.joint[self.row(photo_id)]))

    def photo_path(self, photo_id: int) -> Path:
        """Where the file of a photo should lie."""
        row = self.row(photo_id)
        return self.roots[int(self.collection[row])] / self.paths[row]

    def set_label(self, photo_ids: Sequence[int], slot: int, byte: int) -> None:
        """Show a label ahead of the store: one byte, in one slot, of these photos."""
        self._widen(slot + 1)
        rows = self.rows(photo_ids)
        self.labels[rows, slot] = byte
        touch(self.tallied, "labels", rows, len(self))

    def apply(self, rows: MirrorRows) -> None:
        """Take over what `read_rows` has read."""
        if rows.surroundings is not None or rows.photos is not None:
            self.tallied.clear()
        if rows.surroundings is not None:
            self._surround(rows.surroundings)
        if rows.photos is not None:
            self._take_photos(rows.photos)
        if rows.labels is not None:
            self._take_labels(*rows.labels)
        if rows.conflicts is not None and rows.labels is not None:
            for photo_id in rows.labels[0].tolist() if self.conflicts else ():
                self.conflicts.pop(photo_id, None)
            for photo_id, slot in rows.conflicts:
                self.conflicts[photo_id] = (*self.conflicts.get(photo_id, ()), slot)
        if rows.altered is not None:
            asked, wanting = rows.altered
            self.altered = wanting if asked is None else self.altered - asked | wanting
        if rows.decided is not None:
            joint_ids, decided = rows.decided
            self.decided = decided if joint_ids is None else self.decided.replaced(joint_ids, decided)
        if rows.reviews is not None:
            photo_ids, reviews = rows.reviews
            self.reviews.take(photo_ids, reviews)
            touch(self.tallied, "reviews", _rows_among(self, photo_ids), len(self))
        if rows.probabilities is not None:
            if rows.all_probabilities:
                self.probabilities = np.full((len(self), self.scheme.slots), np.nan, np.float16, order="F")
            self._take_probabilities(*rows.probabilities)
        if rows.probabilities is not None or rows.surroundings is not None:
            refitted.lay_over(self)

    def _surround(self, new: Surroundings) -> None:
        self.scheme = new.scheme
        self._widen(new.scheme.slots)
        self.model_id = new.model_id
        self.thresholds = np.full(max(new.scheme.slots, 1 + max(new.thresholds, default=-1)), 0.5, np.float32)
        for slot, threshold in new.thresholds.items():
            self.thresholds[slot] = threshold
        self.roots, self.collections, self.uuids = new.roots, new.collections, new.uuids
        self.notes, self.views = new.notes, new.views
        if new.joints is not None:
            self.joints = new.joints
        for number, name in new.equipments.items():
            if number not in self._codes:
                self._codes[number] = len(self.equipments)
                self.equipments += (name,)

    def _take_photos(self, new: PhotoRows) -> None:
        self._ranks = self._folded = self._joint_order = None
        rows, there = self._find(new.ids)
        added = np.flatnonzero(~there)
        if len(added):
            self._append(len(added), new.ids[added])
            self.paths += new.paths if not there.any() else [new.paths[index] for index in added.tolist()]
            rows, _ = self._find(new.ids)
        for index in np.flatnonzero(there).tolist():
            self.paths[rows[index]] = new.paths[index]
        self.collection[rows] = new.collection
        self.joint[rows] = new.joint
        self.taken[rows] = new.taken
        self.added[rows] = new.added
        self.equipment[rows] = _recoded(new.equipment, self._codes)
        for photo_id in new.ids[self.problem[rows]].tolist():
            self.problems.pop(photo_id, None)
        self.problems.update(new.problems)
        self.problem[rows] = np.isin(new.ids, np.fromiter(new.problems, np.int64, len(new.problems)))

    def _append(self, count: int, ids: NDArray[np.int64]) -> None:
        """Make room for new photos behind the others."""
        if len(self.ids) and ids[0] < self.ids[-1]:
            raise ValueError("new photos have lower ids than known ones")
        self.ids = np.concatenate([self.ids, ids])
        self._widen(0)
        for name, nothing in (("joint", 0), ("collection", 0), ("equipment", 0), ("taken", NOT_TAKEN), ("added", 0)):
            setattr(self, name, np.pad(getattr(self, name), (0, count), constant_values=nothing))
        self.problem = np.pad(self.problem, (0, count))

    def _take_labels(self, ids: NDArray[np.int64], labels: NDArray[np.uint8]) -> None:
        self._widen(labels.shape[1])
        rows, there = self._find(ids)
        rows, labels = rows[there], labels[there]
        if self.tallied:  # what a key press has shown ahead of the store is no change when the store says it too
            wide = labels.shape[1]
            other = (self.labels[rows, :wide] != labels).any(axis=1) | self.labels[rows, wide:].any(axis=1)
            touch(self.tallied, "labels", rows[other], len(self))
        self.labels[rows, : labels.shape[1]] = labels
        self.labels[rows, labels.shape[1] :] = 0

    def _take_probabilities(self, ids: NDArray[np.int64], probabilities: NDArray[np.float16]) -> None:
        self._widen(probabilities.shape[1])
        rows, there = self._find(ids)
        rows, probabilities = rows[there], probabilities[there]
        places = slice(None) if np.array_equal(ids, self.ids) else rows  # a slice is several times as quick
        self.probabilities[places, : probabilities.shape[1]] = probabilities
        self.probabilities[rows, probabilities.shape[1] :] = np.nan
        touch(self.tallied, "probabilities", rows, len(self))

    def _find(self, photo_ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Rows of photos and whether they are there; the row of one that is not means nothing."""
        if not len(self.ids):
            return np.zeros(len(photo_ids), np.int64), np.zeros(len(photo_ids), np.bool_)
        dense = self.ids[-1] - self.ids[0] < len(self.ids)  # as long as no collection was taken out
        rows = np.clip(photo_ids - self.ids[0] if dense else self.ids.searchsorted(photo_ids), 0, len(self.ids) - 1)
        return rows, self.ids[rows] == photo_ids

    def _widen(self, slots: int) -> None:
        """Room for all photos, and for classes that the matrices have not got yet."""
        self.labels = _grown(self.labels, len(self), slots, fill=0)
        self.probabilities = _grown(self.probabilities, len(self), slots, fill=np.nan)


def _grown(matrix: NDArray[Any], rows: int, columns: int, *, fill: float) -> NDArray[Any]:
    """A matrix of at least so many rows and columns, in "F" order."""
    columns = max(columns, matrix.shape[1])
    if matrix.shape == (rows, columns):
        return matrix
    grown = np.full((rows, columns), fill, matrix.dtype, order="F")
    grown[: len(matrix), : matrix.shape[1]] = matrix
    return grown


def read(store: Store) -> Mirror:
    """Everything, in one consistent look at the store."""
    return read_whole(store)[0]


def read_whole(store: Store) -> tuple[Mirror, Columns | None]:
    """As `read`, and the columns if they had to be read row by row and are worth being packed."""
    mirror = Mirror(folder=store.folder, refit=refit_file.read(store.folder))
    with reading.one_look(store):
        kept = packed.read(store)
        columns, changes = kept or (packed.row_by_row(store), NO_CHANGES)
        everything = packed.rows(store, columns)
        since = read_rows(store, changes | Changes(models=models.active_id(store) != columns.model_id))
    mirror.joints = columns.joints
    mirror.apply(everything)
    mirror.apply(since)
    return mirror, None if kept or len(mirror) < packed.WORTH else columns


def read_rows(store: Store, changes: Changes) -> MirrorRows:
    """What the changes touched, as it is now."""
    with reading.one_look(store):
        around = bool(changes.scheme or changes.models or changes.joints or changes.photos or changes.views)
        surroundings = reading.surroundings(store, joints=changes.joints) if around else None
        model_id = models.active_id(store)
        touched = changes.photos | changes.labels | changes.reviews
        probabilities = None
        if changes.models:
            probabilities = reading.probabilities(store, model_id, None)
        elif changes.predictions:
            probabilities = reading.probabilities(store, model_id, changes.predictions)
        return MirrorRows(
            surroundings,
            reading.photo_rows(store, changes.photos) if changes.photos else None,
            reading.labels(store, changes.labels | changes.photos) if changes.labels else None,
            probabilities,
            desks.conflicts(store, changes.labels | changes.photos) if changes.labels else None,
            all_probabilities=changes.models,
            decided=(changes.decisions, decided.read(store, changes.decisions)) if changes.decisions else None,
            reviews=(changes.reviews, reviewed.read(store, changes.reviews)) if changes.reviews else None,
            altered=(touched, altered.waiting(store, touched)) if touched else None,
        )


def _rows_among(mirror: Mirror, photo_ids: frozenset[int] | None) -> NDArray[np.int64]:
    """Rows of those of the photos that are there; None = of all."""
    if photo_ids is None:
        return np.arange(len(mirror))
    rows, there = mirror._find(np.fromiter(photo_ids, np.int64, len(photo_ids)))
    return rows[there]


def _recoded(numbers: NDArray[np.int64], codes: dict[int, int]) -> NDArray[np.int16]:
    """Equipment ids as codes."""
    known = np.zeros(1 + max(codes), np.int16)
    for number, code in codes.items():
        known[number] = code
    return known[numbers]


def asked(scheme: Scheme, slot: int) -> tuple[int, ...]:
    """The slots whose predictions tell of a class: the class itself, and the members of a merge."""
    item = scheme.by_slot(slot)
    return (slot, *item.members) if isinstance(item, Merge) else (slot,)
