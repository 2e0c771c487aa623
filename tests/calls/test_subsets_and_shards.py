"""Subsets and shards: no image or group is in two of them."""

import ast
import itertools
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from images import batches, numbers_and_labels, save_all
from in_each_format import FORMATS, image_dataset_from_csv
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")

NUM_IMAGES = 40
NUMBERS = np.arange(NUM_IMAGES)
SUBSETS = ("training", "validation", "test")
SPLIT = {"validation_split": 0.25, "seed": 1}
BOTH = {**SPLIT, "subset": "both"}

# Image n has the class n % 3, the patient n // 4, and one or two tags.
COLUMNS = {
    "label": [("ape", "bee", "cat")[n % 3] for n in NUMBERS],
    "patient": [f"p{n // 4}" for n in NUMBERS],
    "tags": ["wet" if n % 2 else "dry cold" if n % 5 else "cold" for n in NUMBERS],
    "part": [
        ("test" if n % 8 == 5 else "val" if n % 3 == 1 else "train") for n in NUMBERS
    ],
}
TAGS = {"label_mode": "multi_hot", "label_column": "tags", "label_separator": " "}
MODES = {
    "plain": SPLIT,
    "stratified": {**SPLIT, "stratify": True},
    "groups": {**SPLIT, "group_column": "patient"},
    "stratified groups": {**SPLIT, "stratify": True, "group_column": "patient"},
    "stratified tags": {**SPLIT, **TAGS, "stratify": True},
    "tags and groups": {**SPLIT, **TAGS, "stratify": True, "group_column": "patient"},
    "split column": {"split_column": "part", "seed": 1},
}
every_mode = pytest.mark.parametrize("mode", MODES.values(), ids=list(MODES))
each_mode_and_shuffle = each_pair(
    mode=MODES, shuffle=[True, False], each_format=FORMATS
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder with the images `scans/00.png` to `scans/39.png`."""
    folder = tmp_path_factory.mktemp("photos")
    save_all(folder, [f"scans/{number:02d}.png" for number in NUMBERS])
    return folder


@pytest.fixture(scope="module")
def load(photos):
    """Loads a table; row n has image n unless the columns include `image`."""

    def load(columns=COLUMNS, csv=None, **arguments):
        if csv is None:
            rows = len(next(iter(columns.values())))
            csv = pd.DataFrame({"image": names(range(rows)), **columns})
        defaults = {"image_size": (8, 8), "batch_size": 4, "verbose": False}
        if arguments.get("label_mode", "int") is not None:
            defaults |= {"label_column": "label"}
        arguments = {**defaults, "image_column": "image", **arguments}
        return image_dataset_from_csv(photos, csv, **arguments)

    return load


def names(numbers):
    return [f"scans/{number:02d}.png" for number in numbers]


def named(dataset) -> list[int]:
    """The numbers of the images in the `file_paths` of a dataset."""
    return [int(Path(path).stem) for path in dataset.file_paths]


def seen(dataset) -> list[int]:
    """The numbers of the images that a dataset yields, decoded from their colours."""
    return [number for number, _ in numbers_and_labels(dataset)]


def sides(load, columns=COLUMNS, **arguments):
    """The numbers of the training images and of the validation images."""
    return [set(named(part)) for part in load(columns, **{**BOTH, **arguments})]


def assert_refused(message, load, *args, **arguments):
    with pytest.raises(ValueError, match=message):
        load(*args, **arguments)


# Every mode.


@each_mode_and_shuffle
def test_both_yields_no_image_twice(load, mode, shuffle):
    """All subsets together yield every image once."""
    training, validation = load(subset="both", shuffle=shuffle, **mode)
    both = seen(training) + seen(validation)
    rest = seen(load(subset="test", **mode)) if "split_column" in mode else []
    assert sorted(both + rest) == NUMBERS.tolist()


@each_mode_and_shuffle
def test_separate_calls_give_the_halves_of_both(load, mode, shuffle):
    """Separate calls with the same seed give the same subsets as `subset="both"`."""
    together = load(subset="both", shuffle=shuffle, **mode)
    for subset, half in zip(SUBSETS, together, strict=False):
        alone = load(subset=subset, shuffle=shuffle, **mode)
        assert alone.file_paths == half.file_paths
        assert np.array_equal(alone.labels, half.labels)
        for _epoch in range(2):
            assert seen(alone) == seen(half)


@each_mode_and_shuffle
def test_every_subset_pairs_images_with_their_labels(load, mode, shuffle):
    """In every subset, each image has the label of its row."""
    for dataset in load(subset="both", shuffle=shuffle, **mode):
        classes = dataset.class_names
        for number, label in numbers_and_labels(dataset):
            if "tags" in mode.values():
                tags = [classes[i] for i in np.flatnonzero(label)]
                assert tags == sorted(COLUMNS["tags"][number].split())
            else:
                assert classes[label] == COLUMNS["label"][number]


@every_mode
def test_validation_lines_up_with_its_attributes_in_every_epoch(load, mode):
    """Every epoch of validation is in the order of its `file_paths` and `labels`."""
    _, validation = load(subset="both", **mode)
    for _epoch in range(2):
        pairs = numbers_and_labels(validation)
        assert [number for number, _ in pairs] == named(validation)
        assert np.array_equal([label for _, label in pairs], validation.labels)


@every_mode
def test_training_has_attributes_of_its_own(load, mode):
    """`file_paths` and `labels` of a training subset line up and contain its images."""
    training, _ = load(subset="both", **mode)
    assert sorted(named(training)) == sorted(seen(training))
    labels = dict(numbers_and_labels(training))
    for number, label in zip(named(training), training.labels, strict=True):
        assert np.array_equal(labels[number], label)


@every_mode
def test_training_is_shuffled_anew_in_every_epoch(load, mode):
    """Each epoch of training has the same images in a new order."""
    training, _ = load(subset="both", **mode)
    first, second = seen(training), seen(training)
    assert first != second
    assert sorted(first) == sorted(second)


@pytest.mark.parametrize("subset", ["training", "validation", "both"])
@pytest.mark.parametrize(
    "mode", [MODES["plain"], MODES["stratified groups"], MODES["stratified tags"]]
)
def test_shuffled_split_without_a_seed_is_refused(load, mode, subset):
    """A shuffled split without a seed raises an error, because calls would overlap."""
    message = r"^`seed` must be set when shuffled images are split.*seed=None$"
    assert_refused(message, load, **{**mode, "seed": None}, subset=subset)


@pytest.mark.parametrize("mode", [MODES["plain"], MODES["stratified groups"]])
def test_unshuffled_split_needs_no_seed(load, mode):
    """With `shuffle=False` and no seed, every call gives the same subsets."""
    mode = {**mode, "seed": None, "shuffle": False}
    first, second = sides(load, **mode), sides(load, **mode)
    assert first == second


def test_shuffled_split_column_needs_no_seed(load):
    """A shuffled call with `split_column` needs no seed."""
    training, _ = load(split_column="part", subset="both")
    assert set(named(training)) == {n for n in NUMBERS if COLUMNS["part"][n] == "train"}


def test_another_seed_gives_another_split(load):
    """A different seed gives different validation images."""
    assert sides(load, seed=1) != sides(load, seed=2)


# The plain split.


@pytest.mark.parametrize(("share", "first"), [(0.25, 30), (0.29, 29), (0.5, 20)])
def test_plain_split_without_shuffle_takes_the_last_rows(load, share, first):
    """With `shuffle=False`, the last rows of the CSV are for validation."""
    training, validation = load(**{**BOTH, "validation_split": share}, shuffle=False)
    assert seen(training) == list(range(first))
    assert seen(validation) == list(range(first, NUM_IMAGES))


@pytest.mark.parametrize("each_format", ["tf"], indirect=True)
@given(
    share=st.floats(0.03, 0.97),
    seed=st.integers(0, 2**31 - 1),
    shuffle=st.booleans(),
    batch_size=st.sampled_from([None, 7]),
)
@settings(max_examples=6, deadline=None)
def test_plain_split_is_that_of_keras(photos, load, share, seed, shuffle, batch_size):
    """Two epochs of both subsets equal Keras's bit for bit, for any plain split."""
    arguments = {
        "validation_split": share,
        "subset": "both",
        "seed": seed,
        "shuffle": shuffle,
        "batch_size": batch_size,
        "image_size": (8, 8),
        "verbose": False,
    }
    class_names = ["ape", "bee", "cat"]
    theirs = keras.utils.image_dataset_from_directory(
        photos,
        labels=[class_names.index(label) for label in COLUMNS["label"]],
        **arguments,
    )
    for one, other in zip(load(**arguments), theirs, strict=True):
        assert one.file_paths == other.file_paths
        for _epoch in range(2):
            pairs = zip(batches(one), batches(other), strict=True)
            for ours, expected in pairs:
                for array, wanted in zip(ours, expected, strict=True):
                    assert array.dtype == wanted.dtype
                    assert np.array_equal(array, wanted)


# `split_column`.


@pytest.mark.parametrize(
    ("subset", "values"),
    [
        ("training", ["train", "Training", "TRAIN", "false", "0"]),
        ("validation", ["val", "Valid", "VALIDATION", "True", "1"]),
        ("test", ["test", "Testing", "TEST", " test "]),
    ],
)
def test_split_column_accepts_each_value(load, write_csv, subset, values):
    """Each accepted value puts a row into its subset and into no other."""
    rows = [f"{number:02d},a,{value}\n" for number, value in enumerate(values)]
    rows += ["20,a,train\n", "21,a,val\n", "22,a,test\n"]
    csv = write_csv("image,label,part\n" + "".join(rows))
    of_subset = {
        other: sorted(seen(load(csv=csv, split_column="part", subset=other)))
        for other in SUBSETS
    }
    expected = {"training": [20], "validation": [21], "test": [22]}
    expected[subset] = [*range(len(values)), *expected[subset]]
    assert of_subset == expected


@pytest.mark.parametrize(
    "values",
    [
        [False, True, False, True],
        [0, 1, 0, 1],
        np.array([0, 1, 0, 1], dtype="uint8"),
        np.array([False, True, False, True]),
        pd.array([False, True, False, True], dtype="boolean"),
        pd.Categorical(["train", "val", "train", "val"]),
    ],
    ids=lambda values: f"{type(values).__name__} of {type(values[0]).__name__}",
)
def test_split_column_of_a_dataframe(load, values):
    """Booleans, 0/1 and categories are accepted, too; true means validation."""
    training, validation = load(
        {"label": list("abab"), "is_val": values}, split_column="is_val", subset="both"
    )
    assert sorted(seen(training)) == [0, 2]
    assert seen(validation) == [1, 3] or seen(validation) == [3, 1]


def test_both_leaves_the_test_rows_out(load):
    """`subset="both"` returns training and validation, without the test rows."""
    training, validation = load(split_column="part", subset="both")
    held_back = {n for n in NUMBERS if COLUMNS["part"][n] == "test"}
    assert not held_back & set(seen(training) + seen(validation))
    assert set(seen(load(split_column="part", subset="test"))) == held_back


def test_test_subset_is_not_reshuffled(load):
    """Every epoch of a test subset is in the order of its `file_paths` and `labels`."""
    test = load(split_column="part", subset="test", seed=1)
    for _epoch in range(2):
        pairs = numbers_and_labels(test)
        assert [number for number, _ in pairs] == named(test)
        assert [label for _, label in pairs] == test.labels.tolist()


def test_unshuffled_split_column_keeps_the_order_of_the_rows(load):
    """With `shuffle=False`, each subset is in the order of the CSV."""
    for subset in SUBSETS:
        dataset = load(split_column="part", subset=subset, shuffle=False)
        assert seen(dataset) == sorted(seen(dataset))


def test_split_and_group_columns_are_not_taken_for_labels(photos, write_csv):
    """The only column without another role is taken as the label column."""
    csv = write_csv("file,finding,fold,who\n00,sick,train,x\n01,well,val,y\n")
    training = image_dataset_from_csv(
        photos, csv, split_column="fold", group_column="who", subset="training"
    )
    assert training.class_names == ["sick", "well"]


def test_split_column_with_validation_split_is_refused(load):
    """`split_column` and `validation_split` together raise an error."""
    message = (
        r"^`validation_split` must be left out when `split_column` says .*"
        r"Received: validation_split=0\.25, split_column='part'$"
    )
    assert_refused(message, load, split_column="part", **BOTH)


def test_split_column_with_stratify_is_refused(load):
    """`split_column` and `stratify` together raise an error."""
    message = r"^`stratify` must be False unless `validation_split`, .* is set"
    assert_refused(message, load, split_column="part", subset="both", stratify=True)


def test_split_column_without_subset_is_refused(load):
    """`split_column` without `subset` raises an error."""
    message = r"^`subset` must be set when .*subset=None, split_column='part'"
    assert_refused(message, load, split_column="part")


def test_test_subset_without_split_column_is_refused(load):
    """`validation_split` makes no test subset."""
    message = r"^`subset` must not be 'test' unless `test_split` or `split_column` is"
    assert_refused(message, load, **SPLIT, subset="test")


@pytest.mark.parametrize(
    ("word", "subset"), [("val", "validation"), ("valid", "validation")]
)
def test_other_names_of_a_subset_suggest_ours(load, word, subset):
    """What others call a subset leads to the name that it has here."""
    message = rf"^`subset` must be .*Did you mean '{subset}'\?$"
    assert_refused(message, load, **SPLIT, subset=word)


def test_other_values_in_the_split_column_are_listed(load, write_csv):
    """Unknown values raise an error that lists them with their counts and lines."""
    csv = write_csv(
        "image,label,part\n00,a,train\n01,b,dev\n02,a,holdout\n03,a,val\n04,a,dev\n"
    )
    message = (
        r"(?s)^labels\.csv, line 3: 'dev' in the split column 'part' is not a subset "
        r"\(2 rows\)\nlabels\.csv, line 4: 'holdout' .* \(1 row\)\nWrite \"train\""
    )
    assert_refused(message, load, csv=csv, split_column="part", subset="training")


@pytest.mark.parametrize(
    ("values", "sizes"),
    [([0, 1, 2, 0, 1, 2, 0, 0], (4, 2)), ([2, 1, 0, 1, 0, 2, 0, 0], (4, 2))],
)
def test_numbers_in_the_split_column_show_how_to_map_them(load, values, sizes):
    """The line of pandas in the message makes a split of the numbers."""
    csv = pd.DataFrame(
        {"image": [f"{n:02}" for n in range(8)], "label": "a", "part": values}
    )
    arguments = {"split_column": "part", "label_column": "label", "seed": 1}
    with pytest.raises(ValueError, match=r"split column 'part' is not") as error:
        load(csv=csv, subset="both", **arguments)
    line = str(error.value).splitlines()[-1].partition(": df[")[2]
    exec("df[" + line, {"df": csv})
    parts = load(csv=csv, subset="both", **arguments)
    assert tuple(len(part.file_paths) for part in parts) == sizes


def test_stratify_with_several_outputs_shows_how_to_split(load):
    """What the message advises gives each class its share."""
    csv = pd.DataFrame(
        {
            "image": [f"{n:02}" for n in range(20)],
            "kind": ["cat", "dog"] * 10,
            "age": range(20),
        }
    )
    modes = {"kind": "int", "age": "raw"}
    arguments = {"csv": csv, "label_mode": modes, "label_column": None}
    with pytest.raises(ValueError, match=r"^`stratify` .*Received: stra") as error:
        load(**arguments, **BOTH, stratify=True)
    advice = str(error.value).partition("pass stratify=")[2].partition(". ")[0]
    _, validation = load(**arguments, **BOTH, stratify=ast.literal_eval(advice))
    assert sorted(validation.labels["kind"].tolist()) in (
        [0] * 2 + [1] * 3,
        [0] * 3 + [1] * 2,
    )


def test_blank_cells_in_the_split_column_are_refused(load, write_csv):
    """A row without a subset raises an error that gives its line."""
    csv = write_csv("image,label,part\n00,a,train\n01,b,\n02,a,val\n")
    message = r"(?s)^labels\.csv, line 3: column 'part' is blank.*which subset"
    assert_refused(message, load, csv=csv, split_column="part", subset="both")


@pytest.mark.parametrize("subset", ["test", "validation", "both"])
def test_empty_subset_of_the_split_column_is_refused(load, subset):
    """A subset without rows raises an error that gives the counts of all subsets."""
    columns = {"label": list("aba"), "part": ["train"] * 3}
    empty = "test" if subset == "test" else "validation"
    message = (
        rf"^The {empty} subset would be empty: .*"
        r"\(training: 3, validation: 0, test: 0\)"
    )
    assert_refused(message, load, columns, split_column="part", subset=subset)


def test_split_column_that_divides_an_image_is_refused(load, write_csv):
    """An image in two subsets raises an error that gives both lines."""
    csv = write_csv(
        "image,label,part\n00,a,train\n01.png,b,train\n02,a,val\n01,b,test\n"
    )
    message = (
        r"^labels\.csv, line 5: the split column puts this image in test, "
        r"but labels\.csv, line 3 puts it in training\n"
    )
    assert_refused(message, load, csv=csv, split_column="part", subset="both")


def test_split_column_that_divides_a_tagged_image_is_refused(load, write_csv):
    """An image with a row for each label must not be in two subsets either."""
    csv = write_csv("image,label,part\n00,a,train\n01,a,train\n02,b,val\n01,b,test\n")
    message = (
        r"^labels\.csv, line 5: '01' has .*'test' here, "
        r"but .*'train' in labels\.csv, line 3\n"
    )
    arguments = {"label_mode": "multi_hot", "split_column": "part", "subset": "both"}
    assert_refused(message, load, csv=csv, **arguments)


def test_split_column_that_divides_a_group_is_refused(load, write_csv):
    """A group in two subsets raises an error that gives both lines."""
    csv = write_csv("image,label,part,who\n00,a,train,x\n01,b,val,y\n02,a,val,x\n")
    message = (
        r"^labels\.csv, line 4: the split column puts this group in validation, "
        r"but labels\.csv, line 2 puts it in training\n"
    )
    arguments = {"split_column": "part", "group_column": "who", "subset": "both"}
    assert_refused(message, load, csv=csv, **arguments)


# Classes.


@given(
    counts=st.lists(st.integers(2, 13), min_size=1, max_size=3),
    share=st.floats(0.05, 0.95),
    shuffle=st.booleans(),
    label_mode=st.sampled_from(["int", "categorical"]),
)
@settings(max_examples=6, deadline=None)
def test_stratified_classes_keep_their_share(load, counts, share, shuffle, label_mode):
    """Each class is in both subsets, within one image of its share."""
    labels = np.repeat(["ape", "bee", "cat"][: len(counts)], counts)
    training, validation = load(
        {"label": np.random.RandomState(0).permutation(labels)},
        **{**BOTH, "validation_split": share, "shuffle": shuffle},
        stratify=True,
        label_mode=label_mode,
    )
    held = np.bincount(validation.labels, minlength=len(counts))
    left = np.bincount(training.labels, minlength=len(counts))
    assert (held + left).tolist() == counts
    assert np.all(np.abs(held - share * np.array(counts)) <= 1)
    assert np.all(held > 0)
    assert np.all(left > 0)


def test_stratified_split_of_a_sorted_csv_has_all_classes(load):
    """A CSV that is sorted by class has all classes in validation, even unshuffled."""
    columns = {"label": ["ape"] * 20 + ["bee"] * 12 + ["cat"] * 8}
    _, validation = load(columns, **BOTH, shuffle=False, stratify=True)
    assert seen(validation) == [*range(15, 20), *range(29, 32), 38, 39]


@pytest.mark.parametrize("label_mode", ["int", "categorical", "binary"])
def test_class_with_one_row_is_refused(load, write_csv, label_mode):
    """A class with one row raises an error that gives its name and line."""
    csv = write_csv("image,label\n00,cat\n01,cat\n02,zebra\n03,cat\n")
    message = r"^labels\.csv, line 4: class 'zebra' has only 1 image\n.*=False"
    assert_refused(message, load, csv=csv, **BOTH, stratify=True, label_mode=label_mode)


def test_class_of_one_repeated_image_is_refused(load, write_csv):
    """A class with one image raises an error even if the image has two rows."""
    csv = write_csv("image,label\n00,cat\n01,cat\n02,zebra\n03,cat\n02.png,zebra\n")
    message = r"^labels\.csv, line 4: class 'zebra' has only 1 image"
    assert_refused(message, load, csv=csv, **BOTH, stratify=True)


def test_class_without_rows_may_be_named(load):
    """`class_names` may contain classes without rows when `stratify=True`."""
    training, validation = load(
        **BOTH, stratify=True, class_names=["ape", "auk", "bee", "cat", "yak"]
    )
    assert set(training.labels) == set(validation.labels) == {0, 2, 3}


@pytest.mark.parametrize("seed", range(3))
def test_stratified_tags_keep_their_share(load, seed):
    """With several labels per image, each label is within one image of its share."""
    training, validation = load(
        **{**BOTH, "seed": seed}, **TAGS, stratify=True, shuffle=True
    )
    held, left = validation.labels.sum(axis=0), training.labels.sum(axis=0)
    assert np.all(np.abs(held - 0.25 * (held + left)) <= 1)


def test_tag_with_two_images_is_on_both_sides(load):
    """A label with two images is in both subsets."""
    tags = ["common"] * NUM_IMAGES
    tags[7] = tags[8] = "common rare"
    arguments = {**BOTH, **TAGS, "validation_split": 0.1, "stratify": True}
    for seed in range(5):
        datasets = load({"tags": tags}, **{**arguments, "seed": seed})
        assert [part.labels[:, 1].sum() for part in datasets] == [1, 1]


@pytest.mark.parametrize(
    "arguments",
    [
        {"label_mode": "text"},
        {"label_mode": "raw", "label_column": ["label", "tags"]},
        {"label_mode": None},
        {"label_mode": {"label": "int", "tags": "int"}, "label_column": None},
    ],
    ids=["text", "several numbers", "None", "dictionary"],
)
def test_stratify_without_one_set_of_classes_is_refused(load, arguments):
    """Without one output of classes or numbers, `stratify=True` raises an error."""
    message = r"^`stratify` must be False or name columns unless .*Received: "
    assert_refused(message, load, **BOTH, stratify=True, **arguments)


def test_stratify_without_a_split_is_refused(load):
    """`stratify` without `validation_split` raises an error."""
    message = r"^`stratify` must be False unless `validation_split`, .* is set"
    assert_refused(message, load, stratify=True)


@pytest.mark.parametrize("stratify", ["no", ["label", "bee"], np.arange(3), 1])
def test_stratify_by_an_unknown_column_is_refused(load, stratify):
    """`stratify` must name columns of the CSV; an array of labels raises an error."""
    message = r"^`stratify` must name a column of DataFrame: .*Received: stratify="
    assert_refused(message, load, **BOTH, stratify=stratify)


# Groups.


@given(
    groups=st.lists(
        st.integers(0, 9), min_size=NUM_IMAGES - 2, max_size=NUM_IMAGES - 2
    ),
    share=st.floats(0.05, 0.95),
    shuffle=st.booleans(),
    stratify=st.booleans(),
)
@settings(max_examples=6, deadline=None)
def test_groups_stay_whole(load, groups, share, shuffle, stratify):
    """No group is in both subsets, stratified or not, and no subset is empty."""
    # Two more groups, so that any table can be split.
    groups = np.array([*groups, 10, 11], dtype=object)
    columns = {"label": ["a"] * NUM_IMAGES, "patient": groups}
    training, validation = load(
        columns,
        **{**BOTH, "validation_split": share, "shuffle": shuffle},
        stratify=stratify,
        group_column="patient",
    )
    left, held = set(groups[named(training)]), set(groups[named(validation)])
    assert held
    assert left
    assert not held & left
    assert sorted(named(training) + named(validation)) == NUMBERS.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_groups_come_as_near_to_the_share_as_they_can(load, seed):
    """The split is exact if it can be: of these groups, only 3 + 5 is a fifth of 40."""
    groups = np.repeat(list("abcde"), [3, 5, 9, 11, 12])
    columns = {"label": COLUMNS["label"], "site": groups}
    arguments = {"group_column": "site", "seed": seed, "validation_split": 0.2}
    _, validation = sides(load, columns, **arguments)
    assert set(groups[list(validation)]) == {"a", "b"}


@pytest.mark.parametrize("seed", range(5))
def test_stratified_groups_keep_classes_and_groups(load, seed):
    """If each group has one class, no group is divided and the shares are exact."""
    patients = NUMBERS // 4
    columns = {
        "label": np.where(patients % 5 < 2, "ill", "well"),
        "patient": patients.astype(str),
    }
    training, validation = load(
        columns,
        **{**BOTH, "seed": seed, "validation_split": 0.5},
        stratify=True,
        group_column="patient",
    )
    assert not set(patients[named(training)]) & set(patients[named(validation)])
    assert np.bincount(validation.labels).tolist() == [8, 12]


def test_stratified_groups_of_several_classes_come_near(load):
    """If groups have several classes, each class is within two images of its share."""
    training, validation = load(**{**BOTH, **MODES["stratified groups"]})
    held, left = np.bincount(validation.labels), np.bincount(training.labels)
    assert np.all(np.abs(held - 0.25 * (held + left)) <= 2)
    patients = [{n // 4 for n in named(part)} for part in (training, validation)]
    assert not patients[0] & patients[1]


@pytest.mark.parametrize(
    "groups", [NUMBERS // 4, NUMBERS // 4 * 1.5, pd.Categorical(NUMBERS // 4)]
)
def test_groups_may_have_any_type(load, groups):
    """Integers, floats and categories give the same groups as text."""
    columns = {**COLUMNS, "patient": groups}
    assert sides(load, columns, group_column="patient") == sides(
        load, group_column="patient"
    )


def test_spaces_around_a_group_do_not_divide_it(load):
    """`p1` and ` p1 ` are the same group."""
    columns = {"label": list("abcd"), "who": ["p1", "p2", " p1 ", "p2"]}
    arguments = {"group_column": "who", "validation_split": 0.5}
    assert sorted(map(sorted, sides(load, columns, **arguments))) == [[0, 2], [1, 3]]


def test_groups_that_share_an_image_stay_together(load):
    """Two groups with an image in common are in the same subset."""
    columns = {
        "image": names([0, 1, 1, 2, 3, 4, 5]),
        "label": ["a"] * 7,
        "who": list("xxyyzzz"),
    }
    for seed in range(5):
        arguments = {"group_column": "who", "seed": seed, "validation_split": 0.5}
        found = sides(load, columns, **arguments)
        assert sorted(map(sorted, found)) == [[0, 1, 2], [3, 4, 5]]


def test_blank_groups_are_refused(load, write_csv):
    """A row without a group raises an error that gives its line."""
    csv = write_csv("image,label,who\n00,a,x\n01,b,\n02,a,y\n")
    message = r"(?s)^labels\.csv, line 3: column 'who' is blank.*which group"
    assert_refused(message, load, csv=csv, group_column="who", **BOTH)


def test_a_single_group_is_refused(load):
    """A split of a single group raises an error."""
    columns = {"label": list("abab"), "who": ["x"] * 4}
    message = "All 4 rows are in 1 group, and groups are never divided"
    assert_refused(message, load, columns, group_column="who", **BOTH)


def test_groups_without_a_split_are_refused(load):
    """`group_column` without a split raises an error."""
    message = r"^`group_column` must be left out if nothing is split"
    assert_refused(message, load, group_column="patient")


# Different spellings of the same image.

SPELLINGS = (
    *("scans/07.png", "scans/07", "scans/07.PNG", "scans/07.Png", " scans/07 "),
    "./scans/07.png",
    *(r"scans\07.png", "scans//07.png", "./scans/./07"),
)
WHOLE = {mode: MODES[mode] for mode in MODES if mode != "split column"}


@each_pair(mode=WHOLE, shuffle=[True, False], each_format=FORMATS)
def test_spellings_of_one_image_stay_together(photos, load, mode, shuffle):
    """Rows that spell one path in ten ways are all in the same subset."""
    spellings = [*SPELLINGS, str(photos / "scans" / "07.png")]
    numbers = [*range(20), *[7] * len(spellings)]
    rows = np.random.RandomState(0).permutation(len(numbers))
    columns = {
        name: [[COLUMNS[name][n] for n in numbers][row] for row in rows]
        for name in ("label", "tags")
    }
    columns["image"] = [[*names(range(20)), *spellings][row] for row in rows]
    # Each spelling has a different patient, as if it were a different image.
    columns["patient"] = [f"p{row}" for row in rows]
    for seed in range(2):
        arguments = {**mode, "seed": seed, "subset": "both", "shuffle": shuffle}
        training, validation = map(seen, load(columns, **arguments))
        assert not set(training) & set(validation)
        assert (training + validation).count(7) == 1 + len(spellings)


@pytest.mark.parametrize("seed", range(5))
def test_spellings_that_begin_above_the_folder_stay_together(load, seed):
    """Spellings stay together if the paths in the CSV start with a parent folder."""
    spellings = [
        r"cohort\scans\07.png",
        "./cohort/scans/07.png",
        "cohort//scans/07.png",
    ]
    images = [f"cohort/{name}" for name in names(range(8))] + spellings
    columns = {"image": images, "label": ["a"] * len(images)}
    arguments = {**BOTH, "seed": seed, "validation_split": 0.5}
    training, validation = map(seen, load(columns, **arguments))
    assert not set(training) & set(validation)
    assert (training + validation).count(7) == 4


@pytest.mark.parametrize("seed", range(5))
def test_spellings_of_one_unchecked_image_stay_together(photos, load, seed):
    """With `missing_images="unchecked"`, spellings of an exact path stay together."""
    exact = ["scans/07.png", "./scans/07.png", r"scans\07.png", " scans/07.png"]
    exact.append(str(photos / "scans" / "07.png"))
    columns = {
        "image": [*names(range(6)), *exact],
        "label": ["a"] * (6 + len(exact)),
    }
    training, validation = load(
        columns,
        **{**BOTH, "seed": seed, "validation_split": 0.5},
        missing_images="unchecked",
    )
    assert not set(seen(training)) & set(seen(validation))


@given(
    images=st.lists(st.integers(0, 9), min_size=4, max_size=30),
    spelt=st.randoms(use_true_random=False),
    mode=st.sampled_from(["plain", "groups", "stratified tags", "tags and groups"]),
    share=st.floats(0.3, 0.7),
    shuffle=st.booleans(),
)
@settings(max_examples=8, deadline=None)
def test_oversampled_images_stay_together(load, images, spelt, mode, share, shuffle):
    """All rows of an oversampled image are in the same subset, in any spelling."""
    images = [*images, 10, 11]
    spell = ("scans/{:02d}.png", "scans/{:02d}", "./scans/{:02d}", r"scans\{:02d}.PNG")
    columns = {
        "image": [spelt.choice(spell).format(number) for number in images],
        **{name: [COLUMNS[name][n] for n in images] for name in ("label", "tags")},
        "patient": [f"p{number // 2}" for number in images],
    }
    training, validation = load(
        columns,
        **{**MODES[mode], "validation_split": share},
        subset="both",
        shuffle=shuffle,
    )
    assert named(training)
    assert named(validation)
    assert not set(named(training)) & set(named(validation))
    assert sorted(named(training) + named(validation)) == sorted(images)


def test_repeated_image_is_whole_in_the_last_rows(load):
    """With `shuffle=False`, the last images are for validation, with all their rows."""
    columns = {"image": names([0, 1, 2, 2, 3, 3, 3, 4]), "label": ["a"] * 8}
    _, validation = load(columns, **{**BOTH, "validation_split": 0.5}, shuffle=False)
    assert seen(validation) == [3, 3, 3, 4]


# Messages.


@pytest.mark.parametrize(
    ("mode", "training", "validation"),
    [
        ("plain", "30 images", "10 images"),
        ("stratified", "30 images of 3 classes", "10 images of 3 classes"),
        ("groups", "32 images of 8 groups", "8 images of 2 groups"),
        (
            "stratified groups",
            "28 images of 3 classes and 7 groups",
            "12 images of 3 classes and 3 groups",
        ),
        ("stratified tags", "30 images of 3 classes", "10 images of 3 classes"),
    ],
)
def test_counts_of_each_subset_are_printed(load, capsys, mode, training, validation):
    """Each subset has a line with its numbers of images, classes and groups."""
    load(**MODES[mode], subset="both", verbose=True)
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"Using {training} for training.",
        f"Using {validation} for validation.",
    ]


def test_counts_of_a_split_column_are_printed(load, capsys):
    """The line of a subset from `split_column` counts its images and groups."""
    columns = {
        "label": list("abab"),
        "part": ["train", "train", "val", "test"],
        "who": list("xyzw"),
    }
    arguments = {"split_column": "part", "group_column": "who", "verbose": True}
    load(columns, subset="training", **arguments)
    assert "Using 2 images of 2 groups for training.\n" in capsys.readouterr().out


def test_one_class_and_one_group_are_in_the_singular(load, capsys):
    """The message says `1 class` and `1 group`."""
    columns = {"label": ["a"] * 4, "who": list("xxxy")}
    arguments = {"group_column": "who", "stratify": True, "verbose": True}
    load(columns, **SPLIT, **arguments, subset="training")
    said = "Using 3 images of 1 class and 1 group for training.\n"
    assert said in capsys.readouterr().out


def test_a_class_that_is_on_one_side_shows_in_the_counts(load, capsys):
    """The count of classes shows that a class is missing from validation."""
    columns = {
        "label": ["a"] * 8 + ["b"] * 4,
        "who": list("uuvvwwxxyyyy"),
    }
    arguments = {"group_column": "who", "stratify": True, "verbose": True}
    load(columns, **BOTH, **arguments)
    said = capsys.readouterr().out
    assert "of 2 classes and " in said.splitlines()[1]
    assert "of 1 class and " in said.splitlines()[2]


# Shards.


@each_pair(
    num_shards=[1, 2, 3, 7],
    mode={
        "all": {},
        "training": {**SPLIT, "subset": "training"},
        "validation": {**SPLIT, "subset": "validation"},
    },
    shuffle=[True, False],
    each_format=FORMATS,
)
def test_shards_share_out_a_subset(load, mode, num_shards, shuffle):
    """Shards cover a subset without overlap, and differ by one image at most."""
    arguments = {"seed": 1, "shuffle": shuffle, **mode}
    shards = [
        seen(load(num_shards=num_shards, shard_index=index, **arguments))
        for index in range(num_shards)
    ]
    assert sorted(itertools.chain(*shards)) == sorted(seen(load(**arguments)))
    sizes = [len(shard) for shard in shards]
    assert max(sizes) - min(sizes) <= 1


@every_mode
def test_shards_of_two_subsets_share_no_image(load, mode):
    """No host trains on an image that another host uses for validation."""
    hosts = [
        load(subset="both", num_shards=2, shard_index=index, **mode)
        for index in range(2)
    ]
    training, validation = (
        {number for host in hosts for number in seen(host[side])} for side in (0, 1)
    )
    assert not training & validation


def test_a_shard_has_attributes_of_its_own(load):
    """`file_paths` and `labels` contain the images of the shard, in its order."""
    shard = load(shuffle=False, num_shards=3, shard_index=1)
    pairs = numbers_and_labels(shard)
    assert [number for number, _ in pairs] == named(shard) == list(range(1, 40, 3))
    assert [label for _, label in pairs] == shard.labels.tolist()


def test_counts_of_a_shard_are_printed(load, capsys):
    """The lines give the size of each subset and of this host's shard."""
    load(**BOTH, num_shards=4, shard_index=1, verbose=True)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Using 30 images for training, 8 of them in this shard.",
        "Using 10 images for validation, 3 of them in this shard.",
    ]


def test_the_images_of_other_shards_are_not_read(tmp_path):
    """A shard does not read the files of other shards."""
    paths = save_all(tmp_path, [f"{number}.png" for number in range(10)])
    table = pd.DataFrame({"image": [path.name for path in paths], "label": [0] * 10})
    shard = image_dataset_from_csv(
        tmp_path, table, num_shards=3, shard_index=1, seed=1, image_size=(8, 8)
    )
    for path in paths:
        if str(path) not in shard.file_paths:
            path.unlink()
    for _epoch in range(2):
        assert sorted(seen(shard)) == sorted(named(shard))
    assert len(list(tmp_path.iterdir())) == len(named(shard)) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_shards": 2}, "`num_shards` and `shard_index` must be set together"),
        ({"shard_index": 0}, "`num_shards` and `shard_index` must be set together"),
        ({"num_shards": 2, "shard_index": 2}, "`shard_index` .* from 0 to 1"),
        ({"num_shards": 2, "shard_index": -1}, "`shard_index` .* from 0 to 1"),
        ({"num_shards": 0, "shard_index": 0}, "`num_shards` .* from 1 on"),
        ({"num_shards": 2.0, "shard_index": 0}, "`num_shards` .* from 1 on"),
        ({"num_shards": True, "shard_index": 0}, "`num_shards` .* from 1 on"),
        ({"num_shards": 2, "shard_index": "0"}, "`shard_index` .* from 0 to 1"),
    ],
)
def test_incomplete_or_impossible_shards_are_refused(load, arguments, message):
    """Both arguments must be set, and the index must be less than `num_shards`."""
    assert_refused(rf"^{message}.* Received: ", load, seed=1, **arguments)


def test_shuffled_shards_without_a_seed_are_refused(load):
    """Shuffled shards without a seed raise an error, because hosts could overlap."""
    message = r"^`seed` must be set when shuffled images are divided .*seed=None$"
    assert_refused(message, load, num_shards=2, shard_index=0)


def test_unshuffled_shards_need_no_seed(load):
    """With `shuffle=False`, shards need no seed."""
    shard = load(shuffle=False, num_shards=2, shard_index=1)
    assert seen(shard) == list(range(1, 40, 2))


@pytest.mark.parametrize("shard_index", [0, 10])
def test_more_shards_than_images_are_refused_on_every_host(load, shard_index):
    """With 10 images for 11 hosts, every host raises the error."""
    message = r"^`num_shards` must be at most .* which is 10 in this subset"
    arguments = {"num_shards": 11, "shard_index": shard_index}
    assert_refused(message, load, **SPLIT, subset="validation", **arguments)


# A worked example.


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    """Five similar frames of each of 60 subjects, with random labels.

    A frame is a scan of a digit with a little noise. Each label is assigned to 10
    random subjects, so no model can predict the label of a new subject.
    """
    folder = tmp_path_factory.mktemp("frames")
    random = np.random.default_rng(0)
    labels = random.permutation(np.arange(60) % 6)
    rows = []
    for subject, scan in enumerate(load_digits().images[:60]):
        for frame in range(5):
            noisy = np.clip(scan * 15 + random.normal(0, 8, scan.shape), 0, 255)
            name = f"{subject}_{frame}.png"
            keras.utils.save_img(folder / name, noisy[..., None], scale=False)
            rows.append((name, f"grade {labels[subject]}", f"subject {subject}"))
    table = pd.DataFrame(rows, columns=["image", "label", "subject"])
    return folder, table


def accuracy_of_nearest_neighbour(frames, **arguments):
    """The accuracy if each validation image gets the label of its nearest neighbour."""
    training, validation = image_dataset_from_csv(
        *frames,
        label_column="label",
        color_mode="grayscale",
        image_size=(8, 8),
        batch_size=300,
        validation_split=0.4,
        subset="both",
        verbose=False,
        **arguments,
    )
    ((known, labels),) = batches(training)
    ((new, expected),) = batches(validation)
    model = KNeighborsClassifier(1).fit(known.reshape(-1, 64), labels)
    return model.score(new.reshape(-1, 64), expected)


@each_pair(seed=range(3), stratify=[False, True], each_format=FORMATS)
def test_random_split_of_frames_leaks(frames, seed, stratify):
    """Without groups, random labels are predicted from other frames of the subject."""
    assert accuracy_of_nearest_neighbour(frames, seed=seed, stratify=stratify) > 0.95


@each_pair(seed=range(3), stratify=[False, True], each_format=FORMATS)
def test_leak_vanishes_with_groups(frames, seed, stratify):
    """With `group_column`, the accuracy for random labels is near chance, 1 in 6."""
    accuracy = accuracy_of_nearest_neighbour(
        frames, seed=seed, stratify=stratify, group_column="subject"
    )
    assert accuracy < 0.4


def test_groups_are_one_however_their_accents_are_encoded(folder):
    """A group whose name is written in two Unicode forms is one group."""
    names = ["é", "e\u0301"] * 3 + ["o"] * 4
    save_all(folder, [f"{number}.png" for number in range(10)])
    frame = pd.DataFrame(
        {
            "image": [f"{n}.png" for n in range(10)],
            "label": list("ab") * 5,
            "who": names,
        }
    )
    _, validation = image_dataset_from_csv(
        folder,
        frame,
        label_column="label",
        group_column="who",
        validation_split=0.5,
        subset="both",
        seed=1,
    )
    assert len(validation.file_paths) in (4, 6)
