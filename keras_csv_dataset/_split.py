"""Which rows go to which subset, in which order, on which shard.

Rows are never dealt one by one. They are dealt in *units*: the rows of one
image, or of one group, or of several groups that share an image. What is whole
on one side by construction cannot leak to the other. `_split_units` finds the
units and chooses those for validation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._samples import Samples
from keras_csv_dataset._split_units import (
    choose_units,
    choose_units_per_class,
    choose_units_per_label,
    first_rows,
    number_units,
    number_values,
)

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_SUBSETS = ("training", "validation", "test")
_SUBSET_OF_VALUE = {
    **dict.fromkeys(("train", "training", "false", "0"), "training"),
    **dict.fromkeys(("val", "valid", "validation", "true", "1"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
_SHOWN = 5  # offenders that a message names before it only counts them


def _row_name(row: int) -> str:
    return f"row {row}"


ALL = "all"


@dataclass(frozen=True)
class Parts:
    """The samples of each subset.

    Attributes:
        samples: All samples.
        order: Subset -> int64 numbers of its samples, in the order of yielding; `ALL`
            where there is no split.
        stratify: Whether the subsets are stratified.
    """

    samples: Samples
    order: Mapping[str, IntArray]
    stratify: bool

    def rows(self, subset: str) -> IntArray:
        """Numbers of the samples of one subset.

        Raises:
            ValueError: If there are none.
        """
        return subset_rows(self.order, subset)

    def describe(self, subset: str) -> str:
        """What a subset holds, for a message: `80 images of 3 groups`."""
        order = self.order[subset]
        parts = [_count(len(order), "image")]
        if self.stratify:
            values = self.samples.targets[None].values[order]
            held = set(values.tolist() if values.ndim == 1 else np.nonzero(values)[1])
            parts.append(_count(len(held), "class", "classes"))
        if self.samples.groups is not None:
            parts.append(_count(len(set(self.samples.groups[order])), "group"))
        return " of ".join([parts[0], " and ".join(parts[1:])][: len(parts)])


def split_samples(
    samples: Samples,
    *,
    validation_split: float | None,
    stratify: bool,
    shuffle: bool,
    seed: int,
) -> Parts:
    """Divides samples into subsets, as `split_rows` says.

    Args:
        samples: The samples.
        validation_split: Fraction for validation, or `None`.
        stratify: Whether to keep the share of every class.
        shuffle: Whether to shuffle.
        seed: Seed of the shuffle.

    Returns:
        The `Parts`.
    """
    target = samples.targets.get(None)
    order = split_rows(
        samples.files,
        shuffle=shuffle,
        seed=seed,
        validation_split=validation_split or None,
        split_values=samples.subsets,
        strata=target.values if stratify and target is not None else None,
        groups=samples.groups,
        class_names=None if target is None else target.class_names,
        locate=samples.locate,
    )
    return Parts(samples, order, stratify)


def split_rows(
    files: npt.NDArray[Any],
    *,
    shuffle: bool,
    seed: int | None,
    validation_split: float | None = None,
    split_values: npt.NDArray[Any] | None = None,
    strata: npt.NDArray[Any] | None = None,
    groups: npt.NDArray[Any] | None = None,
    class_names: Sequence[str] | None = None,
    locate: Callable[[int], str] = _row_name,
) -> dict[str, IntArray]:
    """Divides the rows of a table into subsets.

    No image, and no group, is ever in two subsets. The same arguments give the
    same subsets, so `subset="training"` and `subset="validation"` in separate
    calls are the two halves of `subset="both"`.

    Args:
        files: Integers of shape `(rows,)`, the number of each row's image file.
            Rows with one number stay together.
        shuffle: Whether to shuffle. If True, every subset is in the order of
            Keras's shuffle of all rows. If False, it keeps the order of the
            table, the rows for validation are taken from the end (of the
            table, or of each class), and no random number is drawn.
        seed: Seed of the shuffle and of the choice of units.
        validation_split: Fraction of the rows for validation, between 0 and 1,
            exclusive. None does not split.
        split_values: Text of shape `(rows,)` that names each row's subset, in
            place of `validation_split`. No value may be missing.
        strata: What to stratify by: class indices of shape `(rows,)`, or a
            multi-hot matrix of shape `(rows, classes)`. None does not stratify.
        groups: Text or integers of shape `(rows,)`. Rows of one group stay
            together.
        class_names: The names of the classes, for messages.
        locate: Says where a row is, for messages: `labels.csv, line 17`.

    Returns:
        Row numbers (int64) by subset, in the order in which to yield them.
        Without `validation_split` and `split_values`, one entry `"all"`. With
        `validation_split`, `"training"` and `"validation"`, neither empty. With
        `split_values`, also `"test"`, and any of the three may be empty.

        -   Plain: the last `int(validation_split * rows)` rows in shuffled
            order are for validation, as in `image_dataset_from_directory`. If
            images repeat, the number of rows is as near as whole images allow.
        -   `groups`: the number of rows is as near to `validation_split * rows`
            as whole groups allow.
        -   `strata` as class indices: each class's number is within one of
            `validation_split * count`, or as near as whole images or groups
            allow, and every class that can be is in both subsets.
        -   `strata` as a matrix, or groups that mix classes: iterative
            stratification, improved by moves and swaps of whole units.

    Raises:
        ValueError: If a subset would be empty, if a class cannot be in both
            subsets, or if `split_values` holds an unknown value or puts one
            image or group in two subsets.

    Example:

    >>> parts = split_rows(
    ...     np.arange(5), shuffle=False, seed=None, validation_split=0.4)
    >>> parts["validation"]
    array([3, 4])
    """
    order = _order(len(files), shuffle, seed)
    if split_values is not None:
        subset_of_row = _read_subsets(split_values, locate)
        _check_whole("image", files, subset_of_row, locate)
        if groups is not None:
            _check_whole("group", groups, subset_of_row, locate)
        return {name: order[subset_of_row[order] == name] for name in _SUBSETS}
    if validation_split is None:
        return {ALL: order}

    units = number_units(files, groups)
    _check_several_units(units, files, groups, validation_split)
    preference = _order(int(units.max()) + 1, shuffle, seed)
    if strata is None:
        target = validation_split * len(files)
        if groups is None:
            target = _keras_count(validation_split, len(files))
        chosen = choose_units(np.bincount(units)[preference], target)
    else:
        if strata.ndim == 1:
            _check_classes(strata, files, units, class_names, locate)
        chosen = _choose_stratified(units, strata, preference, validation_split)

    in_validation = np.zeros(len(preference), dtype=np.bool_)
    in_validation[preference] = chosen
    validation = in_validation[units][order]
    return {"training": order[~validation], "validation": order[validation]}


def subset_rows(parts: Mapping[str, IntArray], subset: str) -> IntArray:
    """Returns the rows of one subset, and refuses an empty one.

    Raises:
        ValueError: If the subset has no rows.
    """
    if len(parts[subset]) == 0:
        sizes = ", ".join(f"{name}: {len(rows)}" for name, rows in parts.items())
        raise ValueError(
            f"The {subset} subset would be empty: the split column gives no row to it "
            f"({sizes})."
        )
    return parts[subset]


def shard_rows(
    rows: IntArray, num_shards: int | None, shard_index: int | None
) -> IntArray:
    """Deals the rows of one subset to hosts, and returns one host's share.

    Args:
        rows: Row numbers of the subset, in order.
        num_shards: Number of shards. None does not shard.
        shard_index: Number of this shard, from 0.

    Returns:
        Every `num_shards`-th row. Shards are disjoint, complete together, and
        their sizes differ by one at most.

    Raises:
        ValueError: If some shard would be empty.
    """
    if num_shards is None:
        return rows
    # Every host refuses, not only the one without rows: the others would wait
    # for it for ever at the first collective operation.
    if num_shards > len(rows):
        raise ValueError(
            f"`num_shards` must be at most the number of rows, which is {len(rows)} "
            f"in this subset: a shard would be empty. Received: "
            f"num_shards={num_shards}, shard_index={shard_index}"
        )
    return rows[shard_index::num_shards]


def _order(number: int, shuffle: bool, seed: int | None) -> IntArray:
    # `permutation` draws as `shuffle` of a list of paths does in Keras, so the
    # same seed gives the same order.
    if shuffle:
        return np.random.RandomState(seed).permutation(number).astype(np.int64)
    return np.arange(number, dtype=np.int64)


def _choose_stratified(
    units: IntArray, strata: npt.NDArray[Any], preference: IntArray, share: float
) -> BoolArray:
    sizes = np.bincount(units)
    if strata.ndim == 1:
        num_classes = int(strata.max()) + 1
        pairs = np.unique(units * num_classes + strata)
        if len(pairs) == len(sizes):  # every unit has one class
            classes = (pairs % num_classes)[preference]
            return choose_units_per_class(sizes[preference], classes, share)
        counts = np.zeros((num_classes, len(sizes)), dtype=np.float32)
        np.add.at(counts.reshape(-1), strata * len(sizes) + units, 1)
    else:
        counts = np.empty((strata.shape[1], len(sizes)), dtype=np.float32)
        for label, positive in enumerate((strata > 0).T):
            counts[label] = np.bincount(units[positive], minlength=len(sizes))
    return choose_units_per_label(
        sizes[preference], np.take(counts, preference, axis=1), share
    )


def _keras_count(validation_split: float, rows: int) -> int:
    number = int(validation_split * rows)
    if number in (0, rows):
        empty = "validation" if number == 0 else "training"
        raise ValueError(
            "`validation_split` must leave at least one row in each subset. "
            f"int(validation_split * {rows}) = {number}, so the {empty} subset of "
            f"{_count(rows, 'row')} would be empty: pass a "
            f"{'larger' if number == 0 else 'smaller'} `validation_split` or a "
            f"longer table. Received: validation_split={validation_split}"
        )
    return number


def _read_subsets(
    split_values: npt.NDArray[Any], locate: Callable[[int], str]
) -> npt.NDArray[np.str_]:
    codes = number_values(split_values)
    values = split_values[first_rows(codes)].tolist()
    subsets = [_SUBSET_OF_VALUE.get(str(value).strip().lower()) for value in values]
    unknown = [code for code, subset in enumerate(subsets) if subset is None]
    if unknown:
        counts = np.bincount(codes)
        rows = np.flatnonzero(np.isin(codes, unknown)).tolist()
        listed = [f'"{values[c]}" ({_count(counts[c], "row")})' for c in unknown]
        raise ValueError(
            f'{locate(rows[0])}: "{values[unknown[0]]}" in the split column is not '
            f"a subset. Unknown values: {_listing(listed)}. Rows: "
            f"{_listing([locate(row) for row in rows[:_SHOWN]], len(rows))}. Write "
            '"train", "val" or "test", or true for validation and false for training.'
        )
    return np.array(subsets, dtype=np.str_)[codes]


def _check_whole(
    kind: str,
    values: npt.NDArray[Any],
    subset_of_row: npt.NDArray[np.str_],
    locate: Callable[[int], str],
) -> None:
    codes = number_values(values)
    first = first_rows(codes)[codes]
    rows = np.flatnonzero(subset_of_row != subset_of_row[first])
    if len(rows) == 0:
        return
    # One line for each image or group: the first row that contradicts.
    offenders = np.sort(rows[first_rows(codes[rows])]).tolist()
    clashes = [
        f"{locate(row)} ({subset_of_row[row]}) and "
        f"{locate(int(first[row]))} ({subset_of_row[first[row]]})"
        for row in offenders[:_SHOWN]
    ]
    raise ValueError(
        f"{locate(offenders[0])}: the split column puts one {kind} in two subsets, "
        f"where training would see what is evaluated. {kind.capitalize()}s in two "
        f"subsets: {_listing(clashes, len(offenders))}. Give all rows of one {kind} "
        "the same value."
    )


def _check_several_units(
    units: IntArray,
    files: npt.NDArray[Any],
    groups: npt.NDArray[Any] | None,
    validation_split: float,
) -> None:
    if len(units) and units.max() > 0:
        return
    rows = _count(len(files), "row")
    if len(files) < 2:
        reason = f"The table has {rows}"
    elif groups is None:
        reason = f"All {rows} name one image, which cannot be in both"
    else:
        number = len(set(groups.tolist()))
        linked = f"{number} groups linked by images that they share, which stay whole"
        reason = f"All {rows} are in "
        reason += linked if number > 1 else "one group, which stays whole"
    raise ValueError(
        "`validation_split` must leave at least one row in each subset. "
        f"{reason}: add other rows or pass validation_split=None. "
        f"Received: validation_split={validation_split}"
    )


def _check_classes(
    classes: npt.NDArray[Any],
    files: npt.NDArray[Any],
    units: IntArray,
    class_names: Sequence[str] | None,
    locate: Callable[[int], str],
) -> None:
    rows = np.bincount(classes)
    images = np.bincount(classes[first_rows(number_values(files))], minlength=len(rows))
    single = np.flatnonzero((rows > 0) & (images < 2)).tolist()
    if single:
        names = [f'"{c if class_names is None else class_names[c]}"' for c in single]
        places = [locate(int(np.argmax(classes == c))) for c in single[:_SHOWN]]
        listed = [f"{name} ({at})" for name, at in zip(names, places, strict=False)]
        raise ValueError(
            f"{places[0]}: class {names[0]} has only one "
            f"{'row' if rows[single[0]] == 1 else 'image'}, and `stratify=True` needs "
            f"two, one for each subset. Classes with one image: "
            f"{_listing(listed, len(single))}. Add images, remove these classes, or "
            "pass stratify=False."
        )
    pairs = np.unique(units * len(rows) + classes)
    if np.bincount(pairs % len(rows)).max() < 2:
        raise ValueError(
            "`stratify` must be False where no class is in two groups: groups stay "
            "whole, so no class can be in both subsets. Received: stratify=True"
        )


def _count(number: int | np.integer[Any], noun: str, plural: str | None = None) -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _listing(items: Sequence[str], total: int | None = None) -> str:
    total = len(items) if total is None else total
    more = f"; … ({total} in total)" if total > _SHOWN else ""
    return "; ".join(items[:_SHOWN]) + more
