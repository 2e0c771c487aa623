"""Divides samples into subsets and shards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._messages import count_of
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split.assignment import assign_subsets, order_of
from keras_csv_dataset._split.by_size import deal_out
from keras_csv_dataset._split.column import read_split_column
from keras_csv_dataset._split.spec import SUBSETS, TRAINING, WHOLE, SplitSpec
from keras_csv_dataset._split.units import IntArray, number_values


@dataclass(frozen=True, kw_only=True)
class Subset:
    """One subset, and this host's share of it.

    Attributes:
        name: `"training"`, `"validation"`, `"test"` or `WHOLE`.
        contents: What the whole subset contains, for a message: `80 images`.
        rows: int64 numbers of its samples on all hosts, in order.
        order: int64 numbers of its samples on this host, in the order in which they are
            yielded.
    """

    name: str
    contents: str
    rows: IntArray
    order: IntArray

    @property
    def is_trained_on(self) -> bool:
        """Whether the subset is for training; if nothing is split, it is."""
        return self.name in (WHOLE, TRAINING)


def split_samples(samples: Samples, spec: SplitSpec) -> list[Subset]:
    """Divides samples into subsets, and selects those that are asked for.

    Args:
        samples: The samples.
        spec: How they are divided.

    Returns:
        The subsets, in the order of `spec.names`.

    Raises:
        ValueError: If the samples cannot be divided that way, or a subset that is
            asked for would be empty.
    """
    parts = divide(samples, spec)

    def select(name: str) -> Subset:
        rows = _refuse_empty(parts, name)
        return Subset(
            name=name,
            contents=_describe(samples, rows, spec.stratify and not samples.strata),
            rows=rows,
            order=shard(rows, samples.files, spec.num_shards, spec.shard_index),
        )

    return [select(name) for name in spec.names]


def divide(samples: Samples, spec: SplitSpec) -> dict[str, IntArray]:
    """Divides samples into subsets.

    No image, and no group, is ever in two subsets. The same arguments give the same
    subsets, so `subset="training"` and `subset="validation"` in separate calls are the
    two halves of `subset="both"`.

    Args:
        samples: The samples.
        spec: How they are divided.

    Returns:
        int64 numbers of samples, by subset, in the order in which they are yielded.
        Without a split there is one entry, `WHOLE`; else one for each of `SUBSETS`,
        empty if it is not asked for, or if the split column does not name it.

        -   Without groups and classes, the last `int(validation_split * samples)` in
            shuffled order are for validation, as in `image_dataset_from_directory`, and
            the first `int(test_split * samples)` for the test. If images are repeated,
            the numbers are as close as whole images allow.
        -   With groups, the number of samples for the test is as close to its share as
            whole groups allow, and so is that for validation, of the groups that are
            left.
        -   If the classes are stratified, the numbers of each class for validation and
            for the test are within one of their shares, or as close as whole images or
            groups allow, and every class that can be is in all subsets.
        -   For several labels per image, or groups with several classes: iterative
            stratification, improved by moving and swapping whole units.
        -   Folds are those of the samples that are not for the test. They cover them
            without overlap, whichever of them is for validation.

    Raises:
        ValueError: If a subset would be empty, if a class cannot be in all subsets, or
            if the split column contains an unknown value, or puts one image or group
            in two subsets.
    """
    order = order_of(len(samples), spec)
    if samples.subsets is not None:
        subset_of_sample = read_split_column(samples, spec)
    elif spec.is_by_share:
        subset_of_sample = assign_subsets(samples, spec)
    else:
        return {WHOLE: order}
    return {name: order[subset_of_sample[order] == name] for name in SUBSETS}


def shard(
    rows: IntArray,
    files: npt.NDArray[Any],
    num_shards: int | None,
    shard_index: int | None,
) -> IntArray:
    """Selects one host's share of a subset.

    Args:
        rows: Numbers of the subset's samples, in order.
        files: The image of each sample.
        num_shards: Number of shards; `None` for one host.
        shard_index: Number of this shard, from 0.

    Returns:
        Every `num_shards`-th sample, or, if images are repeated, samples of some
        images. No image is in two shards. The shards cover the whole subset, and differ
        in size by one at most, or by the samples of one image.

    Raises:
        ValueError: If a shard would be empty.
    """
    if num_shards is None:
        return rows
    # Every host raises, not only the one without samples: the others would wait for it
    # forever at the first collective operation.
    image_of_row = number_values(files[rows])
    sizes = np.bincount(image_of_row)
    if num_shards > len(sizes):
        raise ValueError(
            f"`num_shards` must be at most the number of images (rows that share an "
            f"image count as one), which is {len(sizes)} in this subset: a shard would "
            "be empty. Received: "
            f"num_shards={num_shards}, shard_index={shard_index}"
        )
    shards = deal_out(sizes, np.zeros_like(sizes), num_shards)
    mine: IntArray = rows[shards[image_of_row] == shard_index]
    return mine


def _describe(samples: Samples, order: IntArray, stratify: bool) -> str:
    """What a subset contains: `80 images of 3 groups`."""
    parts = [count_of(len(order), "image")]
    target = samples.targets.only
    counts = target.class_counts_of(order) if stratify and target is not None else None
    if counts is not None:
        parts.append(count_of(int(np.count_nonzero(counts)), "class", "classes"))
    if samples.groups is not None:
        parts.append(count_of(len(set(samples.groups[order])), "group"))
    return " of ".join([parts[0], " and ".join(parts[1:])][: len(parts)])


def _refuse_empty(parts: Mapping[str, IntArray], subset: str) -> IntArray:
    """The samples of one subset; raises if there are none."""
    if len(parts[subset]) == 0:
        sizes = ", ".join(f"{name}: {len(rows)}" for name, rows in parts.items())
        raise ValueError(
            f"The {subset} subset would be empty: the split column assigns no row to "
            f"it ({sizes})."
        )
    return parts[subset]
