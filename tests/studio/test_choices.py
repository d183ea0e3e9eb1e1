"""Choices to filter by: their counts are those of the filter that each would make."""

import numpy as np
import pytest

from tests.studio.test_reviewing import SCHEME, N, seen  # noqa: F401 - the fixture
from weldstudio.store.mirror import Mirror
from weldstudio.studio import choices
from weldstudio.studio.filters import EVERYTHING, Filter, Term, parse
from weldstudio.studio.reviewing import select


def rivals(one: Term, other: Term) -> bool:
    """Whether one comes in the place of the other: of the same fact, or of the same flag."""
    return one.key == other.key and (one.key not in ("flag", "model") or one.value == other.value)


@pytest.mark.parametrize("text", ["", "flag:soil -problem", "equipment:redbox model:soil"])
def test_a_count_is_that_of_the_filter_it_would_make(seen: Mirror, text: str) -> None:  # noqa: F811
    wanted = parse(text, SCHEME)
    every = [c for fact in choices.facts(seen) for c in choices.of_fact(seen, fact)] + choices.of_class("soil")
    assert len(every) > 30
    found = list(choices.counts(seen, wanted, [choice.term for choice in every]))
    for choice, number in zip(every, found, strict=True):
        rest = [
            t for t in wanted.terms if t.text != f"-{choice.term.text}" and (t.negated or not rivals(t, choice.term))
        ]
        assert parse(choice.term.text, SCHEME) == Filter((choice.term,)), "a person may write it as well"
        assert number == len(select(seen, Filter((*rest, choice.term)))), choice
    assert max(found) > 0


def test_a_fact_of_which_nothing_is_known_is_none(seen: Mirror) -> None:  # noqa: F811
    assert {"equipment", "collection", "contractor", "verdict", "taken", "split"} <= set(choices.facts(seen))
    assert not {"medium", "run", "reviewer"} & set(choices.facts(seen))


def test_not_in_a_training_run_is_a_choice_that_comes_and_goes(seen: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(choices.completing, "values", lambda _mirror, _key: iter([("r1", ""), ("r2", "")]))
    chosen = {choice.text: choice.term for choice in choices.of_fact(seen, "run")}
    assert [term.text for term in chosen.values()] == ["run:r1", "-run:r1", "run:r2", "-run:r2"]
    wanted = Filter((Term("problem", negated=True), chosen["Not in r1"], chosen["Not in r2"]))
    assert choices.without_rivals(wanted, chosen["Not in r1"]).text == "-problem -run:r2", "chosen again it goes"
    assert choices.without_rivals(wanted, chosen["r2"]).text == "-problem -run:r1", "its opposite takes its place"


def test_what_may_not_be_shown_is_not_counted(seen: Mirror) -> None:  # noqa: F811
    terms = [choices.of_class("soil")[0].term]
    (some,) = choices.counts(seen, EVERYTHING, terms, unveiled=lambda rows, _filter, _sort: rows[: len(rows) // 2])
    (every,) = choices.counts(seen, EVERYTHING, terms)
    assert some == every // 2
    assert 0 < every < N
    assert np.count_nonzero(seen.states(0) == 1) == every
