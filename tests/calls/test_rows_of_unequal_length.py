"""A row with too many or too few fields is named, whatever options are given."""

import ast
import bz2
import csv
import gzip
import io
import lzma
import re
import zipfile

import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from images import load, numbers_and_labels
from keras_csv_dataset._table import open_label_source, read_label_table
from keras_csv_dataset._table.dialect import Dialect


def read(directory, path, **arguments):
    """The number of every image that is yielded, with its label as text."""
    dataset = load(directory, path, **arguments)
    return [(n, dataset.class_names[y]) for n, y in numbers_and_labels(dataset)]


@pytest.mark.parametrize(
    ("text", "line", "fields", "options"),
    [
        ("image,label\na,x\nb,y,z\n", 3, 3, {"skiprows": lambda row: row == 9}),
        ("title\nimage,label\na,x\nb\n", 4, 1, {"skiprows": lambda row: row == 0}),
        ('# 5" wide\nimage,label\na,x\nb,y,z\n', 4, 3, {"comment": "#"}),
        ('# a "quote\nimage,label\na,x\nb,y,z\n', 4, 3, {"comment": "#"}),
        ('"two\nlines"\nimage,label\na,x\nb,y,z\n', 5, 3, {"skiprows": 1}),
        ('image,label\n"two\nlines",x\na,x\nb,y,z\n', 5, 3, {"skiprows": [1]}),
        ("image,label\na,x\n\u00a0\nb,y,z\n", 3, 1, {}),
        ("image,label\na,x\n\r,b,y\n", 4, 3, {}),
        ("image::label\na::x\nb::y::z\n", 3, 3, {"sep": "::", "engine": "python"}),
        ("image label\na  x\nb y z\n", 3, 3, {"sep": r"\s+"}),
        ("image,label\na,x\nb,y,z\nc\n", 3, 3, {"skipfooter": 1, "engine": "python"}),
        ("image,label~a,x~b,y,z~", 1, 3, {"lineterminator": "~"}),
        ("image,label\na,x\nb,y,z\n", 3, 3, {"dtype": str}),
        ("image,label\na,x\nb,y,z\n", 3, 3, {"dialect": "excel"}),
        ("image,label\na,x\n\nb\n", 3, 0, {"skip_blank_lines": False}),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else repr(value),
)
def test_a_row_of_another_length_is_named(
    images, write_csv, text, line, fields, options
):
    """No option hides the row, and its line is that of an editor."""
    if "lineterminator" in options:
        line = 3  # lines end where the option says
    if options.get("skip_blank_lines") is False:
        line, fields = 4, 1  # a blank line is not a row in any case
    match = rf"labels\.csv, line {line}: {fields} fields? where the header has 2"
    with pytest.raises(ValueError, match=match):
        load(images, write_csv(text), csv_options=options)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('image,label\na,"x" # one, two\nb,y\n', {"comment": "#"}),
        ('image,label\na,"x#"\nb,"y" # "\n', {"comment": "#"}),
        ("t;t;t;t\nimage;label\na;x\nb;y\n", {"skiprows": lambda row: row == 0}),
        ("# 1;2;3;4\nimage;label\na;x\nb;y\n", {"comment": "#"}),
        ("image|label\na|x\nb|y\n", {"quoting": csv.QUOTE_NONE}),
        ("t\nt\nimage\tlabel\na\tx\nb\ty\n", {"header": 2}),
        ("image;label\na;x\nb;y\n", {"engine": "python", "skipfooter": 0}),
        ("image;label\na;x\nb;y\n", {"sep": None, "engine": "python"}),
        ("image;label\na;x\nb;y\n", {"converters": {"label": str.strip}}),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else repr(value),
)
def test_the_delimiter_is_found_and_comments_are_no_fields(
    images, write_csv, text, options
):
    """The rows are read, whatever other options are given."""
    labels = [
        label.rstrip("#")
        for _, label in read(images, write_csv(text), csv_options=options)
    ]
    assert labels == ["x", "y"]


def test_fields_of_any_length_are_read(images, write_csv):
    """A quoted field may be longer than the csv module's limit, over many lines."""
    mask = ('{""x"": 1}\n' * 30_000)[:-1]
    path = write_csv(f'image,mask,label\na,"{mask}",x\nb,1,\n')
    with pytest.raises(ValueError, match="line 30002: column 'label' is blank"):
        load(images, path, image_column="image", label_column="label")
    assert csv.field_size_limit() == 131_072


def packed(*members: str) -> bytes:
    """A ZIP archive of small CSV files under these names."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for member in members:
            # Without the time of day: all processes must give the tests the same names.
            archive.writestr(zipfile.ZipInfo(member), "image,label\na,x\nb,y\n")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "call"),
    [
        (packed("xl/workbook.xml", "xl/styles.xml"), "an Excel file", "read_excel"),
        (packed("mimetype", "content.xml"), "an OpenDocument file", "read_excel"),
        (b"ARROW1\0\0\xff\xff", "a Feather or Arrow file", "read_feather"),
        (b"FEA1\0\0\0\0", "a Feather or Arrow file", "read_feather"),
        (b"\x89HDF\r\n\x1a\n\0", "an HDF5 file", "read_hdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel file", "read_excel"),
        (b"PAR1\x15\x04", "a Parquet file", "read_parquet"),
        (b'[{"image": "a", "label": "x"}]', "a JSON file", r"read_json\([^,]*\)"),
        (b'{"image": {"0": "a"}}', "a JSON file", r"read_json\([^,]*\)"),
        (b'{"image": "a"}\n{"image": "b"}\n', "a JSON file", "read_json.*lines=True"),
    ],
)
def test_other_tables_are_named(images, tmp_path, content, kind, call):
    """A file that is not a CSV is named, with the pandas call that reads it."""
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"labels\.csv is {kind}.*csv=pandas\.{call}"):
        load(images, path)


@pytest.mark.parametrize(
    "content",
    [
        packed("train.csv"),
        gzip.compress(b"image,label\na,x\nb,y\n", mtime=0),
        bz2.compress(b"image,label\na,x\nb,y\n"),
        lzma.compress(b"image,label\na,x\nb,y\n"),
    ],
    ids=["zip", "gzip", "bz2", "xz"],
)
def test_a_compressed_file_with_the_name_of_a_csv(images, tmp_path, content):
    """The error says that the file is compressed, and its option unpacks it."""
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"^labels\.csv is compressed\.") as error:
        load(images, path)
    option = re.search(r"csv_options=(\{.*\})", str(error.value))
    dataset = load(images, path, csv_options=ast.literal_eval(option[1]))
    assert dataset.class_names == ["x", "y"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (packed("a.csv", "b.csv"), r"is a ZIP archive of 2 files, not a CSV\. Unpack"),
        (packed("a.csv")[:30], "is a damaged ZIP archive or Excel file, not a CSV"),
    ],
    ids=["two files", "damaged"],
)
def test_an_archive_with_the_name_of_a_csv(images, tmp_path, content, message):
    """A ZIP archive is not called an Excel file if it is none."""
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"^labels\.csv {message}"):
        load(images, path)


@pytest.mark.parametrize("header", ["PAR1,PK", "BZh,ARROW1", "ARROW1,FEA1"])
def test_a_header_like_the_start_of_another_file(images, write_csv, header):
    """A CSV whose header has the letters of another format is a CSV."""
    first, second = header.split(",")
    arguments = {"image_column": first, "label_column": second}
    assert read(images, write_csv(f"{header}\na,x\n"), **arguments) == [(0, "x")]


def test_a_header_in_brackets_is_no_json(images, write_csv):
    """Brackets around the names of columns do not make a CSV a JSON file."""
    path = write_csv("[image],[label]\na,x\n")
    arguments = {"image_column": "[image]", "label_column": "[label]"}
    assert read(images, path, **arguments) == [(0, "x")]


def test_a_file_that_may_not_be_read(images, write_csv, monkeypatch):
    """The error says so, and is one that `check` reports."""
    path = write_csv("image,label\na,x\n")

    def refuse(file, *arguments, **keywords):
        raise PermissionError(13, "Permission denied", file)

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ValueError, match=r"can be read \(Permission denied"):
        open_label_source(path, None)


PLAIN = {
    "quotechar": '"',
    "doublequote": True,
    "skipinitialspace": False,
    "escapechar": None,
    "quoting": csv.QUOTE_MINIMAL,
}
cells = st.text(st.sampled_from('xy #,"\n\\'), max_size=5)


@settings(max_examples=300, deadline=None)
@given(
    lines=st.lists(cells, max_size=6).map("\n".join),
    options=st.fixed_dictionaries(
        {
            "quotechar": st.sampled_from("\"'"),
            "doublequote": st.booleans(),
            "skipinitialspace": st.booleans(),
            "escapechar": st.sampled_from([None, "\\"]),
            "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_NONE]),
        }
    ),
)
@example(lines='""\\,', options={**PLAIN, "doublequote": False, "escapechar": "\\"})
@example(lines='""\\,', options={**PLAIN, "escapechar": "\\"})
def test_long_fields_are_divided_as_others_are(lines, options):
    """The reader for long fields and comments agrees with Python's csv module.

    Except for an escaped line end, after which the csv module goes on with the row.
    """
    assume(not any(line.endswith("\\") for line in lines.split("\n")))
    dialect = Dialect.of(options, ",")
    divided = [
        list(divide(io.StringIO(lines, newline="")))
        for divide in (dialect.rows, dialect.match_rows)
    ]
    blank = [[row for row in rows if not dialect.is_blank(row)] for rows in divided]
    is_closed = [bool(rows) and rows[-1] == ["\ud800"] for rows in divided]
    assert is_closed[0] == is_closed[1]
    if is_closed[0]:
        assert blank[0] == blank[1]


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(
        st.lists(
            st.text(st.sampled_from('xy ,;"\n#é'), max_size=4), min_size=1, max_size=4
        ),
        min_size=1,
        max_size=6,
    ),
    skipped=st.integers(0, 2),
    blank=st.integers(0, 2),
)
def test_any_row_of_another_length_is_named(tmp_path_factory, rows, skipped, blank):
    """Among quoted line breaks, blank lines and skipped rows, the line is right."""
    path = tmp_path_factory.mktemp("csv") / "labels.csv"
    text = '"skipped\nrow"\n' * skipped + "\n" * blank + "a,b\n"
    wrong = []
    for row in rows:
        is_blank = len(row) == 1 and row[0] != "" and not row[0].strip(" ")
        if len(row) != 2 and not is_blank:
            wrong.append((text.count("\n") + 1, len(row)))
        text += ",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n"
    path.write_bytes(text.encode())
    source = open_label_source(path, {"skiprows": skipped})
    if not wrong and all(len(row) == 1 for row in rows):
        return  # blank lines alone
    if not wrong:
        table = read_label_table(source, [0, 1])
        assert [list(r) for r in zip(table[0], table[1], strict=True)] == [
            [cell.strip() or None for cell in row] for row in rows if len(row) == 2
        ]
        return
    line, fields = wrong[0]
    with pytest.raises(ValueError, match=rf"line {line}: {fields} fields? where"):
        read_label_table(source, [0, 1])


def test_pandas_reads_the_same_cells(images, write_csv):
    """Cells are those of `pandas.read_csv`, also with text after a closing quote."""
    path = write_csv('image,label\na,"x"y\nb,5" disk\nc,"p""q"\n')
    frame = pd.read_csv(path, dtype=str)
    assert [label for _, label in read(images, path)] == frame["label"].tolist()
