"""What the joint lies on: soil, gravel, grass or paving, the sheet with its folds, the trench's wall, shadows."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from weldstudio.imaging.drawn import textures
from weldstudio.imaging.drawn.canvas import Canvas
from weldstudio.imaging.drawn.hit import Colour
from weldstudio.imaging.drawn.scene import ARMS, Floats, Scene, cross
from weldstudio.imaging.drawn.textures import Tile, look, part

_AXES = np.eye(3, dtype=np.float32)
_SIDE = 1024
_TILE = 9.0
"""Length of a ground tile in radii of the pipe."""
_SHEET_COLOURS: dict[str, Colour] = {
    "blue": (0.03, 0.11, 0.36),
    "green": (0.05, 0.17, 0.09),
    "grey": (0.3, 0.31, 0.32),
    "white": (0.66, 0.67, 0.66),
    "black": (0.03, 0.031, 0.034),
}


@cache
def ground_tile(kind: str) -> Tile:
    """Red, green and blue as square roots of linear light, and the relief as lit from the left (0.5 is level)."""
    random = np.random.default_rng(abs(sum(map(ord, kind))) + 100)
    if kind in ("soil", "clay", "sand"):
        return _earth(random, kind)
    if kind == "gravel":
        return _stones(random, 2600, (4, 17), (0.30, 0.27, 0.23))
    if kind == "grass":
        return _grass(random)
    if kind == "paving":
        return _paving(random)
    return _stones(random, 9000, (1.2, 3.2), (0.13, 0.13, 0.132), spread=0.25)


@cache
def _coarser(kind: str, level: int) -> Tile:
    """The tile of a ground at half the size, `level` times over: each pixel of a photo sees the mean of many places."""
    tile = ground_tile(kind)
    side = tile.shape[0] >> level
    values = tile.view(np.uint8).reshape(side, 1 << level, side, 1 << level, 4)
    mean = values.mean(axis=(1, 3), dtype=np.float32) + np.float32(0.5)
    return np.ascontiguousarray(mean.astype(np.uint8)).view(np.uint32)[..., 0]


def _finish(colour: Floats, height: Floats, strength: float) -> Tile:
    """Colour (3, N, N) of linear light with the relief of a height."""
    slope = np.roll(height, -1, 1) - np.roll(height, 1, 1)
    relief = 0.5 + strength * slope / slope.std()
    bands = [np.sqrt(band.clip(0, 1)) for band in colour]
    return textures.pack(bands[0], bands[1], bands[2], relief.clip(0, 1))


def _earth(random: np.random.Generator, kind: str) -> Tile:
    base: Colour = {"soil": (0.135, 0.088, 0.052), "clay": (0.27, 0.155, 0.075), "sand": (0.40, 0.31, 0.2)}[kind]
    rough = textures.fractal(random, _SIDE, 1.35, least=3)
    fine = textures.fractal(random, _SIDE, 0.75, least=20)
    clods = np.abs(textures.fractal(random, _SIDE, 1.6, least=12))
    height = rough + 0.35 * fine + (0.9 if kind != "sand" else 0.2) * clods
    tone = np.exp(0.2 * rough + 0.12 * fine - 0.25 * np.exp(-2.5 * clods) * (kind != "sand"))
    colour: Floats = np.stack([np.float32(value) * tone for value in base])
    # Stones here and there, in the ground's own light.
    stones = _stone_layer(random, 900 if kind != "sand" else 160, (1.5, 17))
    cover, stone_tone, dome = stones
    grey = np.array((0.33, 0.29, 0.24), np.float32)[:, None, None]
    own = 0.5 * grey + 0.7 * np.array(base, np.float32)[:, None, None]
    colour = colour * (1 - cover) + own * (0.3 + 0.6 * stone_tone) * (0.35 + 0.75 * dome) * cover
    return _finish(colour, height * (1 - cover) + 3.5 * dome, 0.13)


def _stone_layer(random: np.random.Generator, many: int, sizes: tuple[float, float]) -> tuple[Floats, Floats, Floats]:
    """Coverage, tone and height of pebbles (N, N), painted large ones first so that small ones lie between."""
    tones, heights = Image.new("L", (_SIDE, _SIDE), 0), Image.new("L", (_SIDE, _SIDE), 0)
    masks = Image.new("L", (_SIDE, _SIDE), 0)
    pens = [ImageDraw.Draw(image) for image in (tones, heights, masks)]
    radii = np.sort(sizes[0] + (sizes[1] - sizes[0]) * random.random(many) ** 2.4)[::-1]
    # Nineteen numbers make a stone: its place, seven corners, how flat, how turned, seven reaches, how light.
    chance = random.random((many, 19))
    places = chance[:, :2] * _SIDE
    angles = np.sort(chance[:, 2:9], axis=1) * 2 * math.pi
    squeeze, turn = 0.6 + 0.4 * chance[:, 9:10], chance[:, 10:11] * math.pi
    reach = radii[:, None] * (0.8 + 0.35 * chance[:, 11:18])
    px, py = reach * np.cos(angles), reach * np.sin(angles) * squeeze
    corners = np.stack((px * np.cos(turn) - py * np.sin(turn), px * np.sin(turn) + py * np.cos(turn)), axis=2)
    fills = (40 + 215 * chance[:, 18]).astype(int).tolist()
    for radius, (x, y), outline, tone in zip(radii.tolist(), places.tolist(), corners, fills, strict=True):
        for dx in (-_SIDE, 0, _SIDE) if x < radius or x > _SIDE - radius else (0,):
            for dy in (-_SIDE, 0, _SIDE) if y < radius or y > _SIDE - radius else (0,):
                place = np.array((x + dx, y + dy))
                at = (outline + place).reshape(-1).tolist()
                pens[0].polygon(at, fill=tone)
                pens[2].polygon(at, fill=255)
                pens[1].polygon(at, fill=90)
                for share, high in ((0.75, 160), (0.45, 220)):
                    pens[1].polygon((outline * share + place).reshape(-1).tolist(), fill=high)
    soft = [image.filter(ImageFilter.GaussianBlur(0.8)) for image in (masks, tones, heights)]
    cover, tone_, dome = (np.asarray(image, np.float32) / 255 for image in soft)
    return cover, tone_, dome


def _stones(
    random: np.random.Generator, many: int, sizes: tuple[float, float], base: Colour, *, spread: float = 1.0
) -> Tile:
    """Gravel, or asphalt where the stones are fine."""
    cover, tone, dome = _stone_layer(random, many, sizes)
    fine = textures.fractal(random, _SIDE, 0.7, least=10)
    wide = textures.fractal(random, _SIDE, 2.0, least=2)
    shade = (0.3 + 0.16 * fine.clip(-1.5, 1.5)) * (1 - cover) + (0.55 + spread * tone) * cover
    shade = shade * np.exp(0.15 * wide) * (0.55 + 0.45 * dome)
    tint = 1 + 0.12 * (tone - 0.5)
    colour = np.stack((base[0] * shade * tint, base[1] * shade, base[2] * shade / tint)) * 1.25
    return _finish(colour, 2.2 * dome + 0.06 * fine, 0.16)


def _grass(random: np.random.Generator) -> Tile:
    image = Image.new("RGB", (_SIDE, _SIDE), (32, 34, 18))
    pen = ImageDraw.Draw(image)
    many = 13000
    long, lean, curl = (
        random.uniform(14, 44, many),
        random.normal(-0.5 * math.pi, 0.75, many),
        random.normal(0, 0.5, many),
    )
    half = 0.5 * long[:, None]
    foot = random.random((many, 2)) * _SIDE
    middle = foot + half * np.stack((np.cos(lean), np.sin(lean)), axis=1)
    end = middle + half * np.stack((np.cos(lean + curl), np.sin(lean + curl)), axis=1)
    blades = np.concatenate((foot, middle, end), axis=1)
    light = 0.35 + 0.65 * np.arange(many) / many * random.uniform(0.6, 1.15, many)
    green = np.stack((random.integers(74, 120, many), random.integers(112, 150, many), np.full(many, 48)), axis=1)
    green[random.random(many) < 0.16] = (168, 150, 92)
    fills = (light[:, None] * green).clip(0, 255).astype(int).tolist()
    for points, fill, tall in zip(blades.tolist(), fills, (long > 26).tolist(), strict=True):
        x, y = points[:2]
        for dx in (-_SIDE, 0, _SIDE) if x < 50 or x > _SIDE - 50 else (0,):
            for dy in (-_SIDE, 0, _SIDE) if y < 50 or y > _SIDE - 50 else (0,):
                moved = [place + (dy if number % 2 else dx) for number, place in enumerate(points)]
                pen.line(moved, fill=tuple(fill), width=2 if tall else 1)
    values = (np.asarray(image.filter(ImageFilter.GaussianBlur(0.5)), np.float32) / 255).transpose(2, 0, 1) ** 2.2
    values *= np.exp(0.25 * textures.fractal(random, _SIDE, 1.8, least=2))
    return _finish(values, values[1] * 8, 0.1)


def _paving(random: np.random.Generator) -> Tile:
    """Concrete slabs or setts, with joints full of dirt."""
    y, x = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32)
    high, wide = _SIDE / 4, _SIDE / 2
    line = np.floor(y / high)
    shifted = x + (line % 2) * wide / 2
    wave = 2.5 * textures.fractal(random, _SIDE, 1.5, least=4)
    fx, fy = (shifted + wave) % wide, (y + wave) % high
    edge = np.minimum(np.minimum(fx, wide - fx), np.minimum(fy, high - fy))
    joint = np.exp(-((edge / 5) ** 2))
    slab = ((line * 7 + np.floor(shifted % _SIDE / wide) * 3) % 5) / 5
    fine, rough = textures.fractal(random, _SIDE, 0.5), textures.fractal(random, _SIDE, 1.5, least=3)
    tone = (0.8 + 0.25 * slab) * np.exp(0.1 * fine + 0.16 * rough) * (1 - 0.75 * joint)
    colour = np.stack([np.float32(value) * tone for value in (0.30, 0.28, 0.25)])
    return _finish(colour, 0.3 * fine + rough * 0.4 - 4 * joint, 0.1)


class _Plane:
    """The ground's pixels, or every `step`th of them each way, and where they lie."""

    def __init__(self, canvas: Canvas, height: float, step: int = 1) -> None:
        rows, columns = slice(0, canvas.height, step), slice(0, canvas.width, step)
        down = np.minimum(canvas.ray(_AXES[2], rows, columns), np.float32(-0.03)).reshape(-1)
        self.t = np.float32(-height - canvas.eye[2]) / down
        self.x = canvas.ray(_AXES[0], rows, columns).reshape(-1) * self.t + canvas.eye[0]
        self.y = canvas.ray(_AXES[1], rows, columns).reshape(-1) * self.t + canvas.eye[1]

    def keep(self, where: NDArray[np.intp]) -> None:
        """Only these pixels."""
        self.t, self.x, self.y = self.t.take(where), self.x.take(where), self.y.take(where)


def paint_ground(canvas: Canvas, scene: Scene, *, bare: bool = False) -> None:
    """Fill the picture with ground, sheet, wall and the shadows on them; `bare`: no joint is on it.

    It is left out where pipes and fittings will be painted.
    """
    random = np.random.default_rng((scene.seed, 1))
    plane, coarse = _Plane(canvas, scene.height), _Plane(canvas, scene.height, 2)
    canvas.depth[:] = plane.t
    hidden = np.zeros(plane.t.size, np.bool_)
    if not bare:
        for frame, radius, start, stop in (
            *((scene.axis(arm), 0.92, scene.half, 5.0) for arm in ARMS),
            (scene.axis(-1), 0.92 * scene.radius, -scene.half, scene.half),
        ):
            hidden[canvas.within(frame, radius, start, stop, surely=True)] = True
    where = np.flatnonzero(~hidden)
    plane.keep(where)
    if math.isfinite(scene.wall):
        rest = _wall(canvas, scene, plane, random, where)
        plane.keep(rest)
        where = where.take(rest)
    halves = canvas.halves.take(where)
    colour, relief = _bare(canvas, scene, plane, random, tone=_tone(scene, coarse).take(halves))
    sheet = None
    if scene.sheet and not bare:
        sheet = _lay_sheet(canvas, scene, plane, random, colour, relief)
    level = np.float32(canvas.light.sun[2]) * canvas.shade.take(where)
    open_: Floats | np.float32 = np.float32(1)
    if not bare:
        lit, sky = _shadows(canvas, scene, coarse)
        level *= lit.take(halves)
        open_ = sky.take(halves)
    # Relief and folds lean the ground towards the light or away from it.
    relief *= np.float32(min(1.0, 0.35 + 0.4 * canvas.light.strength))
    relief += 1
    for band in range(3):
        light = level * np.float32(canvas.sun[band]) + np.float32(0.92 * canvas.sky[band]) * open_
        light *= relief
        light *= colour[band]
        if sheet is not None:
            inside, glint = sheet
            light[inside] += glint * np.float32(canvas.sky[band])
        canvas.colour[band][where] = light


def _tone(scene: Scene, coarse: _Plane) -> Floats:
    """Where the ground is lighter and where darker, from afar."""
    shift = np.float32(scene.seed % 307 / 307)
    wide = look(textures.noise(), coarse.x * np.float32(0.034) + shift, coarse.y * np.float32(0.034) - shift)
    return np.float32(0.72) + np.float32(0.56) * part(wide, 1)


def _bare(
    canvas: Canvas, scene: Scene, plane: _Plane, random: np.random.Generator, *, tone: Floats
) -> tuple[list[Floats], Floats]:
    """Colour and relief of the bare ground; the tile is turned so that its relief is lit from where the sun is."""
    # Soft lenses, and the sensor's pixels, see no more than the mean of what lies within one pixel.
    pixel = float(np.median(plane.t[::97])) / canvas.focal * _SIDE / _TILE
    tile = _coarser(scene.ground, int(min(4, max(0.0, math.log2(pixel) + 0.3))))
    azimuth = math.atan2(canvas.light.sun[1], canvas.light.sun[0]) + math.pi
    c, s = np.float32(math.cos(azimuth) / _TILE), np.float32(math.sin(azimuth) / _TILE)
    shift = random.uniform(0, 1, 2).astype(np.float32)
    u, v = plane.x * c + plane.y * s + shift[0], plane.y * c - plane.x * s + shift[1]
    values = look(tile, u, v)
    tint = np.exp(random.normal(0, 0.045, 3) + random.normal(-0.05, 0.2)).astype(np.float32)
    colour = []
    for band in range(3):
        root = part(values, band)
        root *= root
        root *= tone
        root *= tint[band]
        colour.append(root)
    relief = part(values, 3)
    relief -= 0.5
    # Far away a pixel holds many stones: the mean of them.
    relief *= 1.9 * (np.float32(1.9) - plane.t * np.float32(0.045)).clip(0, 1)
    return colour, relief


def _lay_sheet(
    canvas: Canvas, scene: Scene, plane: _Plane, random: np.random.Generator, colour: list[Floats], relief: Floats
) -> tuple[NDArray[np.intp], Floats] | None:
    """Put the sheet's colour and folds over the ground's; returns its pixels and what they mirror of the sky."""
    turn = random.normal(0, 0.16)
    c, s = np.float32(math.cos(turn)), np.float32(math.sin(turn))
    x = plane.x * c + plane.y * s - np.float32(random.normal(0, 0.4))
    y = plane.y * c - plane.x * s - np.float32(random.normal(0, 0.25))
    half_x, half_y = np.float32(random.uniform(3.9, 6.5)), np.float32(random.uniform(2.7, 4.4))
    where = np.flatnonzero((np.abs(x) < half_x + 0.4) & (np.abs(y) < half_y + 0.4))
    if not where.size:
        return None
    x, y = x.take(where), y.take(where)
    shift = random.uniform(0, 1, 2).astype(np.float32)
    scale = np.float32(1 / random.uniform(7.0, 11.0))
    folds = look(textures.folds(), x * scale + shift[0], y * scale + shift[1])
    edge = np.minimum(half_x - np.abs(x), half_y - np.abs(y)) + np.float32(0.32) * (part(folds, 2) - np.float32(0.5))
    inside = np.flatnonzero(edge > 0)
    where, edge, folds = where.take(inside), edge.take(inside), folds.take(inside, axis=0)
    x, y = x.take(inside), y.take(inside)
    across, down = textures.signed(folds, 0), textures.signed(folds, 1)
    base = np.array(_SHEET_COLOURS[scene.sheet], np.float32) * np.float32(random.uniform(0.8, 1.2))
    tone = part(folds, 3) + np.float32(0.5)
    # The hem, and dirt that boots and swarf left.
    hem = 1 - np.minimum(np.abs(edge - np.float32(0.16)) * 12, 1)
    tone *= 1 - np.float32(0.28) * hem
    dirt = look(textures.noise(), x * np.float32(0.13) + shift[1], y * np.float32(0.13) + shift[0])
    dirty = part(dirt, 0) * np.float32(1.2) + part(dirt, 1) * np.float32(0.7)
    dirty = (dirty - np.float32(random.uniform(1.15, 1.8))).clip(0, 0.7)
    earth = (0.2, 0.145, 0.09)
    for band in range(3):
        own = base[band] * tone
        colour[band][where] = own + (np.float32(earth[band]) - own) * dirty
    sun = canvas.light.sun
    lean = -(across * np.float32(sun[0]) + down * np.float32(sun[1])) * np.float32(1.5 / max(0.35, sun[2]))
    relief[where] = (lean * np.float32(random.uniform(0.22, 0.42))).clip(-0.75, 0.8)
    glint = (0.03 + 0.16 * (down * 0.9 + 0.25 * across - 0.2).clip(0, 1)) * (1 - dirty)
    return where, glint


def _shadows(canvas: Canvas, scene: Scene, plane: _Plane) -> tuple[Floats, Floats]:
    """How much of sun and of sky the ground sees past pipes, fittings and clamps."""
    sun = np.array(canvas.light.sun, np.float32)
    lit = np.ones_like(plane.x)
    open_ = np.ones_like(plane.x)
    soft = np.float32(canvas.light.softness)
    for arm in ARMS:
        origin, along, _, _ = scene.axis(arm)
        parts = [(-0.2, 40.0, 1.0), (0.0, scene.half, scene.radius)]
        parts += [(scene.clamp_s(arm) - 0.25, scene.clamp_s(arm) + 0.25, 1.5)] * (arm in scene.clamps)
        if scene.neighbour is not None and scene.neighbour.arm == arm:
            parts.append((scene.neighbour.start, scene.neighbour.start + 2 * scene.neighbour.half, scene.radius))
        # The distance between the line to the sun and the pipe's axis, and where along the axis it is least.
        across = cross(along, sun)
        across /= np.linalg.norm(across)
        away = plane.x * across[0] + plane.y * across[1] - np.float32(scene.height * across[2] + origin @ across)
        aside = cross(across, sun)
        s = (plane.x - origin[0]) * aside[0] + (plane.y - origin[1]) * aside[1]
        s += np.float32((-scene.height - origin[2]) * aside[2])
        s /= np.float32(along @ aside)
        away = np.abs(away)
        flat = np.hypot(along[0], along[1])
        beside = np.abs((plane.y - origin[1]) * (along[0] / flat) - (plane.x - origin[0]) * (along[1] / flat))
        station = (plane.x - origin[0]) * np.float32(along[0])
        shade = np.zeros_like(away)
        near = 1 / (1 + (beside * np.float32(1 / (0.5 + 0.45 * scene.height))) ** 2)
        for start, stop, radius in parts:
            dark = ((np.float32(radius) - away) / soft + 0.5).clip(0, 1)
            dark *= ((s - np.float32(start)) / soft + 0.5).clip(0, 1)
            dark *= ((np.float32(stop) - s) / soft + 0.5).clip(0, 1)
            np.maximum(shade, dark, out=shade)
        near *= np.float32(0.62 / max(1.0, scene.height - 0.4)) * ((station + 0.6) * 2).clip(0, 1)
        lit *= 1 - shade
        open_ *= 1 - near
    return lit, open_


def _wall(
    canvas: Canvas, scene: Scene, plane: _Plane, random: np.random.Generator, where: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Paint the far side of the trench, steep and cut by a bucket; returns which of the plane's pixels it leaves."""
    eye_x, eye_y, eye_z = canvas.eye.tolist()
    free = plane.y < scene.wall
    behind = np.flatnonzero(~free)
    x, y = plane.x.take(behind) - eye_x, plane.y.take(behind) - eye_y
    # How much of the way to the ground one sees; no bucket cuts a plane: it comes forward here and goes back there.
    share = (scene.wall - eye_y) / y
    bulge = look(textures.noise(), (x * share + eye_x) * 0.03 + scene.seed % 31 / 31, np.zeros_like(x))
    share *= 1 + 0.9 / scene.wall * (part(bulge, 1) - 0.5)
    inside = np.flatnonzero(share < 1)
    behind, share = behind.take(inside), share.take(inside)
    x, z = x.take(inside) * share + eye_x, (1 - share) * (eye_z + scene.height)
    kind = scene.ground if scene.ground in ("soil", "clay", "sand") else "clay"
    values = look(ground_tile(kind), x * (0.9 / _TILE), z * (0.7 / _TILE) + 0.3)
    scores = look(textures.noise(), z * 0.03, x * 0.11)
    tone = 0.6 + 0.3 * part(scores, 1) + 0.25 * part(scores, 3)
    tone *= (0.55 + 0.12 * z.clip(0, 5)) * (1 - 0.45 * np.exp(-2 * z))
    tone *= (1.5 * part(values, 3) + 0.25) * random.uniform(0.6, 0.95)
    facing = max(0.0, -canvas.light.sun[1])
    index = where.take(behind)
    for band in range(3):
        root = part(values, band)
        canvas.colour[band][index] = root * root * tone * (facing * canvas.sun[band] + 0.62 * canvas.sky[band])
    canvas.depth[index] = plane.t.take(behind) * share
    free[:] = True
    free[behind] = False
    return np.flatnonzero(free)
