"""What an import of photos would do, counted before there is even a project."""

import time
from collections.abc import Generator
from pathlib import Path

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import ImportRefused, PhotoError
from weldstudio.domain.scheme import Scheme
from weldstudio.imaging.scan import scan
from weldstudio.store import events, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio.forecast import Forecast, ForecastCount
from weldstudio.studio.former_labels import with_present_names
from weldstudio.studio.importing import refuse_early, terms_for
from weldstudio.studio.joint_labels import spread
from weldstudio.studio.label_import import PLAIN, Terms, grown_scheme, new_flags, refusal_of
from weldstudio.studio.label_table import LabelRow, LabelTable, Problem
from weldstudio.studio.matching import JointOf, Matched, joint_rule, match_found, with_joint_column
from weldstudio.studio.tables import Reading

_STEP_S = 0.03
_PIECE = 500


def foresee_import(
    store: Store | None,
    folder: Path,
    *,
    labels: LabelTable | None = None,
    terms: Terms = PLAIN,
    joint: str | None = None,
) -> Generator[Progress, None, Forecast]:
    """What `importing.import_photos` would do; nothing is written. `store` is None where the project is not made yet.

    Raises ImportRefused as that would; that some lines cannot be used is in the forecast, also where all or nothing is
    asked for.
    """
    folder = folder.absolute()
    refuse_early(folder, labels=labels, joint=joint, terms=terms)
    labels = with_joint_column(labels, joint)
    scheme = scheme_rows.load(store) if store is not None else Scheme()
    collection = photos.collection_at(store, folder) if store is not None else None
    known = photos.known_paths(store, collection.id) if store is not None and collection is not None else {}
    paths: list[str] = []
    due = time.monotonic() + _STEP_S
    try:
        for photo in scan(folder):
            paths.append(photo.path)
            if time.monotonic() > due:
                yield Progress(len(paths), None, "Looking for photos")
                due = time.monotonic() + _STEP_S
    except PhotoError as error:
        raise ImportRefused(str(error)) from error
    found, new = len(paths), sum(path not in known for path in paths)
    if labels is None:
        count = ForecastCount(scheme)
        return count.forecast(None, rows=(), problems=(), new_flags=(), photos=(found, new))
    if store is not None:
        labels = with_present_names(store, labels)
    terms = terms_for(scheme, labels, terms)
    grown = grown_scheme(scheme, labels, new_flags=terms.new_flags)
    reading = Reading(grown, labels, unlisted=terms.unlisted, overwrite=terms.overwrite)
    count = ForecastCount(grown)
    rule = joint_rule(joint, labels)
    matched = match_found(labels, paths, folder, rule)
    # Photos that are still to come have no number yet; those below zero are given to nobody.
    ids = {path: known.get(path, -1 - number) for number, path in enumerate(paths)}
    rows, problems = _rows_by_photo(store, grown, matched, rule, ids, terms)
    for start in range(0, len(rows), _PIECE):
        piece = rows[start : start + _PIECE]
        for source, edits in reading.edits(piece, _present(store, [photo_id for photo_id, _ in piece])):
            count.add(edits, source)
        yield Progress(min(start + _PIECE, len(rows)), len(rows), "Counting")
    return count.forecast(
        labels,
        rows=[row for _, row in rows],
        problems=problems,
        new_flags=new_flags(scheme, grown),
        refusal=refusal_of(labels, problems, terms),
        photos=(found, new),
    )


def _rows_by_photo(
    store: Store | None,
    scheme: Scheme,
    matched: Matched,
    rule: JointOf | None,
    ids: dict[str, int],
    terms: Terms,
) -> tuple[list[tuple[int, LabelRow]], tuple[Problem, ...]]:
    """(photo id, row), as `tables.match` and `tables.match_joints` find them once the photos are there."""
    table = matched.table
    if not table.by_joint:
        return [(ids[row.path], row) for row in table.rows], matched.problems
    members: dict[str, list[int]] = {}
    for path, photo_id in ids.items():
        members.setdefault((rule(path, None) if rule else None) or path, []).append(photo_id)
    rows: list[tuple[int, LabelRow]] = []
    problems = list(matched.problems)
    for row in table.rows:
        of_joint = members.get(row.path, [])
        present = _present(store, of_joint)
        given, left_out = spread(
            scheme, row.states, [(i, present.get(i, b"")) for i in of_joint], several=terms.several
        )
        rows += [(photo_id, LabelRow(row.line, row.path, states, row.columns)) for photo_id, states in given.items()]
        problems += [Problem(row.line, f"{row.path}: {reason}", path=row.path) for reason in left_out]
    return rows, tuple(sorted(problems, key=lambda problem: problem.line))


def _present(store: Store | None, photo_ids: list[int]) -> dict[int, bytes]:
    return events.present(store, [photo_id for photo_id in photo_ids if photo_id > 0]) if store is not None else {}
