"""What commands cannot do by themselves, as they know nothing of Qt: `weldstudio.__main__` lends them these hands."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weldstudio.domain.changes import Progress

OpenWindow = Callable[..., int]
"""`open_window(project or None)`; see `weldstudio.__main__`."""
WriteSheet = Callable[..., "Generator[Progress, None, int]"]
"""`write_sheet(sheet, file, paper=, across=)` writes a PDF and returns the number of its pages."""


def no_sheet(_sheet: Any, _file: Path, **_how: Any) -> "Generator[Progress, None, int]":
    """Where nobody paints."""
    raise NotImplementedError("nobody here can paint a sheet")


@dataclass(frozen=True, slots=True)
class Hands:
    """The context's object of all commands."""

    open_window: OpenWindow
    write_sheet: WriteSheet
