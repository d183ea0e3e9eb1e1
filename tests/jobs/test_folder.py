"""A run folder gives back what was put into it, also while it is being written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.errors import JobFailed, RecipeError
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.messages import Heartbeat, Stage
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.jobs.folder import Control, RunFolder, new_id

MANIFEST = Manifest(
    (ManifestClass(3, 'Soil, "wet"'), ManifestClass(0, "é/\n")),
    (
        ManifestPhoto(1, "/photos/ä b.jpg", Split.TRAIN, (1, 2), "ab" * 32),
        ManifestPhoto(2, "C:\\photos\\c.jpg", Split.TEST, (0, 3)),
    ),
    weights="weights/start.pth",
)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "runs" / "a", Recipe(name="Été"), MANIFEST, who="Ann")


def test_recipe_manifest_and_control_come_back(run: RunFolder) -> None:
    assert run.id == "a"
    assert run.recipe() == Recipe(name="Été")
    assert run.manifest() == MANIFEST
    assert run.photo_ids() == [1, 2]
    assert run.control() == Control(who="Ann")
    run.write_control(Control(5.0, True, "Ann"))
    assert run.control() == Control(5.0, True, "Ann")
    assert not list(run.path.glob("*.part"))


def test_a_folder_is_never_used_twice(run: RunFolder) -> None:
    with pytest.raises(FileExistsError):
        RunFolder.create(run.path, Recipe(), MANIFEST)
    assert new_id(run.path.parent) != "a"


def test_ids_differ_within_a_second(tmp_path: Path) -> None:
    first = new_id(tmp_path)
    (tmp_path / first).mkdir()
    second = new_id(tmp_path)
    assert second != first
    (tmp_path / second).mkdir()
    assert new_id(tmp_path) not in (first, second)


def test_messages_are_replayed_and_tailed(run: RunFolder) -> None:
    assert run.tail(0) == ([], 0)
    run.append(Stage("one"))
    found, offset = run.tail(0)
    assert found == [Stage("one")]
    assert run.tail(offset) == ([], offset)
    run.append(Heartbeat(1.0))
    assert run.tail(offset)[0] == [Heartbeat(1.0)]
    assert list(run.replay()) == [Stage("one"), Heartbeat(1.0)]


@given(cut=st.integers(0, 60))
def test_a_line_half_written_is_left_for_later(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    run = RunFolder(tmp_path_factory.mktemp("run"))
    run.append(Stage("naïve"))
    run.append(Stage("second"))
    whole = run.messages_file.read_bytes()
    run.messages_file.write_bytes(whole[: min(cut, len(whole))])
    first, offset = run.tail(0)
    run.messages_file.write_bytes(whole)
    rest, end = run.tail(offset)
    assert first + rest == [Stage("naïve"), Stage("second")]
    assert end == len(whole)


def test_damage_is_said_in_a_sentence(run: RunFolder) -> None:
    run.messages_file.write_text("rubbish\n", "utf-8")
    with pytest.raises(JobFailed, match="damaged"):
        run.tail(0)
    (run.path / "manifest.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(JobFailed, match="manifest"):
        run.manifest()
    (run.path / "recipe.toml").write_text("unknown = 1\n", "utf-8")
    with pytest.raises(RecipeError, match="unknown"):
        run.recipe()
    (run.path / "recipe.toml").unlink()
    with pytest.raises(JobFailed, match=r"recipe\.toml"):
        run.recipe()


def test_the_end_of_the_log(run: RunFolder) -> None:
    assert run.log_tail() == ""
    run.log_file.write_text("x" * 100 + "the end", "utf-8")
    assert run.log_tail(7) == "the end"


def test_a_message_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    run = RunFolder(tmp_path)
    run.append(Stage("one"))
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (run.messages_file.stat().st_size + 9, usual[1]))
        with pytest.raises(OSError, match=r"large|room"):
            run.append(Stage("two"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    run.append(Stage("two"))
    assert list(run.replay()) == [Stage("one"), Stage("two")]
