"""How long a training takes, from a short measurement; the child is scripted."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.studio.labelled import labelled_project
from weldstudio.domain.errors import JobFailed, RecipeError
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.jobs.folder import RunFolder
from weldstudio.ml import loop
from weldstudio.store.store import Store
from weldstudio.studio import timing
from weldstudio.studio.timing import Estimate

TRAINED = Recipe().with_values(
    {"network.name": "squeezenet1_1", "network.weights": "random", "network.freeze": "0", "schedule.ema": "false"}
)
SCRIPT = """
import sys, time
said = open(sys.argv[1] + "/messages.jsonl", "a", buffering=1)
def say(text):
    said.write(text + "\\n")
say('{"message":"run_started","pid":1,"time":0.0,"device":"cpu","classes":[]}')
say('{"message":"stage","text":"reading training photos"}')
time.sleep(0.2)
say('{"message":"stage","text":"reading validation photos"}')
say('{"message":"step","step":4,"epoch":1.0,"loss":0.5,"learning_rate":0.1,"images_per_second":20.0}')
say('{"message":"run_finished","state":"done","sentence":"Done.","seconds":1.0}')
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with labelled_project(tmp_path, count=30) as made:
        yield made


def measured(store: Store, recipe: Recipe) -> Estimate:
    work = timing.estimate(store, recipe)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Estimate = end.value
            return found


def launched(script: str, monkeypatch: pytest.MonkeyPatch) -> list[RunFolder]:
    runs = []

    def launch(run: Path, _device: str) -> subprocess.Popen[bytes]:
        runs.append(RunFolder(run))
        assert len(runs[-1].manifest().photos) <= timing.PHOTOS + timing.JUDGES
        return subprocess.Popen([sys.executable, "-S", "-c", script, str(run)])

    monkeypatch.setattr("weldstudio.jobs.process.launch", launch)
    return runs


def manifest(train: int, judges: int) -> Manifest:
    splits = [Split.TRAIN] * train + [Split.VALIDATION] * judges
    photos = tuple(ManifestPhoto(n, f"/{n}.jpg", split, (1 + n % 2,)) for n, split in enumerate(splits))
    return Manifest((ManifestClass(0, "Soil"),), photos)


def test_a_measurement_of_a_few_photos_tells_the_time_of_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = launched(SCRIPT, monkeypatch)
    found = measured(store, TRAINED)
    assert found.step_rate == 20.0
    assert found.device == "cpu"
    assert found.read_rate == pytest.approx(18 / 0.2, rel=0.5)
    assert "about" in found.sentence.casefold()
    assert not runs[0].path.exists()  # nothing is left of it
    assert not list((store.folder / "runs").glob("*"))


def test_a_child_that_fails_says_why(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    launched(
        "import sys; open(sys.argv[1] + '/messages.jsonl', 'a').write("
        '\'{"message":"failed","request":-1,"sentence":"The weights do not fit."}\\n\')',
        monkeypatch,
    )
    with pytest.raises(JobFailed, match="do not fit"):
        measured(store, TRAINED)


def test_what_cannot_start_is_not_measured(store: Store) -> None:
    with pytest.raises(RecipeError):
        measured(store, TRAINED.with_values({"network.weights": "file"}))


def test_time_is_reading_learning_and_judging() -> None:
    recipe = TRAINED.with_values({"schedule.epochs": "10", "schedule.batch_size": "10"})
    found = timing.duration(recipe, manifest(100, 40), start=3.0, read_rate=20.0, step_rate=10.0)
    assert found == pytest.approx(3 + 140 / 20 + timing.HEAD_S + 10 * 100 / 10 + 10 * 40 / 20)
    frozen = recipe.with_values({"network.freeze": "-1"})
    assert timing.duration(frozen, manifest(100, 40), start=3.0, read_rate=20.0, step_rate=None) == pytest.approx(
        3 + 7 + timing.HEAD_S
    )
    many = recipe.with_values({"combination.members": "3"})
    single = found - 3.0
    assert timing.duration(many, manifest(100, 40), start=3.0, read_rate=20.0, step_rate=10.0) == pytest.approx(
        3 + 3 * single
    )


def test_judging_is_counted_as_the_training_does_it() -> None:
    assert timing.LEAST_EVALUATIONS == loop.LEAST_EVALUATIONS


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "3 s"), (89, "89 s"), (91, "2 min"), (3600, "60 min"), (9000, "2.5 h")]
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert timing.rough(seconds) == text
