import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from weldstudio import paths


def test_resources_and_models_are_found_beside_the_package() -> None:
    assert (paths.resources() / "README.md").is_file()
    assert (paths.shipped_models() / "README.md").is_file()


def test_resources_and_models_are_found_inside_an_installed_package(tmp_path: Path) -> None:
    package = tmp_path / "site" / "weldstudio"
    package.mkdir(parents=True)
    for file in ("__init__.py", "paths.py"):
        shutil.copy(Path(paths.__file__).with_name(file), package)
    (package / "resources").mkdir()
    (package / "models").mkdir()
    # A stranger's folder beside site-packages must not win.
    (tmp_path / "site" / "resources").mkdir()
    found = subprocess.run(
        [sys.executable, "-c", "from weldstudio import paths; print(paths.resources()); print(paths.shipped_models())"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path / "site",
    )
    assert found.stdout.split() == [str(package / "resources"), str(package / "models")]


def test_one_variable_moves_all_that_is_the_persons(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WELDSTUDIO_HOME", str(tmp_path / "home"))
    moved = [paths.user_data(), paths.user_config(), paths.user_cache(), paths.settings_file(), paths.log_file()]
    assert all(path.is_relative_to(tmp_path / "home") for path in moved)
    assert len(set(moved)) == 5
    assert not (tmp_path / "home").exists(), "asking where must make nothing"


def test_without_it_each_system_has_its_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WELDSTUDIO_HOME")
    asked = [paths.user_data(), paths.user_config(), paths.user_cache()]
    assert all(path.is_absolute() and "weldstudio" in path.parts for path in asked)
