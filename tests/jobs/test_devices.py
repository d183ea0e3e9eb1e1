"""Devices are found without torch, and a training sees its own alone."""

import pytest

from weldstudio.jobs import devices


@pytest.mark.parametrize(
    ("visible", "names"), [("", ("processor",)), ("0", ("card-0",)), ("2, 3", ("card-2", "card-3"))]
)
def test_those_that_may_be_seen_are_the_devices(
    monkeypatch: pytest.MonkeyPatch, visible: str, names: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert devices.names.__wrapped__() == names


def test_a_training_sees_its_own_card_alone() -> None:
    assert devices.environment("card-3") == {"CUDA_VISIBLE_DEVICES": "3"}
    assert devices.environment("processor") == {}
    assert devices.environment("") == {}
