"""What two runs were made of, and where that differs: settings of the recipe, photos, labels."""

from dataclasses import dataclass
from typing import Any

from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.recipe import Recipe, every_field
from weldstudio.store.store import Store
from weldstudio.studio import training

UNNAMED = ("name", "description")
"""What a recipe is called is no setting."""


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A label that the two runs were told differently."""

    photo_id: int
    path: str
    name: str
    """The class."""
    first: State
    second: State

    def to_json(self) -> dict[str, Any]:
        return {
            "photo": self.photo_id,
            "path": self.path,
            "class": self.name,
            "first": self.first.word,
            "second": self.second.word,
        }


@dataclass(frozen=True, slots=True)
class SnapshotDifference:
    """How the photos and labels of two runs differ."""

    gone: tuple[int, ...]
    """Ids of photos that only the first one had."""
    new: tuple[int, ...]
    moved: tuple[int, ...]
    """Photos that lie in another split."""
    changed: tuple[LabelChange, ...]
    """Labels, of classes that both learned and photos that both had."""
    classes_gone: tuple[str, ...] = ()
    classes_new: tuple[str, ...] = ()

    @property
    def photos_changed(self) -> int:
        """Photos of which a label is another one."""
        return len({change.photo_id for change in self.changed})

    @property
    def sentence(self) -> str:
        """All of it, counted."""
        if not (self.gone or self.new or self.moved or self.changed or self.classes_gone or self.classes_new):
            return "Trained on the same photos with the same labels."
        parts = [f"{len(self.new):,} photos more", f"{len(self.gone):,} fewer"]
        parts.append(f"{self.photos_changed:,} labelled otherwise")
        parts += [f"{len(self.moved):,} in another split"] if self.moved else []
        parts += [f"no longer {', '.join(self.classes_gone)}"] if self.classes_gone else []
        parts += [f"now also {', '.join(self.classes_new)}"] if self.classes_new else []
        return f"Other photos and labels: {', '.join(parts)}."

    def to_json(self) -> dict[str, Any]:
        return {
            "sentence": self.sentence,
            "photos_gone": list(self.gone),
            "photos_new": list(self.new),
            "photos_moved": list(self.moved),
            "labels": [change.to_json() for change in self.changed],
            "classes_gone": list(self.classes_gone),
            "classes_new": list(self.classes_new),
        }


@dataclass(frozen=True, slots=True)
class RunDifference:
    """Two runs beside each other."""

    settings: dict[str, tuple[str, str]]
    """Setting -> its value in the first and in the second."""
    snapshot: SnapshotDifference

    def to_json(self) -> dict[str, Any]:
        settings = {key: list(values) for key, values in self.settings.items()}
        return {"settings": settings, "snapshot": self.snapshot.to_json()}


def between(store: Store, first: str, second: str) -> RunDifference:
    """How the second run differs from the first. Raises JobFailed or RecipeError where one of them cannot be read."""
    runs = [training.run_named(store, run_id) for run_id in (first, second)]
    return RunDifference(
        settings_between(*(run.recipe() for run in runs)), snapshots_between(*(run.manifest() for run in runs))
    )


def settings_between(first: Recipe, second: Recipe) -> dict[str, tuple[str, str]]:
    """Settings that differ."""
    return {
        key: (setting(first, key), setting(second, key))
        for key, _, _ in every_field()
        if key not in UNNAMED and first.value(key) != second.value(key)
    }


def setting(recipe: Recipe, key: str) -> str:
    """A value of a recipe in words."""
    value = recipe.value(key)
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def snapshots_between(first: Manifest, second: Manifest) -> SnapshotDifference:
    """Photos and labels that differ."""
    before, after = ({photo.id: photo for photo in made.photos} for made in (first, second))
    slots = [{item.slot: place for place, item in enumerate(made.classes)} for made in (first, second)]
    names = {item.slot: item.name for made in (first, second) for item in made.classes}
    columns = [(names[slot], place, slots[1][slot]) for slot, place in slots[0].items() if slot in slots[1]]
    changed, moved = [], []
    for photo_id, was in before.items():
        now = after.get(photo_id)
        if now is None:
            continue
        if was.split != now.split:
            moved.append(photo_id)
        if was.states != now.states or slots[0] != slots[1]:
            changed += [
                LabelChange(photo_id, now.path, name, State(was.states[one]), State(now.states[other]))
                for name, one, other in columns
                if was.states[one] != now.states[other]
            ]
    return SnapshotDifference(
        tuple(before.keys() - after.keys()),
        tuple(after.keys() - before.keys()),
        tuple(moved),
        tuple(changed),
        tuple(names[slot] for slot in slots[0] if slot not in slots[1]),
        tuple(names[slot] for slot in slots[1] if slot not in slots[0]),
    )
