"""From light to a file's pixels: vignette, blur, tone curve, sensor noise, and what spoils a photo altogether."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from weldstudio.imaging.drawn.camera import View
from weldstudio.imaging.drawn.canvas import Canvas
from weldstudio.imaging.drawn.scene import Floats
from weldstudio.imaging.drawn.textures import look, noise, part

_STEPS = 2048


def sensor_size(view: View) -> tuple[int, int]:
    """Width and height of what is reckoned with; the older camera's files are larger than what its lens resolves."""
    width, height = view.size
    share = 1.0 if view.equipment == "Bluebox" else 0.69 - 0.1 * view.blur
    return round(width * share / 16) * 16, round(width * share / 16) * 16 * height // width


@cache
def _tone(old: bool) -> NDArray[np.uint8]:
    """Square root of linear light in steps -> sRGB byte, with a shoulder in the lights as cameras have it."""
    root = np.linspace(0, 2, _STEPS)
    light = root * root
    contrast = 1.22 if old else 1.26
    curve = light**contrast * 1.08
    curve = curve * (1 + curve / 6.0) / (1 + curve * 0.82)
    lifted = curve * (0.985 if old else 1) + (0.008 if old else 0.002)
    srgb = np.where(lifted < 0.0031308, 12.92 * lifted, 1.055 * np.maximum(lifted, 1e-6) ** (1 / 2.4) - 0.055)
    return (srgb * 255 + 0.5).clip(0, 255).astype(np.uint8)


@cache
def _grain() -> NDArray[np.int8]:
    """Noise of a sensor (1024, 1024, 3) with a deviation of 16: brightness, and colour in coarser specks."""
    random = np.random.default_rng(9)
    bright = random.standard_normal((1024, 1024, 1)).astype(np.float32)
    small = random.standard_normal((512, 512, 3)).astype(np.float32)
    specks = small.repeat(2, 0).repeat(2, 1)
    return ((bright * 0.8 + specks * 0.6) * 16).clip(-127, 127).astype(np.int8)


def expose(canvas: Canvas, view: View) -> Image.Image:
    """The photo of what the canvas has gathered."""
    old = view.equipment == "Redbox"
    light = canvas.colour
    width, height = canvas.width, canvas.height
    mean = float(light[:, ::37].mean())
    gain = np.float32(view.exposure * 0.24 / max(mean, 0.13))
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    fall = np.float32(0.14 if old else 0.09)
    vignette = ((1 - fall * x * x) * (1 - fall * y * y)).reshape(-1)
    random = np.random.default_rng((view.seed, 2))
    cast = np.exp(random.normal(0, 0.05 if old else 0.03, 3)).astype(np.float32)
    curve = _tone(old)
    pixels = np.empty((height, width, 3), np.uint8)
    steps = np.float32((_STEPS - 1) / 2)
    for band in range(3):
        level = light[band] * vignette
        level *= gain * cast[band] * steps * steps
        np.clip(level, 0, (_STEPS - 1) ** 2, out=level)
        np.sqrt(level, out=level)
        pixels[..., band] = curve.take(level.astype(np.intp)).reshape(height, width)
    if view.spoilt == "smeared":
        pixels = _smear(pixels, random)
    elif not old and view.blur > 0.45:
        pixels = np.asarray(Image.fromarray(pixels).filter(ImageFilter.BoxBlur(view.blur * 0.75)))
    image = Image.fromarray(_add_noise(pixels, view, random))
    # The older camera makes a file larger than its sensor, noise and all.
    return image if image.size == view.size else image.resize(view.size, Image.Resampling.BILINEAR)


def _add_noise(pixels: NDArray[np.uint8], view: View, random: np.random.Generator) -> NDArray[np.uint8]:
    """Sensor noise, in whole numbers as a camera's own processing leaves it."""
    height, width, _ = pixels.shape
    grain = _grain()
    top, left = random.integers(0, 1024, 2)
    strength = round(view.noise * 255 * 16)
    turned = np.roll(grain, (-int(top), -int(left)), (0, 1)) if height > 900 else grain
    if height <= 900:
        top, left = random.integers(0, 1024 - height), random.integers(0, 1024 - width)
        turned = grain[top : top + height, left : left + width]
    else:
        turned = np.tile(turned, (1, 2, 1))[:height, :width]
    noise = (turned.astype(np.int16) * np.int16(min(strength, 250))) >> 8
    noise += pixels
    return noise.clip(0, 255).astype(np.uint8)


def _smear(pixels: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """The camera moved while it looked: the picture drawn out along a line."""
    angle = random.uniform(0, math.pi)
    # Nothing that small is left to be seen.
    whole = Image.fromarray(pixels)
    image = whole.reduce(2)
    reach = image.width * random.uniform(0.13, 0.19)
    steps = 20
    total: Floats | None = None
    for number in range(steps):
        away = (number / (steps - 1) - 0.5) * reach
        dx, dy = away * math.cos(angle), away * math.sin(angle)
        place = (0.8, 0, dx + 0.1 * image.width, 0, 0.8, dy + 0.1 * image.height)
        moved = image.transform(image.size, Image.Transform.AFFINE, place)
        values = np.asarray(moved, np.float32)
        total = values if total is None else total + values
    assert total is not None
    mean = (total / steps).clip(0, 255).astype(np.uint8)
    blurred = Image.fromarray(mean).filter(ImageFilter.GaussianBlur(image.width * 0.012))
    return np.asarray(blurred.resize(whole.size, Image.Resampling.BILINEAR))


def put_finger(canvas: Canvas, view: View) -> None:
    """A finger on the lens: skin, lit through at its edge, far out of focus, over nearly everything."""
    random = np.random.default_rng((view.seed, 4))
    small = Image.new("L", (80, 60), 0)
    pen = ImageDraw.Draw(small)
    x, y = random.uniform(10, 70), random.uniform(8, 52)
    wide, high = random.uniform(60, 80), random.uniform(50, 66)
    pen.ellipse((x - wide, y - high, x + wide, y + high), fill=255)
    mask = (
        np.asarray(
            small.filter(ImageFilter.GaussianBlur(5)).resize((canvas.width, canvas.height), Image.Resampling.BICUBIC),
            np.float32,
        )
        / 255
    )
    glow = (
        np.asarray(
            small.filter(ImageFilter.GaussianBlur(16)).resize((canvas.width, canvas.height), Image.Resampling.BICUBIC),
            np.float32,
        )
        / 255
    )
    flat, glowing = mask.reshape(-1), glow.reshape(-1)
    tone = np.float32(random.uniform(0.3, 0.75))
    # Nearer to one side more light gets through; the lines of the skin are broad smudges.
    turn = random.uniform(0, 2 * math.pi)
    right = np.linspace(-1, 1, canvas.width, dtype=np.float32)[None, :] * np.float32(math.cos(turn))
    down = np.linspace(-1, 1, canvas.height, dtype=np.float32)[:, None] * np.float32(math.sin(turn))
    side = (right + down).reshape(-1)
    smudge = part(
        look(noise(), side * np.float32(0.2) + np.float32(turn), (down - right).reshape(-1) * np.float32(0.05)), 1
    )
    lit = (np.float32(1) + np.float32(0.45) * side) * (np.float32(0.8) + np.float32(0.4) * smudge)
    for band, own in enumerate((0.62, 0.27, 0.18)):
        skin = np.float32(own) * tone * (np.float32(1.6) - glowing) * lit ** np.float32(1 + 0.2 * band)
        canvas.colour[band] += (skin - canvas.colour[band]) * flat
