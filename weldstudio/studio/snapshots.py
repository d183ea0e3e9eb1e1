"""What a training would use: the classes, the photos with their labels and splits, and what is wrong with them.

A preview and the run that follows it come from the same function, so that what was shown is what is used.
"""

import gc
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.evaluation import one_of_a_group
from weldstudio.domain.labelling import Source, State, looked_at, sources
from weldstudio.domain.levels import classes_at
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto, counted
from weldstudio.domain.near_duplicates import units
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.scheme import Group, Level, Scheme, SchemeClass
from weldstudio.domain.split import Split, assign
from weldstudio.store import mirror as mirrors
from weldstudio.store import perceptual
from weldstudio.store import photos as photo_rows
from weldstudio.store import splits as split_rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import doubting, known_names, reviewing, second
from weldstudio.studio.preflight import (
    hopeful,
    manifest_problem,
    nothing_labelled,
    recipe_problem,
    recipe_warnings,
    wrong_labels,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The photos and labels that a training would use now, and everything a person should know before starting it."""

    manifest: Manifest
    warnings: tuple[str, ...] = ()
    problem: str = ""
    """Why it cannot start, as a sentence; empty when it can."""
    new_splits: dict[int, Split] = field(default_factory=dict)
    """Joints that would be put into a split by this training."""
    reviewed: dict[str, int] = field(default_factory=dict)
    """Split -> photos that a person has looked at; the labels of the others were imported or assumed."""
    joints: dict[str, int] = field(default_factory=dict)
    """Split -> joints."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Why photos of the project are not used -> how many; every photo is used or counted once here."""

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(item.name for item in self.manifest.classes)

    @property
    def counts(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Split -> class -> (raised, clear)."""
        return self.manifest.counts()

    @property
    def photos(self) -> dict[str, int]:
        """Split -> photos."""
        return {split.value: len(self.manifest.of(split)) for split in Split}


def take(store: Store, recipe: Recipe) -> Snapshot:
    """The snapshot of this moment. Nothing is written. Raises RecipeError for classes that do not exist."""
    mirror = mirrors.read(store)
    classes, task = chosen_classes(mirror.scheme, recipe)
    wanted = _filtered(mirror, recipe.data.filter) & ~mirror.problem
    judging = recipe.data.test_filter or recipe.data.filter
    judges = _filtered(mirror, judging) & ~mirror.problem
    learned = known_labels(mirror, recipe, accepted=recipe.data.accepted_labels)
    states = np.stack([mirror.scheme.states_of(c.slot, learned) for c in classes]).T
    honest = states
    if recipe.data.accepted_labels:
        judged = known_labels(mirror, recipe, accepted=False)
        honest = np.stack([mirror.scheme.states_of(c.slot, judged) for c in classes]).T
    # Which photos may be learned from and judged by: asked photo by photo, this would take far longer.
    told, truly = (_says(some, task) for some in (states, honest))
    labelled = told & (wanted | judges)
    if not labelled.any():
        asked = (wanted | judges) & ~told
        unsure = int((states[asked] == State.UNSURE).any(axis=1).sum())
        sentence = nothing_labelled([c.name for c in classes], task, photos=int(asked.sum()), unsure=unsure)
        return Snapshot(Manifest(_manifest_classes(mirror.scheme, classes), (), task), problem=sentence)
    contents = photo_rows.contents(store)
    stored = split_rows.read(store)
    splits, new, torn, unit_of = _splits(
        mirror, recipe, labelled, hashes=perceptual.hashes(store), contents=contents, stored=stored
    )
    of_photo = np.array([splits.get(joint, "") for joint in mirror.joint.tolist()], dtype=object)
    train = of_photo == Split.TRAIN
    chosen = np.flatnonzero(np.where(train, wanted & told, judges & truly) & (of_photo != ""))
    labels = np.where(train[chosen, None], states[chosen], honest[chosen])
    counts = counted([c.name for c in classes], {split: labels[of_photo[chosen] == split] for split in Split})
    keep, warnings = hopeful([c.name for c in classes], task, counts)
    if len(keep) < len(classes):
        classes, labels = tuple(classes[i] for i in keep), labels[:, keep]
        telling = (State.RAISED,) if task == "exclusive" else (State.RAISED, State.CLEAR)
        tells = np.isin(labels, telling).any(axis=1)
        chosen, labels = chosen[tells], labels[tells]
    used = _used(mirror, chosen, of_photo[chosen].tolist(), labels=labels, contents=contents, units=unit_of)
    manifest = Manifest(_manifest_classes(mirror.scheme, classes), used, task)
    if torn:
        warnings.append(
            f"{torn} joint{'s' if torn > 1 else ''} with near-duplicates both in training and in validation or test "
            "are left out."
        )
    warnings += recipe_warnings(recipe, manifest) + wrong_labels(manifest, second.agreement(mirror).flags)
    if manifest.task == "multilabel":
        warnings += doubting.forewarned(mirror, [item.name for item in manifest.classes])
    problem = manifest_problem(manifest) or recipe_problem(recipe, manifest)
    person = looked_at(mirror.labels)[chosen]
    reviewed = {split.value: int((person & (of_photo[chosen] == split)).sum()) for split in Split}
    joints = {split.value: len(np.unique(mirror.joint[chosen[of_photo[chosen] == split]])) for split in Split}
    left_out = _left_out(chosen, task, wanted=wanted | judges, problem=mirror.problem, told=told, dealt=of_photo != "")
    return Snapshot(manifest, tuple(warnings), problem, new, reviewed, joints, left_out)


def _used(
    mirror: Mirror,
    chosen: NDArray[np.int64],
    splits: Sequence[Split],
    *,
    labels: NDArray[np.uint8],
    contents: Mapping[int, str],
    units: Mapping[int, int],
) -> tuple[ManifestPhoto, ...]:
    """The photos in these rows, with their states `labels` (rows, classes); `units` by joint."""
    collecting = gc.isenabled()
    gc.disable()  # or it looks through everything again and again while a hundred thousand values are made
    try:
        folders = {collection: os.fspath(root).rstrip(os.sep) + os.sep for collection, root in mirror.roots.items()}
        paths = [
            folders[collection] + mirror.paths[row].replace("/", os.sep)
            for row, collection in zip(chosen.tolist(), mirror.collection[chosen].tolist(), strict=True)
        ]
        photo_ids, width, whole = mirror.ids[chosen].tolist(), max(1, labels.shape[1]), labels.tobytes()
        rows_of = [whole[start : start + width] for start in range(0, len(whole), width)]
        shared = {row: tuple(row) for row in set(rows_of)}  # most photos are labelled like many others
        unit_of = map(units.get, mirror.joint[chosen].tolist(), repeat(-1))
        states = map(shared.__getitem__, rows_of)
        return tuple(map(ManifestPhoto, photo_ids, paths, splits, states, map(contents.get, photo_ids), unit_of))
    finally:
        if collecting:
            gc.enable()


def _says(states: NDArray[np.uint8], task: str) -> NDArray[np.bool_]:
    """Photos (n,) whose labels tell something: any known one, or exactly one raised of classes that exclude others."""
    if task == "exclusive":
        states = one_of_a_group(states)
    result: NDArray[np.bool_] = ((states == State.RAISED) | (states == State.CLEAR)).any(axis=1)
    return result


def _left_out(
    used: NDArray[np.int64],
    task: str,
    *,
    problem: NDArray[np.bool_],
    wanted: NDArray[np.bool_],
    told: NDArray[np.bool_],
    dealt: NDArray[np.bool_],
) -> dict[str, int]:
    """Why the photos that are not among the rows `used` are not, each counted under the first reason that holds."""
    rest = np.ones(len(wanted), np.bool_)
    rest[used] = False
    found: dict[str, int] = {}
    for reason, holds in (
        ("cannot be read", problem),
        ("not in the filter", ~wanted),
        (
            "without a raised or clear label" if task != "exclusive" else "with none or several classes raised",
            ~told,
        ),
        ("near-duplicates in other splits", ~dealt),
        ("labelled for other classes or splits alone", np.ones(len(rest), np.bool_)),
    ):
        count = int((rest & holds).sum())
        if count:
            found[reason] = count
        rest &= ~holds
    return found


def chosen_classes(scheme: Scheme, recipe: Recipe) -> tuple[tuple[SchemeClass, ...], str]:
    """The classes a recipe names (a group stands for its members) and its task with 'auto' resolved."""
    groups = {group.name: group for group in scheme.groups}
    found: dict[int, SchemeClass] = {}
    for name in recipe.data.classes:
        for item in _members(scheme, groups[name]) if name in groups else (scheme.by_name(name),):
            found[item.slot] = item
    classes = tuple(found.values()) or classes_at(scheme, Level(recipe.data.level))
    if not classes:
        raise RecipeError("The scheme has no flags yet; add one on the Flags page or import labels.")
    slots = {item.slot for item in classes}
    one_group = next((g for g in scheme.groups if {c.slot for c in _members(scheme, g)} == slots), None)
    task = recipe.data.task
    if task == "auto":
        task = "exclusive" if one_group is not None and not one_group.default and len(classes) > 1 else "multilabel"
    if task == "independent":
        task = "multilabel"  # what the outputs mean is the same; who shares the trained stages is the run's affair
    if task == "exclusive" and len(classes) < 2:
        raise RecipeError("An exclusive training needs at least two classes to choose from; name more in data.classes.")
    return classes, task


def known_labels(mirror: Mirror, recipe: Recipe, *, accepted: bool) -> NDArray[np.uint8]:
    """Label bytes (n, slots) with those that may not be used turned to unseen."""
    labels = mirror.labels.copy()
    kinds = sources(labels)
    if not accepted:
        labels[kinds == Source.ACCEPTED] = 0
    if not recipe.data.assumed_labels:
        labels[kinds == Source.ASSUMED] = 0
    return labels


def _members(scheme: Scheme, group: Group) -> tuple[SchemeClass, ...]:
    """The live classes of a group, a merge in place of its members."""
    shown: dict[int, SchemeClass] = {}
    for item in scheme.classes:
        flags = item.members if hasattr(item, "members") else (item.slot,)
        if set(flags) & set(group.members):
            shown[item.slot] = item
    return tuple(shown.values())


def _manifest_classes(scheme: Scheme, classes: Sequence[SchemeClass]) -> tuple[ManifestClass, ...]:
    return tuple(ManifestClass(item.slot, item.name, scheme.points_of(item.slot)) for item in classes)


def _filtered(mirror: Mirror, text: str) -> NDArray[np.bool_]:
    """Photos that a filter lets through, (n,)."""
    chosen = np.ones(len(mirror), dtype=bool)
    if text.strip():
        chosen[:] = False
        chosen[reviewing.select(mirror, known_names.asked(mirror, text))] = True
    return chosen


def _splits(
    mirror: Mirror,
    recipe: Recipe,
    labelled: NDArray[np.bool_],
    *,
    hashes: tuple[NDArray[np.int64], NDArray[np.uint64]],
    contents: dict[int, str],
    stored: dict[int, Split],
) -> tuple[dict[int, Split], dict[int, Split], int, dict[int, int]]:
    """Split by joint, the new ones among them, how many joints are torn between splits and left out, unit by joint.

    Joints that share near-duplicates are one unit and go together. A stored joint never moves; a new joint whose unit
    already lies in two splits belongs to neither.
    """
    joints, place = np.unique(mirror.joint[labelled], return_inverse=True)
    unit = _units(mirror, joints, hashes=hashes, contents=contents)
    fixed: dict[int, set[Split]] = {}
    for joint, number in zip(joints.tolist(), unit.tolist(), strict=True):
        if joint in stored:
            fixed.setdefault(number, set()).add(stored[joint])
    torn = {number for number, found in fixed.items() if len(found) > 1}
    raised = np.zeros((int(unit.max()) + 1, len(mirror.scheme.classes)), dtype=bool)
    for column, item in enumerate(mirror.scheme.classes):
        has = mirror.states(item.slot)[labelled] == State.RAISED
        np.logical_or.at(raised[:, column], unit[place[has]], True)
    data = recipe.data
    shares = {
        Split.TRAIN: data.train_share,
        Split.VALIDATION: data.validation_share,
        Split.TEST: 1 - data.train_share - data.validation_share,
    }
    numbers = [number for number in range(len(raised)) if number not in torn]
    dealt = assign(
        numbers,
        raised[numbers],
        seed=recipe.seed,
        shares=shares,
        fixed={number: next(iter(found)) for number, found in fixed.items() if number not in torn},
    )
    new = {
        joint: dealt[number]
        for joint, number in zip(joints.tolist(), unit.tolist(), strict=True)
        if joint not in stored and number in dealt
    }
    left_out = sum(
        joint not in stored and number in torn for joint, number in zip(joints.tolist(), unit.tolist(), strict=True)
    )
    return {**stored, **new}, new, left_out, dict(zip(joints.tolist(), unit.tolist(), strict=True))


def _units(
    mirror: Mirror,
    joints: NDArray[np.int64],
    *,
    hashes: tuple[NDArray[np.int64], NDArray[np.uint64]],
    contents: dict[int, str],
) -> NDArray[np.int64]:
    """Unit number of each joint: joints are joined where photos of theirs are near-duplicates."""
    ids, found = hashes
    mine = np.isin(ids, mirror.ids[np.isin(mirror.joint, joints)])
    ids, found = ids[mine], found[mine]
    return units(
        np.searchsorted(joints, mirror.joint[mirror.rows(ids)]),
        found,
        contents=[contents.get(i) for i in ids.tolist()],
        count=len(joints),
    )
