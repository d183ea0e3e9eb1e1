"""The chance to reach the reject limit against plain enumeration, and joints that pass by it."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.studio.scored import score
from weldstudio.domain.decision import Told
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State
from weldstudio.domain.model import ModelCard, ModelClass, slot_row
from weldstudio.domain.scheme import Flag, Group, JointRule, Scheme
from weldstudio.store import mirror as mirrors
from weldstudio.store import models, photos, predictions
from weldstudio.store.mirror import Mirror
from weldstudio.store.reading import JointFacts
from weldstudio.store.store import Store
from weldstudio.studio import chances, decisions, labelling, passing, reviewing, reviews, samples
from weldstudio.studio.filters import parse

ANN, LEE = "Ann", "Lee"
CHANCE = st.floats(0, 1, width=32)


def plain(scheme: Scheme, photos: np.ndarray, limit: int) -> float:
    """By all combinations of what each class may be for the joint; `photos` (photos, slots) chances to be raised."""
    items = scheme.classes
    raised = []
    for item in items:
        said = photos[:, item.slot]
        any_photo = scheme.joint_rule_of(item.slot) == JointRule.ANY
        raised.append(1 - np.prod(1 - said) if any_photo else np.prod(said))
    total = 0.0
    for which in product((False, True), repeat=len(items)):
        alone, groups = 0, {}
        for item, there in zip(items, which, strict=True):
            group = scheme.group_of(item.slot)
            points = scheme.points_of(item.slot) if there else 0
            if group is None:
                alone += points
            else:
                groups[group.name] = max(groups.get(group.name, 0), points)
        if alone + sum(groups.values()) >= limit:
            total += float(np.prod([r if there else 1 - r for r, there in zip(raised, which, strict=True)]))
    return total


def mirror_of(scheme: Scheme, said: np.ndarray, joint: list[int]) -> Mirror:
    n = len(joint)
    return Mirror(
        ids=np.arange(1, n + 1),
        labels=np.zeros((n, scheme.slots), np.uint8),
        probabilities=np.asfortranarray(said.astype(np.float16)),
        joint=np.array(joint, np.int64),
        taken=np.full(n, -1, np.int64),
        added=np.zeros(n, np.int64),
        scheme=scheme,
        model_id="m",
        thresholds=np.full(scheme.slots, 0.5, np.float32),
        joints=JointFacts(),
    )


@given(
    st.lists(st.tuples(st.sampled_from([0, 5, 15, 35, 50, 7]), st.booleans()), min_size=1, max_size=6),
    st.lists(st.integers(1, 3), min_size=1, max_size=5),
    st.integers(0, 2),
    st.randoms(use_true_random=False),
)
def test_the_chance_is_that_of_all_combinations(
    flags: list[tuple[int, bool]], joint: list[int], grouped: int, random: object
) -> None:
    rules = {True: JointRule.ANY, False: JointRule.ALL}
    made = tuple(Flag(n, f"f{n}", points, joint_rule=rules[rule]) for n, (points, rule) in enumerate(flags))
    groups = (Group("g", tuple(range(grouped + 1))),) if grouped and grouped < len(made) else ()
    scheme = Scheme(made, groups)
    said = np.array([[random.random() for _ in made] for _ in joint], np.float16)  # type: ignore[attr-defined]
    mirror = mirror_of(scheme, said, joint)
    found = chances.reaching(mirror)
    for place, one in enumerate(sorted(set(joint))):
        rows = np.array(joint) == one
        wanted = plain(scheme, said[rows].astype(np.float64), 50) if any(points for points, _ in flags) else 1.0
        assert found[place] == pytest.approx(wanted, abs=2e-5)


@given(st.lists(st.tuples(st.integers(1, 60), CHANCE), max_size=7), st.integers(1, 120))
def test_single_flags_reach_a_limit_as_all_combinations_do(flags: list[tuple[int, float]], limit: int) -> None:
    points = np.array([p for p, _ in flags], np.int64)
    raised = np.array([r for _, r in flags])
    wanted = sum(
        float(np.prod(np.where(which, raised, 1 - raised)))
        for which in map(np.array, product((False, True), repeat=len(flags)))
        if (points * which.astype(np.int64)).sum() >= limit
    )
    assert chances.of_points(points, raised, limit) == pytest.approx(wanted, abs=2e-5)


@pytest.fixture
def scored(welds: Store) -> Store:
    """Photos 1 and 2 are one joint, every other one its own; the model is sure of nothing but photo 3."""
    photos.set_joints(welds, [(1, "J-1", None), (2, "J-1", None)])
    said = [[0.001, 0.001, 0.1, 0.002]] * 12
    said[2] = [0.9, 0.001, 0.1, 0.1]
    score(welds, range(1, 13), said)
    return welds


def chance_of(store: Store, photo: int) -> float:
    mirror = mirrors.read(store)
    place = np.searchsorted(mirror.joint_order[0], mirror.joint[mirror.row(photo)])
    return float(chances.reaching(mirror)[place])


def shown(store: Store, text: str) -> list[int]:
    mirror = mirrors.read(store)
    return mirror.ids[reviewing.select(mirror, parse(text, mirror.scheme))].tolist()


def test_labels_of_people_count_for_more_than_predictions(scored: Store) -> None:
    assert chance_of(scored, 4) == pytest.approx(1 - 0.999**2, abs=1e-4)
    labelling.set_state(scored, [4], 0, State.RAISED, who=ANN, source=Source.IMPORT)
    assert chance_of(scored, 4) == 1
    labelling.set_state(scored, [5], 0, State.UNSURE, who=ANN)
    assert chance_of(scored, 5) == 1
    labelling.nothing_applies(scored, [3], who=ANN)
    assert chance_of(scored, 3) == 0
    labelling.set_state(scored, [6], 0, State.CLEAR, who="file", source=Source.ASSUMED)
    assert chance_of(scored, 6) > 0, "nobody has looked"


def test_where_nothing_is_known_a_joint_is_not_safe(welds: Store) -> None:
    assert shown(welds, "safe:0.99") == []
    score(welds, [1, 2], [[0.001] * 3, [0.001] * 3], slots=(0, 1, 2))
    assert chance_of(welds, 3) == 1, "not scored"
    assert chance_of(welds, 1) < 0.01, "15 points of a flag that the model does not know reach no limit alone"
    score_without_soil(welds)
    assert chance_of(welds, 1) > 0.9, "of soil nothing is known at all"
    labelling.set_many(welds, [(photo, 0, State.CLEAR) for photo in range(3, 13)], who=ANN)
    assert 0.2 < chance_of(welds, 1) < 0.4, "raised on none of ten labels"


def score_without_soil(store: Store) -> None:
    card = ModelCard(id="m2", name="m2", network="mobilenet_v2", classes=(ModelClass(1, "no clamp", 0.5),))
    models.add(store, card)
    models.activate(store, "m2")
    predictions.write(store, "m2", [1], slot_row(card, np.array([[0.001]], np.float32), 4))


def test_safe_joints_pass_but_for_a_share_that_is_inspected(scored: Store) -> None:
    assert shown(scored, "safe:0.01") == [1, 2, *range(4, 13)]
    figures = passing.preview(mirrors.read(scored), 0.01, 0.25, seed=5)
    assert (figures.undecided, figures.safe, figures.inspected, figures.passed) == (11, 10, 3, 7)
    assert 0 < figures.expected < 7 * 0.01
    found = passing.take(scored, 0.01, 0.25, seed=5, who=LEE)
    assert (found.safe, found.inspected) == (10, 3)
    mirror = mirrors.read(scored)
    told = {int(j): mirror.decided.decision_of(int(j)) for j in np.unique(mirror.joint)}
    accepted = [one for one in told.values() if one is not None]
    assert len(accepted) == 7
    assert {one.said for one in accepted} == {Told.ACCEPTED}
    assert "m1" in accepted[0].reason
    drawn = shown(scored, "audit")
    assert len(np.unique(mirror.joint[mirror.rows(drawn)])) == 3
    assert shown(scored, "safe:0.01") == [], "what is drawn is not passed by mistake"
    [draw] = samples.draws(scored)
    assert (draw.purpose, draw.seed, draw.noted["guarantee"], draw.noted["joints"]) == ("safe", 5, 0.01, 3)
    assert found.action_id is not None
    labelling.revert(scored, found.action_id, who=LEE)
    assert not len(mirrors.read(scored).decided.rows)
    assert passing.preview(mirrors.read(scored), 0.01, 0.25, seed=5).safe == 10
    again = passing.take(scored, 0.01, 0.25, seed=5, who=LEE, accept=False)
    assert shown(scored, "audit") == drawn
    assert not len(mirrors.read(scored).decided.rows)
    assert not again.accepted


def test_inspected_joints_say_how_many_should_not_have_passed(scored: Store) -> None:
    passing.take(scored, 0.01, 1.0, seed=5, who=LEE)
    labelling.nothing_applies(scored, shown(scored, "audit"), who=ANN)
    labelling.set_state(scored, [4], 0, State.RAISED, who=ANN)
    reviews.mark_reviewed(scored, [1, *range(4, 13)], who=ANN)
    [audit] = samples.audits(mirrors.read(scored), samples.draws(scored))
    assert (audit.rejects.found, audit.rejects.of) == (1, 9), "of joint J-1 one photo waits"


def test_decided_and_overridden_joints_are_not_passed_again(scored: Store) -> None:
    mirror = mirrors.read(scored)
    decisions.decide(scored, [int(mirror.joint[5])], Told.REJECTED, who=ANN)
    assert 6 not in shown(scored, "safe:0.01")


def test_a_guarantee_or_share_that_is_none_is_refused(scored: Store) -> None:
    for guarantee, share in ((0.0, 0.1), (1.0, 0.1), (0.1, 0.0), (0.1, 1.5)):
        with pytest.raises(EditRefused):
            passing.take(scored, guarantee, share, seed=1, who=LEE)
    with pytest.raises(EditRefused, match="No undecided joint"):
        passing.take(scored, 1e-6, 0.1, seed=1, who=LEE)


def test_a_mirror_that_is_kept_up_knows_the_chances_of_the_labels_as_they_are(scored: Store) -> None:
    mirror = mirrors.read(scored)
    before = chances.reaching(mirror).copy()
    mirror.set_label([1], 0, int(State.RAISED) | int(Source.HAND) << 2)
    assert (chances.reaching(mirror) > before).sum() == 1
    done = labelling.set_state(scored, [1], 0, State.CLEAR, who=ANN)
    mirror.apply(mirrors.read_rows(scored, done.changes))
    assert np.array_equal(chances.reaching(mirror), chances.reaching(mirrors.read(scored)))
