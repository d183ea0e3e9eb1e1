import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.photos import FLAGS, make_collection
from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import State
from weldstudio.studio.label_files import normal_path, read_label_file
from weldstudio.studio.label_look import EXPORT_HEADER
from weldstudio.studio.label_table import LabelTable

R, C, Q = State.RAISED, State.CLEAR, State.UNSURE


def read(folder: Path, content: str | bytes, **options: tuple[str, ...]) -> LabelTable:
    path = folder / "labels.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_label_file(path, **options)


def said(table: LabelTable) -> dict[str, dict[str, State]]:
    return {row.path: dict(row.states) for row in table.rows}


def test_wide(tmp_path: Path) -> None:
    table = read(tmp_path, "path,Soil,No Clamp Used\na.jpg,1,0\nin/b.jpg,0,\nc.jpg,,\n")
    assert (table.form, table.classes, table.lists_raised_only) == ("wide", ("Soil", "No Clamp Used"), False)
    assert said(table) == {"a.jpg": {"Soil": R, "No Clamp Used": C}, "in/b.jpg": {"Soil": C}, "c.jpg": {}}
    assert [row.line for row in table.rows] == [2, 3, 4]
    assert table.problems == ()
    assert table.file == tmp_path / "labels.csv"


def test_class(tmp_path: Path) -> None:
    table = read(tmp_path, "path,class\na.jpg,glass\nb.jpg,metal\nc.jpg,\nd.jpg,glass\n")
    assert (table.form, table.classes, table.lists_raised_only) == ("class", ("glass", "metal"), False)
    assert said(table) == {
        "a.jpg": {"glass": R, "metal": C},
        "b.jpg": {"metal": R, "glass": C},
        "c.jpg": {},
        "d.jpg": {"glass": R, "metal": C},
    }


def test_flags(tmp_path: Path) -> None:
    table = read(tmp_path, 'path,flags\na.jpg,"Soil; No Clamp Used"\nb.jpg,\nc.jpg,Soil;\n')
    assert (table.form, table.classes, table.lists_raised_only) == ("flags", ("Soil", "No Clamp Used"), True)
    assert said(table) == {"a.jpg": {"Soil": R, "No Clamp Used": R}, "b.jpg": {}, "c.jpg": {"Soil": R}}
    # At a comma only what stands by itself elsewhere: a flag may have one in its name.
    table = read(tmp_path, "path;flags\na.jpg;Soil, Clamp\nb.jpg;Soil\nc.jpg;Clamp\nd.jpg;Water, standing\n")
    assert table.classes == ("Soil", "Clamp", "Water, standing")
    assert said(table)["a.jpg"] == {"Soil": R, "Clamp": R}


@pytest.mark.parametrize(
    ("cells", "raised_only"),
    [("1,\n,1", True), ("1,\n0,", False), ("1,1", False), (",\n,", False), ("1,\nunsure,", True), ("1,unseen", True)],
)
def test_when_a_wide_file_lists_raised_flags_only(tmp_path: Path, cells: str, raised_only: bool) -> None:
    rows = "".join(f"{number}.jpg,{row}\n" for number, row in enumerate(cells.split("\n")))
    assert read(tmp_path, f"path,a,b\n{rows}").lists_raised_only is raised_only


def test_the_words_of_spreadsheets(tmp_path: Path) -> None:
    words = {"1": R, "yes": R, "TRUE": R, "Raised": R, "1.0": R, "0": C, "No": C, "false": C, "clear": C, "unsure": Q}
    header = ",".join(f"f{n}" for n in range(len(words)))
    table = read(tmp_path, f"path,{header}\na.jpg,{', '.join(words)}\n")
    assert list(table.rows[0].states.values()) == list(words.values())


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_what_spreadsheets_write(tmp_path: Path, delimiter: str, end: str, encoding: str) -> None:
    lines = (
        ["path", "Für “immer”", "b"],
        ["Straße/ä.jpg", "1", "0"],
    )
    content = end.join(delimiter.join(line) for line in lines) + end
    table = read(tmp_path, content.encode(encoding))
    assert said(table) == {"Straße/ä.jpg": {"Für “immer”": R, "b": C}}


def test_excels_hint_and_blank_lines(tmp_path: Path) -> None:
    table = read(tmp_path, "sep=;\n\npath;a\n\nx.jpg;1\n;;\n")
    assert said(table) == {"x.jpg": {"a": R}}
    assert table.rows[0].line == 5


def test_quoted_names_and_blanks(tmp_path: Path) -> None:
    table = read(tmp_path, ' path , "Soil, wet" ,b\n ./in\\a b.jpg , 1 ,0\n"c,d.jpg",0,1\n')
    assert table.classes == ("Soil, wet", "b")
    assert list(said(table)) == ["in/a b.jpg", "c,d.jpg"]


def test_known_columns_are_no_flags(tmp_path: Path) -> None:
    table = read(tmp_path, ",Date,image,Equipment,soil,weld no\n1,2020-01-02,a.jpg,Redbox,1,W7\n2,,b.jpg,,0,\n")
    assert table.classes == ("soil", "weld no")
    assert table.problems[0].line == 2
    table = read(tmp_path, "path,Date,soil,Weld No\na.jpg,2020-01-02,1,W7\nb.jpg,,0,\n", facts=("weld no",))
    assert (table.classes, table.columns) == (("soil",), ("date", "weld no"))
    assert [dict(row.columns) for row in table.rows] == [{"date": "2020-01-02", "weld no": "W7"}, {}]


def test_a_class_file_may_carry_facts(tmp_path: Path) -> None:
    table = read(tmp_path, "file,class,joint\na.jpg,glass,J1\n")
    assert (table.form, table.rows[0].columns["joint"]) == ("class", "J1")


def test_our_own_export_comes_back_by_position(tmp_path: Path) -> None:
    header = ",".join([*EXPORT_HEADER, "joint", " yes", "flags"])
    row = "a.jpg,11-22,abc,Redbox,J1,train,1,unsure,"
    table = read(tmp_path, f"{header}\n{row}\n{row.replace('11-22', '33-44')}\n")
    assert table.classes == ("joint", " yes", "flags")
    assert not table.lists_raised_only
    assert [dict(row.states) for row in table.rows] == [{"joint": R, " yes": Q}] * 2
    assert [row.columns["collection"] for row in table.rows] == ["11-22", "33-44"]


def test_problems_name_line_and_reason(tmp_path: Path) -> None:
    content = "path,a,b\nw.jpg,maybe,1\n,1,0\nx.jpg,1,0,1\nok.jpg,1,0\nlast.jpg,1"
    table = read(tmp_path, content)
    assert list(said(table)) == ["ok.jpg"]
    told = {problem.line: problem.reason for problem in table.problems}
    assert list(told) == [2, 3, 4, 6]
    assert "'maybe' under 'a'" in told[2]
    assert "no path" in told[3]
    assert "4 cells" in told[4]
    assert "cut off" in told[6]


def test_cells_left_out_by_spreadsheets_are_empty(tmp_path: Path) -> None:
    table = read(tmp_path, "path,a,b\nx.jpg,1\ny.jpg,0,0,,\n")
    assert said(table) == {"x.jpg": {"a": R}, "y.jpg": {"a": C, "b": C}}
    assert table.problems == ()


@pytest.mark.parametrize(
    ("content", "kept", "reasons"),
    [
        ("path,a,b\nx.jpg,1,0\nx.jpg,1,0\n", {"a": R, "b": C}, ["same as line 2"]),
        ("path,a,b\nx.jpg,1,\nx.jpg,,0\n", {"a": R, "b": C}, ["joined with line 2"]),
        ("path,a,b\nx.jpg,1,0\nx.jpg,0,0\n", None, ["line 3 about 'a'", "line 2 about 'a'"]),
        ("path,a,b\nx.jpg,1,0\nx.jpg,0,0\nx.jpg,1,0\n", None, ["line 3", "line 2", "line 2"]),
        ("path,class\nx.jpg,a\nx.jpg,b\n", None, ["contradicts line 3", "contradicts line 2"]),
        ("path,class\nx.jpg,a\nx.jpg,a\n", {"a": R}, ["same as line 2"]),
        ("path,class\nx.jpg,a\nx.jpg,\n", {"a": R}, ["joined"]),
        ("path,flags\nx.jpg,a\nx.jpg,b\n", {"a": R, "b": R}, ["joined"]),
        ("path,flags\nx.jpg,a\nx.jpg,\n", None, ["contradicts line 3", "contradicts line 2"]),
    ],
)
def test_doubled_rows(tmp_path: Path, content: str, kept: dict[str, State] | None, reasons: list[str]) -> None:
    table = read(tmp_path, content)
    assert said(table) == ({} if kept is None else {"x.jpg": kept})
    assert len(table.problems) == len(reasons)
    for problem, reason in zip(table.problems, reasons, strict=True):
        assert reason in problem.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("name,a\nx.jpg,1\n", "no column 'path'"),
        ("path,\nx.jpg,2020\n", "none with labels"),
        ("path,a,a\nx.jpg,1,0\n", "two columns named 'a'"),
        ("path,a\n", "no rows"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text file"),
    ],
)
def test_files_that_are_no_label_tables(tmp_path: Path, content: str | bytes, reason: str) -> None:
    with pytest.raises(ImportRefused, match=reason):
        read(tmp_path, content)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="cannot be read"):
        read_label_file(tmp_path / "none.csv")


def test_rows_share_their_states(tmp_path: Path) -> None:
    rows = "".join(f"{n}.jpg,{n % 2},{n % 3 % 2}\n" for n in range(1000))
    table = read(tmp_path, f"path,a,b\n{rows}")
    assert len({id(row.states) for row in table.rows}) == 4


def test_paths_are_brought_into_one_form() -> None:
    assert normal_path(r" .\a\\b.jpg ") == "a/b.jpg"
    assert normal_path("././a//b.jpg") == "a/b.jpg"
    assert normal_path(r"\\server\share\a.jpg") == "//server/share/a.jpg"
    assert normal_path("") == ""


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=12)


@given(
    classes=st.lists(NAMES, min_size=2, max_size=5, unique_by=str.casefold),
    rows=st.lists(st.lists(st.sampled_from(["1", "0", "", "unsure"]), min_size=5, max_size=5), min_size=1, max_size=8),
)
def test_what_csv_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, classes: list[str], rows: list[list[str]]
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*EXPORT_HEADER, *classes])
    for number, row in enumerate(rows):
        writer.writerow([f"{number}.jpg", "c", "", "", "", "", *row[: len(classes)]])
    table = read(tmp_path_factory.mktemp("csv"), out.getvalue())
    states = {"1": R, "0": C, "unsure": Q}
    assert table.classes == tuple(classes)
    assert [dict(row.states) for row in table.rows] == [
        {name: states[cell] for name, cell in zip(classes, row, strict=False) if cell} for row in rows
    ]


def test_the_tables_of_the_photo_factory(tmp_path: Path) -> None:
    made = make_collection(tmp_path, 8)
    expected = dict(zip(made.paths, made.shown, strict=True))
    for table in (
        read_label_file(made.write_wide(tmp_path / "wide.csv")),
        read_label_file(made.write_flags(tmp_path / "flags.csv")),
    ):
        assert set(table.classes) == set(FLAGS)
        shown = {row.path: frozenset(n for n, state in row.states.items() if state == R) for row in table.rows}
        assert shown == expected


def test_shared_label_files(shared_data: Path) -> None:
    scenes = read_label_file(shared_data / "scenes" / "labels.csv")
    assert (scenes.form, len(scenes.rows), len(scenes.classes), scenes.problems) == ("wide", 2000, 5, ())
    assert sum(row.states["sea"] == R for row in scenes.rows) == 580
    waste = read_label_file(shared_data / "trashnet" / "labels.csv")
    assert (waste.form, len(waste.rows), len(waste.classes), waste.problems) == ("class", 2527, 6, ())
    assert sum(row.states["paper"] == R for row in waste.rows) == 594


def test_semicolons_may_part_names_that_hold_more_commas_than_there_are_semicolons(tmp_path: Path) -> None:
    table = read(tmp_path, "path;Spatter, much, and all over\na.jpg;1\nb.jpg;0\n")
    assert table.classes == ("Spatter, much, and all over",)
    assert said(table) == {"a.jpg": {table.classes[0]: R}, "b.jpg": {table.classes[0]: C}}


def test_a_joint_of_our_own_export_keeps_its_blanks(tmp_path: Path) -> None:
    header = ",".join(EXPORT_HEADER)
    table = read(tmp_path, f'{header},Soil\n" lead/a.jpg",,,," lead",,1\n')
    assert dict(table.rows[0].columns) == {"joint": " lead"}
