"""Where a project lies: whether on a network share, where the fast and safe journal of SQLite does not work."""

import subprocess
import sys
from pathlib import Path

_NETWORK_TYPES = (
    "nfs",
    "cifs",
    "smb",
    "afp",
    "9p",
    "fuse.sshfs",
    "fuse.rclone",
    "webdav",
    "davfs",
    "glusterfs",
    "ceph",
)
_REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW


def on_network(folder: Path) -> bool:
    """Whether `folder` lies on a network share. False where it cannot be told."""
    if sys.platform == "win32":
        return _on_network_windows(folder)
    if sys.platform == "darwin":
        return any(kind_is_network(kind) for kind in _mount_kinds(folder, _mounts_of_mac()))
    return any(kind_is_network(kind) for kind in _mount_kinds(folder, _mounts_of_linux()))


def kind_is_network(kind: str) -> bool:
    """Whether a file system of this name ('nfs4', 'cifs', 'smbfs') is one over a network."""
    return kind.startswith(_NETWORK_TYPES)


def _mount_kinds(folder: Path, mounts: list[tuple[str, str]]) -> list[str]:
    """The kind of the mount that holds `folder`: of the mounts (path, kind) above it the deepest, as a list of one."""
    whole = folder.resolve()
    above = [(path, kind) for path, kind in mounts if whole == Path(path) or Path(path) in whole.parents]
    return [max(above, key=lambda mount: len(mount[0]))[1]] if above else []


def _mounts_of_linux() -> list[tuple[str, str]]:
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        parts = line.split()
        if len(parts) >= 3:
            found.append((parts[1].replace("\\040", " "), parts[2]))
    return found


def _mounts_of_mac() -> list[tuple[str, str]]:
    try:
        listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return []
    found = []
    for line in listed.splitlines():  # "//ann@server/share on /Volumes/share (smbfs, nodev, ...)"
        _, _, rest = line.partition(" on ")
        path, _, kinds = rest.rpartition(" (")
        if path:
            found.append((path, kinds.split(",")[0].rstrip(")")))
    return found


if sys.platform == "win32":

    def _on_network_windows(folder: Path) -> bool:
        import ctypes

        drive = folder.resolve().drive
        return drive.startswith("\\\\") or bool(ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _REMOTE_DRIVE)
