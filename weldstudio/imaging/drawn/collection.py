"""A collection of drawn photographs: planned by chance, drawn, and written with a table of what each one shows."""

import csv
import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from weldstudio.imaging.drawn import flags
from weldstudio.imaging.drawn.camera import COVERS, Box, Light, View, sample_light, sample_view
from weldstudio.imaging.drawn.chances import Chances, chances
from weldstudio.imaging.drawn.flags import FLAGS, judge
from weldstudio.imaging.drawn.photograph import photograph
from weldstudio.imaging.drawn.scene import Scene, sample_scene

__all__ = ["FLAGS", "DrawnPhoto", "draw", "make_collection", "plan", "write", "write_labels"]

CONTRACTORS = ("Northfield Pipelines", "Hale & Sons", "Arden Utilities", "Kestrel Gas", "Tarn Water", "Brookside")
_MODELS = {"Redbox": "RB-20", "Bluebox": "BB-5"}
_SINCE = {"Redbox": datetime(2014, 3, 3, 7), "Bluebox": datetime(2018, 2, 5, 7)}
_DAYS = 900
_TRIES = 60
_COLUMNS = ("path", "joint", "contractor", "equipment", "medium", "type", "date")
_AHEAD = 4
"""Photos per process that are under way at once: enough to keep it busy, few enough to stop soon."""


@dataclass(frozen=True, slots=True)
class DrawnPhoto:
    """One photograph that can be drawn, and what is true of it."""

    path: str
    """“contractor/joint-0001/1.jpg”, relative, with '/'."""
    joint: str
    """The contractor's reference, “NP-0001”; no other joint of the plan has it."""
    joint_type: str
    medium: str
    contractor: str
    equipment: str
    taken: datetime
    seed: int
    raised: frozenset[str]
    """The flags that hold."""
    labelled: frozenset[str]
    """The flags that the table of labels says, wrong ones included."""
    places: Mapping[str, tuple[Box, ...]]
    """Flag -> where it is to be seen; for a flag of absence that is clear, where the thing is (each clamp its box)."""
    scene: Scene
    view: View

    @property
    def regions(self) -> Mapping[str, Box]:
        """Flag -> one box (left, top, right, bottom in 0..1 of the photo) round all of its `places`."""
        return MappingProxyType(
            {
                flag: (
                    min(box[0] for box in boxes),
                    min(box[1] for box in boxes),
                    max(box[2] for box in boxes),
                    max(box[3] for box in boxes),
                )
                for flag, boxes in self.places.items()
            }
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.view.size


def plan(
    count: int, *, seed: int, balanced: float = 0.0, wrong_share: float = 0.1, bluebox_share: float = 0.11
) -> list[DrawnPhoto]:
    """`count` photographs of whole joints (the last one may be cut short), one to four of each; draws no pixel.

    Flags are as frequent as in the table of a real company, where some are on a handful of a hundred thousand photos.
    Of a share `balanced` of the joints (0 to 1) each flag is on about a fifth of the photos.
    `wrong_share` of the Redbox photos carry a wrong label.
    """
    photos = planned(seed=seed, balanced=balanced, wrong_share=wrong_share, bluebox_share=bluebox_share)
    return list(islice(photos, count))


def planned(
    *, seed: int, balanced: float = 0.0, wrong_share: float = 0.1, bluebox_share: float = 0.11
) -> Iterator[DrawnPhoto]:
    """The photographs of a `plan` one by one, without end, for whoever draws the first before the last is planned."""
    random = np.random.default_rng((seed, 17))
    for number in itertools.count(1):
        equipment = "Bluebox" if random.random() < bluebox_share else "Redbox"
        yield from _plan_joint(
            np.random.default_rng((seed, number)),
            number,
            equipment=equipment,
            balanced=int(number * balanced) > int((number - 1) * balanced),
            wrong_share=wrong_share,
        )


def _plan_joint(
    random: np.random.Generator, number: int, *, equipment: str, balanced: bool, wrong_share: float
) -> list[DrawnPhoto]:
    drawing = chances(equipment, balanced=balanced)
    light = sample_light(random)
    views: list[tuple[View, flags.Judgement]] = []
    many = int(random.choice([1, 2, 3, 4], p=[0.34, 0.32, 0.2, 0.14]))
    while len(views) < many:
        share = drawing.share(random)
        scene = sample_scene(random, drawing.causes(random, share))
        found = (_view(random, scene, drawing, equipment=equipment, light=light, share=share) for _ in range(many))
        views = [one for one in found if one is not None]
    contractor = str(random.choice(CONTRACTORS))
    words = contractor.replace("&", "").split()
    folder, initials = "-".join(words).lower(), "".join(word[0] for word in words)
    taken = _SINCE[equipment] + timedelta(days=int(random.integers(_DAYS)), seconds=int(random.integers(9 * 3600)))
    photos = []
    for place, (view, judged) in enumerate(views):
        wrong = equipment == "Redbox" and random.random() < wrong_share
        photos.append(
            DrawnPhoto(
                path=f"{folder}/joint-{number:04d}/{place + 1}.jpg",
                joint=f"{initials}-{number:04d}",
                joint_type=scene.joint_type,
                medium=scene.medium,
                contractor=contractor,
                equipment=equipment,
                taken=taken,
                seed=view.seed,
                raised=judged.raised,
                labelled=_mistaken(random, judged.raised) if wrong else judged.raised,
                places=dict(judged.places),
                scene=scene,
                view=view,
            )
        )
        taken += timedelta(seconds=int(random.integers(12, 95)))
    return photos


def _view(
    random: np.random.Generator, scene: Scene, drawing: Chances, *, equipment: str, light: Light, share: float
) -> tuple[View, flags.Judgement] | None:
    """A view of the scene whose flags are beyond doubt; None for a rare scene that has none."""
    spoilt = drawing.spoilt(random)
    framing, covered = drawing.framing(random, share)
    if framing == "crop" and scene.causes.bent:
        framing, covered = "close", True
    cover = COVERS[scene.seed % len(COVERS)] if covered else ""
    for attempt in range(_TRIES):
        if attempt == _TRIES // 2:
            framing = "wide"
        view = sample_view(random, scene, equipment=equipment, framing=framing, cover=cover, light=light)
        view = replace(view, spoilt=spoilt)
        judged = judge(scene, view)
        if judged is not None:
            return view, judged
    return None


def _mistaken(random: np.random.Generator, raised: frozenset[str]) -> frozenset[str]:
    """What a hurried expert says instead: mostly the clamp flags mixed up, or a flag overlooked."""
    swap = {flags.NO_CLAMP: flags.CLAMPS_UNSEEN, flags.CLAMPS_UNSEEN: flags.NO_CLAMP}
    mixed = raised & swap.keys()
    if mixed and random.random() < 0.7:
        return raised - mixed | {swap[flag] for flag in mixed}
    if raised and random.random() < 0.75:
        ordered = [flag for flag in FLAGS if flag in raised]
        return raised - {ordered[int(random.integers(len(ordered)))]}
    likely = (flags.NO_SHEET, flags.NO_HATCH, flags.NO_LINE, flags.NO_CLAMP, flags.SOIL_HIGH)
    missing = [flag for flag in likely if flag not in raised]
    return raised | {missing[int(random.integers(len(missing)))]} if missing else frozenset()


def draw(photo: DrawnPhoto) -> NDArray[np.uint8]:
    """The photograph, (h, w, 3) uint8 sRGB; the same photo gives the same pixels. May run in any thread or process."""
    return np.asarray(photograph(photo.scene, photo.view))


def write(folder: Path, photos: Iterable[DrawnPhoto], *, workers: int = 0) -> Iterator[int]:
    """Draw and save as JPEG, in order, below `folder`; yields how many are done. `workers` processes share the work.

    `photos` are asked for one by one, a few ahead of what is drawn.
    """
    if workers <= 0:
        for number, photo in enumerate(photos, 1):
            _save(folder, photo)
            yield number
        return
    waiting: deque[Future[None]] = deque()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        try:
            done = 0
            for photo in photos:
                waiting.append(pool.submit(_save, folder, photo))
                while len(waiting) >= _AHEAD * workers:
                    waiting.popleft().result()
                    done += 1
                    yield done
            while waiting:
                waiting.popleft().result()
                done += 1
                yield done
        finally:
            for future in waiting:
                future.cancel()


def _save(folder: Path, photo: DrawnPhoto) -> None:
    exif = Image.Exif()
    when = photo.taken.strftime("%Y:%m:%d %H:%M:%S")
    exif[ExifTags.Base.Make] = photo.equipment
    exif[ExifTags.Base.Model] = _MODELS[photo.equipment]
    exif[ExifTags.Base.DateTime] = when
    # Pillow gives the details as a part that is kept by what was asked for.
    details: dict[int, Any] = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = when
    (folder / photo.path).parent.mkdir(parents=True, exist_ok=True)
    quality = 68 + photo.seed % 17 if photo.equipment == "Redbox" else 88
    photograph(photo.scene, photo.view).save(folder / photo.path, quality=quality, exif=exif)


def write_labels(folder: Path, photos: Sequence[DrawnPhoto]) -> Path:
    """The table of labels beside the photos: what is known of each, and a column per flag with 1 and 0."""
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "labels.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow([*_COLUMNS, *FLAGS])
        for photo in photos:
            facts = (photo.path, photo.joint, photo.contractor, photo.equipment, photo.medium, photo.joint_type)
            date = photo.taken.isoformat(sep=" ")
            rows.writerow([*facts, date, *(int(flag in photo.labelled) for flag in FLAGS)])
    return table


def make_collection(folder: Path, count: int, seed: int) -> Path:
    """Draw `count` photographs below `folder`, each flag on about a fifth of them; returns their table of labels."""
    photos = plan(count, seed=seed, balanced=True)
    for _ in write(folder, photos):
        pass
    return write_labels(folder, photos)
