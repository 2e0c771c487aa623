"""The module that splits rows: no leaks, accurate shares, and Keras's order."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from keras_csv_dataset._split import SplitSpec, split_samples
from keras_csv_dataset._split.subsets import divide, shard
from tables_to_split import (
    MODES,
    brute_force_distance,
    samples_of,
    seeds,
    shares,
    tables,
    text,
)


def split(files, share, *, shuffle=True, seed=0, **columns):
    spec = SplitSpec(
        validation_split=share, stratify="strata" in columns, shuffle=shuffle, seed=seed
    )
    return divide(samples_of(files, **columns), spec)


def imbalance(in_validation, indicators, share):
    """The cost that stratification minimises; the last column counts the rows."""
    held = in_validation @ indicators
    totals = indicators.sum(axis=0)
    absent = 1.0 * (held == 0) + 2.0 * (held == totals)
    absent[-1] *= 1e6
    return (((held / totals) - share) ** 2 + absent).sum()


# Every mode


@given(tables(), shares, seeds, st.booleans())
@settings(max_examples=100, deadline=None)
def test_subsets_are_complete_and_disjoint(table, share, seed, shuffle):
    """Every row is in exactly one subset."""
    files, columns = table
    parts = split(files, share, seed=seed, shuffle=shuffle, **columns)
    together = np.concatenate([parts["training"], parts["validation"]])
    assert sorted(together.tolist()) == list(range(len(files)))


@given(tables(), shares, seeds, st.booleans())
@settings(deadline=None)
def test_neither_subset_is_empty(table, share, seed, shuffle):
    """Both subsets have rows if there are at least two units."""
    files, columns = table
    parts = split(files, share, seed=seed, shuffle=shuffle, **columns)
    assert min(len(parts["training"]), len(parts["validation"])) > 0


@given(tables(), shares, seeds, st.booleans())
@settings(max_examples=100, deadline=None)
def test_no_image_is_on_both_sides(table, share, seed, shuffle):
    """All rows of one image are in the same subset, in every mode."""
    files, columns = table
    parts = split(files, share, seed=seed, shuffle=shuffle, **columns)
    assert not set(files[parts["training"]]) & set(files[parts["validation"]])


@given(
    tables(["groups", "groups+classes", "groups+labels"]), shares, seeds, st.booleans()
)
@settings(max_examples=100, deadline=None)
def test_no_group_is_on_both_sides(table, share, seed, shuffle):
    """All rows of one group are in the same subset, stratified or not."""
    files, columns = table
    groups = columns["groups"]
    parts = split(files, share, seed=seed, shuffle=shuffle, **columns)
    assert not set(groups[parts["training"]]) & set(groups[parts["validation"]])


@given(tables(), shares, seeds, st.booleans())
@settings(deadline=None)
def test_same_seed_gives_same_subsets(table, share, seed, shuffle):
    """Two calls with the same seed give the same split."""
    files, columns = table
    first = split(files, share, seed=seed, shuffle=shuffle, **columns)
    np.random.random(3)  # the global random state has no effect
    second = split(files, share, seed=seed, shuffle=shuffle, **columns)
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


@given(tables(), shares, seeds)
@settings(deadline=None)
def test_shuffled_subsets_keep_the_order_of_keras_shuffle(table, share, seed):
    """With shuffle=True, the rows of a subset are in the order of Keras's shuffle."""
    files, columns = table
    shuffled = list(range(len(files)))
    np.random.RandomState(seed).shuffle(shuffled)
    for rows in split(files, share, seed=seed, **columns).values():
        assert rows.tolist() == [row for row in shuffled if row in set(rows.tolist())]


@given(tables(), shares)
@settings(deadline=None)
def test_unshuffled_subsets_keep_the_order_of_the_table(table, share):
    """With shuffle=False, the rows of a subset are in ascending order."""
    files, columns = table
    for rows in split(files, share, shuffle=False, **columns).values():
        assert rows.tolist() == sorted(rows.tolist())


@given(tables(), shares, seeds)
@settings(deadline=None)
def test_unshuffled_subsets_do_not_depend_on_the_seed(table, share, seed):
    """With shuffle=False, the seed has no effect."""
    files, columns = table
    first = split(files, share, shuffle=False, seed=None, **columns)
    second = split(files, share, shuffle=False, seed=seed, **columns)
    np.testing.assert_array_equal(first["validation"], second["validation"])


@given(tables(), shares, seeds)
@settings(deadline=None)
def test_inputs_are_not_mutated(table, share, seed):
    """The caller's arrays do not change."""
    files, columns = table
    before = {name: column.copy() for name, column in columns.items()}
    files_before = files.copy()
    split(files, share, seed=seed, **columns)
    np.testing.assert_array_equal(files, files_before)
    for name, column in columns.items():
        np.testing.assert_array_equal(column, before[name])


@pytest.mark.parametrize("mode", MODES)
def test_another_seed_chooses_other_rows(mode):
    """A different seed chooses different validation rows, in every mode."""
    rows = np.arange(200)
    columns = {}
    if "groups" in mode:
        columns["groups"] = text(rows // 4)
    if "classes" in mode:
        columns["strata"] = rows % 3
    if "labels" in mode:
        columns["strata"] = np.stack([rows % 2 == 0, rows % 3 == 0], axis=1)
    chosen = {
        frozenset(split(rows, 0.25, seed=seed, **columns)["validation"].tolist())
        for seed in range(5)
    }
    assert len(chosen) == 5


def test_row_numbers_are_int64():
    """Row numbers are int64, like the values of the lookup table."""
    parts = split(np.arange(10, dtype=np.int32), 0.3)
    assert {rows.dtype for rows in parts.values()} == {np.dtype(np.int64)}


# The plain split


@given(st.integers(10, 300), shares, seeds)
@settings(max_examples=100, deadline=None)
def test_plain_split_is_keras_split(rows, share, seed):
    """The rows are Keras's: the paths are shuffled, and int() rounds the count down."""
    paths = [f"{row}.png" for row in range(rows)]
    np.random.RandomState(seed).shuffle(paths)
    number = int(share * rows)
    parts = split(np.arange(rows), share, seed=seed)
    assert [f"{row}.png" for row in parts["training"]] == paths[:-number]
    assert [f"{row}.png" for row in parts["validation"]] == paths[-number:]


def test_plain_split_cuts_by_keras_float_arithmetic():
    """int(0.29 * 100) is 28, as in Keras, although 29 is closer."""
    assert len(split(np.arange(100), 0.29)["validation"]) == 28


def test_unshuffled_plain_split_takes_the_last_rows():
    """With shuffle=False, the last rows of the table are for validation."""
    parts = split(np.arange(10), 0.3, shuffle=False)
    assert parts["validation"].tolist() == [7, 8, 9]


def test_repeated_images_without_shuffle_are_taken_from_the_end():
    """With shuffle=False, the last images are for validation, with all their rows."""
    parts = split([0, 1, 2, 2, 3, 3, 3, 4], 0.5, shuffle=False)
    assert parts["validation"].tolist() == [4, 5, 6, 7]


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=9).filter(lambda s: sum(s) > 9),
    shares,
    seeds,
)
@settings(deadline=None)
def test_repeated_images_come_as_near_to_keras_count_as_they_can(sizes, share, seed):
    """With oversampled images, the count is as close to Keras's as possible."""
    files = np.repeat(np.arange(len(sizes)), sizes)
    number = int(share * len(files))
    found = len(split(files, share, seed=seed)["validation"])
    assert abs(found - number) == brute_force_distance(sizes, number)


@given(st.integers(0, 50), seeds)
@settings(deadline=None)
def test_unsplit_rows_are_in_the_order_of_keras_shuffle(rows, seed):
    """Without a split, one subset contains all rows in the order of Keras's shuffle."""
    expected = list(range(rows))
    np.random.RandomState(seed).shuffle(expected)
    parts = split(np.arange(rows), None, seed=seed)
    assert {name: part.tolist() for name, part in parts.items()} == {"whole": expected}


def test_unsplit_unshuffled_rows_are_in_the_order_of_the_table():
    """Without a split or a shuffle, the rows are in the order of the table."""
    parts = split(np.zeros(3, dtype=int), None, shuffle=False)
    assert parts["whole"].tolist() == [0, 1, 2]


def test_empty_validation_subset_is_refused():
    """A share of less than one row raises an error that gives the number of rows."""
    with pytest.raises(
        ValueError,
        match=r"`validation_split` must .* int\(validation_split \* 5\) = 0, so the "
        r"validation subset of 5 rows .* pass a larger .*validation_split=0\.1$",
    ):
        split(np.arange(5), 0.1)


def test_empty_training_subset_is_refused():
    """A share that leaves no row for training raises an error with a fix."""
    with pytest.raises(
        ValueError, match=r"= 3, so the training subset of 3 rows .* pass a smaller"
    ):
        split(np.arange(3), 1.0)


@pytest.mark.parametrize("rows", [0, 1])
def test_table_without_two_rows_is_refused(rows):
    """A table with one row or none raises an error."""
    with pytest.raises(
        ValueError, match=rf"in each of 2 subsets\. The table has {rows} row"
    ):
        split(np.arange(rows), 0.5)


def test_single_image_is_refused():
    """One image cannot be split, even if it has several rows."""
    with pytest.raises(ValueError, match="All 4 rows name the same image"):
        split([7, 7, 7, 7], 0.5)


# Groups


@given(st.lists(st.integers(1, 30), min_size=2, max_size=10), shares, seeds)
@settings(max_examples=100, deadline=None)
def test_group_split_is_optimal(sizes, share, seed):
    """No other choice of undivided groups is closer to the requested share."""
    groups = text(np.repeat(np.arange(len(sizes)), sizes))
    target = share * len(groups)
    parts = split(np.arange(len(groups)), share, seed=seed, groups=groups)
    distance = abs(len(parts["validation"]) - target)
    assert distance == pytest.approx(brute_force_distance(sizes, target))


@given(seeds)
@settings(deadline=None)
def test_group_split_finds_the_only_exact_sum(seed):
    """The split finds the only two of five groups that have exactly 24 rows."""
    groups = text(np.repeat(np.arange(5), [6, 10, 14, 9, 61]))
    parts = split(np.arange(100), 0.24, seed=seed, groups=groups)
    assert set(groups[parts["validation"]]) == {"1", "2"}


@pytest.mark.parametrize("target", [3000, 3001])
def test_group_split_does_not_favour_small_groups(target):
    """Groups of every size are chosen in proportion, even if no exact sum exists."""
    sizes = np.repeat([2, 4, 8, 16], 400)
    groups = np.repeat(np.arange(len(sizes)), sizes)
    parts = split(np.arange(12_000), target / 12_000, seed=3, groups=groups)
    chosen = sizes[np.unique(groups[parts["validation"]])]
    for size in (2, 4, 8, 16):
        assert 70 <= np.count_nonzero(chosen == size) <= 130


def test_groups_linked_by_images_are_one_unit():
    """Groups that are linked by shared images stay in one subset."""
    files = [0, 1, 1, 2, 2, 3, 4, 5]
    groups = text("aabbccdd")
    for seed in range(10):
        parts = split(files, 0.5, seed=seed, groups=groups)
        sides = {frozenset(groups[rows]) for rows in parts.values() if len(rows)}
        assert sides == {frozenset("abc"), frozenset("d")}


def test_groups_may_be_integers():
    """Integer groups give the same split as the same groups as text."""
    codes = np.arange(30) // 4
    as_codes = split(np.arange(30), 0.3, groups=codes)
    as_text = split(np.arange(30), 0.3, groups=text(codes))
    np.testing.assert_array_equal(as_codes["validation"], as_text["validation"])


def test_single_group_is_refused():
    """A single group raises an error, because groups are never divided."""
    with pytest.raises(
        ValueError, match="All 4 rows are in 1 group, and groups are never divided"
    ):
        split(np.arange(4), 0.5, groups=text("aaaa"))


def test_groups_that_all_share_images_are_refused():
    """If shared images link all groups, the error says so."""
    with pytest.raises(ValueError, match="in 2 groups, which shared images link, and"):
        split([0, 1, 1, 2], 0.5, groups=text("aabb"))


# Classes


@given(
    st.lists(st.integers(2, 25), min_size=1, max_size=6),
    st.floats(0.01, 0.99),
    seeds,
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_each_class_is_within_one_row_of_its_share(counts, share, seed, shuffle):
    """Each class is in both subsets, and its count is within one row of its share."""
    classes = np.repeat(np.arange(len(counts)), counts)
    parts = split(
        np.arange(len(classes)), share, seed=seed, shuffle=shuffle, strata=classes
    )
    held = np.bincount(classes[parts["validation"]], minlength=len(counts))
    assert np.all(np.abs(held - share * np.array(counts)) < 1)
    assert np.all((held > 0) & (held < counts))


def test_stratified_classes_add_up_to_keras_count():
    """Rounding errors do not add up: 1,000 classes of 12 rows give 20 % of all rows."""
    classes = np.arange(12_000) % 1_000
    assert len(split(np.arange(12_000), 0.2, strata=classes)["validation"]) == 2_400


def test_unshuffled_stratified_split_takes_the_last_rows_of_each_class():
    """With shuffle=False, the last rows of each class are for validation."""
    classes = np.arange(1_000) % 2
    parts = split(np.arange(1_000), 0.25, shuffle=False, strata=classes)
    assert parts["validation"].tolist() == list(range(750, 1_000))


@given(
    st.lists(
        st.lists(st.integers(1, 6), min_size=2, max_size=7), min_size=1, max_size=4
    ).filter(lambda c: all(max(sizes) > 1 for sizes in c)),
    shares,
    seeds,
    st.sampled_from(["files", "groups"]),
)
@settings(max_examples=200, deadline=None)
def test_classes_of_whole_units_are_optimal(classes_of_sizes, share, seed, kind):
    """Each class is as close to its share as undivided images or groups allow."""
    sizes = np.concatenate(classes_of_sizes)
    units = np.repeat(np.arange(len(sizes)), sizes)
    class_of_unit = np.repeat(
        np.arange(len(classes_of_sizes)), [len(s) for s in classes_of_sizes]
    )
    strata = class_of_unit[units]
    files = units if kind == "files" else np.arange(len(units))
    columns = {"groups": text(units)} if kind == "groups" else {}
    parts = split(files, share, seed=seed, strata=strata, **columns)
    for label, own in enumerate(classes_of_sizes):
        found = np.count_nonzero(strata[parts["validation"]] == label)
        best = brute_force_distance(own, share * sum(own))
        assert abs(found - share * sum(own)) == pytest.approx(best)


def test_class_with_one_row_is_named_with_its_line():
    """A class that cannot be in both subsets raises an error that gives its line."""
    with pytest.raises(
        ValueError,
        match=r"^labels\.csv, line 4: class 'zebra' has only 1 image\n.*=False",
    ):
        split(
            np.arange(5),
            0.4,
            strata=np.array([0, 0, 2, 0, 0]),
            class_names=["cat", "dog", "zebra"],
        )


def test_class_with_one_repeated_image_is_refused():
    """A class with one image cannot be split, even if the image has several rows."""
    with pytest.raises(ValueError, match=r"line 5: class '1' has only 1 image"):
        split([0, 1, 2, 3, 3], 0.4, strata=np.array([0, 0, 0, 1, 1]))


def test_classes_with_one_row_are_counted_after_the_first_five():
    """The error lists five classes and gives the total."""
    strata = np.array([0, 0, *range(1, 9)])
    with pytest.raises(
        ValueError, match=r"line 8: class 'f' .*\n\.\.\. and 3 more: 8 in total\.\n"
    ) as caught:
        split(np.arange(10), 0.4, strata=strata, class_names=list("abcdefghi"))
    assert "'g'" not in str(caught.value)


# Classes and groups, and several labels


@given(
    tables(["labels", "groups+classes", "groups+labels"], max_rows=25), shares, seeds
)
@settings(max_examples=100, deadline=None)
def test_no_move_or_swap_improves_a_stratified_split(table, share, seed):
    """With up to 32 units, no move of a unit and no swap of two improves the split."""
    files, columns = table
    groups = columns.get("groups", text(files))
    strata = columns["strata"]
    if strata.ndim == 1:
        strata = np.eye(int(strata.max()) + 1)[strata]
    unit = np.arange(len(files))
    for _ in range(len(files)):  # components: the lowest row that is linked
        for key in (files, groups):
            unit = np.array([unit[key == value].min() for value in key])
    if "groups" in columns and columns["strata"].ndim == 1:
        # If each group has one class, the split is exact; that is tested above.
        assume(any(len(set(columns["strata"][unit == u])) > 1 for u in unit))
    names = np.unique(unit)
    rows = np.array([[*strata[unit == u].sum(0), (unit == u).sum()] for u in names])
    rows = rows[:, rows.any(axis=0)]
    parts = split(files, share, seed=seed, **columns)
    chosen = np.isin(names, unit[parts["validation"]]).astype(float)
    found = imbalance(chosen, rows, share)
    for pair in itertools.combinations_with_replacement(range(len(names)), 2):
        other = chosen.copy()
        other[list(set(pair))] = 1 - other[list(set(pair))]
        if len(set(pair)) == 2 and chosen[pair[0]] == chosen[pair[1]]:
            continue  # two moves, not a swap
        assert imbalance(other, rows, share) > found - 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_stratified_split_of_few_groups_is_optimal(seed):
    """With eight groups, no other choice is closer to the requested shares."""
    random = np.random.default_rng(seed)
    groups = np.concatenate(
        [np.arange(8), random.choice(8, 92, p=random.dirichlet(np.ones(8)))]
    )
    strata = random.random((100, 3)) < random.dirichlet(np.ones(3), 8)[groups]
    parts = split(np.arange(100), 0.3, seed=seed, strata=strata, groups=groups)
    rows = np.array(
        [[*strata[groups == g].sum(0), (groups == g).sum()] for g in range(8)]
    )
    found = imbalance(np.isin(range(8), groups[parts["validation"]]), rows, 0.3)
    choices = [np.array(bits) for bits in itertools.product([0, 1], repeat=8)]
    best = min(imbalance(choice, rows, 0.3) for choice in choices)
    assert found == pytest.approx(best)


@pytest.mark.parametrize("seed", range(5))
def test_shares_of_classes_in_mixed_groups_are_near(seed):
    """With 300 groups and 3 classes, every share is within half a percentage point."""
    random = np.random.default_rng(seed)
    groups = random.integers(0, 300, 6000)
    patient = random.dirichlet([0.5, 0.3, 0.1], 300)
    strata = np.array([random.choice(3, p=patient[group]) for group in groups])
    parts = split(np.arange(6000), 0.2, seed=seed, strata=strata, groups=groups)
    held = np.bincount(strata[parts["validation"]]) / np.bincount(strata)
    assert np.abs(held - 0.2).max() < 0.005


@pytest.mark.parametrize("seed", range(5))
def test_shares_of_labels_are_within_one_row(seed):
    """With 2,000 rows and 10 labels, every label is within one row of its share."""
    random = np.random.default_rng(seed)
    strata = random.random((2000, 10)) < np.geomspace(0.5, 0.002, 10)
    parts = split(np.arange(2000), 0.3, seed=seed, strata=strata)
    held = strata[parts["validation"]].sum(axis=0)
    assert np.all(np.abs(held - 0.3 * strata.sum(axis=0)) <= 1)


def test_rare_labels_are_on_both_sides():
    """Every label with two rows is in both subsets, even if there are 2,000 of them."""
    strata = np.zeros((5_000, 2_001), dtype=bool)
    strata[np.arange(4_000), np.arange(4_000) // 2] = True
    strata[:, 2_000] = True  # a frequent label, which must not be assigned first
    parts = split(np.arange(5_000), 0.45, strata=strata)
    assert set(strata[parts["validation"]].sum(axis=0)[:2_000].tolist()) == {1}


@pytest.mark.parametrize("seed", range(5))
def test_label_of_two_large_groups_is_on_both_sides(seed):
    """A label is in both subsets even if one of its two groups exceeds its share."""
    groups = np.concatenate([np.arange(1_000) // 5, np.arange(100) // 50 + 200])
    strata = np.stack([groups < 200, groups >= 200], axis=1)
    strata[1_000:, 0] = True
    parts = split(np.arange(1_100), 0.1, seed=seed, strata=strata, groups=groups)
    assert strata[parts["validation"]].sum(axis=0)[1] == 50


def test_rows_whose_labels_are_all_different_are_split():
    """No subset is empty even if no label can be in both."""
    strata = np.repeat(np.eye(14, dtype=bool), 3, axis=1)
    parts = split(np.arange(14), 0.5, strata=strata)
    assert 0 < len(parts["validation"]) < 14


def test_equal_rows_without_shuffle_are_taken_from_the_end():
    """If several choices are equally good, the last rows are for validation."""
    parts = split(np.arange(6), 0.5, shuffle=False, strata=np.ones((6, 1)))
    assert parts["validation"].tolist() == [3, 4, 5]


def test_label_with_one_row_is_for_training():
    """A label with only one row is in the training subset."""
    strata = np.zeros((100, 2), dtype=bool)
    strata[50:, 0] = True
    strata[99, 1] = True
    for seed in range(20):
        parts = split(np.arange(100), 0.8, seed=seed, strata=strata)
        assert 99 in parts["training"]


def test_rows_without_labels_are_shared_out():
    """Rows without labels are split in proportion, too."""
    strata = np.zeros((100, 2), dtype=bool)
    strata[:20] = True
    parts = split(np.arange(100), 0.25, strata=strata)
    assert np.count_nonzero(parts["validation"] >= 20) == 20


def test_a_matrix_of_floats_counts_as_labels():
    """Multi-hot rows of float32 give the same split as booleans."""
    strata = np.random.default_rng(0).random((50, 3)) < 0.3
    as_bool = split(np.arange(50), 0.3, strata=strata)
    as_float = split(np.arange(50), 0.3, strata=strata.astype(np.float32))
    np.testing.assert_array_equal(as_bool["validation"], as_float["validation"])


def test_class_in_one_group_is_for_training():
    """A class whose rows are all in one group is in the training subset."""
    strata = np.array([0] * 8 + [1] * 4)
    groups = text("aabbccddeeee")
    for seed in range(10):
        parts = split(np.arange(12), 0.8, seed=seed, strata=strata, groups=groups)
        assert set(strata[parts["validation"]]) == {0}


def test_classes_in_one_group_each_are_refused():
    """If no class can be in both subsets, `stratify` raises an error."""
    with pytest.raises(ValueError, match="must be False if no class is in two"):
        split(np.arange(4), 0.5, strata=np.array([0, 0, 1, 1]), groups=text("aabb"))


# The split column


@pytest.mark.parametrize(
    ("value", "subset"),
    [
        *[(v, "training") for v in ("train", "Training", "FALSE", "0", False, 0)],
        *[(v, "validation") for v in ("val", "VALID", "validation", "True", "1", True)],
        *[(v, "test") for v in ("test", "Testing", " test ")],
    ],
)
def test_every_spelling_names_its_subset(value, subset):
    """Each accepted value selects its subset, in upper or lower case."""
    values = np.array([value], dtype=object)
    parts = split(np.arange(1), None, split_values=values)
    assert [name for name, rows in parts.items() if len(rows)] == [subset]


@given(st.lists(st.sampled_from(["train", "val", "test"]), max_size=30), seeds)
@settings(deadline=None)
def test_split_column_subsets_are_in_the_order_of_keras_shuffle(values, seed):
    """The rows of each subset are in the order of Keras's shuffle of all rows."""
    shuffled = list(range(len(values)))
    np.random.RandomState(seed).shuffle(shuffled)
    column = np.array(values, dtype=object)
    parts = split(np.arange(len(values)), None, seed=seed, split_values=column)
    names = {"training": "train", "validation": "val", "test": "test"}
    for name, value in names.items():
        expected = [row for row in shuffled if values[row] == value]
        assert parts[name].tolist() == expected


def test_unknown_split_values_are_listed_with_counts():
    """The error lists each unknown value with its first line and its number of rows."""
    values = text(["train", "dev", "holdout", "dev"])
    with pytest.raises(
        ValueError,
        match=r"^labels\.csv, line 3: 'dev' in the split column .* is not a subset "
        r"\(2 rows\)\nlabels\.csv, line 4: 'holdout' .* \(1 row\)\nWrite \"train\"",
    ):
        split(np.arange(4), None, split_values=values)


def test_many_unknown_split_values_are_counted():
    """The error lists five unknown values and gives the total."""
    values = text([f"fold{row}" for row in range(9)])
    with pytest.raises(
        ValueError, match=r"line 6: 'fold4' .*\n\.\.\. and 4 more: 9 in total\.\nWrite"
    ):
        split(np.arange(9), None, split_values=values)


def test_image_in_two_subsets_of_the_split_column_is_refused():
    """An image in two subsets of the split column raises an error with both lines."""
    with pytest.raises(
        ValueError,
        match=r"^labels\.csv, line 5: the split column puts this image in test, but "
        r"labels\.csv, line 3 puts it in training\nGive all rows of one image",
    ):
        split([0, 1, 2, 1], None, split_values=text(["train", "train", "val", "test"]))


def test_group_in_two_subsets_of_the_split_column_is_refused():
    """A group in two subsets of the split column raises an error."""
    with pytest.raises(ValueError, match=r"line 4: the split column puts this group"):
        split(
            np.arange(3),
            None,
            split_values=text(["train", "train", "val"]),
            groups=text("aba"),
        )


def test_images_in_two_subsets_are_counted_once_each():
    """The error has one line for each of the first five images, and gives the total."""
    files = np.tile(np.arange(7), 3)
    values = text(["train"] * 7 + ["val"] * 14)
    with pytest.raises(ValueError, match="and 2 more: 7 in total") as caught:
        split(files, None, split_values=values)
    assert str(caught.value).count("puts this image in validation") == 5


def test_repeated_image_may_stay_in_one_subset_of_the_split_column():
    """All rows of an oversampled image are kept if they are in the same subset."""
    parts = split([3, 3, 4], None, shuffle=False, split_values=text(["1", "val", "0"]))
    assert parts["validation"].tolist() == [0, 1]


# Subsets and shards


def test_subset_without_rows_is_refused_with_the_counts():
    """A subset without rows raises an error that gives the counts of all subsets."""
    samples = samples_of(np.arange(2), split_values=text(["train", "val"]))
    with pytest.raises(
        ValueError,
        match=r"^The test subset .* empty: .*\(training: 1, validation: 1, test: 0\)",
    ):
        split_samples(samples, SplitSpec(subset="test"))


@given(st.integers(1, 50), st.data())
@settings(deadline=None)
def test_shards_are_disjoint_complete_and_level(rows, data):
    """Every row is in exactly one shard, and sizes differ by one at most."""
    num_shards = data.draw(st.integers(1, rows))
    every = np.random.RandomState(0).permutation(rows)
    shards = [shard(every, every, num_shards, index) for index in range(num_shards)]
    assert sorted(np.concatenate(shards).tolist()) == list(range(rows))
    sizes = [len(rows) for rows in shards]
    assert max(sizes) - min(sizes) <= 1


def test_rows_are_dealt_to_shards_in_turn():
    """A shard has every num_shards-th row, in order."""
    assert shard(np.array([5, 3, 9, 1, 7]), np.arange(10), 2, 1).tolist() == [3, 1]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.data())
@settings(deadline=None)
def test_shards_never_share_an_image(files, data):
    """All rows of an image are in one shard, and sizes differ by one image at most."""
    num_shards = data.draw(st.integers(1, len(set(files))))
    images, every = np.array(files), np.random.RandomState(0).permutation(len(files))
    shards = [shard(every, images, num_shards, index) for index in range(num_shards)]
    assert sorted(np.concatenate(shards).tolist()) == list(range(len(files)))
    owners = [{*images[rows].tolist()} for rows in shards]
    assert sum(map(len, owners)) == len(set(files))
    sizes = [len(rows) for rows in shards]
    assert min(sizes) > 0
    assert max(sizes) - min(sizes) <= max(map(files.count, files))
    in_order = [[row for row in every.tolist() if row in rows] for rows in shards]
    assert [rows.tolist() for rows in shards] == in_order


def test_no_shards_are_all_rows():
    """Without num_shards all rows are returned."""
    assert shard(np.array([2, 0, 1]), np.arange(3), None, None).tolist() == [2, 0, 1]


@pytest.mark.parametrize("shard_index", [0, 3])
def test_empty_shard_is_refused_on_every_host(shard_index):
    """With fewer images than shards every host stops, not the empty one alone."""
    with pytest.raises(
        ValueError,
        match=rf"which is 3 .* would be empty\. Received: num_shards=4, "
        rf"shard_index={shard_index}$",
    ):
        shard(np.arange(3), np.arange(3), 4, shard_index)


# Size


@pytest.mark.parametrize("mode", ["plain", "classes", "groups+labels"])
@pytest.mark.slow
def test_a_million_rows_are_split(mode):
    """A split of a million rows in 100,000 groups divides no group and is accurate."""
    random = np.random.default_rng(0)
    files = np.arange(1_000_000)
    groups = random.integers(0, 100_000, len(files))
    columns = {"groups": text(groups)} if "groups" in mode else {}
    if "classes" in mode:
        columns["strata"] = random.integers(0, 10, len(files))
    if "labels" in mode:
        columns["strata"] = random.random((len(files), 10)) < 0.1
    parts = split(files, 0.2, **columns)
    assert abs(len(parts["validation"]) - 200_000) <= 50
    if "groups" in mode:
        train, validation, _ = (np.unique(groups[rows]) for rows in parts.values())
        assert len(np.intersect1d(train, validation)) == 0
