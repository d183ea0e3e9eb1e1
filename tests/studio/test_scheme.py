"""The scheme: presets, files, edits and taking them back field by field."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Flag, Group, JointRule, Merge, Scheme
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import labelling, merging
from weldstudio.studio import scheme as schemes
from weldstudio.studio.scheme_text import from_json, read_toml, to_json, to_toml

names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).filter(lambda s: s.strip())
POINTS = {5: 6, 15: 4, 35: 1, 50: 5, 100: 1}


@st.composite
def any_scheme(draw: st.DrawFn) -> Scheme:
    wanted = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    flags = tuple(
        Flag(
            slot,
            name,
            draw(st.integers(0, 100)),
            description=draw(st.text(st.characters(codec="utf-8"), max_size=20)),
            colour=draw(st.sampled_from(["", "#a0B1c2"])),
            joint_rule=draw(st.sampled_from(JointRule)),
            retired=draw(st.booleans()),
        )
        for slot, name in enumerate(wanted)
    )
    groups = (Group("g", (0, 1), "none"),) if len(flags) > 1 and draw(st.booleans()) else ()
    merges = ()
    if len(flags) > 3 and draw(st.booleans()):
        merges = (Merge(len(flags), "merged of all things", (2, 3), key="M", colour="#0a0b0c"),)
    return Scheme(flags, groups, merges, name=draw(names))


@given(any_scheme())
def test_schemes_survive_toml_and_json(scheme: Scheme) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheme.toml"
        schemes.write_scheme(scheme, file)
        assert schemes.load_scheme(file) == scheme
    assert from_json(json.loads(json.dumps(to_json(scheme)))) == scheme


def test_the_presets_are_sound() -> None:
    found = {preset.id: preset for preset in schemes.presets()}
    assert {"pipe-welds", "pipe-welds-merged", "plain"} <= set(found)
    scheme = schemes.load_scheme("pipe-welds")
    assert {points: sum(f.points == points for f in scheme.flags) for points in POINTS} == POINTS
    assert all(flag.key and flag.description for flag in scheme.flags)
    assert scheme.by_name("No Clamp Used").points == 50  # type: ignore[union-attr]
    absence = {flag.name for flag in scheme.flags if flag.joint_rule == JointRule.ALL}
    assert "No Ground Sheet" in absence
    assert "Joint Misaligned" not in absence
    merged = schemes.load_scheme("pipe-welds-merged")
    assert merged.flags == scheme.flags
    assert merged.live_merges[0].name == "No Clamps"
    assert schemes.load_scheme("plain").flags == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[flags]]\nname = 'a'\npoint = 3", "Did you mean 'points'"),
        ("[[flags]]\nname = 'a'\npoints = 'many'", "whole number"),
        ("[[flags]]\nname = 'a'\njoint_rule = 'some'", "no joint rule"),
        ("[[flags]]\nname = 'a'\n[[flags]]\nname = 'a'", "there already"),
        ("[[flags]]\npoints = 3", "does not belong"),
        ("flags = 3", "tables"),
        ("[[flags]]\nname = 'a'\n[[groups]]\nname = 'g'\nmembers = ['b']", "names a flag 'b'"),
        ("name = ", "no readable scheme"),
    ],
)
def test_a_file_that_is_no_scheme_is_told_so(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SchemeError, match=sentence):
        read_toml(file)


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(SchemeError, match="Did you mean 'pipe-welds'"):
        schemes.load_scheme("pipe-weld")


def test_every_edit_is_an_action_that_can_be_taken_back(welds: Store) -> None:
    before = scheme_rows.load(welds)
    edits = [
        schemes.rename_flag(welds, 0, "mud", who="Ann"),
        schemes.change_points(welds, 0, 35, who="Ann"),
        schemes.change_key(welds, 0, "7", who="Ann"),
        schemes.change_joint_rule(welds, 0, JointRule.ALL, who="Ann"),
        schemes.change_colour(welds, 0, "#102030", who="Ann"),
        schemes.describe_flag(welds, 0, "wet earth", who="Ann"),
        schemes.reorder(welds, [3, 2, 1, 0], who="Ann"),
        schemes.retire_flag(welds, 0, who="Ann"),
        schemes.add_flag(welds, "sand", 5, who="Ann"),
    ]
    after = scheme_rows.load(welds)
    assert after.by_slot(0) == Flag(0, "mud", 35, "7", "#102030", "wet earth", JointRule.ALL, retired=True)
    assert [flag.slot for flag in after.flags] == [3, 2, 1, 0, 4]
    assert all(done.changes.scheme and done.action_id for done in edits)
    for done in reversed(edits):
        labelling.revert(welds, str(done.action_id), who="Ann")
    assert scheme_rows.load(welds) == before
    assert schemes.change_points(welds, 0, 50, who="Ann").action_id is None


def test_a_revert_of_last_week_leaves_what_changed_since(welds: Store) -> None:
    old = schemes.change_points(welds, 0, 35, who="Ann")
    both = schemes.rename_flag(welds, 1, "no clamps at all", who="Ann")
    schemes.change_points(welds, 0, 20, who="Bob")
    schemes.add_flag(welds, "sand", who="Bob")
    assert labelling.revert(welds, str(old.action_id), who="Ann").action_id is None
    labelling.revert(welds, str(both.action_id), who="Ann")
    scheme = scheme_rows.load(welds)
    assert [flag.name for flag in scheme.flags] == ["soil", "no clamp", "few clamps", "water", "sand"]
    assert scheme.points_of(0) == 20


def test_taking_back_a_new_flag_keeps_its_labels(welds: Store) -> None:
    added = schemes.add_flag(welds, "sand", 5, who="Ann")
    slot = scheme_rows.load(welds).by_name("sand").slot
    labelling.set_state(welds, [1], slot, State.RAISED, who="Ann")
    back = labelling.revert(welds, str(added.action_id), who="Ann")
    (flag,) = (f for f in scheme_rows.load(welds).flags if f.name == "sand")
    assert flag.retired
    labelling.revert(welds, str(back.action_id), who="Ann")
    assert scheme_rows.load(welds).by_name("sand") == replace(flag, retired=False)


def test_a_retired_flag_comes_back_by_its_name(welds: Store) -> None:
    schemes.retire_flag(welds, 3, who="Ann")
    assert "water" not in [flag.name for flag in scheme_rows.load(welds).live_flags]
    schemes.add_flag(welds, "water", who="Ann")
    assert scheme_rows.load(welds).by_slot(3) == Flag(3, "water", 15)


def test_a_flag_of_a_merge_cannot_be_retired(welds: Store) -> None:
    merging.merge(welds, "clamps!", [1, 2], who="Ann")
    with pytest.raises(SchemeError, match="undo the merge first"):
        schemes.retire_flag(welds, 1, who="Ann")
    with pytest.raises(SchemeError, match="is a merge"):
        schemes.change_points(welds, 4, 3, who="Ann")
    schemes.rename_flag(welds, 4, "clamps?", who="Ann")
    schemes.change_key(welds, 4, "K", who="Ann")
    assert scheme_rows.load(welds).live_merges[0] == Merge(4, "clamps?", (1, 2), key="K")


def test_classes_of_a_label_file_become_flags_and_a_group(welds: Store) -> None:
    schemes.add_classes(welds, ["sand", "soil"], who="Ann")
    assert [flag.name for flag in scheme_rows.load(welds).flags][-1] == "sand"
    schemes.add_classes(welds, ["x", "y"], who="Ann", exclusive=True, default="neither")
    x, y = (scheme_rows.load(welds).by_name(name).slot for name in "xy")
    assert scheme_rows.load(welds).group_of(x) == Group("Class", (x, y), "neither")
    schemes.add_classes(welds, ["y", "z"], who="Ann", exclusive=True)
    group = scheme_rows.load(welds).group_of(y)
    assert group is not None
    assert len(group.members) == 3


def test_a_whole_scheme_may_not_lose_a_class(welds: Store) -> None:
    scheme = scheme_rows.load(welds)
    with pytest.raises(SchemeError, match="'water' would vanish"):
        schemes.save(welds, replace(scheme, flags=scheme.flags[:3]), who="Ann")
    assert schemes.save(welds, replace(scheme, name="other"), who="Ann").action_id


def test_a_flag_is_written_as_people_write_it() -> None:
    text = to_toml(Scheme((Flag(0, 'the "one"', 5),), name="x"))
    assert text == 'name = "x"\n\n[[flags]]\nname = "the \\"one\\""\npoints = 5\n'


def test_another_scheme_is_taken_over_by_name_and_loses_nothing(welds: Store) -> None:
    before = scheme_rows.load(welds)
    shared = before.flags[0]
    other = Scheme(
        (
            Flag(0, "New One", 15, key=before.flags[1].key),
            Flag(1, shared.name, shared.points + 7, description="as in the manual"),
            Flag(2, "New Two", 5),
        ),
        merges=(Merge(3, "New", (0, 2)),),
        name="other",
    )
    done = schemes.adopt(welds, other, who="Ann")
    after = scheme_rows.load(welds)
    assert [flag.name for flag in after.flags] == [*(f.name for f in before.flags), "New One", "New Two"]
    assert after.flags[0].points == shared.points + 7
    assert after.flags[0].slot == shared.slot
    assert after.by_name("New One").key != before.flags[1].key or not before.flags[1].key
    assert {after.by_slot(slot).name for slot in after.merges[-1].members} == {"New One", "New Two"}
    assert done.action_id is not None
    labelling.revert(welds, done.action_id, who="Ann")
    assert scheme_rows.load(welds).live_flags == before.live_flags
