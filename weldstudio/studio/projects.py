"""Projects: made, opened, and what they hold."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from weldstudio.domain.labelling import State, looked_at
from weldstudio.domain.scheme import Scheme
from weldstudio.store import mirror, models
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import FILE, Store
from weldstudio.studio import examples, joints, registry
from weldstudio.studio import scheme as schemes


@dataclass(frozen=True, slots=True)
class FlagCounts:
    """Photos by state of one class."""

    name: str
    points: int
    raised: int
    clear: int
    unsure: int
    unseen: int
    unreviewed: int
    """With a label of it, on photos that no person has looked at: imported or assumed."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a project holds. Counts are photos unless said."""

    name: str
    folder: str
    photos: int
    joints: int
    labelled: int
    """With any label."""
    reviewed: int
    """With a label that a person gave: by hand, in bulk, copied or accepted."""
    problems: int
    waiting: dict[str, int]
    """Joints in each queue: inbox, decisive, changed."""
    collections: int
    flags: tuple[FlagCounts, ...]
    models: int
    runs: int
    active_model: str | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        photos = f"{_count(self.photos, 'photo')} of {_count(self.joints, 'joint')}"
        lines = [
            f"{self.name}: {photos} in {_count(self.collections, 'collection')}",
            f"{self.labelled:,} with labels, {self.reviewed:,} reviewed by a person, {self.problems:,} with problems",
            self._waiting_words(),
            f"{_count(self.models, 'model')} (active: {self.active_model or 'none'}), {_count(self.runs, 'run')}",
        ]
        if self.flags:
            width = max(len(flag.name) for flag in self.flags)
            lines.append(f"{'flag'.ljust(width)}  points   raised    clear   unsure   unseen  labelled, not reviewed")
            lines += [
                f"{f.name.ljust(width)}  {f.points:6,}  {f.raised:7,}  {f.clear:7,}  {f.unsure:7,}  {f.unseen:7,}"
                f"  {f.unreviewed:22,}"
                for f in self.flags
            ]
        return "\n".join(lines)

    def _waiting_words(self) -> str:
        undecided = _count(self.waiting["inbox"], "joint")
        turned = f"{self.waiting['decisive']:,} that one flag would turn"
        return f"{undecided} undecided, {turned}, {self.waiting['changed']:,} issued as accepted and rejected now"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def create(folder: Path, *, name: str | None = None, scheme: str | Path | Scheme | None = None) -> Store:
    """A new project; `scheme` is a preset's id, a file or a scheme. Nothing is made where the scheme cannot be read."""
    first = scheme if isinstance(scheme, Scheme) else None if scheme is None else schemes.load_scheme(scheme)
    store = Store.create(Path(folder), name=name)
    if first is not None:
        scheme_rows.save(store, first)
        if isinstance(scheme, str | Path):
            examples.take_along(store.folder, first, Path(scheme))
    return store


def open_project(folder: Path, *, read_only: bool = False) -> Store:
    """Open a project and adopt the runs that have finished meanwhile. Raises StoreError with a sentence."""
    store = Store.open(Path(folder), read_only=read_only)
    if not read_only:
        try:
            registry.adopt_finished(store)
        except BaseException:
            store.close()
            raise
    return store


def is_project(folder: Path) -> bool:
    """Whether the folder holds a project."""
    return (Path(folder) / FILE).is_file()


def load_scheme(store: Store) -> Scheme:
    """The project's scheme."""
    return scheme_rows.load(store)


def status(store: Store) -> Status:
    """What the project holds now."""
    seen = mirror.read(store)
    scheme = seen.scheme
    flags = []
    reviewed = looked_at(seen.labels)
    for item in scheme.classes:
        states = seen.states(item.slot)
        counts = np.bincount(states, minlength=4)
        flags.append(
            FlagCounts(
                item.name,
                scheme.points_of(item.slot),
                raised=int(counts[State.RAISED]),
                clear=int(counts[State.CLEAR]),
                unsure=int(counts[State.UNSURE]),
                unseen=int(counts[State.UNSEEN]),
                unreviewed=int(((states != State.UNSEEN) & ~reviewed).sum()),
            )
        )
    runs = store.folder / "runs"
    return Status(
        name=store.name,
        folder=str(store.folder),
        photos=len(seen),
        joints=len(np.unique(seen.joint)),
        labelled=int((seen.labels != 0).any(axis=1).sum()),
        reviewed=int(reviewed.sum()),
        problems=int(seen.problem.sum()),
        waiting={str(queue): joints.count(seen, queue) for queue in joints.Queue},
        collections=len(seen.collections),
        flags=tuple(flags),
        models=len(models.every(store)),
        runs=sum(1 for run in runs.iterdir() if run.is_dir()) if runs.is_dir() else 0,
        active_model=models.active_id(store),
    )
