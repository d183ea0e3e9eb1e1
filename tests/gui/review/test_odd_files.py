"""The corpus of odd and damaged files, imported and looked at: nothing stops, and the Problems queue says why."""

import hashlib
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from tests.imaging.corpus import EITHER, SHOWN, Odd, write
from tests.in_process import InProcessChild
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.review.page import ReviewPage
from weldstudio.store import mirror as mirrors
from weldstudio.store.store import Store
from weldstudio.studio import importing, picking, projects, reading, rescanning

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")


def ended(work: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Odd, ...], dict[str, str]]:
    """A project of the whole corpus, its files, and what they were before anybody looked."""
    folder = tmp_path_factory.mktemp("odd")
    corpus = write(folder / "photos")
    before = digests(folder / "photos")
    with pytest.MonkeyPatch.context() as patch, projects.create(folder / "project") as store:
        patch.setattr(reading, "Child", InProcessChild)
        patch.setattr(rescanning, "Child", InProcessChild)
        ended(importing.import_photos(store, folder / "photos", who="Ann"))
    return folder, corpus, before


def problems(store: Store) -> dict[str, str]:
    """Why photos cannot be shown, by path, as the filter finds them."""
    mirror = mirrors.read(store)
    rows = picking.pick(mirror, where="problem")
    return {mirror.paths[row]: mirror.problems[int(mirror.ids[row])] for row in rows.tolist()}


def test_what_cannot_be_shown_waits_among_the_problems_with_its_reason(made: Any) -> None:
    folder, corpus, before = made
    with Store.open(folder / "project", read_only=True) as store:
        found = problems(store)
        assert len(mirrors.read(store)) == len(corpus)
    unclear = [
        odd.name for odd in corpus if odd.fate not in (SHOWN, EITHER) and not re.search(odd.fate, found[odd.name])
    ]
    assert unclear == []
    assert not [odd.name for odd in corpus if odd.fate == SHOWN and odd.name in found]
    assert digests(folder / "photos") == before


def test_the_grid_shows_a_picture_or_a_reason_for_each(qtbot: QtBot, window: MainWindow, made: Any) -> None:
    folder, corpus, before = made
    window.open_project(folder / "project")
    qtbot.waitUntil(lambda: "review" in window.pages)
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    assert window.session is not None
    ids = page.filtering.shown.ids.tolist()
    assert len(ids) == len(corpus)

    def all_answered() -> bool:
        missing = [i for i in ids if page.thumbs.get(i) is None and not page.thumbs.problem(i)]
        page.thumbs.want("all", missing, QSize(96, 72))  # again, if what was known of a file was forgotten meanwhile
        return not missing

    qtbot.waitUntil(all_answered, timeout=20_000)
    page.show_filter("problem")
    wrong = page.filtering.shown.ids.tolist()
    assert 100 < len(wrong) < len(ids)
    page.grid.viewport().grab()
    for index, photo in enumerate(wrong):
        name = window.session.mirror.paths[window.session.mirror.row(photo)]
        assert page.grid.mouse.words(index).splitlines()[-1].startswith(name)
    assert digests(folder / "photos") == before


def test_what_was_mended_is_shown_and_what_vanished_is_said_after_another_look(made: Any) -> None:
    folder, corpus, _ = made
    photos = folder / "photos"
    good = next(odd for odd in corpus if odd.name == "mode_RGB.jpg")
    (photos / "empty.jpg").write_bytes(good.content + b"mended")
    (photos / "film.gif").unlink()
    (photos / "noise.png").rename(photos / "renamed noise.png")
    with Store.open(folder / "project") as store:
        ended(rescanning.rescan(store, 1))
        found = problems(store)
        assert len(mirrors.read(store)) == len(corpus)
    assert "empty.jpg" not in found
    assert "not there any more" in found["film.gif"]
    assert "no picture" in found["renamed noise.png"]
    assert "noise.png" not in found
