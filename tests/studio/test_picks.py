"""What a number stands for is a filter: few photographs by their numbers, many by words for as long as one looks."""

from pathlib import Path

import numpy as np
import pytest

from tests.studio.labelled import labelled_project
from weldstudio.store import mirror as mirrors
from weldstudio.studio import picks, reviewing
from weldstudio.studio.filters import FilterError, parse


def test_few_are_named_and_many_picked(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=60) as store:
        mirror = mirrors.read(store)
    few = picks.pick(mirror, 'say "few"', mirror.ids[:3])
    assert few == f"id:{','.join(map(str, mirror.ids[:3].tolist()))}"
    many = picks.pick(mirror, 'missed "clamps", by m', mirror.ids[5:58])
    rows = reviewing.select(mirror, parse(many, mirror.scheme))
    assert np.array_equal(mirror.ids[rows], mirror.ids[5:58])
    backwards = picks.pick(mirror, "backwards", mirror.ids[58:5:-1])
    rows = reviewing.select(mirror, parse(f"{backwards} -id:7", mirror.scheme), sort="listed")
    assert mirror.ids[rows].tolist() == [i for i in mirror.ids[58:5:-1].tolist() if i != 7]
    some = reviewing.select(mirror, parse("id:9,3,5", mirror.scheme), sort="listed")
    assert mirror.ids[some].tolist() == [9, 3, 5]
    rest = reviewing.select(mirror, parse(f"-{many}", mirror.scheme))
    assert len(rest) == 7


def test_what_is_picked_no_more_says_so(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=3) as store:
        mirror = mirrors.read(store)
    with pytest.raises(FilterError, match="click its number again"):
        reviewing.select(mirror, parse("picked:these", mirror.scheme))
