"""Who is writing: a name for this process, by which others can tell whether it still lives."""

import os
import platform
import secrets
import sys

_TOKEN = secrets.token_hex(4)
"""Tells this process from an earlier one that had its number, as happens when a container starts again."""


def own_name() -> str:
    """Names this process: machine, process number, token."""
    return f"{platform.node()}:{os.getpid()}:{_TOKEN}"


def lives(name: str) -> bool:
    """Whether the process of this name runs. In doubt, as with another machine's, it does."""
    machine, pid, token = name.rsplit(":", 2)
    if machine != platform.node():
        return True
    if int(pid) == os.getpid():
        return token == _TOKEN
    return process_lives(int(pid))


def process_lives(pid: int) -> bool:
    """Whether a process of this number runs on this machine."""
    if sys.platform == "win32":
        import ctypes

        synchronize = 0x00100000  # the least right there is
        handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, pid)
        if handle:
            still_running = ctypes.windll.kernel32.WaitForSingleObject(handle, 0) != 0
            ctypes.windll.kernel32.CloseHandle(handle)
            return bool(still_running)
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
