import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from weldstudio.imaging.drawn.chances import PERFECT, TABLE, TOTALS
from weldstudio.imaging.drawn.collection import (
    FLAGS,
    DrawnPhoto,
    draw,
    make_collection,
    plan,
    planned,
    write,
    write_labels,
)
from weldstudio.imaging.drawn.flags import BENT, NO_LINE, NO_WELD, SOIL_LOW, WATER_LOW
from weldstudio.studio.label_files import read_label_file


def test_exactly_as_many_as_asked_for_in_joints_of_one_to_four_photos_of_one_scene() -> None:
    photos = plan(301, seed=4)
    assert len(photos) == 301
    assert len({photo.path for photo in photos}) == 301
    joints = Counter(photo.joint for photo in photos)
    assert set(joints.values()) == {1, 2, 3, 4}
    for photo in photos:
        folder, joint, name = photo.path.split("/")
        assert joint.removeprefix("joint-") == photo.joint.partition("-")[2]
        assert name[:-4].isdigit()
        assert folder == folder.lower()
    by_joint = {photo.joint: photo for photo in photos}
    for photo in photos:
        other = by_joint[photo.joint]
        assert photo.scene == other.scene
        assert (photo.medium, photo.contractor) == (other.medium, other.contractor)
        assert photo.view == other.view or photo.view.seed != other.view.seed


def test_the_same_seed_plans_and_draws_the_same_and_another_seed_another() -> None:
    assert plan(20, seed=5) == plan(20, seed=5)
    assert plan(20, seed=5)[:10] == plan(10, seed=5)[:10]
    assert plan(20, seed=5) != plan(20, seed=6)
    photo = plan(1, seed=5)[0]
    assert np.array_equal(draw(photo), draw(photo))


def test_every_flag_is_frequent_in_a_balanced_draw() -> None:
    photos = plan(1500, seed=1, balanced=True)
    for flag in FLAGS:
        share = sum(flag in photo.raised for photo in photos) / len(photos)
        assert 0.11 < share < 0.34, flag


def test_flags_are_as_frequent_as_in_the_table_by_equipment() -> None:
    photos = plan(1600, seed=2, bluebox_share=0.5)
    for column, equipment in enumerate(("Redbox", "Bluebox")):
        those = [photo for photo in photos if photo.equipment == equipment]
        assert 700 < len(those) < 900
        perfect = sum(not photo.raised for photo in those) / len(those)
        assert perfect == pytest.approx(PERFECT[equipment], abs=0.08)
        for flag, counts in TABLE.items():
            share = sum(flag in photo.raised for photo in those) / len(those)
            wanted = counts[column] / TOTALS[equipment]
            # Hidden zones hide the line as well, so there are more without one than the table has.
            assert share == pytest.approx(wanted, abs=0.1 if flag == NO_LINE else 0.045), (flag, equipment)


def test_wrong_labels_are_as_many_as_asked_for_and_on_redbox_photos_alone() -> None:
    photos = plan(700, seed=3, wrong_share=0.2, bluebox_share=0.3)
    red = [photo for photo in photos if photo.equipment == "Redbox"]
    wrong = sum(photo.labelled != photo.raised for photo in red) / len(red)
    assert 0.15 < wrong < 0.25
    assert all(photo.labelled == photo.raised for photo in photos if photo.equipment == "Bluebox")
    assert all(photo.labelled == photo.raised for photo in plan(200, seed=3, wrong_share=0))


def test_what_is_written_has_its_size_its_time_its_camera_and_a_table_that_can_be_imported(tmp_path: Path) -> None:
    photos = [*plan(2, seed=8, bluebox_share=0), *plan(2, seed=9, bluebox_share=1)]
    photos = [replace(photo, path=f"arden/{number}.jpg") for number, photo in enumerate(photos)]
    assert {photo.equipment for photo in photos} == {"Redbox", "Bluebox"}
    assert list(write(tmp_path, photos)) == [1, 2, 3, 4]
    for photo in photos:
        with Image.open(tmp_path / photo.path) as image:
            assert image.size == photo.size == {"Redbox": (640, 480), "Bluebox": (1280, 960)}[photo.equipment]
            exif = image.getexif()
            assert exif[ExifTags.Base.Make] == photo.equipment
            taken = exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal]
            assert taken == photo.taken.strftime("%Y:%m:%d %H:%M:%S")
    table = read_label_file(write_labels(tmp_path, photos))
    assert table.classes == FLAGS
    assert not table.problems
    for row, photo in zip(table.rows, photos, strict=True):
        assert {name for name, state in row.states.items() if state.name == "RAISED"} == photo.labelled
        assert row.columns["joint"] == photo.joint
        assert row.columns["type"] == photo.joint_type


def test_many_processes_write_what_one_writes(tmp_path: Path) -> None:
    photos = plan(3, seed=9, bluebox_share=0)
    assert list(write(tmp_path / "many", photos, workers=2)) == [1, 2, 3]
    assert list(write(tmp_path / "one", photos)) == [1, 2, 3]
    for photo in photos:
        assert (tmp_path / "many" / photo.path).read_bytes() == (tmp_path / "one" / photo.path).read_bytes()


def test_photos_are_planned_while_others_are_drawn(tmp_path: Path) -> None:
    asked: list[DrawnPhoto] = []

    def coming() -> Iterator[DrawnPhoto]:
        for photo in islice(planned(seed=9, bluebox_share=0), 50):
            asked.append(photo)
            yield photo

    done = write(tmp_path, coming())
    assert next(done) == len(asked) == 1
    assert asked == plan(1, seed=9, bluebox_share=0)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.jpg")] == [asked[0].path]


def test_a_collection_is_photos_and_their_table(tmp_path: Path) -> None:
    table = make_collection(tmp_path / "photos", 5, 1)
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    on_disk = {path.relative_to(table.parent).as_posix() for path in table.parent.rglob("*.jpg")}
    assert {row["path"] for row in rows} == on_disk
    assert len(rows) == 5


def test_none_at_all_is_a_table_without_rows(tmp_path: Path) -> None:
    (header,) = make_collection(tmp_path / "empty", 0, 1).read_text().splitlines()
    assert header.endswith(",".join(FLAGS))


def test_a_share_of_the_joints_shows_rare_flags_too() -> None:
    rare = {BENT, NO_WELD, SOIL_LOW, WATER_LOW}

    def joints_with_rare_flags(balanced: float) -> int:
        return len({photo.joint for photo in plan(300, seed=6, balanced=balanced) if photo.raised & rare})

    few, some, many = (joints_with_rare_flags(share) for share in (0.0, 0.4, 1.0))
    assert few < some < many
