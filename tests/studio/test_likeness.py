"""Photos like one, clusters of near-duplicates with their conflicts, and what to label next."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.studio.featured import featured_project
from tests.studio.labelled import label
from tests.studio.scored import finished
from tests.studio.test_refitting import refit
from weldstudio.domain.errors import EditRefused, JobFailed
from weldstudio.domain.labelling import Source, State, source_of, state_of
from weldstudio.domain.photo import PhotoFacts
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store import mirror as mirrors
from weldstudio.store import models, photos
from weldstudio.store.store import Store
from weldstudio.studio import features, labelling, likeness, next_batch, propagating, twins
from weldstudio.studio import scheme as schemes
from weldstudio.studio.look_alikes import LookAlikes


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Photos 4 and 5 look the same by hash and features, 7 and 8 by their hash alone."""
    with featured_project(tmp_path, count=60) as made:
        every = photos.every(made)
        file = FeatureFile.open(features.every(made)[0].folder)
        assert file is not None
        alike = file.read(file.find([every[3].content_hash]))
        file.append([every[4].content_hash or ""], alike * 1.0001)
        file.close()
        view, other = 0x2D4B_A6C3_5A96_3C69, 0x5A3C_96A5_C369_2D4B
        for place, value in ((3, view), (4, view + 2), (6, other), (7, other + 4)):
            photo = every[place]
            facts = PhotoFacts(photo.path, 64, 48, content_hash=photo.content_hash, perceptual_hash=value)
            photos.record_facts(made, photo.collection_id, [facts])
        yield made


def test_the_nearest_photo_is_the_copy(store: Store) -> None:
    first, *others = likeness.similar(store, 4, 5)
    assert first.photo_id == 5
    assert first.cosine == pytest.approx(1, abs=1e-3)
    assert [one.cosine for one in others] == sorted((one.cosine for one in others), reverse=True)
    with pytest.raises(JobFailed, match="no features yet"):
        likeness.similar(store, 9999)


def test_look_alikes_go_by_features_and_without_them_by_hash(store: Store) -> None:
    among = LookAlikes.of(store)
    assert [(one.photo_id, one.cosine) for one in among.find(4, 5)] == [
        (one.photo_id, pytest.approx(one.cosine, abs=1e-5)) for one in likeness.similar(store, 4, 5)
    ]
    assert among.find(9999, 3) == []
    for one in features.every(store):
        (one.folder / "features.f16").unlink()
    assert [(one.photo_id, one.cosine) for one in LookAlikes.of(store).find(5, 1)] == [(4, None)]


def test_near_duplicates_are_confirmed_and_conflicts_come_first(store: Store) -> None:
    label(store, {4: [State.RAISED], 5: [State.CLEAR]})
    pieces = list(likeness.duplicates(store))
    assert len(pieces) > 4  # whoever writes meanwhile waits for one of them, not for all
    found = finished(likeness.duplicates(store))
    assert found[0].photo_ids == (4, 5)
    assert mirrors.read(store).scheme.classes[0].name in found[0].conflicts
    assert (7, 8) not in [one.photo_ids for one in found]  # their hashes are near, their features are not


def test_plain_pictures_are_near_duplicates_where_their_files_are_equal(store: Store) -> None:
    for photo in photos.every(store)[20:22]:
        facts = PhotoFacts(photo.path, 64, 48, content_hash="f" * 64, perceptual_hash=0)
        photos.record_facts(store, photo.collection_id, [facts])
    assert (21, 22) in [one.photo_ids for one in finished(likeness.duplicates(store))]
    assert likeness.cluster(store, 21) == [21, 22]
    assert likeness.cluster(store, 4) == [4, 5]
    assert likeness.cluster(store, 30) == [30]


def test_they_are_known_until_photographs_come(store: Store) -> None:
    assert not twins.known(mirrors.read(store))
    finished(likeness.mark(store))
    assert twins.known(mirrors.read(store))
    mirror = mirrors.read(store)
    mirror.ids = np.append(mirror.ids, mirror.ids[-1] + 1)
    assert not twins.known(mirror)
    models.activate(store, None)
    assert not twins.known(mirrors.read(store)), "without a model's eyes they are others"


@pytest.mark.parametrize("looks", ["one view", "a chain", "two views"])
def test_a_large_group_of_equal_hashes_is_looked_at_in_pieces(store: Store, looks: str) -> None:
    rng = np.random.default_rng(0)
    ids = np.arange(1, 1501)
    near = {
        "one view": np.ones((1500, 1)) * [[1.0, 0.0]],
        "a chain": np.stack([np.cos(ids / 500), np.sin(ids / 500)], axis=1),
        "two views": np.where(rng.random((1500, 1)) < 0.5, [[1.0, 0.0]], [[0.0, 1.0]]),
    }[looks]
    pieces = list(likeness._confirmed(ids, ids, near.astype(np.float32)))
    parts = [part for part in pieces if part is not None]
    assert len(parts) == (2 if looks == "two views" else 1)
    assert sorted(np.concatenate(parts).tolist()) == ids.tolist()
    assert len(pieces) > len(parts)


def test_labels_are_handed_on_to_near_duplicates_that_do_not_differ(store: Store) -> None:
    label(store, {4: [State.RAISED, State.CLEAR, State.CLEAR], 5: [State.CLEAR] * 3})
    with pytest.raises(EditRefused, match="nearly the same"):
        propagating.spread(store, 7)
    label(store, {5: [State.RAISED]})
    with pytest.raises(EditRefused, match="already"):
        propagating.spread(store, 4)
    labelling.set_state(store, [5], 0, State.UNSEEN, who="Ann")
    found = propagating.spread(store, 4)
    assert (found.to, found.differing) == ((5,), ())
    assert found.preview(mirrors.read(store)).changed == 1
    done = propagating.propagate(store, 4, who="Ann")
    byte = int(mirrors.read(store).labels[mirrors.read(store).row(5), 0])
    assert (state_of(byte), source_of(byte)) == (State.RAISED, Source.COPIED)
    assert done.action_id is not None
    labelling.revert(store, done.action_id, who="Ann")
    assert mirrors.read(store).states(0)[mirrors.read(store).row(5)] == State.UNSEEN
    label(store, {5: [State.CLEAR]})
    assert propagating.spread(store, 4).differing == (5,)


def test_what_to_label_next_is_unlabelled_and_partly_by_chance(store: Store) -> None:
    for slot in range(3):
        labelling.set_state(store, range(21, 61), slot, State.UNSEEN, who="Ann")
    refit(store)
    batch = next_batch.suggest(store, 12, seed=1, who="Ann")
    ids = [one.photo_id for one in batch.photos]
    assert len(set(ids)) == 12
    assert min(ids) > 20
    by_chance = [one.photo_id for one in batch.photos if not one.flag]
    assert len(by_chance) == 2
    mirror = mirrors.read(store)
    assert set(mirror.reviews.audits) == set(by_chance)
    label(store, {by_chance[0]: [State.RAISED, State.CLEAR, State.CLEAR]})
    found = next_batch.accuracy(store, mirrors.read(store))
    assert sum(up.of + down.of for up, down in found.values()) == 3
    assert [one.photo_id for one in next_batch.suggest(store, 12, seed=1, who="Ann").photos] != ids[:1]


def test_a_flag_that_the_model_does_not_know_is_asked_about_by_what_its_first_labels_hint_at(store: Store) -> None:
    mirror = mirrors.read(store)
    truth = mirror.states(0)
    schemes.save(store, mirror.scheme.with_flag("New", 5), who="Ann")
    label(store, {int(i): [State.UNSEEN] * 3 + [State(int(truth[i - 1]))] for i in range(1, 16)})
    asked = [one.photo_id for one in next_batch.suggest(store, 10, seed=0, who="Ann").photos if one.flag == "New"]
    assert len(asked) == 9
    assert np.mean([truth[photo - 1] == State.RAISED for photo in asked]) > 0.8  # a third of all


def test_without_flags_there_is_nothing_to_ask_about(store: Store) -> None:
    for slot in range(3):
        schemes.retire_flag(store, slot, who="Ann")
    with pytest.raises(JobFailed, match="no flags to label"):
        next_batch.suggest(store, 10, seed=0, who="Ann")


def test_rare_flags_have_their_share() -> None:
    from weldstudio.domain.next_photos import CHANCE, next_photos, widths

    rng = np.random.default_rng(0)
    points = rng.normal(size=(2000, 5)).astype(np.float32)
    logits = np.stack([points[:, 0] * 3, points[:, 1] * 3 - 7], axis=1).astype(np.float32)
    width = widths(np.array([400, 3]), np.array([500, 5]))
    rows, columns = next_photos(
        lambda some: points[some],
        logits,
        np.zeros(2, np.float32),
        waiting=np.ones((2000, 2), np.bool_),
        width=width,
        count=50,
    )
    assert len(set(rows.tolist())) == 50
    assert (columns == CHANCE).sum() == 6
    assert (columns == 1).sum() > 3 * (columns == 0).sum()
    assert np.abs(logits[rows[columns == 0], 0]).max() < 0.5  # near the threshold
    assert np.mean(logits[rows[columns == 1], 1]) > -3.5  # far above what chance would find
