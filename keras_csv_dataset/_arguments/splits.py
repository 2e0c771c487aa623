"""Checks the arguments about subsets and shards."""

from collections.abc import Sequence
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
from keras_csv_dataset._split import SplitSpec

# What others call the subsets.
_SYNONYMS: dict[object, str] = {
    "train": "training",
    "val": "validation",
    "valid": "validation",
}
# What `numpy.random.RandomState` accepts.
_LARGEST_SEED = 2**32 - 1


def read_split_spec(
    rows: RowSpec,
    *,
    validation_split: Any,
    subset: Any,
    shuffle: object,
    seed: Any,
    stratify: object,
    num_shards: Any,
    shard_index: Any,
) -> SplitSpec:
    """Checks the arguments about subsets, and returns them as one record.

    If `seed` is `None`, a seed is drawn as in Keras, so that
    `keras.utils.set_random_seed` works here, too.
    """
    shuffle = check_flag("shuffle", shuffle)
    _check_split(rows, validation_split, subset)
    if seed is not None:
        seed = check_whole_number("seed", seed, 0, _LARGEST_SEED)
    if validation_split and shuffle and seed is None:
        raise ValueError(
            "`seed` must be set when shuffled images are split, so that the training "
            "and the validation subset do not overlap. Received: seed=None"
        )
    stratify = _check_stratify(rows, stratify, validation_split)
    _check_shards(num_shards, shard_index, shuffle, seed)
    return SplitSpec(
        subset=subset,
        validation_split=validation_split or None,
        stratify=stratify,
        shuffle=shuffle,
        seed=np.random.randint(1_000_000) if seed is None else seed,
        num_shards=num_shards,
        shard_index=shard_index,
        split_column=rows.roles.split,
    )


def _check_split(rows: RowSpec, validation_split: Any, subset: object) -> None:
    """Refuses a split that is incomplete or that contradicts itself."""
    split_column, group_column = rows.roles.split, rows.roles.group
    if validation_split is not None and not (
        isinstance(validation_split, Real)
        and not isinstance(validation_split, bool)
        and 0 <= validation_split < 1  # type: ignore[operator]
    ):
        raise ValueError(
            "`validation_split` must be between 0 and 1. "
            f"Received: validation_split={validation_split!r}"
        )
    if split_column is not None and validation_split:
        raise ValueError(
            "`validation_split` must be left out when `split_column` says which subset "
            f"a row belongs to. Received: validation_split={validation_split!r}, "
            f"split_column={split_column!r}"
        )
    check_choice("subset", subset, (*get_args(SubsetName), None), _SYNONYMS)
    if subset == "test" and split_column is None:
        raise ValueError(
            '`subset` must be "training", "validation" or "both" unless `split_column` '
            "says which rows are for the test; `validation_split` makes no test "
            "subset. Received: subset='test', split_column=None"
        )
    splitting = bool(validation_split) or split_column is not None
    if splitting != bool(subset):
        raise ValueError(
            "`subset` must be set together with `validation_split` or `split_column`. "
            f"Received: subset={subset!r}, validation_split={validation_split!r}, "
            f"split_column={split_column!r}"
        )
    if group_column is not None and not splitting:
        raise ValueError(
            "`group_column` must be left out if nothing is split. Received: "
            f"group_column={group_column!r}, validation_split={validation_split!r}"
        )


def _check_stratify(rows: RowSpec, stratify: object, validation_split: Any) -> bool:
    """Refuses `stratify` if there is nothing to split, or if there are no classes."""
    if not isinstance(stratify, bool | np.bool_):
        raise ValueError(
            "`stratify` must be True or False: the classes are those of the labels. "
            f"Received: stratify={stratify!r}"
        )
    if stratify and not validation_split:
        raise ValueError(
            "`stratify` must be False unless `validation_split` is set. Received: "
            f"stratify={stratify!r}, validation_split={validation_split!r}"
        )
    only = rows.labels.only
    if stratify and (only is None or not only.has_classes):
        modes = rows.labels.map(lambda spec: spec.mode)
        raise ValueError(
            "`stratify` must be False unless there is one output with classes."
            f"{_way_to_stratify(modes.names or (), validation_split)} "
            f"Received: stratify={stratify!r}, label_mode={modes.unwrap()!r}"
        )
    return bool(stratify)


def _way_to_stratify(columns: Sequence[str], validation_split: float) -> str:
    """How to stratify by one of several outputs."""
    if not columns:
        return ""
    sample = f"sample(frac={float(validation_split)!r}, random_state=1)"
    return (
        f" To stratify by {columns[0]!r}, write the split into a column: "
        f'df["split"] = "train"; df.loc[df.groupby({columns[0]!r}).{sample}.index, '
        '"split"] = "val"; then pass the DataFrame, split_column="split" and '
        "`subset`, without `stratify` and `validation_split`."
    )


def _check_shards(
    num_shards: object, shard_index: object, shuffle: bool, seed: object
) -> None:
    """Refuses shards on which the hosts could not agree."""
    if num_shards is None and shard_index is None:
        return
    if num_shards is None or shard_index is None:
        raise ValueError(
            "`num_shards` and `shard_index` must be set together. Received: "
            f"num_shards={num_shards!r}, shard_index={shard_index!r}"
        )
    number = check_whole_number("num_shards", num_shards, 1)
    check_whole_number("shard_index", shard_index, 0, number - 1)
    if shuffle and seed is None:
        raise ValueError(
            "`seed` must be set when shuffled images are divided among hosts, so that "
            "their shards do not overlap. Received: seed=None"
        )
