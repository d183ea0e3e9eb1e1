"""Fittings: the coupler with collars, terminals, indicators and moulded print; the tapping-T; a neighbour."""

import math

import numpy as np

from weldstudio.imaging.drawn import dirt, textures
from weldstudio.imaging.drawn.canvas import Canvas, Colour, Frame, Surface
from weldstudio.imaging.drawn.parts import Coat, Part, face, paint_parts, rod
from weldstudio.imaging.drawn.scene import Floats, Patch, Scene, cross
from weldstudio.imaging.drawn.textures import look, part

_BLACK: Colour = (0.021, 0.021, 0.023)
_BLUE: Colour = (0.02, 0.07, 0.26)
_INDICATOR: Colour = (0.035, 0.034, 0.034)


def paint_fitting(canvas: Canvas, scene: Scene) -> None:
    """The fitting in the middle, and the one that lies too near."""
    frame = _frame(0.0)
    patches = [_moved(patch) for patch in (*scene.soil, *scene.water) if patch.s < scene.half]
    soil = [patch for patch in patches if scene.causes.soil == "high" and _is_of(scene.soil, patch)]
    water = [patch for patch in patches if scene.causes.water == "high" and _is_of(scene.water, patch)]
    paint_parts(canvas, _faces(scene, frame, scene.half))
    _coupler(canvas, scene, frame, scene.half, soil=soil, water=water)
    parts = _tower(scene, frame) if scene.joint_type == "tapping-T" else []
    parts += _terminals(canvas, scene, frame, scene.half, scene.terminal)
    beside = scene.neighbour
    if beside is not None:
        origin, along, up, near = scene.axis(beside.arm)
        moved: Frame = ((origin + beside.middle * along).astype(np.float32), along, up, near)
        paint_parts(canvas, _faces(scene, moved, beside.half))
        _coupler(canvas, scene, moved, beside.half, soil=[], water=[])
        parts += _terminals(canvas, scene, moved, beside.half, scene.terminal + 0.25)
    paint_parts(canvas, parts)


def _frame(x: float) -> Frame:
    """Along x to the right, so that what lies on the left has a negative `s`."""
    vectors = ((x, 0, 0), (1, 0, 0), (0, 0, 1), (0, -1, 0))
    origin, along, up, near = (np.array(vector, np.float32) for vector in vectors)
    return origin, along, up, near


def _moved(patch: Patch) -> Patch:
    """A patch told in the fitting's frame instead of its arm's."""
    return Patch(patch.arm, patch.arm * patch.s, patch.theta, length=patch.length, width=patch.width)


def _is_of(patches: tuple[Patch, ...], moved: Patch) -> bool:
    return any(_moved(patch) == moved for patch in patches)


def _collar(scene: Scene) -> float:
    """Length of the collars."""
    return (0.26, 0.18, 0.36)[scene.seed % 3]


def _faces(scene: Scene, frame: Frame, half: float) -> list[Part]:
    """The steps from the body up to the collars, and from these down to the pipe."""
    size, coat = scene.radius + 0.036, _flat(_BLACK)
    parts = []
    for facing in (-1, 1):
        parts.append(face(frame, facing * half, size, coat, inner=0.95, facing=facing))
        step = facing * (half - _collar(scene))
        parts.append(face(frame, step, size, coat, inner=scene.radius - 0.03, facing=-facing))
    return parts


def _coupler(canvas: Canvas, scene: Scene, frame: Frame, half: float, *, soil: list[Patch], water: list[Patch]) -> None:
    """Body, and a thicker collar at either end."""
    radius, collar = scene.radius, _collar(scene)
    parts = (
        (radius, -half + collar, half - collar),
        (radius + 0.035, -half, -half + collar),
        (radius + 0.035, half - collar, half),
    )
    own = _BLUE if scene.medium == "water" and scene.seed % 5 == 0 else _BLACK
    for size, start, stop in parts:
        # The body goes on below the collars, or what is behind would shine through the seam.
        ends = (-half, half) if size == radius else (start, stop)
        hit = canvas.cylinder(frame, size, *ends, over=0.01)
        if hit is None or not hit.index.size:
            continue
        theta = hit.theta
        shift = np.float32((scene.seed % 499) / 499)
        grain = look(textures.noise(), hit.s * np.float32(0.3) + shift, theta * np.float32(0.3))
        tone = 0.85 + 0.25 * part(grain, 0)
        dust = (part(grain, 1) * 0.7 + part(grain, 0) * 0.3 - 0.5).clip(0, 1)
        dust = dust * dust * 1.1 + 0.012
        albedo = np.stack([np.float32(value) * tone + np.float32(0.2) * dust for value in own])
        # Rounded edges, and the bands that the winding leaves on the body.
        away = np.maximum(np.minimum(hit.s - np.float32(start), np.float32(stop) - hit.s), 0)
        middle = np.float32(0.5 * (start + stop))
        round_ = np.maximum(1 - away * 11, 0)
        round_ = round_ * round_ * np.sign(hit.s - middle)
        ribs = np.zeros_like(hit.s)
        if size == radius:
            ribs = _relief(scene, hit.s, theta)
            _moulded(scene, hit.s, theta, albedo=albedo, half=half, step=1 if canvas.fineness > 120 else 2)
        shut = np.maximum(1 - away * 5, 0)
        open_ = 1 - 0.35 * shut * shut if size == radius else 1.0
        surface = Surface(albedo.astype(np.float32), 0.75 - 1.5 * dust, sharp=5, open=open_)
        surface.lean((round_ * 1.1 + ribs).astype(np.float32), np.zeros_like(hit.s))
        dirt.soil_on(hit, theta, surface, soil, scene)
        dirt.water_on(hit, theta, surface, water, scene)
        canvas.paint(hit, surface)


def _relief(scene: Scene, s: Floats, theta: Floats) -> Floats:
    """How the body's skin leans along the axis: over the turns of the winding, over broad bands, or not at all."""
    make = scene.seed % 7
    if make < 3:
        return np.float32(0.11) * np.sin(s * np.float32(2 * math.pi * (4.5 + make)))
    if make < 5:
        band = (s * np.float32(2.2) + np.float32(0.3)) % 1 - np.float32(0.5)
        return band * np.maximum(1 - (band * 5) ** 2, 0) * np.float32(5.0)
    return (np.float32(0.015) * np.sin(s * np.float32(31) + np.sin(theta * 3))).astype(np.float32)


def _moulded(scene: Scene, s: Floats, theta: Floats, *, albedo: Floats, half: float, step: int) -> None:
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
    keep = np.flatnonzero((row >= 0) & (row < high))
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
