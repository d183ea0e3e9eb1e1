"""The net itself: each kind of leak and warning must fail the test that caused it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent

LEAKS = """
import logging, os, subprocess, sys, threading, time, warnings
from PySide6.QtCore import QObject, QThread, QTimer, qWarning

kept = []

def test_clean_log(): logging.getLogger("house").info("all is well")
def test_clean_thread():
    thread = threading.Thread(target=time.sleep, args=(0.05,)); thread.start()
def test_clean_process(): subprocess.run([sys.executable, "-c", ""], check=True)
def test_clean_timer(qapp):
    timer = QTimer(); timer.start(1000); kept.append(timer); timer.stop()
def test_clean_expected(expect_log):
    with expect_log("house", "burnt"): logging.getLogger("house.kitchen").warning("the cake is burnt")
def test_clean_home(): assert not os.path.exists(os.environ["WELDSTUDIO_HOME"])

def test_leak_log(): logging.getLogger("house").warning("the roof leaks")
def test_leak_log_not_expected(expect_log):
    with expect_log("house", "burnt"): logging.getLogger("house").info("burnt")
def test_leak_log_besides(expect_log):
    with expect_log("house", "burnt"):
        logging.getLogger("house").warning("burnt")
        logging.getLogger("house").error("and flooded")
def test_leak_thread():
    event = threading.Event()
    threading.Thread(target=event.wait, args=(20,), name="sleeper", daemon=True).start()
def test_leak_process():
    kept.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]))
def test_leak_timer(qapp):
    timer = QTimer(objectName="ticker"); timer.start(1000); kept.append(timer)
def test_leak_timer_of_a_parent(qapp):
    parent = QObject(); QTimer(parent, interval=500).start(); kept.append(parent)
def test_leak_qthread(qapp):
    class Busy(QThread):
        def run(self): time.sleep(6)
    thread = Busy(objectName="busy"); thread.start(); kept.append(thread)
def test_leak_qt_warning(qapp): qWarning("a widget complains")
def test_leak_python_warning(): warnings.warn("old", DeprecationWarning)
"""


def test_the_net_catches_what_it_should_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((HERE / "conftest.py").read_text().replace("GRACE_S = 3.0", "GRACE_S = 0.2"))
    (tmp_path / "test_leaks.py").write_text(LEAKS)
    options = ["-rA", "-q", "-p", "no:cacheprovider", "-c", HERE.parent / "pyproject.toml", "--rootdir", tmp_path]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, tmp_path / "test_leaks.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    report = done.stdout
    caught = {
        word.partition("::")[2]
        for line in report.splitlines()
        if line.startswith(("FAILED", "ERROR"))
        for word in line.split()
    }
    expected = {name for name in _names() if name.startswith("test_leak")}
    assert caught - {""} == expected, report + done.stderr
    assert "sleeper" in report
    assert "ticker" in report
    assert "time.sleep(60)" in report


def _names() -> list[str]:
    return [line.split("(")[0].removeprefix("def ") for line in LEAKS.splitlines() if line.startswith("def test_")]


def test_trials_follow_the_setting(trials, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    long = os.environ.get("WELDSTUDIO_LONG", "") not in ("", "0")
    assert trials(3, 300) == (300 if long else 3)
