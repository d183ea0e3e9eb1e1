"""How fast a training goes."""

import time


class Pace:
    """Time spent in training steps alone, and photos a second over the last few of them."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.rate = 0.0
        self._last = time.monotonic()

    def count(self, photos: int) -> None:
        """A step on so many photos has ended."""
        now = time.monotonic()
        took = max(now - self._last, 1e-9)
        self.seconds += took
        rate = photos / took
        self.rate = rate if not self.rate else 0.8 * self.rate + 0.2 * rate
        self._last = now

    def restart(self) -> None:
        """The next step begins now; what came since the last one was something else."""
        self._last = time.monotonic()
