"""Where things lie: what is shipped with the program, and what belongs to the person using it.

This module alone knows that `resources/` and `models/` stand beside the package in a checkout and inside it
in an installed wheel. The folders of the person follow each system's custom; the environment variable
`WELDSTUDIO_HOME` moves all three below one folder (tests do that, and so can a portable installation).
Nothing is created here: whoever writes a file makes its folder.
"""

import os
from pathlib import Path

import platformdirs

_NAME = "weldstudio"
_HERE = Path(__file__).resolve().parent


def resources() -> Path:
    """The folder with schemes, recipes, icons, help and bench scripts; read-only."""
    return _shipped("resources")


def shipped_models() -> Path:
    """The folder with the models that come with the program, one folder each; read-only."""
    return _shipped("models")


def user_data() -> Path:
    """What is worth a backup and lies in no project: the demo, weights that were fetched."""
    return _home("data") or Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def user_config() -> Path:
    """Where the settings file lies."""
    return _home("config") or Path(platformdirs.user_config_dir(_NAME, appauthor=False))


def user_cache() -> Path:
    """What may be deleted at any time: logs, and whatever can be made again."""
    return _home("cache") or Path(platformdirs.user_cache_dir(_NAME, appauthor=False))


def settings_file() -> Path:
    """The one settings file of this person on this machine."""
    return user_config() / "settings.json"


def log_file() -> Path:
    """Where the window writes its log."""
    return user_cache() / "log" / "window.txt"


def _home(kind: str) -> Path | None:
    home = os.environ.get("WELDSTUDIO_HOME")
    return Path(home).expanduser() / kind if home else None


def _shipped(name: str) -> Path:
    inside = _HERE / name
    if inside.is_dir():
        return inside
    return _HERE.parent / name
