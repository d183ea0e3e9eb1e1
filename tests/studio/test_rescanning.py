import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.photos import make_collection, make_photo
from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import State, state_of
from weldstudio.domain.photo import FoundPhoto
from weldstudio.store import altered, events, photos
from weldstudio.store.mirror import read as read_mirror
from weldstudio.studio import confirming, importing, labelling, projects, rescanning, reviewing
from weldstudio.studio import scheme as scheme_editing
from weldstudio.studio.describing import Told
from weldstudio.studio.rescan_report import RescanReport
from weldstudio.studio.watching import Sighting

WHO = "Ann"


def ended(work: Generator[Progress, None, Any]) -> Any:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


class Welds:
    """A project of a folder of photographs with labels, and the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "photos"
        made = make_collection(self.folder, 8)
        self.paths = made.paths
        self.store = projects.create(folder / "project")
        scheme_editing.add_flag(self.store, "soil", who=WHO, points=50)
        ended(importing.import_photos(self.store, self.folder, who=WHO, joint="folder", told=Told(equipment="Redbox")))
        self.ids = photos.known_paths(self.store, 1)

    def rescan(self) -> RescanReport:
        report: RescanReport = ended(rescanning.rescan(self.store, 1))
        return report

    def label(self, path: str) -> int:
        labelling.set_state(self.store, [self.ids[path]], 0, State.RAISED, who=WHO)
        return self.ids[path]

    def state(self, photo_id: int) -> State:
        return state_of(events.present(self.store, [photo_id]).get(photo_id, b"\0")[0])

    def path(self, photo_id: int) -> str:
        photo = photos.get(self.store, photo_id)
        assert photo is not None
        return photo.path

    def problem(self, photo_id: int) -> str | None:
        photo = photos.get(self.store, photo_id)
        assert photo is not None
        return photo.problem

    def now(self) -> dict[str, int]:
        return photos.known_paths(self.store, 1)

    def new_photo(self, path: str, seed: int) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        make_photo(file, seed=seed)
        return file


@pytest.fixture
def welds(tmp_path: Path) -> Iterator[Welds]:
    made = Welds(tmp_path)
    yield made
    made.store.close()


def test_an_untouched_folder_changes_nothing(welds: Welds) -> None:
    before = welds.store.sequence
    report = welds.rescan()
    assert report.parts == ()
    assert report.found == 8
    assert welds.store.sequence == before


def test_labels_follow_moved_and_renamed_files_and_originals_stay_as_they_are(welds: Welds) -> None:
    first, second, third = welds.paths[:3]
    ids = [welds.label(path) for path in (first, second, third)]
    content = (welds.folder / first).read_bytes()
    (welds.folder / "elsewhere" / "deep").mkdir(parents=True)
    shutil.move(welds.folder / first, welds.folder / "elsewhere" / "deep" / "other name.jpg")
    shutil.copy(welds.folder / second, welds.folder / "copied.jpg")  # another time than the original's
    (welds.folder / second).unlink()
    welds.new_photo("new/one.jpg", 99)
    report = welds.rescan()
    assert len(report.new) == 1
    assert set(report.moved) == {(first, "elsewhere/deep/other name.jpg"), (second, "copied.jpg")}
    assert report.missing == report.still_missing == len(report.changed) == 0
    assert [welds.path(i) for i in ids] == ["elsewhere/deep/other name.jpg", "copied.jpg", third]
    assert [welds.state(i) for i in ids] == [State.RAISED] * 3
    assert (welds.folder / "elsewhere/deep/other name.jpg").read_bytes() == content
    # What was said of the whole collection holds for the new one too.
    new = photos.get(welds.store, report.new[0])
    assert new is not None
    assert new.equipment == "Redbox"
    joint = photos.joint(welds.store, new.joint_id)
    assert joint is not None
    assert joint.reference == "new"
    assert welds.rescan().parts == ()


def test_photos_that_change_places_take_their_labels_along(welds: Welds) -> None:
    first, second, third = welds.paths[:3]
    ids = {path: self_id for path in (first, second, third) for self_id in [welds.ids[path]]}
    welds.label(first)
    a, b, c = (welds.folder / path for path in (first, second, third))
    spare = welds.folder / "spare"
    a.rename(spare)
    b.rename(a)
    c.rename(b)
    spare.rename(c)
    report = welds.rescan()
    assert len(report.moved) == 3
    assert not report.new
    assert not report.changed
    assert [welds.path(ids[path]) for path in (first, second, third)] == [third, first, second]
    assert welds.state(ids[first]) == State.RAISED


def test_a_photo_overwritten_by_another_one_is_missing_and_comes_back(welds: Welds) -> None:
    first, second = welds.paths[:2]
    lost, over = welds.label(first), welds.ids[second]
    kept = (welds.folder / first).read_bytes()
    (welds.folder / second).replace(welds.folder / first)
    report = welds.rescan()
    assert report.moved == ((second, first),)
    assert report.missing == 1
    assert welds.path(over) == first
    assert welds.problem(lost) is not None
    assert welds.state(lost) == State.RAISED
    (welds.folder / "found again.jpg").write_bytes(kept)
    assert welds.rescan().moved == ((second, "found again.jpg"),)
    assert welds.problem(lost) is None


def test_a_changed_file_keeps_its_labels_and_wants_a_second_look(welds: Welds) -> None:
    first, second = welds.paths[:2]
    labelled, unlabelled = welds.label(first), welds.ids[second]
    kept = (welds.folder / first).read_bytes()
    make_photo(welds.folder / first, seed=500)
    make_photo(welds.folder / second, seed=501)
    os.utime(welds.folder / welds.paths[2])  # touched, the same content
    report = welds.rescan()
    assert set(report.changed) == {labelled, unlabelled}
    assert report.second_looks == 1
    assert welds.state(labelled) == State.RAISED
    mirror = read_mirror(welds.store)
    assert mirror.altered == {labelled}
    assert reviewing.queue_counts(mirror)["altered"] == 1
    # A label given later has seen the new file; when it is taken back, nobody has.
    done = labelling.set_state(welds.store, [labelled], 0, State.CLEAR, who=WHO)
    assert altered.waiting(welds.store) == frozenset()
    back = labelling.revert(welds.store, done.action_id or "", who=WHO)
    assert altered.waiting(welds.store) == {labelled}
    # Redone it is given, undone once more it is not.
    again = labelling.revert(welds.store, back.action_id or "", who=WHO)
    assert altered.waiting(welds.store) == frozenset()
    labelling.revert(welds.store, again.action_id or "", who=WHO)
    assert altered.waiting(welds.store) == {labelled}
    # Or somebody says that the labels hold.
    done = confirming.confirm(welds.store, [labelled, unlabelled], who=WHO)
    assert altered.waiting(welds.store) == frozenset()
    labelling.revert(welds.store, done.action_id or "", who=WHO)
    assert altered.waiting(welds.store) == {labelled}
    # Or labels the photo as it is labelled already, by the one key.
    ((_, _, was),) = altered.rows(welds.store, [labelled])
    labelling.nothing_applies(welds.store, [labelled], who=WHO)
    confirming.restore(welds.store, {"before": [], "after": [(labelled, 99, was)]})
    done = labelling.nothing_applies(welds.store, [labelled], who=WHO)
    assert altered.waiting(welds.store) == frozenset()
    assert done.changes.reviews == {labelled}
    assert labelling.nothing_applies(welds.store, [labelled], who=WHO).action_id is None
    labelling.revert(welds.store, done.action_id or "", who=WHO)
    assert altered.waiting(welds.store) == {labelled}
    (welds.folder / first).write_bytes(kept)
    welds.rescan()
    assert altered.waiting(welds.store) == frozenset(), "it has the content again that was labelled"


def test_missing_photos_are_kept_with_a_reason_and_come_back(welds: Welds) -> None:
    first = welds.paths[0]
    photo_id = welds.label(first)
    away = welds.folder.parent / "away.jpg"
    shutil.move(welds.folder / first, away)
    assert welds.rescan().missing == 1
    assert "is not there any more" in (welds.problem(photo_id) or "")
    report = welds.rescan()
    assert (report.missing, report.still_missing) == (0, 1)
    assert report.parts == ()
    shutil.move(away, welds.folder / first)
    assert welds.rescan().back == 1
    assert welds.problem(photo_id) is None
    assert welds.state(photo_id) == State.RAISED


def test_equal_files_are_as_many_photos_as_files(welds: Welds) -> None:
    first = welds.paths[0]
    photo_id = welds.label(first)
    shutil.copy(welds.folder / first, welds.folder / "twin.jpg")
    report = welds.rescan()
    assert len(report.new) == 1
    assert not report.moved
    twin = report.new[0]
    assert welds.state(twin) == State.UNSEEN
    # Both are moved at once: each keeps its own name, so each keeps its own labels.
    (welds.folder / "both").mkdir()
    for path in (first, "twin.jpg"):
        shutil.move(welds.folder / path, welds.folder / "both" / Path(path).name)
    assert len(welds.rescan().moved) == 2
    assert welds.path(photo_id) == f"both/{Path(first).name}"
    assert welds.path(twin) == "both/twin.jpg"


def test_of_equal_photos_the_one_with_nothing_left_in_its_place_has_the_new_name(welds: Welds) -> None:
    first = welds.paths[0]
    photo_id = welds.label(first)
    link = welds.folder / "a-link.jpg"
    link.symlink_to(welds.folder / first)
    (twin,) = welds.rescan().new
    (welds.folder / first).rename(welds.folder / "renamed.jpg")  # the link leads nowhere now
    welds.rescan()
    assert (welds.path(photo_id), welds.problem(photo_id)) == ("renamed.jpg", None)
    assert welds.path(twin) == "a-link.jpg"
    assert welds.problem(twin)


def test_a_missing_folder_is_refused_and_nothing_is_missing(welds: Welds) -> None:
    welds.folder.rename(welds.folder.parent / "gone")
    with pytest.raises(ImportRefused, match="is not there, so nothing was changed"):
        welds.rescan()
    assert not any(welds.problem(i) for i in welds.ids.values())


def test_importing_once_more_recognises_moved_files_too(welds: Welds) -> None:
    first = welds.paths[0]
    photo_id = welds.label(first)
    (welds.folder / first).rename(welds.folder / "renamed.jpg")
    report = ended(importing.import_photos(welds.store, welds.folder, who=WHO))
    assert (report.new, report.vanished) == (0, 0)
    assert welds.path(photo_id) == "renamed.jpg"
    assert welds.state(photo_id) == State.RAISED


def test_what_a_watched_folder_tells_is_taken_in_part_by_part(welds: Welds) -> None:
    first = welds.paths[0]
    photo_id = welds.label(first)
    report = ended(rescanning.take_in(welds.store, Sighting(1, gone=[first])))
    assert report.missing == 1
    (welds.folder / "new").mkdir()
    file = welds.folder / "new" / "name.jpg"
    (welds.folder / first).rename(file)
    told = file.stat()
    found = FoundPhoto("new/name.jpg", told.st_size, told.st_mtime_ns)
    report = ended(rescanning.take_in(welds.store, Sighting(1, {found.path: found})))
    assert report.moved == ((first, "new/name.jpg"),)
    assert not report.new
    assert welds.path(photo_id) == "new/name.jpg"
    assert welds.problem(photo_id) is None


def test_a_cancelled_look_is_taken_up_again(welds: Welds) -> None:
    welds.label(welds.paths[0])
    for n in range(5):
        welds.new_photo(f"new/{n}.jpg", 100 + n)
    (welds.folder / welds.paths[0]).rename(welds.folder / "moved.jpg")
    for steps in range(0, 40, 3):
        work = rescanning.rescan(welds.store, 1)
        for _ in range(steps):
            next(work, None)
        work.close()
    welds.rescan()
    assert len(welds.now()) == 13
    assert welds.state(welds.now()["moved.jpg"]) == State.RAISED
    assert not [i for i in welds.now().values() if welds.problem(i)]


def test_collections_are_found_by_name(welds: Welds) -> None:
    assert rescanning.collection_named(welds.store, "PHOTOS").id == 1
    with pytest.raises(ImportRefused, match="There is 'photos'"):
        rescanning.collection_named(welds.store, "south")
