"""Rows without an image or a label, and rows that contradict each other."""

import os
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import keras_csv_dataset
from images import batches, number_of, save_all
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


class TestMissingImages:
    """`missing_images`: rows without an image file."""

    CSV = "image,label\n0.png,a\nx.png,b\n2.png,c\n,a\n4.png,b\n"

    def test_error_is_the_default(self, images, write_csv):
        """Missing images raise an error that gives their lines and a fix."""
        with pytest.raises(ValueError, match='missing_images="skip"') as error:
            open_dataset(images, write_csv(self.CSV))

        assert "labels.csv, line 3: 'x.png' is not an image file" in str(error.value)
        assert "labels.csv, line 5: the row names no image" in str(error.value)

    def test_error_shows_five_lines_and_the_total(self, images):
        """The error lists the first five rows and gives the total."""
        names = ["0.png", *(f"x{i}.png" for i in range(7))]
        with pytest.raises(ValueError, match="2 more: 7 of 8 rows") as error:
            open_dataset(images, frame(names, range(8)))

        assert re.findall(r"row (\d+):", str(error.value)) == [*"12345"]

    def test_skip_leaves_the_rows_out(self, images, write_csv):
        """`"skip"` yields the other rows, each with its own label."""
        csv = write_csv(self.CSV)
        with pytest.warns(UserWarning, match="left out"):
            dataset = open_dataset(images, csv, missing_images="skip")

        assert paired(dataset) == [(0, "a"), (2, "c"), (4, "b")]
        assert dataset.file_paths == [f"{images}/{i}.png" for i in (0, 2, 4)]
        assert dataset.labels.tolist() == [0, 2, 1]

    def test_class_of_skipped_rows_is_gone(self, images):
        """A class that occurs only in skipped rows is not in `class_names`."""
        csv = frame(["0.png", "x.png"], "ab")
        with pytest.warns(UserWarning, match="left out"):
            dataset = open_dataset(images, csv, missing_images="skip")

        assert dataset.class_names == ["a"]

    def test_skip_keeps_weights_with_their_images(self, images):
        """`"skip"` keeps the weight of each image that is left."""
        csv = frame(["0.png", "x.png", "2.png"], "aba", weight=[1, 2, 3])
        with pytest.warns(UserWarning, match="left out"):
            dataset = open_dataset(
                images, csv, missing_images="skip", weight_column="weight"
            )

        assert [(number_of(x), float(w)) for x, _, w in dataset] == [(0, 1), (2, 3)]

    def test_skip_of_all_rows_is_an_error(self, images):
        """A dataset without rows raises an error, even with `"skip"`."""
        with pytest.raises(ValueError, match="No value of column 'image' names one"):
            open_dataset(images, frame("xy", "ab"), missing_images="skip")

    def test_skip_without_missing_images_is_silent(self, images):
        """If no image is missing, there is no warning."""
        csv = frame(["0.png", "1.png"], "ab")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            dataset = open_dataset(images, csv, missing_images="skip")

        assert paired(dataset) == [(0, "a"), (1, "b")]

    def test_skip_does_not_excuse_parent_folders(self, images):
        """A `..` raises an error, even with `"skip"`."""
        with pytest.raises(ValueError, match=r"row 1: '\.\./x\.png' contains a '\.\.'"):
            open_dataset(
                images, frame(["0.png", "../x.png"], "ab"), missing_images="skip"
            )

    def test_skip_does_not_excuse_ambiguous_names(self, folder):
        """A name that fits two files raises an error, even with `"skip"`."""
        save_all(folder, ["z/0.png", "x/a.png", "y/a.png"])
        with pytest.raises(ValueError, match=r"row 1: 'a\.png' fits several files"):
            open_dataset(folder, frame(["0.png", "a.png"], "ab"), missing_images="skip")

    def test_unknown_policy_is_refused(self, images):
        """An invalid value raises an error that lists the choices."""
        with pytest.raises(ValueError, match="'error', 'skip' or 'unchecked'"):
            open_dataset(images, frame(["0.png"], "a"), missing_images="ignore")


class TestUnchecked:
    """`missing_images="unchecked"`: names are exact paths; the folder is not listed."""

    @pytest.fixture(autouse=True)
    def no_listing(self, monkeypatch, images):
        """Makes every listing of a folder fail."""

        def refuse(*args, **kwargs):
            raise AssertionError("a folder was listed")

        for name in ("scandir", "listdir", "walk"):
            monkeypatch.setattr(os, name, refuse)

    def test_exact_paths_are_read(self, images):
        """Images are found by their exact paths."""
        csv = frame(["2.png", "0.png"], "ab")
        dataset = open_dataset(images, csv, missing_images="unchecked")

        assert paired(dataset) == [(2, "a"), (0, "b")]

    def test_without_directory_absolute_paths_are_read(self, images):
        """With `directory=None`, images are found by their absolute paths."""
        csv = frame([f"{images}/2.png", f"{images}/0.png"], "ab")
        dataset = open_dataset(None, csv, missing_images="unchecked")

        assert paired(dataset) == [(2, "a"), (0, "b")]

    @pytest.mark.parametrize("name", ["./2.png", "  2.png ", r".\2.png"])
    def test_paths_are_tidied(self, name, images):
        """A leading `./`, spaces and backslashes are accepted."""
        csv = frame(["0.png", name], "ab")
        dataset = open_dataset(images, csv, missing_images="unchecked")

        assert paired(dataset) == [(0, "a"), (2, "b")]

    def test_absolute_path_inside_directory_is_read(self, images):
        """An absolute path inside `directory` is accepted."""
        csv = frame([f"{images}/2.png"], "a")
        dataset = open_dataset(images, csv, missing_images="unchecked")

        assert paired(dataset) == [(2, "a")]

    @pytest.mark.parametrize("each_format", ["tf"], indirect=True)
    @pytest.mark.parametrize("start", ["file://{}", "file://{}/"])
    def test_directory_may_be_an_address(self, start, images):
        """Names are appended to the address of a folder."""
        csv = frame(["2.png", "./0.png"], "ab")
        dataset = open_dataset(start.format(images), csv, missing_images="unchecked")

        assert paired(dataset) == [(2, "a"), (0, "b")]

    @pytest.mark.parametrize("each_format", ["tf"], indirect=True)
    def test_addresses_are_absolute_paths(self, images):
        """With `directory=None`, names may be addresses."""
        csv = frame([f"file://{images}/2.png", f"file://{images}/0.png"], "ab")
        dataset = open_dataset(None, csv, missing_images="unchecked")

        assert paired(dataset) == [(2, "a"), (0, "b")]

    def test_missing_file_is_reported_when_it_is_read(self, images):
        """A missing file raises an error only when it is read."""
        dataset = open_dataset(
            images, frame(["gone.png"], "a"), missing_images="unchecked"
        )

        with pytest.raises(Exception, match=r"gone\.png"):
            next(iter(dataset))

    @pytest.mark.parametrize(
        "name", ["../0.png", "x/../../0.png", r"..\0.png", "x/..", "./../0.png"]
    )
    def test_parent_folder_is_refused(self, name, images):
        """A path with `..` raises an error."""
        csv = frame(["0.png", name], "ab")
        with pytest.raises(ValueError, match=r"row 1: .* contains a '\.\.'"):
            open_dataset(images, csv, missing_images="unchecked")

    @pytest.mark.parametrize(
        "name", ["/etc/0.png", "C:/0.png", r"C:\0.png", r"\\host\share\0.png"]
    )
    def test_absolute_path_elsewhere_is_refused(self, name, images):
        """An absolute path outside `directory` raises an error with a fix."""
        csv = frame(["0.png", name], "ab")
        message = r"row 1: .* is not in (.|\n)*directory=None"
        with pytest.raises(ValueError, match=message):
            open_dataset(images, csv, missing_images="unchecked")

    def test_blank_name_is_refused(self, images):
        """A row without a name raises an error."""
        csv = frame(["0.png", None], "ab")
        with pytest.raises(ValueError, match=r"row 1: no image is named"):
            open_dataset(images, csv, missing_images="unchecked")

    def test_format_that_cannot_be_decoded_is_refused(self, images):
        """The name of a TIFF file raises an error before TensorFlow reads any file."""
        csv = frame(["0.png", "scan.tif"], "ab")
        with pytest.raises(ValueError, match=r"row 1: 'scan\.tif' is a \.tif file"):
            open_dataset(images, csv, missing_images="unchecked", format="tf")

    def test_duplicates_are_compared(self, images):
        """Contradictory rows raise an error."""
        csv = frame(["0.png", "./0.png"], "ab")
        with pytest.raises(ValueError, match="'b' here, but 'a' in"):
            open_dataset(images, csv, missing_images="unchecked")

    def test_the_column_of_images_is_found(self, images):
        """The image column is found from the suffixes of its values."""
        dataset = open_dataset(
            images,
            frame(["2.png"], "a"),
            image_column=None,
            missing_images="unchecked",
        )

        assert paired(dataset) == [(2, "a")]


class TestMissingLabels:
    """`missing_labels`: rows with a blank label."""

    CSV = "image,label\n0.png,a\n1.png,\n2.png,b\n3.png,  \n"

    def test_error_is_the_default(self, images, write_csv):
        """Blank labels raise an error that gives their lines and a fix."""
        with pytest.raises(ValueError, match='missing_labels="skip"') as error:
            open_dataset(images, write_csv(self.CSV))

        assert "labels.csv, line 3: column 'label' is blank" in str(error.value)
        assert "labels.csv, line 5: column 'label' is blank" in str(error.value)

    @pytest.mark.parametrize("blank", [None, np.nan, pd.NA, pd.NaT, "", " "])
    def test_blanks_of_a_frame(self, blank, images):
        """NaN, None, NA, NaT and blank text in a DataFrame are missing labels."""
        csv = frame(["0.png", "1.png"], ["a", blank])
        with pytest.raises(ValueError, match="row 1: column 'label' is blank"):
            open_dataset(images, csv)

    @pytest.mark.parametrize(
        "call",
        [
            {"label_mode": "int"},
            {"label_mode": "categorical"},
            {"label_mode": "binary"},
            {"label_mode": "raw"},
            {"label_mode": {"label": "int"}},
            {"label_mode": "multi_hot"},
            MULTI_HOT,
        ],
        ids=repr,
    )
    def test_blank_is_an_error_in_every_mode(self, call, images):
        """By default, a blank label raises an error in every mode."""
        csv = frame(["0.png", "1.png", "2.png"], ["1", "2", None])
        with pytest.raises(ValueError, match="row 2: column 'label' is blank"):
            open_dataset(images, csv, **call)

    @pytest.mark.parametrize("cell", ["|", " | ", "||"])
    def test_separators_alone_are_a_blank(self, cell, images):
        """A cell that contains only separators is a blank label."""
        csv = frame(["0.png", "1.png"], ["a|b", cell])
        with pytest.raises(ValueError, match=r'row 1: .*blank(.|\n)*labels="empty"'):
            open_dataset(images, csv, **MULTI_HOT)

    @pytest.mark.parametrize("text", ["NA", "nan", "None", "null", "N/A", "0"])
    def test_words_are_labels(self, text, images, write_csv):
        """Texts such as `NA` and `null` are labels, not missing values."""
        csv = write_csv(f"image,label\n0.png,{text}\n1.png,a\n")

        assert paired(open_dataset(images, csv)) == [(0, text), (1, "a")]

    def test_skip_leaves_the_rows_out(self, images, write_csv):
        """`"skip"` yields the other rows, each with its own label."""
        csv = write_csv(self.CSV)
        with pytest.warns(UserWarning, match="left out"):
            dataset = open_dataset(images, csv, missing_labels="skip")

        assert paired(dataset) == [(0, "a"), (2, "b")]

    def test_skip_of_several_outputs(self, images):
        """With several outputs, `"skip"` leaves out a row if any label is blank."""
        names = ["0.png", "1.png", "2.png"]
        csv = frame(names, ["a", None, "b"], age=[1.0, 2.0, None])
        with pytest.warns(UserWarning, match="2 of 3 rows"):
            dataset = open_dataset(
                images,
                csv,
                label_mode={"label": "int", "age": "raw"},
                missing_labels="skip",
            )

        assert dataset.file_paths == [f"{images}/0.png"]

    def test_skip_of_one_hot_columns(self, images):
        """With one-hot columns, `"skip"` leaves out a row if any of them is blank."""
        csv = frame(["0.png", "1.png"], [1, 1], b=[0, None])
        with pytest.warns(UserWarning, match="row 1: column 'b' is blank"):
            dataset = open_dataset(
                images, csv, label_column=["label", "b"], missing_labels="skip"
            )

        assert paired(dataset) == [(0, "label")]

    def test_skip_of_all_rows_is_an_error(self, images):
        """A dataset without rows raises an error, even with `"skip"`."""
        with pytest.raises(ValueError, match="row 0: column 'label' is blank"):
            open_dataset(images, frame(["0.png"], [None]), missing_labels="skip")

    def test_empty_means_no_class(self, images):
        """With `"empty"`, a blank label means that no class applies."""
        csv = frame(["0.png", "1.png", "2.png"], ["a|b", None, "b"])
        dataset = open_dataset(images, csv, missing_labels="empty", **MULTI_HOT)

        assert [(number_of(x), y.tolist()) for x, y in batches(dataset)] == [
            (0, [1, 1]),
            (1, [0, 0]),
            (2, [0, 1]),
        ]

    def test_empty_in_long_form(self, images):
        """In long form, an image whose only label is blank is kept without a class."""
        csv = frame(["0.png", "1.png", "0.png"], ["a", None, "b"])
        dataset = open_dataset(
            images, csv, label_mode="multi_hot", missing_labels="empty"
        )

        assert [(number_of(x), y.tolist()) for x, y in batches(dataset)] == [
            (0, [1, 1]),
            (1, [0, 0]),
        ]

    @pytest.mark.parametrize("mode", ["int", "categorical", "binary", "raw", None])
    def test_empty_goes_with_multi_hot_alone(self, mode, images):
        """`"empty"` raises an error in modes other than `"multi_hot"`."""
        message = 'missing_labels="empty"` is only valid with `label_mode="multi_hot"`'
        with pytest.raises(ValueError, match=message):
            open_dataset(
                images, frame(["0.png"], "a"), label_mode=mode, missing_labels="empty"
            )

    def test_unknown_policy_is_refused(self, images):
        """An invalid value raises an error that lists the choices."""
        with pytest.raises(ValueError, match="'error', 'skip' or 'empty'"):
            open_dataset(images, frame(["0.png"], "a"), missing_labels="drop")


MISSING = {
    "images": (
        frame(["0.png", *(f"x{i}.png" for i in range(7))], "aaaaaaaa"),
        {"missing_images": "skip"},
    ),
    "labels": (
        frame([f"{i}.png" for i in range(8)], ["a", *[None] * 7]),
        {"missing_labels": "skip"},
    ),
}


@pytest.mark.parametrize(("csv", "call"), MISSING.values(), ids=MISSING)
class TestSkipWarning:
    """The `UserWarning` of `"skip"`."""

    def test_it_is_one(self, csv, call, images):
        """`"skip"` gives one warning, however many rows are left out."""
        with pytest.warns(UserWarning, match="left out") as caught:
            open_dataset(images, csv, **call)

        assert len(caught) == 1

    def test_it_counts(self, csv, call, images):
        """The warning gives the number of rows that are left out, and of all rows."""
        with pytest.warns(UserWarning, match="7 of 8 rows are left out"):
            open_dataset(images, csv, **call)

    def test_it_shows_the_first_five(self, csv, call, images):
        """The warning lists the first five rows."""
        with pytest.warns(UserWarning, match="left out") as caught:
            open_dataset(images, csv, **call)

        assert re.findall(r"row (\d+):", str(caught[0].message)) == [*"12345"]

    def test_it_points_at_the_line_of_the_caller(self, csv, call, images, each_format):
        """The warning points at the file and the line of the caller."""
        call = {"image_column": "image", "format": each_format, **call}
        with pytest.warns(UserWarning, match="left out") as caught:
            keras_csv_dataset.image_dataset_from_csv(images, csv, **call)

        line = Path(caught[0].filename).read_text().splitlines()[caught[0].lineno - 1]
        assert caught[0].filename == __file__
        assert line.strip().startswith(
            "keras_csv_dataset.image_dataset_from_csv(images"
        )

    def test_it_comes_without_verbose_too(self, csv, call, images, capsys):
        """With `verbose=False`, there is still a warning, and nothing is printed."""
        with pytest.warns(UserWarning, match="left out"):
            open_dataset(images, csv, verbose=False, **call)

        assert capsys.readouterr().out == ""


class TestDuplicates:
    """An image in several rows."""

    def test_identical_rows_are_kept(self, images):
        """An image in several identical rows is yielded once for each row."""
        csv = frame(["1.png", "0.png", "1.png", "1.png"], "abaa")
        dataset = open_dataset(images, csv)

        assert paired(dataset) == [(1, "a"), (0, "b"), (1, "a"), (1, "a")]
        assert len(dataset.file_paths) == 4

    @pytest.mark.parametrize(
        "call",
        [
            {"label_mode": "categorical", "label_column": "label"},
            {"label_mode": "raw", "label_column": "x"},
            {"label_mode": "raw", "label_column": ["x", "x2"]},
            {"label_column": ["flag", "x"]},
            {"label_mode": "multi_hot", "label_column": ["flag", "x"]},
            {
                "label_mode": "multi_hot",
                "label_separator": "|",
                "label_column": "label",
            },
            {"label_mode": {"x": "raw", "label": "int"}},
            {"label_mode": "int", "label_column": "label", "weight_column": "x"},
            {"label_mode": None},
        ],
        ids=repr,
    )
    def test_identical_rows_are_kept_in_every_mode(self, call, images):
        """Identical rows are all kept, in every label mode."""
        names = ["0.png", "1.png", "0.png"]
        csv = frame(names, "aba", x=[1, 0, 1], x2=[5, 6, 5], flag=[0, 1, 0])
        dataset = open_dataset(images, csv, **call)

        numbers = [number_of(x[0] if isinstance(x, tuple) else x) for x in dataset]
        assert numbers == [0, 1, 0]

    def test_repetitions_are_counted(self, images, capsys):
        """The message gives the number of repetitions."""
        open_dataset(images, frame(["1.png", "0.png", "1.png"], "aba"), verbose=True)

        assert "Found 3 images" in (out := capsys.readouterr().out)
        assert "1 of them are repetitions" in out

    def test_spelling_does_not_hide_a_duplicate(self, images):
        """Different spellings of a path are recognised as the same image."""
        csv = frame(["1.png", "0.png", "1"], "abb")
        with pytest.raises(
            ValueError, match=r"row 2: '1' has 'b' here, but 'a' in .*row 0"
        ):
            open_dataset(images, csv)

    def test_different_labels_name_both_lines(self, images, write_csv):
        """An image with two labels raises an error that gives both lines."""
        csv = write_csv("image,label\n1.png,a\n0.png,b\n1.png,b\n")
        message = (
            r"labels\.csv, line 4: '1\.png' has 'b' here, but 'a' in "
            r"labels\.csv, line 2(.|\n)*multi_hot"
        )
        with pytest.raises(ValueError, match=message):
            open_dataset(images, csv)

    @pytest.mark.parametrize(
        "call",
        [
            {"label_mode": "raw", "label_column": "x"},
            {"label_mode": "raw", "label_column": ["same", "x"]},
            {"label_column": ["x", "y"]},
            {"label_mode": "multi_hot", "label_column": ["x", "same"]},
            {
                "label_mode": "multi_hot",
                "label_separator": "|",
                "label_column": "label",
            },
            {"label_mode": {"same": "raw", "label": "int"}},
            {"label_column": "same", "weight_column": "x"},
        ],
        ids=repr,
    )
    def test_different_labels_are_refused_in_every_mode(self, call, images):
        """Different labels or weights of one image raise an error in every mode."""
        names = ["0.png", "1.png", "0.png"]
        csv = frame(names, ["a|b", "b", "a"], x=[1, 0, 0], y=[0, 1, 1], same=[1, 1, 1])
        with pytest.raises(
            ValueError, match=r"row 2: '0\.png' has .* here, but .*row 0"
        ):
            open_dataset(images, csv, **call)

    def test_order_of_labels_in_a_cell_does_not_matter(self, images):
        """`a|b` and `b|a` are the same labels."""
        csv = frame(["0.png", "0.png"], ["a|b", "b|a"])
        dataset = open_dataset(images, csv, **MULTI_HOT)

        assert dataset.labels.tolist() == [[1, 1], [1, 1]]

    def test_notation_of_a_number_does_not_matter(self, images):
        """`1` and `1.0` are the same number."""
        csv = frame(["0.png", "0.png"], ["1", "1.0"])
        dataset = open_dataset(images, csv, label_mode="raw")

        assert dataset.labels.tolist() == [1, 1]

    def test_different_weights_name_both_lines(self, images, write_csv):
        """An image with two weights raises an error that gives both lines."""
        csv = write_csv("image,label,w\n1.png,a,1\n0.png,b,1\n1.png,a,2\n")
        message = r"line 4: '1\.png' has 'a', '2' here, but 'a', '1' in .*line 2"
        with pytest.raises(ValueError, match=message):
            open_dataset(images, csv, label_column="label", weight_column="w")

    def test_long_form_is_united(self, images):
        """In the long form of `multi_hot`, all rows of an image are merged."""
        csv = frame(["1.png", "0.png", "1.png"], "abb")
        dataset = open_dataset(images, csv, label_mode="multi_hot")

        assert [(number_of(x), y.tolist()) for x, y in batches(dataset)] == [
            (1, [1, 1]),
            (0, [0, 1]),
        ]

    def test_long_form_repeats_nothing(self, images):
        """In long form, identical rows do not repeat the image."""
        csv = frame(["1.png", "1.png", "1.png"], "aab")
        dataset = open_dataset(images, csv, label_mode="multi_hot")

        assert dataset.labels.tolist() == [[1, 1]]

    def test_weights_must_agree_in_long_form(self, images):
        """In long form, different weights of one image raise an error."""
        csv = frame(["1.png", "0.png", "1.png"], "abb", w=[1, 1, 2])
        with pytest.raises(ValueError, match=r"row 2: '1\.png' .* here, but .*row 0"):
            open_dataset(
                *(images, csv),
                label_mode="multi_hot",
                label_column="label",
                weight_column="w",
            )

    def test_skipped_rows_do_not_contradict(self, images):
        """A skipped row does not contradict another row of the same image."""
        csv = frame(["0.png", "1.png", "0.png"], ["a", "b", None])
        with pytest.warns(UserWarning, match="1 of 3 rows"):
            dataset = open_dataset(images, csv, missing_labels="skip")

        assert paired(dataset) == [(0, "a"), (1, "b")]


@given(
    rows=st.lists(
        st.tuples(st.integers(0, ROWS - 1), st.sampled_from("ab")),
        min_size=1,
        max_size=10,
    )
)
@settings(max_examples=40, deadline=None)
def test_duplicates_are_kept_or_refused(rows, images):
    """Any rows are kept in order, unless an image has two labels."""
    csv = frame([f"{number}.png" for number, _ in rows], [label for _, label in rows])

    if len(set(rows)) > len({number for number, _ in rows}):
        with pytest.raises(ValueError, match="here, but"):
            open_dataset(images, csv)
    else:
        assert paired(open_dataset(images, csv)) == rows


def test_a_name_in_another_folder_is_missing(folder):
    """A name in a missing folder does not match a file in another folder."""
    save_all(folder, ["1.png", "patient1/1.png"])
    frame = pd.DataFrame(
        {"image": ["patient1/1.png", "patient2/1.png"], "label": ["well", "ill"]}
    )
    with pytest.raises(
        ValueError, match=r"row 1: 'patient2/1.png' is not an image file"
    ):
        image_dataset_from_csv(folder, frame)


def test_names_in_several_folders_do_not_share_a_file(folder):
    """Names in several folders do not match one file with the same base name."""
    save_all(folder, ["img.png", "other.png"])
    names = ["series1/img.png", "series2/img.png", "other.png"]
    frame = pd.DataFrame({"image": names, "label": ["x", "x", "y"]})
    with pytest.raises(
        ValueError, match=r"row 0: 'series1/img.png' is not an image file"
    ):
        image_dataset_from_csv(folder, frame)


@pytest.mark.parametrize("first", ["patient1/1.png", "patient1/1"])
def test_names_with_and_without_suffix_do_not_share_a_file(folder, first):
    """Names in two folders do not match one file, with or without a suffix."""
    save_all(folder, ["1.png", "other.png"])
    names = [first, "patient2/1", "other.png"]
    frame = pd.DataFrame({"image": names, "label": ["x", "x", "y"]})
    message = "row 0: 'patient1/.* is not an(.|\n)*row 1: 'patient2/1' is not an image"
    with pytest.raises(ValueError, match=message):
        image_dataset_from_csv(folder, frame, image_column="image")
