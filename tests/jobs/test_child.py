"""A child lives by its stdin, keeps its stdout clean, and a run's words are never lost to a full disk."""

import os
import subprocess
from pathlib import Path

import pytest

from weldstudio.domain.messages import Explain, Failed, Heartbeat, LoadModel, Message, ModelReady, Stage, Started
from weldstudio.jobs import child, process
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
    done = subprocess.run(process.command("train", str(tmp_path)), env=process.environment(), check=False, timeout=100)
    assert done.returncode == 1
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
    with child._heartbeat(child._Voice(run), run):
        run.write_control(Control(1.0, stop=True))
        while not any(isinstance(message, Stage) for message in run.replay()):
            pass
    said = [message for message in run.replay() if isinstance(message, Stage)]
    assert said == [Stage("stopping after this step")]
