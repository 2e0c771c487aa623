"""Three subsets and folds: they hold the images that they should, with their labels."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from images import numbers_and_labels, save_all
from in_each_format import FORMATS, image_dataset_from_csv
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")

NUM_IMAGES = 60
NUMBERS = np.arange(NUM_IMAGES)
NAMES = ("training", "validation", "test")

# Image n has the class n % 3, the patient n // 4, and the age 20 + n.
COLUMNS = {
    "label": [("ape", "bee", "cat")[n % 3] for n in NUMBERS],
    "patient": [f"p{n // 4}" for n in NUMBERS],
    "sex": ["f" if n % 5 < 2 else "m" for n in NUMBERS],
    "age": [20 + int(n) for n in NUMBERS],
    "tags": ["wet" if n % 2 else "dry cold" if n % 5 else "cold" for n in NUMBERS],
    "part": [("test" if n < 12 else "val" if n < 30 else "train") for n in NUMBERS],
    "fold": [n % 4 + 1 for n in NUMBERS],
}
TAGS = {"label_mode": "multi_hot", "label_column": "tags", "label_separator": " "}
DRAWN = {
    "plain": {},
    "stratified": {"stratify": True},
    "groups": {"group_column": "patient"},
    "stratified groups": {"stratify": True, "group_column": "patient"},
    "tags": {**TAGS, "stratify": True},
    "by another column": {"stratify": "sex"},
    "by two columns": {"stratify": ["sex", "label"]},
    "by a number": {"stratify": "age"},
    "regression": {"label_mode": "raw", "label_column": "age", "stratify": True},
}
THREE = {"validation_split": 0.2, "test_split": 0.2, "seed": 1}
FOLDS = {"num_folds": 5, "seed": 1}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder with the images `00.png` to `59.png`."""
    folder = tmp_path_factory.mktemp("photos")
    save_all(folder, [f"{number:02d}.png" for number in NUMBERS])
    return folder


@pytest.fixture(scope="module")
def load(photos):
    """Loads the table, or columns of the same length that replace some of its own."""

    def load(columns=None, **arguments):
        table = pd.DataFrame(COLUMNS | (columns or {}))
        table.insert(0, "image", [f"{n:02d}.png" for n in range(len(table))])
        defaults = {"image_size": (8, 8), "batch_size": 7, "verbose": False}
        if not isinstance(arguments.get("label_mode", "int"), dict | None):
            defaults["label_column"] = "label"
        arguments = {**defaults, "image_column": "image", **arguments}
        return image_dataset_from_csv(photos, table, **arguments)

    return load


def named(dataset) -> set[int]:
    """The numbers of the images in the `file_paths` of a dataset."""
    return {int(Path(path).stem) for path in dataset.file_paths}


def assert_pairs(dataset, column="label"):
    """Every image comes with the label of its row, and none is missing."""
    pairs = numbers_and_labels(dataset)
    assert {number for number, _ in pairs} == named(dataset)
    for number, label in pairs:
        if dataset.class_names is None:
            assert label == COLUMNS[column][number]
        elif np.ndim(label):
            hot = {
                name for name, on in zip(dataset.class_names, label, strict=True) if on
            }
            assert hot == {*COLUMNS["tags"][number].split()}
        else:
            assert dataset.class_names[int(label)] == COLUMNS[column][number]


# Three subsets


@each_pair(mode=DRAWN, shuffle=[True, False], each_format=FORMATS)
def test_three_subsets_hold_every_image_once_with_its_label(load, mode, shuffle):
    """`subset="all"` yields every image in one of three datasets, with its label."""
    parts = load(subset="all", shuffle=shuffle, **THREE, **mode)
    assert len(parts) == 3
    column = mode.get("label_column", "label")
    for part in parts:
        assert_pairs(part, column)
    assert sorted(n for part in parts for n in named(part)) == NUMBERS.tolist()


@each_pair(mode=DRAWN, shuffle=[True, False], each_format=FORMATS)
def test_separate_calls_give_the_same_three_subsets(load, mode, shuffle):
    """Calls for one subset each give the datasets of `subset="all"`."""
    arguments = {**THREE, **mode, "shuffle": shuffle}
    for name, part in zip(NAMES, load(subset="all", **arguments), strict=True):
        alone = load(subset=name, **arguments)
        assert alone.file_paths == part.file_paths
        assert np.array_equal(alone.labels, part.labels)


@pytest.mark.parametrize("mode", DRAWN.values(), ids=list(DRAWN))
def test_groups_are_in_one_of_three_subsets(load, mode):
    """With `group_column`, no patient is in two subsets, in any mode."""
    arguments = {**mode, "group_column": "patient"}
    parts = load(subset="all", **THREE, **arguments)
    patients = [{n // 4 for n in named(part)} for part in parts]
    assert sum(map(len, patients)) == len(set.union(*patients))


def test_both_with_a_test_leaves_the_test_out(load):
    """`subset="both"` with `test_split` is the first two of the three datasets."""
    both, three = load(subset="both", **THREE), load(subset="all", **THREE)
    assert [part.file_paths for part in both] == [p.file_paths for p in three[:2]]


def test_a_test_takes_images_from_training_alone(load):
    """Adding `test_split` leaves the validation subset as it was."""
    _, before = load(subset="both", validation_split=0.2, seed=1)
    training, after, test = load(subset="all", **THREE)
    assert after.file_paths == before.file_paths
    assert len(training.file_paths) == 36
    assert len(test.file_paths) == 12


def test_test_subset_is_in_the_order_of_its_attributes(load):
    """The test subset is not reshuffled, so predictions line up with it."""
    *_, test = load(subset="all", **THREE)
    order = [int(Path(path).stem) for path in test.file_paths]
    for _epoch in range(2):
        assert [number for number, _ in numbers_and_labels(test)] == order


def test_a_test_without_validation(load):
    """`test_split` alone makes a training and a test subset."""
    arguments = {"test_split": 0.25, "seed": 1}
    training = load(subset="training", **arguments)
    test = load(subset="test", **arguments)
    assert (len(training.file_paths), len(test.file_paths)) == (45, 15)
    assert not named(training) & named(test)


def test_all_of_a_split_column(load):
    """With `split_column`, "all" gives the three subsets that the column names."""
    parts = load(subset="all", split_column="part", seed=1)
    assert [len(part.file_paths) for part in parts] == [30, 18, 12]
    for part, value in zip(parts, ("train", "val", "test"), strict=True):
        assert named(part) == {n for n in NUMBERS if COLUMNS["part"][n] == value}


def test_shards_of_three_subsets_cover_them(load):
    """The shards of two hosts cover each of three subsets without overlap."""
    whole = load(subset="all", **THREE)
    shards = [
        load(subset="all", **THREE, num_shards=2, shard_index=index) for index in (0, 1)
    ]
    for part, first, second in zip(whole, *shards, strict=True):
        assert named(first) | named(second) == named(part)
        assert not named(first) & named(second)


def test_subsets_are_counted_in_the_output(load, capsys):
    """A line is printed for each subset."""
    load(subset="all", **THREE, verbose=True)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Using 36 images for training.",
        "Using 12 images for validation.",
        "Using 12 images for testing.",
    ]


# Folds


@each_pair(mode=DRAWN, test_split=[None, 0.2], each_format=FORMATS)
def test_folds_hold_every_image_once(load, mode, test_split):
    """Every image is in one fold, or in the test; the others are for training."""
    arguments = {**FOLDS, **mode, "test_split": test_split, "num_folds": 3}
    test = set()
    if test_split:
        test = named(load(subset="test", fold_index=0, **arguments))
        assert len(test) in range(10, 15)
    folds = []
    for index in range(3):
        training, validation = load(subset="both", fold_index=index, **arguments)
        assert_pairs(validation, mode.get("label_column", "label"))
        folds.append(named(validation))
        assert named(training) == {*NUMBERS.tolist()} - folds[-1] - test
    assert sum(map(len, folds)) + len(test) == NUM_IMAGES
    assert set.union(test, *folds) == {*NUMBERS.tolist()}
    assert max(map(len, folds)) - min(map(len, folds)) <= 4


@pytest.mark.parametrize("shuffle", [True, False])
def test_training_images_of_a_fold_have_their_labels(load, shuffle):
    """The training subset of a fold pairs every image with its label."""
    training, _ = load(subset="both", fold_index=3, shuffle=shuffle, **FOLDS)
    assert_pairs(training)


def test_fold_0_is_the_subset_of_validation_split(load):
    """Fold 0 of 5 is the validation subset of `validation_split=0.2`."""
    _, fold = load(subset="both", fold_index=0, **FOLDS)
    _, validation = load(subset="both", validation_split=0.2, seed=1)
    assert fold.file_paths == validation.file_paths


def test_three_subsets_with_folds(load):
    """`subset="all"` with folds and a test gives three datasets, one test for all."""
    arguments = {**FOLDS, "test_split": 0.25, "subset": "all"}
    tests = {tuple(load(fold_index=i, **arguments)[2].file_paths) for i in range(5)}
    (test,) = tests
    assert len(test) == 15


def test_a_column_numbers_the_folds(load):
    """`split_column` and `fold_index` take the fold with that number."""
    for number in range(1, 5):
        training, validation = load(
            split_column="fold", fold_index=number, subset="both", seed=1
        )
        fold = {n for n in NUMBERS if n % 4 + 1 == number}
        assert named(validation) == fold
        assert named(training) == {*NUMBERS.tolist()} - fold
        assert_pairs(validation)


def test_a_column_of_folds_can_name_test_rows(load):
    """Rows with the value "test" are in no fold."""
    column = ["test" if n < 12 else str(n % 3) for n in NUMBERS]
    arguments = {"split_column": "fold", "fold_index": 2, "seed": 1}
    parts = load({"fold": column}, subset="all", **arguments)
    assert [len(part.file_paths) for part in parts] == [32, 16, 12]
    assert named(parts[2]) == {*range(12)}


def test_advice_on_a_column_of_folds_is_right(load):
    """The error for a column of folds says which `fold_index` to pass, and it works."""
    arguments = {"split_column": "fold", "subset": "both", "seed": 1}
    with pytest.raises(ValueError, match=r"If these are folds, pass .* fold_index=1\."):
        load(**arguments)
    _, validation = load(fold_index=1, **arguments)
    assert len(validation.file_paths) == 15


def test_the_fold_is_named_in_the_output(load, capsys):
    """The line about the validation subset says which fold it is."""
    load(subset="both", fold_index=2, **FOLDS, verbose=True)
    load(subset="both", fold_index=2, split_column="fold", seed=1, verbose=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "Using 12 images for validation (fold 2 of 5)."
    assert lines[5] == "Using 15 images for validation (fold 2)."


def test_the_warning_about_a_small_class_shows_the_call(load):
    """A class with fewer images than folds is named in a warning at the user's line."""
    columns = {"label": ["lynx"] * 3 + ["cat"] * 57}
    with pytest.warns(
        UserWarning, match=r"^class 'lynx' is in only 3 images"
    ) as caught:
        load(columns, subset="both", fold_index=0, stratify=True, **FOLDS)
    assert Path(caught[0].filename).name == "in_each_format.py"


def test_classes_that_are_large_enough_are_no_warning(load):
    """Where every fold has every class, nothing is warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(subset="both", fold_index=0, stratify=True, **FOLDS)


# Stratification by other columns


def test_a_column_keeps_its_share(load):
    """`stratify="sex"` gives both sexes the same share of each subset."""
    for part in load(subset="all", stratify="sex", **THREE):
        held = [COLUMNS["sex"][n] for n in named(part)]
        assert abs(held.count("f") - 0.4 * len(held)) < 1


def test_a_number_keeps_its_distribution(load):
    """`stratify="age"` takes as many images of every tenth of the ages."""
    _, validation = load(subset="both", stratify="age", validation_split=0.2, seed=1)
    ages = [COLUMNS["age"][n] for n in named(validation)]
    counts, _ = np.histogram(ages, bins=np.arange(20, 81, 6))
    assert {*counts.tolist()} == {1, 2}


def test_raw_labels_keep_their_distribution(load):
    """`stratify=True` divides the numbers of `label_mode="raw"` into bins."""
    arguments = {"label_mode": "raw", "label_column": "age", "validation_split": 0.2}
    _, validation = load(subset="both", stratify=True, seed=1, **arguments)
    _, by_name = load(subset="both", stratify="age", seed=1, **arguments)
    assert validation.file_paths == by_name.file_paths
    counts, _ = np.histogram(validation.labels, bins=np.arange(20, 81, 6))
    assert {*counts.tolist()} == {1, 2}


def test_a_list_of_one_column_of_numbers_is_stratified(load):
    """`label_column=["age"]` has the same subsets as `label_column="age"`."""
    arguments = {"label_mode": "raw", "validation_split": 0.2, "seed": 1}
    one, several = (
        load(subset="validation", stratify=True, label_column=column, **arguments)
        for column in ("age", ["age"])
    )
    assert one.file_paths == several.file_paths


def test_a_column_to_stratify_by_may_play_another_role(load):
    """A column of labels or of inputs can also be the one to stratify by."""
    arguments = {"subset": "both", "validation_split": 0.2, "seed": 1}
    for column, role in (
        ("label", {}),
        ("sex", {"input_columns": ["sex"]}),
    ):
        load(stratify=column, **arguments, **role)
    _, by_label = load(stratify="label", **arguments)
    _, by_class = load(stratify=True, **arguments)
    assert by_label.file_paths == by_class.file_paths


def test_a_blank_value_to_stratify_by_is_refused(load):
    """A blank cell raises an error that gives its line and a way out that works."""
    columns = {"sex": [None, *COLUMNS["sex"][1:]]}
    with pytest.raises(
        ValueError, match=r"(?s)row 0: column 'sex' is blank.*needs a value by which to"
    ):
        load(columns, stratify="sex", subset="both", validation_split=0.2, seed=1)


# What cannot be


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"validation_split": 0.6, "test_split": 0.4, "subset": "all"},
            "`validation_split` and `test_split` must add up to less than 1.*=0.4$",
        ),
        (
            {"test_split": 1.5, "subset": "test"},
            r"`test_split` must be between 0 and 1\. Received: test_split=1.5$",
        ),
        (
            {"validation_split": 0.2, "subset": "all"},
            "`subset` must not be 'all' unless `test_split` or `split_column` is set: "
            "otherwise no images are for test",
        ),
        (
            {"test_split": 0.2, "subset": "both"},
            "`subset` must not be 'both' unless `validation_split` or `num_folds` is",
        ),
        (
            {"num_folds": 5, "subset": "both"},
            "`fold_index` must be the fold for validation, from 0 to 4. Received: num",
        ),
        (
            {"num_folds": 5, "fold_index": 5, "subset": "both"},
            "`fold_index` must be a whole number from 0 to 4. Received: fold_index=5$",
        ),
        (
            {"num_folds": 1, "fold_index": 0, "subset": "both"},
            "`num_folds` must be a whole number from 2 on. Received: num_folds=1$",
        ),
        (
            {"fold_index": 0, "subset": "both"},
            "`fold_index` must be set together with `num_folds`, or with `split_",
        ),
        (
            {"num_folds": 5, "fold_index": 0},
            "`subset` must be set when images are split: .*subset=None, num_folds=5$",
        ),
        (
            {
                "num_folds": 5,
                "fold_index": 0,
                "validation_split": 0.2,
                "subset": "both",
            },
            "`validation_split` must be left out with `num_folds`",
        ),
        (
            {"num_folds": 5, "fold_index": 0, "split_column": "fold", "subset": "both"},
            "`num_folds` must be left out when `split_column` says which subset",
        ),
        (
            {"test_split": 0.2, "split_column": "part", "subset": "all"},
            "`test_split` must be left out when `split_column` says which subset",
        ),
        (
            {"num_folds": 5, "fold_index": 0, "subset": "both", "seed": None},
            "`seed` must be set when shuffled images are split",
        ),
        (
            {
                "split_column": "fold",
                "fold_index": 2,
                "subset": "both",
                "stratify": "sex",
            },
            "`stratify` must be False unless `validation_split`, `test_split` or `num_",
        ),
        (
            {"validation_split": 0.2, "subset": "both", "stratify": ["sex", "sex"]},
            "`stratify` must not be a column that `stratify` names already",
        ),
        (
            {"test_split": 0.01, "validation_split": 0.2, "subset": "all"},
            r"`test_split` must leave .* int\(test_split \* 60\) = 0, so the test sub",
        ),
    ],
)
def test_impossible_subsets_and_folds_are_refused(load, arguments, message):
    """An error names the argument, and what was received."""
    with pytest.raises(ValueError, match=f"^{message}"):
        load(**{"seed": 1, **arguments})
