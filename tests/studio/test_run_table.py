"""Runs as a table: sorted, filtered, marked, deleted and brought back, compared; no child is started."""

import csv
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.gui.train.scripted import CLASSES, make_run, say, story
from weldstudio.domain.errors import JobFailed, RecipeError
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.jobs.folder import RunFolder
from weldstudio.store import run_marks
from weldstudio.store.store import Store
from weldstudio.studio import curve_files, labelling, marking, run_differences, run_table, training

FIRST, SECOND, THIRD = "20260101-100000", "20260102-100000", "20260103-100000"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two runs that ended, one of ten epochs and one of five, and one that waits."""
    project = tmp_path / "project"
    with Store.create(project) as made:
        for run_id, epochs in ((FIRST, "10"), (SECOND, "5")):
            recipe = Recipe(name=f"With {epochs}").with_values({"schedule.epochs": epochs})
            run = RunFolder.create(project / "runs" / run_id, recipe, Manifest((), ()))
            run.write_control(replace(run.control(), started=1e9))
            say(run, *story(20 if run_id == FIRST else 10, finished=True))
        make_run(project, THIRD, started=False)
        yield made


def ids(found: list[run_table.RunFacts]) -> list[str]:
    return [one.id for one in found]


def test_runs_are_sorted_by_any_setting_or_score_and_those_without_come_last(store: Store) -> None:
    facts = run_table.facts(store)
    assert ids(run_table.ordered(facts, "schedule.epochs")) == [THIRD, SECOND, FIRST]
    assert ids(run_table.ordered(facts, "accuracy", descending=True)) == [FIRST, SECOND, THIRD]
    assert ids(run_table.ordered(facts, "accuracy")) == [SECOND, FIRST, THIRD]
    assert ids(run_table.ordered(facts, "flag:Soil")) == [SECOND, FIRST, THIRD]
    with pytest.raises(RecipeError, match=r"schedule\.epochs"):
        run_table.ordered(facts, "schedule.epoch")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", [THIRD, SECOND, FIRST]),
        ("schedule.epochs>=10", [FIRST]),
        ("schedule.epochs!=5 state=done", [FIRST]),
        ("with", [SECOND, FIRST]),
        ("star", [SECOND]),
        ("clamps", [SECOND]),
        ("accuracy>1%", [SECOND, FIRST]),
        ("accuracy > 1 %  schedule.epochs  >=  10", [FIRST]),
        ('"flag:soil" > 0.1 %', [SECOND, FIRST]),
        ("'flag:Joint Misaligned>0.99'", []),
        ("network.name=mobilenet_v2 data.augment=true", [THIRD, SECOND, FIRST]),
        ("loss!=3", [THIRD, SECOND, FIRST]),
    ],
)
def test_runs_are_filtered(store: Store, text: str, wanted: list[str]) -> None:
    marking.mark(store, SECOND, who="Ada", star=True)
    marking.mark(store, SECOND, who="Ada", note="the new clamps")
    assert ids(run_table.filtered(run_table.facts(store), text)) == wanted


@pytest.mark.parametrize("text", ["epochs=5", "schedule.epochs=many", "'open", "flag:Spoil>0.5"])
def test_a_filter_that_means_nothing_says_why(store: Store, text: str) -> None:
    with pytest.raises(RecipeError, match=r"epoch|number|quote|'flag:Soil'"):
        run_table.filtered(run_table.facts(store), text)


def test_what_differs_among_runs_is_offered_as_columns(store: Store) -> None:
    assert run_table.varying(run_table.facts(store)) == ["schedule.epochs"]


def test_marks_are_edits_that_can_be_taken_back(store: Store) -> None:
    done = marking.mark(store, FIRST, who="Ada", gone=True)
    assert done.changes.runs
    assert [run.id for run in training.runs(store)] == [THIRD, SECOND]
    assert [run.id for run in training.runs(store, deleted=True)] == [FIRST]
    assert labelling.undoable(store, who="Ada")[-1][0] == done.action_id
    marking.mark(store, FIRST, who="Bob", note="kept")
    labelling.revert(store, done.action_id or "", who="Ada")
    assert [run.id for run in training.runs(store)] == [THIRD, SECOND, FIRST]
    assert run_marks.read(store, [FIRST])[0].note == "kept"  # another's word stays
    assert marking.mark(store, FIRST, who="Ada", gone=False).action_id is None


def test_a_run_under_way_is_not_deleted(store: Store) -> None:
    with pytest.raises(JobFailed, match="stop it"):
        marking.mark(store, THIRD, who="Ada", gone=True)
    with pytest.raises(JobFailed, match="no run"):
        marking.mark(store, "x", who="Ada", star=True)


def test_a_deleted_run_is_cleared_away_after_a_month_and_not_before(store: Store) -> None:
    marking.mark(store, FIRST, who="Ada", gone=True)
    folder = store.folder / "runs" / FIRST
    deleted = (folder / "deleted").stat().st_mtime
    assert marking.clear_away(store, now=deleted + 29 * 86_400) == []
    assert marking.clear_away(store, now=deleted + 31 * 86_400) == [FIRST]
    assert not folder.exists()
    assert [run.id for run in training.runs(store)] == [THIRD, SECOND]


def test_two_runs_differ_in_settings_photos_and_labels(store: Store) -> None:
    clear, raised = int(State.CLEAR), int(State.RAISED)
    one = Manifest(
        (ManifestClass(0, "Soil"), ManifestClass(1, "Gone")),
        (
            ManifestPhoto(1, "/a.jpg", Split.TRAIN, (clear, clear)),
            ManifestPhoto(2, "/b.jpg", Split.TRAIN, (clear, clear)),
            ManifestPhoto(3, "/c.jpg", Split.TEST, (clear, clear)),
        ),
    )
    other = Manifest(
        (ManifestClass(2, "New"), ManifestClass(0, "Soil")),
        (
            ManifestPhoto(1, "/a.jpg", Split.TRAIN, (clear, raised)),
            ManifestPhoto(2, "/b.jpg", Split.VALIDATION, (clear, clear)),
            ManifestPhoto(4, "/d.jpg", Split.TEST, (clear, clear)),
        ),
    )
    found = run_differences.snapshots_between(one, other)
    assert [(c.photo_id, c.name, c.first, c.second) for c in found.changed] == [(1, "Soil", State.CLEAR, State.RAISED)]
    assert (found.gone, found.new, found.moved) == ((3,), (4,), (2,))
    assert (found.classes_gone, found.classes_new) == (("Gone",), ("New",))
    between = run_differences.between(store, FIRST, SECOND)
    assert between.settings == {"schedule.epochs": ("10", "5")}
    assert between.snapshot.sentence == "Trained on the same photos with the same labels."


def test_curves_are_written_as_a_table(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "curves.csv"
    runs = [RunFolder(store.folder / "runs" / run_id) for run_id in (FIRST, SECOND)]
    count = curve_files.write_csv(runs, file)
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == count
    loss = [float(row["value"]) for row in rows if row["run"] == SECOND and row["curve"] == "training loss"]
    assert len(loss) == 10
    assert {row["curve"] for row in rows} >= {"learning rate", *(f"sensitivity/{name}" for name in CLASSES)}
    with pytest.raises(JobFailed, match="cannot be written"):
        curve_files.write_csv(runs, tmp_path / "none" / "curves.csv")


def crc32c(data: bytes) -> int:
    """Bit by bit, as RFC 3720 says it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x82F63B78 * (crc & 1)
    return crc ^ 0xFFFFFFFF


def test_event_files_are_records_with_their_check_sums(store: Store, tmp_path: Path) -> None:
    assert crc32c(b"123456789") == 0xE3069283 != zlib.crc32(b"123456789")
    (file,) = curve_files.write_events([RunFolder(store.folder / "runs" / SECOND)], tmp_path / "events")
    data, records = file.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        for part, said in ((data[:8], data[8:12]), (data[12 : 12 + length], data[12 + length : 16 + length])):
            crc = crc32c(part)
            masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
            assert struct.unpack("<I", said) == (masked,)
        records.append(data[12 : 12 + length])
        data = data[16 + length :]
    assert records[0].endswith(b"brain.Event:2")
    points = list(curve_files.points(RunFolder(store.folder / "runs" / SECOND)))
    assert len(records) == 1 + len(points)
    assert struct.pack("<f", points[0][2]) in records[1]


def test_tensorboard_reads_them(store: Store, tmp_path: Path) -> None:
    (file,) = curve_files.write_events([RunFolder(store.folder / "runs" / FIRST)], tmp_path / "events")
    found = EventAccumulator(str(file.parent))
    found.Reload()
    assert "mean_per_class_accuracy/No_Clamp_Used" in found.Tags()["scalars"]
    assert [(e.step, round(e.value, 4)) for e in found.Scalars("learning_rate")][:1] == [(1, 0.01)]
