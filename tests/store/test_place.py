"""Network shares are told from disks."""

from pathlib import Path

import pytest

from weldstudio.store import place
from weldstudio.store.store import Store


@pytest.mark.parametrize(
    ("kind", "network"),
    [("nfs4", True), ("cifs", True), ("smbfs", True), ("fuse.sshfs", True), ("ext4", False), ("apfs", False)],
)
def test_kinds_of_file_systems(kind: str, network: bool) -> None:
    assert place.kind_is_network(kind) is network


def test_the_deepest_mount_counts(tmp_path: Path) -> None:
    mounts = [("/", "ext4"), (str(tmp_path.resolve()), "nfs4"), ("/elsewhere", "cifs")]
    assert place._mount_kinds(tmp_path / "welds", mounts) == ["nfs4"]
    assert place._mount_kinds(tmp_path.parent, mounts) == ["ext4"]


def test_a_project_on_a_share_keeps_the_journal_that_works_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weldstudio.store.store.on_network", lambda _: True)
    with Store.create(tmp_path / "welds") as store:
        assert store.value("PRAGMA journal_mode") == "delete"
        assert "network share" in store.notices[0]
