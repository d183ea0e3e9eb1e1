"""Validation: the photos a network is judged by, and the best weights so far.

The validation set is whole and unchanging [Dalyac 2014, 6.3.2: a changing one made learning invisible]. The best is
compared by mean per-class accuracy at the thresholds best on these photos, then by the loss.
"""

import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from weldstudio.domain.evaluation import Evaluation, evaluate
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.messages import Alarm, Evaluated, Message, Stage
from weldstudio.domain.model import Preprocessing
from weldstudio.ml.architectures import Network
from weldstudio.ml.averaging import cloned
from weldstudio.ml.context import SAY_EVERY_S, SCORE_BATCH, Context
from weldstudio.ml.dataset import Photos, batches, stacked
from weldstudio.ml.features import Photographs
from weldstudio.ml.frozen import FrozenMaps
from weldstudio.ml.losses import Loss, probabilities
from weldstudio.ml.preprocess import to_input
from weldstudio.ml.weights import save


@dataclass(frozen=True, slots=True)
class Best:
    """The best weights so far."""

    step: int
    evaluation: Evaluation
    loss: float
    state: dict[str, Tensor]
    logits: Tensor
    """(validation photos, classes)"""

    @property
    def rank(self) -> tuple[float, float]:
        """What is compared: mean per-class accuracy, then the loss."""
        accuracy = self.evaluation.mean_per_class_accuracy
        return (-1.0 if accuracy is None else accuracy), -self.loss


class Validation:
    """Judges a network on photos and keeps its best weights."""

    def __init__(
        self,
        context: Context,
        network: Network,
        manifest: Manifest,
        *,
        loss: Loss,
        photos: Photographs,
        states: Tensor,
        preprocessing: Preprocessing,
    ) -> None:
        self.context, self.network, self.loss, self.photos, self.states = context, network, loss, photos, states
        self.names = [item.name for item in manifest.classes]
        self.slots = [item.slot for item in manifest.classes]
        self.task = manifest.task
        self.preprocessing = preprocessing
        self.best: Best | None = None
        self.last_step = 0
        """Of the newest evaluation."""
        self.judged: Tensor | None = None
        """Logits (photos, classes) of the newest evaluation."""
        self.lost: set[int] = set()
        """Photos that cannot be read any more: no score counts them, neither of before nor after."""
        self.pixels = Photos([photo.path for photo in photos], preprocessing, context.pool, context.folder)
        self.problem = ""
        """Why weights could not be written, the last time that happened."""
        self.maps: FrozenMaps | None = None
        """In place of the pixels, once frozen stages have been passed."""

    def kept(self) -> dict[str, Any]:
        """The best so far, as a checkpoint holds it."""
        assert self.best is not None
        best = {"step": self.best.step, "loss": self.best.loss, "state": self.best.state, "logits": self.best.logits}
        return {"best": best, "last_evaluated": self.last_step, "lost": sorted(self.lost)}

    def restore(self, found: dict[str, Any]) -> None:
        """The best so far, from a checkpoint."""
        best = found["best"]
        self.lose(found["lost"])
        device = self.context.device
        state = {name: tensor.to(device) for name, tensor in best["state"].items()}
        evaluation = self._evaluation(best["logits"])
        self.best = Best(best["step"], evaluation, best["loss"], state, best["logits"])
        self.last_step = found["last_evaluated"]

    def lose(self, photos: Iterable[int]) -> None:
        """Leaves photos out, by their places, of what is counted from now on and of the best so far."""
        self.lost |= set(photos)
        self.states[sorted(self.lost)] = int(State.UNSEEN)
        if self.best is not None:
            loss = float(self.loss(self.best.logits, self.states))
            self.best = replace(self.best, evaluation=self._evaluation(self.best.logits), loss=loss)

    def _evaluation(self, logits: Tensor) -> Evaluation:
        found = probabilities(logits, self.task).numpy()
        return evaluate(found, self.states.numpy(), self.names, task=self.task)

    def judge(self, step: int, epoch: float, logits: Tensor, *, keep: bool = True) -> Evaluated:
        """Scores of these validation logits; with `keep`, the network is kept if they are the best so far."""
        self.last_step = max(self.last_step, step)
        self.judged = logits
        loss = float(self.loss(logits, self.states)) if len(self.states) else 0.0
        evaluation = self._evaluation(logits)
        now = Best(step, evaluation, loss, {}, logits.clone())
        better = keep and (self.best is None or now.rank > self.best.rank)
        if better:
            self.best = Best(step, evaluation, loss, cloned(self.network.state_dict()), now.logits)
            self._write("best")
        return Evaluated(
            step,
            epoch,
            loss,
            evaluation.mean_per_class_accuracy,
            evaluation.mean_per_class_accuracy_at_half,
            evaluation.per_class_json(),
            better,
        )

    def measure(
        self, step: int, epoch: float, average: dict[str, Tensor] | None = None
    ) -> Generator[Message, None, None]:
        """All photos through the weights and, where given, their average; the better one is told."""
        logits = yield from self._logits()
        told = self.judge(step, epoch, logits)
        if average is not None:
            plain = cloned(self.network.state_dict())
            self.network.load_state_dict(average)
            try:
                logits = yield from self._logits()
                smooth = self.judge(step, epoch, logits)
            finally:
                self.network.load_state_dict(plain)
            if smooth.best or (smooth.mean_per_class_accuracy or 0) > (told.mean_per_class_accuracy or 0):
                told = smooth
        self._write("last")
        if self.problem:
            yield Alarm("checkpoint", self.problem)
        yield told

    def _logits(self) -> Generator[Message, None, Tensor]:
        self.network.eval()
        said = time.monotonic()
        count = len(self.photos)
        logits = torch.zeros(count, len(self.names))
        for indices in batches(count, SCORE_BATCH):
            self.context.heed()
            if self.maps is not None:
                with torch.inference_mode():
                    x = self.maps.of(indices).to(self.context.device)
                    logits[indices.start : indices.stop] = self.network(x, self.maps.start).float().cpu()
                continue
            places, pixels, unread = self.pixels.readable(indices)
            if unread:
                yield from self.context.left_out(unread)
                self.lose(set(indices) - {indices[place] for place in places})
            if pixels:
                with torch.inference_mode():
                    x = to_input(stacked(pixels).to(self.context.device), self.preprocessing)
                    logits[[indices[place] for place in places]] = self.network(x).float().cpu()
            if time.monotonic() - said >= SAY_EVERY_S:
                yield Stage(f"validating: {indices[-1] + 1:,} of {count:,} photos", indices[-1] + 1, count)
                said = time.monotonic()
        return logits

    def _write(self, which: str) -> None:
        """Puts the weights on the disk as well. Where that fails it is said, and ends no run: they are in memory."""
        try:
            (self.context.folder / "checkpoints").mkdir(exist_ok=True)
            save(self.network, self.context.folder / "checkpoints" / f"{which}.safetensors")
        except OSError as error:
            self.problem = f"The weights could not be kept on the disk ({error.strerror}); the training goes on."
