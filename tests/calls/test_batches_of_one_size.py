"""Batches of one size: what `docs/scaling_out.md` says about the last batch."""

import math
import warnings

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from images import batches, load, number_of, save_all

NUM_IMAGES, BATCH_SIZE = 11, 4
FULL_BATCHES = NUM_IMAGES // BATCH_SIZE
KINDS = {
    "images": {"label_mode": None},
    "labels": {"label_column": "label"},
    "weights": {"label_column": "label", "weight_column": "weight"},
    "inputs": {"label_column": "label", "input_columns": ["age"]},
}


@pytest.fixture
def call(folder):
    """The folder and a table of 11 images with labels, weights and ages."""
    names = [f"{number:02}.png" for number in range(NUM_IMAGES)]
    save_all(folder, names)
    numbers = np.arange(NUM_IMAGES)
    return folder, pd.DataFrame(
        {"image": names, "label": numbers, "weight": numbers + 0.5, "age": numbers}
    )


def of_one_size(dataset):
    """The page's recipe for each format."""
    if not isinstance(dataset, tf.data.Dataset):
        return dataset.filter(lambda batch: len(images_of(batch)) == BATCH_SIZE)
    steps = len(dataset.file_paths) // BATCH_SIZE
    train = dataset.rebatch(BATCH_SIZE, drop_remainder=True)
    return train.apply(tf.data.experimental.assert_cardinality(steps))


def images_of(batch) -> np.ndarray:
    images = batch[0] if isinstance(batch, tuple) else batch
    return images["image"] if isinstance(images, dict) else images


@pytest.mark.parametrize("cache", [None, True], ids=["files", "cache"])
@pytest.mark.parametrize("shuffle", [False, True], ids=["in order", "shuffled"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("each_format")
def test_full_batches_are_those_of_the_dataset(call, kind, shuffle, cache):
    """In each epoch, the batches are the full ones of the dataset, in their order."""

    def start():
        arguments = {"batch_size": BATCH_SIZE, "seed": 1, "cache": cache}
        arguments["image_column"] = "image"
        return load(*call, shuffle=shuffle, **arguments, **KINDS[kind])

    dataset, train = start(), of_one_size(start())
    orders = []
    for _ in range(2):
        expected, found = list(batches(dataset)), list(batches(train))
        assert [len(images_of(batch)) for batch in found] == [BATCH_SIZE] * FULL_BATCHES
        for one, other in zip(expected, found, strict=False):
            tf.nest.map_structure(np.testing.assert_array_equal, one, other)
        orders.append([number_of(i) for batch in found for i in images_of(batch)])
    assert (orders[0] != orders[1]) == shuffle


@pytest.mark.parametrize("kind", KINDS)
def test_every_shape_is_static(call, kind):
    """With TensorFlow, the shapes and the number of batches are known."""
    arguments = {"batch_size": BATCH_SIZE, "image_column": "image", **KINDS[kind]}
    train = of_one_size(load(*call, **arguments))
    sizes = [spec.shape[0] for spec in tf.nest.flatten(train.element_spec)]
    assert set(sizes) == {BATCH_SIZE}
    assert len(train) == FULL_BATCHES


def test_fit_knows_the_number_of_batches(call):
    """`model.fit` trains for two epochs without a warning."""
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(11)])
    model.compile("sgd", "sparse_categorical_crossentropy")
    train = of_one_size(load(*call, batch_size=BATCH_SIZE, **KINDS["labels"]))
    with warnings.catch_warnings():
        # The settings of these tests ignore it.
        warnings.filterwarnings("error", "Your input ran out of data")
        model.fit(train, epochs=2, verbose=0)
    assert int(model.optimizer.iterations) == 2 * FULL_BATCHES


def test_a_repeated_dataset_leaves_out_no_image(call):
    """After `repeat`, the remainder of an epoch starts the next."""
    dataset = load(*call, batch_size=BATCH_SIZE, **KINDS["labels"])
    endless = dataset.repeat().rebatch(BATCH_SIZE, drop_remainder=True)
    found = list(endless.take(NUM_IMAGES).as_numpy_iterator())
    numbers = [number_of(image) for images, _ in found for image in images]
    assert numbers == [*range(NUM_IMAGES)] * BATCH_SIZE
    assert np.concatenate([labels for _, labels in found]).tolist() == numbers


def test_a_filled_batch_predicts_every_image(call):
    """A filled last batch changes no prediction: the first are those of the images."""
    dataset = load(*call, batch_size=BATCH_SIZE, **KINDS["labels"])
    steps = math.ceil(NUM_IMAGES / BATCH_SIZE)
    filled = dataset.repeat().rebatch(BATCH_SIZE, drop_remainder=True).take(steps)
    assert filled.element_spec[0].shape == (BATCH_SIZE, 8, 8, 3)
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(2)])
    scores = model.predict(filled, steps=steps, verbose=0)
    assert len(scores) == steps * BATCH_SIZE
    expected = model.predict(dataset, verbose=0)
    np.testing.assert_allclose(scores[:NUM_IMAGES], expected, rtol=1e-5)
