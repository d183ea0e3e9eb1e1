"""The fields of a recipe as rows of one table: how each is called, what it means, and how it is edited."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from weldstudio.domain.networks import NETWORKS
from weldstudio.domain.recipe import FITS, LOSSES, OPTIMISERS, SCHEDULES


class Editor(StrEnum):
    """Which control edits a field."""

    CHOICE = "choice"
    NUMBER = "number"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class RecipeField:
    """One row. `key` is the dotted key of the recipe."""

    key: str
    label: str
    tip: str
    editor: Editor
    choices: tuple[tuple[str, str], ...] = ()
    """(value in the recipe, text on the screen)."""
    trained_only: bool = False
    """Means something only where stages of the network are trained, not where only the head is fitted."""


LOSS_WORDS: Final = {
    "bce": "Cross entropy",
    "cross_entropy": "Softmax",
    "focal": "Focal",
    "auto": "By the task",
    "logit_adjusted": "Logit-adjusted",
    "bayesian": "Bayesian",
}
OPTIMISER_WORDS: Final = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}
SCHEDULE_WORDS: Final = {"fixed": "Fixed", "cosine": "Cosine", "one_cycle": "One cycle"}
FIT_WORDS: Final = {"squash": "Whole, squeezed", "crop": "Middle, cut out"}


def _choices(values: tuple[str, ...], words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, words.get(value, value)) for value in values)


NETWORK: Final = RecipeField(
    "network.name",
    "Network",
    "Which convolutional network looks at the photographs.",
    Editor.CHOICE,
    tuple((row.name, row.title) for row in NETWORKS.values()),
)
MORE: Final = (
    RecipeField(
        "data.level",
        "Classes",
        "Where flags are merged, whether the network learns the merge, its flags, or all of them.",
        Editor.CHOICE,
        (("merges", "Merges"), ("flags", "Flags"), ("both", "Flags and merges")),
    ),
    RecipeField(
        "loss.name",
        "Loss",
        "What is minimised. Cross entropy suits flags, softmax one class per photograph; "
        "the others give rare flags more weight.",
        Editor.CHOICE,
        _choices(LOSSES, LOSS_WORDS),
    ),
    RecipeField(
        "schedule.learning_rate",
        "Learning rate",
        "Size of a step. Too large and the loss jumps or rises, too small and it hardly falls.",
        Editor.NUMBER,
        trained_only=True,
    ),
    RecipeField(
        "schedule.epochs",
        "Epochs",
        "How often every training photograph is shown.",
        Editor.NUMBER,
        trained_only=True,
    ),
    RecipeField(
        "schedule.batch_size",
        "Batch size",
        "Photographs per step. Larger is smoother and needs more memory.",
        Editor.NUMBER,
    ),
    RecipeField(
        "data.augment",
        "Augmentation",
        "Varies the training photographs a little each time (flip, shift, zoom, light), so that fewer are needed.",
        Editor.SWITCH,
        trained_only=True,
    ),
    RecipeField(
        "seed",
        "Seed",
        "Starting point of all chance. The same seed on the same photographs gives the same training.",
        Editor.NUMBER,
    ),
    RecipeField(
        "schedule.optimiser",
        "Optimiser",
        "How a step is computed from the gradient: with momentum (SGD), or with a pace of its own for each weight.",
        Editor.CHOICE,
        _choices(OPTIMISERS, OPTIMISER_WORDS),
        trained_only=True,
    ),
    RecipeField(
        "schedule.schedule",
        "Rate over time",
        "How the learning rate changes in the course of the training.",
        Editor.CHOICE,
        _choices(SCHEDULES, SCHEDULE_WORDS),
        trained_only=True,
    ),
    RecipeField(
        "schedule.weight_decay",
        "Weight decay",
        "Pulls weights towards zero, against learning by heart.",
        Editor.NUMBER,
        trained_only=True,
    ),
    RecipeField(
        "network.input_size",
        "Input size",
        "Side of the square the network sees, in pixels; 0 is the network's own. "
        "Small things such as droplets need 320 to 448.",
        Editor.NUMBER,
    ),
    RecipeField(
        "network.fit",
        "Fit",
        "How a photograph becomes a square: the whole of it squeezed, or the square in its middle cut out.",
        Editor.CHOICE,
        _choices(FITS, FIT_WORDS),
    ),
    RecipeField(
        "network.dropout",
        "Dropout",
        "Share of the features left out by chance in each step, against learning by heart.",
        Editor.NUMBER,
        trained_only=True,
    ),
    RecipeField(
        "loss.label_smoothing",
        "Label smoothing",
        "How far from certain the labels are taken to be; helps where some are wrong.",
        Editor.NUMBER,
    ),
    RecipeField(
        "loss.pos_weight_cap",
        "Weight of raised",
        "Counts raised photographs up to this many times, by how rare they are; 0 is off.",
        Editor.NUMBER,
    ),
    RecipeField(
        "schedule.patience",
        "Patience",
        "Stops after this many evaluations without a better one; 0 is never.",
        Editor.NUMBER,
        trained_only=True,
    ),
    RecipeField(
        "data.assumed_labels",
        "Assumed labels",
        "Also learns from labels that are clear only because a file did not list the flag.",
        Editor.SWITCH,
    ),
    RecipeField(
        "data.accepted_labels",
        "Accepted labels",
        "Also learns from labels accepted from a model. They never enter validation or test.",
        Editor.SWITCH,
    ),
)
