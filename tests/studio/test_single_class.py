import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.scheme import Flag, Group, Scheme
from weldstudio.studio.single_class import file_name, folder_names, sort_into_classes

R, C, U, N = (label_byte(state, Source.HAND) for state in (State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN))
THREE = Scheme(flags=(Flag(0, "mud"), Flag(1, "water"), Flag(2, "no clamp")))
GROUP = Scheme(flags=THREE.flags, groups=(Group("what", (0, 1, 2), "clean"),))


def sort(scheme: Scheme, *rows: tuple[int, ...]) -> list[str | None]:
    return list(sort_into_classes(scheme, np.array(rows, dtype=np.uint8)).classes)


def test_exactly_one_raised_flag_is_the_class() -> None:
    rows = [(R, C, C), (C, R, N), (N, N, R), (R, R, C), (C, C, C), (N, N, N), (C, C, N)]
    assert sort(THREE, *rows) == ["mud", "water", "no clamp", None, None, None, None]


def test_what_does_not_fit_is_said_in_words() -> None:
    rows = np.array([(R, R, C), (C, C, C), (N, N, N), (C, C, N), (R, U, C), (U, C, C)], dtype=np.uint8)
    assert sort_into_classes(THREE, rows).reasons == (
        "2 flags are raised: mud; water",
        "no flag is raised",
        "not labelled",
        "no flag is raised, and not all have been looked at",
        "unsure: water",
        "unsure: mud",
    )


def test_a_group_that_names_none_of_them_has_a_class_for_it() -> None:
    assert sort(GROUP, (C, C, C), (C, R, C), (N, N, N)) == ["clean", "water", None]


def test_in_a_group_a_raised_flag_settles_the_unsure_ones() -> None:
    assert sort(GROUP, (R, U, C)) == ["mud"]


def test_a_merge_is_one_class() -> None:
    merged = GROUP.with_merge("dirt", (0, 1))
    assert sort(merged, (R, R, C, N), (C, C, R, N), (C, C, C, N), (N, N, C, R)) == ["dirt", "no clamp", "clean", "dirt"]


def test_a_project_without_flags_sorts_nothing() -> None:
    assert sort_into_classes(Scheme(), np.zeros((2, 0), np.uint8)).reasons == ("the project has no flags",) * 2


def test_counts_follow_the_classes() -> None:
    rows = np.array([(R, C, C), (C, R, C), (R, C, C), (R, R, C)], dtype=np.uint8)
    assert sort_into_classes(THREE, rows).counts() == {"mud": 2, "water": 1}


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("No Clamp Used", "No Clamp Used"),
        ("Spalt zu groß", "Spalt zu groß"),
        ("gas/water", "gas_water"),
        ("con", "_con"),
        ("Com1.txt", "_Com1.txt"),
        ("conduit", "conduit"),
        ("..", "_"),
        (".hidden", "_hidden"),
        (" blank. ", "blank"),
        ('a<b>:"c|?*', "a_b___c___"),
    ],
)
def test_folder_names_are_allowed_everywhere(name: str, safe: str) -> None:
    assert folder_names([name]) == {name: safe}


def test_names_that_some_system_takes_for_one_are_told_apart() -> None:
    names = ["a/b", "a:b", "A_B", unicodedata.normalize("NFD", "é"), "É", "manifest.json"]
    found = folder_names(names, taken=["manifest.json"])
    assert list(found.values()) == ["a_b", "a_b (2)", "A_B (3)", "é", "É (2)", "manifest.json (2)"]


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60) | st.sampled_from(
    ["nul", "NUL.x", "a ", "a", "."]
)


@given(st.lists(NAMES, unique=True, max_size=12))
def test_any_names_become_distinct_single_folders(names: list[str]) -> None:
    found = folder_names(names)
    assert list(found) == names
    folded = {unicodedata.normalize("NFC", folder.casefold()) for folder in found.values()}
    assert len(folded) == len(names)
    for folder in found.values():
        assert folder not in ("", ".", "..")
        assert not set(folder) & set('<>:"/\\|?*')
        assert not folder.startswith(".")
        assert folder == folder.rstrip(". ")
        assert len(folder.encode()) <= 140


@given(st.lists(st.tuples(st.integers(1, 10**9), NAMES), unique_by=lambda pair: pair[0], min_size=2, max_size=10))
def test_file_names_differ_wherever_ids_do(photos: list[tuple[int, str]]) -> None:
    names = {file_name(photo_id, f"some/folder/{name}.JPG").casefold() for photo_id, name in photos}
    assert len(names) == len(photos)
    assert all(name.endswith(".jpg") and "/" not in name for name in names)
