"""Hybrid logical time: wall-clock time that never runs backwards, so that actions of several desks have one order.

Source: Kulkarni, Demirbas et al., *Logical Physical Clocks*, OPODIS 2014, reduced to one integer.
"""

import time
from dataclasses import dataclass

COUNTER_BITS = 16


@dataclass(slots=True)
class HybridClock:
    """Hands out strictly increasing integers: milliseconds since 1970 in the upper bits, a counter in the lower 16."""

    last: int = 0

    def tick(self) -> int:
        """The time of a new action; greater than every time handed out or seen before."""
        self.last = max(time.time_ns() // 1_000_000 << COUNTER_BITS, self.last + 1)
        return self.last

    def see(self, other: int) -> None:
        """Takes note of a time read from the store or from another desk."""
        self.last = max(self.last, other)


def hybrid(seconds: float) -> int:
    """The hybrid time of a moment, in seconds since 1970: all that is done later has a greater one."""
    return int(seconds * 1000) << COUNTER_BITS


def wall_seconds(clock: int) -> float:
    """Seconds since 1970 of a hybrid time, for showing to people."""
    return (clock >> COUNTER_BITS) / 1000
