"""What is told of a recipe's settings is one text, wherever it is read."""

from weldstudio import paths
from weldstudio.domain.recipe import keys
from weldstudio.studio.recipe_pages import listed, settings_page


def test_the_help_page_ends_with_every_setting() -> None:
    """After a change: `weldstudio recipes --settings` prints the table."""
    page = (paths.resources() / "help" / "train.md").read_text("utf-8")
    assert page.endswith(settings_page())
    assert all(f"`{key}`" in page for key in keys())


def test_every_recipe_that_comes_with_the_program_is_listed_and_told() -> None:
    found = listed()
    assert len({key for _, key, _ in found}) == len(found) >= 25
    assert all(recipe.name and recipe.description.endswith(".") for _, _, recipe in found)
    assert {"quick", "clamp", "imbalance-bayesian", "flowers-basic"} <= {key for _, key, _ in found}
