"""Audit samples: drawn by chance, remembered with seed and date, and what they say of the labels."""

import pytest

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import State
from weldstudio.store import mirror as mirrors
from weldstudio.store.store import Store
from weldstudio.studio import labelling, reviewing, reviews, samples
from weldstudio.studio.filters import FilterError, parse

ANN, LEE = "Ann", "Lee"


@pytest.fixture
def labelled(welds: Store) -> Store:
    """Photos 1 to 10 clear, of these 1 to 4 with soil raised."""
    labelling.nothing_applies(welds, range(1, 11), who=ANN)
    labelling.set_state(welds, range(1, 5), 0, State.RAISED, who=ANN)
    return welds


def waiting(store: Store, text: str = "audit") -> list[int]:
    mirror = mirrors.read(store)
    return mirror.ids[reviewing.select(mirror, parse(text, mirror.scheme))].tolist()


def test_a_draw_is_remembered_with_its_seed_and_can_be_repeated(labelled: Store) -> None:
    done = samples.draw_audit(labelled, 4, seed=7, who=LEE)
    first = waiting(labelled)
    assert len(first) == 4
    [draw] = samples.draws(labelled)
    assert (draw.seed, draw.who, draw.photos, draw.out_of) == (7, LEE, 4, 10)
    assert (draw.action_id, draw.purpose, draw.filter) == (done.action_id, "audit", samples.FROM)
    assert done.action_id is not None
    labelling.revert(labelled, done.action_id, who=LEE)
    assert waiting(labelled) == []
    assert samples.audits(mirrors.read(labelled), samples.draws(labelled)) == []
    samples.draw_audit(labelled, 4, seed=7, who=LEE)
    assert waiting(labelled) == first
    other = {tuple(waiting(labelled)) for seed in range(8) if samples.draw_audit(labelled, 4, seed=seed, who=LEE)}
    assert len(other) > 1


def test_error_rates_are_those_of_the_labels_of_the_draw(labelled: Store) -> None:
    samples.draw_audit(labelled, 99, seed=1, who=LEE, of="labelled")
    labelling.set_state(labelled, [1], 0, State.CLEAR, who=LEE)
    labelling.set_state(labelled, [5, 6], 3, State.RAISED, who=LEE)
    labelling.set_state(labelled, [7], 3, State.UNSURE, who=LEE)
    reviews.mark_reviewed(labelled, range(1, 9), who=LEE)
    assert (waiting(labelled), waiting(labelled, "audited")) == ([9, 10], list(range(1, 9)))
    [audit] = samples.audits(mirrors.read(labelled), samples.draws(labelled))
    assert (audit.done, audit.wrong.found, audit.wrong.of) == (8, 3, 8)
    by_name = {flag.name: flag for flag in audit.flags}
    assert (by_name["soil"].raised, by_name["soil"].clear) == (samples.Share(1, 4), samples.Share(0, 4))
    assert by_name["water"].clear == samples.Share(2, 7)  # what could not be told is no wrong label
    low, high = audit.to_json()["wrong"]["interval"]
    assert low < 3 / 8 < high


def test_a_photo_reviewed_before_the_draw_is_not_done(labelled: Store) -> None:
    reviews.mark_reviewed(labelled, range(1, 11), who=LEE)
    samples.draw_audit(labelled, 10, seed=1, who=LEE)
    assert len(waiting(labelled)) == 10
    reviews.mark_reviewed(labelled, [3], who=ANN)
    assert 3 not in waiting(labelled)
    reviews.mark_reviewed(labelled, [4], who=LEE)
    assert 4 not in waiting(labelled), "the same reviewer looks again"


def test_a_label_changed_after_the_audit_has_to_be_looked_at_again(labelled: Store) -> None:
    samples.draw_audit(labelled, 10, seed=1, who=LEE)
    reviews.mark_reviewed(labelled, [1], who=LEE)
    labelling.set_state(labelled, [1], 0, State.CLEAR, who=ANN)
    assert 1 in waiting(labelled)


def test_what_cannot_be_drawn_is_refused(labelled: Store) -> None:
    with pytest.raises(EditRefused, match="at least one"):
        samples.draw_audit(labelled, 0, seed=1, who=LEE)
    with pytest.raises(EditRefused, match="No photo can be drawn"):
        samples.draw_audit(labelled, 5, seed=1, who=LEE, of="unsure")
    with pytest.raises(FilterError):
        samples.draw_audit(labelled, 5, seed=1, who=LEE, of="flag:nonsense")


def test_photos_nobody_has_labelled_can_be_drawn_too(labelled: Store) -> None:
    samples.draw_audit(labelled, 5, seed=1, who=LEE, of="unseen")
    assert waiting(labelled) == [11, 12]
