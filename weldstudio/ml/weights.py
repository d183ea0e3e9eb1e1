"""Weights from files: as tensors only, strict to the trunk, every mismatch said layer by layer."""

import errno
import pickle
import re
import struct
import warnings
import zipfile
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import safetensors
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from weldstudio.domain.errors import RecipeError
from weldstudio.ml.architectures import Network
from weldstudio.ml.combined import Combined

_SHOWN = 5
"""Layers named in a sentence; the rest are counted."""
HEADS = re.compile(r"^(classifier|fc|head|hidden|aux1|aux2|AuxLogits|aux_logits)\b")
_WRAPPERS = ("state_dict", "model_state_dict", "model")
"""Under which checkpoints hold a network's tensors, beside epoch and optimiser."""
_DEEPEST = 3
"""Dictionaries within each other, at most; a hostile file may hold one that holds itself."""
_OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|relu|conv))\.([12]\.)")


def read_tensors(file: Path) -> dict[str, Tensor]:
    """The tensors of a .pth, .pt or .safetensors file by name. No code in it is run. Raises RecipeError."""
    try:
        if file.suffix == ".safetensors":
            return load_file(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it would warn of is refused below
            found = torch.load(file, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise RecipeError(f"There is no weights file {file}.") from error
    except safetensors.SafetensorError as error:
        raise RecipeError(
            f"{file.name} is no readable safetensors file ({error}). Fetch or export it again."
        ) from error
    except pickle.UnpicklingError as error:
        raise RecipeError(
            f"{file.name} holds more than plain tensors, or is damaged; it was not opened, since such a file can run "
            "code. Save it again as a state dictionary (torch.save(model.state_dict(), ...)) or as .safetensors."
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError, LookupError, TypeError, struct.error) as error:
        # Whatever the reader of tensors stumbles over in a file that is none.
        if file.is_file() and not file.stat().st_size:
            raise RecipeError(f"{file.name} is empty (0 bytes). Fetch or export it again.") from error
        if _is_cut_off(file):
            raise RecipeError(f"{file.name} is cut off or damaged. Fetch or export it again.") from error
        if "TorchScript" in str(error):
            raise RecipeError(
                f"{file.name} is a TorchScript program, which is code; it was not opened. Save its state_dict() "
                "in its place."
            ) from error
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RecipeError(
            f"{file.name} cannot be read as weights ({reason}). Fetch or export it again, as .pth or .safetensors."
        ) from error
    for _ in range(_DEEPEST):
        if not isinstance(found, Mapping) or _of_tensors(found):
            break
        within = [found[name] for name in _WRAPPERS if isinstance(found.get(name), Mapping)]
        found = next(iter(within or [value for value in found.values() if _of_tensors(value)]), None)
    if not _of_tensors(found):
        raise RecipeError(f"{file.name} holds no dictionary of tensors; save a network's state_dict() in it.")
    return {str(name): tensor for name, tensor in found.items()}


def _of_tensors(found: object) -> TypeGuard[Mapping[str, Tensor]]:
    return isinstance(found, Mapping) and bool(found) and all(isinstance(value, Tensor) for value in found.values())


def _is_cut_off(file: Path) -> bool:
    """Whether a file begins as torch saves it, as a zip archive, and lacks the directory at its end."""
    if not file.is_file():
        return False
    with file.open("rb") as begun:
        return begun.read(2) == b"PK" and not zipfile.is_zipfile(file)


@dataclass(frozen=True, slots=True)
class Fit:
    """How a file's tensors fit a trunk."""

    trunk: Mapping[str, Tensor]
    """That go in, by the network's names."""
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    """Of another shape, or with values that are no numbers: what is wrong with each."""
    unknown: tuple[str, ...]
    """That the network does not have."""
    head: Mapping[str, Tensor]
    """The file's own classifier, and what lies beside the network in it: left out."""

    @property
    def faults(self) -> list[str]:
        """All that keeps a training from beginning with the file."""
        missing = (f"{name} is missing" for name in self.missing)
        return [*missing, *self.wrong, *(f"{name} is unknown" for name in self.unknown)]


def fit(tensors: Mapping[str, Tensor], wanted: Mapping[str, Tensor], *, anew: Collection[str] = ()) -> Fit:
    """How these tensors of a file fit those wanted of a trunk; what the file has of the stages `anew` is left out.

    Whatever stands before every name of the network ('module.', 'backbone.') does not count.
    """
    own = {_OLD_DENSENET.sub(r"\1\2", name): tensor for name, tensor in tensors.items()}
    before = _before_names(own, wanted)
    given = {name.removeprefix(before): tensor for name, tensor in own.items() if name.startswith(before)}
    beside = {name: tensor for name, tensor in own.items() if not name.startswith(before)}
    begins = tuple(f"{stage}." for stage in anew)
    trunk, wrong, unknown, head = {}, [], [], {}
    for name, tensor in given.items():
        if name not in wanted:
            if HEADS.match(name) or name.startswith(begins):
                head[name] = tensor
            else:
                unknown.append(name)
        elif fault := _fault(tensor, wanted[name]):
            wrong.append(f"{name} {fault}")
        else:
            trunk[name] = tensor
    missing = (name for name in wanted if name not in given and not name.endswith("num_batches_tracked"))
    return Fit(trunk, tuple(missing), tuple(wrong), tuple(unknown), head | beside)


def _before_names(given: Collection[str], wanted: Collection[str]) -> str:
    """What stands before the network's names in a file: that under which most of them are found, and at least half."""
    found: Counter[str] = Counter()
    for name in given:
        parts = name.split(".")
        for n in range(len(parts)):
            if ".".join(parts[n:]) in wanted:
                found[".".join([*parts[:n], ""]) if n else ""] += 1
    best, count = max(found.items(), key=lambda one: (one[1], -len(one[0])), default=("", 0))
    return best if 2 * count >= len(wanted) else ""


def _fault(tensor: Tensor, wanted: Tensor) -> str:
    if tensor.shape != wanted.shape:
        return f"is {_shape(tensor)} in place of {_shape(wanted)}"
    return "" if torch.isfinite(tensor.float()).all() else "holds values that are no numbers"


def load_trunk(network: Network, file: Path, *, forgotten: int = 0) -> None:
    """Loads a file's weights into the trunk; the head and the last `forgotten` stages stay as they are.

    Raises RecipeError naming each layer that does not fit.
    """
    kept = _last(network, forgotten)
    fresh, spared = [tensor.detach().clone() for tensor in kept], {id(tensor) for tensor in kept}
    every = network.body.state_dict(keep_vars=True)
    wanted = {name: tensor for name, tensor in every.items() if id(tensor) not in spared}
    anew = network.stage_names[len(network.stage_names) - forgotten :]
    found = fit(read_tensors(file), wanted, anew=anew)
    faults = found.faults
    if faults:
        more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise RecipeError(
            f"{file.name} does not fit {network.name}: {'; '.join(faults[:_SHOWN])}{more}. "
            "Choose the network these weights were made for, or other weights."
        )
    network.body.load_state_dict(found.trunk, strict=False)
    with torch.no_grad():
        for tensor, before in zip(kept, fresh, strict=True):
            tensor.copy_(before)


def load_model(network: Network | Combined, file: Path) -> None:
    """Loads a finished model of ours, trunk and head. Raises RecipeError when it does not fit its card."""
    faults = network.load_state_dict(_fitting(network, read_tensors(file)), strict=False)
    missing = [name for name in faults.missing_keys if name not in _unused(network)]
    if missing or faults.unexpected_keys:
        names = [*missing, *faults.unexpected_keys][:_SHOWN]
        raise RecipeError(f"{file.name} does not fit its model card: {', '.join(names)}. The model is damaged.")


def save(network: torch.nn.Module, file: Path) -> None:
    """Writes a network's tensors as safetensors, in one step. Raises OSError with the system's number."""
    part = file.with_name(file.name + ".part")
    state, unused = network.state_dict(), _unused(network)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items() if name not in unused}
    try:
        save_file(tensors, part)
    except safetensors.SafetensorError as error:
        part.unlink(missing_ok=True)
        number = re.search(r"os error (\d+)", str(error))
        raise OSError(int(number[1]) if number else errno.EIO, str(error)) from error
    part.replace(file)


def _last(network: Network, stages: int) -> list[Tensor]:
    """The tensors of the last so many stages."""
    modules = [module for part in list(network.stages.values())[len(network.stages) - stages :] for module in part]
    return [tensor for module in modules for tensor in module.state_dict(keep_vars=True).values()]


def _unused(network: torch.nn.Module) -> frozenset[str]:
    return network.unused if isinstance(network, Combined) else frozenset()


def _fitting(network: torch.nn.Module, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    wanted = network.state_dict()
    for name, tensor in tensors.items():
        if name in wanted and tensor.shape != wanted[name].shape:
            raise RecipeError(
                f"The weights do not fit their model card: {name} is {_shape(tensor)} in place of "
                f"{_shape(wanted[name])}. The model is damaged."
            )
    return dict(tensors)


def _shape(tensor: Tensor) -> str:
    return "x".join(str(n) for n in tensor.shape) or "a single number"
