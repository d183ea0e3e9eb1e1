"""What a network says on its way is a mean over the epochs, and goes on after a pause."""

import numpy as np
import pytest

from weldstudio.ml.heard import Said


def test_what_is_said_is_a_mean_that_goes_on_after_a_pause() -> None:
    said = Said(np.arange(3), 1, task="multilabel")
    said.add(np.array([[0.0], [5.0]]), np.array([0, 2]))
    other = Said(np.arange(3), 1, task="multilabel")
    other.restore(said.kept())
    other.add(np.array([[100.0]]), np.array([0]))
    other.add(np.array([[np.nan]]), np.array([1]))  # a loss that exploded says nothing
    assert other.mean[:, 0].tolist() == pytest.approx([0.75, np.nan, 0.9933], rel=1e-3, nan_ok=True)
