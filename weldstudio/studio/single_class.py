"""Which photos show exactly one class, and the names their folders may have on every system.

Pure functions for the export to class folders; nothing here reads or writes a file.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.levels import classes_at, needed_at, told_once
from weldstudio.domain.scheme import Level, Scheme

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
"""What Windows allows in no name; '/' is allowed nowhere."""

_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
"""Names that mean devices on Windows, with any suffix."""

_MOST_BYTES = 120


@dataclass(frozen=True, slots=True)
class Sorted:
    """Photos sorted into single classes. `classes[i]` is the class of photo i, or None with the `reasons[i]`."""

    classes: tuple[str | None, ...]
    reasons: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """Photos per class, in the order of first appearance."""
        found: dict[str, int] = {}
        for name in self.classes:
            if name is not None:
                found[name] = found.get(name, 0) + 1
        return found


def sort_into_classes(scheme: Scheme, labels: NDArray[np.uint8], *, level: Level = Level.MERGES) -> Sorted:
    """The one class of each photo, from label bytes (n, slots) uint8.

    A photo has one if exactly one class is raised and none outside that class's group is unsure. Where the whole
    scheme is one group that names its "none of them", a photo clear of all members belongs to that.
    """
    items = classes_at(scheme, level)
    if not items:
        return Sorted((None,) * len(labels), ("the project has no flags",) * len(labels))
    found = {item.slot: scheme.states_of(item.slot, labels) for item in needed_at(scheme, level)}
    states = np.stack(list(told_once(scheme, level, found).values()), axis=1)
    groups = [_group_name(scheme, item.slot) for item in items]
    default = _default_of(scheme, groups)
    # Photos that are labelled alike are decided once.
    patterns, which = np.unique(states, axis=0, return_inverse=True)
    names = [item.name for item in items]
    decided = [_decide(pattern, names, groups, default) for pattern in patterns]
    chosen = [decided[i] for i in which.ravel()]
    return Sorted(tuple(name for name, _ in chosen), tuple(reason for _, reason in chosen))


def _decide(
    states: NDArray[np.uint8], names: list[str], groups: list[str | None], default: str
) -> tuple[str | None, str]:
    raised = [i for i, state in enumerate(states) if state == State.RAISED]
    if len(raised) > 1:
        return None, f"{len(raised)} flags are raised: {'; '.join(names[i] for i in raised)}"
    if raised:
        group = groups[raised[0]]
        unsure = [
            names[i]
            for i, state in enumerate(states)
            if state == State.UNSURE and not (group is not None and groups[i] == group)
        ]
        return (None, f"unsure: {'; '.join(unsure)}") if unsure else (names[raised[0]], "")
    if (states == State.CLEAR).all():
        return (default, "") if default else (None, "no flag is raised")
    if (states == State.UNSEEN).all():
        return None, "not labelled"
    unsure = [names[i] for i, state in enumerate(states) if state == State.UNSURE]
    return None, f"unsure: {'; '.join(unsure)}" if unsure else "no flag is raised, and not all have been looked at"


def _group_name(scheme: Scheme, slot: int) -> str | None:
    """The group of a class; a merge within one group belongs to it."""
    members = [merge.members for merge in scheme.live_merges if merge.slot == slot]
    found = {group.name if (group := scheme.group_of(s)) else None for s in (members[0] if members else (slot,))}
    return found.pop() if len(found) == 1 else None


def _default_of(scheme: Scheme, groups: list[str | None]) -> str:
    """The name of "none of them" where the whole scheme is one group, else empty."""
    if len(set(groups)) != 1 or groups[0] is None:
        return ""
    return next(group.default for group in scheme.groups if group.name == groups[0])


def folder_names(names: Iterable[str], *, taken: Iterable[str] = ()) -> dict[str, str]:
    """A folder name for each class name, allowed on Linux, macOS and Windows, no two alike on any of them.

    A name that is allowed as it is stays as it is. `taken` are names of files beside the folders.
    """
    used = {_folded(name) for name in taken}
    chosen: dict[str, str] = {}
    for name in names:
        safe = _allowed(name)
        candidate, number = safe, 1
        while _folded(candidate) in used:
            number += 1
            candidate = f"{safe} ({number})"
        used.add(_folded(candidate))
        chosen[name] = candidate
    return chosen


def file_name(photo_id: int, path: str) -> str:
    """The name of an exported photo: its own with its id, so no two are alike whatever folders they come from."""
    name = path.rsplit("/", 1)[-1]
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    return f"{_allowed(stem)}-{photo_id}{dot}{suffix.lower()}"


def _allowed(name: str) -> str:
    """The name with what some system forbids replaced by '_'."""
    safe = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name))
    # A leading dot hides a folder; Windows drops dots and blanks at the end.
    safe = safe.strip().rstrip(". ")
    if safe.startswith("."):
        safe = "_" + safe[1:]
    safe = safe.encode("utf-8", errors="replace")[:_MOST_BYTES].decode("utf-8", errors="ignore").rstrip(". ")
    if _DEVICES.fullmatch(safe.split(".")[0].rstrip()):
        safe = "_" + safe
    return safe or "_"


def _folded(name: str) -> str:
    """Equal for names that are the same file on a system that ignores case or composes accents."""
    return unicodedata.normalize("NFC", name.casefold())
