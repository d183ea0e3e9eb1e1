"""Photos whose file is another one than when they were labelled: somebody has looked, and the labels hold."""

from collections.abc import Iterable
from typing import Any

from weldstudio.domain.changes import NO_CHANGES, Changes, Done
from weldstudio.store import actions, altered
from weldstudio.store.store import Store


def confirm(store: Store, photo_ids: Iterable[int], *, who: str) -> Done:
    """Say of these photos that their labels hold for the new file, as one action."""
    with store.atomic(durable=True):
        note = note_of(store, photo_ids)
        if note is None:
            return Done(None, NO_CHANGES, "None of these files has changed since it was labelled")
        count = len(note["before"])
        text = "The labels hold for the changed file"
        text += "" if count == 1 else f"s of {count:,} photographs"
        written = actions.begin(store, who=who, kind="label", text=text, payload={"altered": note})
        changes = restore(store, note) | store.record(actions.news(written))
    return Done(written.action.id, changes, text)


def note_of(store: Store, photo_ids: Iterable[int]) -> dict[str, Any] | None:
    """What an action notes that says of these photos that their labels hold; None where none of them asks for it."""
    rows = altered.rows(store, altered.waiting(store, photo_ids))
    return {"before": rows, "after": []} if rows else None


def payload_of_revert(store: Store, change: dict[str, Any]) -> dict[str, Any] | None:
    """The marks noted by an action, the other way round; None where nothing of it holds any more."""
    marked = {
        photo_id for photo_id, _, _ in altered.rows(store, [mark[0] for mark in change["before"] + change["after"]])
    }
    taken = [mark for mark in change["before"] if mark[0] not in marked]
    put = [mark for mark in change["after"] if mark[0] in marked]
    return {"before": put, "after": taken} if taken or put else None


def restore(store: Store, change: dict[str, Any]) -> Changes:
    """Bring about what an action's note holds under 'after'. Only inside `atomic`."""
    changes = altered.take_away(store, [mark[0] for mark in change["before"]])
    return store.record(changes | altered.put_back(store, change["after"]))
