"""Cylinders are looked for where they may be seen, ground is left out only where one surely hides it."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from weldstudio.imaging.drawn.canvas import Canvas
from weldstudio.imaging.drawn.collection import plan
from weldstudio.imaging.drawn.fitting import paint_fitting
from weldstudio.imaging.drawn.ground import paint_ground
from weldstudio.imaging.drawn.hit import Hit, meet
from weldstudio.imaging.drawn.pipe import paint_pipes

PHOTOS = [photo for photo in plan(60, seed=8, balanced=True, bluebox_share=0) if not photo.view.spoilt][:8]
SIZE = (160, 120)


def seen(canvas: Canvas, radius: float, start: float, stop: float) -> NDArray[np.intp]:
    """The pixels whose rays meet the right pipe, by trying all rays."""
    origin, along, up, near = PHOTOS[0].scene.axis(-1)
    whole = slice(0, canvas.height), slice(0, canvas.width)
    rays = [canvas.ray(vector, *whole).reshape(-1) for vector in (along, up, near)]
    eye = [np.float32((canvas.eye - origin) @ vector) for vector in (along, up, near)]
    disc, t = meet(rays[1], rays[2], eye[1], eye[2], np.float32(radius))
    s = t * rays[0] + eye[0]
    return np.flatnonzero((disc > 0) & (t > 0.4) & (s > start) & (s < stop))


@pytest.mark.parametrize("ends", [(-1.0, 1.0), (1.2, 26.0), (-26.0, 26.0)])
def test_pixels_within_a_cylinder_hold_all_that_meet_it(ends: tuple[float, float]) -> None:
    for photo in PHOTOS:
        canvas = Canvas(photo.view, SIZE)
        frame = PHOTOS[0].scene.axis(-1)
        true = seen(canvas, 1.0, *ends)
        found = canvas.within(frame, 1.06, ends[0] - 0.06, ends[1] + 0.06)
        assert not np.setdiff1d(true, found).size
        assert found.size < 1.5 * true.size + 3 * sum(SIZE)
        assert np.array_equal(found, np.unique(found))


def test_the_angle_round_a_pipe_is_that_of_its_normal() -> None:
    angles = np.linspace(-3.1, 3.1, 500, dtype=np.float32)
    empty, one = np.zeros_like(angles), (0.0, 1.0, 0.0)
    normal = (0.0, np.cos(angles), np.sin(angles))
    hit = Hit(np.arange(500), empty, empty, (empty, empty, empty), empty, normal, one, one)
    assert np.abs(hit.theta - angles).max() < 1e-3


def test_a_collar_is_nearer_than_the_body_between() -> None:
    photo = PHOTOS[0]
    canvas = Canvas(photo.view, SIZE)
    hit = canvas.cylinder(photo.scene.axis(-1), 1.2, -1.0, 1.0, collar=(0.3, 0.2))
    plain = canvas.cylinder(photo.scene.axis(-1), 1.2, -1.0, 1.0)
    assert hit is not None
    assert plain is not None
    _, ours, theirs = np.intersect1d(hit.index, plain.index, return_indices=True)
    nearer = hit.t[ours] < plain.t[theirs] - 0.05
    assert nearer[np.abs(plain.s[theirs]) > 0.8].mean() > 0.6
    assert not nearer[np.abs(plain.s[theirs]) < 0.3].any()


def test_no_pixel_is_left_out_by_ground_pipes_and_fitting() -> None:
    for photo in PHOTOS:
        canvas = Canvas(photo.view, (320, 240))
        scene = replace(photo.scene, soil=(), water=(), damage=None)
        paint_ground(canvas, scene)
        assert (canvas.colour.sum(axis=0) == 0).mean() > 0.03
        paint_pipes(canvas, scene, photo.view)
        paint_fitting(canvas, scene)
        assert (canvas.colour.sum(axis=0) == 0).mean() < 0.002
