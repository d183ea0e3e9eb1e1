"""`views` and `queue` through the door that people use."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from weldstudio.domain.photo import FoundPhoto
from weldstudio.store import first_pass, photos
from weldstudio.studio import projects


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with projects.create(tmp_path / "welds") as store:
        collection, _ = photos.add_collection(store, "north", tmp_path / "photos")
        first_pass.insert_found(store, collection.id, [FoundPhoto(f"a/{n:02}.jpg", 100, n) for n in range(12)])
    return tmp_path / "welds"


def test_views_are_added_listed_shown_renamed_and_removed(folder: Path, run: Run) -> None:
    assert run("views", folder) == {"views": []}
    added = run(
        "views", "add", folder, "First three", "id:1,2,3", "--sort", "path", "--descending", "--key", "Ctrl+Alt+3"
    )
    (view,) = added["views"]
    assert (view["count"], view["filter"], view["sort"], view["key"]) == (3, "id:1,2,3", "path", "Ctrl+Alt+3")
    shown = run("queue", folder, "first three")
    assert shown == {"queue": "first three", "count": 3, "photos": ["a/02.jpg", "a/01.jpg", "a/00.jpg"]}
    run("views", "rename", folder, "First three", "Three")
    assert [v["name"] for v in run("views", "list", folder)["views"]] == ["Three"]
    removed = run("views", "remove", folder, "Three")
    assert removed["views"] == []
    run("history", folder, "--revert", removed["action"])
    assert [v["name"] for v in run("views", folder)["views"]] == ["Three"]
    file = folder.parent / "views.toml"
    assert run("views", "save", folder, file) == {"file": str(file), "views": 1}
    run("views", "remove", folder, "Three")
    loaded = run("views", "load", folder, file)
    assert (loaded["views"], loaded["left_out"]) == (["Three"], [])
    table = folder.parent / "out.csv"
    exported = run("export", folder, table, "--format", "csv", "--view", "three", "--where", "-id:2")
    assert exported["exported"] == 2
    assert [line[:8] for line in table.read_text("utf-8").splitlines()[1:]] == ["a/00.jpg", "a/02.jpg"]
    assert "nothing to export" in run("export", folder, table, "--format", "csv", "--where", "id:99", status=1)["error"]
    assert "no view 'Thee'" in run("views", "remove", folder, "Thee", status=1)["error"]
    assert "no flag" in run("views", "add", folder, "Wet", "flag:wetness", status=1)["error"]
