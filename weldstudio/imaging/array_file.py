"""Named arrays in one file, as numpy writes them: replaced as a whole, and what reading a damaged one raises."""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

DAMAGED: Final = (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile)
"""Whatever `np.load`, and taking an array out of what it opens, raise for a file that is not whole or not there."""


def write(file: Path, values: Mapping[str, Any]) -> None:
    """Replaces the file. Raises OSError; the former one stands until the new one is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as opened:
            np.savez(opened, **values)
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise
