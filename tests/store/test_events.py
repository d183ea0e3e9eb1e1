"""Events and actions: appended, folded in, overtaken, finished for those who are gone."""

import pytest

from tests.store.written import label_now, write
from weldstudio.domain.labelling import Source, State, fold, label_byte
from weldstudio.store import actions, events
from weldstudio.store.store import Store


def test_events_append_and_fold_in(store: Store) -> None:
    raised, clear = label_byte(State.RAISED, Source.HAND), label_byte(State.CLEAR, Source.HAND)
    write(store, [(1, 0, 0, raised), (1, 2, 0, clear), (4, 1, 0, raised)])
    write(store, [(1, 2, clear, 0)])
    assert label_now(store) == {(1, 0): raised, (4, 1): raised} == fold(events.history(store))
    history = events.of_photo(store, 1, slot=2)
    assert [(e.old, e.new) for _, e in history] == [(0, clear), (clear, 0)]
    assert history[0][0].clock < history[1][0].clock


def test_a_photo_that_is_none_takes_no_label(store: Store) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"):
        write(store, [(99, 0, 0, 5)])
    assert actions.last(store) == []


def test_an_action_in_pieces_is_overtaken_by_later_ones(store: Store) -> None:
    slow = label_byte(State.RAISED, Source.IMPORT)
    quick = label_byte(State.CLEAR, Source.HAND)
    with store.atomic():
        written = actions.begin(store, who="Ann", kind="import", text="file", complete=False)
        events.append(store, written, [(1, 0, 0, slow)], source=Source.IMPORT, overtakable=True)
    write(store, [(1, 0, slow, quick), (2, 0, 0, quick)])
    assert actions.by_id(store, written.action.id) is None
    with store.atomic():
        events.append(
            store, written, [(2, 0, quick, slow), (3, 0, 0, slow)], source=Source.IMPORT, first=1, overtakable=True
        )
    actions.finish(store, written, text="all of the file")
    assert label_now(store) == {(1, 0): quick, (2, 0): quick, (3, 0): slow} == fold(events.history(store))
    found = actions.by_id(store, written.action.id)
    assert found is not None
    assert found.action.text == "all of the file"


def test_actions_of_dead_processes_are_finished_at_open_and_those_of_living_ones_are_not(store: Store) -> None:
    with store.atomic():
        mine = actions.begin(store, who="Ann", kind="import", text="mine", complete=False)
        dead = actions.begin(store, who="Ann", kind="import", text="dead", complete=False)
        store.execute("UPDATE actions SET writer = replace(writer, ':', ':1') WHERE seq = ?", (dead.seq,))
        name = store.value("SELECT writer FROM actions WHERE seq = ?", (mine.seq,))
        machine, pid, _ = name.rsplit(":", 2)
        store.execute("UPDATE actions SET writer = ? WHERE seq = ?", (f"{machine}:{pid}:other", dead.seq))
    with Store.open(store.folder) as again:
        assert actions.by_id(again, mine.action.id) is None
        ended = actions.by_id(again, dead.action.id)
        assert ended is not None
        assert ended.action.text == "dead (interrupted)"


def test_clocks_go_on_from_what_other_processes_wrote(store: Store) -> None:
    with store.atomic():
        ahead = actions.begin(store, who="Bob", kind="label", text="from a clock that is fast")
        store.execute("UPDATE actions SET clock = ? WHERE seq = ?", (1 << 62, ahead.seq))
    assert write(store, [(1, 0, 0, 5)]).action.clock > 1 << 62
