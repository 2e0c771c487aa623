"""Divides samples into subsets and shards.

Samples are divided in *units*: all samples of one image, of one group, or of several
groups that share an image. A unit is never divided between subsets. `units` finds the
units and chooses those for validation.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._labels import ClassSets, Target
from keras_csv_dataset._messages import count_of, quote
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split.stratify import LabelCounts, choose_units_per_label
from keras_csv_dataset._split.units import (
    choose_units,
    choose_units_per_class,
    deal_units,
    first_rows,
    number_units,
    number_values,
)

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# The name of the only subset where nothing is split.
ALL = "all"

_SUBSETS = ("training", "validation", "test")
_SUBSET_OF_VALUE = {
    **dict.fromkeys(("train", "training", "false", "0"), "training"),
    **dict.fromkeys(("val", "valid", "validation", "true", "1"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}


@dataclass(frozen=True, kw_only=True)
class SplitSpec:
    """How samples are divided into subsets and shards.

    Attributes:
        subset: `"training"`, `"validation"`, `"test"`, `"both"`, or `None` for all.
        validation_split: Fraction of the samples for validation; `None` not to split.
        stratify: Whether each class has the same share in both subsets.
        shuffle: Whether to shuffle. If true, every subset is in the order of Keras's
            shuffle of all samples. If false, it keeps the order of the table, the
            samples for validation are taken from the end (of the table, or of each
            class), and no random number is drawn.
        seed: Seed of the shuffle and of the choice of units.
        num_shards: Number of hosts that share the samples; `None` for one host.
        shard_index: Number of this host.
        split_column: Name of the column that assigns rows to subsets, for messages.
    """

    subset: str | None = None
    validation_split: float | None = None
    stratify: bool = False
    shuffle: bool = True
    seed: int | None = None
    num_shards: int | None = None
    shard_index: int | None = None
    split_column: Hashable = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the subsets that are asked for."""
        if self.subset == "both":
            return "training", "validation"
        return (self.subset or ALL,)

    def reshuffles(self, subset: str) -> bool:
        """Whether a subset gets a new order in every epoch.

        Only training images do, so that predictions line up with the other subsets.
        """
        return self.shuffle and subset in (ALL, "training")


@dataclass(frozen=True, kw_only=True)
class Subset:
    """One subset, or this host's share of it.

    Attributes:
        name: `"training"`, `"validation"`, `"test"` or `ALL`.
        contents: What the whole subset contains, for a message: `80 images`.
        rows: int64 numbers of the samples of the whole subset.
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
        return self.name in (ALL, "training")


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
            contents=_describe(samples, rows, spec.stratify),
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
        Without a split there is one entry, `ALL`. With `validation_split` there are
        `"training"` and `"validation"`, neither of which is empty. With a split column
        there is `"test"` as well, and any of the three can be empty.

        -   Without groups and classes, the last `int(validation_split * samples)` in
            shuffled order are for validation, as in `image_dataset_from_directory`. If
            images are repeated, the number is as close as whole images allow.
        -   With groups, the number of samples is as close to
            `validation_split * samples` as whole groups allow.
        -   If the classes are stratified, the number of each class is within one of
            `validation_split * count`, or as close as whole images or groups allow,
            and every class that can be is in both subsets.
        -   For several labels per image, or groups with several classes: iterative
            stratification, improved by moving and swapping whole units.

    Raises:
        ValueError: If a subset would be empty, if a class cannot be in both subsets, or
            if the split column contains an unknown value, or puts one image or group
            in two subsets.
    """
    order = _order(len(samples), spec)
    if samples.subsets is not None:
        column = spec.split_column
        subset_of_sample = _read_subsets(samples, samples.subsets, column)
        _refuse_divided(samples, "image", samples.files, subset_of_sample)
        if samples.groups is not None:
            _refuse_divided(samples, "group", samples.groups, subset_of_sample)
        return {name: order[subset_of_sample[order] == name] for name in _SUBSETS}
    if not spec.validation_split:
        return {ALL: order}

    units = number_units(samples.files, samples.groups)
    _refuse_one_unit(samples, units, spec.validation_split)
    preference = _order(int(units.max()) + 1, spec)
    target = samples.targets.only
    if spec.stratify and target is not None:
        strata = target.values
        if not isinstance(strata, ClassSets):
            _refuse_single_images(samples, target, strata, units)
        chosen = _choose_stratified(units, strata, preference, spec.validation_split)
    else:
        wanted = spec.validation_split * len(samples)
        if samples.groups is None:
            wanted = _keras_count(spec.validation_split, len(samples))
        chosen = choose_units(np.bincount(units)[preference], wanted)

    in_validation = np.zeros(len(preference), dtype=np.bool_)
    in_validation[preference] = chosen
    validation = in_validation[units][order]
    return {"training": order[~validation], "validation": order[validation]}


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
    mine: IntArray = rows[deal_units(sizes, num_shards)[image_of_row] == shard_index]
    return mine


def _order(number: int, spec: SplitSpec) -> IntArray:
    # `permutation` draws the same numbers as Keras's `shuffle` of a list of paths, so
    # the same seed gives the same order.
    if spec.shuffle:
        return np.random.RandomState(spec.seed).permutation(number).astype(np.int64)
    return np.arange(number, dtype=np.int64)


def _describe(samples: Samples, order: IntArray, stratify: bool) -> str:
    """What a subset contains: `80 images of 3 groups`."""
    parts = [count_of(len(order), "image")]
    target = samples.targets.only
    if stratify and target is not None:
        values = target.values
        if isinstance(values, ClassSets):
            values = values.take(order).classes
        else:
            values = values[order]
        parts.append(count_of(len(np.unique(values)), "class", "classes"))
    if samples.groups is not None:
        parts.append(count_of(len(set(samples.groups[order])), "group"))
    return " of ".join([parts[0], " and ".join(parts[1:])][: len(parts)])


def _choose_stratified(
    units: IntArray,
    strata: npt.NDArray[Any] | ClassSets,
    preference: IntArray,
    share: float,
) -> BoolArray:
    sizes = np.bincount(units)
    if isinstance(strata, ClassSets):
        labels, labelled = strata.classes, np.repeat(units, strata.sizes)
    else:
        num_classes = int(strata.max()) + 1
        pairs = np.unique(units * num_classes + strata)
        if len(pairs) == len(sizes):  # every unit has one class
            classes = (pairs % num_classes)[preference]
            return choose_units_per_class(sizes[preference], classes, share)
        labels, labelled = strata, units
    place = np.empty(len(sizes), dtype=np.int64)
    place[preference] = np.arange(len(sizes))
    counts = LabelCounts.of(labels, place[labelled], sizes[preference])
    return choose_units_per_label(counts, share)


def _refuse_empty(parts: Mapping[str, IntArray], subset: str) -> IntArray:
    """The samples of one subset; raises if there are none."""
    if len(parts[subset]) == 0:
        sizes = ", ".join(f"{name}: {len(rows)}" for name, rows in parts.items())
        raise ValueError(
            f"The {subset} subset would be empty: the split column assigns no row to "
            f"it ({sizes})."
        )
    return parts[subset]


def _keras_count(validation_split: float, rows: int) -> int:
    number = int(validation_split * rows)
    if number in (0, rows):
        empty = "validation" if number == 0 else "training"
        raise ValueError(
            "`validation_split` must leave at least one row in each subset. "
            f"int(validation_split * {rows}) = {number}, so the {empty} subset of "
            f"{count_of(rows, 'row')} would be empty: pass a "
            f"{'larger' if number == 0 else 'smaller'} `validation_split` or a "
            f"longer table. Received: validation_split={validation_split}"
        )
    return number


def _read_subsets(
    samples: Samples, values: npt.NDArray[np.object_], column: Hashable
) -> npt.NDArray[np.str_]:
    """The subset that the split column names for each sample."""
    codes = number_values(values)
    distinct = values[first_rows(codes)].tolist()
    subsets = [_SUBSET_OF_VALUE.get(str(value).strip().lower()) for value in distinct]
    unknown = [code for code, subset in enumerate(subsets) if subset is None]
    if unknown:
        first, counts = first_rows(codes), np.bincount(codes)
        raise ValueError(
            samples.report(
                first[unknown].tolist(),
                lambda row: (
                    f"{quote(values[row])} in the split column {quote(column)} is not "
                    f"a subset ({count_of(int(counts[codes[row]]), 'row')})"
                ),
                _advice_on_subsets({*map(str, distinct)}, column),
            )
        )
    return np.array(subsets, dtype=np.str_)[codes]


def _advice_on_subsets(values: Collection[str], column: Hashable) -> str:
    """How to write which subset a row belongs to, judged by what is written."""
    numbers = f"df[{quote(column)}] = df[{quote(column)}].astype(int)"
    if {*values} <= {"0", "1", "2"}:
        return (
            "Write the words, and pass the DataFrame. If 0 means training: "
            f'{numbers}.map({{0: "train", 1: "val", 2: "test"}})'
        )
    if all(value.isdecimal() for value in values):
        return (
            "If these are folds, choose one for validation, and pass the DataFrame: "
            f'{numbers}.map(lambda fold: "val" if fold == {min(map(int, values))} else '
            '"train")'
        )
    return (
        'Write "train", "val" or "test", or true for validation and false for training.'
    )


def _refuse_divided(
    samples: Samples,
    kind: str,
    values: npt.NDArray[Any],
    subset_of_sample: npt.NDArray[np.str_],
) -> None:
    """Refuses a split column that puts one image or group in two subsets."""
    codes = number_values(values)
    first = first_rows(codes)[codes]
    rows = np.flatnonzero(subset_of_sample != subset_of_sample[first])
    if len(rows) == 0:
        return
    # One line for each image or group: the first row that contradicts.
    offenders = np.sort(rows[first_rows(codes[rows])]).tolist()
    raise ValueError(
        samples.report(
            offenders,
            lambda row: (
                f"the split column puts this {kind} in {subset_of_sample[row]}, but "
                f"{samples.locate(int(first[row]))} puts it in "
                f"{subset_of_sample[first[row]]}"
            ),
            f"Give all rows of one {kind} the same value: otherwise the model would be "
            "evaluated on what it was trained on.",
        )
    )


def _refuse_one_unit(
    samples: Samples, units: IntArray, validation_split: float
) -> None:
    """Refuses samples that all have to stay together."""
    if len(units) and units.max() > 0:
        return
    rows = count_of(len(samples), "row")
    if len(samples) < 2:
        reason = f"The table has {rows}"
    elif samples.groups is None:
        linked = "are linked by shared images" if len(samples.paths) > 1 else ""
        reason = (
            f"All {rows} {linked or 'name the same image'}, which cannot be in both"
        )
    else:
        number = len(set(samples.groups.tolist()))
        linked = f"{number} groups that are linked by shared images"
        reason = f"All {rows} are in {linked if number > 1 else 'one group'}, and "
        reason += "groups are never divided"
    raise ValueError(
        "`validation_split` must leave at least one row in each subset. "
        f"{reason}: add other rows or pass validation_split=None. "
        f"Received: validation_split={validation_split}"
    )


def _refuse_single_images(
    samples: Samples, target: Target, classes: npt.NDArray[Any], units: IntArray
) -> None:
    """Refuses classes that cannot be in both subsets."""
    rows = np.bincount(classes)
    image_classes = classes[first_rows(number_values(samples.files))]
    images = np.bincount(image_classes, minlength=len(rows))
    single = np.flatnonzero((rows > 0) & (images < 2)).tolist()
    if single:
        names = target.class_names or []
        raise ValueError(
            samples.report(
                [int(np.argmax(classes == label)) for label in single],
                lambda row: f"class {quote(names[classes[row]])} has only one image",
                "`stratify=True` needs two images of each class, one for each subset. "
                "Add images, remove these classes, or pass stratify=False.",
            )
        )
    pairs = np.unique(units * len(rows) + classes)
    if np.bincount(pairs % len(rows)).max() < 2:
        raise ValueError(
            "`stratify` must be False if no class is in two groups: groups are never "
            "divided, so no class can be in both subsets. Received: stratify=True"
        )
