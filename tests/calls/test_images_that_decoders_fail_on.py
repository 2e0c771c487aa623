"""Images that overflow TensorFlow's decoders, or declare more than memory holds."""

import struct

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from bombs import BOMBS
from images import NAMES, batches, colour, load, numbers_and_labels, save

each_format = pytest.mark.usefixtures("each_format")
DECODING_ERRORS = (ValueError, tf.errors.InvalidArgumentError)
needs_webp = pytest.mark.skipif(
    not hasattr(tf.io, "decode_webp"), reason="TensorFlow decodes WebP from 2.20 on"
)


def table(*names) -> pd.DataFrame:
    return pd.DataFrame({"image": names, "label": range(len(names))})


def save_animation(path, *, alpha: bool) -> None:
    """An animated WebP whose first frame is image 5."""
    mode = "RGBA" if alpha else "RGB"
    frames = [Image.new(mode, (120, 90), colour(number)) for number in (5, 6, 7)]
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], lossless=True)


@needs_webp
@each_format
@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("name", ["a.webp", "a.png", "a.jpg"])
@pytest.mark.parametrize(
    "arguments",
    [{}, {"cache": True}, {"corrupt_images": "error"}, {"scaled_decoding": True}],
    ids=str,
)
def test_the_first_frame_of_an_animated_webp_is_read(folder, name, alpha, arguments):
    """Without alpha, TensorFlow's decoder would end the process."""
    save_animation(folder / name, alpha=alpha)
    save(folder / "b.png", 1)
    dataset = load(folder, table(name, "b.png"), **arguments)
    assert numbers_and_labels(dataset) == [(5, 0), (1, 1)]


@needs_webp
@each_format
@pytest.mark.parametrize(
    ("color_mode", "pixel"),
    [("grayscale", [17]), ("rgba", [8, 8, 88, 255])],
)
def test_an_animated_webp_is_read_in_other_colour_modes(folder, color_mode, pixel):
    """Grey and RGBA are those of the first frame."""
    save_animation(folder / "a.webp", alpha=False)
    ((images, _),) = batches(load(folder, table("a.webp"), color_mode=color_mode))
    assert np.abs(images[0, 4, 4] - pixel).max() <= 1


@needs_webp
@each_format
def test_an_animated_webp_with_metadata_is_read(folder):
    """The flags for colour profile and Exif data stand beside that for animation."""
    frames = [Image.new("RGB", (30, 20), colour(number)) for number in (5, 6)]
    metadata = {"exif": b"Exif\0\0", "icc_profile": b"profile", "xmp": b"<x/>"}
    animation = {"save_all": True, "append_images": frames[1:], "lossless": True}
    frames[0].save(folder / "a.webp", **animation, **metadata)
    assert numbers_and_labels(load(folder, table("a.webp"))) == [(5, 0)]


@needs_webp
def test_an_animated_webp_with_a_reserved_flag_is_refused(folder):
    """TensorFlow's decoder would read it as an animation, and end the process."""
    save_animation(folder / "a.webp", alpha=False)
    contents = bytearray((folder / "a.webp").read_bytes())
    contents[20] |= 0x80
    (folder / "a.webp").write_bytes(contents)
    with pytest.raises(DECODING_ERRORS, match=r"a\.webp.*not an image in a format"):
        list(batches(load(folder, table("a.webp"))))


@needs_webp
@each_format
def test_a_webp_with_alpha_is_read_under_any_name(folder):
    """What the check passes is read in training."""
    picture = Image.new("RGBA", (30, 20), (*colour(9), 80))
    picture.save(folder / "a.png", "WEBP", lossless=True)
    dataset = load(folder, table("a.png"), corrupt_images="error")
    assert numbers_and_labels(dataset) == [(9, 0)]


@each_format
@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
@pytest.mark.parametrize("has_other_suffix", [False, True])
@pytest.mark.parametrize("bomb", BOMBS)
def test_training_names_an_image_that_declares_too_many_pixels(
    folder, bomb, color_mode, has_other_suffix
):
    """Nothing is decoded that the check would refuse, and the error says why."""
    suffix = bomb[:4].strip(",")
    if has_other_suffix:
        suffix = "png" if suffix == "jpeg" else "jpg"
    name = f"bomb.{suffix}"
    (folder / name).write_bytes(BOMBS[bomb])
    with pytest.raises(DECODING_ERRORS, match=rf"(?s){name}.*declares .* pixels"):
        next(batches(load(folder, table(name), color_mode=color_mode)))


def test_frames_that_need_a_large_canvas_are_refused(folder):
    """A frame that is wide and one that is high make a canvas of 12 gigabytes."""

    def frame(width: int, height: int) -> bytes:
        size = struct.pack("<HHHH", 0, 0, width, height)
        return b"\x2c" + size + b"\x00\x02\x02\x4c\x01\x00"

    head = b"GIF89a" + struct.pack("<HH", 8, 8) + b"\x80\x00\x00" + bytes(6)
    (folder / "a.gif").write_bytes(head + frame(65535, 1) + frame(1, 65535) + b"\x3b")
    with pytest.raises(ValueError, match=r"'a' cannot be decoded: it declares 4,294"):
        load(folder, table("a"), corrupt_images="error")


@each_format
@pytest.mark.parametrize("arguments", [{}, {"interpolation": "bicubic"}], ids=str)
@pytest.mark.parametrize("scaled", [False, True])
def test_a_jpeg_with_stray_bytes_is_read(folder, arguments, scaled):
    """Bytes between two segments, which decoders skip, make no image unreadable."""
    path = save(folder / "a.jpg", 5, (80, 80))
    content = path.read_bytes()
    at = content.index(b"\xff\xc0")
    path.write_bytes(content[:at] + b"stray" + content[at:])
    csv = table("a.jpg")
    dataset = load(
        folder, csv, corrupt_images="error", scaled_decoding=scaled, **arguments
    )
    assert numbers_and_labels(dataset) == [(5, 0)]


@pytest.mark.parametrize("size", [10**8, 2**40, 2**70])
def test_a_shuffle_buffer_is_not_larger_than_the_dataset(images, size):
    """A huge buffer gives the order of one that fits, which is TensorFlow's."""
    csv = table(*(f"{name}.png" for name in NAMES))
    dataset = load(images, csv, shuffle=True, seed=3, shuffle_buffer_size=size)
    ((_, labels),) = batches(dataset)
    kerass = tf.data.Dataset.range(len(NAMES)).shuffle(1000, seed=3)
    # Nothing was read from either, so both are in their first epoch.
    order = list(kerass.as_numpy_iterator())
    assert labels.tolist() == dataset.labels[order].tolist()


@each_format
@pytest.mark.parametrize("seed", [np.uint8(3), np.int64(3)], ids=["uint8", "int64"])
def test_a_seed_may_be_of_any_integer_type(images, seed):
    """NumPy's small integers do not overflow."""
    csv = table(*(f"{name}.png" for name in NAMES))
    arguments = {"shuffle": True, "validation_split": 0.5, "subset": "training"}
    paths = load(images, csv, seed=seed, **arguments).file_paths
    assert paths == load(images, csv, seed=3, **arguments).file_paths


@each_format
def test_data_format_may_be_in_capitals(images):
    """As in Keras."""
    ((pixels, _),) = batches(load(images, table("a.png"), data_format="CHANNELS_FIRST"))
    assert pixels.shape == (1, 3, 8, 8)
