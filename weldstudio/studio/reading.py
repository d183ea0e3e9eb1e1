"""The second pass of an import: the reader child looks inside the files, the store keeps what it found."""

import logging
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Completed, FactsRead, Failed, ReadFacts, Started
from weldstudio.domain.photo import PhotoFacts
from weldstudio.imaging.thumbs import SIZE, thumb_key
from weldstudio.jobs.process import Child
from weldstudio.store import photos
from weldstudio.store.store import Store

_logger = logging.getLogger(__name__)

TEXT = "Reading photos"
EXAMPLES = 20
CRASHES = "{name} makes the image decoder crash; it is left out. Save it again with another program."

_ASKED = 128
"""Photos a request."""
_AHEAD = 2
"""Requests the reader has at once, so that it never waits for us."""
_WAIT_S = 0.02
_CRASHES_IN_A_ROW = 3
"""So many without a single answer in between, and it is not the photos' fault."""


@dataclass(frozen=True, slots=True)
class FactsReport:
    """What the second pass did."""

    read: int = 0
    problem_count: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    """(path, sentence) of photos that cannot be shown; the first `EXAMPLES`."""
    missing_roots: tuple[tuple[str, str, int], ...] = ()
    """(collection, folder, photos) where the folder is not there on this machine: read once it is."""

    def lines(self) -> tuple[str, ...]:
        """The report in words, for people."""
        said = []
        if self.problem_count:
            said.append(f"{self.problem_count} photos cannot be shown:")
            said += [f"  {path}: {problem}" for path, problem in self.problems]
        for name, root, count in self.missing_roots:
            said.append(f"{count} photos of '{name}' wait, as {root} is not there.")
        return tuple(said)


def read_facts(store: Store, collection_ids: Sequence[int] | None = None) -> Generator[Progress, None, FactsReport]:
    """Reads headers, EXIF, hashes and thumbnails of all photos (of these collections) that have none yet.

    Closing the generator stops the reader; what was read stays, and the next call goes on from there. A photo that
    kills the reader is found and left out. Raises JobFailed when the reader cannot work, StoreError when the store
    cannot be written.
    """
    pending, missing = _pending(store, collection_ids)
    report = _Report(sum(len(request.paths) for _, request in pending), missing)
    crashes = 0
    while pending:
        before = report.read
        try:
            yield from _read_with_child(store, pending, report)
        except _ReaderDied as died:
            crashes = 1 if report.read > before else crashes + 1
            if not died.started or crashes > _CRASHES_IN_A_ROW:
                raise died.reason from died
            if pending[0][1].request >= 0:
                # What it had in hand is asked for one by one, so that the culprit shows.
                _ask_singly(pending)
            else:
                yield _leave_out(store, pending, report, died)
    return report.made()


@dataclass(slots=True)
class _Report:
    """A `FactsReport` in the making."""

    total: int
    missing: list[tuple[str, str, int]]
    read: int = 0
    problem_count: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)

    def note(self, facts: Sequence[PhotoFacts], changes: Changes = NO_CHANGES) -> Progress:
        self.read += len(facts)
        for fact in facts:
            if fact.problem:
                self.problem_count += 1
                if len(self.problems) < EXAMPLES:
                    self.problems.append((fact.path, fact.problem))
        return Progress(self.read, self.total, TEXT, changes)

    def made(self) -> FactsReport:
        return FactsReport(self.read, self.problem_count, tuple(self.problems), tuple(self.missing))


_Pending = deque[tuple[int, ReadFacts]]
"""(collection id, request) in the order to be asked; the first ones may be under way. Requests of a single photo that
may be the one that kills the reader have negative numbers and stand first."""


class _ReaderDied(Exception):
    """The child ended while it was asked for something."""

    def __init__(self, reason: JobFailed, *, started: bool) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.started = started


def _pending(store: Store, collection_ids: Sequence[int] | None) -> tuple[_Pending, list[tuple[str, str, int]]]:
    """Requests for all photos without facts, and collections whose folder is not there."""
    by_collection: dict[int, list[tuple[str, str]]] = {}
    uuids = {collection.id: collection for collection in photos.collections(store)}
    for _, collection_id, path, size, mtime_ns in photos.without_facts(store, collection_ids):
        key = thumb_key(uuids[collection_id].uuid, path, size, mtime_ns)
        by_collection.setdefault(collection_id, []).append((path, key))
    pending: _Pending = deque()
    missing = []
    roots = photos.roots(store)
    for collection_id, waiting in by_collection.items():
        root = roots.get(collection_id)
        if root is None or not root.is_dir():
            missing.append((uuids[collection_id].name, str(root or "its folder"), len(waiting)))
            continue
        for start in range(0, len(waiting), _ASKED):
            part = waiting[start : start + _ASKED]
            request = ReadFacts(
                request=len(pending),
                root=str(root),
                paths=tuple(path for path, _ in part),
                thumbs=str(store.folder / "thumbs"),
                thumb_keys=tuple(key for _, key in part),
                thumb_size=SIZE,
            )
            pending.append((collection_id, request))
    return pending, missing


def _read_with_child(store: Store, pending: _Pending, report: _Report) -> Generator[Progress, None, None]:
    """Works off `pending` with one reader; what was recorded is taken out of it. Raises _ReaderDied, JobFailed."""
    asked: dict[int, int] = {}
    started = False
    yield report.note(())
    with Child("reader") as child:
        while pending:
            try:
                for collection_id, request in _next(pending):
                    if request.request not in asked:
                        child.send(request)
                        asked[request.request] = collection_id
                message = child.poll(_WAIT_S)
            except JobFailed as error:
                raise _ReaderDied(error, started=started) from error
            match message:
                case Started():
                    started = True
                case FactsRead(number, found):
                    facts = [PhotoFacts(**fact) for fact in found]
                    changes = photos.record_facts(store, asked[number], facts)
                    _take_out(pending, number, len(facts))
                    yield report.note(facts, changes)
                case Completed() | None:
                    yield report.note(())
                case Failed(_, sentence, detail):
                    if detail:
                        _logger.error("The reader failed: %s", detail)
                    raise JobFailed(sentence)


def _next(pending: _Pending) -> list[tuple[int, ReadFacts]]:
    """The requests that shall be under way: two, but a dangerous one alone."""
    return list(pending)[: 1 if pending[0][1].request < 0 else _AHEAD]


def _take_out(pending: _Pending, number: int, count: int) -> None:
    """Forgets the first `count` photos of a request, and the request once it has none left."""
    for index, (collection_id, request) in enumerate(pending):
        if request.request == number:
            if count < len(request.paths):
                pending[index] = (collection_id, _cut(request, count, len(request.paths)))
            else:
                del pending[index]
            return


def _cut(request: ReadFacts, start: int, end: int) -> ReadFacts:
    """The request for the photos from start to end alone."""
    return replace(request, paths=request.paths[start:end], thumb_keys=request.thumb_keys[start:end])


def _ask_singly(pending: _Pending) -> None:
    """Replaces the requests that were under way by one for each of their photos."""
    in_hand = [pending.popleft() for _ in _next(pending)]
    singles = [(where, _cut(request, i, i + 1)) for where, request in in_hand for i in range(len(request.paths))]
    pending.extendleft(
        (where, replace(request, request=-1 - n)) for n, (where, request) in reversed(list(enumerate(singles)))
    )


def _leave_out(store: Store, pending: _Pending, report: _Report, died: _ReaderDied) -> Progress:
    """Records of the first photo, which was asked for alone, that it kills the reader."""
    collection_id, request = pending.popleft()
    path = request.paths[0]
    _logger.warning("The reader crashed on %s: %s", path, died)
    facts = [PhotoFacts(path, problem=CRASHES.format(name=path.rsplit("/", 1)[-1]))]
    return report.note(facts, photos.record_facts(store, collection_id, facts))
