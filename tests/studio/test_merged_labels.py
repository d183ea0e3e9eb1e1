"""Labels at the merged level: 529 photos of which nobody knows the flag; imported, merged, undone, done again."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import Source, State
from weldstudio.domain.photo import FoundPhoto
from weldstudio.domain.scheme import Flag, Group, Scheme
from weldstudio.domain.verdict import Outcome
from weldstudio.store import events, first_pass, mirror, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import deciding, labelling, merged_labels, merging, projects
from weldstudio.studio.filters import parse
from weldstudio.studio.label_files import read_label_file
from weldstudio.studio.label_import import PLAIN, Terms, apply_label_table
from weldstudio.studio.reviewing import matching, queue_counts
from weldstudio.studio.scheme import load_scheme
from weldstudio.studio.scheme_text import from_json, read_toml, to_json, to_toml

SOIL = "Soil Contamination Risk"
HIGH, LOW = "Soil Contamination High Risk", "Soil Contamination Low Risk"
MANY = 529
R, C, Q, NONE = State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN


@pytest.fixture
def welds(tmp_path: Path) -> Iterator[Store]:
    """540 photos, of which the last eleven are labelled flag by flag."""
    store = projects.create(tmp_path / "welds", scheme=load_scheme("pipe-welds"))
    where, _ = photos.add_collection(store, "north", tmp_path / "photos")
    first_pass.insert_found(store, where.id, [FoundPhoto(f"{n:03}.jpg", 1, n) for n in range(MANY + 11)])
    scheme = scheme_rows.load(store)
    labelling.set_state(store, [MANY + 1, MANY + 2], scheme.by_name(HIGH).slot, R, who="Ann")
    labelling.set_state(store, [MANY + 3], scheme.by_name(LOW).slot, R, who="Ann")
    yield store
    store.close()


def take(store: Store, tmp_path: Path, text: str, terms: Terms = PLAIN) -> None:
    file = tmp_path / "labels.csv"
    file.write_text(text, encoding="utf-8")
    for _ in apply_label_table(store, read_label_file(file), who="file", terms=terms):
        pass


def at_the_level(store: Store, tmp_path: Path, terms: Terms = PLAIN) -> None:
    rows = "".join(f"{n:03}.jpg,1\n" for n in range(MANY))
    take(store, tmp_path, f"path,{SOIL}\n{rows}", terms)


def looked(store: Store) -> tuple[dict[int, bytes], list[tuple[int, int]]]:
    """All labels, and the points of every joint as a range."""
    now = mirror.read(store)
    counted = deciding.tally(now)
    ids = now.ids.tolist()
    labels = {i: blob.rstrip(b"\0") for i, blob in events.present(store, ids).items()}
    return labels, list(zip(counted.low.tolist(), counted.high.tolist(), strict=True))


def raised(store: Store, name: str) -> int:
    now = mirror.read(store)
    return int((now.states(now.scheme.by_name(name).slot) == R).sum())


def test_labels_given_before_there_is_a_merge_of_that_name(welds: Store, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="--new-flags"):
        at_the_level(welds, tmp_path)
    at_the_level(welds, tmp_path, Terms(new_flags=True))
    before = looked(welds)
    made = merging.merge(welds, SOIL, [HIGH, LOW], who="Ann")
    merged = looked(welds)
    assert merged[0] == before[0]  # no label is touched
    assert raised(welds, SOIL) == MANY + 3
    assert {low for low, _ in merged[1][:MANY]} == {50}  # the highest points of the flags below
    undone = merging.unmerge(welds, SOIL, who="Ann")
    assert looked(welds) == before
    assert raised(welds, SOIL) == MANY
    merging.merge(welds, SOIL, [HIGH, LOW], who="Ann")
    assert looked(welds) == merged
    # The same by undo and redo of the history.
    labelling.revert(welds, str(undone.action_id), who="Ann")
    assert made.action_id is not None
    assert looked(welds) == merged


def test_labels_given_to_a_merge_are_kept_when_it_is_undone_and_wait_to_be_split(welds: Store, tmp_path: Path) -> None:
    merging.merge(welds, SOIL, [HIGH, LOW], who="Ann")
    at_the_level(welds, tmp_path)
    merged = looked(welds)
    merging.unmerge(welds, SOIL, who="Ann")
    assert looked(welds)[0] == merged[0]
    assert queue_counts(mirror.read(welds))["to-split"] == MANY
    scheme = scheme_rows.load(welds)
    high, low = scheme.by_name(HIGH).slot, scheme.by_name(LOW).slot
    labelling.set_state(welds, [1, 2], high, R, who="Ann")  # split: it was the high risk
    labelling.set_many(welds, [(3, high, C), (3, low, C)], who="Ann")  # split: it was neither
    now = mirror.read(welds)
    assert int(merged_labels.to_split(now).sum()) == MANY - 3
    waiting = merged_labels.listed(now, splitting=True)
    assert (waiting[0].path, waiting[0].name) == ("003.jpg", SOIL)
    merging.merge(welds, SOIL, [HIGH, LOW], who="Ann")
    assert not merged_labels.to_split(mirror.read(welds)).any()
    assert raised(welds, SOIL) == MANY + 3


def test_a_file_may_name_a_merge_that_was_undone(welds: Store, tmp_path: Path) -> None:
    merging.merge(welds, SOIL, [HIGH, LOW], who="Ann")
    merging.unmerge(welds, SOIL, who="Ann")
    at_the_level(welds, tmp_path, Terms(new_flags=True))
    assert not any(flag.name == SOIL for flag in scheme_rows.load(welds).flags)
    assert queue_counts(mirror.read(welds))["to-split"] == MANY
    merging.merge(welds, SOIL, [HIGH, LOW], who="Ann")
    assert raised(welds, SOIL) == MANY + 3


def test_what_is_not_listed_is_not_assumed_of_the_flags_below_a_merge_that_is(welds: Store, tmp_path: Path) -> None:
    merging.merge(welds, SOIL, [HIGH, LOW], who="Ann")
    merging.unmerge(welds, SOIL, who="Ann")
    take(welds, tmp_path, f"path,flags\n000.jpg,{SOIL}; Other\n001.jpg,Other\n", Terms(unlisted=C))
    now = mirror.read(welds)
    states = [now.states(now.scheme.by_name(name).slot)[:2].tolist() for name in (HIGH, LOW, "No Clamp Used")]
    assert states == [[NONE, C], [NONE, C], [C, C]]


def test_contradictions_wait_until_somebody_settles_them(welds: Store, tmp_path: Path) -> None:
    merging.merge(welds, SOIL, [HIGH, LOW], who="Ann")
    scheme = scheme_rows.load(welds)
    merge, high, low = scheme.by_name(SOIL).slot, scheme.by_name(HIGH).slot, scheme.by_name(LOW).slot
    labelling.set_many(welds, [(1, high, R), (2, high, C), (2, low, C)], who="Ann")
    # A file says the opposite at the merged level; what a person said below stands.
    take(welds, tmp_path, f"path,{SOIL}\n000.jpg,0\n001.jpg,1\n002.jpg,1\n")
    now = mirror.read(welds)
    found = merged_labels.listed(now)
    assert [(one.path, one.name) for one in found] == [("000.jpg", SOIL), ("001.jpg", SOIL)]
    assert queue_counts(now)["contradictions"] == 2
    assert np.flatnonzero(matching(now, parse("contradiction", now.scheme))).tolist() == [0, 1]
    labelling.set_state(welds, [1], merge, C, who="Bob")
    labelling.set_state(welds, [2], merge, R, who="Bob")
    now = mirror.read(welds)
    assert not merged_labels.contradictory(now).any()
    assert [now.states(merge)[row] for row in (0, 1)] == [C, R]
    # Which flag it is, nobody said: neither is clear any more.
    assert [now.labels[1, slot] & 3 for slot in (high, low)] == [NONE, NONE]


def test_two_flags_of_a_group_contradict_each_other(tmp_path: Path) -> None:
    scheme = Scheme((Flag(0, "a", 5), Flag(1, "b", 5)), (Group("g", (0, 1)),))
    now = mirror.Mirror(ids=np.array([1, 2]), labels=np.array([[1, 1], [1, 2]], np.uint8), paths=["x", "y"])
    now.scheme = scheme
    assert merged_labels.contradictory(now).tolist() == [True, False]


@pytest.mark.parametrize(("penalty", "points"), [("maximum", 50), ("minimum", 15), ("sum", 65), ("30", 30)])
def test_points_of_a_merge_by_a_chosen_rule(welds: Store, tmp_path: Path, penalty: str, points: int) -> None:
    at_the_level(welds, tmp_path, Terms(new_flags=True))
    merging.merge(welds, SOIL, [HIGH, LOW], who="Ann", penalty=penalty)
    now = mirror.read(welds)
    slot = now.scheme.by_name(SOIL).slot
    assert now.scheme.points_of(slot) == points
    verdict = deciding.verdict_of(now, int(now.joint[0]))
    assert (verdict.low, verdict.outcome == Outcome.REJECT) == (points, points >= 50)
    assert from_json(to_json(now.scheme)) == now.scheme
    (tmp_path / "scheme.toml").write_text(to_toml(now.scheme), encoding="utf-8")
    again = read_toml(tmp_path / "scheme.toml")
    assert again.points_of(again.by_name(SOIL).slot) == points
    merging.change_penalty(welds, SOIL, "7", who="Ann")
    assert scheme_rows.load(welds).points_of(slot) == 7
    with pytest.raises(SchemeError, match="no rule"):
        merging.change_penalty(welds, SOIL, "most", who="Ann")


def test_how_often_experts_took_one_for_another(welds: Store) -> None:
    scheme = scheme_rows.load(welds)
    high, low = scheme.by_name(HIGH).slot, scheme.by_name(LOW).slot
    labelling.set_state(welds, [5, 6], high, R, who="Ann")
    labelling.set_many(welds, [(5, high, C), (5, low, R)], who="Bob")  # corrected
    labelling.set_many(welds, [(7, high, R), (7, low, R)], who="Bob")  # both at once: not confused
    labelling.set_state(welds, [6], low, R, who="file", source=Source.IMPORT)
    assert merging.confused_by_experts(welds, (high, low)) == 1
