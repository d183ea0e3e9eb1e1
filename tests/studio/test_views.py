"""Saved views: kept, shown, renamed, taken away and brought back; they outlive a flag's new name."""

import pytest

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import State
from weldstudio.store import mirror
from weldstudio.store.store import Store
from weldstudio.studio import labelling, scheme, views
from weldstudio.studio.filters import FilterError
from weldstudio.studio.queues import Sort
from weldstudio.studio.views import Order, View


def listed(store: Store) -> tuple[View, ...]:
    return views.listed(mirror.read(store))


def save(store: Store, name: str, text: str = "", **more: object) -> str:
    done = views.save(store, name, text, who="Ann", **more)  # type: ignore[arg-type]
    return done.action_id or ""


def test_a_view_is_a_filter_and_an_order_under_a_name(welds: Store) -> None:
    ids = [photo for (photo,) in welds.rows("SELECT id FROM photos ORDER BY id")]
    labelling.set_state(welds, ids[:5], 1, State.UNSURE, who="Ann")
    order = Order(Sort.RANDOM, descending=True, seed=7)
    save(welds, " To check ", 'flag:"no clamp"=unsure', order=order, key="Ctrl+Alt+1")
    (view,) = listed(welds)
    assert (view.name, view.key, view.order) == ("To check", "Ctrl+Alt+1", order)
    seen = mirror.read(welds)
    rows = views.select(seen, view).tolist()
    assert sorted(rows) == [0, 1, 2, 3, 4]
    assert rows == views.select(seen, view).tolist()
    assert views.named((view,), "to CHECK") == view


def test_saving_under_a_known_name_puts_the_new_filter_in_place_and_keeps_the_key(welds: Store) -> None:
    save(welds, "Mine", "unseen", key="Ctrl+Alt+1")
    save(welds, "mine", "problem")
    (view,) = listed(welds)
    assert (view.name, view.key, view.filter.text) == ("Mine", "Ctrl+Alt+1", "problem")


def test_what_was_done_to_a_view_is_taken_back(welds: Store) -> None:
    saved = save(welds, "Mine", "unseen")
    renamed = views.change(welds, "mine", who="Ann", new_name="Ours", key="Ctrl+Alt+2").action_id or ""
    removed = views.remove(welds, "Ours", who="Ann").action_id or ""
    assert listed(welds) == ()
    labelling.revert(welds, removed, who="Ann")
    assert [(v.name, v.key) for v in listed(welds)] == [("Ours", "Ctrl+Alt+2")]
    labelling.revert(welds, renamed, who="Ann")
    assert [(v.name, v.key) for v in listed(welds)] == [("Mine", "")]
    again = labelling.revert(welds, saved, who="Ann").action_id or ""
    assert listed(welds) == ()
    labelling.revert(welds, again, who="Ann")
    assert [v.filter.text for v in listed(welds)] == ["unseen"]


def test_other_windows_hear_of_it(welds: Store) -> None:
    before = mirror.read(welds)
    done = views.save(welds, "Mine", "unseen", who="Ann")
    before.apply(mirror.read_rows(welds, done.changes))
    assert [view.name for view in views.listed(before)] == ["Mine"]


def test_a_view_outlives_a_flags_new_name_and_says_when_the_flag_is_gone(welds: Store) -> None:
    save(welds, "Wet", "flag:water model:water>0.5 equipment:water", order=Order(Sort.PROBABILITY, 3))
    scheme.rename_flag(welds, 3, "Water on the pipe", who="Ann")
    (view,) = listed(welds)
    assert view.filter.text == 'flag:"Water on the pipe" model:"Water on the pipe">0.5 equipment:water'
    scheme.retire_flag(welds, 3, who="Ann")
    assert listed(welds)[0].problem == ""


def test_a_view_of_a_merge_that_was_undone_says_so_and_can_still_be_removed(welds: Store) -> None:
    scheme.edit_scheme(welds, lambda s: s.with_merge("clamps!", (1, 2)), who="Ann", text="merge")
    save(welds, "Wet", "flag:clamps!")
    scheme.edit_scheme(welds, lambda s: s.without_merge("clamps!"), who="Ann", text="undo")
    (view,) = listed(welds)
    assert "not in the scheme any more" in view.problem
    with pytest.raises(FilterError):
        views.select(mirror.read(welds), view)
    views.change(welds, "wet", who="Ann", new_name="Dry")
    assert [v.name for v in listed(welds)] == ["Dry"]
    views.remove(welds, "Dry", who="Ann")
    assert listed(welds) == ()


@pytest.mark.parametrize(
    ("name", "key", "sentence"),
    [
        ("  ", "", "needs a name"),
        ("x" * 81, "", "at most 80"),
        ("Other", "N", "Reviewed, nothing applies"),
        ("Other", "1", "used for 'soil'"),
        ("Other", "Ctrl+Alt+1", "used for the view 'Mine'"),
        ("Other", "Return", "used for"),
    ],
)
def test_a_name_or_key_that_cannot_be_is_refused(welds: Store, name: str, key: str, sentence: str) -> None:
    save(welds, "Mine", "unseen", key="Ctrl+Alt+1")
    with pytest.raises(EditRefused, match=sentence):
        save(welds, name, "unseen", key=key)
    assert len(listed(welds)) == 1


def test_names_stay_apart_and_what_is_not_there_is_told(welds: Store) -> None:
    save(welds, "Mine", "unseen")
    save(welds, "Yours", "unseen")
    with pytest.raises(EditRefused, match="There is a view 'Mine' already"):
        views.change(welds, "Yours", who="Ann", new_name="MINE")
    with pytest.raises(EditRefused, match="Did you mean 'Yours'"):
        views.remove(welds, "Your", who="Ann")
    with pytest.raises(FilterError):
        save(welds, "Third", "flag:nothing-like-it")
