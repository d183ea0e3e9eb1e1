"""The GPU driver of this machine, and whether the installed torch fits it.

Standard library only and nothing of weldstudio, because `packaging/run.py` asks before anything is installed.
torch is asked in a process of its own: neither the command line nor a window ever holds it.
"""

import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

# The registry's default builds for Linux, by the release of CUDA that the driver must know at least; newest first.
# Read from the packages' own requirements: torch 2.7 to 2.10 need CUDA 12 libraries, from 2.11 on CUDA 13.
# A driver runs every build of its own major release of CUDA and of older ones.
_BUILDS = (
    ((13, 0), ("torch>=2.11", "torchvision>=0.26")),
    ((12, 0), ("torch>=2.7,<2.11", "torchvision>=0.22,<0.26")),
)
# Stands in a command for what the person has to look up.
_ADDRESS = "ADDRESS_THAT_PYTORCH_NAMES_FOR_YOUR_CUDA"
NEWEST = ("torch>=2.6", "torchvision>=0.21")


@dataclass(frozen=True, slots=True)
class Driver:
    """A GPU driver that answers: the names of its devices, and the newest CUDA it can run, as (13, 0)."""

    devices: tuple[str, ...]
    cuda: tuple[int, int]

    def __str__(self) -> str:
        return f"{', '.join(self.devices)} (driver for CUDA {self.cuda[0]}.{self.cuda[1]})"


def find_driver() -> Driver | None:
    """The NVIDIA driver and its devices, asked from its library or else its tool; None without either."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return None  # somebody hid the devices, and torch will not see them either
    return _from_library() or _from_tool()


def requirements(driver: Driver | None) -> tuple[str, str]:
    """Which torch and torchvision to ask one channel for, so that `driver` can run them."""
    # Elsewhere than on Linux the registry's default builds need no particular driver.
    if driver is None or not sys.platform.startswith("linux"):
        return NEWEST
    for cuda, names in _BUILDS:
        if driver.cuda >= cuda:
            return names
    return NEWEST


PROBE = """
import json, sys, warnings
warnings.simplefilter("ignore")
said = {}
try:
    import torch
    said["torch"] = torch.__version__
    said["built_for_cuda"] = torch.version.cuda
    import torchvision
    said["torchvision"] = torchvision.__version__
    boxes = torch.tensor([[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 2.0]])
    assert torchvision.ops.nms(boxes, torch.tensor([0.9, 0.8]), 0.5).tolist() == [0]
    said["threads"] = torch.get_num_threads()
    said["device"] = "cpu"
    if torch.cuda.is_available():
        # Asked to compute, not only to exist: a build can lack the kernels for a very old or very new device.
        assert float((torch.ones(8, device="cuda") * 2).sum()) == 16.0
        said["device"], said["device_name"] = "cuda", torch.cuda.get_device_name(0)
    elif torch.backends.mps.is_available():
        said["device"], said["device_name"] = "mps", "Apple GPU"
except Exception as error:
    said["error"] = f"{type(error).__name__}: {error}".splitlines()[0]
print(json.dumps(said))
"""


def ask_torch(python: str = sys.executable, *, timeout_s: float = 300.0) -> dict[str, Any]:
    """What torch in the installation of `python` says of itself; takes seconds, in a process of its own.

    Keys: torch, torchvision, built_for_cuda, threads, device (cpu | cuda | mps), device_name; `error`, a
    sentence, if the two cannot be imported or used together.
    """
    try:
        done = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, check=False, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return {"error": f"torch did not answer within {timeout_s:.0f} s"}
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {"error": f"torch ended the process that imported it (status {done.returncode}): {last}"}
    said: dict[str, Any] = json.loads(lines[-1])
    return said


def complaint(said: dict[str, Any], driver: Driver | None) -> str | None:
    """In a sentence, why this torch does not do what this machine could; None if all is well."""
    if "error" in said:
        if "torchvision::nms" in said["error"]:
            return (
                f"torch {said.get('torch')} and torchvision do not belong together: "
                "they come from different channels, or one of them was replaced."
            )
        return f"torch and torchvision cannot be used: {said['error']}."
    if driver is None or said.get("device") == "cuda":
        return None
    built = said.get("built_for_cuda")
    if built is None:
        return f"A GPU is present, {driver}, but torch {said['torch']} was built for the processor alone."
    return f"A GPU is present, {driver}, but torch {said['torch']}, built for CUDA {built}, cannot use it."


def _from_library() -> Driver | None:
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        cuda = ctypes.CDLL(name)
    except OSError:
        return None
    version, count = ctypes.c_int(), ctypes.c_int()
    if cuda.cuInit(0) or cuda.cuDriverGetVersion(ctypes.byref(version)) or cuda.cuDeviceGetCount(ctypes.byref(count)):
        return None
    devices = []
    for number in range(count.value):
        device, text = ctypes.c_int(), ctypes.create_string_buffer(128)
        if cuda.cuDeviceGet(ctypes.byref(device), number) or cuda.cuDeviceGetName(text, 128, device):
            return None
        devices.append(text.value.decode(errors="replace"))
    # 12040 is CUDA 12.4.
    return Driver(tuple(devices), (version.value // 1000, version.value % 1000 // 10)) if devices else None


def _from_tool() -> Driver | None:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    try:
        listed = subprocess.run([tool, "-L"], capture_output=True, text=True, check=False, timeout=60)
        told = subprocess.run([tool], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return read_tool(listed.stdout, told.stdout)


def read_tool(listed: str, told: str) -> Driver | None:
    """A driver from what `nvidia-smi -L` and `nvidia-smi` print; None if they name no device or no CUDA."""
    devices = re.findall(r"^GPU \d+: (.+?)(?: \(UUID: .*\))?$", listed, re.MULTILINE)
    cuda = re.search(r"CUDA (?:UMD )?Version: *(\d+)\.(\d+)", told)
    if not devices or cuda is None:
        return None
    return Driver(tuple(devices), (int(cuda[1]), int(cuda[2])))


def repair_command(driver: Driver | None, checkout: str | os.PathLike[str] | None) -> str:
    """What to type so that torch and torchvision are taken anew from one channel, fitting `driver`.

    `checkout` is the folder with `packaging/run.py`; without one pip is asked directly.
    """
    device = "cuda" if driver is not None else "cpu"
    # The registry's default build for Windows computes on the processor alone.
    elsewhere = driver is not None and sys.platform == "win32"
    if checkout is not None:
        script = os.path.join(checkout, "packaging", "run.py")  # noqa: PTH118 - a text for a person
        command = f"{_quoted(sys.executable)} {_quoted(script)} --setup-only --repair --device {device}"
        return f"{command} --torch-channel {_ADDRESS}" if elsewhere else command
    names = " ".join(f'"{name}"' for name in requirements(driver))
    command = f"{_quoted(sys.executable)} -m pip install --force-reinstall {names}"
    return f"{command} --index-url {_ADDRESS}" if elsewhere else command


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
