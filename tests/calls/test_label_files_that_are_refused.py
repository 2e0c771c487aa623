"""Label files and folders that raise an error, and the fix in each message."""

import bz2
import csv
import gzip
import io
import lzma
import re
import shutil
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from images import NAMES, load, save_all
from places import PACKAGE

pytestmark = pytest.mark.usefixtures("each_format")


@contextmanager
def refusal(match: str, error: type[Exception] = ValueError):
    """Checks an error: the package itself raises it, and no other error is shown.

    In `match`, a dot also matches a line break.
    """
    with pytest.raises(error, match=f"(?s){match}") as caught:
        yield caught
    assert caught.type is error
    assert PACKAGE in caught.traceback[-1].path.parents
    assert caught.value.__context__ is None or caught.value.__suppress_context__


# Columns


@pytest.mark.parametrize("argument", ["image_column", "label_column", "weight_column"])
def test_a_column_that_does_not_exist(images, write_csv, argument):
    """The error lists the columns, quotes the argument, and suggests a close name."""
    path = write_csv("image,label,weight\na,x,1\n")
    column = argument.removesuffix("_column")
    message = (
        f"`{argument}` must name a column of labels.csv: 'image', 'label', 'weight'. "
        f"Received: {argument}='{column}s'. Did you mean '{column}'"
    )
    with refusal(message):
        load(images, path, **{argument: f"{column}s"})


def test_a_column_in_a_list_that_does_not_exist(images, write_csv):
    """Each column in a list of label columns must exist."""
    path = write_csv("image,cat,dog\na,0,1\n")
    with refusal("`label_column` must name a column.*'dogs'. Did you mean 'dog'"):
        load(images, path, label_column=["cat", "dogs"])


def test_a_column_of_several_outputs_that_does_not_exist(images, write_csv):
    """Each column of a dictionary of modes must exist."""
    path = write_csv("image,species,age\na,cat,5\n")
    with refusal("'image', 'species', 'age'.*'specis'. Did you mean 'species'"):
        load(images, path, label_mode={"specis": "int", "age": "raw"})


def test_a_column_of_a_data_frame_that_does_not_exist(images):
    """The error lists the columns of a DataFrame, too."""
    frame = pd.DataFrame({"image": ["a"], "label": ["x"]})
    with refusal("a column of DataFrame: 'image', 'label'. .*Did you mean 'label'"):
        load(images, frame, label_column="Label")


def test_nothing_far_off_is_suggested(images, write_csv):
    """The error suggests no column if none has a close name."""
    with refusal(r"'image', 'label'\. Received: label_column='zzz'$"):
        load(images, write_csv("image,label\na,x\n"), label_column="zzz")


@pytest.mark.parametrize("header", ["image,label,label", "image,label, label "])
def test_two_columns_of_one_name(images, write_csv, header):
    """Two columns with the same name raise an error, even if their spaces differ."""
    with refusal("labels.csv has two columns with the same name: 'label'. Rename"):
        load(images, write_csv(f"{header}\na,x,y\n"))


def test_two_columns_of_one_name_in_a_data_frame(images):
    """A DataFrame with two columns of the same name raises an error."""
    frame = pd.DataFrame([["a", "x", "y"]], columns=["image", "label", "label"])
    with refusal("DataFrame has two columns with the same name: 'label'. Rename"):
        load(images, frame)


@pytest.mark.parametrize(
    "arguments",
    [
        {"image_column": "image", "label_column": "image"},
        {"label_column": "image"},
        {"label_column": ["label", "image"]},
        {"image_column": "image", "label_mode": {"image": "int"}},
    ],
    ids=str,
)
def test_the_image_column_as_label_column(images, write_csv, arguments):
    """A column as both image and label column raises an error that names it."""
    path = write_csv("image,label\na,x\nb,y\n")
    with refusal("`label_(column|mode)` must not be .*`image_column`.*'image'"):
        load(images, path, **arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        {"image_column": "image", "weight_column": "image"},
        {"label_column": "label", "weight_column": "label"},
    ],
    ids=str,
)
def test_the_weight_column_with_a_second_role(images, write_csv, arguments):
    """A weight column that is also the image or label column raises an error."""
    path = write_csv("image,label\na,1\nb,2\n")
    with refusal("`weight_column` must not be a column that `(image|label)_column`"):
        load(images, path, **arguments)


def test_one_label_column_given_twice(images, write_csv):
    """A column that is twice in a list of label columns raises an error."""
    path = write_csv("image,cat,dog\na,0,1\n")
    with refusal("`label_column` must not .*'cat'"):
        load(images, path, label_column=["cat", "dog", "cat"])


# Images


def test_an_image_column_that_names_no_file(images, write_csv):
    """The error shows three values, three files and possible fixes."""
    path = write_csv("image,label\np,x\nq,x\nr,y\ns,y\n")
    values = "line 2: 'p' is no.*line 3: 'q' is no.*line 4: 'r' is no"
    files = f"8 image files in .*{images}', such as 'a.png', 'b.png', 'c.png'"
    advice = "check `directory`.*`image_column`.*The columns are 'image', 'label'"
    with refusal(f"{values}.*{files}.*{advice}"):
        load(images, path, image_column="image")


def test_no_column_that_names_a_file(images, write_csv):
    """Without `image_column`, the error shows three values of every column."""
    path = write_csv("image,label\np,x\nq,x\nr,y\ns,y\n")
    values = "'image' contains 'p', 'q', 'r'\n.*'label' contains 'x', 'y'\n"
    files = f"8 image files in .*{images}', such as 'a.png', 'b.png', 'c.png'"
    with refusal(f"{values}.*{files}.*`image_column`.*`directory`"):
        load(images, path)


def test_the_only_file_is_named(folder, write_csv):
    """A folder with one image has `1 image file`, which the error names."""
    save_all(folder, ["a.png"])
    with refusal(f"There is 1 image file in the folder '{folder}': 'a.png'"):
        load(folder, write_csv("image,label\np,x\nq,x\n"))


def test_some_images_missing(images, write_csv):
    """The error lists the first five rows without an image, the total and a fix."""
    rows = "".join(f"lost{n},x\n" for n in range(7))
    path = write_csv(f"image,label\na,x\n{rows}")
    shown = ".*".join(f"line {n + 3}: 'lost{n}' is not an image file" for n in range(5))
    with refusal(f'{shown}.* 2 more: 7 of 8 rows.*missing_images="skip"'):
        load(images, path, image_column="image")


def test_only_five_offenders_are_shown(images, write_csv):
    """The error counts the sixth row without an image but does not show it."""
    rows = "".join(f"lost{n},x\n" for n in range(6))
    with pytest.raises(ValueError, match=r"lost4.*\n.*1 more: 6 of 7 rows") as error:
        load(images, write_csv(f"image,label\na,x\n{rows}"), image_column="image")
    assert "lost5" not in str(error.value)


def test_a_row_without_an_image(images, write_csv):
    """A blank cell in the image column raises an error that gives its line."""
    path = write_csv("image,label\na,x\n,y\n")
    with refusal("labels.csv, line 3: the row names no image"):
        load(images, path)


def test_a_missing_image_of_a_data_frame(images):
    """NaN in the image column of a DataFrame raises an error that gives its row."""
    frame = pd.DataFrame({"image": ["a", None], "label": ["x", "y"]}, index=["p", "q"])
    with refusal("DataFrame, row 'q': the row names no image"):
        load(images, frame)


@pytest.mark.parametrize("missing_images", ["error", "skip", "unchecked"])
@pytest.mark.parametrize(
    "name",
    ["../a.png", "..\\a.png", "sub/../a.png", "sub/..\\..\\a.png", "..", "./../a"],
)
def test_a_path_that_leaves_the_folder(images, write_csv, name, missing_images):
    """A path with `..` raises an error, even if the folder has a file of that name."""
    path = write_csv(f"image,label\nb.png,x\n{name},y\n")
    arguments = {"image_column": "image", "missing_images": missing_images}
    with refusal(r"labels.csv, line 3: .* contains a '\.\.'.*relative to `directory`"):
        load(images, path, **arguments)


@pytest.mark.parametrize("name", ["a..b.png", "..a.png", "a...png"])
def test_two_dots_in_a_name_are_no_parent_folder(folder, write_csv, name):
    """Two dots within a file name are allowed."""
    save_all(folder, [f"sub{name}"])
    path = write_csv(f"image,label\nsub{name},x\n")
    assert load(folder, path).class_names == ["x"]


def test_a_folder_without_images(tmp_path, write_csv):
    """The error lists the supported image formats."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("no image")
    with refusal(r"`directory` must contain images \(\.bmp.*\.png.*contains none"):
        load(tmp_path / "empty", write_csv("image,label\na,x\n"))


def test_a_folder_of_images_that_cannot_be_decoded(tmp_path, write_csv):
    """If no image can be decoded, the error names one, and says what to do."""
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "a.tif").write_bytes(b"II*\0")
    csv = write_csv("image,label\na,x\n")
    with refusal("contains none, but 'a.tif'.*pass cache=True.*format=\"grain\""):
        load(tmp_path / "scans", csv, format="tf")


def test_a_directory_that_is_not_there(tmp_path, write_csv):
    """A missing folder raises a `FileNotFoundError` that names it."""
    missing = tmp_path / "missing"
    message = f"`directory` must be a folder that exists. .*directory='{missing}'"
    with refusal(message, FileNotFoundError):
        load(missing, write_csv("image,label\na,x\n"))


@pytest.mark.parametrize("format", ["zip", "gztar"])
def test_a_directory_that_is_an_archive(folder, write_csv, format):
    """The error says how it is extracted, and then the call works."""
    save_all(folder, ["a.png"])
    path = shutil.make_archive(str(folder.parent / "photos"), format, folder)
    csv = write_csv("image,label\na,x\n")
    with pytest.raises(ValueError, match="must be a folder, not an archive") as error:
        load(path, csv)
    advised = re.search(r"shutil\.unpack_archive\('(.+)', '(.+)'\)", str(error.value))
    shutil.unpack_archive(advised[1], advised[2])
    assert load(advised[2], csv).class_names == ["x"]


def test_a_directory_that_is_a_file(tmp_path, write_csv):
    """A file as `directory` raises an error that says so."""
    path = write_csv("image,label\na,x\n")
    with refusal(f"`directory` must be a folder, not a file.*directory='{path}'"):
        load(path, path)


def test_a_csv_that_is_not_there(images, tmp_path):
    """A missing CSV raises a `FileNotFoundError` that names it."""
    missing = tmp_path / "missing.csv"
    with refusal(f"`csv` must be a file.*csv='{missing}'", FileNotFoundError):
        load(images, missing)


def test_a_csv_that_is_a_folder(images, tmp_path):
    """A folder as `csv` raises an error that says so."""
    with refusal(f"`csv` must be a file.*folder.*csv='{tmp_path}'"):
        load(images, tmp_path)


# Labels


@pytest.mark.parametrize("blank", ["", " ", "\t", '""', '" "', "\u00a0"])
def test_a_blank_label(images, write_csv, blank):
    """A blank label raises an error that gives its line, its column and a fix."""
    path = write_csv(f"image,label\na,x\nb,{blank}\n")
    message = "labels.csv, line 3: column 'label' is blank.*missing_labels=\"skip\""
    with refusal(message):
        load(images, path)


def test_many_blank_labels(images, write_csv):
    """The error lists the first five lines and gives the total."""
    path = write_csv("image,label\na,x\n" + "".join(f"{n},\n" for n in NAMES[1:]))
    shown = ".*".join(f"line {n}: column 'label' is blank" for n in range(3, 8))
    with refusal(f"{shown}.* 2 more: 7 of 8 rows"):
        load(images, path)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, "", " "])
@pytest.mark.parametrize(
    ("index", "row"),
    [([10, 20], "20"), (["p", "q"], "'q'")],
    ids=["numbers", "text"],
)
def test_a_missing_label_of_a_data_frame(images, missing, index, row):
    """A missing label in a DataFrame raises an error that gives its index label."""
    frame = pd.DataFrame({"image": ["a", "b"], "label": ["x", missing]}, index=index)
    with refusal(f"DataFrame, row {row}: column 'label' is blank"):
        load(images, frame)


def test_one_image_with_two_labels(images, write_csv):
    """The error gives both lines, both labels, and the mode for several labels."""
    path = write_csv("image,label\na,cat\nb,cat\na.png,dog\n")
    lines = "line 4: 'a.png' has 'dog' here, but 'cat' in labels.csv, line 2"
    with refusal(f'{lines}.*label_mode="multi_hot"'):
        load(images, path)


def test_one_image_with_two_labels_in_a_data_frame(images):
    """The error gives the index labels of both rows."""
    frame = pd.DataFrame({"image": ["a", "a"], "label": [1, 2]}, index=["p", "q"])
    with refusal("DataFrame, row 'q': 'a' has '2' here, but '1' in DataFrame, row 'p'"):
        load(images, frame)


@pytest.mark.parametrize("labels", ["x", "xyz"])
def test_binary_with_other_than_two_classes(images, write_csv, labels):
    """The error lists the classes and gives a fix."""
    rows = "".join(f"{n},{y}\n" for n, y in zip(NAMES, labels, strict=False))
    listed = ", ".join(map(repr, labels))
    message = rf'"binary"` needs exactly 2 classes.*has {len(labels)}: \[{listed}\]'
    with refusal(f"{message}.*Use.*class_names"):
        load(images, write_csv(f"image,label\n{rows}"), label_mode="binary")


# Files without content


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\r\n", b"  \n"])
def test_an_empty_csv(images, tmp_path, content):
    """A file without text raises an error that says that it is empty."""
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    with refusal("labels.csv is empty"):
        load(images, path)


@pytest.mark.parametrize(
    "header", ["image,label", "image,label\n", "image;label\r\n\r\n"]
)
@pytest.mark.parametrize("arguments", [{}, {"image_column": "image"}], ids=str)
def test_a_csv_with_only_a_header(images, write_csv, header, arguments):
    """A CSV without rows raises an error that says so."""
    with refusal("labels.csv has no rows.*'image', 'label'"):
        load(images, write_csv(header), **arguments)


@pytest.mark.parametrize("arguments", [{}, {"image_column": "image"}], ids=str)
def test_a_data_frame_without_rows(images, arguments):
    """A DataFrame without rows raises an error that says so."""
    with refusal("DataFrame has no rows.*'image', 'label'"):
        load(images, pd.DataFrame({"image": [], "label": []}), **arguments)


def test_several_header_lines(images, write_csv):
    """`csv_options` with several header lines raise an error."""
    path = write_csv("what,what\nimage,label\na,x\n")
    with refusal("header"):
        load(images, path, csv_options={"header": [0, 1]})


def test_a_data_frame_with_several_header_lines(images):
    """A DataFrame with several levels of columns raises an error."""
    columns = pd.MultiIndex.from_product([["what"], ["image", "label"]])
    with refusal("`csv` must be a DataFrame with one row of column names.*2 levels"):
        load(images, pd.DataFrame([["a", "x"]], columns=columns))


# Encodings


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("image,läbel\na,x\n", 1),
        ("image,label\na,x\nb,café\n", 3),
        ('image,label\n\na,"x\n\ny"\nb,é\nc,ü\n', 6),
        ("image,label\r\na,x\r\nb,é\r\n", 3),
    ],
    ids=["header", "row", "after line breaks", "Windows"],
)
def test_an_unreadable_encoding(images, write_csv, text, line):
    """The error gives the first line that is not UTF-8, and an option to try."""
    path = write_csv(text, encoding="cp1252")
    advice = r'csv_options=\{"encoding": "cp1252"\}'
    with refusal(rf"labels\.csv, line {line}: .*utf-8.*UTF-8.*{advice}"):
        load(images, path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_that_is_not_declared(images, write_csv, encoding):
    """UTF-16, with or without a byte-order mark, raises an error with a fix."""
    path = write_csv("image,label\na,x\n", encoding=encoding)
    with refusal(r'labels\.csv.*csv_options=\{"encoding": "utf-16'):
        load(images, path)


def test_a_declared_encoding_that_does_not_fit(images, write_csv):
    """The error names the given encoding and the first line that it cannot decode."""
    path = write_csv("image,label\na,x\nb,é\n")
    with refusal("labels.csv, line 3: .*not encoded in ascii"):
        load(images, path, csv_options={"encoding": "ascii"})


def test_an_encoding_that_does_not_exist(images, write_csv):
    """The error names the unknown encoding."""
    with refusal("labels.csv cannot be read.*unknown encoding: utf-88"):
        load(images, write_csv("a,b\n"), csv_options={"encoding": "utf-88"})


@pytest.mark.parametrize(
    "text", ["image,label\na,x\nb,y\0z\n", "image,label\na,x\n\0\0\0"]
)
def test_nul_bytes(images, write_csv, text):
    """A NUL byte raises an error that gives its line."""
    with refusal(r"labels\.csv, line 3: .*NUL"):
        load(images, write_csv(text), image_column="image")


# Rows that do not fit the header


@pytest.mark.parametrize(
    ("text", "line", "fields"),
    [
        ("image,label,note\na,x,1\nb,y,1,2\n", 3, "4 fields where the header has 3"),
        ("image,label,note\na,x,1,2\nb,y,1\n", 2, "4 fields where the header has 3"),
        ("image,label,note\na,x,1\nb,y\nc,x,1\n", 3, "2 fields where the header has 3"),
        ("image,label,note\na,x,1\nb\nc,x,1\n", 3, "1 fields? where the header has 3"),
        ("image;label;note\na;x;1\nb;y\n", 3, "2 fields where the header has 3"),
        ('image,label,note\n\na,"x\ny",1\nb,y\n', 5, "2 fields where the header has 3"),
    ],
    ids=["long", "first long", "short", "shorter", "semicolons", "after line breaks"],
)
@pytest.mark.parametrize(
    "arguments",
    [{"label_column": "label"}, {"label_mode": None}, {"label_column": "note"}],
    ids=str,
)
def test_a_ragged_row(images, write_csv, text, line, fields, arguments):
    """Rows with more or fewer fields raise an error, whatever columns are used."""
    with refusal(f"labels.csv, line {line}: {fields}.*quotation marks"):
        load(images, write_csv(text), image_column="image", **arguments)


def test_a_comma_without_quotation_marks(images, write_csv):
    """The error says that text with the separator needs quotation marks."""
    path = write_csv("image,note,label\na,small, and grey,x\nb,large,y\n")
    with refusal("line 2: 4 fields.*Put text that contains the separator in quotation"):
        load(images, path)


def test_many_ragged_rows(images, write_csv):
    """The error lists the first five lines and gives the total."""
    path = write_csv("image,label\na,x\n" + "".join(f"{n},y,\n" for n in NAMES[1:]))
    with refusal("line 3: .*line 7: .* 2 more: 7 of 8 rows"):
        load(images, path)


def test_a_ragged_row_without_a_header(images, write_csv):
    """Without a header, every row must have as many fields as the first row."""
    path = write_csv("a,x\nb,y,z\n")
    with refusal("labels.csv, line 2: 3 fields"):
        load(images, path, csv_options={"header": None})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('image,label\na,x\nb,"y\nc,x\n', 3),
        ('image,label\na,"x\ny"\n\nb,"y\nc,x\n', 5),
        ('image,"label\na,x\nb,y\n', 1),
    ],
    ids=["row", "after line breaks", "header"],
)
def test_a_quotation_mark_that_is_never_closed(images, write_csv, text, line):
    """The error gives the line of the quotation mark."""
    with refusal(rf"labels\.csv, line {line}\b.*quotation mark.*never closed"):
        load(images, write_csv(text))


# Compressed files


CSV = b"image,label\n" + b"".join(b"a,%d\n" % n**9 for n in range(50))


def _zip(*members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.writestr(member, CSV)
    return packed.getvalue()


def _spoil(packed: bytes) -> bytes:
    return packed[:60] + b"\xff" * 16 + packed[76:]


PACKED = {
    "gz": gzip.compress(CSV),
    "bz2": bz2.compress(CSV),
    "xz": lzma.compress(CSV),
    "zip": _zip("labels.csv"),
}


@pytest.mark.parametrize("suffix", PACKED)
@pytest.mark.parametrize(
    "damage",
    [lambda packed: packed[:-20], _spoil, lambda packed: CSV],
    ids=["cut off", "spoilt", "not compressed"],
)
def test_a_damaged_compressed_file(images, tmp_path, suffix, damage):
    """A compressed file that cannot be unpacked raises an error that says so."""
    path = tmp_path / f"labels.csv.{suffix}"
    path.write_bytes(damage(PACKED[suffix]))
    with refusal(f"labels.csv.{suffix} cannot be unpacked"):
        load(images, path)


@pytest.mark.parametrize("members", [(), ("a.csv", "b.csv")], ids=["none", "two"])
def test_an_archive_without_the_one_file(images, tmp_path, members):
    """An archive must contain exactly one file; the error names the archive."""
    path = tmp_path / "labels.zip"
    path.write_bytes(_zip(*members))
    with refusal("labels.zip cannot be unpacked.*file"):
        load(images, path)


# csv_options that pandas refuses


@pytest.mark.parametrize(
    "options",
    [
        {"nrows": -1},
        {"header": 9},
        {"sep": 3},
        {"names": ["image", "image"]},
    ],
    ids=str,
)
def test_options_that_pandas_cannot_follow(images, write_csv, options):
    """Options that pandas rejects raise an error about `csv_options`."""
    with refusal("labels.csv cannot be read.*csv_options"):
        load(images, write_csv("image,label\na,x\nb,y\n"), csv_options=options)


# Text that became numbers


@pytest.mark.parametrize(
    "dtype",
    [
        *(int, float, "Int64", bool, "category", "float32", 5),
        *({"image": int}, {"image": str, "label": "int64"}),
    ],
    ids=str,
)
def test_a_dtype_that_changes_text(tmp_path, dtype):
    """A `dtype` that would read `001` as 1 raises an error before any reading."""
    message = (
        "`csv_options` must not contain a 'dtype' other than str, object or \"string\""
        ": cells are read as text; .*pass the DataFrame.*Received: csv_options="
    )
    with refusal(message):
        load(tmp_path / "no", tmp_path / "no.csv", csv_options={"dtype": dtype})


@pytest.mark.parametrize("converter", [int, float, np.int64], ids=str)
@pytest.mark.parametrize("column", ["image", "label"])
def test_a_converter_that_makes_numbers_of_names(images, write_csv, converter, column):
    """A converter that would read `001` as 1 raises an error that gives the line."""
    path = write_csv("image,label\n1,001\n2,002\n")
    number = re.escape(str(converter("1")))
    message = f"labels.csv, line 2: column '{column}' contains the number {number}, "
    with refusal(f"{message}.*line 3.*let the converter return text"):
        load(
            images,
            path,
            image_column="image",
            missing_images="unchecked",
            csv_options={"converters": {column: converter}},
        )


LARGE = [
    pytest.param(np.array([12345678901234567.0, 1]), id="float64"),
    pytest.param(np.array([16777217.0, 1], np.float32), id="float32"),
    pytest.param(np.array([2049.0, 1], np.float16), id="float16"),
    pytest.param(np.array([9007199254740993.0, "b"], object), id="object"),
    pytest.param(np.array([np.float32(16777217), "b"], object), id="float32 object"),
    pytest.param(pd.array([9007199254740993.0, None], "Float64"), id="Float64"),
    pytest.param(pd.array([16777217.0, None], "Float32"), id="Float32"),
    pytest.param(pd.arrays.SparseArray([9007199254740993.0, 1]), id="sparse"),
    pytest.param(pd.Categorical([9007199254740993.0, 1]), id="categorical"),
    pytest.param(np.array([-9007199254740993.0, 1]), id="negative"),
]


@pytest.mark.parametrize("ids", LARGE)
@pytest.mark.parametrize("role", ["image", "label", "group"])
def test_floats_that_have_lost_digits(images, ids, role):
    """A float too large to keep every digit names no image, class or group."""
    columns = {"image": ["a", "b"], "label": ["x", "y"], "group": ["p", "q"]}
    frame = pd.DataFrame({**columns, role: ids}, index=[7, 8])
    message = (
        f"DataFrame, row 7: column '{role}' contains the float .*rounded.*"
        rf"as text, as in pandas.read_csv\(..., dtype=\{{'{role}': str\}}\)"
    )
    with refusal(message):
        load(
            images,
            frame,
            image_column="image",
            label_column="label",
            group_column="group",
            missing_images="unchecked",
            validation_split=0.5,
            subset="both",
        )


@pytest.mark.parametrize(
    "ids",
    [
        np.array([9007199254740991.0, 1]),
        np.array([16777215.0, 1], np.float32),
        np.array([2047.0, 1], np.float16),
        np.array([9007199254740993, 1]),
        np.array([np.inf, 1]),
    ],
    ids=lambda ids: f"{ids.dtype} {ids[0]:g}",
)
def test_numbers_that_have_all_their_digits(images, ids):
    """An integer, or a float that is the only one for its number, is a class."""
    frame = pd.DataFrame({"image": ["a", "b"], "label": ids})
    names = load(images, frame).class_names
    assert {*map(float, names)} == {*map(float, ids)}


def test_amounts_may_be_rounded(images):
    """Numbers that are amounts rather than names may be of any size."""
    frame = pd.DataFrame(
        {"image": ["a", "b"], "label": [1e20, 2.5], "weight": [1e17, 1.0]}
    )
    dataset = load(images, frame, label_mode="raw", weight_column="weight")
    np.testing.assert_allclose(dataset.labels, [1e20, 2.5])


def test_the_advice_on_floats_that_have_lost_digits_works(folder, write_csv):
    """Ids that pandas made floats because of a blank find their images as text."""
    save_all(folder, ["12345678901234567.png", "12345678901234568.png"])
    path = write_csv("id,label\n12345678901234567,x\n12345678901234568,y\n,z\n")
    with refusal("row 0: column 'id' contains the float") as caught:
        load(folder, pd.read_csv(path), image_column="id", missing_images="skip")
    call = str(caught.value).partition("as in ")[2].removesuffix(".")
    df = eval(call.replace("...", "path"), {"pandas": pd, "path": path})
    with pytest.warns(UserWarning, match="1 of 3 rows"):
        dataset = load(folder, df, image_column="id", missing_images="skip")
    assert [Path(p).stem[-1] for p in dataset.file_paths] == ["7", "8"]


# Line numbers


@pytest.mark.parametrize(
    ("text", "options", "line"),
    [
        ("image,label\na,x\nb,\n", {}, 3),
        ("image,label\r\na,x\r\nb,\r\n", {}, 3),
        ("image,label\ra,x\rb,\r", {}, 3),
        ("\ufeffimage,label\na,x\nb,\n", {}, 3),
        ('image,label\n"a","x\n\ny"\nb,\n', {}, 5),
        ('image,label\r\n"a","x\r\n\r\ny"\r\nb,\r\n', {}, 5),
        ('image,"la\nbel"\na,x\nb,\n', {}, 4),
        ("\n\nimage,label\n\na,x\n  \nb,\n", {}, 7),
        ("title\n\nimage,label\na,x\nb,\n", {"skiprows": 2}, 5),
        ("title\nimage,label\nunit,unit\na,x\nb,\n", {"skiprows": [0, 2]}, 5),
        ("image,label\na,x\nb,\nc,x\n", {"nrows": 2}, 3),
        ("title,\nimage,label\na,x\nb,\n", {"header": 1}, 4),
        ("a,x\nb,\n", {"header": None}, 2),
        ("a,\nb,x\n", {"header": None}, 1),
        ("\na,\nb,x\n", {"header": None}, 2),
        ("a,x\nb,\n", {"names": ["image", "label"]}, 2),
        ("a,\nb,x\n", {"names": ["image", "label"]}, 1),
        ("# by me\nimage,label\na,x\nb,\n", {"comment": "#"}, 4),
        ("image,label\na,'x\ny'\nb,\n", {"quotechar": "'"}, 4),
        ('image,label\na,"x\nb,\n', {"quoting": csv.QUOTE_NONE}, 3),
        ("image:label\na:x\nb:\n", {"sep": ":"}, 3),
        ("image,label\na,x\nb,-\n", {"na_values": ["-"]}, 3),
    ],
    ids=lambda value: repr(value) if isinstance(value, str | dict) else "",
)
def test_lines_are_numbered_as_an_editor_does(images, write_csv, text, options, line):
    """Errors give the line number that an editor shows."""
    with refusal(f"labels.csv, line {line}: column .* is blank"):
        load(images, write_csv(text), csv_options=options)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_lines_are_numbered_in_any_encoding(images, write_csv, encoding):
    """Line numbers are right in other encodings."""
    path = write_csv('image,label\na,"é\né"\nb,\n', encoding=encoding)
    with refusal("labels.csv, line 4: column 'label' is blank"):
        load(images, path, csv_options={"encoding": encoding})


def test_lines_are_numbered_in_a_compressed_file(images, tmp_path):
    """Line numbers are those of the uncompressed text."""
    path = tmp_path / "labels.csv.gz"
    path.write_bytes(gzip.compress(b"image,label\n\na,x\nb,\n"))
    with refusal("labels.csv.gz, line 4: column 'label' is blank"):
        load(images, path)


def test_the_line_is_right_after_rows_that_were_left_out(images, write_csv):
    """Line numbers are right after rows that are skipped."""
    path = write_csv("image,label\nlost,x\na,x\nb,\n")
    with (
        pytest.warns(UserWarning, match="line 2: 'lost'"),
        pytest.raises(ValueError, match="line 4: column 'label' is blank"),
    ):
        load(images, path, image_column="image", missing_images="skip")


cells = st.text(st.sampled_from('xy ,;"\n\t|é'), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    notes=st.lists(cells, min_size=1, max_size=8),
    blank_lines=st.lists(st.integers(0, 2), min_size=9, max_size=9),
    end=st.sampled_from(["\n", "\r\n"]),
    data=st.data(),
)
def test_any_line_is_named_as_an_editor_does(
    images, tmp_path_factory, notes, blank_lines, end, data
):
    """Line numbers are right after quoted line breaks and blank lines."""
    wrong = data.draw(st.integers(0, len(notes) - 1))
    text = "note,image,label" + end
    for row, (note, name, blank) in enumerate(
        zip(notes, NAMES, blank_lines, strict=False)
    ):
        text += end * blank
        if row == wrong:
            line = text.count("\n") + 1
        quoted = note.replace('"', '""').replace("\n", end)
        text += f'"{quoted}",{name},{"" if row == wrong else "x"}{end}'
    path = tmp_path_factory.mktemp("csv") / "labels.csv"
    path.write_bytes(text.encode())
    with refusal(rf"labels\.csv, line {line}: column 'label' is blank"):
        load(images, path, image_column="image", label_column="label")


@pytest.mark.parametrize(
    "options",
    [
        {"header": "no"},
        {"header": [0, 1]},
        {"quotechar": "ab"},
        {"quotechar": None},
        {"comment": 5},
        {"nrows": "3"},
        {"skiprows": "x"},
        {"encoding": 5},
        {"converters": 5},
        {"converters": [str]},
        {"converters": {"label": 5}},
        {"skipfooter": "a"},
        {"skipfooter": None},
        {"dialect": "foo"},
        {"dialect": 5},
    ],
)
def test_options_of_a_wrong_kind(tmp_path, options):
    """Options with invalid values raise an error before any file is read."""
    (option,) = options
    with refusal(
        f"`csv_options` must contain a value for '{option}'.*Received: csv_options="
    ):
        load(tmp_path / "missing", tmp_path / "missing.csv", csv_options=options)


def test_a_frame_without_columns(images):
    """A DataFrame without columns raises an error that says so."""
    with refusal("DataFrame is empty: it has no columns"):
        load(images, pd.DataFrame())


@pytest.mark.parametrize("options", [{"sep": r"\s+"}, {"sep": " ", "skipfooter": 0}])
def test_long_rows_between_other_separators(images, write_csv, options):
    """A row with too many fields raises an error, whatever the separator is."""
    path = write_csv("image label\na.png cat\nb.png golden retriever\n")
    with refusal("labels.csv, line 3: 3 fields where the header has 2"):
        load(images, path, csv_options=options)


def test_a_long_field_hides_no_ragged_row(images, write_csv):
    """A row with too many fields raises an error in a file with long fields, too."""
    mask = "1 " * 80_000
    path = write_csv(f"image,mask,label\na.png,{mask},cat\nb.png,one,comma,dog\n")
    with refusal("labels.csv, line 3: 4 fields where the header has 3"):
        load(images, path, label_column="label")


def test_one_missing_file_does_not_change_the_image_column(images):
    """A column called `id` is the image column, even if another fits more files."""
    frame = pd.DataFrame({"rank": ["a", "b"], "id": ["b", "lost"], "label": ["x", "y"]})
    with refusal("row 1: 'lost' is not an image file"):
        load(images, frame)


def test_a_label_is_never_taken_for_an_image(images):
    """A column called `label` is not the image column even if its values fit files."""
    frame = pd.DataFrame({"image": ["x_1.png", "x_2.png"], "label": ["a", "b"]})
    with refusal("No column of DataFrame names image files"):
        load(images, frame)


def test_a_file_that_cannot_be_read_is_not_called_compressed(folder):
    """A read error of an uncompressed CSV is not reported as an unpacking error."""
    save_all(folder, ["a.png"])
    # A regular file, of which no process can read the first page.
    with pytest.raises(ValueError, match=r"that can be read \(Input/output error\)"):
        load(folder, "/proc/self/mem")


def test_ids_that_fit_files_beside_names_that_do_not(folder):
    """Row numbers that fit files are not used if a column of file names fits none."""
    save_all(folder, ["0.png", "1.png"])
    frame = pd.DataFrame(
        {"row": ["0", "1"], "file": ["x_1.png", "x_2.png"], "label": ["a", "b"]}
    )
    with refusal(
        "'row' of DataFrame names image files, but.*'file'.*'x_1.png'.*: 0 of 2 name"
    ):
        load(folder, frame)


def test_lines_are_known_with_a_separator_of_two_characters(images, write_csv):
    """Errors give the line even if only pandas' Python engine knows the separator."""
    path = write_csv("image::label\na::x\nlost::y\n")
    options = {"sep": "::", "engine": "python"}
    with refusal("labels.csv, line 3: 'lost' is not an image file"):
        load(images, path, csv_options=options, image_column="image")


def test_nul_bytes_among_comments(images, write_csv):
    """A NUL byte raises an error if `comment` is set, too."""
    path = write_csv("# by me\nimage,label\na,x\nb,y\0z\n")
    with refusal("labels.csv.*NUL"):
        load(images, path, csv_options={"comment": "#"}, image_column="image")
