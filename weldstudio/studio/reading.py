"""The second pass of an import: the reader child looks inside the files, the store keeps what it found."""

import logging
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Completed, FactsRead, Failed, ReadFacts, Started
from weldstudio.domain.photo import PhotoFacts
from weldstudio.imaging.thumbs import SIZE, thumb_key
from weldstudio.jobs.process import Child
from weldstudio.store import photos, unread
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
            photos = "photo" if self.problem_count == 1 else "photos"
            said.append(f"{self.problem_count:,} {photos} cannot be shown:")
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
    pending = _Pending(store, collection_ids)
    report = _Report(pending.total, pending.missing)
    crashes = 0
    while pending:
        before = report.read
        try:
            yield from _read_with_child(store, pending, report)
        except _ReaderDied as died:
            crashes = 1 if report.read > before else crashes + 1
            if not died.started or crashes > _CRASHES_IN_A_ROW:
                raise died.reason from died
            if pending.next()[0][1].request >= 0:
                # What it had in hand is asked for one by one, so that the culprit shows.
                pending.ask_singly()
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


class _ReaderDied(Exception):
    """The child ended while it was asked for something."""

    def __init__(self, reason: JobFailed, *, started: bool) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.started = started


class _Pending:
    """What is still to be asked, in the order of asking, read from the store piece by piece.

    Requests of a single photo that may be the one that kills the reader have negative numbers and stand first.
    """

    def __init__(self, store: Store, collection_ids: Sequence[int] | None) -> None:
        self._store = store
        self._collections = {collection.id: collection for collection in photos.collections(store)}
        self._roots = photos.roots(store)
        self._here: list[int] = []
        self.missing: list[tuple[str, str, int]] = []
        """(collection, folder, photos) of folders that are not there."""
        self.total = 0
        for where, count in unread.count_without_facts(store, collection_ids).items():
            root = self._roots.get(where)
            if root is not None and root.is_dir():
                self._here.append(where)
                self.total += count
            else:
                self.missing.append((self._collections[where].name, str(root or "its folder"), count))
        self._requests: deque[tuple[int, ReadFacts]] = deque()
        self._last_id = 0
        self._count = 0
        self._fill()

    def __bool__(self) -> bool:
        return bool(self._requests)

    def next(self) -> list[tuple[int, ReadFacts]]:
        """(collection id, request) of what shall be under way: two requests, but a dangerous one alone."""
        return list(self._requests)[: 1 if self._requests[0][1].request < 0 else _AHEAD]

    def take_out(self, number: int, count: int) -> None:
        """Forgets the first `count` photos of a request, and the request once it has none left."""
        for index, (where, request) in enumerate(self._requests):
            if request.request == number:
                if count < len(request.paths):
                    self._requests[index] = (where, _cut(request, count, len(request.paths)))
                else:
                    del self._requests[index]
                break
        self._fill()

    def ask_singly(self) -> None:
        """Replaces the requests that were under way by one for each of their photos."""
        in_hand = [self._requests.popleft() for _ in self.next()]
        singles = [(where, _cut(request, i, i + 1)) for where, request in in_hand for i in range(len(request.paths))]
        for n, (where, request) in reversed(list(enumerate(singles))):
            self._requests.appendleft((where, replace(request, request=-1 - n)))

    def _fill(self) -> None:
        while len(self._requests) <= _AHEAD and self._here:
            rows = unread.without_facts(self._store, self._here, after=self._last_id, limit=_ASKED)
            if not rows:
                return
            self._last_id = rows[-1][0]
            for where, several in groupby(rows, key=lambda row: row[1]):
                self._requests.append((where, self._request(where, list(several))))

    def _request(self, where: int, rows: list[tuple[int, int, str, int, int]]) -> ReadFacts:
        self._count += 1
        uuid = self._collections[where].uuid
        return ReadFacts(
            request=self._count,
            root=str(self._roots[where]),
            paths=tuple(path for _, _, path, _, _ in rows),
            thumbs=str(self._store.folder / "thumbs"),
            thumb_keys=tuple(thumb_key(uuid, path, size, mtime_ns) for _, _, path, size, mtime_ns in rows),
            thumb_size=SIZE,
        )


def _read_with_child(store: Store, pending: _Pending, report: _Report) -> Generator[Progress, None, None]:
    """Works off `pending` with one reader; what was recorded is taken out of it. Raises _ReaderDied, JobFailed."""
    asked: dict[int, int] = {}
    started = False
    yield report.note(())
    with Child("reader") as child:
        while pending:
            try:
                for collection_id, request in pending.next():
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
                    pending.take_out(number, len(facts))
                    yield report.note(facts, changes)
                case Completed() | None:
                    yield report.note(())
                case Failed(_, sentence, detail):
                    if detail:
                        _logger.error("The reader failed: %s", detail)
                    raise JobFailed(sentence)


def _cut(request: ReadFacts, start: int, end: int) -> ReadFacts:
    """The request for the photos from start to end alone."""
    return replace(request, paths=request.paths[start:end], thumb_keys=request.thumb_keys[start:end])


def _leave_out(store: Store, pending: _Pending, report: _Report, died: _ReaderDied) -> Progress:
    """Records of the first photo, which was asked for alone, that it kills the reader."""
    collection_id, request = pending.next()[0]
    path = request.paths[0]
    _logger.warning("The reader crashed on %s: %s", path, died)
    facts = [PhotoFacts(path, problem=CRASHES.format(name=path.rsplit("/", 1)[-1]))]
    pending.take_out(request.request, 1)
    return report.note(facts, photos.record_facts(store, collection_id, facts))
