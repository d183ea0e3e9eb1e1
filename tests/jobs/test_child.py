"""A child lives by its stdin, keeps its stdout clean, and a run's words are never lost to a full disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from weldstudio.domain.messages import (
    Explain,
    Failed,
    Heartbeat,
    LoadModel,
    Message,
    ModelReady,
    RunFinished,
    Stage,
    Started,
)
from weldstudio.jobs import child, process, waiting
from weldstudio.jobs.folder import Control, RunFolder
from weldstudio.jobs.process import Child


def test_words_it_does_not_know_are_refused(expect_log) -> None:
    with expect_log("weldstudio.jobs.child", "no child"):
        assert child.main(["juggler"]) == 2


def test_the_engine_says_that_it_lives_answers_and_ends_with_its_stdin(tmp_path: Path) -> None:
    said: list[Message] = []
    with Child("engine") as engine:
        engine.send(LoadModel(1, str(tmp_path)))
        engine.send(Explain(2, 5, "nowhere.jpg"))
        while sum(isinstance(m, Failed | ModelReady) for m in said) < 2:
            if message := engine.poll(0.1):
                said.append(message)
        pid = engine.pid
    assert said[0] == Started(pid, "engine")
    assert [m.request for m in said if isinstance(m, Failed)] == [1, 2]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_run_without_its_files_fails_in_its_own_words(tmp_path: Path) -> None:
    assert child.main(["train", str(tmp_path)]) == 1
    said = list(RunFolder(tmp_path).replay())
    assert isinstance(said[0], Started)
    assert said[-1].state == "failed"  # type: ignore[union-attr]
    assert "recipe.toml" in said[-1].sentence  # type: ignore[union-attr]


def test_a_full_disk_delays_what_a_run_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log) -> None:
    say = child._Voice(RunFolder(tmp_path))
    say(Stage("one"))
    with monkeypatch.context() as full, expect_log("weldstudio.jobs.child", "wait to be written"):

        def refuse(self: RunFolder, message: Message) -> None:
            raise OSError(28, "No space left on device")

        full.setattr(RunFolder, "append", refuse)
        say(Stage("two"))
        say(Heartbeat(1.0))
        say(Stage("three"))
    say(Stage("four"))
    assert list(RunFolder(tmp_path).replay()) == [Stage(text) for text in ("one", "two", "three", "four")]


def test_a_run_that_is_told_to_stop_says_so_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its step may take longer than a person waits for an answer."""
    monkeypatch.setattr(child, "LISTEN_S", 0.01)
    run = RunFolder(tmp_path)
    run.write_control(Control(1.0))
    with child._heartbeat(child._Voice(run), child._Wishes(run, 1.0)):
        run.write_control(Control(1.0, stop=True))
        while not any(isinstance(message, Stage) for message in run.replay()):
            pass
    said = [message for message in run.replay() if isinstance(message, Stage)]
    assert said == [Stage("stopping after this step")]


_STUCK = """
import sys, time
from pathlib import Path
from weldstudio.jobs import child
from weldstudio.jobs.folder import RunFolder
child.LISTEN_S, child.PATIENCE_S = 0.01, 0.05
run = RunFolder(Path(sys.argv[1]))
wishes = child._Wishes(run, 1.0)
with child._heartbeat(child._Voice(run), wishes):
    if sys.argv[2] == "heeds":
        while not wishes.heed():
            pass
        time.sleep(0.3)
        sys.exit(7)
    time.sleep(600)
"""


@pytest.mark.parametrize(("kind", "status"), [("stuck", 1), ("heeds", 7)])
def test_a_step_that_does_not_end_is_broken_off_but_not_the_writing_of_the_model(
    tmp_path: Path, kind: str, status: int
) -> None:
    run = RunFolder(tmp_path)
    run.write_control(Control(1.0, stop=True))
    words = [sys.executable, "-c", _STUCK, str(tmp_path), kind]
    done = subprocess.run(words, env=process.environment(), check=False, timeout=100)
    assert done.returncode == status
    said = [message for message in run.replay() if not isinstance(message, Heartbeat)]
    assert said[0] == Stage("stopping after this step")
    if kind == "stuck":
        assert isinstance(said[1], RunFinished)
        assert said[1].state == "paused"
        assert "last checkpoint" in said[1].sentence


def test_a_run_whose_device_is_taken_goes_back_into_the_line(tmp_path: Path) -> None:
    line = waiting.of_machine()
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    run.write_control(Control(5.0, place=3.0))
    with line.device_lock(line.devices[0]):
        assert child.main(["train", str(run.path), line.devices[0]]) == 0
    assert run.control() == Control(None, place=3.0)
    assert line.waiting() == [run]
    assert list(run.replay()) == []
