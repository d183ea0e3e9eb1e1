"""Merges: total, reversible, and looked at before they are made."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.store import events, mirror, models, predictions
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import deciding, labelling, merging
from weldstudio.studio import scheme as schemes

RAISED, CLEAR, UNSURE, UNSEEN = State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN


def test_a_merge_touches_no_label_and_keeps_its_slot(welds: Store) -> None:
    labelling.set_state(welds, [1], 1, RAISED, who="Ann")
    before = events.present(welds, range(1, 13))
    merging.merge(welds, "No Clamps", ["no clamp", 2], who="Ann")
    merged = scheme_rows.load(welds).by_name("No Clamps")
    labelling.set_state(welds, [2], merged.slot, RAISED, who="Ann")
    merging.unmerge(welds, "No Clamps", who="Ann")
    assert events.present(welds, [1]) == {1: before[1]}
    merging.merge(welds, "No Clamps", [1, 2], who="Ann")
    assert scheme_rows.load(welds).by_name("No Clamps") == merged
    assert mirror.read(welds).states(merged.slot)[:3].tolist() == [RAISED, RAISED, UNSEEN]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(State), st.sampled_from(State), st.sampled_from(State)), max_size=12))
def test_a_merge_is_total_and_reversible(welds: Store, given_states: list[tuple[State, State, State]]) -> None:
    """Every photo has a state of the merge whatever its labels; made and undone, everything is as it was."""
    seen = mirror.read(welds)
    labels = np.zeros((12, 5), np.uint8)
    for row, (one, two, own) in enumerate(given_states):
        labels[row, [1, 2, 4]] = [label_byte(state, Source.HAND) for state in (one, two, own)]
    seen.labels = labels
    alone = [seen.states(slot).tolist() for slot in range(4)]
    outcomes = deciding.outcomes(seen).tolist()
    seen.scheme = seen.scheme.with_merge("No Clamps", (1, 2))
    merged = seen.states(4)
    for (one, two, own), state in zip(given_states, merged.tolist(), strict=False):
        assert (state == RAISED) == (RAISED in (one, two, own))
        assert state in list(State)
        if own == CLEAR and RAISED not in (one, two):
            assert state == CLEAR
    seen.scheme = seen.scheme.without_merge("No Clamps")
    assert [seen.states(slot).tolist() for slot in range(4)] == alone
    assert deciding.outcomes(seen).tolist() == outcomes


def test_the_preview_counts_what_the_merge_would_do(welds: Store) -> None:
    for photo, one, two in [(1, RAISED, CLEAR), (2, UNSEEN, RAISED), (3, CLEAR, CLEAR), (4, UNSURE, UNSEEN)]:
        for slot, state in ((0, CLEAR), (3, CLEAR), (1, one), (2, two)):
            if state:
                labelling.set_state(welds, [photo], slot, state, who="Ann", source=Source.IMPORT)
    card = ModelCard("m", "m", "net", (ModelClass(1, "no clamp"), ModelClass(2, "few clamps")))
    models.add(welds, card)
    models.activate(welds, "m")
    nan = np.nan
    predictions.write(welds, "m", [1, 2], np.array([[nan, 0.1, 0.9], [nan, 0.1, 0.9]], np.float16))
    seen = mirror.read(welds)
    found = merging.preview(seen, [1, "few clamps"])
    assert (found.members, found.raised, found.raised_by_member) == ((1, 2), 2, (1, 1))
    assert (found.overlap, found.disagreements, found.labelled, found.confused) == (0, 2, 4, 1)
    # Photo 2: 'few clamps' alone is 5 points with 'no clamp' cleared by the group; merged it costs 50.
    before = deciding.outcomes(seen)
    merging.merge(welds, "No Clamps", [1, 2], who="Ann")
    after = deciding.outcomes(mirror.read(welds))
    assert found.joints_changed == int((before != after).sum()) == 1
    assert scheme_rows.load(welds).live_merges


def test_the_preview_knows_what_was_said_under_the_merges_own_name(welds: Store) -> None:
    """As of labels given at the merged level before there is the merge, and after it was undone."""
    schemes.add_flag(welds, "Clamps", who="Lee")
    own = scheme_rows.load(welds).by_name("Clamps").slot
    labelling.set_state(welds, [1, 2, 3], own, RAISED, who="file", source=Source.IMPORT)
    labelling.set_state(welds, [3, 4], 1, RAISED, who="Ann")

    def foreseen(penalty: str) -> tuple[int, int]:
        found = merging.preview(mirror.read(welds), [1, 2], name="Clamps", penalty=penalty)
        return found.raised, found.joints_changed

    def happened(penalty: str) -> tuple[int, int]:
        seen = mirror.read(welds)
        before = deciding.outcomes(seen)
        merging.merge(welds, "Clamps", [1, 2], who="Lee", penalty=penalty)
        seen = mirror.read(welds)
        slot = seen.scheme.by_name("Clamps").slot
        return int((seen.states(slot) == RAISED).sum()), int((before != deciding.outcomes(seen)).sum())

    for penalty in ("maximum", "30"):
        assert (wanted := foreseen(penalty)) == happened(penalty)
        assert wanted[0] == 4
        assert wanted[1] > 0
        merging.unmerge(welds, "Clamps", who="Lee")


@pytest.mark.parametrize(
    ("members", "sentence"),
    [([1], "at least two"), ([1, "no clmp"], "Did you mean 'no clamp'"), ([0, 4], "merge already")],
)
def test_what_cannot_be_merged_is_said_in_a_sentence(welds: Store, members: list[int | str], sentence: str) -> None:
    merging.merge(welds, "No Clamps", [1, 2], who="Ann")
    assert sentence in merging.preview(mirror.read(welds), members).problem
    with pytest.raises(SchemeError, match=sentence):
        merging.merge(welds, "other", members, who="Ann")
    with pytest.raises(SchemeError, match="Did you mean 'No Clamps'"):
        merging.unmerge(welds, "No Clamp", who="Ann")


def test_a_flag_named_twice_counts_once(welds: Store) -> None:
    assert merging.merge(welds, "No Clamps", [1, 2, 1], who="Ann").text == "Merged 2 flags into 'No Clamps'"
    with pytest.raises(SchemeError):
        merging.merge(welds, "Alone", [3, 3], who="Ann")
