"""What is said before a training: labels that are wrong too often to be learned from."""

import pytest

from weldstudio.domain.agreement import Kappa
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.split import Split
from weldstudio.studio.preflight import wrong_labels


def manifest(raised: int, clear: int) -> Manifest:
    states = [1] * raised + [2] * clear
    photos = (ManifestPhoto(n, f"/{n}.jpg", Split.TRAIN, (state,)) for n, state in enumerate(states))
    return Manifest((ManifestClass(0, "soil"),), tuple(photos))


def kappa(both: int, first: int, second: int, neither: int) -> Kappa:
    """Nobody is unsure."""
    return Kappa(((both, first, 0), (second, neither, 0), (0, 0, 0)))


@pytest.mark.parametrize(
    ("raised", "first", "second", "told"),
    [
        (4, 20, 20, True),  # they differ on two fifths, and hardly a photo shows it
        (40, 20, 20, False),  # two fifths of the photos show it
        (4, 1, 1, False),  # they hardly differ
    ],
)
def test_labels_that_are_wrong_more_often_than_the_flag_is_rare(
    raised: int, first: int, second: int, told: bool
) -> None:
    found = wrong_labels(manifest(raised, 100 - raised), {"soil": kappa(2, first, second, 98 - first - second)})
    assert bool(found) == told
    assert not told or ("two reviewers differ on 40 of 100" in found[0] and "Settle" in found[0])


def test_a_few_second_looks_prove_nothing() -> None:
    assert not wrong_labels(manifest(1, 99), {"soil": kappa(0, 4, 4, 0)})
    assert not wrong_labels(manifest(1, 99), {})
