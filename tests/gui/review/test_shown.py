import pytest

from tests.gui.review.made import made_mirror
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.gui.review.shown import SORTS, Shown
from weldstudio.studio.reviewing import QUEUES, FilterError, Sort, flag_term


def test_every_sort_has_words() -> None:
    assert set(SORTS) == set(Sort)


def test_terms_of_one_flag_replace_each_other() -> None:
    shown = Shown(lambda: made_mirror(["r..", "c..", "u.."]))
    shown.toggle(flag_term("Clamp"))
    shown.refresh()
    assert shown.ids.tolist() == [10]
    shown.toggle(flag_term("Clamp", State.UNSURE))
    shown.refresh()
    assert shown.ids.tolist() == [12]
    shown.toggle(flag_term("Clamp", State.UNSURE))
    assert shown.everything


def test_a_queue_is_known_by_its_terms_whatever_else_is_filtered() -> None:
    shown = Shown(lambda: made_mirror(["r..", "..."]))
    shown.take_queue(QUEUES[0])
    shown.toggle(flag_term("Clamp"))
    assert shown.queue == QUEUES[0]


def test_nonsense_changes_nothing() -> None:
    shown = Shown(lambda: made_mirror(["r..", "..."]))
    shown.ask("flag:Clamp")
    with pytest.raises(FilterError, match="Did you mean 'Clamp'"):
        shown.ask("flag:Clmp")
    assert shown.filter.terms == (flag_term("Clamp"),)


def test_what_no_longer_matches_stays_until_it_is_dropped() -> None:
    mirror = made_mirror(["r..", "r..", "r.."])
    shown = Shown(lambda: mirror)
    shown.ask("flag:Clamp")
    shown.refresh()
    mirror.set_label([10, 12], 0, label_byte(State.CLEAR, Source.HAND))
    assert shown.stale() == {10, 12}
    assert shown.ids.tolist() == [10, 11, 12]
    assert shown.drop_stale(keep=12)
    assert shown.ids.tolist() == [11, 12]
    assert not shown.drop_stale(keep=12)
