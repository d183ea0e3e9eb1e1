"""Our import's first pass: from the call to the last row stored, into a new project; in s.

Usage: import_ours.py FOLDER, as made by photos.py --links.
"""

import tempfile
import time
from pathlib import Path

import rounds

from weldstudio.store import photos
from weldstudio.studio import importing, projects


def measure() -> dict[str, object]:
    """One collection into one new project."""
    with tempfile.TemporaryDirectory() as folder, projects.create(Path(folder) / "project") as store:
        begin = time.perf_counter()
        work = importing.import_photos(store, many, who="bench")
        while next(work).done < wanted:
            pass
        taken = time.perf_counter() - begin
        work.close()  # before the second pass, which reads the files themselves
        rows = photos.count(store)
    if rows != wanted:
        raise SystemExit(f"{rows} of {wanted} photos were stored")
    return {"value": taken, "unit": "s", "rows": rows}


if __name__ == "__main__":
    many = Path(rounds.arguments()[0]) / "many"
    wanted = sum(1 for _ in many.glob("*/*.jpg"))
    rounds.serve(measure)
