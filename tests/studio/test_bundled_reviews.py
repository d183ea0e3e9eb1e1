"""Reviews, second looks and audits between desks: in any order, however often, all desks end alike."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.studio.conftest import FLAGS
from tests.studio.test_bundling import PHOTOS, desk, exchange, sent, taken
from weldstudio.domain.labelling import State
from weldstudio.domain.review import Review, Standing
from weldstudio.domain.scheme import Scheme
from weldstudio.store import altered
from weldstudio.store import mirror as mirrors
from weldstudio.store.store import Store
from weldstudio.studio import conflicts, history, labelling, reviews, samples, second
from weldstudio.studio.review_terms import audited, in_force, pending, waiting

EVERY = range(1, PHOTOS + 1)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """Ann's desk, where she has labelled every photo, and Bob's, who has her labels."""
    with desk(tmp_path / "A") as ann, desk(tmp_path / "B") as bob:
        labelling.nothing_applies(ann, EVERY, who="Ann")
        exchange(ann, bob, tmp_path)
        yield ann, bob


def said(store: Store) -> dict[int, Review]:
    return dict(in_force(mirrors.read(store)))


def test_what_was_reviewed_and_returned_travels_and_holds_for_the_labels_it_was_said_of(
    pair: tuple[Store, Store], tmp_path: Path
) -> None:
    ann, bob = pair
    reviews.mark_reviewed(bob, [1, 2], who="Bob")
    reviews.return_photos(bob, [3], "the clamp is hidden", who="Bob")
    report = taken(ann, sent(bob, tmp_path / "b"))
    assert (report.reviews, report.waiting) == (3, 0)
    assert "3 reviews" in report.text
    assert said(ann) == said(bob)
    assert (said(ann)[3].to, said(ann)[3].reason) == ("Ann", "the clamp is hidden")
    assert history.of_photo(ann, 3)[0].details == ("returned to Ann: the clamp is hidden",)
    change = labelling.set_state(ann, [1, 3], 0, State.RAISED, who="Ann")
    exchange(ann, bob, tmp_path)
    assert set(said(ann)) == set(said(bob)) == {2}
    assert change.action_id is not None
    labelling.revert(bob, change.action_id, who="Bob")
    exchange(ann, bob, tmp_path)
    assert set(said(ann)) == set(said(bob)) == {1, 2, 3}
    again = taken(ann, sent(bob, tmp_path / "again"))
    assert again.reviews == 0


def test_a_review_made_elsewhere_of_other_labels_does_not_hold_here(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    labelling.set_state(ann, [1], 0, State.RAISED, who="Ann")
    reviews.mark_reviewed(bob, [1, 2], who="Bob")  # later, but what Ann has changed Bob has not seen
    exchange(ann, bob, tmp_path)
    assert set(said(ann)) == set(said(bob)) == {2}


def test_a_photo_goes_back_to_who_labelled_it_last_not_to_whose_label_came_in_last(
    pair: tuple[Store, Store], tmp_path: Path
) -> None:
    ann, bob = pair
    labelling.set_state(bob, [1], 0, State.RAISED, who="Bob")
    labelling.set_state(ann, [1], 3, State.RAISED, who="Ann")
    taken(ann, sent(bob, tmp_path / "b"))
    reviews.return_photos(ann, [1], "why", who="Lee")
    assert said(ann)[1].to == "Ann"


def test_a_label_given_elsewhere_before_is_no_look_at_a_changed_file(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    labelling.set_state(bob, [1], 0, State.RAISED, who="Bob")
    labelling.set_state(ann, [2], 0, State.RAISED, who="Ann")
    with ann.atomic():
        altered.put_back(ann, [(1, ann.value("SELECT max(seq) FROM actions"), "former")])
    taken(ann, sent(bob, tmp_path / "b"))
    assert altered.waiting(ann) == {1}
    labelling.set_state(bob, [1], 0, State.CLEAR, who="Bob")
    taken(ann, sent(bob, tmp_path / "later"))
    assert altered.waiting(ann) == frozenset()


def test_of_two_reviewers_the_later_one_holds_at_both_desks(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    reviews.return_photos(ann, [1], "why", who="Ann")
    reviews.mark_reviewed(bob, [1, 2], who="Bob")
    reviews.return_photos(ann, [2], "why", who="Ann")
    exchange(ann, bob, tmp_path)
    for store in pair:
        assert {photo: one.who for photo, one in said(store).items()} == {1: "Bob", 2: "Ann"}


def test_a_review_is_taken_back_at_another_desk(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    reviews.mark_reviewed(ann, [1], who="Cy")
    done = reviews.return_photos(ann, [1, 2], "why", who="Ann").action_id
    exchange(ann, bob, tmp_path)
    assert done is not None
    labelling.revert(bob, done, who="Bob")
    exchange(ann, bob, tmp_path)
    for store in pair:
        assert {photo: (one.said, one.who) for photo, one in said(store).items()} == {1: (Standing.REVIEWED, "Cy")}


def test_a_second_look_is_sent_to_another_desk_and_its_answer_comes_back(
    pair: tuple[Store, Store], tmp_path: Path
) -> None:
    ann, bob = pair
    second.draw(ann, 0.5, "Bob", seed=3, who="Ann")
    exchange(ann, bob, tmp_path)
    owed = sorted(pending(mirrors.read(bob).reviews, "Bob"))
    assert len(owed) == 2
    second.give(bob, [owed[0]], who="Bob", states=[(1, State.RAISED)])
    second.nothing_applies(bob, [owed[1]], who="Bob")
    exchange(ann, bob, tmp_path)
    for store in pair:
        found = second.agreement(mirrors.read(store))
        assert (found.given, found.waiting, found.differing) == ({"Bob": 2}, {}, 1)
        name = FLAGS.by_slot(1).name
        assert (found.flags[name].n, found.flags[name].second) == (2, 1)
        [differing] = conflicts.listed(store)
        assert (differing.photo_id, [answer.who for answer in differing.answers]) == (owed[0], ["Ann", "Bob"])
    conflicts.settle(ann, owed[0], 1, State.RAISED, who="Ann")
    exchange(ann, bob, tmp_path)
    for store in pair:
        assert conflicts.listed(store) == ()
        assert second.agreement(mirrors.read(store)).settled == 1


def test_an_audit_is_drawn_at_one_desk_and_worked_off_at_the_other(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    reviews.mark_reviewed(bob, EVERY, who="Bob")  # before the draw: not what the audit asks for
    samples.draw_audit(ann, 2, seed=5, who="Ann")
    exchange(ann, bob, tmp_path)
    drawn = mirrors.read(bob).ids[waiting(mirrors.read(bob))].tolist()
    assert len(drawn) == 2
    labelling.set_state(bob, drawn[:1], 0, State.RAISED, who="Bob")
    reviews.mark_reviewed(bob, drawn, who="Bob")
    exchange(ann, bob, tmp_path)
    for store in pair:
        mirror = mirrors.read(store)
        assert mirror.ids[audited(mirror)].tolist() == drawn
        [audit] = samples.audits(mirror, samples.draws(store))
        assert (audit.draw.seed, audit.draw.out_of, audit.done, audit.wrong) == (5, 4, 2, samples.Share(1, 2))
    assert samples.draws(ann) == samples.draws(bob)


def test_reviews_find_their_classes_by_name_and_wait_for_those_that_are_not_here(tmp_path: Path) -> None:
    other = Scheme().with_flag("bent", 35).with_flag(FLAGS.by_slot(0).name, 50)
    with desk(tmp_path / "A") as ann, desk(tmp_path / "B", flags=other) as bob:
        labelling.set_state(ann, [1], 0, State.RAISED, who="Ann")
        labelling.set_state(ann, [2], 1, State.RAISED, who="Ann")
        reviews.mark_reviewed(ann, [1, 2], who="Cy")
        file = sent(ann, tmp_path / "a")
        report = taken(bob, file)
        assert FLAGS.by_slot(1).name in report.missing_flags
        assert (report.reviews, set(said(bob))) == (1, {1})
        report = taken(bob, file, new_flags=True)
        assert (report.reviews, report.waiting, set(said(bob))) == (1, 0, {1, 2})


# ── The law ───────────────────────────────────────────────────────────────────────────────────────

DESK, PHOTO = st.integers(0, 2), st.integers(1, 2)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("label"), DESK, PHOTO, st.sampled_from([State.RAISED, State.CLEAR])),
        st.tuples(st.just("review"), DESK, PHOTO),
        st.tuples(st.just("return"), DESK, PHOTO),
        st.tuples(st.just("draw"), DESK),
        st.tuples(st.just("second"), DESK, PHOTO),
        st.tuples(st.just("revert"), DESK, st.integers(0, 30)),
        st.tuples(st.just("send"), DESK),
        st.tuples(st.just("take"), DESK, st.integers(0, 9)),
    ),
    max_size=14,
)


def step(store: Store, who: str, what: str, rest: list) -> None:  # type: ignore[type-arg]
    labelled = [photo for photo in EVERY if labelling.history(store, photo)]
    match what:
        case "label":
            labelling.set_state(store, rest[:1], 0, rest[1], who=who)
        case "review" if rest[0] in labelled:
            reviews.mark_reviewed(store, rest, who=who)
        case "return" if rest[0] in labelled:
            reviews.return_photos(store, rest, f"says {who}", who=who)
        case "draw":
            samples.draw_audit(store, 2, seed=1, who=who, of="-problem")
            if labelled:
                second.draw(store, 1, f"{len(samples.draws(store))}", seed=1, who=who, of="labelled")
        case "second":
            sent_to = mirrors.read(store).reviews.looks.get(rest[0], {})
            for name, look in sent_to.items():
                if not look.given:
                    second.give(store, rest[:1], who=name, states=[(1, State.RAISED)])
        case "revert":
            known = store.rows("SELECT id FROM actions ORDER BY clock, id")
            if known:
                labelling.revert(store, known[rest[0] % len(known)][0], who=who)


def test_in_whatever_order_all_desks_end_with_the_same_reviews(trials: Any) -> None:
    @settings(max_examples=trials(12, 2000), deadline=None)
    @given(STEPS, st.permutations(range(6)))
    def law(steps: list[tuple], order: list[int]) -> None:  # type: ignore[type-arg]
        with tempfile.TemporaryDirectory() as place, ExitStack() as opened:
            folder = Path(place)
            stores = [opened.enter_context(desk(folder / name)) for name in "ABC"]
            bundles: list[Path] = []
            for number, (what, at, *rest) in enumerate(steps):
                if what == "send":
                    bundles.append(sent(stores[at], folder / f"{number}.weldlabels"))
                elif what == "take" and bundles:
                    taken(stores[at], bundles[rest[0] % len(bundles)])
                elif what != "take":
                    step(stores[at], "ABC"[at], what, rest)
            last = [sent(store, folder / f"last{n}.weldlabels") for n, store in enumerate(stores)]
            for number in order:
                taken(stores[number % 3], last[(number + 1 + number // 3) % 3])
            first, *others = stores
            for other in others:
                assert mirrors.read(other).reviews == mirrors.read(first).reviews
                assert said(other) == said(first)
                assert samples.draws(other) == samples.draws(first)

    law()
