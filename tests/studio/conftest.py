"""A project with twelve photos (no files behind them) and a scheme with a group, to edit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.in_process import engines_in_process, readers_in_process  # noqa: F401 - for all tests below
from weldstudio.domain.photo import FoundPhoto
from weldstudio.domain.scheme import Flag, Group, JointRule, Scheme
from weldstudio.store import first_pass, photos
from weldstudio.store.store import Store
from weldstudio.studio import projects

FLAGS = Scheme(
    (
        Flag(0, "soil", 50),
        Flag(1, "no clamp", 50, joint_rule=JointRule.ALL),
        Flag(2, "few clamps", 5, joint_rule=JointRule.ALL),
        Flag(3, "water", 15),
    ),
    (Group("clamps", (1, 2), "clamped"),),
    name="test",
)


@pytest.fixture
def welds(tmp_path: Path) -> Iterator[Store]:
    store = projects.create(tmp_path / "welds", scheme=FLAGS)
    collection, _ = photos.add_collection(store, "north", tmp_path / "photos")
    first_pass.insert_found(store, collection.id, [FoundPhoto(f"a/{n:02}.jpg", 100, n) for n in range(12)])
    yield store
    store.close()
