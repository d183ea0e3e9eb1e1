"""Opening, refusing, migrating and guarding a project's database."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.errors import StoreError
from weldstudio.domain.labelling import State, fold
from weldstudio.store import actions, events, schema
from weldstudio.store.blame import blamed
from weldstudio.store.store import FILE, FOLDERS, Store
from weldstudio.studio import labelling


def test_a_project_is_a_folder(tmp_path: Path) -> None:
    with Store.create(tmp_path / "welds", name="Welds") as store:
        assert (store.name, len(store.uuid)) == ("Welds", 36)
        uuid = store.uuid
    assert all((tmp_path / "welds" / part).is_dir() for part in FOLDERS)
    with Store.open(tmp_path / "welds") as store:
        assert store.uuid == uuid
        assert store.value("PRAGMA journal_mode") == "wal"
        assert store.value("PRAGMA foreign_keys") == 1


def test_making_a_project_over_another_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="holds a project already"):
        Store.create(store.folder)


def test_a_project_that_could_not_be_made_leaves_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_FIRST", ("CREATE TABLE project (nonsense)",))
    with pytest.raises(sqlite3.OperationalError):
        Store.create(tmp_path / "welds")
    assert not list((tmp_path / "welds").glob("project.sqlite*"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"This is a text, not a database.\n" * 50, "damaged or no database"), (b"", "another program")],
)
def test_what_is_no_project_is_said_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(StoreError, match=sentence):
        Store.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content
    with pytest.raises(StoreError, match="is no weldstudio project"):
        Store.open(tmp_path / "elsewhere")


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="another program"):
        Store.open(tmp_path)


def test_a_newer_project_is_refused_in_words(store: Store) -> None:
    store.execute(f"PRAGMA user_version = {schema.version() + 1}")
    store.close()
    with pytest.raises(StoreError, match="newer weldstudio"):
        Store.open(store.folder)


def test_an_older_project_is_backed_up_and_then_migrated(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = schema.Migrations("weldstudio")
    newer._migrations = [*schema.migrations._migrations]
    newer(name="later_table")(lambda db: db.execute("CREATE TABLE later (x)"))
    monkeypatch.setattr(schema, "migrations", newer)
    store.close()
    with pytest.raises(StoreError, match="older weldstudio"):
        Store.open(store.folder, read_only=True)
    with Store.open(store.folder) as migrated:
        assert migrated.value("SELECT count(*) FROM later") == 0
        assert migrated.value("PRAGMA user_version") == schema.version()
        assert migrated.value("SELECT count(*) FROM photos") == 12
    (backup,) = (store.folder / "snapshots").glob("*.sqlite")
    with closing(sqlite3.connect(backup)) as old:
        assert old.execute("SELECT count(*) FROM photos").fetchone() == (12,)
        assert old.execute("PRAGMA user_version").fetchone() == (schema.version() - 1,)


def test_a_migration_that_fails_leaves_the_project_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = schema.Migrations("weldstudio")
    newer._migrations = [*schema.migrations._migrations]
    newer(name="good")(lambda db: db.execute("CREATE TABLE later (x)"))
    newer(name="bad")(lambda db: db.execute("CREATE TABLE later (x)"))
    store.close()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", newer)
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            Store.open(store.folder)
    with Store.open(store.folder) as same:
        assert same.value("SELECT count(*) FROM sqlite_master WHERE name = 'later'") == 0


def test_a_folder_that_cannot_be_written_is_said_to_be_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    error = sqlite3.OperationalError("unable to open database file")
    error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
    assert "cannot be opened" in str(blamed(error, store.folder / FILE))
    monkeypatch.setattr("weldstudio.store.blame.os.access", lambda *_: False)
    assert "folder is read-only" in str(blamed(error, store.folder / FILE))


def test_a_full_disk_is_said_to_be_full_also_where_the_database_calls_it_an_error(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    assert "still connected" in str(blamed(error, store.folder / FILE))
    monkeypatch.setattr("weldstudio.store.blame.shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    assert "disk is full" in str(blamed(error, store.folder / FILE))


def test_reading_only_writes_nothing(store: Store) -> None:
    store.close()
    with Store.open(store.folder, read_only=True) as reader:
        assert reader.value("SELECT count(*) FROM photos") == 12
        with pytest.raises(StoreError, match="reading only"):
            labelling.set_state(reader, [1], 0, State.RAISED, who="Ann")


def test_atomic_is_all_or_nothing_and_nests(store: Store) -> None:
    class Stop(Exception):
        pass

    before = store.sequence

    def fail() -> None:
        with store.atomic():
            with store.atomic():
                actions.begin(store, who="Ann", kind="label", text="lost")
                store.record(Changes(runs=True))
            raise Stop

    with pytest.raises(Stop):
        fail()
    assert actions.last(store) == []
    assert store.sequence == before
    assert store.changes_since(before) == NO_CHANGES


def test_a_writer_that_does_not_let_go_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(store.folder / FILE)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.execute("PRAGMA busy_timeout = 1")
        with pytest.raises(StoreError, match="Another program"):
            labelling.set_state(store, [1], 0, State.RAISED, who="Ann")
        other.rollback()
        assert labelling.set_state(store, [1], 0, State.RAISED, who="Ann").action_id


def test_a_full_disk_is_named_and_loses_nothing(store: Store) -> None:
    labelling.set_state(store, [1], 0, State.RAISED, who="Ann")
    pages = store.value("PRAGMA page_count")
    store.execute(f"PRAGMA max_page_count = {pages}")

    def label_on_and_on() -> None:
        for state in [State.UNSURE, State.RAISED] * 200:
            labelling.set_state(store, range(1, 13), 0, state, who="Ann")

    with pytest.raises(StoreError, match="disk is full"):
        label_on_and_on()
    store.execute("PRAGMA max_page_count = 1000000")
    assert labelling.set_state(store, [1], 1, State.RAISED, who="Ann").action_id


def test_changes_come_back_whoever_wrote_them(store: Store) -> None:
    seen = store.sequence
    assert store.changes_since(seen) == NO_CHANGES
    with Store.open(store.folder) as other:
        theirs = labelling.set_state(other, [3], 0, State.RAISED, who="Bob")
    ours = labelling.set_state(store, [4, 5], 0, State.CLEAR, who="Ann")
    assert store.changes_since(seen) == theirs.changes | ours.changes
    assert store.changes_since(store.sequence) == NO_CHANGES


def test_changes_forgotten_count_as_everything(store: Store) -> None:
    seen = store.sequence
    labelling.set_state(store, [3], 0, State.RAISED, who="Bob")
    with store.atomic():
        store.execute("DELETE FROM changes")
        store.record(Changes(runs=True))
    everything = store.changes_since(seen)
    assert everything.labels == frozenset(range(1, 13))
    assert everything.scheme
    assert everything.models


ids = st.frozensets(st.integers(1, 2**62))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.builds(Changes, ids, ids, ids, st.booleans(), st.booleans(), st.booleans(), st.booleans()))
def test_changes_survive_the_store(store: Store, changes: Changes) -> None:
    seen = store.sequence
    with store.atomic():
        assert store.record(changes) == changes
    assert store.changes_since(seen) == changes


LABEL_UNTIL_KILLED = """
import itertools, json, sys
from pathlib import Path
from weldstudio.domain.labelling import State, fold
from weldstudio.store.store import Store
from weldstudio.studio import labelling

store = Store.open(Path(sys.argv[1]))
for n in itertools.count():
    photo, slot = 1 + n % 12, n % 3
    state = (State.RAISED, State.CLEAR, State.UNSURE)[(n // 36) % 3]
    done = labelling.set_state(store, [photo], slot, state, who="Ann")
    print(json.dumps([done.action_id, photo, slot]), flush=True)
"""


def test_killed_at_any_moment_no_acknowledged_label_is_lost(store: Store, trials: Callable[[int, int], int]) -> None:
    store.close()
    chance = random.Random(1)
    for _ in range(trials(3, 100)):
        child = subprocess.Popen(
            [sys.executable, "-c", LABEL_UNTIL_KILLED, str(store.folder)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        acknowledged = [child.stdout.readline()]
        time.sleep(0.2 * chance.random())
        os.kill(child.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        acknowledged += child.stdout.readlines()
        child.stdout.close()
        child.wait()
        said = [json.loads(line) for line in acknowledged if line.endswith("\n")]
        with Store.open(store.folder) as again:
            for action_id, photo, slot in said:
                if action_id is not None:
                    assert actions.by_id(again, action_id) is not None
                    assert any(
                        a.id == action_id and e.slot == slot for a, e in labelling.history(again, photo, slot=slot)
                    )
            assert again.value("PRAGMA integrity_check") == "ok"
            now = again.rows("SELECT photo_id, labels FROM label_now")
            present = {(photo, slot): byte for photo, blob in now for slot, byte in enumerate(blob) if byte & 3}
            assert present == fold(events.history(again))
