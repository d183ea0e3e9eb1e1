"""Fixtures of the window: a dressed application, settings, a small real project, a fake engine, the window itself."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.in_process import readers_in_process  # noqa: F401 - for all tests below
from tests.photos import make_collection
from weldstudio import paths
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.scheme import Scheme
from weldstudio.gui.engine_client import EngineClient
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.opening import TO_WRITE, Opening
from weldstudio.gui.session import Session
from weldstudio.gui.store_thread import StoreThread
from weldstudio.gui.theme import theme
from weldstudio.imaging import scan
from weldstudio.settings import Settings
from weldstudio.store import first_pass, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store

FAKE_ENGINE = Path(__file__).parent / "fake_engine.py"
MODEL = "m1"


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """Every test begins in the light theme."""
    if theme.dark or not qapp.styleSheet():
        theme.apply("light")


@pytest.fixture
def settings() -> Settings:
    made = Settings.load(paths.settings_file())
    made.change(expert="Ada", theme="light")
    return made


@pytest.fixture
def fake_engine() -> list[str]:
    """Command of an engine that needs no torch; see `fake_engine.py` for what makes it misbehave."""
    return [sys.executable, "-S", str(FAKE_ENGINE)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of twelve real photographs and three flags in slots 0 to 2, nothing labelled."""
    made = make_collection(tmp_path / "photos", 12)
    folder = tmp_path / "project"
    with Store.create(folder) as store:
        collection, _ = photos.add_collection(store, "photos", made.folder)
        first_pass.insert_found(store, collection.id, list(scan.scan(made.folder)))
        scheme = Scheme()
        for name, points in (("No Clamp Used", 50), ("Soil", 15), ("Joint Misaligned", 35)):
            scheme = scheme.with_flag(name, points)
        scheme_rows.save(store, scheme)
    return folder


MakeSession = Callable[..., Session]


@pytest.fixture
def make_session(settings: Settings, fake_engine: list[str]) -> Iterator[MakeSession]:
    """`make_session(folder, synchronous=True)`: a session that is closed after the test."""
    made: list[Session] = []

    def make(
        folder: Path, used: Settings | None = None, *, opening: Opening = TO_WRITE, synchronous: bool = True
    ) -> Session:
        session = Session(
            folder,
            used or settings,
            opening=opening,
            thread=StoreThread(folder, opener=opening, synchronous=synchronous),
            engine=EngineClient(command=fake_engine),
        )
        made.append(session)
        return session

    yield make
    for session in made:
        session.close()


@pytest.fixture
def window(qtbot: QtBot, settings: Settings, make_session: MakeSession) -> Iterator[MainWindow]:
    """The real window on the welcome page, with a synchronous store thread and the fake engine."""
    made = MainWindow(settings, make_session=make_session)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    qtbot.waitExposed(made)
    yield made
    if made.session is not None:
        made.session.outbox.give_up()
    made.close_project()


def write_card(folder: Path, slots: tuple[int, ...], names: tuple[str, ...]) -> ModelCard:
    """A model's folder as the engine and its client look for it, without weights."""
    card = ModelCard(
        id=MODEL,
        name="mobilenet_v2 v1",
        network="mobilenet_v2",
        classes=tuple(ModelClass(slot, name, 0.5) for slot, name in zip(slots, names, strict=True)),
    )
    home = folder / "models" / MODEL
    home.mkdir(parents=True, exist_ok=True)
    (home / "card.json").write_text(json.dumps(card.to_json()), encoding="utf-8")
    return card
