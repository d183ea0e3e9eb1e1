"""Our queues of joints: the photos of inbox, decisive and changed, in their order; median ms of the slowest."""

import our_joints
import rounds
import verdicts_data

from weldstudio.studio import reviewing

TIMES = 5


def select(queue: reviewing.Queue) -> None:
    """The photos of a queue, after a label: nothing that was counted before holds any more."""
    mirror.set_label([1], 0, verdicts_data.HAND | 2)
    reviewing.select(mirror, queue.filter, sort=queue.sort)


def measure() -> dict[str, object]:
    """Each queue TIMES times."""
    taken = {
        queue.id: rounds.median_ms(lambda _, q=queue: select(q), TIMES) for queue in reviewing.QUEUES if queue.by_joint
    }
    return {"value": max(taken.values()), "unit": "ms", **taken}


if __name__ == "__main__":
    mirror = our_joints.mirror()
    measure()
    rounds.serve(measure)
