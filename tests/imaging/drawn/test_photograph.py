"""A few things that must be in the pixels, whatever else is drawn: each differs from the same photo without it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from weldstudio.imaging.drawn import flags
from weldstudio.imaging.drawn.collection import DrawnPhoto, draw, plan
from weldstudio.imaging.drawn.scene import Causes


def first(flag: str) -> DrawnPhoto:
    """A photo that carries the flag."""
    return next(photo for photo in plan(400, seed=21, balanced=True, bluebox_share=0) if flag in photo.raised)


def inside(pixels: NDArray[np.uint8], box: tuple[float, float, float, float]) -> NDArray[np.int16]:
    height, width, _ = pixels.shape
    left, right = round(box[0] * width), round(box[2] * width)
    top, bottom = round(box[1] * height), round(box[3] * height)
    return pixels[top:bottom, left:right].astype(np.int16)


def without(photo: DrawnPhoto, causes: Causes) -> DrawnPhoto:
    soil = photo.scene.soil if causes.soil else ()
    water = photo.scene.water if causes.water else ()
    damage = photo.scene.damage if causes.damage else None
    return replace(photo, scene=replace(photo.scene, causes=causes, soil=soil, water=water, damage=damage))


@pytest.mark.parametrize(
    ("flag", "good"),
    [
        (flags.SOIL_HIGH, {"soil": ""}),
        (flags.SOIL_LOW, {"soil": ""}),
        (flags.WATER_HIGH, {"water": ""}),
        (flags.WATER_LOW, {"water": ""}),
        (flags.OTHER, {"damage": ""}),
        (flags.POOR_SCRAPING, {"scraping": "good"}),
        (flags.BAD_CLAMPS, {"clamps": "both"}),
    ],
)
def test_what_a_flag_stands_for_is_seen_in_its_place_and_hardly_elsewhere(flag: str, good: dict[str, Any]) -> None:
    photo = first(flag)
    bad = draw(photo).astype(np.int16)
    changed = np.abs(bad - draw(without(photo, replace(photo.scene.causes, **good)))).sum(axis=2)
    box = photo.regions[flag]
    here = inside(changed[..., None].astype(np.uint16).view(np.uint16).astype(np.int16), box)
    assert here.mean() > 3 * changed.mean() or here.mean() > 12
    assert (here > 40).mean() > 0.05


def test_soil_is_browner_than_the_place_without_it() -> None:
    photo = first(flags.SOIL_HIGH)
    box = photo.places[flags.SOIL_HIGH][0]
    soiled = inside(draw(photo), box)
    clean = inside(draw(without(photo, replace(photo.scene.causes, soil=""))), box)
    moved = np.abs(soiled - clean).sum(axis=2) > 60
    assert moved.mean() > 0.05
    brown = soiled[moved].mean(axis=0)
    assert brown[0] > brown[1] > brown[2]


def test_a_photo_without_light_is_dark_and_one_behind_a_finger_has_no_edges() -> None:
    spoilt = [photo for photo in plan(400, seed=2, balanced=True, bluebox_share=0) if photo.view.spoilt]
    dark = next(photo for photo in spoilt if photo.view.spoilt == "dark")
    assert draw(dark).mean() < 40
    smeared = next(photo for photo in spoilt if photo.view.spoilt == "smeared")
    sharp = replace(smeared, view=replace(smeared.view, spoilt=""))

    def edges(photo: DrawnPhoto) -> float:
        grey = draw(photo).mean(axis=2)
        # Steps over four pixels, so that the sensor's noise weighs little.
        small = grey.reshape(grey.shape[0] // 4, 4, grey.shape[1] // 4, 4).mean(axis=(1, 3))
        return float(np.abs(np.diff(small, axis=1)).mean())

    assert edges(smeared) < 0.5 * edges(sharp)
