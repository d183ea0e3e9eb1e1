"""Names that nothing has, of few and of very many."""

import pytest

from weldstudio.domain.slips import did_you_mean

JOINTS = [f"Leeds {number:04d} West" for number in range(3000)]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Leeds 1234 Wset", "Leeds 1234 West"),  # what differs stands at the end,
        ("Lees 2345 West", "Leeds 2345 West"),  # at the beginning
        ("leds 0077 Wst", "Leeds 0077 West"),  # or at both
    ],
)
def test_of_very_many_names_the_one_that_was_meant_is_found(word: str, meant: str) -> None:
    assert did_you_mean(word, JOINTS) == f" Did you mean '{meant}'?"


def test_nothing_like_it_is_no_guess() -> None:
    assert did_you_mean("Qzx", JOINTS) == did_you_mean("", JOINTS) == did_you_mean("Qzx", JOINTS[:3]) == ""
