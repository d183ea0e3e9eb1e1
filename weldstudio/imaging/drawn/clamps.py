"""The alignment clamps: a frame of rods under the pipe, and at either end a steel half-shell with its bolt."""

import math

import numpy as np

from weldstudio.imaging.drawn import textures
from weldstudio.imaging.drawn.canvas import Canvas, Colour, Frame, Surface
from weldstudio.imaging.drawn.scene import ARMS, CLAMP_WIDTH, Scene, cross
from weldstudio.imaging.drawn.textures import look, part

_STYLES: tuple[tuple[Colour, float], ...] = (
    ((0.36, 0.37, 0.38), 0.8),
    ((0.48, 0.06, 0.04), 0.0),
    ((0.42, 0.43, 0.45), 1.0),
    ((0.05, 0.17, 0.42), 0.0),
    ((0.62, 0.36, 0.03), 0.0),
    ((0.30, 0.31, 0.31), 0.7),
)
"""Paint or bare metal: colour and how metallic."""
_STEEL: Colour = (0.4, 0.4, 0.41)


def paint_clamps(canvas: Canvas, scene: Scene) -> None:
    """Whatever clamps there are, and the frame that joins two of them."""
    if not scene.clamps:
        return
    if len(scene.clamps) == 2:
        _frame_rods(canvas, scene)
    for arm in scene.clamps:
        wrong = arm == scene.one_arm
        skewed = wrong and scene.causes.clamps == "skewed"
        opened = wrong and scene.causes.clamps == "open"
        _clamp(canvas, scene, _seat(scene, arm, skewed=skewed), opened=opened)


def _seat(scene: Scene, arm: int, *, skewed: bool) -> Frame:
    """The frame round which a clamp is built: the pipe's own, turned where the clamp sits askew."""
    origin, along, up, near = scene.axis(arm)
    origin = (origin + scene.clamp_s(arm) * along).astype(np.float32)
    if not skewed:
        return origin, along, up, near
    turn = math.radians(24 + scene.seed % 9) * (1 if scene.seed % 2 else -1)
    c, s = math.cos(turn), math.sin(turn)
    tilted, risen = c * along + s * up, c * up - s * along
    c, s = math.cos(0.8 * turn), math.sin(0.8 * turn)
    return (
        (origin + 0.12 * up).astype(np.float32),
        (c * tilted + s * near).astype(np.float32),
        risen.astype(np.float32),
        (c * near - s * tilted).astype(np.float32),
    )


def _clamp(canvas: Canvas, scene: Scene, seat: Frame, *, opened: bool) -> None:
    """Foot, ears, ring and bolt; an open one's upper half swung back on its hinge behind the pipe."""
    origin, along, up, near = seat
    wide = CLAMP_WIDTH * 0.5
    # The foot that stands on the frame's rods.
    _block(canvas, scene, (origin - 1.28 * up, along, up, near), (wide, 0.2, 1.05))
    for side in (-1, 1):
        ear = origin + side * 1.36 * near + (-0.12 if opened else 0.0) * up
        _block(canvas, scene, (ear, along, up, near), (wide, 0.16 if opened else 0.25, 0.2))
    if not opened:
        _shell(canvas, scene, seat, half="")
        _block(canvas, scene, (origin + 1.3 * up, along, up, near), (0.64 * wide, 0.12, 0.16))
        _steel(canvas, ((origin + 1.4 * near).astype(np.float32), up, along, -near), 0.075, -0.35, 0.62)
        handle: Frame = ((origin + 1.4 * near + 0.6 * up).astype(np.float32), along, up, near)
        _steel(canvas, handle, 0.06, -0.36, 0.36)
        return
    _shell(canvas, scene, seat, half="lower")
    turn = 1.75
    c, s = math.cos(turn), math.sin(turn)
    swung_up, swung_near = (c * up - s * near).astype(np.float32), (c * near + s * up).astype(np.float32)
    origin = (origin - 1.36 * near + 1.36 * swung_near).astype(np.float32)
    _shell(canvas, scene, (origin, along, swung_up, swung_near), half="upper")
    for side in (-1, 1):
        ear = origin + side * 1.36 * swung_near + 0.14 * swung_up
        _block(canvas, scene, (ear, along, swung_up, swung_near), (wide, 0.09, 0.2))
    _block(canvas, scene, (origin + 1.3 * swung_up, along, swung_up, swung_near), (0.64 * wide, 0.12, 0.16))


def _shell(canvas: Canvas, scene: Scene, seat: Frame, *, half: str) -> None:
    """A ring of flat steel, or its “lower” or “upper” half."""
    paint, metal = _STYLES[scene.clamp_style]
    for place in (-CLAMP_WIDTH / 2, CLAMP_WIDTH / 2):
        face = canvas.disc(seat, place, 1.0, 1.2, 1 if place > 0 else -1)
        if face is not None and face.index.size:
            if half:
                high = (face.ray[1] * face.t + np.float32((canvas.eye - seat[0]) @ seat[2])) > 0
                face = face.only(high == (half == "upper"))
            canvas.paint(face, Surface(np.array(paint, np.float32)[:, None] * 0.7, 0.4, metal=metal))
    hit = canvas.cylinder(seat, 1.2, -CLAMP_WIDTH / 2, CLAMP_WIDTH / 2, over=0.01)
    if hit is None or not hit.index.size:
        return
    if half:
        hit = hit.only((hit.normal[1] > 0) == (half == "upper"))
    grain = look(textures.noise(), hit.s * np.float32(0.6), hit.theta * np.float32(0.4) + np.float32(0.3))
    worn = ((part(grain, 0) - 0.7) * 4).clip(0, 1) * (0.6 if not metal else 0.25)
    tone = 0.8 + 0.35 * part(grain, 1)
    rust = (0.2, 0.1, 0.05)
    albedo = np.stack(
        [np.float32(own) * tone * (1 - worn) + np.float32(rust[band]) * worn for band, own in enumerate(paint)]
    )
    edge = np.float32(CLAMP_WIDTH / 2) - np.abs(hit.s)
    albedo *= 1 - 0.35 * np.exp(-edge * 30)
    canvas.paint(hit, Surface(albedo.astype(np.float32), 0.55, sharp=4, metal=metal))


def _block(canvas: Canvas, scene: Scene, frame: Frame, halves: tuple[float, float, float]) -> None:
    paint, metal = _STYLES[scene.clamp_style]
    origin, along, up, near = (np.asarray(vector, np.float32) for vector in frame)
    hit = canvas.block((origin, along, up, near), halves)
    if hit is not None and hit.index.size:
        grain = part(look(textures.noise(), hit.s * np.float32(0.5) + origin[0], hit.t * np.float32(0.9)), 0)
        albedo = np.stack([np.float32(own) * (0.7 + 0.35 * grain) for own in paint])
        canvas.paint(hit, Surface(albedo, 0.5, sharp=4, open=0.85, metal=metal))


def _steel(canvas: Canvas, frame: Frame, radius: float, start: float, stop: float) -> None:
    hit = canvas.cylinder(frame, radius, start, stop)
    if hit is not None and hit.index.size:
        canvas.paint(hit, Surface(np.array(_STEEL, np.float32)[:, None], 0.9, sharp=4, metal=1.0))


def _frame_rods(canvas: Canvas, scene: Scene) -> None:
    """Two rods along the joint, under and before the pipe, that keep both clamps in line."""
    ends = [scene.axis(arm) for arm in ARMS]
    feet = [origin + scene.clamp_s(arm) * along for arm, (origin, along, _, _) in zip(ARMS, ends, strict=True)]
    for aside in (-0.85, 0.85):
        first = feet[0] + np.array((0, aside, -1.3), np.float32)
        last = feet[1] + np.array((0, aside, -1.3), np.float32)
        along = (last - first) / np.linalg.norm(last - first)
        up = np.array((0, 0, 1), np.float32) - along * along[2]
        up /= np.linalg.norm(up)
        frame: Frame = (
            first.astype(np.float32),
            along.astype(np.float32),
            up.astype(np.float32),
            cross(along, up),
        )
        _steel(canvas, frame, 0.11, -0.3, float(np.linalg.norm(last - first)) + 0.3)
