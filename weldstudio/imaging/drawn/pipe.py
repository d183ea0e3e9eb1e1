"""The pipes: skin with the maker's line, scraped zones, hatching, insertion-depth lines, and what covers them."""

import numpy as np
from numpy.typing import NDArray

from weldstudio.imaging.drawn import dirt, textures
from weldstudio.imaging.drawn.camera import View
from weldstudio.imaging.drawn.canvas import Canvas
from weldstudio.imaging.drawn.flags import cover_end
from weldstudio.imaging.drawn.hit import Colour, Hit, Surface
from weldstudio.imaging.drawn.scene import CLAMP_WIDTH, Floats, Scene
from weldstudio.imaging.drawn.textures import look, part, signed

LONG = 26.0
"""How far an arm reaches: beyond every photo."""
_SKINS: dict[str, Colour] = {
    "black": (0.02, 0.0205, 0.0225),
    "blue": (0.022, 0.088, 0.30),
    "yellow": (0.62, 0.38, 0.026),
}
_SCRAPED: dict[str, Colour] = {
    "black": (0.135, 0.135, 0.14),
    "blue": (0.12, 0.27, 0.56),
    "yellow": (0.80, 0.62, 0.19),
}
"""Fresh polyethylene under the skin, dull and lighter."""
_PRINTS: dict[str, Colour] = {"black": (0.62, 0.5, 0.1), "blue": (0.75, 0.76, 0.76), "yellow": (0.03, 0.03, 0.03)}
_INKS: dict[str, Colour] = {"black": (0.72, 0.73, 0.74), "blue": (0.82, 0.83, 0.83), "yellow": (0.025, 0.025, 0.03)}
_STRIPES: dict[str, Colour] = {"gas": (0.62, 0.36, 0.03), "water": (0.03, 0.14, 0.42)}


def paint_pipes(canvas: Canvas, scene: Scene, view: View) -> None:
    """Both arms, from the fitting outwards, and what covers them."""
    # What lies deep in the fitting is not seen.
    hit = _arms(canvas, scene, 1.0, scene.half - (0.5 if scene.causes.bent else 0.12), LONG)
    if hit is not None:
        _paint_arms(canvas, scene, hit)
    if view.cover:
        _paint_cover(canvas, scene, view)


def _arms(canvas: Canvas, scene: Scene, radius: float, start: float, stop: float, *, over: float = 0.0) -> Hit | None:
    """Cylinders round both pipes, from `start` to `stop` on each; `s` is below 0 on the left."""
    origin, along, up, near = scene.axis(-1)
    left = canvas.cylinder((origin, -along, up, near), radius, -stop, -start, over=over)
    right = canvas.cylinder(scene.axis(1), radius, start, stop, over=over)
    hits = [hit for hit in (left, right) if hit is not None]
    return Hit.joined(hits) if hits else None


def _paint_arms(canvas: Canvas, scene: Scene, hit: Hit) -> None:
    theta, far = hit.theta, np.abs(hit.s)
    shift = np.float32((scene.seed % 1009) / 1009)
    grain = look(textures.noise(), hit.s * np.float32(0.23) + shift, theta * np.float32(0.31) + shift)
    rough, smooth, fine = (part(grain, channel) for channel in range(3))
    # Scratches along the pipe: the streaks of the tile turned to lie along it.
    scratch = part(look(textures.noise(), theta * np.float32(0.7) + shift, hit.s * np.float32(0.16)), 3)
    skin = _skin(canvas, scene, hit, theta=theta, rough=rough, scratch=scratch)
    dust = ((rough * 0.6 + smooth * 0.7 - 0.72) * 0.9).clip(0, 0.34) + 0.02
    gloss = 0.85 - 0.45 * (scratch > 0.86) - 1.1 * dust
    for band, own in enumerate((0.22, 0.19, 0.15)):
        skin[band] += (np.float32(own) - skin[band]) * dust
    open_ = _open(scene, hit.s, far)
    surface = Surface(skin, gloss, sharp=5, open=open_, lit=0.25 + 0.75 * open_)
    _hatch(scene, hit, far, theta=theta, surface=surface, fine=fine, fineness=canvas.fineness)
    if scene.causes.scraping != "none":
        _scrape(scene, far, theta, surface=surface, grain=(rough, smooth, fine), shift=shift)
    _line(scene, hit, far, theta=theta, surface=surface, smooth=smooth, fine=fine)
    if scene.damage is not None:
        dirt.damage_on(hit, theta, surface, scene.damage, scene)
    dirt.soil_on(hit, theta, surface, scene.soil, scene)
    dirt.water_on(hit, theta, surface, scene.water, scene)
    canvas.paint(hit, surface)


def _skin(canvas: Canvas, scene: Scene, hit: Hit, *, theta: Floats, rough: Floats, scratch: Floats) -> Floats:
    """The oxidised skin: dull with age, scratched, with stripes and the maker's line."""
    tone = 0.86 + 0.22 * rough + 0.35 * (scratch - 0.87).clip(0, 1) * 4
    pale = (scratch - 0.9).clip(0, 1) * np.float32(0.5)
    albedo = np.stack([np.float32(own) * tone + pale * np.float32(0.2) for own in _SKINS[scene.colour]])
    random = np.random.default_rng((scene.seed, 3))
    if scene.colour == "black":
        at = np.float32(random.uniform(-0.2, 0.5))
        for turn in (-2.1, 0.0, 1.05):
            stripe = ((0.055 - np.abs(theta - at - np.float32(turn))) * 60).clip(0, 0.9)
            for band, own in enumerate(_STRIPES[scene.medium]):
                albedo[band] += (np.float32(own) - albedo[band]) * stripe
    text = f"{scene.medium.upper()}  PE100 SDR11  {scene.diameter}mm  BS EN {1555 if scene.medium == 'gas' else 12201}"
    line = textures.print_line(text + "   //   ", 1 if canvas.fineness > 95 else 2)
    middle = np.float32(random.uniform(0.25, 0.95))
    high = line.shape[0]
    row = ((theta - middle) * np.float32(high / 0.3) + np.float32(high / 2)).astype(np.int32)
    keep = np.flatnonzero((row >= 0) & (row < high))
    if keep.size:
        column = ((hit.s.take(keep) + 40) * np.float32(high / 0.3)).astype(np.int32) % line.shape[1]
        # Worn where the pipe was dragged.
        ink = line[row.take(keep), column] * np.float32(0.9 / 255) * (0.35 + 0.65 * (rough.take(keep) > 0.25))
        for band, own in enumerate(_PRINTS[scene.colour]):
            under = albedo[band].take(keep)
            albedo[band][keep] = under + (np.float32(own) - under) * ink
    return albedo


def _open(scene: Scene, s: Floats, far: Floats) -> Floats:
    """The corner between pipe and fitting sees less of the sky, as do those at the clamps."""
    near = (1 - np.abs(far - np.float32(scene.half)) * 3).clip(0, 1)
    open_ = 1 - 0.55 * near * near
    for arm in scene.clamps:
        gap = np.abs(s - np.float32(arm * scene.clamp_s(arm))) - np.float32(CLAMP_WIDTH / 2)
        near = (1 - gap * 2.5).clip(0, 1)
        open_ *= 1 - 0.5 * near * near
    return open_


def _ink(surface: Surface, colour: Colour, share: Floats, keep: NDArray[np.intp], *, dull: float) -> None:
    """Lay ink on the pixels `keep`, as much as `share` of each, which makes them less glossy."""
    for band, own in zip(surface.albedo, colour, strict=True):
        under = band.take(keep)
        band[keep] = under + (np.float32(own) - under) * share
    gloss = np.asarray(surface.gloss)
    gloss[keep] *= 1 - dull * share


def _scrape(
    scene: Scene, far: Floats, theta: Floats, *, surface: Surface, grain: tuple[Floats, ...], shift: np.float32
) -> None:
    """Take the skin off beside the fitting: all of it, or what a poor tool in a hurry leaves."""
    rough, smooth, fine = grain
    edge = np.float32(scene.zone_end) - far + (smooth - 0.5) * 0.16
    bare = (edge * 14).clip(0, 1)
    if scene.causes.scraping == "poor":
        # Islands of old skin in between, and strips that the blade never reached.
        wide = look(textures.noise(), far * np.float32(0.3) + shift, theta * np.float32(0.24) + shift)
        strips = part(wide, 0) * 0.9 + part(wide, 1) * 0.5
        bare = bare * ((strips - 0.72) * 9).clip(0, 1)
    keep = np.flatnonzero(bare > 0.01)
    if not keep.size:
        return
    s, angle, bare = far.take(keep), theta.take(keep), bare.take(keep)
    # The blade goes round the pipe: fine rings, each swath of the tool a little different from the last.
    swaths = look(textures.noise(), s * np.float32(0.62) + shift, angle * np.float32(0.02) + s * np.float32(0.07))
    lines = look(textures.noise(), s * np.float32(1.9), angle * np.float32(0.05) + s * np.float32(0.05))
    tone = 0.72 + 0.36 * part(swaths, 3) + 0.3 * (part(lines, 3) - 0.5) + 0.14 * (fine.take(keep) - 0.5)
    if scene.causes.scraping == "poor":
        tone -= 0.18 * (rough.take(keep) > 0.7)
    for band, own in enumerate(_SCRAPED[scene.colour]):
        under = surface.albedo[band].take(keep)
        surface.albedo[band][keep] = under + (np.float32(own) * tone - under) * bare
    gloss = np.asarray(surface.gloss)
    gloss[keep] = gloss.take(keep) * (1 - bare) + np.float32(0.16) * bare
    slope = (part(lines, 3) - 0.5) * 0.5 * bare
    surface.lean(slope, np.zeros_like(slope), keep)


def _hatch(
    scene: Scene, hit: Hit, far: Floats, *, theta: Floats, surface: Surface, fine: Floats, fineness: float
) -> None:
    """Strokes of a marker, drawn on the skin before it is scraped off."""
    if not scene.causes.hatch:
        return
    start, stop = scene.half - 0.1, scene.zone_end + 0.5
    if scene.causes.scraping != "none":
        start = scene.hatch_span[0] - 0.35
    keep = np.flatnonzero((far > start) & (far < stop))
    if not keep.size:
        return
    step = 4 if fineness < 95 else 2 if fineness < 190 else 1
    ink = textures.scribbles(scene.seed % 6, step)
    high, wide = ink.shape
    row = ((far.take(keep) - np.float32(start)) * np.float32((high - 1) / (stop - start))).astype(np.int32)
    turn = (theta.take(keep) / 6.2832 + 0.3 * np.sign(hit.s.take(keep)) + scene.seed % 500 / 1000) * wide
    column = turn.astype(np.int32) & (wide - 1)
    share = ink[row, column] * np.float32(1 / 255) * (1.2 - 0.75 * fine.take(keep)).clip(0.25, 1)
    _ink(surface, _INKS[scene.colour], share, keep, dull=0.4)


def _line(
    scene: Scene, hit: Hit, far: Floats, *, theta: Floats, surface: Surface, smooth: Floats, fine: Floats
) -> None:
    """A ring of marker round each pipe, as steady as a hand is."""
    if not scene.line_arms:
        return
    near = np.abs(far - np.float32(scene.line_at)) < 0.1
    if len(scene.line_arms) == 1:
        near &= hit.s * scene.line_arms[0] > 0
    keep = np.flatnonzero(near)
    wobble = 0.03 * np.sin(theta.take(keep) * 2 + np.float32(scene.seed % 7)) + (smooth.take(keep) - 0.5) * 0.03
    away = np.abs(far.take(keep) - np.float32(scene.line_at) - wobble)
    share = ((0.047 - away) * 45).clip(0, 1) * (1.2 - 0.6 * fine.take(keep)).clip(0.4, 1)
    _ink(surface, _INKS[scene.colour], share, keep, dull=0.3)


_COVERS: dict[str, tuple[Colour, ...]] = {
    "rag": ((0.55, 0.52, 0.47), (0.42, 0.12, 0.1), (0.2, 0.28, 0.4)),
    "cloth": ((0.72, 0.42, 0.05), (0.3, 0.4, 0.16), (0.13, 0.28, 0.5)),
    "tape": ((0.5, 0.5, 0.52), (0.75, 0.75, 0.73), (0.5, 0.2, 0.03)),
}


def _paint_cover(canvas: Canvas, scene: Scene, view: View) -> None:
    """A rag, a cloth or tape over each scraped zone."""
    colours = _COVERS[view.cover]
    # What has the colour of a scraped pipe would be taken for one.
    if view.cover != "tape":
        colours = {"blue": colours[:2], "yellow": colours[1:]}.get(scene.colour, colours)
    colour = colours[scene.seed % len(colours)]
    start, stop = scene.half - 0.12, cover_end(scene)
    taped = view.cover == "tape"
    lift = 1.015 if taped else 1.13
    over = 0.02 if taped else 0.25
    hit = _arms(canvas, scene, lift, start - 0.25, stop + 0.25, over=over)
    if hit is None:
        return
    theta, far = hit.theta, np.abs(hit.s)
    shift = np.float32((view.seed % 211) / 211)
    scale = np.float32(0.12 if taped else 0.2)
    folds = look(textures.folds(), hit.s * scale + shift, theta * scale + shift)
    rough = part(look(textures.noise(), theta * np.float32(0.16) + shift, shift + 0 * hit.s), 1) - 0.5
    ragged = rough * (0.04 if taped else 0.34)
    inside = np.minimum(far - np.float32(start) + ragged, np.float32(stop) - far - ragged * 0.7)
    hit.cover = np.minimum(hit.cover, (inside * 40).clip(0, 1))
    keep = hit.cover > 0
    values = look(textures.noise(), hit.s * np.float32(0.7) + shift, theta * np.float32(0.7))
    if taped:
        turns = 0.5 + 0.5 * np.sin(hit.s * 26 + theta * 0.4)
        tone = 0.85 + 0.2 * turns + 0.1 * part(values, 0)
        strength, gloss = 0.35, 0.9
    else:
        tone = 0.62 + 0.4 * part(values, 0) + 0.25 * part(values, 2) - 0.22 * (1 - part(folds, 3)) ** 3
        strength, gloss = 1.15, 0.06
    albedo = np.stack([np.float32(own) * tone for own in colour])
    small = hit.only(keep)
    open_ = 0.55 + 0.45 * (inside[keep] * 5).clip(0, 1)
    surface = Surface(albedo[:, keep], gloss, open=open_)
    surface.lean(signed(folds, 0)[keep] * np.float32(strength), signed(folds, 1)[keep] * np.float32(strength))
    canvas.paint(small, surface)
