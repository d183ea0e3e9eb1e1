"""What is said of a joint: the words for it, and what cannot be said."""

import pytest

from weldstudio.domain.decision import Moment, Override, Told
from weldstudio.domain.verdict import Outcome

MOMENT = Moment(35, 85, 50, "")


def test_a_decision_has_one_word_that_means_it() -> None:
    assert [told.word for told in Told] == ["accepted", "rejected", "new-photo"]
    assert all(Told.of_word(told.word) == told == Told.of_word(f" {told.value.upper()} ") for told in Told)
    with pytest.raises(ValueError, match="accepted, rejected, new-photo"):
        Told.of_word("maybe")


def test_an_override_needs_a_reason_and_a_verdict() -> None:
    assert Override(1, Outcome.ACCEPT, "Ann", 0, MOMENT, "dust, not soil").outcome == Outcome.ACCEPT
    with pytest.raises(ValueError, match="reason"):
        Override(1, Outcome.ACCEPT, "Ann", 0, MOMENT, "  ")
    with pytest.raises(ValueError, match="not left open"):
        Override(1, Outcome.OPEN, "Ann", 0, MOMENT, "why")


def test_points_are_a_range() -> None:
    with pytest.raises(ValueError, match="from the lower to the higher"):
        Moment(60, 35, 50, "")
