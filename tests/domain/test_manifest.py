"""A manifest survives its file and refuses to be inconsistent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.split import Split

_classes = st.lists(st.builds(ManifestClass, st.integers(0, 99), st.text()), min_size=1, max_size=3)


@st.composite
def _manifests(draw: st.DrawFn) -> Manifest:
    classes = tuple(draw(_classes))
    states = st.tuples(*[st.integers(0, 3)] * len(classes))
    photo = st.builds(ManifestPhoto, st.integers(), st.text(), st.sampled_from(Split), states, st.none() | st.text())
    return Manifest(
        classes, tuple(draw(st.lists(photo, max_size=5))), draw(st.sampled_from(["multilabel", "exclusive"]))
    )


@given(_manifests())
def test_a_manifest_comes_back_from_its_lines(manifest: Manifest) -> None:
    lines = list(manifest.to_lines())
    assert all("\n" not in line for line in lines)
    assert Manifest.from_lines(lines) == manifest


def test_counts_leave_out_unsure_and_unseen() -> None:
    states = [(1,), (2,), (2,), (0,), (3,)]
    photos = tuple(ManifestPhoto(i, "a", Split.TRAIN, state) for i, state in enumerate(states))
    counts = Manifest((ManifestClass(0, "x"),), photos).counts()
    assert counts == {"train": {"x": (1, 2)}, "validation": {"x": (0, 0)}, "test": {"x": (0, 0)}}


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="more or fewer"):
        Manifest((ManifestClass(0, "x"),), (ManifestPhoto(1, "a", Split.TRAIN, (1, 2)),))
    with pytest.raises(ValueError, match="task"):
        Manifest((), (), "guess")
    for lines in ([], ["{"], ["{}"], ['{"classes": [], "more": 1}'], ['{"classes": []}', '{"id": 1}']):
        with pytest.raises(ValueError, match="manifest"):
            Manifest.from_lines(lines)
