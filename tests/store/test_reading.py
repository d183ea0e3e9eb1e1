"""What is known of joints, looked up for all of them at once."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.photo import DEFAULT_LIMIT, Contractor, Limit
from weldstudio.store.reading import NOT_TAKEN, JointFacts, Named

DAYS = st.dates(date(1970, 1, 2), date(2100, 1, 1))
LIMITS = st.dictionaries(DAYS, st.integers(1, 200), max_size=4)


@given(
    st.dictionaries(st.integers(1, 9), LIMITS, max_size=5), st.lists(st.tuples(st.integers(0, 9), DAYS), max_size=20)
)
def test_limits_of_all_joints_are_those_of_their_contractors_and_days(
    limits: dict[int, dict[date, int]], joints: list[tuple[int, date]]
) -> None:
    contractors = {
        i: Contractor(i, str(i), tuple(Limit(day, points) for day, points in sorted(of_it.items())))
        for i, of_it in limits.items()
    }
    ids = np.arange(10, 10 + len(joints))
    made_by = np.array([(i, by) for i, (by, _) in zip(ids, joints, strict=True) if by in contractors], np.int64)
    facts = JointFacts({}, made_by.reshape(-1, 2), contractors)
    days = np.array([_seconds(day) for _, day in joints], np.int64)
    said = facts.reject_limits(ids, days)
    plain = [contractors[by].limit_on(day) if by in contractors else DEFAULT_LIMIT for by, day in joints]
    assert said.tolist() == plain


def test_the_limit_of_today_holds_where_no_day_is_known() -> None:
    tomorrow = date.today() + timedelta(days=1)
    limits = (Limit(date(1970, 1, 1), 30), Limit(tomorrow, 90))
    facts = JointFacts({}, np.array([[1, 1], [2, 1]]), {1: Contractor(1, "Smith", limits)})
    assert facts.reject_limits(np.array([1, 2, 3]), np.array([NOT_TAKEN, _seconds(tomorrow), 0])).tolist() == [
        30,
        90,
        50,
    ]
    assert [facts.contractor_of(joint) for joint in (1, 3)] == ["Smith", ""]


def test_facts_in_words_are_found_again() -> None:
    kinds = Named.of(np.array([3, 5, 8]), ["coupler", "", "coupler"])
    assert kinds.names == ("", "coupler")
    assert kinds.codes_of(np.array([[8, 3], [5, 4]])).tolist() == [[1, 1], [0, 0]]
    assert [kinds.name_of(joint) for joint in (3, 4, 5)] == ["coupler", "", ""]
    assert Named().name_of(3) == ""


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
