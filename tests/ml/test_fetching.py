"""Weights by name are fetched once, checked, and refused with what to do."""

import hashlib
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


class _Served(BaseHTTPRequestHandler):
    """3 MB, of which '/broken' sends one."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "3000000")
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(b"w" * (1_000_000 if "broken" in self.path else 3_000_000))

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Served) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()
        thread.join()


def test_a_transfer_over_http_that_breaks_off_or_is_cancelled_leaves_nothing(server: str) -> None:
    name = f"net-{hashlib.sha256(b'w' * 3_000_000).hexdigest()[:8]}.pth"
    with pytest.raises(RecipeError, match=r"broke off after 1\.0 of 3\.0 MB"):
        _drained(fetching.fetched(f"{server}/broken/{name}"))
    under_way = fetching.fetched(f"{server}/{name}")
    next(under_way)
    under_way.close()
    assert not list((paths.user_data() / "weights").iterdir())
    assert _drained(fetching.fetched(f"{server}/{name}")).stat().st_size == 3_000_000


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
