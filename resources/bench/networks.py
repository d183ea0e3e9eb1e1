"""The plain torch side of the limits: a MobileNetV2 for a few flags, and a photograph as its input."""

import sys
from pathlib import Path

import numpy as np
import torch
import torchvision
from PIL import Image

SIZE = 224
FLAGS = 5
MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


def network() -> torch.nn.Module:
    """MobileNetV2 with random weights and one output per flag."""
    torch.manual_seed(0)
    return torchvision.models.mobilenet_v2(num_classes=FLAGS).to(DEVICE)


def decoded(path: Path) -> torch.Tensor:
    """(1, 3, SIZE, SIZE) float32, normalised; decoded at the scale that is needed."""
    with Image.open(path) as picture:
        picture.draft("RGB", (SIZE, SIZE))
        small = picture.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR)
    pixels = (np.asarray(small, dtype=np.float32) / 255 - MEAN) / STD
    return torch.from_numpy(pixels).permute(2, 0, 1).unsqueeze(0).to(DEVICE)


def photos(folder: str) -> list[Path]:
    """The photographs made by photos.py, in order."""
    found = sorted((Path(folder) / "photos").iterdir())
    if not found:
        sys.exit(f"there are no photographs in {folder}")
    return found
