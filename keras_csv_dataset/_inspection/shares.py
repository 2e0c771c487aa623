"""Finds classes whose shares of the subsets are not equal, and says what helps."""

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._inspection.collection import Collection
from keras_csv_dataset._inspection.findings import Finding, classes_have
from keras_csv_dataset._labels import ClassSets, Target
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split import SplitSpec

_FALSE_ALARMS = 0.001


def unequal_shares(
    collection: Collection, split: SplitSpec, target: Target, of: str
) -> Iterator[Finding]:
    """Classes that training lacks, or whose share in another subset is not the same.

    Args:
        collection: All images, in their subsets.
        split: How they are divided.
        target: The labels of an output.
        of: The output, for messages: ` of species`, or empty if there is only one.

    Yields:
        Up to two findings for each subset besides training.
    """
    counts = {
        name: target.class_counts_of(samples)
        for name, samples in collection.subsets.items()
    }
    training = counts.pop("training", None)
    if training is None or not training.any():
        return
    names = target.class_names or []
    level = _FALSE_ALARMS / max(len(names) * len(counts), 1)
    for subset, others in counts.items():
        if others is None:
            continue
        is_absent = (training == 0) & (others > 0)
        is_unequal = _differ(training, np.where(is_absent, 0, others), level)
        for is_found, where, what in (
            (is_absent, f" in {subset}", "no image in training"),
            (is_unequal, "", f"another share in {subset} than in training"),
        ):
            if is_found.any():
                found = [names[index] for index in np.flatnonzero(is_found)]
                yield Finding(
                    kind="unequal_shares",
                    message=classes_have(found, of + where, what),
                    advice=_advice(collection, split, target),
                    classes=tuple(found),
                )


def _differ(
    training: NDArray[np.int64], others: NDArray[np.int64], level: float
) -> NDArray[np.bool_]:
    """Which classes have shares that differ by more than chance.

    The test is that of two proportions.
    """
    sizes = training.sum(), others.sum()
    if not all(sizes):
        return np.zeros(len(training), bool)
    pooled = (training + others) / sum(sizes)
    error = np.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1]))
    difference = np.abs(training / sizes[0] - others / sizes[1])
    return np.asarray(difference > NormalDist().inv_cdf(1 - level / 2) * error)


def _advice(collection: Collection, split: SplitSpec, target: Target) -> str:
    """What gives classes their shares: a way that is not refused for this split."""
    samples = collection.samples
    assert samples is not None
    if samples.subsets is not None:
        return (
            "Assign images of each class to training in `split_column`, and the same "
            "share of each class to every subset."
        )
    wanted, stratify = split.images_per_class, _stratify(collection, split, target)
    if _smallest_class(samples, target) < wanted:
        needed = f"{wanted} images"
        if samples.groups is not None:
            needed = f"images in {wanted} groups"
        advice = f"Every class needs {needed}: add some, or join classes"
        return f"{advice}, and pass {stratify}." if stratify else f"{advice}."
    if stratify:
        return f"Pass {stratify} to give every class its share."
    groups = "" if samples.groups is None else "groups with "
    return f"Add {groups}images of these classes, or join them with others."


def _smallest_class(samples: Samples, target: Target) -> int:
    """The number of images, or of groups, of the class that has the fewest."""
    each = samples.files if samples.groups is None else samples.groups
    units = np.unique(each, return_inverse=True)[1].ravel()
    classes = target.values
    if isinstance(classes, ClassSets):
        units, classes = units[classes.owners], classes.classes
    _, numbers = np.unique(
        np.unique([classes.astype(np.int64), units], axis=1)[0], return_counts=True
    )
    return int(numbers.min())


def _stratify(collection: Collection, split: SplitSpec, target: Target) -> str:
    """The argument that stratifies by an output; empty if it is given, or if none can.

    With several outputs, it names the columns of all that have classes.
    """
    samples, located = collection.samples, collection.images.located
    assert samples is not None
    given = located.columns.strata
    if len(samples.targets) == 1 and not given:
        return "" if split.stratify else "`stratify=True`"
    outputs = [
        (output, group[0])
        for output, group in zip(samples.targets, located.columns.labels, strict=True)
        if output.class_names and not output.names_files and len(group) == 1
    ]
    if not any(output is target and c not in given for output, c in outputs):
        return ""
    columns = dict.fromkeys([*given, *(column for _, column in outputs)])
    names = [located.table.name(column) for column in columns]
    return f"`stratify={names if names[1:] else names[0]!r}`"
