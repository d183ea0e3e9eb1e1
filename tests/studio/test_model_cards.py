"""What a person says of a model is an action: it enters the history, the card beside the weights, and can be undone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.studio.scored import two_models
from weldstudio.domain.errors import JobFailed
from weldstudio.store import models
from weldstudio.store.store import Store
from weldstudio.studio import labelling, model_cards, registry


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with two_models(tmp_path) as made:
        yield made


def _card(store: Store):
    card = models.get(store, "new")
    assert card is not None
    return card


def test_a_card_is_edited_told_in_the_history_and_put_back(store: Store) -> None:
    done = model_cards.edit(store, "new", {"name": "Clamps 3", "limits": " Not for water. "}, who="Ann")
    assert (_card(store).name, _card(store).limits) == ("Clamps 3", "Not for water.")
    beside = json.loads((registry.folder_of(store, "new") / "card.json").read_text("utf-8"))
    assert beside["name"] == "Clamps 3"
    assert done.action_id is not None
    labelling.revert(store, done.action_id, who="Ann")
    assert (_card(store).name, _card(store).limits) == ("New", "")


def test_thresholds_belong_to_the_version_and_are_undone_flag_by_flag(store: Store) -> None:
    first = model_cards.set_thresholds(store, "new", [0.2, 0.5], who="Ann", how="a miss costs 20")
    assert "a miss costs 20" in first.text
    model_cards.set_thresholds(store, "new", [0.2, 0.7], who="Ann")
    assert first.action_id is not None
    labelling.revert(store, first.action_id, who="Ann")
    assert [item.threshold for item in _card(store).classes] == [0.5, 0.7]


def test_nothing_is_written_where_nothing_changes(store: Store) -> None:
    assert model_cards.set_thresholds(store, "new", [0.5, 0.5], who="Ann").action_id is None


@pytest.mark.parametrize(
    ("values", "words"),
    [({"nme": "x"}, "Did you mean 'name'"), ({"name": " "}, "needs a name"), ({"limits": "x" * 5000}, "4,000")],
)
def test_what_no_card_can_say_is_refused(store: Store, values: dict[str, str], words: str) -> None:
    with pytest.raises(JobFailed, match=words):
        model_cards.edit(store, "new", values, who="Ann")
    assert _card(store).name == "New"


def test_thresholds_that_are_none_are_refused(store: Store) -> None:
    for wrong in ([0.5], [0.5, 1.5], [0.5, float("nan")]):
        with pytest.raises(JobFailed, match="between 0 and 1"):
            model_cards.set_thresholds(store, "new", wrong, who="Ann")
