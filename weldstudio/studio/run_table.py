"""All runs as one table: what each was told, what came of it, sorted and filtered by any setting or score."""

import operator
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from weldstudio.domain.curves import ACCURACY, Curves
from weldstudio.domain.errors import JobFailed, RecipeError
from weldstudio.domain.messages import RunFinished
from weldstudio.domain.recipe import Recipe, every_field
from weldstudio.domain.scheme import did_you_mean
from weldstudio.jobs.folder import RunFolder
from weldstudio.store.store import Store
from weldstudio.studio import training
from weldstudio.studio.training import RunSummary

OWN: Final = ("state", "name", "started", "star", "note", "id")
FIGURES: Final = ("accuracy", "loss", "minutes", "photos", "epoch", "alarms")
FLAG: Final = "flag:"
"""Before the name of a class whose accuracy is meant."""
SETTINGS: Final = tuple(key for key, _, _ in every_field() if key not in ("name", "description"))
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_TERM: Final = re.compile(r"(?P<key>[\w.]+(?::[^<>=!]+)?)(?P<how>>=|<=|!=|>|<|=)(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run with everything that one might want to sort or filter by."""

    summary: RunSummary
    recipe: Recipe
    told: dict[str, float]
    """What was told by the run: of `FIGURES`, and 'flag:NAME' for the accuracy of one class."""
    notes: tuple[str, ...] = ()
    """What it warned of, before its start and since, in words."""

    @property
    def id(self) -> str:
        return self.summary.id

    def value(self, key: str) -> Any:
        """The value of a column; None where the run has none. Raises RecipeError for an unknown one."""
        if key in OWN:
            return getattr(self.summary, key)
        if key in FIGURES or key.startswith("flag:"):
            return self.told.get(key)
        if key not in SETTINGS:
            hint = did_you_mean(key, (*OWN, *FIGURES, *SETTINGS))
            raise RecipeError(f"Runs have no '{key}'.{hint}")
        return self.recipe.value(key)

    def to_json(self) -> dict[str, Any]:
        settings = {key: self.recipe.value(key) for key in SETTINGS}
        return self.summary.to_json() | {"figures": self.told, "notes": self.notes, "settings": settings}


def facts(store: Store) -> list[RunFacts]:
    """Of all runs, in the order of `training.runs`. One whose recipe cannot be read has that of a new one."""
    return [facts_of(summary) for summary in training.runs(store)]


def facts_of(summary: RunSummary) -> RunFacts:
    """Of one run, from its folder."""
    run = RunFolder(summary.folder)
    try:
        recipe = run.recipe()
    except (RecipeError, JobFailed):
        recipe = Recipe(name=summary.name)
    curves, seconds = Curves(), 0.0
    try:
        for message in run.replay():
            curves.take((message,))
            if isinstance(message, RunFinished):
                seconds += message.seconds
    except JobFailed:
        pass  # what was said before the damage is told
    notes = tuple(dict.fromkeys(alarm.sentence for alarm in curves.alarms))
    return RunFacts(summary, recipe, _told(curves, seconds), notes)


def _told(curves: Curves, seconds: float) -> dict[str, float]:
    told: dict[str, float | None] = {"alarms": len(curves.alarms)}
    if curves.started is not None:
        told["photos"] = sum(curves.started.photos.values())
    if seconds:
        told["minutes"] = seconds / 60
    if curves.last_step is not None:
        told["epoch"] = curves.last_step.epoch
    best = curves.best
    if best is not None:
        told["loss"], told["accuracy"] = best.loss, best.mean_per_class_accuracy
        told |= {f"flag:{name}": figures.get(ACCURACY) for name, figures in best.per_class.items()}
    return {key: value for key, value in told.items() if value is not None}


def filtered(runs: Iterable[RunFacts], text: str) -> list[RunFacts]:
    """Those that every term of `text` lets through. Raises RecipeError where it cannot be understood.

    A term is KEY=VALUE, or with !=, <, <=, >, >=; 'star' alone; anything else is looked for in name, note, state and
    id. Names with blanks stand in quotes: "flag:Soil High>0.8". A share may be written 0.9, 90% or 90 %.
    """
    try:
        words = shlex.split(re.sub(r"(?<=\d)\s+%", "%", re.sub(r"\s*([<>!]=|[<>=])\s*", r"\1", text)))
    except ValueError as error:
        raise RecipeError(f"The filter '{text}' has an open quote.") from error
    found = list(runs)
    flags = {key.casefold(): key for run in found for key in run.told if key.startswith(FLAG)}
    for word in words:
        found = [run for run in found if _holds(run, word, flags)]
    return found


def _holds(run: RunFacts, word: str, flags: Mapping[str, str]) -> bool:
    if word == "star":
        return run.summary.star
    term = _TERM.fullmatch(word)
    if term is None:
        said = (run.summary.name, run.summary.note, run.summary.state, run.id)
        return any(word.casefold() in part.casefold() for part in said)
    key, wanted = term["key"], term["value"]
    if key.startswith(FLAG) and flags:
        if key.casefold() not in flags:
            raise RecipeError(f"No run has a '{key}'.{did_you_mean(key, flags.values())}")
        key = flags[key.casefold()]
    value = run.value(key)
    compare = _COMPARE[term["how"]]
    if isinstance(value, bool):
        return compare(value, wanted.casefold() in ("true", "yes", "1"))
    if isinstance(value, int | float):
        return compare(value, _number(wanted, key))
    if value is None:
        return term["how"] == "!="
    return compare(", ".join(map(str, value)) if isinstance(value, tuple) else str(value), wanted)


def _number(text: str, key: str) -> float:
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError as error:
        raise RecipeError(f"'{key}' is a number; '{text}' is none.") from error


def ordered(runs: Sequence[RunFacts], key: str, *, descending: bool = False) -> list[RunFacts]:
    """By a column; runs without a value come last either way. Raises RecipeError for an unknown one."""
    values = {run.id: run.value(key) for run in runs}
    known = [run for run in runs if values[run.id] is not None]
    known.sort(key=lambda run: _sortable(values[run.id]), reverse=descending)
    return known + [run for run in runs if values[run.id] is None]


def _sortable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def varying(runs: Sequence[RunFacts]) -> list[str]:
    """Settings that are not the same in all of these runs: what a comparison of them is about."""
    return [key for key in SETTINGS if len({repr(run.recipe.value(key)) for run in runs}) > 1]


def curves_of(run: RunFolder) -> Curves:
    """All that a run has said. Raises JobFailed for a damaged folder."""
    curves = Curves()
    curves.take(run.replay())
    return curves
