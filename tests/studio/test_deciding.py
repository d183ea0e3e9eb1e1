"""Verdicts of all joints at once equal the rule for one joint."""

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from weldstudio.domain.labelling import State
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.photo import Limit
from weldstudio.domain.scheme import Level
from weldstudio.domain.verdict import Outcome
from weldstudio.store import contractors, mirror, models, photos, predictions
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import deciding, labelling
from weldstudio.studio.deciding import Said

CODES = {Outcome.ACCEPT: Said.ACCEPT, Outcome.REJECT: Said.REJECT, Outcome.OPEN: Said.OPEN}


def one_by_one(seen: Mirror) -> list[Said]:
    return [CODES[deciding.verdict_of(seen, int(joint)).outcome] for joint in np.unique(seen.joint)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrays(np.uint8, (12, 5), elements=st.integers(0, 3)), st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_all_at_once_equals_one_by_one(welds: Store, labels: np.ndarray, joints: list[int]) -> None:
    seen = mirror.read(welds)
    seen.labels, seen.joint = labels, np.array(joints, np.int64)
    assert deciding.outcomes(seen).tolist() == one_by_one(seen)
    for level in Level:
        seen.scheme = replace(seen.scheme.with_merge(f"clamps by {level}", (1, 2)), verdict_level=level)
        assert deciding.outcomes(seen).tolist() == one_by_one(seen)
        seen.scheme = seen.scheme.without_merge(f"clamps by {level}")


def test_points_are_held_against_the_contractors_limit(welds: Store) -> None:
    labelling.nothing_applies(welds, [1, 2], who="Ann")
    labelling.set_state(welds, [1, 2], 0, State.RAISED, who="Ann")
    photos.set_contractor(welds, [2], "Smith")
    (smith,) = contractors.every(welds).values()
    contractors.set_limits(welds, smith.id, [Limit(date(2020, 1, 1), 60), Limit(date(2999, 1, 1), 40)])
    seen = mirror.read(welds)
    assert deciding.outcomes(seen)[:3].tolist() == [Said.REJECT, Said.ACCEPT, Said.OPEN]
    first = deciding.verdict_of(seen, int(seen.joint[0]))
    assert (first.low, first.high, first.reject_limit, first.raised) == (50, 50, 50, (0,))


def test_predictions_have_a_verdict_too(welds: Store) -> None:
    card = ModelCard("m", "m", "net", tuple(ModelClass(slot, str(slot), 0.4) for slot in range(4)))
    models.add(welds, card)
    models.activate(welds, "m")
    predictions.write(welds, "m", [1, 2], np.array([[0.5, 0.1, 0.1, 0.1], [0.3, 0.1, 0.1, 0.1]], np.float16))
    seen = mirror.read(welds)
    said = [deciding.verdict_of(seen, int(seen.joint[row]), predicted=True).outcome for row in range(3)]
    assert said == [Outcome.REJECT, Outcome.ACCEPT, Outcome.OPEN]


def test_a_project_without_photos_has_no_verdicts(welds: Store) -> None:
    assert len(deciding.outcomes(Mirror(scheme=mirror.read(welds).scheme))) == 0


def test_a_label_shown_ahead_of_the_store_is_counted_at_once(welds: Store) -> None:
    labelling.nothing_applies(welds, range(1, 13), who="Ann")
    seen = mirror.read(welds)
    assert not deciding.outcomes(seen).any()
    seen.set_label([1], 0, State.RAISED)
    assert deciding.outcomes(seen).tolist() == [Said.REJECT] + [Said.ACCEPT] * 11
    done = labelling.set_state(welds, [2], 0, State.RAISED, who="Ann")
    seen.apply(mirror.read_rows(welds, done.changes))
    assert deciding.outcomes(seen).tolist()[:2] == [Said.REJECT, Said.REJECT]


def test_a_label_leaves_what_the_model_says_of_joints_and_their_limits_as_they_were(welds: Store) -> None:
    card = ModelCard("m", "m", "net", tuple(ModelClass(slot, str(slot), 0.4) for slot in range(4)))
    models.add(welds, card)
    models.activate(welds, "m")
    predictions.write(welds, "m", [1], np.array([[0.5, 0.1, 0.1, 0.1]], np.float16))
    photos.set_contractor(welds, [2], "Smith")
    seen = mirror.read(welds)
    predicted, labels = deciding.tally(seen, predicted=True), deciding.tally(seen)
    limits = labels.limits
    seen.set_label([1], 0, int(State.RAISED) | 4)
    assert deciding.tally(seen, predicted=True) is predicted
    assert deciding.tally(seen) is not labels
    assert deciding.tally(seen).limits is limits
    changes = predictions.write(welds, "m", [2], np.array([[0.5, 0.1, 0.1, 0.1]], np.float16))
    seen.apply(mirror.read_rows(welds, changes))
    assert deciding.tally(seen, predicted=True).outcomes[:2].tolist() == [Said.REJECT, Said.REJECT]
    (smith,) = contractors.every(welds).values()
    seen.apply(mirror.read_rows(welds, contractors.set_limits(welds, smith.id, [Limit(date(2020, 1, 1), 60)])))
    assert deciding.tally(seen, predicted=True).outcomes[:2].tolist() == [Said.REJECT, Said.ACCEPT]
