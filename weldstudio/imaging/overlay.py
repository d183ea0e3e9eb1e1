"""Activation maps as colours: perceptually even, safe for colour-blind eyes, see-through where there is no evidence.

The colours are our own: a handful of control points in CIELAB, between which lightness rises evenly, sampled at equal
colour differences. Where hues look alike to an eye, lightness still tells the values apart.
"""

import functools
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

STEPS = 256

# (L*, a*, b*): from a deep violet over magenta and orange to a light yellow.
_FOR = ((22, 35, -45), (38, 56, -24), (54, 60, 18), (72, 36, 58), (94, -6, 52))
# From a deep blue to a light cyan: evidence against. Both halves of the signed scale are palest at their strong end,
# as both stand for "much"; the middle is transparent.
_AGAINST = ((22, 10, -48), (40, -2, -46), (58, -16, -36), (76, -26, -20), (94, -20, -6))


class Side(StrEnum):
    """Which evidence is shown: for the flag, against it (what it took for the thing that is missing), or both."""

    FOR = "for"
    AGAINST = "against"
    BOTH = "both"


def evidence(activation: NDArray[np.floating], side: Side) -> NDArray[np.float32]:
    """How strongly each place of maps of any shape speaks on a side, 0 and more; what is not finite says nothing."""
    finite = np.nan_to_num(np.asarray(activation, dtype=np.float32), nan=0, posinf=0, neginf=0)
    if side is Side.BOTH:
        return np.abs(finite)
    return np.maximum(finite if side is Side.FOR else -finite, 0)


def overlay_rgba(
    activation: NDArray[np.floating], *, scale: float, opacity: float = 0.6, side: Side = Side.FOR
) -> NDArray[np.uint8]:
    """The map (h, w) as (h, w, 4) uint8, straight alpha, at its own resolution; whoever shows it scales it up.

    `scale` is the value that gets the strongest colour: one for all flags of a photo (`scale_of`), so that their
    overlays can be compared. Opacity grows with the evidence of `side` up to `opacity` (0 to 1). What speaks for the
    flag is warm, what speaks against it blue. Values that are not finite are transparent.
    """
    if not 0 <= opacity <= 1:
        raise ValueError(f"an opacity lies between 0 and 1, not at {opacity}")
    strength = evidence(activation, side)
    strength = np.minimum(strength / scale, 1) if scale > 0 else np.zeros_like(strength)
    level = np.rint(strength * (STEPS - 1)).astype(np.intp)
    rgba = np.empty((*strength.shape, 4), dtype=np.uint8)
    negative = np.asarray(activation) < 0
    rgba[..., :3] = np.where(negative[..., None], colours("against")[level], colours("for")[level])
    # The square root shows weak evidence early: what is shown at all must be seen.
    rgba[..., 3] = np.rint(np.sqrt(strength) * (opacity * 255))
    return rgba


def scale_of(maps: NDArray[np.floating], side: Side = Side.FOR) -> float:
    """The common value scale of all maps of one photo, (classes, h, w): the largest evidence in any of them."""
    largest = float(evidence(maps, side).max(initial=0))
    return largest if largest > 0 else 1.0


@functools.cache
def colours(side: str = "for") -> NDArray[np.uint8]:
    """The (256, 3) uint8 sRGB colours from no evidence to the strongest, 'for' or 'against'; for legends too."""
    control = np.array({"for": _FOR, "against": _AGAINST}[side], dtype=np.float64)
    fine = _curve(control, 2048)
    # Equal steps along the curve are equal colour differences (CIE 1976).
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1))])
    even = np.linspace(0, along[-1], STEPS)
    table = lab_to_srgb(np.stack([np.interp(even, along, fine[:, i]) for i in range(3)], axis=1))
    table.setflags(write=False)
    return table


def _curve(control: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """A smooth curve (Catmull-Rom) through control points (n, 3)."""
    points = np.concatenate([[2 * control[0] - control[1]], control, [2 * control[-1] - control[-2]]])
    at = np.linspace(0, len(control) - 1 - 1e-9, count)
    i, t = at.astype(int), (at % 1)[:, None]
    a, b, c, d = (points[i + k] for k in range(4))
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def lab_to_srgb(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """CIELAB (D65) to sRGB, (n, 3) to (n, 3) uint8; what lies outside is clipped. Source: IEC 61966-2-1."""
    fy = (lab[:, 0] + 16) / 116
    f = np.stack([fy + lab[:, 1] / 500, fy, fy - lab[:, 2] / 200], axis=1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * np.array([0.95047, 1.0, 1.08883])
    to_linear = np.array(
        [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
    )
    linear = np.clip(xyz @ to_linear.T, 0, 1)
    return np.rint(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 255).astype(
        np.uint8
    )
