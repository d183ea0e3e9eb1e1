"""Whose turn it is: the runs of this machine that wait, in order, and the devices they wait for.

Nothing here runs for itself. A run's place in the line is in its own control.json; beside it there is only a hint
where waiting runs lie, in the data folder of whoever trains, so that projects share the devices of a machine.

- At most one run per device: a training holds its device's lock as long as its process lives, and one that does not
  get it goes back into the line. The system lets go of the lock, however the process ends.
- The next begins when one ends: whoever started a training waits for its end and starts the next (`launcher`).
  Where that one was killed, the training itself does it, or the next window or command that looks.
- A run that was marked as started by one who died before its process lived is put back after `START_S`.
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from weldstudio import paths
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import RunFinished
from weldstudio.jobs import devices, process
from weldstudio.jobs.folder import RunFolder, replace_text
from weldstudio.jobs.locks import FileLock

START_S = 60.0
"""So long a run may take to its first word."""

Launch = Callable[[Path, str], int]
"""`launch(run folder, device)` starts a process and returns its id; raises JobFailed."""


@dataclass(frozen=True, slots=True)
class Line:
    """The runs that wait on one machine. Every method may be called by any process at any time."""

    home: Path
    devices: tuple[str, ...]
    launch: Launch
    clock: Callable[[], float] = time.time

    def lock(self) -> FileLock:
        """Held while a control file of a run is read and written again."""
        return FileLock(self.home / "line.lock")

    def join(self, run: RunFolder) -> None:
        """Puts a run at the end of the line."""
        with self.lock():
            last = max((one.control().place or 0.0 for one in self.waiting()), default=0.0)
            run.write_control(replace(run.control(), place=max(self.clock(), last + 1e-3)))
            self._remember({*self._folders(), run.path.parent})

    def waiting(self) -> list[RunFolder]:
        """All runs that wait, of all projects, whose turn comes first first."""
        return in_line(run for folder in self._folders() for run in _runs_of(folder))

    def look(self, folder: Path) -> None:
        """Takes notice of the waiting runs of a project that came from elsewhere."""
        if folder not in self._folders() and in_line(_runs_of(folder)):
            with self.lock():
                self._remember({*self._folders(), folder})

    def move(self, run: RunFolder, to: int) -> None:
        """Gives a run the place `to` (0 is the first) among those of its project; runs of others keep theirs."""
        with self.lock():
            mine = [one for one in self.waiting() if one.path.parent == run.path.parent]
            if run not in mine:
                raise JobFailed(f"The run {run.id} does not wait any more.")
            places = [one.control().place for one in mine]
            mine.remove(run)
            mine.insert(max(0, to), run)
            for one, place in zip(mine, places, strict=True):
                if one.control().place != place:
                    one.write_control(replace(one.control(), place=place))

    def put_back(self, run: RunFolder) -> None:
        """A run whose device turned out to be taken, or whose starter died, waits on in its old place."""
        with self.lock():
            self._put_back(run)

    def take(self) -> tuple[RunFolder, str] | None:
        """The run whose turn it is and its device, marked as started; None where none waits or no device is free."""
        if not self._folders():
            return None
        with self.lock():
            for device in self.devices:
                if not self._free(device):
                    continue
                waiting = self.waiting()
                self._remember({run.path.parent for run in waiting})
                if not waiting:
                    return None
                run, now = waiting[0], self.clock()
                replace_text(self._starting(device), json.dumps({"run": str(run.path), "started": now}) + "\n")
                run.write_control(replace(run.control(), started=now))
                return run, device
        return None

    def start_next(self) -> dict[RunFolder, int]:
        """Starts every run for which a device is free; their process ids. One that cannot be started has failed."""
        started: dict[RunFolder, int] = {}
        while (found := self.take()) is not None:
            run, device = found
            try:
                started[run] = self.launch(run.path, device)
            except JobFailed as error:
                run.append(RunFinished("failed", str(error), 0.0))
                self.begun(device)
                break  # what failed once may fail for all: the others keep their places
        return started

    def begun(self, device: str) -> None:
        """What was started last on this device holds its lock by now, or never will."""
        self._starting(device).unlink(missing_ok=True)

    def device_lock(self, device: str) -> FileLock:
        """Held by a training as long as it lives."""
        return FileLock(self.home / f"{device}.lock")

    def _free(self, device: str) -> bool:
        """Whether no run holds the device, nor is about to. One whose starter died waits again."""
        held = self.device_lock(device)
        if not held.take():
            return False
        held.release()
        try:
            starting = json.loads(self._starting(device).read_text("utf-8"))
        except FileNotFoundError:
            return True
        run, started = RunFolder(Path(starting["run"])), starting["started"]
        if run.control().started == started:
            if self.clock() - started < START_S:
                return False
            self._put_back(run)
        self.begun(device)
        return True

    def _put_back(self, run: RunFolder) -> None:
        run.write_control(replace(run.control(), started=None))
        self._remember({*self._folders(), run.path.parent})

    def _starting(self, device: str) -> Path:
        """Names the run that was marked as started on the device and has not been heard of since."""
        return self.home / f"{device}.json"

    def _folders(self) -> set[Path]:
        """Folders of runs of which some may wait."""
        try:
            return {Path(text) for text in json.loads((self.home / "line.json").read_text("utf-8"))}
        except FileNotFoundError:
            return set()

    def _remember(self, folders: Iterable[Path]) -> None:
        wanted = set(folders)
        if wanted != self._folders():
            self.home.mkdir(parents=True, exist_ok=True)
            replace_text(self.home / "line.json", json.dumps(sorted(map(str, wanted))) + "\n")


def of_machine() -> Line:
    """The line of the trainings of this person on this machine."""
    return Line(paths.user_data() / "trainings", devices.names(), process.start_detached)


def in_line(runs: Iterable[RunFolder]) -> list[RunFolder]:
    """Those of these runs that wait, in the order in which they will be started."""
    return sorted((run for run in runs if _waits(run)), key=lambda run: (run.control().place or 0.0, run.id))


def _waits(run: RunFolder) -> bool:
    control = run.control()
    return control.started is None and control.place is not None and not control.stop


def _runs_of(folder: Path) -> list[RunFolder]:
    try:
        return [RunFolder(path) for path in folder.iterdir() if (path / "control.json").exists()]
    except FileNotFoundError:
        return []  # the project was moved or its drive unplugged; opened again, its runs wait again
