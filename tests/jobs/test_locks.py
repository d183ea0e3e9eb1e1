"""A lock is one process's, and the system lets go of it when that one dies."""

import subprocess
import sys
from pathlib import Path

from weldstudio.jobs import process
from weldstudio.jobs.locks import FileLock

_HOLDER = """
import sys, time
from pathlib import Path
from weldstudio.jobs.locks import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.take(), flush=True)
time.sleep(600)
"""


def test_it_is_held_once_and_freed_by_death(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(file)], stdout=subprocess.PIPE, text=True, env=process.environment()
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "True"
        lock = FileLock(file)
        assert not lock.take()
        holder.kill()
        holder.wait()
        assert lock.take()
        lock.release()
        lock.release()
        with lock:
            assert not FileLock(file).take()
        assert lock.take()
        lock.release()
    finally:
        holder.kill()
        holder.communicate()


def test_a_disk_without_locks_does_not_stop_the_work(tmp_path: Path, monkeypatch) -> None:
    def refuse(_handle: int, _how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    lock = FileLock(tmp_path / "a.lock")
    assert lock.take()
    lock.release()
