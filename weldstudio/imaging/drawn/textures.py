"""Tiles of noise and of grounds, made once per process and laid without seams wherever a surface wants to look real.

A tile is (N, N) uint32 holding four bytes each, so that one look-up gives four values. Numbers are the same in every
process, for each tile has a generator of its own.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from weldstudio.imaging.drawn.scene import Floats

Tile = NDArray[np.uint32]
_SIDE = 512


def look(tile: Tile, x: Floats, y: Floats) -> NDArray[np.uint8]:
    """The four bytes (n, 4) of a tile at places in tile lengths: 1 is once across; any shape, flattened."""
    side = tile.shape[0]
    column = (x * side).astype(np.int32) & (side - 1)
    row = (y * side).astype(np.int32) & (side - 1)
    row *= side
    row += column
    return tile.reshape(-1).take(row.reshape(-1)).view(np.uint8).reshape(-1, 4)


def part(values: NDArray[np.uint8], channel: int) -> Floats:
    """One of the four, as 0..1."""
    return values[:, channel].astype(np.float32) * np.float32(1 / 255)


def signed(values: NDArray[np.uint8], channel: int) -> Floats:
    """One of the four, as -1..1."""
    return values[:, channel].astype(np.float32) * np.float32(2 / 255) - np.float32(1)


def pack(*channels: Floats) -> Tile:
    """Four channels (N, N) in 0..1 as a tile."""
    stacked = np.stack([(channel * 255 + 0.5).clip(0, 255).astype(np.uint8) for channel in channels], axis=-1)
    return np.ascontiguousarray(stacked).view(np.uint32)[..., 0]


def fractal(random: np.random.Generator, side: int, slope: float, stretch: float = 1.0, least: float = 0) -> Floats:
    """Noise (side, side) whose amplitude falls with frequency to the power of `slope`; repeats without a seam.

    `stretch` above 1 draws it out downwards (along y); below `least` waves per tile there is nothing.
    """
    rows = (np.fft.fftfreq(side)[:, None] * side * stretch).astype(np.float32)
    columns = (np.fft.rfftfreq(side)[None, :] * side).astype(np.float32)
    square = rows * rows + columns * columns
    square[0, 0] = 1
    amplitude = square ** np.float32(-0.5 * slope)
    amplitude[square < max(1.0, least) ** 2] = 0
    spectrum = np.fft.rfft2(random.standard_normal((side, side), np.float32))
    spectrum *= amplitude
    field: Floats = np.fft.irfft2(spectrum, (side, side))
    field -= field.mean()
    field /= field.std()
    return field


def even(field: Floats) -> Floats:
    """The field with its values spread evenly over 0..1, so that a threshold of 0.3 takes 70 % of it."""
    order = np.empty(field.size, np.float32)
    order[np.argsort(field, axis=None)] = np.linspace(0, 1, field.size, dtype=np.float32)
    return order.reshape(field.shape)


def slopes(height: Floats) -> tuple[Floats, Floats]:
    """How much the height rises to the right and downwards, both scaled to a deviation of 1."""
    across = np.roll(height, -1, 1) - np.roll(height, 1, 1)
    down = np.roll(height, -1, 0) - np.roll(height, 1, 0)
    return across / across.std(), down / down.std()


@cache
def noise() -> Tile:
    """Rough, smooth, grain, streaks along y: all spread evenly."""
    random = np.random.default_rng(1)
    return pack(
        even(fractal(random, _SIDE, 1.25, least=3)),
        even(fractal(random, _SIDE, 2.0, least=2)),
        even(fractal(random, _SIDE, 0.4)),
        even(fractal(random, _SIDE, 0.9, stretch=0.04)),
    )


@cache
def lumps() -> Tile:
    """Lumpy matter: height, slope across, slope down (0.5 is level), cracks."""
    random = np.random.default_rng(2)
    height = fractal(random, _SIDE, 1.5, least=4)
    across, down = slopes(height + 0.4 * fractal(random, _SIDE, 0.9, least=20))
    return pack(even(height), 0.5 + across / 6, 0.5 + down / 6, even(fractal(random, _SIDE, 0.8)))


@cache
def folds() -> Tile:
    """Cloth or tarpaulin: slope across, slope down (0.5 is level), height, crumple."""
    random = np.random.default_rng(3)
    wide = fractal(random, _SIDE, 3.2, stretch=1.6, least=2)
    # Ridges, as a sheet that was folded has: noise folded at its middle.
    ridge = -np.abs(fractal(random, _SIDE, 3.0, stretch=0.7, least=2))
    fine = -np.abs(fractal(random, _SIDE, 2.7, least=7))
    height = wide + 0.8 * ridge + 0.2 * fine
    across, down = slopes(height)
    # Creases of the packet it came in: a bright line beside a dark one, four each way.
    place = np.arange(_SIDE) % (_SIDE // 4) - _SIDE // 8
    line = 0.34 * np.exp(-((place / 2.2) ** 2)) - 0.24 * np.exp(-(((place - 4) / 2.2) ** 2))
    worn = 0.4 + 0.6 * even(fractal(random, _SIDE, 1.6))
    tone = 0.5 + 0.5 * (line[None, :] + line[:, None] * 0.8) * worn + 0.05 * (even(fine) - 0.5)
    return pack(0.5 + across / 7, 0.5 + down / 7, even(height), tone.astype(np.float32))


@cache
def drops() -> Tile:
    """Droplets of all sizes: coverage, slope across, slope down (0.5 is level), thickness."""
    random = np.random.default_rng(4)
    cover = np.zeros((_SIDE, _SIDE), np.float32)
    across, down, thick = np.full_like(cover, 0.5), np.full_like(cover, 0.5), np.zeros_like(cover)
    sizes = np.concatenate((random.uniform(18, 30, 16), random.uniform(9, 18, 60), random.uniform(3, 9, 200)))
    for radius in sizes:
        middle, squeeze = random.integers(0, _SIDE, 2), random.uniform(0.8, 1.25)
        reach = int(radius * 1.3) + 2
        y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
        wobble = 1 + 0.1 * np.sin(2 * np.arctan2(y, x) + random.uniform(0, 6))
        far = np.hypot(x * squeeze, y / squeeze) / (radius * wobble)
        rows, columns = (middle[0] + np.arange(2 * reach + 1)) % _SIDE, (middle[1] + np.arange(2 * reach + 1)) % _SIDE
        place = np.ix_(rows, columns)
        if cover[place][far < 1].any():
            continue
        inside = ((1 - far) * radius / 1.5).clip(0, 1)
        lean = 0.5 * far.clip(0, 1) ** 1.5 / np.maximum(np.hypot(x, y), 1)
        cover[place] = np.maximum(cover[place], inside)
        across[place] = np.where(far < 1, 0.5 + x * lean, across[place])
        down[place] = np.where(far < 1, 0.5 + y * lean, down[place])
        thick[place] = np.where(far < 1, np.sqrt((1 - far**2).clip(0, 1)), thick[place])
    return pack(cover, across, down, thick)


@cache
def scribbles(style: int, step: int = 1) -> NDArray[np.uint8]:
    """Marker strokes (256 // step, 1024 // step), 255 where ink is: a band of hatching is 256 wide and goes round."""
    random = np.random.default_rng(50 + style)
    image = Image.new("L", (1024, 256), 0)
    pen = ImageDraw.Draw(image)
    wide = int(random.integers(9, 14))
    if style % 3 == 0:  # criss-cross
        for lean in (-150, 150):
            for at in range(-200, 1224, int(random.integers(85, 120))):
                jitter = random.normal(0, 12, 4)
                pen.line((at + jitter[0], 6 + jitter[1], at + lean + jitter[2], 250 + jitter[3]), fill=255, width=wide)
    elif style % 3 == 1:  # one long zigzag, not lifted
        points, x = [], -60.0
        while x < 1100:
            points += [(x, random.normal(22, 10)), (x + random.normal(38, 8), random.normal(232, 10))]
            x += random.normal(84, 10)
        pen.line(points, fill=255, width=wide, joint="curve")
    else:  # loops
        turn = np.linspace(0, 2 * np.pi * 11, 500)
        across = -80 + turn / turn[-1] * 1180 + 60 * np.sin(turn)
        pen.line(
            list(zip(across, 128 + 96 * np.cos(turn) + random.normal(0, 3, 500), strict=True)), fill=255, width=wide
        )
    return reduced(np.asarray(image.filter(ImageFilter.GaussianBlur(1.5)), np.uint8), step)


def reduced(ink: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Strokes as coarse pixels see them: the mean of `step` by `step`."""
    if step == 1:
        return ink
    high, wide = ink.shape[0] // step, ink.shape[1] // step
    cut = ink[: high * step, : wide * step].reshape(high, step, wide, step)
    return cut.mean(axis=(1, 3), dtype=np.float32).astype(np.uint8)


@cache
def print_line(text: str, step: int = 1) -> NDArray[np.uint8]:
    """The maker's line as it is printed along a pipe, (40 // step, n) with 255 for ink."""
    font = ImageFont.load_default(30)
    long = int(font.getlength(text)) + 60
    image = Image.new("L", (long, 40), 0)
    ImageDraw.Draw(image).text((30, 2), text, fill=255, font=font)
    return reduced(np.asarray(image, np.uint8), step)


def painted(paint: Callable[[ImageDraw.ImageDraw, np.random.Generator], None], side: int, seed: int) -> Image.Image:
    """An image (side, side) painted on by `paint`, which has to think of the seams itself."""
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    paint(ImageDraw.Draw(image), np.random.default_rng(seed))
    return image
