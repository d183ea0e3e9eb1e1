"""Variations hang on their seed alone, keep what the photo shows, and spare what a veto names."""

import numpy as np
import pytest

from tests.photos import make_photo
from weldstudio.domain.model import Preprocessing
from weldstudio.domain.recipe import Augmentation
from weldstudio.imaging.fitting import enlarged, read_input
from weldstudio.imaging.varying import Variation, principal_colours, vetoes

NOTHING = Augmentation(flip=False, cut=0, stretch=0, brightness=0, contrast=0)
SOPER = Augmentation(cut=0, stretch=0, brightness=0, contrast=0, shift=0.1, rotate=10, shear=5, zoom=0.1)


@pytest.fixture(scope="module")
def pixels(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    photo = make_photo(tmp_path_factory.mktemp("p") / "a.png", ["green bar"], size=(64, 64))
    return read_input(photo, enlarged(Preprocessing(input_size=32)))


@pytest.mark.parametrize("choice", [Augmentation(), SOPER, Augmentation(blur=2, colour=0.3)])
def test_a_variation_still_shows_the_photo(choice: Augmentation, pixels: np.ndarray) -> None:
    variation = Variation(choice, 32, principal_colours([pixels]))
    found = [variation.of(pixels, seed=(0, 0, n)) for n in range(40)]
    assert {image.shape for image in found} == {(32, 32, 3)}
    assert len({image.tobytes() for image in found}) == 40
    assert sum((image[..., 1].astype(int) - image[..., 0] > 40).any() for image in found) >= 30
    assert np.array_equal(found[7], variation.of(pixels, seed=(0, 0, 7)))


def test_nothing_varied_is_the_photo_itself(pixels: np.ndarray) -> None:
    assert np.array_equal(Variation(NOTHING, len(pixels)).of(pixels, seed=(1,)), pixels)


def test_moves_are_as_far_as_they_are_called() -> None:
    """A dot in the middle, on a ground that reflects, goes where shift and zoom send it."""
    photo = np.full((96, 96, 3), 90, np.uint8)
    photo[44:52, 44:52] = 255
    for seed in range(30):
        moved = Variation(Augmentation(**{**_off(), "shift": 0.1}), 96).of(photo, seed=(seed,))[..., 0]
        y, x = np.argwhere(moved > 170).mean(0)
        assert abs(y - 47.5) <= 10.6
        assert abs(x - 47.5) <= 10.6
        turned = Variation(Augmentation(**{**_off(), "rotate": 90}), 96).of(photo, seed=(seed,))[..., 0]
        assert np.allclose(np.argwhere(turned > 170).mean(0), 47.5, atol=1.5)


def _off() -> dict[str, float]:
    return {"flip": False, "cut": 0.0, "stretch": 0.0, "brightness": 0.0, "contrast": 0.0}


def test_borders_are_reflected_and_not_black() -> None:
    photo = np.full((64, 64, 3), 200, np.uint8)
    for seed in range(10):
        moved = Variation(Augmentation(**{**_off(), "shift": 0.4, "rotate": 45}), 64).of(photo, seed=(seed,))
        assert moved.min() == 200


def test_colours_move_along_their_main_direction() -> None:
    draw = np.random.default_rng(0)
    ground = draw.normal(128, 20, (64, 64, 1)) * (1.0, 0.5, 0.0) + (0, 30, 60)
    photo = ground.clip(0, 255).astype(np.uint8)
    colours = principal_colours([photo])
    assert np.linalg.norm(colours[0]) > 5 * np.linalg.norm(colours[1])
    varied = Variation(Augmentation(**{**_off(), "colour": 1.0}), 64, colours).of(photo, seed=(3,))
    shift = (varied.astype(float) - photo).mean((0, 1))
    assert abs(shift[0] - 2 * shift[1]) < 1.5
    assert abs(shift[2]) < 1.5


def test_a_veto_spares_the_photos_on_which_its_flag_is_raised(pixels: np.ndarray) -> None:
    choice = Augmentation(vetoes=("Arrow: left: flip", "Soil: light"), cut=0, stretch=0)
    assert vetoes(choice, ("Arrow: left", "Soil"), (True, False)) == {"flip"}
    assert vetoes(choice, ("Arrow: left", "Soil"), (False, False)) == frozenset()
    variation = Variation(choice, len(pixels))
    still = {variation.of(pixels, seed=(n,), without={"flip", "light"}).tobytes() for n in range(20)}
    assert still == {pixels.tobytes()}
    assert len({variation.of(pixels, seed=(n,), without={"light"}).tobytes() for n in range(20)}) == 2
