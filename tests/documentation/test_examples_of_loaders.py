"""The datasets of the page of examples equal those of loaders written by hand.

The loaders read the files by name with TensorFlow, as Keras's own examples do, and
share no code with the package.
"""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from images import batches
from places import DOCS

PAGE = (DOCS / "examples.md").read_text("utf-8")
FORMATS = ["tf", pytest.param("grain", marks=pytest.mark.grain)]


def run(title, tmp_path, monkeypatch, format="tf"):
    """The names that an example defines before it builds its model."""
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    (code,) = re.findall(r"^```python\n(.*?)^```", section, re.M | re.S)
    data, _, _ = code.partition("\nmodel = ")
    assert "    seed=1,\n" in data
    data = data.replace("    seed=1,\n", f"    seed=1,\n    format={format!r},\n")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "example"}
    exec(compile(data, title, "exec"), names)
    return names


def by_hand(load, *columns):
    """The elements that a function makes of the rows of some columns."""
    return list(tf.data.Dataset.from_tensor_slices(columns).map(load))


def read(path, size, channels=3, **keywords):
    """An image, decoded from its path and resized."""
    pixels = tf.io.decode_image(
        tf.io.read_file(path), channels, expand_animations=False, **keywords
    )
    return tf.image.resize(pixels, size)


def elements(dataset):
    """The elements of a batched dataset."""
    for batch in batches(dataset):
        for place in range(len(keras.tree.flatten(batch)[0])):
            yield keras.tree.map_structure(lambda value, n=place: value[n], batch)


def as_text_or_numbers(value):
    value = np.asarray(value)
    return str(value) if value.dtype.kind == "U" else value


def leaves(element):
    """The values of an element, text as `str`."""
    values = keras.tree.flatten(element)
    values = [v.numpy() if isinstance(v, tf.Tensor) else v for v in values]
    return [
        v.decode() if isinstance(v, bytes) else as_text_or_numbers(v) for v in values
    ]


def assert_same_elements(names, expected, tolerance=0, map_by=None):
    """Every row is once in the training or the validation subset, as it was by hand.

    Args:
        names: What the example defines.
        expected: The element of each row. Their first images tell them apart.
        tolerance: How far a level of an image can differ; a depth in metres, by a
            thousandth of that.
        map_by: Name of the function that the example maps over its datasets.
    """
    remaining = list(map(leaves, expected))
    for subset in ("train", "validation"):
        dataset = names[subset]
        for element in elements(dataset.map(names[map_by]) if map_by else dataset):
            keras.tree.assert_same_structure(element, expected[0])
            actual = leaves(element)
            image = next(n for n, v in enumerate(actual) if np.ndim(v) == 3)
            distance = [np.abs(row[image] - actual[image]).sum() for row in remaining]
            row = remaining.pop(int(np.argmin(distance)))
            for value, wanted in zip(actual, row, strict=True):
                if np.ndim(value) == 3 and value.dtype == np.float32:
                    is_depth = value.shape[2] == 1 and map_by == "in_metres"
                    allowed = tolerance / 1000 if is_depth else tolerance
                    assert np.abs(value - wanted).max() <= allowed
                else:
                    assert np.array_equal(value, wanted)
                assert getattr(value, "dtype", "") == getattr(wanted, "dtype", "")
    assert remaining == []


@pytest.mark.parametrize("format", FORMATS)
def test_text_in_pictures(tmp_path, monkeypatch, format):
    """Every captcha has its text."""
    names = run("Text in pictures", tmp_path, monkeypatch, format)
    expected = by_hand(
        lambda path, text: (read(path, (32, 64), 1), text),
        [f"captchas/{number}.png" for number in range(40)],
        names["texts"],
    )
    assert_same_elements(names, expected, 0 if format == "tf" else 1)


def test_characters_of_text_in_pictures(tmp_path, monkeypatch):
    """Every captcha has the classes of its characters."""
    names = run("Text in pictures", tmp_path, monkeypatch)
    known = sorted(set("".join(names["train"].labels)))
    codes = [[known.index(c) + 1 for c in text] for text in names["texts"]]
    expected = by_hand(
        lambda path, codes: (read(path, (32, 64), 1), codes),
        [f"captchas/{number}.png" for number in range(40)],
        np.array(codes),
    )
    assert_same_elements(names, expected, map_by="encode")


@pytest.mark.parametrize("format", FORMATS)
def test_handwriting(tmp_path, monkeypatch, format):
    """Every picture of a word has the word, and is padded with zeros."""
    names = run("Handwriting", tmp_path, monkeypatch, format)

    def load(path, word):
        pixels = tf.io.decode_png(tf.io.read_file(path), 1)
        return tf.image.resize_with_pad(pixels, 32, 128), word

    table = names["table"]
    paths = [f"words/a01/{name}.png" for name in table["id"]]
    expected = by_hand(load, paths, table["word"].tolist())
    assert_same_elements(names, expected, 0 if format == "tf" else 1)


def test_characters_of_handwriting(tmp_path, monkeypatch):
    """Every picture of a word has the numbers of its characters, padded with 0."""
    names = run("Handwriting", tmp_path, monkeypatch)
    table, known = names["table"], names["characters"].get_vocabulary()
    codes = np.zeros((40, 12), np.int64)
    for row, word in zip(codes, table["word"], strict=True):
        row[: len(word)] = [known.index(character) for character in word]

    def load(path, codes):
        pixels = tf.io.decode_png(tf.io.read_file(path), 1)
        return tf.image.resize_with_pad(pixels, 32, 128), codes

    expected = by_hand(load, [f"words/a01/{n}.png" for n in table["id"]], codes)
    assert_same_elements(names, expected, map_by="encode")


@pytest.mark.parametrize("format", FORMATS)
def test_pairs_of_images_and_texts(tmp_path, monkeypatch, format):
    """Every row has its two images, its two texts and its class."""
    names = run("Pairs of images and texts", tmp_path, monkeypatch, format)

    def load(image_1, text_1, image_2, text_2, label):
        inputs = {
            "image_1": read(image_1, (32, 32)),
            "image_2": read(image_2, (32, 32)),
            "text_1": text_1,
            "text_2": text_2,
        }
        return inputs, tf.cast(label == "unrelated", tf.int32)

    rows = names["rows"]
    expected = by_hand(
        load,
        [f"posts/{row['image_1']}" for row in rows],
        [row["text_1"] for row in rows],
        [f"posts/{row['image_2']}" for row in rows],
        [row["text_2"] for row in rows],
        [row["label"] for row in rows],
    )
    assert_same_elements(names, expected, 0 if format == "tf" else 1)


@pytest.mark.parametrize("format", FORMATS)
def test_segmentation(tmp_path, monkeypatch, format):
    """Every photograph has its mask, cropped to the same window."""
    names = run("Segmentation", tmp_path, monkeypatch, format)
    # The palette of the example, so that its colours lead back to the classes.
    palette = np.array([[0, 0, 0], [128, 0, 0], [0, 128, 0]])

    def load(image, mask):
        # The largest square of 48 × 64 pixels begins in column 8.
        pixels = tf.io.decode_jpeg(tf.io.read_file(image), 3)[:, 8:56]
        colours = tf.io.decode_png(tf.io.read_file(mask), 3)[:, 8:56]
        colours = tf.image.resize(colours, (32, 32), "nearest")
        differences = tf.cast(colours, tf.int32)[:, :, tf.newaxis] - palette
        classes = tf.argmin(tf.reduce_sum(abs(differences), -1), -1, tf.int32)
        return tf.image.resize(pixels, (32, 32)), classes[..., tf.newaxis]

    expected = by_hand(
        load,
        [f"pets/images/{number}.jpg" for number in range(40)],
        [f"pets/masks/{number}.png" for number in range(40)],
    )
    assert {0, 1, 2} == {int(c) for _, mask in expected for c in np.unique(mask)}
    assert_same_elements(names, expected, 0 if format == "tf" else 1)


@pytest.mark.parametrize("format", FORMATS)
def test_key_points(tmp_path, monkeypatch, format):
    """Every photograph has its key points, in the order of the columns."""
    names = run("Key points", tmp_path, monkeypatch, format)
    points = np.array([row[1:] for row in names["rows"]]) / 48
    expected = by_hand(
        lambda path, points: (read(path, (32, 32)), points),
        [f"dogs/{number}.png" for number in range(40)],
        points.astype(np.float32),
    )
    assert_same_elements(names, expected, 0 if format == "tf" else 1)


@pytest.mark.parametrize("format", FORMATS)
def test_depth(tmp_path, monkeypatch, format):
    """Every photograph has its depths, with all 16 bits."""
    names = run("Depth", tmp_path, monkeypatch, format)
    names["in_metres"] = lambda images, depths: names["encode"](images, depths)
    if format == "grain":
        names["in_metres"] = lambda batch: names["encode"](*batch)

    def load(image, depth):
        depths = read(depth, (24, 32), 1, dtype=tf.uint16)
        return read(image, (24, 32)), depths / 1000

    expected = by_hand(
        load,
        [f"rooms/{number}.jpg" for number in range(40)],
        [f"rooms/{number}_depth.png" for number in range(40)],
    )
    assert max(float(tf.reduce_max(depths)) for _, depths in expected) > 7
    tolerance = 0 if format == "tf" else 1
    assert_same_elements(names, expected, tolerance, map_by="in_metres")
