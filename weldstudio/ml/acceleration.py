"""What makes steps quicker on a graphics card: 16 bits, copies that nobody waits for, the next batch made meanwhile.

On the processor none of it is used: there 16 bits are slower or not the same digits, and a thread that decodes while
others compute takes the cores from them.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

import torch
from torch import Tensor, nn

COMPILER = "inductor"
Plan = TypeVar("Plan")
Batch = TypeVar("Batch")


class Precision:
    """In how many bits a network computes while it is trained; weights, losses and the optimiser keep 32."""

    def __init__(self, device: torch.device, *, mixed: bool, kind: torch.dtype | None = None) -> None:
        """`mixed`: 16 bits on a graphics card, bfloat16 where it has them; `kind` asks for one of them by name."""
        self.device = device
        self.kind = kind
        if kind is None and mixed and device.type == "cuda":
            self.kind = torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
        # float16 ends at 65,504 and begins at 6e-8: gradients are scaled into it, and steps that leave it are skipped.
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.kind is torch.float16)

    def computing(self) -> AbstractContextManager[object]:
        """Inside, layers that are safe in 16 bits compute in them."""
        return nullcontext() if self.kind is None else torch.autocast(self.device.type, dtype=self.kind)

    def step(self, optimiser: torch.optim.Optimizer, parameters: Sequence[nn.Parameter], *, clip: float) -> None:
        """A step of the optimiser on gradients of `scaler.scale(loss)`, shortened to `clip` where that is not 0."""
        if clip:
            self.scaler.unscale_(optimiser)
            nn.utils.clip_grad_norm_([p for p in parameters if p.grad is not None], clip)
        self.scaler.step(optimiser)
        self.scaler.update()


def compiled(network: nn.Module) -> Callable[[Tensor, int], Tensor]:
    """The network as kernels of its own; they are made at the first call, which may raise RuntimeError."""
    made: Callable[[Tensor, int], Tensor] = torch.compile(network, backend=COMPILER)
    return made


def carried(tensor: Tensor, device: torch.device) -> Tensor:
    """A tensor on the device. A graphics card fetches it from pinned memory while the processor goes on."""
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def made_ahead(plan: Iterator[Plan], make: Callable[[Plan], Batch], *, ahead: bool) -> Iterator[Batch]:
    """What is made of each item of a plan, in order; with `ahead` the next is made while this one is used."""
    if not ahead:
        yield from map(make, plan)
        return
    with ThreadPoolExecutor(1, "batches") as pool:
        futures = (pool.submit(make, item) for item in plan)
        waiting = next(futures, None)
        while waiting is not None:
            batch = waiting.result()
            waiting = next(futures, None)
            yield batch
