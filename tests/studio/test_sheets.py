import numpy as np
import pytest

from tests.gui.review.made import made_mirror
from weldstudio.domain.errors import EditRefused
from weldstudio.studio.sheets import Captions, sheet


def test_under_a_photo_stand_its_name_its_joint_and_its_flags_the_worst_first() -> None:
    mirror = made_mirror(["ruc", "crr", "ccc", "...", "r.."], joints=[3, 3, 4, 5, 6])
    mirror.joints.references[3] = "J-3"
    mirror.paths[1] = "north/b.jpg"
    bare = np.array([False, False, False, False, True])
    made = sheet(mirror, np.arange(5), title="All", bare=bare)
    assert [entry.lines for entry in made.entries] == [
        ("000.jpg", "J-3", "50 Clamp, 15 Soil?"),
        ("b.jpg", "J-3", "35 Bent, 15 Soil"),
        ("002.jpg", "clear"),
        ("003.jpg",),
        ("004.jpg",),
    ]
    assert made.entries[1].file == mirror.roots[1] / "north/b.jpg"
    for captions, lines in ((Captions.NAME, ("002.jpg",)), (Captions.NONE, ())):
        assert sheet(mirror, np.array([2]), title="", captions=captions).entries[0].lines == lines
    with pytest.raises(EditRefused, match="no photograph to print"):
        sheet(mirror, np.array([], np.int64), title="")
