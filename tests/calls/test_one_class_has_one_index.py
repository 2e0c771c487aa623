"""What is one class: spellings, numbers, lists, and the order of classes."""

import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from images import NAMES, load, numbers_and_labels, save_all
from in_each_format import image_dataset_from_csv

pytestmark = pytest.mark.usefixtures("each_format")


def table(labels) -> str:
    """A CSV that gives the images `a`, `b`, ... these labels."""
    rows = [f"{n},{label}\n" for n, label in zip(NAMES, labels, strict=False)]
    return "image,label\n" + "".join(rows)


def frame(labels) -> pd.DataFrame:
    """A DataFrame that gives the images `a`, `b`, ... these labels."""
    return pd.DataFrame({"image": list(NAMES[: len(labels)]), "label": labels})


def yielded(dataset) -> list:
    """The label of every image, which is checked to be that of its number."""
    pairs = numbers_and_labels(dataset)
    assert [number for number, _ in pairs] == list(range(len(pairs)))
    return [np.asarray(label).tolist() for _, label in pairs]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["2.0", "0.0", "11.0", "1.0"], ["0", "1", "2", "11"]),
        (["10.5", "9.5", "-1.5"], ["-1.5", "9.5", "10.5"]),
        (["10", "9", "1.5"], ["1.5", "9", "10"]),
        (["1e1", "9", "0.5"], ["0.5", "9", "1e1"]),
    ],
)
def test_numbers_sort_as_numbers(images, write_csv, labels, names):
    """A column of numbers is in numerical order; whole numbers are integers."""
    dataset = load(images, write_csv(table(labels)))
    assert dataset.class_names == names
    assert [float(names[y]) for y in yielded(dataset)] == list(map(float, labels))


@pytest.mark.parametrize(
    "labels", [["2.0", "0.0", "11.0"], ["2.5", "10.5", "1"], ["10", "9", "9"], "bca"]
)
def test_a_csv_and_the_data_frame_of_pandas_have_the_same_indices(
    images, write_csv, labels
):
    """What pandas makes of a column of labels has the same class indices."""
    text = table(labels)
    from_frame = load(images, pd.read_csv(io.StringIO(text)))
    assert yielded(load(images, write_csv(text))) == yielded(from_frame)


def test_whole_numbers_have_the_same_names_in_a_data_frame(images, write_csv):
    """`0.0` in a CSV and the float 0.0 in a DataFrame are both the class `0`."""
    text = table(["1.0", "0.0"])
    names = load(images, pd.read_csv(io.StringIO(text))).class_names
    assert load(images, write_csv(text)).class_names == names == ["0", "1"]


def test_one_and_one_point_zero_are_one_class(images):
    """Among numbers, an integer and the equal float are not two classes."""
    labels = np.array([1, 1.0, 2.5], dtype=object)
    dataset = load(images, frame(labels))
    assert dataset.class_names == ["1", "2.5"]
    assert yielded(dataset) == [0, 0, 1]


def test_one_point_zero_is_text_among_words(images, write_csv):
    """`1` and `1.0` are two classes if not all labels are numbers."""
    dataset = load(images, write_csv(table(["1.0", "1", "beta"])))
    assert dataset.class_names == ["1", "1.0", "beta"]


def test_class_names_may_write_numbers_in_another_way(images, write_csv):
    """`class_names=[0, 1]` are the classes that a CSV writes `0.0` and `1.0`."""
    dataset = load(images, write_csv(table(["0.0", "1.0"])), class_names=[1, 0])
    assert yielded(dataset) == [1, 0]


def test_class_names_that_are_one_class_are_refused(images, write_csv):
    """`1` and `1.0` among `class_names` would be one class with two indices."""
    with pytest.raises(ValueError, match="`class_names` must name every class once"):
        load(images, write_csv(table(["1"])), class_names=["1", "1.0"])


def test_unicode_forms_of_a_label_are_one_class(images, write_csv):
    """An accent as a character of its own makes no other class."""
    dataset = load(images, write_csv(table(["caf\u00e9", "cafe\u0301", "bar"])))
    assert dataset.class_names == ["bar", "caf\u00e9"]
    assert yielded(dataset) == [1, 1, 0]


def test_a_class_is_called_as_it_is_first_written(images, write_csv):
    """`class_names` contains the text of the CSV, not another Unicode form of it."""
    dataset = load(images, write_csv(table(["cafe\u0301", "caf\u00e9"])))
    assert dataset.class_names == ["cafe\u0301"]


def test_class_names_may_be_in_another_unicode_form(images, write_csv):
    """A class in `class_names` need not have the Unicode form of the CSV."""
    csv = write_csv(table(["cafe\u0301", "bar"]))
    dataset = load(images, csv, class_names=["caf\u00e9", "bar"])
    assert yielded(dataset) == [0, 1]


def test_an_ordered_categorical_keeps_its_order(images):
    """Classes are in the order of the categories; those without a row are no class."""
    sizes = ["small", "medium", "large", "huge"]
    labels = pd.Categorical(["large", "small", "medium"], sizes, ordered=True)
    dataset = load(images, frame(labels))
    assert dataset.class_names == ["small", "medium", "large"]
    assert yielded(dataset) == [2, 0, 1]


def test_an_unordered_categorical_is_sorted(images):
    """The categories of an unordered categorical are in no order."""
    labels = pd.Categorical(["b", "a"], ["b", "a"])
    assert load(images, frame(labels)).class_names == ["a", "b"]


# Lists


@pytest.mark.parametrize(
    "cells",
    [
        ["['cat', 'dog']", "['dog']"],
        ['["cat", "dog"]', '["dog"]'],
        ["['cat' 'dog']", "['dog']"],
        ["('cat', 'dog')", "('dog',)"],
        ["{'cat', 'dog'}", "{'dog'}"],
        [["cat", "dog"], ["dog"]],
        [("cat", "dog"), ("dog",)],
        [np.array(["cat", "dog"]), np.array(["dog"])],
    ],
    ids=str,
)
def test_lists_are_several_labels(images, cells):
    """Cells that are lists need no other argument than the mode."""
    dataset = load(images, frame(cells), label_mode="multi_hot")
    assert dataset.class_names == ["cat", "dog"]
    assert yielded(dataset) == [[1, 1], [0, 1]]


@pytest.mark.parametrize("to_text", [str, pd.Series.to_json], ids=["csv", "json"])
def test_lists_come_back_from_a_csv(images, tmp_path, to_text):
    """Lists that pandas wrote to a CSV are the labels that they were."""
    lists = [["it's", 'a "b"'], ["é, ö"], ["it's"]]
    cells = (
        lists
        if to_text is str
        else [pd.Series(c).to_json(orient="values") for c in lists]
    )
    frame(cells).to_csv(tmp_path / "labels.csv", index=False)
    dataset = load(images, tmp_path / "labels.csv", label_mode="multi_hot")
    names = dataset.class_names
    assert [{names[i] for i in np.flatnonzero(row)} for row in yielded(dataset)] == [
        set(cell) for cell in lists
    ]


def test_an_empty_list_is_a_missing_label(images):
    """`[]` is a blank, which may mean no class if the caller says so."""
    csv = frame(["['cat']", "[]"])
    with pytest.raises(ValueError, match="row 1: column 'label' is blank"):
        load(images, csv, label_mode="multi_hot")
    dataset = load(images, csv, label_mode="multi_hot", missing_labels="empty")
    assert yielded(dataset) == [[1], [0]]


@pytest.mark.parametrize("mode", ["int", "categorical", "binary"])
@pytest.mark.parametrize("cell", ["['cat']", ["cat"]], ids=["text", "list"])
def test_lists_are_no_single_labels(images, mode, cell):
    """One label per image cannot be a list; the error says which mode takes lists."""
    match = r"(?s)row 0: column 'label' contains a list.*label_mode=\"multi_hot\""
    with pytest.raises(ValueError, match=match):
        load(images, frame([cell, cell]), label_mode=mode)


def test_a_column_is_lists_or_it_is_not(images):
    """A cell that is no list among lists is named."""
    with pytest.raises(ValueError, match=r"row 1: .*'dog', but a list in .*row 0"):
        load(images, frame(["['cat']", "dog"]), label_mode="multi_hot")


def test_lists_need_no_separator(images):
    """A separator for lists would make `['cat'` a class, and is refused."""
    with pytest.raises(ValueError, match="`label_separator` must be left out"):
        load(
            images,
            frame(["['cat', 'dog']"]),
            label_mode="multi_hot",
            label_separator=",",
        )


def test_a_list_that_cannot_be_read_is_not_split_at_its_commas(images):
    """For `[cat, dog]` the advice is not a separator, which would keep the brackets."""
    with pytest.raises(ValueError, match=r"looks like a list, but cannot be read"):
        load(images, frame(["[cat, dog]", "[cat]"]), label_mode="multi_hot")


def test_an_image_with_lists_that_differ_is_refused(images):
    """An image that occurs twice has the same list each time."""
    csv = pd.DataFrame({"image": ["a", "a"], "label": [["x"], ["y"]]})
    with pytest.raises(ValueError, match=r"row 1: 'a' has .*y.* here, but .*x.* in"):
        load(images, csv, label_mode="multi_hot")


# Labels that are something else


@pytest.mark.parametrize("mode", ["int", "multi_hot"])
def test_names_of_image_files_are_no_classes(images, mode):
    """A column of masks is not a column of labels."""
    with pytest.raises(ValueError, match=r"row 0: column 'label' .*name image files"):
        load(images, frame(["a_mask.png", "b_mask.png"]), label_mode=mode)


@pytest.mark.parametrize("columns", [["name", "ext"], ["ext", "name"]])
def test_suffixes_are_classes_and_no_names_of_files(images, columns):
    """A column of formats is neither the images nor a column of masks."""
    csv = pd.DataFrame({"name": ["a", "b", "c"], "ext": [".png", ".TIF", ".png"]})
    dataset = load(images, csv[columns])
    assert dataset.class_names == [".TIF", ".png"]
    assert dataset.labels.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("labels", "asked"), [(np.arange(30) / 4, True), (np.arange(30) % 3, False)]
)
def test_many_different_numbers_raise_the_question(images, capsys, labels, asked):
    """Amounts as classes are announced, with the mode that may be meant."""
    csv = pd.DataFrame({"image": [f"{n}" for n in range(30)], "label": labels})
    load(
        "anywhere", csv, image_column="image", missing_images="unchecked", verbose=True
    )
    assert ('label_mode="raw"' in capsys.readouterr().out) == asked


def test_python_s_way_to_group_digits_is_no_number(images, write_csv):
    """`1_5` is not 15."""
    with pytest.raises(ValueError, match="'1_5', which is not a finite number"):
        load(images, write_csv(table(["1_5", "2"])), label_mode="raw")


@pytest.mark.parametrize(
    ("labels", "advice", "other"),
    [
        (["1,5", "2,25"], 'decimal=","', "to_list"),
        (["1,234", "12,50"], 'decimal=","', "thousands"),
        (["0,123", "1,234"], 'decimal=","', "thousands"),
        (["1,234,567", "1,234"], 'thousands=","', "decimal"),
        (["1,234", "12,500"], 'thousands=","', "to_list"),
        (["1,234", "12,500"], 'decimal=","', "to_list"),
        (["a cat, grey", "two dogs, wet"], 'label_mode="int"', "decimal"),
        ([[1.0, 2.0], [3.0, 4.0]], "to_list()", "str.join"),
        ([np.ones(2), np.ones(2)], "to_list()", "str.join"),
    ],
)
def test_advice_on_what_is_no_number(images, labels, advice, other):
    """Decimal commas, captions and lists each have their own way out."""
    with pytest.raises(ValueError, match="not a finite number") as error:
        load(images, frame(labels), label_mode="raw")
    assert advice in str(error.value)
    assert other not in str(error.value)


@pytest.mark.parametrize(
    ("cells", "option", "expected"),
    [
        (["1,234", "987"], "thousands", [1234, 987]),
        (["1,234", "987"], "decimal", [1.234, 987]),
        (["1,234,567", "987"], "thousands", [1234567, 987]),
        (["1,5", "2,25"], "decimal", [1.5, 2.25]),
    ],
)
def test_the_advice_on_commas_in_numbers_works(
    folder, write_csv, cells, option, expected
):
    """Each call that the message shows reads the numbers, and keeps the ids."""
    save_all(folder, ["001.png", "002.png", "1.png", "2.png"])
    path = write_csv(f'id,label\n001,"{cells[0]}"\n002,"{cells[1]}"\n')
    with pytest.raises(ValueError, match=f"pandas.read_csv.*{option}=") as error:
        load(folder, path, label_mode="raw")
    calls = re.findall(r"pandas\.read_csv\(.*?\)", str(error.value))
    (call,) = [call for call in calls if option in call]
    names = {"pandas": pd, "path": path, "image_column": "id"}
    dataset = load(folder, eval(call.replace("...", "path"), names), label_mode="raw")
    assert [Path(p).stem for p in dataset.file_paths] == ["001", "002"]
    np.testing.assert_allclose(dataset.labels, expected)


def test_the_advice_on_lists_of_numbers_works(images):
    """Columns made of the lists are the numbers of each image."""
    df, names = frame([[1.0, 2.0], [3.0, 4.0]]), ["x", "y"]
    df[names] = df["label"].to_list()
    dataset = load(images, df, label_mode="raw", label_column=names)
    assert yielded(dataset) == [[1, 2], [3, 4]]


def follow_advice(error, df: pd.DataFrame) -> pd.DataFrame:
    """Runs the code that a message shows, and returns the DataFrame to pass."""
    code = str(error.value).partition(", as in ")[2]
    names = {"df": df}
    exec(code.partition(", and pass the DataFrame")[0], names)
    return names["df"]


@pytest.mark.parametrize(
    ("cells", "separator", "expected"),
    [
        (["x", "y", "x"], None, [[1], [0], [1]]),
        (["x", "y", "x"], "|", [[1], [0], [1]]),
        (["x|y", "y", "x"], "|", [[1], [0], [1]]),
        (["y | x", "y|z", " x"], "|", [[1], [0], [1]]),
        (["x, y", "it's", "x"], ",", [[1], [0], [1]]),
        (["x|3", "4", "x"], "|", [[1], [0], [1]]),
        (["x|y", None, "x"], "|", [[1], [0], [1]]),
    ],
)
def test_the_advice_on_labels_that_mean_no_class_works(
    images, cells, separator, expected
):
    """Labels that mean no class are taken out as the error says."""
    arguments = {"label_mode": "multi_hot", "label_separator": separator}
    arguments |= {"class_names": ["x"], "missing_labels": "empty"}
    df = frame(cells)
    with pytest.raises(ValueError, match=r"no class, take it out.*\"empty\"") as error:
        load(images, df, **arguments)
    assert yielded(load(images, follow_advice(error, df), **arguments)) == expected


def test_the_advice_on_labels_of_rows_works(images):
    """Of an image with a row for each label, the label that means no class goes."""
    df = pd.DataFrame({"image": ["a", "a", "b"], "label": ["x", "y", "y"]})
    arguments = {"label_mode": "multi_hot", "class_names": ["x"]}
    with pytest.raises(ValueError, match="no class, take it out") as error:
        load(images, df, **arguments)
    df = follow_advice(error, df)
    dataset = load(images, df, **arguments, missing_labels="empty")
    assert yielded(dataset) == [[1], [0]]


@pytest.mark.parametrize(
    "cells",
    [["['x', 'y']", "['x']"], [["x", "y"], ["x"]], [["x"], ["y"]]],
    ids=str,
)
def test_the_advice_on_lists_speaks_of_lists(images, cells):
    """No advice that fits single labels is given for lists."""
    match = "take such labels out of the lists and, if lists are then empty, pass"
    with pytest.raises(ValueError, match=match) as error:
        load(images, frame(cells), label_mode="multi_hot", class_names=["x"])
    assert "isin" not in str(error.value)


@pytest.mark.parametrize(
    ("labels", "names", "left"),
    [
        (["cat", "Cat ", "dog"], ["cat", "dog"], [0, 2]),
        ([1, 2, 7], [1, 2], [0, 1]),
        ([1.0, 7.0, 2.0], [1, 2], [0, 2]),
        (pd.Categorical(["a", "b", "c"]), ["a", "c"], [0, 2]),
        (["a", "it's", 'b "c"'], ["a"], [0]),
    ],
    ids=str,
)
def test_the_advice_on_rows_of_unknown_labels_works(images, labels, names, left):
    """The rows with labels that are no classes are left out as the error says."""
    df = frame(labels)
    with pytest.raises(ValueError, match="or leave the rows out, as in") as error:
        load(images, df, class_names=names)
    dataset = load(images, follow_advice(error, df), class_names=names)
    assert [n for n, _ in numbers_and_labels(dataset)] == left


def test_the_advice_on_unknown_labels_keeps_the_class_none(images, write_csv):
    """A class called None or NA is not lost when the rows of another are left out."""
    path = write_csv(table(["None", "NA", "other", "07"]))
    names = ["None", "NA", "07"]
    with pytest.raises(ValueError, match="or leave the rows out, as in") as error:
        load(images, path, class_names=names)
    call = re.search(r"pandas\.read_csv\(.*?\)", str(error.value))[0]
    df = eval(call.replace("...", "path"), {"pandas": pd, "path": path})
    dataset = load(images, follow_advice(error, df), class_names=names)
    assert [n for n, _ in numbers_and_labels(dataset)] == [0, 1, 3]


def test_many_unknown_labels_are_left_out_in_words(images):
    """No code of many labels is shown, and none that leaves out too few rows."""
    df = pd.DataFrame({"image": range(12), "label": [f"l{n}" for n in range(12)]})
    with pytest.raises(ValueError, match=r"or leave the rows out\. Received") as error:
        load(
            *(images, df),
            class_names=["x"],
            image_column="image",
            missing_images="unchecked",
        )
    assert "isin" not in str(error.value)


@pytest.mark.parametrize(
    ("cells", "arguments"),
    [
        ([["x"], ["y"]], {"label_mode": "multi_hot"}),
        (["x|y", "y"], {"label_mode": "multi_hot", "label_separator": "|"}),
    ],
    ids=["lists", "joined"],
)
def test_no_mode_is_advised_that_is_passed_already(images, cells, arguments):
    """Rows of one image with different sets of labels are not told the same mode."""
    csv = pd.DataFrame({"image": ["a", "a"], "label": cells})
    match = r"same values each time\. If they are parts of its labels, write all"
    with pytest.raises(ValueError, match=match) as error:
        load(images, csv, **arguments)
    assert "label_mode" not in str(error.value)


def test_the_advice_on_a_separator_that_is_not_needed_works(images):
    """Rows with a label each are read without the separator, as the error says."""
    csv = pd.DataFrame({"image": ["a", "a"], "label": ["x", "y"]})
    match = r"one of several labels, pass no `label_separator`\.$"
    with pytest.raises(ValueError, match=match):
        load(images, csv, label_mode="multi_hot", label_separator="|")
    assert yielded(load(images, csv, label_mode="multi_hot")) == [[1, 1]]


def test_amounts_that_differ_are_no_labels(images):
    """Different numbers of one image are not called several labels."""
    csv = pd.DataFrame({"image": ["a", "a"], "label": [1.5, 2.5]})
    with pytest.raises(ValueError, match=r"the same values each time\.$"):
        load(images, csv, label_mode="raw")


def test_rows_with_the_same_index_are_told_apart(images):
    """A row of a DataFrame whose index repeats is named by its position."""
    csv = pd.DataFrame({"image": ["a", "a"], "label": ["x", "y"]}, index=[0, 0])
    match = r"iloc\[1\]: 'a' has 'y' here, but 'x' in DataFrame, iloc\[0\]"
    with pytest.raises(ValueError, match=match):
        load(images, csv)


@pytest.mark.parametrize("image_column", [None, "name"])
def test_names_in_the_index_of_a_data_frame(images, image_column):
    """If the index names the images, the error says how it becomes a column."""
    csv = pd.DataFrame({"label": ["x", "y"]}, index=pd.Index(["a", "b"], name="name"))
    with pytest.raises(ValueError, match=r"index.*'a'.*df\.reset_index\(\)"):
        load(images, csv, image_column=image_column)
    assert yielded(load(images, csv.reset_index())) == [0, 1]


# Many classes


def test_labels_of_many_classes_are_pairs(tmp_path):
    """The attribute is the vectors, or beyond 2**26 values where their ones are."""
    number = 8_200
    csv = pd.DataFrame({"image": map(str, range(number)), "label": range(number)})
    dataset = image_dataset_from_csv(
        tmp_path,
        csv,
        label_mode="multi_hot",
        image_column="image",
        missing_images="unchecked",
        shuffle=False,
        verbose=False,
    )
    np.testing.assert_array_equal(dataset.labels, np.stack([np.arange(number)] * 2, 1))
