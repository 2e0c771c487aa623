"""Determines the labels of which all subsets get the same share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._labels import ClassSets, Target
from keras_csv_dataset._messages import quote
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split.units import IntArray, first_rows, number_values

_MOST_BINS = 10


@dataclass(frozen=True, kw_only=True)
class Strata:
    """The labels of which all subsets get the same share.

    Attributes:
        labels: int64 `(pairs,)`, the label of each pair of a label and a sample.
        samples: int64 `(pairs,)`, the sample of each pair, ascending.
        names: What messages call each label; empty if it is a bin of numbers, or a
            combination of labels.
        is_strict: Whether every label has to be in every subset.
    """

    labels: IntArray
    samples: IntArray
    names: Sequence[str]
    is_strict: bool


def strata_of(samples: Samples, share: float) -> Strata:
    """The labels by which samples are stratified.

    They are the values of `Samples.strata`, or those of the target if there are none.
    A column of more than 10 different numbers is divided at its quantiles into 10 bins,
    or fewer. With several columns, the combinations of their values are labels beside
    the values themselves, so that shares are kept jointly as far as possible.

    Args:
        samples: The samples.
        share: Share of the smallest part, which is to get a sample of each bin and of
            each combination of values.
    """
    target = samples.targets.only
    if not samples.strata and target is not None:
        return _strata_of_target(target, share)
    columns = [
        _strata_of_column(name, values, share)
        for name, values in samples.strata.items()
    ]
    return columns[0] if len(columns) == 1 else _joined(columns, share)


def _strata_of_target(target: Target, share: float) -> Strata:
    names = [f"class {quote(name)}" for name in target.class_names or ()]
    values = target.values
    if isinstance(values, ClassSets):
        owners = np.repeat(np.arange(len(values)), values.sizes)
        return Strata(
            labels=values.classes.astype(np.int64),
            samples=owners,
            names=names,
            is_strict=False,
        )
    if not names:
        return _strata_of_column("", values.reshape(-1), share)
    return _one_each(values, names)


def _strata_of_column(column: str, values: npt.NDArray[Any], share: float) -> Strata:
    if values.dtype != object and len(np.unique(values)) > _MOST_BINS:
        return _one_each(*_bins(values, share))
    codes = number_values(values)
    distinct = values[first_rows(codes)].tolist()
    return _one_each(codes, [f"{quote(v)} in column {quote(column)}" for v in distinct])


def _one_each(labels: npt.NDArray[Any], names: Sequence[str]) -> Strata:
    return Strata(
        labels=labels.astype(np.int64),
        samples=np.arange(len(labels)),
        names=names,
        is_strict=any(names),
    )


def _bins(
    numbers: npt.NDArray[np.floating[Any]], share: float
) -> tuple[IntArray, list[str]]:
    """Bins of about as many numbers each, without names. Equal numbers share one."""
    number = max(min(_MOST_BINS, int(len(numbers) * share)), 1)
    shares = np.arange(1, number) / number
    edges = np.unique(np.quantile(numbers, shares, method="inverted_cdf"))
    return np.searchsorted(edges, numbers), [""] * (len(edges) + 1)


def _joined(columns: Sequence[Strata], share: float) -> Strata:
    """The labels of all columns, and as further labels their frequent combinations."""
    rows = np.stack([column.labels for column in columns], axis=1)
    starts = np.cumsum([0, *(len(column.names) for column in columns)])
    joint = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(joint)
    labels = np.column_stack([rows + starts[:-1], joint + starts[-1]])
    is_kept = np.ones(labels.shape, dtype=np.bool_)
    is_kept[:, -1] = sizes[joint] * share >= 1
    samples, _ = np.nonzero(is_kept)
    names = [name for column in columns for name in column.names]
    return Strata(
        labels=labels[is_kept],
        samples=samples,
        names=[*names, *[""] * len(sizes)],
        is_strict=False,
    )
