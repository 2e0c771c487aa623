"""`cache_dtype="uint8"`: cached levels are whole, in a quarter of the room."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from images import batches, load, numbers_and_labels, save, save_all, save_noise
from in_each_format import FORMATS, image_dataset_from_csv
from keras_csv_dataset._images import cache as image_cache
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")

NAMES = [f"{number:02}.png" for number in range(6)]
TABLE = pd.DataFrame({"image": NAMES, "label": range(6)})


@pytest.fixture
def noisy(folder):
    """A folder of 6 images in which every pixel has a colour of its own."""
    save_all(folder, NAMES, save_noise)
    return folder


@pytest.fixture(params=["memory", "folder"])
def cache(request, tmp_path):
    """Both kinds of cache."""
    return True if request.param == "memory" else tmp_path / "kept"


def rounded(exact):
    """The oracle: whole levels, as NumPy rounds them."""
    return np.clip(np.round(exact), 0, 255)


def images_of(dataset):
    """The images of a dataset without labels, in one array."""
    return np.concatenate(list(batches(dataset)))


@each_pair(
    cache=["memory", "folder"],
    interpolation=["bilinear", "bicubic", "area", "lanczos3", "mitchellcubic"],
    data_format=["channels_last", "channels_first"],
    color_mode=["rgb", "rgba", "grayscale"],
    fit=[{}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}],
    batch_size=[None, 4],
    each_format=FORMATS,
    indirect=["cache", "each_format"],
)
def test_pixels_are_the_exact_ones_rounded(
    noisy, cache, interpolation, data_format, color_mode, fit, batch_size
):
    """Every pixel is the exact one, rounded half to even, and clipped to 0 to 255."""
    arguments = {
        "interpolation": interpolation,
        "data_format": data_format,
        "color_mode": color_mode,
        "batch_size": batch_size,
        "image_size": (11, 5),
        **fit,
    }
    exact = load(noisy, TABLE, **arguments)
    kept = load(noisy, TABLE, cache=cache, cache_dtype="uint8", **arguments)
    assert getattr(kept, "element_spec", 0) == getattr(exact, "element_spec", 0)
    for (images, label), (ours, our_label) in zip(
        batches(exact), batches(kept), strict=True
    ):
        assert ours.dtype == images.dtype == np.float32
        assert np.array_equal(ours, rounded(images))
        assert np.abs(ours - np.clip(images, 0, 255)).max() <= 0.5
        assert np.array_equal(our_label, label)


@pytest.mark.parametrize("interpolation", ["bicubic", "lanczos3", "lanczos5"])
def test_levels_beside_sharp_edges_are_clipped(folder, interpolation):
    """Interpolations that sharpen edges go beyond black and white, rounded ones do not.

    Rounding to 8 bits without clipping would turn a level of -3 into 253.
    """
    levels = np.repeat([0, 255], 4).astype(np.uint8)
    Image.fromarray(np.tile(levels, (8, 1))).save(folder / "edge.png")
    table = pd.DataFrame({"image": ["edge.png"]})
    arguments = {"label_mode": None, "interpolation": interpolation, "image_size": 12}
    exact = images_of(load(folder, table, **arguments))
    assert exact.min() < -0.5
    assert exact.max() > 255.5
    kept = load(folder, table, cache=True, cache_dtype="uint8", **arguments)
    assert np.array_equal(images_of(kept), rounded(exact))


def test_halves_become_even(folder):
    """0.5 becomes 0, and 1.5 and 2.5 become 2, as in `np.round`."""
    pair = np.array([[0, 1, 1, 2, 2, 3]], np.uint8)
    Image.fromarray(pair).save(folder / "halves.png")
    table = pd.DataFrame({"image": ["halves.png"]})
    arguments = {"label_mode": None, "color_mode": "grayscale", "image_size": (1, 3)}
    exact = images_of(load(folder, table, **arguments))
    assert exact.ravel().tolist() == [0.5, 1.5, 2.5]
    kept = load(folder, table, cache=True, cache_dtype="uint8", **arguments)
    assert images_of(kept).ravel().tolist() == [0, 2, 2]


def test_images_that_are_not_resized_stay_exact(noisy, cache):
    """Decoded levels are whole numbers, so only resizing makes them differ."""
    exact = load(noisy, TABLE, image_size=(8, 8))
    kept = load(noisy, TABLE, image_size=(8, 8), cache=cache, cache_dtype="uint8")
    for one, other in zip(batches(exact), batches(kept), strict=True):
        assert all(map(np.array_equal, one, other))


def test_images_of_sixteen_bits_are_rounded_as_they_are_decoded(folder):
    """Training reads 8 bits of a PNG with 16 bits, and these are whole levels."""
    levels = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1023
    Image.fromarray(levels).save(folder / "deep.png")
    table = pd.DataFrame({"image": ["deep.png"]})
    exact = images_of(load(folder, table, label_mode=None, image_size=(5, 5)))
    arguments = {"label_mode": None, "image_size": (5, 5), "cache": True}
    kept = load(folder, table, cache_dtype="uint8", **arguments)
    assert np.array_equal(images_of(kept), rounded(exact))
    assert exact.max() > 100


def test_order_and_labels_are_those_without_a_cache(folder, cache):
    """Every epoch is reshuffled as without a cache, and every image keeps its label."""
    save_all(folder, NAMES)
    arguments = {"shuffle": True, "seed": 4, "batch_size": 4}
    plain = load(folder, TABLE, **arguments)
    kept = load(folder, TABLE, cache=cache, cache_dtype="uint8", **arguments)
    epochs = [numbers_and_labels(kept) for _ in range(3)]
    assert epochs == [numbers_and_labels(plain) for _ in range(3)]
    assert sorted(epochs[0]) == [(number, number) for number in range(6)]


def test_masks_and_target_images_stay_exact(folder, cache):
    """Labels are never rounded: a mask has 300 classes, a target image 16 bits."""
    save_noise(folder / "a.jpg", 1)
    deep = np.random.RandomState(1).randint(0, 65536, (8, 8)).astype(np.uint16)
    Image.fromarray(deep).save(folder / "target.png")
    Image.fromarray(deep % 300).save(folder / "mask.png")
    table = pd.DataFrame({"a": ["a.jpg"], "t": ["target.png"], "m": ["mask.png"]})
    arguments = {
        "image_column": "a",
        "label_mode": {"t": "image", "m": "mask"},
        "image_size": (5, 7),
    }
    (images, labels), *_ = batches(load(folder, table, **arguments))
    (kept, exact), *_ = batches(
        load(folder, table, cache=cache, cache_dtype="uint8", **arguments)
    )
    assert np.array_equal(kept, rounded(images))
    assert labels["t"].max() > 255
    assert labels["m"].max() > 255
    for name, label in labels.items():
        assert exact[name].dtype == label.dtype
        assert np.array_equal(exact[name], label)


def test_every_image_column_is_rounded(noisy, cache):
    """The images of all columns take whole levels."""
    table = pd.DataFrame({"front": NAMES, "side": NAMES[::-1], "label": range(6)})
    arguments = {"image_column": ["front", "side"], "image_size": (5, 5)}
    exact, _ = next(batches(load(noisy, table, **arguments)))
    kept = load(noisy, table, cache=cache, cache_dtype="uint8", **arguments)
    images, _ = next(batches(kept))
    for name in ("front", "side"):
        assert np.array_equal(images[name], rounded(exact[name]))


@pytest.mark.parametrize("cache_dtype", ["float32", "uint8"])
def test_nearest_yields_the_levels_of_the_file(noisy, cache, cache_dtype):
    """As in Keras, `"nearest"` yields uint8, which either type keeps."""
    arguments = {"interpolation": "nearest", "label_mode": None, "image_size": (5, 5)}
    table = TABLE[["image"]]
    exact = images_of(load(noisy, table, **arguments))
    kept = load(noisy, table, cache=cache, cache_dtype=cache_dtype, **arguments)
    assert images_of(kept).dtype == exact.dtype == np.uint8
    assert np.array_equal(images_of(kept), exact)


# The room


@pytest.mark.parametrize(("cache_dtype", "size"), [("float32", 4), ("uint8", 1)])
def test_a_level_takes_this_many_bytes_on_disk(noisy, tmp_path, cache_dtype, size):
    """The file has these bytes for every level, and a digest at its end."""
    arguments = {"cache_dtype": cache_dtype, "image_size": (5, 9)}
    load(noisy, TABLE, cache=tmp_path / "kept", **arguments)
    (file,) = (tmp_path / "kept").iterdir()
    assert file.stat().st_size == 6 * 5 * 9 * 3 * size + 32


@pytest.mark.parametrize(("cache_dtype", "size"), [("float32", 4), ("uint8", 1)])
def test_a_level_takes_this_many_bytes_of_memory(noisy, monkeypatch, cache_dtype, size):
    """The memory that is mapped has these bytes for every level, and no others."""
    mapped = []
    new = image_cache.mmap.mmap
    monkeypatch.setattr(
        image_cache.mmap, "mmap", lambda *args: mapped.append(args[1]) or new(*args)
    )
    arguments = {"cache_dtype": cache_dtype, "image_size": (5, 9)}
    dataset = load(noisy, TABLE, cache=True, **arguments)
    assert mapped == [6 * 5 * 9 * 3 * size]
    assert len(list(batches(dataset))) == 1


@pytest.mark.parametrize(
    ("cache_dtype", "size"), [("float32", "60.0 MB"), ("uint8", "15.0 MB")]
)
def test_the_room_that_images_take_is_told(folder, capsys, cache_dtype, size):
    """The size that is printed is that of the type."""
    names = [f"{number}.png" for number in range(20)]
    save_all(folder, names)
    table = pd.DataFrame({"image": names, "label": range(20)})
    arguments = {"cache": True, "cache_dtype": cache_dtype, "image_size": (500, 500)}
    image_dataset_from_csv(folder, table, **arguments)
    assert f"Keeping 20 decoded images in memory: {size}." in capsys.readouterr().out


def test_too_little_memory_advises_the_smaller_type(noisy):
    """Whole levels are advised to those who do not have them yet."""
    huge = {"cache": True, "image_size": (500_000, 500_000)}
    with pytest.raises(MemoryError, match=r'or cache_dtype="uint8", or make'):
        load(noisy, TABLE, **huge)
    with pytest.raises(MemoryError, match=r'as in cache="decoded", or make'):
        load(noisy, TABLE, cache_dtype="uint8", **huge)


# The file in a folder


@pytest.mark.parametrize("first", ["float32", "uint8"])
def test_a_file_of_one_type_is_never_read_as_the_other(noisy, tmp_path, first):
    """Both types share a folder, whichever is written first."""
    arguments = {"label_mode": None, "image_size": (5, 9)}
    table = TABLE[["image"]]
    exact = images_of(load(noisy, table, **arguments))
    expected = {"float32": exact, "uint8": rounded(exact)}
    second = "uint8" if first == "float32" else "float32"
    for cache_dtype in (first, second, first):
        kept = load(noisy, table, cache=tmp_path, cache_dtype=cache_dtype, **arguments)
        assert np.array_equal(images_of(kept), expected[cache_dtype])
    assert len(list(tmp_path.glob("*.images"))) == 2


def test_a_second_run_reads_the_file(noisy, tmp_path, monkeypatch):
    """Whole levels are read from the file, not decoded again."""
    arguments = {"cache": tmp_path / "kept", "cache_dtype": "uint8"}
    before = [*batches(load(noisy, TABLE, **arguments))]
    monkeypatch.setattr(image_cache, "_write", None)
    after = [*batches(load(noisy, TABLE, **arguments))]
    for one, other in zip(before, after, strict=True):
        assert all(map(np.array_equal, one, other))


def test_a_changed_image_is_decoded_again(folder, tmp_path):
    """A rounded image is as little stale as an exact one."""
    table = pd.DataFrame({"image": ["a.png"], "label": [0]})
    for number in (1, 2):
        save(folder / "a.png", number)
        kept = load(folder, table, cache=tmp_path / "kept", cache_dtype="uint8")
        assert numbers_and_labels(kept) == [(number, 0)]
