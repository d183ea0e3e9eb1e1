import numpy as np
from PySide6.QtCore import QRect

from tests.gui.review.made import made_mirror
from weldstudio.gui.review.heads import Head, Heads, head_of
from weldstudio.gui.review.layout import Groups, Layout
from weldstudio.gui.review.shown import Shown
from weldstudio.store.mirror import Mirror
from weldstudio.studio.reviewing import joined


def unveiled(_rows: object) -> None:
    return None


def test_a_head_tells_joint_points_and_verdict() -> None:
    mirror = made_mirror(["rcc", "crc", "ccc"], joints=[7, 7, 9])
    assert head_of(mirror, 10, seen=unveiled).words(2) == "000.jpg, 65 points, reject, 2 photographs"
    assert head_of(mirror, 11, seen=unveiled).words(1) == "001.jpg, 65 points, reject, 1 of 2 photographs"
    assert head_of(mirror, 12, seen=unveiled).words(1) == "002.jpg, 0 points, accept, 1 photograph"


def test_what_is_hidden_is_not_told() -> None:
    mirror = made_mirror(["rcc", "crc"], joints=[7, 7])

    def bare(rows: np.ndarray) -> Mirror:
        assert rows.tolist() == [0, 1]
        return made_mirror(["...", "..."], joints=[7, 7])

    assert head_of(mirror, 10, seen=bare).told == "0 points, open"


def test_heads_are_asked_once_until_labels_change() -> None:
    said = {10: "a", 12: "b"}
    asked: list[int] = []

    def ask(photo: int) -> Head:
        asked.append(photo)
        return Head(said[photo], 1)

    heads = Heads(ask)
    assert heads.get(10) is heads.get(10)
    heads.get(12)
    said[12] = "c"
    layout = Layout(4, 100, 210, Groups(np.array([0, 2]), 20))
    changed = heads.renewed(layout, np.array([10, 11, 12, 13]), QRect(0, 0, 210, 900))
    assert [line.top() for line in changed] == [layout.headers(0, 900)[1][2]]
    assert asked == [10, 12, 10, 12]


def test_joints_stand_together_where_their_first_photograph_stood() -> None:
    mirror = made_mirror(["..."] * 6, joints=[3, 5, 3, 1, 5, 3])
    assert joined(mirror, np.array([1, 0, 3, 2, 4, 5])).tolist() == [1, 4, 0, 2, 5, 3]
    assert joined(mirror, np.array([], np.int64)).tolist() == []
    shown = Shown(lambda: mirror)
    shown.refresh()
    assert (shown.ids.tolist(), shown.starts) == ([10, 11, 12, 13, 14, 15], None)
    shown.by_joint = True
    shown.refresh()
    assert shown.ids.tolist() == [10, 12, 15, 11, 14, 13]
    assert shown.starts is not None
    assert shown.starts.tolist() == [0, 3, 5]
