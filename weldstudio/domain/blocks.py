"""Work on many rows, block by block, the blocks dealt to the cores.

A BLAS with threads of its own lets them spin while they wait for each other. Beside any other busy process a refit by
such products took four to twenty times as long as on one core, so children give BLAS one thread
(`jobs.process.environment`) and what is large is shared out here. A block also stays in the processor's cache while
more than one thing is done with it.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Found = TypeVar("Found")

BLOCK = 1 << 21
"""Numbers in a block: 8 MB in single precision."""


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[slice], Found], rows: int, width: int) -> Iterator[Found]:
    """What `work` answers for each block of `rows` rows of `width` numbers, in their order.

    `work` runs in several threads at once; numpy lets others run meanwhile.
    """
    long = max(256, BLOCK // max(1, width))
    parts = [slice(start, min(start + long, rows)) for start in range(0, rows, long)]
    threads = min(cores(), len(parts))
    if threads < 2:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(threads, "blocks") as pool:
        yield from pool.map(work, parts)
