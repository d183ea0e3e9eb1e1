"""Choosing a model's thresholds anew, by a rule, by costs or by hand: photos are re-decided, nothing is retrained."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from weldstudio.domain.changes import Changes, Progress
from weldstudio.domain.errors import JobFailed, UserError
from weldstudio.domain.model import ModelCard
from weldstudio.domain.recipe import Thresholds
from weldstudio.domain.scheme import did_you_mean
from weldstudio.jobs.folder import RunFolder
from weldstudio.store.store import Store
from weldstudio.studio import judging, model_cards, preflight
from weldstudio.studio.judging import Figures, Judging


@dataclass(frozen=True, slots=True)
class Rechosen:
    """A model's new thresholds, and what they do."""

    card: ModelCard
    notes: tuple[str, ...]
    changes: Changes
    judging: Judging
    figures: Figures


def rechoose(
    store: Store,
    choice: Thresholds | None,
    *,
    model_id: str | None = None,
    by_hand: Mapping[str, str] | None = None,
    split: str = "test",
    keep: bool = True,
    who: str = "",
) -> Generator[Progress, None, Rechosen]:
    """Chooses the thresholds of a model (the active one by default), from validation photos alone.

    With a `choice` by that rule, else its own; `by_hand` (class -> probability) goes before it. What they do is counted
    on the photos of a split. Photos not yet scored are scored first. Raises JobFailed where there are none, or for a
    model of one of a group, which takes the likeliest class and needs no threshold.
    """
    known = yield from judging.judge(store, model_id=model_id, split=split, newest=False)
    card = known.card
    if known.exclusive:
        raise JobFailed(f"The model {card.id} takes the likeliest class of a group; it needs no thresholds.")
    thresholds, notes = {item.name: item.threshold for item in card.classes}, []
    if choice is not None:
        if not any(len(one.probabilities) for one in known.validated):
            raise JobFailed("No validation photo has a label; thresholds are chosen on these alone.")
        priors = _priors(store, card) if choice.rule == "prior" else {}
        for place, item in enumerate(card.classes):
            prior, balanced = priors.get(item.name, (0.5, False))
            found = known.choose(choice, place, prior=prior, balanced=balanced)
            thresholds[item.name] = found.threshold
            notes += [found.note] if found.note else []
    thresholds |= _given(by_hand or {}, thresholds)
    values = tuple(thresholds.values())
    how = ", ".join([*([choice.rule] if choice is not None else []), *(by_hand or {})])
    changes = model_cards.set_thresholds(store, card.id, values, who=who, how=how).changes if keep else Changes()
    return Rechosen(card.with_thresholds(values), tuple(notes), changes, known, known.at(values))


def _given(by_hand: Mapping[str, str], known: Mapping[str, float]) -> dict[str, float]:
    """Thresholds as a person wrote them. Raises JobFailed."""
    found = {}
    for name, value in by_hand.items():
        if name not in known:
            raise JobFailed(f"The model judges no flag '{name}'.{did_you_mean(name, known)}")
        try:
            found[name] = float(value)
        except ValueError:
            raise JobFailed(f"'{value}' is no probability; write a number from 0 to 1 for '{name}'.") from None
    return found


def _priors(store: Store, card: ModelCard) -> dict[str, tuple[float, bool]]:
    """Class -> (share of raised as trained on, after sampling; whether loss or sampling made up for it)."""
    run = RunFolder(store.folder / "runs" / (card.run_id or "none"))
    try:
        recipe, manifest = run.recipe(), run.manifest()
    except UserError as error:
        raise JobFailed(f"What the model {card.id} was trained on is not known here; choose another rule.") from error
    balanced = recipe.loss.balances or recipe.sampling.method in ("under", "over")
    realised = preflight.sampling_of(recipe, manifest).realised
    return {
        item.name: ((raised + 1) / (raised + clear + 2), balanced)
        for item, (raised, clear) in zip(manifest.classes, realised, strict=True)
    }
