"""Where Qt keeps how windows stood and how wide columns were; what a person chooses knowingly is in `Settings`."""

from PySide6.QtCore import QByteArray, QSettings

from weldstudio import paths


def kept(name: str) -> QByteArray | None:
    """What was kept under a name, if anything was."""
    value = _file().value(name)
    return value if isinstance(value, QByteArray) else None


def keep(name: str, value: QByteArray) -> None:
    """Write a state under a name. A file that cannot be written to is no reason to stop anything."""
    file = _file()
    file.setValue(name, value)
    file.sync()


def _file() -> QSettings:
    return QSettings(str(paths.user_config() / "layout.ini"), QSettings.Format.IniFormat)
