"""Weights from files: as tensors only, strict to the trunk, every mismatch said layer by layer."""

import errno
import pickle
import re
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

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
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RecipeError(
            f"{file.name} cannot be read as weights ({reason}). Fetch or export it again, as .pth or .safetensors."
        ) from error
    for wrapper in ("state_dict", "model_state_dict", "model"):
        if isinstance(found, Mapping) and isinstance(found.get(wrapper), Mapping):
            found = found[wrapper]
    if not isinstance(found, Mapping) or not all(isinstance(value, Tensor) for value in found.values()):
        raise RecipeError(f"{file.name} holds no dictionary of tensors; save a network's state_dict() in it.")
    return {str(name): tensor for name, tensor in found.items()}


def _is_cut_off(file: Path) -> bool:
    """Whether a file begins as torch saves it, as a zip archive, and lacks the directory at its end."""
    if not file.is_file():
        return False
    with file.open("rb") as begun:
        return begun.read(2) == b"PK" and not zipfile.is_zipfile(file)


def load_trunk(network: Network, file: Path, *, forgotten: int = 0) -> None:
    """Loads a file's weights into the trunk; the head and the last `forgotten` stages stay as they are.

    Raises RecipeError naming each layer that does not fit.
    """
    spared = {id(tensor) for tensor in _last(network, forgotten)}
    anew = [tensor.detach().clone() for tensor in _last(network, forgotten)]
    given = {own_name(name): tensor for name, tensor in read_tensors(file).items()}
    every = network.body.state_dict(keep_vars=True)
    # What begins anew need not fit.
    wanted = {name: tensor for name, tensor in every.items() if id(tensor) not in spared}
    trunk = {
        name: tensor
        for name, tensor in given.items()
        if name in wanted or not (HEADS.match(name) or (forgotten and _of_stages(network, name, forgotten)))
    }
    faults = [f"{name} is missing" for name in wanted if name not in trunk and not name.endswith("num_batches_tracked")]
    for name, tensor in trunk.items():
        if name not in wanted:
            faults.append(f"{name} is unknown")
        elif tensor.shape != wanted[name].shape:
            faults.append(f"{name} is {_shape(tensor)} in place of {_shape(wanted[name])}")
        elif not torch.isfinite(tensor.float()).all():
            faults.append(f"{name} holds values that are no numbers")
    if faults:
        more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise RecipeError(
            f"{file.name} does not fit {network.name}: {'; '.join(faults[:_SHOWN])}{more}. "
            "Choose the network these weights were made for, or other weights."
        )
    network.body.load_state_dict(trunk, strict=False)
    with torch.no_grad():
        for kept, fresh in zip(_last(network, forgotten), anew, strict=True):
            kept.copy_(fresh)


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


def _of_stages(network: Network, name: str, last: int) -> bool:
    """Whether a tensor's name lies within the last so many stages."""
    return any(name.startswith(f"{stage}.") for stage in network.stage_names[-last:])


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


def own_name(name: str) -> str:
    """Torchvision's present name of a tensor: without our prefix or that of a parallel wrapper."""
    name = name.removeprefix("module.").removeprefix("body.")
    return _OLD_DENSENET.sub(r"\1\2", name)


def _shape(tensor: Tensor) -> str:
    return "x".join(str(n) for n in tensor.shape) or "a single number"
