import json
from dataclasses import replace
from typing import Any

import pytest

from weldstudio.cli import accelerator, doctor
from weldstudio.cli.main import run

TORCH_IS_WELL = {"torch": "2.15.0", "torchvision": "0.29.2", "built_for_cuda": None, "threads": 2, "device": "cpu"}


@pytest.fixture
def torch_says(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What torch will be taken to say; importing it takes seconds, and test_accelerator.py shows that it is asked."""
    said: dict[str, Any] = dict(TORCH_IS_WELL)
    monkeypatch.setattr(accelerator, "ask_torch", lambda: said)
    monkeypatch.setattr(accelerator, "find_driver", lambda: None)
    return said


def ask(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = run(["doctor", *words], open_window=lambda _: 9)
    return status, capsys.readouterr().out


def test_a_sound_installation_is_said_to_be_one(torch_says: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    status, said = ask(capsys=capsys)
    assert status == 0, said
    assert said.endswith("Nothing is missing.\n")
    assert "the processor, 2 threads" in said
    for name in ("PySide6-Essentials", "sqlite-utils", "torchvision", "SQLite", "Python"):
        assert any(line.startswith(name) for line in said.splitlines()), name


def test_machines_get_one_object(torch_says: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    status, said = ask("--json", capsys=capsys)
    answer = json.loads(said.splitlines()[-1])
    assert status == 0
    assert answer["device"] == "cpu"
    assert answer["problems"] == []
    assert answer["sqlite"].startswith("3.")
    assert answer["qt"].startswith("6.")
    assert set(answer["packages"]) == set(doctor.PACKAGES)


def test_a_gpu_that_torch_cannot_use_comes_with_the_command(
    torch_says: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = accelerator.Driver(("NVIDIA H100",), (13, 0))
    monkeypatch.setattr(accelerator, "find_driver", lambda: driver)
    status, said = ask("--json", capsys=capsys)
    problems = json.loads(said.splitlines()[-1])["problems"]
    assert status == 1
    assert len(problems) == 1
    assert "A GPU is present" in problems[0]["text"]
    assert problems[0]["command"] == accelerator.repair_command(driver, doctor.checkout())
    _, text = ask(capsys=capsys)
    assert f"To mend it: {problems[0]['command']}" in text


def test_what_is_not_installed_is_named_once(
    torch_says: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch_says.clear()
    torch_says["error"] = "ModuleNotFoundError: No module named 'torch'"
    installed = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "torch" else installed(name))
    monkeypatch.setattr(doctor, "_ASK_QT", "raise SystemExit('libEGL.so.1: cannot open shared object file')")
    status, said = ask("--json", capsys=capsys)
    texts = [problem["text"] for problem in json.loads(said.splitlines()[-1])["problems"]]
    assert status == 1
    assert texts == [
        "Not installed: torch.",
        "Qt cannot be loaded: libEGL.so.1: cannot open shared object file.",
    ]


def test_a_diagnosis_shows_what_it_has_not() -> None:
    lines = doctor.lines(replace(_EMPTY, problems=(doctor.Problem("The roof leaks."),)))
    assert lines[-1] == "The roof leaks."
    assert any(line.split() == ["Qt", "missing"] for line in lines)


_EMPTY = doctor.Diagnosis(
    weldstudio=None,
    python="3.11",
    system="here",
    packages={"torch": None},
    qt=None,
    sqlite=None,
    device=None,
    device_name=None,
    processor_threads=None,
    gpu_driver=None,
    display=False,
    settings_file="",
    log_file="",
    problems=(),
)
