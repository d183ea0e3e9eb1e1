import csv
from pathlib import Path

import numpy as np
from PIL import Image

from weldstudio.imaging.drawn.collection import FLAGS, Joint, draw_photo, make_collection


def test_every_photo_is_named_with_its_flags_and_joints_are_labelled_as_one(tmp_path: Path) -> None:
    table = make_collection(tmp_path / "photos", 60, 1)
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    on_disk = {str(path.relative_to(table.parent).as_posix()) for path in table.parent.rglob("*.jpg")}
    assert {row["path"] for row in rows} == on_disk
    assert len(rows) == 60
    for flag in FLAGS:
        raised = sum(row[flag] == "1" for row in rows)
        assert 6 <= raised <= 54, "a network needs both to tell them apart"
    for first, second in zip(rows[::2], rows[1::2], strict=True):
        assert [first[flag] for flag in FLAGS] == [second[flag] for flag in FLAGS]
        assert first["path"].split("/")[0] == second["path"].split("/")[0]


def test_the_same_seed_draws_the_same_photos(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        make_collection(tmp_path / name, 4, seed)
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.*"))
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in files)
    assert any((tmp_path / "a" / file).read_bytes() != (tmp_path / "c" / file).read_bytes() for file in files)


def test_what_the_labels_say_is_in_the_pixels() -> None:
    def blue(clamps: str, seed: int) -> float:
        joint = Joint(clamps, soiled=False, ground=(120, 120, 100), pipe=(235, 190, 40))
        pixels = np.asarray(draw_photo(joint, np.random.default_rng(seed)), int)
        return float((pixels[..., 2] - pixels[..., 0] > 50).mean())

    def brown(soiled: bool, seed: int) -> float:
        joint = Joint("none", soiled=soiled, ground=(120, 120, 100), pipe=(35, 35, 40))
        pixels = np.asarray(draw_photo(joint, np.random.default_rng(seed)), int)
        return float(((pixels[..., 0] - pixels[..., 2] > 35) & (pixels[..., 0] - pixels[..., 1] > 15)).mean())

    for seed in range(5):
        assert blue("shown", seed) > 2 * blue("cut off", seed) > 0
        assert blue("cut off", seed) > 10 * blue("none", seed)
        assert brown(True, seed) > 5 * brown(False, seed)
        assert Image.Image.getbands(draw_photo(Joint("none", False, (9, 9, 9), (9, 9, 9)), np.random.default_rng(0)))


def test_none_at_all_is_a_table_without_rows(tmp_path: Path) -> None:
    assert make_collection(tmp_path / "empty", 0, 1).read_text().splitlines() == [",".join(["path", *FLAGS])]
