"""Our drawing: photographs of welds at 640x480, saved as JPEG; ms of processor time per photo, in one thread."""

import tempfile
import time
from pathlib import Path

import rounds

from weldstudio.imaging.drawn.collection import plan, write


def measure() -> dict[str, object]:
    """All of them once, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.process_time()
        for _ in write(Path(folder), photos):
            pass
        taken = time.process_time() - begin
    return {"value": 1000 * taken / len(photos), "unit": "ms"}


if __name__ == "__main__":
    photos = plan(40, seed=1, balanced=True, bluebox_share=0)
    # The tiles of noise are made once per process; then there is only drawing.
    measure()
    rounds.serve(measure)
