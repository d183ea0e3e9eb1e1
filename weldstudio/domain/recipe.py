"""Recipe: everything that defines a training, as one frozen value that reads and writes TOML.

Sources of the methods are named in `ml`; here stand the choices, their defaults and their limits. A default is what
serves a beginner: frozen trunk, plain binary cross entropy, thresholds chosen on validation photos.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Final

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.networks import NETWORKS
from weldstudio.domain.scheme import Level, did_you_mean

TASKS: Final = ("auto", "multilabel", "exclusive")
LOSSES: Final = ("auto", "bce", "cross_entropy", "focal", "logit_adjusted", "bayesian")
OPTIMISERS: Final = ("sgd", "adam", "adamw")
SCHEDULES: Final = ("fixed", "cosine", "one_cycle")
FITS: Final = ("squash", "crop")


def _one_of(value: str, allowed: tuple[str, ...], key: str) -> None:
    if value not in allowed:
        raise RecipeError(
            f"{key} cannot be '{value}'.{did_you_mean(value, allowed)} Choose from: {', '.join(allowed)}."
        )


def _between(value: float, low: float, high: float, key: str) -> None:
    if not low <= value <= high:
        raise RecipeError(f"{key} is {value:g}; it must lie between {low:g} and {high:g}.")


@dataclass(frozen=True, slots=True)
class Data:
    """Which photos, which classes, how they are split and varied."""

    classes: tuple[str, ...] = ()
    """Names of flags, merges or groups; empty = every class of the scheme."""
    level: str = "merges"
    """Without `classes`: 'merges' in place of their flags, the 'flags', or 'both' of them."""
    task: str = "auto"
    """'auto': one softmax when the classes are exactly one group without a default, else one output per class."""
    filter: str = ""
    """Training photos, in the text form of the Review page; empty = all."""
    accepted_labels: bool = False
    """Whether labels accepted from a model may be trained on. They never enter validation or test."""
    assumed_labels: bool = True
    """Whether 'clear, because not listed' counts as clear."""
    augment: bool = True
    """Flip, shift, zoom and light changes in training (only where stages are trained)."""
    train_share: float = 0.6
    validation_share: float = 0.2

    def __post_init__(self) -> None:
        _one_of(self.task, TASKS, "data.task")
        _one_of(self.level, tuple(Level), "data.level")
        _between(self.train_share, 0.05, 0.95, "data.train_share")
        _between(self.validation_share, 0.01, 0.9, "data.validation_share")
        if self.train_share + self.validation_share >= 1:
            raise RecipeError(
                "data.train_share and data.validation_share leave no photos to test on; their sum must be below 1."
            )


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """Which network, from which weights, how much of it is trained."""

    name: str = "mobilenet_v2"
    weights: str = "random"
    """'random', 'shipped', 'model:ID' of this project, or 'file' (given at the start, copied into the run folder)."""
    freeze: int = -1
    """How many stages from the front stay as they are; -1 = all of them (only the head is fitted)."""
    input_size: int = 0
    """Pixels; 0 = the network's own."""
    fit: str = "squash"
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.name not in NETWORKS:
            raise RecipeError(f"There is no network '{self.name}'.{did_you_mean(self.name, NETWORKS)}")
        _one_of(self.fit, FITS, "network.fit")
        _between(self.dropout, 0, 0.95, "network.dropout")
        row = NETWORKS[self.name]
        if not -1 <= self.freeze <= len(row.stages):
            raise RecipeError(f"network.freeze is {self.freeze}; {self.name} has {len(row.stages)} stages (-1 = all).")
        if self.input_size and not row.least_size <= self.input_size <= 2048:
            raise RecipeError(
                f"network.input_size is {self.input_size}; {self.name} takes {row.least_size} to 2048 pixels."
            )
        if self.weights not in ("random", "shipped", "file") and not self.weights.startswith("model:"):
            raise RecipeError(
                f"network.weights cannot be '{self.weights}'. Use random, shipped or model:ID, or give a weights file."
            )

    @property
    def frozen_stages(self) -> int:
        """The number of frozen stages with -1 resolved."""
        return len(NETWORKS[self.name].stages) if self.freeze < 0 else self.freeze

    @property
    def trains_stages(self) -> bool:
        return self.frozen_stages < len(NETWORKS[self.name].stages)

    @property
    def size(self) -> int:
        """Input size in pixels with 0 resolved."""
        return self.input_size or NETWORKS[self.name].input_size


@dataclass(frozen=True, slots=True)
class LossChoice:
    """What is minimised."""

    name: str = "auto"
    """'auto': plain binary cross entropy for flags, whose thresholds see to the balance; logit-adjusted softmax for
    exclusive classes, of which the likeliest is taken without any threshold. For exclusive tasks 'bce' means softmax
    cross entropy."""
    label_smoothing: float = 0.0
    pos_weight_cap: float = 0.0
    """Weight of raised photos n_clear/n_raised, at most this (20 is sensible); 0 = off."""
    tau: float = 1.0
    """Strength of the logit adjustment."""
    gamma: float = 2.0
    """Focusing parameter of the focal loss."""

    def __post_init__(self) -> None:
        _one_of(self.name, LOSSES, "loss.name")
        _between(self.label_smoothing, 0, 0.5, "loss.label_smoothing")
        _between(self.pos_weight_cap, 0, 20, "loss.pos_weight_cap")
        _between(self.tau, 0, 3, "loss.tau")
        _between(self.gamma, 0, 10, "loss.gamma")


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the minimum is looked for."""

    optimiser: str = "sgd"
    learning_rate: float = 0.01
    weight_decay: float = 0.0005
    momentum: float = 0.9
    schedule: str = "one_cycle"
    epochs: int = 5
    batch_size: int = 32
    head_l2: float = 0.0
    """Ridge strength of the fitted head on frozen features, per photo; 0 = chosen on validation photos."""
    patience: int = 0
    """Stop after this many evaluations without a better one; 0 = never."""
    ema: bool = True
    """Also average the weights; the better of both is kept."""

    def __post_init__(self) -> None:
        _one_of(self.optimiser, OPTIMISERS, "schedule.optimiser")
        _one_of(self.schedule, SCHEDULES, "schedule.schedule")
        _between(self.learning_rate, 1e-8, 100, "schedule.learning_rate")
        _between(self.weight_decay, 0, 10, "schedule.weight_decay")
        _between(self.momentum, 0, 0.999, "schedule.momentum")
        _between(self.epochs, 0, 100_000, "schedule.epochs")
        _between(self.batch_size, 1, 4096, "schedule.batch_size")
        _between(self.head_l2, 0, 1e6, "schedule.head_l2")
        _between(self.patience, 0, 100_000, "schedule.patience")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that defines a training."""

    name: str = "Recipe"
    description: str = ""
    seed: int = 0
    data: Data = field(default_factory=Data)
    network: NetworkChoice = field(default_factory=NetworkChoice)
    loss: LossChoice = field(default_factory=LossChoice)
    schedule: Schedule = field(default_factory=Schedule)

    def __post_init__(self) -> None:
        _between(self.seed, 0, 2**31 - 1, "seed")

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


def keys(value: Any = None, prefix: str = "") -> tuple[str, ...]:
    """All dotted keys of a recipe."""
    value = Recipe() if value is None else value
    found: list[str] = []
    for part in fields(value):
        inner = getattr(value, part.name)
        found += keys(inner, f"{prefix}{part.name}.") if is_dataclass(inner) else [prefix + part.name]
    return tuple(found)


def _filled(current: Any, data: Mapping[str, Any], prefix: str) -> Any:
    """`current` (a dataclass of this module) with the values of a nested mapping put in, each checked for its type."""
    known = {part.name for part in fields(current)}
    new: dict[str, Any] = {}
    for key, value in data.items():
        if key not in known:
            hint = did_you_mean(prefix + key, keys())
            raise RecipeError(f"A recipe has no '{prefix}{key}'.{hint}")
        old = getattr(current, key)
        if is_dataclass(old):
            if not isinstance(value, Mapping):
                raise RecipeError(f"'{prefix}{key}' is a table of values, not {value!r}.")
            new[key] = _filled(old, value, f"{prefix}{key}.")
        else:
            new[key] = _converted(value, old, prefix + key)
    return replace(current, **new)


def _converted(value: Any, like: Any, key: str) -> Any:
    """A value of the same type as the default `like`; whole numbers pass for decimal ones, and one word for a list."""
    if isinstance(like, tuple):
        items = [value] if isinstance(value, str) else value
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
