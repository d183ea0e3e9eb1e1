"""Our storing of a label: `labelling.set_state` for one photo and one flag, on the disk when it returns; median ms."""

import tempfile
from pathlib import Path

import our_project
import rounds

from weldstudio.domain.labelling import State
from weldstudio.studio import labelling

TIMES = 200


def measure() -> dict[str, object]:
    """TIMES labels, none of which is there yet."""
    taken = rounds.each_ms(store_label, TIMES)
    return {"value": sorted(taken)[TIMES // 2], "p95": rounds.percentile(taken, 0.95), "unit": "ms"}


def store_label(_: int) -> None:
    """The next photo's next flag."""
    number = next(numbers)
    photo, slot = 1 + number * 37 % our_project.PHOTOS, number % our_project.FLAGS
    state = State.RAISED if number // (our_project.PHOTOS * our_project.FLAGS) % 2 == 0 else State.CLEAR
    if labelling.set_state(store, [photo], slot, state, who="bench").action_id is None:
        raise SystemExit("a label was there already")


if __name__ == "__main__":
    numbers = iter(range(10**9))
    with tempfile.TemporaryDirectory() as folder, our_project.write(Path(folder) / "project") as store:
        measure()
        rounds.serve(measure)
