"""Ways to go on with a filter's text: what is offered is a filter that means what its sentence says."""

import re
from pathlib import Path

import numpy as np
import pytest

from weldstudio.domain.photo import Contractor
from weldstudio.domain.review import Review, Standing
from weldstudio.domain.scheme import Scheme
from weldstudio.store.mirror import Mirror
from weldstudio.store.reading import JointFacts, Named
from weldstudio.store.reviewed import Reviews
from weldstudio.studio import completing
from weldstudio.studio.completing import MOST, complete
from weldstudio.studio.filters import KEYS, WORDS, parse

ODD = 'odd "name"=5, really'
SCHEME = Scheme().with_flag("No Clamp Used", 50).with_flag("Soil", 15, description="earth on the pipe").with_flag(ODD)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    folder: Path = tmp_path_factory.mktemp("project")
    (folder / "runs" / "20260102-101112").mkdir(parents=True)
    (folder / "runs" / "20260102-101112" / "manifest.jsonl").write_text("{}\n")
    day = np.array(["2019-05-03", "2020-01-02"], "datetime64[s]").astype(np.int64)
    return Mirror(
        ids=np.array([1, 2]),
        taken=day,
        equipments=("", "Redbox", "Blue box, new"),
        scheme=SCHEME,
        joints=JointFacts(
            {n: f"J-{n:04}" for n in range(100)},
            contractors={1: Contractor(1, "Smith & Sons"), 2: Contractor(2, "Redwood")},
            mediums=Named.of(np.array([1]), ["gas"]),
        ),
        collections={1: "north, old"},
        reviews=Reviews({1: Review(Standing.RETURNED, "Ann Lee", 1, to="Bea")}),
        folder=folder,
    )


def offered(mirror: Mirror, text: str) -> list[str]:
    return [way.text for way in complete(mirror, text, len(text)).found]


def test_a_new_term_is_a_word_a_key_or_a_name_that_holds_it(seen: Mirror) -> None:
    assert offered(seen, "uns")[0] == "unseen"
    assert "unsure" in offered(seen, "uns")
    assert offered(seen, "equ") == ["equipment:"]
    assert 'flag:"No Clamp Used"' in offered(seen, "clamp")
    assert {"equipment:Redbox", "contractor:Redwood"} <= set(offered(seen, "red"))
    assert "problem" in offered(seen, "cannot be sh"), "by what a word means as well"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("flag:no", 'flag:"No Clamp Used"'),
        ('flag:"No C', 'flag:"No Clamp Used"'),
        ("flag:odd", f"flag:{completing.quoted(ODD)}"),
        ('flag:"No Clamp Used"=uns', 'flag:"No Clamp Used"=unsure'),
        ("flag:Soil", "flag:Soil=raised"),
        ("model:Soil>", "model:Soil>0.8"),
        ("model:Soil=0", "model:Soil=0.3..0.7"),
        ("equipment:blue", 'equipment:"Blue box, new"'),
        ("collection:old", 'collection:"north, old"'),
        ("contractor:sons", 'contractor:"Smith & Sons"'),
        ("joint:j-004", "joint:J-0040"),
        ("joint:040", "joint:J-0040"),
        ("verdict:re", "verdict:reject"),
        ("reviewer:", 'reviewer:"Ann Lee"'),
        ("returned:b", "returned:Bea"),
        ("medium:", "medium:gas"),
        ("taken:2019-", "taken:2019-05"),
        ("run:2026", "run:20260102-101112"),
        ("-equipment:red", "-equipment:Redbox"),
    ],
)
def test_a_value_is_offered_as_it_has_to_be_written(seen: Mirror, text: str, first: str) -> None:
    assert offered(seen, text)[0] == first
    assert parse(first, SCHEME).text == parse(parse(first, SCHEME).text, SCHEME).text


def test_only_the_word_at_the_cursor_is_replaced(seen: Mirror) -> None:
    text = "unseen equipment:red problem"
    found = complete(seen, text, text.index(" problem"))
    assert text[found.start : found.end] == "equipment:red"
    assert [way.text for way in found.found] == ["equipment:Redbox"]
    assert complete(seen, "unseen ", 7).start == 7, "behind a blank a new term begins"
    for text in ('unseen flag:"No', 'unseen flag:"No C'):
        open_quote = complete(seen, text, len(text))
        assert text[open_quote.start :] == text.removeprefix("unseen "), "a quote may be open yet"
        assert open_quote.found[0].text == 'flag:"No Clamp Used"'
    assert len(complete(seen, "", 0).found) == MOST


def test_all_that_is_offered_has_a_sentence_and_whole_terms_are_filters(seen: Mirror) -> None:
    for text in ("", *(f"{key}:" for key in KEYS), *WORDS):
        for way in complete(seen, text, len(text)).found:
            assert way.sentence
            assert len(parse(way.text, SCHEME).terms) == 1 if way.whole else re.fullmatch(r"-?[a-z]+:", way.text)
    assert (
        next(way for way in complete(seen, "soil", 4).found if way.text == "flag:Soil").sentence == "earth on the pipe"
    )


def test_a_finished_word_offers_nothing_more(seen: Mirror) -> None:
    assert offered(seen, "problem") == []
    assert len(offered(seen, "joint:J")) == MOST
