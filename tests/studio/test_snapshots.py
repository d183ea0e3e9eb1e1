"""What a training would use is what a person would expect: known labels, joints and near-duplicates kept together."""

from pathlib import Path

import numpy as np
import pytest

from tests.photos import FLAGS, make_collection
from tests.studio.labelled import EXCLUSIVE, SCHEME, add_photos, label, labelled_project
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.labelling import Source, State
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.scheme import Group, Scheme
from weldstudio.domain.split import Split
from weldstudio.store import photos, splits
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio.snapshots import chosen_classes, take

R, C, U, X = State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN

DETAILED = 0x1A5C_93E1_4B7D_2C96
"""A perceptual hash with detail enough to tell its picture from others."""


def _empty(
    folder: Path, count: int, *, scheme: Scheme = SCHEME, hashes: list[int] | None = None
) -> tuple[Store, list[int]]:
    store = Store.create(folder / "project")
    scheme_rows.save(store, scheme)
    made = make_collection(folder / "photos", count, size=(16, 16))
    return store, add_photos(store, made, hashes)


def test_counts_are_those_of_the_labels_and_shares_those_of_the_recipe(tmp_path: Path) -> None:
    with labelled_project(tmp_path) as store:
        found = take(store, Recipe())
    assert found.problem == ""
    assert found.classes == FLAGS
    assert found.manifest.task == "exclusive"
    assert found.photos == {"train": 36, "validation": 12, "test": 12}
    assert found.counts["train"] == dict.fromkeys(FLAGS, (12, 24))
    assert all(Path(photo.path).is_file() for photo in found.manifest.photos)
    assert len(found.new_splits) == 60


def test_every_photo_is_used_or_counted_with_the_reason_why_not(tmp_path: Path) -> None:
    store, ids = _empty(tmp_path, 40)
    with store:
        label(store, {i: [R if n % 2 else C, X, X] for n, i in enumerate(ids[:30])})
        label(store, {i: [U, X, X] for i in ids[30:33]})
        unread = ids[0]
        store.execute("UPDATE photos SET problem = 'broken' WHERE id = ?", (unread,))
        found = take(store, Recipe())
        assert sum(found.photos.values()) == 29
        assert found.left_out == {"cannot be read": 1, "without a raised or clear label": 10}
        assert found.joints == found.photos  # one photo a joint here
        named = take(store, Recipe().with_values({"data.filter": f"id:{','.join(map(str, ids[:20]))}"}))
    assert sum(named.photos.values()) == 19
    assert named.left_out == {"cannot be read": 1, "not in the filter": 20}


def test_of_a_group_only_photos_with_exactly_one_class_raised_are_used(tmp_path: Path) -> None:
    store, ids = _empty(tmp_path, 40, scheme=EXCLUSIVE)
    with store:
        label(store, {i: ([R, C, C], [X, R, X], [R, R, C], [C, C, C])[n % 4] for n, i in enumerate(ids)})
        found = take(store, Recipe())
    assert sum(found.photos.values()) == 20
    assert found.left_out == {"with none or several classes raised": 20}
    assert sum(raised for split in found.counts.values() for raised, _ in split.values()) == 20


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=12) as store:
        before = store.sequence
        assert take(store, Recipe()) == take(store, Recipe())
        assert store.sequence == before
        assert splits.read(store) == {}


def test_only_known_labels_of_allowed_sources_are_used(tmp_path: Path) -> None:
    store, ids = _empty(tmp_path, 40)
    with store:
        label(store, {i: [R if n % 2 else C, X, X] for n, i in enumerate(ids[:20])})
        label(store, {i: [U, X, X] for i in ids[20:22]})
        label(store, {i: [C, X, X] for i in ids[22:30]}, source=Source.ASSUMED)
        label(store, {i: [R, X, X] for i in ids[30:38]}, source=Source.ACCEPTED)

        def used(**values: str) -> dict[str, int]:
            found = take(store, Recipe().with_values({f"data.{k}": v for k, v in values.items()}))
            assert found.classes == (FLAGS[0],)
            return {s: sum(known) for s, known in ((k, v[FLAGS[0]]) for k, v in found.counts.items())}

        assert sum(used().values()) == 28
        assert sum(used(assumed_labels="false").values()) == 20
        with_accepted = used(accepted_labels="true")
        assert sum(with_accepted.values()) > 28
        accepted = set(ids[30:38])
        found = take(store, Recipe().with_values({"data.accepted_labels": "true"}))
        assert {p.split for p in found.manifest.photos if p.id in accepted} <= {Split.TRAIN}


def test_flags_without_raised_or_clear_photos_are_left_out_and_said(tmp_path: Path) -> None:
    store, ids = _empty(tmp_path, 20)
    with store:
        label(store, {i: [R if n % 2 else C, C, X] for n, i in enumerate(ids)})
        found = take(store, Recipe())
    assert found.classes == (FLAGS[0],)
    told = f"'{FLAGS[1]}' is left out: of {found.photos['train']} training photos none has it raised. Label at least 10"
    assert any(warning.startswith(told) for warning in found.warnings)
    assert any(FLAGS[0] in warning and "at least 10" in warning for warning in found.warnings)
    assert all(len(photo.states) == 1 for photo in found.manifest.photos)


@pytest.mark.parametrize("kind", ["nothing", "all clear", "unsure", "one class", "one photo"])
def test_what_cannot_be_learned_is_a_problem_in_a_sentence(kind: str, tmp_path: Path) -> None:
    store, ids = _empty(tmp_path, 12, scheme=EXCLUSIVE if kind == "one class" else SCHEME)
    rows = {"all clear": [C, C, C], "unsure": [U, U, U], "one class": [R, C, C]}
    with store:
        if kind == "one photo":
            label(store, {ids[0]: [R, C, C]})
        elif kind != "nothing":
            label(store, dict.fromkeys(ids, rows[kind]))
        found = take(store, Recipe())
    assert found.problem.endswith(".")
    whole = " ".join((found.problem, *found.warnings))
    assert all(name in whole for name in FLAGS)
    counted = {"nothing": "Of 12 photos", "unsure": "(12 are unsure)", "one photo": "of 1 training photo none"}
    assert counted.get(kind, "of 7 training photos none") in whole
    assert "abel at least 10" in whole


def test_a_stored_split_never_moves_and_new_joints_are_dealt_out_beside_it(tmp_path: Path) -> None:
    with labelled_project(tmp_path / "a", count=30) as store:
        first = take(store, Recipe())
        splits.write(store, first.new_splits, seed=0)
        more = make_collection(tmp_path / "more", 30, size=(16, 16), seed=9)
        label(store, {i: [R, C, C] for i in add_photos(store, more)})
        second = take(store, Recipe(seed=5))
        assert not set(second.new_splits) & set(first.new_splits)
        assert len(second.new_splits) == 30
        where = {photo.id: photo.split for photo in second.manifest.photos}
        assert all(where[photo.id] == photo.split for photo in first.manifest.photos)


def test_near_duplicates_stay_together_whatever_joint_they_belong_to(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    base = [int(v) for v in draw.integers(0, 2**63, 20)]
    hashes = [base[n // 2] ^ (0b1011 if n % 2 else 0) for n in range(40)]  # pairs that differ in three bits
    store, ids = _empty(tmp_path, 40, hashes=hashes)
    with store:
        label(store, {i: [R if n % 3 else C, R if n % 5 else C, C] for n, i in enumerate(ids)})
        where = {photo.id: photo.split for photo in take(store, Recipe()).manifest.photos}
    assert len(set(where.values())) == 3
    for first, second in zip(ids[::2], ids[1::2], strict=True):
        assert where[first] == where[second]


def test_a_photo_that_would_join_two_splits_is_left_out_and_said(tmp_path: Path) -> None:
    first, between, second = (DETAILED ^ bits for bits in (0b000000, 0b000111, 0b111111))
    far = [int(v) for v in np.random.default_rng(1).integers(2**60, 2**63, 6)]
    store, ids = _empty(tmp_path, 9, hashes=[first, second, between, *far])
    with store:
        label(store, {i: [R if n % 2 else C, X, X] for n, i in enumerate(ids) if n != 2})
        joints = {i: photos.get(store, i).joint_id for i in ids}  # type: ignore[union-attr]
        splits.write(store, {joints[ids[0]]: Split.TRAIN, joints[ids[1]]: Split.TEST}, seed=0)
        label(store, {ids[2]: [R, X, X]})
        found = take(store, Recipe())
    assert ids[2] not in {photo.id for photo in found.manifest.photos}
    assert joints[ids[2]] not in found.new_splits
    assert any(warning.startswith("1 joint with near-duplicates") for warning in found.warnings)


def test_a_filter_chooses_the_photos(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=30) as store:
        found = take(store, Recipe().with_values({"data.filter": "000"}))
        assert {Path(photo.path).name for photo in found.manifest.photos} == {f"000{n}.jpg" for n in range(1, 10)}


def test_joints_are_never_torn_apart(tmp_path: Path) -> None:
    store, ids = _empty(tmp_path, 30)
    with store:
        photos.set_joints(store, [(i, f"joint {n // 3}", None) for n, i in enumerate(ids)])
        label(store, {i: [R if n % 2 else C, X, X] for n, i in enumerate(ids)})
        where = {photo.id: photo.split for photo in take(store, Recipe()).manifest.photos}
    for start in range(0, 30, 3):
        assert len({where[i] for i in ids[start : start + 3]}) == 1


def test_groups_merges_and_names_choose_the_classes() -> None:
    merged = EXCLUSIVE.with_merge("round", (0, 2))

    def chosen(scheme: Scheme, *names: str, task: str = "auto") -> tuple[list[str], str]:
        recipe = Recipe().with_values({"data.classes": str(list(names)).replace("'", '"'), "data.task": task})
        classes, found = chosen_classes(scheme, recipe)
        return [item.name for item in classes], found

    assert chosen(SCHEME) == (list(FLAGS), "multilabel")
    assert chosen(EXCLUSIVE) == (list(FLAGS), "exclusive")
    assert chosen(EXCLUSIVE, "shape") == (list(FLAGS), "exclusive")
    assert chosen(EXCLUSIVE, FLAGS[1]) == ([FLAGS[1]], "multilabel")
    assert chosen(merged) == (["round", FLAGS[1]], "exclusive")
    assert chosen(merged, "shape") == (["round", FLAGS[1]], "exclusive")
    assert chosen(merged, FLAGS[0], "round") == ([FLAGS[0], "round"], "multilabel")
    assert chosen(EXCLUSIVE, task="multilabel")[1] == "multilabel"
    default = SCHEME.with_group(Group("shape", (0, 1, 2), default="none of them"))
    assert chosen(default)[1] == "multilabel"
    with pytest.raises(RecipeError, match="at least two"):
        chosen(SCHEME, FLAGS[0], task="exclusive")
    with pytest.raises(RecipeError, match="no flags"):
        chosen_classes(Scheme(), Recipe())


@pytest.mark.parametrize("number", range(10))
def test_no_joint_is_in_two_splits_for_any_seed(number: int, tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=9) as store:
        found = take(store, Recipe(seed=number * 12345))
    assert len(found.new_splits) == 9
    assert len(found.manifest.photos) == 9


def test_a_second_filter_says_which_photos_judge(tmp_path: Path) -> None:
    with labelled_project(tmp_path) as store:
        plain = take(store, Recipe())
        first = plain.manifest.photos[0].path.rsplit("/", 1)[-1]
        found = take(store, Recipe().with_values({"data.test_filter": f"name:{first}"}))
        assert found.manifest.of(Split.TRAIN) == plain.manifest.of(Split.TRAIN)
        judging = [*found.manifest.of(Split.VALIDATION), *found.manifest.of(Split.TEST)]
        assert {Path(photo.path).name for photo in judging} <= {first}


def test_sampling_is_told_as_it_will_be(tmp_path: Path) -> None:
    with labelled_project(tmp_path) as store:
        recipe = Recipe().with_values(
            {
                "data.task": "multilabel",
                "sampling.method": "under",
                "sampling.largest_share": "0.5",
                "loss.name": "bayesian",
            }
        )
        found = take(store, recipe)
        assert "'red disc' after sampling: 12 raised, 12 clear; 12 left out" in " ".join(found.warnings)
        assert "both correct" in " ".join(found.warnings)
        assert "one flag" in take(store, recipe.with_values({"sampling.method": "proportional"})).problem
        veto = take(store, Recipe().with_values({"augmentation.vetoes": '["red disk: flip"]'}))
        assert "Did you mean 'red disc'" in veto.problem
        assert "folds" in take(store, Recipe().with_values({"data.folds": "20", "data.filter": "name:000"})).problem


def test_flags_with_few_photos_are_named_with_their_count(tmp_path: Path) -> None:
    store, ids = _empty(tmp_path, 60)
    with store:
        label(store, {i: [R if n < 5 else C, C if n < 20 else R, R if n % 2 else C] for n, i in enumerate(ids)})
        found = take(store, Recipe())
    said = " ".join(found.warnings)
    counts = {split: found.counts[split] for split in ("train", "validation")}
    raised, clear = counts["train"][FLAGS[0]]
    assert f"'{FLAGS[0]}' is raised on {raised} training photo" in said
    assert f"'{FLAGS[0]}' is clear" not in said
    assert clear >= 10
    few = counts["validation"][FLAGS[0]]
    assert f"'{FLAGS[0]}' is judged by {few[0]} raised and {few[1]} clear" in said or few[0] == 0
    assert f"'{FLAGS[2]}'" not in said


def test_three_photos_in_all_say_what_is_missing(tmp_path: Path) -> None:
    store, ids = _empty(tmp_path, 3)
    with store:
        label(store, {i: [R if n else C, X, X] for n, i in enumerate(ids)})
        found = take(store, Recipe())
    assert sum(found.photos.values()) == 3 or found.problem
    assert FLAGS[0] in " ".join(found.warnings)


def test_every_photo_knows_what_must_stay_together_with_it(tmp_path: Path) -> None:
    store, ids = _empty(tmp_path, 6, hashes=[DETAILED ^ bits for bits in (0, 0, 2**40 - 1, 2**63 - 1, 5 * 2**50, 999)])
    with store:
        label(store, {i: [R if n % 2 else C, X, X] for n, i in enumerate(ids)})
        units = {photo.id: photo.unit for photo in take(store, Recipe()).manifest.photos}
        assert units[ids[0]] == units[ids[1]]
        assert len(set(units.values())) < len(units)
