"""The module that splits rows: three subsets, folds, and shares by other columns."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, StratifiedKFold

from keras_csv_dataset._split import SplitSpec
from keras_csv_dataset._split.subsets import divide
from tables_to_split import brute_force_distance, samples_of, seeds, tables, text

pytestmark = [
    pytest.mark.filterwarnings("ignore:(?s).*Some of the .* folds"),
    # What scikit-learn says of the same classes.
    pytest.mark.filterwarnings("ignore:The least populated class in y"),
]

small_shares = st.floats(0.1, 0.4)
# What makes a table impossible to divide in the way that is asked for.
IMPOSSIBLE = (
    "There must be at least one row in each of",
    "must leave at least one row in each subset",
    "`test_split` leaves only",
    "has only",
    "if no class is in two groups",
)


def parts_of(table, **spec):
    """The subsets of a table, unless it cannot be divided as asked for."""
    files, columns = table
    by_labels = "strata" in columns or "stratify_by" in columns
    try:
        return divide(
            samples_of(files, **columns), SplitSpec(stratify=by_labels, **spec)
        )
    except ValueError as error:
        assume(not any(reason in str(error) for reason in IMPOSSIBLE))
        raise


def folds_of(table, num_folds, **spec):
    """The validation rows of every fold."""
    every = [
        parts_of(table, num_folds=num_folds, fold_index=index, **spec)
        for index in range(num_folds)
    ]
    return [parts["validation"] for parts in every]


def sizes(parts):
    """The number of rows of each subset."""
    return {name: len(rows) for name, rows in parts.items()}


def assert_undivided(table, parts):
    """Every row is in one part, and no image and no group in two."""
    files, columns = table
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(files)))
    for values in (files, columns.get("groups", files)):
        owners = [{*values[rows].tolist()} for rows in parts]
        assert sum(map(len, owners)) == len(set.union(*owners))


# Three subsets


@given(tables(), small_shares, small_shares, seeds, st.booleans())
@settings(max_examples=100, deadline=None)
def test_three_subsets_divide_no_image_and_no_group(
    table, validation, test, seed, shuffle
):
    """Every row is in one of three subsets, none of which is empty."""
    spec = {"validation_split": validation, "test_split": test, "shuffle": shuffle}
    parts = parts_of(table, seed=seed, **spec)
    assert_undivided(table, [*parts.values()])
    assert all(sizes(parts).values())


@given(tables(), small_shares, seeds, st.booleans(), st.data())
@settings(max_examples=60, deadline=None)
def test_test_rows_do_not_depend_on_the_other_parts(table, test, seed, shuffle, data):
    """The rows for the test stay the same with any validation split, folds, or none."""
    spec = {"test_split": test, "seed": seed, "shuffle": shuffle}
    others = (
        {},
        {"validation_split": data.draw(small_shares)},
        {"validation_split": data.draw(small_shares)},
        {"num_folds": data.draw(st.integers(2, 4)), "fold_index": 1},
    )
    tests = {tuple(parts_of(table, **other, **spec)["test"]) for other in others}
    assert len(tests) == 1


@given(tables(), small_shares, seeds, st.integers(2, 4), st.booleans())
@settings(max_examples=60, deadline=None)
def test_rows_for_the_test_are_in_no_fold(table, test, seed, num_folds, shuffle):
    """With `test_split`, the folds cover all other rows without overlap."""
    spec = {"test_split": test, "seed": seed, "shuffle": shuffle}
    folds = folds_of(table, num_folds, **spec)
    parts = parts_of(table, num_folds=num_folds, fold_index=0, **spec)
    assert_undivided(table, [parts["test"], *folds])


@given(st.integers(10, 200), small_shares, small_shares, seeds)
@settings(deadline=None)
def test_validation_rows_are_those_of_keras_with_a_test_too(rows, share, test, seed):
    """Validation takes Keras's rows, the last ones; the test takes the first ones."""
    order = np.random.RandomState(seed).permutation(rows).tolist()
    parts = parts_of(
        (np.arange(rows), {}), validation_split=share, test_split=test, seed=seed
    )
    assert parts["validation"].tolist() == order[-int(share * rows) :]
    assert parts["test"].tolist() == order[: int(test * rows)]


def test_without_shuffle_the_first_rows_are_for_the_test():
    """With shuffle=False, the table is divided into test, training and validation."""
    spec = {"validation_split": 0.2, "test_split": 0.3, "shuffle": False}
    parts = parts_of((np.arange(10), {}), **spec)
    assert [parts[name].tolist() for name in ("test", "training", "validation")] == [
        [0, 1, 2],
        [3, 4, 5, 6, 7],
        [8, 9],
    ]


def test_a_test_needs_no_validation():
    """`test_split` alone makes a training and a test subset."""
    parts = parts_of((np.arange(10), {}), test_split=0.3, seed=1)
    assert sizes(parts) == {"training": 7, "validation": 0, "test": 3}


@given(
    st.lists(st.integers(3, 25), min_size=1, max_size=6),
    small_shares,
    small_shares,
    seeds,
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_each_class_is_within_one_row_of_its_share_in_three_subsets(
    counts, validation, test, seed, shuffle
):
    """Each class is in all subsets, and within one row of its share in two of them."""
    classes = np.repeat(np.arange(len(counts)), counts)
    spec = {"validation_split": validation, "test_split": test, "shuffle": shuffle}
    parts = parts_of((np.arange(len(classes)), {"strata": classes}), seed=seed, **spec)
    held = {
        name: np.bincount(classes[rows], minlength=len(counts))
        for name, rows in parts.items()
    }
    assert min(number.min() for number in held.values()) > 0
    wanted = np.array(counts)
    is_last = held["training"] == 1  # at least one row of each class is left
    for name, share in (("validation", validation), ("test", test)):
        assert np.all((np.abs(held[name] - share * wanted) < 1) | is_last)


@pytest.mark.parametrize("seed", range(5))
def test_validation_of_a_stratified_split_is_the_same_with_a_test(seed):
    """If each image has one class, a test takes training images alone."""
    table = (np.arange(200), {"strata": np.arange(200) % 3})
    spec = {"validation_split": 0.2, "seed": seed}
    with_test = parts_of(table, **spec, test_split=0.15)["validation"]
    assert with_test.tolist() == parts_of(table, **spec)["validation"].tolist()


@given(st.lists(st.integers(1, 30), min_size=3, max_size=9), small_shares, seeds)
@settings(max_examples=60, deadline=None)
def test_test_of_whole_groups_is_optimal(group_sizes, share, seed):
    """No other choice of groups is nearer to the share, if it leaves two groups."""
    groups = text(np.repeat(np.arange(len(group_sizes)), group_sizes))
    table = (np.arange(len(groups)), {"groups": groups})
    parts = parts_of(table, validation_split=0.2, test_split=share, seed=seed)
    left = len({*groups[parts["training"]], *groups[parts["validation"]]})
    target = share * len(groups)
    best = brute_force_distance(group_sizes, target)
    assert left == 2 or abs(len(parts["test"]) - target) == pytest.approx(best)


def test_labels_keep_their_share_in_three_subsets():
    """With 2,000 rows and 10 labels, each label is within one row of its share."""
    strata = np.random.default_rng(1).random((2000, 10)) < np.geomspace(0.5, 0.004, 10)
    spec = {"validation_split": 0.2, "test_split": 0.1}
    parts = parts_of((np.arange(2000), {"strata": strata}), **spec, seed=1)
    for name, share in (("validation", 0.2), ("test", 0.1)):
        held = strata[parts[name]].sum(axis=0)
        assert np.all(np.abs(held - share * strata.sum(axis=0)) <= 1)


def test_a_label_of_two_images_is_for_training_and_validation():
    """A label that is too rare for three subsets is not in the test."""
    strata = np.ones((40, 2), dtype=bool)
    strata[2:, 1] = False
    for seed in range(5):
        spec = {"validation_split": 0.25, "test_split": 0.25, "seed": seed}
        parts = parts_of((np.arange(40), {"strata": strata}), **spec)
        held = [strata[rows, 1].sum() for rows in parts.values()]
        assert held == [1, 1, 0]


@pytest.mark.parametrize("other", [{"validation_split": 0.2}, {"num_folds": 4}, {}])
def test_a_label_of_one_image_is_not_for_the_test(other):
    """A label that one image has can be learnt; it is not in the test alone."""
    strata = np.ones((100, 2), dtype=bool)
    strata[:, 1] = np.arange(100) == 50
    fold = {"fold_index": 0} if "num_folds" in other else {}
    for seed in range(10):
        spec = {"test_split": 0.2, "seed": seed, **other, **fold}
        assert 50 not in parts_of((np.arange(100), {"strata": strata}), **spec)["test"]


def test_several_labels_may_be_one_for_each_image():
    """Where images can have several labels, a rare one is no error if none has two."""
    strata = np.eye(3, dtype=bool)[[0] * 10 + [1] * 10 + [2]]
    spec = SplitSpec(validation_split=0.2, stratify=True, seed=1)
    parts = divide(samples_of(np.arange(21), strata=strata), spec)
    assert 20 in parts["training"]


def test_classes_of_two_groups_fill_three_subsets():
    """If no class is in three groups, every subset has images nevertheless."""
    groups = np.arange(40) // 10
    columns = {"strata": np.arange(40) // 20, "groups": text(groups)}
    spec = {"validation_split": 0.25, "test_split": 0.25, "seed": 1}
    parts = parts_of((np.arange(40), columns), **spec)
    assert sizes(parts) == {"training": 20, "validation": 10, "test": 10}


# Folds


@given(tables(), st.integers(2, 5), seeds, st.booleans())
@settings(max_examples=100, deadline=None)
def test_folds_divide_no_image_and_no_group(table, num_folds, seed, shuffle):
    """Every row is in exactly one fold, none of which is empty."""
    folds = folds_of(table, num_folds, seed=seed, shuffle=shuffle)
    assert_undivided(table, folds)
    assert min(map(len, folds)) > 0


@given(tables(), st.integers(2, 4), seeds)
@settings(max_examples=30, deadline=None)
def test_training_rows_are_those_of_all_other_folds(table, num_folds, seed):
    """Whichever fold is for validation, the training subset is all others."""
    folds = folds_of(table, num_folds, seed=seed)
    for index in range(num_folds):
        spec = {"num_folds": num_folds, "fold_index": index, "seed": seed}
        others = np.concatenate([*folds[:index], *folds[index + 1 :]])
        assert {*parts_of(table, **spec)["training"]} == {*others.tolist()}


@given(st.integers(2, 9), st.integers(10, 200), seeds, st.booleans())
@settings(deadline=None)
def test_plain_folds_are_cut_from_the_order_of_keras(num_folds, rows, seed, shuffle):
    """Folds are runs of Keras's order, from the end, and differ by one row at most."""
    order = np.arange(rows)
    if shuffle:
        order = np.random.RandomState(seed).permutation(rows)
    folds = folds_of((np.arange(rows), {}), num_folds, seed=seed, shuffle=shuffle)
    assert np.concatenate(folds[::-1]).tolist() == order.tolist()
    assert {len(fold) for fold in folds} <= {rows // num_folds, -(-rows // num_folds)}


@pytest.mark.parametrize("num_folds", [2, 3, 5, 7, 10])
def test_fold_0_is_the_validation_subset_of_keras(num_folds):
    """Fold 0 has the rows of `validation_split=1/num_folds`."""
    table = (np.arange(101), {})
    share = parts_of(table, validation_split=1 / num_folds, seed=3)["validation"]
    assert folds_of(table, num_folds, seed=3)[0].tolist() == share.tolist()


@given(st.lists(st.integers(2, 25), min_size=1, max_size=6), st.integers(2, 6), seeds)
@settings(max_examples=60, deadline=None)
def test_class_counts_of_folds_are_those_of_stratified_k_fold(counts, num_folds, seed):
    """Each class, and all rows, differ by one row at most between folds."""
    assume(max(counts) >= num_folds)
    classes = np.repeat(np.arange(len(counts)), counts)
    folds = folds_of(
        (np.arange(len(classes)), {"strata": classes}), num_folds, seed=seed
    )
    ours = np.array([np.bincount(classes[f], minlength=len(counts)) for f in folds])
    theirs = np.array(
        [
            np.bincount(classes[rows], minlength=len(counts))
            for _, rows in StratifiedKFold(num_folds).split(classes, classes)
        ]
    )
    assert np.sort(ours, axis=0).tolist() == np.sort(theirs, axis=0).tolist()
    assert np.ptp(ours.sum(axis=1)) <= 1


@given(st.lists(st.integers(1, 20), min_size=4, max_size=20), st.integers(2, 4), seeds)
@settings(max_examples=60, deadline=None)
def test_sizes_of_folds_of_groups_are_those_of_group_k_fold(
    group_sizes, num_folds, seed
):
    """Folds of whole groups are as level as those of scikit-learn's `GroupKFold`."""
    groups = np.repeat(np.arange(len(group_sizes)), group_sizes)
    table = (np.arange(len(groups)), {"groups": text(groups)})
    ours = sorted(map(len, folds_of(table, num_folds, seed=seed)))
    splits = GroupKFold(num_folds).split(groups, groups=groups)
    assert ours == sorted(len(rows) for _, rows in splits)


def deviations(folds, indicators):
    """How far each label in each fold is from its share, in rows."""
    wanted = indicators.sum(axis=0) / len(folds)
    held = np.array([indicators[rows].sum(axis=0) for rows in folds])
    return np.abs(held - wanted)


def test_folds_of_mixed_groups_are_nearer_than_stratified_group_k_fold(capsys):
    """Groups of several classes: shares are nearer than with scikit-learn's folds."""
    random = np.random.default_rng(1)
    lines = ["rows groups classes folds: largest deviation of a class (scikit-learn's)"]
    ratios = []
    for rows, num_groups, num_classes, num_folds in [
        (300, 40, 3, 5),
        (1000, 100, 5, 5),
        (1000, 30, 4, 5),
        (2000, 200, 30, 10),
        (5000, 500, 10, 5),
        (200, 12, 3, 4),
    ]:
        groups = random.integers(0, num_groups, rows)
        classes = random.zipf(1.5, rows) % num_classes
        indicators = np.eye(num_classes)[classes]
        table = (np.arange(rows), {"groups": text(groups), "strata": classes})
        ours = deviations(folds_of(table, num_folds, seed=1), indicators)
        theirs = StratifiedGroupKFold(num_folds, shuffle=True, random_state=1)
        splits = [rows for _, rows in theirs.split(classes, classes, groups)]
        others = deviations(splits, indicators)
        ratios.append(ours.max() / others.max())
        lines.append(
            f"{rows:5} {num_groups:4} {num_classes:3} {num_folds:3}: "
            f"{ours.max():5.1f} ({others.max():5.1f})"
        )
    with capsys.disabled():
        print("", *lines, sep="\n")
    assert max(ratios) <= 1
    assert np.median(ratios) < 0.5


@pytest.mark.parametrize("seed", range(3))
def test_labels_of_folds_are_within_one_row_and_a_half(seed):
    """With several labels per row, folds have equal shares of each label."""
    strata = np.random.default_rng(seed).random((1000, 12)) < np.geomspace(
        0.5, 0.01, 12
    )
    folds = folds_of((np.arange(1000), {"strata": strata}), 5, seed=seed)
    assert deviations(folds, strata.astype(float)).max() <= 1.5


@pytest.mark.parametrize("labels", [1, 3])
def test_one_group_can_be_left_out_at_a_time(labels):
    """With as many folds as groups, each fold is a group."""
    random = np.random.default_rng(0)
    groups = np.concatenate([np.arange(20), random.zipf(1.5, 300) % 20])
    strata = random.random((320, labels)) < 0.3
    table = (np.arange(320), {"groups": text(groups), "strata": strata})
    folds = folds_of(table, 20, seed=1)
    assert [len({*groups[rows].tolist()}) for rows in folds] == [1] * 20


def test_few_units_fill_every_fold():
    """No fold is empty, even if most rows are in two of seven groups."""
    groups = np.repeat(np.arange(7), [200, 150, 1, 1, 1, 1, 1])
    strata = np.arange(355) % 4
    table = (np.arange(355), {"groups": text(groups), "strata": strata})
    for num_folds in range(2, 8):
        folds = folds_of(table, num_folds, seed=1)
        assert min(map(len, folds)) > 0


def test_more_folds_than_images_are_refused():
    """The error gives the number of rows, and of folds."""
    with pytest.raises(
        ValueError,
        match=r"at least one row in each of 5 folds\. The table has 4 rows: .*"
        r"Received: num_folds=5$",
    ):
        divide(samples_of(np.arange(4)), SplitSpec(num_folds=5, fold_index=0, seed=1))


def test_more_folds_than_groups_are_refused():
    """The error gives the number of groups, and of folds and the test."""
    samples = samples_of(np.arange(8), groups=text("aabbccdd"))
    spec = SplitSpec(num_folds=4, fold_index=0, test_split=0.25, seed=1)
    with pytest.raises(
        ValueError,
        match=r"each of 4 folds and the test\. All 8 rows are in 4 groups, and groups",
    ):
        divide(samples, spec)


def test_a_test_that_leaves_too_few_images_for_the_folds_is_refused():
    """A test that takes the rows of a fold raises an error with a fix."""
    classes = np.zeros(8, dtype=int)
    spec = SplitSpec(num_folds=5, fold_index=0, test_split=0.5, stratify=True, seed=1)
    with pytest.raises(
        ValueError,
        match=r"leaves only 4 images for 5 folds: pass a smaller `test_split` or",
    ):
        divide(samples_of(np.arange(8), strata=classes), spec)


@pytest.mark.filterwarnings("default")
def test_a_class_that_is_smaller_than_the_number_of_folds_is_named():
    """A class with fewer images than folds is in some folds; a warning names it."""
    classes = np.array([0] * 20 + [1] * 3)
    samples = samples_of(np.arange(23), strata=classes, class_names=["cat", "lynx"])
    spec = SplitSpec(num_folds=5, fold_index=0, stratify=True, seed=1)
    with pytest.warns(
        UserWarning,
        match=r"^class 'lynx' is in only 3 images\.\nSome of the 5 folds will contain",
    ):
        divide(samples, spec)
    table = (np.arange(23), {"strata": classes})
    held = [np.sum(classes[rows] == 1) for rows in folds_of(table, 5, seed=1)]
    assert sorted(held) == [0, 0, 1, 1, 1]


def test_a_class_with_fewer_images_than_subsets_is_refused():
    """With a test, a class of two images raises an error that names it."""
    classes = np.array([0] * 20 + [1] * 2)
    samples = samples_of(np.arange(22), strata=classes, class_names=["cat", "lynx"])
    spec = SplitSpec(validation_split=0.2, test_split=0.2, stratify=True, seed=1)
    with pytest.raises(
        ValueError,
        match=r"^labels\.csv, line 22: class 'lynx' has only 2 images\n"
        r"`stratify` needs 3 images of each class, one for each subset",
    ):
        divide(samples, spec)


# A column that numbers folds


def by_column(values, fold_index, **columns):
    samples = samples_of(np.arange(len(values)), split_values=text(values), **columns)
    spec = SplitSpec(
        split_column="fold", fold_index=fold_index, shuffle=False, subset="both"
    )
    return divide(samples, spec)


@pytest.mark.parametrize(
    "values", [[1, 2, 3, 1, "test"], ["1.0", "2.0", "3", "01", " Test "]]
)
def test_a_column_numbers_the_folds(values):
    """The fold with the number is for validation, others are for training."""
    parts = by_column(values, 1)
    assert {name: rows.tolist() for name, rows in parts.items()} == {
        "training": [1, 2],
        "validation": [0, 3],
        "test": [4],
    }


@pytest.mark.parametrize("fold_index", [0, 4])
def test_a_fold_that_the_column_does_not_have_is_refused(fold_index):
    """The error lists the folds of the column."""
    with pytest.raises(
        ValueError,
        match=r"`fold_index` must be the number of a fold in the split column 'fold'\. "
        rf"The folds are 1, 2, 3\. Received: fold_index={fold_index}$",
    ):
        by_column([1, 2, 3], fold_index)


def test_a_single_fold_in_the_column_is_refused():
    """With a single fold, nothing is left for training."""
    with pytest.raises(ValueError, match=r"and not the only one\. The folds are 1\."):
        by_column([1, 1, "test"], 1)


@pytest.mark.parametrize(
    ("values", "advice"),
    [
        (["1", "2", "x"], "Write the number of a fold, 0, 1, 2 and so on, or"),
        (["train", "val"], "If the column names subsets, leave `fold_index` out"),
        (["1", "val"], "Write the number of a fold"),
        (["1", "-2"], "Write the number of a fold"),
        (["1", "2.5"], "Write the number of a fold"),
    ],
)
def test_other_values_than_folds_are_refused(values, advice):
    """Values that are no folds raise an error that says what to write."""
    with pytest.raises(
        ValueError, match=rf"is not the number of a fold(.|\n)*{advice}"
    ):
        by_column(values, 1)


@pytest.mark.parametrize("always", ["-1", "-1.0", "train", "training"])
def test_rows_of_a_column_of_folds_can_always_be_for_training(always):
    """Rows with -1, as in scikit-learn's `PredefinedSplit`, are in no fold."""
    parts = by_column([1, 2, always, 1], 1)
    assert parts["training"].tolist() == [1, 2]
    assert by_column([1, always], 1)["training"].tolist() == [1]


def test_a_column_called_train_fold_numbers_folds():
    """The name of a column of folds may contain "train"."""
    samples = samples_of(np.arange(4), split_values=text([0, 1, 0, 1]))
    spec = SplitSpec(split_column="train_fold", fold_index=1, subset="both", seed=1)
    assert {*divide(samples, spec)["validation"].tolist()} == {1, 3}


@pytest.mark.parametrize("kind", ["image", "group"])
def test_an_image_or_group_in_two_folds_is_refused(kind):
    """A column that puts an image or group in two folds raises an error."""
    shared = np.array([0, 1, 1, 2])
    columns = {"groups": text(shared)} if kind == "group" else {}
    files = shared if kind == "image" else np.arange(4)
    samples = samples_of(files, split_values=text([1, 2, 3, 2]), **columns)
    with pytest.raises(
        ValueError,
        match=rf"line 4: the split column puts this {kind} in fold 3, but "
        r"labels\.csv, line 3 puts it in fold 2",
    ):
        divide(samples, SplitSpec(split_column="fold", fold_index=1, subset="both"))


# Shares by columns other than the labels


def shares_of(values, parts):
    """The share of each value that is for validation."""
    names = np.unique(values)
    held = [
        np.mean(np.isin(np.flatnonzero(values == v), parts["validation"]))
        for v in names
    ]
    return np.array(held)


@given(st.lists(st.sampled_from("fmx"), min_size=30, max_size=80), small_shares, seeds)
@settings(deadline=None)
def test_each_value_of_a_column_is_within_one_row_of_its_share(values, share, seed):
    """`stratify` by a column keeps the share of each of its values."""
    values = text(values)
    table = (np.arange(len(values)), {"stratify_by": {"sex": values}})
    parts = parts_of(table, validation_split=share, seed=seed)
    for value in {*values}:
        total = np.sum(values == value)
        held = np.sum(values[parts["validation"]] == value)
        assert abs(held - share * total) < 1


@pytest.mark.parametrize("seed", range(3))
def test_several_columns_keep_their_shares_jointly(seed):
    """Values of two columns, and their combinations, are within two rows."""
    random = np.random.default_rng(seed)
    sex, site = text(random.choice(["f", "m"], 500)), text(random.zipf(1.7, 500) % 6)
    table = (np.arange(500), {"stratify_by": {"sex": sex, "site": site}})
    parts = parts_of(table, validation_split=0.2, seed=seed)
    joint = text([f"{a} {b}" for a, b in zip(sex, site, strict=True)])
    for values in (sex, site, joint):
        totals = np.unique(values, return_counts=True)[1]
        assert np.abs((shares_of(values, parts) - 0.2) * totals).max() <= 2


@pytest.mark.parametrize("share", [0.2, 0.6])
@pytest.mark.parametrize("rows_per_site", [1, 4])
def test_sites_of_one_group_do_not_change_the_size_of_a_subset(share, rows_per_site):
    """With a large site and many small ones, a subset has its size."""
    sites = np.append(np.repeat(np.arange(30), rows_per_site), np.full(60, 99))
    groups = np.append(np.repeat(np.arange(30), rows_per_site), np.arange(60) + 100)
    columns = {"stratify_by": {"site": text(sites)}, "groups": text(groups)}
    table = (np.arange(len(sites)), columns)
    parts = parts_of(table, validation_split=share, seed=1)
    assert abs(len(parts["validation"]) - share * len(sites)) <= 1


def test_combinations_of_two_columns_have_their_share():
    """Combinations get their share even if the values of each column have theirs."""
    sex, site = text(np.arange(80) // 2 % 2), text(np.arange(80) // 4 % 2)
    table = (np.arange(80), {"stratify_by": {"sex": sex, "site": site}})
    for seed in range(5):
        parts = parts_of(table, validation_split=0.2, seed=seed)
        joint = [f"{sex[row]} {site[row]}" for row in parts["validation"]]
        assert sorted(map(joint.count, {*joint})) == [4, 4, 4, 4]


def test_large_codes_are_different_values():
    """Codes that a float32 cannot tell apart keep their shares."""
    codes = np.array([100_000_001.0] * 30 + [100_000_002.0] * 30)
    table = (np.arange(60), {"stratify_by": {"site": codes}})
    parts = parts_of(table, validation_split=0.5, seed=1)
    assert np.sum(parts["validation"] < 30) == 15


def test_rare_combinations_do_not_change_the_size_of_a_subset():
    """If every combination of values occurs once, the subset has its size."""
    columns = {"sex": text(np.arange(100) % 2), "age": np.arange(100, dtype=np.float32)}
    table = (np.arange(100), {"stratify_by": columns})
    parts = parts_of(table, validation_split=0.2, seed=1)
    assert abs(len(parts["validation"]) - 20) <= 1


@given(
    st.lists(
        st.floats(-1e6, 1e6, width=32) | st.sampled_from([0.0, 1.0]),
        min_size=20,
        max_size=200,
    ),
    small_shares,
    seeds,
)
@settings(deadline=None)
def test_numbers_keep_their_distribution(values, share, seed):
    """Every tenth of the numbers has its share, up to two rows at each of its ends."""
    numbers = np.array(values, dtype=np.float32)
    table = (np.arange(len(numbers)), {"stratify_by": {"age": numbers}})
    parts = parts_of(table, validation_split=share, seed=seed)
    held = np.sort(numbers[parts["validation"]])
    assume(len(np.unique(numbers)) > 10)
    assert abs(len(held) - share * len(numbers)) < 1
    for quantile in np.quantile(numbers, np.arange(0.1, 1, 0.1)):
        below, wanted = (held <= quantile).sum(), share * (numbers <= quantile).sum()
        assert abs(below - wanted) <= 2 + share * len(numbers) / 10


@pytest.mark.parametrize(("rows", "share"), [(20, 0.2), (100, 0.05), (200, 0.02)])
def test_bins_of_numbers_do_not_change_the_size_of_a_subset(rows, share):
    """There are no more bins than rows in the smallest subset."""
    ages = np.arange(rows, dtype=np.float32)
    table = (np.arange(rows), {"stratify_by": {"age": ages}})
    parts = parts_of(table, validation_split=share, test_split=share, seed=1)
    assert sizes(parts)["validation"] == sizes(parts)["test"] == round(share * rows)


def test_few_different_numbers_are_values_of_their_own():
    """A column of grades from 0 to 4 keeps the share of each grade."""
    grades = np.repeat(np.arange(5, dtype=np.float32), [100, 50, 20, 10, 5])
    table = (np.arange(185), {"stratify_by": {"grade": grades}})
    parts = parts_of(table, validation_split=0.2, seed=1)
    held = [np.sum(grades[parts["validation"]] == grade) for grade in range(5)]
    assert held == [20, 10, 4, 2, 1]


def test_a_value_of_one_row_is_no_error():
    """Only classes have to be in every subset; other values may be rare."""
    sites = text([*np.repeat(np.arange(10), 9), *range(10, 20)])
    table = (np.arange(100), {"stratify_by": {"site": sites}})
    spec = {"validation_split": 0.1, "test_split": 0.1, "seed": 1}
    assert sizes(parts_of(table, **spec)) == {
        "training": 80,
        "validation": 10,
        "test": 10,
    }


# Size


@pytest.mark.slow
def test_twenty_thousand_groups_of_a_thousand_classes_are_stratified():
    """Shares stay near with 20,000 groups and 1,000 classes."""
    random = np.random.default_rng(1)
    groups, classes = (
        random.integers(0, 20_000, 200_000),
        random.integers(0, 1000, 200_000),
    )
    table = (np.arange(200_000), {"groups": text(groups), "strata": classes})
    parts = parts_of(table, validation_split=0.2, test_split=0.1, seed=1)
    for name, share in (("validation", 0.2), ("test", 0.1)):
        held = np.bincount(classes[parts[name]], minlength=1000)
        assert np.abs(held - share * np.bincount(classes)).mean() < 1
    owners = [{*groups[rows].tolist()} for rows in parts.values()]
    assert not set.intersection(owners[0], owners[1] | owners[2])
    for one, other in itertools.combinations(owners, 2):
        assert not one & other
