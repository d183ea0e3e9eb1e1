import sys
from pathlib import Path

import pytest

from weldstudio.cli import accelerator
from weldstudio.cli.accelerator import Driver

NEW = Driver(("NVIDIA H100 80GB HBM3",), (13, 0))
OLD = Driver(("NVIDIA GeForce GTX 1660", "NVIDIA T4"), (12, 4))
WELL = {"torch": "2.15.0", "torchvision": "0.29.2", "built_for_cuda": "13.2", "threads": 2, "device": "cpu"}


def test_without_a_gpu_a_torch_that_computes_on_the_processor_is_well() -> None:
    assert accelerator.complaint(WELL, None) is None
    assert accelerator.complaint({**WELL, "device": "cuda"}, NEW) is None


def test_two_channels_are_told_by_what_the_import_says() -> None:
    said = {"torch": "2.15.0+cpu", "error": "RuntimeError: operator torchvision::nms does not exist"}
    sentence = accelerator.complaint(said, None)
    assert sentence is not None
    assert "do not belong together" in sentence
    other = accelerator.complaint({"error": "ModuleNotFoundError: No module named 'torch'"}, None)
    assert other == "torch and torchvision cannot be used: ModuleNotFoundError: No module named 'torch'."


def test_a_gpu_that_torch_cannot_use_is_named_with_the_reason() -> None:
    assert "built for the processor alone" in str(accelerator.complaint({**WELL, "built_for_cuda": None}, NEW))
    sentence = str(accelerator.complaint(WELL, OLD))
    assert "NVIDIA T4" in sentence
    assert "CUDA 12.4" in sentence
    assert "built for CUDA 13.2, cannot use it" in sentence


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the default builds fit any driver")
def test_torch_is_chosen_to_fit_the_driver(tmp_path: Path) -> None:
    assert accelerator.requirements(None) == accelerator.NEWEST
    assert accelerator.requirements(NEW) == ("torch>=2.11", "torchvision>=0.26")
    assert accelerator.requirements(OLD) == ("torch>=2.7,<2.11", "torchvision>=0.22,<0.26")
    assert accelerator.requirements(Driver(("Tesla K80",), (11, 4))) == accelerator.NEWEST
    assert "torch>=2.7,<2.11" in accelerator.repair_command(OLD, None)
    checkout = accelerator.repair_command(OLD, tmp_path)
    assert str(tmp_path / "packaging" / "run.py") in checkout
    assert checkout.endswith("--setup-only --repair --device cuda")


def test_where_the_default_build_has_no_gpu_the_command_asks_for_a_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert "--index-url ADDRESS" in accelerator.repair_command(NEW, None)
    assert "--torch-channel ADDRESS" in accelerator.repair_command(NEW, "somewhere")
    assert "ADDRESS" not in accelerator.repair_command(None, None)


def test_the_drivers_tool_is_understood() -> None:
    listed = "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-1f)\nGPU 1: NVIDIA T4 (UUID: GPU-2e)\n"
    told = "| NVIDIA-SMI 580.65.06    Driver Version: 580.65.06    CUDA Version: 13.0     |"
    assert accelerator.read_tool(listed, told) == Driver(("NVIDIA H100 80GB HBM3", "NVIDIA T4"), (13, 0))
    assert accelerator.read_tool("", told) is None
    assert accelerator.read_tool(listed, "NVIDIA-SMI has failed") is None


def test_hidden_devices_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr(accelerator, "_from_tool", lambda: NEW)
    assert accelerator.find_driver() is None
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    monkeypatch.setattr(accelerator, "_from_library", lambda: None)
    assert accelerator.find_driver() == NEW


@pytest.fixture
def python_with(tmp_path: Path) -> object:
    """Makes a stand-in for Python that runs the real one with stub modules first on its path."""

    def make(**modules: str) -> str:
        for name, source in modules.items():
            (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        script = tmp_path / "python"
        script.write_text(f'#!/bin/sh\nPYTHONPATH="{tmp_path}" exec "{sys.executable}" "$@"\n', encoding="utf-8")
        script.chmod(0o755)
        return str(script)

    return make


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_torch_is_asked_in_a_process_of_its_own(python_with) -> None:  # type: ignore[no-untyped-def]
    broken = python_with(
        torch="__version__ = '2.15.0+cpu'\nclass version: cuda = None",
        torchvision="raise RuntimeError('operator torchvision::nms does not exist')",
    )
    said = accelerator.ask_torch(broken)
    assert "belong together" in str(accelerator.complaint(said, None))
    killed = accelerator.ask_torch(python_with(torch="import os; os._exit(7)"))
    assert "status 7" in killed["error"]
    slow = accelerator.ask_torch(python_with(torch="import time; time.sleep(30)"), timeout_s=0.5)
    assert "did not answer" in slow["error"]
    assert not {"torch", "torchvision"} & set(vars(accelerator))
