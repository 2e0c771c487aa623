"""Mistakes that people make, each with a message that names the way out."""

from pathlib import Path

import pandas as pd
import pytest

from images import save_all
from in_each_format import image_dataset_from_csv
from single_images import frame, open_dataset, paired

pytestmark = pytest.mark.usefixtures("each_format")

ROWS = 8
MULTI_HOT = {"label_mode": "multi_hot", "label_separator": "|"}


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    """A folder of images `0.png`, `1.png`, …, each of the colour of its number."""
    folder = tmp_path_factory.mktemp("images")
    save_all(folder, [f"{number}.png" for number in range(ROWS)])
    return folder


@pytest.mark.parametrize("mode", ["int", "categorical", "multi_hot"])
def test_flags_of_minus_one(mode, images):
    """0/1 columns that hold −1 are to be mapped first."""
    csv = frame(["0.png", "1.png"], [1, 0], other=[0, -1])
    message = r"row 1: column 'other' contains '-1'\n.* 0 or 1\. First map .*replace"
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, label_mode=mode, label_column=["label", "other"])


@pytest.mark.parametrize("mode", ["int", "categorical", "multi_hot"])
def test_flags_of_blanks(mode, images):
    """0/1 columns that hold blanks are to be mapped first."""
    csv = frame(["0.png", "1.png"], [1, 0], other=[0, None])
    message = r"row 1: column 'other' is blank(.|\n)*map it .*fillna\(0\)"
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, label_mode=mode, label_column=["label", "other"])


@pytest.mark.parametrize("separator", [",", "|", " ", ";"])
def test_multi_hot_without_separator(separator, images):
    """Values that look like several labels suggest their separator."""
    csv = frame(["0.png", "1.png"], [f"cat{separator}dog", "cat"])
    message = (
        rf"row 0: 'cat\{separator}dog' looks like several labels\. "
        rf"Pass label_separator='\{separator}'"
    )
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, label_mode="multi_hot")


def test_multi_hot_with_comma_and_blank(images):
    """Of `cat, dog` the comma is the separator, not the blank."""
    csv = frame(["0.png", "1.png"], ["cat, dog", "cat"])
    with pytest.raises(ValueError, match="Pass label_separator=','"):
        open_dataset(images, csv, label_mode="multi_hot")


def test_blanks_within_labels_of_the_long_form(images):
    """In the long form `No finding` is one label, and no mistake."""
    csv = frame(["0.png", "1.png", "1.png"], ["No finding", "Nodule/Mass", "Oedema"])
    dataset = open_dataset(images, csv, label_mode="multi_hot")

    assert dataset.class_names == ["No finding", "Nodule/Mass", "Oedema"]


@pytest.mark.parametrize("mode", ["int", "categorical", "binary", "raw"])
def test_separator_in_another_mode(mode, images):
    """`label_separator` goes with `"multi_hot"` alone."""
    message = '`label_separator` is only valid with `label_mode="multi_hot"`'
    with pytest.raises(ValueError, match=message):
        open_dataset(
            images, frame(["0.png"], "a"), label_mode=mode, label_separator=" "
        )


def test_separator_in_a_dictionary_without_multi_hot(images):
    """It does not go with a dictionary that has no such column."""
    message = '`label_separator` is only valid with `label_mode="multi_hot"`'
    with pytest.raises(ValueError, match=message):
        open_dataset(
            *(images, frame(["0.png"], "a")),
            label_mode={"label": "int"},
            label_separator=" ",
        )


def test_separator_without_labels(images):
    """It does not go with `label_mode=None`."""
    with pytest.raises(ValueError, match=r"`label_separator` .*: .*None"):
        open_dataset(
            images, frame(["0.png"], "a"), label_mode=None, label_separator=" "
        )


@pytest.mark.parametrize("separator", ["", 5, ["|"]])
def test_separator_that_is_no_text(separator, images):
    """A separator is text of at least one character."""
    with pytest.raises(ValueError, match="`label_separator` must be text"):
        open_dataset(
            *(images, frame(["0.png"], "a")),
            **{**MULTI_HOT, "label_separator": separator},
        )


def test_separator_with_several_columns(images):
    """0/1 columns need no separator."""
    with pytest.raises(ValueError, match="`label_separator` must be left out when"):
        open_dataset(
            *(images, frame(["0.png"], [1], b=[0])),
            **{**MULTI_HOT, "label_column": ["label", "b"]},
        )


@pytest.mark.parametrize(
    ("argument", "value"), [("label_column", "label"), ("class_names", ["a"])]
)
def test_labels_given_but_not_wanted(argument, value, images):
    """`label_column` and `class_names` do not go with `label_mode=None`."""
    message = f"`{argument}` must be left out when `label_mode` is None"
    with pytest.raises(ValueError, match=message):
        open_dataset(
            images, frame(["0.png"], "a"), label_mode=None, **{argument: value}
        )


@pytest.mark.parametrize(
    "call",
    [
        {"label_column": "image"},
        {"label_column": ["label", "image"], "label_mode": "multi_hot"},
        {"label_mode": {"label": "int", "image": "int"}},
    ],
    ids=repr,
)
def test_image_column_as_label(call, images):
    """The column of images cannot hold the labels."""
    with pytest.raises(ValueError, match=r"`image_column` .*'image' for both"):
        open_dataset(images, frame(["0.png"], "a"), **call)


def test_image_column_as_label_when_it_is_left_open(images):
    """So it is if the function has to find the column of images itself."""
    csv = frame(["0.png", "1.png"], "ab")
    with pytest.raises(ValueError, match=r"names? image files(.|\n)*'image'"):
        open_dataset(images, csv, image_column=None, label_column="image")


def test_dictionary_with_an_unknown_column(images):
    """A mode for a column that does not exist lists the columns."""
    csv = frame(["0.png"], "a", species=["cat"])
    message = r"`label_mode` .*'image', 'label', 'species'.*Did you mean 'species'\?"
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, label_mode={"label": "int", "specis": "int"})


def test_dictionary_with_an_unknown_mode(images):
    """An unknown mode of one output is an error that lists the modes."""
    with pytest.raises(ValueError, match=r"`label_mode\['label'\]` must be 'int', "):
        open_dataset(images, frame(["0.png"], "a"), label_mode={"label": "onehot"})


def test_empty_dictionary(images):
    """A dictionary of nothing is no way to say that labels are not wanted."""
    with pytest.raises(ValueError, match="None for images alone"):
        open_dataset(images, frame(["0.png"], "a"), label_mode={})


def test_dictionary_and_label_column(images):
    """The keys of the dictionary are the columns."""
    message = "`label_column` must be left out when `label_mode` is a dictionary"
    with pytest.raises(ValueError, match=message):
        open_dataset(
            *(images, frame(["0.png"], "a")),
            label_mode={"label": "int"},
            label_column="label",
        )


def test_dictionary_with_multi_hot_and_no_separator(images):
    """A `"multi_hot"` output needs its separator."""
    with pytest.raises(ValueError, match="`label_separator` must be set"):
        open_dataset(images, frame(["0.png"], "a"), label_mode={"label": "multi_hot"})


@pytest.mark.parametrize(
    ("mode", "names"),
    [("raw", ["1"]), ({"label": "raw"}, {"label": ["1"]})],
    ids=repr,
)
def test_class_names_of_numbers(mode, names, images):
    """Numbers have no classes."""
    with pytest.raises(ValueError, match=r'`class_names` .*`label_mode="raw"`'):
        open_dataset(images, frame(["0.png"], [1]), label_mode=mode, class_names=names)


def test_class_names_as_a_list_for_a_dictionary(images):
    """With several outputs it must be clear whose classes they are."""
    with pytest.raises(ValueError, match="`class_names` must be a dictionary"):
        open_dataset(
            *(images, frame(["0.png"], "a")),
            label_mode={"label": "int"},
            class_names=["a"],
        )


def test_labels_in_one_column_given_as_flags(images):
    """A column of labels in a list of several says to name it alone."""
    csv = frame(["0.png", "1.png"], ["cat", "dog"], b=[0, 1])
    message = r"column 'label' contains 'cat'(.|\n)*label_column='"
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, label_column=["label", "b"])


@pytest.mark.parametrize(
    "text",
    [
        "0a1b.png,cat\n2c3d.png,dog\n4e5f.png,cat\n",
        "0a1b,cat\n2c3d,dog\n4e5f,cat\n",
        "cat,./0a1b\ndog,./2c3d\ncat,./4e5f\n",
    ],
    ids=["file names", "ids", "labels first"],
)
def test_file_without_a_header(text, folder, write_csv):
    """A first line that is data is not swallowed: the message says what to pass."""
    save_all(folder, ["0a1b.png", "2c3d.png", "4e5f.png"])
    message = r"looks like data(.|\n)*csv_options=\{\"header\": None\}"
    with pytest.raises(ValueError, match=message):
        open_dataset(folder, write_csv(text), image_column=None)


def test_header_of_numbers(images, write_csv):
    """The header `0,1` that pandas writes for nameless columns is no data."""
    csv = write_csv("0,1\n0.png,a\n1.png,b\n")

    assert paired(open_dataset(images, csv, image_column=None)) == [
        (0, "a"),
        (1, "b"),
    ]


def test_lists_in_the_cells_of_a_frame(images):
    """A cell that is a list says how to join it."""
    csv = frame(["0.png"], [["a", "b"]])
    message = r"row 0: column 'label' contains \['a', 'b'\](.|\n)*str\.join\(\"\|\"\)"
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, **MULTI_HOT)


def test_lost_zeros_are_told(folder):
    """Ids that pandas read as numbers get the advice to read them as text."""
    save_all(folder, ["0001.png", "0002.png"])
    frame = pd.DataFrame({"id": [1, 2], "label": ["x", "y"]})
    with pytest.raises(ValueError, match=r"leading zeros .*dtype=\{'id': str\}"):
        image_dataset_from_csv(folder, frame)


def test_a_column_of_flags_is_no_column_of_classes(folder):
    """One 0/1 column given as text is not taken for the classes 0 and 1."""
    save_all(folder, ["a.png", "b.png"])
    frame = pd.DataFrame({"image": ["a.png", "b.png"], "Edema": [0, 1]})
    with pytest.raises(
        ValueError, match=r"contains only 0 and 1.*label_column=\['Edema'"
    ):
        image_dataset_from_csv(
            folder, frame, label_mode="multi_hot", label_column="Edema"
        )
    dataset = image_dataset_from_csv(
        folder, frame, label_mode="multi_hot", label_column=["Edema"], shuffle=False
    )
    assert dataset.class_names == ["Edema"]
    assert dataset.labels.tolist() == [[0.0], [1.0]]


def test_a_separator_that_stands_in_no_cell_is_refused(folder):
    """Labels that are joined by something else than the separator are not classes."""
    save_all(folder, ["a.png", "b.png", "c.png"])
    frame = pd.DataFrame(
        {"image": ["a.png", "b.png", "c.png"], "label": ["rust", "rust scab", "scab"]}
    )
    with pytest.raises(ValueError, match=r"row 1: 'rust scab' .* Did you mean ' '\?"):
        image_dataset_from_csv(
            folder, frame, label_mode="multi_hot", label_separator=","
        )


def test_joined_labels_are_told_in_single_label_modes(folder, capsys):
    """A class that joins two others is kept, but said to look like several labels."""
    save_all(folder, ["a.png", "b.png", "c.png"])
    frame = pd.DataFrame(
        {"image": ["a.png", "b.png", "c.png"], "label": ["rust", "rust scab", "scab"]}
    )
    assert len(image_dataset_from_csv(folder, frame).class_names) == 3
    assert "'rust scab' looks like several labels" in capsys.readouterr().out


def test_a_true_for_training_is_not_taken_for_validation(folder):
    """A column `is_train` of 0 and 1 is refused: true would mean validation."""
    save_all(folder, ["a.png", "b.png"])
    frame = pd.DataFrame(
        {"image": ["a.png", "b.png"], "label": ["x", "y"], "is_train": [1, 0]}
    )
    with pytest.raises(ValueError, match="'is_train' seems to be true for training"):
        image_dataset_from_csv(
            folder, frame, split_column="is_train", subset="both", label_column="label"
        )
