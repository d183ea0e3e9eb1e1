"""Recipe: everything that defines a training, as one frozen value that reads and writes TOML.

Its tables, with every choice, default and limit, are in `choices`, `optimisation` and `variation`; the methods name
their sources in `ml`. A default is what serves a beginner: frozen trunk, plain binary cross entropy, thresholds chosen
on validation photos.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from weldstudio.domain.choices import Data, LossChoice, NetworkChoice, Sampling, Thresholds
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.model import Preprocessing
from weldstudio.domain.optimisation import Schedule
from weldstudio.domain.scheme import did_you_mean
from weldstudio.domain.told import Told
from weldstudio.domain.variation import Augmentation, Combination, Look


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that defines a training."""

    name: str = "Recipe"
    description: str = ""
    seed: int = 0
    data: Data = field(default_factory=Data)
    network: NetworkChoice = field(default_factory=NetworkChoice)
    loss: LossChoice = field(default_factory=LossChoice)
    sampling: Sampling = field(default_factory=Sampling)
    schedule: Schedule = field(default_factory=Schedule)
    augmentation: Augmentation = field(default_factory=Augmentation)
    thresholds: Thresholds = field(default_factory=Thresholds)
    combination: Combination = field(default_factory=Combination)
    look: Look = field(default_factory=Look)

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**31:
            raise RecipeError(f"seed is {self.seed}; it must lie between 0 and {2**31 - 1}.")
        if self.data.folds and self.data.accepted_labels:
            raise RecipeError(
                "With folds every training photo validates once, and labels accepted from a model may not: turn "
                "data.folds or data.accepted_labels off."
            )
        if self.look.second != "none" and self.network.fit == "crop":
            raise RecipeError("A second look is cut from the whole photo; network.fit = squash.")
        if self.schedule.batch_size == 1 and self.network.head == "two_layers":
            raise RecipeError("A head of two layers normalises by its batch; schedule.batch_size must be 2 or more.")
        if self.sampling.balanced_head and self.network.head != "linear":
            raise RecipeError("A balanced head (sampling.balanced_head) is a head of one layer; network.head = linear.")

    @property
    def preprocessing(self) -> Preprocessing:
        """What a photo goes through before a network of this recipe sees it."""
        second = self.look.box if self.look.second == "rectangle" else None
        return Preprocessing(input_size=self.network.size, fit=self.network.fit, second=second)

    @staticmethod
    def from_toml(text: str) -> "Recipe":
        """Raises RecipeError with the line of a syntax error, or the unknown key and the nearest known one."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RecipeError(f"The recipe is no valid TOML: {error}.") from error
        recipe: Recipe = _filled(Recipe(), data, "")
        return recipe

    def to_toml(self) -> str:
        """Readable TOML that `from_toml` turns into an equal recipe."""
        lines: list[str] = []
        tables: list[str] = []
        for part in fields(self):
            value = getattr(self, part.name)
            if is_dataclass(value):
                tables.append(f"\n[{part.name}]")
                tables += [f"{f.name} = {_toml(getattr(value, f.name))}" for f in fields(value)]
            else:
                lines.append(f"{part.name} = {_toml(value)}")
        return "\n".join(lines + tables) + "\n"

    def value(self, key: str) -> Any:
        """What stands under a dotted key."""
        found: Any = self
        for part in key.split("."):
            found = getattr(found, part)
        return found

    def with_values(self, values: Mapping[str, str]) -> "Recipe":
        """The recipe with dotted keys replaced, e.g. {'schedule.epochs': '3'}; values are TOML or bare words."""
        nested: dict[str, Any] = {}
        for dotted, text in values.items():
            table = nested
            *path, last = dotted.split(".")
            for part in path:
                table = table.setdefault(part, {})
                if not isinstance(table, dict):
                    raise RecipeError(f"'{dotted}' is set twice, once as a value and once as a table.")
            table[last] = _parsed(text)
        recipe: Recipe = _filled(self, nested, "")
        return recipe


_OF_ITS_OWN = {
    "name": Told("Name", "What runs and models of this recipe are called."),
    "description": Told("Description", "What the recipe is for."),
    "seed": Told(
        "Seed",
        "Starting point of all chance. The same seed on the same photographs gives the same training.",
        first=True,
    ),
}


def every_field() -> Iterator[tuple[str, Any, Told]]:
    """(dotted key, default, what there is to say) of every field, in the order in which a recipe is written."""
    recipe = Recipe()
    for part in fields(recipe):
        value = getattr(recipe, part.name)
        if not is_dataclass(value):
            yield part.name, value, _OF_ITS_OWN[part.name]
            continue
        for inner in fields(value):
            yield f"{part.name}.{inner.name}", getattr(value, inner.name), inner.metadata["told"]


def keys() -> tuple[str, ...]:
    """All dotted keys of a recipe."""
    return tuple(key for key, _, _ in every_field())


def _filled(current: Any, data: Mapping[str, Any], prefix: str) -> Any:
    """`current` (a dataclass of this module) with the values of a nested mapping put in, each checked for its type."""
    known = {part.name for part in fields(current)}
    new: dict[str, Any] = {}
    for key, value in data.items():
        if key not in known:
            inner = f".{next(iter(value))}" if isinstance(value, Mapping) and value else ""
            hint = did_you_mean(prefix + key + inner, keys())
            raise RecipeError(f"A recipe has no '{prefix}{key}{inner}'.{hint}")
        old = getattr(current, key)
        if is_dataclass(old):
            if not isinstance(value, Mapping):
                raise RecipeError(f"'{prefix}{key}' is a table of values, not {value!r}.")
            new[key] = _filled(old, value, f"{prefix}{key}.")
        else:
            new[key] = _converted(value, old, prefix + key)
    return replace(current, **new)


def _converted(value: Any, like: Any, key: str) -> Any:
    """A value of the type of the default `like`; whole numbers pass for decimal ones, words with commas for a list."""
    if isinstance(like, tuple):
        items = [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            raise RecipeError(f"'{key}' is a list of names, not {value!r}.")
        return tuple(items)
    if isinstance(like, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(like):
        wanted = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}[type(like)]
        raise RecipeError(f"'{key}' is {wanted}, not {value!r}.")
    return value


def _parsed(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _toml(value: Any) -> str:
    """A value as TOML. JSON strings are TOML strings too, so `json` does the quoting."""
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
