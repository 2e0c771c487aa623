"""Masks: the numbers of the file, on the pixels of the image."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from images import batches, save
from in_each_format import FORMATS, image_dataset_from_csv
from kinds_of_masks import KINDS_OF_MASKS
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")

NO_CLASS = -1
ERRORS = (tf.errors.InvalidArgumentError, ValueError)
ASPECTS = {
    "plain": {},
    "crop": {"crop_to_aspect_ratio": True},
    "pad": {"pad_to_aspect_ratio": True},
}
# Height and width of the files, and of what becomes of them.
FILES = [(13, 29), (29, 13), (16, 16)]
RESULTS = [(8, 8), (32, 20), (17, 40)]


def rows(*masks, image="image.png"):
    return pd.DataFrame({"image": image, "mask": [*masks]}).drop_duplicates()


def load(folder, csv=None, **arguments):
    """A dataset of images with masks, in order."""
    defaults = {"label_mode": "mask", "label_column": "mask", "image_column": "image"}
    defaults |= {"shuffle": False, "verbose": False, "image_size": (8, 8)}
    csv = rows("mask.png") if csv is None else csv
    return image_dataset_from_csv(folder, csv, **{**defaults, **arguments})


def first(dataset):
    """The first batch: images and masks."""
    return next(iter(batches(dataset)))


def nearest(length: int, new_length: int) -> np.ndarray:
    """The old pixel that contains the centre of each new one."""
    return (2 * np.arange(new_length) + 1) * length // (2 * new_length)


def fitted(numbers, size, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False):
    """What a mask becomes, computed in whole numbers and fractions."""
    (height, width), (new_height, new_width) = numbers.shape, size
    if crop_to_aspect_ratio:
        rows = min(height, width * new_height // new_width)
        columns = min(width, height * new_width // new_height)
        top, left = (height - rows) // 2, (width - columns) // 2
        numbers = numbers[top : top + rows, left : left + columns]
    top = left = 0
    if pad_to_aspect_ratio:
        ratio = max(Fraction(height, new_height), Fraction(width, new_width))
        top = int((size[0] - height / ratio) / 2)
        left = int((size[1] - width / ratio) / 2)
        new_height, new_width = int(height / ratio), int(width / ratio)
    across = nearest(numbers.shape[1], new_width)
    resized = numbers[nearest(numbers.shape[0], new_height)][:, across]
    result = np.full(size, NO_CLASS)
    result[top : top + new_height, left : left + new_width] = resized
    return result


def save_numbers(path, numbers) -> None:
    Image.fromarray(numbers.astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """A folder with a mask of each kind, and images of their size."""
    folder = tmp_path_factory.mktemp("kinds")
    for number, (name, kind) in enumerate(KINDS_OF_MASKS.items()):
        kind.save(folder / f"{name}.mask.png", kind.numbers(6, 9))
        save(folder / f"{name}.png", number, size=(9, 6))
    return folder


@pytest.mark.parametrize("cache", [None, True], ids=["files", "memory"])
def test_masks_have_the_numbers_of_their_files(kinds, cache):
    """Every kind of PNG yields the numbers in it, unscaled, as int32."""
    csv = pd.DataFrame({"image": list(KINDS_OF_MASKS)})
    csv["mask"] = csv["image"] + ".mask.png"
    csv["image"] += ".png"
    _, masks = first(load(kinds, csv, image_size=(6, 9), cache=cache))
    assert masks.dtype == np.int32
    assert masks.shape == (len(KINDS_OF_MASKS), 6, 9, 1)
    for mask, (name, kind) in zip(masks, KINDS_OF_MASKS.items(), strict=True):
        assert np.array_equal(mask[..., 0], kind.numbers(6, 9)), name


def test_pillow_agrees_about_palettes(kinds):
    """The indices of a palette PNG are those that Pillow reads."""
    for name in ("palette of 8 bits", "transparent palette of 4 bits"):
        with Image.open(kinds / f"{name}.mask.png") as mask:
            assert mask.mode == "P"
            expected = np.asarray(mask)
        csv = rows(f"{name}.mask.png", image=f"{name}.png")
        _, masks = first(load(kinds, csv, image_size=(6, 9)))
        assert np.array_equal(masks[0, ..., 0], expected)


@each_pair(
    aspect=ASPECTS,
    file=FILES,
    result=RESULTS,
    data_format=["channels_last", "channels_first"],
    cache=[None, True],
    each_format=FORMATS,
)
def test_a_mask_is_resized_without_mixing_classes(
    folder, aspect, file, result, data_format, cache
):
    """Each pixel is that of an oracle: plain, cropped or padded."""
    numbers = np.random.default_rng(1).integers(0, 256, file)
    save(folder / "image.png", 1, size=file[::-1])
    save_numbers(folder / "mask.png", numbers)
    arguments = {"image_size": result, "data_format": data_format, "cache": cache}
    dataset = load(folder, **arguments, **aspect)
    _, masks = first(dataset)
    expected = fitted(numbers, result, **aspect)
    axis = 0 if data_format == "channels_first" else 2
    assert masks.dtype == np.int32
    assert masks.shape == (1, *np.expand_dims(expected, axis).shape)
    assert np.array_equal(masks[0], np.expand_dims(expected, axis))


@each_pair(aspect=ASPECTS, file=FILES, result=RESULTS, each_format=FORMATS)
def test_a_mask_painted_over_its_image_stays_on_it(folder, aspect, file, result):
    """The colour that was painted for a class is under each pixel of the class."""
    numbers = np.random.default_rng(2).integers(0, 4, file)
    colours = np.array([[9, 9, 9], [250, 0, 0], [0, 250, 0], [0, 0, 250]], np.uint8)
    Image.fromarray(colours[numbers]).save(folder / "image.png")
    save_numbers(folder / "mask.png", numbers)
    arguments = {"image_size": result, "interpolation": "nearest"}
    images, masks = first(load(folder, **arguments, **aspect))
    # Padding is black, and of no class.
    painted = np.concatenate([colours, [[0, 0, 0]]])[masks[..., 0]]
    assert np.array_equal(images, painted)


@each_pair(
    method={
        f"{interpolation} {name}": {"interpolation": interpolation, **aspect}
        for interpolation in ("bilinear", "bicubic", "lanczos3", "mitchellcubic")
        for name, aspect in ASPECTS.items()
    },
    turned=[False, True],
    each_format=FORMATS,
)
def test_a_mask_has_the_edges_of_an_interpolated_image(folder, method, turned):
    """Halfway between black and white, an enlarged image has the edges of its mask."""
    numbers = np.zeros((10, 7), int)
    numbers[:, :3] = 1
    numbers = numbers.T if turned else numbers
    save_numbers(folder / "image.png", 255 * numbers)
    save_numbers(folder / "mask.png", numbers)
    images, masks = first(load(folder, image_size=(24, 24), **method))
    assert np.array_equal(images[..., 0] > 127.5, masks[..., 0] == 1)


@pytest.mark.parametrize("aspect", ASPECTS.values(), ids=list(ASPECTS))
def test_a_mask_has_the_edges_of_a_jpeg_that_is_scaled(folder, aspect):
    """`scaled_decoding` reduces the image, but not the mask, which stays on it."""
    numbers = np.zeros((128, 64), int)
    numbers[:64] = 1
    save_numbers(folder / "image.jpg", 255 * numbers)
    save_numbers(folder / "mask.png", numbers)
    csv = rows("mask.png", image="image.jpg")
    arguments = {"scaled_decoding": True, "interpolation": "bicubic"}
    images, masks = first(load(folder, csv, **arguments, **aspect))
    assert np.array_equal(images[..., 0] > 127.5, masks[..., 0] == 1)


def test_padding_is_ignored_by_losses_of_keras(folder):
    """With `ignore_class=-1`, a loss is that of the pixels of the image alone."""
    import keras

    save(folder / "image.png", 1, size=(4, 8))
    save_numbers(folder / "mask.png", np.ones((8, 4)))
    _, masks = first(load(folder, pad_to_aspect_ratio=True))
    assert (masks == NO_CLASS).sum() == 32
    predicted = np.full((1, 8, 8, 2), 0.5, np.float32)
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=NO_CLASS)
    assert float(loss(masks, predicted)) == pytest.approx(np.log(2), rel=1e-4)


def test_class_names_only_name_the_classes(folder):
    """`class_names` is kept as it is, and no mask is searched for other classes."""
    save(folder / "image.png", 1)
    save_numbers(folder / "mask.png", np.full((8, 8), 200))
    dataset = load(folder, class_names=["ground", "pet"])
    assert dataset.class_names == ["ground", "pet"]
    assert np.unique(first(dataset)[1]).tolist() == [200]
    assert load(folder).class_names is None


def test_a_mask_that_several_rows_share(folder):
    """Two images can have the same mask."""
    for number, name in enumerate(["a.png", "b.png"]):
        save(folder / name, number)
    save_numbers(folder / "mask.png", np.full((8, 8), 3))
    csv = pd.DataFrame({"image": ["a.png", "b.png"], "mask": "mask.png"})
    for cache in (None, True):
        _, masks = first(load(folder, csv, cache=cache))
        assert masks.shape[0] == 2
        assert (masks == 3).all()


# Masks that are refused.


@pytest.fixture
def pair(folder):
    """An image of 8 × 8 pixels, and a mask."""
    save(folder / "image.png", 1)
    save_numbers(folder / "mask.png", np.eye(8))
    return folder


def spoil(folder, fault: str) -> None:
    """Replaces the mask by a file that is not the mask of the image."""
    path = folder / "mask.png"
    if fault == "size":
        save_numbers(path, np.ones((6, 9)))
    elif fault == "colours":
        save(path, 77)
    elif fault == "jpeg":
        save(path.with_suffix(".jpg"), 0).replace(path)
    elif fault == "half":
        path.write_bytes(path.read_bytes()[:-20])
    else:
        path.write_bytes(b"")


FAULTS = {
    "size": r"(?s)mask.*size.*6.*9.*8.*8|height and width \(6, 9\).*\(8, 8\)",
    "colours": "is a mask of colours, not of numbers: save the class of each pixel",
    "jpeg": "is not a PNG file. Masks must be PNG files: JPEG changes the values",
    "half": "Invalid PNG|damaged",
    "nothing": "is not a PNG file",
}
CHECKED = {
    **FAULTS,
    "size": r"the mask 'mask.png' has 6 × 9 pixels \(height × width\), but its image "
    "has 8 × 8",
    "nothing": "is empty|is not a PNG file",
}
each_fault = pytest.mark.parametrize("fault", FAULTS)


@each_fault
def test_a_mask_that_is_none_is_refused_when_it_is_read(pair, fault):
    """The error of training says what is wrong with the mask."""
    spoil(pair, fault)
    with pytest.raises(ERRORS, match=FAULTS[fault]):
        first(load(pair))


@pytest.mark.parametrize("fault", ["size", "colours"])
def test_a_mask_that_is_none_is_refused_when_it_is_cached(pair, fault):
    """The error comes before the first epoch if masks are cached."""
    spoil(pair, fault)
    with pytest.raises(ERRORS, match=FAULTS[fault]):
        load(pair, cache=True)


@each_fault
def test_the_check_names_a_mask_that_is_none(pair, fault):
    """`corrupt_images="error"` names the row and what is wrong."""
    spoil(pair, fault)
    with pytest.raises(ValueError, match=r"DataFrame, row 0: .*'mask.png'") as error:
        load(pair, corrupt_images="error")
    assert error.match(CHECKED[fault])


def test_rows_with_bad_masks_are_skipped(pair):
    """`corrupt_images="skip"` leaves out those rows, and keeps the others paired."""
    names = ["size", "good", "colours", "jpeg", "half", "fine"]
    good = (pair / "mask.png").read_bytes()
    for number, name in enumerate(names):
        (pair / "mask.png").write_bytes(good)
        if name in FAULTS:
            spoil(pair, name)
        (pair / "mask.png").rename(pair / f"{name}.mask.png")
        save(pair / f"{name}.png", number)
    csv = pd.DataFrame({"image": names, "mask": [f"{n}.mask" for n in names]})
    with pytest.warns(UserWarning, match="4 of 6 rows are left out"):
        dataset = load(pair, csv, corrupt_images="skip")
    _, masks = first(dataset)
    expected = [str(pair / f"{name}.png") for name in ("good", "fine")]
    assert dataset.file_paths == expected
    assert np.array_equal(masks[..., 0], np.stack([np.eye(8)] * 2))


@pytest.mark.parametrize("name", ["other.tif", "other"])
def test_the_error_for_a_tiff_mask_advises_no_cache(pair, name):
    """A TIFF that no cache would make a mask is to be saved as a PNG."""
    save(pair / "other.tif", 0)
    message = rf"'{name}' is (a \.tif|not a PNG) file\nMasks must be PNG"
    with pytest.raises(ValueError, match=message):
        load(pair, rows("mask.png", name))


@pytest.mark.parametrize("name", ["other.jpg", "other"])
def test_a_jpeg_mask_is_refused_with_its_row(pair, name):
    """Before anything is decoded, also if the name omits the suffix."""
    save(pair / "other.jpg", 0)
    message = (
        f"DataFrame, row 1: the mask '{name}' is not a PNG file\nMasks must be PNG"
    )
    with pytest.raises(ValueError, match=message):
        load(pair, rows("mask.png", name))
