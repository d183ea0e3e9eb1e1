"""Every file of the corpus is either shown as it should be or explained; nothing stops, and no original changes."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from tests.imaging.corpus import EITHER, SHOWN, Odd, write
from weldstudio.domain.errors import PhotoError
from weldstudio.imaging.read import read_photo, read_size
from weldstudio.imaging.scan import read_facts, scan

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corpus")


@pytest.fixture(scope="module")
def made(folder: Path) -> tuple[Odd, ...]:
    return write(folder)


def wrong(odd: Odd, folder: Path) -> str:
    """What is wrong with how a file is read; '' if nothing is."""
    try:
        pixels = read_photo(folder / odd.name)
    except PhotoError as error:
        said = str(error)
        explained = said.startswith(odd.name) and said.endswith(".")
        if odd.fate == SHOWN or not explained or (odd.fate != EITHER and not re.search(odd.fate, said)):
            return said
        return "" if read_facts(folder, odd.name)[0].problem else "the import takes it for a picture"
    if odd.fate not in (SHOWN, EITHER):
        return f"shown, and should say {odd.fate}"
    if pixels.shape != (odd.size[1], odd.size[0], 3) or read_size(folder / odd.name) != odd.size:
        return f"{pixels.shape} and {read_size(folder / odd.name)}"
    high, wide = pixels.shape[0] // 4, pixels.shape[1] // 4
    there = np.array([pixels[y, x] for y in (high, -1 - high) for x in (wide, -1 - wide)], int)
    off = np.abs(there - np.array(odd.colours)).max()
    facts, thumb = read_facts(folder, odd.name)
    if facts.problem is not None or thumb is None:
        return f"no thumbnail: {facts.problem}"
    return f"{off} off: {there.tolist()}" if off > odd.tolerance else ""


def test_every_file_is_shown_right_or_explained(folder: Path, made: tuple[Odd, ...]) -> None:
    assert len(made) >= 200
    before = {odd.name: (hashlib.sha256(odd.content).digest(), (folder / odd.name).stat().st_mtime_ns) for odd in made}
    found = {odd.name: said for odd in made if (said := wrong(odd, folder))}
    assert found == {}
    for name, (digest, mtime_ns) in before.items():
        assert hashlib.sha256((folder / name).read_bytes()).digest() == digest
        assert (folder / name).stat().st_mtime_ns == mtime_ns


def test_a_scan_takes_every_file_for_a_photo(folder: Path, made: tuple[Odd, ...]) -> None:
    assert {found.path for found in scan(folder)} == {odd.name for odd in made}
