"""Reads the column that says which subset, or which fold, a row belongs to."""

import re
from collections.abc import Collection, Hashable
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._messages import count_of, list_columns, quote
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split.spec import TEST, TRAINING, VALIDATION, SplitSpec
from keras_csv_dataset._split.units import first_rows, number_values

_SUBSET_OF_VALUE = {
    **dict.fromkeys(("train", "training", "false", "0"), TRAINING),
    **dict.fromkeys(("val", "valid", "validation", "true", "1"), VALIDATION),
    **dict.fromkeys(("test", "testing"), TEST),
}
_FOLD = re.compile(r"([0-9]+)(\.0+)?")
# scikit-learn's `PredefinedSplit` writes -1 for rows that are always for training.
_NO_FOLD = re.compile(r"-1(\.0+)?")


def read_split_column(samples: Samples, spec: SplitSpec) -> npt.NDArray[np.str_]:
    """The subset that the split column names for each sample.

    Args:
        samples: The samples, with their `subsets`.
        spec: How they are divided. If it has a `fold_index`, the column numbers folds,
            and that one is for validation.

    Returns:
        Names of subsets, `(samples,)`.

    Raises:
        ValueError: If the column contains another value, or puts one image or group
            in two subsets or folds, or if no row is in the fold.
    """
    values = samples.subsets
    assert values is not None
    if spec.fold_index is None:
        _refuse_inverted(values, spec.split_column)
    parts = _read_parts(samples, values, spec)
    _refuse_divided(samples, "image", samples.files, parts)
    if samples.groups is not None:
        _refuse_divided(samples, "group", samples.groups, parts)
    if spec.fold_index is None:
        return parts
    _refuse_unknown_fold(parts, spec)
    in_fold = np.where(parts == _title(spec.fold_index), VALIDATION, TRAINING)
    return np.where(parts == TEST, TEST, in_fold)


def _refuse_inverted(values: npt.NDArray[np.object_], column: Hashable) -> None:
    """Refuses an `is_train` column of 0 and 1: here, 1 is validation."""
    if "train" not in str(column).casefold():
        return
    if {str(value).casefold() for value in values} <= {"0", "1", "true", "false"}:
        raise ValueError(
            f"Column {column!r} seems to be true for training, but in `split_column` "
            "true means validation. Write the words, as in "
            f'df[{column!r}].map({{1: "train", 0: "val"}}), and pass the DataFrame.'
        )


def _title(fold: int) -> str:
    return f"fold {fold}"


def _read_parts(
    samples: Samples, values: npt.NDArray[np.object_], spec: SplitSpec
) -> npt.NDArray[np.str_]:
    """The subset or the fold of each sample, as messages call it."""
    codes = number_values(values)
    first = first_rows(codes)
    distinct = [str(value).strip() for value in values[first].tolist()]
    read = _subset_in if spec.fold_index is None else _fold_in
    parts = [read(value) for value in distinct]
    unknown = [code for code, part in enumerate(parts) if part is None]
    if unknown:
        counts, column = np.bincount(codes), spec.split_column
        kind = "a subset" if spec.fold_index is None else "the number of a fold"
        raise ValueError(
            samples.report(
                first[unknown].tolist(),
                lambda row: (
                    f"{quote(values[row])} in the split column {quote(column)} is not "
                    f"{kind} ({count_of(int(counts[codes[row]]), 'row')})"
                ),
                _advice_on_values({*distinct}, column, spec.fold_index),
            )
        )
    return np.array(parts, dtype=np.str_)[codes]


def _subset_in(value: str) -> str | None:
    return _SUBSET_OF_VALUE.get(value.lower())


def _fold_in(value: str) -> str | None:
    if number := _FOLD.fullmatch(value):
        return _title(int(number[1]))
    subset = TRAINING if _NO_FOLD.fullmatch(value) else _subset_in(value)
    return None if subset == VALIDATION else subset


def _advice_on_values(
    values: Collection[str], column: Hashable, fold_index: int | None
) -> str:
    """How to write which subset a row belongs to, judged by what is written."""
    if fold_index is not None:
        if not any(map(_FOLD.fullmatch, values)):
            return "If the column names subsets, leave `fold_index` out."
        return (
            'Write the number of a fold, 0, 1, 2 and so on, or "train" or "test" for '
            "rows that are in no fold."
        )
    folds = sorted({int(number[1]) for v in values if (number := _FOLD.fullmatch(v))})
    if not folds:
        return (
            'Write "train", "val" or "test", or true for validation and false for '
            "training."
        )
    advice = (
        "If these are folds, pass the number of the one for validation, as in "
        f"fold_index={folds[0]}."
    )
    if {*values} == {"0", "1", "2"}:
        numbers = f"df[{quote(column)}] = df[{quote(column)}].astype(int)"
        advice += (
            " If they are subsets, write the words, and pass the DataFrame. If 0 means "
            f'training: {numbers}.map({{0: "train", 1: "val", 2: "test"}})'
        )
    return advice


def _refuse_unknown_fold(parts: npt.NDArray[np.str_], spec: SplitSpec) -> None:
    """Refuses a fold without rows, and one that leaves no rows for training."""
    others = {*parts.tolist()} - {TEST}
    folds = sorted(int(part.split()[1]) for part in others - {TRAINING})
    if spec.fold_index not in folds or len(others) < 2:
        reason = "" if spec.fold_index not in folds else ", and not the only one"
        listed = list_columns(folds) or "missing"
        raise ValueError(
            "`fold_index` must be the number of a fold in the split column "
            f"{quote(spec.split_column)}{reason}. The folds are {listed}. "
            f"Received: fold_index={spec.fold_index}"
        )


def _refuse_divided(
    samples: Samples,
    kind: str,
    values: npt.NDArray[Any],
    parts: npt.NDArray[np.str_],
) -> None:
    """Refuses a split column that puts one image or group in two subsets."""
    codes = number_values(values)
    first = first_rows(codes)[codes]
    rows = np.flatnonzero(parts != parts[first])
    if len(rows) == 0:
        return
    # One line for each image or group: the first row that contradicts.
    offenders = np.sort(rows[first_rows(codes[rows])]).tolist()
    raise ValueError(
        samples.report(
            offenders,
            lambda row: (
                f"the split column puts this {kind} in {parts[row]}, but "
                f"{samples.locate(int(first[row]))} puts it in {parts[first[row]]}"
            ),
            f"Give all rows of one {kind} the same value: otherwise the model would be "
            "evaluated on what it was trained on.",
        )
    )
