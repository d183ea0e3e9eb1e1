"""Every setting of a recipe can be changed in the form, and says what it means."""

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from weldstudio.domain.recipe import every_field
from weldstudio.gui.train.fields import MORE, REST, TITLES
from weldstudio.gui.train.recipe_form import RecipeForm
from weldstudio.studio import training

ELSEWHERE = {"name", "description", "network.weights", "network.freeze"}
"""Shown by controls of their own, or not meant for the form."""


@pytest.fixture
def form(qtbot: QtBot) -> RecipeForm:
    made = RecipeForm(training.presets(), experiments=training.experiments(), first="fine-tune")
    qtbot.addWidget(made)
    made.show_more(True)
    made.show()
    return made


def test_every_setting_has_its_control_with_its_meaning_on_hover(form: RecipeForm) -> None:
    for key, default, told in every_field():
        if key in ELSEWHERE:
            continue
        control = form.findChild(QWidget, key)
        assert control is not None, key
        assert told.meaning in control.toolTip()
        assert key in control.toolTip()
        assert told.source in control.toolTip()
        kind = QComboBox if told.words else QCheckBox if isinstance(default, bool) else QLineEdit
        assert isinstance(control, kind), key


def test_common_settings_come_first_and_the_rest_under_headings(form: RecipeForm) -> None:
    headings = {label.text() for label in form.findChildren(QLabel)}
    assert set(TITLES.values()) <= headings
    first = [form.findChild(QWidget, row.key).mapTo(form, form.rect().topLeft()).y() for row in MORE]
    rest = [form.findChild(QWidget, row.key).mapTo(form, form.rect().topLeft()).y() for row in REST]
    assert max(first) < min(rest)


def test_words_numbers_and_lists_are_taken_as_they_are_typed(form: RecipeForm) -> None:
    vetoes = form.findChild(QLineEdit, "augmentation.vetoes")
    vetoes.setText("Soil: flip, Arrow: rotate")
    vetoes.textEdited.emit(vetoes.text())
    assert form.recipe.augmentation.vetoes == ("Soil: flip", "Arrow: rotate")
    chosen = form.findChild(QLineEdit, "data.filter")
    chosen.setText('flag:"Soil" equipment:Redbox')
    chosen.textEdited.emit(chosen.text())
    assert form.recipe.data.filter == 'flag:"Soil" equipment:Redbox'
    vetoes.setText("Soil: flop")
    vetoes.textEdited.emit(vetoes.text())
    assert "Did you mean 'flip'" in form.problem
    assert "flop" in vetoes.toolTip()


def test_an_experiment_puts_its_recipe_into_the_form(form: RecipeForm) -> None:
    index = form.experiments.findData("imbalance-bayesian")
    form.experiments.setCurrentIndex(index)
    form.experiments.activated.emit(index)
    assert form.recipe == training.experiments()["imbalance-bayesian"]
    assert form.preset is None
    assert "fetched" in form.findChild(QLabel, "weights-note").text().lower()
    form.set_values({"seed": "4"})
    assert form.experiments.currentData() == ""


def test_another_network_forgets_how_many_stages_began_anew(form: RecipeForm) -> None:
    form.set_values({"network.name": "alexnet", "network.freeze": "5", "network.reinitialise": "9"})
    network = form.findChild(QComboBox, "network.name")
    index = network.findData("lenet5")
    network.activated.emit(index)
    assert form.recipe.network.name == "lenet5"
    assert form.recipe.network.reinitialise == 0
    assert form.problem == ""
