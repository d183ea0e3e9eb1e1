from collections.abc import Generator
from pathlib import Path

import pytest

from weldstudio.cli import following
from weldstudio.cli.progress import Cancelled, Interrupted
from weldstudio.domain.messages import (
    Alarm,
    Evaluated,
    Heartbeat,
    Message,
    RunFinished,
    RunStarted,
    Skipped,
    Stage,
    Step,
)

FINISHED = RunFinished("done", "Done.", 93.0, 12, 0.876)
SAID: tuple[Message | None, ...] = (
    Stage("reading data"),
    None,
    RunStarted(7, 0.0, "cpu", ("mud", "water"), {}, {"train": 1200, "validation": 400}),
    Heartbeat(1.0),
    Alarm("too few", "'mud' is raised on 3 photos only.", {"loss.tau": "0.5"}),
    Skipped(2, (("a.jpg", "broken"),)),
    Step(20, 0.5, 0.4321, 0.01, 25.13, 125.0),
    Evaluated(20, 0.5, 0.4, 0.876, 0.85, {"mud": {"mean_per_class_accuracy": 0.9}, "water": {}}, best=True),
    FINISHED,
)


def talk(messages: tuple[Message | None, ...] = SAID) -> Generator[Message | None, None, RunFinished | None]:
    yield from messages
    return messages[-1] if isinstance(messages[-1], RunFinished) else None


def watch(messages: Generator[Message | None, None, RunFinished | None], *, quiet: bool = False) -> RunFinished | None:
    return following._watch(messages, "r1", project=Path("welds"), quiet=quiet, since=0.2)


def test_what_the_run_says_becomes_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert watch(talk()) is FINISHED
    assert capsys.readouterr().out.splitlines() == [
        "Reading data",
        "2 classes on cpu; photos: 1,200 train, 400 validation",
        "First sign of life after 0.8 s",
        "Note: 'mud' is raised on 3 photos only. Remedy: --set loss.tau=0.5",
        "Left out 2 photos that could not be read (a.jpg: broken)",
        "  step 20  epoch 0.50  loss 0.4321  25.1 photos/s  2 min left",
        "Validation after step 20: mean per-class accuracy 87.6 % (at 0.5: 85.0 %), loss 0.4000, the best so far",
        "  mud 90.0 %, water -",
        "Done.",
    ]


def test_machines_hear_nothing_meanwhile(capsys: pytest.CaptureFixture[str]) -> None:
    assert watch(talk(), quiet=True) is FINISHED
    assert capsys.readouterr().out == ""


def test_steps_are_said_every_few_seconds_only(capsys: pytest.CaptureFixture[str]) -> None:
    watch(talk(tuple(Step(n, n / 10, 0.5, 0.01, 20.0) for n in range(50))))
    assert capsys.readouterr().out.count("step") == 1


def test_how_far_a_stage_has_come_is_said_every_few_seconds_only(capsys: pytest.CaptureFixture[str]) -> None:
    said = [Stage("reading photos"), *(Stage(f"reading photos: {n} of 9") for n in range(9)), Stage("first batch")]
    watch(talk(tuple(said)))
    assert capsys.readouterr().out.splitlines() == ["Reading photos", "Reading photos: 0 of 9", "First batch"]


def test_ctrl_c_ends_the_watching_and_says_how_to_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    def endless() -> Generator[Message | None, None, RunFinished | None]:
        try:
            while True:
                yield None
        finally:
            closed.append(True)

    monkeypatch.setattr(Interrupted, "pressed", True, raising=False)
    monkeypatch.setattr(Interrupted, "__init__", lambda self: None)
    with pytest.raises(Cancelled, match="weldstudio stop welds r1"):
        watch(endless())
    assert closed == [True]
