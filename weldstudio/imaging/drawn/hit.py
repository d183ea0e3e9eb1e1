"""What rays hit: where a thing is seen, which way it faces there, and what it looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from weldstudio.imaging.drawn.scene import Floats

Colour = tuple[float, float, float]
Frame = tuple[Floats, Floats, Floats, Floats]
"""Origin and three unit vectors: along, up, near."""
Vector = tuple[Floats | float, Floats | float, Floats | float]
"""One for each pixel, told in a thing's own (along, up, near); what is the same for all is a number."""


@dataclass(slots=True)
class Hit:
    """Pixels on which rays hit something; arrays (n,). Directions are told in the thing's own (along, up, near)."""

    index: NDArray[np.intp]
    """Flat indices of the pixels."""
    cover: Floats
    """How much of the pixel it fills, 0..1."""
    t: Floats
    """Distance along the ray."""
    ray: tuple[Floats, Floats, Floats]
    """The ray's direction; not of length 1."""
    s: Floats
    """Along the axis."""
    normal: Vector
    """A part that is nought everywhere is the number 0.0."""
    sun: Vector
    """The direction of the sun."""
    high: Vector
    """The world's upwards."""

    @property
    def theta(self) -> Floats:
        """Angle from the top towards the photographer; before it leans."""
        # The arc cosine by a polynomial, to 0.0001 (Abramowitz and Stegun 4.4.45): a quarter of the time of numpy's.
        up = np.asarray(self.normal[1])
        steep = np.abs(up)
        angle = ((-0.0187293 * steep + 0.0742610) * steep - 0.2121144) * steep + 1.5707288
        angle *= np.sqrt((1 - steep).clip(0, 1))
        below = np.flatnonzero(up < 0)
        angle[below] = np.float32(np.pi) - angle.take(below)
        angle *= np.sign(self.normal[2])
        return angle

    def only(self, mask: NDArray[np.bool_]) -> Self:
        """The pixels that the mask keeps."""
        keep = np.flatnonzero(mask)
        return type(self)(
            self.index[keep],
            self.cover[keep],
            self.t[keep],
            (self.ray[0][keep], self.ray[1][keep], self.ray[2][keep]),
            self.s[keep],
            _kept(self.normal, keep),
            _kept(self.sun, keep),
            _kept(self.high, keep),
        )

    @classmethod
    def joined(cls, hits: "Sequence[Hit]") -> Self:
        """Those of cylinders as one, so that what they look like is reckoned once."""
        counts = [hit.index.size for hit in hits]

        def together(vectors: Sequence[Vector]) -> Vector:
            first, second, third = (_together(parts, counts) for parts in zip(*vectors, strict=True))
            return first, second, third

        to_along, to_up, to_near = (np.concatenate(parts) for parts in zip(*(hit.ray for hit in hits), strict=True))
        return cls(
            np.concatenate([hit.index for hit in hits]),
            np.concatenate([hit.cover for hit in hits]),
            np.concatenate([hit.t for hit in hits]),
            (to_along, to_up, to_near),
            np.concatenate([hit.s for hit in hits]),
            together([hit.normal for hit in hits]),
            together([hit.sun for hit in hits]),
            together([hit.high for hit in hits]),
        )


def _kept(vector: Vector, keep: NDArray[np.intp]) -> Vector:
    first, second, third = (values if isinstance(values, float) else values[keep] for values in vector)
    return first, second, third


def _together(parts: Sequence[Floats | float], counts: Sequence[int]) -> Floats | float:
    """Values of several hits of so many pixels as one array, or as one number where they are the same everywhere."""
    first = parts[0]
    if isinstance(first, float) and all(isinstance(one, float) and one == first for one in parts):
        return first
    return np.concatenate(
        [
            np.full(count, one, np.float32) if isinstance(one, float) else one
            for one, count in zip(parts, counts, strict=True)
        ]
    )


@dataclass(slots=True)
class Surface:
    """What the light meets at each pixel of a hit."""

    albedo: Floats
    """(3, n) or (3, 1)."""
    gloss: Floats | float = 0.3
    """Strength of what is mirrored, 1 as a wet or new skin."""
    sharp: int = 5
    """The highlight is a power of 2 to this."""
    open: Floats | float = 1.0
    """How much of the sky is seen: less beside and below things."""
    lit: Floats | float = 1.0
    """How much of the sun is seen."""
    metal: Floats | float = 0.0
    """Mirrors in its own colour."""
    slopes: tuple[Floats, Floats] | None = None
    """How much it leans, along the axis and round it, beside the plain shape."""

    def lean(self, along: Floats, around: Floats, keep: NDArray[np.intp] | None = None) -> None:
        """Lean it more, by slopes at all pixels or, with `keep`, at some."""
        if self.slopes is None:
            if keep is None:
                self.slopes = (along, around)
                return
            long = self.albedo.shape[1]
            self.slopes = (np.zeros(long, np.float32), np.zeros(long, np.float32))
        for own, more in zip(self.slopes, (along, around), strict=True):
            if keep is None:
                own += more
            else:
                own[keep] += more


def meet(
    to_up: Floats,
    to_near: Floats,
    eye_up: Floats | np.float32,
    eye_near: Floats | np.float32,
    radius: Floats | np.float32,
) -> tuple[Floats, Floats]:
    """Where rays meet a cylinder, told across its axis: the distances along the rays, after how well they meet it.

    That is the square of the half chord, in the plane across the axis: below 0 a ray misses, and is given the place
    where it is nearest.
    """
    a = to_up * to_up
    a += to_near * to_near
    b = to_up * eye_up
    b += to_near * eye_near
    chord = b * b
    chord /= a
    chord -= eye_up * eye_up + eye_near * eye_near - radius * radius
    t = np.sqrt((chord * a).clip(0, np.inf))
    t += b
    t /= -a
    return chord, t


def told(vector: tuple[float, float, float], frame: Frame) -> Vector:
    """A vector of the world in the frame's own directions."""
    _, along, up, near = (one.tolist() for one in frame)
    first, second, third = (sum(a * b for a, b in zip(vector, one, strict=True)) for one in (along, up, near))
    return float(first), float(second), float(third)


def dot(normal: tuple[Floats | float, ...], vector: Sequence[Floats | float]) -> Floats:
    """The scalar product of a normal with vectors, one each or one for all; leaves out parts that are nought."""
    first, *others = [
        np.asarray(one) * two for one, two in zip(normal, vector, strict=True) if not isinstance(one, float)
    ]
    for other in others:
        first += other
    return first


def lean(hit: Hit, along: Floats, around: Floats) -> None:
    """Lean the normal of a hit by small slopes along the axis and round it."""
    n0, n1, n2 = hit.normal
    m0, m1, m2 = n0 + along, n1 - around * n2, n2 + around * n1
    scale = 1 / np.sqrt(m0 * m0 + m1 * m1 + m2 * m2)
    hit.normal = (m0 * scale, m1 * scale, m2 * scale)
