"""The weights that a training begins with: where they lie, where they come from, and under which licence."""

from dataclasses import dataclass
from pathlib import Path

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.model import ModelCard
from weldstudio.domain.networks import NETWORKS
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.scheme import did_you_mean
from weldstudio.store import models
from weldstudio.store.store import Store
from weldstudio.studio import shipped
from weldstudio.studio.weights import IMAGENET, licence_of, own_file


@dataclass(frozen=True, slots=True)
class Weights:
    """A file to begin with, and where it comes from."""

    file: Path | None
    """None where the run itself fetches it."""
    origin: str
    licence: str


def starting_weights(store: Store, recipe: Recipe, given: Path | None) -> Weights | None:
    """The starting weights, or None for random ones. Raises RecipeError."""
    choice, combined = recipe.network, recipe.combination.models
    if combined:
        cards = [_model(store, model_id) for model_id in combined]
        licences = dict.fromkeys(card.weights_licence for card in cards if card.weights_licence)
        return Weights(None, f"the models {', '.join(combined)}, combined", "; ".join(licences))
    if given is not None:
        file = given if given.is_file() else own_file(str(given))
        if file is None:
            raise RecipeError(f"There is no weights file {given}; `weldstudio weights` lists those that are here.")
        return Weights(file, f"file {file.name}", licence_of(file) or "not known: that of the file's source")
    if choice.weights == "random":
        return None
    if choice.weights == "torchvision":
        return Weights(None, f"torchvision's ImageNet weights of {choice.name}", IMAGENET)
    if choice.weights == "file":
        raise RecipeError("The recipe begins with a weights file, but none was given; choose one.")
    if choice.weights == "shipped":
        found = next((model for model in shipped.every() if model.card.network == choice.name), None)
        if found is None:
            raise RecipeError(
                f"No weights for {NETWORKS[choice.name].title} come with the program. Start from those of ImageNet, "
                "fetched once by torchvision (network.weights = torchvision), from a weights file, from a model of "
                "this project, or from random ones."
            )
        origin = f"{found.card.name}, which comes with weldstudio; it began with: {found.card.weights_origin}"
        return Weights(found.folder / shipped.WEIGHTS, origin, found.card.weights_licence)
    model_id = choice.weights.removeprefix("model:")
    card = _model(store, model_id)
    if card.members:
        raise RecipeError(f"The model '{model_id}' is made of several networks; begin with a model of one.")
    if card.network != choice.name:
        raise RecipeError(
            f"The model '{model_id}' is a {card.network}, not a {choice.name}; choose network.name = {card.network}."
        )
    file = store.folder / "models" / model_id / "weights.safetensors"
    return Weights(file, f"model {model_id}, which began with: {card.weights_origin}", card.weights_licence)


def _model(store: Store, model_id: str) -> ModelCard:
    card = models.get(store, model_id)
    if card is None:
        raise RecipeError(
            f"There is no model '{model_id}'.{did_you_mean(model_id, models.runs_adopted(store).values())}"
        )
    return card
