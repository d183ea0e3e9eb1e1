"""A collection of drawn pipe joints with a table of what each photograph shows."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

FLAGS = ("No Clamp Used", "Photo Does Not Show Enough Of Clamps", "Soil Contamination High Risk")
_SIZE = (320, 240)
_PER_JOINT = 2


@dataclass(frozen=True, slots=True)
class Joint:
    """What is to be seen on all photographs of one joint. `clamps` is “shown”, “cut off” or “none”."""

    clamps: str
    soiled: bool
    ground: tuple[int, int, int]
    pipe: tuple[int, int, int]

    @property
    def flags(self) -> frozenset[str]:
        named = {"none": FLAGS[0], "cut off": FLAGS[1]}
        return frozenset(
            [*([named[self.clamps]] if self.clamps in named else []), *([FLAGS[2]] if self.soiled else [])]
        )


def make_collection(folder: Path, count: int, seed: int) -> Path:
    """Draw `count` photographs below `folder`, two per joint in a folder each; returns the table of their labels.

    The table, `labels.csv`, has a column per flag with 1 and 0. The same seed draws the same pixels.
    """
    random = np.random.default_rng(seed)
    rows: list[list[object]] = []
    joint = draw_joint(random)
    for number in range(count):
        if number % _PER_JOINT == 0:
            joint = draw_joint(random)
        path = f"joint-{number // _PER_JOINT + 1:04d}/{number % _PER_JOINT + 1}.jpg"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        draw_photo(joint, random).save(folder / path, quality=88)
        rows.append([path, *(int(flag in joint.flags) for flag in FLAGS)])
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "labels.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["path", *FLAGS], *rows])
    return table


def draw_joint(random: np.random.Generator) -> Joint:
    """A joint as chance has it: clamps on half of them, cut off by the photo or missing on a quarter each."""
    return Joint(
        clamps=str(random.choice(["shown", "shown", "cut off", "none"])),
        soiled=bool(random.random() < 0.4),
        ground=tuple(random.integers((90, 95, 80), (150, 150, 130)).tolist()),
        pipe=((35, 35, 40), (235, 190, 40))[int(random.integers(2))],
    )


def draw_photo(joint: Joint, random: np.random.Generator) -> Image.Image:
    """One photograph of `joint`, as a hand-held camera would take it: a little turned, moved, blurred and noisy."""
    width, height = _SIZE
    image = Image.new("RGB", _SIZE, joint.ground)
    pen = ImageDraw.Draw(image)
    middle = height // 2 + int(random.integers(-20, 21))
    thick = int(random.integers(34, 46))
    pen.rectangle((0, middle - thick, width, middle + thick), fill=joint.pipe)
    lighter = tuple(min(255, channel + 45) for channel in joint.pipe)
    pen.rectangle((0, middle - thick // 2, width, middle - thick // 3), fill=lighter)
    centre = width // 2 + int(random.integers(-15, 16))
    # The fitting, a sleeve wider than the pipe, with its two contacts.
    pen.rectangle((centre - 42, middle - thick - 12, centre + 42, middle + thick + 12), fill=(25, 25, 28))
    for x in (centre - 28, centre + 20):
        pen.rectangle((x, middle - thick - 24, x + 8, middle - thick - 12), fill=(190, 40, 40))
    if joint.clamps != "none":
        _draw_clamps(pen, joint, (centre, middle, thick))
    if joint.soiled:
        _draw_soil(pen, (centre, middle, thick), random)
    turned = image.rotate(float(random.uniform(-4, 4)), Image.Resampling.BILINEAR, fillcolor=joint.ground).filter(
        ImageFilter.GaussianBlur(float(random.uniform(0.4, 1.1)))
    )
    noisy = np.asarray(turned, np.float32) * random.uniform(0.85, 1.15) + random.normal(0, 5, (height, width, 3))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _draw_clamps(pen: ImageDraw.ImageDraw, joint: Joint, place: tuple[int, int, int]) -> None:
    """Two steel frames around the pipe; of clamps that are cut off, only a sliver at the photo's edge is left."""
    centre, middle, thick = place
    for side in (-1, 1):
        at = centre + side * 95 if joint.clamps == "shown" else _SIZE[0] // 2 + side * (_SIZE[0] // 2 + 6)
        pen.rectangle((at - 13, middle - thick - 26, at + 13, middle + thick + 26), fill=(70, 110, 175))
        pen.rectangle((at - 5, middle - thick - 40, at + 5, middle - thick - 20), fill=(205, 205, 210))


def _draw_soil(pen: ImageDraw.ImageDraw, place: tuple[int, int, int], random: np.random.Generator) -> None:
    """Brown blotches on pipe and fitting."""
    centre, middle, thick = place
    for _ in range(int(random.integers(14, 26))):
        x, y = centre + int(random.normal(0, 60)), middle + int(random.uniform(-thick, thick))
        radius = int(random.integers(4, 14))
        brown = tuple(int(channel + random.integers(-15, 16)) for channel in (105, 70, 38))
        pen.ellipse((x - radius, y - radius, x + radius, y + int(radius * 0.7)), fill=brown)
