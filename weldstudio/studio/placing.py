"""Putting files where a person wants them: whole or not at all, and nothing half left when the disk is full."""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from weldstudio.domain.errors import UserError

_QUOTED = frozenset(',;\t"\r\n')


class ExportRefused(UserError):
    """The export cannot be made as asked; nothing was written."""


@contextmanager
def replaced(file: Path) -> Iterator[IO[str]]:
    """A text file that takes the place of `file` when the block ends well; otherwise nothing is left of it.

    Raises ExportRefused for what the disk refuses.
    """
    made = make_folder(file.parent)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    placed = False
    try:
        with part.open("x", encoding="utf-8", newline="") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        part.replace(file)
        placed = True
    except OSError as error:
        raise disk_refused(file, error) from error
    finally:
        if not placed:
            part.unlink(missing_ok=True)
            remove_made(made)


def disk_refused(dest: Path, error: OSError) -> ExportRefused:
    """What to tell a person when `dest` cannot be written."""
    return ExportRefused(f"{dest} cannot be written ({error.strerror or error}); nothing was left there.")


def remove_made(folders: Sequence[Path]) -> None:
    """Take away folders that this export made, as far as they are empty."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return  # somebody else put something there


def make_folder(folder: Path) -> list[Path]:
    """Make a folder and those above it; returns the new ones, the innermost first. Raises ExportRefused."""
    missing = []
    at = folder
    while not at.exists():
        missing.append(at)
        at = at.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_refused(folder, error) from error
    return missing


def free_bytes(folder: Path) -> int:
    """Room on the disk that holds `folder`."""
    return shutil.disk_usage(folder).free


def line_of(cells: Iterable[str]) -> str:
    """One line of a CSV file, RFC 4180, ended by a bare line feed."""
    return ",".join(map(_cell, cells)) + "\n"


def _cell(text: str) -> str:
    """A cell; quoted where it holds a separator of any dialect, or blanks that a reader might take for padding."""
    if _QUOTED & set(text) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
