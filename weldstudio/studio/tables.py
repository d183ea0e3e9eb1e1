"""Label tables brought onto photos: which photo a row means, and which events its labels make."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

from weldstudio.domain.changes import NO_CHANGES, Progress
from weldstudio.domain.errors import ImportRefused, SchemeError
from weldstudio.domain.labelling import LOOKED_AT, Source, State, label_byte, source_of, state_of
from weldstudio.domain.merges import for_labels
from weldstudio.domain.scheme import Flag, JointRule, Scheme
from weldstudio.store import events, photos
from weldstudio.store.store import Store
from weldstudio.studio.entailing import Edit, entailed_edits
from weldstudio.studio.joint_labels import Several, spread
from weldstudio.studio.label_table import LabelRow, LabelTable, Problem, RowsRefused
from weldstudio.studio.matching import match_rows

_STEP = 20_000


@dataclass(frozen=True, slots=True)
class MatchedRows:
    """Rows that have a photo, each photo once."""

    rows: list[tuple[int, LabelRow]]
    """(photo id, row); of a table by joint a row for every photo of it."""
    problems: tuple[Problem, ...]
    """Of the table, and of rows that mean no photo; by line."""
    joints: tuple[tuple[tuple[int, ...], LabelRow], ...] = ()
    """Of a table by joint: photo ids and the row as it stands in the file."""


def match(store: Store, table: LabelTable, collection_id: int | None) -> Generator[Progress, None, MatchedRows]:
    """The photos that the rows mean.

    A row of our own export names its collection. Otherwise the path must be that of one photo alone; failing that,
    `matching.match_rows` looks for it below each collection's folder as it does at import. Raises RowsRefused where
    no row means a photo.
    """
    known: dict[int, dict[str, int]] = {}
    for collection in photos.collections(store):
        if collection_id in (None, collection.id):
            known[collection.id] = photos.known_paths(store, collection.id)
    uuids = {collection.uuid: collection.id for collection in photos.collections(store)}
    found: dict[int, LabelRow] = {}
    problems = list(table.problems)
    vague: list[LabelRow] = []
    for number, row in enumerate(table.rows):
        named = uuids.get(row.columns.get("collection", ""))
        hits = [paths[row.path] for c, paths in known.items() if row.path in paths and named in (None, c)]
        if len(hits) == 1:
            _take(found, hits[0], row, problems)
        elif hits:
            problems.append(_left_out(row, f"{len(hits)} collections have a photo of this path"))
        else:
            vague.append(row)
        if number % _STEP == _STEP - 1:
            yield Progress(number + 1, len(table.rows), "Finding the photos", NO_CHANGES)
    if vague:
        _match_vague(store, replace(table, rows=tuple(vague)), known, found, problems)
    return _matched(sorted(found.items(), key=lambda item: item[0]), problems)


def _matched(
    rows: list[tuple[int, LabelRow]],
    problems: list[Problem],
    joints: Sequence[tuple[tuple[int, ...], LabelRow]] = (),
) -> MatchedRows:
    problems.sort(key=lambda problem: problem.line)
    left_out = [problem for problem in problems if problem.left_out]
    if left_out and not rows:
        first = left_out[0]
        sentence = f"No row of the label file can be used; the first is line {first.line}: {first.reason}."
        raise RowsRefused(sentence, tuple(problems))
    return MatchedRows(rows, tuple(problems), tuple(joints))


def _match_vague(
    store: Store,
    table: LabelTable,
    known: Mapping[int, Mapping[str, int]],
    found: dict[int, LabelRow],
    problems: list[Problem],
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
            _take(found, ids[0], row, problems)
        else:
            several = "several photos could be meant"
            problems.append(_left_out(row, several if ids else "no photo of the project has this path"))


def _take(found: dict[int, LabelRow], photo_id: int, row: LabelRow, problems: list[Problem]) -> None:
    if photo_id in found:
        problems.append(_left_out(row, f"means the same photo as line {found[photo_id].line}"))
    else:
        found[photo_id] = row


def _left_out(row: LabelRow, reason: str) -> Problem:
    return Problem(row.line, f"{row.path}: {reason}", path=row.path)


def match_joints(
    store: Store, scheme: Scheme, table: LabelTable, collection_id: int | None, *, several: Several
) -> Generator[Progress, None, MatchedRows]:
    """The photos of the joints that the rows are about, with what each gets by the joint rule.

    Raises RowsRefused where no row means a joint.
    """
    by_name: dict[str, list[list[int]]] = {}
    for (_, name), ids in photos.by_joint(store, collection_id).items():
        by_name.setdefault(_folded(name), []).append(ids)
    rows: list[tuple[int, LabelRow]] = []
    problems = list(table.problems)
    joints: dict[str, tuple[tuple[int, ...], LabelRow]] = {}
    shared: dict[tuple[tuple[str, State], ...], dict[str, State]] = {}
    for number, row in enumerate(table.rows):
        found = by_name.get(_folded(row.path), [])
        if len(found) != 1:
            reason = f"{len(found)} collections have a joint of this reference" if found else "no joint is called so"
            problems.append(_left_out(row, reason))
        elif _folded(row.path) in joints:
            problems.append(_left_out(row, f"means the same joint as line {joints[_folded(row.path)][1].line}"))
        else:
            (ids,) = found
            joints[_folded(row.path)] = tuple(ids), row
            present = events.present(store, ids)
            given, left_out = spread(scheme, row.states, [(i, present.get(i, b"")) for i in ids], several=several)
            problems += [_left_out(row, reason) for reason in left_out]
            for photo_id, states in given.items():
                key = tuple(states.items())
                rows.append((photo_id, replace(row, states=shared.setdefault(key, states))))
        if number % _STEP == _STEP - 1:
            yield Progress(number + 1, len(table.rows), "Finding the joints", NO_CHANGES)
    return _matched(sorted(rows, key=lambda item: item[0]), problems, tuple(joints.values()))


def _folded(reference: str) -> str:
    return reference.strip().casefold()


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
            slots = named if table.form == "wide" else tuple(item.slot for item in scheme.classes)
            if table.by_joint:
                # That a joint does not lack something says only that some photo shows it.
                slots = tuple(slot for slot in slots if scheme.joint_rule_of(slot) == JointRule.ANY)
            self._assumed = slots
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
        # What follows from the file must not overrule a person either; what contradicts is listed.
        given = tuple(edit for edit in given if self._may_change(before, edit[0]))
        after = bytearray(before.ljust(self._scheme.slots, b"\0"))
        for slot, _, new in given:
            after[slot] = new
        byte = label_byte(State.CLEAR, Source.ASSUMED)
        named = {slot for slot, _ in said}
        for merge in self._scheme.merges:
            # Which of its flags holds is just what such a label leaves open: they are not "not listed".
            if merge.slot in named and state_of(after[merge.slot]) != State.CLEAR:
                named.update(merge.members)
        assumed = tuple((slot, 0, byte) for slot in self._assumed if slot not in named and not after[slot])
        return given, assumed

    def _allowed(self, before: bytes, said: tuple[tuple[int, State], ...]) -> tuple[tuple[int, State], ...]:
        """What the file may say of a photo: all of it, or what nobody has said by hand."""
        return tuple((slot, state) for slot, state in said if self._may_change(before, slot))

    def _may_change(self, before: bytes, slot: int) -> bool:
        if self._overwrite or slot >= len(before) or not state_of(before[slot]):
            return True
        return source_of(before[slot]) not in LOOKED_AT

    def _slot(self, name: str) -> int:
        try:
            item = for_labels(self._scheme, name)
        except SchemeError as error:
            raise ImportRefused(f"The label file cannot be used: {error}") from error
        if isinstance(item, Flag) and item.retired:
            raise ImportRefused(f"'{item.name}' is retired and takes no labels; bring it back first.")
        return item.slot
