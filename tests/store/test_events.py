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


def test_clocks_go_on_from_what_other_processes_wrote(store: Store) -> None:
    with store.atomic():
        ahead = actions.begin(store, who="Bob", kind="label", text="from a clock that is fast")
        store.execute("UPDATE actions SET clock = ? WHERE seq = ?", (1 << 62, ahead.seq))
    assert write(store, [(1, 0, 0, 5)]).action.clock > 1 << 62
