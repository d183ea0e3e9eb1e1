"""The report of a model: one file, nothing outside, every name escaped, the dearest errors first."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tests.photos import FLAGS
from tests.studio.scored import NEW, two_models
from weldstudio import paths
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.messages import Alarm, Evaluated, RunFinished, Step
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.gui.palette import ROLES
from weldstudio.jobs.folder import RunFolder
from weldstudio.store import models, photos
from weldstudio.store.store import Store
from weldstudio.studio import predicting, report, report_plots
from weldstudio.studio import scheme as schemes
from weldstudio.studio.report import Written


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two models; the flag that both judge is named like a script. The newer one has the run that made it."""
    with two_models(tmp_path_factory.mktemp("report")) as made:
        schemes.change_points(made, 0, 60, who="Ann")
        schemes.rename_flag(made, 1, "<script>alert(1)</script>", who="Ann")
        manifest = Manifest((ManifestClass(0, FLAGS[0]),), (ManifestPhoto(1, "/1.jpg", Split.TRAIN, (1,)),))
        recipe = Recipe().with_values({"schedule.learning_rate": "0.125"})
        run = RunFolder.create(made.folder / "runs" / str(NEW.run_id), recipe, manifest)
        for message in (
            Step(1, 0.5, 0.7, 0.1, 20.0),
            Step(2, 1.0, float(10**11), 0.1, 20.0),
            Evaluated(2, 1.0, 0.6, 0.8, 0.8),
            Alarm("rising", "The loss rises & rises."),
            RunFinished("done", "Done.", 60.0, 2, 0.8),
        ):
            run.append(message)
        yield made


def written(store: Store, **chosen: object) -> tuple[Written, str]:
    work = report.write(store, **chosen)  # type: ignore[arg-type]
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Written = end.value
            return found, found.file.read_text("utf-8")


class _Elements(HTMLParser):
    """What opens and closes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_one_sound_file_that_needs_nothing_else(store: Store, tmp_path: Path) -> None:
    found, text = written(store, model_id="new", file=tmp_path / "out.html")
    elements = _Elements()
    elements.feed(text)
    assert not elements.open
    assert "script" not in elements.seen
    assert all(address.startswith("data:image/jpeg;base64,") for address in elements.addresses)
    assert not re.search(r"https?://|@import|url\(", text)
    assert found.size == len(text.encode()) < 2_000_000


def test_it_says_what_was_measured_and_shows_the_dearest_errors(store: Store) -> None:
    found, text = written(store, model_id="new")
    assert found.file == store.folder / "models" / "new" / "report.html"
    assert "100.0 %" not in text.split("Flag by flag")[0]
    assert "1 that should be rejected would be accepted, 1 would be rejected for nothing" in text
    assert "not attainable: 19 more raised validation photographs needed" in text
    first = text.split("The costliest errors")[1].split("</figure>")[0]
    assert FLAGS[0] in first  # 60 points
    assert "data:image/jpeg" in first
    assert "schedule.learning_rate = 0.125" in text
    assert "The loss rises &amp; rises." in text
    assert "&lt;script&gt;" not in text  # the card knows the flag by its old name
    _, old = written(store, model_id="old")
    assert "How it learned" not in old


def test_a_model_of_one_of_a_group_has_its_report_too(store: Store) -> None:
    classes = tuple(ModelClass(slot, name) for slot, name in enumerate(FLAGS))
    models.add(store, ModelCard("group", "Group", "squeezenet1_1", classes, task="exclusive"))
    (store.folder / "models" / "group").mkdir()
    ids = [photo.id for photo in photos.every(store)]
    said = np.random.default_rng(0).dirichlet((1, 1, 1), len(ids))
    predicting.record(store, "group", ids, said)
    _, text = written(store, model_id="group")
    assert "33 % is guessing" in text
    assert "of photographs right" in text
    assert "taken for" in text


def test_where_it_cannot_be_written_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match="cannot be written"):
        written(store, file=tmp_path / "nowhere" / "out.html")


def test_its_colours_are_those_of_the_program() -> None:
    style = (paths.resources() / "report" / "style.css").read_text("utf-8")
    light, dark = style.split("prefers-color-scheme: dark")
    dark = dark.split("* { box-sizing")[0]
    for block, side in ((light, 0), (dark, 1)):
        known = {values[side] for values in ROLES.values()}
        assert set(re.findall(r"#[0-9A-F]{6}", block)) <= known


def test_a_loss_that_shoots_up_does_not_flatten_the_others() -> None:
    steps = [(float(n), 1.0 / (n + 1)) for n in range(1000)] + [(1000.0, 1e11)]
    plot = report_plots.run_plot("Loss", [("curve", steps)], share=False)
    heights = [float(pair.split(",")[1]) for pair in plot.split('points="')[1].split('"')[0].split()]
    assert len(heights) <= report_plots.MOST_POINTS + 1
    assert np.ptp(heights[:-1]) > 50
    assert ">&gt; " in plot, "the edge says that there is more above"
    assert report_plots.run_plot("Loss", [("curve", [])], share=False) == ""
