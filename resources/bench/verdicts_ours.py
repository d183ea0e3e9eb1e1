"""Our verdicts of all joints: rules of flags, groups, ranges, limits by contractor and day; median ms."""

import our_joints
import rounds
import verdicts_data

from weldstudio.studio import deciding

TIMES = 5


def verdicts() -> None:
    """All verdicts, after a label: nothing that was counted before holds any more."""
    mirror.set_label([1], 0, verdicts_data.HAND | 2)
    deciding.outcomes(mirror)


def measure() -> dict[str, object]:
    """All verdicts, TIMES times."""
    return {"value": rounds.median_ms(lambda _: verdicts(), TIMES), "unit": "ms"}


if __name__ == "__main__":
    mirror = our_joints.mirror()
    measure()
    rounds.serve(measure)
