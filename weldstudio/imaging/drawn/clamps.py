"""The alignment clamps: a frame of rods under the pipe, and at either end a steel half-shell with its bolt."""

import math

import numpy as np

from weldstudio.imaging.drawn import textures
from weldstudio.imaging.drawn.canvas import Canvas
from weldstudio.imaging.drawn.hit import Colour, Frame, Surface
from weldstudio.imaging.drawn.parts import Coat, Part, block, face, rod, tube
from weldstudio.imaging.drawn.scene import ARMS, CLAMP_WIDTH, Scene
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
_STEEL = Coat((0.4, 0.4, 0.41), gloss=0.9, metal=1.0)


def paint_clamps(canvas: Canvas, scene: Scene) -> list[Part]:
    """Paint the rings of whatever clamps there are; returns their other parts, and the frame that joins two of them."""
    parts = _frame_rods(scene) if len(scene.clamps) == 2 else []
    for arm in scene.clamps:
        wrong = arm == scene.one_arm
        seat = _seat(scene, arm, skewed=wrong and scene.causes.clamps == "skewed")
        small, rings = _clamp(scene, seat, opened=wrong and scene.causes.clamps == "open")
        parts += small
        for ring, side in rings:
            _shell(canvas, scene, ring, side)
            parts += _ends(scene, ring, side)
    return parts


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


def _clamp(scene: Scene, seat: Frame, *, opened: bool) -> tuple[list[Part], list[tuple[Frame, int]]]:
    """What is round its ring, and the ring: whole (0), or its upper (1) and its lower half (-1).

    The upper half of an open one is swung back on its hinge behind the pipe.
    """
    origin, along, up, near = seat
    wide = CLAMP_WIDTH * 0.5
    # The foot that stands on the frame's rods, and the ears.
    parts = [_block(scene, (origin - 1.28 * up, along, up, near), (wide, 0.2, 1.05))]
    for side in (-1, 1):
        ear = origin + side * 1.36 * near + (-0.12 if opened else 0.0) * up
        parts.append(_block(scene, (ear, along, up, near), (wide, 0.16 if opened else 0.25, 0.2)))
    if not opened:
        parts += [
            _block(scene, (origin + 1.3 * up, along, up, near), (0.64 * wide, 0.12, 0.16)),
            rod((origin + 1.4 * near, up, along, -near), 0.075, -0.35, 0.62, _STEEL),
            rod((origin + 1.4 * near + 0.6 * up, along, up, near), 0.06, -0.36, 0.36, _STEEL),
        ]
        return parts, [(seat, 0)]
    turn = 1.75
    c, s = math.cos(turn), math.sin(turn)
    swung_up, swung_near = (c * up - s * near).astype(np.float32), (c * near + s * up).astype(np.float32)
    swung = (origin - 1.36 * near + 1.36 * swung_near).astype(np.float32)
    for side in (-1, 1):
        ear = swung + side * 1.36 * swung_near + 0.14 * swung_up
        parts.append(_block(scene, (ear, along, swung_up, swung_near), (wide, 0.09, 0.2)))
    parts.append(_block(scene, (swung + 1.3 * swung_up, along, swung_up, swung_near), (0.64 * wide, 0.12, 0.16)))
    return parts, [(seat, -1), ((swung, along, swung_up, swung_near), 1)]


def _ends(scene: Scene, seat: Frame, side: int) -> list[Part]:
    """The faces of a ring of flat steel, or of its upper or lower half."""
    paint, metal = _STYLES[scene.clamp_style]
    coat = Coat(_shaded(paint, 0.7), 0.4, metal)
    return [face(seat, facing * CLAMP_WIDTH / 2, 1.2, coat, inner=1.0, facing=facing, side=side) for facing in (-1, 1)]


def _shell(canvas: Canvas, scene: Scene, seat: Frame, side: int) -> None:
    """A ring's outside, with its worn paint."""
    paint, metal = _STYLES[scene.clamp_style]
    hit = canvas.cylinder(seat, 1.2, -CLAMP_WIDTH / 2, CLAMP_WIDTH / 2, over=0.01)
    if hit is None:
        return
    if side:
        hit = hit.only(np.asarray(hit.normal[1]) * side > 0)
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


def _block(scene: Scene, frame: Frame, halves: tuple[float, float, float]) -> Part:
    paint, metal = _STYLES[scene.clamp_style]
    return block(frame, halves, Coat(_shaded(paint, 0.7), metal=metal, open=0.85, rough=0.5))


def _shaded(colour: Colour, share: float) -> Colour:
    return colour[0] * share, colour[1] * share, colour[2] * share


def _frame_rods(scene: Scene) -> list[Part]:
    """Two rods along the joint, under and before the pipe, that keep both clamps in line."""
    ends = [scene.axis(arm) for arm in ARMS]
    feet = [origin + scene.clamp_s(arm) * along for arm, (origin, along, _, _) in zip(ARMS, ends, strict=True)]
    below = [np.array((0, aside, -1.3), np.float32) for aside in (-0.85, 0.85)]
    return [tube(feet[0] + away, feet[1] + away, 0.11, _STEEL, beyond=0.3) for away in below]
