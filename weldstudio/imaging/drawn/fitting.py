"""Fittings: the coupler with collars, terminals, indicators and moulded print; the tapping-T; a neighbour."""

import math

import numpy as np
from numpy.typing import NDArray

from weldstudio.imaging.drawn import dirt, textures
from weldstudio.imaging.drawn.canvas import Canvas
from weldstudio.imaging.drawn.hit import Colour, Frame, Surface
from weldstudio.imaging.drawn.parts import Coat, Part, face, rod
from weldstudio.imaging.drawn.scene import Floats, Patch, Scene, cross
from weldstudio.imaging.drawn.textures import look, part

_BLACK: Colour = (0.021, 0.021, 0.023)
_BLUE: Colour = (0.02, 0.07, 0.26)
_INDICATOR: Colour = (0.035, 0.034, 0.034)
_RISE = 0.035
"""How much thicker collars are than the body."""


def paint_fitting(canvas: Canvas, scene: Scene) -> list[Part]:
    """Paint the bodies of the fitting in the middle and of the one that lies too near; returns what sits on them."""
    frame = _frame(0.0)
    soil = [patch for patch in scene.soil if scene.causes.soil == "high" and patch.s < scene.half]
    water = [patch for patch in scene.water if scene.causes.water == "high" and patch.s < scene.half]
    _coupler(canvas, scene, frame, scene.half, soil=soil, water=water)
    parts = _faces(scene, frame, scene.half)
    if scene.joint_type == "tapping-T":
        parts += _tower(scene, frame)
    parts += _terminals(canvas, scene, frame, scene.half, scene.terminal)
    beside = scene.neighbour
    if beside is not None:
        origin, along, up, near = scene.axis(beside.arm)
        moved: Frame = ((origin + beside.middle * along).astype(np.float32), along, up, near)
        _coupler(canvas, scene, moved, beside.half, soil=[], water=[])
        parts += _faces(scene, moved, beside.half)
        parts += _terminals(canvas, scene, moved, beside.half, scene.terminal + 0.25)
    return parts


def _frame(x: float) -> Frame:
    """Along x to the right, so that what lies on the left has a negative `s`."""
    vectors = ((x, 0, 0), (1, 0, 0), (0, 0, 1), (0, -1, 0))
    origin, along, up, near = (np.array(vector, np.float32) for vector in vectors)
    return origin, along, up, near


def _collar(scene: Scene) -> float:
    """Length of the collars."""
    return (0.26, 0.18, 0.36)[scene.seed % 3]


def _faces(scene: Scene, frame: Frame, half: float) -> list[Part]:
    """The steps from the body up to the collars, and from these down to the pipe."""
    size, coat = scene.radius + _RISE, _flat(_BLACK)
    parts = []
    for facing in (-1, 1):
        # Where a pipe leaves it askew, one sees into the fitting.
        inner = 0.7 if scene.causes.bent else 1.0
        parts.append(face(frame, facing * half, size, coat, inner=inner, facing=facing))
        step = facing * (half - _collar(scene))
        parts.append(face(frame, step, size, coat, inner=scene.radius, facing=-facing))
    return parts


def _coupler(canvas: Canvas, scene: Scene, frame: Frame, half: float, *, soil: list[Patch], water: list[Patch]) -> None:
    """Body, and a thicker collar at either end."""
    collar = _collar(scene)
    hit = canvas.cylinder(frame, scene.radius, -half, half, over=0.01, collar=(collar, _RISE))
    if hit is None:
        return
    theta = hit.theta
    shift = np.float32((scene.seed % 499) / 499)
    grain = look(textures.noise(), hit.s * np.float32(0.3) + shift, theta * np.float32(0.3))
    rough = part(grain, 0)
    tone = 0.85 + 0.25 * rough
    dust = (part(grain, 1) * 0.7 + rough * 0.3 - 0.5).clip(0, 1)
    dust = dust * dust * 1.1 + 0.012
    pale = np.float32(0.2) * dust
    own = _BLUE if scene.medium == "water" and scene.seed % 5 == 0 else _BLACK
    albedo = np.stack([np.float32(value) * tone + pale for value in own])
    # Rounded edges of body and collars, and the bands that the winding leaves on the body.
    far = np.abs(hit.s)
    beyond = far - np.float32(half - collar)
    away = np.minimum(np.abs(beyond), np.float32(half) - far)
    round_ = (1 - away * 11).clip(0, 1)
    round_ *= round_
    inner = (beyond > 0) & (beyond < np.float32(0.5 * collar))
    round_ *= np.where(inner, np.float32(-1.1), np.float32(1.1)) * np.sign(hit.s)
    body = beyond <= 0
    round_ += _relief(scene, hit.s, theta) * body
    _moulded(scene, hit.s, theta, albedo=albedo, body=body, half=half, step=1 if canvas.fineness > 120 else 2)
    shut = (1 - away * 5).clip(0, 1)
    surface = Surface(albedo, 0.75 - 1.5 * dust, sharp=5, open=1 - 0.35 * body * shut * shut)
    surface.lean(round_, np.zeros_like(hit.s))
    dirt.soil_on(hit, theta, surface, soil, scene)
    dirt.water_on(hit, theta, surface, water, scene)
    canvas.paint(hit, surface)


def _relief(scene: Scene, s: Floats, theta: Floats) -> Floats:
    """How the body's skin leans along the axis: over the turns of the winding, over broad bands, or not at all."""
    make = scene.seed % 7
    if make < 3:
        return np.float32(0.11) * np.sin(s * np.float32(2 * math.pi * (4.5 + make)))
    if make < 5:
        band = s * np.float32(2.2) + np.float32(0.3)
        band -= np.floor(band) + np.float32(0.5)
        return band * (1 - (band * 5) ** 2).clip(0, 1) * np.float32(5.0)
    return (np.float32(0.015) * np.sin(s * np.float32(31) + np.sin(theta * 3))).astype(np.float32)


def _moulded(
    scene: Scene, s: Floats, theta: Floats, *, albedo: Floats, body: NDArray[np.bool_], half: float, step: int
) -> None:
    """A label with a bar code, and raised letters."""
    random = np.random.default_rng((scene.seed, 5))
    middle, wide, high = random.uniform(-0.35, 0.35), random.uniform(0.26, 0.42), random.uniform(0.17, 0.27)
    paper_tint = ((1.0, 0.99, 0.93), (1.0, 0.82, 0.22), (0.9, 0.95, 1.0))[int(random.integers(3))]
    at = random.uniform(0.75, 1.1)
    x, y = (s - np.float32(middle)) * np.float32(1 / wide), (theta - np.float32(at)) * np.float32(1 / high)
    keep = np.flatnonzero((np.abs(x) < 1) & (np.abs(y) < 1))
    if keep.size and half > 1 and random.random() < 0.6:
        bars = (random.random(64) > 0.5).astype(np.float32)
        column = ((x.take(keep) + 1) * 32).astype(np.int32).clip(0, 63)
        ink = np.where(np.abs(y.take(keep) - 0.25) < 0.5, bars[column], 0.0)
        lines = (np.abs(y.take(keep) + 0.65) < 0.1) & (bars[column] > 0)
        paper = np.float32(0.62) - np.float32(0.56) * np.maximum(ink, lines)
        for band, tint in enumerate(paper_tint):
            albedo[band][keep] = paper * np.float32(tint)
    line = textures.print_line(f"  ELECTROFUSION  {scene.diameter}  SDR11  39.5V  ", step)
    high = line.shape[0]
    row = ((theta - np.float32(at - 0.62)) * np.float32(high / 0.22) + np.float32(high / 2)).astype(np.int32)
    keep = np.flatnonzero((row >= 0) & (row < high) & body)
    if keep.size:
        column = ((s.take(keep) + 4) * np.float32(high / 0.22)).astype(np.int32) % line.shape[1]
        raised = line[row.take(keep), column] * np.float32(0.05 / 255)
        for band in range(3):
            albedo[band][keep] += raised


def _rod(
    frame: Frame, radius: float, start: float, stop: float, *, own: Colour, gloss: float = 0.6, inner: float = -1.0
) -> list[Part]:
    """A short cylinder with its upper end, from `inner` outwards."""
    colour, rough, dust = (_shaded(own, 0.8), 0.375, 0.06) if radius > 0.3 else (own, 0.0, 0.0)
    parts = [rod(frame, radius, start, stop, Coat(colour, gloss, foot=0.45, rough=rough, dust=dust))]
    if inner < radius:
        parts.append(face(frame, stop, radius, _flat(own), inner=inner))
    return parts


def _flat(own: Colour) -> Coat:
    """What an end face looks like."""
    return Coat(_shaded(own, 1.3), 0.4, open=0.8)


def _shaded(colour: Colour, share: float) -> Colour:
    return colour[0] * share, colour[1] * share, colour[2] * share


def _upright(scene: Scene, frame: Frame, s: float, angle: float) -> Frame:
    """A frame whose axis leaves the pipe's axis at `s` under an angle from the top."""
    origin, along, up, near = frame
    out = math.cos(angle) * up + math.sin(angle) * near
    side = cross(out, along)
    return (
        (origin + s * along).astype(np.float32),
        out.astype(np.float32),
        along,
        side.astype(np.float32),
    )


def _terminals(canvas: Canvas, scene: Scene, frame: Frame, half: float, angle: float) -> list[Part]:
    """Two terminals in their shrouds, an indicator beside each."""
    radius = scene.radius
    pin: Colour = (0.5, 0.36, 0.12) if scene.seed % 3 else (0.5, 0.5, 0.52)
    red: Colour = (0.42, 0.04, 0.025) if scene.seed % 2 else _INDICATOR
    parts = []
    for side in (-1, 1):
        foot = _upright(scene, frame, side * (half - 0.34), angle)
        parts += _rod(foot, 0.25, radius - 0.1, radius + 0.12, own=_BLACK, inner=0.16)
        parts += _rod(foot, 0.165, radius, radius + 0.52, own=(0.026, 0.026, 0.028), gloss=0.9, inner=0.2)
        # Into the shroud one looks down on the pin.
        for size, colour in ((0.165, (0.03, 0.03, 0.032)), (0.115, (0.003, 0.003, 0.003)), (0.05, pin)):
            parts.append(face(foot, radius + 0.52, size, Coat(colour, 0.4)))
        dot = _upright(scene, frame, side * (half - 0.62), angle + 0.28)
        if canvas.fineness > 95:
            parts += _rod(dot, 0.045, radius, radius + 0.11, own=red)
        else:
            parts.append(face(dot, radius + 0.06, 0.05, _flat(red)))
    return parts


def _tower(scene: Scene, frame: Frame) -> list[Part]:
    """The upright of a tapping-T with its cap, and the branch that leaves it."""
    tower = _upright(scene, frame, 0.0, 0.0)
    origin, up, along, near = tower
    side = np.float32(-1 if scene.seed % 2 else 1)
    branch: Frame = (origin + np.float32(scene.radius + 0.75) * up, side * near, up, along)
    return [
        *_rod(tower, 0.7, 1.0, scene.radius + 0.2, own=_BLACK),
        *_rod(branch, 0.3, 0.0, 1.3, own=_BLACK),
        *_rod(branch, 0.37, 0.85, 1.35, own=_BLACK),
        *_rod(tower, 0.44, scene.radius, scene.radius + 1.35, own=_BLACK),
        *_rod(tower, 0.54, scene.radius + 1.2, scene.radius + 1.6, own=(0.024, 0.024, 0.026), gloss=0.9),
    ]
