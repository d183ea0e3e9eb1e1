"""Models as files: written for other programs, checked against the model before anyone gets them."""

from collections.abc import Generator
from pathlib import Path
from typing import Final

import numpy as np

from weldstudio.domain.changes import Progress
from weldstudio.domain.chores import Exported, ExportModel
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.split import Split
from weldstudio.store import mirror as mirrors
from weldstudio.store.store import Store
from weldstudio.studio import registry
from weldstudio.studio.asking import answered

CHECKED: Final = 64
"""Photos on which a file has to agree with the model."""
KINDS: Final = {".onnx": "onnx", ".pt": "torchscript"}
"""Kind of a file by its ending."""


def export(store: Store, file: Path, *, model_id: str | None = None) -> Generator[Progress, None, Exported]:
    """Writes a model (the active one by default) as ONNX or TorchScript, by the ending of the file's name.

    Class names, preprocessing and thresholds are inside. The file is kept only if it agrees with the model to 1e-4 on
    photos of the project. Raises JobFailed with a sentence.
    """
    card = registry.chosen(store, model_id)
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise JobFailed(f"'{file.name}' should end in .onnx for ONNX or in .pt for TorchScript.")
    if not file.resolve().parent.is_dir():
        raise JobFailed(f"There is no folder {file.resolve().parent}; make it first, or choose another one.")
    mirror = mirrors.read(store)
    usable = mirror.ids[~mirror.problem]
    judged = [photo for photo in usable.tolist() if mirror.split(photo) is Split.TEST]
    chosen = np.array([*judged, *usable.tolist()], np.int64)[:CHECKED]
    paths = tuple(str(mirror.photo_path(photo)) for photo in dict.fromkeys(chosen.tolist()))
    folder = registry.folder_of(store, card.id)
    wanted = ExportModel(1, str(folder), str(file.resolve()), kind, paths)
    return (yield from answered(wanted, Exported, f"writing {file.name}"))
