"""The keys of actions as a person has set them: what they are now, and what a key may not be.

A person's keys are kept in the settings as 'label.nothing=Ctrl+0', one text for each action that has others than those
of the table; an empty key takes the action's keys away. Keys are written as Qt writes them in portable text.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from weldstudio.studio.action_table import TABLE, Action
from weldstudio.studio.flag_keys import GIVEN, chords, flag_keys, flag_with, unsure_key

if TYPE_CHECKING:
    # It brings numpy along, which the first window has no need of.
    from weldstudio.domain.scheme import Scheme

_ROWS: Final = {row.id: row for row in TABLE}
_KEPT: Final = frozenset(chord.casefold() for chord in (*GIVEN, *map(unsure_key, GIVEN)))
"""Keys that raise flags or mark them unsure, in this project or another one."""
_FREE: Final = re.compile(
    r"((Ctrl|Alt|Shift|Meta)\+)*(F[1-9]|F[12]\d|Insert|Delete|Backspace|Home|End|PgUp|PgDown|\S)", re.IGNORECASE
)
_MODIFIED: Final = re.compile(
    r"((Ctrl|Alt|Shift|Meta)\+)*(Ctrl|Alt|Meta)\+((Ctrl|Alt|Shift|Meta)\+)*\S+", re.IGNORECASE
)

Keys = Mapping[str, str]
"""Action id -> its only key, '' for none; actions that have those of the table are left out."""


def row_of(action_id: str) -> Action:
    """The action of this id."""
    return _ROWS[action_id]


def read(stored: Iterable[str]) -> dict[str, str]:
    """Keys from the settings; what names no action of this version is left out."""
    pairs = (text.partition("=") for text in stored)
    return {action_id: key for action_id, _, key in pairs if action_id in _ROWS}


def stored(keys: Keys) -> tuple[str, ...]:
    """Keys for the settings."""
    return tuple(f"{action_id}={key}" for action_id, key in sorted(keys.items()))


def keys_of(row: Action, keys: Keys) -> tuple[str, ...]:
    """The keys of an action, alternatives of each other."""
    key = keys.get(row.id, row.key)
    return tuple(key.split(" | ")) if key else ()


def with_key(keys: Keys, action_id: str, key: str | None) -> dict[str, str]:
    """The keys with one action's changed; None gives it those of the table again."""
    changed = {other: held for other, held in keys.items() if other != action_id}
    return changed if key is None or key == _ROWS[action_id].key else {**changed, action_id: key}


def refusal(action_id: str, key: str, keys: Keys, *, scheme: "Scheme | None" = None) -> str:
    """Why an action cannot have this key (portable text), as a sentence naming what has it; '' where it can."""
    return refusal_on(_ROWS[action_id].page, key, keys, but=action_id, scheme=scheme)


def refusal_on(page: str, key: str, keys: Keys, *, but: str = "", scheme: "Scheme | None" = None) -> str:
    """As `refusal`, of a key that holds on a page ('' = everywhere); `but` is the action that may have it already."""
    folded = key.casefold()
    if not key:
        return ""
    for other in TABLE:
        meets = other.id != but and (other.page == page or "" in (other.page, page))
        if meets and folded in (held.casefold() for held in keys_of(other, keys)):
            return f"The key {key} is used for '{other.text.rstrip('…')}'. Choose another one."
    if not (_FREE.fullmatch(key) or _MODIFIED.fullmatch(key)):
        return f"'{key}' is needed to move about; use a letter, a function key or one with Ctrl or Alt."
    if page not in ("", "review"):
        return ""
    if scheme is not None:
        slots = {chord.casefold(): slot for chord, (slot, _) in chords(flag_keys(scheme.classes)).items()}
        name = scheme.by_slot(slots[folded]).name if folded in slots else flag_with(scheme, key)
        if name is not None:
            return f"The key {key} is used for '{name}'. Choose another one."
    return f"The key {key} is kept for flags. Choose another one." if folded in _KEPT else ""
