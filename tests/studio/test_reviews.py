"""Labelled, reviewed, returned: said of the labels as they are, by whom, undone like every edit."""

import pytest

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State
from weldstudio.domain.review import Drawn, Look, Review, Settled, Standing, with_names, with_slots
from weldstudio.store import mirror as mirrors
from weldstudio.store.store import Store
from weldstudio.studio import history, labelling, reviewing, reviews
from weldstudio.studio.filters import parse
from weldstudio.studio.review_terms import in_force

ANN, BEA = "Ann", "Bea"


def shown(store: Store, text: str) -> list[int]:
    mirror = mirrors.read(store)
    return mirror.ids[reviewing.select(mirror, parse(text, mirror.scheme))].tolist()


def said(store: Store) -> dict[int, Review]:
    return dict(in_force(mirrors.read(store)))


@pytest.fixture
def labelled(welds: Store) -> Store:
    """Photos 1 to 6 labelled by Ann, 7 by a file, the others not at all."""
    labelling.nothing_applies(welds, range(1, 7), who=ANN)
    labelling.set_state(welds, [7], 0, State.RAISED, who="file", source=Source.IMPORT)
    return welds


def test_a_photo_is_labelled_then_reviewed_then_returned(labelled: Store) -> None:
    assert shown(labelled, "review:labelled") == [1, 2, 3, 4, 5, 6]
    assert shown(labelled, "review:none") == [7, 8, 9, 10, 11, 12]
    reviews.mark_reviewed(labelled, [1, 2, 7], who=BEA)
    assert shown(labelled, "review:reviewed") == [1, 2, 7]
    reviews.return_photos(labelled, [2], "the clamp  is\nbehind", who=BEA)
    assert (shown(labelled, "review:reviewed"), shown(labelled, "review:returned")) == ([1, 7], [2])
    [one] = reviews.listed(mirrors.read(labelled), standing=Standing.RETURNED)
    assert (one.path, one.review.who, one.review.to) == ("a/01.jpg", BEA, ANN)
    assert one.review.reason == "the clamp is behind"


def test_what_is_returned_waits_for_the_one_who_labelled_it(labelled: Store) -> None:
    labelling.set_state(labelled, [3], 0, State.RAISED, who="Cy")
    reviews.return_photos(labelled, [2, 3, 7], "look again", who=BEA)
    assert shown(labelled, "returned:Ann") == [2, 7]  # nobody labelled 7 by hand, so it comes back to everybody
    assert shown(labelled, "returned:cy") == [3, 7]
    assert shown(labelled, "returned:Bea") == [7]
    queue = {one.id: one for one in reviewing.queues("Cy")}["returned"]
    mirror = mirrors.read(labelled)
    assert reviewing.queue_counts(mirror, [queue]) == {"returned": 2}


def test_labels_that_change_are_to_be_reviewed_again_and_undo_brings_the_review_back(labelled: Store) -> None:
    reviews.mark_reviewed(labelled, [1], who=BEA)
    reviews.return_photos(labelled, [2], "why", who=BEA)
    before = said(labelled)
    edit = labelling.set_state(labelled, [1, 2], 3, State.RAISED, who=ANN)
    assert shown(labelled, "review:labelled") == [1, 2, 3, 4, 5, 6]
    assert edit.action_id is not None
    undo = labelling.revert(labelled, edit.action_id, who=ANN)
    assert said(labelled) == before
    assert undo.action_id is not None
    redo = labelling.revert(labelled, undo.action_id, who=ANN)
    assert shown(labelled, "review:labelled") == [1, 2, 3, 4, 5, 6]
    assert redo.action_id is not None
    labelling.revert(labelled, redo.action_id, who=ANN)
    assert said(labelled) == before


def test_a_label_that_is_merely_confirmed_leaves_the_review(labelled: Store) -> None:
    reviews.mark_reviewed(labelled, [7], who=BEA)
    assert labelling.set_state(labelled, [7], 0, State.RAISED, who=ANN).action_id is not None
    assert shown(labelled, "review:reviewed") == [7]


def test_what_was_said_is_taken_back_and_said_anew(labelled: Store) -> None:
    done = reviews.return_photos(labelled, [1, 2], "why", who=BEA)
    assert done.action_id is not None
    assert history.effect(labelled, done.action_id).others == 2
    reviews.mark_reviewed(labelled, [2], who="Cy")
    back = labelling.revert(labelled, done.action_id, who=BEA)
    assert "1 label was changed since" in back.text
    assert (shown(labelled, "review:returned"), shown(labelled, "review:reviewed")) == ([], [2])
    assert labelling.undoable(labelled, who=BEA)[-1][2]


def test_handed_in_again_as_it_is(labelled: Store) -> None:
    reviews.return_photos(labelled, [1], "why", who=BEA)
    reviews.reopen(labelled, [1], who=ANN)
    assert shown(labelled, "review:labelled")[0] == 1
    assert reviews.reopen(labelled, [1], who=ANN).action_id is None


def test_returning_with_the_same_words_again_changes_nothing(labelled: Store) -> None:
    assert reviews.return_photos(labelled, [1], "why", who=BEA).action_id is not None
    assert reviews.return_photos(labelled, [1], "why", who=BEA).action_id is None
    assert reviews.return_photos(labelled, [1], "why not", who=BEA).action_id is not None
    assert said(labelled)[1].reason == "why not"


def test_what_makes_no_sense_is_refused(labelled: Store) -> None:
    for wrong in (
        lambda: reviews.return_photos(labelled, [1], "  ", who=BEA),
        lambda: reviews.return_photos(labelled, [1], "x" * 2_001, who=BEA),
        lambda: reviews.mark_reviewed(labelled, [8], who=BEA),
        lambda: reviews.mark_reviewed(labelled, [99], who=BEA),
        lambda: reviews.mark_reviewed(labelled, [], who=BEA),
    ):
        with pytest.raises(EditRefused):
            wrong()
    assert said(labelled) == {}


def test_a_photo_says_what_was_said_of_it_in_its_history(labelled: Store) -> None:
    reviews.return_photos(labelled, [1], "why", who=BEA)
    reviews.mark_reviewed(labelled, [1], who="Cy")
    said = [(entry.who, entry.details) for entry in history.of_photo(labelled, 1)][:2]
    assert said == [("Cy", ("reviewed",)), ("Bea", ("returned to Ann: why",))]


def test_a_mirror_that_is_kept_up_says_the_same_as_a_new_one(labelled: Store) -> None:
    mirror = mirrors.read(labelled)
    for say in (
        lambda: reviews.mark_reviewed(labelled, [1, 2], who=BEA),
        lambda: reviews.return_photos(labelled, [2, 3], "why", who=BEA),
        lambda: reviews.reopen(labelled, [1], who=BEA),
    ):
        mirror.apply(mirrors.read_rows(labelled, say().changes))
        assert mirror.reviews.states == mirrors.read(labelled).reviews.states


def test_texts_in_the_store_mean_what_they_meant() -> None:
    for value in (
        Review(Standing.RETURNED, 'Ann "A"', 5, b"\x01", "Bé", "why\tnot"),
        Look(b"\x05\x00", 9, b"\xff", "Ann"),
        Drawn(6, b"\x05"),
        Settled(State.CLEAR, "Ann", 7),
    ):
        assert type(value).of_text(value.text) == value


def test_texts_travel_by_the_names_of_classes() -> None:
    look = Look(b"\x05\x00\x06", 9, b"\x00\x05", "Ann")
    travelling = with_names(look.text, {0: "soil", 1: "bent", 2: 'yes/no, "quoted"'})
    there = with_slots(travelling, {"soil": 2, "bent": 0, 'yes/no, "quoted"': 1})
    assert Look.of_text(there) == Look(b"\x00\x06\x05", 9, b"\x05", "Ann")
    assert with_names("", {}) == with_slots("", {}) == ""
    with pytest.raises(KeyError, match="soil"):
        with_slots(travelling, {"bent": 0})
