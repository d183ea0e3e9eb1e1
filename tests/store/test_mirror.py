"""The mirror follows the store, whoever writes."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.written import write
from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.photo import FoundPhoto, PhotoFacts
from weldstudio.domain.split import Split
from weldstudio.store import altered, events, first_pass, mirror, models, packed, photos, predictions, splits
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store


def same(one: Mirror, other: Mirror) -> bool:
    arrays = ("ids", "labels", "probabilities", "joint", "collection", "taken", "added", "problem", "thresholds")
    return (
        all(
            np.array_equal(getattr(one, name), getattr(other, name), equal_nan=getattr(one, name).dtype.kind == "f")
            for name in arrays
        )
        and all(
            getattr(one, name) == getattr(other, name)
            for name in ("paths", "problems", "scheme", "model_id", "collections", "roots")
        )
        and _words(one) == _words(other)
    )


def _words(seen: Mirror) -> tuple[object, ...]:
    """What stands behind numbers."""
    joints, every = seen.joints, np.unique(seen.joint)
    named = [[known.name_of(joint) for joint in every.tolist()] for known in (joints.kinds, joints.mediums)]
    equipments = [seen.equipments[code] for code in seen.equipment.tolist()]
    return equipments, named, joints.references, joints.contracted.tolist(), joints.contractors, joints.splits


CARD = ModelCard("m1", "first", "net", (ModelClass(0, "soil", 0.25), ModelClass(2, "few clamps", 0.75)))

steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("label"), st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True), st.integers(0, 4)
        ),
        st.tuples(st.just("import"), st.integers(1, 3)),
        st.tuples(st.just("facts"), st.integers(0, 11)),
        st.tuples(st.just("predict"), st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True)),
        st.tuples(st.just("activate")),
        st.tuples(st.just("joints")),
        st.tuples(st.just("pack")),
        st.tuples(st.just("flag")),
    ),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(steps)
def test_a_mirror_that_follows_equals_one_read_anew(store: Store, todo: list[tuple[object, ...]]) -> None:
    followed = mirror.read(store)
    seen = store.sequence
    for number, step in enumerate(todo):
        take_step(store, number, step)
        newest = store.sequence
        followed.apply(mirror.read_rows(store, store.changes_since(seen)))
        seen = newest
        assert same(followed, mirror.read(store))
    (store.folder / packed.FILE).unlink(missing_ok=True)
    assert same(followed, mirror.read(store)), "as row by row"


def take_step(store: Store, number: int, step: tuple[object, ...]) -> None:
    match step:
        case "label", list(ids), int(value):
            present = events.present(store, ids)
            before = [present[i][0] if present.get(i) else 0 for i in ids]
            write(store, [(i, 0, old, value) for i, old in zip(ids, before, strict=True)])
        case "import", int(count):
            known = photos.count(store)
            first_pass.insert_found(store, 1, [FoundPhoto(f"n/{known + n}.jpg", 1, 1) for n in range(count)])
        case "facts", int(which):
            problem = "It is broken." if number % 2 else None
            fact = PhotoFacts(f"a/{which:02}.jpg", 4, 3, 1, "2020-01-01T00:00:00", f"Cam {which % 3}", problem=problem)
            photos.record_facts(store, 1, [fact])
        case "predict", list(ids):
            models.add(store, CARD)
            predictions.write(store, "m1", ids, np.full((len(ids), 3), number / 10, np.float16))
        case ("activate",):
            models.add(store, CARD)
            models.activate(store, None if models.active_id(store) else "m1")
        case ("joints",):
            photos.set_joints(store, [(1, f"J{number}", None), (2, f"J{number}", "Smith")])
            photos.set_joint_facts(store, photos.joints_shown(store, [2, 3]), kind=f"T{number}", medium="Gas")
            splits.write(store, dict.fromkeys(photos.joints_shown(store, [1]), Split.TEST), seed=0)
        case ("pack",):
            packed.write(store, packed.row_by_row(store))
        case ("flag",):
            scheme = scheme_rows.load(store)
            scheme_rows.save(store, scheme.with_flag(f"flag {scheme.slots}"))


def test_a_label_shown_ahead_goes_when_the_store_says_otherwise(store: Store) -> None:
    seen = mirror.read(store)
    seen.set_label([5, 1], 7, 6)  # a slot that the scheme has not got yet
    assert seen.labels[seen.row(5), 7] == 6
    seen.apply(mirror.read_rows(store, Changes(labels=frozenset({5, 1}))))
    assert not seen.labels.any()
    with pytest.raises(KeyError):
        seen.row(99)


def test_the_mirror_resolves_merges_and_thresholds(store: Store) -> None:
    models.add(store, CARD)
    models.activate(store, "m1")
    nan = np.nan
    values = [[0.3, nan, 0.7], [0.2, nan, 0.8], [nan, nan, nan]]
    predictions.write(store, "m1", [1, 2, 3], np.array(values, np.float16))
    scheme_rows.save(store, scheme_rows.load(store).with_merge("clamps!", (1, 2)))
    seen = mirror.read(store)
    assert seen.predicted(0)[:3].tolist() == [True, False, False]
    assert seen.predicted(3)[:3].tolist() == [False, True, False]
    assert np.allclose(seen.probability(3)[:2], [0.7, 0.8], atol=1e-3)
    assert np.isnan(seen.probability(3)[2])
    assert seen.threshold(2) == 0.75
    write(store, [(4, 2, 0, label_byte(State.RAISED, Source.HAND))])
    assert mirror.read(store).states(3)[3] == State.RAISED
    assert seen.photo_path(1) == photos.root_of(store, 1) / "a/00.jpg"


def test_files_that_changed_are_known_photo_by_photo(store: Store) -> None:
    with store.atomic():
        store.record(altered.put_back(store, [(1, 0, "former"), (2, 0, "former"), (3, 0, "former")]))
    seen = mirror.read(store)
    assert seen.altered == {1, 2, 3}
    with store.atomic():
        away = store.record(altered.take_away(store, [2]))
        store.record(altered.put_back(store, [(4, 0, "former")]))
    seen.apply(mirror.read_rows(store, away))
    assert seen.altered == {1, 3}, "of the others nothing was asked"
    seen.apply(mirror.read_rows(store, Changes(reviews=frozenset({3, 4}))))
    assert seen.altered == {1, 3, 4}
