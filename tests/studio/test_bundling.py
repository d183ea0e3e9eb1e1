"""Bundles between desks: whatever the order and however often, all desks end with the same labels; nothing is lost."""

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.studio.conftest import FLAGS
from tests.studio.test_restoring import finish, labelling_now
from weldstudio.domain.errors import EditRefused, ImportRefused
from weldstudio.domain.labelling import State, fold, state_of
from weldstudio.domain.photo import FoundPhoto, PhotoFacts
from weldstudio.domain.scheme import Flag, Scheme
from weldstudio.store import desks as rows
from weldstudio.store import events, first_pass, mirror, photos
from weldstudio.store.store import Store
from weldstudio.studio import bundling, conflicts, labelling, projects, reviews, scheme
from weldstudio.studio.bundling import TakeReport
from weldstudio.studio.review_terms import in_force

PHOTOS = 4
UUID = "6f1c7c1e-0000-4000-8000-000000000001"


@contextmanager
def desk(
    folder: Path, *, uuid: str = UUID, flags: Scheme = FLAGS, count: int = PHOTOS, prefix: str = "a"
) -> Iterator[Store]:
    """A project with the same photographs as at the other desks, as if its folder had been copied."""
    with projects.create(folder, scheme=flags) as store:
        collection, _ = photos.add_collection(store, "north", folder / "photos")
        with store.atomic():
            store.execute("UPDATE collections SET uuid = ?", (uuid,))
        first_pass.insert_found(
            store, collection.id, [FoundPhoto(f"{prefix}/{n:02}.jpg", 100, n) for n in range(count)]
        )
        facts = [PhotoFacts(f"{prefix}/{n:02}.jpg", 8, 8, content_hash=f"{n:064x}") for n in range(count)]
        photos.record_facts(store, collection.id, facts)
        yield store


def sent(store: Store, file: Path, *, since: date | None = None) -> Path:
    finish(bundling.make(store, file, since=since, who="Ann"))
    return file


def taken(store: Store, file: Path, *, new_flags: bool = False) -> TakeReport:
    report = finish(bundling.take(store, file, who="Ann", new_flags=new_flags))
    assert isinstance(report, TakeReport)
    return report


def exchange(store: Store, other: Store, folder: Path) -> None:
    for one, two in ((store, other), (other, store)):
        taken(two, sent(one, folder / "exchange.weldlabels"))


def answers(store: Store) -> list[tuple[int, int, tuple[tuple[str, State], ...]]]:
    return [(c.photo_id, c.slot, tuple((said.who, said.state) for said in c.answers)) for c in conflicts.listed(store)]


# ── The law ───────────────────────────────────────────────────────────────────────────────────────

STATES = st.sampled_from([State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN])
EDIT = st.tuples(st.just("edit"), st.integers(0, 2), st.integers(1, PHOTOS), st.integers(0, 3), STATES)
REVERT = st.tuples(st.just("revert"), st.integers(0, 2), st.integers(0, 30))
SETTLE = st.tuples(st.just("settle"), st.integers(0, 2), st.integers(0, 9), STATES)
SEND = st.tuples(st.just("send"), st.integers(0, 2))
TAKE = st.tuples(st.just("take"), st.integers(0, 2), st.integers(0, 9))
STEPS = st.lists(st.one_of(EDIT, EDIT, REVERT, SETTLE, SEND, TAKE, TAKE), max_size=25)


@given(STEPS, st.permutations(range(6)))
def test_in_whatever_order_and_however_often_all_desks_end_alike(steps: list[tuple], order: list[int]) -> None:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as place, ExitStack() as opened:
        folder = Path(place)
        stores = [opened.enter_context(desk(folder / name)) for name in "ABC"]
        bundles: list[Path] = []
        for number, (what, at, *rest) in enumerate(steps):
            store, who = stores[at], "ABC"[at]
            if what == "edit":
                photo, slot, state = rest
                labelling.set_state(store, [photo], slot, state, who=who)
            elif what == "revert":
                known = store.rows("SELECT id FROM actions ORDER BY seq")
                if known:
                    labelling.revert(store, known[rest[0] % len(known)][0], who=who)
            elif what == "settle":
                found = conflicts.listed(store)
                if found and rest[1] != State.UNSEEN:
                    one = found[rest[0] % len(found)]
                    conflicts.settle(store, one.photo_id, one.slot, rest[1], who=who)
            elif what == "send":
                bundles.append(sent(store, folder / f"{number}.weldlabels"))
            elif bundles:
                taken(store, bundles[rest[0] % len(bundles)])
            assert labelling_now(store) == fold(events.history(store))
        last = [sent(store, folder / f"last{n}.weldlabels") for n, store in enumerate(stores)]
        for number in order:
            taken(stores[number % 3], last[(number + 1 + number // 3) % 3])
        first, *others = stores
        for other in others:
            assert labelling_now(other) == labelling_now(first)
            assert answers(other) == answers(first)
            assert other.rows("SELECT id FROM actions ORDER BY id") == first.rows("SELECT id FROM actions ORDER BY id")
        for store in stores:
            assert labelling_now(store) == fold(events.history(store))
            before = store.sequence
            again = [taken(store, file) for file in (*bundles, *last)]
            assert all(report.labels == 0 for report in again)
            assert store.sequence == before


# ── What it means ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    with desk(tmp_path / "A") as ann, desk(tmp_path / "B") as bob:
        yield ann, bob


def test_different_answers_are_a_conflict_until_somebody_settles_it(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    labelling.set_state(ann, [1], 0, State.RAISED, who="Ann")
    labelling.set_state(ann, [2], 0, State.RAISED, who="Ann")
    labelling.set_state(bob, [1], 0, State.CLEAR, who="Bob")
    labelling.set_state(bob, [2], 0, State.RAISED, who="Bob")  # the same answer is none
    exchange(ann, bob, tmp_path)
    for store in pair:
        assert answers(store) == [(1, 0, (("Ann", State.RAISED), ("Bob", State.CLEAR)))]
        assert state_of(labelling_now(store)[1, 0]) == State.CLEAR
    conflicts.settle(ann, 1, 0, State.CLEAR, who="Ann")  # the present answer, said to hold
    assert answers(ann) == []
    assert len(answers(bob)) == 1
    exchange(ann, bob, tmp_path)
    assert answers(bob) == []
    with pytest.raises(EditRefused, match="no conflict about soil"):
        conflicts.settle(bob, 1, 0, State.CLEAR, who="Bob")


def test_taking_the_settling_back_opens_the_conflict_again_at_all_desks(
    pair: tuple[Store, Store], tmp_path: Path
) -> None:
    ann, bob = pair
    labelling.set_state(ann, [1], 0, State.RAISED, who="Ann")
    labelling.set_state(bob, [1], 0, State.CLEAR, who="Bob")
    exchange(ann, bob, tmp_path)
    settled = conflicts.settle(ann, 1, 0, State.UNSURE, who="Ann").action_id
    exchange(ann, bob, tmp_path)
    assert answers(ann) == answers(bob) == []
    assert settled is not None
    open_again = labelling.revert(ann, settled, who="Ann").action_id
    held = [(1, 0, (("Ann", State.RAISED), ("Bob", State.CLEAR)))]
    assert answers(ann) == held
    assert state_of(labelling_now(ann)[1, 0]) == State.CLEAR
    exchange(ann, bob, tmp_path)
    assert answers(bob) == held
    assert open_again is not None
    redone = labelling.revert(bob, open_again, who="Bob").action_id  # redo
    assert answers(bob) == []
    assert state_of(labelling_now(bob)[1, 0]) == State.UNSURE
    assert redone is not None
    labelling.revert(bob, redone, who="Bob")
    exchange(ann, bob, tmp_path)
    assert answers(ann) == answers(bob) == held


def test_an_answer_given_in_knowledge_of_the_other_is_no_conflict(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    labelling.set_state(ann, [1], 0, State.RAISED, who="Ann")
    exchange(ann, bob, tmp_path)
    labelling.set_state(bob, [1], 0, State.CLEAR, who="Bob")
    exchange(ann, bob, tmp_path)
    assert answers(ann) == answers(bob) == []
    assert state_of(labelling_now(ann)[1, 0]) == State.CLEAR


def test_one_who_goes_on_without_knowing_settles_nothing(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    labelling.set_state(ann, [1], 0, State.RAISED, who="Ann")
    labelling.set_state(bob, [1], 0, State.CLEAR, who="Bob")
    labelling.set_state(bob, [1], 0, State.UNSURE, who="Bob")
    exchange(ann, bob, tmp_path)
    assert answers(ann) == answers(bob) == [(1, 0, (("Ann", State.RAISED), ("Bob", State.UNSURE)))]
    labelling.set_state(bob, [1], 0, State.RAISED, who="Bob")  # now he has seen hers
    assert answers(bob) == []


def test_an_answer_taken_back_elsewhere_is_not_lost_unseen(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    first = labelling.set_state(ann, [1], 0, State.RAISED, who="Ann").action_id
    exchange(ann, bob, tmp_path)
    labelling.set_state(bob, [1], 0, State.UNSURE, who="Bob")
    assert first is not None
    labelling.revert(ann, first, who="Ann")
    exchange(ann, bob, tmp_path)
    assert answers(ann) == answers(bob) == [(1, 0, (("Bob", State.UNSURE), ("Ann", State.UNSEEN)))]


def test_an_action_of_the_other_desk_can_be_taken_back(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    theirs = labelling.set_state(ann, [1, 2, 3], 0, State.RAISED, who="Ann").action_id
    exchange(ann, bob, tmp_path)
    assert theirs is not None
    labelling.revert(bob, theirs, who="Bob")
    assert labelling_now(bob) == {}
    exchange(ann, bob, tmp_path)
    assert labelling_now(ann) == {}


def test_since_a_day_leaves_out_what_was_before(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    labelling.set_state(ann, [1], 0, State.RAISED, who="Ann")
    tomorrow = date.today() + timedelta(days=1)
    assert taken(bob, sent(ann, tmp_path / "b", since=tomorrow)).labels == 0
    assert taken(bob, sent(ann, tmp_path / "b", since=tomorrow - timedelta(days=2))).labels == 1


def test_a_gap_between_bundles_is_said(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    old = labelling.set_state(ann, [1], 0, State.RAISED, who="Ann").action_id
    yesterday = 2**17 * 86_400_000
    with ann.atomic():
        ann.execute("UPDATE actions SET clock = clock - ? WHERE id = ?", (yesterday, old))
    labelling.set_state(ann, [1], 0, State.CLEAR, who="Ann")
    report = taken(bob, sent(ann, tmp_path / "b", since=date.today()))
    assert (report.labels, report.unknown_before) == (1, 1)
    assert "earlier day" in report.text
    assert taken(bob, sent(ann, tmp_path / "b")).unknown_before == 0
    assert labelling_now(bob) == labelling_now(ann)


# ── Photographs and flags that are elsewhere, or not there ────────────────────────────────────────


def test_a_collection_imported_by_oneself_is_found_by_its_content(tmp_path: Path) -> None:
    with desk(tmp_path / "A") as ann, desk(tmp_path / "B", uuid=UUID[:-1] + "2", prefix="elsewhere") as bob:
        labelling.set_state(ann, [3], 0, State.RAISED, who="Ann")
        labelling.set_state(bob, [2], 1, State.RAISED, who="Bob")
        exchange(ann, bob, tmp_path)
        assert labelling_now(ann) == labelling_now(bob)
        assert set(labelling_now(ann)) == {(3, 0), (2, 1), (2, 2)}


def test_content_that_several_photos_share_names_none(tmp_path: Path) -> None:
    with desk(tmp_path / "A") as ann, desk(tmp_path / "B", uuid=UUID[:-1] + "2") as bob:
        with bob.atomic():
            bob.execute("UPDATE photos SET content_hash = (SELECT content_hash FROM photos WHERE id = 3)")
        labelling.set_state(ann, [3], 0, State.RAISED, who="Ann")
        report = taken(bob, sent(ann, tmp_path / "b"))
        assert (report.labels, report.waiting, report.missing_photos) == (0, 1, 1)
        assert labelling_now(bob) == {}


def test_labels_wait_for_their_photo_and_travel_on_meanwhile(tmp_path: Path) -> None:
    with ExitStack() as opened:
        ann, carol = (opened.enter_context(desk(tmp_path / name)) for name in "AC")
        bob = opened.enter_context(desk(tmp_path / "B", count=2))
        labelling.set_state(ann, [1, 4], 0, State.RAISED, who="Ann")
        report = taken(bob, sent(ann, tmp_path / "a"))
        assert (report.labels, report.waiting, report.missing_photos) == (1, 1, 1)
        taken(carol, sent(bob, tmp_path / "b"))
        assert labelling_now(carol) == labelling_now(ann)
        found = [FoundPhoto(f"a/{n:02}.jpg", 100, n) for n in range(PHOTOS)]
        first_pass.insert_found(bob, 1, found)
        labelling.set_state(bob, [4], 0, State.CLEAR, who="Bob")  # not knowing what waits
        report = taken(bob, sent(carol, tmp_path / "c"))
        assert (report.labels, report.waiting) == (1, 0)
        assert answers(bob) == [(4, 0, (("Ann", State.RAISED), ("Bob", State.CLEAR)))]
        taken(ann, sent(bob, tmp_path / "b"))
        assert answers(ann) == answers(bob)


def test_flags_go_by_their_names_and_lacking_ones_can_be_added(tmp_path: Path) -> None:
    other = Scheme((Flag(0, "water", 15), Flag(1, "soil", 10)), name="other")
    with desk(tmp_path / "A") as ann, desk(tmp_path / "B", flags=other) as bob:
        for slot in (0, 1, 3):
            labelling.set_state(ann, [1], slot, State.RAISED, who="Ann")
        report = taken(bob, sent(ann, tmp_path / "a"))
        assert (report.labels, report.missing_flags) == (2, ("no clamp", "few clamps"))
        assert set(labelling_now(bob)) == {(1, 0), (1, 1)}
        report = taken(bob, sent(ann, tmp_path / "a"), new_flags=True)
        assert (report.labels, report.waiting) == (2, 0)
        ours = projects.load_scheme(bob)
        assert (ours.by_name("soil").slot, ours.points_of(1)) == (1, 10)  # what was here stays as it was
        assert ours.by_name("no clamp").slot == 2


def test_a_name_of_a_class_with_odd_letters_survives(tmp_path: Path) -> None:
    name = ' "Ünsure", yes/no; CON\t'
    with desk(tmp_path / "A") as ann, desk(tmp_path / "B") as bob:
        for store in (ann, bob):
            scheme.add_flag(store, name.strip(), 5, who="Ann")
        slot = projects.load_scheme(ann).by_name(name.strip()).slot
        labelling.set_state(ann, [1], slot, State.RAISED, who="Ann")
        assert taken(bob, sent(ann, tmp_path / "a")).labels == 1


# ── Files ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_cut_off_or_of_another_kind_is_refused_whole(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    for photo in range(1, PHOTOS + 1):
        labelling.set_state(ann, [photo], 0, State.RAISED, who="Ann")
    whole = sent(ann, tmp_path / "whole.weldlabels").read_bytes()
    plain = gzip.decompress(whole)
    lines = plain.splitlines(keepends=True)
    for content in (
        b"",
        b"no bundle",
        whole[: len(whole) // 2],
        gzip.compress(b"".join(lines[:-1])),
        gzip.compress(b"".join(lines[:3] + lines[4:])),
        gzip.compress(b'{"weldstudio_bundle": 99}\n'),
        gzip.compress(b"[1]\n"),
        gzip.compress(plain.replace(b'"events":[[0,', b'"events":[["x",', 1)),
    ):
        (tmp_path / "bad").write_bytes(content)
        with pytest.raises(ImportRefused):
            taken(bob, tmp_path / "bad")
    with pytest.raises(ImportRefused):
        taken(bob, tmp_path / "none")
    assert bob.value("SELECT count(*) FROM actions") == 0
    with pytest.raises(ImportRefused, match="cannot be written"):
        sent(ann, tmp_path / "no folder" / "x")
    assert not list(tmp_path.glob("*.part"))


def test_a_large_action_goes_in_pieces_and_a_cancelled_one_is_completed_by_taking_it_again(tmp_path: Path) -> None:
    with desk(tmp_path / "A", count=900) as ann, desk(tmp_path / "B", count=900) as bob:
        labelling.set_state(ann, range(1, 901), 0, State.RAISED, who="Ann")
        file = sent(ann, tmp_path / "a")
        work = bundling.take(bob, file, who="Bob")
        while next(work).text != "Taking labels in":
            pass
        work.close()
        assert 0 < len(labelling_now(bob)) < 900
        report = taken(bob, file)
        assert report.known == 200
        assert len(labelling_now(bob)) == 900
        assert rows.conflicts(bob) == []


def test_what_a_bundle_changes_is_to_be_reviewed_again(tmp_path: Path) -> None:
    with desk(tmp_path / "A") as ann, desk(tmp_path / "B") as bob:
        labelling.set_state(bob, [1, 2], 0, State.CLEAR, who="Bob")
        reviews.mark_reviewed(bob, [1, 2], who="Cy")
        labelling.set_state(ann, [1], 0, State.RAISED, who="Ann")
        taken(bob, sent(ann, tmp_path / "a"))
        assert [photo for photo, _ in in_force(mirror.read(bob))] == [2]
