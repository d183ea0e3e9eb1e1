"""A view of a scene made into pixels."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from weldstudio.imaging.drawn.camera import View
from weldstudio.imaging.drawn.scene import ARMS, Scene


def photograph(scene: Scene, view: View) -> NDArray[np.uint8]:
    """The photo, (h, w, 3) uint8 sRGB."""
    random = np.random.default_rng(view.seed)
    image = Image.new("RGB", view.size, (110, 95, 75))
    pen = ImageDraw.Draw(image)
    if not view.spoilt:
        for arm in ARMS:
            hull = scene.on_pipe(arm, (0.0, 6.0), (-0.7, 2.2))[[0, 1, 3, 2]]
            pen.polygon([(x * view.size[0], y * view.size[1]) for x, y in view.project(hull)], fill=(40, 40, 44))
    pixels = np.asarray(image, np.float32) * view.exposure
    return (pixels + random.normal(0, 4, pixels.shape)).clip(0, 255).astype(np.uint8)
