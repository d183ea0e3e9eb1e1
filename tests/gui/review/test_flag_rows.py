from dataclasses import replace

import pytest

from tests.gui.review.made import made_mirror, made_scheme, rows_of
from weldstudio.domain.labelling import State
from weldstudio.gui.review.flag_rows import FlagRow

KEYS = {0: "1", 1: "2", 2: "3"}


def test_one_photo_shows_state_probability_and_disagreement() -> None:
    mirror = made_mirror(["rc."], probabilities=[[0.2, 0.9, float("nan")]])
    clamp, soil, bent = rows_of(mirror, [10], KEYS)
    assert (clamp.state, clamp.points, clamp.key) == (State.RAISED, 50, "1")
    assert clamp.probability == pytest.approx(0.2, abs=1e-3)
    assert clamp.disagrees
    assert soil.disagrees
    assert bent.probability is None
    assert not bent.disagrees
    assert clamp.source == "by hand"


def test_several_photos_show_what_they_share_and_count_what_they_do_not() -> None:
    mirror = made_mirror(["rc.", "rr.", "ru."], probabilities=[[0.2, 0.9, 0.1]] * 3)
    clamp, soil, bent = rows_of(mirror, [10, 11, 12], KEYS)
    assert clamp.state == State.RAISED
    assert clamp.probability is None
    assert soil.state is None
    assert soil.words == "1 raised, 1 unsure, 1 clear"
    assert bent.state == State.UNSEEN


def test_a_merge_stands_in_place_of_its_members() -> None:
    scheme = made_scheme().with_merge("Clamps", (0, 2))
    mirror = made_mirror(["cu.r"], scheme=scheme)
    rows = rows_of(mirror, [10], {})
    assert [row.name for row in rows] == ["Clamps", "Soil"]
    assert rows[0].members == ("Clamp", "Bent")
    assert rows[0].state == State.RAISED
    assert rows[0].points == 50


def test_no_photo_gives_empty_rows() -> None:
    rows = rows_of(made_mirror(["rrr"]), [], KEYS)
    assert [row.state for row in rows] == [State.UNSEEN] * 3
    assert [row.photos for row in rows] == [0, 0, 0]


def test_the_engines_answer_takes_the_place_of_what_was_stored() -> None:
    mirror = made_mirror(["r.."], probabilities=[[0.2, 0.9, 0.1]])
    rows = rows_of(mirror, [10], KEYS, answer={0: 0.75})
    assert rows[0].probability == 0.75
    assert not rows[0].disagrees
    assert "raises it" in rows[0].tooltip()


def test_a_demonstration_model_is_named_as_one() -> None:
    row = FlagRow(0, "Soil", 15, probability=0.7, demonstration=True)
    assert "Demonstration model: 0.70" in row.tooltip()
    assert "Demonstration" not in replace(row, demonstration=False).tooltip()
