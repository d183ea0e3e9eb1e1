"""Saved views written to a file and taken in again, here or in another project."""

from pathlib import Path

import pytest

from weldstudio.domain.errors import EditRefused
from weldstudio.store import mirror
from weldstudio.store.store import Store
from weldstudio.studio import labelling, projects, view_files, views
from weldstudio.studio.queues import Sort
from weldstudio.studio.views import Order, View


def listed(store: Store) -> tuple[View, ...]:
    return views.listed(mirror.read(store))


@pytest.fixture
def file(welds: Store, tmp_path: Path) -> Path:
    views.save(
        welds,
        'The "wet" ones',
        'flag:water=unsure,raised model:water>0.5 name:"a b"',
        who="Ann",
        order=Order(Sort.PROBABILITY, 3, descending=True),
        key="Ctrl+Alt+1",
    )
    views.save(welds, "Any\\where", "", who="Ann", order=Order(Sort.RANDOM, seed=7))
    assert view_files.give_out(welds, tmp_path / "views.toml") == 2
    return tmp_path / "views.toml"


def test_views_come_back_from_their_file_as_they_were(welds: Store, file: Path) -> None:
    before = listed(welds)
    for view in before:
        views.remove(welds, view.name, who="Ann")
    taken = view_files.take_over(welds, file, who="Bob")
    assert (taken.names, taken.left_out) == (('The "wet" ones', "Any\\where"), ())
    alike = [(v.name, v.key, v.filter, v.order) for v in before]
    assert [(v.name, v.key, v.filter, v.order) for v in listed(welds)] == alike
    assert view_files.take_over(welds, file, who="Bob").done.action_id is None, "all is there already"
    labelling.revert(welds, taken.done.action_id or "", who="Bob")
    assert listed(welds) == ()


def test_a_view_of_the_same_name_is_replaced_and_a_taken_key_left_out(welds: Store, file: Path) -> None:
    views.remove(welds, "Any\\where", who="Ann")
    views.change(welds, 'The "wet" ones', who="Ann", new_name="Other")
    views.save(welds, "any\\WHERE", "unseen", who="Ann", key="Ctrl+Alt+2")
    view_files.take_over(welds, file, who="Bob")
    found = {view.name: (view.key, view.filter.text) for view in listed(welds)}
    assert found['The "wet" ones'][0] == "", "Other has that key"
    assert found["Any\\where"] == ("Ctrl+Alt+2", "")
    assert found["Other"][0] == "Ctrl+Alt+1"


def test_what_means_nothing_in_a_project_is_left_out_with_its_reason(file: Path, tmp_path: Path) -> None:
    with projects.create(tmp_path / "other") as other:
        taken = view_files.take_over(other, file, who="Bob")
        assert taken.names == ("Any\\where",)
        ((name, reason),) = taken.left_out
        assert name == 'The "wet" ones'
        assert "water" in reason
        assert "1 left out" in taken.text
        assert [view.name for view in listed(other)] == ["Any\\where"]


def refusal(store: Store, file: Path) -> str:
    """Why nothing of a file is taken in."""
    try:
        taken = view_files.take_over(store, file, who="Bob")
    except EditRefused as error:
        return str(error)
    return taken.left_out[0][1] if taken.done.action_id is None else ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("views = 3", "holds no views"),
        ("[[views]", "no readable file"),
        ("\x00", "no readable file"),
        ('[[views]]\nname = "a"\ncolour = "red"', "belongs to no view"),
        ('[[views]]\nname = "a"\nseed = "red"', "cannot be 'red'"),
        ('[[views]]\nname = "a"\nsort = "red"', "no order 'red'"),
        ('[[views]]\nname = " "', "needs a name"),
        ('[[views]]\nname = "a"\nflag = "red"', "red"),
        ('[[views]]\nname = "a"\nfilter = "flag:red"', "no flag or merge 'red'"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_changes_nothing(
    welds: Store, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "bad.toml").write_text(text)
    assert said in refusal(welds, tmp_path / "bad.toml")
    assert listed(welds) == ()


def test_a_file_of_another_kind_is_not_written_over(welds: Store, file: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(EditRefused, match="holds no views"):
        view_files.give_out(welds, tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert view_files.give_out(welds, file) == 2
