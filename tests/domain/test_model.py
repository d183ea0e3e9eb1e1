"""What a model remembers of the scheme that it was trained for."""

from dataclasses import replace

from weldstudio.domain.model import ModelCard, ModelClass, scheme_difference
from weldstudio.domain.scheme import Scheme

NOW = Scheme().with_flag("clamp").with_flag("soil").with_flag("dirt")


def card(*slots: int, scheme: Scheme = NOW) -> ModelCard:
    return ModelCard("m", "m", "net", tuple(ModelClass(slot, scheme.by_slot(slot).name) for slot in slots))


def test_a_model_of_the_present_scheme_is_not_marked() -> None:
    assert scheme_difference(card(0, 1, 2), NOW) == ""


def test_a_merge_made_since_is_judged_by_its_flags() -> None:
    merged = NOW.with_merge("ground", (1, 2))
    assert scheme_difference(card(0, 1, 2), merged) == (
        "Trained for another scheme: it judges ground by the flags merged since."
    )
    assert scheme_difference(card(0, 3, scheme=merged), merged) == ""
    everything = card(0, 1, 2, 3, scheme=merged)
    assert scheme_difference(everything, merged) == "", "trained for flags and merges, and both are there"


def test_what_is_gone_new_or_renamed_is_named() -> None:
    merged = NOW.with_merge("ground", (1, 2))
    words = scheme_difference(card(0, 3, scheme=merged), merged.without_merge("ground").with_flag("water"))
    assert "knows ground, which the scheme has no more" in words
    assert "says nothing of soil, dirt, water" in words
    renamed = NOW.with_changed_flag(replace(NOW.flags[1], name="earth"))
    assert "'soil' is called 'earth' now" in scheme_difference(card(0, 1, 2), renamed)
