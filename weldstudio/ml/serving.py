"""The engine's side of the talk: requests in, answers out, the photo on screen before everything else.

One thread computes, a pool decodes. Between two batches of a long scoring the requests are looked at again: an
`Explain` is answered at once, and of several only the newest; behind it all that are wanted beside it.
"""

import logging
import queue
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from weldstudio.domain.blocks import cores
from weldstudio.domain.chores import ExportModel, FetchWeights, ReadWeights
from weldstudio.domain.errors import JobFailed, PhotoError, UserError
from weldstudio.domain.messages import (
    Completed,
    Drop,
    Explain,
    Explained,
    Failed,
    LoadModel,
    Message,
    ModelReady,
    Score,
    Scored,
)
from weldstudio.domain.packing import pack
from weldstudio.imaging.feature_file import FeatureFile, TrunkAbout
from weldstudio.imaging.fitting import Pixels, read_input
from weldstudio.ml.scorer import Scorer

_logger = logging.getLogger(__name__)

BATCH = 32
"""Photos scored in one piece, at most."""
_LEAST = 4
_PATIENCE_S = 0.35
"""So long, about, may a piece keep whoever asks about a photo waiting: a slow machine scores in smaller ones."""


def serve(requests: "queue.SimpleQueue[Message | None]", utter: Callable[[Message], None]) -> None:
    """Answers until the queue hands out None."""
    torch.set_num_threads(cores())
    with ThreadPoolExecutor(cores(), "decode") as pool:
        engine = _Engine(utter, pool)
        while engine.take(requests):
            engine.work()


class _Engine:
    def __init__(self, utter: Callable[[Message], None], pool: ThreadPoolExecutor) -> None:
        self._utter = utter
        self._pool = pool
        self._scorer: Scorer | None = None
        self._load: LoadModel | None = None
        self._explain: Explain | None = None
        self._beside: OrderedDict[int, Explain] = OrderedDict()
        """By request, in the order in which they are wanted."""
        self._scores: OrderedDict[int, tuple[Score, int]] = OrderedDict()
        """Request -> (scoring, photos answered so far)."""
        self._piece = 2 * _LEAST
        """Photos that are scored at once now."""
        self._features: FeatureFile | None = None
        self._chores: deque[ExportModel | ReadWeights | FetchWeights] = deque()
        """What has nothing to do with the model that is loaded; done when nobody waits for anything else."""

    def take(self, requests: "queue.SimpleQueue[Message | None]") -> bool:
        """Takes in everything that waits; with nothing to do, waits itself. False at the end."""
        wait = not (self._load or self._explain or self._beside or self._scores or self._chores)
        while True:
            try:
                message = requests.get() if wait else requests.get_nowait()
            except queue.Empty:
                return True
            wait = False
            match message:
                case None:
                    return False
                case LoadModel():
                    self._load, self._explain = message, None
                    self._beside.clear()
                case Explain(beside=True):
                    self._beside[message.request] = message
                case Explain():
                    self._explain = message
                case Score():
                    self._scores[message.request] = (message, 0)
                case ExportModel() | ReadWeights() | FetchWeights():
                    self._chores.append(message)
                case Drop():
                    self._scores.pop(message.request, None)
                    self._beside.pop(message.request, None)
                    if self._explain is not None and self._explain.request == message.request:
                        self._explain = None
                case _:
                    _logger.error("The engine was asked what it cannot answer: %s", message)

    def work(self) -> None:
        """One piece of work, the most urgent first."""
        if self._load is not None:
            load, self._load = self._load, None
            self._answer(load.request, lambda: self._load_model(load))
        elif self._explain is not None or self._beside:
            explain, self._explain = self._explain or self._beside.popitem(last=False)[1], None
            self._answer(explain.request, lambda: self._explain_photo(explain), explain.photo_id)
        elif self._scores:
            request = next(reversed(self._scores))  # asked last, wanted first: ten new photos before the collection
            if not self._answer(request, lambda: self._score_batch(request)):
                self._scores.pop(request, None)
        elif self._chores:
            chore = self._chores.popleft()
            self._answer(chore.request, lambda: self._do(chore))

    def _do(self, chore: ExportModel | ReadWeights | FetchWeights) -> None:
        # Each imports much that nobody else needs.
        match chore:
            case ExportModel():
                from weldstudio.ml import portable

                self._utter(portable.export(chore))
            case ReadWeights():
                from weldstudio.ml import fitting_weights

                self._utter(fitting_weights.read(chore))
            case FetchWeights():
                from weldstudio.ml import fetching

                for message in fetching.fetched(fetching.address(chore.network)):
                    self._utter(message)
                self._utter(Completed(chore.request))

    def _answer(self, request: int, answer: Callable[[], None], photo_id: int | None = None) -> bool:
        try:
            answer()
        except UserError as error:
            self._utter(Failed(request, str(error), photo_id=photo_id))
            return False
        return True

    def _load_model(self, message: LoadModel) -> None:
        began = time.monotonic()
        self._scorer = None
        self._scorer = scorer = Scorer(Path(message.folder))
        size = scorer.card.preprocessing.input_size
        empty = np.zeros((size, size * scorer.card.preprocessing.looks, 3), np.uint8)
        scorer.score([empty])  # the first pass chooses kernels and takes longer
        seconds = time.monotonic() - began
        self._utter(ModelReady(message.request, scorer.card.id, scorer.device.type, seconds))

    def _explain_photo(self, message: Explain) -> None:
        scorer = self._ready()
        found = scorer.explain(Path(message.path), heads=Path(message.heads) if message.heads else None)
        frame = found.frame
        self._utter(
            Explained(
                message.request,
                message.photo_id,
                scorer.card.id,
                tuple(float(p) for p in found.probabilities),
                pack(found.maps.astype(np.float16)),
                (found.maps.shape[0], found.maps.shape[1], found.maps.shape[2]),
                (frame.left, frame.top, frame.right, frame.bottom),
            )
        )

    def _score_batch(self, request: int) -> None:
        scorer = self._ready()
        message, done = self._scores[request]
        began = time.monotonic()
        ids, paths = message.photo_ids[done : done + self._piece], message.paths[done : done + self._piece]

        def read(path: str) -> Pixels | PhotoError:
            try:
                return read_input(path, scorer.card.preprocessing)
            except PhotoError as error:
                return error

        found = list(self._pool.map(read, paths))
        good = [(photo, pixels) for photo, pixels in zip(ids, found, strict=True) if not isinstance(pixels, PhotoError)]
        problems = tuple((i, str(error)) for i, error in zip(ids, found, strict=True) if isinstance(error, PhotoError))
        values = np.zeros((0, len(scorer.card.classes)), np.float32)
        if good:
            values, seen = scorer.score_and_see([pixels for _, pixels in good], features=bool(message.features))
            if message.features:
                self._keep_features(message, [photo for photo, _ in good], seen)
        packed = pack(values.astype(np.float16))
        self._utter(Scored(request, scorer.card.id, tuple(photo for photo, _ in good), packed, problems))
        in_time = int(len(ids) * _PATIENCE_S / max(time.monotonic() - began, 1e-3))
        self._piece = min(BATCH, 2 * self._piece, max(_LEAST, in_time))
        done += len(ids)
        self._scores[request] = (message, done)
        if done >= len(message.photo_ids):
            del self._scores[request]
            self._utter(Completed(request))

    def _keep_features(self, message: Score, photo_ids: list[int], seen: NDArray[np.float32]) -> None:
        """Raises JobFailed where the disk takes no more."""
        trunk = self._ready().trunk
        contents = dict(zip(message.photo_ids, message.contents, strict=True))
        try:
            folder = Path(message.features)
            if self._features is None or self._features.folder != folder or not folder.is_dir():
                about = TrunkAbout(message.trunk, trunk.name, trunk.feature_width)
                self._features = FeatureFile.make(folder, about)
            keyed = [place for place, photo_id in enumerate(photo_ids) if contents[photo_id]]
            self._features.append([contents[photo_ids[place]] for place in keyed], seen[keyed])
        except OSError as error:
            raise JobFailed(f"Features cannot be kept ({error.strerror or error}). Make room and try again.") from error

    def _ready(self) -> Scorer:
        if self._scorer is None:
            raise JobFailed("No model is loaded yet; choose one on the Models page.")
        return self._scorer
