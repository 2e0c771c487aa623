"""Checks the arguments about subsets, folds and shards."""

from collections.abc import Collection
from numbers import Real
from typing import Any, get_args

import numpy as np

from keras_csv_dataset._arguments.checks import (
    check_choice,
    check_flag,
    check_whole_number,
)
from keras_csv_dataset._arguments.choices import SubsetName
from keras_csv_dataset._rows import RowSpec
from keras_csv_dataset._split import PURPOSES, SplitSpec

# What others call the subsets.
_SYNONYMS: dict[object, str] = {
    "train": "training",
    "val": "validation",
    "valid": "validation",
    "testing": "test",
}
# What `numpy.random.RandomState` accepts.
_LARGEST_SEED = 2**32 - 1


def read_split_spec(
    rows: RowSpec,
    *,
    validation_split: Any,
    test_split: Any,
    subset: Any,
    shuffle: object,
    seed: Any,
    stratify: object,
    num_folds: Any,
    fold_index: Any,
    num_shards: Any,
    shard_index: Any,
) -> SplitSpec:
    """Checks the arguments about subsets, and returns them as one record.

    If `seed` is `None`, a seed is drawn as in Keras, so that
    `keras.utils.set_random_seed` works here, too.
    """
    shuffle = check_flag("shuffle", shuffle)
    _check_fractions(validation_split, test_split)
    if seed is not None:
        seed = check_whole_number("seed", seed, 0, _LARGEST_SEED)
    num_folds = _read_number("num_folds", num_folds, 2)
    num_shards = _read_number("num_shards", num_shards, 1)
    spec = SplitSpec(
        subset=subset,
        validation_split=validation_split or None,
        test_split=test_split or None,
        num_folds=num_folds,
        fold_index=_read_number("fold_index", fold_index, 0, num_folds),
        stratify=stratify is not False and stratify is not np.False_,
        shuffle=shuffle,
        seed=np.random.randint(1_000_000) if seed is None else seed,
        num_shards=num_shards,
        shard_index=_read_number("shard_index", shard_index, 0, num_shards),
        split_column=rows.roles.split,
    )
    _check_folds(spec)
    _check_split_column(spec)
    _check_subset(spec, rows)
    _check_seed(spec, seed)
    _check_stratify(rows, stratify, spec)
    _check_shards(spec)
    return spec


def _read_number(
    argument: str, value: object, smallest: int, end: int | None = None
) -> int | None:
    """A whole number from `smallest` up to, but not including, `end`, or `None`."""
    if value is None:
        return None
    largest = float("inf") if end is None else end - 1
    return check_whole_number(argument, value, smallest, largest)


def _check_fractions(validation_split: Any, test_split: Any) -> None:
    """Refuses fractions that are none, or that leave nothing for training."""
    fractions = {"validation_split": validation_split, "test_split": test_split}
    for name, value in fractions.items():
        if value is not None and not (
            isinstance(value, Real) and not isinstance(value, bool) and 0 <= value < 1  # type: ignore[operator]
        ):
            raise ValueError(
                f"`{name}` must be between 0 and 1. Received: {name}={value!r}"
            )
    if (validation_split or 0) + (test_split or 0) >= 1:
        raise ValueError(
            "`validation_split` and `test_split` must add up to less than 1: each is "
            "the share of its own subset, and training gets the rest. Received: "
            f"validation_split={validation_split!r}, test_split={test_split!r}"
        )


def _check_folds(spec: SplitSpec) -> None:
    """Refuses folds that are incomplete, or that contradict another argument."""
    number, index = spec.num_folds, spec.fold_index
    received = f"Received: num_folds={number!r}, fold_index={index!r}"
    if number is not None:
        if spec.validation_split:
            raise ValueError(
                "`validation_split` must be left out with `num_folds`, because the "
                "fold `fold_index` is for validation. Received: "
                f"validation_split={spec.validation_split!r}, num_folds={number!r}"
            )
        if index is None:
            raise ValueError(
                "`fold_index` must be the fold for validation, from 0 to "
                f"{number - 1}. {received}"
            )
    elif index is not None and spec.split_column is None:
        raise ValueError(
            "`fold_index` must be set together with `num_folds`, or with "
            f"`split_column` if a column numbers the folds. {received}"
        )


def _check_split_column(spec: SplitSpec) -> None:
    """Refuses what a column of subsets already says."""
    if spec.split_column is None:
        return
    for name in ("validation_split", "test_split", "num_folds"):
        value = getattr(spec, name)
        if value is not None:
            raise ValueError(
                f"`{name}` must be left out when `split_column` says which subset a "
                f"row belongs to. Received: {name}={value!r}, "
                f"split_column={spec.split_column!r}"
            )


def _check_subset(spec: SplitSpec, rows: RowSpec) -> None:
    """Refuses a subset that the other arguments do not make."""
    check_choice("subset", spec.subset, (*get_args(SubsetName), None), _SYNONYMS)
    splitting = spec.is_by_share or spec.split_column is not None
    received = f"Received: subset={spec.subset!r}"
    if splitting and not spec.subset:
        raise ValueError(
            '`subset` must be set when images are split: "both" for training and '
            'validation, "all" for these and the test subset, or the name of one of '
            f"them. {received}{_split_received(spec)}"
        )
    if spec.subset and not splitting:
        raise ValueError(
            "`subset` must be left out unless `validation_split`, `test_split`, "
            f"`num_folds` or `split_column` is set. {received}"
        )
    missing = [] if spec.split_column is not None else _missing_subsets(spec)
    for argument, name in missing:
        if name in spec.names:
            raise ValueError(
                f"`subset` must not be {spec.subset!r} unless {argument} is set: "
                f"otherwise no images are for {PURPOSES[name]}. "
                f"{received}{_split_received(spec)}"
            )
    group_column = rows.roles.group
    if group_column is not None and not splitting:
        raise ValueError(
            "`group_column` must be left out if nothing is split. Received: "
            f"group_column={group_column!r}"
        )


def _split_received(spec: SplitSpec) -> str:
    """The arguments that split, as they were received."""
    names = ("validation_split", "test_split", "num_folds", "split_column")
    values = {name: getattr(spec, name) for name in names}
    given = [f", {name}={value!r}" for name, value in values.items() if value]
    return "".join(given)


def _missing_subsets(spec: SplitSpec) -> list[tuple[str, str]]:
    """The subsets that are not made, and what would make them."""
    missing = []
    if not spec.validation_split and not spec.num_folds:
        missing += [("`validation_split` or `num_folds`", "validation")]
    if not spec.test_split:
        or_column = "" if spec.num_folds else " or `split_column`"
        missing += [(f"`test_split`{or_column}", "test")]
    return missing


def _check_seed(spec: SplitSpec, seed: int | None) -> None:
    """Refuses a shuffled split whose parts would differ from call to call."""
    if spec.is_by_share and spec.shuffle and seed is None:
        raise ValueError(
            "`seed` must be set when shuffled images are split, so that the subsets "
            "do not overlap. Received: seed=None"
        )
    if spec.num_shards is not None and spec.shuffle and seed is None:
        raise ValueError(
            "`seed` must be set when shuffled images are divided among hosts, so that "
            "their shards do not overlap. Received: seed=None"
        )


def _check_stratify(rows: RowSpec, stratify: object, spec: SplitSpec) -> None:
    """Refuses `stratify` if nothing is split, or if the labels have no shares."""
    if spec.stratify and not spec.is_by_share:
        raise ValueError(
            "`stratify` must be False unless `validation_split`, `test_split` or "
            f"`num_folds` is set. Received: stratify={stratify!r}"
        )
    only, columns = rows.labels.only, rows.roles.labels.only
    has_shares = only is not None and (
        only.has_classes or (only.mode == "raw" and len(columns or (None,)) == 1)
    )
    if spec.stratify and not rows.roles.strata and not has_shares:
        modes = rows.labels.map(lambda spec: spec.mode)
        raise ValueError(
            "`stratify` must be False or name columns unless there is one output of "
            f"classes, or of one number per image.{_columns_to_stratify_by(rows)} "
            f"Received: stratify={stratify!r}, label_mode={modes.unwrap()!r}"
        )


def _columns_to_stratify_by(rows: RowSpec) -> str:
    """How to stratify by several outputs."""
    columns = [
        group[0]
        for group, spec in zip(rows.roles.labels, rows.labels, strict=True)
        if group is not None and len(group) == 1 and not spec.names_files
    ]
    named: Collection[Any] | Any = columns if len(columns) > 1 else columns[:1]
    return f" To stratify by outputs, pass stratify={named!r}." if columns else ""


def _check_shards(spec: SplitSpec) -> None:
    """Refuses shards on which the hosts could not agree."""
    number, index = spec.num_shards, spec.shard_index
    if number is None and index is None:
        return
    if number is None or index is None:
        raise ValueError(
            "`num_shards` and `shard_index` must be set together. Received: "
            f"num_shards={number!r}, shard_index={index!r}"
        )
