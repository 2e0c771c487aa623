"""From the flags of a command to the records that `image_dataset_from_csv` makes."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keras_csv_dataset._arguments import (
    read_image_size,
    read_row_spec,
    read_split_spec,
)
from keras_csv_dataset._rows import RowSpec
from keras_csv_dataset._split import SplitSpec


@dataclass(frozen=True, kw_only=True)
class Specs:
    """What the flags of a command ask for.

    Attributes:
        rows: What is read.
        split: How it is divided, into all subsets that the flags define unless they
            name one; `None` if nothing is split.
        image_size: `(height, width)` in pixels for training; `None` if it is not known.
        exif_orientation: Whether images are turned as their EXIF orientation says.
    """

    rows: RowSpec
    split: SplitSpec | None
    image_size: tuple[int, int] | None
    exif_orientation: bool


def read_specs(options: argparse.Namespace) -> Specs:
    """Checks the flags of `check` or `preview` as `image_dataset_from_csv` would.

    Raises:
        ValueError: If a flag is not valid.
    """
    stratify = _stratify(options)
    rows = _read_row_spec(options, stratify)
    size = vars(options).get("image_size")
    return Specs(
        rows=rows,
        split=_read_split_spec(options, rows, stratify),
        image_size=size and read_image_size(size[0] if len(size) == 1 else size),
        exif_orientation=options.exif_orientation,
    )


def _read_row_spec(options: argparse.Namespace, stratify: Any) -> RowSpec:
    read = _reader_of_columns(options)
    return read_row_spec(
        directory=options.directory,
        csv=options.csv,
        csv_options=options.csv_options,
        format=options.format,
        label_mode=options.label_mode,
        class_names=options.class_names,
        image_column=_one_or_several(list(map(read, options.image_column or ()))),
        input_columns=list(map(read, options.input_columns or ())) or None,
        label_column=_one_or_several(list(map(read, options.label_column or ()))),
        label_separator=options.label_separator,
        weight_column=read(options.weight_column),
        class_weight=None,
        split_column=read(options.split_column),
        group_column=read(options.group_column),
        stratify=stratify,
        missing_images=options.missing_images,
        missing_labels=options.missing_labels,
        corrupt_images=options.corrupt_images,
        follow_links=options.follow_links,
    )


def _read_split_spec(
    options: argparse.Namespace, rows: RowSpec, stratify: Any
) -> SplitSpec | None:
    """How the rows are divided; `None` if they are not."""
    fold_index = options.fold_index
    if options.num_folds is not None and fold_index is None:
        fold_index = 0
    split = read_split_spec(
        rows,
        validation_split=options.validation_split,
        test_split=options.test_split,
        subset=vars(options).get("subset") or _all_subsets(options),
        shuffle=options.shuffle,
        seed=options.seed,
        stratify=stratify,
        num_folds=options.num_folds,
        fold_index=fold_index,
        num_shards=None,
        shard_index=None,
    )
    return None if split.subset is None else split


def _all_subsets(options: argparse.Namespace) -> str | None:
    """The value of `subset` for all subsets that the flags define."""
    if options.split_column is not None:
        return "all"
    has_validation = options.validation_split or options.num_folds is not None
    if options.test_split:
        return "all" if has_validation else "test"
    return "both" if has_validation else None


def _stratify(options: argparse.Namespace) -> Any:
    """Whether to stratify by class, or the columns to stratify by."""
    if not isinstance(options.stratify, list):
        return options.stratify
    return list(map(_reader_of_columns(options), options.stratify)) or True


def _reader_of_columns(options: argparse.Namespace) -> Callable[[Any], Any]:
    """Reads the name of a column: without a header, columns are named by numbers."""
    csv_options = options.csv_options
    if isinstance(csv_options, dict) and csv_options.get("header", 0) is None:
        return _number_or_text
    return lambda column: column


def _number_or_text(column: Any) -> Any:
    is_number = isinstance(column, str) and column.isdigit()
    return int(column) if is_number else column


def _one_or_several(columns: list[Any]) -> Any:
    """A column, a list of columns, or columns by output."""
    return columns[0] if len(columns) == 1 else columns or None
