import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.imaging.damaged import write_broken
from tests.photos import make_collection
from weldstudio.domain.messages import Completed, Drop, FactsRead, Failed, Message, ReadFacts, Started
from weldstudio.imaging.thumbs import ThumbStore, thumb_key
from weldstudio.jobs import reader
from weldstudio.jobs.process import Child

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")


def request(number: int, root: Path, paths: tuple[str, ...], thumbs: Path | None = None) -> ReadFacts:
    keys = tuple(thumb_key("c", path, 1, 1) for path in paths)
    return ReadFacts(number, str(root), paths, str(thumbs) if thumbs else "", keys, 64)


def serve(*asked: Message, utter: Callable[[Message], None] | None = None) -> list[Message]:
    """What the reader says to these requests, then the end of stdin."""
    requests: reader.Requests = queue.SimpleQueue()
    said: list[Message] = []
    dropped = {message.request for message in asked if isinstance(message, Drop)}
    waiting = {message.request for message in asked if isinstance(message, ReadFacts)} - dropped

    def hear(message: Message) -> None:
        said.append(message)
        if utter is not None:
            utter(message)
        if isinstance(message, Completed | Failed):
            waiting.discard(message.request)
            if not waiting:
                requests.put(None)

    for message in asked:
        requests.put(message)
    reader.serve(requests, hear)
    return said


def facts_of(said: list[Message]) -> dict[str, dict[str, object]]:
    return {fact["path"]: fact for message in said if isinstance(message, FactsRead) for fact in message.facts}


def test_facts_come_in_order_and_thumbnails_before_them(tmp_path: Path) -> None:
    made = make_collection(tmp_path / "photos", 70)
    thumbs = tmp_path / "thumbs"
    found: list[bool] = []

    def look(message: Message) -> None:
        if isinstance(message, FactsRead):
            store = ThumbStore(thumbs)
            found.extend(thumb_key("c", fact["path"], 1, 1) in store for fact in message.facts)
            store.close()

    said = serve(
        request(7, made.folder, made.paths[:40], thumbs), request(8, made.folder, made.paths[40:], thumbs), utter=look
    )
    facts = facts_of(said)
    assert list(facts) == list(made.paths)
    assert found == [True] * 70
    assert [message.request for message in said if isinstance(message, Completed)] == [7, 8]
    assert all(fact["width"] == 96 and fact["problem"] is None for fact in facts.values())
    batches = [len(message.facts) for message in said if isinstance(message, FactsRead)]
    assert len(batches) >= 3


def test_broken_files_stop_nothing(tmp_path: Path) -> None:
    names = tuple(write_broken(tmp_path))
    made = make_collection(tmp_path / "whole", 3)
    paths = (*names, *(f"whole/{path}" for path in made.paths), "gone.jpg")
    facts = facts_of(serve(request(1, tmp_path, paths)))
    assert [bool(facts[path]["problem"]) for path in paths] == [True] * len(names) + [False] * 3 + [True]


def test_nothing_to_read_is_answered_too(tmp_path: Path) -> None:
    assert serve(request(3, tmp_path, ())) == [Completed(3)]


def test_a_dropped_request_is_not_answered(tmp_path: Path) -> None:
    made = make_collection(tmp_path, 40)
    said = serve(request(1, made.folder, made.paths), request(2, made.folder, made.paths[:2]), Drop(1))
    assert [message.request for message in said] == [2, 2]


def test_a_disk_that_takes_no_thumbnails(tmp_path: Path) -> None:
    made = make_collection(tmp_path / "photos", 3)
    (tmp_path / "thumbs").write_text("a file where the folder should be")
    (failed,) = serve(request(1, made.folder, made.paths, tmp_path / "thumbs"))
    assert isinstance(failed, Failed)
    assert failed.request == 1
    assert "thumbnails cannot be written" in failed.sentence


def test_the_end_of_stdin_ends_it_in_the_middle(tmp_path: Path) -> None:
    made = make_collection(tmp_path, 40)
    requests: reader.Requests = queue.SimpleQueue()
    said: list[Message] = []
    requests.put(request(1, made.folder, made.paths * 20))

    def end(message: Message) -> None:
        said.append(message)
        requests.put(None)

    thread = threading.Thread(target=reader.serve, args=(requests, end))
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    assert len(facts_of(said)) == 32


def test_the_child_reads(tmp_path: Path) -> None:
    made = make_collection(tmp_path / "Fotos für später", 5)
    said: list[Message] = []
    with Child("reader") as child:
        child.send(request(1, made.folder, made.paths, tmp_path / "thumbs"))
        while not said or not isinstance(said[-1], Completed):
            message = child.poll(1.0)
            if message is not None:
                said.append(message)
    assert isinstance(said[0], Started)
    assert list(facts_of(said)) == list(made.paths)


def test_it_needs_neither_torch_nor_qt_nor_a_database() -> None:
    program = "import sys, weldstudio.jobs.reader; print(*(m.partition('.')[0] for m in sys.modules))"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60).stdout
    assert {"torch", "torchvision", "PySide6", "sqlite3", "sqlite_utils"}.isdisjoint(out.split())
