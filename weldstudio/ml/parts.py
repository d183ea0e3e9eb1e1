"""The parts of a run: one training each, of one network, on its share of classes and photos."""

from dataclasses import dataclass, replace

import numpy as np

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest, ManifestPhoto
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split, folds


@dataclass(frozen=True, slots=True)
class Part:
    """One training of a run."""

    recipe: Recipe
    manifest: Manifest
    outputs: tuple[int, ...]
    """Places of its classes among those of the run."""
    title: str = ""
    """In words, where there are several."""


def stand_apart(recipe: Recipe) -> bool:
    """Whether independent flags need networks of their own: a head fitted on a frozen trunk is independent anyway."""
    plain = recipe.network.head == "linear" and not recipe.schedule.head_epochs and not recipe.network.trains_stages
    return recipe.data.task == "independent" and not plain


def parts_of(recipe: Recipe, manifest: Manifest) -> list[Part]:
    """All trainings of a run, in their order."""
    parts = [Part(recipe, manifest, tuple(range(len(manifest.classes))))]
    if stand_apart(recipe) and len(manifest.classes) > 1:
        parts = [Part(recipe, _of_class(manifest, c), (c,), manifest.classes[c].name) for c in parts[0].outputs]
    if recipe.data.folds:
        parts = [each for part in parts for each in _folded(part, recipe.data.folds)]
    if recipe.combination.members > 1:
        parts = [
            replace(
                part,
                recipe=replace(recipe, seed=(recipe.seed + number) % 2**31),
                title=f"{part.title}, network {number + 1} of {recipe.combination.members}".removeprefix(", "),
            )
            for part in parts
            for number in range(recipe.combination.members)
        ]
    return parts


def _of_class(manifest: Manifest, index: int) -> Manifest:
    """The manifest of one flag alone: photos on which its label is not known take no part at all."""
    photos = [photo._replace(states=(photo.states[index],)) for photo in manifest.photos]
    known = tuple(photo for photo in photos if photo.states[0] in (State.RAISED, State.CLEAR))
    return replace(manifest, classes=(manifest.classes[index],), photos=known)


def _folded(part: Part, count: int) -> list[Part]:
    """The part once for each fold: the photos of that fold validate, all others of training and validation train."""
    photos = [photo for photo in part.manifest.photos if photo.split is not Split.TEST]
    unit = [photo.unit if photo.unit >= 0 else -1 - number for number, photo in enumerate(photos)]
    units = sorted(set(unit))
    if len(units) < count:
        raise RecipeError(f"{count} folds need {count} joints to validate on; there are {len(units)}. Use fewer folds.")
    place = {number: row for row, number in enumerate(units)}
    raised = np.zeros((len(units), len(part.manifest.classes)), dtype=bool)
    for number, photo in zip(unit, photos, strict=True):
        raised[place[number]] |= np.array(photo.states) == State.RAISED
    dealt = folds(units, raised, count=count, seed=part.recipe.seed)
    result = []
    for fold in range(count):
        title = f"{part.title}, fold {fold + 1} of {count}".removeprefix(", ")
        dealt_photos = tuple(_moved(photo, dealt[number] == fold) for number, photo in zip(unit, photos, strict=True))
        result.append(replace(part, manifest=replace(part.manifest, photos=dealt_photos), title=title))
    return result


def _moved(photo: ManifestPhoto, validates: bool) -> ManifestPhoto:
    return photo._replace(split=Split.VALIDATION if validates else Split.TRAIN)
