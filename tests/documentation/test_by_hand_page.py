"""The page on pipelines written by hand shows what its examples really print."""

import contextlib
import io
import re
import unicodedata

import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from images import save
from keras_csv_dataset import image_dataset_from_csv
from places import DOCS

PAGE = (DOCS / "by_hand.md").read_text("utf-8")
# Every example, and the output that follows it.
EXAMPLES = re.findall(
    r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", PAGE, re.M | re.S
)
DATA, *FAULTS = EXAMPLES
# `tf.random.set_seed` describes it, but TensorFlow does not export it.
DEFAULT_GRAPH_SEED = 87654321


def run(code: str) -> str:
    """Runs an example in the current folder, and returns what it prints."""
    # Another test may have set the seed of the process: this is TensorFlow's own.
    tf.random.set_seed(DEFAULT_GRAPH_SEED)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "example", "exec"), {"__name__": "example"})
    return printed.getvalue()


@pytest.fixture(autouse=True)
def photographs(tmp_path, monkeypatch):
    """The photographs and the CSV that the first example of the page writes."""
    monkeypatch.chdir(tmp_path)
    run(DATA[0])


@pytest.mark.slow
@pytest.mark.parametrize(("code", "output"), FAULTS)
def test_example_prints_what_the_page_shows(code, output):
    """An example prints the text that follows it, and each example has such a text."""
    assert output
    assert run(code) == output


def test_every_fault_in_the_table_has_an_example():
    """Each line of the pipeline leads to a section of its own that runs."""
    links = re.findall(r"^\| `.*\(#([\w-]+)\) \|$", PAGE, re.M)
    sections = re.split("\n### ", PAGE.partition("\n## The call on the same")[0])[1:]
    assert len(links) == len(sections) > 10
    assert [section for section in sections if section.count("```python") != 1] == []


def test_every_photograph_has_its_label_in_the_call():
    """Of the 40 labels of which the pipeline loses 27, the call keeps each one."""
    dataset = image_dataset_from_csv(
        "photos",
        "labels.csv",
        image_size=(8, 8),
        shuffle=False,
        verbose=False,
        label_column="continent",
    )
    # The second channel of a photograph is 90 times the number of its class.
    greens = [image[0, 0, 1] for image, _ in dataset.unbatch().as_numpy_iterator()]
    assert [round(green / 90) for green in greens] == dataset.labels.tolist()
    assert dataset.class_counts.tolist() == [13, 13, 14]


def test_names_in_another_unicode_form_or_case_are_found(tmp_path):
    """The names for which the lookup table returns -1 have their labels in the call."""
    files = [unicodedata.normalize("NFD", "Zürich.jpg"), "Oslo.JPG", "Bern.jpg"]
    for number, file in enumerate(files):
        save(tmp_path / "cities" / file, number)
    names = ["Zürich.jpg", "Oslo.jpg", "Bern.jpg"]
    table = pd.DataFrame({"image": names, "label": ["a", "b", "c"]})

    dataset = image_dataset_from_csv("cities", table, shuffle=False, verbose=False)

    assert dataset.labels.tolist() == [0, 1, 2]


def test_second_csv_has_the_same_classes():
    """With the classes of the first CSV, one that a second CSV lacks shifts nothing."""
    table = pd.read_csv("labels.csv", dtype=str, keep_default_na=False)
    others = table[table["continent"] != "EU"]
    dataset = image_dataset_from_csv(
        "photos",
        others,
        class_names=["AS", "EU", "NA"],
        verbose=False,
        label_column="continent",
    )
    assert set(dataset.labels.tolist()) == {0, 2}


def test_files_have_one_number_of_channels_and_a_shape(tmp_path):
    """A grey image and one with transparency are both RGB, of a static shape."""
    (tmp_path / "mixed").mkdir()
    for mode in ("L", "RGBA"):
        Image.new(mode, (64, 48)).save(tmp_path / "mixed" / f"{mode}.png")
    table = pd.DataFrame({"image": ["L.png", "RGBA.png"]})
    dataset = image_dataset_from_csv(
        "mixed", table, label_mode=None, image_size=(64, 64), verbose=False
    )
    assert dataset.element_spec.shape == (None, 64, 64, 3)
    assert next(iter(dataset)).shape == (2, 64, 64, 3)


def test_first_batches_of_a_sorted_table_have_all_classes():
    """A table that is sorted by class is shuffled as a whole before the first epoch."""
    table = pd.read_csv("labels.csv", dtype=str, keep_default_na=False)
    dataset = image_dataset_from_csv(
        "photos",
        table.sort_values("continent"),
        batch_size=8,
        image_size=(8, 8),
        seed=1,
        verbose=False,
        label_column="continent",
        shuffle_buffer_size=1,
    )
    _, labels = next(iter(dataset))
    assert set(labels.numpy().tolist()) == {0, 1, 2}


def test_a_row_without_a_file_is_an_error():
    """A row whose file is missing is named, rather than given a default."""
    table = pd.DataFrame({"image": ["080", "121"], "label": ["EU", "AS"]})
    with pytest.raises(ValueError, match="row 1: '121' is not an image file"):
        image_dataset_from_csv("photos", table, verbose=False)
