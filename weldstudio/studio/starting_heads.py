"""The refitted heads as the start of a training: where it begins with the trunk they were fitted on."""

from dataclasses import replace
from pathlib import Path

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.recipe import Recipe
from weldstudio.imaging import refit_file
from weldstudio.imaging.refit_file import HeadsSaid
from weldstudio.store.store import Store
from weldstudio.studio import registry, shipped
from weldstudio.studio.features import trunk_of


def starting_heads(store: Store, recipe: Recipe, weights: Path) -> HeadsSaid | None:
    """What the active model's refit says, if `weights` has its trunk and the recipe its preprocessing and a linear
    head that is fitted; None elsewhere.
    """
    fitted = recipe.network.head == "linear" and not recipe.schedule.head_epochs and not recipe.network.reinitialise
    file = store.folder / refit_file.FILE
    if not fitted or weights.name != shipped.WEIGHTS or not file.is_file():
        return None
    try:
        card = registry.chosen(store, None)
        here = trunk_of(registry.folder_of(store, card.id), card)
        wanted = replace(card, network=recipe.network.name, members=(), preprocessing=recipe.preprocessing)
        there = trunk_of(weights.parent, wanted)
    except JobFailed:
        return None
    return refit_file.heads(file, card.id) if here == there else None
