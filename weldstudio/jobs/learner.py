"""The learner's work: heads refitted after every label, similar photos, what to label next. No torch, no database.

One thread computes, piece by piece; between two pieces it looks whether something newer was asked. A change of labels
is answered three times, each better than the one before (`domain.learner`); what comes in between ends the fit under
way, and the next goes on from there.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.errors import JobFailed, UserError
from weldstudio.domain.learner import Learner
from weldstudio.domain.learner_messages import FindSimilar, Learn, Refitted, Relabel, SimilarFound, Suggest, Suggested
from weldstudio.domain.messages import Completed, Drop, Failed, Message
from weldstudio.domain.refit import Space
from weldstudio.domain.similar import lengths, nearest
from weldstudio.imaging import refit_file
from weldstudio.imaging.feature_file import FeatureFile

Requests = queue.SimpleQueue[Message | None]
Utter = Callable[[Message], None]

IDLE_S = 1.0
"""So long nothing may have changed before the calibration is looked at again."""


def serve(requests: Requests, utter: Utter) -> None:
    """Answers until None comes in."""
    talk, rest = _Talk(utter), Requests()
    beside = threading.Thread(target=_sort, args=(requests, rest, talk), name="similar photos", daemon=True)
    beside.start()
    while talk.take(rest):
        talk.work()
    beside.join()


def _sort(requests: Requests, rest: Requests, talk: "_Talk") -> None:
    """Similar photos are looked for at once, beside the fit under way; all else waits for the end of a piece of it."""
    while (message := requests.get()) is not None:
        if isinstance(message, FindSimilar) and talk.known is not None:
            talk.find(message)
        else:
            rest.put(message)
    rest.put(None)


@dataclass(slots=True, eq=False)
class _Known:
    """What a `Learn` has brought."""

    project: Path
    model_id: str
    ids: NDArray[np.int64]
    slots: NDArray[np.int64]
    learner: Learner
    long: NDArray[np.float32]

    def row(self, photo_id: int) -> int:
        """Raises JobFailed for a photo without features."""
        row = int(self.ids.searchsorted(photo_id))
        if row == len(self.ids) or self.ids[row] != photo_id:
            raise JobFailed("This photograph has no features yet; they are made while the collection is predicted.")
        return row


class _Talk:
    """The state between two pieces of work."""

    def __init__(self, utter: Utter) -> None:
        self._utter = utter
        self.known: _Known | None = None
        self._asked: list[Message] = []
        self._newest = -1
        self._under_way: Iterator[None] | None = None
        self._judge_at: float | None = None

    def take(self, requests: Requests) -> bool:
        """Takes in what has come; with nothing to do, waits. False when the child shall end."""
        while True:
            busy = bool(self._asked) or self._under_way is not None
            wait = None if busy or self._judge_at is None else max(0.0, self._judge_at - time.monotonic())
            try:
                message = requests.get_nowait() if busy else requests.get(timeout=wait)
            except queue.Empty:
                return True
            if message is None:
                return False
            if isinstance(message, Drop):
                self._asked = [one for one in self._asked if getattr(one, "request", None) != message.request]
                if message.request == self._newest:
                    self._under_way = self._judge_at = None
            else:
                self._asked.append(message)

    def work(self) -> None:
        """One piece: what was asked, or the next pass of the fit under way."""
        request = self._newest
        try:
            if self._asked:
                message = self._asked.pop(0)
                request = getattr(message, "request", -1)
                self._answer(message)
            elif self._under_way is not None:
                if next(self._under_way, self) is self:
                    self._under_way = None
            elif self._judge_at is not None and time.monotonic() >= self._judge_at:
                self._judge_at, self._under_way = None, self._judged()
        except UserError as error:
            self._utter(Failed(request, str(error)))

    def _answer(self, message: Message) -> None:
        match message:
            case Learn():
                self._newest, self._under_way, self._judge_at = message.request, None, None
                self.known = _learn(message)
                self._under_way = self._fitted(None, then_judge=True)
            case Relabel():
                self._relabel(message)
            case FindSimilar():
                self.find(message)
            case Suggest():
                known = self._ready()
                rows, columns = known.learner.suggest(message.count, seed=message.seed)
                slots = tuple(int(known.slots[column]) if column >= 0 else -1 for column in columns)
                self._utter(Suggested(message.request, tuple(known.ids[rows].tolist()), slots))
            case _:
                raise JobFailed(f"The learner is not asked for {type(message).__name__}.")

    def find(self, message: FindSimilar) -> None:
        """Answers; any thread, for features do not change."""
        try:
            known = self._ready()
            row = known.row(message.photo_id)
        except JobFailed as error:
            self._utter(Failed(message.request, str(error)))
            return
        rows, cosines = nearest(known.learner.space.points, row, message.count, long=known.long)
        found = tuple(known.ids[rows].tolist()), tuple(round(float(c), 4) for c in cosines)
        self._utter(SimilarFound(message.request, *found))

    def _relabel(self, message: Relabel) -> None:
        known, began = self._ready(), time.monotonic()
        place = {int(slot): column for column, slot in enumerate(known.slots)}
        changes = []
        for photo_id, slot, state in message.changes:
            row = int(known.ids.searchsorted(photo_id))
            if slot in place and row < len(known.ids) and known.ids[row] == photo_id:
                changes.append((row, place[slot], state))
        unfinished = self._under_way is not None
        self._newest, self._under_way = message.request, None
        columns = known.learner.relabel(changes)
        if not columns and not unfinished:
            self._utter(Completed(message.request))
            return
        if not unfinished:  # from where the heads have not arrived yet a step says nothing
            self._say("step", began)
        self._under_way = self._fitted(None if unfinished else columns, then_judge=True)

    def _fitted(self, columns: tuple[int, ...] | None, *, then_judge: bool) -> Iterator[None]:
        began = time.monotonic()
        yield from self._ready().learner.fit(columns)
        self._say("fitted", began)
        if then_judge:
            self._judge_at = time.monotonic() + IDLE_S

    def _judged(self) -> Iterator[None]:
        began = time.monotonic()
        yield from self._ready().learner.judge()
        self._say("judged", began)

    def _say(self, stage: str, began: float) -> None:
        known = self._ready()
        try:
            refit_file.write(known.project, known.learner.answer(known.model_id, known.ids, known.slots))
        except OSError as error:
            self._under_way = self._judge_at = None
            raise JobFailed(f"What was learned cannot be kept ({error.strerror or error}). Make room first.") from error
        self._utter(Refitted(self._newest, stage, time.monotonic() - began))

    def _ready(self) -> _Known:
        if self.known is None:
            raise JobFailed("Nothing is learned from yet; features are made while the collection is predicted.")
        return self.known


def _learn(message: Learn) -> _Known:
    file = Path(message.ground_file)
    try:
        with np.load(file) as found:
            on = {name: found[name] for name in found.files}
    except (OSError, ValueError) as error:
        raise JobFailed(f"What is to be learned from cannot be read: {error}.") from error
    file.unlink(missing_ok=True)
    features = FeatureFile.open(Path(message.features))
    if features is None or (on["records"] >= len(features)).any():
        raise JobFailed("The features are other ones now; they are read again.")
    points = features.read(on["records"])
    space = Space.of(points)
    learner = Learner(space, on["states"], units=on["units"])
    learner.said = on["said"]
    before = refit_file.read(Path(message.project))
    if before is not None and before.model_id == str(on["model_id"]):
        learner.recall(before, on["ids"], on["slots"])
    return _Known(Path(message.project), str(on["model_id"]), on["ids"], on["slots"], learner, lengths(space.points))
