"""Limit of a training step: fine-tune all layers on random batches in memory, channels last; median photos/s.

Usage: training_limit.py SIZE BATCH
"""

import time

import networks
import rounds
import torch

STEPS = 3


def measure() -> dict[str, object]:
    """A few steps; the median of their rates."""
    rates = sorted(step() for _ in range(STEPS))
    return {"value": rates[len(rates) // 2], "unit": "photos/s"}


def step() -> float:
    """Forward, backward, update."""
    begin = time.perf_counter()
    optimiser.zero_grad(set_to_none=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(model(inputs), targets)
    loss.backward()
    optimiser.step()
    loss.item()
    return batch / (time.perf_counter() - begin)


if __name__ == "__main__":
    size, batch = map(int, rounds.arguments())
    model = networks.network().train().to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    inputs = torch.randn(batch, 3, size, size, device=networks.DEVICE).contiguous(memory_format=torch.channels_last)
    targets = (torch.rand(batch, networks.FLAGS, device=networks.DEVICE) < 0.3).float()
    step()
    rounds.serve(measure)
