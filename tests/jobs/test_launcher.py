"""The launcher says an id, waits for the end of what it started, and starts the next; trainings here are scripts."""

import subprocess
import sys
import time
from pathlib import Path

from weldstudio.domain.messages import Alarm, RunFinished
from weldstudio.jobs import launcher, process, waiting
from weldstudio.jobs.folder import Control, RunFolder

_SCRIPT = """
import sys
import time
from pathlib import Path
from weldstudio.jobs import launcher, process
process.command = lambda role, run, device: [sys.executable, "-c", "print('hello from', %r, %r)" % (run, device)]
sys.exit(launcher.main(Path(sys.argv[1]), sys.argv[2]))
"""


def test_it_says_the_id_and_goes_on_to_the_next_that_waits(tmp_path: Path) -> None:
    line = waiting.of_machine()
    runs = [RunFolder(tmp_path / "runs" / name) for name in "abc"]
    for run in runs:
        run.path.mkdir(parents=True)
        run.write_control(Control(who="Ann"))
        line.join(run)
    taken = line.take()
    assert taken is not None
    words = [sys.executable, "-c", _SCRIPT, str(runs[0].path), taken[1]]
    said = subprocess.run(words, env=process.environment(), capture_output=True, text=True, timeout=100, check=True)
    assert int(said.stdout) > 0
    for run in runs:  # nobody looks, no window is open
        while not (messages := list(run.replay())):
            time.sleep(0.01)
        (end,) = messages
        assert isinstance(end, RunFinished)
        assert end.state == "failed"  # the scripts say nothing in their folders
        assert f"hello from {run.path}" in end.sentence
    assert line.waiting() == []


def test_where_a_process_cannot_part_with_its_parent_none_stays(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    run.write_control(Control(5.0))
    words = [sys.executable, "-c", "import os\ndel os.fork" + _SCRIPT, str(run.path), ""]
    said = subprocess.run(words, env=process.environment(), capture_output=True, text=True, timeout=100, check=True)
    assert int(said.stdout) > 0
    assert list(run.replay()) == []


def test_the_launcher_tells_of_a_run_that_never_said_a_word(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    run.write_control(Control(5.0))
    run.log_file.write_text("no module named torch\n", "utf-8")
    run.append(Alarm("preflight", "'mud' is raised on 3 training photos."))  # said of it before its start
    for _ in range(2):
        launcher.ended(waiting.of_machine(), run, "processor")
    _, said = run.replay()
    assert isinstance(said, RunFinished)
    assert said.state == "failed"
    assert "no module named torch" in said.sentence
