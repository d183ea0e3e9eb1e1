"""What an expert does to labels: hold a state true of photos, take actions back, look into their history.

Every edit is one action with its label events, written in one transaction, so it is there whole or not at all. After
`set_state(slot, state)` the class has that state on these photos, whatever lay below or beside it: raising a flag
clears the others of its group, and a merge that is called clear takes back a raised member in the same action.
"""

from collections.abc import Iterable, Mapping

from weldstudio.domain.changes import NO_CHANGES, Done
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import LOOKED_AT, Action, LabelEvent, Source, State
from weldstudio.domain.scheme import Flag, Merge, Scheme, SchemeClass
from weldstudio.store import actions, decisions, events, notes, photos, reviews
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import confirming, reverting
from weldstudio.studio.entailing import Entailment

UNDOABLE = (
    *("label", "import", "scheme", "merge", "model", "contractor"),
    *("decision", "override", "joint", "note", "revert"),
    *("review", "draw", "run"),
)
"""Kinds of actions that an expert's undo goes back through."""


def set_state(
    store: Store, photo_ids: Iterable[int], slot: int, state: State, *, who: str, source: Source | None = None
) -> Done:
    """Hold `state` true of a flag or merge on these photos, in one action.

    `source` is by hand for one photo and in bulk for several, unless said. Photos that are so labelled already are left
    alone; if all are, there is no action. Raises EditRefused for a class or photo that cannot be labelled.
    """
    ids = tuple(dict.fromkeys(photo_ids))
    scheme = scheme_rows.load(store)
    item = _labelled_class(scheme, slot)
    return _write(
        store,
        scheme,
        dict.fromkeys(ids, ((slot, state),)),
        who=who,
        source=source if source is not None else _source_for(len(ids)),
        text=f"{item.name}: {state.word}",
    )


def set_many(
    store: Store,
    edits: Iterable[tuple[int, int, State]],
    *,
    who: str,
    source: Source | None = None,
    text: str = "Labels",
) -> Done:
    """Many edits (photo id, slot, state) as one action. Of two for the same photo and class the later one counts."""
    by_photo: dict[int, list[tuple[int, State]]] = {}
    for photo_id, slot, state in edits:
        by_photo.setdefault(photo_id, []).append((slot, state))
    scheme = scheme_rows.load(store)
    for slot in {slot for wanted in by_photo.values() for slot, _ in wanted}:
        _labelled_class(scheme, slot)
    wanted = {photo_id: tuple(states) for photo_id, states in by_photo.items()}
    return _write(store, scheme, wanted, who=who, source=source or _source_for(len(wanted)), text=text)


def nothing_applies(store: Store, photo_ids: Iterable[int], *, who: str) -> Done:
    """Reviewed, nothing applies: every class clear on these photos, in one action."""
    ids = tuple(dict.fromkeys(photo_ids))
    scheme = scheme_rows.load(store)
    if not scheme.classes:
        raise EditRefused("The project has no flags yet, so there is nothing to clear; add a flag first.")
    wanted = tuple((item.slot, State.CLEAR) for item in scheme.classes)
    text = "Reviewed, nothing applies"
    return _write(store, scheme, dict.fromkeys(ids, wanted), who=who, source=_source_for(len(ids)), text=text)


def history(store: Store, photo_id: int, *, slot: int | None = None) -> list[tuple[Action, LabelEvent]]:
    """What was done to a photo's labels, oldest first; to one class, or to all."""
    return events.of_photo(store, photo_id, slot=slot)


def _write(
    store: Store,
    scheme: Scheme,
    wanted: Mapping[int, tuple[tuple[int, State], ...]],
    *,
    who: str,
    source: Source,
    text: str,
) -> Done:
    if not wanted:
        raise EditRefused("No photo is chosen; choose one first.")
    # The present labels are read inside, so that nobody can change them between looking and writing.
    with store.atomic(durable=True):
        _refuse_unknown(store, wanted)
        present = events.present(store, list(wanted))
        rows = edit_rows(scheme, wanted, present, source)
        changed = {row[0] for row in rows}
        # A person who says once more what is held has looked: the labels hold for a file that has changed since.
        held = confirming.note_of(store, wanted.keys() - changed) if source in LOOKED_AT else None
        if not (rows or held):
            return Done(None, NO_CHANGES, f"{text}: nothing had to change")
        touched = len(changed) + len(held["before"] if held else ())
        full = text if touched == 1 else f"{text} on {touched:,} photographs"
        payload = {"altered": held} if held else None
        written = actions.begin(store, who=who, kind="label", text=full, payload=payload)
        changes = events.append(store, written, rows, source=source, present=present)
        if held:
            changes |= confirming.restore(store, held)
    return Done(written.action.id, changes, full)


def edit_rows(
    scheme: Scheme,
    wanted: Mapping[int, tuple[tuple[int, State], ...]],
    present: Mapping[int, bytes],
    source: Source,
) -> list[events.Row]:
    """The events that make these states true: photo by photo, without those that would change nothing.

    `wanted` holds (slot, state) by photo, `present` the label bytes by photo.
    """
    rows: list[events.Row] = []
    entailments: dict[tuple[tuple[int, State], ...], Entailment] = {}
    for photo_id, states in wanted.items():
        entailment = entailments.get(states)
        if entailment is None:
            entailment = entailments[states] = Entailment(scheme, states, source)
        rows += [(photo_id, *edit) for edit in entailment.edits(present.get(photo_id, b""))]
    return rows


def revert(store: Store, action_id: str, *, who: str) -> Done:
    """Take an action back, whoever did it and whenever; of a revert: do again what it took back.

    Only fields whose present value this action set are restored; the others are reported as changed since. Raises
    EditRefused for an action that does not exist or that nothing of can be taken back.
    """
    with store.atomic(durable=True):
        target = actions.by_id(store, action_id)
        if target is None:
            raise EditRefused("This action is no longer in the history of the project, so it cannot be taken back.")
        rows, changed_since = events.restoring_rows(store, target.seq)
        said, said_since = decisions.restoring_events(store, target.seq)
        noted, noted_since = notes.restoring_events(store, target.seq)
        reviewed, reviewed_since = reviews.restoring_events(store, target.seq)
        payload, kept = reverting.payload_of_revert(store, action_id)
        changed_since += kept + said_since + noted_since + reviewed_since
        subject = target.action.text
        if not (rows or said or noted or reviewed or payload):
            return Done(None, NO_CHANGES, f"{subject}: nothing left to take back{_since(changed_since)}")
        written = actions.begin(store, who=who, kind="revert", text=subject, reverts=action_id, payload=payload)
        changes = events.append(store, written, rows, source=Source.REVERT, reverting=target.seq)
        if said:
            changes |= decisions.append(store, written, said, reverting=target.seq)
        if noted:
            changes |= notes.append(store, written, noted)
        # Looked up anew, for labels that go back have ended what was said of them.
        changes |= reviews.append(store, written, reviews.restoring_events(store, target.seq)[0])
        if payload is not None:
            changes |= reverting.restore(store, payload)
    return Done(written.action.id, changes, f"{subject}{_since(changed_since)}")


def undoable(store: Store, *, who: str, limit: int = 1_000) -> list[tuple[str, str, bool]]:
    """What this expert's undo and redo would go through, oldest first: (last action of the chain, text, undone).

    The undone ones come last; each is brought back by reverting the revert named. An action that was undone and
    followed by another one is left out.
    """
    chains: list[tuple[str, str, bool]] = []
    cursor = 0  # before it stands what holds, behind it what was undone
    for written in reversed(actions.last(store, who=who, limit=4 * limit)):
        action = written.action
        if action.kind not in UNDOABLE:
            continue
        if cursor and chains[cursor - 1][0] == action.reverts:
            cursor -= 1
            chains[cursor] = (action.id, chains[cursor][1], True)
        elif cursor < len(chains) and chains[cursor][0] == action.reverts:
            chains[cursor] = (action.id, chains[cursor][1], False)
            cursor += 1
        else:
            del chains[cursor:]
            chains.append((action.id, action.text, False))
            cursor += 1
    return chains[-limit:]


def _since(count: int) -> str:
    if not count:
        return ""
    return f" ({count:,} {'label was' if count == 1 else 'labels were'} changed since and stay)"


def _labelled_class(scheme: Scheme, slot: int) -> SchemeClass:
    """The flag or merge of a slot. Raises EditRefused for one that takes no labels any more."""
    item = scheme.by_slot(slot)
    if isinstance(item, Flag) and item.retired:
        raise EditRefused(f"'{item.name}' is retired and takes no labels; bring it back on the Flags page first.")
    if isinstance(item, Merge) and item.undone:
        raise EditRefused(f"The merge '{item.name}' was undone; label its flags, or merge them again.")
    return item


def _refuse_unknown(store: Store, photo_ids: Iterable[int]) -> None:
    missing = photos.missing(store, photo_ids)
    if missing:
        raise EditRefused(f"{len(missing):,} of these photos are not in the project; nothing was changed.")


def _source_for(photos_count: int) -> Source:
    return Source.HAND if photos_count == 1 else Source.BULK
