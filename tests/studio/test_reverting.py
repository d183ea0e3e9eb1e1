"""Any action is taken back from the history, after a restart and by anybody: exactly its own fields, nothing else."""

from collections.abc import Callable
from datetime import date

import pytest

from weldstudio.domain.changes import Done
from weldstudio.domain.decision import Told
from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import Source, State
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.photo import Limit
from weldstudio.domain.scheme import JointRule
from weldstudio.domain.verdict import Outcome
from weldstudio.store import contractors as contractor_rows
from weldstudio.store import decided, models
from weldstudio.store.store import Store
from weldstudio.studio import (
    contractors,
    decisions,
    history,
    label_import,
    labelling,
    merging,
    notes,
    projects,
    registry,
    scheme,
)
from weldstudio.studio.label_files import read_label_file

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)


def everything(store: Store) -> dict[str, object]:
    """All that an action can change, as plain values."""
    present, held = decided.read(store), projects.load_scheme(store)
    return {
        "labels": [(photo, blob.rstrip(b"\0")) for photo, blob in store.rows("SELECT * FROM label_now") if any(blob)],
        # A flag with labels in its history is retired instead of taken away.
        "scheme": (held.live_flags, held.groups, held.live_merges, held.name),
        "notes": [row for row in store.rows("SELECT * FROM notes_now") if row[2]],
        "decided": [(int(r["joint"]), int(r["said"])) for r in present.rows],
        "overrides": {joint: one.outcome for joint, one in present.overrides.items()},
        "limits": {c.name: c.limits for c in contractor_rows.every(store).values() if c.limits},
        "model": models.active_id(store),
    }


def undone(store: Store, done: Done, *, who: str = "Lead") -> Done:
    assert done.action_id is not None
    return labelling.revert(store, done.action_id, who=who)


def imported(store: Store) -> Done:
    """Labels, a new flag and notes from a file."""
    file = store.folder / "labels.csv"
    file.write_text("path,soil,rust,note\na/00.jpg,1,1,\na/01.jpg,0,0,seen on site\n")
    terms = label_import.Terms(new_flags=True)
    work = label_import.apply_label_table(store, read_label_file(file), who="Company", terms=terms)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return Done(end.value.action_id)


ACTIONS: dict[str, Callable[[Store], Done]] = {
    "label": lambda s: labelling.set_state(s, [1], 0, State.RAISED, who="Ann"),
    "bulk": lambda s: labelling.set_state(s, [1, 2, 3], 1, State.RAISED, who="Ann"),
    "nothing applies": lambda s: labelling.nothing_applies(s, [1, 2], who="Ann"),
    "copied": lambda s: labelling.set_many(s, [(4, 0, State.RAISED)], who="Ann", source=Source.COPIED),
    "added": lambda s: scheme.add_flag(s, "mud", 5, who="Ann"),
    "added to a group": lambda s: scheme.add_flag(s, "half a clamp", 5, who="Ann", group="clamps"),
    "renamed": lambda s: scheme.rename_flag(s, 0, "earth", who="Ann"),
    "points": lambda s: scheme.change_points(s, 0, 7, who="Ann"),
    "key": lambda s: scheme.change_key(s, 0, "q", who="Ann"),
    "rule": lambda s: scheme.change_joint_rule(s, 0, JointRule.ALL, who="Ann"),
    "described": lambda s: scheme.describe_flag(s, 0, "earth on the pipe", who="Ann"),
    "retired": lambda s: scheme.retire_flag(s, 3, who="Ann"),
    "ordered": lambda s: scheme.reorder(s, [3, 2, 1, 0], who="Ann"),
    "taken over": lambda s: scheme.adopt(s, scheme.load_scheme("pipe-welds"), who="Ann"),
    "decided": lambda s: decisions.decide(s, [1, 2], Told.ACCEPTED, who="Ann"),
    "overridden": lambda s: decisions.override(s, [1], Outcome.REJECT, who="Ann", reason="seen on site"),
    "noted": lambda s: notes.note_photo(s, 1, "dirt", who="Ann"),
    "joint noted": lambda s: notes.note_joint(s, 2, "told", who="Ann"),
    "imported": imported,
    "limit": lambda s: contractors.set_limit(s, "Pipe Co", 40, valid_from=JAN, who="Ann", new=True),
}


@pytest.mark.parametrize("what", ACTIONS)
def test_taken_back_after_a_restart_everything_is_as_before(what: str, welds: Store) -> None:
    labelling.set_state(welds, [1, 5], 3, State.RAISED, who="Bob")
    before = everything(welds)
    done = ACTIONS[what](welds)
    after = everything(welds)
    assert after != before
    with Store.open(welds.folder) as again:
        back = undone(again, done)
        assert everything(again) == before
        undone(again, back)  # redo
        assert everything(again) == after


def test_a_merge_taken_back_is_undone_and_comes_back(welds: Store) -> None:
    done = merging.merge(welds, "dirt", [0, 3], who="Ann")
    slot = projects.load_scheme(welds).by_name("dirt").slot
    labelling.set_state(welds, [1], slot, State.RAISED, who="Bob")
    back = undone(welds, done)
    assert projects.load_scheme(welds).live_merges == ()
    undone(welds, back)
    assert [merge.name for merge in projects.load_scheme(welds).live_merges] == ["dirt"]
    assert welds.rows("SELECT photo_id FROM label_now") == [(1,)]


def test_activating_a_model_is_taken_back(welds: Store) -> None:
    for name in ("a", "b", "c"):
        card = ModelCard(name, name, "squeezenet1_1", (ModelClass(0, "soil"),))
        with welds.atomic():
            models.add(welds, card)
    registry.activate(welds, "a", who="Ann")
    second = registry.activate(welds, "b", who="Ann")
    undone(welds, second)
    assert models.active_id(welds) == "a"
    third = registry.activate(welds, "b", who="Bob")
    registry.activate(welds, "c", who="Cara")
    registry.activate(welds, "b", who="Cara")
    assert undone(welds, third).action_id is None
    assert models.active_id(welds) == "b"


# ── Nothing else ──────────────────────────────────────────────────────────────────────────────────


def test_the_same_value_given_anew_by_somebody_else_stays(welds: Store) -> None:
    """First this, then that, then this again: the first one is no longer what holds."""
    first = scheme.change_points(welds, 0, 7, who="Ann")
    scheme.change_points(welds, 0, 9, who="Bob")
    scheme.change_points(welds, 0, 7, who="Cara")
    note = notes.note_photo(welds, 1, "dirt", who="Ann")
    notes.note_photo(welds, 1, "sand", who="Bob")
    notes.note_photo(welds, 1, "dirt", who="Cara")
    merged = merging.merge(welds, "dirt", [0, 3], who="Ann")
    merging.unmerge(welds, "dirt", who="Bob")
    merging.merge(welds, "dirt", [0, 3], who="Cara")
    before = everything(welds)
    for done in (first, note, merged):
        assert done.action_id is not None
        assert history.effect(welds, done.action_id).others == 0
        assert undone(welds, done).action_id is None
    assert everything(welds) == before


def test_only_the_limit_of_its_own_day_goes_back(welds: Store) -> None:
    first = contractors.set_limit(welds, "Pipe Co", 40, valid_from=JAN, who="Ann", new=True)
    contractors.set_limit(welds, "Pipe Co", 30, valid_from=FEB, who="Bob")
    undone(welds, first)
    assert everything(welds)["limits"] == {"Pipe Co": (Limit(FEB, 30),)}


def test_only_its_own_flag_leaves_the_group(welds: Store) -> None:
    first = scheme.add_flag(welds, "half a clamp", 5, who="Ann", group="clamps")
    scheme.add_flag(welds, "two clamps", 5, who="Bob", group="clamps")
    scheme.change_points(welds, 1, 3, who="Bob")
    undone(welds, first)
    now = projects.load_scheme(welds)
    assert [flag.name for flag in now.flags] == ["soil", "no clamp", "few clamps", "water", "two clamps"]
    assert now.groups[0].members == (1, 2, 5)
    assert now.points_of(1) == 3


def test_a_flag_that_a_colleague_has_changed_since_is_retired_not_lost(welds: Store) -> None:
    added = scheme.add_flag(welds, "mud", 5, who="Ann")
    scheme.change_points(welds, 4, 15, who="Bob")
    undone(welds, added)
    flag = projects.load_scheme(welds).flags[4]
    assert (flag.name, flag.points, flag.retired) == ("mud", 15, True)


def test_what_would_contradict_itself_is_refused_in_words(welds: Store) -> None:
    renamed = scheme.rename_flag(welds, 0, "earth", who="Ann")
    scheme.add_flag(welds, "soil", 5, who="Bob")
    assert renamed.action_id is not None
    effect = history.effect(welds, renamed.action_id)
    assert "'soil' is there already" in effect.text
    before = everything(welds)
    with pytest.raises(SchemeError):
        undone(welds, renamed)
    assert everything(welds) == before


def test_an_order_is_taken_back_though_a_flag_came_since(welds: Store) -> None:
    ordered = scheme.reorder(welds, [3, 2, 1, 0], who="Ann")
    scheme.add_flag(welds, "mud", 5, who="Bob")
    undone(welds, ordered)
    assert [flag.slot for flag in projects.load_scheme(welds).flags] == [0, 1, 2, 3, 4]
