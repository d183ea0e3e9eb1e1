"""Variations of a photo as a training would see them, to be looked at before it starts."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from weldstudio.domain.errors import PhotoError, RecipeError
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import ManifestPhoto
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.imaging.fitting import enlarged, read_input
from weldstudio.imaging.varying import COLOUR_PHOTOS, Variation, principal_colours, vetoes
from weldstudio.store.store import Store
from weldstudio.studio import snapshots

MOST = 16


@dataclass(frozen=True, slots=True)
class Variations:
    """A training photo and what becomes of it."""

    photo_id: int
    pictures: tuple[NDArray[np.uint8], ...]
    """(size, size, 3) each."""


def of_photo(store: Store, recipe: Recipe, photo_id: int | None = None, *, count: int = MOST) -> Variations:
    """Variations by the very function that a training uses; of the first training photo unless one is named.

    Raises RecipeError where there is no such photo, PhotoError where it cannot be read.
    """
    manifest = snapshots.take(store, recipe).manifest
    training = manifest.of(Split.TRAIN)
    photo = next((p for p in training if photo_id in (None, p.id)), None)
    if photo is None:
        raise RecipeError("There is no such photo among those that would be trained on; label some first.")
    pixels = read_input(photo.path, enlarged(recipe.preprocessing))
    raised = [state == State.RAISED for state in photo.states]
    spared = vetoes(recipe.augmentation, [item.name for item in manifest.classes], raised)
    colours = _colours(training, recipe) if recipe.augmentation.colour else None
    variation = Variation(recipe.augmentation, recipe.network.size, colours)
    pictures = (variation.of(pixels, seed=(recipe.seed, number, 0), without=spared) for number in range(count))
    return Variations(photo.id, tuple(pictures))


def _colours(training: Sequence[ManifestPhoto], recipe: Recipe) -> NDArray[np.float64]:
    """The principal colours as a training finds them: of the first photos that can be read."""

    def read(photo: ManifestPhoto) -> NDArray[np.uint8] | None:
        try:
            return read_input(photo.path, enlarged(recipe.preprocessing))
        except PhotoError:
            return None

    with ThreadPoolExecutor() as pool:
        return principal_colours([p for p in pool.map(read, training[:COLOUR_PHOTOS]) if p is not None])


def sheet(pictures: Sequence[NDArray[np.uint8]], across: int = 4) -> Image.Image:
    """Pictures of one size side by side."""
    height, width = pictures[0].shape[:2]
    made = Image.new("RGB", (across * width, -(-len(pictures) // across) * height))
    for number, picture in enumerate(pictures):
        made.paste(Image.fromarray(picture), (number % across * width, number // across * height))
    return made
