"""What every part of a run shares: where it writes, who decodes, on which device, and whether it is to stop."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

SAY_EVERY_S = 1.0
SCORE_BATCH = 32


class Stopped(Exception):
    """The owner of the run wants it to stop, or to pause."""

    def __init__(self, wish: str | bool = True) -> None:
        super().__init__(wish)
        self.pause = wish == "pause"


@dataclass(slots=True)
class Context:
    """The surroundings of a run. For one thread."""

    folder: Path
    pool: ThreadPoolExecutor
    should_stop: Callable[[], str | bool]
    device: torch.device = field(default_factory=lambda: torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    features: dict[tuple[object, str], Tensor] = field(default_factory=dict)
    """(trunk, path of a photo) -> features (width,); several networks of a run often begin with the same trunk."""

    def heed(self) -> None:
        """Raises Stopped when the owner wants the run to stop."""
        wish = self.should_stop()
        if wish:
            raise Stopped(wish)
