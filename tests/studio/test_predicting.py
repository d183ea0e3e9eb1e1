"""Predictions land in the slots of their classes; photos that cannot be shown are left out. The engine is a script."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.photos import FLAGS
from tests.studio.labelled import SCHEME, labelled_project
from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.jobs import process
from weldstudio.store import models, photos, predictions
from weldstudio.store.store import Store
from weldstudio.studio import predicting

CARD = ModelCard("m", "Quick", "squeezenet1_1", (ModelClass(2, FLAGS[2]), ModelClass(0, FLAGS[0])), run_id="m")

_ENGINE = """
import sys
import numpy as np
from weldstudio.domain.messages import *
from weldstudio.domain.packing import pack
from weldstudio.jobs.wire import decode, encode

def say(message):
    print(encode(message), flush=True)

say(Started(1, "engine"))
for line in sys.stdin:
    asked = decode(line)
    if isinstance(asked, LoadModel):
        say(ModelReady(asked.request, "m", "cpu", 0.1) if MODEL else Failed(asked.request, "The weights are damaged."))
    elif isinstance(asked, Score):
        good = [i for i in asked.photo_ids if i != BAD]
        bad = tuple((i, "unreadable") for i in asked.photo_ids if i == BAD)
        say(Scored(asked.request, "m", tuple(good), pack(np.array([[i / 100, 0.5] for i in good], np.float16)), bad))
        say(Completed(asked.request) if not FAIL else Failed(asked.request, "The memory is full."))
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with labelled_project(tmp_path, count=12, scheme=SCHEME) as made:
        models.add(made, CARD)
        models.activate(made, "m")
        yield made


def _script(patch: pytest.MonkeyPatch, *, model: bool = True, bad: int = -1, fail: bool = False) -> None:
    text = _ENGINE.replace("MODEL", str(model)).replace("BAD", str(bad)).replace("FAIL", str(fail))
    patch.setattr(process, "command", lambda role, *rest: [sys.executable, "-c", text])


def _done(store: Store, ids: list[int] | None = None) -> predicting.PredictReport:
    work = predicting.predict(store, photo_ids=ids)
    while True:
        try:
            assert isinstance(next(work), Progress)
        except StopIteration as end:
            report: predicting.PredictReport = end.value
            return report


def test_probabilities_land_in_the_slots_of_their_classes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predicting, "REQUEST", 5)  # three requests, of which two are under way at a time
    ids = [photo.id for photo in photos.every(store)]
    photos.set_problem(store, [ids[3]], "gone")
    _script(monkeypatch, bad=ids[7])
    report = _done(store)
    assert (report.scored, report.there, report.problems) == (10, 0, ((ids[7], "unreadable"),))
    assert "could not be read" in str(report)
    found, values = predictions.read(store, "m")
    assert set(ids) - set(found.tolist()) == {ids[3], ids[7]}
    assert np.allclose(values[:, 2], found / 100, atol=1e-3)
    assert np.allclose(values[:, 0], 0.5)
    assert np.isnan(values[:, 1]).all()


def test_what_was_scored_before_is_not_scored_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    _script(monkeypatch)
    ids = [photo.id for photo in photos.every(store)]
    assert _done(store, ids[:4]).scored == 4
    assert _done(store, ids[:6]).to_json()["scored_before"] == 4
    assert _done(store).scored == 6
    monkeypatch.setattr(process, "command", lambda *_: pytest.fail("an engine was started for nothing"))
    assert _done(store).scored == 0


def test_failures_of_the_engine_are_its_sentences(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    _script(monkeypatch, model=False)
    with pytest.raises(JobFailed, match="weights are damaged"):
        _done(store)
    _script(monkeypatch, fail=True)
    with pytest.raises(JobFailed, match="memory is full"):
        _done(store)
