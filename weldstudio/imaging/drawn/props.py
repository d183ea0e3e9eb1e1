"""What lies about on a site: peelings of the scraper, leads of the welding box, a marker pen, stones on the sheet."""

import math
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from weldstudio.imaging.drawn.canvas import NEAR, Canvas
from weldstudio.imaging.drawn.hit import Colour, Frame
from weldstudio.imaging.drawn.parts import Coat, Part, face, rod, tube
from weldstudio.imaging.drawn.scene import Floats, Scene, cross

_PEELS: dict[str, Colour] = {"black": (0.05, 0.05, 0.055), "blue": (0.06, 0.2, 0.52), "yellow": (0.72, 0.47, 0.06)}


def paint_litter(canvas: Canvas, scene: Scene) -> None:
    """Peelings and stones on the ground round the joint, with their little shadows; before anything stands on it."""
    random = np.random.default_rng((scene.seed, 8))
    layer = _Layer(canvas.width, canvas.height)
    sun = np.array(canvas.light.sun)
    cast: tuple[float, float] = tuple((-sun[:2] / max(0.5, sun[2])).tolist())
    _stones(canvas, layer, scene, random, side=cast[0])
    if scene.causes.scraping != "none":
        _peelings(canvas, layer, scene, random, cast=cast)
    _lay(canvas, layer)


class _Layer:
    """An image of numbers of paints, a quarter of what an image of the paints would be."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("L", (width, height), 0)
        self.pen = ImageDraw.Draw(self.image)
        self.paints: list[tuple[float, ...]] = [(0, 0, 0, 0)]
        """Square roots of albedo and cover, 0..255; the first is none."""

    def number(self, paint: tuple[float, ...]) -> int:
        """What to draw with for that paint."""
        if paint not in self.paints:
            self.paints.append(paint)
        return self.paints.index(paint)


def _stones(canvas: Canvas, layer: _Layer, scene: Scene, random: np.random.Generator, *, side: float) -> None:
    """Pebbles: of each its shadow, its dark side, its light side."""
    many = int(random.integers(0, 10))
    places = random.normal((0, -1.2, -scene.height), (2.6, 1.4, 0), (many, 3))
    sizes, tones = random.uniform(0.04, 0.13, many), random.uniform(70, 190, many)
    for (x, y, far), size, tone in zip(canvas.places(places).tolist(), sizes.tolist(), tones.tolist(), strict=True):
        if far < NEAR:
            continue
        reach = size * canvas.focal / far
        away = side * reach
        for dx, dy, scale, fill in (
            (away, 0.25 * reach, 1.05, (14, 11, 8, 170)),
            (0.0, 0.0, 1.0, (0.6 * tone, 0.56 * tone, 0.5 * tone, 255)),
            (-0.2 * away, -0.22 * reach, 0.72, (tone, 0.95 * tone, 0.86 * tone, 255)),
        ):
            wide, high = 1.15 * reach * scale, 0.85 * reach * scale
            box = x + dx - wide, y + dy - high, x + dx + wide, y + dy + high
            layer.pen.ellipse(box, fill=layer.number(fill))


def _peelings(
    canvas: Canvas, layer: _Layer, scene: Scene, random: np.random.Generator, *, cast: tuple[float, float]
) -> None:
    """Ribbons that curl the more the thinner they are: of each its shadow, itself, and light along it."""
    own = tuple(int(255 * math.sqrt(value)) for value in _PEELS[scene.colour])
    light = tuple(min(255, value + 45) for value in own)
    for curl in canvas.places(_curls(random, -scene.height + 0.03)):
        far = float(curl[:, 2].mean())
        if curl[:, 2].min() < NEAR:
            continue
        step = canvas.focal / far
        wide = max(1.0, 0.05 * step)
        for dx, dy, size, fill in (
            (0.05 * cast[0], -0.05 * cast[1] + 0.03, 1.0, (12, 10, 8, 150)),
            (0.0, 0.0, 1.0, (*own, 255)),
            (0.0, -0.012, 0.4, (*light, 255)),
        ):
            line = (curl[:, :2] + (dx * step, dy * step)).reshape(-1).tolist()
            layer.pen.line(line, fill=layer.number(fill), width=max(1, round(size * wide)))


def _curls(random: np.random.Generator, height: float) -> Floats:
    """Points (peelings, 22, 3) along peelings on the ground."""
    many = int(random.integers(5, 16))
    t = np.linspace(0, 1, 22)
    turns, start = random.uniform(0.4, 2.2, (many, 1)), random.uniform(0, 1, (many, 1))
    heading = 2 * math.pi * (start + turns * t * t)
    step = random.uniform(0.35, 1.1, (many, 1)) / 22
    points = np.empty((many, 22, 3))
    points[..., 0] = np.cumsum(np.cos(heading), axis=1) * step + random.normal(0, 2.0, (many, 1))
    points[..., 1] = np.cumsum(np.sin(heading), axis=1) * step + random.normal(-1.4, 0.8, (many, 1))
    points[..., 2] = height + 0.06 * np.sin(t * 7) ** 2
    return points


def _lay(canvas: Canvas, layer: _Layer) -> None:
    """Put a layer onto the ground, in the ground's light."""
    numbers = np.asarray(layer.image).reshape(-1)
    index = np.flatnonzero(numbers.view(np.bool_))
    values = (np.array(layer.paints, np.float32) * np.float32(1 / 255)).take(numbers.take(index), axis=0)
    sun = np.float32(0.9 * max(0.2, canvas.light.sun[2])) * canvas.shade.take(index)
    for band in range(3):
        light = sun * np.float32(canvas.sun[band]) + np.float32(0.8 * canvas.sky[band])
        under = canvas.colour[band].take(index)
        canvas.colour[band][index] = under + (values[:, band] * values[:, band] * light - under) * values[:, 3]


def leads(scene: Scene) -> list[Part]:
    """Now and then the welding box is still connected: a lead from each terminal, out of the picture."""
    random = np.random.default_rng((scene.seed, 9))
    if random.random() > 0.22:
        return []
    colour: Colour = ((0.02, 0.02, 0.022), (0.22, 0.03, 0.02), (0.03, 0.03, 0.035))[int(random.integers(3))]
    aside = random.uniform(-5, 5)
    parts = []
    for side in (-1, 1):
        foot = side * (scene.half - 0.34)
        high = scene.radius + 0.5
        top = np.array((foot, -math.sin(scene.terminal) * high, math.cos(scene.terminal) * high))
        lean = np.array((0.2 * side, -math.sin(scene.terminal), math.cos(scene.terminal)))
        points = _bezier(
            top, top + 0.9 * lean, np.array((aside, 3.0, 1.5)), np.array((aside * 1.6, 9.0, -scene.height))
        )
        parts += [tube(one, two, 0.07, Coat(colour), beyond=0.02) for one, two in pairwise(points)]
        cap = tube(top - 0.12 * lean, top + 0.32 * lean, 0.21, Coat((0.03, 0.03, 0.032)), beyond=0.0)
        parts += [cap, face(cap.frame, cap.stop, cap.high, cap.coat)]
    return parts


def _bezier(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    t = np.linspace(0, 1, 15)[:, None]
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d


def marker_pen(scene: Scene) -> list[Part]:
    """The marker that somebody put down, now and then."""
    random = np.random.default_rng((scene.seed, 10))
    if random.random() > 0.2:
        return []
    turn = random.uniform(0, math.pi)
    along = np.array((math.cos(turn), math.sin(turn), 0), np.float32)
    up = np.array((0, 0, 1), np.float32)
    origin = np.array((random.normal(0, 1.5), random.uniform(-2.6, -1.7), -scene.height + 0.12), np.float32)
    frame: Frame = (origin, along, up, cross(along, up))
    ends: tuple[tuple[float, float, Colour], ...] = (
        (-0.75, 0.25, (0.6, 0.61, 0.62)),
        (0.25, 0.75, (0.03, 0.03, 0.035)),
    )
    return [rod(frame, 0.115, start, stop, Coat(colour, 0.8)) for start, stop, colour in ends]
