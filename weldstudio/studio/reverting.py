"""Taking back what an action did to the scheme or to the registry: its payload holds what was before and after.

A payload is {"scheme": {"before": ..., "after": ...}} or {"active_model": {"before": ..., "after": ...}}. Only what is
still as the action left it is put back; the rest was changed since and stays. Of the same form are "reject_limits" (of
a contractor), "altered" (second looks) and "joint_facts". What was decided of joints has events of its own
(`store.decisions`).
"""

from dataclasses import fields, replace
from typing import Any, TypeVar

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.scheme import Flag, Group, Merge, Scheme
from weldstudio.store import actions, models
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import confirming, contractors, joint_facts
from weldstudio.studio.scheme_text import from_json, to_json

_Item = TypeVar("_Item", Flag, Merge)


def payload_of_revert(store: Store, action_id: str) -> tuple[dict[str, Any] | None, int]:
    """The payload of an action that takes this one back (None = nothing to do), and how much was changed since."""
    payload = actions.payload(store, action_id)
    found: dict[str, Any] = {}
    changed_since = 0
    if "scheme" in payload:
        now = scheme_rows.load(store)
        before, after = from_json(payload["scheme"]["before"]), from_json(payload["scheme"]["after"])
        then, changed_since = restored_scheme(now, before, after, in_use=scheme_rows.slots_in_use(store))
        if then != now:
            found["scheme"] = {"before": to_json(now), "after": to_json(then)}
    if "active_model" in payload:
        active = payload["active_model"]
        if models.active_id(store) == active["after"]:
            found["active_model"] = {"before": active["after"], "after": active["before"]}
        else:
            changed_since += 1
    if "reject_limits" in payload:
        back = contractors.payload_of_revert(store, payload["reject_limits"])
        if back is not None:
            found["reject_limits"] = back
        else:
            changed_since += 1
    if "altered" in payload:
        marks = confirming.payload_of_revert(store, payload["altered"])
        if marks is not None:
            found["altered"] = marks
        else:
            changed_since += 1
    if "joint_facts" in payload:
        facts, kept = joint_facts.payload_of_revert(store, payload["joint_facts"])
        changed_since += kept
        if facts is not None:
            found["joint_facts"] = facts
    return found or None, changed_since


def restore(store: Store, payload: dict[str, Any]) -> Changes:
    """Bring about what a payload holds under 'after'. Only inside `atomic`."""
    changes = NO_CHANGES
    if "scheme" in payload:
        changes |= scheme_rows.save(store, from_json(payload["scheme"]["after"]))
    if "active_model" in payload:
        changes |= models.activate(store, payload["active_model"]["after"])
    if "reject_limits" in payload:
        changes |= contractors.restore(store, payload["reject_limits"])
    if "altered" in payload:
        changes |= confirming.restore(store, payload["altered"])
    if "joint_facts" in payload:
        changes |= joint_facts.restore(store, payload["joint_facts"])
    return changes


def restored_scheme(now: Scheme, before: Scheme, after: Scheme, *, in_use: frozenset[int]) -> tuple[Scheme, int]:
    """`now` with what changed from `before` to `after` put back, and how many fields were changed since and stay.

    A flag that was added and has labels (its slot is `in_use`) is retired instead of taken away. Raises SchemeError
    where what is left would contradict itself.
    """
    flags, kept_flags = _restored_items(now.flags, before.flags, after.flags, in_use=in_use)
    merges, kept_merges = _restored_items(now.merges, before.merges, after.merges, in_use=in_use)
    groups, kept_groups = _restored_groups(now.groups, before.groups, after.groups)
    if [f.slot for f in now.flags] == [f.slot for f in after.flags]:
        order = [f.slot for f in before.flags]
        flags = tuple(sorted(flags, key=lambda f: order.index(f.slot) if f.slot in order else len(order)))
    name = before.name if now.name == after.name else now.name
    return Scheme(flags, groups, merges, name=name), kept_flags + kept_merges + kept_groups


def _restored_items(
    now: tuple[_Item, ...], before: tuple[_Item, ...], after: tuple[_Item, ...], *, in_use: frozenset[int]
) -> tuple[tuple[_Item, ...], int]:
    was, became = {item.slot: item for item in before}, {item.slot: item for item in after}
    items: list[_Item] = []
    kept = 0
    for item in now:
        if item.slot in became and item.slot not in was:
            # Added by the action.
            gone = _without(item, in_use=in_use)
            items += [] if gone is None else [gone]
        elif item.slot in became:
            restored, lost = _restored_fields(item, was[item.slot], became[item.slot])
            items.append(restored)
            kept += lost
        else:
            items.append(item)
    present = {item.slot for item in items}
    items += [item for item in before if item.slot not in became and item.slot not in present]
    return tuple(items), kept


def _without(item: _Item, *, in_use: frozenset[int]) -> _Item | None:
    """What is left of a class that an action added: nothing, or where labels were given in it its retired self."""
    if isinstance(item, Merge):
        return replace(item, undone=True)
    return replace(item, retired=True) if item.slot in in_use else None


def _restored_fields(now: _Item, was: _Item, became: _Item) -> tuple[_Item, int]:
    """One class with its changed fields put back, and how many of them were changed since."""
    back: dict[str, Any] = {}
    kept = 0
    for field in fields(was):
        old, new, present = (getattr(item, field.name) for item in (was, became, now))
        if old == new:
            continue
        if present == new:
            back[field.name] = old
        elif present != old:
            kept += 1
    return replace(now, **back), kept


def _restored_groups(
    now: tuple[Group, ...], before: tuple[Group, ...], after: tuple[Group, ...]
) -> tuple[tuple[Group, ...], int]:
    was, became = {group.name: group for group in before}, {group.name: group for group in after}
    groups = []
    kept = 0
    for group in now:
        changed = was.get(group.name) != became.get(group.name)
        if not changed:
            groups.append(group)
        elif group == became.get(group.name):
            groups += [was[group.name]] if group.name in was else []
        else:
            groups.append(group)
            kept += 1
    present = {group.name for group in groups}
    groups += [group for group in before if group.name not in became and group.name not in present]
    return tuple(groups), kept
