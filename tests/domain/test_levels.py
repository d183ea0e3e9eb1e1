"""Flags, merges or both: nothing is counted twice, and what only the merge knows is not lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from weldstudio.domain.labelling import State
from weldstudio.domain.levels import classes_at
from weldstudio.domain.scheme import Flag, Level, Scheme
from weldstudio.domain.verdict import Outcome, verdict

LEVELS = tuple(Level)
SOIL = Scheme((Flag(0, "high", 50), Flag(1, "low", 15), Flag(2, "sheet", 5))).with_merge("soil", (0, 1))
LETTERS = {"r": State.RAISED, "c": State.CLEAR, "?": State.UNSURE, ".": State.UNSEEN}


def at(level: Level) -> Scheme:
    return Scheme(SOIL.flags, merges=SOIL.merges, verdict_level=level)


def points(level: Level, *rows: str, limit: int = 50) -> tuple[int, int, str]:
    """Low, high and outcome; letters for high, low, sheet, and the merge itself."""
    labels = np.array([[LETTERS[c] for c in row] for row in rows], np.uint8)
    found = verdict(at(level), labels, limit)
    return found.low, found.high, found.outcome.value


def test_the_classes_of_a_level_come_in_the_order_of_the_scheme() -> None:
    names = [[item.name for item in classes_at(SOIL, level)] for level in LEVELS]
    assert names == [["soil", "sheet"], ["high", "low", "sheet"], ["soil", "high", "low", "sheet"]]


def test_a_flag_called_like_its_merge_is_no_class_beside_the_others() -> None:
    scheme = Scheme((Flag(0, "soil high"), Flag(1, "soil low"), Flag(2, "soil"))).with_merge("soil", (0, 1))
    assert [[item.slot for item in classes_at(scheme, level)] for level in LEVELS] == [[3], [0, 1], [3, 0, 1]]


@pytest.mark.parametrize(
    ("rows", "merges", "flags", "both"),
    [
        # Which of them it is is known: 15 points, while the merge takes the most of its flags.
        (("crc.",), (50, 50, "reject"), (15, 15, "accept"), (15, 15, "accept")),
        # Only the merge is known: its flags are a range, both takes the merge's points.
        (("..cr",), (50, 50, "reject"), (0, 65, "open"), (50, 50, "reject")),
        # One photo tells, another only knows the merge: it is counted once.
        (("crc.", "..cr"), (50, 50, "reject"), (15, 15, "open"), (15, 15, "open")),
        (("?cc.",), (0, 50, "open"), (0, 50, "open"), (0, 50, "open")),
        (("..cc",), (0, 0, "accept"), (0, 0, "accept"), (0, 0, "accept")),
        (("rrr.",), (55, 55, "reject"), (70, 70, "reject"), (70, 70, "reject")),
    ],
)
def test_points_by_merges_by_flags_and_by_both(
    rows: tuple[str, ...], merges: tuple[int, int, str], flags: tuple[int, int, str], both: tuple[int, int, str]
) -> None:
    found = tuple(points(level, *rows) for level in LEVELS)
    assert found == (merges, flags, both)


@given(arrays(np.uint8, (3, 4), elements=st.integers(0, 3)))
def test_a_merge_and_its_flags_are_never_both_counted(labels: np.ndarray) -> None:
    found = verdict(at(Level.BOTH), labels, 50)
    counted = {*found.raised, *found.unsure}
    assert not (3 in counted and counted & {0, 1})
    assert found.high <= 50 + 15 + 5


@given(arrays(np.uint8, (3, 3), elements=st.integers(0, 3)))
def test_without_merges_the_levels_are_one(labels: np.ndarray) -> None:
    found = {level: verdict(Scheme(SOIL.flags, verdict_level=level), labels, 50) for level in LEVELS}
    assert len(set(found.values())) == 1
    assert found[Level.BOTH].outcome in Outcome
