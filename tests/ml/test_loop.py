"""The loop: mixed pairs, and batches that do not fit into memory."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.ml.taught import SMALL, manifest_of, of, run
from tests.photos import MadeCollection, make_collection
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Alarm, Evaluated
from weldstudio.domain.recipe import Augmentation
from weldstudio.ml.architectures import Network
from weldstudio.ml.loop import mixed_pairs
from weldstudio.ml.weights import read_tensors

MIXED = {
    "schedule__epochs": "1",
    "data__augment": "true",
    "augmentation__mixup": "0.2",
    "loss__name": "bayesian_batch",  # whose weights hang on the whole batch
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("photos"), 45, size=(40, 32), one_each=True)


def room_for(photos: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory for so many photos at a time, while training."""
    forward = Network.forward

    def limited(self: Network, x: torch.Tensor, start: int = 0) -> torch.Tensor:
        if self.training and len(x) > photos:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return forward(self, x, start)

    monkeypatch.setattr(Network, "forward", limited)


def test_memory_that_runs_out_halves_the_batch_and_keeps_the_step(
    made: MadeCollection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(SMALL, manifest_of(made), tmp_path / "plain", **MIXED)
    room_for(4, monkeypatch)
    said = run(SMALL, manifest_of(made), tmp_path / "small", **MIXED)
    assert said[-1].state == "done"
    (told,) = [alarm for alarm in of(Alarm, said) if alarm.kind == "memory"]
    assert "in 2 parts" in told.sentence
    plain, small = (read_tensors(tmp_path / n / "checkpoints" / "last.safetensors") for n in ("plain", "small"))
    assert all(torch.allclose(plain[name], small[name], atol=1e-5) for name in plain)


def test_where_nothing_fits_the_run_fails_in_a_sentence(
    made: MadeCollection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_for(0, monkeypatch)
    with pytest.raises(JobFailed, match=r"smaller network\.input_size"):
        run(SMALL, manifest_of(made), tmp_path / "run", schedule__epochs="1")


def test_photos_with_a_veto_are_mixed_with_nobody() -> None:
    states = torch.tensor([[1, 2], [2, 1], [2, 1], [2, 2], [2, 1]], dtype=torch.uint8)
    choice = Augmentation(mixup=0.4, vetoes=("soil: mixup",))
    for seed in range(20):
        share, partner = mixed_pairs(choice, ["soil", "dust"], states, seed=(seed,))
        assert 0 <= share <= 1
        assert partner[0] == 0
        assert 0 not in partner[1:]
    shares = [mixed_pairs(choice, ["soil", "dust"], states, seed=(seed,))[0] for seed in range(2000)]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.03)
    assert np.var(shares) == pytest.approx(1 / (4 * (2 * 0.4 + 1)), abs=0.01)  # of Beta(a, a)


def test_steps_that_are_too_large_are_told_while_they_are_made_and_sound_ones_are_not(
    made: MadeCollection, tmp_path: Path
) -> None:
    said = run(
        SMALL, manifest_of(made), tmp_path / "wild", schedule__epochs="6", schedule__learning_rate="90"
    )  # its loss stays finite
    told = [alarm for alarm in of(Alarm, said) if alarm.kind == "rising"]
    assert [alarm.remedy for alarm in told] == [{"schedule.learning_rate": "9"}]
    assert said.index(told[0]) < said.index(of(Evaluated, said)[-1])
    assert "constant" in {alarm.kind for alarm in of(Alarm, said)}
    sound = of(
        Alarm, run(SMALL, manifest_of(made), tmp_path / "sound", schedule__epochs="6", schedule__learning_rate="0.05")
    )
    assert not {alarm.kind for alarm in sound} & {"rising", "constant", "stuck", "overfitting"}
