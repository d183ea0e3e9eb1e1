"""Figures are never written among the photographs, and only as pictures."""

import hashlib
from pathlib import Path

import pytest

from tests.photos import make_collection
from weldstudio.imaging.look import Look
from weldstudio.studio import figures
from weldstudio.studio.placing import ExportRefused


def test_an_original_is_never_touched(tmp_path: Path) -> None:
    made = make_collection(tmp_path / "photos", 2)
    photo = made.folder / made.paths[0]
    before = hashlib.sha256(photo.read_bytes()).hexdigest()
    for place in (photo, made.folder / "new" / "figure.png"):
        with pytest.raises(ExportRefused, match="holds photographs"):
            figures.allowed(place, [made.folder])
    out = figures.allowed(tmp_path / "out" / "figure", [made.folder])
    assert out.suffix == ".png"
    report = figures.write(out, photo, ("Soil", made.paths[0]), look=Look(brightness=0.2))
    assert report.file.is_file()
    assert report.words[-1].startswith("Brightness")
    assert hashlib.sha256(photo.read_bytes()).hexdigest() == before
    assert [file.name for file in out.parent.iterdir()] == ["figure.png"]


def test_only_pictures_are_written(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="PNG or JPEG"):
        figures.allowed(tmp_path / "figure.pdf", [])
