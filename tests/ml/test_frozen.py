"""Frozen stages see each photo once, and what is learned behind them is what would have been learned through them."""

import itertools
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.ml.taught import SMALL, manifest_of, of, run
from tests.photos import MadeCollection, make_collection
from weldstudio.domain.messages import Evaluated, Step
from weldstudio.domain.split import Split
from weldstudio.ml import dataset
from weldstudio.ml.architectures import Network

FROZEN = {"network__freeze": "1", "schedule__epochs": "4", "network__dropout": "0.2"}
MODEL = "model/weights.safetensors"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("photos"), 45, size=(40, 32), one_each=True)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many photos pass the first stage, call by call."""
    counts: list[int] = []
    through = Network.feature_map

    def counting(network: Network, x: torch.Tensor, start: int = 0, stop: int | None = None) -> torch.Tensor:
        if start == 0:
            counts.append(len(x))
        return through(network, x, start, stop)

    monkeypatch.setattr(Network, "feature_map", counting)
    return counts


def test_epochs_begin_behind_the_frozen_stages(
    made: MadeCollection, tmp_path: Path, seen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = manifest_of(made)
    photos = len(manifest.of(Split.TRAIN)) + len(manifest.of(Split.VALIDATION))
    said = run(SMALL, manifest, tmp_path / "once", **FROZEN)
    checked = 3 * len(manifest.of(Split.VALIDATION))
    assert sum(seen) <= 2 * photos + checked  # for the head, for the maps, and to check the model
    seen.clear()
    monkeypatch.setattr(dataset, "DISK_SHARE", 0)  # no room: each epoch goes all the way
    through = run(SMALL, manifest, tmp_path / "through", **FROZEN)
    assert sum(seen) > 4 * photos
    for one, other in zip(of(Evaluated, said), of(Evaluated, through), strict=True):
        assert one.loss == pytest.approx(other.loss, abs=1e-4)
    weights, others = (load_file(tmp_path / name / MODEL) for name in ("once", "through"))
    for name, tensor in weights.items():
        torch.testing.assert_close(tensor, others[name], atol=1e-4, rtol=1e-3)


def test_varied_photos_pass_every_stage_and_those_one_is_judged_by_do_not(
    made: MadeCollection, tmp_path: Path, seen: list[int]
) -> None:
    manifest = manifest_of(made)
    train, judged = len(manifest.of(Split.TRAIN)), len(manifest.of(Split.VALIDATION))
    run(SMALL, manifest, tmp_path / "run", data__augment="true", **FROZEN)
    assert 5 * train <= sum(seen) <= 5 * train + 5 * judged


def test_a_run_that_goes_on_behind_frozen_stages_ends_in_the_same_bits(made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    run(SMALL, manifest, tmp_path / "whole", **FROZEN)
    asked = itertools.count(1)
    said = run(SMALL, manifest, tmp_path / "run", lambda: "pause" if next(asked) > 20 else "", **FROZEN)  # type: ignore[arg-type, return-value]
    assert said[-1].state == "paused"
    assert any(isinstance(message, Step) for message in said)
    assert run(SMALL, manifest, tmp_path / "run", **FROZEN)[-1].state == "done"
    assert (tmp_path / "run" / MODEL).read_bytes() == (tmp_path / "whole" / MODEL).read_bytes()
