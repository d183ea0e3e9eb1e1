"""The launcher, `python -m weldstudio --child launch RUN DEVICE`: starts a training, says its process id, and stays.

It waits for the training's end, whatever that is, and starts the next that waits. Somebody waits for the id: until it
is said only what that takes is imported.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from weldstudio.domain.messages import GOING_ON, Alarm, RunFinished, Stage
from weldstudio.jobs.process import launch

if TYPE_CHECKING:
    from weldstudio.jobs.folder import RunFolder
    from weldstudio.jobs.waiting import Line


def main(folder: Path, device: str = "") -> int:
    """The exit status, once no run waits for a device that this one could give it.

    The process that stays is nobody's child: whoever asked waits for the id alone. Where the system cannot part with
    its parent none stays, and the training itself starts the next.
    """
    stays = hasattr(os, "fork")
    if stays and os.fork():
        os._exit(0)
    process = launch(folder, device)
    os.write(1, f"{process.pid}\n".encode())
    if not stays:
        process.returncode = 0  # it is meant to go on: no warning about a child left behind
        return 0
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    from weldstudio.jobs import waiting
    from weldstudio.jobs.folder import RunFolder

    line, run = waiting.of_machine(), RunFolder(folder)
    while True:
        process.wait()
        ended(line, run, device)
        turn = line.take()
        if turn is None:
            return 0
        run, device = turn
        process = launch(run.path, device)


def ended(line: "Line", run: "RunFolder", device: str) -> None:
    """After the end of a training's process: one that never said a word has failed."""
    if device:
        line.begun(device)
    said = [message for message in run.replay() if not isinstance(message, Alarm)]  # said of it before its start
    if run.control().started is not None and (not said or said[-1] == Stage(GOING_ON)):
        last = run.log_tail().strip().splitlines()[-1:] or ["it is empty"]
        run.append(RunFinished("failed", f"It ended before its first word. Its log ends with: {last[0]}", 0.0))
