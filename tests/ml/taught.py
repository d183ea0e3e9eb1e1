"""Small trainings for tests: drawn photos of 32 pixels, a network that sees them within milliseconds."""

from collections.abc import Callable
from pathlib import Path

from tests.photos import FLAGS, MadeCollection
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.messages import Message
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.ml import train as training

SPLITS = (Split.TRAIN, Split.TRAIN, Split.TRAIN, Split.VALIDATION, Split.TEST)
SMALL = Recipe().with_values(
    {
        "network.name": "lenet5",
        "network.freeze": "0",
        "schedule.epochs": "2",
        "schedule.batch_size": "8",
        "schedule.learning_rate": "0.01",
        "data.augment": "false",
        "schedule.ema": "false",
        "schedule.head_l2": "0.01",  # no search for it: these tests are about other things
    }
)


def manifest_of(made: MadeCollection, *, task: str = "multilabel", flags: tuple[str, ...] = FLAGS) -> Manifest:
    """Three fifths to train on, one to validate, one to test; every photo a joint of its own, all labels known."""
    photos = tuple(
        ManifestPhoto(
            number,
            str(made.folder / path),
            SPLITS[(number // 3) % 5],
            tuple(1 if flag in shown else 2 for flag in flags),
            unit=number,
        )
        for number, (path, shown) in enumerate(zip(made.paths, made.shown, strict=True))
    )
    return Manifest(tuple(ManifestClass(7 + i, flag) for i, flag in enumerate(flags)), photos, task)


def run(
    recipe: Recipe, manifest: Manifest, folder: Path, stop: Callable[[], bool] = lambda: False, **values: str
) -> list[Message]:
    """Everything a training says; values are set with '__' for the dot."""
    folder.mkdir(exist_ok=True)
    recipe = recipe.with_values({key.replace("__", "."): value for key, value in values.items()})
    return list(training.train(recipe, manifest, folder, stop))


def of(kind: type, messages: list[Message]) -> list:
    """The messages of one kind."""
    return [message for message in messages if isinstance(message, kind)]
