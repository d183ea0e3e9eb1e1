import logging
import logging.handlers
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from weldstudio import log


@pytest.fixture(autouse=True)
def _undo() -> Iterator[None]:
    """Put back what `configure` sets for the whole process."""
    root = logging.getLogger()
    level, hooks = root.level, (sys.excepthook, threading.excepthook)
    yield
    log.configure(stream=False)
    logging.captureWarnings(False)
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks


def test_records_reach_the_file_and_the_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "deep" / "log.txt"
    log.configure(file=file)
    logging.getLogger("weldstudio.kitchen").info("the oven is hot — 200 °C")
    logging.getLogger("weldstudio.kitchen").debug("nobody asked")
    said = file.read_text(encoding="utf-8")
    assert said == capsys.readouterr().err
    assert "INFO" in said
    assert "weldstudio.kitchen: the oven is hot — 200 °C" in said
    assert "nobody asked" not in said


def test_configuring_again_doubles_nothing(tmp_path: Path) -> None:
    for name in ("one", "two"):
        log.configure(file=tmp_path / name, stream=False)
    logging.getLogger("weldstudio").info("once")
    assert (tmp_path / "one").read_text() == ""
    assert (tmp_path / "two").read_text().count("once") == 1


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, expect_log) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "file").write_text("in the way")
    with expect_log("weldstudio.log", "No log file is written"):
        log.configure(file=tmp_path / "file" / "log.txt")
    logging.getLogger("weldstudio").info("all the same")


def test_what_nobody_caught_is_logged_with_its_trace(tmp_path: Path, expect_log) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "log.txt"
    log.configure(file=file, stream=False)

    def burn() -> None:
        raise RuntimeError("burnt")

    with expect_log("weldstudio.log", "Uncaught error in baker"):
        thread = threading.Thread(target=burn, name="baker")
        thread.start()
        thread.join()
    with expect_log("weldstudio.log", "Uncaught error$"):
        try:
            burn()
        except RuntimeError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    said = file.read_text()
    assert said.count("RuntimeError: burnt") == 2
    assert said.count("in burn") == 2


def test_pythons_warnings_go_to_the_log(tmp_path: Path, expect_log) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "log.txt"
    log.configure(file=file, stream=False)
    with warnings.catch_warnings(), expect_log("py.warnings", "old recipe"):
        warnings.simplefilter("default")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn("old recipe", UserWarning, stacklevel=1)
    assert "old recipe" in file.read_text()
