import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.imaging.overlay import Side, colours, evidence, overlay_rgba, scale_of

# Simulation of full colour blindness of three kinds on linear RGB: Machado, Oliveira, Fernandes 2009.
BLIND = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(rgb: np.ndarray) -> np.ndarray:
    part = rgb / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def lab(linear_rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
    )
    xyz = np.clip(linear_rgb, 0, 1) @ to_xyz.T / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


@pytest.mark.parametrize("side", ["for", "against"])
def test_colours_are_even_and_rise_in_lightness(side: str) -> None:
    table = lab(linear(colours(side).astype(float)))
    steps = np.linalg.norm(table[8:] - table[:-8], axis=1)
    assert steps.max() < 2 * steps.min()
    assert (np.diff(table[::8, 0]) > 0).all()
    assert colours(side).shape == (256, 3)


@pytest.mark.parametrize("kind", BLIND)
def test_colour_blind_eyes_see_the_order(kind: str) -> None:
    seen = {side: lab(linear(colours(side).astype(float)) @ np.array(BLIND[kind]).T) for side in ("for", "against")}
    for table in seen.values():
        assert (np.diff(table[::16, 0]) > 0).all()
    # And tell evidence for from evidence against, from the middle of the scale on.
    apart = np.linalg.norm(seen["for"][96:] - seen["against"][96:], axis=1)
    assert apart.min() > 15


@given(st.floats(0, 1), st.floats(0.01, 100))
def test_opacity_and_scale(opacity: float, scale: float) -> None:
    values = np.array([[0, scale / 2, scale, 2 * scale, -scale, np.nan]], np.float32)
    rgba = overlay_rgba(values, scale=scale, opacity=opacity)
    assert rgba.shape == (1, 6, 4)
    assert rgba.dtype == np.uint8
    alpha = rgba[0, :, 3].astype(int)
    assert alpha[0] == alpha[4] == alpha[5] == 0
    assert abs(alpha[2] - opacity * 255) <= 1
    assert alpha[2] == alpha[3]
    assert alpha[1] <= alpha[2]
    assert (rgba[0, 2, :3] == colours("for")[-1]).all()


def test_signed_maps_show_both_sides() -> None:
    rgba = overlay_rgba(np.array([[-2.0, 0.0, 2.0]]), scale=2.0, opacity=1, side=Side.BOTH)
    assert rgba[0, :, 3].tolist() == [255, 0, 255]
    assert (rgba[0, 0, :3] == colours("against")[-1]).all()
    assert (rgba[0, 2, :3] == colours("for")[-1]).all()


def test_one_scale_for_all_flags_of_a_photo() -> None:
    maps = np.array([[[1.0, np.inf]], [[3.0, -7.0]]])
    assert scale_of(maps) == 3
    assert scale_of(maps, Side.BOTH) == 7
    assert scale_of(np.zeros((2, 3, 3))) == 1
    assert overlay_rgba(np.ones((2, 2)), scale=0)[..., 3].max() == 0


def test_an_impossible_opacity_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        overlay_rgba(np.zeros((1, 1)), scale=1, opacity=1.5)


def test_each_side_shows_its_evidence_and_no_other() -> None:
    values = np.array([[-2.0, 0.0, 1.0, np.nan]])
    shown = {side: (overlay_rgba(values, scale=2.0, side=side)[0, :, 3] > 0).tolist() for side in Side}
    assert shown == {
        Side.FOR: [False, False, True, False],
        Side.AGAINST: [True, False, False, False],
        Side.BOTH: [True, False, True, False],
    }
    assert [scale_of(values[None], side) for side in Side] == [1, 2, 2]
    assert evidence(values, Side.AGAINST).tolist() == [[2, 0, 0, 0]]
    warm, blue = overlay_rgba(values, scale=2.0, side=Side.BOTH)[0, [2, 0], :3].astype(int)
    assert warm[0] > warm[2]
    assert blue[2] > blue[0]
