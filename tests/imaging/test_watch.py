import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from weldstudio.domain.errors import PhotoError
from weldstudio.imaging.watch import Seen, Watch

LATER = 3_600_000_000_000
"""An hour: so long after its last change no folder is young any more."""


class Folder:
    """A folder that is watched, and a clock that can be set."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ahead = LATER
        self.put("a/1.jpg")
        self.put("a/2.jpg")
        self.put("b/c/3.jpg")
        self.watch = Watch(root, clock_ns=lambda: self.root.stat().st_mtime_ns + self.ahead)

    def put(self, path: str, content: bytes = b"photo") -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def settled(self) -> Seen:
        """What two looks tell together."""
        first, second = self.watch.again(), self.watch.again()
        return Seen(first.found + second.found, first.gone + second.gone, first.skipped + second.skipped)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "photos")


def paths(seen: Seen) -> list[str]:
    return sorted(photo.path for photo in seen.found)


def test_the_first_look_tells_of_everything_and_the_next_ones_of_nothing(folder: Folder) -> None:
    assert paths(folder.watch.everything(at_once=True)) == ["a/1.jpg", "a/2.jpg", "b/c/3.jpg"]
    assert not folder.settled()
    assert not folder.watch.everything()


def test_a_new_photo_is_told_when_it_is_as_large_as_at_the_look_before(folder: Folder) -> None:
    folder.watch.everything(at_once=True)
    folder.put("a/new.jpg", b"half")
    assert not folder.watch.again()
    assert folder.watch.unsettled
    folder.put("a/new.jpg", b"all of it")
    assert not folder.watch.again()
    told = folder.watch.again()
    assert [(photo.path, photo.size) for photo in told.found] == [("a/new.jpg", 9)]
    assert not folder.watch.unsettled


def test_new_folders_at_any_depth_and_folders_that_go(folder: Folder) -> None:
    folder.watch.everything(at_once=True)
    folder.put("d/e/f/4.jpg")
    assert paths(folder.settled()) == ["d/e/f/4.jpg"]
    shutil.rmtree(folder.root / "b")
    assert folder.settled().gone == ["b/c/3.jpg"]
    # A folder of the same name, perhaps in the very same place on the disk, is a new one.
    folder.put("b/c/3.jpg")
    assert paths(folder.settled()) == ["b/c/3.jpg"]


def test_a_renamed_folder_goes_and_comes(folder: Folder) -> None:
    folder.watch.everything(at_once=True)
    (folder.root / "a").rename(folder.root / "z")
    seen = [folder.watch.again() for _ in range(4)]
    assert sorted(path for one in seen for path in one.gone) == ["a/1.jpg", "a/2.jpg"]
    assert sorted(path for one in seen for path in paths(one)) == ["z/1.jpg", "z/2.jpg"]


def test_a_photo_written_over_in_place_is_found_by_a_look_at_everything(folder: Folder) -> None:
    folder.watch.everything(at_once=True)
    with (folder.root / "a/1.jpg").open("r+b") as file:
        file.write(b"other pixels")
    assert not folder.settled(), "its folder does not show it"
    folder.watch.everything()
    assert paths(folder.watch.everything()) == ["a/1.jpg"]


def test_young_folders_are_listed_once_more(folder: Folder) -> None:
    folder.ahead = 0
    folder.watch.everything(at_once=True)
    stamp = (folder.root / "a").stat()
    folder.put("a/same tick.jpg")
    os.utime(folder.root / "a", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert paths(folder.settled()) == ["a/same tick.jpg"]


def test_links_that_lead_back_are_passed_over(folder: Folder) -> None:
    folder.watch.everything(at_once=True)
    (folder.root / "a" / "up").symlink_to(folder.root, target_is_directory=True)
    assert not folder.settled()


def test_a_root_that_goes_says_so_and_loses_nothing(folder: Folder) -> None:
    folder.watch.everything(at_once=True)
    folder.root.rename(folder.root.parent / "away")
    with pytest.raises(PhotoError, match="cannot be read"):
        folder.watch.again()
    (folder.root.parent / "away").rename(folder.root)
    assert not folder.settled()


def test_a_folder_that_cannot_be_read_just_now_loses_nothing(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.watch.everything(at_once=True)
    scandir = os.scandir

    def flaky(path: Path) -> Any:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", flaky)
    seen = folder.watch.everything()
    assert [path for path, _ in seen.skipped] == ["a"]
    assert not seen.gone
