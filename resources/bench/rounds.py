"""What every script here does with its measurement: one JSON line, or one for every line that it is sent."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence


def serve(measure: Callable[[], Mapping[str, object]]) -> None:
    """Measure once and print the result; with --serve say that all is prepared, then measure for every line read."""
    if "--serve" not in sys.argv:
        say(measure())
        return
    say({"ready": True})
    for _ in sys.stdin:
        say(measure())


def say(result: Mapping[str, object]) -> None:
    """One JSON line on stdout, at once."""
    print(json.dumps(result), flush=True)


def arguments() -> list[str]:
    """The words of the command line without --serve."""
    return [word for word in sys.argv[1:] if word != "--serve"]


def median_ms(work: Callable[[int], object], times: int) -> float:
    """Median time in ms of `work(i)` for i = 0 ... times - 1."""
    return statistics.median(each_ms(work, times))


def each_ms(work: Callable[[int], object], times: int) -> list[float]:
    """Time in ms of each `work(i)`."""
    taken = []
    for number in range(times):
        begin = time.perf_counter()
        work(number)
        taken.append(1000 * (time.perf_counter() - begin))
    return taken


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
