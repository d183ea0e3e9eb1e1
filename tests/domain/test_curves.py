import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.curves import MOST_POINTS, Curves, smoothed, thinned
from weldstudio.domain.messages import (
    Alarm,
    Evaluated,
    Failed,
    Filters,
    Heartbeat,
    RunFinished,
    RunStarted,
    Skipped,
    Stage,
    Step,
    Wall,
)


def step(number: int, loss: float = 0.5) -> Step:
    return Step(number, number / 10, loss, 0.01, 50.0, 3.0)


def evaluated(number: int, *, mean: float | None = 0.8, best: bool = False, **classes: float | None) -> Evaluated:
    per_class = {name: {"mean_per_class_accuracy": value} for name, value in classes.items()}
    return Evaluated(number, number / 10, 0.4, mean, mean, per_class, best)


def test_messages_become_curves_in_their_order() -> None:
    curves = Curves()
    assert curves.take([RunStarted(1, 5.0, "cpu", ("sea", "trees"), steps=20), Stage("training")])
    assert curves.take(
        [evaluated(0, sea=0.5, trees=None), step(1, 0.9), step(2, 0.7), evaluated(2, sea=0.6, trees=0.9)]
    )
    assert curves.classes == ("sea", "trees")
    assert curves.training_loss[1].tolist() == [0.9, 0.7]
    assert curves.validation_loss[0].tolist() == [0, 2]
    assert curves.class_figure("sea")[1].tolist() == [0.5, 0.6]
    x, y = curves.class_figure("trees")
    assert x.tolist() == [0, 2]
    assert np.isnan(y[0])
    assert y[1] == 0.9
    assert curves.share_done == 2 / 20


def test_before_the_first_step_the_share_is_that_of_reading_the_photographs() -> None:
    curves = Curves()
    curves.take([RunStarted(1, 5.0, "cpu", ("sea",), steps=20), Stage("reading training photos")])
    assert curves.share_done == 0
    assert curves.take([Stage("reading training photos: 30 of 40", 30, 40)])
    assert curves.share_done == 0.75
    curves.take([Stage("fitting the head")])
    assert curves.share_done == 0
    curves.take([Stage("validating: 1 of 2 photos", 1, 2), step(5)])
    assert curves.share_done == 5 / 20


def test_a_class_that_appears_late_starts_with_a_gap() -> None:
    curves = Curves()
    curves.take([evaluated(0, sea=0.5), evaluated(5, sea=0.6, trees=0.7)])
    x, y = curves.class_figure("trees")
    assert x.tolist() == [0, 5]
    assert np.isnan(y[0])


def test_a_point_said_twice_by_a_resumed_run_is_drawn_once() -> None:
    curves = Curves()
    curves.take([step(1), step(2), step(3), evaluated(3), step(2, 9.0), step(3, 9.0), evaluated(3), step(4)])
    assert curves.training_loss[0].tolist() == [1, 2, 3, 4]
    assert len(curves.evaluations) == 1


def test_a_heartbeat_is_nothing_to_see_and_everything_else_is() -> None:
    curves = Curves()
    assert not curves.take([Heartbeat(7.0)])
    assert curves.heartbeat == 7.0
    assert curves.take([Alarm("constant", "It answers the same for every photograph.")])
    assert curves.take([Skipped(1, (("a.jpg", "truncated"),))])
    assert curves.take([RunFinished("done", "Done.", 3.0)])
    assert curves.share_done == 1.0


def test_a_failed_child_is_a_failure_and_a_failed_request_is_not() -> None:
    curves = Curves()
    curves.take([Failed(3, "That photo is broken.")])
    assert curves.failure == ""
    curves.take([Failed(-1, "Out of memory.")])
    assert curves.failure == "Out of memory."


def test_the_best_is_what_the_run_says_else_the_highest_mean() -> None:
    curves = Curves()
    assert curves.best is None
    curves.take([evaluated(0, mean=None), evaluated(1, mean=0.9), evaluated(2, mean=0.7)])
    assert curves.best is not None
    assert curves.best.step == 1
    curves.take([evaluated(3, mean=0.8, best=True)])
    assert curves.best.step == 3


def test_what_stands_near_a_step() -> None:
    curves = Curves()
    assert curves.near(4) == (None, None)
    curves.take([step(1), step(5, 0.25), evaluated(5)])
    point, evaluation = curves.near(4.2)
    assert point == (5, 0.5, 0.25)
    assert evaluation is not None
    assert evaluation.step == 5


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=4000), st.integers(4, 300))
def test_thinning_keeps_the_extremes_the_order_and_the_limit(values: list[float], most: int) -> None:
    y = np.array(values)
    x = np.arange(len(y), dtype=float)
    thin_x, thin_y = thinned(x, y, most)
    assert len(thin_x) <= max(most, 2)
    assert np.all(np.diff(thin_x) > 0)
    assert np.array_equal(y[thin_x.astype(int)], thin_y)  # only points that were there
    assert thin_y.min() == y.min()
    assert thin_y.max() == y.max()


def test_a_short_curve_stays_as_it_is_and_nan_is_no_spike() -> None:
    x = np.arange(10.0)
    assert thinned(x, x)[0] is x
    y = np.full(5 * MOST_POINTS, np.nan)
    y[1234] = 0.5
    thin_x, thin_y = thinned(np.arange(len(y), dtype=float), y)
    assert np.nanmax(thin_y) == 0.5
    assert len(thin_x) <= MOST_POINTS


@pytest.mark.parametrize("n", [999, 1000, 1001, 1999, 2000, 2001, 100_001])
def test_thinning_at_its_edges(n: int) -> None:
    x = np.arange(float(n))
    thin_x, _ = thinned(x, np.sin(x))
    assert len(thin_x) <= MOST_POINTS


def test_photos_left_out_are_counted_together_and_none_twice() -> None:
    curves = Curves()
    curves.take([Skipped(1, (("a.jpg", "gone"),)), Skipped(2, (("b.jpg", "gone"), ("c.jpg", "gone")))])
    curves.take([Skipped(1, (("a.jpg", "gone"),))])  # as a resumed run says it again
    assert curves.skipped == Skipped(3, (("a.jpg", "gone"), ("b.jpg", "gone"), ("c.jpg", "gone")))


def test_smoothing_is_a_mean_that_begins_unbiased_and_leaves_gaps() -> None:
    y = np.array([1.0, np.nan, 3.0])
    assert smoothed(y, 0.0) is y
    found = smoothed(y, 0.5)
    assert found[0] == 1.0
    assert np.isnan(found[1])
    assert found[2] == pytest.approx((0.5 * 0.5 * 1 + 0.5 * 3) / 0.75)
    assert smoothed(np.full(9, 2.0), 0.9).tolist() == pytest.approx([2.0] * 9)
    rough = np.sin(np.arange(300.0))
    rough[[7, 70, 71]] = np.nan, np.inf, -np.inf
    mean, mass, wanted = 0.0, 0.0, rough.copy()
    for place in np.flatnonzero(np.isfinite(rough)):
        mean, mass = 0.97 * mean + 0.03 * rough[place], 0.97 * mass + 0.03
        wanted[place] = mean / mass
    np.testing.assert_allclose(smoothed(rough, 0.97), wanted)


def test_a_curve_is_thinned_once_until_more_of_it_is_known() -> None:
    curves = Curves()
    curves.take([Step(step, 1.0, 0.5, 0.1, 50.0) for step in range(1, 9)])
    assert curves.training_loss is curves.training_loss
    assert curves.training_loss[0][-1] == 8
    curves.take([Step(9, 1.0, 0.5, 0.1, 50.0)])
    assert curves.training_loss[0][-1] == 9
    assert curves.learning_rate[1][-1] == 0.1


def test_walls_and_filters_are_kept_in_order_and_a_resumed_run_repeats_none() -> None:
    curves = Curves()
    walls = [Wall(step, ("a",), (1,), ((0.5,),)) for step in (0, 5, 5, 10)]
    curves.take([*walls, Filters(0, "", (0, 0, 0)), Filters(0, "", (0, 0, 0))])
    assert [wall.step for wall in curves.walls] == [0, 5, 10]
    assert len(curves.filters) == 1


def test_what_is_written_to_files_is_not_thinned() -> None:
    curves = Curves()
    curves.take([Step(n, n / 10, 1.0, 0.1, 5.0) for n in range(1, 3 * MOST_POINTS)])
    (loss, rate, *_) = curves.written()
    assert (loss[0], len(loss[1]), len(loss[2])) == ("training loss", 3 * MOST_POINTS - 1, 3 * MOST_POINTS - 1)
    assert rate[0] == "learning rate"
    assert len(curves.learning_rate[0]) <= MOST_POINTS
