"""Snapshots: kept once a day, checked, pruned; restored without a loss, refused in words, killed without harm."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from weldstudio.domain.errors import StoreError
from weldstudio.domain.labelling import State, fold
from weldstudio.store import actions, backups, events, schema
from weldstudio.store.store import FILE, Store
from weldstudio.studio import labelling, restoring

TODAY = date(2026, 11, 21)


def finish(work: object) -> object:
    """Run long work to its end; its report."""
    while True:
        try:
            next(work)  # type: ignore[call-overload]
        except StopIteration as end:
            return end.value


def label(store: Store, photo: int, state: State = State.RAISED) -> str:
    done = labelling.set_state(store, [photo], 0, state, who="Ann")
    assert done.action_id is not None
    return done.action_id


def labels(store: Store) -> dict[int, bytes]:
    return dict(store.rows("SELECT photo_id, labels FROM label_now ORDER BY photo_id"))


def test_one_is_kept_of_a_day_and_fourteen_of_all(welds: Store) -> None:
    for n in range(16):
        label(welds, 1, State.RAISED if n % 2 else State.CLEAR)
        day = TODAY + timedelta(days=n)
        assert finish(restoring.daily(welds, today=day)) == f"daily-{day.isoformat()}"
        assert finish(restoring.daily(welds, today=day)) is None
    found = restoring.kept(welds.folder)
    assert [one.made.date() for one in found] == [TODAY + timedelta(days=n) for n in range(15, 1, -1)]
    assert [one.actions for one in found] == list(range(16, 2, -1))
    assert all(one.problem == "" and one.photos == 12 and one.last.startswith("Ann, ") for one in found)
    assert sorted(file.suffix for file in (welds.folder / "snapshots").iterdir()) == [".sqlite"] * 14


def test_restoring_brings_back_the_labels_and_keeps_what_was_there(welds: Store) -> None:
    label(welds, 1)
    then = labels(welds)
    name = finish(restoring.daily(welds, today=TODAY))
    late = label(welds, 2)
    now = labels(welds)
    folder = welds.folder
    welds.close()
    done = finish(restoring.restore(folder, str(name)))
    assert isinstance(done, restoring.Restored)
    with Store.open(folder) as store:
        assert labels(store) == then
        assert actions.by_id(store, late) is None
    finish(restoring.restore(folder, done.kept_as))
    with Store.open(folder) as store:
        assert labels(store) == now
        assert actions.by_id(store, late) is not None
        assert store.value("PRAGMA integrity_check") == "ok"


def test_whoever_looks_on_is_told_that_all_is_new(welds: Store) -> None:
    finish(restoring.daily(welds, today=TODAY))
    label(welds, 2)
    seen = welds.sequence
    finish(restoring.restore(welds.folder, f"daily-{TODAY}"))
    assert welds.sequence > seen
    assert welds.changes_since(seen).replaced
    assert labels(welds) == {}
    label(welds, 3)  # a store that was open all the while writes on into the same file
    with Store.open(welds.folder) as other:
        assert list(labels(other)) == [3]


def test_a_snapshot_of_an_older_version_is_brought_up_to_date(welds: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    label(welds, 1)
    finish(restoring.daily(welds, today=TODAY))
    newer = schema.Migrations("weldstudio")
    newer._migrations = [*schema.migrations._migrations]
    newer(name="later_table")(lambda db: db.execute("CREATE TABLE later (x)"))
    monkeypatch.setattr(schema, "migrations", newer)
    finish(restoring.restore(welds.folder, "daily"))
    with Store.open(welds.folder, read_only=True) as store:
        assert store.value("SELECT count(*) FROM later") == 0
        assert list(labels(store)) == [1]


def test_what_cannot_be_restored_is_refused_in_words(welds: Store) -> None:
    label(welds, 1)
    before = labels(welds)
    snapshots = welds.folder / "snapshots"
    finish(restoring.daily(welds, today=TODAY))
    with pytest.raises(StoreError, match="no snapshot 'yesterday'"):
        finish(restoring.restore(welds.folder, "yesterday"))
    newer = snapshots / "newer.sqlite"
    shutil.copy(snapshots / f"daily-{TODAY}.sqlite", newer)
    with closing(sqlite3.connect(newer)) as database:
        database.execute(f"PRAGMA user_version = {schema.version() + 1}")
    with pytest.raises(StoreError, match="newer weldstudio"):
        finish(restoring.restore(welds.folder, "newer"))
    (snapshots / "text.sqlite").write_text("no database " * 99)
    with pytest.raises(StoreError, match="damaged"):
        finish(restoring.restore(welds.folder, "text"))
    with closing(sqlite3.connect(snapshots / "theirs.sqlite")) as database:
        database.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="no snapshot of a weldstudio project"):
        finish(restoring.restore(welds.folder, "theirs"))
    problems = {one.name: one.problem for one in restoring.kept(welds.folder)}
    assert sum(map(bool, problems.values())) == 3
    assert labels(welds) == before
    with pytest.raises(StoreError, match="no weldstudio project"):
        restoring.kept(welds.folder / "elsewhere")


def test_not_while_a_window_or_a_long_write_has_the_project(welds: Store) -> None:
    finish(restoring.daily(welds, today=TODAY))
    lock = welds.folder / "window.lock"
    lock.write_text("1\nweldstudio\nelsewhere\n")
    with pytest.raises(StoreError, match=r"open in a weldstudio window \(process 1 on elsewhere\)"):
        finish(restoring.restore(welds.folder, "daily"))
    lock.unlink()
    with welds.atomic():
        actions.begin(welds, who="Ann", kind="import", text="Labels", complete=False)
    with pytest.raises(StoreError, match="being brought in"):
        finish(restoring.restore(welds.folder, "daily"))


def test_a_damaged_store_gives_way_and_its_files_are_kept(welds: Store) -> None:
    label(welds, 1)
    then = labels(welds)
    finish(restoring.daily(welds, today=TODAY))
    folder = welds.folder
    welds.close()
    damaged = (folder / FILE).read_bytes()[:100] + b"\x00" * 60_000
    (folder / FILE).write_bytes(damaged)
    done = finish(restoring.restore(folder, "daily"))
    assert isinstance(done, restoring.Restored)
    assert done.kept_as == ""
    with Store.open(folder) as store:
        assert labels(store) == then
    (kept,) = (folder / "snapshots").glob(f"damaged-*/{FILE}")
    assert kept.read_bytes() == damaged


def test_a_damaged_store_is_not_kept_as_if_it_were_sound(welds: Store) -> None:
    for photo in range(1, 13):
        label(welds, photo)
    folder = welds.folder
    welds.close()
    whole = bytearray((folder / FILE).read_bytes())
    whole[4096 * 3 : 4096 * 12] = b"\xff" * (4096 * 9)
    (folder / FILE).write_bytes(whole)
    with pytest.raises(StoreError, match="damaged"):
        backups.copy(folder, "daily-2026-11-21")
    assert list((folder / "snapshots").iterdir()) == []


def test_closed_half_way_it_leaves_nothing(welds: Store) -> None:
    work = restoring.daily(welds, today=TODAY)
    next(work)
    work.close()
    assert [file for file in (welds.folder / "snapshots").iterdir() if file.suffix != ".sqlite"] == []


def test_labelling_goes_on_while_a_copy_is_made(welds: Store) -> None:
    work = backups.copying(welds.folder, "meanwhile")
    next(work)
    label(welds, 5)
    backup = finish(work)
    assert isinstance(backup, backups.Backup)
    assert datetime.now() - backup.made < timedelta(minutes=5)
    backups.check(backup.file)


RESTORE_AND_LABEL = """
import itertools, sys
from pathlib import Path
from weldstudio.domain.labelling import State
from weldstudio.store.store import Store
from weldstudio.studio import labelling, restoring

folder = Path(sys.argv[1])
for n in itertools.count():
    with Store.open(folder) as store:
        done = labelling.set_state(store, [1 + n % 12], n % 3, (State.RAISED, State.UNSURE)[n // 36 % 2], who="Ann")
        print("labelled", done.action_id, flush=True)
    for _ in restoring.restore(folder, "daily"):
        print("restoring", flush=True)
"""


def test_killed_while_restoring_the_project_is_the_one_or_the_other(
    welds: Store, trials: Callable[[int, int], int]
) -> None:
    """Whatever moment it is killed at: the store is sound, and every label is in it or in a snapshot."""
    finish(restoring.daily(welds, today=TODAY))
    folder = welds.folder
    welds.close()
    chance = random.Random(4)
    for _ in range(trials(3, 100)):
        child = subprocess.Popen(
            [sys.executable, "-c", RESTORE_AND_LABEL, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        said = [child.stdout.readline()]
        time.sleep(0.15 * chance.random())
        os.kill(child.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        said += child.stdout.readlines()
        child.stdout.close()
        child.wait()
        acknowledged = {line.split()[1] for line in said if line.startswith("labelled ") and line.endswith("\n")}
        with Store.open(folder) as store:
            assert store.value("PRAGMA integrity_check") == "ok"
            present = labelling_now(store)
            assert present == fold(events.history(store))
            found = {written.action.id for written in actions.last(store)}
        for backup in backups.listed(folder):
            backups.check(backup.file)
            with closing(sqlite3.connect(backup.file)) as copy:
                found |= {action_id for (action_id,) in copy.execute("SELECT id FROM actions")}
        assert acknowledged - {"None"} <= found


def labelling_now(store: Store) -> dict[tuple[int, int], int]:
    """The present labels, as a fold would give them."""
    return {(photo, slot): byte for photo, blob in labels(store).items() for slot, byte in enumerate(blob) if byte & 3}


def test_a_command_keeps_the_days_snapshot_before_it_writes(welds: Store, tmp_path: Path) -> None:
    from weldstudio.cli import main

    folder = welds.folder
    welds.close()
    table = tmp_path / "labels.csv"
    table.write_text("path,soil\na/00.jpg,1\n")
    for _ in range(2):
        words = ["label", str(folder), str(table), "--by", "Ann", "--json"]
        assert main.run(words, open_window=lambda *_: 0) == 0
    (kept,) = restoring.kept(folder)
    assert (kept.name, kept.actions) == (f"daily-{date.today()}", 0)
