"""The warm engine in its own process: asked about the photograph on screen, newest first, started again if it dies.

The protocol's state is `jobs.engine`; here is only the QProcess that carries it. Nothing is started before there is a
model to load.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from weldstudio.domain.messages import Explained, Failed, Message, ModelReady, Score, Scored, Stage, Started
from weldstudio.domain.model import Frame, ModelCard
from weldstudio.domain.packing import unpack
from weldstudio.jobs import process, wire
from weldstudio.jobs.engine import EngineProtocol

if TYPE_CHECKING:
    from weldstudio.studio.features import Place

_logger = logging.getLogger(__name__)

RESTARTS = 3
"""How often an engine that dies is started again before a person has to ask for it."""
SCORED_AT_ONCE = 500
REMEMBERED = 64
"""Explanations kept, so that going back, or on to a neighbour, shows them at once."""
_END_MS = 3000


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What a model says of one photograph and where it looked."""

    photo_id: int
    model_id: str
    slots: tuple[int, ...]
    """Slot of each class of the model; the order of the arrays."""
    probabilities: NDArray[np.float32]
    """(classes,)"""
    maps: NDArray[np.float32]
    """(classes, h, w), signed: evidence for a flag is positive."""
    frame: Frame
    """Where the maps lie on the upright photograph."""

    def map_of(self, slot: int) -> NDArray[np.float32] | None:
        """The activation map of one class, (h, w), or None where the model does not know it."""
        return self.maps[self.slots.index(slot)] if slot in self.slots else None


class EngineClient(QObject):
    """Talks with one engine process; GUI thread."""

    explained = Signal(object)
    """An `Explanation` of a photograph asked for."""
    scored = Signal(str, object, object)
    """(model id, photo ids, probabilities (n, classes)) of photographs that were to be scored."""
    answered = Signal(object)
    """Photo ids of which scoring is done with, those that could not be read among them."""
    state_changed = Signal(str)
    """What the engine does, in words."""
    failed = Signal(str)
    """A sentence; the window goes on without live predictions."""

    def __init__(self, parent: QObject | None = None, *, command: Sequence[str] | None = None) -> None:
        super().__init__(parent)
        self._command = list(command) if command is not None else process.command("engine")
        self._process: QProcess | None = None
        self._protocol = EngineProtocol()
        self._card: ModelCard | None = None
        self._folder: Path | None = None
        self._wanted: tuple[int, Path] | None = None
        self._beside: dict[int, Path] = {}
        self._known: dict[int, Explanation] = {}
        self._to_score: dict[int, Path] = {}
        self._kept: Place | None = None
        self._restarts = 0
        self._stopping = False
        self.heads = ""
        """Path of the file of a refit, whose heads go before the model's own; empty = there is none."""
        self.state = "no model yet"

    def twin(self, parent: QObject) -> "EngineClient":
        """Another engine like this one, for another model."""
        return EngineClient(parent, command=self._command)

    @property
    def card(self) -> ModelCard | None:
        """The card of the model that answers, or is being loaded."""
        return self._card

    @property
    def ready(self) -> bool:
        """Whether a model is loaded and answers."""
        return self._protocol.model_id is not None

    def use_model(self, folder: Path | None) -> None:
        """Have the model in this folder answer from now on; None = there is none (any more)."""
        if folder == self._folder and (folder is None or self._process is not None):
            return
        self._folder, self._card, self._kept = folder, None, None
        self._known.clear()
        if folder is None:
            self._to_score.clear()
            self.stop()
            self._say("no model yet")
            return
        try:
            self._card = ModelCard.from_json(json.loads((folder / "card.json").read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            self._say("model cannot be read")
            self.failed.emit(f"The active model cannot be read: {error}. Choose another one on the Models page.")
            return
        self._restarts = 0
        self._load()

    def explain(self, photo_id: int, path: Path) -> None:
        """Ask about a photograph; answered by `explained`, unless a newer one is asked for meanwhile.

        Nothing is asked of one that is `known`.
        """
        self._wanted = (photo_id, path)
        if self.ready and photo_id not in self._known:
            self._send(self._protocol.explain(photo_id, str(path), self.heads))

    def explain_beside(self, paths: Mapping[int, Path]) -> None:
        """Ask about these photographs (by id) as well, in their order, behind every one that `explain` asks for."""
        self._beside = dict(paths)
        if self.ready:
            self._ask_beside()

    def known(self, photo_id: int) -> Explanation | None:
        """What the model has said of a photograph, while that is remembered."""
        return self._known.get(photo_id)

    def forget(self, photo_ids: Iterable[int] | None) -> None:
        """The files of these photographs may be other ones now; None = what is said of all of them may be."""
        if photo_ids is None:
            self._known.clear()
            return
        for photo_id in photo_ids:
            self._known.pop(photo_id, None)

    def score(self, paths: Mapping[int, Path]) -> None:
        """Have these photographs (by id) scored, behind every explanation; answered by `scored` in pieces.

        Without a model nothing is asked; an engine that dies or gets another model is asked once more.
        """
        if self._folder is None:
            return
        new = {photo_id: path for photo_id, path in paths.items() if photo_id not in self._to_score}
        self._to_score |= new
        if self.ready:
            self._ask_scores(new)

    def keep_features(self, place: "Place | None") -> None:
        """From now on keep there what the model's trunk sees of photographs that are scored; None = keep nothing."""
        self._kept = place

    def _ask_beside(self) -> None:
        unknown = [(photo_id, str(path)) for photo_id, path in self._beside.items() if photo_id not in self._known]
        self._send(self._protocol.explain_beside(unknown, self.heads))

    def _ask_scores(self, paths: Mapping[int, Path]) -> None:
        ids = list(paths)
        for at in range(0, len(ids), SCORED_AT_ONCE):
            some = ids[at : at + SCORED_AT_ONCE]
            _, asked = self._protocol.score(some, [str(paths[photo_id]) for photo_id in some])
            keep = self._kept
            self._send([keep.kept_by(m) if keep is not None and isinstance(m, Score) else m for m in asked])

    def stop(self) -> None:
        """End the engine by closing its stdin; one that does not listen is killed. Returns when it has ended."""
        running, self._process = self._process, None
        self._protocol.restarted()
        if running is None:
            return
        running.readyReadStandardOutput.disconnect()
        running.readyReadStandardError.disconnect()
        running.finished.disconnect()
        running.errorOccurred.disconnect()
        running.closeWriteChannel()
        if running.state() != QProcess.ProcessState.NotRunning and not running.waitForFinished(_END_MS):
            running.kill()
            running.waitForFinished(_END_MS)
        running.deleteLater()

    # Inside

    def _load(self) -> None:
        if self._folder is None:
            return
        if self._process is None:
            self._start()
        self._say("engine starting" if self._protocol.model_id is None else "loading the model")
        self._send(self._protocol.load(str(self._folder)))

    def _start(self) -> None:
        started = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in process.environment().items():
            environment.insert(name, value)
        started.setProcessEnvironment(environment)
        started.readyReadStandardOutput.connect(self._read)
        started.readyReadStandardError.connect(self._read_errors)
        started.finished.connect(self._ended)
        started.errorOccurred.connect(self._error)
        self._process = started
        started.start(self._command[0], self._command[1:])

    def _send(self, messages: list[Message]) -> None:
        if self._process is not None:
            for message in messages:
                self._process.write(f"{wire.encode(message)}\n".encode())

    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            line = bytes(self._process.readLine().data()).decode("utf-8", "replace").strip()
            if not line:
                continue
            try:
                message = wire.decode(line)
            except wire.WireError as error:
                _logger.error("the engine said what nobody understands: %s", error)
                continue
            counts, answers = self._protocol.received(message)
            self._send(answers)
            if counts:
                self._take(message)

    def _read_errors(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
            for line in text.splitlines():
                _logger.info("engine: %s", line)

    def _take(self, message: Message) -> None:
        match message:
            case Started():
                self._say("engine starting")
            case Stage():
                self._say(f"engine: {message.text}")
            case ModelReady():
                self._restarts = 0
                self._say("engine ready")
                if self._wanted is not None:
                    self._send(self._protocol.explain(self._wanted[0], str(self._wanted[1]), self.heads))
                self._ask_beside()
                self._ask_scores(self._to_score)
            case Explained():
                self._explained(message)
            case Scored():
                self._scored(message)
            case Failed():
                _logger.info("the engine failed: %s\n%s", message.sentence, message.detail)
                if message.photo_id is None:
                    self._say("engine stopped" if message.request < 0 else "model cannot be used")
                    self.failed.emit(message.sentence)
                elif self._wanted is not None and message.photo_id == self._wanted[0]:
                    self._say("engine ready; this photograph could not be read")
            case _:
                pass

    def _explained(self, message: Explained) -> None:
        card = self._card
        if card is None or message.model_id != card.id or len(message.probabilities) != len(card.classes):
            return
        maps = unpack(message.maps, message.maps_shape).astype(np.float32)
        self._say("engine ready")
        explanation = Explanation(
            message.photo_id,
            message.model_id,
            card.slots,
            np.asarray(message.probabilities, dtype=np.float32),
            maps,
            Frame(*message.frame),
        )
        self._known.pop(message.photo_id, None)
        self._known[message.photo_id] = explanation
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        self.explained.emit(explanation)

    def _scored(self, message: Scored) -> None:
        answered = (*message.photo_ids, *(photo_id for photo_id, _ in message.problems))
        for photo_id in answered:
            self._to_score.pop(photo_id, None)
        card = self._card
        if card is not None and message.model_id == card.id and message.photo_ids:
            shape = len(message.photo_ids), len(card.classes)
            self.scored.emit(card.id, message.photo_ids, unpack(message.probabilities, shape))
        self.answered.emit(answered)

    def _error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._process = None
            self._say("engine cannot be started")
            self.failed.emit("The engine cannot be started; `weldstudio doctor` says what is missing.")

    def _ended(self, code: int, _status: QProcess.ExitStatus) -> None:
        self._read()
        gone, self._process = self._process, None
        if gone is not None:
            gone.deleteLater()
        if self._protocol.model_id is not None and self._wanted is not None:
            # It died over this photograph, as far as anybody can tell: it is not asked about again by itself.
            asked = "those beside it" if self._protocol.explains_beside else str(self._wanted[1])
            _logger.info("the engine ended (exit code %d) while it was asked about %s", code, asked)
            if not self._protocol.explains_beside:
                self._wanted = None
            self._beside.clear()
        self._protocol.restarted()
        if self._restarts < RESTARTS:
            self._restarts += 1
            self._say("engine stopped; starting it again")
            QTimer.singleShot(200 * self._restarts, self, self._load)
            return
        self._say("engine stopped")
        self.failed.emit(
            f"The engine has stopped {RESTARTS + 1} times (exit code {code}), so there are no live predictions. "
            "Your labels are safe; choose the model again on the Models page to start it anew."
        )

    def _say(self, text: str) -> None:
        name = f" · {self._card.name}" if self._card is not None else ""
        said = f"{text}{name}"
        if said != self.state:
            self.state = said
            self.state_changed.emit(said)
