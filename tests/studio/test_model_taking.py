"""A model of another project is taken in if its flags are here and its weights intact; else the account says why."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ml.test_portable import CARD, model
from tests.photos import FLAGS
from tests.studio.labelled import SCHEME, labelled_project
from tests.studio.scored import finished
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.model import ModelClass
from weldstudio.store import models
from weldstudio.store.store import Store
from weldstudio.studio import model_taking, registry

pytestmark = pytest.mark.usefixtures("engines_in_process")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with labelled_project(tmp_path, count=3, scheme=SCHEME) as made:
        yield made


def test_its_flags_get_the_slots_of_this_project(store: Store, tmp_path: Path) -> None:
    card = replace(CARD, classes=(ModelClass(7, FLAGS[2].upper(), 0.3), ModelClass(9, FLAGS[0], 0.4)), run_id="theirs")
    taken = finished(model_taking.take_in(store, model(tmp_path / "m", card)))
    assert taken.card.slots == (2, 0)
    assert taken.unjudged == (FLAGS[1],)
    assert f"says nothing of {FLAGS[1]}" in taken.sentence
    assert models.active_id(store) is None
    assert (registry.folder_of(store, "m") / "weights.safetensors").is_file()
    with pytest.raises(JobFailed, match="already"):
        finished(model_taking.take_in(store, tmp_path / "m"))


def test_what_does_not_match_is_named_and_nothing_changes(store: Store, tmp_path: Path) -> None:
    card = replace(CARD, classes=(ModelClass(0, FLAGS[0]), ModelClass(1, "Gouge")))
    with pytest.raises(JobFailed, match="1 of its 2 flags are in the scheme; these are not: Gouge"):
        finished(model_taking.take_in(store, model(tmp_path / "m", card)))
    assert models.every(store) == []


def test_weights_that_are_not_the_cards_are_refused(store: Store, tmp_path: Path) -> None:
    folder = model(tmp_path / "m", replace(CARD, classes=(ModelClass(0, FLAGS[0]), ModelClass(1, FLAGS[1]))))
    card = json.loads((folder / "card.json").read_text("utf-8")) | {"weights_sha256": "00"}
    (folder / "card.json").write_text(json.dumps(card), "utf-8")
    with pytest.raises(JobFailed, match="another checksum"):
        finished(model_taking.take_in(store, folder))
    with pytest.raises(JobFailed, match="is no model"):
        finished(model_taking.take_in(store, tmp_path))
