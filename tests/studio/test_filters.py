"""Filters as text: read back, refused in words, whatever the names."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.studio.conftest import FLAGS
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Scheme
from weldstudio.studio import reviewing
from weldstudio.studio.reviewing import Filter, parse

SCHEME = FLAGS.with_flag('odd "name"=5, really').with_merge("clamps!", (1, 2))

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(lambda s: s.strip())


@given(st.lists(st.tuples(words, words, st.booleans()), max_size=3))
def test_any_name_survives_a_filters_text(parts: list[tuple[str, str, bool]]) -> None:
    scheme = Scheme()
    terms = []
    for name, path, negated in parts:
        if scheme.has_name(name) or any(ord(c) < 32 or ord(c) == 127 for c in name):
            continue
        scheme = scheme.with_flag(name)
        terms += [
            reviewing.flag_term(name, State.UNSURE, State.CLEAR),
            reviewing.Term("model", name, (), 0.25, negated=negated),
            reviewing.Term("name", path, negated=negated),
            reviewing.Term("joint", path),
        ]
    wanted = Filter(tuple(terms))
    assert parse(wanted.text, scheme) == wanted


@given(st.text(max_size=30))
@example('"')
def test_any_text_is_a_filter_or_said_to_be_none(text: str) -> None:
    try:
        wanted = parse(text, SCHEME)
    except reviewing.FilterError:
        return
    assert parse(wanted.text, SCHEME) == wanted


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("unsen", "Did you mean 'unseen'"),
        ("flg:soil", "Did you mean 'flag'"),
        ("flag:sol", "Did you mean 'soil'"),
        ("flag:soil=rased", "Did you mean 'raised'"),
        ("model:soil=unsure", "raised or clear"),
        ("model:soil>1.5", "between 0 and 1"),
        ("flag:soil>0.5", "Only 'model:'"),
        ("split:trian", "train, validation, test or none"),
        ("verdict:", "needs something"),
        ("taken:2019-13", "is no time"),
        ("added:soon", "is no time"),
        ("points:many", "no number of points"),
        ("points:45..5", "the lower number first"),
        ("points>many", "no number of points"),
        ("joint>3", "has a colon behind it"),
        ("model:soil=0.8..0.2", "the lower probability first"),
        ("model:soil=0.2..high", "is no probability"),
        ("id:one", "numbers of photos"),
        ("equipment:Red=3", "in quotes"),
    ],
)
def test_a_filter_that_makes_no_sense_names_the_nearest(text: str, sentence: str) -> None:
    with pytest.raises(reviewing.FilterError, match=sentence):
        parse(text, SCHEME)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("points>=50", "points:50.."),
        ("-points<5", "-points:0..4"),
        ("points=5..45", "points:5..45"),
        ("a>3", 'name:"a>3"'),
    ],
)
def test_points_are_compared_as_numbers_are_elsewhere(text: str, meant: str) -> None:
    assert parse(text, Scheme()).text == meant
