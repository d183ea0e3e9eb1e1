"""What the form of a recipe says of its network: what is frozen, and what it begins with."""

from pathlib import Path
from typing import Final

from weldstudio.domain.networks import NETWORKS
from weldstudio.domain.recipe import Recipe

OWN: Final = "own:"
"""Before the path of a file that was added to the weights on the Models page."""
FILE: Final = "file"
"""The recipe's word for weights from a file."""
SHIPPED: Final = "Shipped weights"
TORCHVISION: Final = "ImageNet, by torchvision"


def freeze_for(recipe: Recipe, network: str) -> int:
    """How many stages of another network are frozen, for as large a share as now."""
    if network not in NETWORKS or not recipe.network.trains_stages:
        return -1
    old, new = len(NETWORKS[recipe.network.name].stages), len(NETWORKS[network].stages)
    return round(recipe.network.frozen_stages / old * new) if old else 0


def weights_in_words(recipe: Recipe, file: Path | None) -> str:
    """What the chosen starting weights mean, or ''."""
    wanted = recipe.network.weights
    if wanted == "random" and not recipe.network.trains_stages:
        return "Frozen and random: the network knows nothing and cannot learn. Choose weights, or freeze less."
    if wanted == "random":
        return "From scratch: needs many photographs and epochs."
    if wanted == "torchvision":
        return "Fetched once from torchvision's servers, checked, and kept on this computer."
    if wanted == FILE and file is not None:
        kept = file.parent
        # A run keeps a copy of what it began with.
        of_run = f"As in run {kept.parent.name}" if kept.parent.parent.name == "runs" else str(kept)
        return "Added on the Models page." if kept.name == "own" else of_run
    return ""


def frozen_in_words(frozen: int, stages: int) -> str:
    """What a number of frozen stages means."""
    if frozen == stages:
        return f"All {stages} stages stay as they are; only the last layer is fitted."
    if frozen == 0:
        return f"All {stages} stages are trained."
    return f"The first {frozen} of {stages} stages stay as they are, batch norm included."
