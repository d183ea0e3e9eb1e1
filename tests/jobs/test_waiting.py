"""The line of waiting runs against a plain model: whatever is submitted, moved, cancelled or crashes, in any order."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import RunFinished
from weldstudio.jobs import waiting
from weldstudio.jobs.folder import Control, RunFolder
from weldstudio.jobs.locks import FileLock
from weldstudio.jobs.waiting import START_S, Line


class _StarterDied(Exception):
    """The process that marked a run as started is gone before the run's own lives."""


@dataclass
class _Machine:
    """Processes that exist in a table alone: they hold real locks and write real control files."""

    home: Path
    devices: tuple[str, ...] = ("processor",)
    now: float = 1_000_000.0
    alive: dict[str, FileLock] = field(default_factory=dict)
    """The run on each device, by the lock that it holds."""
    running: dict[str, str] = field(default_factory=dict)
    launched: list[str] = field(default_factory=list)
    starter_dies: bool = False
    refuses: bool = False

    def line(self) -> Line:
        """As any process has one of its own."""
        return Line(self.home, self.devices, self._launch, lambda: self.now)

    def _launch(self, folder: Path, device: str) -> int:
        if self.starter_dies:
            raise _StarterDied
        if self.refuses:
            raise JobFailed("It could not be started.")
        lock = self.line().device_lock(device)
        assert lock.take(), "two runs on one device"
        assert not RunFolder(folder).control().stop, "a cancelled run was started"
        self.alive[device], self.running[device] = lock, folder.name
        self.launched.append(folder.name)
        self.line().begun(device)
        return len(self.launched)

    def end(self, device: str) -> None:
        """The process is gone, whether it ended or crashed: the system lets go of its lock."""
        del self.running[device]
        self.alive.pop(device).release()

    def close(self) -> None:
        for lock in self.alive.values():
            lock.release()

    def look(self) -> None:
        """Some window, command or starter looks; it may die in the middle of it."""
        try:
            self.line().start_next()
        except _StarterDied:
            self.starter_dies = False


def _submit(machine: _Machine, project: Path, number: int) -> RunFolder:
    run = RunFolder(project / f"{number:03}")
    run.path.mkdir(parents=True)
    run.write_control(Control())
    machine.line().join(run)
    return run


def _one_story(home: Path, seed: int) -> None:
    """A random story; after every chapter the line is what a list would be."""
    chance = random.Random(seed)
    machine = _Machine(home / "home")
    projects = (home / "a", home / "b")
    runs: dict[str, RunFolder] = {}
    model: list[str] = []
    """Ids of those that wait, in order."""
    begun: list[str] = []
    cancelled: set[str] = set()
    lost: str | None = None
    """Marked as started by one who died."""
    device = "processor"
    for chapter in range(chance.randint(4, 16)):
        machine.now += 1
        event = chance.choice(("submit", "submit", "cancel", "reorder", "end", "crash", "starter dies", "late"))
        starts = False
        if event == "submit":
            run = _submit(machine, chance.choice(projects), len(runs))
            runs[run.id] = run
            model.append(run.id)
            starts = True
        elif event == "cancel" and model:
            gone = chance.choice(model)
            with machine.line().lock():
                runs[gone].write_control(replace(runs[gone].control(), stop=True))
            model.remove(gone)
            cancelled.add(gone)
        elif event == "reorder" and (waits := [one for one in model if one != lost]):
            moved = chance.choice(waits)
            mine = [one for one in waits if runs[one].path.parent == runs[moved].path.parent]
            to = chance.randrange(len(mine))
            machine.line().move(runs[moved], to)
            places = [i for i, one in enumerate(model) if one in mine]
            mine.remove(moved)
            mine.insert(to, moved)
            for place, one in zip(places, mine, strict=True):
                model[place] = one
        elif event in ("end", "crash") and machine.running:
            machine.end(device)
            starts = event == "end"  # after a crash with its starter, whoever looks next
        elif event == "starter dies" and model and not machine.running and lost is None:
            machine.starter_dies = True
            machine.look()
            lost = model[0]
        elif event == "late":
            machine.now += START_S
            starts = True
        if starts or chance.random() < 0.3:
            if lost is not None and event == "late":
                lost = None  # its starter is given up: it still is the first
            machine.look()
            if model and lost is None and len(begun) + 1 == len(machine.launched):
                begun.append(model.pop(0))
        waits = [one for one in model if one != lost]
        assert [run.id for run in machine.line().waiting()] == waits, (seed, chapter, event)
        assert machine.launched == begun, (seed, chapter, event)
        assert len(machine.running) <= 1
        assert lost is None or not machine.running
    # In the end everybody who was not cancelled has had a turn, once.
    while model:
        machine.now += START_S + 1
        if machine.running:
            machine.end(device)
        machine.look()
        begun.append(model.pop(0))
        assert machine.launched == begun, seed
    assert set(begun) == set(runs) - cancelled
    assert len(begun) == len(set(begun))
    machine.close()


def test_a_thousand_stories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trials: Callable[[int, int], int]) -> None:
    monkeypatch.setattr("os.fsync", lambda _file: None)  # the disk is not what is tried
    for seed in range(trials(120, 1000)):
        _one_story(tmp_path / str(seed), seed)


def test_each_device_has_a_run_of_its_own(tmp_path: Path) -> None:
    machine = _Machine(tmp_path / "home", ("card-0", "card-1"))
    for number in range(4):
        _submit(machine, tmp_path / "a", number)
        machine.look()
    assert machine.running == {"card-0": "000", "card-1": "001"}
    machine.end("card-1")
    machine.look()
    assert machine.running == {"card-0": "000", "card-1": "002"}
    assert [run.id for run in machine.line().waiting()] == ["003"]
    machine.close()


def test_one_that_cannot_be_started_has_failed_and_the_others_keep_their_places(tmp_path: Path) -> None:
    machine = _Machine(tmp_path / "home")
    runs = [_submit(machine, tmp_path / "a", number) for number in range(3)]
    machine.refuses = True
    assert machine.line().start_next() == {}
    (said,) = runs[0].replay()
    assert isinstance(said, RunFinished)
    assert said.state == "failed"
    assert machine.line().waiting() == runs[1:]
    machine.refuses = False
    assert list(machine.line().start_next()) == [runs[1]]
    machine.close()


def test_one_whose_device_is_taken_goes_back_to_its_place(tmp_path: Path) -> None:
    machine = _Machine(tmp_path / "home")
    first, second = (_submit(machine, tmp_path / "a", number) for number in range(2))
    taken = machine.line().take()
    assert taken == (first, "processor")
    assert machine.line().take() is None
    machine.line().put_back(first)
    machine.line().begun("processor")
    assert machine.line().waiting() == [first, second]


def test_a_project_that_came_from_elsewhere_is_noticed_and_one_that_left_is_forgotten(tmp_path: Path) -> None:
    machine = _Machine(tmp_path / "home")
    run = _submit(machine, tmp_path / "a", 1)
    (tmp_path / "a").rename(tmp_path / "moved")
    assert machine.line().waiting() == []
    assert machine.line().start_next() == {}
    line = machine.line()
    line.look(tmp_path / "moved")
    moved = RunFolder(tmp_path / "moved" / run.id)
    assert line.waiting() == [moved]
    with pytest.raises(JobFailed, match="does not wait"):
        line.move(run, 0)
    assert list(line.start_next()) == [moved]
    machine.close()


def test_the_line_of_this_machine_lies_with_the_data_of_the_person() -> None:
    line = waiting.of_machine()
    assert line.devices
    assert line.take() is None
    assert not line.home.exists()
