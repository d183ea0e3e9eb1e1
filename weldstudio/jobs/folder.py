"""RunFolder: everything a training run needs and everything it said, as files that both sides read.

recipe.toml      what is to be learned, and how
manifest.jsonl   which photos and labels (domain.manifest)
control.json     what its owner wants of it: when it was started, whether to stop or to pause
messages.jsonl   everything the run says, one message a line; live plot and old plot read the same lines
log.txt          its stderr
weights/         the starting weights, if there were any
checkpoints/     last.safetensors, best.safetensors, and until it ends what it needs to go on
margins.npz      what the network said of its photos on the way (imaging.side_file), once it has ended
model/           card.json, weights.safetensors of the finished model
"""

import errno
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.manifest import Manifest, photo_ids
from weldstudio.domain.messages import Message
from weldstudio.domain.recipe import Recipe
from weldstudio.jobs import wire


@dataclass(frozen=True, slots=True)
class Control:
    """What the owner of a run wants of it."""

    started: float | None = None
    """Seconds since 1970; None while it waits."""
    stop: bool = False
    who: str = ""
    """Who asked for the training."""
    pause: bool = False
    place: float | None = None
    """In the line of those that wait: the smallest comes first. None before it was put there."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run, by its folder. The folder's name is the run's id."""

    path: Path

    @staticmethod
    def create(path: Path, recipe: Recipe, manifest: Manifest, *, who: str = "") -> "RunFolder":
        """A new folder with recipe, manifest and control file. It must not exist yet."""
        path.mkdir(parents=True)
        run = RunFolder(path)
        run.checkpoints.mkdir()
        replace_text(path / "manifest.jsonl", "\n".join(manifest.to_lines()) + "\n")
        replace_text(path / "recipe.toml", recipe.to_toml())
        run.write_control(Control(who=who))
        return run

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def messages_file(self) -> Path:
        return self.path / "messages.jsonl"

    @property
    def log_file(self) -> Path:
        return self.path / "log.txt"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        """The finished model; complete as soon as it exists."""
        return self.path / "model"

    def recipe(self) -> Recipe:
        """Raises RecipeError when it was edited into something impossible, JobFailed when it is missing."""
        return Recipe.from_toml(self._text("recipe.toml"))

    def manifest(self) -> Manifest:
        """Raises JobFailed when it is missing or damaged."""
        try:
            return Manifest.from_lines(self._text("manifest.jsonl").splitlines())
        except ValueError as error:
            raise JobFailed(f"The run {self.id} cannot be used: {error}.") from error

    def photo_ids(self) -> list[int]:
        """Ids of the photos in the manifest, many times quicker than by `manifest`. Raises JobFailed."""
        return photo_ids(self._text("manifest.jsonl"))

    def control(self) -> Control:
        """What the owner wants; the defaults while nobody has said anything."""
        try:
            data: dict[str, Any] = json.loads((self.path / "control.json").read_text("utf-8"))
        except FileNotFoundError:
            return Control()
        stop, pause = bool(data.get("stop")), bool(data.get("pause"))
        return Control(data.get("started"), stop, str(data.get("who", "")), pause, data.get("place"))

    def wish(self, started: float | None) -> str:
        """What a process begun at `started` is to do: '' go on, 'stop', 'pause'.

        One whose run was begun anew meanwhile (it slept too long and was taken for dead) leaves it to the other.
        """
        control = self.control()
        if control.stop:
            return "stop"
        return "pause" if control.pause or control.started != started else ""

    def write_control(self, control: Control) -> None:
        fields = asdict(control)
        replace_text(self.path / "control.json", json.dumps(fields) + "\n")

    def append(self, message: Message) -> None:
        """One more line of messages.jsonl, handed to the system before this returns: all of it, or OSError."""
        line = (wire.encode(message) + "\n").encode()
        with self.messages_file.open("ab", buffering=0) as file:
            end = file.tell()
            try:
                if file.write(line) < len(line):
                    raise OSError(errno.ENOSPC, "No room for the whole message")
            except OSError:
                file.truncate(end)  # a line that a full disk broke off would spoil the one after it
                raise

    def cut_unfinished(self) -> None:
        """Cuts off a last line that was never finished. Only once nobody writes any more."""
        if self.messages_file.exists():
            with self.messages_file.open("r+b") as file:
                file.truncate(file.read().rfind(b"\n") + 1)

    def replay(self) -> Iterator[Message]:
        """All messages so far. A last line that is still being written is left for later."""
        return iter(self.tail(0)[0])

    def tail(self, offset: int) -> tuple[list[Message], int]:
        """The messages from byte `offset` on, and the offset to go on from. Raises JobFailed for a damaged line."""
        try:
            with self.messages_file.open("rb") as file:
                file.seek(offset)
                data = file.read()
        except FileNotFoundError:
            return [], offset
        whole = data[: data.rfind(b"\n") + 1]
        try:
            found = [wire.decode(line) for line in whole.decode("utf-8").split("\n") if line]
        except (wire.WireError, UnicodeDecodeError) as error:
            raise JobFailed(f"The messages of the run {self.id} are damaged: {error}.") from error
        return found, offset + len(whole)

    def log_tail(self, size: int = 4_000) -> str:
        """The end of log.txt."""
        try:
            with self.log_file.open("rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - size))
                return file.read().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def _text(self, name: str) -> str:
        try:
            return (self.path / name).read_text("utf-8")
        except FileNotFoundError as error:
            raise JobFailed(f"The run {self.id} has no {name}; it cannot be used any more.") from error


def new_id(taken: Path) -> str:
    """An id for a run, sortable by time, that no folder below `taken` has yet."""
    stem = time.strftime("%Y%m%d-%H%M%S")
    number, name = 1, stem
    while (taken / name).exists():
        number, name = number + 1, f"{stem}-{number + 1}"
    return name


def replace_text(file: Path, text: str) -> None:
    """Replaces a file in one step: whoever reads it sees the old text or the new one, never half of it."""
    part = file.with_name(file.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(file)
