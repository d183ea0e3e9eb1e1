"""Two schemes side by side, as desks that exchange bundles need it: what is called otherwise, lacking, or different."""

from collections.abc import Mapping
from typing import Any

from weldstudio.domain.scheme import Scheme, SchemeClass
from weldstudio.store import past
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store


def names(scheme: Scheme) -> dict[int, str]:
    """Names by slot, those of undone merges included."""
    every: tuple[SchemeClass, ...] = (*scheme.flags, *scheme.merges)
    return {item.slot: item.name for item in every}


def slots(scheme: Scheme) -> dict[str, int]:
    """Slots by name; of several merges with one name that which is in use, else the newest."""
    every: tuple[SchemeClass, ...] = (*scheme.merges, *scheme.flags, *scheme.live_merges)
    return {item.name: item.slot for item in every}


def former_names(store: Store) -> dict[str, str]:
    """What classes are called now, by the names that they had before; names in use again are left out."""
    now = names(scheme_rows.load(store))
    found: dict[str, str] = {}
    for _, payload in past.of_scheme(store):
        for when in ("before", "after"):
            scheme: Mapping[str, Any] = payload["scheme"][when]
            for item in (*scheme["flags"], *scheme["merges"]):
                if item["slot"] in now:
                    found[item["name"]] = now[item["slot"]]
    in_use = set(now.values())
    return {old: new for old, new in found.items() if old not in in_use}


def counterparts(
    ours: Scheme, former: Mapping[str, str], theirs: Scheme, formerly: Mapping[str, str]
) -> dict[str, int]:
    """Our slots by the names that their classes have or had: by the same name, or by one that either side changed."""
    here = slots(ours)
    found = dict(here)
    for name in (*names(theirs).values(), *formerly):
        if name not in found and name in former:
            found[name] = here[former[name]]
    for old, new in formerly.items():
        if new not in found and old in here:
            found[new] = here[old]
    return found


def lacking(theirs: Scheme, known: Mapping[str, int]) -> tuple[str, ...]:
    """Names of what is in use of their scheme and has no counterpart here."""
    in_use: tuple[SchemeClass, ...] = (*theirs.live_flags, *theirs.live_merges)
    return tuple(item.name for item in in_use if item.name not in known)


def differences(ours: Scheme, theirs: Scheme, known: Mapping[str, int]) -> tuple[str, ...]:
    """What is different in their scheme, in sentences without a stop; classes that are lacking here are left out."""
    found = []
    if ours.verdict_level != theirs.verdict_level and ours.live_merges and theirs.live_merges:
        found.append(f"verdicts count {theirs.verdict_level} there and {ours.verdict_level} here")
    for flag in theirs.live_flags:
        if flag.name not in known:
            continue
        own = ours.by_slot(known[flag.name])
        if own.name != flag.name:
            found.append(f"'{own.name}' is called '{flag.name}' there")
        if ours.points_of(own.slot) != flag.points:
            found.append(f"'{own.name}' costs {flag.points} points there and {ours.points_of(own.slot)} here")
        if ours.joint_rule_of(own.slot) != flag.joint_rule:
            found.append(f"'{own.name}' holds for a joint by the rule '{flag.joint_rule}' there")
    return tuple(found)
