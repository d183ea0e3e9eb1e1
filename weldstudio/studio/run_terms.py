"""Which photographs a training used, as a term of a filter: read from the run's manifest, which never changes."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.scheme import did_you_mean
from weldstudio.jobs.folder import RunFolder
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio.filters import Filter, FilterError, Term

Ids = NDArray[np.int64]


def known(folder: Path) -> list[str]:
    """Ids of the runs of a project, the newest first."""
    runs = folder / "runs"
    found = (path.name for path in runs.iterdir() if (path / "manifest.jsonl").is_file()) if runs.is_dir() else ()
    return sorted(found, reverse=True)


def unread(mirror: Mirror, wanted: Filter) -> frozenset[str]:
    """Runs that a filter names and whose photographs are not known yet: reading them takes up to half a second."""
    return frozenset(term.value for term in wanted.terms if term.key == "run" and term.value not in mirror.runs)


def read(folder: Path, run_id: str) -> Ids:
    """Ids of the photographs that a run of the project was given, ascending. Raises FilterError where there is none."""
    if run_id not in known(folder):
        raise FilterError(f"There is no run '{run_id}'.{did_you_mean(run_id, known(folder))}")
    return np.unique(np.array(RunFolder(folder / "runs" / run_id).photo_ids(), np.int64))


def read_all(store: Store, run_ids: Iterable[str]) -> dict[str, Ids]:
    """As `read`, of several runs by their ids."""
    return {run_id: read(store.folder, run_id) for run_id in run_ids}


def _run(mirror: Mirror, term: Term) -> NDArray[np.bool_]:
    if term.value not in mirror.runs:
        mirror.runs[term.value] = read(mirror.folder, term.value)
    return np.isin(mirror.ids, mirror.runs[term.value])


KEYS: Mapping[str, Callable[[Mirror, Term], NDArray[np.bool_]]] = {"run": _run}
