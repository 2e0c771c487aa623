"""Common mistakes, each with an error that gives the fix."""

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
    """A folder of images `0.png`, `1.png`, …; each colour encodes the number."""
    folder = tmp_path_factory.mktemp("images")
    save_all(folder, [f"{number}.png" for number in range(ROWS)])
    return folder


@pytest.mark.parametrize("mode", ["int", "categorical", "multi_hot"])
def test_flags_of_minus_one(mode, images):
    """The error for a −1 in 0/1 columns suggests `replace`."""
    csv = frame(["0.png", "1.png"], [1, 0], other=[0, -1])
    message = r"row 1: column 'other' contains '-1'\n.* 0 or 1\. First map .*replace"
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, label_mode=mode, label_column=["label", "other"])


@pytest.mark.parametrize("mode", ["int", "categorical", "multi_hot"])
def test_flags_of_blanks(mode, images):
    """The error for a blank in 0/1 columns suggests `fillna(0)`."""
    csv = frame(["0.png", "1.png"], [1, 0], other=[0, None])
    message = r"row 1: column 'other' is blank(.|\n)*map it .*fillna\(0\)"
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, label_mode=mode, label_column=["label", "other"])


@pytest.mark.parametrize("separator", [",", "|", " ", ";"])
def test_multi_hot_without_separator(separator, images):
    """The error for values that look like several labels suggests the separator."""
    csv = frame(["0.png", "1.png"], [f"cat{separator}dog", "cat"])
    message = (
        rf"row 0: 'cat\{separator}dog' looks like several labels\. "
        rf"Pass label_separator='\{separator}'"
    )
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, label_mode="multi_hot")


def test_multi_hot_with_comma_and_blank(images):
    """The error for `cat, dog` suggests the comma as the separator, not the space."""
    csv = frame(["0.png", "1.png"], ["cat, dog", "cat"])
    with pytest.raises(ValueError, match="Pass label_separator=','"):
        open_dataset(images, csv, label_mode="multi_hot")


def test_blanks_within_labels_of_the_long_form(images):
    """In long form, a label may contain spaces."""
    csv = frame(["0.png", "1.png", "1.png"], ["No finding", "Nodule/Mass", "Oedema"])
    dataset = open_dataset(images, csv, label_mode="multi_hot")

    assert dataset.class_names == ["No finding", "Nodule/Mass", "Oedema"]


@pytest.mark.parametrize("mode", ["int", "categorical", "binary", "raw"])
def test_separator_in_another_mode(mode, images):
    """`label_separator` raises an error in modes other than `"multi_hot"`."""
    message = '`label_separator` is only valid with `label_mode="multi_hot"`'
    with pytest.raises(ValueError, match=message):
        open_dataset(
            images, frame(["0.png"], "a"), label_mode=mode, label_separator=" "
        )


def test_separator_in_a_dictionary_without_multi_hot(images):
    """`label_separator` raises an error if no output is `"multi_hot"`."""
    message = '`label_separator` is only valid with `label_mode="multi_hot"`'
    with pytest.raises(ValueError, match=message):
        open_dataset(
            *(images, frame(["0.png"], "a")),
            label_mode={"label": "int"},
            label_separator=" ",
        )


def test_separator_without_labels(images):
    """`label_separator` raises an error with `label_mode=None`."""
    with pytest.raises(ValueError, match=r"`label_separator` .*: .*None"):
        open_dataset(
            images, frame(["0.png"], "a"), label_mode=None, label_separator=" "
        )


@pytest.mark.parametrize("separator", ["", 5, ["|"]])
def test_separator_that_is_no_text(separator, images):
    """`label_separator` must be a string of at least one character."""
    with pytest.raises(ValueError, match="`label_separator` must be text"):
        open_dataset(
            *(images, frame(["0.png"], "a")),
            **{**MULTI_HOT, "label_separator": separator},
        )


def test_separator_with_several_columns(images):
    """`label_separator` raises an error with 0/1 columns."""
    with pytest.raises(ValueError, match="`label_separator` must be left out when"):
        open_dataset(
            *(images, frame(["0.png"], [1], b=[0])),
            **{**MULTI_HOT, "label_column": ["label", "b"]},
        )


@pytest.mark.parametrize(
    ("argument", "value"), [("label_column", "label"), ("class_names", ["a"])]
)
def test_labels_given_but_not_wanted(argument, value, images):
    """`label_column` and `class_names` raise an error with `label_mode=None`."""
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
    """The image column as label column raises an error."""
    with pytest.raises(ValueError, match=r"`image_column` .*'image' for both"):
        open_dataset(images, frame(["0.png"], "a"), **call)


def test_image_column_as_label_when_it_is_left_open(images):
    """The image column as label column raises an error without `image_column`, too."""
    csv = frame(["0.png", "1.png"], "ab")
    with pytest.raises(ValueError, match=r"names? image files(.|\n)*'image'"):
        open_dataset(images, csv, image_column=None, label_column="image")


def test_dictionary_with_an_unknown_column(images):
    """A mode for an unknown column raises an error that lists the columns."""
    csv = frame(["0.png"], "a", species=["cat"])
    message = r"`label_mode` .*'image', 'label', 'species'.*Did you mean 'species'\?"
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, label_mode={"label": "int", "specis": "int"})


def test_dictionary_with_an_unknown_mode(images):
    """An unknown mode of an output raises an error that lists the modes."""
    with pytest.raises(ValueError, match=r"`label_mode\['label'\]` must be 'int', "):
        open_dataset(images, frame(["0.png"], "a"), label_mode={"label": "onehot"})


@pytest.mark.parametrize(
    ("label_mode", "meant"),
    [
        *(("sparse", "int"), ("regression", "raw"), ("one_hot", "categorical")),
        *(("multilabel", "multi_hot"), ("categorial", "categorical")),
    ],
)
def test_modes_of_other_libraries(label_mode, meant, images):
    """What other libraries call a mode raises an error that suggests ours."""
    match = rf"`label_mode` must be .*{label_mode}.*\. Did you mean '{meant}'\?$"
    with pytest.raises(ValueError, match=match):
        open_dataset(images, frame(["0.png"], "a"), label_mode=label_mode)


def test_empty_dictionary(images):
    """An empty `label_mode` raises an error that suggests None."""
    with pytest.raises(ValueError, match="None for images alone"):
        open_dataset(images, frame(["0.png"], "a"), label_mode={})


def test_dictionary_and_a_label_column_that_is_none(images):
    """The error for one `label_column` and several outputs names the outputs."""
    message = "`label_column` must be a dictionary from outputs to columns.*'label'"
    with pytest.raises(ValueError, match=message):
        open_dataset(
            *(images, frame(["0.png"], "a")),
            label_mode={"label": "int"},
            label_column="label",
        )


def test_dictionary_of_label_columns_without_one_of_modes(images):
    """The error for a `label_column` by output suggests a `label_mode` that works."""
    csv = frame(["0.png"], "a", x=[1], y=[2])
    columns = {"point": ["x", "y"]}
    message = r"pass the mode of each, as in label_mode=\{'point': 'raw'\}\."
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, label_mode="raw", label_column=columns)
    dataset = open_dataset(
        images, csv, label_mode={"point": "raw"}, label_column=columns
    )
    assert dataset.labels["point"].tolist() == [[1, 2]]


def test_several_outputs_with_multi_hot_and_no_separator(images):
    """A `"multi_hot"` column of texts among several outputs needs a separator."""
    modes = {"label": "multi_hot", "age": "raw"}
    csv = frame(["0.png", "1.png"], ["a", "b"], age=[1, 2])
    with pytest.raises(ValueError, match="`label_separator` must be set"):
        open_dataset(images, csv, label_mode=modes)
    dataset = open_dataset(images, csv, label_mode=modes, label_separator=" ")
    assert dataset.class_names["label"] == ["a", "b"]


@pytest.mark.parametrize("labels", [["['a', 'b']", "['b']"], ["b", "a"]], ids=str)
def test_multi_hot_in_a_dictionary_without_a_separator(images, labels):
    """Lists need no separator, and neither does the only output."""
    csv = frame(["0.png", "1.png"], labels)
    dataset = open_dataset(images, csv, label_mode={"label": "multi_hot"})
    assert dataset.class_names == {"label": ["a", "b"]}


@pytest.mark.parametrize(
    ("mode", "names"),
    [("raw", ["1"]), ({"label": "raw"}, {"label": ["1"]})],
    ids=repr,
)
def test_class_names_of_numbers(mode, names, images):
    """`class_names` raises an error with `label_mode="raw"`."""
    with pytest.raises(ValueError, match=r'`class_names` .*`label_mode="raw"`'):
        open_dataset(images, frame(["0.png"], [1]), label_mode=mode, class_names=names)


def test_class_names_as_a_list_for_a_dictionary(images):
    """A list as `class_names` raises an error if `label_mode` is a dictionary."""
    with pytest.raises(ValueError, match="`class_names` must be a dictionary"):
        open_dataset(
            *(images, frame(["0.png"], "a")),
            label_mode={"label": "int"},
            class_names=["a"],
        )


def test_labels_in_one_column_given_as_flags(images):
    """The error for texts in 0/1 columns suggests a single label column."""
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
    """A first line of data raises an error that suggests `header`."""
    save_all(folder, ["0a1b.png", "2c3d.png", "4e5f.png"])
    message = r"looks like data(.|\n)*csv_options=\{\"header\": None\}"
    with pytest.raises(ValueError, match=message):
        open_dataset(folder, write_csv(text), image_column=None)


def test_header_of_numbers(images, write_csv):
    """The header `0,1`, which pandas writes for unnamed columns, is accepted."""
    csv = write_csv("0,1\n0.png,a\n1.png,b\n")

    assert paired(open_dataset(images, csv, image_column=None)) == [
        (0, "a"),
        (1, "b"),
    ]


def test_lists_in_the_cells_of_a_frame(images):
    """Lists in cells need no separator, and the error says so."""
    csv = frame(["0.png"], [["a", "b"]])
    message = r"`label_separator` must be left out if every cell is a list"
    with pytest.raises(ValueError, match=message):
        open_dataset(images, csv, **MULTI_HOT)


def test_lost_zeros_are_reported(folder):
    """The error for ids without their leading zeros suggests `dtype`."""
    save_all(folder, ["0001.png", "0002.png"])
    frame = pd.DataFrame({"id": [1, 2], "label": ["x", "y"]})
    with pytest.raises(ValueError, match=r"leading zeros .*dtype=\{'id': str\}"):
        image_dataset_from_csv(folder, frame)


def test_a_column_of_flags_is_no_column_of_classes(folder):
    """A single 0/1 column raises an error that suggests a list as `label_column`."""
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
    """A separator that no cell contains raises an error that suggests another one."""
    save_all(folder, ["a.png", "b.png", "c.png"])
    frame = pd.DataFrame(
        {"image": ["a.png", "b.png", "c.png"], "label": ["rust", "rust scab", "scab"]}
    )
    with pytest.raises(ValueError, match=r"row 1: 'rust scab' .* Did you mean ' '\?"):
        image_dataset_from_csv(
            folder, frame, label_mode="multi_hot", label_separator=","
        )


def test_joined_labels_are_reported_in_single_label_modes(folder, capsys):
    """A class that looks like several labels is kept, with a message."""
    save_all(folder, ["a.png", "b.png", "c.png"])
    frame = pd.DataFrame(
        {"image": ["a.png", "b.png", "c.png"], "label": ["rust", "rust scab", "scab"]}
    )
    assert len(image_dataset_from_csv(folder, frame).class_names) == 3
    assert "'rust scab' looks like several labels" in capsys.readouterr().out


def test_a_column_that_is_true_for_training_is_refused(folder):
    """A column `is_train` of 0/1 raises an error, because 1 would mean validation."""
    save_all(folder, ["a.png", "b.png"])
    frame = pd.DataFrame(
        {"image": ["a.png", "b.png"], "label": ["x", "y"], "is_train": [1, 0]}
    )
    with pytest.raises(ValueError, match="'is_train' seems to be true for training"):
        image_dataset_from_csv(
            folder, frame, split_column="is_train", subset="both", label_column="label"
        )
