"""What looking through labels finds: by equipment and month, from when to trust them, how equipment differs."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.studio.featured import featured_project
from tests.studio.test_refitting import refit
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import Source, State
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store import mirror as mirrors
from weldstudio.store import photos
from weldstudio.store.store import Store
from weldstudio.studio import features, labelling, looks, quality
from weldstudio.studio.advice import advice
from weldstudio.studio.quality import Findings

OLD = "2013-01"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Half of the photos are new and trusted; of the others those of the oldest month are labelled the wrong way."""
    with featured_project(tmp_path_factory.mktemp("quality"), count=240, apart=6.0) as made:
        ids = mirrors.read(made).ids
        new = np.arange(len(ids)) % 2 == 0
        photos.set_equipment(made, ids[new].tolist(), "Bluebox")
        photos.set_equipment(made, ids[~new].tolist(), "Redbox")
        months = np.where(new, "2014-06", np.where(np.arange(len(ids)) < 120, "2013-05", OLD))
        photos.set_taken(made, [(int(photo), f"{month}-10") for photo, month in zip(ids, months, strict=True)])
        mirror = mirrors.read(made)
        old = ids[months == OLD]
        for item in mirror.scheme.classes[:3]:
            states = mirror.states(item.slot)[mirror.rows(old.tolist())]
            for state, turned in ((State.RAISED, State.CLEAR), (State.CLEAR, State.RAISED)):
                chosen = old[states == state].tolist()[::2]
                labelling.set_state(made, chosen, item.slot, turned, who="Old hand")
        refit(made)
        yield made


def looked(store: Store, **how: str) -> Findings:
    steps = quality.look(store, **how)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Findings = end.value
            return found


@pytest.fixture(scope="module")
def found(store: Store) -> Findings:
    return looked(store)


def test_labels_are_counted_and_doubted_by_equipment_and_month(store: Store, found: Findings) -> None:
    assert [(one.equipment, one.month, one.photos) for one in found.parts] == [
        ("Bluebox", "2014-06", 120),
        ("Redbox", "2013-05", 60),
        ("Redbox", OLD, 60),
    ]
    assert found.parts[2].filter == f"equipment:Redbox taken:{OLD}"
    share = [one.all_wrong().share for one in found.parts]
    assert share[2] > 0.2 > 0.1 > share[1]
    name = found.standings[0].flag
    whole = found.standings[0].estimate + found.standings[1].estimate
    assert sum(one.wrong[name].expected for one in found.parts) == pytest.approx(whole.expected)
    assert sum(one.states[name][State.RAISED] for one in found.parts) == int(
        (mirrors.read(store).states(found.standings[0].slot) == State.RAISED).sum()
    )
    assert sum(number for _, number in found.weeks) == sum(one.looked_at for one in found.parts) > 40


def test_a_number_opens_as_many_photographs_as_it_counts(store: Store, found: Findings) -> None:
    mirror = mirrors.read(store)
    slot = found.standings[0].slot
    for one in found.parts:
        assert len(looks.of_part(mirror, one.equipment, one.month, "")) == one.photos
        assert len(looks.of_part(mirror, one.equipment, one.month, "looked")) == one.looked_at
        for state in (State.RAISED, State.CLEAR):
            opened = looks.of_part(mirror, one.equipment, one.month, f"{state.word} {slot}")
            assert len(opened) == one.states[found.standings[0].flag][state]
    assert len(looks.of_part(mirror, "", "", "")) == 0
    for week, photos_seen in found.weeks:
        assert len(looks.photos(store, ("week", week))) == photos_seen
    turned = looks.from_source(mirror, slot, Source.BULK)
    assert len(turned)
    assert np.isin(turned, looks.photos(store, ("expert", "Old hand", ""))).all()


def test_the_curve_falls_where_labels_begin_to_be_wrong(found: Findings) -> None:
    curve = found.cut_off
    assert curve is not None
    assert (curve.trusted, curve.falls) == ("Bluebox", OLD)
    newer, older = curve.months
    assert newer.score > 0.9 > 0.7 > older.score
    assert older.since < newer.since
    assert curve.own > 0.9
    assert OLD in curve.sentence


def test_equipment_that_sees_otherwise_is_told_apart(store: Store, found: Findings) -> None:
    same = found.drift
    assert [one.equipment for one in same] == ["Bluebox", "Redbox"]
    assert same[1].told_apart < 0.7
    assert same[0].score > same[1].score
    place = features.active_place(store)
    file = FeatureFile.open(place.folder)
    seen = file.read(np.arange(len(file)))
    mirror = mirrors.read(store)
    seen[mirror.equipment == mirror.equipments.index("Redbox")] += 5  # records lie in the order of the photos
    file.append([place.contents[photo] for photo in mirror.ids.tolist()], seen)
    file.close()
    other = looked(store).drift[1]
    assert other.told_apart > 0.95
    assert other.distance > 3


def test_what_cannot_be_said_is_a_sentence_that_says_what_to_do(store: Store) -> None:
    with pytest.raises(JobFailed, match=r"there is \w+, \w+\."):
        looked(store, trusted="Greenbox")


def test_without_features_equipment_or_dates_it_says_so(tmp_path: Path) -> None:
    with Store.create(tmp_path / "bare") as bare:
        found = looked(bare)
        assert "one kind of equipment" in found.no_cut_off
        assert advice(mirrors.read(bare), found)[0].action == "collection.import"
        assert found.to_json()["cut_off"] is None
    with featured_project(tmp_path / "more", count=12) as few:
        found = looked(few)
        assert [one.month for one in found.parts] == [""]
        assert not found.learned
        assert next(one.action for one in advice(mirrors.read(few), found) if one.action) == "work.predict"
