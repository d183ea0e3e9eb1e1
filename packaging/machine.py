"""What this machine brings along: a display, the system libraries that Qt needs, and a way to install them.

Standard library only. The libraries are asked for by loading them, as Qt would, so the answer is the truth
whatever package they came from.
"""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

APT, DNF, PACMAN, ZYPPER = "apt-get", "dnf", "pacman", "zypper"

# Library → the package that holds it, for apt-get, dnf, pacman, zypper. Qt's core needs the first group whatever
# it draws on; the second is needed by its X11 platform, and by Wayland's the third.
LIBRARIES: dict[str, tuple[str, str, str, str]] = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd", "libglvnd"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd", "libglvnd"),
    "libX11.so.6": ("libx11-6", "libX11", "libx11", "libX11-6"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "freetype2", "libfreetype6"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2", "libglib-2_0-0"),
    "libz.so.1": ("zlib1g", "zlib", "zlib", "libz1"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libx11", "libX11-xcb1"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util", "xcb-util", "libxcb-util1"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image", "libxcb-image0"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1"),
    "libxcb-render-util.so.0": (
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
        "libxcb-render-util0",
    ),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb", "libxcb-randr0"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb", "libxcb", "libxcb-render0"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb", "libxcb", "libxcb-shm0"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb", "libxcb-sync1"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb", "libxcb-xfixes0"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb", "libxcb-xkb1"),
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "wayland", "libwayland-client0"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland", "libwayland-cursor0"),
}
FONT_PACKAGE = ("fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu", "dejavu-fonts")
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
_INSTALL = {
    APT: ["apt-get", "install", "-y", "--no-install-recommends"],
    DNF: ["dnf", "install", "-y"],
    PACMAN: ["pacman", "-S", "--noconfirm", "--needed"],
    ZYPPER: ["zypper", "--non-interactive", "install"],
}


def has_display() -> bool:
    """Whether a window could be shown; other systems than Linux are taken to have a screen."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@dataclass(frozen=True)
class Wanting:
    """What Qt lacks here: library names, and whether not one font is installed."""

    libraries: tuple[str, ...]
    fonts: bool

    def __bool__(self) -> bool:
        return bool(self.libraries) or self.fonts

    def __str__(self) -> str:
        return ", ".join([*self.libraries, *(["any font"] if self.fonts else [])])

    def packages(self, manager: str) -> list[str]:
        """The packages of `manager` that bring it, each once."""
        column = (APT, DNF, PACMAN, ZYPPER).index(manager)
        names = [LIBRARIES[library][column] for library in self.libraries]
        return list(dict.fromkeys([*names, *([FONT_PACKAGE[column]] if self.fonts else [])]))


def wanting() -> Wanting:
    """What Qt lacks here; nothing on other systems than Linux, where the wheels bring all they need."""
    if not sys.platform.startswith("linux"):
        return Wanting((), fonts=False)
    return Wanting(tuple(library for library in LIBRARIES if not _loads(library)), fonts=not _has_font())


def package_manager() -> str | None:
    """The first that is here of those whose package names are known."""
    return next((manager for manager in (APT, DNF, PACMAN, ZYPPER) if shutil.which(manager)), None)


def may_install() -> list[str] | None:
    """What to put before an install command, so that it may run without a question; None if nothing can."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asked = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
    return [sudo, "-n"] if asked.returncode == 0 else None


def install_command(manager: str, packages: list[str]) -> str:
    """The command a person would type."""
    return shlex.join(["sudo", *_INSTALL[manager], *packages])


def install(packages: list[str], *, manager: str, before: list[str]) -> bool:
    """Install by the system's package manager, showing the command and what it says; whether it went well."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    commands = [[*before, *_INSTALL[manager], *packages]]
    if manager == APT:
        # A fresh machine has no lists yet, an old one stale ones.
        commands.insert(0, [*before, "apt-get", "update"])
    for command in commands:
        print(f"  $ {shlex.join(command)}", flush=True)
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        if done.returncode != 0 and command is commands[-1]:
            print((done.stdout + done.stderr)[-2000:])
            return False
    return True


def qt_loads(python: Path) -> str | None:
    """Load Qt's widgets and its platform plugin in `python`; what the loader complains of, or None."""
    if not sys.platform.startswith("linux"):
        code = "import PySide6.QtWidgets"
    else:
        code = (
            "import ctypes, pathlib, PySide6.QtWidgets, PySide6.QtSvg\n"
            "plugins = pathlib.Path(PySide6.QtCore.QLibraryInfo.path("
            "PySide6.QtCore.QLibraryInfo.LibraryPath.PluginsPath), 'platforms')\n"
            "for name in ('libqxcb.so', 'libqoffscreen.so'): ctypes.CDLL(str(plugins / name))"
        )
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_font() -> bool:
    return any(
        name.lower().endswith((".ttf", ".otf", ".ttc", ".pfb"))
        for folder in _FONT_FOLDERS
        for _, _, names in os.walk(Path(folder).expanduser())
        for name in names
    )
