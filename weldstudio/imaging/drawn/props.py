"""What lies about on a site: peelings of the scraper, leads of the welding box, a marker pen, stones on the sheet."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from weldstudio.imaging.drawn.canvas import Canvas, Colour, Frame
from weldstudio.imaging.drawn.parts import Coat, paint_parts, rod
from weldstudio.imaging.drawn.scene import Floats, Scene, cross

_PEELS: dict[str, Colour] = {"black": (0.05, 0.05, 0.055), "blue": (0.06, 0.2, 0.52), "yellow": (0.72, 0.47, 0.06)}


def paint_litter(canvas: Canvas, scene: Scene) -> None:
    """Peelings and stones on the ground round the joint, with their little shadows; before anything stands on it."""
    random = np.random.default_rng((scene.seed, 8))
    layer = Image.new("RGBA", (canvas.width, canvas.height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    sun = np.array(canvas.light.sun)
    cast = -sun[:2] / max(0.5, sun[2])
    for _ in range(int(random.integers(0, 10))):
        place = np.array((random.normal(0, 2.6), random.normal(-1.2, 1.4), -scene.height))
        _stone(canvas, pen, place, size=random.uniform(0.04, 0.13), cast=cast, tone=random.uniform(70, 190))
    if scene.causes.scraping != "none":
        own = tuple(int(255 * math.sqrt(value)) for value in _PEELS[scene.colour])
        for _ in range(int(random.integers(5, 16))):
            curl = _curl(random, (random.normal(0, 2.0), random.normal(-1.4, 0.8), -scene.height + 0.03))
            places = _places(canvas, curl)
            if places is None:
                continue
            x, y, far = places
            wide = max(1.0, 0.05 * canvas.focal / far)
            for dx, dy, size, fill in (
                (0.05 * float(cast[0]), -0.05 * float(cast[1]) + 0.03, 1.0, (12, 10, 8, 150)),
                (0.0, 0.0, 1.0, (*own, 255)),
                (0.0, -0.012, 0.4, (*(min(255, value + 45) for value in own), 255)),
            ):
                step = canvas.focal / far
                line = [(px + dx * step, py + dy * step) for px, py in zip(x.tolist(), y.tolist(), strict=True)]
                pen.line(line, fill=fill, width=max(1, round(size * wide)), joint="curve")
    box = layer.getbbox()
    if box is not None:
        _lay(canvas, layer, box)
    if random.random() < 0.2:
        _pen(canvas, scene, random)


def _lay(canvas: Canvas, layer: Image.Image, box: tuple[int, int, int, int]) -> None:
    """Put an image of square roots of albedo onto the ground, in the ground's light."""
    left, top, right, bottom = box
    values = np.asarray(layer.crop(box)).reshape(-1, 4)
    where = np.flatnonzero(values[:, 3])
    index = canvas.flat(slice(top, bottom), slice(left, right), where)
    values = values[where].astype(np.float32) * np.float32(1 / 255)
    sun = np.float32(0.9 * max(0.2, canvas.light.sun[2])) * canvas.shade.take(index)
    for band in range(3):
        light = sun * np.float32(canvas.sun[band]) + np.float32(0.8 * canvas.sky[band])
        under = canvas.colour[band].take(index)
        canvas.colour[band][index] = under + (values[:, band] * values[:, band] * light - under) * values[:, 3]


def paint_leads(canvas: Canvas, scene: Scene) -> None:
    """Now and then the welding box is still connected: a lead from each terminal, out of the picture."""
    random = np.random.default_rng((scene.seed, 9))
    if random.random() > 0.22:
        return
    colour: Colour = ((0.02, 0.02, 0.022), (0.22, 0.03, 0.02), (0.03, 0.03, 0.035))[int(random.integers(3))]
    aside = random.uniform(-5, 5)
    for side in (-1, 1):
        foot = side * (scene.half - 0.34)
        high = scene.radius + 0.5
        top = np.array((foot, -math.sin(scene.terminal) * high, math.cos(scene.terminal) * high))
        lean = np.array((0.2 * side, -math.sin(scene.terminal), math.cos(scene.terminal)))
        points = _bezier(
            top, top + 0.9 * lean, np.array((aside, 3.0, 1.5)), np.array((aside * 1.6, 9.0, -scene.height))
        )
        # Piece by piece, for each lies at another distance.
        for start in range(0, len(points) - 1, 5):
            _stroke(canvas, points[start : start + 6], width=0.14, colour=colour)
        cap = np.linspace(top - 0.12 * lean, top + 0.32 * lean, 4)
        _stroke(canvas, cap, width=0.36, colour=(0.03, 0.03, 0.032))


def _bezier(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    t = np.linspace(0, 1, 40)[:, None]
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d


def _curl(random: np.random.Generator, middle: tuple[float, float, float]) -> Floats:
    """A peeling: a ribbon that curls the more the thinner it is."""
    turns = random.uniform(0.4, 2.2) * 2 * math.pi
    t = np.linspace(0, 1, 22)
    heading = random.uniform(0, 2 * math.pi) + turns * t * t
    step = random.uniform(0.35, 1.1) / 22
    x, y = np.cumsum(np.cos(heading)) * step, np.cumsum(np.sin(heading)) * step
    return np.stack((x + middle[0], y + middle[1], middle[2] + 0.06 * np.sin(t * 7) ** 2), axis=1)


def _places(canvas: Canvas, points: Floats) -> tuple[Floats, Floats, float] | None:
    """Where points (n, 3) lie in the picture, x and y (n,) in pixels, and how far away; None behind the camera."""
    seen = (points - canvas.eye) @ canvas.axes
    seen = seen[seen[:, 2] > 0.4]
    if len(seen) < 2:
        return None
    x = 0.5 * canvas.width + canvas.focal * seen[:, 0] / seen[:, 2]
    y = 0.5 * canvas.height - canvas.focal * seen[:, 1] / seen[:, 2]
    return x, y, float(seen[:, 2].mean())


def _stroke(canvas: Canvas, points: Floats, *, width: float, colour: Colour) -> None:
    """A tube along points (n, 3) of the world: a dark lower side, a light line where the sky is mirrored."""
    places = _places(canvas, points)
    if places is None:
        return
    x, y, far = places
    wide = max(1.2, width * canvas.focal / far)
    margin = int(wide) + 3
    left, right = max(0, int(x.min()) - margin), min(canvas.width, int(x.max()) + margin)
    top, bottom = max(0, int(y.min()) - margin), min(canvas.height, int(y.max()) + margin)
    if right - left < 2 or bottom - top < 2:
        return
    masks = []
    for share, lift in ((1.0, 0.0), (0.4, 0.22)):
        image = Image.new("L", (right - left, bottom - top), 0)
        line = [(float(px) - left, float(py) - top - lift * wide) for px, py in zip(x, y, strict=True)]
        ImageDraw.Draw(image).line(line, fill=255, width=max(1, round(share * wide)), joint="curve")
        soft = image.filter(ImageFilter.GaussianBlur(0.4 + 0.12 * wide * (share < 1)))
        masks.append(np.asarray(soft, np.float32).reshape(-1) * np.float32(1 / 255))
    where = np.flatnonzero(masks[0] > 0.02)
    index = canvas.flat(slice(top, bottom), slice(left, right), where)
    near = canvas.depth.take(index) > far * 0.9
    where, index = where[near], index[near]
    cover, light = masks[0].take(where), masks[1].take(where)
    sun = np.float32(0.55 * max(0.15, canvas.light.sun[2])) * canvas.shade.take(index)
    for band in range(3):
        own = np.float32(colour[band] * canvas.sky[band]) * (0.45 + 0.5 * light)
        own = own + np.float32(colour[band] * canvas.sun[band]) * sun * (0.5 + light)
        own = own + light * np.float32(0.05 * canvas.sky[band])
        under = canvas.colour[band].take(index)
        canvas.colour[band][index] = under + (own - under) * cover


def _stone(canvas: Canvas, pen: ImageDraw.ImageDraw, place: Floats, *, size: float, cast: Floats, tone: float) -> None:
    """A pebble: its shadow, its dark side, its light side."""
    places = _places(canvas, np.stack((place, place)))
    if places is None:
        return
    x, y, far = float(places[0][0]), float(places[1][0]), places[2]
    reach = size * canvas.focal / far
    side = float(cast[0]) * reach
    for dx, dy, scale, fill in (
        (side, 0.25 * reach, 1.05, (14, 11, 8, 170)),
        (0.0, 0.0, 1.0, (int(0.6 * tone), int(0.56 * tone), int(0.5 * tone), 255)),
        (-0.2 * side, -0.22 * reach, 0.72, (int(tone), int(0.95 * tone), int(0.86 * tone), 255)),
    ):
        wide, high = 1.15 * reach * scale, 0.85 * reach * scale
        pen.ellipse((x + dx - wide, y + dy - high, x + dx + wide, y + dy + high), fill=fill)


def _pen(canvas: Canvas, scene: Scene, random: np.random.Generator) -> None:
    """The marker that somebody put down."""
    turn = random.uniform(0, math.pi)
    along = np.array((math.cos(turn), math.sin(turn), 0), np.float32)
    up = np.array((0, 0, 1), np.float32)
    origin = np.array((random.normal(0, 1.5), random.uniform(-2.6, -1.7), -scene.height + 0.12), np.float32)
    frame: Frame = (origin, along, up, cross(along, up))
    ends: tuple[tuple[float, float, Colour], ...] = (
        (-0.75, 0.25, (0.6, 0.61, 0.62)),
        (0.25, 0.75, (0.03, 0.03, 0.035)),
    )
    paint_parts(canvas, [rod(frame, 0.115, start, stop, Coat(colour, 0.8)) for start, stop, colour in ends])
