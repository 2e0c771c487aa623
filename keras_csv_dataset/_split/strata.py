"""Determines the labels of which all subsets get the same share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._labels import ClassSets, Target
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split.units import BoolArray, IntArray, number_values

_MOST_BINS = 10


@dataclass(frozen=True, kw_only=True)
class Strata:
    """The labels of which all subsets get the same share.

    Attributes:
        labels: int64 `(pairs,)`, the label of each pair of a label and a sample.
        samples: int64 `(pairs,)`, the sample of each pair.
        class_names: Name of each label that is a class; `None` for a value, a bin of
            numbers, or a combination of labels. Every subset needs all classes.
        is_strict: Whether a class that cannot be in every subset is an error. It is not
            where images can have several labels.
    """

    labels: IntArray
    samples: IntArray
    class_names: Sequence[str | None]
    is_strict: bool = False

    @property
    def are_classes(self) -> BoolArray:
        """Whether each label is a class."""
        return np.array([name is not None for name in self.class_names], np.bool_)

    def is_partition(self, num_samples: int) -> bool:
        """Whether every sample has one label."""
        each = np.arange(num_samples)
        return len(self.samples) == num_samples and bool((self.samples == each).all())

    def number_per_label(self, numbers: IntArray) -> IntArray:
        """How many different images or units have each label.

        Args:
            numbers: int64 `(samples,)`, number of the image or unit of each sample.
        """
        num_labels = max(len(self.class_names), 1)
        if len(numbers) == int(numbers.max(initial=-1)) + 1:  # all are different
            return np.bincount(self.labels, minlength=num_labels)
        pairs = np.unique(numbers[self.samples] * num_labels + self.labels)
        return np.bincount(pairs % num_labels, minlength=num_labels)

    def without_rare_values(self, units: IntArray, share: float) -> "Strata":
        """Leaves out values, but no classes, that have no unit in a share of them.

        No choice of units can keep their shares, and the attempt would change the size
        of the subset.
        """
        is_frequent = self.number_per_label(units) * share >= 1
        kept = is_frequent[self.labels] | self.are_classes[self.labels]
        return replace(self, labels=self.labels[kept], samples=self.samples[kept])


def strata_of(samples: Samples, share: float) -> Strata:
    """The labels by which samples are stratified.

    They are the values of `Samples.strata`, or those of the target if there are none.
    A column of more than 10 different numbers is divided at its quantiles into 10 bins,
    or fewer. With several columns, the combinations of their values are labels beside
    the values themselves, so that shares are kept jointly as far as possible.

    Args:
        samples: The samples.
        share: Share of the smallest part, which is to get a sample of each bin.
    """
    columns = [
        _strata_of_target(column, share)
        if isinstance(column, Target)
        else _strata_of_values(column, share)
        for column in samples.strata or samples.targets
    ]
    return columns[0] if len(columns) == 1 else _joined(columns, len(samples))


def _strata_of_target(target: Target, share: float) -> Strata:
    values, names = target.values, target.class_names
    if isinstance(values, ClassSets):
        return Strata(
            labels=values.classes.astype(np.int64),
            samples=values.owners.astype(np.int64),
            class_names=names or (),
        )
    if names is None:
        return _strata_of_values(values.reshape(-1), share)
    return replace(_one_each(values, names), is_strict=True)


def _strata_of_values(values: npt.NDArray[Any], share: float) -> Strata:
    """Strata of text, or of numbers, of which there are bins if they are many."""
    codes = number_values(values)
    if values.dtype != object and codes.max(initial=0) >= _MOST_BINS:
        codes = _bins(values, share)
    return _one_each(codes, [None] * (int(codes.max(initial=-1)) + 1))


def _one_each(labels: npt.NDArray[Any], class_names: Sequence[str | None]) -> Strata:
    return Strata(
        labels=labels.astype(np.int64),
        samples=np.arange(len(labels)),
        class_names=class_names,
    )


def _bins(numbers: npt.NDArray[np.floating[Any]], share: float) -> IntArray:
    """The bin of each number: about as many in each. Equal numbers share one."""
    number = max(min(_MOST_BINS, int(len(numbers) * share)), 1)
    shares = np.arange(1, number) / number
    edges = np.unique(np.quantile(numbers, shares, method="inverted_cdf"))
    return np.searchsorted(edges, numbers)


def _joined(columns: Sequence[Strata], num_samples: int) -> Strata:
    """The labels of all columns, and as further labels their combinations."""
    starts = np.cumsum([0, *(len(column.class_names) for column in columns)])
    combinations = np.zeros(num_samples, np.int64)
    for column in columns:
        if column.is_partition(num_samples):
            combinations = combinations * len(column.class_names) + column.labels
            combinations = np.unique(combinations, return_inverse=True)[1].reshape(-1)
    labels = [
        column.labels + start
        for column, start in zip(columns, starts.tolist(), strict=False)
    ]
    labels.append(combinations + int(starts[-1]))
    samples = [*(column.samples for column in columns), np.arange(num_samples)]
    names = [name for column in columns for name in column.class_names]
    return Strata(
        labels=np.concatenate(labels),
        samples=np.concatenate(samples),
        class_names=[*names, *[None] * (int(combinations.max(initial=-1)) + 1)],
    )
