"""Recipes: TOML round trip, refusals that name the remedy."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.recipe import (
    Augmentation,
    Data,
    LossChoice,
    NetworkChoice,
    Recipe,
    Sampling,
    Schedule,
    Thresholds,
    every_field,
    keys,
)
from weldstudio.domain.told import about

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
recipes = st.builds(
    Recipe,
    name=texts,
    description=texts,
    seed=st.integers(0, 2**31 - 1),
    data=st.builds(Data, classes=st.lists(texts, max_size=3).map(tuple), augment=st.booleans(), filter=texts),
    network=st.builds(NetworkChoice, freeze=st.integers(-1, 5), dropout=st.floats(0, 0.95)),
    loss=st.builds(LossChoice, name=st.sampled_from(about(LossChoice, "name").values), tau=st.floats(0, 3)),
    schedule=st.builds(
        Schedule,
        optimiser=st.sampled_from(about(Schedule, "optimiser").values),
        learning_rate=st.floats(1e-8, 100),
        epochs=st.integers(0, 1000),
    ),
    sampling=st.builds(Sampling, largest_share=st.floats(0.5, 0.98)),
    thresholds=st.builds(Thresholds, cost_miss=st.floats(0.001, 1e6), by_points=st.booleans()),
    augmentation=st.builds(Augmentation, vetoes=st.sampled_from([(), ("Soil: flip",), ("a: b: cut", "c: zoom")])),
)


@given(recipes)
def test_toml_gives_back_the_recipe(recipe: Recipe) -> None:
    assert Recipe.from_toml(recipe.to_toml()) == recipe


def test_an_unknown_key_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(RecipeError, match=r"schedule\.epoch'.*schedule\.epochs"):
        Recipe.from_toml("[schedule]\nepoch = 3\n")
    with pytest.raises(RecipeError, match=r"shedule\.batch_size'.*schedule\.batch_size"):
        Recipe.from_toml("[shedule]\nbatch_size = 3\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[schedule]\nepochs = 'many'", "whole number"),
        ("[data]\naugment = 1", "true or false"),
        ("[data]\nclasses = [1]", "list of names"),
        ("[network]\nname = 'mobilenet'", "Did you mean 'mobilenet_v2'"),
        ("[network]\nfreeze = 99", "stages"),
        ("[network]\ninput_size = 8", "pixels"),
        ("[network]\nweights = 'imagenet'", "weights"),
        ("[loss]\nname = 'bse'", "Did you mean 'bce'"),
        ("[schedule]\nlearning_rate = -1.0", "between"),
        ("[data]\ntrain_share = 0.9\nvalidation_share = 0.2", "no photos to test"),
        ("[sampling]\nmethod = 'upper'", "Did you mean 'under'"),
        ("[network]\nfreeze = 18\nreinitialise = 2", "only 1 of the 19 stages"),
        ("[augmentation]\nvetoes = ['Soil flip']", "FLAG: VARIATION"),
        ("[augmentation]\nvetoes = ['Soil: flop']", "Did you mean 'flip'"),
        ("[data]\nfolds = 1", "at least 2 folds"),
        ("[data]\nfolds = 3\naccepted_labels = true", "accepted"),
        ("[network]\nhead = 'two_layers'\n[sampling]\nbalanced_head = true", "one layer"),
        ("[combination]\nmodels = ['a']", "two or three"),
        ("[look]\nrectangle = '0.5 0 0.2 1'", "left before right"),
        ("[look]\nsecond = 'rectangle'\n[network]\nfit = 'crop'", "squash"),
        ("[look]\nrectangle = 'middle'", "four numbers"),
        ("schedule = 3", "table of values"),
        ("[schedule", "no valid TOML"),
    ],
)
def test_nonsense_is_refused_in_words(text: str, sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence):
        Recipe.from_toml(text)


def test_values_are_set_by_dotted_key_as_words_or_toml() -> None:
    recipe = Recipe().with_values(
        {
            "schedule.epochs": "3",
            "schedule.learning_rate": "1",
            "network.name": "resnet18",
            "data.classes": '["a", "b"]',
        }
    )
    assert recipe.schedule.epochs == 3
    assert recipe.schedule.learning_rate == 1.0
    assert recipe.network.name == "resnet18"
    assert recipe.data.classes == ("a", "b")
    assert Recipe().with_values({"data.classes": "soil, Drops"}).data.classes == ("soil", "Drops")
    with pytest.raises(RecipeError, match="twice"):
        Recipe().with_values({"schedule": "x", "schedule.epochs": "3"})


def test_every_key_is_listed_once() -> None:
    assert len(set(keys())) == len(keys())
    assert "network.freeze" in keys()
    assert all(set(key) <= set(string.ascii_lowercase + "._2") for key in keys())


def test_every_field_says_what_it_means() -> None:
    for key, default, told in every_field():
        assert told.label
        assert told.meaning.endswith("."), key
        assert not told.words or default in told.values


def test_frozen_stages_are_resolved() -> None:
    assert not NetworkChoice().trains_stages
    assert NetworkChoice(freeze=0).frozen_stages == 0
    assert NetworkChoice(freeze=0).trains_stages
    assert NetworkChoice().size == 224
