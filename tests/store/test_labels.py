"""Events, actions and the mirror against plain models: the fold, undo and what other threads see."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import Source, State, fold, label_byte
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.photo import FoundPhoto, PhotoFacts
from weldstudio.domain.scheme import Scheme
from weldstudio.domain.split import Split
from weldstudio.store import actions, events, mirror, models, photos, predictions, splits, unread
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store


def label_now(store: Store) -> dict[tuple[int, int], int]:
    present = events.present(store, list(range(1, 13)))
    return {(photo, slot): byte for photo, blob in present.items() for slot, byte in enumerate(blob) if byte & 3}


def write(store: Store, rows: list[events.Row], source: Source = Source.HAND) -> actions.Written:
    with store.atomic(durable=True):
        written = actions.begin(store, who="Ann", kind="label", text="test")
        events.append(store, written, rows, source=source)
    return written


def test_events_append_and_fold_in(store: Store) -> None:
    raised, clear = label_byte(State.RAISED, Source.HAND), label_byte(State.CLEAR, Source.HAND)
    write(store, [(1, 0, 0, raised), (1, 2, 0, clear), (4, 1, 0, raised)])
    write(store, [(1, 2, clear, 0)])
    assert label_now(store) == {(1, 0): raised, (4, 1): raised} == fold(events.history(store))
    history = events.of_photo(store, 1, slot=2)
    assert [(e.old, e.new) for _, e in history] == [(0, clear), (clear, 0)]
    assert history[0][0].clock < history[1][0].clock


def test_a_photo_that_is_none_takes_no_label(store: Store) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"):
        write(store, [(99, 0, 0, 5)])
    assert actions.last(store) == []


def test_an_action_in_pieces_is_overtaken_by_later_ones(store: Store) -> None:
    slow = label_byte(State.RAISED, Source.IMPORT)
    quick = label_byte(State.CLEAR, Source.HAND)
    with store.atomic():
        written = actions.begin(store, who="Ann", kind="import", text="file", complete=False)
        events.append(store, written, [(1, 0, 0, slow)], source=Source.IMPORT, overtakable=True)
    write(store, [(1, 0, slow, quick), (2, 0, 0, quick)])
    assert actions.by_id(store, written.action.id) is None
    with store.atomic():
        events.append(
            store, written, [(2, 0, quick, slow), (3, 0, 0, slow)], source=Source.IMPORT, first=1, overtakable=True
        )
    actions.finish(store, written, text="all of the file")
    assert label_now(store) == {(1, 0): quick, (2, 0): quick, (3, 0): slow} == fold(events.history(store))
    found = actions.by_id(store, written.action.id)
    assert found is not None
    assert found.action.text == "all of the file"


def test_actions_of_dead_processes_are_finished_at_open_and_those_of_living_ones_are_not(store: Store) -> None:
    with store.atomic():
        mine = actions.begin(store, who="Ann", kind="import", text="mine", complete=False)
        dead = actions.begin(store, who="Ann", kind="import", text="dead", complete=False)
        store.execute("UPDATE actions SET writer = replace(writer, ':', ':1') WHERE seq = ?", (dead.seq,))
        name = store.value("SELECT writer FROM actions WHERE seq = ?", (mine.seq,))
        machine, pid, _ = name.rsplit(":", 2)
        store.execute("UPDATE actions SET writer = ? WHERE seq = ?", (f"{machine}:{pid}:other", dead.seq))
    with Store.open(store.folder) as again:
        assert actions.by_id(again, mine.action.id) is None
        ended = actions.by_id(again, dead.action.id)
        assert ended is not None
        assert ended.action.text == "dead (interrupted)"


def test_clocks_go_on_from_what_other_processes_wrote(store: Store) -> None:
    with store.atomic():
        ahead = actions.begin(store, who="Bob", kind="label", text="from a clock that is fast")
        store.execute("UPDATE actions SET clock = ? WHERE seq = ?", (1 << 62, ahead.seq))
    assert write(store, [(1, 0, 0, 5)]).action.clock > 1 << 62


# ── Photos, joints, splits ────────────────────────────────────────────────────────────────────────


def test_facts_survive_and_what_a_person_said_of_equipment_stands(store: Store) -> None:
    photos.set_equipment(store, [2], "Redbox")
    facts = [
        PhotoFacts("a/00.jpg", 640, 480, 6, "2019-05-04T10:11:12", "Cam 1", "ab" * 32, 2**64 - 1, None),
        PhotoFacts("a/01.jpg", problem="The file is empty."),
        PhotoFacts("nowhere.jpg", 1, 1),
    ]
    changes = photos.record_facts(store, 1, facts)
    assert changes.photos == {1, 2}
    first, second = photos.get(store, 1), photos.get(store, 2)
    assert first is not None
    assert second is not None
    assert (first.width, first.height, first.orientation, first.taken_at) == (640, 480, 6, "2019-05-04T10:11:12")
    assert (first.equipment, first.content_hash, first.perceptual_hash) == ("Cam 1", "ab" * 32, 2**64 - 1)
    assert (second.equipment, second.problem) == ("Redbox", "The file is empty.")
    assert [row[0] for row in unread.without_facts(store)] == list(range(3, 13))
    photos.update_found(store, 1, [FoundPhoto("a/00.jpg", 7, 8)])
    assert unread.without_facts(store)[0] == (1, 1, "a/00.jpg", 7, 8)


def test_a_photo_found_twice_is_one_row(store: Store) -> None:
    found = [FoundPhoto("a/00.jpg", 1, 1), FoundPhoto("b/new.jpg", 1, 1)]
    assert photos.insert_found(store, 1, found).photos == {13}
    assert photos.insert_found(store, 1, found) == Changes()
    assert photos.count(store) == 13


def test_joints_join_by_reference_and_empty_ones_go(store: Store) -> None:
    splits.write(store, {1: Split.TRAIN, 2: Split.TEST}, seed=1)
    photos.set_joints(store, [(1, "J-1", "Smith"), (2, "J-1", None), (3, "J-2", None)])
    joined = {photo.id: photo.joint_id for photo in photos.every(store)}
    assert joined[1] == joined[2] != joined[3]
    joint = photos.joint(store, joined[2])
    assert joint is not None
    assert joint.reference == "J-1"
    assert photos.contractors(store)[joint.contractor_id or 0].name == "Smith"
    assert store.value("SELECT count(*) FROM joints") == 11
    assert splits.read(store) == {}
    alone = photos.joint(store, joined[4])
    assert alone is not None
    assert alone.reference == "a/03.jpg"


def test_a_split_once_written_never_moves(store: Store) -> None:
    splits.write(store, {1: Split.TRAIN}, seed=1)
    splits.write(store, {1: Split.TEST, 2: Split.VALIDATION}, seed=2)
    assert splits.read(store) == {1: Split.TRAIN, 2: Split.VALIDATION}


def test_a_collection_lies_elsewhere_on_another_machine(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    here = photos.root_of(store, 1)
    monkeypatch.setattr("platform.node", lambda: "another")
    assert photos.root_of(store, 1) == here  # the best guess there is
    photos.set_root(store, 1, here / "moved")
    assert photos.root_of(store, 1) == here / "moved"
    monkeypatch.undo()
    assert photos.root_of(store, 1) == here


def test_schemes_survive_the_store(store: Store) -> None:
    scheme = scheme_rows.load(store)
    changed = Scheme(
        tuple(reversed(scheme.with_flag('Ünïcode, "quoted"/yes', 3, key="Shift+A").flags)), scheme.groups, name="x"
    ).with_merge("clamps!", (1, 2))
    scheme_rows.save(store, changed)
    assert scheme_rows.load(store) == changed


# ── The mirror ────────────────────────────────────────────────────────────────────────────────────


def same(one: Mirror, other: Mirror) -> bool:
    arrays = ("ids", "labels", "probabilities", "joint", "collection", "equipment", "taken", "problem", "thresholds")
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=getattr(one, name).dtype.kind == "f")
        for name in arrays
    ) and all(
        getattr(one, name) == getattr(other, name)
        for name in ("paths", "problems", "equipments", "scheme", "model_id", "collections", "roots")
    )


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


def take_step(store: Store, number: int, step: tuple[object, ...]) -> None:
    match step:
        case "label", list(ids), int(value):
            present = events.present(store, ids)
            before = [present[i][0] if present.get(i) else 0 for i in ids]
            write(store, [(i, 0, old, value) for i, old in zip(ids, before, strict=True)])
        case "import", int(count):
            known = photos.count(store)
            photos.insert_found(store, 1, [FoundPhoto(f"n/{known + n}.jpg", 1, 1) for n in range(count)])
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
