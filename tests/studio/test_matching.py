from pathlib import Path

import pytest

from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import State
from weldstudio.studio.label_files import read_label_file
from weldstudio.studio.label_table import LabelRow, LabelTable
from weldstudio.studio.matching import joint_rule, match_rows, unknown_names, with_joint_column


def table(file: Path | None, *paths: str, columns: tuple[str, ...] = ()) -> LabelTable:
    rows = tuple(LabelRow(n, path, {"a": State.RAISED}, {}) for n, path in enumerate(paths, 2))
    return LabelTable("wide", ("a",), rows, columns=columns, file=file)


def matched(file: Path | None, folder: Path, listed: list[str], known: list[str]) -> tuple[list[str], int]:
    found = match_rows(table(file, *listed), known, folder)
    return [row.path for row in found.table.rows], found.by_name


def test_paths_of_the_folder_come_first(tmp_path: Path) -> None:
    known = ["a.jpg", "in/a.jpg", "in/b.jpg"]
    assert matched(None, tmp_path, ["in/a.jpg", "a.jpg"], known) == (["in/a.jpg", "a.jpg"], 0)


@pytest.mark.parametrize(
    ("file", "listed"),
    [
        ("labels.csv", "photos/in/a.jpg"),
        ("deep/er/labels.csv", "../../photos/in/a.jpg"),
        ("photos/in/labels.csv", "a.jpg"),
    ],
)
def test_paths_beside_the_label_file(tmp_path: Path, file: str, listed: str) -> None:
    assert matched(tmp_path / file, tmp_path / "photos", [listed], ["in/a.jpg", "b/a.jpg"]) == (["in/a.jpg"], 0)


def test_absolute_paths(tmp_path: Path) -> None:
    listed = (tmp_path / "photos" / "in" / "a.jpg").as_posix()
    assert matched(None, tmp_path / "photos", [listed], ["in/a.jpg"]) == (["in/a.jpg"], 0)


def test_case_and_accents_are_passed_over_where_that_is_safe(tmp_path: Path) -> None:
    assert matched(None, tmp_path, ["IN/A.JPG", "cafe\u0301.jpg"], ["in/a.jpg", "caf\u00e9.jpg"]) == (
        ["in/a.jpg", "caf\u00e9.jpg"],
        0,
    )
    assert matched(None, tmp_path, ["in/A.jpg"], ["IN/a.jpg", "in/a.jpg"])[0] == []


def test_a_file_name_will_do_if_only_one_photo_has_it(tmp_path: Path) -> None:
    found = match_rows(
        table(None, "old/place/a.jpg", "x/b.jpg", "none.jpg"), ["in/a.jpg", "p/b.jpg", "q/b.jpg"], tmp_path
    )
    assert [row.path for row in found.table.rows] == ["in/a.jpg"]
    assert found.by_name == 1
    reasons = {problem.path: problem for problem in found.problems}
    assert "several photos" in reasons["x/b.jpg"].reason
    assert "no such photo" in reasons["none.jpg"].reason
    assert reasons["none.jpg"].line == 4
    assert found.unlabelled == ("p/b.jpg", "q/b.jpg")


def test_two_rows_of_one_photo(tmp_path: Path) -> None:
    found = match_rows(table(None, "a.jpg", "A.jpg"), ["a.jpg"], tmp_path)
    assert len(found.table.rows) == 1
    assert "same photo as line 2" in found.problems[0].reason


def test_joints_by_folder() -> None:
    rule = joint_rule("folder", None)
    assert rule is not None
    assert [rule(path, None) for path in ("W1/a.jpg", "x/W1/a.jpg", "a.jpg")] == ["W1", "x/W1", None]


def test_joints_by_pattern() -> None:
    rule = joint_rule(r"joint(\d+)", None)
    assert rule is not None
    assert [rule(path, None) for path in ("x/joint12_3.jpg", "other.jpg")] == ["12", None]


def test_joints_by_column() -> None:
    row = LabelRow(2, "a.jpg", {}, {"joint": "J7"})
    for asked in ("column:joint", "column: Joint", None):
        rule = joint_rule(asked, table(None, columns=("joint",)))
        assert rule is not None
        assert rule("a.jpg", row) == "J7"
        assert rule("b.jpg", None) is None
    assert joint_rule(None, table(None)) is None
    assert joint_rule(None, None) is None


@pytest.mark.parametrize(
    ("rule", "labels", "reason"),
    [
        ("(", None, "no regular expression"),
        ("abc", None, "0 groups"),
        ("(a)(b)", None, "2 groups"),
        ("column:weld", None, "needs a label file"),
        ("column:weld", table(None, columns=("date",)), "no column 'weld'.*date"),
    ],
)
def test_impossible_rules_are_refused(rule: str, labels: LabelTable | None, reason: str) -> None:
    with pytest.raises(ImportRefused, match=reason):
        joint_rule(rule, labels)


def test_a_joint_column_is_no_flag(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("path,a,Weld No\na.jpg,1,W9\nb.jpg,0,\n")
    read = with_joint_column(read_label_file(file), "column:weld no")
    assert read is not None
    assert read.classes == ("a",)
    assert read.rows[0].columns["weld no"] == "W9"
    assert with_joint_column(read, "folder") is read


def test_unknown_names() -> None:
    assert unknown_names(["Soil", " clamp ", "new"], ["soil", "Clamp"]) == ["new"]


def test_blanks_at_the_ends_of_a_path_are_passed_over_where_that_is_safe(tmp_path: Path) -> None:
    assert matched(None, tmp_path, ["lead/a.jpg"], [" lead/a.jpg", "b/a.jpg"]) == ([" lead/a.jpg"], 0)
    assert matched(None, tmp_path, ["lead/a.jpg"], [" lead/a.jpg", "lead/a.jpg"]) == (["lead/a.jpg"], 0)
