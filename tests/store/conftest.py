"""A small project for tests of the store: twelve photos, three flags of which two are a group."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from weldstudio.domain.photo import FoundPhoto
from weldstudio.domain.scheme import Flag, Group, JointRule, Scheme
from weldstudio.store import first_pass, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store

PHOTOS = 12
SCHEME = Scheme(
    (Flag(0, "soil", 50), Flag(1, "no clamp", 50, joint_rule=JointRule.ALL), Flag(2, "few clamps", 5)),
    (Group("clamps", (1, 2), "clamped"),),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / "project")
    scheme_rows.save(made, SCHEME)
    collection, _ = photos.add_collection(made, "north", tmp_path / "photos")
    first_pass.insert_found(made, collection.id, [FoundPhoto(f"a/{n:02}.jpg", 100 + n, n) for n in range(PHOTOS)])
    yield made
    made.close()
