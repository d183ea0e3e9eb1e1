"""Filters, sorts, counts and queues against plain loops over the same photos."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.studio.conftest import FLAGS
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.photo import Contractor
from weldstudio.domain.split import Split
from weldstudio.store.mirror import Mirror
from weldstudio.store.reading import JointFacts
from weldstudio.studio import reviewing
from weldstudio.studio.filters import KEYS, WORDS
from weldstudio.studio.reviewing import Filter, Sort, parse, select

N = 60
SCHEME = FLAGS.with_flag('odd "name"=5, really').with_merge("clamps!", (1, 2))


@pytest.fixture(scope="module")
def seen() -> Mirror:
    rng = np.random.default_rng(3)
    sources = rng.choice([int(s) for s in (Source.HAND, Source.IMPORT, Source.ASSUMED)], (N, 1))
    states = rng.integers(0, 4, (N, 6))
    labels = np.where(states > 0, states | sources << 2, 0).astype(np.uint8)
    probabilities = rng.random((N, 6)).astype(np.float16)
    probabilities[:, 5] = np.nan
    probabilities[::7] = np.nan
    ids = np.arange(10, 10 + 2 * N, 2)
    joint = ids // 6
    problem = rng.random(N) < 0.1
    return Mirror(
        ids=ids,
        labels=labels,
        probabilities=probabilities,
        joint=joint,
        collection=rng.integers(1, 3, N).astype(np.int32),
        equipment=rng.integers(0, 3, N).astype(np.int16),
        taken=np.where(rng.random(N) < 0.3, -1, rng.integers(1_500_000_000, 1_600_000_000, N)),
        added=rng.integers(1_600_000_000, 1_600_000_100, N),
        problem=problem,
        paths=[f"Folder {i % 5}/IMG_{(i * 37) % N:03}.jpg" for i in range(N)],
        equipments=("", "Redbox", "Blue box"),
        scheme=SCHEME,
        model_id="m",
        thresholds=np.array([0.5, 0.3, 0.6, 0.5, 0.5, 0.5], np.float32),
        joints=JointFacts(
            {5: "J-5"}, np.array([[6, 1]]), {1: Contractor(1, "Smith")}, {5: Split.TEST, 6: Split.TRAIN, 7: Split.TEST}
        ),
        collections={1: "north", 2: "south of it"},
        roots={1: Path("n"), 2: Path("s")},
        runs={"r1": np.array([10, 14, 999])},
    )


def label(mirror: Mirror, row: int, slot: int) -> State:
    return State(int(mirror.states(slot)[row]))


def hand(mirror: Mirror, row: int) -> bool:
    return any(byte >> 2 == Source.HAND for byte in mirror.labels[row])


def disagree(mirror: Mirror, row: int, slot: int) -> bool:
    slots = {3: [3], 5: [1, 2]}.get(slot, [slot])
    said = [(float(mirror.probabilities[row, s]), mirror.thresholds[s]) for s in slots]
    if all(np.isnan(p) for p, _ in said):
        return False
    predicted = any(p >= np.float16(t) for p, t in said)
    return label(mirror, row, slot) == (State.CLEAR if predicted else State.RAISED)


CLASSES = [item.slot for item in SCHEME.classes]
PLAIN: dict[str, Callable[[Mirror, int], bool]] = {
    "": lambda m, r: True,
    "flag:soil": lambda m, r: label(m, r, 0) == State.RAISED,
    "flag:clamps!=clear,unseen": lambda m, r: label(m, r, 5) in (State.CLEAR, State.UNSEEN),
    'flag:"odd \\"name\\"=5, really"=unsure': lambda m, r: label(m, r, 4) == State.UNSURE,
    "-flag:WATER": lambda m, r: label(m, r, 3) != State.RAISED,
    "model:soil": lambda m, r: m.probabilities[r, 0] >= np.float16(0.5),
    "model:soil=clear": lambda m, r: m.probabilities[r, 0] < np.float16(0.5),
    "model:soil>0.8": lambda m, r: float(m.probabilities[r, 0]) >= np.float32(0.8),
    "model:soil=0.3..0.5": lambda m, r: np.float32(0.3) <= float(m.probabilities[r, 0]) <= 0.5,
    "model:soil<0.2 -problem": lambda m, r: float(m.probabilities[r, 0]) <= np.float32(0.2) and not m.problem[r],
    "model:clamps!>0.9": lambda m, r: max(m.probabilities[r, 1:3].tolist()) >= np.float32(0.9),
    "disagrees:clamps!": lambda m, r: disagree(m, r, 5),
    "disagrees": lambda m, r: any(disagree(m, r, slot) for slot in CLASSES),
    "equipment:redbox": lambda m, r: m.equipment[r] == 1,
    'equipment:"Blue box" flag:soil': lambda m, r: m.equipment[r] == 2 and label(m, r, 0) == State.RAISED,
    'collection:"south of it"': lambda m, r: m.collection[r] == 2,
    "contractor:smith": lambda m, r: m.joint[r] == 6,
    "joint:j-5": lambda m, r: m.joint[r] == 5,
    "split:test": lambda m, r: m.joint[r] in (5, 7),
    "split:none": lambda m, r: m.joint[r] not in (5, 6, 7),
    "taken:2018": lambda m, r: 1514764800 <= m.taken[r] < 1546300800,
    "taken:2018-12..2019-01-31": lambda m, r: 1543622400 <= m.taken[r] < 1548979200,
    "taken:..2019": lambda m, r: 0 <= m.taken[r] < 1577836800,
    "added:2020-09-13": lambda m, r: m.added[r] < 1600041600,
    "run:r1": lambda m, r: m.ids[r] in (10, 14),
    "-run:r1 problem": lambda m, r: m.ids[r] not in (10, 14) and bool(m.problem[r]),
    "name:img_00": lambda m, r: "IMG_00" in m.paths[r],
    '"folder 3/"': lambda m, r: "Folder 3/" in m.paths[r],
    "id:10,12,500": lambda m, r: m.ids[r] in (10, 12),
    "unseen": lambda m, r: not m.labels[r].any(),
    "labelled -reviewed": lambda m, r: bool(m.labels[r].any()) and not hand(m, r),
    "unreviewed": lambda m, r: not hand(m, r),
    "raised": lambda m, r: any(label(m, r, s) == State.RAISED for s in CLASSES),
    "unsure": lambda m, r: any(label(m, r, s) == State.UNSURE for s in CLASSES),
    "nothing": lambda m, r: all(label(m, r, s) == State.CLEAR for s in CLASSES),
    "-scored": lambda m, r: bool(np.isnan(m.probabilities[r]).all()),
    "problem": lambda m, r: bool(m.problem[r]),
}


@pytest.mark.parametrize("text", PLAIN)
def test_filters_equal_plain_loops(seen: Mirror, text: str) -> None:
    chosen = select(seen, parse(text, SCHEME))
    assert chosen.tolist() == [row for row in range(N) if PLAIN[text](seen, row)]
    assert chosen.dtype == np.int64


@pytest.mark.parametrize("outcome", ["accept", "reject", "open"])
def test_a_filter_by_verdict_takes_whole_joints(seen: Mirror, outcome: str) -> None:
    from weldstudio.studio import deciding

    chosen = set(select(seen, parse(f"verdict:{outcome}", SCHEME)).tolist())
    for row in range(N):
        verdict = deciding.verdict_of(seen, int(seen.joint[row]))
        assert (row in chosen) == (verdict.outcome.value == outcome)


@pytest.mark.parametrize(
    ("text", "least", "most"), [("50..", 50, 10**6), ("0", 0, 0), ("5..45", 5, 45), ("..15", 0, 15)]
)
def test_a_filter_by_points_takes_whole_joints(seen: Mirror, text: str, least: int, most: int) -> None:
    from weldstudio.studio import deciding

    chosen = set(select(seen, parse(f"points:{text}", SCHEME)).tolist())
    for row in range(N):
        assert (row in chosen) == (least <= deciding.verdict_of(seen, int(seen.joint[row])).low <= most)


@pytest.mark.parametrize("text", PLAIN)
def test_a_filters_text_is_read_back(text: str) -> None:
    wanted = parse(text, SCHEME)
    assert parse(wanted.text, SCHEME) == wanted


def test_every_word_and_key_is_known_to_the_selection(seen: Mirror) -> None:
    values = {"id": "1", "taken": "2019", "split": "test", "verdict": "open", "predicted": "open", "decision": "none"}
    seen.picked["soil"] = seen.ids[:1]
    values |= {"review": "returned", "safe": "0.01", "points": "50..", "added": "2020", "run": "r1"}
    for term in [
        *(reviewing.Term(word) for word in WORDS),
        *(parse(f"{k}:{values.get(k, 'soil')}", SCHEME) for k in KEYS),
    ]:
        wanted = term if isinstance(term, Filter) else Filter((term,))
        assert reviewing.matching(seen, wanted).shape == (N,)


# ── Orders ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", Sort)
def test_every_order_is_a_permutation(seen: Mirror, sort: Sort, descending: bool) -> None:
    for slot in (None, 0, 5):
        rows = select(seen, sort=sort, slot=slot, descending=descending)
        assert sorted(rows.tolist()) == list(range(N))


def test_orders_are_what_they_say(seen: Mirror) -> None:
    assert [seen.paths[row] for row in select(seen, sort="path")] == sorted(seen.paths)
    taken = seen.taken[select(seen, sort="taken")]
    known = int((seen.taken >= 0).sum())
    assert (np.diff(taken[:known]) >= 0).all()
    assert (taken[known:] == -1).all()
    assert (seen.taken[select(seen, sort="taken", descending=True)][known:] == -1).all()
    for slot in (0, 5):
        p = seen.probability(slot)
        likely = p[select(seen, sort="probability", slot=slot)]
        unlikely = p[select(seen, sort="probability", slot=slot, descending=True)]
        some = int((~np.isnan(p)).sum())
        assert (np.diff(likely[:some]) <= 0).all()
        assert (np.diff(unlikely[:some]) >= 0).all()
        assert np.isnan(likely[some:]).all()
        assert np.isnan(unlikely[some:]).all()
    near = np.abs(seen.probability(0) - 0.5)[select(seen, sort="uncertainty", slot=0)]
    assert (np.diff(near[~np.isnan(near)]) >= 0).all()
    apart = reviewing.disagreement(seen)[select(seen, sort="disagreement")]
    assert (np.diff(apart) <= 0).all()


def test_a_random_order_can_be_repeated(seen: Mirror) -> None:
    one, two = (select(seen, sort="random", seed=5).tolist() for _ in range(2))
    assert one == two != select(seen, sort="random", seed=6).tolist()


# ── Counts and queues ─────────────────────────────────────────────────────────────────────────────


def test_counts_equal_plain_loops(seen: Mirror) -> None:
    found = reviewing.counts(seen)
    assert (found.photos, found.problems) == (N, int(seen.problem.sum()))
    assert found.reviewed == sum(hand(seen, row) for row in range(N))
    assert set(found.classes) == set(CLASSES)
    for slot, by_state in found.classes.items():
        assert by_state == tuple(sum(label(seen, row, slot) == state for row in range(N)) for state in State)


def test_queues_hold_what_they_say(seen: Mirror) -> None:
    waiting = reviewing.queue_counts(seen)
    assert waiting["unreviewed"] == sum(not hand(seen, row) and not seen.problem[row] for row in range(N))
    for queue in reviewing.QUEUES:
        assert parse(queue.filter.text, SCHEME) == queue.filter
        rows = select(seen, queue.filter, sort=queue.sort)
        assert (len(np.unique(seen.joint[rows])) if queue.by_joint else len(rows)) == waiting[queue.id]


def test_an_empty_project_has_empty_queues() -> None:
    empty = Mirror(scheme=SCHEME)
    assert set(reviewing.queue_counts(empty).values()) == {0}
    assert len(select(empty, sort="disagreement")) == 0
    assert reviewing.counts(Mirror()).classes == {}
    assert label_byte(State.UNSEEN, Source.HAND) == 0
