"""Which key raises which flag: the flags' own keys, those given to the rest, and what a key may not be.

A flag's key alone raises it (or clears it again), with Shift it marks the flag unsure, with Alt it only chooses it. The
29 keys that are free on the Review page are the first bank; from the thirtieth flag on the same keys with Alt are the
second. Keys are written as Qt writes them in portable text: `1`, `Q`, `Alt+1`, `F5`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from weldstudio.domain.errors import SchemeError
from weldstudio.studio.action_table import TABLE

if TYPE_CHECKING:
    # It brings numpy along, which the first window has no need of.
    from weldstudio.domain.scheme import Flag, Merge, Scheme, SchemeClass

AnyClass = TypeVar("AnyClass", "Flag", "Merge")

FLAG_KEYS: Final = "1234567890QWETYASDGHJKLXBMIPV"
"""The first bank; none of these is a key of the table of actions, alone or with Shift."""
ALT: Final = "Alt+"
SHIFT: Final = "Shift+"
GIVEN: Final = (*FLAG_KEYS, *(ALT + key for key in FLAG_KEYS))
"""Keys given to flags that name none, in the order of slots."""

SET, UNSURE, CHOOSE = "set", "unsure", "choose"
"""What a flag's key can ask: key alone = set (raised, or clear where it is raised), Shift = unsure, Alt = choose."""

_KEY = re.compile(r"(?P<alt>alt\+)?(?P<key>f1[0-2]|f[2-9]|\S)", re.IGNORECASE)


def normal(key: str) -> str:
    """The key as it is stored: 'alt+q' is 'Alt+Q'; '' stays. Raises SchemeError for what can be no flag's key."""
    text = key.strip()
    if not text:
        return ""
    if text.casefold().startswith("shift+"):
        raise SchemeError(f"'{text}' cannot be a flag's key: Shift with a key marks its flag unsure. Leave Shift out.")
    found = _KEY.fullmatch(text)
    if found is None or not found["key"].isprintable():
        raise SchemeError(
            f"'{text}' cannot be a flag's key; use a letter, a digit or a function key, alone or behind 'Alt+'."
        )
    return (ALT if found["alt"] else "") + found["key"].upper()


def flag_keys(classes: "Iterable[SchemeClass]") -> dict[int, str]:
    """The key of each class by slot: its own, or the one of `GIVEN` that its slot means, or one still free.

    It hangs on the slot, so that no flag's key changes because another one is moved, merged or given its own.
    """
    keys = {item.slot: item.key for item in classes}
    taken = {key.casefold() for key in keys.values() if key}
    for slot in sorted(slot for slot, key in keys.items() if not key and slot < len(GIVEN)):
        if GIVEN[slot].casefold() not in taken:
            keys[slot] = GIVEN[slot]
            taken.add(keys[slot].casefold())
    free = iter(key for key in GIVEN if key.casefold() not in taken)
    return {slot: key or next(free, "") for slot, key in keys.items()}


def unsure_key(key: str) -> str:
    """What marks the flag of this key unsure."""
    return f"{ALT}{SHIFT}{key.removeprefix(ALT)}" if key.startswith(ALT) else SHIFT + key


def chords(keys: Mapping[int, str]) -> dict[str, tuple[int, str]]:
    """What each key with its modifiers asks of which class: {'Shift+1': (slot, UNSURE), ...}.

    Alt with a key chooses its flag unless that is the key of another one.
    """
    found: dict[str, tuple[int, str]] = {}
    for slot, key in keys.items():
        if key:
            found[key] = slot, SET
            found[unsure_key(key)] = slot, UNSURE
    for slot, key in keys.items():
        if key and not key.startswith(ALT):
            found.setdefault(ALT + key, (slot, CHOOSE))
    return found


def choosing_key(keys: Mapping[int, str], slot: int) -> str:
    """What chooses a class without labelling it; '' where no key does."""
    key = keys.get(slot, "")
    if not key or key.startswith(ALT) or (ALT + key).casefold() in {other.casefold() for other in keys.values()}:
        return ""
    return ALT + key


def flag_with(scheme: "Scheme", key: str, *, other_than: int = -1) -> str | None:
    """Name of the class that a key raises, its own or one given to it; that of one slot left aside."""
    shown = flag_keys(scheme.classes)
    for item in (*scheme.classes, *scheme.live_flags, *scheme.live_merges):
        if item.slot != other_than and key.casefold() in {item.key.casefold(), shown.get(item.slot, "").casefold()}:
            return item.name
    return None


def action_with(key: str) -> str | None:
    """What a key, alone or with Shift, does on the Review page besides raising flags."""
    wanted = {key.casefold(), unsure_key(key).casefold()}
    for row in TABLE:
        if row.page in ("", "review") and wanted & set(row.key.casefold().split(" | ")):
            return row.text.rstrip("…")
    return None


def refuse_taken(scheme: "Scheme", slot: int, key: str) -> None:
    """Raises SchemeError naming the flag or action that has the key already; `slot` is whose it shall be."""
    taken = (flag_with(scheme, key, other_than=slot) or action_with(key)) if key else None
    if taken is not None:
        raise SchemeError(f"The key {key} is used for '{taken}'. Choose another one.")


def checked(scheme: "Scheme") -> "Scheme":
    """The scheme with all keys in one form. Raises SchemeError for a key that is none, or is that of an action."""

    def with_key(item: "AnyClass") -> "AnyClass":
        key = normal(item.key)
        if key and (taken := action_with(key)) is not None:
            raise SchemeError(f"'{item.name}' cannot have the key {key}: it is used for '{taken}'.")
        return replace(item, key=key)

    return replace(scheme, flags=tuple(map(with_key, scheme.flags)), merges=tuple(map(with_key, scheme.merges)))
