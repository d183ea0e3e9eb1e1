"""The engine's client against a child that speaks its lines."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.conftest import ExpectLog
from tests.gui.conftest import MODEL, write_card
from weldstudio.gui.engine_client import EngineClient, Explanation


@pytest.fixture
def model(tmp_path: Path) -> Path:
    write_card(tmp_path, (3, 5), ("soil", "clamp"))
    return tmp_path / "models" / MODEL


@pytest.fixture
def client(fake_engine: list[str]) -> Iterator[EngineClient]:
    made = EngineClient(command=fake_engine)
    yield made
    made.stop()


def test_a_photograph_asked_for_before_the_model_is_ready_is_explained(
    qtbot: QtBot, client: EngineClient, model: Path
) -> None:
    client.use_model(model)
    client.explain(7, Path("a.jpg"))
    with qtbot.waitSignal(client.explained, timeout=5000) as signal:
        pass
    got: Explanation = signal.args[0]
    assert (got.photo_id, got.model_id, got.slots) == (7, MODEL, (3, 5))
    assert got.probabilities == pytest.approx([0.1, 0.2])
    assert got.maps.shape == (2, 2, 3)
    assert got.maps.dtype == np.float32
    shown = got.map_of(5)
    assert shown is not None
    assert shown.mean() == pytest.approx(0.2, abs=1e-3)
    assert got.map_of(4) is None
    assert client.state == "engine ready · mobilenet_v2 v1"


def test_the_newest_photograph_is_the_one_that_is_answered(qtbot: QtBot, client: EngineClient, model: Path) -> None:
    got: list[int] = []
    client.explained.connect(lambda e: got.append(e.photo_id))
    client.use_model(model)
    qtbot.waitUntil(lambda: client.state.startswith("engine ready"), timeout=5000)
    for photo_id in range(1, 9):
        client.explain(photo_id, Path("slow.jpg"))
    qtbot.waitUntil(lambda: 8 in got, timeout=5000)
    assert got == [8]


def test_a_photograph_that_cannot_be_read_is_said_and_the_next_one_works(
    qtbot: QtBot, client: EngineClient, model: Path
) -> None:
    client.use_model(model)
    client.explain(1, Path("broken.jpg"))
    qtbot.waitUntil(lambda: "could not be read" in client.state, timeout=5000)
    with qtbot.waitSignal(client.explained, timeout=5000):
        client.explain(2, Path("good.jpg"))


def test_an_engine_that_dies_is_started_again(qtbot: QtBot, client: EngineClient, model: Path) -> None:
    client.use_model(model)
    qtbot.waitUntil(lambda: client.state.startswith("engine ready"), timeout=5000)
    client.explain(1, Path("crash.jpg"))
    qtbot.waitUntil(lambda: client.state.startswith("engine stopped"), timeout=5000)
    # The photograph that it died over is not asked about again, so it comes up and stays up.
    qtbot.waitUntil(lambda: client.state.startswith("engine ready"), timeout=5000)
    with qtbot.waitSignal(client.explained, timeout=5000) as signal:
        client.explain(2, Path("good.jpg"))
    assert signal.args[0].photo_id == 2


def test_an_engine_that_keeps_dying_is_given_up_in_a_sentence(qtbot: QtBot, client: EngineClient, model: Path) -> None:
    client.use_model(model)
    card = model / "card.json"
    card.write_text(card.read_text(encoding="utf-8").replace("mobilenet_v2 v1", "crash"), encoding="utf-8")
    with qtbot.waitSignal(client.failed, timeout=10000) as signal:
        client.use_model(model)
    assert "no live predictions" in signal.args[0]
    assert "exit code 3" in signal.args[0]


def test_a_program_that_is_not_there_is_said(qtbot: QtBot, model: Path) -> None:
    client = EngineClient(command=["/nowhere/at/all"])
    with qtbot.waitSignal(client.failed, timeout=5000) as signal:
        client.use_model(model)
    assert "doctor" in signal.args[0]
    client.stop()


def test_a_damaged_card_is_said(qtbot: QtBot, client: EngineClient, model: Path) -> None:
    (model / "card.json").write_text("{", encoding="utf-8")
    with qtbot.waitSignal(client.failed, timeout=5000) as signal:
        client.use_model(model)
    assert "cannot be read" in signal.args[0]


def test_no_model_needs_no_process(client: EngineClient) -> None:
    client.use_model(None)
    client.explain(1, Path("a.jpg"))
    assert client.state == "no model yet"


def test_nonsense_from_the_child_is_logged(
    qtbot: QtBot, model: Path, tmp_path: Path, fake_engine: list[str], expect_log: ExpectLog
) -> None:
    script = tmp_path / "nonsense.py"
    script.write_text("print('hello', flush=True)\n", encoding="utf-8")
    client = EngineClient(command=[*fake_engine[:-1], str(script)])
    logged = expect_log("weldstudio.gui.engine_client", "nobody understands")
    with logged, qtbot.waitSignal(client.failed, timeout=10000):
        client.use_model(model)
    client.stop()
