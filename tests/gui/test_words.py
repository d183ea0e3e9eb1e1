import pytest

from weldstudio.gui.words import count, counted, duration, percent, percent_range, when


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (130, "2 min 10 s"), (660, "11 min"), (11_100, "3 h 5 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_shares_and_numbers() -> None:
    assert percent(0.8714) == "87.1 %"
    assert percent(None) == "–"
    assert percent(1 / 3, digits=0) == "33 %"
    assert percent_range(0.5, 0.75) == "50.0 to 75.0 %"
    assert count(127655) == "127,655"
    assert counted(1, "photograph") == "1 photograph"
    assert counted(2000, "photograph") == "2,000 photographs"
    assert counted(2, "class", "classes") == "2 classes"


def test_moments_are_local_and_nothing_is_nothing() -> None:
    assert when(None) == ""
    assert when("") == ""
    assert when("not a date") == "not a date"
    assert when(86_400.0 * 365).split(",")[0].endswith(("1970", "1971"))
    assert when("2026-11-21T10:00:00+00:00") == when(1795255200.0)
