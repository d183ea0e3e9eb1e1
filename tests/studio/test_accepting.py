"""Accepting predictions: explicit, marked with model and probability, undone, and never used to judge a model."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.studio.labelled import SCHEME, label, labelled_project
from tests.studio.scored import MODEL, score
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import LabelEvent, Source, State, source_of, state_of
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.store import events, models
from weldstudio.store import mirror as mirrors
from weldstudio.store.store import Store
from weldstudio.studio import accepting, labelling, snapshots

ANN = "Ann"
SAID = [[0.9, 0.7, 0.8, 0.2], [0.02, 0.01, 0.03, 0.99], [0.6, 0.1, 0.2, 0.4]]
"""soil, no clamp, few clamps, water; the clamps are one group."""


@pytest.fixture
def scored(welds: Store) -> Store:
    score(welds, [1, 2, 3], SAID)
    return welds


def held(store: Store, photo: int) -> list[tuple[State, Source]]:
    labels = events.present(store, [photo]).get(photo, b"").ljust(4, b"\0")
    return [(state_of(byte), source_of(byte)) for byte in labels]


def newest(store: Store, photo: int) -> dict[int, LabelEvent]:
    return {event.slot: event for _, event in labelling.history(store, photo)}


def finished(work: Generator[Any, None, accepting.AcceptReport]) -> accepting.AcceptReport:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def test_one_flag_is_accepted_with_model_and_probability(scored: Store) -> None:
    done = accepting.accept(scored, [1], who=ANN, slots=[3], anew=True)
    assert held(scored, 1)[3] == (State.CLEAR, Source.ACCEPTED)
    event = newest(scored, 1)[3]
    assert (event.model_id, event.source) == (MODEL, Source.ACCEPTED)
    assert event.probability == pytest.approx(0.2, abs=1e-3)
    assert done.action_id is not None
    labelling.revert(scored, done.action_id, who=ANN)
    assert held(scored, 1)[3][0] == State.UNSEEN


def test_one_photo_takes_what_nobody_has_labelled(scored: Store) -> None:
    labelling.set_state(scored, [1], 0, State.CLEAR, who=ANN)
    accepting.accept(scored, [1], who=ANN)
    assert held(scored, 1) == [
        (State.CLEAR, Source.HAND),
        (State.CLEAR, Source.ACCEPTED),  # of two clamps the surer one is raised, and the other one follows from it
        (State.RAISED, Source.ACCEPTED),
        (State.CLEAR, Source.ACCEPTED),
    ]
    with pytest.raises(EditRefused, match="Nothing can be accepted"):
        accepting.accept(scored, [1], who=ANN)


def test_one_flag_may_replace_a_label_and_says_so_itself(scored: Store) -> None:
    labelling.set_state(scored, [1], 0, State.CLEAR, who=ANN)
    accepting.accept(scored, [1], who=ANN, slots=[0], anew=True)
    assert held(scored, 1)[0] == (State.RAISED, Source.ACCEPTED)


def test_a_choice_of_a_person_within_a_group_stands(scored: Store) -> None:
    labelling.set_state(scored, [1], 1, State.RAISED, who=ANN)
    labelling.set_state(scored, [1], 2, State.UNSEEN, who=ANN)
    accepting.accept(scored, [1], who=ANN)
    assert held(scored, 1)[1] == (State.RAISED, Source.HAND)


def test_all_above_a_certainty_and_its_preview_are_the_same(scored: Store) -> None:
    mirror = mirrors.read(scored)
    counts = {one.name: (one.raised, one.clear) for one in accepting.answers(mirror, np.arange(12), certainty=0.9)}
    assert counts == {"soil": (0, 1), "no clamp": (0, 2), "few clamps": (0, 1), "water": (1, 0)}
    report = finished(accepting.accept_all(scored, range(1, 13), 0.9, who=ANN))
    assert report.labels == 5
    assert report.changes.labels == {2, 3}
    assert newest(scored, 2)[3].probability == pytest.approx(0.99, abs=1e-3)
    assert [state for state, _ in held(scored, 3)] == [State.UNSEEN, State.CLEAR, State.UNSEEN, State.UNSEEN]
    assert report.action_id is not None
    assert labelling.undoable(scored, who=ANN)[-1][0] == report.action_id
    labelling.revert(scored, report.action_id, who=ANN)
    assert not any(state for photo in (1, 2, 3) for state, _ in held(scored, photo))


def test_only_the_flags_that_are_named(scored: Store) -> None:
    report = finished(accepting.accept_all(scored, range(1, 13), 0.9, who=ANN, slots=[3]))
    assert (report.labels, report.changes.labels) == (1, {2})


def test_nothing_is_accepted_without_a_model_or_from_nobody(welds: Store, scored: Store) -> None:
    with pytest.raises(EditRefused, match="certainty"):
        finished(accepting.accept_all(scored, [1], 0.4, who=ANN))
    with pytest.raises(EditRefused, match="No photo"):
        accepting.accept(scored, [], who=ANN)
    with pytest.raises(EditRefused, match="not in the project"):
        accepting.accept(scored, [99], who=ANN)
    with scored.atomic():
        models.activate(scored, None)
    with pytest.raises(EditRefused, match="no active model"):
        accepting.accept(scored, [1], who=ANN)


def test_cancelled_nothing_is_accepted(scored: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "_PIECE", 1)
    before = labelling.undoable(scored, who=ANN)
    work = accepting.accept_all(scored, [1, 2, 3], 0.5, who=ANN)
    next(work)
    work.close()
    assert not any(state for photo in (1, 2, 3) for state, _ in held(scored, photo))
    assert labelling.undoable(scored, who=ANN) == before
    report = finished(accepting.accept_all(scored, [1, 2, 3], 0.5, who=ANN))
    assert report.changes.labels == {1, 2, 3}


@pytest.mark.parametrize("use", [True, False])
def test_accepted_labels_never_enter_validation_or_test(tmp_path: Path, use: bool) -> None:
    store = labelled_project(tmp_path)
    mirror = mirrors.read(store)
    ids = mirror.ids.tolist()
    accepted = {photo: [State.CLEAR, State.CLEAR, State.RAISED] for photo in ids[::2]}
    label(store, accepted, source=Source.ACCEPTED)
    recipe = Recipe()
    recipe = replace(recipe, data=replace(recipe.data, accepted_labels=use))
    manifest = snapshots.take(store, recipe).manifest
    by_split = {split: {photo.id for photo in manifest.of(split)} for split in Split}
    assert by_split[Split.VALIDATION]
    assert by_split[Split.TEST]
    assert not (by_split[Split.VALIDATION] | by_split[Split.TEST]) & set(accepted)
    assert bool(by_split[Split.TRAIN] & set(accepted)) == use
    store.close()


def test_a_photo_of_which_one_label_was_accepted_is_judged_by_the_others(tmp_path: Path) -> None:
    store = labelled_project(tmp_path, scheme=SCHEME)
    ids = mirrors.read(store).ids.tolist()
    said = {photo: [State(1 + n % 2), State.UNSEEN, State.UNSEEN] for n, photo in enumerate(ids)}
    label(store, said, source=Source.ACCEPTED)
    recipe = Recipe()
    manifest = snapshots.take(store, replace(recipe, data=replace(recipe.data, accepted_labels=True))).manifest
    assert [item.slot for item in manifest.classes] == [0, 1, 2]
    assert {photo.states[0] for photo in manifest.of(Split.TRAIN)} == {State.RAISED, State.CLEAR}
    for split in (Split.VALIDATION, Split.TEST):
        assert {photo.states[0] for photo in manifest.of(split)} == {State.UNSEEN}
        assert {photo.states[1] for photo in manifest.of(split)} == {State.RAISED, State.CLEAR}
    store.close()
