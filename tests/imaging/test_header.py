import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from tests.imaging.damaged import encoded, quarters
from weldstudio.imaging.header import NO_EXIF, camera, jpeg_header, moment, parse_exif


def exif_block(order: str, *, orientation: int = 6, stamp: bytes = b"2022:01:31 23:59:58\0") -> bytes:
    """A TIFF block with orientation and a capture time, in either byte order."""
    body = struct.pack(order + "HHIHH", 0x112, 3, 1, orientation, 0) + struct.pack(order + "HHII", 0x8769, 4, 1, 38)
    first = struct.pack(order + "H", 2) + body + struct.pack(order + "I", 0)
    inner = struct.pack(order + "HHHII", 1, 0x9003, 2, len(stamp), 56) + struct.pack(order + "I", 0)
    mark = b"II" if order == "<" else b"MM"
    return mark + struct.pack(order + "HI", 42, 8) + first + inner + stamp


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders(order: str) -> None:
    found = parse_exif(exif_block(order))
    assert (found.orientation, found.taken_at, found.equipment) == (6, "2022-01-31T23:59:58", None)
    assert parse_exif(b"Exif\0\0" + exif_block(order)) == found


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_makes_no_sense_is_upright(orientation: int) -> None:
    assert parse_exif(exif_block("<", orientation=orientation)).orientation == 1


@pytest.mark.parametrize("stamp", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2022:13:01 00:00:00", "", None, 7])
def test_a_clock_that_was_never_set(stamp: object) -> None:
    assert moment(stamp) is None


def test_camera_names() -> None:
    assert camera("Canon", "Canon EOS 40D") == "Canon EOS 40D"
    assert camera("NIKON CORPORATION", "COOLPIX\0 P1 ".replace("\0", "")) == "NIKON CORPORATION COOLPIX P1"
    assert camera(None, "  ") is None


@given(st.binary(max_size=200))
def test_no_block_of_bytes_is_too_odd(block: bytes) -> None:
    for start in (b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"):
        assert 1 <= parse_exif(start + block).orientation <= 8


@given(st.binary(max_size=300))
def test_no_file_is_too_odd(content: bytes) -> None:
    jpeg_header(b"\xff\xd8" + content)


@given(st.data())
def test_the_walk_agrees_with_pillow(data: st.DataObject) -> None:
    size = data.draw(st.tuples(st.integers(1, 300), st.integers(1, 300)))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = data.draw(st.integers(1, 8))
    exif[ExifTags.Base.Model] = data.draw(st.text("abc XYZ-19", max_size=40))
    content = encoded(
        Image.new("RGB", size),
        exif=exif,
        progressive=data.draw(st.booleans()),
        comment=data.draw(st.binary(max_size=50)),
    )
    header = jpeg_header(content)
    assert header is not None
    assert (header.width, header.height) == size
    assert header.exif.orientation == exif[ExifTags.Base.Orientation]
    assert header.exif.equipment == (" ".join(exif[ExifTags.Base.Model].split()) or None)


def test_a_beginning_that_is_too_short_is_no_header() -> None:
    content = encoded(quarters())
    assert jpeg_header(content[:100]) is None
    assert jpeg_header(b"") is None
    assert jpeg_header(encoded(quarters(), "PNG")) is None
    header = jpeg_header(content)
    assert header is not None
    assert header.exif is NO_EXIF
