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


class Checkpoints:
    """The checkpoint of one network: what was found when the run began, and what is written as it goes."""

    def __init__(self, file: Path, *, device: torch.device) -> None:
        """Reads the file if there is one. Raises JobFailed where it cannot be read."""
        self.file, self.device = file, device
        self.found: dict[str, Any] | None = _read(file) if file.exists() else None
        self.shared: dict[str, Any] = {}
        """What every state of this network has in common."""
        self._due = time.monotonic() + EVERY_S

    @property
    def due(self) -> bool:
        """Whether the last one was written long ago."""
        return time.monotonic() >= self._due

    def write(self, state: dict[str, Any]) -> str:
        """Puts a state in place of the one before. Returns why that failed, or '': a full disk ends no run."""
        began = time.monotonic()
        part = self.file.with_name(self.file.name + ".part")
        try:
            self.file.parent.mkdir(exist_ok=True)
            with part.open("wb") as handle:
                torch.save(self.shared | state | {"chance": _chance(self.device)}, handle)
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

    def restore_chance(self) -> None:
        """What is drawn from now on is what would have been drawn."""
        assert self.found is not None
        chance: dict[str, Tensor] = self.found["chance"]
        torch.set_rng_state(chance["cpu"])
        if "cuda" in chance and self.device.type == "cuda":
            torch.cuda.set_rng_state(chance["cuda"], self.device)


def _chance(device: torch.device) -> dict[str, Tensor]:
    state = {"cpu": torch.get_rng_state()}
    return state | ({"cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {})


def _read(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError, KeyError) as error:
        raise JobFailed(f"The checkpoint {file.name} cannot be read ({error}); start a new run.") from error
    return found
