"""From the command line's words to a window, a command, or a child; each branch imports its own.

The way to the window is kept short on purpose: neither click nor anything that commands need is imported
before it is painted.
"""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from weldstudio import log, paths


def main(argv: Sequence[str] | None = None) -> int:
    """Run what `argv` (without the program's name) asks for and return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["--child"]:
        # A child speaks JSON on stdout; its log goes to stderr, which its parent keeps.
        log.configure()
        if arguments[1:2] == ["launch"]:
            from weldstudio.jobs import launcher

            return launcher.main(Path(arguments[2]), *arguments[3:])
        if arguments[1:2] == ["paper"]:
            from weldstudio.gui.models import report_pdf

            return report_pdf.main(arguments[2:])
        if arguments[1:2] == ["curves"]:
            from weldstudio.gui.train import drawing

            return drawing.main(arguments[2:])
        from weldstudio.jobs import child

        return child.main(arguments[1:])
    if not arguments:
        return open_window(None)
    if len(arguments) == 2 and arguments[0] == "open" and not arguments[1].startswith("-"):
        return open_window(Path(arguments[1]))
    log.configure(level=logging.WARNING)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported; see `domain.blocks`
    from weldstudio.cli import main as command_line

    return command_line.run(arguments, open_window=open_window, write_sheet=write_sheet)


def open_window(
    project: Path | None, *, tour: Path | None = None, theme: str = "", say: Callable[[str], object] | None = None
) -> int:
    """Open the window, on the folder `project` or on the welcome page, and return when it is closed.

    With `tour` the window goes round by itself, without a display too; what it saw is put into that folder, and
    `say` is told of each step.
    """
    if tour is not None and project is not None:
        if not _has_screen():
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        log.configure(file=paths.log_file())
        from weldstudio.gui.tour import run as tour_run

        return tour_run.run(project, tour, theme=theme, say=say or print)
    if not _has_screen():
        sys.stderr.write(
            "There is no display here, so no window can open (neither DISPLAY nor WAYLAND_DISPLAY is set). "
            "All else works without one: weldstudio --help\n"
        )
        return 1
    log.configure(file=paths.log_file())
    from weldstudio.gui import app

    return app.open_window(project)


def write_sheet(sheet: Any, file: Path, *, paper: str, across: bool) -> Any:
    """Write a contact sheet (`studio.sheets.Sheet`) as a PDF, step by step; needs no display."""
    from weldstudio.gui import contact_sheet

    return contact_sheet.write_pdf(sheet, file, contact_sheet.paper_of(paper, across=across))


def _has_screen() -> bool:
    """Whether Qt finds something to paint on; it ends the whole process, with a core dump, where it does not."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in named)


if __name__ == "__main__":
    sys.exit(main())
