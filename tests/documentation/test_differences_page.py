"""The CSV that the page on migration makes from class folders is in Keras's order."""

import re

import keras
import numpy as np
import pytest

from images import save
from keras_csv_dataset import image_dataset_from_csv
from places import DOCS

PAGE = DOCS / "differences.md"


@pytest.fixture
def class_folders(tmp_path, monkeypatch):
    """Class folders, some with folders of their own, and the CSV of the page."""
    names = ["a/z.png", "a/x/1.png", "a/x-y/2.png", "a-b/3.png", "a/b.png", "b/B.png"]
    for number, name in enumerate(names):
        save(tmp_path / "images" / name, number)
    monkeypatch.chdir(tmp_path)
    (script,) = re.findall(
        r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S
    )
    exec(compile(script, PAGE.name, "exec"), {})


@pytest.mark.usefixtures("class_folders")
@pytest.mark.parametrize("split", [{}, {"validation_split": 0.4, "subset": "training"}])
def test_csv_from_class_folders_gives_the_batches_of_keras(split):
    """With the CSV that the page writes, shuffled batches and splits are Keras's."""
    arguments = {"image_size": (8, 8), "batch_size": 2, "seed": 3, "verbose": False}
    arguments |= split
    theirs = keras.utils.image_dataset_from_directory("images", **arguments)
    ours = image_dataset_from_csv("images", "labels_from_folders.csv", **arguments)

    assert ours.class_names == theirs.class_names
    for batch, expected in zip(
        ours.as_numpy_iterator(), theirs.as_numpy_iterator(), strict=True
    ):
        for values, wanted in zip(batch, expected, strict=True):
            assert np.array_equal(values, wanted)
