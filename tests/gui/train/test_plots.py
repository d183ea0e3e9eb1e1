from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.train.scripted import CLASSES, evaluated, story
from weldstudio.domain.curves import MOST_POINTS, Curves
from weldstudio.domain.messages import RunStarted
from weldstudio.gui.theme import theme
from weldstudio.gui.train.pens import DASHES, HUES, class_pen
from weldstudio.gui.train.plots import CurvePlots


@pytest.fixture
def plots(qtbot: QtBot) -> CurvePlots:
    made = CurvePlots()
    qtbot.addWidget(made)
    made.resize(600, 500)
    made.show()
    return made


def told(messages: list[object]) -> Curves:
    curves = Curves()
    curves.take(messages)
    return curves


def test_every_curve_is_drawn_and_an_old_run_takes_the_place_of_a_live_one(plots: CurvePlots) -> None:
    plots.show_curves(told(story(20)), afresh=True)
    assert set(plots._classes) == set(CLASSES)
    assert len(plots._training.getData()[0]) == 20
    assert plots._mean.getData()[0].tolist() == [0, 10, 20]
    other = Curves()
    other.take([RunStarted(1, 0.0, "cpu", ("Soil",), steps=4), evaluated(0, 1.0)])
    plots.show_curves(other, afresh=True)
    assert set(plots._classes) == {"Soil"}
    assert plots._training.getData()[0] is None or len(plots._training.getData()[0]) == 0


def test_the_room_of_the_whole_run_is_there_from_the_start(plots: CurvePlots) -> None:
    curves = Curves()
    plots.show_curves(curves, afresh=True)
    curves.take(story(20)[:6])
    plots.show_curves(curves)
    (left, right), _ = plots.loss.vb.viewRange()
    assert left <= 0
    assert right >= 20


def test_nothing_is_drawn_with_more_points_than_can_be_seen(plots: CurvePlots) -> None:
    curves = told(story(20))
    curves._steps.extend(range(21, 9000))
    curves._losses.extend(np.linspace(1, 0, 8979).tolist())
    curves._epochs.extend(np.zeros(8979).tolist())
    plots.show_curves(curves, afresh=True)
    assert len(plots._training.getData()[0]) <= MOST_POINTS


def test_the_best_evaluation_is_marked_with_its_value(plots: CurvePlots) -> None:
    curves = told(story(20))
    plots.show_curves(curves, afresh=True)
    assert plots._best[0].isVisible()
    assert plots._best[0].value() == curves.best.step
    assert f"{curves.best.mean_per_class_accuracy * 100:.1f} %" in plots._best_text.text()
    # Above the box of the accuracies and below that of the loss: never on a curve.
    words = plots._best_text.sceneBoundingRect()
    assert plots._best_text.isVisible()
    assert not words.intersects(plots.accuracy.vb.sceneBoundingRect())
    assert not words.intersects(plots.loss.vb.sceneBoundingRect())
    assert plots.sceneRect().contains(words)
    plots.loss.setXRange(curves.best.step + 5, curves.best.step + 9, padding=0)
    assert not plots._best_text.isVisible()  # its step is out of sight


def test_the_mouse_points_at_a_step(qtbot: QtBot, plots: CurvePlots) -> None:
    plots.show_curves(told(story(20)), afresh=True)
    seen: list[object] = []
    plots.pointed.connect(seen.append)
    middle = plots.mapFromScene(plots.loss.vb.sceneBoundingRect().center())
    nothing = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(middle), QPointF(middle), nothing, nothing, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(plots.viewport(), move)
    qtbot.waitUntil(lambda: any(isinstance(step, float) for step in seen))
    step = next(step for step in seen if isinstance(step, float))
    assert 5 < step < 15
    assert plots._cross[0].isVisible()
    plots.point_at(None)
    assert not plots._cross[0].isVisible()


def test_a_double_click_shows_everything_again(qtbot: QtBot, plots: CurvePlots) -> None:
    plots.show_curves(told(story(20)), afresh=True)
    plots.loss.setXRange(3, 4)
    middle = plots.mapFromScene(plots.loss.vb.sceneBoundingRect().center())
    qtbot.mouseDClick(plots.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    (left, right), _ = plots.loss.vb.viewRange()
    assert left <= 1
    assert right >= 20


def test_colours_follow_the_theme(plots: CurvePlots) -> None:
    plots.show_curves(told(story(20)), afresh=True)
    light = plots._classes["Soil"].opts["pen"].color().name()
    theme.apply("dark")
    assert plots._classes["Soil"].opts["pen"].color().name() != light
    theme.apply("light")
    assert plots._classes["Soil"].opts["pen"].color().name() == light


def test_no_two_of_the_first_classes_share_hue_and_dash() -> None:
    pens = {(class_pen(n).color().name(), tuple(class_pen(n).dashPattern())) for n in range(HUES * len(DASHES))}
    assert len(pens) == HUES * len(DASHES)


def test_pyqtgraph_is_imported_here_alone() -> None:
    package = Path(__file__).resolve().parents[3] / "weldstudio"
    importing = [file.name for file in package.rglob("*.py") if "import pyqtgraph" in file.read_text(encoding="utf-8")]
    assert sorted(importing) == ["overlay_plot.py", "plot_parts.py", "plots.py"]


def test_the_crosshair_does_not_stay_from_another_run(plots: CurvePlots) -> None:
    plots.show_curves(told(story(20)), afresh=True)
    plots.point_at(7)
    plots.show_curves(told(story(5)), afresh=True)
    assert not plots._cross[0].isVisible()
