"""What is still wanted for a first training: counted on the flag that is nearest to it."""

from tests.gui.review.made import made_mirror
from weldstudio.domain.scheme import Scheme
from weldstudio.studio.first_training import ENOUGH, Wanted, wanted


def test_the_nearest_flag_is_named_with_what_it_needs() -> None:
    """Flags of the made mirror are clamp, soil and bent; a letter is a photo's state of each."""
    rows = ["rcu"] * (ENOUGH - 2) + ["crc"] * (ENOUGH - 1)
    found = wanted(made_mirror(rows))
    assert (found.raised, found.clear, found.ready) in ((2, 1, 0), (1, 2, 0))
    assert found.labels == 3
    assert "3 more labels" in found.sentence
    assert f"“{found.flag}”" in found.sentence


def test_with_enough_of_both_a_training_can_begin() -> None:
    found = wanted(made_mirror(["rcc"] * ENOUGH + ["cuu"] * ENOUGH))
    assert (found.labels, found.ready) == (0, 1)
    assert "1 flag has enough" in found.sentence


def test_one_label_is_said_in_the_singular_and_no_flags_at_all_too() -> None:
    assert "1 more label will" in Wanted("soil", 1, 0).sentence
    assert "1 photograph with it raised." in Wanted("soil", 1, 0).sentence
    assert "Add the flags" in Wanted().sentence
    assert Scheme().classes == ()
