"""Handing out what was labelled: a CSV table that comes back in unchanged, or folders of photos by class.

An export is there whole or not at all: everything is written beside its place first and moved there at the end. The
project is only read.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Progress
from weldstudio.domain.labelling import State, looked_at
from weldstudio.domain.scheme import Level
from weldstudio.store import models, photos, predictions
from weldstudio.store.store import Store
from weldstudio.studio import image_folder
from weldstudio.studio.label_look import EXPORT_FACTS, EXPORT_HEADER
from weldstudio.studio.placing import ExportRefused, line_of, replaced
from weldstudio.studio.selecting import ExportReport, Selection, select

FORMATS = ("csv", "imagefolder")
CSV_NAME = "labels.csv"
_STEP_S = 0.03

_WORDS = {State.UNSEEN: "", State.RAISED: "1", State.CLEAR: "0", State.UNSURE: "unsure"}


def export(
    store: Store,
    dest: Path,
    *,
    format: str,  # noqa: A002 - the word that every caller knows
    photo_ids: Sequence[int] | None = None,
    links: bool = False,
    level: Level = Level.MERGES,
) -> Generator[Progress, None, ExportReport]:
    """Write the labels (and photos) of all photos, or of those given, to `dest`.

    `csv`: `dest` is a file if it ends in .csv, else a folder that gets labels.csv. `imagefolder`: `dest` is a new or
    empty folder; with `links`, hard links where the disk allows it. `level` says what stands for the flags of a merge;
    at that of both, a photo lies in the folder of the merge only where its flags do not tell. Raises ExportRefused;
    then, and when closed early, nothing is left behind.
    """
    dest = Path(dest).absolute()
    if format not in FORMATS:
        raise ExportRefused(f"There is no export format '{format}'; choose {' or '.join(FORMATS)}.")
    if format == "csv":
        file = dest if dest.suffix.lower() == ".csv" else dest / CSV_NAME
        refuse_foreign(file)
        selection = yield from select(store, photo_ids, level=level)
        return (yield from _write_csv(selection, file))
    image_folder.refuse_filled(dest)
    selection = yield from select(store, photo_ids, level=level)
    return (yield from image_folder.write(selection, dest, links=links))


def export_predictions(store: Store, file: Path, *, model_id: str) -> int:
    """Write `path`, then `p_<class>` for each class of a model, for every photo it has scored; returns their number.

    Probabilities have five digits, more than a float16 holds. Paths are in order. Raises ExportRefused.
    """
    card = models.get(store, model_id)
    if card is None:
        raise ExportRefused(f"There is no model '{model_id}' in this project.")
    file = Path(file).absolute()
    ids, matrix = predictions.read(store, model_id)
    paths = {photo.id: photo.path for photo in photos.every(store, ids.tolist())}
    width = matrix.shape[1]
    order = sorted(range(len(ids)), key=lambda i: paths[int(ids[i])])
    lines = [[paths[int(ids[i])], *(_decimal(matrix[i], slot, width) for slot in card.slots)] for i in order]
    with replaced(file) as handle:
        handle.write(line_of(["path", *(f"p_{item.name}" for item in card.classes)]))
        handle.writelines(line_of(cells) for cells in lines)
    return len(lines)


def table_lines(selection: Selection) -> Iterator[str]:
    """The label table line by line, the header first: facts of the photo, then 1, 0, nothing or 'unsure' per class.

    'reviewed' is 'yes' where a person has looked at the photo; notes stand as they are, line breaks included.
    """
    items = selection.classes
    yield line_of([*EXPORT_FACTS, *(item.name for item in items)])
    reviewed = looked_at(selection.labels).tolist()
    states = [selection.scheme.states_of(item.slot, selection.labels).tolist() for item in items]
    for number, row in enumerate(selection.rows):
        photo = row.photo
        facts = (photo.path, row.collection, photo.content_hash or "", photo.equipment or "", row.joint, row.split)
        noted = ("yes" if reviewed[number] else "no", row.note, row.joint_note)
        yield line_of([*facts, *noted, *(_WORDS[State(column[number])] for column in states)])


def refuse_foreign(file: Path) -> None:
    """Raises ExportRefused where `file` is there already and was not written by an export."""
    if file.is_dir():
        raise ExportRefused(f"{file} is a folder; name a file.")
    if not file.exists():
        return
    try:
        with file.open(encoding="utf-8", errors="replace", newline="") as handle:
            ours = handle.readline().startswith(",".join(EXPORT_HEADER))
    except OSError as error:
        raise ExportRefused(f"{file} cannot be looked at ({error.strerror}); name another file.") from error
    if not ours:
        raise ExportRefused(f"{file} is there already and is no export of weldstudio; name another file.")


def _write_csv(selection: Selection, file: Path) -> Generator[Progress, None, ExportReport]:
    total = len(selection.rows)
    written = -1  # the header is no photo
    with replaced(file) as handle:
        due = time.monotonic() + _STEP_S
        for line in table_lines(selection):
            handle.write(line)
            written += 1
            if time.monotonic() > due:
                yield Progress(written, total, "Writing the table")
                due = time.monotonic() + _STEP_S
        if written != total:
            raise RuntimeError(f"{written} of {total} photos were written")
    items = selection.classes
    raised = {
        item.name: int((selection.scheme.states_of(item.slot, selection.labels) == State.RAISED).sum())
        for item in items
    }
    return ExportReport(file, "csv", total, written, counts=raised, reviewed=selection.reviewed)


def _decimal(row: NDArray[np.float16], slot: int, width: int) -> str:
    value = float(row[slot]) if slot < width else float("nan")
    return "" if np.isnan(value) else f"{value:.5g}"
