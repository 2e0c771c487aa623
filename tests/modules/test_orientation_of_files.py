"""The reader of EXIF orientations: sound tags are found, and damage raises no error."""

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from keras_csv_dataset._images import orientation_in, read_orientations

TAG = 0x0112
SHORT, LONG = 3, 4
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}


def entry(order: str, tag: int, kind: int, value: int, number: int = 1) -> bytes:
    packed = struct.pack(
        order + ("I" if kind == LONG else "HH"),
        *([value] if kind == LONG else [value, 0]),
    )
    return struct.pack(f"{order}HHI", tag, kind, number) + packed


def exif(order: str, entries: "list[bytes]", gap: bytes = b"") -> bytes:
    """A TIFF file of one directory, which starts after a gap."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    directory = struct.pack(f"{order}I", 8 + len(gap)) + gap
    return head + directory + struct.pack(f"{order}H", len(entries)) + b"".join(entries)


def jpeg(data: bytes, before: bytes = b"") -> bytes:
    """A JPEG without pixels, whose EXIF segment comes after other segments."""
    length = len(data) + 8
    segment = b"\xff\xe1" + length.to_bytes(2, "big") + b"Exif\0\0" + data
    return b"\xff\xd8" + before + segment + b"\xff\xda\0\2"


def png(data: bytes, before: bytes = b"") -> bytes:
    chunk = len(data).to_bytes(4, "big") + b"eXIf" + data + bytes(4)
    return b"\x89PNG\r\n\x1a\n" + before + chunk


def webp(data: bytes, before: bytes = b"") -> bytes:
    chunk = b"EXIF" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + bytes(4) + b"WEBP" + before + chunk


ORDERS = st.sampled_from("<>")
OTHER_ENTRIES = st.lists(
    st.builds(
        lambda tag, kind, value: ("<>", tag, kind, value),
        st.integers(0, 65535).filter(lambda tag: tag != TAG),
        st.sampled_from([SHORT, LONG]),
        st.integers(0, 65535),
    ),
    max_size=4,
)
BEFORE = {
    jpeg: st.sampled_from(
        [b"", b"\xff\xe0\0\4ab", b"\xff\xff\xff\xe1\0\4ab", b"\xff\xe1\0\x09Exif no"]
    ),
    png: st.sampled_from([b"", bytes(3) + b"\2IDATab" + bytes(4)]),
    webp: st.sampled_from([b"", b"VP8 \3\0\0\0abc\0"]),
}


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_the_tag_is_found_wherever_it_is(data):
    """The number is read in both byte orders, after other tags, blocks and bytes."""
    order, others = data.draw(ORDERS), data.draw(OTHER_ENTRIES)
    value = data.draw(st.integers(0, 65535) | st.integers(1, 8))
    kind = data.draw(st.sampled_from([SHORT, LONG]))
    entries = [entry(order, *other[1:]) for other in others]
    entries.insert(
        data.draw(st.integers(0, len(others))), entry(order, TAG, kind, value)
    )
    container = data.draw(st.sampled_from([jpeg, png, webp]))
    tiff = exif(order, entries, data.draw(st.binary(max_size=9)))
    if container is not jpeg and data.draw(st.booleans()):
        tiff = b"Exif\0\0" + tiff
    contents = container(tiff, data.draw(BEFORE[container]))
    assert orientation_in(contents) == (value if value in range(1, 9) else 1)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_damage_raises_no_error(data):
    """Whatever the bytes are, the file has one of the eight orientations."""
    order = data.draw(ORDERS)
    container = data.draw(st.sampled_from([jpeg, png, webp]))
    contents = bytearray(container(exif(order, [entry(order, TAG, SHORT, 6)] * 3)))
    for _ in range(data.draw(st.integers(0, 4))):
        contents[data.draw(st.integers(0, len(contents) - 1))] = data.draw(
            st.sampled_from([0, 1, 0x7F, 0xFF]) | st.integers(0, 255)
        )
    cut = data.draw(st.integers(0, len(contents)))
    more = data.draw(st.binary(max_size=20))
    assert orientation_in(bytes(contents[:cut]) + more) in range(1, 9)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"II",
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*\0\0\0\0",
        exif("<", [entry("<", TAG, SHORT, 6, number=2**31)]),
        exif("<", [entry("<", TAG, 2, 6)]),
        exif("<", [entry("<", TAG, SHORT, 0)]),
        exif("<", [entry("<", TAG, SHORT, 9)]),
        exif("<", [])[:-2] + b"\xff\xff",
        exif(">", [entry("<", TAG, SHORT, 6)]),
    ],
    ids=[
        "nothing",
        "a byte order alone",
        "a directory beyond the end",
        "a directory that is the head",
        "too many numbers",
        "text",
        "0",
        "9",
        "more tags than bytes",
        "two byte orders",
    ],
)
def test_damaged_data_mean_upright(data):
    """Data that make no sense are taken for none."""
    for container in (jpeg, png, webp):
        assert orientation_in(container(data)) == 1


def test_a_directory_outside_the_data_is_not_read():
    """An offset cannot lead to bytes of another block."""
    beyond = b"II*\0" + struct.pack("<I", 16)
    after = bytes(8) + struct.pack("<H", 1) + entry("<", TAG, SHORT, 6)
    assert orientation_in(jpeg(beyond) + after) == 1


def test_the_file_may_declare_any_number_of_blocks():
    """Reading ends, however many blocks there are before the data."""
    data = exif("<", [entry("<", TAG, SHORT, 6)])
    assert orientation_in(png(data, bytes(4) + b"abcd" + bytes(4))) == 6
    assert orientation_in(png(data, (bytes(4) + b"abcd" + bytes(4)) * 20_000)) == 1


@pytest.mark.parametrize("kind", SUFFIXES)
def test_pillow_agrees(tmp_path, kind):
    """Files that Pillow writes have the orientation that Pillow reads."""
    paths = []
    for value in range(1, 9):
        data = Image.Exif()
        data[TAG], data[0x010F] = value, "a maker with a name of some length"
        contents = io.BytesIO()
        Image.new("RGB", (9, 9)).save(contents, kind, exif=data)
        path = tmp_path / f"{value}{SUFFIXES[kind]}"
        path.write_bytes(contents.getvalue())
        paths.append(str(path))
        with Image.open(path) as image:
            assert orientation_in(contents.getvalue()) == image.getexif()[TAG]
    found = read_orientations(paths)
    assert found == {path: n for n, path in enumerate(paths, 1) if n > 1}
