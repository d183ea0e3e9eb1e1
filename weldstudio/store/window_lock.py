"""Which window has a project: read from the file by which windows shut each other out, without Qt that writes it."""

import os
import platform
from pathlib import Path

from weldstudio.store.writer import process_lives

LOCK = "window.lock"


def holder(folder: Path) -> tuple[int, str] | None:
    """Process number and machine of the window of another process that has the project open for writing, or None.

    In doubt, as with another machine's window, it lives.
    """
    try:
        lines = (folder / LOCK).read_text(encoding="utf-8", errors="replace").splitlines()
        number, host = int(lines[0]), lines[2]
    except (OSError, IndexError, ValueError):
        return None
    if host == platform.node() and (number == os.getpid() or not process_lives(number)):
        return None
    return number, host
