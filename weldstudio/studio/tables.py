"""Label tables brought onto photos: which photo a row means, and which events its labels make."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.errors import ImportRefused, SchemeError
from weldstudio.domain.labelling import LOOKED_AT, Source, State, label_byte, source_of, state_of
from weldstudio.domain.scheme import Flag, Scheme
from weldstudio.store import events, photos
from weldstudio.store.store import Store
from weldstudio.studio.entailing import Edit, entailed_edits
from weldstudio.studio.label_files import LabelRow, LabelTable
from weldstudio.studio.matching import match_rows

_STEP = 20_000


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What came of a label table."""

    action_id: str | None
    """To undo it by; None when no label had to change."""
    changes: Changes
    text: str
    labels: int
    """How many labels changed."""
    left_out: tuple[tuple[str, str], ...] = ()
    """(path, reason) of rows that were not used."""

    def to_json(self) -> dict[str, Any]:
        return {
            "action": self.action_id,
            "photos": len(self.changes.labels),
            "labels": self.labels,
            "left_out": [{"path": path, "reason": reason} for path, reason in self.left_out],
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class MatchedRows:
    """Rows that have a photo, each photo once."""

    rows: list[tuple[int, LabelRow]]
    """(photo id, row)"""
    left_out: tuple[tuple[str, str], ...]
    """(path, reason)"""


def match(store: Store, table: LabelTable, collection_id: int | None) -> Generator[Progress, None, MatchedRows]:
    """The photos that the rows mean.

    A row of our own export names its collection. Otherwise the path must be that of one photo alone; failing that,
    `matching.match_rows` looks for it below each collection's folder as it does at import. Raises ImportRefused where
    no row means a photo.
    """
    known: dict[int, dict[str, int]] = {}
    for collection in photos.collections(store):
        if collection_id in (None, collection.id):
            known[collection.id] = photos.known_paths(store, collection.id)
    uuids = {collection.uuid: collection.id for collection in photos.collections(store)}
    found: dict[int, LabelRow] = {}
    left_out = [(f"line {p.line}", p.reason) for p in table.problems if p.left_out]
    vague: list[LabelRow] = []
    for number, row in enumerate(table.rows):
        named = uuids.get(row.columns.get("collection", ""))
        hits = [paths[row.path] for c, paths in known.items() if row.path in paths and named in (None, c)]
        if len(hits) == 1:
            _take(found, hits[0], row, left_out)
        elif hits:
            left_out.append((row.path, f"line {row.line}: {len(hits)} collections have a photo of this path"))
        else:
            vague.append(row)
        if number % _STEP == _STEP - 1:
            yield Progress(number + 1, len(table.rows), "Finding the photos", NO_CHANGES)
    if vague:
        _match_vague(store, replace(table, rows=tuple(vague)), known, found, left_out)
    if left_out and not found:
        where, reason = left_out[0]
        raise ImportRefused(f"No row of the label file can be used; the first: {where}: {reason}.")
    return MatchedRows(sorted(found.items(), key=lambda item: item[0]), tuple(left_out))


def _match_vague(
    store: Store,
    table: LabelTable,
    known: Mapping[int, Mapping[str, int]],
    found: dict[int, LabelRow],
    left_out: list[tuple[str, str]],
) -> None:
    """Rows whose path is none of ours as it stands: absolute ones, other letters' case, file names alone."""
    hits: dict[int, list[int]] = {row.line: [] for row in table.rows}
    for collection_id, paths in known.items():
        matched = match_rows(table, list(paths), photos.root_of(store, collection_id))
        for row in matched.table.rows:
            hits[row.line].append(paths[row.path])
    for row in table.rows:
        ids = hits[row.line]
        if len(ids) == 1:
            _take(found, ids[0], row, left_out)
        else:
            reason = "several photos could be meant" if ids else "no photo of the project has this path"
            left_out.append((row.path, f"line {row.line}: {reason}"))


def _take(found: dict[int, LabelRow], photo_id: int, row: LabelRow, left_out: list[tuple[str, str]]) -> None:
    if photo_id in found:
        left_out.append((row.path, f"line {row.line}: means the same photo as line {found[photo_id].line}"))
    else:
        found[photo_id] = row


class Reading:
    """What the rows of a table say in the terms of a scheme. Raises ImportRefused where it cannot be said."""

    def __init__(self, scheme: Scheme, table: LabelTable, *, unlisted: State | None, overwrite: bool) -> None:
        if table.lists_raised_only and unlisted is None:
            raise ImportRefused(
                "The label file lists raised flags only. Say what it means where a flag is not listed: "
                "unseen (nobody looked) or clear (somebody looked and it was not there)."
            )
        self._scheme = scheme
        self._overwrite = overwrite
        self._slots = {name: self._slot(name) for name in table.classes}
        self._assumed: tuple[int, ...] = ()
        if table.lists_raised_only and unlisted == State.CLEAR:
            # A wide file speaks of its own columns; a list of flags speaks of all there are.
            named = tuple(self._slots.values())
            self._assumed = named if table.form == "wide" else tuple(item.slot for item in scheme.classes)
        self._known: dict[tuple[bytes, int], tuple[tuple[Edit, ...], tuple[Edit, ...]]] = {}

    def edits(
        self, rows: Sequence[tuple[int, LabelRow]], present: Mapping[int, bytes]
    ) -> list[tuple[Source, list[events.Row]]]:
        """The events of these rows, by source; `present` holds the label bytes by photo."""
        given: list[events.Row] = []
        assumed: list[events.Row] = []
        for photo_id, row in rows:
            before = present.get(photo_id, b"")
            # Rows that say the same share one mapping, and most photos are labelled alike.
            key = (before, id(row.states))
            pair = self._known.get(key)
            if pair is None:
                pair = self._known[key] = self._pair(before, row.states)
            given += [(photo_id, *edit) for edit in pair[0]]
            assumed += [(photo_id, *edit) for edit in pair[1]]
        return [(Source.IMPORT, given), (Source.ASSUMED, assumed)]

    def _pair(self, before: bytes, states: Mapping[str, State]) -> tuple[tuple[Edit, ...], tuple[Edit, ...]]:
        said = tuple((self._slots[name], state) for name, state in states.items())
        given = entailed_edits(self._scheme, before, self._allowed(before, said), Source.IMPORT)
        after = bytearray(before.ljust(self._scheme.slots, b"\0"))
        for slot, _, new in given:
            after[slot] = new
        byte = label_byte(State.CLEAR, Source.ASSUMED)
        named = {slot for slot, _ in said}
        assumed = tuple((slot, 0, byte) for slot in self._assumed if slot not in named and not after[slot])
        return given, assumed

    def _allowed(self, before: bytes, said: tuple[tuple[int, State], ...]) -> tuple[tuple[int, State], ...]:
        """What the file may say of a photo: all of it, or what nobody has said by hand."""
        if self._overwrite:
            return said
        return tuple(
            (slot, state)
            for slot, state in said
            if slot >= len(before) or not state_of(before[slot]) or source_of(before[slot]) not in LOOKED_AT
        )

    def _slot(self, name: str) -> int:
        try:
            item = self._scheme.by_name(name)
        except SchemeError as error:
            raise ImportRefused(f"The label file cannot be used: {error}") from error
        if isinstance(item, Flag) and item.retired:
            raise ImportRefused(f"'{item.name}' is retired and takes no labels; bring it back first.")
        return item.slot
