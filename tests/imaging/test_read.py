import io
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from tests.imaging.damaged import QUARTERS, encoded, png_claiming, quarters, wide_gamut_profile, write_broken
from tests.photos import draw_photo, make_photo
from weldstudio import paths
from weldstudio.domain.errors import PhotoError
from weldstudio.imaging.read import decode, header_by_pillow, read_header, read_photo, read_size
from weldstudio.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")


def corners(pixels: np.ndarray) -> list[tuple[int, ...]]:
    quarter = [pixels[3, 3], pixels[3, -4], pixels[-4, 3], pixels[-4, -4]]
    return [tuple(int(v) for v in colour) for colour in quarter]


def near(pixels: np.ndarray, colours: object = QUARTERS, tolerance: int = 6) -> bool:
    return bool(np.abs(np.array(corners(pixels)) - np.array(colours)).max() <= tolerance)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
def test_every_orientation_comes_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    upright = draw_photo(["red disc", "green bar"], size=(120, 80), seed=3)
    path = make_photo(
        tmp_path / f"a{suffix}", ["red disc", "green bar"], size=(120, 80), seed=3, orientation=orientation, quality=100
    )
    pixels = read_photo(path)
    assert pixels.shape == upright.shape
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert np.abs(pixels.astype(int) - upright).mean() < 6
    assert read_size(path) == (120, 80)


@pytest.mark.parametrize("orientation", [1, 6])
def test_scaled_decode_reaches_what_is_asked_and_leaves_out_the_rest(tmp_path: Path, orientation: int) -> None:
    path = make_photo(tmp_path / "a.jpg", size=(641, 483), orientation=orientation)
    for at_least, shape in ((483, (483, 641)), (243, (483, 641)), (242, (242, 321)), (121, (121, 161)), (9, (61, 81))):
        assert read_photo(path, at_least=at_least).shape[:2] == shape
    assert read_photo(path, at_least=5000).shape[:2] == (483, 641)


@given(width=st.integers(1, 700), height=st.integers(1, 700), wanted=st.integers(1, 800))
def test_at_least_is_reached_and_longest_is_kept(width: int, height: int, wanted: int) -> None:
    content = io.BytesIO(encoded(Image.new("RGB", (width, height))))
    shape = decode(content, Path("a.jpg"), at_least=wanted).shape
    assert min(shape[:2]) >= min(wanted, width, height)
    content.seek(0)
    shape = decode(content, Path("a.jpg"), longest=wanted).shape
    assert max(shape[:2]) == min(wanted, max(width, height))
    assert min(shape[:2]) == pytest.approx(min(width, height) * max(shape[:2]) / max(width, height), abs=1)


def test_scaled_decode_looks_like_full_decode(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "a.jpg", ["red disc", "blue square"], size=(1280, 960), quality=95)
    full = Image.fromarray(read_photo(path)).resize((320, 240), Image.Resampling.BILINEAR)
    assert np.abs(read_photo(path, longest=320).astype(int) - np.asarray(full)).mean() < 3


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *(("RGB", kind) for kind in ("JPEG", "MPO", "BMP", "GIF")),
        *(("CMYK", "JPEG"), ("CMYK", "TIFF"), ("P", "PNG"), ("RGBA", "PNG")),
        *(("RGBA", "WEBP"), ("YCbCr", "JPEG"), ("LAB", "TIFF")),
    ],
)
def test_colour_modes_become_srgb(tmp_path: Path, mode: str, kind: str) -> None:
    picture = quarters()
    if mode == "LAB":
        lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
        converted = ImageCms.applyTransform(picture, lab)
        assert converted is not None
        picture = converted
    else:
        picture = picture.convert(mode)
    path = tmp_path / "picture.jpg"  # whatever the suffix says, the content decides
    path.write_bytes(encoded(picture, kind, **({"quality": 100} if kind in ("JPEG", "MPO", "WEBP") else {})))
    assert near(read_photo(path), tolerance=40 if mode == "LAB" or kind == "WEBP" else 12)


def test_greyscale_and_bilevel(tmp_path: Path) -> None:
    for mode, kind in (("L", "JPEG"), ("L", "PNG"), ("1", "PNG"), ("LA", "PNG")):
        path = tmp_path / "grey"
        path.write_bytes(encoded(Image.new("L", (30, 20), 255).convert(mode), kind))
        assert (read_photo(path) >= 254).all()


def test_sixteen_bits_keep_their_range(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 200).astype(np.uint16), (50, 1))
    for kind in ("PNG", "TIFF"):
        path = tmp_path / "ramp"
        path.write_bytes(encoded(Image.fromarray(ramp), kind))
        pixels = read_photo(path)
        assert pixels.shape == (50, 200, 3)
        assert np.abs(pixels[0, :, 0].astype(float) - np.linspace(0, 255, 200)).max() <= 1


def test_floating_point(tmp_path: Path) -> None:
    values = np.tile(np.linspace(0, 1, 100, dtype=np.float32), (20, 1))
    values[0, 0] = np.nan
    Image.fromarray(values).save(tmp_path / "a.tif")
    assert np.abs(read_photo(tmp_path / "a.tif")[5, :, 1].astype(float) - np.linspace(0, 255, 100)).max() <= 1


def test_transparency_lies_on_grey(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "a.png")
    assert (read_photo(tmp_path / "a.png") == 128).all()
    palette = Image.new("P", (8, 8), 0)
    palette.putpalette([255, 0, 0] + [0] * 765)
    palette.save(tmp_path / "p.png", transparency=0)
    assert (read_photo(tmp_path / "p.png") == 128).all()


def test_first_frame_of_a_film(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert tuple(read_photo(tmp_path / "a.gif")[0, 0]) == (255, 0, 0)


def test_a_profile_is_applied(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(quarters(), quality=100, icc_profile=wide_gamut_profile()))
    red, green, blue, yellow = QUARTERS
    assert near(read_photo(path), (green, red, blue, yellow), tolerance=12)


def test_an_srgb_profile_changes_nothing_and_a_damaged_one_is_passed_over(tmp_path: Path) -> None:
    plain = encoded(quarters())
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, b"no profile at all", srgb[:200]):
        file = io.BytesIO(encoded(quarters(), icc_profile=profile))
        assert np.array_equal(decode(file, Path("a.jpg")), decode(io.BytesIO(plain), Path("a.jpg")))


def test_every_broken_file_is_a_sentence(tmp_path: Path) -> None:
    for name, word in write_broken(tmp_path).items():
        with pytest.raises(PhotoError) as caught:
            read_photo(tmp_path / name, longest=64)
        sentence = str(caught.value)
        assert sentence.startswith(name)
        assert sentence.endswith(".")
        assert re.search(word, sentence), sentence


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="not there"):
        read_photo(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").mkdir()
    with pytest.raises(PhotoError, match=r"b\.jpg"):
        read_size(tmp_path / "b.jpg")
    with pytest.raises(PhotoError, match="opened"):
        read_photo(tmp_path / "nul\0.jpg")


def test_a_large_picture_is_refused_before_it_is_decoded_unless_the_settings_allow_it() -> None:
    large = png_claiming(20_000, 20_000)
    with pytest.raises(PhotoError, match="claims 20000 x 20000 pixels; pictures above 250 million"):
        decode(io.BytesIO(large), Path("b.png"))
    settings = Settings.load(paths.settings_file())
    settings.change(megapixels=400)
    settings.save()
    assert header_by_pillow(io.BytesIO(large), Path("b.png")).upright == (20_000, 20_000), "at once, in every process"
    with pytest.raises(PhotoError, match="above 400 million"):
        decode(io.BytesIO(png_claiming(20_000, 20_001)), Path("b.png"))


def test_header_tells_time_and_camera(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Canon", "Canon EOS 40D"
    exif[ExifTags.Base.Orientation] = 8
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2021:03:04 05:06:07"
    for suffix in (".jpg", ".png", ".webp"):
        path = tmp_path / f"a{suffix}"
        quarters().save(path, exif=exif)
        header = read_header(path)
        assert (header.width, header.height, header.upright) == (160, 96, (96, 160))
        assert (header.exif.taken_at, header.exif.equipment) == ("2021-03-04T05:06:07", "Canon EOS 40D")


@given(st.data())
def test_garbled_files_give_pixels_or_a_sentence(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"]))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    content = bytearray(
        encoded(quarters(48, 32), kind, exif=exif) if kind != "BMP" else encoded(quarters(48, 32), kind)
    )
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]
    try:
        pixels = decode(io.BytesIO(bytes(content)), Path("a.jpg"), longest=24)
    except PhotoError as error:
        said = str(error)
    else:
        said = f"{pixels.shape}."
        assert pixels.shape[2] == 3
        assert max(pixels.shape[:2]) <= 24
    assert said.endswith(".")
