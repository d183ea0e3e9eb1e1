"""Weights by name are fetched once, checked, and refused with what to do."""

import hashlib
from collections.abc import Generator
from pathlib import Path

import pytest

from weldstudio import paths
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.networks import NETWORKS
from weldstudio.ml import fetching


def _served(folder: Path, content: bytes, *, told: bytes | None = None) -> str:
    digest = hashlib.sha256(content if told is None else told).hexdigest()[:8]
    file = folder / f"net-{digest}.pth"
    file.write_bytes(content)
    return file.as_uri()


def _drained(said: Generator[object, None, Path]) -> Path:
    while True:
        try:
            next(said)
        except StopIteration as ended:
            return ended.value


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WELDSTUDIO_HOME", str(tmp_path / "home"))


def test_weights_are_fetched_once_and_kept(tmp_path: Path) -> None:
    url = _served(tmp_path, b"tensors" * 1000)
    file = _drained(fetching.fetched(url))
    assert file.read_bytes() == b"tensors" * 1000
    assert file.parent == paths.user_data() / "weights"
    (tmp_path / file.name).unlink()
    assert _drained(fetching.fetched(url)) == file


def test_damaged_weights_are_not_kept(tmp_path: Path) -> None:
    url = _served(tmp_path, b"half", told=b"whole")
    with pytest.raises(RecipeError, match="arrived damaged"):
        _drained(fetching.fetched(url))
    assert not list((paths.user_data() / "weights").iterdir())


def test_without_a_connection_the_remedy_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="on another computer"):
        _drained(fetching.fetched((tmp_path / "none-00000000.pth").as_uri()))


def test_every_network_of_torchvision_has_an_address_with_a_checksum() -> None:
    ours = {"weldnet", "lenet5", "zfnet", "basic_cnn"}
    for row in NETWORKS.values():
        if row.name in ours or row.extra:
            with pytest.raises(RecipeError, match="no weights"):
                fetching.address(row.name)
        else:
            name = fetching.address(row.name).rsplit("/", 1)[-1]
            assert len(name.rsplit("-", 1)[-1].split(".")[0]) >= 8, name
    assert "alexnet" in fetching.address("alexnet_spatial")
