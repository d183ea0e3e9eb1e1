"""Where a model comes from, who put it into use, and which answered before."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.studio.scored import NEW, two_models
from weldstudio.domain.recipe import Recipe
from weldstudio.store import models
from weldstudio.store.store import Store
from weldstudio.studio import labelling, lineage, model_cards, registry


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with two_models(tmp_path) as made:
        yield made


def test_what_was_done_with_a_model_is_told_newest_first(store: Store) -> None:
    registry.activate(store, "new", who="Ada")
    model_cards.set_thresholds(store, "new", [0.1, 0.5], who="Ben", how="a miss costs 20")
    models.add(store, replace(NEW, id="child", run_id="r2", parent="new", snapshot_sha256="ab12"))
    told = lineage.lineage(store, NEW).history
    assert [(one.who, one.text.partition(":")[0]) for one in told] == [
        ("Ben", "Thresholds of New"),
        ("Ada", "Use model New (new)"),
    ]
    card = models.get(store, "child")
    assert card is not None
    child = lineage.lineage(store, card)
    assert (child.parent_name, child.snapshot_sha256, child.run_here) == ("New", "ab12", False)


def test_the_model_before_is_that_of_the_last_change(store: Store) -> None:
    assert lineage.before_this(store) is None
    registry.activate(store, "old", who="Ada")
    assert lineage.before_this(store) is None
    done = registry.activate(store, "new", who="Ada")
    before = lineage.before_this(store)
    assert before is not None
    assert before.id == "old"
    assert done.action_id is not None
    labelling.revert(store, done.action_id, who="Ada")
    after = lineage.before_this(store)
    assert after is not None
    assert after.id == "new"


def test_settings_that_are_the_default_are_not_told() -> None:
    assert lineage.apart(Recipe()) == ()
    assert "thresholds.rule = cost" in lineage.apart(Recipe().with_values({"thresholds.rule": "cost"}))
