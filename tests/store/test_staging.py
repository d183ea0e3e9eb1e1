"""Actions in pieces: unseen until they hold, overtaken label by label, taken away whole."""

from tests.store.written import label_now, write
from weldstudio.domain.labelling import Source, State, fold, label_byte
from weldstudio.store import actions, events, staging
from weldstudio.store.store import Store

SLOW = label_byte(State.RAISED, Source.IMPORT)
QUICK = label_byte(State.CLEAR, Source.HAND)


def staged(store: Store) -> staging.Written:
    written = staging.begin(store, who="Ann", kind="import", text="file")
    staging.stage(store, written, [(1, 0, 0, SLOW), (1, 2, 0, SLOW)], source=Source.IMPORT, first=0)
    return written


def test_what_is_staged_holds_all_at_once(store: Store) -> None:
    written = staged(store)
    assert label_now(store) == {} == fold(events.history(store))
    assert actions.by_id(store, written.action.id) is None
    assert events.of_photo(store, 1) == []
    staging.stage(store, written, [(2, 0, 0, SLOW)], source=Source.ASSUMED, first=2)
    changes = staging.settle(store, written, text="all of the file")
    assert label_now(store) == {(1, 0): SLOW, (1, 2): SLOW, (2, 0): SLOW} == fold(events.history(store))
    assert changes.labels == {1, 2}
    found = actions.by_id(store, written.action.id)
    assert found is not None
    assert found.action.text == "all of the file"
    assert [e.source for e in events.of_action(store, written.seq)] == [Source.IMPORT, Source.IMPORT, Source.ASSUMED]


def test_what_somebody_else_has_said_meanwhile_stands(store: Store) -> None:
    written = staged(store)
    later = write(store, [(1, 0, 0, QUICK)])
    rows, _ = events.restoring_rows(store, later.seq)
    assert rows == [(1, 0, QUICK, 0)]  # as though nothing were staged
    other = staging.begin(store, who="Bob", kind="import", text="another file")
    staging.stage(store, other, [(1, 2, 0, QUICK)], source=Source.IMPORT, first=0)
    staging.settle(store, written, text="file")
    staging.settle(store, other, text="another file")
    assert label_now(store) == {(1, 0): QUICK, (1, 2): SLOW} == fold(events.history(store))


def test_what_is_discarded_leaves_nothing(store: Store) -> None:
    staging.discard(store, staged(store))
    assert store.value("SELECT count(*) FROM actions") == store.value("SELECT count(*) FROM label_events") == 0


def test_what_dead_processes_have_staged_goes_at_open_and_that_of_living_ones_stays(store: Store) -> None:
    mine, dead = staged(store), staged(store)
    with store.atomic():
        name = store.value("SELECT writer FROM actions WHERE seq = ?", (mine.seq,))
        machine, pid, _ = name.rsplit(":", 2)
        store.execute("UPDATE actions SET writer = ? WHERE seq = ?", (f"{machine}:{pid}:other", dead.seq))
    with Store.open(store.folder) as again:
        assert again.rows("SELECT DISTINCT action_seq FROM label_events") == [(mine.seq,)]
        assert again.rows("SELECT seq FROM actions") == [(mine.seq,)]
