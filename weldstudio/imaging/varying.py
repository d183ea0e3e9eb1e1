"""Varying training photos: what a recipe's augmentation does to one photo, a little different each time.

Sources: random cuts and colours along their principal directions, Krizhevsky et al., NeurIPS 2012, 4.1; mirror, shift,
rotation, shear and zoom with reflected borders, Soper 2019; light and blur, to bridge two generations of cameras.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import ceil, cos, radians, sin, tan

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from weldstudio.domain.recipe import Augmentation
from weldstudio.imaging.fitting import Pixels

COLOUR_PHOTOS = 200
"""Training photos, the first ones, from which the principal colours are computed."""
_FIELDS: dict[str, dict[str, float]] = {
    "cut": {"cut": 0.0, "stretch": 0.0},
    "shift": {"shift": 0.0},
    "rotate": {"rotate": 0.0},
    "shear": {"shear": 0.0},
    "zoom": {"zoom": 0.0},
    "light": {"brightness": 0.0, "contrast": 0.0},
    "blur": {"blur": 0.0},
    "colour": {"colour": 0.0},
    "flip": {"flip": False},
    "mixup": {"mixup": 0.0},
}
"""Variation, as a veto names it -> what leaves it out."""


@dataclass(frozen=True, slots=True)
class Variation:
    """How photos are varied. `colours` (3, 3) are the principal colours of the training photos, one a row."""

    choice: Augmentation
    size: int
    """Pixels of the result."""
    colours: NDArray[np.float64] | None = None

    def of(self, pixels: Pixels, *, seed: Sequence[int], without: Collection[str] = ()) -> Pixels:
        """A variation (size, size, 3) of a photo (h, w, 3) uint8. Everything random hangs on the seed. Any thread.

        Two looks at a photo, side by side, are varied each in the same way.
        """
        height, width = pixels.shape[:2]
        if width == 2 * height:
            looks = (pixels[:, :height], pixels[:, height:])
            return np.concatenate([self.of(look, seed=seed, without=without) for look in looks], axis=1)
        choice = self.choice
        if without:
            off = {key: value for name in without for key, value in _FIELDS[name].items()}
            choice = replace(choice, **off)  # type: ignore[arg-type]
        draw = np.random.default_rng(seed)
        image = self._moved(Image.fromarray(pixels), choice, draw)
        if draw.random() < 0.5 and choice.flip:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        radius = draw.uniform(0, 1) * choice.blur
        if radius > 0.1:
            image = image.filter(ImageFilter.GaussianBlur(radius))
        gain = 1 + choice.contrast * draw.uniform(-1, 1)
        lift = 255 * choice.brightness * draw.uniform(-1, 1)
        tint = np.zeros(3)
        strength = draw.normal(size=3) * choice.colour
        if choice.colour and self.colours is not None:
            tint = strength @ self.colours
        table = ((np.arange(256) - 128) * gain + 128 + lift)[None, :] + tint[:, None]
        return np.asarray(image.point(table.clip(0, 255).astype(np.uint8).reshape(-1).tolist()))

    def _moved(self, image: Image.Image, choice: Augmentation, draw: np.random.Generator) -> Image.Image:
        """Cut, stretched, shifted, turned, slanted and zoomed, at the final size."""
        width, height = image.size
        scale = draw.uniform(1 - choice.cut, 1.0)
        across, down = np.minimum(1.0, scale * np.exp(choice.stretch * draw.uniform(-1, 1, 2)))
        box_w, box_h = float(across * width), float(down * height)
        left, top = draw.uniform(0, 1, 2) * (width - box_w, height - box_h)
        shift_x, shift_y, turn, slant, zoom = draw.uniform(-1, 1, 5) * (
            choice.shift * box_w,
            choice.shift * box_h,
            radians(choice.rotate),
            radians(choice.shear),
            choice.zoom,
        )
        size = (self.size, self.size)
        if not (choice.shift or choice.rotate or choice.shear or choice.zoom):
            box = (float(left), float(top), float(left) + box_w, float(top) + box_h)
            return image.resize(size, Image.Resampling.BILINEAR, box=box)
        # From a place of the result to one of the photo: about the middle, then into the box.
        linear = np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]]) @ np.array([[1, tan(slant)], [0, 1]])
        linear = np.diag([box_w / self.size, box_h / self.size]) @ linear / (1 + zoom)
        middle = np.array([left + box_w / 2 + shift_x, top + box_h / 2 + shift_y])
        corners = (np.array([[0, 1, 0, 1], [0, 0, 1, 1]]) - 0.5) * self.size
        reach = middle[:, None] + linear @ corners
        beyond = max(-reach.min(), reach[0].max() - width, reach[1].max() - height)
        margin = max(0, ceil(beyond)) + 2
        edge = ((margin, margin), (margin, margin), (0, 0))
        wide = Image.fromarray(np.pad(np.asarray(image), edge, mode="reflect"))
        start = middle + margin - linear @ np.full(2, self.size / 2)
        (a, b), (d, e) = linear.tolist()
        data = (a, b, float(start[0]), d, e, float(start[1]))
        return wide.transform(size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)


def principal_colours(photos: Sequence[Pixels]) -> NDArray[np.float64]:
    """Main directions in which the colours of these photos vary, (3, 3), each as long as the deviation along it.

    Krizhevsky et al. add sum_k alpha_k lambda_k p_k to every pixel. We read lambda as the deviation, as everyone does:
    the eigenvalues themselves would drown the photo.
    """
    colours = np.concatenate([photo[::4, ::4].reshape(-1, 3) for photo in photos]).astype(np.float64)
    values, vectors = np.linalg.eigh(np.cov(colours.T))
    return (np.sqrt(np.maximum(values, 0))[:, None] * vectors.T)[::-1]


def vetoes(choice: Augmentation, classes: Sequence[str], raised: Sequence[bool]) -> frozenset[str]:
    """The variations that a photo with these flags raised is spared."""
    if not choice.vetoes:
        return frozenset()
    shown = {name for name, is_raised in zip(classes, raised, strict=True) if is_raised}
    return frozenset(variation for flag, variation in choice.forbidden if flag in shown)
