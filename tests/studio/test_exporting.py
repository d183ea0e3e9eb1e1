import csv
import json
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.photos import make_photo
from weldstudio.domain.changes import Progress
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.model import ModelCard, ModelClass, slot_row
from weldstudio.domain.photo import FoundPhoto, Photo, PhotoFacts
from weldstudio.domain.scheme import Flag, Group, Scheme
from weldstudio.domain.split import Split
from weldstudio.store import first_pass, models, photos, predictions, splits
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import exporting, image_folder, label_import, labelling, notes, placing
from weldstudio.studio.exporting import export, export_predictions
from weldstudio.studio.label_files import read_label_file
from weldstudio.studio.label_look import EXPORT_HEADER
from weldstudio.studio.placing import ExportRefused
from weldstudio.studio.selecting import Exported, ExportReport, Selection

Report = TypeVar("Report")
R, C, U, N = State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN
NASTY = ("a, b", 'say "no"', " leading", "yes", "0", "joint", "Spalt; zu groß", "sep=;", "path")


def finish(work: Generator[Progress, None, Report]) -> Report:
    while True:
        try:
            assert isinstance(next(work), Progress)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def exported(store: Store, dest: Path, **words: object) -> ExportReport:
    return finish(export(store, dest, **words))  # type: ignore[arg-type]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "photos"


@pytest.fixture
def store(tmp_path: Path, root: Path) -> Generator[Store, None, None]:
    """Six photos in two folders with equal names; flags mud, water, no clamp."""
    made = Store.create(tmp_path / "project")
    scheme_rows.save(made, Scheme(flags=(Flag(0, "mud"), Flag(1, "water, high"), Flag(2, "no clamp"))))
    bring(made, root, [f"{folder}/{number}.jpg" for folder in "ab" for number in (1, 2, 3)])
    yield made
    made.close()


def bring(store: Store, root: Path, paths: list[str]) -> list[int]:
    found = []
    for number, path in enumerate(paths):
        file = make_photo(root / path, size=(16, 12), seed=number)
        found.append(FoundPhoto(path, file.stat().st_size, file.stat().st_mtime_ns))
    collection, _ = photos.add_collection(store, "ours", root)
    first_pass.insert_found(store, collection.id, found)
    return [photo.id for photo in photos.every(store) if photo.collection_id == collection.id]


def label(store: Store, rows: dict[int, tuple[State, ...]]) -> None:
    edits = [(photo, slot, state) for photo, states in rows.items() for slot, state in enumerate(states) if state != N]
    labelling.set_many(store, edits, who="Ann")


STATES = {1: (R, C, C), 2: (C, R, N), 3: (R, R, C), 4: (C, C, C), 5: (N, N, R), 6: (U, R, C)}


# ── The table ─────────────────────────────────────────────────────────────────────────────────────


def test_the_table_holds_every_photo_with_its_facts_and_states(store: Store, tmp_path: Path) -> None:
    label(store, STATES)
    photos.record_facts(store, 1, [PhotoFacts("a/1.jpg", content_hash="ab12", equipment="Redbox")])
    splits.write(store, {photos.every(store)[0].joint_id: Split.TEST}, seed=1)
    first, second, *_ = photos.every(store)
    notes.note_photo(store, first.id, 'dirt, or "sand"', who="Ann")
    notes.note_joint(store, first.joint_id, "told", who="Ann")
    with store.atomic():  # labels of a file alone: nobody has looked
        store.execute("UPDATE label_now SET labels = ? WHERE photo_id = ?", (bytes([18, 17]), second.id))
    report = exported(store, tmp_path / "out.csv", format="csv")
    uuid = photos.collections(store)[0].uuid
    assert (tmp_path / "out.csv").read_text().splitlines() == [
        'path,collection,sha256,equipment,joint,split,reviewed,note,joint note,mud,"water, high",no clamp',
        f'a/1.jpg,{uuid},ab12,Redbox,a/1.jpg,test,yes,"dirt, or ""sand""",told,1,0,0',
        f"a/2.jpg,{uuid},,,a/2.jpg,,no,,,0,1,",
        f"a/3.jpg,{uuid},,,a/3.jpg,,yes,,,1,1,0",
        f"b/1.jpg,{uuid},,,b/1.jpg,,yes,,,0,0,0",
        f"b/2.jpg,{uuid},,,b/2.jpg,,yes,,,,,1",
        f"b/3.jpg,{uuid},,,b/3.jpg,,yes,,,unsure,1,0",
    ]
    assert report.reviewed == 5
    assert (report.selected, report.exported, report.left_out) == (6, 6, ())
    assert report.counts == {"mud": 2, "water, high": 3, "no clamp": 1}
    json.dumps(report.to_json())


def test_what_was_written_reads_back_the_same(store: Store, tmp_path: Path) -> None:
    label(store, STATES)
    exported(store, tmp_path / "out.csv", format="csv")
    table = read_label_file(tmp_path / "out.csv")
    assert not table.problems
    assert not table.lists_raised_only
    assert table.classes == ("mud", "water, high", "no clamp")
    paths = {photo.id: photo.path for photo in photos.every(store)}
    wanted = {
        paths[i]: {n: s for n, s in zip(table.classes, states, strict=True) if s != N} for i, states in STATES.items()
    }
    assert {row.path: dict(row.states) for row in table.rows} == wanted


# No control characters in names (the scheme forbids them); paths as a file system may hold them.
_NAMED = st.characters(min_codepoint=32, codec="utf-8", exclude_characters="\x7f")
NAME = st.text(_NAMED, min_size=1, max_size=12).filter(str.strip)
PART = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=12).filter(
    lambda part: part not in (".", "..")
)


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    names = draw(st.lists(NAME | st.sampled_from(NASTY), unique=True, max_size=5))
    paths = draw(st.lists(st.lists(PART, min_size=1, max_size=3).map("/".join), unique=True, min_size=1, max_size=6))
    cells = st.sampled_from([label_byte(state, Source.HAND) for state in State])
    rows = draw(st.lists(st.lists(cells, min_size=5, max_size=5), min_size=len(paths), max_size=len(paths)))
    return Selection(
        tuple(Exported(Photo(i, 1, path, 1, 1, i), Path(path), "uuid", path, "") for i, path in enumerate(paths)),
        np.array(rows, np.uint8),
        Scheme(flags=tuple(Flag(slot, name) for slot, name in enumerate(names))),
        "project",
    )


@given(selections())
def test_any_names_and_paths_survive_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory, selection: Selection
) -> None:
    file = tmp_path_factory.getbasetemp() / "round-trip.csv"
    with file.open("w", encoding="utf-8", newline="") as handle:
        handle.writelines(exporting.table_lines(selection))
    table = read_label_file(file)
    names = tuple(flag.name for flag in selection.scheme.flags)
    assert not table.problems
    assert table.classes == names
    wanted = {
        row.photo.path: {name: State(byte & 3) for name, byte in zip(names, labels.tolist(), strict=False) if byte & 3}
        for row, labels in zip(selection.rows, selection.labels, strict=True)
    }
    assert {row.path: dict(row.states) for row in table.rows} == wanted


def test_a_merge_stands_in_place_of_its_flags(store: Store, tmp_path: Path) -> None:
    label(store, STATES)
    scheme_rows.save(store, scheme_rows.load(store).with_merge("dirt", (0, 1)))
    exported(store, tmp_path / "out.csv", format="csv")
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[0].split(",")[9:] == ["dirt", "no clamp"]
    assert [line.split(",")[9] for line in lines[1:]] == ["1", "1", "1", "0", "", "1"]


def test_a_folder_gets_the_table_under_its_usual_name(store: Store, tmp_path: Path) -> None:
    exported(store, tmp_path / "deep" / "out", format="csv")
    assert [file.name for file in (tmp_path / "deep" / "out").iterdir()] == ["labels.csv"]


def test_an_export_of_ours_is_replaced_and_anything_else_is_not(store: Store, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("path,flags\n")
    with pytest.raises(ExportRefused, match="is there already"):
        exported(store, mine, format="csv")
    assert mine.read_text() == "path,flags\n"
    exported(store, tmp_path / "out.csv", format="csv")
    label(store, STATES)
    exported(store, tmp_path / "out.csv", format="csv")
    assert ",1" in (tmp_path / "out.csv").read_text()


def test_only_the_selected_photos_are_exported(store: Store, tmp_path: Path) -> None:
    report = exported(store, tmp_path / "out.csv", format="csv", photo_ids=[5, 2, 5])
    assert report.exported == 2
    assert [row.path for row in read_label_file(tmp_path / "out.csv").rows] == ["a/2.jpg", "b/2.jpg"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"format": "zip"}, "no export format"),
        ({"format": "csv", "photo_ids": [99]}, "no photo 99"),
        ({"format": "csv", "photo_ids": []}, "no photo is selected"),
    ],
)
def test_what_cannot_be_exported_is_said(store: Store, tmp_path: Path, words: dict[str, object], sentence: str) -> None:
    with pytest.raises(ExportRefused, match=sentence):
        exported(store, tmp_path / "new" / "out.csv", **words)
    assert not (tmp_path / "new").exists()


# ── Class folders ─────────────────────────────────────────────────────────────────────────────────


def test_photos_with_one_class_get_its_folder_and_the_others_a_reason(store: Store, tmp_path: Path, root: Path) -> None:
    label(store, STATES)
    dest = tmp_path / "out"
    report = exported(store, dest, format="imagefolder")
    there = {str(file.relative_to(dest)): file.read_bytes() for file in dest.glob("*/*")}
    assert there == {
        "mud/1-1.jpg": (root / "a/1.jpg").read_bytes(),
        "water, high/2-2.jpg": (root / "a/2.jpg").read_bytes(),
        "no clamp/2-5.jpg": (root / "b/2.jpg").read_bytes(),
    }
    assert dict(report.left_out) == {
        "a/3.jpg": "2 flags are raised: mud; water, high",
        "b/1.jpg": "no flag is raised",
        "b/3.jpg": "unsure: mud",
    }
    assert report.text == (
        "3 of 6 photos were exported. 3 were left out, the first: a/3.jpg (2 flags are raised: mud; water, high)."
        " A person has looked at 6 of the photos selected."
    )
    assert report.exported + len(report.left_out) == report.selected == 6
    assert report.counts == {"mud": 1, "water, high": 1, "no clamp": 1}
    assert {file.name for file in dest.iterdir() if file.is_file()} == set(image_folder.BESIDE)
    manifest = json.loads((dest / "manifest.json").read_text())
    assert {entry["file"] for entry in manifest["photos"]} == set(there)
    assert manifest["exported"] == 3
    assert "mud,mud" in (dest / "names.csv").read_text()
    assert 'a/3.jpg,"2 flags' in (dest / "left_out.csv").read_text()


def test_an_exclusive_group_exports_its_none_of_them_too(store: Store, tmp_path: Path) -> None:
    flags = scheme_rows.load(store).flags
    scheme_rows.save(store, Scheme(flags=flags, groups=(Group("what", (0, 1, 2), "clean: nothing"),)))
    label(store, {1: (R, C, C), 2: (C, C, C)})
    report = exported(store, tmp_path / "out", format="imagefolder")
    assert report.counts == {"mud": 1, "clean: nothing": 1}
    assert (tmp_path / "out" / "clean_ nothing" / "2-2.jpg").is_file()


def test_torchvision_loads_what_was_exported(store: Store, tmp_path: Path) -> None:
    label(store, STATES)
    exported(store, tmp_path / "out", format="imagefolder")
    from torchvision.datasets import ImageFolder

    loaded = ImageFolder(str(tmp_path / "out"))
    assert loaded.classes == ["mud", "no clamp", "water, high"]
    assert [photo.size for photo, _class in loaded] == [(16, 12)] * 3


def test_links_are_links(store: Store, tmp_path: Path, root: Path) -> None:
    label(store, {1: (R, C, C)})
    report = exported(store, tmp_path / "out", format="imagefolder", links=True)
    assert report.linked == 1
    assert (tmp_path / "out/mud/1-1.jpg").samefile(root / "a/1.jpg")


def test_where_links_fail_copies_are_made(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(image_folder.os, "link", no_link)
    label(store, {1: (R, C, C)})
    report = exported(store, tmp_path / "out", format="imagefolder", links=True)
    assert (report.linked, report.exported) == (0, 1)


@pytest.mark.parametrize("make", ["file", "filled"])
def test_only_a_new_or_empty_folder_is_written_to(store: Store, tmp_path: Path, make: str) -> None:
    label(store, STATES)
    dest = tmp_path / "out"
    if make == "file":
        dest.write_text("mine")
    else:
        dest.mkdir()
        (dest / "mine.txt").write_text("mine")
    with pytest.raises(ExportRefused, match="new or empty"):
        exported(store, dest, format="imagefolder")
    assert (dest if make == "file" else dest / "mine.txt").read_text() == "mine"


def test_nothing_is_left_when_no_photo_fits(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="not labelled"):
        exported(store, tmp_path / "out", format="imagefolder")
    assert not (tmp_path / "out").exists()


def test_a_missing_original_stops_it_and_leaves_nothing(store: Store, tmp_path: Path, root: Path) -> None:
    label(store, STATES)
    (root / "b/2.jpg").unlink()
    with pytest.raises(ExportRefused, match=r"2\.jpg is not there any more"):
        exported(store, tmp_path / "new" / "out", format="imagefolder")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("after", range(4))
def test_a_full_disk_leaves_an_empty_folder_empty(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    label(store, STATES)
    copy, calls = image_folder._copy, []

    def full(source: Path, target: Path) -> str:
        calls.append(source)
        if len(calls) > after:
            target.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        return copy(source, target)

    monkeypatch.setattr(image_folder, "_copy", full)
    if after == 3:
        monkeypatch.setattr(image_folder, "_write_text", lambda *_: full(Path(), tmp_path / "out" / ".x"))
    dest = tmp_path / "out"
    dest.mkdir()
    monkeypatch.setattr(image_folder, "_PART", ".x" if after == 3 else ".part")
    if after == 3:
        monkeypatch.setattr(image_folder, "_write_text", _no_space)
    with pytest.raises(ExportRefused, match="No space left"):
        exported(store, dest, format="imagefolder")
    assert list(dest.iterdir()) == []


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_disk_too_small_is_known_beforehand(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    label(store, STATES)
    monkeypatch.setattr(image_folder, "free_bytes", lambda _: 1000)
    with pytest.raises(ExportRefused, match="has room for"):
        exported(store, tmp_path / "out", format="imagefolder")
    assert not (tmp_path / "out").exists()


def test_a_full_disk_leaves_the_table_that_was_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out.csv"
    exported(store, file, format="csv")
    before = file.read_bytes()
    label(store, STATES)
    monkeypatch.setattr(placing.os, "fsync", _no_space)
    with pytest.raises(ExportRefused, match="No space left"):
        exported(store, file, format="csv")
    assert file.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


@pytest.mark.parametrize("format_", exporting.FORMATS)
def test_closing_it_early_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    label(store, STATES)
    monkeypatch.setattr(exporting, "_STEP_S", -1)
    monkeypatch.setattr(image_folder, "_STEP_S", -1)
    work = export(store, tmp_path / "new" / "out", format=format_)
    while next(work).text == "Reading labels":
        pass
    assert (tmp_path / "new").exists()
    work.close()
    assert not (tmp_path / "new").exists()


def test_a_file_that_changed_since_its_import_is_reported(store: Store, tmp_path: Path) -> None:
    photos.record_facts(store, 1, [PhotoFacts("a/1.jpg", content_hash="0" * 64)])
    label(store, {1: (R, C, C)})
    report = exported(store, tmp_path / "out", format="imagefolder")
    assert report.changed == ("a/1.jpg",)
    assert "Changed since the import: 1, the first: a/1.jpg" in report.text


# ── Predictions ───────────────────────────────────────────────────────────────────────────────────


def test_predictions_are_written_in_the_order_of_paths(store: Store, tmp_path: Path) -> None:
    card = ModelCard("m1", "first", "mobilenet_v2", (ModelClass(2, "no clamp"), ModelClass(0, "mud")))
    models.add(store, card)
    matrix = slot_row(card, np.array([[0.25, 0.75], [1.0, 0.5]]), 3)
    predictions.write(store, "m1", [6, 1], matrix)
    assert export_predictions(store, tmp_path / "p.csv", model_id="m1") == 2
    assert (tmp_path / "p.csv").read_text() == "path,p_no clamp,p_mud\na/1.jpg,1,0.5\nb/3.jpg,0.25,0.75\n"


def test_predictions_of_an_unknown_model_are_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="no model 'm9'"):
        export_predictions(store, tmp_path / "p.csv", model_id="m9")


def test_the_header_is_the_one_that_is_recognised() -> None:
    assert EXPORT_HEADER == ("path", "collection", "sha256", "equipment", "joint", "split")


def test_a_table_taken_into_another_project_gives_the_same_table(store: Store, tmp_path: Path, root: Path) -> None:
    label(store, STATES)
    scheme_rows.save(store, scheme_rows.load(store).with_merge(" dirt, all", (0, 1)))
    exported(store, tmp_path / "first.csv", format="csv")
    table = read_label_file(tmp_path / "first.csv")
    with Store.create(tmp_path / "second") as second:
        bring(second, root, [photo.path for photo in photos.every(store)])
        scheme_rows.save(second, Scheme(flags=tuple(Flag(i, name) for i, name in enumerate(table.classes))))
        finish(label_import.apply_label_table(second, table, who="Bob"))
        exported(second, tmp_path / "second.csv", format="csv")
    columns = [
        [
            [cell for i, cell in enumerate(row) if i not in (1, 6)]  # collection; reviewed: a file looks at nothing
            for row in csv.reader((tmp_path / name).read_text().splitlines())
        ]
        for name in ("first.csv", "second.csv")
    ]
    assert columns[0][0][-2:] == [" dirt, all", "no clamp"]
    assert columns[0] == columns[1]
