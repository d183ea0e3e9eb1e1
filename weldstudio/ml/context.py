"""What every part of a run shares: where it writes, who decodes, on which device, and whether it is to stop."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import torch

from weldstudio.domain.messages import Message, Skipped
from weldstudio.ml.checkpoints import KeptFeatures

_logger = logging.getLogger(__name__)

SAY_EVERY_S = 1.0
SCORE_BATCH = 32
EXAMPLES = 10
"""So many photos that could not be read are named in a message."""


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
    kept: KeptFeatures = field(init=False)
    """Features of photos, and which photos could not be read: these are left out, whenever that was found."""

    def __post_init__(self) -> None:
        self.kept = KeptFeatures(self.folder / "checkpoints" / "features.pt")

    def heed(self) -> None:
        """Raises Stopped when the owner wants the run to stop."""
        wish = self.should_stop()
        if wish:
            raise Stopped(wish)

    @property
    def memory(self) -> float | None:
        """Bytes held: of the graphics card where there is one, else by this process; None where nobody knows."""
        if self.device.type == "cuda":
            return float(torch.cuda.memory_reserved(self.device))
        try:
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
            return float(pages * os.sysconf("SC_PAGE_SIZE"))
        except (OSError, AttributeError):
            return None  # not on Linux

    def left_out(self, unread: Iterable[tuple[str, str]]) -> Iterator[Message]:
        """Says which photos could not be read, each once in a run; the log lists them all."""
        new = {path: reason for path, reason in unread if path not in self.kept.unread}
        for path, reason in new.items():
            _logger.info("Left out %s: %s", path, reason)
        self.kept.unread |= new
        if new:
            yield Skipped(len(new), tuple(new.items())[:EXAMPLES])
