import csv
import io
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.studio.placing import ExportRefused, line_of, make_folder, remove_made, replaced


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=6))
def test_a_line_reads_back_as_its_cells(cells: list[str]) -> None:
    assert list(csv.reader(io.StringIO(line_of(cells), newline=""))) == [cells]


def test_blanks_at_an_end_are_kept_from_readers_that_trim() -> None:
    assert line_of([" a", "b;c", "plain"]) == '" a","b;c",plain\n'


def test_a_file_takes_its_place_with_the_rights_of_any_new_file(tmp_path: Path) -> None:
    with replaced(tmp_path / "deep" / "out.csv") as handle:
        handle.write("text\n")
    (tmp_path / "other").touch()
    assert (tmp_path / "deep" / "out.csv").read_text() == "text\n"
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "deep" / "out.csv", tmp_path / "other")}
    assert len(modes) == 1


def test_an_error_in_between_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("before")

    def half() -> None:
        with replaced(file) as handle:
            handle.write("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]
    assert file.read_text() == "before"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc takes no files")
def test_a_place_that_takes_no_files_is_refused_in_words() -> None:
    with pytest.raises(ExportRefused, match="cannot be written"), replaced(Path("/proc/weldstudio/out.csv")):
        pytest.fail("it was opened")


def test_only_folders_that_were_made_are_taken_away_and_only_empty_ones(tmp_path: Path) -> None:
    made = make_folder(tmp_path / "a" / "b" / "c")
    assert made == [tmp_path / "a/b/c", tmp_path / "a/b", tmp_path / "a"]
    (tmp_path / "a" / "mine").touch()
    remove_made(made)
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["mine"]
    assert make_folder(tmp_path) == []
