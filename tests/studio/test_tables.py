"""Labels from files: matched, taken over in one action, taken back."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import Source, State, fold, label_byte
from weldstudio.domain.photo import FoundPhoto
from weldstudio.store import actions, events, first_pass, mirror, photos
from weldstudio.store.store import Store
from weldstudio.studio import deciding, label_import, labelling, reviewing
from weldstudio.studio import scheme as schemes
from weldstudio.studio.filters import parse
from weldstudio.studio.label_files import read_label_file
from weldstudio.studio.label_import import Terms, apply_label_table, foresee
from weldstudio.studio.label_report import LabelReport

RAISED, CLEAR, UNSURE, UNSEEN = State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN
HAND, BULK, IMPORT, ASSUMED = Source.HAND, Source.BULK, Source.IMPORT, Source.ASSUMED


def labels(store: Store) -> dict[tuple[int, int], int]:
    present = events.present(store, list(range(1, 40)))
    return {(photo, slot): byte for photo, blob in present.items() for slot, byte in enumerate(blob) if byte & 3}


def states(store: Store) -> dict[tuple[int, int], State]:
    return {where: State(byte & 3) for where, byte in labels(store).items()}


def finished(work: Generator[Progress, None, LabelReport]) -> LabelReport:
    while True:
        try:
            next(work)
        except StopIteration as end:
            report: LabelReport = end.value
            return report


def csv(folder: Path, text: str) -> Path:
    file = folder / "labels.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_wide_file_is_one_action_that_can_be_taken_back(welds: Store, tmp_path: Path) -> None:
    table = read_label_file(csv(tmp_path, "path,soil,water\na/00.jpg,1,0\na/01.jpg,,unsure\nb/none.jpg,1,1\n"))
    report = finished(apply_label_table(welds, table, who="Ann"))
    assert states(welds) == {(1, 0): RAISED, (1, 3): CLEAR, (2, 3): UNSURE}
    assert report.labels == 3
    assert [(p.line, p.path, p.reason) for p in report.left_out] == [
        (4, "b/none.jpg", "b/none.jpg: no photo of the project has this path")
    ]
    again = finished(apply_label_table(welds, table, who="Ann"))
    assert (again.action_id, again.labels) == (None, 0)
    assert len(actions.last(welds)) == 1
    labelling.revert(welds, str(report.action_id), who="Ann")
    assert states(welds) == {}


def test_a_file_older_than_the_scheme_means_the_flags_of_today(welds: Store, tmp_path: Path) -> None:
    schemes.rename_flag(welds, 0, "Dirt", who="Lead")
    table = read_label_file(csv(tmp_path, "path,SOIL,water\na/00.jpg,1,0\na/01.jpg,1,0\n"))
    assert [c.name for c in finished(foresee(welds, table)).classes] == ["Dirt", "water"]
    report = finished(apply_label_table(welds, table, who="Ann"))
    assert states(welds) == {(1, 0): RAISED, (1, 3): CLEAR, (2, 0): RAISED, (2, 3): CLEAR}
    assert [(p.reason, p.left_out) for p in report.problems] == [("'SOIL' is called 'Dirt' now", False)]
    both = read_label_file(csv(tmp_path, "path,soil,dirt\na/02.jpg,1,0\n"))
    with pytest.raises(ImportRefused, match="names flags that the project does not have: 'soil'"):
        finished(apply_label_table(welds, both, who="Ann"))


def test_one_class_per_photo_clears_the_rest_of_the_group(welds: Store, tmp_path: Path) -> None:
    labelling.set_state(welds, [1], 2, RAISED, who="file", source=IMPORT)
    table = read_label_file(csv(tmp_path, "path,class\na/00.jpg,no clamp\na/01.jpg,no clamp\n"))
    finished(apply_label_table(welds, table, who="Ann", terms=Terms(unlisted=UNSEEN)))
    assert states(welds) == {(1, 1): RAISED, (1, 2): CLEAR, (2, 1): RAISED, (2, 2): CLEAR}


def test_unlisted_must_be_said_and_clear_is_assumed_where_nobody_said_anything(welds: Store, tmp_path: Path) -> None:
    labelling.set_state(welds, [2], 0, RAISED, who="Bob")
    table = read_label_file(csv(tmp_path, "path,flags\na/00.jpg,soil; no clamp\na/01.jpg,\n"))
    with pytest.raises(ImportRefused, match="unseen"):
        finished(apply_label_table(welds, table, who="Ann"))
    finished(apply_label_table(welds, table, who="Ann", terms=Terms(unlisted=CLEAR)))
    assumed = label_byte(CLEAR, ASSUMED)
    found = labels(welds)
    assert found[1, 3] == found[2, 1] == found[2, 3] == assumed
    assert found[2, 0] == label_byte(RAISED, HAND)
    assert found[1, 2] == label_byte(CLEAR, IMPORT)  # another flag of its group is raised


def test_at_import_labels_given_by_hand_stand_against_the_file(welds: Store, tmp_path: Path) -> None:
    table = read_label_file(csv(tmp_path, "path,soil\na/00.jpg,1\na/01.jpg,1\n"))
    finished(apply_label_table(welds, table, who="file"))
    labelling.set_state(welds, [1], 0, CLEAR, who="Ann")
    finished(apply_label_table(welds, table, who="file", terms=Terms(overwrite=False)))
    assert states(welds) == {(1, 0): CLEAR, (2, 0): RAISED}
    finished(apply_label_table(welds, table, who="Bob"))
    assert states(welds) == {(1, 0): RAISED, (2, 0): RAISED}


def test_a_class_that_is_not_there_is_named_before_anything_is_written(welds: Store, tmp_path: Path) -> None:
    table = read_label_file(csv(tmp_path, "path,soil,watr\na/00.jpg,1,1\n"))
    with pytest.raises(ImportRefused, match="Did you mean 'water'"):
        finished(apply_label_table(welds, table, who="Ann"))
    assert labels(welds) == {}


def test_the_same_path_in_two_collections_is_told_apart(welds: Store, tmp_path: Path) -> None:
    south, _ = photos.add_collection(welds, "south", tmp_path / "south")
    first_pass.insert_found(welds, south.id, [FoundPhoto("a/00.jpg", 1, 1)])
    table = read_label_file(csv(tmp_path, "path,soil\na/00.jpg,1\n"))
    with pytest.raises(ImportRefused, match=r"line 2: a/00\.jpg: 2 collections have a photo of this path"):
        finished(apply_label_table(welds, table, who="Ann"))
    finished(apply_label_table(welds, table, who="Ann", collection_id=south.id))
    assert states(welds) == {(13, 0): RAISED}
    row = replace(table.rows[0], columns={"collection": photos.collections(welds)[0].uuid})
    finished(apply_label_table(welds, replace(table, rows=(row,)), who="Ann"))
    assert states(welds) == {(13, 0): RAISED, (1, 0): RAISED}


def test_a_file_shows_nothing_before_it_is_complete_and_key_presses_meanwhile_stand(
    welds: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_import, "_FIRST_PIECE", 2)
    monkeypatch.setattr(label_import, "_PIECE_S", 0.0)
    lines = "".join(f"a/{n:02}.jpg,1\n" for n in range(12))
    table = read_label_file(csv(tmp_path, f"path,soil\n{lines}"))
    work = apply_label_table(welds, table, who="Ann")
    assert next(work).done == 2
    next(work)
    assert labels(welds) == {} == fold(events.history(welds))
    assert actions.last(welds) == []
    key = labelling.set_state(welds, [3], 0, UNSURE, who="Bob")  # a key press between two steps
    report = finished(work)
    expected = {(n, 0): RAISED for n in range(1, 13)} | {(3, 0): UNSURE}
    assert states(welds) == expected
    assert labels(welds) == fold(events.history(welds))
    labelling.revert(welds, str(key.action_id), who="Bob")
    labelling.revert(welds, str(report.action_id), who="Ann")
    assert states(welds) == {}


def test_a_cancelled_file_leaves_nothing(welds: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_import, "_FIRST_PIECE", 2)
    monkeypatch.setattr(label_import, "_PIECE_S", 0.0)
    lines = "".join(f"a/{n:02}.jpg,1\n" for n in range(12))
    work = apply_label_table(
        welds, read_label_file(csv(tmp_path, f"path,Frost\n{lines}")), who="Ann", terms=Terms(new_flags=True)
    )
    for _ in range(4):
        next(work)
    work.close()
    assert labels(welds) == {} == fold(events.history(welds))
    assert welds.value("SELECT count(*) FROM actions") == welds.value("SELECT count(*) FROM label_events") == 0


@pytest.mark.parametrize("rows", ["nowhere.jpg,1", "a/00.jpg,perhaps"])
def test_a_file_of_which_no_row_can_be_used_is_refused(welds: Store, tmp_path: Path, rows: str) -> None:
    table = read_label_file(csv(tmp_path, f"path,soil\n{rows}\n"))
    with pytest.raises(ImportRefused, match=r"No row of the label file can be used.* line 2"):
        finished(apply_label_table(welds, table, who="Ann"))
    assert actions.last(welds) == []


def test_two_flags_of_a_group_that_a_file_raises_are_listed_and_cost_the_higher_points(
    welds: Store, tmp_path: Path
) -> None:
    labelling.set_state(welds, [2], 1, RAISED, who="Bob")
    table = read_label_file(csv(tmp_path, "path,no clamp,few clamps\na/00.jpg,1,1\na/01.jpg,,1\na/02.jpg,1,\n"))
    report = finished(apply_label_table(welds, table, who="Ann", terms=Terms(unlisted=UNSEEN, overwrite=False)))
    found = states(welds)
    assert (found[1, 1], found[1, 2]) == (RAISED, RAISED)
    assert (found[2, 1], found[2, 2]) == (RAISED, CLEAR)  # what Bob said by hand stands, and what follows from it
    assert (found[3, 1], found[3, 2]) == (RAISED, CLEAR)
    seen = mirror.read(welds)
    assert reviewing.select(seen, parse("contradiction", seen.scheme)).tolist() == [0]
    assert reviewing.queue_counts(seen)["contradictions"] == 1
    assert deciding.verdict_of(seen, int(seen.joint[0])).low == 50
    labelling.set_state(welds, [1], 2, RAISED, who="Bob")  # one word of a person settles it
    assert states(welds)[1, 1] == CLEAR
    assert report.action_id
