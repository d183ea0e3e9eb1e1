"""What trainings can run on, found without torch: each graphics card, or the processor where there is none."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

PROCESSOR = "processor"
_CARD = "card-"


@cache
def names() -> tuple[str, ...]:
    """One name per device; at most one training runs on each."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    cards = range(_cards()) if chosen is None else [card.strip() for card in chosen.split(",") if card.strip()]
    return tuple(f"{_CARD}{card}" for card in cards) or (PROCESSOR,)


def environment(device: str) -> dict[str, str]:
    """What the environment of a training on this device says beside everything else."""
    return {"CUDA_VISIBLE_DEVICES": device.removeprefix(_CARD)} if device.startswith(_CARD) else {}


def _cards() -> int:
    """How many graphics cards the driver knows."""
    listed = Path("/proc/driver/nvidia/gpus")
    if listed.is_dir():
        return len(list(listed.iterdir()))
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return 0
    try:
        found = subprocess.run([tool, "--list-gpus"], capture_output=True, encoding="utf-8", timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return sum(line.startswith("GPU ") for line in found.stdout.splitlines())
