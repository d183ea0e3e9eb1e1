"""Figures for a report: a photograph with what the model saw of one flag; never in the place of an original."""

import secrets
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import EditRefused, JobFailed
from weldstudio.domain.messages import Explain, Explained, Failed, LoadModel, ModelReady
from weldstudio.domain.model import Frame
from weldstudio.domain.packing import unpack
from weldstudio.imaging import refit_file
from weldstudio.imaging.figure import Laid, figure
from weldstudio.imaging.look import Look
from weldstudio.imaging.read import read_photo
from weldstudio.jobs.process import Child
from weldstudio.store import photos
from weldstudio.store import scheme as schemes
from weldstudio.store.store import Store
from weldstudio.studio import overlaying, registry
from weldstudio.studio.placing import ExportRefused, disk_refused, make_folder, remove_made

FORMATS: Final = (".png", ".jpg", ".jpeg")
_POLL_S = 0.02
_LOOKED = "Brightness or contrast were changed for looking."


@dataclass(frozen=True, slots=True)
class FigureReport:
    """What was written."""

    file: Path
    words: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"out": str(self.file), "words": list(self.words)}

    def __str__(self) -> str:
        return f"Wrote {self.file}: {'. '.join(self.words)}."


def make(
    store: Store,
    photo_id: int,
    out: Path,
    *,
    slot: int | None = None,
    model_id: str | None = None,
    signed: bool = False,
    opacity: float = 0.6,
    level: float = 0.0,
) -> Generator[Progress, None, FigureReport]:
    """Write the photo, with the overlay of a class if one is given, and words below, to `out`.

    The model (the active one by default) is asked by an engine of our own. Raises ExportRefused, JobFailed, PhotoError.
    """
    photo = photos.get(store, photo_id)
    if photo is None:
        raise EditRefused("This photo is not in the project.")
    roots = photos.roots(store)
    file = roots[photo.collection_id] / photo.path
    out = allowed(out, roots.values())
    words: tuple[str, ...] = (photo.path,)
    laid: Laid | None = None
    if slot is not None:
        card = registry.chosen(store, model_id)
        said = yield from _asked(store, card.id, photo_id, file)
        slots = tuple(item.slot for item in card.classes)
        probabilities = dict(zip(slots, said.probabilities, strict=True))
        thresholds = {item.slot: item.threshold for item in card.classes}
        refit = refit_file.read(store.folder)
        if refit is not None and refit.model_id == card.id:
            taught = ~np.isnan(refit.bias)
            thresholds |= dict(zip(refit.slots[taught].tolist(), refit.thresholds[taught].tolist(), strict=True))
        scheme = schemes.load(store)
        found = overlaying.evidence_of(
            scheme,
            slot,
            slots,
            unpack(said.maps, said.maps_shape).astype("float32"),
            judgement=overlaying.judgement_of(scheme, slot, probabilities, lambda one: thresholds.get(one, 0.5)),
            signed=signed,
        )
        if found is None:
            raise JobFailed(f"{card.name} knows nothing of '{scheme.by_slot(slot).name}', so there is nothing to show.")
        laid = Laid(found.activation, Frame(*said.frame), found.scale, found.side, opacity=opacity, level=level)
        words = (found.words, photo.path, f"Model {card.name} ({card.id})")
    return write(out, file, words, laid=laid)


def write(
    out: Path, photo: Path, words: tuple[str, ...], *, laid: Laid | None = None, look: Look | None = None
) -> FigureReport:
    """Write the figure of the photo in a file. Raises ExportRefused, PhotoError. Any thread."""
    look = look or Look()
    if not look.plain:
        words = (*words, _LOOKED)
    picture = figure(read_photo(photo), laid, words, look=look)
    made = make_folder(out.parent)
    part = out.with_name(f".{out.stem}.{secrets.token_hex(4)}{out.suffix}")
    try:
        picture.save(part, quality=92)
        part.replace(out)
    except OSError as error:
        remove_made(made)
        raise disk_refused(out, error) from error
    finally:
        part.unlink(missing_ok=True)
    return FigureReport(out, words)


def allowed(out: Path, roots: Iterable[Path]) -> Path:
    """Where the figure goes, as a PNG if nothing else is said; never among photographs. Raises ExportRefused."""
    out = out.expanduser().absolute()
    if not out.suffix:
        out = out.with_suffix(".png")
    if out.suffix.lower() not in FORMATS:
        raise ExportRefused(f"A figure is written as PNG or JPEG, not as '{out.suffix}'.")
    place = out.resolve()
    for root in roots:
        if place.is_relative_to(root.resolve()):
            raise ExportRefused(f"{root} holds photographs of this project; put the figure into another folder.")
    return out


def _asked(store: Store, model_id: str, photo_id: int, file: Path) -> Generator[Progress, None, Explained]:
    """What the model says of the photo and where it looked."""
    with Child("engine") as engine:
        engine.send(LoadModel(0, str(registry.folder_of(store, model_id))))
        while True:
            match engine.poll(_POLL_S):
                case ModelReady():
                    engine.send(Explain(1, photo_id, str(file), heads=str(store.folder / refit_file.FILE)))
                case Explained() as said:
                    return said
                case Failed() as failure:
                    raise JobFailed(failure.sentence)
            yield Progress(0, 1, "looking at the photograph")
