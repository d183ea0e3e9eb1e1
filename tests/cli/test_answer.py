import json
import math
from pathlib import Path

import numpy as np
import pytest

from weldstudio.cli import answer


def test_json_is_one_line_of_ascii_last_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    answer.give(True, {"sentence": "Spalt zu groß\nund schief", "path": "a\udcff.jpg"}, "text")
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    assert out.isascii()
    assert json.loads(out) == {"sentence": "Spalt zu groß\nund schief", "path": "a\udcff.jpg"}
    assert err == ""


def test_without_json_people_get_text(capsys: pytest.CaptureFixture[str]) -> None:
    answer.give(False, {"n": 1}, "One photo.")
    assert capsys.readouterr().out == "One photo.\n"


def test_what_json_has_no_word_for_becomes_null_or_plain(capsys: pytest.CaptureFixture[str]) -> None:
    answer.give_json({"nan": math.nan, "inf": [math.inf], "numpy": np.float32(0.5), "set": {1}, 3: (True, None)})
    assert json.loads(capsys.readouterr().out) == {
        "nan": None,
        "inf": [None],
        "numpy": 0.5,
        "set": [1],
        "3": [True, None],
    }


def test_tables_align_names_left_and_numbers_right() -> None:
    text = answer.table(("flag", "photos"), [("mud", 12345), ("no clamp", None)])
    assert text.splitlines() == ["flag      photos", "mud       12,345", "no clamp       -"]


@pytest.mark.parametrize(("share", "text"), [(0.8764, "87.6 %"), (None, "-"), (math.nan, "-"), (1.0, "100.0 %")])
def test_shares_are_percentages(share: float | None, text: str) -> None:
    assert answer.percent(share) == text


def test_counts_agree_with_their_noun() -> None:
    assert answer.count(1, "photo") == "1 photo"
    assert answer.count(2000, "photo") == "2,000 photos"
    assert answer.count(2, "class", "classes") == "2 classes"


def test_a_command_can_be_copied_whatever_its_words_hold() -> None:
    assert answer.command("stop", Path("my welds"), "r1") == "weldstudio stop 'my welds' r1"
