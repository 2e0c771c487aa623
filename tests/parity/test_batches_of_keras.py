"""The same files and arguments give Keras's batches, bit for bit."""

import inspect
import itertools
import os
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from keras_csv_dataset import image_dataset_from_csv
from pairwise import cover_pairs, each_pair

# The formats that TensorFlow, and so Keras, can decode in each colour mode: it cannot
# decode BMP as greyscale, JPEG as RGBA, or GIF as either.
SUFFIXES = {
    "rgb": (".bmp", ".gif", ".jpeg", ".JPG", ".png"),
    "grayscale": (".jpeg", ".JPG", ".png"),
    "rgba": (".bmp", ".png"),
}
ASPECTS = {
    "neither": {},
    "crop": {"crop_to_aspect_ratio": True},
    "pad": {"pad_to_aspect_ratio": True},
}
INTERPOLATIONS = (
    *("bilinear", "nearest", "bicubic", "area"),
    *("lanczos3", "lanczos5", "gaussian", "mitchellcubic"),
)
# Keras cannot crop with these two methods.
KERAS_CANNOT_CROP = ("gaussian", "mitchellcubic")
ORDERS = ((True, 1), (True, 20_000), (False, None), (False, 1))
SPLITS = ((None, None), (0.2, "training"), (0.3, "validation"), (0.4, "both"))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder of 15 images of two classes, and its CSV, for each colour mode."""
    root = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for color_mode, suffixes in SUFFIXES.items():
        folder = root / color_mode
        suffix = itertools.cycle(suffixes)
        for class_name, count in {"ash": 6, "oak": 5, "oak/old": 4}.items():
            (folder / class_name).mkdir(parents=True)
            for number in range(count):
                picture(rng).save(folder / class_name / f"{number}{next(suffix)}")
        write_csv_in_keras_order(folder)
    return root


def picture(rng: np.random.Generator) -> Image.Image:
    """A gradient with noise, of a random size."""
    height, width = rng.integers(12, 40, 2)
    gradient = np.linspace(0, 200, height * width * 3).reshape(height, width, 3)
    noise = rng.integers(0, 56, gradient.shape)
    return Image.fromarray((gradient + noise).astype(np.uint8))


def write_csv_in_keras_order(folder: Path) -> Path:
    """Writes a CSV in Keras's order of files: sorted by folder, then by name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    files.sort(key=lambda path: (str(path.parent), path.name))
    names = [path.relative_to(folder).as_posix() for path in files]
    labels = [name.partition("/")[0] for name in names]
    path = folder.with_suffix(".csv")
    pd.DataFrame({"image": names, "label": labels}).to_csv(path, index=False)
    return path


def ours(folder: Path, label_mode="int", **arguments):
    """Our datasets, as a list."""
    datasets = image_dataset_from_csv(
        str(folder),
        folder.with_suffix(".csv"),
        label_mode=label_mode,
        verbose=False,
        label_column=None if label_mode is None else "label",
        image_column="image",
        **arguments,
    )
    return list(datasets) if isinstance(datasets, tuple) else [datasets]


def theirs(folder: Path, subset=None, **arguments):
    """Keras's datasets, as a list.

    A validation subset is taken from `subset="both"`, because Keras reshuffles it in
    every epoch if it is requested alone: one of our deliberate differences.
    """
    datasets = keras.utils.image_dataset_from_directory(
        str(folder),
        verbose=False,
        subset="both" if subset == "validation" else subset,
        **arguments,
    )
    if subset == "validation":
        return [datasets[1]]
    return list(datasets) if subset == "both" else [datasets]


def assert_same(datasets, expected):
    """Checks that two epochs and all attributes of the datasets are the same."""
    for one, other in zip(datasets, expected, strict=True):
        assert one.element_spec == other.element_spec
        assert int(one.cardinality()) == int(other.cardinality())
        assert one.class_names == other.class_names
        assert one.file_paths == other.file_paths
        for _epoch in range(2):
            for array, wanted in zip(arrays(one), arrays(other), strict=True):
                assert array.dtype == wanted.dtype
                assert np.array_equal(array, wanted)


def arrays(dataset) -> list[np.ndarray]:
    """All arrays of an epoch: images, labels, images, labels, …."""
    epoch = dataset.as_numpy_iterator()
    return [np.asarray(a) for batch in epoch for a in tf.nest.flatten(batch)]


def keras_can(case: dict) -> bool:
    """Whether Keras's own function supports these arguments."""
    crops = case.get("aspect") == "crop"
    return not (crops and case.get("interpolation") in KERAS_CANNOT_CROP)


PAIRS = cover_pairs(
    {
        "label_mode": ("int", "categorical", "binary", None),
        "color_mode": tuple(SUFFIXES),
        "interpolation": INTERPOLATIONS,
        "aspect": tuple(ASPECTS),
        "data_format": ("channels_last", "channels_first", None),
        "batch_size": (None, 1, 7),
        "image_size": ((8, 8), (5, 17), (30, 12), 11),
        "order": ORDERS,
        "split": SPLITS,
    },
    is_possible=keras_can,
)


@pytest.mark.parametrize(
    "case", PAIRS, ids=lambda case: "-".join(map(str, case.values()))
)
def test_batches_are_those_of_keras(photos, case):
    """For any two arguments combined, two epochs equal Keras's, bit for bit."""
    arguments = dict(case)
    arguments.update(ASPECTS[arguments.pop("aspect")])
    arguments["shuffle"], arguments["seed"] = arguments.pop("order")
    arguments["validation_split"], arguments["subset"] = arguments.pop("split")
    folder = photos / case["color_mode"]
    assert_same(ours(folder, **arguments), theirs(folder, **arguments))


# `test_batches_are_those_of_keras` has every pair of these values, too.
@pytest.mark.slow
@each_pair(
    interpolation=INTERPOLATIONS,
    aspect=list(ASPECTS),
    data_format=["channels_last", "channels_first"],
    is_possible=keras_can,
)
def test_pixels_are_those_of_keras(photos, interpolation, aspect, data_format):
    """Every way to resize gives Keras's pixels for every format, bit for bit."""
    arguments = {
        "interpolation": interpolation,
        "data_format": data_format,
        "image_size": (13, 9),
        "shuffle": False,
        **ASPECTS[aspect],
    }
    folder = photos / "rgb"
    assert_same(ours(folder, **arguments), theirs(folder, **arguments))


# `test_batches_are_those_of_keras` has every pair of these values, too.
@pytest.mark.slow
@each_pair(order=ORDERS, split=SPLITS, batch_size=[None, 7])
def test_order_is_that_of_keras(photos, order, split, batch_size):
    """Shuffles and splits with a seed are Keras's, in the first and second epoch."""
    shuffle, seed = order
    validation_split, subset = split
    arguments = {
        "shuffle": shuffle,
        "seed": seed,
        "validation_split": validation_split,
        "subset": subset,
        "batch_size": batch_size,
        "image_size": (8, 8),
    }
    folder = photos / "grayscale"
    assert_same(ours(folder, **arguments), theirs(folder, **arguments))


@pytest.mark.parametrize("interpolation", KERAS_CANNOT_CROP)
def test_crops_where_keras_fails(tmp_path, interpolation):
    """Gaussian and Mitchell-cubic resize a central crop, which Keras cannot do."""
    folder = tmp_path / "images"
    folder.mkdir()
    image = picture(np.random.default_rng(0)).resize((20, 12))
    image.save(folder / "wide.png")
    csv = pd.DataFrame({"image": ["wide.png"], "label": ["a"]})
    dataset = image_dataset_from_csv(
        folder,
        csv,
        image_size=(8, 8),
        interpolation=interpolation,
        crop_to_aspect_ratio=True,
        batch_size=None,
    )
    window = np.asarray(image)[:, 4:16]
    expected = tf.image.resize(window, (8, 8), method=interpolation).numpy()
    ((cropped, _),) = dataset.as_numpy_iterator()
    assert cropped.dtype == expected.dtype
    assert np.array_equal(cropped, expected)


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        *(
            ("L", ".png"),
            ("LA", ".png"),
            ("RGBA", ".png"),
            ("P", ".png"),
            ("1", ".png"),
        ),
        *(("I;16", ".png"), ("L", ".jpg"), ("CMYK", ".jpg"), ("P", ".gif")),
    ],
)
def test_image_modes_are_read_as_keras_reads_them(tmp_path, mode, suffix):
    """Greyscale, transparent, 16-bit, palette and CMYK files give Keras's pixels."""
    folder = tmp_path / "images"
    (folder / "only").mkdir(parents=True)
    image = picture(np.random.default_rng(0))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image)[..., 0].astype(np.uint16) * 257)
    else:
        image = image.convert(mode)
    image.save(folder / "only" / f"a{suffix}")
    write_csv_in_keras_order(folder)
    arguments = {"image_size": (9, 9)}
    assert_same(ours(folder, **arguments), theirs(folder, **arguments))


def test_first_frame_of_an_animated_gif_is_that_of_keras(tmp_path):
    """The first frame of an animated GIF is yielded, as in Keras."""
    folder = tmp_path / "images"
    (folder / "only").mkdir(parents=True)
    rng = np.random.default_rng(0)
    first, *rest = (picture(rng).resize((16, 16)) for _ in range(3))
    path = folder / "only" / "a.gif"
    first.save(path, save_all=True, append_images=rest)
    write_csv_in_keras_order(folder)
    arguments = {"image_size": (16, 16)}
    assert_same(ours(folder, **arguments), theirs(folder, **arguments))


@pytest.mark.parametrize(
    "to_directory", [str, Path, lambda path: f"{path}/", os.path.relpath]
)
def test_file_paths_are_written_as_keras_writes_them(photos, to_directory):
    """`file_paths` equal Keras's, however `directory` is written."""
    directory = to_directory(photos / "rgba")
    expected = keras.utils.image_dataset_from_directory(directory, seed=3)
    dataset = image_dataset_from_csv(directory, photos / "rgba.csv", seed=3)
    assert dataset.file_paths == expected.file_paths


@pytest.mark.parametrize("batch_size", [None, 7])
def test_random_seed_of_keras_sets_the_order(photos, batch_size):
    """Without `seed`, `keras.utils.set_random_seed` gives Keras's order."""
    arguments = {"image_size": (8, 8), "batch_size": batch_size}
    datasets = []
    for make in (ours, theirs):
        keras.utils.set_random_seed(5)
        datasets.append(make(photos / "rgba", **arguments))
    assert_same(*datasets)


def test_data_format_of_keras_is_the_default(photos):
    """`keras.config.set_image_data_format` sets the default of `data_format`."""
    keras.config.set_image_data_format("channels_first")
    try:
        (dataset,) = ours(photos / "rgba", image_size=(8, 8))
    finally:
        keras.config.set_image_data_format("channels_last")
    assert dataset.element_spec[0].shape == (None, 3, 8, 8)


def test_class_names_fix_the_order_as_in_keras(photos):
    """`class_names` sets the order of the classes and labels, as in Keras."""
    arguments = {"class_names": ["oak", "ash"], "image_size": (8, 8), "seed": 1}
    csv = pd.read_csv(photos / "rgba.csv")
    # With `class_names`, Keras lists the folders in the order of `class_names`.
    csv = csv.sort_values("label", ascending=False, kind="stable")
    dataset = image_dataset_from_csv(photos / "rgba", csv, **arguments)
    assert_same([dataset], theirs(photos / "rgba", **arguments))


def test_signature_is_that_of_keras():
    """Keras's parameters keep name, order and default; `csv` replaces `labels`."""
    theirs = inspect.signature(keras.utils.image_dataset_from_directory).parameters
    ours = inspect.signature(image_dataset_from_csv).parameters
    expected = {name: parameter.default for name, parameter in theirs.items()}
    shared = {
        "labels" if name == "csv" else name: parameter.default
        for name, parameter in ours.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    }
    # `csv` is required. Older versions of Keras have no `format`.
    expected["labels"] = inspect.Parameter.empty
    if "format" not in expected:
        assert shared.pop("format") == "tf"
    assert list(shared.items()) == list(expected.items())


def test_our_own_parameters_are_keyword_only():
    """Parameters that Keras does not have are keyword-only and optional."""
    parameters = inspect.signature(image_dataset_from_csv).parameters
    own = [p for p in parameters.values() if p.kind is not p.POSITIONAL_OR_KEYWORD]
    assert "csv_options" in [p.name for p in own]
    assert all(p.kind is p.KEYWORD_ONLY and p.default is not p.empty for p in own)
