"""Label files as they come: other encodings, damage, quotes nobody closed, columns of other names, a row per flag."""

from pathlib import Path

import pytest

from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Flag, Scheme
from weldstudio.studio.columns import Meaning
from weldstudio.studio.dates import DayOrder
from weldstudio.studio.label_files import read_label_file
from weldstudio.studio.label_import import grown_scheme
from weldstudio.studio.label_look import look
from weldstudio.studio.label_report import write_problems
from weldstudio.studio.label_table import LabelTable
from weldstudio.studio.placing import ExportRefused

R, C, Q = State.RAISED, State.CLEAR, State.UNSURE


def read(folder: Path, content: str | bytes, **mapping: str) -> LabelTable:
    path = folder / "labels.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_label_file(path, mapping=mapping)


def said(table: LabelTable) -> dict[str, dict[str, State]]:
    return {row.path: dict(row.states) for row in table.rows}


def reasons(table: LabelTable) -> dict[int, str]:
    return {problem.line: problem.reason for problem in table.problems}


TEXT = "path,Straße\nä.jpg,1\nb.jpg,0\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    table = read(tmp_path, TEXT.encode(encoding))
    assert (said(table), table.problems) == ({"ä.jpg": {"Straße": R}, "b.jpg": {"Straße": C}}, ())


def test_two_encodings_in_one_file_cost_nothing_and_are_said(tmp_path: Path) -> None:
    table = read(tmp_path, TEXT.encode() + "ü–.jpg,1\n".encode("cp1252") + "\ufeffpath,Straße\nö.jpg,0\n".encode())
    assert list(said(table)) == ["ä.jpg", "b.jpg", "ü–.jpg", "ö.jpg"]
    assert [(p.line, p.left_out) for p in table.problems] == [(1, False), (5, False)]
    assert "Windows-1252" in reasons(table)[1]
    assert reasons(table)[5] == "repeats the header"


def test_damage_costs_the_lines_that_it_is_in(tmp_path: Path) -> None:
    content = b'path,a,b\na.jpg,1,0\nb\0.jpg,1,0\nc\x81.jpg,1,0\n"d.jpg,1,0\ne.jpg,0,1\nf.jpg;1;0\ng.jpg,1,1\n'
    table = read(tmp_path, content)
    assert list(said(table)) == ["a.jpg", "e.jpg", "g.jpg"]
    told = reasons(table)
    assert list(told) == [3, 4, 5, 7]
    assert "NUL" in told[3]
    assert "no characters" in told[4]
    assert "never closed" in told[5]
    assert "parted by something else" in told[7]


def test_a_quote_that_nobody_closes_does_not_swallow_a_long_file(tmp_path: Path) -> None:
    lines = [f"{n}.jpg,1,0" for n in range(20_000)]
    lines[3] = '"3.jpg,1,0'
    table = read(tmp_path, "path,a,b\n" + "\n".join(lines) + "\n")
    assert len(table.rows) == 19_999
    assert list(reasons(table)) == [5]


def test_a_cell_may_hold_line_breaks(tmp_path: Path) -> None:
    table = read(tmp_path, 'path,note,a\na.jpg,"two\nlines",1\nb.jpg,,0\n')
    assert [(row.line, dict(row.columns)) for row in table.rows] == [(2, {"note": "two\nlines"}), (4, {})]


def test_a_row_per_photo_and_flag(tmp_path: Path) -> None:
    rows = ["a.jpg,Soil,1", "a.jpg,Water,0", "b.jpg,Soil,unsure", "a.jpg,Soil,1", "b.jpg,,", "c.jpg,Water,?"]
    table = read(tmp_path, "path,flag,state\n" + "\n".join(rows) + "\n")
    assert (table.form, table.lists_raised_only, table.classes) == ("rows", False, ("Soil", "Water"))
    assert said(table) == {"a.jpg": {"Soil": R, "Water": C}, "b.jpg": {"Soil": Q}, "c.jpg": {"Water": Q}}
    assert [(p.line, p.left_out) for p in table.problems] == [(5, False)]
    assert read(tmp_path, "path,flag\na.jpg,Soil\n").lists_raised_only
    assert read(tmp_path, "path,flag,label\na.jpg,Soil,1\nb.jpg,Soil,0\n").form == "rows"


def test_of_a_row_per_flag_only_what_is_contradicted_is_left_out(tmp_path: Path) -> None:
    rows = ["a.jpg,Soil,1", "a.jpg,Water,0", "a.jpg,Soil,0", "a.jpg,Soil,1", "b.jpg,Soil,maybe", "b.jpg,,1"]
    table = read(tmp_path, "path,flag,state\n" + "\n".join(rows) + "\n")
    assert said(table) == {"a.jpg": {"Water": C}}
    told = reasons(table)
    assert list(told) == [2, 4, 5, 6, 7]
    assert told[2] == "a.jpg: contradicts line 4 about 'Soil'; neither is taken"
    assert "'maybe' is no label for 'Soil'" in told[6]
    assert "no flag" in told[7]


def test_rows_about_joints(tmp_path: Path) -> None:
    table = read(tmp_path, "Joint;Soil;Note;Type\nJ1;1;wet;coupler\nJ2;0;;\n")
    assert (table.by_joint, said(table)) == (True, {"J1": {"Soil": R}, "J2": {"Soil": C}})
    assert dict(table.rows[0].columns) == {"note": "wet", "type": "coupler"}
    assert not read(tmp_path, "joint,photo,Soil\nJ1,a.jpg,1\n").by_joint


def test_columns_of_another_language(tmp_path: Path) -> None:
    header = "Dateiname;Aufnahmedatum;Kamera;Firma;Naht;Typ;Medium;Bemerkung;Boden"
    table = read(tmp_path, f"{header}\n\\x\\a.jpg;31.05.2024 14:30;Redbox;Acme;N1;Muffe;Gas;nass;ja\n")
    assert said(table) == {"/x/a.jpg": {"Boden": R}}
    assert dict(table.rows[0].columns) == {
        **{"date": "2024-05-31T14:30:00", "equipment": "Redbox", "contractor": "Acme", "joint": "N1"},
        **{"type": "Muffe", "medium": "Gas", "note": "nass"},
    }


def test_what_columns_mean_can_be_said(tmp_path: Path) -> None:
    content = "Nr,Quelle,Boden,Kamera,Rest\n1,a.jpg,1,0,x\n2,b.jpg,0,1,\n"
    with pytest.raises(ImportRefused, match="no column 'path'"):
        read(tmp_path, content)
    mapping = {"Nr": "ignore", "quelle": "path", "Boden": "label:Soil", "4": "label", "Rest": "note"}
    table = read(tmp_path, content, **mapping)
    assert said(table) == {"a.jpg": {"Soil": R, "Kamera": C}, "b.jpg": {"Soil": C, "Kamera": R}}
    assert table.columns == ("note",)
    for wrong, reason in (
        ({"Qelle": "path"}, "Did you mean 'Quelle'"),
        ({"Quelle": "pfad"}, "Did you mean 'path'"),
        ({"Quelle": "path", "Nr": "path"}, "cannot both be the path"),
        ({"Quelle": "path", "Boden": "flags"}, "two ways to give labels"),
        ({"Quelle": "path", "Boden": "label:Kamera"}, "two columns named 'Kamera'"),
    ):
        with pytest.raises(ImportRefused, match=reason):
            read(tmp_path, content, **wrong)


def test_a_column_without_a_single_label_is_not_taken_for_a_flag_and_that_is_said(tmp_path: Path) -> None:
    rows = "".join(f"{n}.jpg,{n % 2},Ann\n" for n in range(6))
    table = read(tmp_path, f"path,Soil,photographer\n{rows}")
    assert (table.classes, table.unused) == (("Soil",), ("photographer",))
    # One wrong word among few is a mistake to be listed.
    assert "'Ann' under 'photographer'" in reasons(read(tmp_path, "path,Soil,photographer\na.jpg,1,Ann\n"))[2]


def test_the_first_glance_is_quick_and_says_how_the_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes("Datei;Boden\n".encode("utf-16") + "".join(f"{n}.jpg;1\n" for n in range(999)).encode("utf-16-le"))
    glance = look(path)
    assert [(c.name, c.meaning) for c in glance.columns] == [("Datei", Meaning.PATH), ("Boden", Meaning.LABEL)]
    assert glance.rows[0] == ("0.jpg", "1")
    assert glance.words == "UTF-16, parted by semicolons"


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (["2024-05-31", "2024/5/1", "2024:05:31 10:11:12"], ["2024-05-31", "2024-05-01", "2024-05-31T10:11:12"]),
        (["31.05.2024", "1.6.24"], ["2024-05-31", "2024-06-01"]),
        (["05/31/2024", "06/01/2024 2:05 pm"], ["2024-05-31", "2024-06-01T14:05:00"]),
        (["05/06/2024", "31.02.2024", "soon"], ["2024-06-05", None, None]),
    ],
)
def test_dates(column: list[str], expected: list[str | None]) -> None:
    days = DayOrder()
    for text in column:
        days.learn(text)
    assert [days.iso(text) for text in column] == expected


def test_a_date_that_is_none_costs_the_date_alone(tmp_path: Path) -> None:
    table = read(tmp_path, "path,date,Soil\na.jpg,someday,1\nb.jpg,2024-01-02,0\n")
    assert said(table) == {"a.jpg": {"Soil": R}, "b.jpg": {"Soil": C}}
    assert [dict(row.columns) for row in table.rows] == [{}, {"date": "2024-01-02"}]
    assert "'someday' is no date" in reasons(table)[2]


def test_facts_that_contradict_each_other_are_said(tmp_path: Path) -> None:
    table = read(tmp_path, "path,flag,state,joint\na.jpg,Soil,1,J1\na.jpg,Water,0,J2\n")
    assert dict(table.rows[0].columns) == {"joint": "J1"}
    assert "'J2' as its joint contradicts line 2" in reasons(table)[3]


def test_the_report_is_a_table_and_replaces_no_other_file(tmp_path: Path) -> None:
    table = read(tmp_path, "path,a\nx.jpg,maybe\ny.jpg,1\ny.jpg,1\n")
    file = tmp_path / "report.csv"
    assert write_problems(table.problems, file) == write_problems(table.problems, file) == 2
    assert file.read_text().splitlines() == [
        "line,path,used,reason",
        "2,x.jpg,no,\"x.jpg: 'maybe' under 'a' is no label; use 1, 0, unsure or nothing\"",
        "4,y.jpg,yes,y.jpg: says the same as line 3",
    ]
    with pytest.raises(ExportRefused, match="no report of an import"):
        write_problems(table.problems, tmp_path / "labels.csv")


@pytest.mark.parametrize(
    "content", ["path,Other,other\na.jpg,1,0\n", "path,flag,state\na.jpg,Other,1\na.jpg,other,0\n"]
)
def test_names_that_differ_in_case_alone_never_write_over_each_other(tmp_path: Path, content: str) -> None:
    table = read(tmp_path, content)
    both = Scheme((Flag(0, "Other"), Flag(1, "other")))
    assert grown_scheme(both, table, new_flags=False) is both
    for scheme in (Scheme((Flag(0, "Other"),)), Scheme(())):
        with pytest.raises(ImportRefused, match="in two ways, 'Other' and 'other'"):
            grown_scheme(scheme, table, new_flags=True)
