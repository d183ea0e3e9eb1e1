"""What is watched beside the curves: which photos are on the wall, and how filters become pictures."""

import numpy as np
import torch

from weldstudio.domain.labelling import State
from weldstudio.ml.architectures import build
from weldstudio.ml.showing import MOST_FILTERS, MOST_PHOTOS, chosen, first_filters, pictured

R, C, U = int(State.RAISED), int(State.CLEAR), int(State.UNSEEN)


def test_every_class_is_on_the_wall_raised_first_each_photo_once() -> None:
    states = np.array([[C, C], [R, C], [C, R], [R, C], [C, C]], np.uint8)
    assert chosen(states, most=4) == [1, 2, 0, 3]
    assert sorted(chosen(states)) == [0, 1, 2, 3, 4]
    assert chosen(np.full((50, 3), C, np.uint8)) == chosen(np.full((50, 3), C, np.uint8))
    assert len(chosen(np.full((50, 3), C, np.uint8))) == MOST_PHOTOS
    assert chosen(np.full((3, 2), U, np.uint8)) == []
    assert chosen(np.zeros((0, 2), np.uint8)) == []


def test_filters_are_those_of_the_layer_that_sees_the_photo() -> None:
    network = build("squeezenet1_1", 2)
    found = first_filters(network)
    assert found is not None
    assert found.shape == (MOST_FILTERS, 3, 3, 3)
    with torch.no_grad():
        next(network.parameters()).add_(1.0)
    again = first_filters(network)
    assert again is not None
    assert not torch.equal(found, again)  # the first ones are a copy


def test_a_weight_of_zero_is_grey_and_the_largest_reaches_the_end() -> None:
    weights = np.zeros((2, 3, 1, 2), np.float32)
    weights[1, 0, 0, 0], weights[1, 1, 0, 1] = 0.5, -0.25
    pictures = pictured(weights)
    assert pictures.shape == (2, 1, 2, 3)
    assert set(pictures[0].ravel().tolist()) == {128}
    assert pictures[1, 0, 0, 0] == 255
    assert pictures[1, 0, 1, 1] == 64
