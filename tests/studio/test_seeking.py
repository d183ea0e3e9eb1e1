import numpy as np

from tests.gui.review.made import made_mirror
from weldstudio.studio.seeking import Names


def test_names_and_joints_that_begin_so_come_before_those_that_contain_it() -> None:
    mirror = made_mirror(["..."] * 6, joints=[1, 1, 2, 3, 4, 5])
    mirror.paths = ["north/IMG_12.jpg", "north/img_21.jpg", "north/Weld 12.jpg", "12/a.jpg", "b.jpg", "c.jpg"]
    mirror.joints.references.update({1: "J-12", 2: "K-7", 5: "12-Ü"})
    ids = np.array([15, 14, 13, 12, 11, 10])

    names = Names(mirror)

    def found(text: str) -> list[str]:
        return [mirror.paths[row] for row in mirror.rows(ids) if names.seek(text)[row]]

    assert found("img") == ["north/img_21.jpg", "north/IMG_12.jpg"], "in the order shown"
    assert found("J-1") == ["north/img_21.jpg", "north/IMG_12.jpg"], "by their joint"
    assert found("12-ü") == ["c.jpg"]
    assert found("12") == ["c.jpg"], "what begins so alone"
    assert found("_12") == ["north/IMG_12.jpg"], "else what contains it"
    assert found("north/") == ["north/Weld 12.jpg", "north/img_21.jpg", "north/IMG_12.jpg"]
    assert found(" ") == found("nothing") == []
    assert found("img_2") == ["north/img_21.jpg"]
    assert found(".") == mirror.paths[::-1], "nothing is a pattern"
