"""The client of an engine keeps the newest photo in mind, and no answer that nobody waits for."""

from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.messages import Completed, Drop, Explain, Explained, Failed, LoadModel, ModelReady, Scored
from weldstudio.jobs.engine import EngineProtocol


def _explained(message: Explain) -> Explained:
    return Explained(message.request, message.photo_id, "m", (0.5,), "", (1, 1, 1), (0.0, 0.0, 1.0, 1.0))


def _ready(engine: EngineProtocol) -> None:
    (load,) = engine.load("/models/m")
    assert isinstance(load, LoadModel)
    assert engine.received(ModelReady(load.request, "m", "cpu", 0.1)) == (True, [])


def test_a_model_is_loaded() -> None:
    engine = EngineProtocol()
    assert engine.model_id is None
    _ready(engine)
    assert engine.model_id == "m"
    assert engine.idle


def test_of_photos_asked_for_meanwhile_the_newest_is_sent_and_the_rest_dropped() -> None:
    engine = EngineProtocol()
    _ready(engine)
    (first,) = engine.explain(1, "1.jpg")
    assert engine.explain(2, "2.jpg") == []
    assert engine.explain(3, "3.jpg") == []
    assert isinstance(first, Explain)
    counts, (then,) = engine.received(_explained(first))
    assert not counts
    assert isinstance(then, Explain)
    assert then.photo_id == 3
    assert engine.received(_explained(then)) == (True, [])
    assert engine.idle


def test_photos_beside_all_count_and_new_ones_take_the_place_of_old_ones() -> None:
    engine = EngineProtocol()
    _ready(engine)
    (first,) = engine.explain(1, "1.jpg")
    assert isinstance(first, Explain)
    second, third = engine.explain_beside([(2, "2.jpg"), (3, "3.jpg")])
    assert isinstance(second, Explain)
    assert isinstance(third, Explain)
    assert second.beside
    assert not engine.explains_beside
    assert engine.received(_explained(first)) == (True, [])
    assert engine.explains_beside
    assert engine.received(_explained(second)) == (True, [])
    dropped, fourth = engine.explain_beside([(4, "4.jpg")])
    assert dropped == Drop(third.request)
    assert engine.received(_explained(third)) == (False, [])
    assert isinstance(fourth, Explain)
    assert engine.received(Failed(fourth.request, "unreadable", photo_id=4))[0]
    assert engine.idle


def test_a_failure_lets_the_next_photo_through() -> None:
    engine = EngineProtocol()
    _ready(engine)
    (first,) = engine.explain(1, "1.jpg")
    engine.explain(2, "2.jpg")
    assert isinstance(first, Explain)
    counts, sent = engine.received(Failed(first.request, "unreadable", photo_id=1))
    assert not counts
    assert [m.photo_id for m in sent if isinstance(m, Explain)] == [2]


def test_answers_of_a_former_model_no_longer_count() -> None:
    engine = EngineProtocol()
    _ready(engine)
    (asked,) = engine.explain(1, "1.jpg")
    number, _ = engine.score((1, 2), ("a", "b"))
    sent = engine.load("/models/n")
    assert sent[0] == Drop(number)
    assert isinstance(asked, Explain)
    assert engine.received(_explained(asked)) == (False, [])
    assert engine.received(Scored(number, "m", (1,), "")) == (False, [])
    assert engine.model_id is None


def test_a_scoring_is_answered_in_parts_until_completed() -> None:
    engine = EngineProtocol()
    _ready(engine)
    number, sent = engine.score((1, 2), ("a", "b"))
    assert len(sent) == 1
    assert engine.received(Scored(number, "m", (1,), ""))[0]
    assert engine.received(Completed(number))[0]
    assert engine.idle
    assert not engine.received(Scored(number, "m", (2,), ""))[0]
    assert engine.drop(number) == []


def test_failures_of_the_whole_child_always_count() -> None:
    engine = EngineProtocol()
    assert engine.received(Failed(-1, "gone"))[0]
    assert not engine.received(Failed(99, "who asked?"))[0]
    engine.explain(1, "a")
    engine.restarted()
    assert engine.idle


@given(st.lists(st.sampled_from(["ask", "answer", "fail"]), max_size=30))
def test_at_most_one_explanation_is_under_way_and_the_last_asked_is_the_last_answered(plan: list[str]) -> None:
    engine = EngineProtocol()
    _ready(engine)
    under_way: list[Explain] = []
    shown: list[int] = []
    asked = 0

    def sent(messages: list) -> None:
        under_way.extend(m for m in messages if isinstance(m, Explain))
        assert len(under_way) <= 1

    def answer(failed: bool) -> None:
        message = under_way.pop()
        counts, more = engine.received(Failed(message.request, "x") if failed else _explained(message))
        if counts:
            shown.append(message.photo_id)
        sent(more)

    for what in plan:
        if what == "ask":
            asked += 1
            sent(engine.explain(asked, f"{asked}.jpg"))
        elif under_way:
            answer(what == "fail")
    while under_way:
        answer(False)
    assert shown == sorted(shown)
    assert not asked or shown[-1] == asked
