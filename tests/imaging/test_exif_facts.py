"""What the camera wrote into a photo."""

from pathlib import Path

import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from weldstudio.domain.errors import PhotoError
from weldstudio.imaging.exif_facts import exif_facts

BASE, GPS = ExifTags.Base, ExifTags.GPS


def photo(path: Path, exif: Image.Exif | bytes = b"") -> Path:
    Image.new("RGB", (8, 6)).save(path, exif=exif)
    return path


def test_camera_exposure_and_place_in_words(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[BASE.Make], exif[BASE.Model], exif[BASE.Orientation] = "Redbox\0", "R 2", 6
    shot = exif.get_ifd(ExifTags.IFD.Exif)
    shot[BASE.ExposureTime], shot[BASE.FNumber] = IFDRational(1, 125), IFDRational(28, 10)
    shot[BASE.ISOSpeedRatings] = 400
    shot[BASE.DateTimeOriginal], shot[BASE.Flash] = "2024:03:05 10:11:12", 1
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "S", (33.0, 30.0, 0.0)
    place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "E", (18.0, 15.0, 36.0)
    facts = dict(exif_facts(photo(tmp_path / "a.jpg", exif)))
    assert facts == {
        "Format": "JPEG, RGB",
        "Make": "Redbox",
        "Model": "R 2",
        "Taken": "2024:03:05 10:11:12",
        "Exposure": "1/125 s",
        "Aperture": "f/2.8",
        "Sensitivity": "ISO 400",
        "Flash": "fired",
        "Orientation": "6",
        "Position": "-33.500000, 18.260000",
    }


def test_a_file_that_says_nothing_and_values_that_make_no_sense(tmp_path: Path) -> None:
    assert exif_facts(photo(tmp_path / "a.png")) == (("Format", "PNG, RGB"),)
    exif = Image.Exif()
    shot = exif.get_ifd(ExifTags.IFD.Exif)
    shot[BASE.ExposureTime], shot[BASE.FNumber] = IFDRational(0, 1), IFDRational(1, 0)
    exif.get_ifd(ExifTags.IFD.GPSInfo)[GPS.GPSLatitude] = (1.0,)
    facts = dict(exif_facts(photo(tmp_path / "b.jpg", exif)))
    assert "Exposure" not in facts
    assert "Position" not in facts


def test_what_is_no_picture_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(PhotoError, match="empty"):
        exif_facts(tmp_path / "a.jpg")
