"""Shipped models: found where they are whole, brought to the slots of the project's scheme, never put into use."""

import json
from pathlib import Path

import pytest

from tests.studio.shipped_model import ship
from weldstudio.domain.errors import JobFailed
from weldstudio.studio import projects, registry, shipped


def test_a_model_gets_the_slots_of_the_projects_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ship(monkeypatch, tmp_path / "models")
    with projects.create(tmp_path / "p", scheme="pipe-welds") as store:
        card, changes = shipped.add(store, "weldnet")
        assert changes.models
        by_name = {flag.name: flag.slot for flag in projects.load_scheme(store).flags}
        assert {item.name: item.slot for item in card.classes} == by_name
        (entry,) = registry.models(store)
        assert not entry.active
        written = json.loads((entry.folder / "card.json").read_text("utf-8"))
        assert [item["slot"] for item in written["classes"]] == [item.slot for item in card.classes]
        assert (entry.folder / "weights.safetensors").read_bytes() == b"weights"
        again, nothing = shipped.add(store, "weldnet")
        assert (again, bool(nothing)) == (card, False)


def test_a_model_for_other_flags_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ship(monkeypatch, tmp_path / "models")
    with projects.create(tmp_path / "p", scheme="plain") as store:
        with pytest.raises(JobFailed, match="does not have: 'Unsuitable Photo' and 16 more"):
            shipped.add(store, "weldnet")
        assert not registry.models(store)
        with pytest.raises(JobFailed, match="Did you mean 'weldnet'"):
            shipped.add(store, "weltnet")


def test_what_is_damaged_or_half_there_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log
) -> None:
    ship(monkeypatch, tmp_path / "models")
    (tmp_path / "models" / "half").mkdir()
    (tmp_path / "models" / "half" / "card.json").write_text("{}", "utf-8")
    broken = tmp_path / "models" / "broken"
    broken.mkdir()
    (broken / "card.json").write_text("{}", "utf-8")
    (broken / "weights.safetensors").write_bytes(b"")
    with expect_log("weldstudio.studio.shipped", "broken"):
        assert [model.name for model in shipped.every()] == ["weldnet"]
