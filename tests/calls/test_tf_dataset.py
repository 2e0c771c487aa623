"""The result is an ordinary `tf.data.Dataset`; and the messages of a call."""

import gc
import logging

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from images import number_of, numbers_and_labels, save_all
from keras_csv_dataset import image_dataset_from_csv

NUM_IMAGES = 10
LABELS = ["cat", "dog"] * 5


@pytest.fixture
def animals(folder, write_csv):
    """Arguments for a folder of ten images and a CSV with their labels."""
    names = [f"{number}.png" for number in range(NUM_IMAGES)]
    save_all(folder, names)
    rows = [f"{name},{label}\n" for name, label in zip(names, LABELS, strict=True)]
    return {
        "directory": folder,
        "csv": write_csv("image,label\n" + "".join(rows)),
        "image_size": (8, 8),
        "batch_size": 4,
        "verbose": False,
    }


def unshuffled(animals, **arguments):
    return image_dataset_from_csv(shuffle=False, **{**animals, **arguments})


def test_paths_with_the_same_hash_are_hashed_again(animals, monkeypatch):
    """Every image has its label, even if nearly all hashes are those of two paths."""
    samples = "keras_csv_dataset._tf.samples"
    monkeypatch.setattr(f"{samples}._NUM_HASHES", 2 * NUM_IMAGES)
    monkeypatch.setattr(f"{samples}._MOST_SEEDS", 1000)
    pairs = numbers_and_labels(image_dataset_from_csv(**animals))
    assert sorted(pairs) == [(number, number % 2) for number in range(NUM_IMAGES)]


def test_datasets_of_the_same_images_share_one_graph(animals, monkeypatch):
    """What reads an image is traced once for both subsets and all folds."""
    traced = []
    resize = tf.image.resize
    monkeypatch.setattr(
        tf.image, "resize", lambda *args, **kw: traced.append(1) or resize(*args, **kw)
    )
    for fold in range(3):
        folds = {"num_folds": 3, "fold_index": fold, "subset": "both", "seed": 1}
        arguments = {**animals, "image_size": (9, 11), **folds}
        for dataset in image_dataset_from_csv(**arguments):
            numbers = [number for number, _ in numbers_and_labels(dataset)]
            assert len(numbers) == len(dataset.file_paths)
    assert len(traced) == 1


# Shapes and sizes.


@pytest.mark.parametrize(
    ("label_mode", "shape", "dtype"),
    [
        ("int", (None,), tf.int32),
        ("categorical", (None, 2), tf.float32),
        ("binary", (None, 1), tf.float32),
    ],
)
def test_labels_have_keras_shape_and_type(animals, label_mode, shape, dtype):
    """Labels of each mode have the documented dtype and shape."""
    dataset = unshuffled(animals, label_mode=label_mode)
    assert dataset.element_spec == (
        tf.TensorSpec((None, 8, 8, 3), tf.float32),
        tf.TensorSpec(shape, dtype),
    )
    _, labels = next(dataset.as_numpy_iterator())
    assert labels.shape == (4, *shape[1:])
    assert labels.dtype == dtype.as_numpy_dtype


def test_without_labels_images_come_alone(animals):
    """`label_mode=None` yields images only, not tuples."""
    dataset = unshuffled(animals, label_mode=None)
    assert dataset.element_spec == tf.TensorSpec((None, 8, 8, 3), tf.float32)


def test_single_images_have_no_batch_dimension(animals):
    """`batch_size=None` yields one image and one scalar label at a time."""
    dataset = unshuffled(animals, batch_size=None)
    assert dataset.element_spec == (
        tf.TensorSpec((8, 8, 3), tf.float32),
        tf.TensorSpec((), tf.int32),
    )


@pytest.mark.parametrize(
    ("color_mode", "channels"), [("grayscale", 1), ("rgb", 3), ("rgba", 4)]
)
def test_colour_mode_sets_the_number_of_channels(animals, color_mode, channels):
    """`color_mode` determines the static number of channels: 1, 3 or 4."""
    dataset = unshuffled(animals, color_mode=color_mode, image_size=(6, 9))
    images, _ = next(dataset.as_numpy_iterator())
    assert dataset.element_spec[0].shape == (None, 6, 9, channels)
    assert images.shape == (4, 6, 9, channels)


def test_channels_first_puts_channels_before_height(animals):
    """`data_format="channels_first"` gives the shape (batch, 3, height, width)."""
    dataset = unshuffled(animals, data_format="channels_first", image_size=(6, 9))
    assert dataset.element_spec[0].shape == (None, 3, 6, 9)


def test_nearest_yields_bytes(animals):
    """`interpolation="nearest"` yields uint8 images."""
    dataset = unshuffled(animals, interpolation="nearest")
    images, _ = next(dataset.as_numpy_iterator())
    assert dataset.element_spec[0].dtype == tf.uint8
    assert images.dtype == np.uint8


def test_pixels_are_from_0_to_255(animals):
    """Pixel values are not rescaled: they are those in the file."""
    image, _ = next(unshuffled(animals, batch_size=None).as_numpy_iterator())
    with Image.open(animals["directory"] / "0.png") as file:
        assert np.array_equal(image, np.asarray(file, np.float32))


@pytest.mark.parametrize(
    ("batch_size", "batches"), [(None, 10), (1, 10), (4, 3), (5, 2), (64, 1)]
)
def test_number_of_batches_is_known(animals, batch_size, batches):
    """`len` gives the number of batches in an epoch."""
    dataset = unshuffled(animals, batch_size=batch_size)
    assert len(dataset) == batches
    assert sum(1 for _ in dataset) == batches


def test_number_of_batches_of_subsets_is_known(animals):
    """`len` of each subset gives its number of batches."""
    training, validation = unshuffled(animals, validation_split=0.3, subset="both")
    assert (len(training), len(validation)) == (2, 1)


# Attributes.


@pytest.mark.parametrize("label_mode", ["int", "categorical", "binary"])
def test_labels_attribute_holds_class_indices(animals, label_mode):
    """`labels` is an int32 array of class indices in each of these modes."""
    dataset = unshuffled(animals, label_mode=label_mode)
    assert isinstance(dataset.labels, np.ndarray)
    assert dataset.labels.dtype == np.int32
    assert dataset.labels.tolist() == [0, 1] * 5


def test_class_names_are_a_list_of_the_texts(animals):
    """`class_names` is the sorted list of the labels in the CSV."""
    assert unshuffled(animals).class_names == ["cat", "dog"]


def test_file_paths_are_a_list_of_the_files(animals):
    """`file_paths` is the list of the image files."""
    folder = animals["directory"]
    expected = [str(folder / f"{number}.png") for number in range(NUM_IMAGES)]
    assert unshuffled(animals).file_paths == expected


def test_without_labels_there_are_no_classes(animals):
    """With `label_mode=None`, `class_names` and `labels` are None."""
    dataset = unshuffled(animals, label_mode=None)
    assert len(dataset.file_paths) == NUM_IMAGES
    assert dataset.class_names is None
    assert dataset.labels is None


# An ordinary dataset.


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("label_mode", ["int", None])
def test_dataset_is_one_of_tensorflows_own(animals, label_mode, shuffle):
    """The dataset is a plain `tf.data.Dataset`, not a class of this package."""
    dataset = image_dataset_from_csv(shuffle=shuffle, label_mode=label_mode, **animals)
    assert isinstance(dataset, tf.data.Dataset)
    assert type(dataset).__module__.startswith("tensorflow.")


def test_map_keeps_images_with_their_labels(animals):
    """`.map` keeps every image with its label."""
    dataset = unshuffled(animals).map(lambda images, labels: (images / 255, labels + 1))
    pairs = [
        (number_of(image * 255), int(label))
        for images, labels in dataset.as_numpy_iterator()
        for image, label in zip(images, labels, strict=True)
    ]
    assert pairs == list(enumerate([1, 2] * 5))


def test_cache_yields_the_same_again(animals):
    """`.cache` yields the same images and labels in the second epoch."""
    dataset = unshuffled(animals).cache()
    first, second = numbers_and_labels(dataset), numbers_and_labels(dataset)
    assert first == second == list(enumerate([0, 1] * 5))


def test_cache_needs_no_files_in_the_second_epoch(animals):
    """After `.cache`, the second epoch does not read the files."""
    dataset = unshuffled(animals).cache()
    first = numbers_and_labels(dataset)
    for path in animals["directory"].iterdir():
        path.unlink()
    assert numbers_and_labels(dataset) == first


def test_take_yields_the_first_batches(animals):
    """`.take` yields the first batches."""
    pairs = numbers_and_labels(unshuffled(animals).take(2))
    assert pairs == list(enumerate([0, 1] * 4))


def test_unbatch_and_batch_make_batches_of_one_size(animals):
    """`.unbatch` and `.batch` give batches of a static size."""
    dataset = unshuffled(animals).unbatch().batch(5, drop_remainder=True)
    assert dataset.element_spec[0].shape == (5, 8, 8, 3)
    assert numbers_and_labels(dataset) == list(enumerate([0, 1] * 5))


def test_zip_lines_two_datasets_up(animals):
    """Two unshuffled datasets of the same CSV line up in `zip`."""
    images = unshuffled(animals, label_mode=None)
    labels = unshuffled(animals).map(lambda images, labels: labels)
    zipped = tf.data.Dataset.zip(images, labels)
    assert numbers_and_labels(zipped) == list(enumerate([0, 1] * 5))


def test_tf_function_loops_over_the_dataset(animals):
    """A `tf.function` can loop over the images and labels of a dataset."""
    dataset = unshuffled(animals)

    @tf.function
    def count_dogs():
        total = tf.constant(0)
        for _images, labels in dataset:
            total += tf.reduce_sum(labels)
        return total

    assert int(count_dogs()) == LABELS.count("dog")


def test_tf_function_takes_the_dataset_as_argument(animals):
    """A `tf.function` accepts a dataset as an argument."""

    @tf.function
    def count_images(dataset):
        return dataset.reduce(0, lambda n, batch: n + tf.shape(batch[0])[0])

    assert int(count_images(unshuffled(animals))) == NUM_IMAGES


def test_iterator_outlives_the_dataset(animals):
    """An iterator still works after its dataset is deleted."""
    dataset = unshuffled(animals, batch_size=1)
    iterator = iter(dataset)
    next(iterator)
    del dataset
    gc.collect()
    assert [int(labels[0]) for _, labels in iterator] == ([0, 1] * 5)[1:]


def test_mapped_dataset_outlives_the_first(animals):
    """A mapped dataset still works after the original is deleted."""
    dataset = unshuffled(animals).map(lambda images, labels: (images, labels))
    gc.collect()
    assert numbers_and_labels(dataset) == list(enumerate([0, 1] * 5))


# Training.


@pytest.fixture
def warm_and_cold(folder):
    """Noisy reddish and bluish images, and a DataFrame with their labels."""
    colour_of = {"warm": (190, 90, 70), "cold": (70, 90, 190)}
    rng = np.random.default_rng(0)
    rows = []
    for number in range(60):
        label = ("warm", "cold")[int(rng.integers(2))]
        pixels = rng.normal(colour_of[label], 30, (8, 8, 3)).clip(0, 255)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number}.png")
        rows.append((f"{number}.png", label))
    return {
        "directory": folder,
        "csv": pd.DataFrame(rows, columns=["image", "label"]),
        "image_size": (8, 8),
        "batch_size": 10,
        "seed": 1,
        "verbose": False,
    }


def small_model(units: int, activation: str, loss: str) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(units, activation),
        ]
    )
    model.compile(keras.optimizers.Adam(0.1), loss, metrics=["accuracy"])
    return model


@pytest.mark.parametrize(
    ("label_mode", "units", "activation", "loss"),
    [
        ("int", 2, "softmax", "sparse_categorical_crossentropy"),
        ("categorical", 2, "softmax", "categorical_crossentropy"),
        ("binary", 1, "sigmoid", "binary_crossentropy"),
    ],
)
@pytest.mark.slow
def test_model_learns(warm_and_cold, label_mode, units, activation, loss):
    """`model.fit` learns from the training subset to classify the validation subset."""
    training, validation = image_dataset_from_csv(
        label_mode=label_mode, validation_split=0.3, subset="both", **warm_and_cold
    )
    model = small_model(units, activation, loss)
    history = model.fit(training, validation_data=validation, epochs=8, verbose=0)
    assert history.history["val_accuracy"][-1] > 0.9


def test_evaluate_agrees_with_predict(warm_and_cold):
    """The accuracy of `model.evaluate` is that of `model.predict` against `labels`."""
    _, validation = image_dataset_from_csv(
        validation_split=0.5, subset="both", **warm_and_cold
    )
    model = small_model(2, "softmax", "sparse_categorical_crossentropy")
    predicted = model.predict(validation, verbose=0).argmax(axis=1)
    accuracy = model.evaluate(validation, verbose=0, return_dict=True)["accuracy"]
    assert accuracy == pytest.approx(np.mean(predicted == validation.labels))


def test_model_predicts_images_without_labels(animals):
    """`model.predict` accepts a dataset without labels."""
    model = small_model(2, "softmax", "sparse_categorical_crossentropy")
    predictions = model.predict(unshuffled(animals, label_mode=None), verbose=0)
    assert predictions.shape == (NUM_IMAGES, 2)


# Messages.


def test_says_how_many_images_and_classes_were_found(animals, capsys):
    """By default, a message gives the number of images and classes, and the CSV."""
    del animals["verbose"]
    unshuffled(animals)
    expected = "Found 10 images in labels.csv belonging to 2 classes.\n"
    assert capsys.readouterr().out == expected


def test_says_what_was_found_in_a_data_frame(animals, capsys):
    """For a DataFrame, the message says `DataFrame` instead of a file name."""
    unshuffled(animals, csv=pd.read_csv(animals["csv"]), verbose=True)
    expected = "Found 10 images in DataFrame belonging to 2 classes.\n"
    assert capsys.readouterr().out == expected


def test_says_nothing_of_classes_where_there_are_none(animals, capsys):
    """Without labels, the message gives only the number of images."""
    unshuffled(animals, label_mode=None, verbose=True)
    assert capsys.readouterr().out == "Found 10 images in labels.csv.\n"


@pytest.mark.parametrize(
    ("subset", "lines"),
    [
        ("training", ["Using 7 images for training."]),
        ("validation", ["Using 3 images for validation."]),
        ("both", ["Using 7 images for training.", "Using 3 images for validation."]),
    ],
)
def test_says_how_many_images_each_subset_has(animals, capsys, subset, lines):
    """A split adds a line for each subset that the call returns."""
    unshuffled(animals, validation_split=0.3, subset=subset, verbose=True)
    assert capsys.readouterr().out.splitlines()[1:] == lines


def test_is_silent_if_asked(animals, capfd, caplog):
    """`verbose=False` prints and logs nothing."""
    with caplog.at_level(logging.INFO, logger="absl"):
        unshuffled(animals, validation_split=0.3, subset="both", verbose=False)
    assert capfd.readouterr() == ("", "")
    assert caplog.messages == []


def test_messages_go_to_the_log_where_keras_sends_its_own(animals, capsys, caplog):
    """After `keras.config.disable_interactive_logging()`, messages go to the log."""
    keras.config.disable_interactive_logging()
    try:
        with caplog.at_level(logging.INFO, logger="absl"):
            unshuffled(animals, validation_split=0.3, subset="both", verbose=True)
    finally:
        keras.config.enable_interactive_logging()
    assert capsys.readouterr().out == ""
    assert caplog.messages == [
        "Found 10 images in labels.csv belonging to 2 classes.",
        "Using 7 images for training.",
        "Using 3 images for validation.",
    ]


@pytest.mark.parametrize(
    ("classes", "renumbered"),
    [
        ([1, 2], "Labels 1, 2 were renumbered 0, 1, ..."),
        ([5, 30], "Labels 5, 30 were renumbered 0, 1, ..."),
        ([-1, 1], "Labels -1, 1 were renumbered 0, 1, ..."),
    ],
)
def test_says_that_integers_were_renumbered(animals, capsys, classes, renumbered):
    """If integer labels are not 0, 1, 2, …, a message says that they are renumbered."""
    csv = pd.DataFrame({"image": [f"{n}.png" for n in range(10)], "label": classes * 5})
    unshuffled(animals, csv=csv, verbose=True)
    assert renumbered in capsys.readouterr().out


@pytest.mark.parametrize("classes", [[0, 1], ["1a", "2a"], [False, True]])
def test_says_nothing_of_labels_that_keep_their_numbers(animals, capsys, classes):
    """For labels 0, 1, … and texts, no message about renumbering is printed."""
    csv = pd.DataFrame({"image": [f"{n}.png" for n in range(10)], "label": classes * 5})
    unshuffled(animals, csv=csv, verbose=True)
    out = capsys.readouterr().out
    assert "belonging to 2 classes" in out
    assert "renumbered" not in out


def test_counts_files_that_no_row_names(animals, capsys):
    """The message gives the number of image files without a row."""
    csv = pd.read_csv(animals["csv"])[:7]
    unshuffled(animals, csv=csv, verbose=True)
    assert "Found 7 images" in (out := capsys.readouterr().out)
    assert "3 more image files" in out


def test_shuffle_buffer_of_one_keeps_the_order(animals):
    """With `shuffle_buffer_size=1`, an epoch is not reshuffled."""
    dataset = image_dataset_from_csv(**animals, seed=1, shuffle_buffer_size=1)
    yielded = np.concatenate([labels for _, labels in dataset.as_numpy_iterator()])
    assert yielded.tolist() == dataset.labels.tolist()


def test_shuffle_buffer_of_all_images_draws_from_all(tmp_path):
    """With a buffer of all images, an epoch can start with any image."""
    save_all(tmp_path / "images", [f"{number}.png" for number in range(40)])
    frame = pd.DataFrame({"image": range(40), "label": range(40)})
    dataset = image_dataset_from_csv(
        tmp_path / "images",
        frame,
        image_column="image",
        batch_size=1,
        image_size=8,
        seed=1,
        shuffle_buffer_size=40,
    )
    firsts = {int(next(iter(dataset))[1][0]) for _ in range(20)}
    assert len(set(dataset.labels[:8].tolist()) & firsts) < len(firsts)
