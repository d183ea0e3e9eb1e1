"""A range test is drawn while there is one."""

from pytestqt.qtbot import QtBot

from weldstudio.domain.curves import Curves
from weldstudio.domain.messages import RangeTested
from weldstudio.gui.train.range_plot import RangePlot

TESTED = RangeTested((1e-4, 1e-3, 1e-2, 1e-1), (1.0, 0.6, 0.5, 9.0), 1e-3, "The loss falls fastest near 0.001.")


def test_a_range_test_is_drawn_and_told(qtbot: QtBot) -> None:
    plot = RangePlot()
    qtbot.addWidget(plot)
    assert not plot.isVisible()
    plot.resize(400, plot.height())
    plot.show_test(TESTED)
    assert plot.isVisible()
    assert plot.toolTip() == TESTED.sentence
    with_line = plot.grab().toImage()
    plot.show_test(RangeTested(TESTED.rates, TESTED.losses, None, "No rate."))
    assert plot.grab().toImage() != with_line
    plot.show_test(None)
    assert not plot.isVisible()


def test_curves_remember_what_was_tested() -> None:
    curves = Curves()
    assert curves.take([TESTED])
    assert curves.range_tested is TESTED
    assert not curves.take([])
