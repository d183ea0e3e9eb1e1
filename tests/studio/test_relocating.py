import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.photos import make_collection
from tests.studio.test_rescanning import Welds, ended
from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import State
from weldstudio.store import photos
from weldstudio.studio import collections, relocating
from weldstudio.studio.relocating import RelocateReport


@pytest.fixture
def welds(tmp_path: Path) -> Iterator[Welds]:
    made = Welds(tmp_path)
    yield made
    made.store.close()


def relocate(welds: Welds, folder: Path, *, anyway: bool = False) -> RelocateReport:
    report: RelocateReport = ended(relocating.relocate(welds.store, 1, folder, anyway=anyway))
    return report


def test_a_collection_is_found_elsewhere_with_its_labels(welds: Welds, tmp_path: Path) -> None:
    photo_id = welds.label(welds.paths[0])
    elsewhere = tmp_path / "disk" / "archive"
    shutil.copytree(welds.folder, elsewhere)
    shutil.rmtree(welds.folder)
    (elsewhere / welds.paths[7]).unlink()
    report = relocate(welds, elsewhere)
    assert (report.found, report.photos, report.compared) == (7, 8, 7)
    assert report.sentence == f"photos: 7 of 8 photos found in {elsewhere}."
    assert photos.root_of(welds.store, 1) == elsewhere
    assert welds.state(photo_id) == State.RAISED
    assert [bool(welds.problem(i)) for i in welds.ids.values()].count(True) == 1
    assert welds.rescan().parts == ()


def test_another_folder_is_refused_and_the_right_one_near_it_is_named(welds: Welds, tmp_path: Path) -> None:
    other = make_collection(tmp_path / "other", 8, seed=900)
    for folder in (other.folder, tmp_path / "nowhere"):
        with pytest.raises(ImportRefused):
            relocate(welds, folder)
    # The same names, other pictures.
    for path, other_path in zip(welds.paths, other.paths, strict=True):
        (tmp_path / "alike" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(other.folder / other_path, tmp_path / "alike" / path)
    with pytest.raises(ImportRefused, match="does not hold the photos of 'photos'"):
        relocate(welds, tmp_path / "alike")
    shutil.copytree(welds.folder, tmp_path / "disk" / "deep" / "photos")
    with pytest.raises(ImportRefused, match=r"They seem to lie in .*/disk/deep/photos; choose that folder"):
        relocate(welds, tmp_path / "disk")
    assert photos.root_of(welds.store, 1) == welds.folder
    assert not any(welds.problem(i) for i in welds.ids.values())


def test_a_folder_in_another_order_is_recognised_by_contents(welds: Welds, tmp_path: Path) -> None:
    photo_id = welds.label(welds.paths[3])
    for n, path in enumerate(welds.paths):
        (tmp_path / "sorted" / f"box{n % 3}").mkdir(parents=True, exist_ok=True)
        shutil.copy(welds.folder / path, tmp_path / "sorted" / f"box{n % 3}" / f"{n}.jpg")
    report = relocate(welds, tmp_path / "sorted")
    assert report.found == 8
    assert welds.path(photo_id) == "box0/3.jpg"
    assert welds.state(photo_id) == State.RAISED


def test_most_may_be_gone_if_a_person_insists(welds: Welds, tmp_path: Path) -> None:
    (tmp_path / "rest").mkdir()
    shutil.copy(welds.folder / welds.paths[0], tmp_path / "rest" / "a.jpg")
    with pytest.raises(ImportRefused):
        relocate(welds, tmp_path / "rest")
    assert relocate(welds, tmp_path / "rest", anyway=True).found == 1


def test_two_collections_cannot_share_a_folder(welds: Welds, tmp_path: Path) -> None:
    make_collection(tmp_path / "other", 2)
    photos.add_collection(welds.store, "other", tmp_path / "other")
    with pytest.raises(ImportRefused, match=r"'other' lies in .* already"):
        relocate(welds, tmp_path / "other")
    assert [(row.name, row.there, row.photos) for row in collections.table(welds.store)] == [
        ("photos", True, 8),
        ("other", True, 0),
    ]
    collections.watch(welds.store, 2, True)
    assert [row.watched for row in collections.table(welds.store)] == [False, True]
