"""Assigns samples to subsets or folds, by shares rather than by a column."""

import warnings

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._messages import count_of, list_offenders
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split.by_class import ByClass
from keras_csv_dataset._split.by_label import ByLabel
from keras_csv_dataset._split.by_size import BySize
from keras_csv_dataset._split.spec import TEST, TRAINING, VALIDATION, SplitSpec
from keras_csv_dataset._split.strata import Strata, strata_of
from keras_csv_dataset._split.units import IntArray, number_units, number_values

Divider = BySize | ByClass | ByLabel


def order_of(number: int, spec: SplitSpec) -> IntArray:
    """The order of samples or units: shuffled as Keras does, or as they are."""
    # `permutation` draws the same numbers as Keras's `shuffle` of a list of paths, so
    # the same seed gives the same order.
    if spec.shuffle:
        return np.random.RandomState(spec.seed).permutation(number).astype(np.int64)
    return np.arange(number, dtype=np.int64)


def assign_subsets(samples: Samples, spec: SplitSpec) -> npt.NDArray[np.str_]:
    """Chooses a subset for each sample.

    Units are put in the order of Keras's shuffle. The test takes the first ones, and
    validation the last ones, as far as their sizes and labels allow. So the images for
    the test depend neither on the size of the validation subset nor on folds, and those
    for validation are Keras's, with and without a test.

    Args:
        samples: The samples.
        spec: How they are divided.

    Returns:
        Names of subsets, `(samples,)`.

    Raises:
        ValueError: If a subset or fold would be empty, or a class cannot be in all
            subsets.
    """
    units = number_units(samples.files, samples.groups)
    _refuse_few_units(samples, units, spec)
    strata = strata_of(samples, spec.smallest_share) if spec.stratify else None
    if strata is not None:
        _refuse_small_labels(samples, strata, units, spec)
        _warn_of_small_labels(samples, strata, units, spec)
    elif samples.groups is None:
        _refuse_empty(len(samples), spec)
    subset_of_unit = np.full(int(units.max()) + 1, TRAINING, dtype="<U10")
    left = order_of(len(subset_of_unit), spec)
    test = spec.test_split or 0.0
    if test:
        by_test = strata_of(samples, min(test, 1 - test)) if spec.stratify else None
        divider = _divider(samples, units, by_test)
        from_start = left[::-1]
        # Whatever the others are divided into, there are training and validation.
        chosen = divider.choose(from_start, test, keep=min(2, len(left) - 1))
        subset_of_unit[from_start[chosen]] = TEST
        left = from_start[~chosen][::-1]
    divider = _divider(samples, units, strata)
    if spec.num_folds:
        _refuse_fewer_units_than_folds(left, spec)
        chosen = divider.deal(left, spec.num_folds) == spec.fold_index
        subset_of_unit[left[chosen]] = VALIDATION
    elif spec.validation_split:
        chosen = divider.choose(left, spec.validation_split, keep=1)
        subset_of_unit[left[chosen]] = VALIDATION
    return subset_of_unit[units]


def _divider(samples: Samples, units: IntArray, strata: Strata | None) -> Divider:
    """Divides units in the simplest way that keeps the shares of all labels."""
    sizes = np.bincount(units)
    if strata is None:
        return BySize(sizes=sizes, is_rounded_down=samples.groups is None)
    if len(strata.labels) == len(samples) == len(np.unique(strata.samples)):
        first = np.unique(units, return_index=True)[1]
        classes = strata.labels[first]
        if (strata.labels == classes[units]).all():
            return ByClass(sizes=sizes, classes=classes)
    return ByLabel(sizes=sizes, labels=strata.labels, units=units[strata.samples])


def _received(spec: SplitSpec) -> str:
    """The arguments that say how many rows a subset gets."""
    names = ("validation_split", "test_split", "num_folds")
    given = [f"{name}={value}" for name in names if (value := getattr(spec, name))]
    return f"Received: {', '.join(given)}"


def _refuse_empty(rows: int, spec: SplitSpec) -> None:
    """Refuses a share of less than one row, and one that leaves no row."""
    for name in ("validation_split", "test_split"):
        share = getattr(spec, name)
        if share is None:
            continue
        number = int(share * rows)
        if number in (0, rows):
            empty = name.split("_")[0] if number == 0 else TRAINING
            raise ValueError(
                f"`{name}` must leave at least one row in each subset. "
                f"int({name} * {rows}) = {number}, so the {empty} subset of "
                f"{count_of(rows, 'row')} would be empty: pass a "
                f"{'larger' if number == 0 else 'smaller'} `{name}` or a longer table. "
                f"{_received(spec)}"
            )


def _refuse_few_units(samples: Samples, units: IntArray, spec: SplitSpec) -> None:
    """Refuses fewer sets of rows that stay together than there are subsets or folds."""
    number = int(units.max(initial=-1)) + 1
    if number >= spec.num_parts:
        return
    rows = count_of(len(samples), "row")
    wanted = count_of(spec.num_subsets, "subset")
    if spec.num_folds:
        test = " and the test" if spec.test_split else ""
        wanted = f"{count_of(spec.num_folds, 'fold')}{test}"
    if len(samples) < spec.num_parts:
        reason = f"The table has {rows}"
    elif samples.groups is not None:
        groups = len(set(samples.groups.tolist()))
        linked = ", which shared images link" if groups > number else ""
        reason = f"All {rows} are in {count_of(groups, 'group')}{linked}, and groups "
        reason += "are never divided"
    elif len(samples.paths) > 1:
        reason = f"All {rows} are linked by shared images, which are never divided"
    else:
        images = "the same image" if number == 1 else count_of(number, "image")
        reason = f"All {rows} name {images}, and rows of one image stay together"
    raise ValueError(
        f"There must be at least one row in each of {wanted}. {reason}: add other "
        f"rows, or divide them into fewer parts. {_received(spec)}"
    )


def _refuse_fewer_units_than_folds(left: IntArray, spec: SplitSpec) -> None:
    """Refuses a test that leaves less than one unit for each fold."""
    if len(left) < (spec.num_folds or 0):
        raise ValueError(
            f"`test_split` must leave images for each fold, but leaves {len(left)} "
            "images, or sets of images that stay together: pass a smaller `test_split` "
            f"or `num_folds`. {_received(spec)}"
        )


def _refuse_small_labels(
    samples: Samples, strata: Strata, units: IntArray, spec: SplitSpec
) -> None:
    """Refuses labels that cannot be in every subset."""
    if not strata.is_strict:
        return
    labels, wanted = strata.labels, spec.num_subsets
    pairs = np.unique(number_values(samples.files) * len(strata.names) + labels)
    images = np.bincount(pairs % len(strata.names), minlength=len(strata.names))
    small = np.flatnonzero((images > 0) & (images < wanted)).tolist()
    if small:
        raise ValueError(
            samples.report(
                [int(np.argmax(labels == label)) for label in small],
                lambda row: (
                    f"{strata.names[labels[row]]} has only "
                    f"{count_of(int(images[labels[row]]), 'image')}"
                ),
                f"`stratify` needs {wanted} images of each, one for each subset. Add "
                "images, remove these rows, or pass stratify=False.",
            )
        )
    pairs = np.unique(units * len(strata.names) + labels)
    if np.bincount(pairs % len(strata.names)).max() < 2:
        raise ValueError(
            "`stratify` must be False if none of the classes, or of the values to "
            "stratify by, is in two groups: groups are never divided, so none can be "
            "in two subsets."
        )


def _warn_of_small_labels(
    samples: Samples, strata: Strata, units: IntArray, spec: SplitSpec
) -> None:
    """Warns of labels that cannot be in every fold."""
    if not spec.num_folds:
        return
    number = max(len(strata.names), 1)
    pairs = np.unique(units[strata.samples] * number + strata.labels)
    units_of = np.bincount(pairs % number, minlength=number)
    few = np.flatnonzero((units_of > 0) & (units_of < spec.num_parts)).tolist()
    small = [label for label in few if strata.names[label]]
    if small:
        kind = "image" if samples.groups is None else "group"
        warnings.warn(
            list_offenders(
                small,
                lambda label: (
                    f"{strata.names[label]} is in only "
                    f"{count_of(int(units_of[label]), kind)}."
                ),
                f"Some of the {spec.num_folds} folds"
                f"{', or the test,' if spec.test_split else ''} will contain none.",
            ),
            UserWarning,
            stacklevel=6,
        )
