"""Invalid arguments raise an error before any file is read."""

import io
import os
import pydoc
import re
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from images import save_all
from keras_csv_dataset import image_dataset_from_csv
from keras_csv_dataset._arguments import (
    CacheDtype,
    ColorMode,
    CorruptImages,
    DataFormat,
    Format,
    Interpolation,
    LabelMode,
    MissingImages,
    MissingLabels,
)

# Neither exists, so a call that looks for them raises a `FileNotFoundError`.
NO_FOLDER, NO_CSV = "no/such/folder", "no/such/labels.csv"
SPLIT = {"validation_split": 0.2, "subset": "both", "seed": 1}


def call(directory=NO_FOLDER, csv=NO_CSV, **arguments):
    """Calls the function with a folder and a CSV that do not exist."""
    return image_dataset_from_csv(directory, csv, **arguments)


def refused(argument: str, rule: str, **received):
    """A pattern for messages of the form "`argument` must be …. Received: …"."""
    values = ", ".join(f"{name}={value!r}" for name, value in received.items())
    return rf"(?s)^`{re.escape(argument)}` {rule}.*Received: {re.escape(values)}"


def test_help_shows_types_by_their_names():
    """`help` shows short names of types, and lists the choices in the text."""
    text = pydoc.plain(pydoc.render_doc(image_dataset_from_csv))
    signature, _, docstring = text.partition("Generates a dataset")
    assert (
        "label_mode: 'LabelMode | Mapping[str, LabelMode] | None' = 'int'" in signature
    )
    assert "directory: 'FilePath | None'" in signature
    assert not re.search(r"collections\.abc|typing\.|Union\[", signature)
    assert '`"multi_hot"`' in docstring


@pytest.mark.parametrize(
    ("argument", "choices"),
    [
        ("cache_dtype", CacheDtype),
        ("color_mode", ColorMode),
        ("data_format", DataFormat),
        pytest.param("format", Format, marks=pytest.mark.grain),
        ("interpolation", Interpolation),
        ("label_mode", LabelMode),
        ("missing_images", MissingImages),
        ("missing_labels", MissingLabels),
        ("corrupt_images", CorruptImages),
    ],
)
def test_the_type_of_an_argument_lists_what_it_accepts(argument, choices):
    """An argument accepts the strings in its type, and no other string."""
    for choice in get_args(choices):
        mode = {"label_mode": "multi_hot"} if choice == "empty" else {}
        mode |= {"label_column": "y"} if choice in ("mask", "image") else {}
        mode |= {"cache": True} if choice == "uint8" else {}
        with pytest.raises(FileNotFoundError, match="no/such"):
            call(**{**mode, argument: choice})
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        call(**{argument: "something else"})


# One argument at a time


REFUSED = [
    ("label_mode", "must be 'int', 'categorical'", ["ints", "", 3, True, [], {}]),
    ("color_mode", "must be 'rgb', 'rgba' or 'grayscale'", ["RGB", "bgr", 3, None]),
    ("interpolation", "must be 'bilinear', 'nearest', ", ["linear", "", 1, None]),
    ("data_format", "must be 'channels_last' or 'channels_first'", ["channels", 3]),
    ("cache_dtype", "must be 'float32' or 'uint8'", ["int8", "", 8, True, None]),
    ("format", "must be 'tf' or 'grain'", ["torch", "", None]),
    ("batch_size", "must be a whole number from 1 on", [0, -1, 2.5, "8", True]),
    (
        "image_size",
        r"must be a tuple of 2 whole numbers, \(height, width\)",
        [(8,), (8, 8, 3), (), "8", 8.5, (8.0, 8), 0, (8, -1), None, True],
    ),
    ("seed", "must be a whole number from 0 ", [-1, 1.5, "a", True, 2**32]),
    ("csv", "must be the path of a CSV file or", [3, None, ["a.csv"], b"a.csv"]),
    ("directory", "must be the path of a folder, or", [3, ["images"], b"images"]),
    ("csv_options", "must be a dictionary of keywords", [3, "sep", [("sep", ";")]]),
    *[
        (flag, "must be True or False", ["no", 1, None])
        for flag in (
            "shuffle",
            "verbose",
            "follow_links",
            "crop_to_aspect_ratio",
            "pad_to_aspect_ratio",
            "exif_orientation",
            "scaled_decoding",
        )
    ],
    ("missing_images", "must be 'error', 'skip' or 'unchecked'", ["no", None, True]),
    ("missing_labels", "must be 'error', 'skip' or 'empty'", ["no", None, True]),
    ("label_column", "must be the name of a column or a list of names", [[], ()]),
    (
        "stratify",
        "must be True, False, the name of a column, or a list of names",
        [None, [], [None]],
    ),
    (
        "class_names",
        "must be a list of the classes in the order of their indices",
        ["ab", 3, np.int64(3), {"a"}, {"a": 0, "b": 1}],
    ),
    (
        "class_names",
        "must name every class once",
        [[], ["a", "a"], ["a", " a"], [1, "1"], ["a", ""], ["a", None], ["a", np.nan]],
    ),
]


@pytest.mark.parametrize(
    ("argument", "rule", "value"),
    [
        pytest.param(argument, rule, value, id=f"{argument}={value!r}")
        for argument, rule, values in REFUSED
        for value in values
    ],
)
def test_values_that_are_not_offered(argument, rule, value):
    """An invalid value raises an error that states the rule and the value."""
    with pytest.raises(ValueError, match=refused(argument, rule, **{argument: value})):
        call(**{argument: value})


def test_the_modes_of_several_outputs():
    """An invalid mode in a dictionary raises an error that names its output."""
    match = r"`label_mode\['age'\]` must be .*Received: label_mode\['age'\]='float'"
    with pytest.raises(ValueError, match=match):
        call(label_mode={"species": "int", "age": "float"})


def test_outputs_are_named_by_text():
    """The keys of `label_mode` must be names of columns; a number raises an error."""
    with pytest.raises(ValueError, match="`label_mode` must have names of columns"):
        call(label_mode={1: "int"})


@pytest.mark.parametrize("columns", [[], ["a", "a"], ["a", None], ["a", "b/c", "b_c"]])
@pytest.mark.parametrize("argument", ["image_column", "input_columns"])
def test_a_list_of_columns_with_one_input_each(argument, columns):
    """Every input of the model needs one column and a name of its own."""
    rule = "must be a list of the names of columns, each once and each with another"
    with pytest.raises(
        ValueError, match=refused(argument, rule, **{argument: columns})
    ):
        call(**{argument: columns})


@pytest.mark.parametrize("columns", [{"a": "b"}, [["a"]], [{}]], ids=repr)
@pytest.mark.parametrize("argument", ["image_column", "input_columns"])
def test_a_column_that_cannot_have_a_name(argument, columns):
    """Neither a dictionary nor a list in a list is the name of a column."""
    match = f"`{argument}` must be the name of a column. Received: "
    with pytest.raises(ValueError, match=match):
        call(**{argument: columns})


def test_an_open_file_is_no_path():
    """An open file as `csv` raises an error that lists what `csv` can be."""
    match = "`csv` must be the path of a CSV file or a pandas DataFrame.*StringIO"
    with pytest.raises(ValueError, match=match):
        call(csv=io.StringIO("image,label\n"))


def test_no_csv_at_all(folder):
    """The error says how images without a CSV are read, and that works."""
    save_all(folder, ["a.png", "b.png"])
    with pytest.raises(ValueError, match=r"`csv` must be.*label_mode=None") as error:
        call(csv=None)
    advised = re.search(r"csv=(pandas\.DataFrame\(.+\}\))", str(error.value))[1]
    names = {"pandas": pd, "os": os, "directory": folder}
    table = eval(advised, names)
    dataset = call(directory=folder, csv=table, label_mode=None, shuffle=False)
    assert sorted(Path(path).name for path in dataset.file_paths) == ["a.png", "b.png"]


def test_a_series_is_no_table():
    """A pandas Series as `csv` raises an error."""
    with pytest.raises(
        ValueError, match=r"(?s)`csv` must be .*DataFrame.*of type Series"
    ):
        call(csv=pd.Series([1], name="label"))


def test_shuffle_buffer_size_has_no_meaning_with_grain():
    """`shuffle_buffer_size` raises an error with `format="grain"`."""
    message = refused("shuffle_buffer_size", "must be left out", shuffle_buffer_size=99)
    with pytest.raises(ValueError, match=message):
        call(format="grain", shuffle_buffer_size=99)


@pytest.mark.parametrize("cache", [None, False])
def test_cache_dtype_has_no_meaning_without_a_cache(cache):
    """`cache_dtype="uint8"` raises an error if nothing is cached."""
    received = {"cache_dtype": "uint8", "cache": cache}
    message = refused("cache_dtype", "must be left out without `cache`", **received)
    with pytest.raises(ValueError, match=message):
        call(**received)


def test_crop_together_with_pad():
    """`crop_to_aspect_ratio` and `pad_to_aspect_ratio` together raise an error."""
    both = {"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}
    match = (
        "`crop_to_aspect_ratio` and `pad_to_aspect_ratio` can be True. Received: "
        "crop_to_aspect_ratio=True, pad_to_aspect_ratio=True"
    )
    with pytest.raises(ValueError, match=match):
        call(**both)


# Splits


@pytest.mark.parametrize("share", [1.5, 1, -0.2, True, float("nan"), "0.2"])
def test_a_validation_split_outside_0_and_1(share):
    """`validation_split` must be between 0 and 1."""
    rule = "must be between 0 and 1"
    match = refused("validation_split", rule, validation_split=share)
    with pytest.raises(ValueError, match=match):
        call(**{**SPLIT, "validation_split": share})


@pytest.mark.parametrize("subset", ["tests", "Training", "", 1])
def test_a_subset_that_does_not_exist(subset):
    """`subset` must be a name of a subset, "both" or "all"."""
    rule = "must be .training., .validation., .test., .both., .all. or None"
    with pytest.raises(ValueError, match=refused("subset", rule, subset=subset)):
        call(**{**SPLIT, "subset": subset})


@pytest.mark.parametrize(
    ("share", "subset"),
    [(None, "training"), (None, "both"), (0, "validation")],
)
def test_a_split_without_a_subset_or_the_reverse(share, subset):
    """`validation_split` and `subset` must be set together."""
    match = (
        "`subset` must be left out unless `validation_split`, `test_split`, "
        f"`num_folds` or `split_column` is set. Received: subset={subset!r}$"
    )
    with pytest.raises(ValueError, match=match):
        call(validation_split=share, subset=subset)


def test_a_split_without_a_subset():
    """A split without `subset` raises an error that says how to split."""
    match = r"^`subset` must be set .*Received: subset=None, validation_split=0\.2$"
    with pytest.raises(ValueError, match=match):
        call(validation_split=0.2)


def test_a_shuffled_split_without_a_seed():
    """A shuffled split without a seed raises an error, because calls would overlap."""
    match = refused("seed", "must be set when shuffled images are split", seed=None)
    with pytest.raises(ValueError, match=match):
        call(validation_split=0.2, subset="training")


# Labels: combinations


@pytest.mark.parametrize(
    ("argument", "value"),
    [("label_column", "label"), ("class_names", ["a"]), ("weight_column", "weight")],
)
def test_label_arguments_without_labels(argument, value):
    """Arguments about labels raise an error with `label_mode=None`."""
    rule = "must be left out when `label_mode` is None"
    with pytest.raises(ValueError, match=refused(argument, rule, **{argument: value})):
        call(label_mode=None, **{argument: value})


@pytest.mark.parametrize(
    "mode", ["int", "categorical", "binary", "raw", None, {"a": "int"}]
)
def test_a_separator_without_multi_hot(mode):
    """`label_separator` raises an error in modes other than `"multi_hot"`."""
    match = (
        '`label_separator` is only valid with `label_mode="multi_hot"`. Received: '
        + re.escape(f"label_separator='|', label_mode={mode!r}")
    )
    with pytest.raises(ValueError, match=match):
        call(label_separator="|", label_mode=mode)


@pytest.mark.parametrize("separator", ["", 3, ["|"]])
def test_a_separator_that_is_no_text(separator):
    """`label_separator` must be a string of at least one character."""
    match = refused("label_separator", "must be text", label_separator=separator)
    with pytest.raises(ValueError, match=match):
        call(label_separator=separator, label_mode="multi_hot")


def test_a_separator_for_several_columns():
    """`label_separator` raises an error if every class has its own column."""
    columns = ["cat", "dog"]
    received = {"label_separator": "|", "label_column": columns}
    match = refused("label_separator", "must be left out when", **received)
    with pytest.raises(ValueError, match=match):
        call(label_mode="multi_hot", **received)


@pytest.mark.parametrize(
    "received", ["species", ["species"], {"breed": "species"}], ids=repr
)
def test_a_label_column_beside_a_dictionary_of_modes(received):
    """`label_column` must then be a dictionary with some of the same keys."""
    rule = "must be a dictionary from outputs to columns when `label_mode` is"
    match = refused("label_column", rule, label_column=received)
    with pytest.raises(ValueError, match=match):
        call(label_mode={"species": "int"}, label_column=received)


def test_a_dictionary_of_label_columns_beside_one_mode():
    """`label_column` must not be a dictionary unless `label_mode` is one."""
    columns = {"box": ["x", "y"]}
    rule = "must be a column or a list of columns unless `label_mode` is a dictionary"
    match = refused("label_column", rule, label_column=columns)
    with pytest.raises(ValueError, match=match):
        call(label_mode="raw", label_column=columns)


@pytest.mark.parametrize(
    "mode", ["int", "categorical", "binary", "raw", None, {"a": "int"}]
)
def test_an_empty_label_without_multi_hot(mode):
    """`missing_labels="empty"` raises an error in modes other than `"multi_hot"`."""
    match = (
        '`missing_labels="empty"` is only valid with `label_mode="multi_hot"`.*'
        "Received: " + re.escape(f"label_mode={mode!r}")
    )
    with pytest.raises(ValueError, match=match):
        call(missing_labels="empty", label_mode=mode)


@pytest.mark.parametrize(
    "arguments",
    [
        {"label_mode": "raw", "class_names": ["a", "b"]},
        {"label_mode": {"age": "raw"}, "class_names": {"age": ["a", "b"]}},
    ],
    ids=["one output", "several outputs"],
)
def test_class_names_for_numbers(arguments):
    """`class_names` raises an error for numbers, which have no classes."""
    names = arguments["class_names"]
    rule = "must be left out if there are no classes"
    with pytest.raises(
        ValueError, match=refused("class_names", rule, class_names=names)
    ):
        call(**arguments)


def test_one_list_of_class_names_for_several_outputs():
    """With several outputs, `class_names` must be a dictionary."""
    names = ["a", "b"]
    rule = "must be a dictionary from outputs to lists"
    with pytest.raises(
        ValueError, match=refused("class_names", rule, class_names=names)
    ):
        call(label_mode={"species": "int"}, class_names=names)


def test_class_names_of_an_unknown_output():
    """An unknown output in `class_names` raises an error that names it."""
    names = {"specis": ["a", "b"]}
    match = refused("class_names", ".*'species'", class_names=names)
    with pytest.raises(ValueError, match=match):
        call(label_mode={"species": "int"}, class_names=names)


def test_class_names_of_several_outputs_name_each_class_once():
    """With several outputs, each list in `class_names` must name every class once."""
    names = {"species": ["a", "a"]}
    rule = "must name every class once"
    with pytest.raises(
        ValueError, match=refused("class_names", rule, class_names=names)
    ):
        call(label_mode={"species": "int"}, class_names=names)


@pytest.mark.parametrize("names", [["a"], ["a", "b", "c"]])
def test_class_names_other_than_two_for_binary(names):
    """With `"binary"`, `class_names` must have two classes."""
    with pytest.raises(ValueError, match='"binary"` needs exactly 2 classes'):
        call(label_mode="binary", class_names=names)


@pytest.mark.parametrize(
    "arguments",
    [
        {"image_column": "a", "label_column": "a"},
        {"image_column": "a", "label_column": ["b", "a"]},
        {"image_column": "a", "label_mode": {"a": "int"}},
        {"image_column": "a", "weight_column": "a"},
        {"label_column": "a", "weight_column": "a"},
        {"label_column": ["a", "b", "a"]},
    ],
    ids=str,
)
def test_one_column_with_two_roles(arguments):
    """A column with two roles raises an error before the CSV is read."""
    with pytest.raises(ValueError, match=r"must not .*'a'"):
        call(**arguments)


# Valid arguments


@pytest.mark.parametrize(
    "arguments",
    [
        {"image_size": 8},
        {"image_size": [8, 8]},
        {"image_size": np.int64(8)},
        {"interpolation": "BILINEAR"},
        {"batch_size": None},
        {"batch_size": np.int64(8)},
        {"seed": np.int64(3)},
        {"seed": 2**32 - 1},
        {"validation_split": 0},
        {"validation_split": 0.0},
        {**SPLIT, "validation_split": np.float32(0.2)},
        {**SPLIT, "seed": None, "shuffle": False},
        {"label_mode": None, "missing_images": "skip"},
        {"label_mode": "multi_hot", "label_separator": " ", "missing_labels": "empty"},
        {"label_mode": "multi_hot", "label_separator": "|", "label_column": ["tags"]},
        {"label_mode": {"a": "multi_hot", "b": "raw"}, "label_separator": " "},
        {"csv_options": {}},
        {"class_names": ("a", "b"), "label_mode": "binary"},
    ],
    ids=str,
)
def test_good_arguments_lead_to_the_files(arguments):
    """Valid arguments pass the checks, so that only the missing CSV raises an error."""
    with pytest.raises(FileNotFoundError, match=re.escape(NO_CSV)):
        call(**arguments)


def test_a_split_of_0_yields_all_images(folder, write_csv):
    """`validation_split=0` yields all images, as in Keras."""
    save_all(folder, ["a.png", "b.png"])
    path = write_csv("image,label\na,x\nb,y\n")
    dataset = call(folder, path, validation_split=0, image_size=8, verbose=False)
    assert sorted(dataset.labels) == [0, 1]


@pytest.mark.parametrize("size", [0, -1, 2.5, "8", True])
def test_a_shuffle_buffer_that_holds_nothing(size):
    """`shuffle_buffer_size` must be a whole number of at least one image."""
    with pytest.raises(ValueError, match=f"shuffle_buffer_size.*Received: .*={size!r}"):
        call(shuffle_buffer_size=size)
