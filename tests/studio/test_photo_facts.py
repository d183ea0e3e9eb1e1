"""What is known of one photo besides its labels."""

from pathlib import Path

import pytest

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.photo import PhotoFacts
from weldstudio.domain.split import Split
from weldstudio.store import photos, splits
from weldstudio.store.store import Store
from weldstudio.studio import photo_facts


def test_what_the_project_knows_is_told_by_heading(welds: Store, tmp_path: Path) -> None:
    taken = PhotoFacts("a/00.jpg", 640, 480, taken_at="2024-03-05T10:11:12", content_hash="ab" * 32)
    photos.record_facts(welds, 1, [taken])
    photos.set_joints(welds, [(1, "J-7", None), (2, "J-7", None)])
    photos.set_contractor(welds, [1], "Smith, Ltd")
    joint = photos.every(welds, [1])[0].joint_id
    splits.write(welds, {joint: Split.TEST}, seed=0)
    path, sections = photo_facts.known(welds, 1)
    told = {heading: dict(facts) for heading, facts in sections}
    assert path == tmp_path / "photos" / "a" / "00.jpg"
    assert told["File"]["Name"] == "00.jpg"
    assert told["File"]["Pixels"] == "640 x 480"
    assert told["File"]["Size"] == "100 bytes"
    assert told["File"]["SHA-256"] == "ab" * 32
    assert told["Project"] == {"Collection": "north", "Taken": "2024-03-05 10:11:12", "Split": "test"}
    assert told["Joint"] == {"Reference": "J-7", "Photographs": "2", "Contractor": "Smith, Ltd"}


def test_what_is_not_there_is_said(welds: Store, tmp_path: Path) -> None:
    with pytest.raises(EditRefused):
        photo_facts.known(welds, 99)
    ((name, sentence),) = photo_facts.in_file(tmp_path / "gone.jpg")
    assert name == "Problem"
    assert "not there any more" in sentence
