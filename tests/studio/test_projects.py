"""Projects made, opened, and what they hold."""

from pathlib import Path

import pytest

from weldstudio.domain.errors import SchemeError, StoreError
from weldstudio.domain.labelling import Source, State
from weldstudio.store import photos
from weldstudio.store.store import Store
from weldstudio.studio import labelling, merging, projects
from weldstudio.studio.projects import FlagCounts


def test_a_project_begins_with_its_scheme(tmp_path: Path) -> None:
    with projects.create(tmp_path / "welds", name="Our welds", scheme="pipe-welds") as store:
        assert store.name == "Our welds"
        assert len(projects.load_scheme(store).flags) == 17
    assert projects.is_project(tmp_path / "welds")
    assert not projects.is_project(tmp_path)
    with projects.open_project(tmp_path / "welds") as store:
        assert len(projects.load_scheme(store).flags) == 17


def test_a_scheme_that_cannot_be_read_leaves_no_project(tmp_path: Path) -> None:
    with pytest.raises(SchemeError, match="Did you mean 'plain'"):
        projects.create(tmp_path / "welds", scheme="plian")
    assert not (tmp_path / "welds").exists()
    with pytest.raises(StoreError, match="no weldstudio project"):
        projects.open_project(tmp_path / "welds")


def test_the_status_counts_photos_by_class_and_state(welds: Store) -> None:
    merging.merge(welds, "clamps!", [1, 2], who="Ann")
    labelling.set_state(welds, [1, 2], 0, State.RAISED, who="Ann")
    labelling.set_state(welds, [3], 4, State.UNSURE, who="file", source=Source.IMPORT)
    photos.set_problem(welds, [12], "The file is gone.")
    photos.set_joints(welds, [(1, "J1", None), (2, "J1", None)])
    (welds.folder / "runs" / "r1").mkdir()
    status = projects.status(welds)
    assert (status.photos, status.joints, status.labelled, status.reviewed, status.problems) == (12, 11, 3, 2, 1)
    assert (status.runs, status.models, status.active_model) == (1, 0, None)
    assert status.flags[:2] == (FlagCounts("soil", 50, 2, 0, 0, 10, 0), FlagCounts("clamps!", 50, 0, 0, 1, 11, 1))
    assert status.to_json()["flags"][0]["name"] == "soil"
    assert "12 photos of 11 joints" in str(status)
