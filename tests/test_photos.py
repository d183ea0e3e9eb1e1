"""The factory itself: other tests lean on what it says about its photographs."""

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from tests.photos import FLAGS, draw_photo, make_collection, make_photo


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_is_upright_again_by_its_exif(tmp_path: Path, orientation: int) -> None:
    path = make_photo(tmp_path / "a.png", ["red disc"], size=(40, 24), orientation=orientation)
    with Image.open(path) as image:
        assert image.size == ((40, 24) if orientation <= 4 else (24, 40))
        upright = np.asarray(ImageOps.exif_transpose(image))
    np.testing.assert_array_equal(upright, draw_photo(["red disc"], size=(40, 24)))


def test_exif_carries_time_and_camera(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "a.jpg", taken=datetime(2021, 3, 4, 5, 6, 7), camera="Redbox")
    with Image.open(path) as image:
        exif = image.getexif()
    assert exif[ExifTags.Base.Model] == "Redbox"
    assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == "2021:03:04 05:06:07"


def test_flags_can_be_told_from_the_pixels(tmp_path: Path) -> None:
    collection = make_collection(tmp_path, 30)
    assert {flag for shown in collection.shown for flag in shown} == set(FLAGS)
    for path, shown in zip(collection.paths, collection.shown, strict=True):
        with Image.open(tmp_path / path) as image:
            pixels = np.asarray(image).astype(int)
        red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
        # A flag may hide under another, so only what is not shown is certain to leave no trace.
        for flag, trace in zip(FLAGS, (red - green, green - red, blue - red), strict=True):
            if flag not in shown:
                assert (trace > 100).mean() < 0.01, (path, flag)


def test_joints_lie_in_folders_and_tables_name_every_photo(tmp_path: Path) -> None:
    collection = make_collection(tmp_path / "photos", 6, per_joint=3, one_each=True)
    assert collection.paths[:4] == ("joint-0001/1.jpg", "joint-0001/2.jpg", "joint-0001/3.jpg", "joint-0002/1.jpg")
    for write in (collection.write_wide, collection.write_flags, collection.write_class):
        with write(tmp_path / "table.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["path"] for row in rows] == list(collection.paths)
    assert rows[1]["class"] == FLAGS[1]
