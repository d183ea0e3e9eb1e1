"""The scheme as people edit it: presets and files, and flags added, renamed, re-pointed, ordered and retired.

Each edit is one action that holds the scheme before and after, so undo and the history treat it like any other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from weldstudio import paths
from weldstudio.domain.changes import NO_CHANGES, Done
from weldstudio.domain.errors import SchemeError
from weldstudio.domain.scheme import Flag, Group, JointRule, Scheme, SchemeClass, did_you_mean
from weldstudio.store import actions
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import flag_keys
from weldstudio.studio.scheme_text import read_toml, to_json, to_toml


@dataclass(frozen=True, slots=True)
class Preset:
    """A scheme that comes with the program."""

    id: str
    """What `init --scheme` takes."""
    name: str
    flags: int
    file: Path


def presets() -> list[Preset]:
    """The schemes in `resources/schemes`, by id."""
    found = []
    for file in sorted((paths.resources() / "schemes").glob("*.toml")):
        scheme = read_toml(file)
        found.append(Preset(file.stem, scheme.name, len(scheme.flags), file))
    return found


def load_scheme(name_or_file: str | Path) -> Scheme:
    """A preset by its id, or the scheme in a TOML file. Raises SchemeError naming the nearest preset."""
    text = str(name_or_file)
    known = {file.stem: file for file in (paths.resources() / "schemes").glob("*.toml")}
    file = known.get(text) or Path(name_or_file)
    if text in known or file.suffix or file.exists():
        return flag_keys.checked(read_toml(file))
    raise SchemeError(
        f"There is no scheme '{text}'.{did_you_mean(text, known)} Known are {', '.join(sorted(known))}; "
        "or name a .toml file."
    )


def write_scheme(scheme: Scheme, file: Path) -> None:
    """Write a scheme to a file that `load_scheme` reads; an older file is replaced."""
    part = file.with_name(file.name + ".part")
    try:
        part.write_text(to_toml(scheme), encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise SchemeError(f"The scheme cannot be written to {file} ({error.strerror or error}).") from error


def edit_scheme(store: Store, change: Callable[[Scheme], Scheme], *, who: str, text: str, kind: str = "scheme") -> Done:
    """Replace the scheme by what `change` makes of it, as one action. A change that changes nothing is none."""
    with store.atomic(durable=True):
        before = scheme_rows.load(store)
        after = change(before)
        if after == before:
            return Done(None, NO_CHANGES, f"{text}: nothing had to change")
        payload = {"scheme": {"before": to_json(before), "after": to_json(after)}}
        written = actions.begin(store, who=who, kind=kind, text=text, payload=payload)
        changes = scheme_rows.save(store, after) | store.record(actions.news(written))
    return Done(written.action.id, changes, text)


def save(store: Store, scheme: Scheme, *, who: str) -> Done:
    """Replace the whole scheme. Classes must keep their slots: one that exists may change, none may vanish."""

    def change(before: Scheme) -> Scheme:
        lost = {item.slot for item in before.flags + before.merges} - {i.slot for i in scheme.flags + scheme.merges}
        if lost:
            raise SchemeError(f"'{before.by_slot(min(lost)).name}' would vanish; retire it instead.")
        return scheme

    return edit_scheme(store, change, who=who, text=f"Scheme '{scheme.name}'" if scheme.name else "Scheme")


def add_flag(
    store: Store,
    name: str,
    points: int = 0,
    *,
    who: str,
    key: str = "",
    colour: str = "",
    description: str = "",
    joint_rule: JointRule = JointRule.ANY,
    group: str = "",
) -> Done:
    """A new flag; a retired one of that name comes back with its slot, group and labels.

    `group` names one of the scheme's that a new flag joins; SchemeError where there is none of that name.
    """
    key = flag_keys.normal(key)

    def change(scheme: Scheme) -> Scheme:
        flag_keys.refuse_taken(scheme, -1, key)
        for flag in scheme.flags:
            if flag.name == name and flag.retired:
                back = replace(flag, retired=False, points=points or flag.points, key=key or flag.key)
                return scheme.with_changed_flag(back)
        flag = Flag(scheme.slots, name, points, key, colour, description, joint_rule)
        grown = replace(scheme, flags=(*scheme.flags, flag))
        if not group:
            return grown
        joined = [replace(g, members=(*g.members, flag.slot)) if g.name == group else g for g in scheme.groups]
        if tuple(joined) == scheme.groups:
            raise SchemeError(f"There is no group '{group}'.{did_you_mean(group, (g.name for g in scheme.groups))}")
        return replace(grown, groups=tuple(joined))

    return edit_scheme(store, change, who=who, text=f"Added the flag '{name}'")


def rename_flag(store: Store, slot: int, name: str, *, who: str) -> Done:
    """Another name for a flag or merge; its labels stay."""
    return _change(store, slot, who=who, text=f"Renamed '{{name}}' to '{name}'", name=name)


def change_points(store: Store, slot: int, points: int, *, who: str) -> Done:
    """Other penalty points for a flag."""
    return _change(store, slot, who=who, text=f"{{name}}: {points} points", points=points)


def change_key(store: Store, slot: int, key: str, *, who: str) -> Done:
    """Another key for a flag or merge; '' = the one it is given. Raises SchemeError naming whose the key is."""
    key = flag_keys.normal(key)
    flag_keys.refuse_taken(scheme_rows.load(store), slot, key)
    return _change(store, slot, who=who, text=f"{{name}}: key {key}" if key else "{name}: no key of its own", key=key)


def change_joint_rule(store: Store, slot: int, rule: JointRule, *, who: str) -> Done:
    """How the photos of a joint decide this flag."""
    return _change(store, slot, who=who, text=f"{{name}}: {rule}", joint_rule=rule)


def change_colour(store: Store, slot: int, colour: str, *, who: str) -> Done:
    """'#rrggbb' for a flag or merge, or '' for the theme's."""
    return _change(store, slot, who=who, text=f"{{name}}: colour {colour or 'of the theme'}", colour=colour.lower())


def describe_flag(store: Store, slot: int, description: str, *, who: str) -> Done:
    """What the flag or merge means, in words."""
    return _change(store, slot, who=who, text="{name}: description", description=description)


def retire_flag(store: Store, slot: int, *, who: str, back: bool = False) -> Done:
    """Take a flag out of use; its labels are kept. `back` brings it into use again."""
    text = "Brought back '{name}'" if back else "Retired '{name}'"
    merge = scheme_rows.load(store).merge_of(slot)
    if merge is not None and not back:
        raise SchemeError(f"This flag is part of the merge '{merge.name}'; undo the merge first.")
    return _change(store, slot, who=who, text=text, retired=not back)


def reorder(store: Store, slots: Sequence[int], *, who: str) -> Done:
    """Flags in this order; `slots` names every flag once. Retired flags may be left out and come last."""

    def change(scheme: Scheme) -> Scheme:
        named = list(slots)
        return scheme.with_order([*named, *(f.slot for f in scheme.flags if f.retired and f.slot not in named)])

    return edit_scheme(store, change, who=who, text="Flags in another order")


def with_classes(scheme: Scheme, names: Iterable[str], *, exclusive: bool = False, default: str = "") -> Scheme:
    """The scheme with the classes that a label file names and the scheme lacks, as flags without points.

    With `exclusive` all of the file's classes exclude one another: they become a group, or join that of their others.
    """
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if not scheme.has_name(name):
            scheme = scheme.with_flag(name)
    if not exclusive:
        return scheme
    slots = [flag.slot for flag in scheme.flags if flag.name in wanted]
    together = [group for group in scheme.groups if set(group.members) & set(slots)]
    if len(together) > 1:
        raise SchemeError(f"The file's classes are in different groups ('{together[0].name}', '{together[1].name}').")
    if together:
        (old,) = together
        members = tuple(dict.fromkeys((*old.members, *slots)))
        grown = replace(old, members=members)
        return replace(scheme, groups=tuple(grown if g.name == old.name else g for g in scheme.groups))
    return scheme.with_group(Group("Class", tuple(slots), default)) if len(slots) > 1 else scheme


def add_classes(store: Store, names: Iterable[str], *, who: str, exclusive: bool = False, default: str = "") -> Done:
    """`with_classes` as an action."""
    wanted = list(dict.fromkeys(names))
    return edit_scheme(
        store,
        lambda scheme: with_classes(scheme, wanted, exclusive=exclusive, default=default),
        who=who,
        text=f"Flags of the label file: {_listed(wanted)}",
    )


def adopt(store: Store, other: Scheme, *, who: str) -> Done:
    """Take over another scheme by name: flags it shares with ours get its points, rule and words, the rest are added.

    Nothing of ours goes; keys and merges are taken over where they are free. No label is touched.
    """

    def change(scheme: Scheme) -> Scheme:
        for flag in other.live_flags:
            scheme = _with_flag_like(scheme, flag)
        slot_of = {flag.slot: scheme.by_name(flag.name).slot for flag in other.live_flags}
        for group in other.groups:
            members = tuple(slot_of[slot] for slot in group.members if slot in slot_of)
            taken = {group.name for group in scheme.groups}
            if group.name not in taken and not any(scheme.group_of(slot) for slot in members):
                scheme = scheme.with_group(replace(group, members=members))
        level = other.verdict_level if other.live_merges else scheme.verdict_level
        scheme = _with_merges_like(scheme, other, slot_of)
        return replace(scheme, name=scheme.name or other.name, verdict_level=level)

    return edit_scheme(store, change, who=who, text=f"Scheme '{other.name}' taken over")


def add_lacking(store: Store, other: Scheme, known: Mapping[str, int], *, who: str) -> Done:
    """Add the flags and merges of another scheme that have no counterpart here; what is here stays as it is.

    `known` are our slots by their names.
    """
    slot_of = {flag.slot: known[flag.name] for flag in other.live_flags if flag.name in known}
    classes: tuple[SchemeClass, ...] = (*other.live_flags, *other.live_merges)
    added = [item.name for item in classes if item.name not in known]

    def change(scheme: Scheme) -> Scheme:
        for flag in other.live_flags:
            if flag.slot not in slot_of:
                scheme = _with_flag_like(scheme, flag)
                slot_of[flag.slot] = scheme.by_name(flag.name).slot
        return _with_merges_like(scheme, other, slot_of)

    return edit_scheme(store, change, who=who, text=f"Flags of another desk: {_listed(added)}")


def _with_merges_like(scheme: Scheme, other: Scheme, slot_of: Mapping[int, int]) -> Scheme:
    """The scheme with the other one's merges where they are free; `slot_of` are our slots by the other one's."""
    for merge in other.live_merges:
        members = [slot_of[slot] for slot in merge.members if slot in slot_of]
        if len(members) > 1 and not scheme.has_name(merge.name) and not any(scheme.merge_of(s) for s in members):
            scheme = scheme.with_merge(merge.name, members)
    return scheme


def _with_flag_like(scheme: Scheme, flag: Flag) -> Scheme:
    """The scheme with its flag of the same name made like this one, or with this one added."""
    ours = next((own for own in scheme.flags if own.name == flag.name), None)
    if ours is None and scheme.has_name(flag.name):
        raise SchemeError(f"'{flag.name}' is a merge here and a flag there; undo the merge or rename it first.")
    taken = flag.key.casefold() in {
        item.key.casefold() for item in scheme.live_flags + scheme.live_merges if item is not ours
    }
    key = (ours.key if ours else "") if taken else flag.key
    examples = flag.examples
    if ours is not None:
        known = {example.content_hash for example in ours.examples}
        examples = (*ours.examples, *(e for e in flag.examples if e.content_hash not in known))
    like = replace(flag, slot=scheme.slots if ours is None else ours.slot, key=key, examples=examples)
    return replace(scheme, flags=(*scheme.flags, like)) if ours is None else scheme.with_changed_flag(like)


def change_class(store: Store, slot: int, *, who: str, **changed: Any) -> Done:
    """Several fields of a flag or merge in one action; names as in `domain.scheme.Flag`. Raises SchemeError."""
    if "key" in changed:
        changed["key"] = flag_keys.normal(changed["key"])
        flag_keys.refuse_taken(scheme_rows.load(store), slot, changed["key"])
    return _change(store, slot, who=who, text="Edited '{name}'", **changed)


def _change(store: Store, slot: int, *, who: str, text: str, **changed: Any) -> Done:
    """One class with other values; `{name}` in the text is its name. What only flags have, merges refuse."""

    def change(scheme: Scheme) -> Scheme:
        item = scheme.by_slot(slot)
        if isinstance(item, Flag):
            return scheme.with_changed_flag(replace(item, **changed))
        if not set(changed) <= {"name", "key", "colour", "description"}:
            raise SchemeError(f"'{item.name}' is a merge; change its flags instead.")
        other = replace(item, **changed)
        return replace(scheme, merges=tuple(other if m.slot == slot else m for m in scheme.merges))

    name = scheme_rows.load(store).by_slot(slot).name
    return edit_scheme(store, change, who=who, text=text.replace("{name}", name, 1))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
