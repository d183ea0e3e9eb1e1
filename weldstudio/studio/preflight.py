"""Preflight: what is wrong with a training before it starts, said with the flag, the count and the remedy."""

from collections.abc import Mapping, Sequence
from math import sqrt

from weldstudio.domain.agreement import Kappa
from weldstudio.domain.alarms import named
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.sampling import Sampled, obstacle, sampled, stacking
from weldstudio.domain.scheme import did_you_mean
from weldstudio.domain.scores import FEW, too_few, wilson
from weldstudio.domain.split import Split

JUDGING = 5
"""Validation photos of a kind below which a score says little."""


def hopeful(
    names: Sequence[str], task: str, counts: Mapping[str, Mapping[str, tuple[int, int]]]
) -> tuple[list[int], list[str]]:
    """Places of the classes that have raised and clear training photos, and what there is to say of all of them.

    `counts`: split -> class -> (raised, clear).
    """
    warnings: list[str] = []
    keep: list[int] = []
    for index, name in enumerate(names):
        raised, clear = counts[Split.TRAIN.value][name]
        if not raised or (not clear and task == "multilabel"):
            warnings.append(_left_out(name, raised, clear))
            continue
        keep.append(index)
        flags = task == "multilabel"
        for number, word in ((raised, "raised"), (clear, "clear")) if flags else ((raised, "raised"),):
            if number < FEW:
                warnings.append(too_few(name, number, word))
        if flags:
            warnings += _judged_by_few(name, *counts[Split.VALIDATION.value][name])
    return keep, warnings


def nothing_labelled(names: Sequence[str], task: str, *, photos: int, unsure: int) -> str:
    """Why nothing can be learned of these photos, none of which says anything of the classes."""
    if not photos:
        return (
            "No photo can be used: there is none, the filter finds none, or none that it finds can be read. Add photos "
            "and label them, or change the filter."
        )
    those = f"Of {photos:,} photo{'' if photos == 1 else 's'} of this choice none has"
    if task == "exclusive":
        return f"{those} exactly one of {named(names)} raised; label at least {FEW} of each class."
    doubted = f" ({unsure:,} {'is' if unsure == 1 else 'are'} unsure)" if unsure else ""
    label = f"label at least {FEW} of each, for every flag."
    return f"{those} a raised or clear label of {named(names)}{doubted}; {label}"


def _left_out(name: str, raised: int, clear: int) -> str:
    """What is said of a class of which training photos show one kind at most."""
    if not raised + clear:
        return (
            f"'{name}' is left out: no training photo is labelled for it. Label at least {FEW} raised and {FEW} clear."
        )
    missing = "raised" if not raised else "clear"
    known = f"of {raised + clear:,} training photo{'' if raised + clear == 1 else 's'} none has it {missing}"
    return f"'{name}' is left out: {known}. Label at least {FEW} that do."


def _judged_by_few(name: str, raised: int, clear: int) -> list[str]:
    """What a small number of validation photos means."""
    if not raised or not clear:
        missing = "raised" if not raised else "clear"
        return [
            f"'{name}' has no {missing} validation photo: its threshold stays at 0.5, and it has no score. Label more."
        ]
    if min(raised, clear) < JUDGING:
        found = f"{raised} raised and {clear} clear"
        return [
            f"'{name}' is judged by {found} validation photos; label more: {JUDGING} of each are the least to trust."
        ]
    return []


def manifest_problem(manifest: Manifest) -> str:
    """Why nothing can be learned from this, or ''."""
    if not manifest.classes:
        return "No flag has both raised and clear training photos; label some of each."
    if manifest.task == "exclusive" and len(manifest.classes) < 2:
        return f"Only '{manifest.classes[0].name}' has training photos; label photos of another class as well."
    if len(manifest.of(Split.TRAIN)) < 2:
        return "Fewer than 2 labelled photos would be trained on; label more."
    return ""


def recipe_problem(recipe: Recipe, manifest: Manifest) -> str:
    """Why this recipe cannot be used on this manifest, or ''."""
    networks = 1 if recipe.data.task == "independent" and recipe.network.trains_stages else len(manifest.classes)
    sentence = obstacle(recipe.sampling.method, manifest.task, networks)
    if sentence:
        return sentence
    names = [item.name for item in manifest.classes]
    for flag, _ in recipe.augmentation.forbidden:
        if flag not in names:
            return f"The veto names '{flag}', which is not among the classes.{did_you_mean(flag, names)}"
    if recipe.data.folds:
        units = {photo.unit for photo in manifest.photos if photo.split is not Split.TEST}
        if len(units) < recipe.data.folds:
            return f"{recipe.data.folds} folds need as many joints to validate on; there are {len(units)}."
    return ""


def sampling_notes(recipe: Recipe, manifest: Manifest) -> list[str]:
    """What two corrections make of each other, and what sampling leaves out or repeats: what the dial shows as well."""
    warnings: list[str] = []
    if recipe.sampling.method == "none" or not manifest.of(Split.TRAIN):
        return warnings
    found = sampling_of(recipe, manifest)
    if recipe.loss.balances:
        priors = [raised / max(1, raised + clear) for raised, clear in found.realised]
        warnings.append(stacking(recipe.sampling, recipe.loss, priors))
    if recipe.sampling.method in ("under", "over"):
        for place, item in enumerate(manifest.classes):
            raised, clear = found.realised[place]
            changed = [
                f"{count} {word}"
                for count, word in ((found.left_out[place], "left out"), (found.repeated[place], "repeated"))
                if count
            ]
            if changed:
                warnings.append(
                    f"'{item.name}' after sampling: {raised} raised, {clear} clear; {' and '.join(changed)}."
                )
    return warnings


def recipe_warnings(recipe: Recipe, manifest: Manifest) -> list[str]:
    """What there is to say of a recipe on this manifest before it starts."""
    warnings = sampling_notes(recipe, manifest)
    networks = len(manifest.classes)
    if recipe.data.task == "independent" and recipe.network.trains_stages and networks > 1:
        warnings.append(
            f"Independent flags with trained stages: {networks} networks are trained and asked, which takes "
            f"{networks} times as long as one."
        )
    if recipe.combination.members > 1 or recipe.data.folds:
        times = max(1, recipe.data.folds) * recipe.combination.members
        warnings.append(f"{times} networks are trained and answer together: everything takes {times} times as long.")
    return warnings


def wrong_labels(manifest: Manifest, reviewed: Mapping[str, Kappa]) -> list[str]:
    """Flags of which two reviewers differ so often that always giving the commoner answer beats giving the right one.

    Two who are wrong independently on a share e of the photos differ on 2 e (1 - e); the share is taken from the lower
    end of its 95 % interval [Dalyac 2014, 6.3.5].
    """
    warnings = []
    twice = {item.name: found for item in manifest.classes if (found := reviewed.get(item.name)) and found.n >= FEW}
    for name, found in twice.items():
        raised, clear = manifest.counts()[Split.TRAIN.value][name]
        if not raised + clear:
            continue
        differ = found.first + found.second
        low, _ = wilson(differ, found.n)
        wrong = (1 - sqrt(max(0.0, 1 - 2 * low))) / 2
        rarer = min(raised, clear) / (raised + clear)
        if wrong > rarer:
            warnings.append(
                f"Of '{name}' at least {100 * wrong:.0f} % of the labels seem to be wrong: two reviewers differ on "
                f"{differ} of {found.n} photos, and only {100 * rarer:.0f} % are of its rarer kind. A network then "
                "does best by always giving the same answer. Settle the differences first."
            )
    return warnings


def sampling_of(recipe: Recipe, manifest: Manifest) -> Sampled:
    """The training photos that would take part."""
    return sampled(manifest.states(Split.TRAIN), recipe.sampling, task=manifest.task, seed=recipe.seed)
