"""Cohen's kappa against published values and a plain reading of its formula."""

from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.agreement import Kappa, kappa
from weldstudio.domain.labelling import State

COUNTS = st.integers(0, 60)
R, C, U, UNSEEN = State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN


def yes_no(both: int, first: int, second: int, neither: int) -> Kappa:
    """Of two reviewers who are never unsure."""
    return Kappa(((both, first, 0), (second, neither, 0), (0, 0, 0)))


@pytest.mark.parametrize(
    ("table", "value"),
    [
        # Cohen's kappa as worked out in textbooks: 50 applications read by two, 20 / 5 / 10 / 15.
        (yes_no(20, 5, 10, 15), 0.40),
        # Same agreement of 60 %, other frequencies (the pair that shows how they matter).
        (yes_no(45, 15, 25, 15), 0.1304),
        (yes_no(25, 35, 5, 35), 0.2593),
    ],
)
def test_published_values(table: Kappa, value: float) -> None:
    assert table.kappa == pytest.approx(value, abs=5e-5)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_it_is_what_its_formula_says(both: int, first: int, second: int, neither: int) -> None:
    found = yes_no(both, first, second, neither)
    n = both + first + second + neither
    chance = ((both + first) * (both + second) + (second + neither) * (first + neither)) if n else 0
    if not n or chance == n * n:
        assert found.kappa is None
        assert found.interval is None
        return
    assert found.kappa is not None
    assert isclose(found.kappa, ((both + neither) * n - chance) / (n * n - chance), abs_tol=1e-9)
    assert found.interval is not None
    low, high = found.interval
    assert -1 <= low <= found.kappa + 1e-9
    assert found.kappa <= high + 1e-9
    assert high <= 1 + 1e-9
    assert low < high


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_who_is_first_does_not_matter(both: int, first: int, second: int, neither: int) -> None:
    assert yes_no(both, first, second, neither).kappa == yes_no(both, second, first, neither).kappa


def test_few_photos_on_which_all_agree_prove_little() -> None:
    sure, few = yes_no(500, 0, 0, 500), yes_no(2, 0, 0, 2)
    assert sure.kappa == few.kappa == 1
    assert sure.interval is not None
    assert few.interval is not None
    assert sure.interval[0] > 0.98
    assert few.interval[0] < 0.1


def test_more_photos_narrow_the_interval() -> None:
    widths = []
    for times in (1, 4, 16):
        found = yes_no(20 * times, 5 * times, 10 * times, 15 * times).interval
        assert found is not None
        widths.append(found[1] - found[0])
    assert widths[0] > widths[1] > widths[2]
    assert widths[2] == pytest.approx(widths[0] / 4, rel=0.1)


def test_unsure_is_an_answer_of_its_own() -> None:
    """By hand: 10 answers of three kinds, 8 alike; by chance 0.4 x 0.4 + 0.4 x 0.5 + 0.2 x 0.1 = 0.38."""
    first = np.array([R, R, R, R, C, C, C, C, U, U], np.uint8)
    second = np.array([R, R, R, C, C, C, C, C, R, U], np.uint8)
    found = kappa(first, second)
    assert found.kappa == pytest.approx((0.8 - 0.38) / (1 - 0.38))
    assert (found.n, found.both, found.first, found.second, found.unsure) == (10, 3, 1, 1, 2)
    # Left out, the two would seem to agree better than they do.
    sure = kappa(first[:8], second[:8])
    assert sure.kappa == pytest.approx(0.75)


def test_from_what_two_reviewers_said() -> None:
    found = kappa(np.array([R, R, C, C, C, UNSEEN, R], np.uint8), np.array([R, C, R, C, C, R, UNSEEN], np.uint8))
    assert (found.both, found.first, found.second, found.agreed, found.n) == (1, 1, 1, 3, 5)
    with pytest.raises(ValueError, match="compared"):
        kappa(np.zeros(2, np.uint8), np.zeros(3, np.uint8))
