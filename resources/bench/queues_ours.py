"""Our queues: their photos in the order to work in, after a label; median ms of the slowest."""

import numpy as np
import our_joints
import rounds
import verdicts_data

from weldstudio.domain.review import Drawn, Look, Review, Standing, states_of
from weldstudio.store.mirror import Mirror
from weldstudio.studio import reviewing

TIMES = 5
WHO = "Ann"
REVIEWED, LOOKS, AUDITED = 60_000, 12_000, 5_000


def review(seen: Mirror) -> None:
    """Half of the photos reviewed or returned, a tenth looked at twice, an audit sample."""
    ids = np.random.default_rng(5).permutation(seen.ids).tolist()
    labels = bytes([verdicts_data.HAND | 1]) * verdicts_data.FLAGS
    rows = seen.rows(ids[:REVIEWED])
    for n, (photo, row) in enumerate(zip(ids[:REVIEWED], rows.tolist(), strict=True)):
        said = Standing.RETURNED if n % 20 == 0 else Standing.REVIEWED
        held = states_of(seen.labels[row].tobytes())
        seen.reviews.states[photo] = Review(said, "Bea", n, held, WHO, "look again")
    for n, photo in enumerate(ids[:LOOKS]):
        seen.reviews.looks[photo] = {WHO: Look(labels, n % 2, labels[::-1], "Bea")}
    for photo in ids[:AUDITED]:
        seen.reviews.audits[photo] = {"a draw": Drawn(REVIEWED // 2, labels)}


def select(queue: reviewing.Queue, number: int) -> None:
    """The photos of a queue, after a label."""
    mirror.set_label([1 + number], 0, verdicts_data.HAND | (1 + number % 2))
    reviewing.select(mirror, queue.filter, sort=queue.sort)


def select_anew(queue: reviewing.Queue) -> None:
    """The photos of a queue of which nothing is known."""
    mirror.tallied.clear()
    reviewing.select(mirror, queue.filter, sort=queue.sort)


def measure() -> dict[str, object]:
    """Each queue TIMES times, and once with nothing known before."""
    queues = reviewing.queues(WHO)
    first = max(rounds.median_ms(lambda _, q=queue: select_anew(q), 1) for queue in queues)
    [select(queue, 0) for queue in queues]
    taken = {queue.id: rounds.median_ms(lambda n, q=queue: select(q, n), TIMES) for queue in queues}
    return {"value": max(taken.values()), "unit": "ms", "anew": first, **taken}


if __name__ == "__main__":
    mirror = our_joints.mirror()
    review(mirror)
    measure()
    rounds.serve(measure)
