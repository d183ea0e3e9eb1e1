"""Recipes in words: which there are, and what every setting means, for the command line and the help page."""

from weldstudio.domain.recipe import Recipe, every_field
from weldstudio.studio import training


def settings_page() -> str:
    """Every setting of a recipe as a Markdown table: key, meaning with its choices, default, source."""
    lines = ["| setting | meaning | default | source |", "| --- | --- | --- | --- |"]
    for key, default, told in every_field():
        meaning = told.meaning
        if told.words and key != "network.name":
            meaning += " " + "; ".join(f"`{value}`: {words.lower()}" for value, words in told.words) + "."
        shown = ", ".join(default) if isinstance(default, tuple) else str(default).lower()
        lines.append(f"| `{key}` | {meaning} | {shown or '-'} | {told.source or '-'} |")
    return "\n".join(lines) + "\n"


def listed() -> list[tuple[str, str, Recipe]]:
    """(kind, id, recipe) of everything that `train --recipe` knows by name."""
    return [("preset", key, recipe) for key, recipe in training.presets().items()] + [
        ("experiment", key, recipe) for key, recipe in training.experiments().items()
    ]
