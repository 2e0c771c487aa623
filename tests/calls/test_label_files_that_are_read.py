"""What is read from a label file: its cells, its labels and its columns."""

import bz2
import csv
import gzip
import io
import lzma
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from images import NAMES, load, numbers_and_labels, save, save_all
from in_each_format import image_dataset_from_csv

pytestmark = pytest.mark.usefixtures("each_format")


def read(directory, csv, **arguments):
    """The number of every image that is yielded, with its label as text."""
    dataset = load(directory, csv, **arguments)
    return [(n, dataset.class_names[y]) for n, y in numbers_and_labels(dataset)]


def table(labels, sep: str = ",") -> str:
    """A CSV that gives the images `a`, `b`, … these labels."""
    rows = [
        f"{image}{sep}{label}\n" for image, label in zip(NAMES, labels, strict=False)
    ]
    return f"image{sep}label\n" + "".join(rows)


def frame(labels) -> pd.DataFrame:
    """A DataFrame that gives the images `a`, `b`, … these labels."""
    return pd.DataFrame({"image": list(NAMES[: len(labels)]), "label": labels})


# Cells


@pytest.mark.parametrize(
    "label",
    ["00642", "1.10", "1.0", "NA", "N/A", "None", "null", "nan", "NaN", "TRUE", "1e5"],
)
def test_text_stays_as_it_is_written(images, write_csv, label):
    """A label that looks like a number or a missing value stays what it is."""
    labels = [label, "other"]
    assert read(images, write_csv(table(labels))) == list(enumerate(labels))


def test_versions_are_different_classes_among_words(images, write_csv):
    """`1.1` and `1.10` are two labels if not all labels are numbers."""
    dataset = load(images, write_csv(table(["1.1", "1.10", "1.1", "beta"])))
    assert dataset.class_names == ["1.1", "1.10", "beta"]


def test_an_image_name_keeps_its_leading_zeros(folder, write_csv):
    """`00642` finds `00642.png`, not `642.png`."""
    save_all(folder, ["642.png", "00642.png"])
    path = write_csv("image,label\n00642,cat\n642,dog\n")
    assert read(folder, path) == [(1, "cat"), (0, "dog")]


def test_blanks_around_headers_and_values_are_stripped(images, write_csv):
    """Spaces, tabs and no-break spaces beside the separators mean nothing."""
    path = write_csv(" image , label\t\n a , cat\nb\t,dog \nc,\u00a0cat\n")
    arguments = {"image_column": "image", "label_column": "label"}
    expected = [(0, "cat"), (1, "dog"), (2, "cat")]
    assert read(images, path, **arguments) == expected


def test_a_column_may_be_named_with_its_blanks(images, write_csv):
    """A column name copied from the header with its blanks finds the column."""
    path = write_csv("image, label, note\na,cat,x\n")
    assert read(images, path, label_column=" label") == [(0, "cat")]


def test_line_breaks_and_separators_in_quotes_belong_to_the_cell(images, write_csv):
    """A quoted cell may hold line breaks, separators and doubled quotation marks."""
    path = write_csv('image,label\na,"big\ncat"\nb,"x, ""y"""\nc,"one\r\ntwo"\n')
    expected = [(0, "big\ncat"), (1, 'x, "y"'), (2, "one\r\ntwo")]
    assert read(images, path) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(images, write_csv, end):
    """Files from Unix, Windows and old Macintosh programs read alike."""
    path = write_csv(table(["cat", "dog"]).replace("\n", end))
    assert read(images, path) == [(0, "cat"), (1, "dog")]


def test_blank_lines_are_passed_over(images, write_csv):
    """Empty lines and lines of blanks are not rows."""
    path = write_csv("\nimage,label\n\na,cat\n   \nb,dog\n\n\n")
    assert read(images, path) == [(0, "cat"), (1, "dog")]


# Encodings, compression and kinds of paths


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_and_without_a_byte_order_mark(images, write_csv, encoding):
    """The mark that Excel writes is part of no column name."""
    path = write_csv(table(["Käfer", "犬"]), encoding=encoding)
    arguments = {"image_column": "image", "label_column": "label"}
    assert read(images, path, **arguments) == [(0, "Käfer"), (1, "犬")]


def test_a_byte_order_mark_may_stand_before_a_quoted_header(images, write_csv):
    """The first column keeps its name where its header is in quotation marks."""
    path = write_csv('"image";"label"\na;cat\n', encoding="utf-8-sig")
    arguments = {"image_column": "image", "label_column": "label"}
    assert read(images, path, **arguments) == [(0, "cat")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252", "latin-1"])
def test_another_encoding_can_be_named(images, write_csv, encoding):
    """`csv_options` names an encoding, and the separator is found all the same."""
    path = write_csv(table(["Käfer", "café"], sep=";"), encoding=encoding)
    options = {"encoding": encoding}
    assert read(images, path, csv_options=options) == [(0, "Käfer"), (1, "café")]


def _zip(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("labels.csv", data)
    return packed.getvalue()


PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zip": _zip}


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_compressed_file_is_unpacked(images, tmp_path, suffix):
    """The suffix says how the file is compressed."""
    path = tmp_path / f"labels.csv.{suffix}"
    path.write_bytes(PACKERS[suffix](table(["cat", "dog"], sep=";").encode()))
    assert read(images, path) == [(0, "cat"), (1, "dog")]


@pytest.mark.parametrize("kind", [str, Path])
def test_paths_may_be_text_or_path_objects(images, write_csv, kind):
    """Both `directory` and `csv` are taken as `str` and as `Path`."""
    path = write_csv(table(["cat", "dog"]))
    assert read(kind(images), kind(path)) == [(0, "cat"), (1, "dog")]


# DataFrames


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([3, 10], ["3", "10"]),
        (np.array([3, 10], np.uint8), ["3", "10"]),
        ([3.0, 10.0], ["3", "10"]),
        ([1.5, 3.0], ["1.5", "3.0"]),
        ([False, True], ["False", "True"]),
        (["cat", "dog"], ["cat", "dog"]),
        (["None", "null"], ["None", "null"]),
        ([" cat", "dog\n"], ["cat", "dog"]),
        (pd.Categorical(["cat", "dog"], ["dog", "cat", "eel"]), ["cat", "dog"]),
        (pd.Categorical([9, 10]), ["9", "10"]),
        (pd.array([9, 10], dtype="Int64"), ["9", "10"]),
        (pd.array([9, 10], dtype="Float64"), ["9", "10"]),
        (pd.array([False, True], dtype="boolean"), ["False", "True"]),
        (pd.array(["NA", "dog"], dtype="string"), ["NA", "dog"]),
        (pd.Series([1, "cat"], dtype=object), ["1", "cat"]),
    ],
    ids=lambda value: str(getattr(value, "dtype", value)),
)
def test_labels_of_any_type_need_no_cast(images, labels, names):
    """Labels may be of any type of column; their classes are the cells as text."""
    dataset = load(images, frame(labels))
    assert dataset.class_names == names
    assert numbers_and_labels(dataset) == [(0, 0), (1, 1)]


@pytest.mark.parametrize(
    "labels",
    [
        [3.0, np.nan],
        ["cat", np.nan],
        ["cat", None],
        ["cat", pd.NA],
        ["cat", pd.NaT],
        ["cat", ""],
        ["cat", " "],
        pd.Categorical(["cat", None]),
        pd.array([3, None], dtype="Int64"),
        pd.array(["cat", None], dtype="string"),
        pd.array([True, None], dtype="boolean"),
    ],
    ids=lambda value: repr(list(value)),
)
def test_missing_values_of_a_data_frame_are_blanks(images, labels):
    """NaN, None, NA and blank text are a missing label, never a class."""
    with pytest.raises(ValueError, match="row 1: column 'label' is blank"):
        load(images, frame(labels))


def test_a_missing_label_does_not_turn_integers_into_floats(images):
    """The class stays `3` where one blank has made a column of integers float."""
    labels = frame([3, 10, None])
    with pytest.warns(UserWarning, match="1 of 3 rows"):
        dataset = load(images, labels, missing_labels="skip")
    assert dataset.class_names == ["3", "10"]


def test_path_objects_may_name_the_images(images):
    """The image column may hold `Path` objects, relative or absolute."""
    paths = [Path("b.png"), images / "a.png"]
    labels = pd.DataFrame({"image": paths, "label": ["x", "y"]})
    assert read(images, labels) == [(1, "x"), (0, "y")]


def test_headers_of_a_data_frame_are_stripped(images):
    """Column names and cells of a DataFrame lose the blanks around them."""
    labels = pd.DataFrame({" image ": [" a", "b "], "label ": [" x", "y"], "age": 1})
    arguments = {"image_column": "image", "label_column": "label"}
    assert read(images, labels, **arguments) == [(0, "x"), (1, "y")]


def test_a_data_frame_is_not_changed(images):
    """Reading leaves columns, cells and index of the caller's DataFrame alone."""
    labels = pd.DataFrame({" image": [" a", "b"], "label": [1.0, 2.0]}, index=[7, 5])
    before = labels.copy(deep=True)
    load(images, labels)
    pd.testing.assert_frame_equal(labels, before)


def test_rows_are_read_by_position_whatever_the_index(images):
    """An index that repeats and is not sorted changes no pair."""
    labels = frame(["x", "y", "z"]).set_axis([5, 5, 1])
    assert read(images, labels) == [(0, "x"), (1, "y"), (2, "z")]


@pytest.mark.parametrize("cell", [{"cat": 1}, [["cat"]], [None], b"cat"], ids=str)
def test_a_cell_that_is_no_value_is_refused(images, cell):
    """A cell is a value or a list of values, and nothing else."""
    with pytest.raises(ValueError, match=r"row 0: .* Every cell must be one value"):
        load(images, frame([cell, cell]))


# Classes


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["10", "9", "100"], ["9", "10", "100"]),
        (["3", "-1", "0"], ["-1", "0", "3"]),
        (["10", "9", "x"], ["10", "9", "x"]),
        (["10", "9", "1.5"], ["1.5", "9", "10"]),
        (["b", "B", "a"], ["B", "a", "b"]),
    ],
)
def test_classes_are_sorted(images, write_csv, labels, names):
    """Classes stand in numerical order if all are integers, else in order of text."""
    path = write_csv(table(labels))
    assert load(images, path, image_column="image").class_names == names
    assert read(images, path, image_column="image") == list(enumerate(labels))


@pytest.mark.parametrize(
    "class_names",
    [
        [10, 3, 7],
        ("10", "3", "7"),
        [" 10", "3 ", "7"],
        np.array([10, 3, 7]),
        [np.int64(10), np.int32(3), np.uint8(7)],
        [10.0, 3.0, 7.0],
        np.array([10.0, 3.0, 7.0]),
        pd.Series([10, 3, 7]),
        pd.Index([10, 3, 7]),
    ],
    ids=repr,
)
@pytest.mark.parametrize("labels", [[3, 10], [3.0, 10.0]], ids=["integers", "floats"])
def test_class_names_need_no_cast(images, class_names, labels):
    """`class_names` of any type fixes the order, and may name classes without a row."""
    dataset = load(images, frame(labels), class_names=class_names)
    assert dataset.class_names == ["10", "3", "7"]
    assert numbers_and_labels(dataset) == [(0, 1), (1, 0)]


def test_class_names_may_be_a_range(images):
    """`class_names=range(10)` names the digits."""
    dataset = load(images, frame([3, 1]), class_names=range(10))
    assert dataset.class_names == list("0123456789")
    assert dataset.labels.tolist() == [3, 1]


def test_class_names_may_be_booleans(images):
    """`class_names=[True, False]` puts the class `True` first."""
    dataset = load(images, frame([False, True]), class_names=[True, False])
    assert dataset.class_names == ["True", "False"]
    assert dataset.labels.tolist() == [1, 0]


def test_a_class_without_rows_keeps_its_index(images, write_csv):
    """A CSV that lacks a class of the training CSV gets the training CSV's indices."""
    names = ["cat", "dog", "eel"]
    path = write_csv(table(["eel", "cat"]))
    dataset = load(images, path, class_names=names, label_mode="categorical")
    labels = [label.tolist() for _, label in numbers_and_labels(dataset)]
    assert labels == [[0, 0, 1], [1, 0, 0]]


def test_labels_outside_class_names_are_listed_with_their_counts(images, write_csv):
    """A label that `class_names` leaves out is an error, most frequent ones first."""
    path = write_csv(table(["cat", "eel", "dog", "dog"]))
    strangers = r"'dog' \(2×\), 'eel' \(1×\).*Received: class_names=\['cat', 'cow'\]"
    with pytest.raises(ValueError, match=strangers):
        load(images, path, class_names=["cat", "cow"])


# The delimiter


@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "header",
    [
        ["image", "label"],
        ['"image"', '"label"'],
        ['"image, file; as\tin|S3"', "label"],
        ['"the ""image"", file; here"', '"the|label"'],
        ['"image\nfile"', '"la,bel"'],
    ],
    ids=["plain", "quoted", "other separators", "inner quotes", "line break"],
)
def test_the_delimiter_is_found_from_the_header(images, write_csv, sep, header):
    """The delimiter is the one that the header line has outside quotation marks."""
    path = write_csv(f"{sep.join(header)}\na{sep}cat\nb{sep}dog\n")
    assert read(images, path) == [(0, "cat"), (1, "dog")]


def test_other_delimiters_in_the_rows_do_not_count(images, write_csv):
    """Separators inside the cells do not mislead the search for the delimiter."""
    path = write_csv("image;label\na;x,y,z\nb;x|y|z|w\n")
    assert read(images, path) == [(0, "x,y,z"), (1, "x|y|z|w")]


def test_a_file_may_have_a_single_column(images, write_csv):
    """A header without a delimiter is one column: enough for images alone."""
    dataset = load(images, write_csv("image\nb\na\n"), label_mode=None)
    assert [Path(path).name for path in dataset.file_paths] == ["b.png", "a.png"]


@pytest.mark.parametrize("option", ["sep", "delimiter"])
def test_the_delimiter_can_be_named(images, write_csv, option):
    """`csv_options` names a delimiter that the header line does not give away."""
    path = write_csv("image:la,bel\na:cat\nb:dog\n")
    assert read(images, path, csv_options={option: ":"}) == [(0, "cat"), (1, "dog")]


# The header


@pytest.mark.parametrize(
    "arguments", [{}, {"image_column": 0, "label_column": 1}], ids=["found", "named"]
)
def test_a_file_without_a_header_has_numbered_columns(images, write_csv, arguments):
    """With `header=None` every line is a row, and the columns are 0, 1, and so on."""
    path = write_csv("a,cat\nb,dog\n")
    options = {"header": None}
    assert read(images, path, csv_options=options, **arguments) == [
        (0, "cat"),
        (1, "dog"),
    ]


def test_names_may_be_given_to_the_columns(images, write_csv):
    """`names` names the columns of a file without a header."""
    path = write_csv("a,5,cat\nb,6,dog\n")
    options = {"names": ["file", "age", "kind"]}
    pairs = read(images, path, csv_options=options, label_column="kind")
    assert pairs == [(0, "cat"), (1, "dog")]


def test_a_forgotten_header_option_loses_no_row(images, write_csv):
    """A first line that names an image is not taken for a header in silence."""
    path = write_csv("a.png,cat\nb.png,dog\n")
    with pytest.raises(ValueError, match=r'header.*csv_options=\{"header": None\}'):
        load(images, path)


# Which columns


def test_the_image_column_is_found_among_many(images, write_csv):
    """The image column is the one whose values name files, wherever it stands."""
    path = write_csv("age,sex,scan,label\n5,female,a,cat\n6,male,b,dog\n")
    assert read(images, path) == [(0, "cat"), (1, "dog")]


def test_a_few_unknown_images_do_not_hide_the_image_column(images, write_csv):
    """The column is still found where some of its images are missing, and reported."""
    path = write_csv("age,scan,label\n5,a,cat\n6,b,dog\n7,zz,dog\n")
    with pytest.raises(ValueError, match="line 4: 'zz' is not an image file"):
        load(images, path)


def scans(found: int, missing: int) -> str:
    """A CSV whose column `scan` names images that exist, and then others."""
    names = [*NAMES[:found], *(f"z{number}" for number in range(missing))]
    rows = [f"{number},{name},x\n" for number, name in enumerate(names)]
    return "age,scan,label\n" + "".join(rows)


@pytest.mark.parametrize(("found", "missing"), [(1, 1), (2, 2), (8, 8)])
def test_the_image_column_is_found_from_half_of_its_values(
    images, write_csv, found, missing
):
    """A column of which half of the values name images is the image column."""
    path = write_csv(scans(found, missing))
    with pytest.warns(UserWarning, match=f"{missing} of {found + missing} rows"):
        pairs = read(images, path, missing_images="skip")
    assert pairs == [(number, "x") for number in range(found)]


@pytest.mark.parametrize(("found", "missing"), [(1, 2), (2, 3), (8, 9)])
def test_fewer_than_half_of_the_values_make_no_image_column(
    images, write_csv, found, missing
):
    """A column of which fewer than half of the values name images must be named."""
    path = write_csv(scans(found, missing))
    with pytest.raises(ValueError, match=r"No column of labels\.csv names image files"):
        load(images, path, missing_images="skip")


def numbered_with_notes(notes: int) -> str:
    """A CSV of six numbered images, of which some have the name of a file as note."""
    rows = [
        f"{number},{f'old{number}.jpg' if number < notes else 'none'},x\n"
        for number in range(6)
    ]
    return "nr,note,label\n" + "".join(rows)


def test_numbers_name_images_beside_a_few_names_of_other_files(folder, write_csv):
    """Numbers name the images if at most half of another column looks like files."""
    save_all(folder, [f"{number}.png" for number in range(6)])
    path = write_csv(numbered_with_notes(3))
    pairs = read(folder, path, label_column="label")
    assert pairs == [(number, "x") for number in range(6)]


def test_numbers_are_no_images_beside_a_column_of_other_files(folder, write_csv):
    """Numbers that fit files are refused if another column mostly names files."""
    save_all(folder, [f"{number}.png" for number in range(6)])
    path = write_csv(numbered_with_notes(4))
    with pytest.raises(
        ValueError, match=r"'nr' of labels\.csv names image files, but.*'note'"
    ):
        load(folder, path, label_column="label")


def test_whole_file_names_go_before_row_numbers(folder, write_csv):
    """A column of file names is the image column, even if row numbers fit files too."""
    save_all(folder, ["0.png", "1.png"])
    path = write_csv("row,image,label\n0,1.png,cat\n1,0.png,dog\n")
    assert read(folder, path, label_column="label") == [(1, "cat"), (0, "dog")]


def test_two_columns_that_name_images_are_listed(images, write_csv):
    """Where two columns name image files the error lists them and what to pass."""
    path = write_csv("left,right,label\na,b,cat\n")
    columns = r"labels.csv(.|\n)*'left'(.|\n)*'right'(.|\n)*image_column='left'"
    with pytest.raises(ValueError, match=columns):
        load(images, path)


@pytest.mark.parametrize(
    "name", ["label", "labels", "class", "target", "Label", "CLASS"]
)
def test_the_label_column_is_found_by_its_name(images, write_csv, name):
    """A column called like a label is the label column, among any others."""
    path = write_csv(f"image,age,{name},sex\na,5,cat,female\nb,6,dog,male\n")
    assert read(images, path) == [(0, "cat"), (1, "dog")]


def test_the_only_column_left_holds_the_labels(images, write_csv):
    """With two columns the one that does not name images holds the labels."""
    assert read(images, write_csv("breed,id\ncat,a\ndog,b\n")) == [
        (0, "cat"),
        (1, "dog"),
    ]


def test_the_weight_column_does_not_count_as_labels(images, write_csv):
    """A column that is named for weights is not in question for labels."""
    path = write_csv("id,sureness,breed\na,0.5,cat\nb,1,dog\n")
    dataset = load(images, path, weight_column="sureness")
    assert dataset.class_names == ["cat", "dog"]


@pytest.mark.parametrize("index", [None, [7, 9]], ids=["row numbers", "other index"])
def test_the_index_that_pandas_writes_is_ignored(images, tmp_path, index):
    """The column without a name that `DataFrame.to_csv` writes is no label."""
    path = tmp_path / "labels.csv"
    rows = {"breed": ["cat", "dog"], "id": ["a", "b"]}
    pd.DataFrame(rows, index=index).to_csv(path)
    assert read(images, path) == [(0, "cat"), (1, "dog")]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("id,age,breed\na,5,cat\n", "label_column='age'"),
        ("id,label,class\na,5,cat\n", "label_column='label'"),
        ("id,age,cat,dog\na,5,1,0\n", r"label_column=\['cat', 'dog'\]"),
    ],
    ids=["any", "two called so", "0/1 columns"],
)
def test_label_columns_that_cannot_be_told_are_listed(images, write_csv, text, advice):
    """Where several columns may hold labels the error lists them and what to pass."""
    columns = text.partition("\n")[0].split(",")[1:]
    listed = ", ".join(map(repr, columns))
    with pytest.raises(ValueError, match=f"labels.csv.*{listed}.*{advice}"):
        load(images, write_csv(text))


def test_a_file_without_labels_says_how_to_go_without(images, write_csv):
    """A CSV with nothing but images leads to `label_mode=None`."""
    with pytest.raises(ValueError, match=r"no column of labels.*label_mode=None"):
        load(images, write_csv("image\na\nb\n"))


# csv_options


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("made by me\n\nimage,label\na,x\nb,y\n", {"skiprows": 2}),
        ("title\nimage,label\nunit,unit\na,x\nb,y\n", {"skiprows": [0, 2]}),
        ("image,label\na,x\nb,y\nc,z\n", {"nrows": 2}),
        ("title,\nimage,label\na,x\nb,y\n", {"header": 1}),
        ("file,kind\na,x\nb,y\n", {"header": 0, "names": ["image", "label"]}),
        ("'image',label\n'a','x'\nb,y\n", {"quotechar": "'"}),
        ("# by, me, too\nimage;label\na;x # sure\nb;y\n", {"comment": "#"}),
        ("image,label\na,x\nb,y\ntotal,2\n", {"skipfooter": 1, "engine": "python"}),
        ("image, label\na, x\nb, y\n", {"skipinitialspace": True}),
        ("image::label\na::x\nb::y\n", {"sep": "::", "engine": "python"}),
        ("image   label\na x\nb  y\n", {"sep": r"\s+"}),
        ("image,label~a,x~b,y~", {"lineterminator": "~"}),
        ("image,label\na,x\nb,y\n", {"dtype": str}),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_options_of_read_csv_work(images, write_csv, text, options):
    """Options of `pandas.read_csv` do here what they do there."""
    assert read(images, write_csv(text), csv_options=options) == [(0, "x"), (1, "y")]


def test_quoted_text_may_follow_a_space(images, write_csv):
    """`skipinitialspace` lets a quotation mark stand after the blank."""
    path = write_csv('image, label\na, "x, y"\n')
    assert read(images, path, csv_options={"skipinitialspace": True}) == [(0, "x, y")]


def test_quotation_marks_may_be_plain_text(images, write_csv):
    """`quoting=csv.QUOTE_NONE` reads a quotation mark as a character like others."""
    path = write_csv('image,label\na,5"\nb,"x\n')
    options = {"quoting": csv.QUOTE_NONE}
    assert read(images, path, csv_options=options) == [(0, '5"'), (1, '"x')]


@pytest.mark.parametrize(
    "values", [["-", "?"], {"label": ["-", "?"]}], ids=["list", "dict"]
)
def test_na_values_are_blanks_and_nothing_else_is(images, write_csv, values):
    """`na_values` says which text is a missing label; `NA` stays a label."""
    path = write_csv(table(["NA", "-", "?"]))
    options = {"na_values": values}
    with pytest.warns(UserWarning, match="2 of 3 rows"):
        dataset = load(images, path, csv_options=options, missing_labels="skip")
    assert dataset.class_names == ["NA"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("filepath_or_buffer", "other.csv"),
        ("usecols", ["image"]),
        ("index_col", 0),
        ("chunksize", 100),
        ("iterator", True),
        ("on_bad_lines", "skip"),
    ],
)
def test_options_that_would_change_the_table_are_refused(option, value):
    """An option that would take columns or rows away is refused before any reading."""
    with pytest.raises(ValueError, match=f"`csv_options` must not contain '{option}'"):
        load("no folder", "no.csv", csv_options={option: value})


def test_an_option_that_pandas_does_not_know_is_refused():
    """A misspelt option is named, with the option that it is close to."""
    misspelt = (
        r"`csv_options` must contain.*Received: 'quotchar'\. Did you mean 'quotechar'"
    )
    with pytest.raises(ValueError, match=misspelt):
        load("no folder", "no.csv", csv_options={"quotchar": "'"})


def test_no_refused_option_is_suggested():
    """The suggestion for a misspelt option is one that may be passed."""
    with pytest.raises(ValueError, match="Received: 'seperator'") as error:
        load("no folder", "no.csv", csv_options={"seperator": ";"})
    assert "iterator" not in str(error.value)


def test_options_for_a_data_frame_are_refused():
    """Options for reading a file make no sense for a DataFrame."""
    refused = "`csv_options` must be left out when `csv` is a DataFrame"
    with pytest.raises(ValueError, match=refused):
        load("no folder", frame(["x"]), csv_options={"sep": ";"})


@pytest.mark.parametrize(
    "dtype",
    [
        *(str, object, "string", "str", "object", pd.StringDtype()),
        *({"label": str}, {"image": "string"}),
    ],
    ids=str,
)
def test_a_dtype_of_text_leaves_text_as_it_is(folder, write_csv, dtype):
    """With a `dtype` for one column, the others keep their zeros, too."""
    save_all(folder, ["001.png", "002.png", "1.png", "2.png"])
    path = write_csv("image,label\n001,01\n002,NA\n")
    dataset = load(folder, path, csv_options={"dtype": dtype})
    assert [Path(p).name for p in dataset.file_paths] == ["001.png", "002.png"]
    assert dataset.class_names == ["01", "NA"]


def test_converters_may_change_text(images, write_csv):
    """A converter returns the text to be read, and leaves the other columns as text."""
    path = write_csv("image,label\na.jpg,01\nb.jpg,\n")
    converters = {
        "image": lambda name: name.removesuffix(".jpg"),
        "label": lambda label: label or None,
    }
    with pytest.warns(UserWarning, match="1 of 2 rows"):
        dataset = load(
            images,
            path,
            csv_options={"converters": converters},
            missing_labels="skip",
        )
    assert dataset.class_names == ["01"]


def test_converters_may_make_numbers_of_amounts(images, write_csv):
    """Numbers that are amounts rather than names may be made by a converter."""
    path = write_csv('image,label\na,"1,5"\nb,"2,25"\n')
    converters = {"label": lambda cell: float(cell.replace(",", "."))}
    dataset = load(
        *(images, path), label_mode="raw", csv_options={"converters": converters}
    )
    assert dataset.labels.tolist() == [1.5, 2.25]


# Any table at all


def _text(**characters):
    return st.text(st.characters(codec="utf-8", **characters), max_size=12)


def _is_filled(text: str) -> bool:
    return bool(text.strip())


def _is_label(text: str) -> bool:
    """Whether a cell is one label: neither blank nor, perhaps, a list."""
    return text.strip()[:1] not in ("", "[", "(", "{")


@st.composite
def tables(draw, exclude: str = "\0"):
    """A header and rows: an image, two labels, and a column of anything."""
    plain = {"exclude_categories": ["Cc", "Cs"], "exclude_characters": ',;|\ufeff"'}
    names = st.lists(
        _text(**plain).filter(_is_filled), min_size=4, max_size=4, unique_by=str.strip
    )
    cell = _text(exclude_characters=exclude)
    label = cell.filter(_is_label)
    files = draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]
    rows = [[file, draw(label), draw(label), draw(cell)] for file in files]
    return draw(names), rows


def _labels(directory, path, header):
    """What the two label columns hold, read for a model with two outputs."""
    image, *columns = (name.strip() for name in header[:3])
    modes = dict.fromkeys(columns, "int")
    dataset = load(directory, path, image_column=image, label_mode=modes)
    files = [Path(p).stem for p in dataset.file_paths]
    names, labels = dataset.class_names, dataset.labels
    cells = [[_class(names[c][y]) for y in labels[c]] for c in columns]
    return [list(row) for row in zip(files, *cells, strict=True)]


def _stripped(rows):
    return [[row[0], *(_class(cell.strip()) for cell in row[1:3])] for row in rows]


def _class(label: str) -> str:
    """A label as its class is written: 0 for `0.`, and letters in one Unicode form."""
    try:
        return repr(float(label))
    except ValueError:
        return unicodedata.normalize("NFC", label)


@settings(max_examples=25, deadline=None)
@given(
    content=tables(),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_any_table_that_csv_writes_comes_back(
    images, tmp_path_factory, content, delimiter, quoting
):
    """Whatever Python's csv module writes is read cell for cell, and stripped."""
    header, rows = content
    path = tmp_path_factory.mktemp("csv") / "labels.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=quoting).writerows(
            [header, *rows]
        )
    assert _labels(images, path, header) == _stripped(rows)


@settings(max_examples=20, deadline=None)
# pandas leaves a lone carriage return without the quotation marks that it needs.
@given(
    # A compressed file is read in lines if there is a control character that it lacks.
    content=tables(exclude="\0\r\x1f"),
    delimiter=st.sampled_from(",;\t|"),
    suffix=st.sampled_from(["", ".gz", ".zip"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_any_table_that_pandas_writes_comes_back(
    images, tmp_path_factory, content, delimiter, suffix, encoding
):
    """Whatever `DataFrame.to_csv` writes, index and all, is read cell for cell."""
    header, rows = content
    path = tmp_path_factory.mktemp("csv") / f"labels.csv{suffix}"
    written = pd.DataFrame(rows, columns=header)
    written.to_csv(path, sep=delimiter, encoding=encoding)
    assert _labels(images, path, header) == _stripped(rows)


@settings(max_examples=20, deadline=None)
@given(content=tables(exclude=""))
def test_any_data_frame_comes_back(images, content):
    """Whatever text a DataFrame holds is read cell for cell, and stripped."""
    header, rows = content
    written = pd.DataFrame(rows, columns=header)
    assert _labels(images, written, header) == _stripped(rows)


def test_label_columns_may_be_an_index_of_pandas(images):
    """`label_column=frame.columns[1:]` names the columns of 0 and 1."""
    table = pd.DataFrame({"image": ["a", "b"], "cat": [1, 0], "dog": [0, 1]})
    dataset = load(images, table, label_column=table.columns[1:])
    assert dataset.class_names == ["cat", "dog"]
    assert dataset.labels.tolist() == [0, 1]


def test_row_numbers_that_fit_files_are_not_taken_for_ids(tmp_path):
    """The index that `to_csv` writes loses to a column with a name."""
    folder = tmp_path / "images"
    save_all(folder, [f"{number}.png" for number in range(6)])
    frame = pd.DataFrame({"who": [3, 4, 5], "label": ["x", "y", "x"]})
    frame.to_csv(tmp_path / "labels.csv")
    dataset = image_dataset_from_csv(folder, tmp_path / "labels.csv", shuffle=False)
    assert [Path(path).name for path in dataset.file_paths] == [
        "3.png",
        "4.png",
        "5.png",
    ]


def test_columns_of_numbers_that_fit_files_are_ambiguous(tmp_path):
    """Of two columns that fit files, neither is guessed, missing files or not."""
    folder = tmp_path / "images"
    save_all(folder, [f"{number}.png" for number in range(6)])
    frame = pd.DataFrame({"rank": [0, 1, 2], "who": [3, 4, 77], "label": list("xyx")})
    with pytest.raises(ValueError, match="Several columns of DataFrame name image"):
        image_dataset_from_csv(folder, frame)


def test_reading_changes_no_setting_of_the_process(folder, write_csv):
    """A cell may be longer than the csv module's limit, which stays what it is."""
    save(folder / "a.png", 0)
    limit = csv.field_size_limit()
    runs = "1 2 " * limit
    table = write_csv(f'image,mask,label\na,"{runs}",x\n')
    dataset = load(folder, table, label_column="label")
    assert dataset.class_names == ["x"]
    assert csv.field_size_limit() == limit


def test_fields_are_counted_beside_a_long_cell(folder, write_csv):
    """A comma too many is found even on a line beyond the csv module's limit."""
    save(folder / "a.png", 0)
    runs = "1 2 " * csv.field_size_limit()
    table = write_csv(f"image,mask,label\na,{runs},x,y\n")
    with pytest.raises(ValueError, match="line 2: 4 fields where the header has 3"):
        load(folder, table, label_column="label")
