"""Choosing a model's thresholds anew, by another rule or other costs: photos are re-decided, nothing is retrained."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from weldstudio.domain.changes import Changes, Progress
from weldstudio.domain.errors import JobFailed, UserError
from weldstudio.domain.labelling import State
from weldstudio.domain.model import ModelCard
from weldstudio.domain.recipe import Recipe, Thresholds
from weldstudio.domain.split import Split
from weldstudio.domain.thresholds import Ranked, choose
from weldstudio.jobs.folder import RunFolder
from weldstudio.store import mirror as mirrors
from weldstudio.store import predictions, splits
from weldstudio.store.store import Store
from weldstudio.studio import model_cards, preflight, registry, snapshots
from weldstudio.studio.predicting import predict


@dataclass(frozen=True, slots=True)
class Rechosen:
    """A model's new thresholds."""

    card: ModelCard
    notes: tuple[str, ...]
    changes: Changes


def rechoose(
    store: Store, choice: Thresholds, *, model_id: str | None = None, who: str = ""
) -> Generator[Progress, None, Rechosen]:
    """Chooses the thresholds of a model (the active one by default) by this rule, from validation photos alone.

    Photos not yet scored are scored first. Raises JobFailed where there are none, or for a model of one of a group,
    which takes the likeliest class and needs no threshold.
    """
    card = registry.chosen(store, model_id)
    if card.task == "exclusive":
        raise JobFailed(f"The model {card.id} takes the likeliest class of a group; it needs no thresholds.")
    mirror = mirrors.read(store)
    labels = snapshots.known_labels(mirror, Recipe(), accepted=False)
    states = np.stack([mirror.scheme.states_of(slot, labels) for slot in card.slots], axis=1)
    validating = [joint for joint, split in splits.read(store).items() if split is Split.VALIDATION]
    wanted = np.isin(mirror.joint, validating) & ~mirror.problem
    wanted &= np.isin(states, (State.RAISED, State.CLEAR)).any(axis=1)
    if not wanted.any():
        raise JobFailed("No validation photo has a label; thresholds are chosen on these alone.")
    ids = mirror.ids[wanted]
    yield from predict(store, model_id=card.id, photo_ids=ids.tolist())
    scored, values = predictions.read(store, card.id, ids.tolist())
    states = states[np.searchsorted(mirror.ids, scored)]
    probabilities = values[:, list(card.slots)].astype(np.float64)
    priors = _priors(store, card) if choice.rule == "prior" else {}
    thresholds, notes = [], []
    for column, item in enumerate(card.classes):
        known = np.isin(states[:, column], (State.RAISED, State.CLEAR)) & ~np.isnan(probabilities[:, column])
        found = choose(
            choice,
            Ranked(probabilities[known, column], states[known, column] == State.RAISED),
            prior=priors.get(item.name, (0.5, False))[0],
            balanced=priors.get(item.name, (0.5, False))[1],
            points=mirror.scheme.points_of(item.slot),
            name=item.name,
        )
        thresholds.append(found.threshold)
        notes += [found.note] if found.note else []
    done = model_cards.set_thresholds(store, card.id, thresholds, who=who, how=choice.rule)
    return Rechosen(card.with_thresholds(thresholds), tuple(notes), done.changes)


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
