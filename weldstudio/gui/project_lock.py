"""Which window may write into a project: the first one; later ones may look. Limits windows, not commands."""

import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile

LOCK: Final = "window.lock"
READ_ONLY: Final = "This window only looks on, so nothing was changed; open the project for writing first."


class ProjectLock:
    """At most one project, held for this window."""

    def __init__(self) -> None:
        self._lock: QLockFile | None = None

    def take(self, folder: Path) -> str:
        """Take the project for this window; '' or, as a sentence, why it can only be looked at."""
        self.release()
        lock = QLockFile(str(folder / LOCK))
        lock.setStaleLockTime(0)  # only a process that is gone loses its lock, never a slow one
        if lock.tryLock(0) and os.access(folder, os.W_OK):
            self._lock = lock
            return ""
        if lock.error() == QLockFile.LockError.LockFailedError:
            pid, host, _name = lock.getLockInfo()
            return f"{folder.name} is open in another weldstudio window (process {pid} on {host})."
        return f"{folder.name} lies in a folder that cannot be written to."

    def release(self) -> None:
        """Let go of it; a window that only looked on may then open it for writing."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None
