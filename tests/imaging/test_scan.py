import hashlib
import os
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from tests.imaging.damaged import write_broken
from tests.photos import make_collection, make_photo
from weldstudio.domain.errors import PhotoError
from weldstudio.imaging.hashes import dhash
from weldstudio.imaging.read import read_photo
from weldstudio.imaging.scan import read_facts, scan

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names or links")


def touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")


def scanned(root: Path) -> tuple[list[str], dict[str, str]]:
    told: dict[str, str] = {}
    return [found.path for found in scan(root, report=told.__setitem__)], told


def test_names_sizes_and_times_in_order(tmp_path: Path) -> None:
    made = make_collection(tmp_path, 6, per_joint=2)
    found = list(scan(tmp_path))
    assert [photo.path for photo in found] == list(made.paths)
    for photo in found:
        facts = (tmp_path / photo.path).stat()
        assert (photo.size, photo.mtime_ns) == (facts.st_size, facts.st_mtime_ns)


def test_what_is_taken_and_what_is_passed_over(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.jpeg", "c.png", "deep/er/still.tif", "Grün/Straße 1.jpg", "film.mp4", "raw.NEF", "x.heic"):
        touch(tmp_path / name)
    for name in ("labels.csv", ".hidden.jpg", "._b.jpg", ".git/a.jpg", "@eaDir/b.jpg", "__MACOSX/b.jpg", "noend"):
        touch(tmp_path / name)
    touch(tmp_path / "project/project.sqlite")
    touch(tmp_path / "project/cache/a.jpg")
    paths, told = scanned(tmp_path)
    assert sorted(paths) == ["Grün/Straße 1.jpg", "a.jpeg", "b.JPG", "c.png", "deep/er/still.tif"]
    assert sorted(told) == ["film.mp4", "project", "raw.NEF", "x.heic"]
    assert "JPEG" in told["x.heic"]


def test_a_project_that_is_the_root_does_not_hide_its_photos(tmp_path: Path) -> None:
    touch(tmp_path / "project.sqlite")
    touch(tmp_path / "a.jpg")
    assert scanned(tmp_path) == (["a.jpg"], {})


def test_a_folder_named_like_a_photo(tmp_path: Path) -> None:
    touch(tmp_path / "odd.jpg/inside.png")
    assert scanned(tmp_path) == (["odd.jpg/inside.png"], {})


@posix
def test_links_lead_in_but_never_round(tmp_path: Path) -> None:
    root = tmp_path / "root"
    touch(root / "z/a.jpg")
    touch(tmp_path / "elsewhere/b.jpg")
    (root / "a_loop").symlink_to(root)
    (root / "a_second_way").symlink_to(root / "z")
    (root / "outside").symlink_to(tmp_path / "elsewhere")
    (root / "lost.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (root / "link.jpg").symlink_to(root / "z/a.jpg")
    paths, told = scanned(root)
    assert paths == ["link.jpg", "z/a.jpg", "outside/b.jpg"]
    assert sorted(told) == ["a_loop", "a_second_way", "lost.jpg"]


@posix
def test_names_that_are_no_text_are_reported(tmp_path: Path) -> None:
    touch(tmp_path / "good.jpg")
    (tmp_path / "line\nbreak.jpg").write_bytes(b"x")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jpg")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes text alone")
    paths, told = scanned(tmp_path)
    assert paths == ["good.jpg"]
    assert len(told) == 2
    for path in told:
        path.encode("utf-8")


@posix
def test_unreadable_folders_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "a.jpg")
    touch(tmp_path / "closed/b.jpg")
    real = os.scandir

    def refuse(path: object = ".") -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", refuse)  # the tests may run as root, whom no permission stops
    paths, told = scanned(tmp_path)
    assert paths == ["a.jpg"]
    assert "Permission denied" in told["closed"]


@posix
def test_things_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    paths, told = scanned(tmp_path)
    assert paths == []
    assert list(told) == ["pipe.jpg"]


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="nowhere"):
        list(scan(tmp_path / "nowhere"))
    touch(tmp_path / "a.jpg")
    with pytest.raises(PhotoError, match=r"a\.jpg"):
        list(scan(tmp_path / "a.jpg"))


def test_facts_of_a_photo(tmp_path: Path) -> None:
    taken = datetime(2023, 5, 6, 7, 8, 9)
    path = make_photo(tmp_path / "in/a.jpg", size=(200, 100), orientation=8, taken=taken, camera="Pixel 3")
    facts, thumb = read_facts(tmp_path, "in/a.jpg", thumb_size=50)
    assert thumb is not None
    assert (facts.path, facts.width, facts.height, facts.orientation) == ("in/a.jpg", 200, 100, 8)
    assert (facts.taken_at, facts.equipment, facts.problem) == ("2023-05-06T07:08:09", "Pixel 3", None)
    assert facts.content_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts.perceptual_hash == thumb.dhash == dhash(read_photo(path, longest=50))
    assert (thumb.width, thumb.height) == (50, 25)


def test_the_hash_of_a_turned_photo_is_that_of_the_upright_one(tmp_path: Path) -> None:
    make_photo(tmp_path / "a.png", ["red disc"], size=(64, 48))
    make_photo(tmp_path / "b.png", ["red disc"], size=(64, 48), orientation=6)
    hashes = {read_facts(tmp_path, name)[0].perceptual_hash for name in ("a.png", "b.png")}
    assert len(hashes) == 1


def test_every_broken_file_has_a_problem_and_a_hash(tmp_path: Path) -> None:
    for name in write_broken(tmp_path):
        facts, thumb = read_facts(tmp_path, name)
        assert thumb is None
        assert facts.problem is not None
        assert facts.problem.startswith(name)
        assert facts.content_hash == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        assert facts.perceptual_hash is None
    whole, _ = read_facts(tmp_path, "cut_off.jpg")
    assert (whole.width, whole.height) == (640, 480)


def test_a_photo_that_went_away(tmp_path: Path) -> None:
    facts, thumb = read_facts(tmp_path, "gone.jpg")
    assert thumb is None
    assert facts.problem is not None
    assert "not there" in facts.problem
    assert facts.content_hash is None


def test_shared_scenes_read_in_full(shared_data: Path) -> None:
    root = shared_data / "scenes"
    found = list(scan(root))
    assert len(found) == 2000
    for photo in found[:: len(found) // 20]:
        facts, thumb = read_facts(root, photo.path)
        assert facts.problem is None
        assert thumb is not None
        assert facts.width == max(facts.width or 0, thumb.width)
        assert np.isin([facts.width, facts.height], [320]).any() or max(facts.width or 0, facts.height or 0) < 320
