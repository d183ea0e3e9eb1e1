"""Which features there are, whose they are, and that they go with their trunk. The engine is a script."""

import hashlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.photos import FLAGS
from tests.studio.featured import write_weights
from tests.studio.labelled import SCHEME, labelled_project
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.model import Member, ModelCard, ModelClass, Preprocessing
from weldstudio.domain.photo import PhotoFacts
from weldstudio.imaging.feature_file import ROWS, FeatureFile
from weldstudio.jobs import process
from weldstudio.store import models, photos, predictions
from weldstudio.store.store import Store
from weldstudio.studio import features, predicting, registry

CARD = ModelCard("m", "Quick", "squeezenet1_1", (ModelClass(0, FLAGS[0]),), run_id="m")
_ENGINE = """
import sys
from pathlib import Path
import numpy as np
from weldstudio.domain.messages import *
from weldstudio.domain.packing import pack
from weldstudio.imaging.feature_file import *
from weldstudio.jobs.wire import decode, encode

def say(message):
    print(encode(message), flush=True)

say(Started(1, "engine"))
for line in sys.stdin:
    asked = decode(line)
    if isinstance(asked, LoadModel):
        say(ModelReady(asked.request, "m", "cpu", 0.1))
    elif isinstance(asked, Score):
        file = FeatureFile.make(Path(asked.features), TrunkAbout(asked.trunk, "squeezenet1_1", 4))
        known = [(key, photo) for key, photo in zip(asked.contents, asked.photo_ids) if key]
        file.append([key for key, _ in known], np.array([photo for _, photo in known])[:, None] * np.ones(4))
        say(Scored(asked.request, "m", asked.photo_ids, pack(np.full((len(asked.photo_ids), 1), 0.5, np.float16))))
        say(Completed(asked.request))
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(process, "command", lambda role, *rest: [sys.executable, "-c", _ENGINE])
    with labelled_project(tmp_path, count=6, scheme=SCHEME) as made:
        for number, (collection_id, path) in enumerate((p.collection_id, p.path) for p in photos.every(made)):
            if number < 5:  # the last one has not been read yet
                facts = PhotoFacts(path, 64, 48, content_hash=hashlib.sha256(bytes([number])).hexdigest())
                photos.record_facts(made, collection_id, [facts])
        models.add(made, CARD)
        models.activate(made, "m")
        write_weights(registry.folder_of(made, "m"), b"trunk", b"head")
        yield made


def make(store: Store) -> predicting.PredictReport:
    work = predicting.predict(store, features=True)
    while True:
        try:
            next(work)
        except StopIteration as end:
            report: predicting.PredictReport = end.value
            return report


def test_a_trunk_is_its_weights_and_preprocessing_and_not_its_head(tmp_path: Path) -> None:
    one = features.trunk_of(write_weights(tmp_path / "1", b"trunk", b"head"), CARD)
    assert features.trunk_of(write_weights(tmp_path / "2", b"trunk", b"other"), CARD) == one
    assert features.trunk_of(write_weights(tmp_path / "3", b"grown", b"head"), CARD) != one
    assert features.trunk_of(tmp_path / "1", replace(CARD, preprocessing=Preprocessing(input_size=320))) != one
    several = replace(CARD, members=(Member("squeezenet1_1", (0,)),))
    assert features.trunk_of(write_weights(tmp_path / "4", b"trunk", b"x", prefix="members.0."), several) == one
    with pytest.raises(JobFailed, match="cannot be read"):
        features.trunk_of(tmp_path / "nowhere", CARD)


def test_features_grow_with_the_collection(store: Store) -> None:
    assert make(store).scored == 6
    (found,) = features.every(store)
    assert (found.photos, found.out_of, found.waiting, found.models) == (5, 6, 1, ("m",))
    assert found.size > 5 * 36
    last = photos.every(store)[-1]
    photos.record_facts(store, last.collection_id, [PhotoFacts(last.path, 64, 48, content_hash="ab" * 32)])
    assert make(store).to_json()["scored"] == 1
    file = FeatureFile.open(found.folder)
    assert file is not None
    assert file.read(file.find(["ab" * 32])).tolist() == [[last.id] * 4]
    assert make(store).scored == 0


def test_what_is_damaged_is_taken_out_and_made_again(store: Store) -> None:
    make(store)
    (found,) = features.every(store)
    content = bytearray((found.folder / ROWS).read_bytes())
    content[-1] ^= 255
    (found.folder / ROWS).write_bytes(content)
    *_, last = (work := features.check(store))
    assert last.total == 5
    assert work.gi_frame is None
    assert features.every(store)[0].photos == 4
    assert make(store).scored == 1


def test_features_go_with_their_trunk(store: Store) -> None:
    make(store)
    (found,) = features.every(store)
    assert features.remove(store) == []
    with pytest.raises(JobFailed, match="no features of the trunk"):
        features.remove(store, trunk="other")
    write_weights(registry.folder_of(store, "m"), b"another trunk", b"head")
    assert [one.trunk for one in features.remove(store)] == [found.trunk]
    assert not found.folder.exists()
    make(store)
    half = found.folder.with_name("half.gone")  # the machine stopped while this was being deleted
    half.mkdir()
    (half / ROWS).touch()
    models.add(store, replace(CARD, id="n", run_id="n"))
    write_weights(registry.folder_of(store, "n"), b"a third trunk", b"head")
    registry.activate(store, "n", who="Ann")
    assert len(features.every(store)) == 1  # the predictions of the model before are kept, and so are its features
    assert not half.exists()
    predictions.keep_only(store, ["n"])
    assert len(features.tidy(store)) == 1
    registry.activate(store, "m", who="Ann")
    make(store)
    shutil.rmtree(registry.folder_of(store, "m"))
    assert len(features.remove(store)) == 1
