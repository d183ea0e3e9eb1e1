"""A model as one file that other programs run: ONNX or TorchScript, with everything inside that it needs to be used.

    uint8 (n, s, s, 3), sRGB, upright, brought to the input size -> probabilities (n, classes), raised (n, classes) bool

Normalisation, sigmoid or softmax, and thresholds are part of the graph; class names, how a photo becomes pixels, origin
and licence are a text (`about`) in the file: metadata 'weldstudio' of ONNX, extra file 'model.json' of TorchScript.
"""

import importlib
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from weldstudio.domain.chores import Exported, ExportModel
from weldstudio.domain.errors import JobFailed, PhotoError
from weldstudio.domain.model import ModelCard
from weldstudio.imaging.fitting import Pixels, read_input
from weldstudio.ml.architectures import Network
from weldstudio.ml.combined import Combined
from weldstudio.ml.losses import probabilities
from weldstudio.ml.preprocess import to_input
from weldstudio.ml.scorer import Scorer

AGREEMENT: Final = 1e-4
"""Largest difference of a probability between the file and the model."""
NOISE: Final = 4
"""Drawn images on which it is checked where there are no photos."""
LARGE: Final = "; a JPEG of twice that size or more may be decoded at a half, a quarter or an eighth first"
"""How photos are read quickly; it moves a probability by less than a thousandth as a rule."""
KEY: Final = "weldstudio"
EXTRA: Final = "model.json"


class Portable(nn.Module):
    """From pixels to probabilities and what is raised."""

    thresholds: Tensor

    def __init__(self, network: Network | Combined, card: ModelCard) -> None:
        super().__init__()
        self.network = network
        self._card = card
        self.register_buffer("thresholds", torch.tensor([item.threshold for item in card.classes]))

    def forward(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        found = probabilities(self.network(to_input(photos, self._card.preprocessing)), self._card.task)
        if self._card.task == "exclusive":
            return found, found == found.max(dim=1, keepdim=True).values
        return found, found >= self.thresholds


def about(card: ModelCard) -> dict[str, Any]:
    """What a file says of itself."""
    prep = card.preprocessing
    fit = "the whole photo squeezed" if prep.fit == "squash" else "the centred square of the photo"
    second = (
        "" if prep.second is None else "; to its right, in the same size, the part 'second' (left, top, right, bottom)"
    )
    return {
        "model": card.id,
        "name": card.name,
        "classes": [item.name for item in card.classes],
        "thresholds": [item.threshold for item in card.classes],
        "task": card.task,
        "input": {
            "shape": ["n", prep.input_size, prep.input_size * prep.looks, 3],
            "type": "uint8 sRGB, upright by EXIF",
            "made_by": f"{fit} to {prep.input_size} x {prep.input_size}, bilinear with antialiasing{second}{LARGE}",
            "fit": prep.fit,
            "second": prep.second,
            "mean": prep.mean,
            "std": prep.std,
            "normalised": "inside",
        },
        "outputs": {"probabilities": "float32 (n, classes)", "raised": "bool (n, classes), at the thresholds"},
        "created": card.created,
        "run": card.run_id,
        "snapshot_sha256": card.snapshot_sha256,
        "weights_sha256": card.weights_sha256,
        "weights_origin": card.weights_origin,
        "weights_licence": card.weights_licence,
        "demonstration": card.demonstration,
        "purpose": card.purpose,
        "limits": card.limits,
    }


def export(wanted: ExportModel) -> Exported:
    """Writes the file, runs it beside the model and keeps it only if they agree. Raises JobFailed with a sentence."""
    scorer = Scorer(Path(wanted.folder))
    target = Path(wanted.file)
    part = target.with_name(f".{target.name}.part")
    module = (
        Portable(scorer.network.cpu().to(memory_format=torch.contiguous_format), scorer.card)
        .eval()
        .requires_grad_(False)
    )
    scorer.device = torch.device("cpu")
    side = scorer.card.preprocessing.input_size
    example = torch.zeros((2, side, side * scorer.card.preprocessing.looks, 3), dtype=torch.uint8)
    pixels = _pixels(wanted.paths, scorer.card)
    expected = np.concatenate([scorer.score([one]) for one in pixels])
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tracing: what it could get wrong is checked below
            if wanted.kind == "onnx":
                _write_onnx(module, example, part, scorer.card)
                found, by = _run_onnx(part, pixels), "onnxruntime"
            else:
                text = json.dumps(about(scorer.card), ensure_ascii=False)
                torch.jit.save(torch.jit.trace(module, example), str(part), _extra_files={EXTRA: text})
                found, by = _run_torchscript(part, pixels), "torch.jit"
        worst = float(np.abs(found - expected).max())
        if not worst <= AGREEMENT:
            raise JobFailed(
                f"The {wanted.kind} file does not agree with the model (difference {worst:.2g}); it was not kept."
            )
        part.replace(target)
    except OSError as error:
        raise JobFailed(f"The model cannot be written to {target}: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)
    return Exported(wanted.request, str(target), target.stat().st_size, worst, len(pixels), by)


def _pixels(paths: Sequence[str], card: ModelCard) -> list[Pixels]:
    """Photos as the network sees them, and a few of noise; one that cannot be read is passed over."""
    prep = card.preprocessing
    draw = np.random.default_rng(0)
    shape = prep.input_size, prep.input_size * prep.looks, 3
    found = [draw.integers(0, 256, shape).astype(np.uint8) for _ in range(NOISE)]
    for path in paths:
        try:
            found.append(read_input(path, prep))
        except PhotoError:
            continue
    return found


def _write_onnx(module: Portable, example: Tensor, file: Path, card: ModelCard) -> None:
    onnx = _needed("onnx")
    _needed("onnxruntime")
    torch.onnx.export(
        module,
        (example,),
        str(file),
        dynamo=False,  # the exporter by torch.export takes twenty times as long for the same graph
        input_names=["photos"],
        output_names=["probabilities", "raised"],
        dynamic_axes={name: {0: "n"} for name in ("photos", "probabilities", "raised")},
    )
    model = onnx.load(str(file))
    model.doc_string = f"{card.name}, written by weldstudio; see the metadata '{KEY}'"
    entry = model.metadata_props.add()
    entry.key, entry.value = KEY, json.dumps(about(card), ensure_ascii=False)
    onnx.checker.check_model(model)
    onnx.save(model, str(file))


def _run_onnx(file: Path, pixels: Sequence[Pixels]) -> NDArray[np.float32]:
    session = _needed("onnxruntime").InferenceSession(str(file), providers=["CPUExecutionProvider"])
    found: NDArray[np.float32] = session.run(["probabilities"], {"photos": np.stack(pixels)})[0]
    return found


def _run_torchscript(file: Path, pixels: Sequence[Pixels]) -> NDArray[np.float32]:
    module = torch.jit.load(str(file))
    found: NDArray[np.float32] = module(torch.from_numpy(np.stack(pixels)))[0].numpy()
    return found


def _needed(package: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise JobFailed(
            f"ONNX needs the package {package}; install weldstudio with its extra: weldstudio[onnx]. TorchScript needs "
            "nothing more."
        ) from error
