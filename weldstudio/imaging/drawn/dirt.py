"""What does not belong on a pipe: soil, water, a gouge, a melted patch. Each changes the surface it sits on."""

from collections.abc import Sequence

import numpy as np

from weldstudio.imaging.drawn import textures
from weldstudio.imaging.drawn.hit import Hit, Surface
from weldstudio.imaging.drawn.scene import Floats, Patch, Scene
from weldstudio.imaging.drawn.textures import look, part, signed

_EARTHS = {"soil": (0.115, 0.072, 0.04), "clay": (0.25, 0.135, 0.06), "sand": (0.33, 0.235, 0.135)}


def earth(scene: Scene) -> tuple[float, float, float]:
    """Colour of the soil of the place, linear."""
    return _EARTHS.get(scene.ground, (0.17, 0.105, 0.058))


def _near(hit: Hit, theta: Floats, patch: Patch) -> Floats:
    """1 in the middle of a patch, 0 at its edge, below outside; `s` is below 0 on the left."""
    along = (hit.s - np.float32(patch.arm * patch.s)) * np.float32(1 / patch.length)
    around = (theta - np.float32(patch.theta)) * np.float32(1 / patch.width)
    return 1 - along * along - around * around


def soil_on(hit: Hit, theta: Floats, surface: Surface, patches: Sequence[Patch], scene: Scene) -> None:
    """Mud and clods in the patches, and the film round them."""
    if not patches:
        return
    inside = np.maximum.reduce([_near(hit, theta, patch) for patch in patches])
    keep = np.flatnonzero(inside > -0.6)
    if not keep.size:
        return
    inside, s, angle = inside.take(keep), hit.s.take(keep), theta.take(keep)
    shift = np.float32((scene.seed % 97) / 97)
    values = look(textures.lumps(), s * np.float32(0.33) + shift, angle * np.float32(0.33))
    fine = look(textures.noise(), s * np.float32(0.5), angle * np.float32(0.5) + shift)
    ragged = part(values, 0) * 0.8 + part(fine, 0) * 0.55
    thick = ((inside * 0.85 + ragged - 0.85) * 5).clip(0, 1)
    film = ((inside + ragged - 0.5) * 1.2).clip(0, 0.55)
    cover = np.maximum(thick, film)
    tone = (0.55 + 0.75 * part(values, 3)) * (0.7 + 0.5 * part(fine, 2))
    albedo = surface.albedo
    for band, own in enumerate(earth(scene)):
        under = albedo[band].take(keep)
        albedo[band][keep] = under + (np.float32(own) * tone - under) * cover
    gloss = np.asarray(surface.gloss)
    gloss[keep] *= 1 - 0.93 * cover
    surface.lean(-signed(values, 1) * 1.5 * thick, -signed(values, 2) * 1.5 * thick, keep)


def water_on(hit: Hit, theta: Floats, surface: Surface, patches: Sequence[Patch], scene: Scene) -> None:
    """Droplets as lenses, bright where the light leaves them, on a skin that is dark and shiny with wet."""
    if not patches:
        return
    inside = np.maximum.reduce([_near(hit, theta, patch) for patch in patches])
    keep = np.flatnonzero(inside > -0.5)
    if not keep.size:
        return
    inside, s, angle = inside.take(keep), hit.s.take(keep), theta.take(keep)
    shift = np.float32((scene.seed % 89) / 89)
    values = look(textures.drops(), s * np.float32(0.35) + shift, angle * np.float32(0.35))
    fine = look(textures.noise(), s * np.float32(0.2) + shift, angle * np.float32(0.2))
    here = ((inside + part(fine, 1) * 0.7 - 0.1) * 6).clip(0, 1)
    drop = part(values, 0) * here
    wet = (inside + part(fine, 1) - 0.2).clip(0, 1) * 0.85
    across, down = signed(values, 1), signed(values, 2)
    light = np.array(scene_light(hit), np.float32)
    # Light enters a drop on the side of the sun, where the sky's image is, and gathers on the other side.
    toward = across * light[0] + down * light[1]
    lens = 0.62 - 0.85 * toward + 0.2 * part(values, 3)
    albedo = surface.albedo
    white = (0.9 * (-toward - 0.1).clip(0, 1) + 0.14) * drop
    for band in range(3):
        under = albedo[band].take(keep)
        under = under * (1 - 0.55 * wet)
        albedo[band][keep] = under * (1 + (lens.clip(0.25, 1.5) - 1) * drop) + white
    gloss = np.asarray(surface.gloss)
    gloss[keep] = np.maximum(gloss[keep], 1.3 * wet) + 2.4 * drop
    surface.lean(across * 1.25 * drop, down * 1.25 * drop, keep)


def scene_light(hit: Hit) -> tuple[float, float]:
    """Which way, along and round, light mostly comes to a drop: from above."""
    return (0.25, -0.8)


def damage_on(hit: Hit, theta: Floats, surface: Surface, patch: Patch, scene: Scene) -> None:
    """A gouge, as of a bucket's tooth, or a patch that was melted: blistered, shiny, scorched at its rim."""
    across = (theta - np.float32(patch.theta)) * np.float32(1 / patch.width)
    along = (hit.s - np.float32(patch.arm * patch.s)) * np.float32(1 / patch.length)
    keep = np.flatnonzero((np.abs(along) < 1.7) & (np.abs(across) < 1.7))
    if not keep.size:
        return
    across, along, s, angle = across.take(keep), along.take(keep), hit.s.take(keep), theta.take(keep)
    gloss = np.asarray(surface.gloss)
    rough = look(textures.noise(), s * np.float32(0.45), angle * np.float32(0.45))
    if scene.causes.damage == "gouge":
        lean = across - 0.55 * along + (part(rough, 1) - 0.5) * 0.35
        deep = np.exp(-((lean * 4.2) ** 2)) * (1.15 - along * along).clip(0, 1)
        lip = np.exp(-(((np.abs(lean) - 0.42) * 7) ** 2)) * (1.1 - along * along).clip(0, 1)
        dark = 1 - 0.86 * (deep * 1.3).clip(0, 1)
        torn = (lip * (0.5 + part(rough, 0))).clip(0, 1)
        for band in surface.albedo:
            under = band.take(keep)
            band[keep] = under * (dark + torn * np.float32(0.4)) + torn * np.float32(0.6)
        slope = -lean * deep * 3.4 + np.sign(lean) * lip * 0.9
        surface.lean(np.zeros_like(slope), slope, keep)
        gloss[keep] *= 1 - 0.5 * deep.clip(0, 1)
    else:
        inside = 1 - along * along - across * across + (part(rough, 1) - 0.5) * 1.2
        melt = (inside * 4).clip(0, 1)
        rim = np.exp(-((inside * 3.2) ** 2))
        blisters = look(textures.folds(), s * np.float32(0.27), angle * np.float32(0.27))
        burnt = melt * (0.45 + 0.5 * part(rough, 1))
        # Plastic that was hot and is cold again is white with stress all round.
        bloom = np.exp(-(((inside + 0.3) * 3.0) ** 2)) * np.float32(0.8)
        scorch = (1 - 0.75 * rim) * (1 - burnt)
        for band, own in zip(surface.albedo, (0.05, 0.032, 0.02), strict=True):
            under = band.take(keep) * scorch + np.float32(own) * burnt
            band[keep] = under + (np.float32(0.62) - under) * bloom
        gloss[keep] = gloss.take(keep) * (1 - melt) + melt * np.float32(1.9)
        across_, down_ = signed(blisters, 0), signed(blisters, 1)
        surface.lean(-across_ * 2.0 * melt, -down_ * 2.0 * melt - across * rim * 0.8, keep)
