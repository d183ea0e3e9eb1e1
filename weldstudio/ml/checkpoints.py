"""Checkpoints: where the training of one network stands, in one file, so that it goes on after whatever ended it.

Everything that later steps hang on is in it: weights, optimiser, averages, rate, the state of chance, the best so far.
On a CPU a run that goes on ends in the very bits in which it would have ended unbroken. A file is written beside the
old one and put in its place in one step: whenever a run is killed, a whole checkpoint is left.
"""

import os
import pickle
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from weldstudio.domain.errors import JobFailed

EVERY_S = 20.0
"""So much work may be lost to a crash, or as much as it takes for writing to be a twentieth of the time at most."""


class _File:
    """A file that is written now and then, as often as it is worth its time."""

    def __init__(self, file: Path) -> None:
        """Nothing is read yet."""
        self.file = file
        self._due = time.monotonic() + EVERY_S

    @property
    def due(self) -> bool:
        """Whether the last one was written long ago."""
        return time.monotonic() >= self._due

    def put(self, state: dict[str, Any]) -> str:
        """Puts a state in place of the one before. Returns why that failed, or '': a full disk ends no run."""
        began = time.monotonic()
        part = self.file.with_name(self.file.name + ".part")
        try:
            self.file.parent.mkdir(exist_ok=True)
            with part.open("wb") as handle:
                torch.save(state, handle)
                handle.flush()
                os.fsync(handle.fileno())
            part.replace(self.file)
        except (OSError, RuntimeError) as error:
            part.unlink(missing_ok=True)
            return f"The checkpoint could not be written ({error}); the training goes on."
        finally:
            now = time.monotonic()
            self._due = now + max(EVERY_S, 20 * (now - began))
        return ""


class Checkpoints(_File):
    """The checkpoint of one network: what was found when the run began, and what is written as it goes."""

    def __init__(self, file: Path, *, device: torch.device) -> None:
        """Reads the file if there is one. Raises JobFailed where it cannot be read."""
        super().__init__(file)
        self.device = device
        self.found: dict[str, Any] | None = _read(file) if file.exists() else None
        self.shared: dict[str, Any] = {}
        """What every state of this network has in common."""

    def write(self, state: dict[str, Any]) -> str:
        """Puts a state in place of the one before. Returns why that failed, or '': a full disk ends no run."""
        return self.put(self.shared | state | {"chance": _chance(self.device)})

    def restore_chance(self) -> None:
        """What is drawn from now on is what would have been drawn."""
        assert self.found is not None
        chance: dict[str, Tensor] = self.found["chance"]
        torch.set_rng_state(chance["cpu"])
        if "cuda" in chance and self.device.type == "cuda":
            torch.cuda.set_rng_state(chance["cuda"], self.device)


class KeptFeatures(_File):
    """Features that were computed so far, so that a run that is broken off need not look at those photos again."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.features: dict[tuple[object, str], Tensor] = {}
        """(trunk, path of a photo) -> features (width,); several networks of a run often begin with the same trunk."""
        self.unread: dict[str, str] = {}
        """Photos that could not be read, and why."""

    def read(self) -> None:
        """What a run before kept. A file that cannot be read is passed over: all of it can be computed again."""
        if not self.file.exists():
            return
        try:
            found = _read(self.file)
        except JobFailed:
            return
        for trunk, paths, rows in found["features"]:
            self.features |= {(trunk, path): row for path, row in zip(paths, rows, strict=True)}
        self.unread = found["unread"]

    def write(self) -> str:
        """Puts all of them on the disk. Returns why that failed, or ''."""
        by_trunk: dict[object, list[str]] = {}
        for trunk, path in self.features:
            by_trunk.setdefault(trunk, []).append(path)
        told = [
            (trunk, paths, torch.stack([self.features[trunk, path] for path in paths]))
            for trunk, paths in by_trunk.items()
        ]
        return self.put({"features": told, "unread": self.unread})


def _chance(device: torch.device) -> dict[str, Tensor]:
    state = {"cpu": torch.get_rng_state()}
    return state | ({"cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {})


def _read(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError, LookupError, TypeError) as error:
        raise JobFailed(f"The checkpoint {file.name} cannot be read ({error}); start a new run.") from error
    return found
