"""Every kind of label and weight: values, shapes, dtypes and attributes.

The colour of each image encodes the number of its row, so that the tests detect a
wrong label.
"""

import keras
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from images import batches, form_of, number_of, save_all, singly
from in_each_format import image_dataset_from_csv

pytestmark = pytest.mark.usefixtures("each_format")

ROWS = 5
COLOURS = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]
SEVERAL = [[1, 0, 0], [0, 1, 1], [0, 0, 0], [1, 1, 1], [0, 0, 1]]
CLASSES = ["red", "green", "blue"]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """A folder of images `0.png`, `1.png`, …; each colour encodes the number."""
    folder = tmp_path_factory.mktemp("images")
    save_all(folder, [f"{number}.png" for number in range(ROWS)])
    return folder


def frame(**columns) -> pd.DataFrame:
    """A table with a row for each image."""
    length = len(next(iter(columns.values())))
    return pd.DataFrame({"image": [f"{i}.png" for i in range(length)], **columns})


def flags(values, names=CLASSES) -> pd.DataFrame:
    """A table with a row for each image and a 0/1 column for each class."""
    return frame(**dict(zip(names, zip(*values, strict=True), strict=True)))


def open_dataset(images, csv, label_mode="int", class_names=None, **keywords):
    """A dataset in batches of two, in the order of the rows."""
    arguments = {"image_column": "image", "shuffle": False, "batch_size": 2, **keywords}
    return image_dataset_from_csv(
        *(images, csv, label_mode, class_names),
        **{"image_size": (8, 8), "verbose": False, **arguments},
    )


def paired(dataset) -> list:
    """The labels and weights of the images, in the order of the images' numbers."""
    known = {}
    for image, *rest in singly(dataset):
        known[number_of(image)] = rest[0] if len(rest) == 1 else tuple(rest)
    return [known[number] for number in sorted(known)]


class TestOneHotColumns:
    """Several 0/1 columns, of which exactly one contains a 1."""

    def test_int(self, images):
        """`"int"` gives the index of the column that contains the 1."""
        dataset = open_dataset(images, flags(COLOURS), label_column=CLASSES)

        assert [int(y) for y in paired(dataset)] == [0, 1, 2, 1, 0]
        assert form_of(dataset, 1) == ("int32", ())

    def test_categorical(self, images):
        """`"categorical"` gives the values of the columns."""
        dataset = open_dataset(
            images, flags(COLOURS), label_mode="categorical", label_column=CLASSES
        )

        assert np.array_equal(paired(dataset), COLOURS)
        assert form_of(dataset, 1) == ("float32", (3,))

    def test_binary(self, images):
        """`"binary"` accepts two columns; the second is class 1."""
        csv = flags([[1, 0], [0, 1], [0, 1]], ["no", "yes"])
        dataset = open_dataset(
            images, csv, label_mode="binary", label_column=["no", "yes"]
        )

        assert np.array_equal(paired(dataset), [[0], [1], [1]])
        assert form_of(dataset, 1) == ("float32", (1,))

    def test_binary_of_three_columns_is_refused(self, images):
        """`"binary"` with three columns raises an error that gives their number."""
        with pytest.raises(ValueError, match=r"exactly 2 classes\. .* has 3"):
            open_dataset(
                images, flags(COLOURS), label_mode="binary", label_column=CLASSES
            )

    def test_class_names_are_the_columns_in_the_order_given(self, images):
        """The classes are in the order of `label_column`."""
        dataset = open_dataset(
            images, flags(COLOURS), label_column=["blue", "red", "green"]
        )

        assert dataset.class_names == ["blue", "red", "green"]
        assert dataset.labels.tolist() == [1, 2, 0, 2, 1]

    def test_class_names_fix_another_order(self, images):
        """`class_names` overrides the order of the columns, and may add a class."""
        names = ["blue", "green", "red", "white"]
        dataset = open_dataset(
            images, flags(COLOURS), class_names=names, label_column=CLASSES
        )

        assert dataset.class_names == names
        assert [int(y) for y in paired(dataset)] == [2, 1, 0, 1, 2]

    @pytest.mark.parametrize(
        ("zero", "one"),
        [("0", "1"), ("0.0", "1.0"), ("false", "true"), ("False", "TRUE")],
    )
    def test_a_one_is_written_in_several_ways(self, zero, one, images):
        """`1`, `1.0` and `true`, in upper or lower case, mean 1."""
        values = [[one if v else zero for v in row] for row in COLOURS]
        dataset = open_dataset(images, flags(values), label_column=CLASSES)

        assert dataset.labels.tolist() == [0, 1, 2, 1, 0]

    @pytest.mark.parametrize("dtype", [bool, int, float, "Int64", "boolean"])
    def test_columns_of_a_frame_have_any_type(self, dtype, images):
        """The columns of a DataFrame may be booleans, integers or floats."""
        csv = flags(COLOURS).astype(dict.fromkeys(CLASSES, dtype))
        dataset = open_dataset(images, csv, label_column=CLASSES)

        assert dataset.labels.tolist() == [0, 1, 2, 1, 0]

    def test_a_row_of_zeros_is_refused(self, images):
        """A row of zeros raises an error that gives the row and a fix."""
        message = r"row 2: 0 of the 3 label columns contain a 1(.|\n)*multi_hot"
        with pytest.raises(ValueError, match=message):
            open_dataset(
                images, flags([[1, 0, 0], [0, 1, 0], [0, 0, 0]]), label_column=CLASSES
            )

    def test_two_ones_are_refused(self, images):
        """A row with two ones raises an error that names both columns."""
        message = r"row 1: 2 of the 3 .* \('red', 'blue'\)(.|\n)*multi_hot"
        with pytest.raises(ValueError, match=message):
            open_dataset(images, flags([[1, 0, 0], [1, 0, 1]]), label_column=CLASSES)

    @pytest.mark.parametrize("value", ["2", "0.5", "yes", "-1"])
    def test_other_values_are_refused(self, value, images):
        """A value other than 0 and 1 raises an error that quotes the cell."""
        csv = flags([["1", "0", "0"], ["1", value, "0"]])
        with pytest.raises(
            ValueError, match=f"row 1: column 'green' contains '{value}'"
        ):
            open_dataset(images, csv, label_column=CLASSES)


# The same labels in three forms.
FORMS = {
    "one column": (
        frame(label=["red", "green blue", "", "red green blue", "blue"]),
        {"label_separator": " ", "missing_labels": "empty"},
    ),
    "0/1 columns": (flags(SEVERAL), {"label_column": CLASSES}),
    "long form": (
        pd.DataFrame(
            [
                *[("0.png", "red"), ("1.png", "green"), ("2.png", None)],
                *[("3.png", "green"), ("4.png", "blue"), ("3.png", "red")],
                *[("1.png", "blue"), ("3.png", "blue")],
            ],
            columns=["image", "label"],
        ),
        {"missing_labels": "empty"},
    ),
}


class TestMultiHot:
    """Several labels per image, in three equivalent forms."""

    each_form = pytest.mark.parametrize(("csv", "call"), FORMS.values(), ids=FORMS)

    @each_form
    def test_values(self, csv, call, images):
        """Every image has a 1 for each of its classes."""
        dataset = open_dataset(images, csv, "multi_hot", CLASSES, **call)

        assert np.array_equal(paired(dataset), SEVERAL)

    @each_form
    def test_shape_and_type(self, csv, call, images):
        """Batches of labels are float32 of shape `(batch, num_classes)`."""
        dataset = open_dataset(images, csv, "multi_hot", CLASSES, **call)

        assert form_of(dataset, 1) == ("float32", (3,))
        assert len(list(batches(dataset))) == 3

    @each_form
    def test_attributes(self, csv, call, images):
        """`labels` contains the multi-hot rows in the order of `file_paths`."""
        dataset = open_dataset(images, csv, "multi_hot", CLASSES, **call)

        assert dataset.labels.dtype == np.float32
        assert np.array_equal(dataset.labels, SEVERAL)
        assert dataset.file_paths == [f"{images}/{i}.png" for i in range(ROWS)]
        assert dataset.class_names == CLASSES

    @each_form
    def test_class_names_may_add_a_class(self, csv, call, images):
        """A class of `class_names` without images is a column of zeros."""
        names = ["white", *CLASSES]
        dataset = open_dataset(images, csv, "multi_hot", names, **call)

        assert dataset.class_names == names
        assert np.array_equal(paired(dataset), np.pad(SEVERAL, ((0, 0), (1, 0))))

    @each_form
    def test_class_names_must_not_leave_a_class_out(self, csv, call, images):
        """A label that is not in `class_names` raises an error that gives its count."""
        with pytest.raises(ValueError, match=r"not in `class_names`: 'blue' \(3×\)"):
            open_dataset(images, csv, "multi_hot", ["red", "green"], **call)

    def test_classes_of_one_column_are_sorted(self, images):
        """The classes of a column are sorted, numerically if they are numbers."""
        text = open_dataset(
            images, frame(y=["b|a", "c"]), "multi_hot", label_separator="|"
        )
        numbers = open_dataset(
            images, frame(y=["10|9", "2"]), "multi_hot", label_separator="|"
        )

        assert text.class_names == ["a", "b", "c"]
        assert numbers.class_names == ["2", "9", "10"]

    @pytest.mark.parametrize("separator", [" ", "|", ",", ";", "/", "\t", "&&", " - "])
    def test_separators(self, separator, images):
        """The separator may be any text."""
        csv = frame(label=[separator.join(["a", "b"]), "a"])
        dataset = open_dataset(images, csv, "multi_hot", label_separator=separator)

        assert dataset.class_names == ["a", "b"]
        assert np.array_equal(paired(dataset), [[1, 1], [1, 0]])

    @pytest.mark.parametrize("cell", ["a | b", " a|b ", "a||b", "|a|b|", "a|b|a"])
    def test_blanks_and_empty_pieces_do_not_count(self, cell, images):
        """Spaces around labels are stripped; empty and repeated labels are ignored."""
        csv = frame(label=[cell, "c d"])
        dataset = open_dataset(images, csv, "multi_hot", label_separator="|")

        assert dataset.class_names == ["a", "b", "c d"]
        assert np.array_equal(paired(dataset), [[1, 1, 0], [0, 0, 1]])

    def test_flags_may_all_be_zero(self, images):
        """In 0/1 columns, a row of zeros means that no class applies."""
        dataset = open_dataset(
            images, flags([[0, 0, 0], [1, 0, 0]]), "multi_hot", label_column=CLASSES
        )

        assert np.array_equal(paired(dataset), [[0, 0, 0], [1, 0, 0]])

    def test_long_form_is_in_the_order_of_first_rows(self, images):
        """In long form, images are in the order of their first rows."""
        csv = pd.DataFrame(
            {"image": ["3.png", "1.png", "3.png", "0.png"], "label": [*"abca"]}
        )
        dataset = open_dataset(images, csv, "multi_hot")

        assert dataset.file_paths == [f"{images}/{i}.png" for i in (3, 1, 0)]
        assert np.array_equal(dataset.labels, [[1, 0, 1], [0, 1, 0], [1, 0, 0]])

    def test_long_form_knows_an_image_by_its_file(self, images):
        """In long form, rows that spell one path differently are merged."""
        csv = pd.DataFrame(
            {"image": ["1.png", "./1.png", "0", "1"], "label": [*"abca"]}
        )
        dataset = open_dataset(images, csv, "multi_hot")

        assert np.array_equal(paired(dataset), [[0, 0, 1], [1, 1, 0]])


class TestRaw:
    """`label_mode="raw"`: unchanged numbers."""

    def test_one_column(self, images):
        """One column gives float32 of shape `(batch,)`."""
        dataset = open_dataset(images, frame(age=["1", "-2.5", "3e2", ".5"]), "raw")

        assert [float(y) for y in paired(dataset)] == [1, -2.5, 300, 0.5]
        assert form_of(dataset, 1) == ("float32", ())

    def test_list_of_columns(self, images):
        """A list of columns gives float32 of shape `(batch, n)`, in the same order."""
        csv = frame(x=["1", "2", "3"], y=[0.25, 0.5, -1])
        dataset = open_dataset(images, csv, "raw", label_column=["y", "x"])

        assert np.array_equal(paired(dataset), [[0.25, 1], [0.5, 2], [-1, 3]])
        assert form_of(dataset, 1) == ("float32", (2,))

    def test_list_of_one_column(self, images):
        """A list of one column gives float32 of shape `(batch, 1)`."""
        dataset = open_dataset(images, frame(x=[1, 2]), "raw", label_column=["x"])

        assert np.array_equal(paired(dataset), [[1], [2]])
        assert form_of(dataset, 1) == ("float32", (1,))

    def test_attributes(self, images):
        """`labels` contains the numbers, and `class_names` is None."""
        dataset = open_dataset(images, frame(age=[1, 2.5]), "raw")

        assert dataset.labels.dtype == np.float32
        assert dataset.labels.tolist() == [1, 2.5]
        assert dataset.class_names is None

    @pytest.mark.parametrize(
        "cell", ["old", "nan", "inf", "-inf", "1e999", "1,5", "0x10", "1 2"]
    )
    def test_other_than_finite_numbers_are_refused(self, cell, images):
        """A cell that is not a finite number raises an error that gives its row."""
        with pytest.raises(
            ValueError, match=f"row 1: column 'age' contains '{cell}', wh"
        ):
            open_dataset(images, frame(age=["1", cell]), "raw")

    def test_line_of_the_csv_is_named(self, images, write_csv):
        """The error for a CSV gives the line in the file."""
        csv = write_csv("image,age\n0.png,1\n1.png,old\n")
        with pytest.raises(ValueError, match=r"labels\.csv, line 3: column 'age'"):
            open_dataset(images, csv, "raw")

    def test_second_column_is_checked_as_well(self, images):
        """The error names the column of the cell."""
        with pytest.raises(ValueError, match="row 0: column 'y' contains 'b'"):
            open_dataset(
                images,
                frame(x=["1", "2"], y=["b", "1"]),
                "raw",
                label_column=["x", "y"],
            )

    def test_decimal_comma_is_explained(self, images):
        """A decimal comma raises an error that suggests `decimal=","`."""
        with pytest.raises(ValueError, match=r'contains \'1,5\'(.|\n)*decimal=","'):
            open_dataset(images, frame(age=["1,5", "2"]), "raw")


OUTPUTS = frame(
    species=["cat", "dog", "cat"],
    sex=["f", "f", "m"],
    age=[1.5, 2, 3],
    tags=["old|big", "big", "old"],
    site=[2, 7, 5],
)
MODES = {
    "age": "raw",
    "species": "categorical",
    "sex": "binary",
    "tags": "multi_hot",
    "site": "int",
}


class TestSeveralOutputs:
    """A dictionary of columns and their modes, for a model with named outputs."""

    def test_values(self, images):
        """Every image has all of its labels, each in its mode."""
        dataset = open_dataset(images, OUTPUTS, MODES, label_separator="|")
        labels = paired(dataset)

        assert [y["species"].tolist() for y in labels] == [[1, 0], [0, 1], [1, 0]]
        assert [y["sex"].tolist() for y in labels] == [[0], [0], [1]]
        assert [y["age"].item() for y in labels] == [1.5, 2, 3]
        assert [y["tags"].tolist() for y in labels] == [[1, 1], [1, 0], [0, 1]]
        assert [y["site"].item() for y in labels] == [0, 2, 1]

    def test_shapes_and_types(self, images):
        """Each output has the shape and dtype of its mode."""
        dataset = open_dataset(images, OUTPUTS, MODES, label_separator="|")

        assert form_of(dataset, 1) == {
            "species": ("float32", (2,)),
            "sex": ("float32", (1,)),
            "age": ("float32", ()),
            "tags": ("float32", (2,)),
            "site": ("int32", ()),
        }

    def test_attributes(self, images):
        """The attributes `class_names` and `labels` are dictionaries."""
        dataset = open_dataset(images, OUTPUTS, MODES, label_separator="|")

        assert dataset.class_names == {
            "species": ["cat", "dog"],
            "sex": ["f", "m"],
            "age": None,
            "tags": ["big", "old"],
            "site": ["2", "5", "7"],
        }
        assert {o: y.tolist() for o, y in dataset.labels.items()} == {
            "species": [0, 1, 0],
            "sex": [0, 0, 1],
            "age": [1.5, 2, 3],
            "tags": [[1, 1], [1, 0], [0, 1]],
            "site": [0, 2, 1],
        }

    def test_class_names_by_output(self, images):
        """`class_names` may be a dictionary that sets the classes of some outputs."""
        modes = {"species": "int", "sex": "int"}
        names = {"species": ["rat", "dog", "cat"]}
        dataset = open_dataset(images, OUTPUTS, modes, names)

        assert dataset.class_names == {**names, "sex": ["f", "m"]}
        assert [y["species"].item() for y in paired(dataset)] == [2, 1, 2]

    def test_single_output_stays_a_dictionary(self, images):
        """A dictionary with one output yields dictionaries with one label."""
        dataset = open_dataset(images, OUTPUTS, {"age": "raw"})

        assert [{o: y.item() for o, y in x.items()} for x in paired(dataset)] == [
            {"age": 1.5},
            {"age": 2},
            {"age": 3},
        ]

    def test_subsets_keep_labels_together(self, images):
        """After a shuffled split, every image has all labels of its row."""
        csv = frame(number=range(ROWS), twice=[2 * i for i in range(ROWS)])
        modes = {"number": "raw", "twice": "raw"}
        subsets = open_dataset(
            *(images, csv, modes),
            shuffle=True,
            seed=3,
            validation_split=0.4,
            subset="both",
        )

        seen = [
            (number_of(image), label["number"], label["twice"])
            for subset in subsets
            for image, label in singly(subset)
        ]
        assert sorted(seen) == [(i, i, 2 * i) for i in range(ROWS)]

    @pytest.mark.slow
    def test_model_with_named_outputs_trains(self, images):
        """`model.fit` trains a model with outputs of the same names."""
        modes = {"species": "categorical", "age": "raw"}
        dataset = open_dataset(images, OUTPUTS, modes)
        inputs = keras.Input((8, 8, 3))
        flat = keras.layers.Flatten()(inputs / 255)
        outputs = {
            "species": keras.layers.Dense(2, "softmax", name="species")(flat),
            "age": keras.layers.Dense(1, name="age")(flat),
        }
        model = keras.Model(inputs, outputs)
        model.compile(
            keras.optimizers.Adam(0.05),
            {"species": "categorical_crossentropy", "age": "mean_squared_error"},
        )

        loss = model.fit(dataset, epochs=15, verbose=0).history["loss"]

        assert loss[-1] < loss[0] / 2


WEIGHTS = ["1", "0.5", "0", "2.5", "1e1"]


class TestWeights:
    """`weight_column`: a sample weight for every image, for `model.fit`."""

    @pytest.mark.parametrize(
        ("label_mode", "columns", "call"),
        [
            ("int", {"label": [*"abcba"]}, {}),
            ("categorical", {"label": [*"abcba"]}, {}),
            ("binary", {"label": [*"ababa"]}, {}),
            ("raw", {"label": [1, 2, 3, 4, 5]}, {}),
            ("multi_hot", {"label": ["a b", *"bcba"]}, {"label_separator": " "}),
            ({"x": "raw", "y": "int"}, {"x": range(5), "y": [*"ababa"]}, {}),
        ],
        ids=["int", "categorical", "binary", "raw", "multi_hot", "several"],
    )
    def test_with_every_mode(self, label_mode, columns, call, images):
        """Every image has a float32 weight, in every label mode."""
        csv = frame(**columns, weight=WEIGHTS)
        dataset = open_dataset(images, csv, label_mode, weight_column="weight", **call)

        assert [float(weight) for _, weight in paired(dataset)] == [1, 0.5, 0, 2.5, 10]
        assert form_of(dataset, 2) == ("float32", ())

    def test_labels_stay_as_they_are(self, images):
        """Weights do not change the labels."""
        csv = frame(label=[*"abcba"], weight=WEIGHTS)
        dataset = open_dataset(images, csv, weight_column="weight")

        assert [int(label) for label, _ in paired(dataset)] == [0, 1, 2, 1, 0]

    def test_unbatched(self, images):
        """With `batch_size=None`, the weight is a scalar."""
        csv = frame(label=[*"ab"], weight=["1", "2"])
        dataset = open_dataset(images, csv, weight_column="weight", batch_size=None)

        found = [(number_of(x), int(y), float(w)) for x, y, w in dataset]
        assert found == [(0, 0, 1), (1, 1, 2)]

    @pytest.mark.slow
    def test_model_fit_weighs(self, images):
        """`model.fit` learns from images with weight 1 and not from those with 0."""
        csv = frame(age=[10, 10, 10, -50, -50], weight=[1, 1, 1, 0, 0])
        dataset = open_dataset(images, csv, "raw", weight_column="weight")
        model = keras.Sequential(
            [
                keras.Input((8, 8, 3)),
                keras.layers.Rescaling(0.0),
                keras.layers.Flatten(),
                keras.layers.Dense(1),
            ]
        )
        model.compile(keras.optimizers.SGD(0.2), "mean_squared_error")

        model.fit(dataset, epochs=20, verbose=0)

        assert model.predict(dataset, verbose=0) == pytest.approx(10, abs=1)

    @pytest.mark.parametrize(
        ("cell", "message"),
        [
            ("-1", "negative weight '-1'"),
            ("heavy", "'heavy', which is not a finite number"),
            ("nan", "'nan', which is not a finite number"),
            ("inf", "'inf', which is not a finite number"),
        ],
    )
    def test_other_than_weights_are_refused(self, cell, message, images):
        """Negative and non-numeric weights raise an error that gives the row."""
        csv = frame(label=[*"ab"], weight=["1", cell])
        with pytest.raises(ValueError, match=f"row 1: column 'weight' .*{message}"):
            open_dataset(images, csv, weight_column="weight")

    def test_blank_weight_is_called_blank(self, images):
        """A blank weight raises an error that says so."""
        csv = frame(label=[*"ab"], weight=["1", None])
        with pytest.raises(ValueError, match="row 1: column 'weight' is blank"):
            open_dataset(images, csv, weight_column="weight")

    def test_without_labels_it_is_refused(self, images):
        """`weight_column` raises an error with `label_mode=None`."""
        with pytest.raises(
            ValueError,
            match="`weight_column` must be left out when `label_mode` is None",
        ):
            open_dataset(images, frame(w=[1, 2]), label_mode=None, weight_column="w")

    def test_unknown_column_is_refused(self, images):
        """A weight column that does not exist raises an error with a suggestion."""
        csv = frame(label=[*"ab"], weight=["1", "2"])
        with pytest.raises(
            ValueError, match=r"`weight_column` .*Did you mean 'weight'\?"
        ):
            open_dataset(images, csv, weight_column="wieght")

    def test_label_column_is_refused(self, images):
        """A column as both label and weight raises an error."""
        csv = frame(label=[1, 2])
        with pytest.raises(ValueError, match="'label' for both"):
            open_dataset(images, csv, label_column="label", weight_column="label")


# Labels without spaces at their ends, because those are stripped.
labels = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")),
    min_size=1,
    max_size=5,
)


@given(
    rows=st.lists(st.sets(labels, min_size=1, max_size=4), min_size=1, max_size=ROWS),
    separator=st.sampled_from([" ", "|", ",", ";", "/", "\t"]),
    data=st.data(),
)
@settings(max_examples=12, deadline=None)
def test_labels_come_through_any_separator(rows, separator, data, images):
    """Any set of labels that is joined with a separator is split again."""
    assume(not any(separator in label for row in rows for label in row))
    blank = data.draw(st.sampled_from(["", " "]))
    joined = [f"{blank}{separator}{blank}".join(sorted(row)) for row in rows]

    dataset = open_dataset(
        images, frame(label=joined), "multi_hot", label_separator=separator
    )

    found = [
        {dataset.class_names[i] for i in np.flatnonzero(label)}
        for label in paired(dataset)
    ]
    assert found == rows


@given(
    rows=st.lists(st.integers(0, 3), min_size=1, max_size=ROWS),
    extra=st.integers(0, 3),
    shuffled=st.randoms(use_true_random=False),
)
@settings(max_examples=12, deadline=None)
def test_class_names_decide_the_index(rows, extra, shuffled, images):
    """`class_names[y]` is the label, for any `class_names` that include all labels."""
    names = [f"class {i}" for i in range(4 + extra)]
    shuffled.shuffle(names)
    text = [f"class {i}" for i in rows]

    dataset = open_dataset(images, frame(label=text), class_names=names)

    assert dataset.class_names == names
    assert [names[label] for label in paired(dataset)] == text


@given(
    rows=st.lists(
        st.tuples(st.integers(0, ROWS - 1), st.sampled_from("abc")),
        min_size=2,
        max_size=12,
    )
)
@settings(max_examples=12, deadline=None)
def test_long_form_unites_all_rows_of_an_image(rows, images):
    """In long form, an image has the labels of all its rows, in any order."""
    csv = pd.DataFrame([(f"{i}.png", y) for i, y in rows], columns=["image", "label"])

    dataset = open_dataset(images, csv, "multi_hot")

    expected = {i: {y for j, y in rows if j == i} for i, _ in rows}
    found = {
        number_of(image): {dataset.class_names[i] for i in np.flatnonzero(label)}
        for image, label in singly(dataset)
    }
    assert found == expected
    assert len(dataset.file_paths) == len(expected)
