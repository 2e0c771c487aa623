"""Several images, numbers and text as inputs; no image is divided."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from images import batches, colour, load, number_of, save, save_all
from in_each_format import FORMATS
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")

NAMES = [f"{number:02}.png" for number in range(24)]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder with two sub-folders, in which colours encode numbers."""
    folder = tmp_path_factory.mktemp("photos")
    save_all(folder / "one", NAMES)
    save_all(folder / "another", NAMES)
    return folder


def views(left, right, **columns):
    """Rows of two images of the folder `one`."""
    cells = {"left": [NAMES[n] for n in left], "right": [NAMES[n] for n in right]}
    frame = pd.DataFrame({**cells, **columns})
    for column in cells:
        frame[column] = "one/" + frame[column]
    return frame


def load_views(folder, csv, **arguments):
    defaults = {"image_column": ["left", "right"], "label_mode": None}
    return load(folder, csv, **{**defaults, **arguments})


def pairs(dataset) -> "list[tuple[int, int]]":
    """The numbers of both images of every row."""
    return [
        (number_of(left), number_of(right))
        for batch in batches(dataset)
        for left, right in zip(batch["left"], batch["right"], strict=True)
    ]


def named(dataset) -> "set[str]":
    """Every image in a dataset, from any column."""
    return {path for paths in dataset.file_paths.values() for path in paths}


@each_pair(
    color_mode=["rgb", "rgba", "grayscale"],
    data_format=["channels_last", "channels_first"],
    interpolation=["bilinear", "nearest"],
    cache=[None, True],
    each_format=FORMATS,
)
def test_each_image_is_what_it_is_alone(
    photos, color_mode, data_format, interpolation, cache
):
    """All images have the pixels, the dtype and the shape of a row with one image."""
    arguments = {
        "color_mode": color_mode,
        "data_format": data_format,
        "interpolation": interpolation,
        "image_size": (5, 9),
        "label_mode": None,
    }
    csv = views([3, 1, 4], [15, 9, 2])
    both = next(iter(batches(load_views(photos, csv, cache=cache, **arguments))))
    assert both.keys() == {"left", "right"}
    for column, images in both.items():
        alone = load(photos, csv, image_column=column, **arguments)
        expected = next(iter(batches(alone)))
        assert images.dtype == expected.dtype
        assert np.array_equal(images, expected)


def test_each_column_has_its_own_convention(photos, write_csv):
    """Paths in one column and names without folders and suffixes go together."""
    save(photos / "one" / "only.png", 30)
    csv = write_csv("left,right\none/00.png,only\none/01.png,only\n")
    with pytest.raises(ValueError, match="'00' fits several files: "):
        load_views(photos, write_csv("left,right\none/00.png,00\n", "other.csv"))
    dataset = load_views(photos, csv)
    assert pairs(dataset) == [(0, 30), (1, 30)]
    assert dataset.file_paths["right"] == [str(photos / "one" / "only.png")] * 2


def test_a_list_of_one_column_is_a_dictionary_of_one_image(photos):
    """A list names the input, a name does not."""
    dataset = load_views(photos, views([1], [2]), image_column=["right"])
    (batch,) = batches(dataset)
    assert batch.keys() == {"right"}
    assert dataset.file_paths.keys() == {"right"}


def test_images_with_a_slash_in_the_name_of_their_column(photos):
    """Keras allows no `/` in the name of an input."""
    csv = views([1], [2]).rename(columns={"left": "eye/left"})
    dataset = load_views(photos, csv, image_column=["eye/left", "right"])
    (batch,) = batches(dataset)
    assert batch.keys() == dataset.file_paths.keys() == {"eye_left", "right"}


def test_a_row_occurs_twice_only_if_all_its_images_do(photos):
    """Rows that share one image can differ; rows that share all of them cannot."""
    csv = views([1, 1, 1], [2, 3, 2], label=["a", "b", "a"])
    dataset = load_views(photos, csv, label_mode="int")
    (inputs, labels), *_ = batches(dataset)
    assert [number_of(image) for image in inputs["right"]] == [2, 3, 2]
    assert labels.tolist() == [0, 1, 0]
    csv.loc[2, "label"] = "b"
    message = "row 2: 'one/01.png' with 'one/02.png' has 'b' here, but 'a' in DataFrame"
    with pytest.raises(ValueError, match=message):
        load_views(photos, csv, label_mode="int")


def test_several_rows_of_one_pair_give_several_labels(photos):
    """With `label_mode="multi_hot"`, rows with the same images are one sample."""
    csv = views([1, 1, 1, 4], [2, 3, 2, 2], tag=["a", "b", "c", "c"])
    dataset = load_views(photos, csv, label_mode="multi_hot")
    assert pairs_of_labels(dataset) == [(1, 2, "ac"), (1, 3, "b"), (4, 2, "c")]


def pairs_of_labels(dataset) -> "list[tuple[int, int, str]]":
    return [
        (
            number_of(left),
            number_of(right),
            "".join(np.array(dataset.class_names)[label == 1]),
        )
        for inputs, labels in batches(dataset)
        for left, right, label in zip(
            inputs["left"], inputs["right"], labels, strict=True
        )
    ]


# Subsets and shards.

# A left image that is another row's right one; chains; and rows that share nothing.
LEFT = [0, 1, 2, 3, 8, 9, 10, 12, 14, 16, 18, 20]
RIGHT = [1, 2, 3, 4, 9, 8, 11, 13, 15, 17, 19, 20]
SPLIT = {"validation_split": 0.4, "subset": "both", "seed": 1}
# How the files are named and looked for.
LOOKS = {
    "in a folder": {},
    "unchecked": {"missing_images": "unchecked"},
    "absolute": {"absolute": True},
    "absolute and unchecked": {"absolute": True, "missing_images": "unchecked"},
}


def load_chains(photos, look, **arguments):
    """Rows whose left images are in one more folder, so that listings differ."""
    csv = views(LEFT, RIGHT, patient=[f"p{n // 3}" for n in range(len(LEFT))])
    csv.loc[11, "left"] = "another/20.png"
    look = dict(look)
    if look.pop("absolute", False):
        for column in ("left", "right"):
            csv[column] = str(photos) + "/" + csv[column]
        photos = None
    return load_views(photos, csv, **look, **arguments)


@each_pair(
    look=LOOKS,
    split=[SPLIT, {**SPLIT, "group_column": "patient"}],
    shuffle=[False, True],
    each_format=FORMATS,
)
def test_no_image_is_in_two_subsets(photos, look, split, shuffle):
    """Rows that share any image, however indirectly, are in one subset."""
    both = load_chains(photos, look, shuffle=shuffle, **split)
    training, validation = map(named, both)
    assert not training & validation
    found = sorted(pair for dataset in both for pair in pairs(dataset))
    assert found == sorted(zip(LEFT, RIGHT, strict=True))


@each_pair(look=LOOKS, num_shards=[2, 3], each_format=FORMATS)
def test_no_image_is_in_two_shards(photos, look, num_shards):
    """Rows that share any image are for one host."""
    shards = [
        load_chains(photos, look, num_shards=num_shards, shard_index=index)
        for index in range(num_shards)
    ]
    images = [image for dataset in shards for image in named(dataset)]
    assert len(images) == len(set(images))
    assert sorted(pair for dataset in shards for pair in pairs(dataset)) == sorted(
        zip(LEFT, RIGHT, strict=True)
    )


@pytest.mark.parametrize("look", LOOKS.values(), ids=list(LOOKS))
def test_a_split_column_that_divides_an_image_is_refused(photos, look):
    """The left image of one row is the right one of another."""
    csv = views([0, 1], [1, 2], part=["train", "val"])
    look = dict(look)
    if look.pop("absolute", False):
        csv = csv.assign(**{c: str(photos) + "/" + csv[c] for c in ("left", "right")})
        photos = None
    message = "row 1: the split column puts this image in validation, but DataFrame"
    arguments = {"split_column": "part", "subset": "both", **look}
    with pytest.raises(ValueError, match=message):
        load_views(photos, csv, **arguments)


@pytest.mark.parametrize("each_format", ["grain"], indirect=True)
@pytest.mark.grain
def test_no_image_is_divided_in_any_rows(photos):
    """Any rows of two images: subsets and shards have no image in common."""

    @settings(max_examples=60, deadline=None)
    @given(
        rows=st.lists(
            st.tuples(st.integers(0, 23), st.integers(0, 23)), min_size=2, max_size=16
        ),
        share=st.floats(0.1, 0.9),
        unchecked=st.booleans(),
    )
    def check(rows, share, unchecked):
        csv = views(*zip(*rows, strict=True))
        arguments = {"missing_images": "unchecked"} if unchecked else {}
        split = {**SPLIT, "validation_split": share}
        try:
            both = load_views(photos, csv, **split, **arguments)
        except ValueError as error:
            # All rows hang together, or have no second image.
            reasons = (
                "linked by shared images",
                "The table has 1",
                "lead to the same file",
                "`validation_split`",
            )
            assert any(reason in str(error) for reason in reasons)  # noqa: PT017
            return
        assert not named(both[0]) & named(both[1])
        assert sum(len(dataset.file_paths["left"]) for dataset in both) == len(rows)

    check()


# Images that are missing or broken.


def test_a_missing_second_image_is_named_with_its_column(photos):
    """The error says which column names a file that does not exist."""
    csv = views([0, 1], [2, 3])
    csv.loc[1, "right"] = "one/nope.png"
    message = "row 1: column 'right': 'one/nope.png' is not an image file"
    with pytest.raises(ValueError, match=message):
        load_views(photos, csv)
    csv.loc[1, "right"] = None
    with pytest.raises(ValueError, match="row 1: column 'right' names no image"):
        load_views(photos, csv)


@pytest.mark.parametrize("missing", ["one/nope.png", None])
def test_rows_without_a_second_image_are_skipped(photos, missing):
    """`missing_images="skip"` leaves out a row if any of its images is missing."""
    csv = views([0, 1, 2], [3, 4, 5])
    csv.loc[1, "right"] = missing
    csv.loc[2, "left"] = missing
    with pytest.warns(UserWarning, match=r"1 of \d rows is left out"):
        dataset = load_views(photos, csv, missing_images="skip")
    assert pairs(dataset) == [(0, 3)]


def test_a_broken_side_view_is_found(folder):
    """`corrupt_images` names the row, or leaves it out."""
    save_all(folder / "one", NAMES[:6])
    (folder / "one" / "04.png").write_bytes(b"not an image")
    csv = views([0, 1, 2], [3, 4, 5])
    with pytest.raises(ValueError, match=r"row 1: 'one/04\.png' cannot be decoded"):
        load_views(folder, csv, corrupt_images="error")
    with pytest.warns(UserWarning, match="1 of 3 rows is left out"):
        dataset = load_views(folder, csv, corrupt_images="skip")
    assert pairs(dataset) == [(0, 3), (2, 5)]


# Inputs.


def test_inputs_are_numbers_or_text(photos, write_csv):
    """A column of numbers is float32, any other is text, exactly as it is written."""
    csv = write_csv(
        "image,n,zip,mixed,word,i/n\n"
        "one/00.png,1,01067,1, a b ,x\none/01.png,-2.5e3,10115,two,NA,y\n"
    )
    dataset = load(
        *(photos, csv),
        image_column="image",
        label_mode=None,
        input_columns=["n", "zip", "mixed", "word", "i/n"],
    )
    ((inputs),) = batches(dataset)
    assert list(inputs) == ["image", "n", "zip", "mixed", "word", "i_n"]
    assert inputs["n"].dtype == np.float32
    assert inputs["n"].tolist() == [1, -2500]
    assert inputs["zip"].tolist() == [1067, 10115]
    texts = {name: dataset.inputs[name].tolist() for name in ("mixed", "word", "i_n")}
    assert texts == {"mixed": ["1", "two"], "word": ["a b", "NA"], "i_n": ["x", "y"]}
    for name, expected in texts.items():
        yielded = [t.decode() if isinstance(t, bytes) else t for t in inputs[name]]
        assert yielded == expected


def test_why_a_column_is_text_is_announced(photos, capsys):
    """One cell that is no number makes a column text, which is said with its row."""
    csv = views([0, 1, 2], [3, 4, 5], age=["1", "2", "old"])
    arguments = {"image_column": "left", "label_mode": None, "verbose": True}
    load(photos, csv, input_columns=["age"], **arguments)
    printed = capsys.readouterr().out
    assert "Inputs beside the image: age (text)." in printed
    assert "age is text because of 'old' in DataFrame, row 2." in printed


@pytest.mark.parametrize(
    ("cells", "advice"), [([1, None], "median"), (["a", None], "'unknown'")]
)
def test_a_blank_input_is_refused_and_the_advice_works(photos, cells, advice):
    """The error shows code that fills the cells in."""
    csv = views([0, 1], [2, 3], age=cells)
    arguments = {"image_column": "left", "label_mode": None, "input_columns": ["age"]}
    message = f"(?s)row 1: column 'age' is blank.*fillna.*{advice}"
    with pytest.raises(ValueError, match=message) as error:
        load(photos, csv, **arguments)
    code = str(error.value).partition("as in ")[2].partition(", and pass")[0]
    exec(code, {"df": csv, "pd": pd})
    dataset = load(photos, csv, **arguments)
    assert dataset.inputs["age"].tolist() == [cells[0], {1: 1}.get(cells[0], "unknown")]


def test_an_infinite_input_is_refused(photos):
    """An infinite number is named with its row."""
    csv = views([0, 1], [2, 3], age=[1, np.inf])
    arguments = {"image_column": "left", "label_mode": None, "input_columns": ["age"]}
    with pytest.raises(ValueError, match=r"row 1: .*'inf', which is not a finite numb"):
        load(photos, csv, **arguments)


@pytest.mark.parametrize(
    ("roles", "first", "second"),
    [
        ({"input_columns": ["a"], "label_column": "a"}, "input_columns", "label_col"),
        ({"input_columns": ["left"]}, "image_column", "input_columns"),
        (
            {"input_columns": ["a"], "group_column": "a"},
            "input_columns",
            "group_column",
        ),
        ({"label_mode": {"a": "int"}, "input_columns": ["a"]}, "input_", "label_mode"),
        (
            {
                "label_mode": {"x": "int", "y": "raw"},
                "label_column": {"x": "a", "y": "a"},
            },
            *("label_column", "label_column"),
        ),
        (
            {"image_column": ["left", "right"], "label_column": "right"},
            *("image_column", "label_column"),
        ),
    ],
)
def test_two_roles_for_one_column_are_refused(photos, roles, first, second):
    """The error names both arguments."""
    csv = views([0, 1], [2, 3], a=[1, 2], label=["x", "y"])
    message = f"`{second}.*must not be a column that `{first}.* names already"
    with pytest.raises(ValueError, match=message):
        load(photos, csv, **{"image_column": "left", **roles})


def test_an_input_must_not_be_called_as_the_image(photos):
    """The error advises another name, which works."""
    csv = views([0, 1], [2, 3], image=[1, 2])
    arguments = {"image_column": "left", "label_mode": None}
    message = "`input_columns` must not contain the column 'image', .*df.rename"
    with pytest.raises(ValueError, match=message):
        load(photos, csv, input_columns=["image"], **arguments)
    renamed = csv.rename(columns={"image": "other"})
    dataset = load(photos, renamed, input_columns=["other"], **arguments)
    assert dataset.inputs["other"].tolist() == [1, 2]


def test_an_input_must_not_be_called_as_one_of_the_images(photos):
    """Names of inputs are compared as Keras takes them, without `/`."""
    csv = views([0], [1], a_b=[1]).rename(columns={"left": "a/b"})
    message = "must not contain the column 'a_b', because 'a_b' is what images"
    with pytest.raises(ValueError, match=message):
        load_views(photos, csv, image_column=["a/b", "right"], input_columns=["a_b"])


def test_one_image_with_two_values_of_an_input_is_refused(photos):
    """An image that occurs twice must have the same inputs, which no mode changes."""
    csv = views([0, 0], [1, 1], age=[1, 2], label=["a", "a"])
    with pytest.raises(ValueError, match="has 'a', '2' here, but 'a', '1'") as error:
        load(
            *(photos, csv),
            image_column="left",
            input_columns=["age"],
            label_column="label",
        )
    assert "multi_hot" not in str(error.value)


def test_colours_are_distinct():
    """Every image of these tests has a colour of its own."""
    assert len({colour(number) for number in range(24)}) == 24
