import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.scheme import Group, Scheme
from weldstudio.store.mirror import Mirror
from weldstudio.studio.counting import class_counts, equipment_counts, overview

BYTES = [label_byte(state, source) for state in State for source in list(Source)[1:]]


def mirror(labels: np.ndarray, *, scheme: Scheme | None = None, equipment: np.ndarray | None = None) -> Mirror:
    n, slots = labels.shape
    made = scheme or Scheme()
    if scheme is None:
        for i in range(slots):
            made = made.with_flag(f"flag {i}")
    return Mirror(
        ids=np.arange(1, n + 1),
        labels=labels.astype(np.uint8),
        probabilities=np.full((n, slots), np.nan, np.float16),
        joint=np.arange(n) // 2,
        collection=np.ones(n, np.int32),
        equipment=np.zeros(n, np.int16) if equipment is None else equipment.astype(np.int16),
        taken=np.full(n, -1),
        added=np.zeros(n, np.int64),
        problem=np.zeros(n, np.bool_),
        paths=[f"{i}.jpg" for i in range(n)],
        equipments=("", "Redbox"),
        scheme=made,
    )


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 4)), elements=st.sampled_from(BYTES)))
def test_every_label_is_counted_once_by_state_and_once_by_source(labels: np.ndarray) -> None:
    seen = mirror(labels)
    for slot, counts in enumerate(class_counts(seen)):
        assert sum(counts.states) == len(seen)
        assert sum(counts.sources.values()) == len(seen) - counts.states[State.UNSEEN]
        assert counts.states[State.RAISED] == sum(byte & 3 == State.RAISED for byte in labels[:, slot].tolist())
    whole = overview(seen)
    assert whole.photos == len(seen)
    assert whole.looked_at <= whole.labelled <= whole.photos


@given(
    hnp.arrays(np.uint8, (20, 2), elements=st.sampled_from(BYTES)), hnp.arrays(np.int16, 20, elements=st.integers(0, 1))
)
def test_equipments_share_the_photographs_out(labels: np.ndarray, equipment: np.ndarray) -> None:
    found = equipment_counts(mirror(labels, equipment=equipment))
    assert sum(e.photos for e in found) == 20
    assert [e.photos for e in found] == sorted((e.photos for e in found), reverse=True)
    raised = int((labels[:, 0] & 3 == State.RAISED).sum())
    assert sum(e.raised[0][0] for e in found) == raised


def test_two_raised_flags_of_a_group_are_a_conflict() -> None:
    scheme = Scheme().with_flag("a").with_flag("b").with_group(Group("g", (0, 1)))
    raised, clear = label_byte(State.RAISED, Source.HAND), label_byte(State.CLEAR, Source.HAND)
    assert overview(mirror(np.array([[raised, raised], [raised, clear]]), scheme=scheme)).conflicts == 1


def test_a_merge_is_counted_with_its_members() -> None:
    scheme = Scheme().with_flag("a").with_flag("b").with_merge("m", (0, 1))
    raised = label_byte(State.RAISED, Source.HAND)
    found = class_counts(mirror(np.array([[raised, 0, 0], [0, raised, 0]]), scheme=scheme))
    assert [c.name for c in found] == ["m", "a", "b"]
    assert found[0].states[State.RAISED] == 2
    assert found[0].sources == {}
