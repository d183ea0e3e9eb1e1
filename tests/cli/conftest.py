"""What the tests of the commands share: a command through the same door as a person."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.in_process import readers_in_process  # noqa: F401 - for all tests below
from weldstudio.cli import main

Run = Callable[..., Any]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command and returns what it says with --json; `status` is the exit status that it must have."""

    def command(*words: object, status: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        ended = main.run([*map(str, words), "--json"], open_window=lambda _: 0)
        out, err = capsys.readouterr()
        assert ended == status, err
        answer: dict[str, Any] = json.loads(out.splitlines()[-1])
        return answer

    return command
