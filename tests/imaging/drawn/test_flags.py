from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.scheme import Scheme
from weldstudio.imaging.drawn import flags
from weldstudio.imaging.drawn.camera import sample_light, sample_view
from weldstudio.imaging.drawn.collection import DrawnPhoto, plan
from weldstudio.imaging.drawn.flags import FLAGS, judge
from weldstudio.imaging.drawn.scene import Causes, sample_scene
from weldstudio.studio.scheme import load_scheme


def photos_of(seed: int) -> list[DrawnPhoto]:
    return plan(6, seed=seed, balanced=True)


def test_the_flags_are_those_of_the_scheme_in_its_order() -> None:
    scheme: Scheme = load_scheme("pipe-welds")
    assert tuple(flag.name for flag in scheme.flags) == FLAGS


@given(st.integers(0, 2**32 - 1))
def test_flags_that_exclude_each_other_are_never_raised_together(seed: int) -> None:
    for photo in photos_of(seed):
        for several in (
            {flags.NO_CLAMP, flags.CLAMPS_UNSEEN, flags.BAD_CLAMPS},
            {flags.NO_SCRAPING, flags.POOR_SCRAPING, flags.ZONES_UNSEEN},
            {flags.SOIL_LOW, flags.SOIL_HIGH},
            {flags.WATER_LOW, flags.WATER_HIGH},
        ):
            assert len(photo.raised & several) <= 1
        if flags.NO_WELD in photo.raised:
            assert photo.raised == {flags.NO_WELD}


@given(st.integers(0, 2**32 - 1))
def test_a_flag_is_raised_only_with_its_cause_and_never_against_it(seed: int) -> None:
    for photo in photos_of(seed):
        causes, raised = photo.scene.causes, photo.raised
        if photo.view.spoilt:
            assert raised == {flags.NO_WELD}
            continue
        assert (flags.NO_SHEET in raised) == (not causes.sheet or photo.view.framing == "crop")
        assert flags.NO_CLAMP not in raised or causes.clamps == "none"
        assert flags.BAD_CLAMPS not in raised or causes.clamps in ("one", "skewed", "open")
        assert flags.CLAMPS_UNSEEN in raised or causes.clamps == "both" or raised & {flags.NO_CLAMP, flags.BAD_CLAMPS}
        assert flags.NO_SCRAPING not in raised or causes.scraping == "none"
        assert flags.POOR_SCRAPING not in raised or causes.scraping == "poor"
        assert not photo.view.cover or flags.ZONES_UNSEEN in raised
        assert causes.depth_line or flags.NO_LINE in raised
        assert causes.hatch or flags.NO_HATCH in raised
        assert flags.OTHER not in raised or causes.damage
        assert flags.BENT not in raised or causes.bent
        assert flags.NEAR_FITTING not in raised or causes.neighbour
        assert not raised & {flags.SOIL_LOW, flags.SOIL_HIGH} or causes.soil
        assert not raised & {flags.WATER_LOW, flags.WATER_HIGH} or causes.water


@given(st.integers(0, 2**32 - 1))
def test_every_place_lies_in_the_photo_and_belongs_to_a_flag_that_can_be_seen(seed: int) -> None:
    for photo in photos_of(seed):
        for flag in photo.raised - set(flags.ABSENCES):
            assert photo.places[flag], flag
        for flag, boxes in photo.places.items():
            assert (flag in photo.raised) != (flag in flags.ABSENCES)
            left, top, right, bottom = photo.regions[flag]
            for box in boxes:
                assert 0 <= box[0] < box[2] <= 1
                assert 0 <= box[1] < box[3] <= 1
                assert left <= box[0] < box[2] <= right
                assert top <= box[1] < box[3] <= bottom


@given(st.integers(0, 2**32 - 1))
def test_what_one_photo_of_a_joint_shows_is_not_missing_from_the_joint(seed: int) -> None:
    """Flags of absence may be raised on a photo that does not show the thing; those of presence need the cause."""
    photos = plan(12, seed=seed, balanced=True)
    for joint in {photo.joint for photo in photos}:
        those = [photo for photo in photos if photo.joint == joint and not photo.view.spoilt]
        wide = [photo for photo in those if photo.view.framing != "crop"]
        assert len({flags.NO_SHEET in photo.raised for photo in wide}) <= 1
        assert len({photo.view.cover for photo in those} - {""}) <= 1
        shown = [photo for photo in those if flags.CLAMPS_UNSEEN not in photo.raised]
        assert len({photo.raised & {flags.NO_CLAMP, flags.BAD_CLAMPS} for photo in shown}) <= 1


@pytest.mark.parametrize(
    ("causes", "flag"),
    [
        (Causes(clamps="none"), flags.NO_CLAMP),
        (Causes(clamps="open"), flags.BAD_CLAMPS),
        (Causes(scraping="none"), flags.NO_SCRAPING),
        (Causes(scraping="poor"), flags.POOR_SCRAPING),
        (Causes(soil="high"), flags.SOIL_HIGH),
        (Causes(soil="low"), flags.SOIL_LOW),
        (Causes(water="high"), flags.WATER_HIGH),
        (Causes(water="low"), flags.WATER_LOW),
        (Causes(sheet=False), flags.NO_SHEET),
        (Causes(depth_line=False), flags.NO_LINE),
        (Causes(hatch=False), flags.NO_HATCH),
        (Causes(neighbour=True), flags.NEAR_FITTING),
        (Causes(bent=True), flags.BENT),
        (Causes(damage="gouge"), flags.OTHER),
        (Causes(), None),
    ],
)
def test_a_photo_of_everything_shows_each_cause_and_nothing_else(causes: Causes, flag: str | None) -> None:
    random = np.random.default_rng(3)
    judged = None
    while judged is None:
        scene = sample_scene(random, causes)
        light = sample_light(random)
        view = sample_view(random, scene, equipment="Redbox", framing="wide", cover="", light=light)
        judged = judge(scene, view)
    assert judged.raised == ({flag} if flag else set())


def test_a_photo_with_half_a_clamp_is_refused() -> None:
    random = np.random.default_rng(4)
    scene = sample_scene(random, Causes())
    light = sample_light(random)
    views = [sample_view(random, scene, equipment="Redbox", framing="wide", cover="", light=light) for _ in range(20)]
    view = next(view for view in views if judge(scene, view) is not None)
    answers = [judge(scene, replace(view, lens=view.lens * zoom)) for zoom in np.linspace(1, 1.8, 25).tolist()]
    assert None in answers, "between both clamps shown and none there is a doubt"
    last = answers[-1]
    assert last is None or flags.CLAMPS_UNSEEN in last.raised
