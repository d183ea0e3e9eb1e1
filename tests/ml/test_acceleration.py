"""What a graphics card is given, as far as a processor can show it: the same steps, in another precision or order."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.ml.taught import SMALL, manifest_of, of, run
from tests.photos import make_collection
from weldstudio.domain.messages import Evaluated
from weldstudio.ml import acceleration
from weldstudio.ml.acceleration import Precision, carried, made_ahead

CPU = torch.device("cpu")


def _steps(precision: Precision, *, clip: float, steps: int = 12) -> list[float]:
    """Losses of a small network that learns one batch."""
    torch.manual_seed(3)
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 2))
    x, target = torch.randn(16, 3, 8, 8), torch.arange(16) % 2
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(steps):
        optimiser.zero_grad()
        with precision.computing():
            logits = network(x).float()
        loss = nn.functional.cross_entropy(logits, target)
        precision.scaler.scale(loss).backward()
        precision.step(optimiser, list(network.parameters()), clip=clip)
        losses.append(float(loss.detach()))
    return losses


@pytest.mark.parametrize("clip", [0.0, 0.5])
def test_sixteen_bits_learn_as_thirty_two_do(clip: float) -> None:
    full = _steps(Precision(CPU, mixed=True), clip=clip)
    for kind in (torch.bfloat16, torch.float16):
        mixed = Precision(CPU, mixed=True, kind=kind)
        assert mixed.scaler.is_enabled() == (kind is torch.float16)
        found = _steps(mixed, clip=clip)
        assert found != full
        assert found == pytest.approx(full, abs=0.05)
        assert found[-1] < 0.5 * found[0]


def test_a_processor_computes_in_thirty_two_bits() -> None:
    assert Precision(CPU, mixed=True).kind is None
    assert not Precision(CPU, mixed=True).scaler.is_enabled()


def test_the_next_batch_is_made_while_this_one_is_used() -> None:
    made: list[int] = []
    second = threading.Event()

    def make(number: int) -> int:
        made.append(number)
        if number == 1:
            second.set()
        return 10 * number

    plan: Iterator[int] = iter(range(4))
    batches = made_ahead(plan, make, ahead=True)
    assert next(batches) == 0
    assert second.wait(10)
    assert list(batches) == [10, 20, 30]
    assert made == [0, 1, 2, 3]
    assert list(made_ahead(iter(range(4)), make, ahead=False)) == [0, 10, 20, 30]
    assert list(made_ahead(iter(()), make, ahead=True)) == []


def test_what_fails_ahead_fails_where_it_would_be_used() -> None:
    def make(number: int) -> int:
        if number == 1:
            raise ValueError("the second")
        return number

    batches = made_ahead(iter(range(3)), make, ahead=True)
    assert next(batches) == 0
    with pytest.raises(ValueError, match="the second"):
        next(batches)


def test_leaving_early_leaves_no_thread() -> None:
    batches = made_ahead(iter(range(100)), lambda number: number, ahead=True)
    assert next(batches) == 0
    batches.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("batches")]


def test_what_is_carried_is_the_same() -> None:
    tensor = torch.arange(6)
    assert torch.equal(carried(tensor, CPU), tensor)


def _unable(_graph: object, _inputs: object) -> object:
    raise RuntimeError("no C++ compiler")


def test_a_compiled_network_learns_the_same_and_one_that_cannot_be_compiled_is_used_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_collection(tmp_path / "photos", 30, size=(40, 32), one_each=True)
    losses = {}
    for name, compiler, wanted in (("plain", "", "false"), ("compiled", "eager", "true"), ("unable", _unable, "true")):
        monkeypatch.setattr(acceleration, "COMPILER", compiler)
        values = {"schedule__epochs": "1", "schedule__compiled": wanted, "schedule__clip": "1"}
        said = run(SMALL, manifest_of(made), tmp_path / name, **values)
        assert said[-1].state == "done"
        losses[name] = [point.loss for point in of(Evaluated, said)]
    assert losses["compiled"] == pytest.approx(losses["plain"], rel=1e-4)
    assert losses["unable"] == losses["plain"]
