"""Our verdicts of all joints: rules of flags, groups, ranges, limits by contractor and day; median ms.

Worked out anew, and after a label, when only its joint is.
"""

import our_joints
import rounds
import verdicts_data

from weldstudio.studio import deciding

TIMES = 5


def anew(_: int) -> None:
    """All verdicts, of which nothing is known."""
    mirror.tallied.clear()
    deciding.outcomes(mirror)


def after_a_label(number: int) -> None:
    """All verdicts, after one photo was labelled."""
    mirror.set_label([1 + number], 0, verdicts_data.HAND | (1 + number % 2))
    deciding.outcomes(mirror)


def measure() -> dict[str, object]:
    """Both, TIMES times."""
    return {
        "value": rounds.median_ms(anew, TIMES),
        "after a label": rounds.median_ms(after_a_label, TIMES),
        "unit": "ms",
    }


if __name__ == "__main__":
    mirror = our_joints.mirror()
    measure()
    rounds.serve(measure)
