"""Assigns samples to subsets or folds, by shares rather than by a column."""

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split.by_class import ByClass
from keras_csv_dataset._split.by_label import ByLabel
from keras_csv_dataset._split.by_size import BySize
from keras_csv_dataset._split.feasibility import (
    refuse_empty_shares,
    refuse_few_units,
    refuse_small_classes,
    refuse_too_large_test,
    warn_of_small_classes,
)
from keras_csv_dataset._split.spec import TEST, TRAINING, VALIDATION, SplitSpec
from keras_csv_dataset._split.strata import Strata, strata_of
from keras_csv_dataset._split.units import IntArray, number_units

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
    validation the last ones, as far as their sizes and labels allow. The test is chosen
    before anything else, by its own share alone, so it depends neither on the size of
    the validation subset nor on folds.

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
    refuse_few_units(samples, units, spec)
    strata = strata_of(samples, spec.smallest_share) if spec.stratify else None
    if strata is not None:
        refuse_small_classes(samples, strata, units, spec)
        warn_of_small_classes(samples, strata, units, spec)
    elif samples.groups is None:
        refuse_empty_shares(len(samples), spec)
    subset_of_unit = np.full(int(units.max()) + 1, TRAINING, dtype="<U10")
    left = order_of(len(subset_of_unit), spec)
    if spec.test_split:
        share = min(spec.test_split, 1 - spec.test_split)
        # Its bins must not depend on the other parts either.
        by_share = strata_of(samples, share) if spec.stratify else None
        divider = _divider(samples, units, by_share, share)
        from_start = left[::-1]
        # Whatever the others are divided into, there are training and validation.
        keep = min(2, len(left) - 1)
        chosen = divider.choose(from_start, spec.test_split, keep)
        subset_of_unit[from_start[chosen]] = TEST
        left = from_start[~chosen][::-1]
    if spec.num_folds or spec.validation_split:
        divider = _divider(samples, units, strata, spec.smallest_share)
        if spec.num_folds:
            refuse_too_large_test(len(left), samples, spec)
            chosen = divider.deal(left, spec.num_folds) == spec.fold_index
        else:
            chosen = divider.choose(left, spec.validation_split or 0.0, keep=1)
        subset_of_unit[left[chosen]] = VALIDATION
    return subset_of_unit[units]


def _divider(
    samples: Samples, units: IntArray, strata: Strata | None, smallest_share: float
) -> Divider:
    """Divides units in the simplest way that keeps the shares of all labels."""
    sizes = np.bincount(units)
    if strata is None:
        return BySize(sizes=sizes, is_rounded_down=samples.groups is None)
    is_needed = strata.are_classes
    if strata.is_partition(len(samples)) and (is_needed.all() or sizes.max() == 1):
        classes = strata.labels[np.unique(units, return_index=True)[1]]
        if (strata.labels == classes[units]).all():
            return ByClass(sizes=sizes, classes=classes, is_needed=is_needed)
    strata = strata.without_rare_values(units, smallest_share)
    return ByLabel(
        sizes=sizes,
        labels=strata.labels,
        units=units[strata.samples],
        is_needed=is_needed,
    )
