"""Teaching where: the loss of places by hand, the places on a grid, and a network that learns to look."""

from pathlib import Path

import numpy as np
import pytest
import torch

from weldstudio.domain.model import Preprocessing
from weldstudio.imaging.drawn.collection import FLAGS, plan, write
from weldstudio.imaging.drawn.flags import ABSENCES, NO_CLAMP, OTHER
from weldstudio.ml.architectures import build
from weldstudio.ml.pointing import AGAINST, Lesson, place_loss, places_on_grid, teach_places


def test_the_loss_of_places_is_the_share_of_the_map_outside_of_them() -> None:
    maps = torch.tensor([[[[0.0, 1.0], [2.0, -1.0]], [[3.0, 0.0], [0.0, 0.0]]]])
    places = torch.zeros(1, 2, 2, 2, dtype=torch.bool)
    places[0, 0, 1, 0] = True
    places[0, 1, 0, 1] = True
    shares = torch.tensor([0.0, 1.0, 2.0, -1.0]).softmax(0)
    turned = torch.tensor([-3.0, 0.0, 0.0, 0.0]).softmax(0)
    expected = -(shares[2].log() + turned[1].log()) / 2
    assert place_loss(maps, places, torch.tensor([False, True])).item() == pytest.approx(expected.item(), rel=1e-6)


def test_maps_without_known_places_and_those_that_are_all_place_take_no_part() -> None:
    maps = torch.randn(1, 2, 3, 3, requires_grad=True)
    places = torch.zeros(1, 2, 3, 3, dtype=torch.bool)
    places[0, 1] = True
    loss = place_loss(maps, places, torch.tensor([False, False]))
    loss.backward()
    assert loss.item() == 0
    assert maps.grad is not None
    assert not maps.grad.any()


def test_places_are_told_of_raised_flags_and_of_what_a_flag_of_absence_misses() -> None:
    photos = plan(40, seed=3, balanced=True, wrong_share=0.0)
    grid = places_on_grid(photos, 14)
    told = grid.any(axis=(2, 3))
    for own, photo in zip(told, photos, strict=True):
        for index, flag in enumerate(FLAGS):
            meant = flag in photo.places and (flag in photo.raised) != (flag in ABSENCES)
            assert own[index] == meant
    damaged = next(number for number, photo in enumerate(photos) if OTHER in photo.raised and photo.places.get(OTHER))
    left, top, right, bottom = photos[damaged].places[OTHER][0]
    rows, columns = np.nonzero(grid[damaged, FLAGS.index(OTHER)])
    assert (columns.min() + 1) / 14 >= left
    assert columns.max() / 14 <= right
    assert (rows.min() + 1) / 14 >= top
    assert rows.max() / 14 <= bottom
    assert AGAINST[FLAGS.index(NO_CLAMP)]


def test_a_network_learns_to_look_at_the_places(tmp_path: Path) -> None:
    photos = plan(12, seed=8, balanced=True, wrong_share=0.0)
    assert list(write(tmp_path, photos))[-1] == 12
    torch.manual_seed(0)
    network = build("weldnet", len(FLAGS))
    lesson = Lesson(input_size=64, epochs=10, batch_size=6, learning_rate=0.003)
    preprocessing = Preprocessing(input_size=64)
    said = list(
        teach_places(
            network, preprocessing, photos, paths=[str(tmp_path / photo.path) for photo in photos], lesson=lesson
        )
    )
    assert said[-1][0] == pytest.approx(10, abs=0.6)
    assert said[-1][1] < 0.8 * said[0][1]
    assert not network.training
