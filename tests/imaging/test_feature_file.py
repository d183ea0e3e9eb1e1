"""Features are found again by the content of their photo, whatever was torn or damaged on the way."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from weldstudio.imaging import refit_file
from weldstudio.imaging.feature_file import ROWS, FeatureFile, TrunkAbout

ABOUT = TrunkAbout("t1", "mobilenet_v2", 5)
KEYS = [hashlib.sha256(bytes([n])).hexdigest() for n in range(20)]
VALUES = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float16)


@pytest.fixture
def file(tmp_path: Path) -> FeatureFile:
    made = FeatureFile.make(tmp_path / "t1", ABOUT)
    made.append(KEYS[:12], VALUES[:12])
    made.refresh()
    return made


def test_rows_are_found_by_content(file: FeatureFile) -> None:
    found = file.find([KEYS[3], None, KEYS[15], KEYS[0]])
    assert found.tolist() == [3, -1, -1, 0]
    assert np.array_equal(file.read(found[[0, 3]]), VALUES[[3, 0]].astype(np.float32))


def test_another_process_sees_what_was_appended_and_of_two_rows_the_newer(file: FeatureFile) -> None:
    other = FeatureFile.open(file.folder)
    assert other is not None
    file.append([KEYS[13], KEYS[3]], VALUES[[13, 4]])
    other.refresh()
    assert len(other) == 14
    assert np.array_equal(other.read(other.find([KEYS[3], KEYS[13]])), VALUES[[4, 13]].astype(np.float32))


def test_a_torn_record_is_cut_off_and_the_next_fits(file: FeatureFile) -> None:
    file.close()
    path = file.folder / ROWS
    path.write_bytes(path.read_bytes()[:-7])
    again = FeatureFile.make(file.folder, ABOUT)
    assert again.find(KEYS[10:12]).tolist() == [10, -1]
    again.append([KEYS[11]], VALUES[[11]])
    again.refresh()
    assert np.array_equal(again.read(again.find([KEYS[11]])), VALUES[[11]].astype(np.float32))
    assert all(part.all() for part in again.verified())


def test_damaged_records_are_known_by_their_checksum(file: FeatureFile) -> None:
    file.close()
    path = file.folder / ROWS
    content = bytearray(path.read_bytes())
    content[4 * (len(content) // 12) + 40] ^= 1  # within the fifth record's features
    path.write_bytes(content)
    again = FeatureFile.open(file.folder)
    assert again is not None
    good = np.concatenate(list(again.verified()))
    assert np.flatnonzero(~good).tolist() == [4]
    again.keep(good)
    assert again.find(KEYS[3:6]).tolist() == [3, -1, 4]


_WRITER = """
import sys
from pathlib import Path
import numpy as np
from weldstudio.domain.learner import Refit
from weldstudio.imaging import refit_file
from weldstudio.imaging.feature_file import FeatureFile, TrunkAbout
folder = Path(sys.argv[1])
file = FeatureFile.make(folder / "features" / "t", TrunkAbout("t", "n", 300))
ids, many = np.arange(20000), np.zeros((20000, 4), np.float16)
print("go", flush=True)
for n in range(1, 1 << 30):
    file.append([f"{n * 500 + k:064x}" for k in range(500)], np.full((500, 300), n % 1000))
    refit_file.write(folder, Refit("m", ids, np.arange(4), many + n % 7, np.zeros(4), many, many, many[0], many))
"""


def test_a_writer_that_is_killed_leaves_whole_records_and_a_whole_refit(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        while not (tmp_path / refit_file.FILE).exists():
            assert writer.poll() is None
        writer.kill()
    again = FeatureFile.open(tmp_path / "features" / "t")
    assert again is not None
    again.append(["ab" * 32], np.ones((1, 300)))
    again.refresh()
    assert np.concatenate(list(again.verified())).all()
    assert again.read(again.find(["ab" * 32])).tolist() == [[1.0] * 300]
    again.close()
    refit = refit_file.read(tmp_path)
    assert refit is not None
    assert len(np.unique(refit.probabilities)) == 1


def test_numbers_too_large_for_a_half_are_the_largest_half(file: FeatureFile) -> None:
    file.append([KEYS[14]], np.full((1, 5), 1e9))
    file.refresh()
    assert file.read(file.find([KEYS[14]])).tolist() == [[65504.0] * 5]


def test_a_file_of_another_width_begins_anew(file: FeatureFile) -> None:
    assert len(FeatureFile.make(file.folder, TrunkAbout("t1", "mobilenet_v2", 7))) == 0
    assert FeatureFile.open(file.folder / "nowhere") is None
