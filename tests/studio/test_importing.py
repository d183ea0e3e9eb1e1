import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.imaging.damaged import write_broken
from tests.photos import FLAGS, make_collection, make_photo
from weldstudio.domain.changes import Changes, Progress
from weldstudio.domain.errors import ImportRefused, JobFailed
from weldstudio.domain.labelling import Source, State, label_byte, source_of, state_of
from weldstudio.domain.messages import Completed, FactsRead, Failed, Message, ReadFacts, Started
from weldstudio.imaging.scan import scan
from weldstudio.imaging.thumbs import ThumbStore, thumb_key
from weldstudio.store import events, first_pass, photos, unread
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import importing, labelling, projects, reading
from weldstudio.studio import scheme as scheme_editing
from weldstudio.studio.describing import Told
from weldstudio.studio.importing import ImportReport, import_photos, refuse_early
from weldstudio.studio.label_files import read_label_file
from weldstudio.studio.label_import import Terms
from weldstudio.studio.notes import listed as notes_listed
from weldstudio.studio.notes import note_joint

WHO = "Ann"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = projects.create(tmp_path / "project")
    yield made
    made.close()


class InProcess:
    """Stands in for the reader child: the same facts, without starting a process."""

    sent: list[ReadFacts] = []  # noqa: RUF012

    def __init__(self, role: str) -> None:
        assert role == "reader"
        self._said: list[Message] = [Started(1, role)]

    def __enter__(self) -> "InProcess":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, message: ReadFacts) -> None:
        self.sent.append(message)
        for path in message.paths:
            self._said.append(FactsRead(message.request, ({"path": path, "width": 9, "height": 9},)))
        self._said.append(Completed(message.request))

    def poll(self, timeout: float) -> Message | None:
        return self._said.pop(0) if self._said else None


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> type[InProcess]:
    monkeypatch.setattr(reading, "Child", InProcess)
    monkeypatch.setattr(InProcess, "sent", [])
    return InProcess


def done(work: Generator[Progress, None, Any]) -> tuple[Any, list[Progress]]:
    steps = []
    while True:
        try:
            steps.append(next(work))
        except StopIteration as stop:
            return stop.value, steps


def run(store: Store, folder: Path, **options: Any) -> ImportReport:
    report: ImportReport = done(import_photos(store, folder, who=WHO, **options))[0]
    return report


def csv(path: Path, text: str) -> Any:
    path.write_text(text, encoding="utf-8")
    return read_label_file(path)


def labels_of(store: Store) -> dict[str, dict[str, tuple[State, Source]]]:
    """Path -> class -> (state, source) of all labels that are not unseen."""
    scheme = scheme_rows.load(store)
    everything = photos.every(store)
    present = events.present(store, [photo.id for photo in everything])
    return {
        photo.path: {
            scheme.by_slot(slot).name: (state_of(byte), source_of(byte))
            for slot, byte in enumerate(present.get(photo.id, b""))
            if byte
        }
        for photo in everything
    }


def test_a_folder_becomes_a_collection_through_the_real_child(store: Store, tmp_path: Path) -> None:
    made = make_collection(tmp_path / "photos", 12, per_joint=3)
    report, steps = done(import_photos(store, made.folder, who=WHO))
    assert (report.found, report.new, report.facts.read, report.skipped_count) == (12, 12, 12, 0)
    everything = photos.every(store)
    assert [photo.path for photo in everything] == list(made.paths)
    assert all(photo.width == 96 and photo.content_hash and photo.perceptual_hash is not None for photo in everything)
    assert Changes.of(step.changes for step in steps).photos == {photo.id for photo in everything}
    assert len({photo.joint_id for photo in everything}) == 12
    thumbs = ThumbStore(store.folder / "thumbs")
    for photo in everything:
        assert thumb_key(report.collection.uuid, photo.path, photo.size, photo.mtime_ns) in thumbs
    thumbs.close()
    assert photos.root_of(store, report.collection.id) == made.folder
    assert any("12 photos found" in line for line in report.lines())


def test_rows_can_be_browsed_before_any_file_is_read(store: Store, tmp_path: Path, no_child: type[InProcess]) -> None:
    made = make_collection(tmp_path / "photos", 5)
    work = import_photos(store, made.folder, who=WHO)
    first = next(work)
    assert len(first.changes.photos) == photos.count(store) == 5
    assert no_child.sent == []
    work.close()
    assert len(unread.without_facts(store)) == 5


def test_wide_labels_make_the_scheme(store: Store, tmp_path: Path, no_child: type[InProcess]) -> None:
    made = make_collection(tmp_path / "photos", 6)
    report = run(store, made.folder, labels=read_label_file(made.write_wide(tmp_path / "labels.csv")))
    assert [flag.name for flag in scheme_rows.load(store).flags] == list(FLAGS)
    assert (report.labelled, report.unlabelled, report.labels) == (6, 0, 18)
    found = labels_of(store)
    for path, shown in zip(made.paths, made.shown, strict=True):
        assert found[path] == {flag: (State.RAISED if flag in shown else State.CLEAR, Source.IMPORT) for flag in FLAGS}


def test_classes_make_an_exclusive_group(store: Store, tmp_path: Path, no_child: type[InProcess]) -> None:
    made = make_collection(tmp_path / "photos", 6, one_each=True)
    run(store, made.folder, labels=read_label_file(made.write_class(tmp_path / "labels.csv")))
    scheme = scheme_rows.load(store)
    (group,) = scheme.groups
    assert {scheme.by_slot(slot).name for slot in group.members} == set(FLAGS)
    for path, (flag,) in zip(made.paths, made.shown, strict=True):
        states = {name: state for name, (state, _) in labels_of(store)[path].items()}
        assert states == {name: State.RAISED if name == flag else State.CLEAR for name in FLAGS}


def test_a_new_class_of_a_later_file_joins_the_group_of_its_others(
    store: Store, tmp_path: Path, no_child: type[InProcess]
) -> None:
    made = make_collection(tmp_path / "photos", 6, one_each=True)
    run(store, made.folder, labels=read_label_file(made.write_class(tmp_path / "labels.csv")))
    (flag,) = made.shown[0]
    later = tmp_path / "later.csv"
    later.write_text(f"path,class\n{made.paths[0]},{flag.upper()}\n{made.paths[1]},Frost\n", encoding="utf-8")
    run(store, made.folder, labels=read_label_file(later), terms=Terms(new_flags=True))
    scheme = scheme_rows.load(store)
    (group,) = scheme.groups
    assert {scheme.by_slot(slot).name for slot in group.members} == {*FLAGS, "Frost"}


def test_what_unlisted_means_must_be_said(store: Store, tmp_path: Path, no_child: type[InProcess]) -> None:
    made = make_collection(tmp_path / "photos", 6)
    labels = read_label_file(made.write_flags(tmp_path / "labels.csv"))
    with pytest.raises(ImportRefused, match="--unlisted"):
        run(store, made.folder, labels=labels)
    assert photos.collections(store) == []
    run(store, made.folder, labels=labels, terms=Terms(unlisted=State.CLEAR))
    found = labels_of(store)
    for path, shown in zip(made.paths, made.shown, strict=True):
        for flag in FLAGS:
            raised = (State.RAISED, Source.IMPORT)
            assert found[path][flag] == (raised if flag in shown else (State.CLEAR, Source.ASSUMED))


def test_unlisted_may_stay_unseen(store: Store, tmp_path: Path, no_child: type[InProcess]) -> None:
    make_collection(tmp_path / "photos", 2)
    labels = csv(tmp_path / "labels.csv", "path,flags\n0001.jpg,Soil\n0002.jpg,\n")
    report = run(store, tmp_path / "photos", labels=labels, terms=Terms(unlisted=State.UNSEEN))
    assert labels_of(store) == {"0001.jpg": {"Soil": (State.RAISED, Source.IMPORT)}, "0002.jpg": {}}
    assert report.labels == 1


REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown flag": ("path,red disk\n0001.jpg,1\n0002.jpg,0\n", {}, r"'red disk'.*Did you mean 'red disc'\?"),
    "no photo of the folder": ("path,red disc\nx.jpg,1\ny.jpg,0\n", {}, r"names no photo of .*'x\.jpg'"),
    "no usable row": ("path,red disc\n0001.jpg,perhaps\n", {}, "line 2.*'perhaps'"),
    "unlisted": ("path,flags\n0001.jpg,red disc\n", {}, "--unlisted"),
    "unlisted nonsense": ("path,flags\n0001.jpg,red disc\n", {"terms": Terms(unlisted=State.UNSURE)}, "nothing else"),
    "joint column": ("path,red disc\n0001.jpg,1\n", {"joint": "column:weld"}, "no column 'weld'"),
    "joint pattern": ("path,red disc\n0001.jpg,1\n", {"joint": "("}, "regular expression"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refused_import_changes_nothing(store: Store, tmp_path: Path, no_child: type[InProcess], case: str) -> None:
    text, options, reason = REFUSALS[case]
    make_collection(tmp_path / "photos", 2)
    scheme_editing.add_flag(store, "red disc", who=WHO)
    before = (store.sequence, scheme_rows.load(store))
    with pytest.raises(ImportRefused, match=reason):
        run(store, tmp_path / "photos", labels=csv(tmp_path / "labels.csv", text), **options)
    assert (store.sequence, scheme_rows.load(store)) == before
    assert photos.collections(store) == []


def test_new_flags_are_added_when_that_is_wished(store: Store, tmp_path: Path, no_child: type[InProcess]) -> None:
    make_collection(tmp_path / "photos", 2)
    scheme_editing.add_flag(store, "Soil", who=WHO)
    labels = csv(tmp_path / "labels.csv", "path,soil,Water\n0001.jpg,1,0\n0002.jpg,0,1\n")
    run(store, tmp_path / "photos", labels=labels, terms=Terms(new_flags=True))
    assert [flag.name for flag in scheme_rows.load(store).flags] == ["Soil", "Water"]
    assert labels_of(store)["0002.jpg"]["Soil"][0] == State.CLEAR


def test_a_retired_flag_takes_no_labels(store: Store, tmp_path: Path) -> None:
    make_collection(tmp_path / "photos", 1)
    scheme_editing.add_flag(store, "Soil", who=WHO)
    scheme_editing.retire_flag(store, 0, who=WHO)
    labels = csv(tmp_path / "labels.csv", "path,soil,b\n0001.jpg,1,0\n")
    with pytest.raises(ImportRefused, match="retired"):
        run(store, tmp_path / "photos", labels=labels, terms=Terms(new_flags=True))


def test_refused_before_there_is_a_project(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    make_photo(tmp_path / "photos" / "a.jpg")
    for folder, reason in (("gone", "does not exist"), ("photos/a.jpg", "is no folder"), ("empty", "no photos")):
        with pytest.raises(ImportRefused, match=reason):
            refuse_early(tmp_path / folder)
    refuse_early(tmp_path / "photos", joint="folder")


def test_the_report_says_what_was_left_out(store: Store, tmp_path: Path, no_child: type[InProcess]) -> None:
    folder = tmp_path / "photos"
    made = make_collection(folder, 4)
    (folder / "film.mp4").write_bytes(b"x")
    rows = ["path,a", "0001.jpg,1", "0002.jpg,maybe", "elsewhere/0003.jpg,0", "none.jpg,1"]
    report = run(store, folder, labels=csv(tmp_path / "labels.csv", "\n".join(rows) + "\n"))
    skipped = dict(report.skipped)
    assert set(skipped) == {"film.mp4", "labels.csv, line 3", "labels.csv, line 5"}
    assert report.skipped_count == 3
    assert (report.labelled, report.by_name, report.unlabelled) == (2, 1, 2)
    assert report.unlabelled_examples == (made.paths[1], made.paths[3])
    assert any("'maybe'" in line for line in report.lines())


def test_broken_files_are_rows_with_a_problem(store: Store, tmp_path: Path) -> None:
    broken = write_broken(tmp_path / "photos")
    make_collection(tmp_path / "photos", 2)
    report = run(store, tmp_path / "photos")
    assert report.facts.problem_count == len(broken)
    problems = {photo.path: photo.problem for photo in photos.every(store)}
    assert {path for path, problem in problems.items() if problem} == set(broken)
    assert unread.without_facts(store) == []


JOINTS: tuple[tuple[str | None, list[str]], ...] = (
    ("folder", ["W1", "W1", "W2/in", "0.jpg"]),
    (r"W\d/.*?(\d)\.jpg", ["1", "2", "1", "0.jpg"]),
    ("column:weld", ["A", "B", "A", "0.jpg"]),
)


@pytest.mark.parametrize(("rule", "expected"), JOINTS)
def test_joints(store: Store, tmp_path: Path, no_child: type[InProcess], rule: str | None, expected: list[str]) -> None:
    paths = ["W1/1.jpg", "W1/2.jpg", "W2/in/1.jpg", "0.jpg"]
    for path in paths:
        make_photo(tmp_path / "photos" / path)
    rows = "\n".join(f"{path},1,{weld},Acme" for path, weld in zip(paths, ["A", "B", "A", ""], strict=True))
    labels = csv(tmp_path / "labels.csv", f"path,a,weld,contractor\n{rows}\n") if rule == "column:weld" else None
    report = run(
        store, tmp_path / "photos", joint=rule, labels=labels, told=Told(contractor=None if labels else "Best")
    )
    shown = {photo.path: photos.joint(store, photo.joint_id) for photo in photos.every(store)}
    joints = [shown[path] for path in paths]
    assert [joint.reference for joint in joints if joint] == expected
    assert len({joint.id for joint in joints if joint}) == len(set(expected))
    assert all(joint is not None and joint.contractor_id is not None for joint in joints)
    assert report.without_joint == 1
    if labels is not None:
        assert [flag.name for flag in scheme_rows.load(store).flags] == ["a"]


def test_joints_given_by_a_later_import_are_taken_back(store: Store, tmp_path: Path, no_child: type[InProcess]) -> None:
    for path in ("W1/1.jpg", "W1/2.jpg", "W2/1.jpg"):
        make_photo(tmp_path / "photos" / path)
    run(store, tmp_path / "photos", told=Told(kind="coupler", medium="gas"))
    own = {photo.path: photo.joint_id for photo in photos.every(store)}
    note_joint(store, own["W1/1.jpg"], "sand", who=WHO)
    run(store, tmp_path / "photos", joint="folder", told=Told(medium="water"))
    assert len(set(joint_ids(store))) == 2
    assert [note.name for note in notes_listed(store)] == ["(no photo shows it any more)"]
    done = labelling.revert(store, labelling.undoable(store, who=WHO)[-1][0], who=WHO)
    assert done.changes.photos == frozenset(photo.id for photo in photos.every(store))
    assert {photo.path: photo.joint_id for photo in photos.every(store)} == own
    assert photos.joint_kinds(store)[:3] == [(joint, "coupler", "gas") for joint in sorted(own.values())]
    labelling.revert(store, done.action_id or "", who=WHO)
    assert len(set(joint_ids(store))) == 2


def joint_ids(store: Store) -> list[int]:
    return [photo.joint_id for photo in photos.every(store)]


def test_equipment_of_the_import_stands_against_exif(store: Store, tmp_path: Path) -> None:
    make_photo(tmp_path / "a" / "1.jpg", camera="Pixel 3")
    make_photo(tmp_path / "b" / "1.jpg", camera="Pixel 3")
    run(store, tmp_path / "a", told=Told(equipment="Redbox"))
    run(store, tmp_path / "b")
    assert [photo.equipment for photo in photos.every(store)] == ["Redbox", "Pixel 3"]


def test_importing_again_brings_up_to_date(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    made = make_collection(folder, 4)
    labels = read_label_file(made.write_wide(tmp_path / "labels.csv"))
    first = run(store, folder, labels=labels)
    before = {photo.path: photo for photo in photos.every(store)}
    corrected = before["0001.jpg"].id
    now = state_of(events.present(store, [corrected])[corrected][0])
    other = State.CLEAR if now == State.RAISED else State.RAISED
    labelling.set_state(store, [corrected], 0, other, who=WHO)

    (folder / "0002.jpg").unlink()
    make_photo(folder / "0003.jpg", size=(50, 40), seed=99)
    os.utime(folder / "0003.jpg", ns=(1, 1))
    make_photo(folder / "0005.jpg")
    again = run(store, folder, labels=labels)
    assert again.collection == first.collection
    assert (again.found, again.new, again.changed, again.vanished) == (4, 1, 1, 1)
    after = {photo.path: photo for photo in photos.every(store)}
    assert {path: photo.id for path, photo in before.items()}.items() <= {p: a.id for p, a in after.items()}.items()
    assert "not there any more" in (after["0002.jpg"].problem or "")
    assert (after["0003.jpg"].width, after["0003.jpg"].mtime_ns) == (50, 1)
    assert after["0005.jpg"].width == 96
    # The correction stands, and labels of the photo that is gone are kept.
    assert events.present(store, [corrected])[corrected][0] == label_byte(other, Source.HAND)
    assert labels_of(store)["0002.jpg"]

    # The very same file comes back, as from a disk that is connected again.
    make_photo(folder / "0002.jpg")
    os.utime(folder / "0002.jpg", ns=(before["0002.jpg"].mtime_ns,) * 2)
    first_pass.update_found(store, again.collection.id, list(scan(folder)))
    photos.set_problem(store, [before["0002.jpg"].id], "0002.jpg is not there any more.")
    back = run(store, folder)
    assert (back.new, back.changed, back.vanished) == (0, 0, 0)
    assert photos.every(store)[1].problem is None


def test_originals_are_never_touched(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    make_collection(folder, 3)
    write_broken(folder / "broken")
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
    run(store, folder, joint="folder")
    assert {
        path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    } == before


def test_cancelled_and_taken_up_again(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_ROWS", 10)
    monkeypatch.setattr(importing, "_ROWS_AT_MOST", 10)
    folder = tmp_path / "photos"
    made = make_collection(folder, 50)
    work = import_photos(store, folder, who=WHO)
    for _ in range(2):
        next(work)
    work.close()
    assert photos.count(store) == 20
    work = import_photos(store, folder, who=WHO)
    while not (step := next(work)).text.startswith("Reading") or not step.done:
        pass
    work.close()
    assert photos.count(store) == 50
    left = len(unread.without_facts(store))
    assert 0 < left < 50
    report, _ = done(reading.read_facts(store))
    assert report.read == left
    assert unread.without_facts(store) == []
    assert [photo.path for photo in photos.every(store)] == list(made.paths)


def test_a_folder_that_moved_away_is_told(store: Store, tmp_path: Path, no_child: type[InProcess]) -> None:
    folder = tmp_path / "photos"
    make_collection(folder, 3)
    work = import_photos(store, folder, who=WHO)
    next(work)
    work.close()
    shutil.move(folder, tmp_path / "elsewhere")
    report, _ = done(reading.read_facts(store))
    assert report.missing_roots == (("photos", str(folder), 3),)
    assert no_child.sent == []
    assert len(unread.without_facts(store)) == 3


class Crashing(InProcess):
    """Dies of photos whose name holds 'deadly', as a decoder might; before that it answers some."""

    starts = 0
    hear: Callable[[], None] | None = None

    def __init__(self, role: str) -> None:
        super().__init__(role)
        type(self).starts += 1

    def send(self, message: ReadFacts) -> None:
        for path in message.paths:
            if "deadly" in path:
                self._said.append(Failed(-99, "crash"))
                return
            self._said.append(FactsRead(message.request, ({"path": path, "width": 9, "height": 9},)))
        self._said.append(Completed(message.request))

    def poll(self, timeout: float) -> Message | None:
        message = super().poll(timeout)
        if isinstance(message, Failed):
            raise JobFailed("The reader process ended unexpectedly (exit status -11). Try again.")
        return message


def test_a_photo_that_kills_the_reader_is_found_and_left_out(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log: Any
) -> None:
    monkeypatch.setattr(reading, "Child", Crashing)
    monkeypatch.setattr(reading, "_ASKED", 4)
    for number in range(20):
        name = f"{number:02}{'_deadly' if number in (6, 15) else ''}.jpg"
        make_photo(tmp_path / "photos" / name)
    with expect_log("weldstudio.studio.reading", "deadly"):
        report = run(store, tmp_path / "photos")
    assert report.facts.read == 20
    assert [path for path, _ in report.facts.problems] == ["06_deadly.jpg", "15_deadly.jpg"]
    assert unread.without_facts(store) == []


def test_a_reader_that_never_works_is_an_error(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log: Any
) -> None:
    monkeypatch.setattr(reading, "Child", Crashing)
    for number in range(9):
        make_photo(tmp_path / "photos" / f"deadly{number}.jpg")
    with (
        expect_log("weldstudio.studio.reading", "deadly"),
        pytest.raises(JobFailed, match="ended unexpectedly"),
    ):
        run(store, tmp_path / "photos")
    assert Crashing.starts < 12


def test_the_shared_scenes_as_a_new_user(store: Store, shared_data: Path, no_child: type[InProcess]) -> None:
    folder = shared_data / "scenes"
    report = run(store, folder, labels=read_label_file(folder / "labels.csv"))
    assert (report.found, report.labelled, report.labels, report.skipped_count) == (2000, 2000, 10_000, 0)
    assert [flag.name for flag in scheme_rows.load(store).flags] == ["desert", "mountains", "sea", "sunset", "trees"]
