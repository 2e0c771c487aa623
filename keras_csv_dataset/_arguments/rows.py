"""Checks the arguments about the folder, the label file, and the roles of columns."""

import os
from collections.abc import Hashable
from typing import Any, get_args

import numpy as np

from keras_csv_dataset._arguments.checks import (
    check_choice,
    check_flag,
    without_arrays,
)
from keras_csv_dataset._arguments.choices import (
    CorruptImages,
    MissingImages,
    MissingLabels,
)
from keras_csv_dataset._arguments.inputs import (
    read_images,
    read_inputs,
)
from keras_csv_dataset._arguments.labels import read_label_specs
from keras_csv_dataset._files import is_address
from keras_csv_dataset._rows import Roles, RowSpec
from keras_csv_dataset._table import check_csv_options


def read_row_spec(
    *,
    directory: object,
    csv: Any,
    csv_options: Any,
    format: str,
    label_mode: object,
    class_names: object,
    image_column: Any,
    input_columns: object,
    label_column: object,
    label_separator: object,
    weight_column: Any,
    class_weight: object,
    split_column: Any,
    group_column: Any,
    stratify: Any,
    missing_images: Any,
    missing_labels: Any,
    corrupt_images: Any,
    follow_links: object,
) -> RowSpec:
    """Checks the arguments about rows, and returns them as one record."""
    check_csv_options(csv, csv_options)
    check_choice("missing_images", missing_images, get_args(MissingImages))
    check_choice("missing_labels", missing_labels, get_args(MissingLabels))
    check_choice("corrupt_images", corrupt_images, (*get_args(CorruptImages), None))
    labels, label_columns = read_label_specs(
        label_mode=label_mode,
        class_names=class_names,
        label_column=label_column,
        label_separator=label_separator,
        weight_column=weight_column,
        class_weight=class_weight,
        missing_labels=missing_labels,
    )
    images = read_images(image_column)
    roles = Roles(
        images=images,
        inputs=read_inputs(input_columns, images),
        labels=label_columns,
        weight=weight_column,
        split=split_column,
        group=group_column,
        strata=_read_strata(stratify),
    )
    _refuse_two_roles(roles)
    return RowSpec(
        directory=_read_directory(directory, format),
        csv=csv,
        csv_options=csv_options,
        roles=roles,
        labels=labels,
        follow_links=check_flag("follow_links", follow_links),
        missing_images=missing_images,
        missing_labels=missing_labels,
        corrupt_images=corrupt_images,
    )


def _read_directory(directory: object, format: str) -> str | None:
    """The folder as text, or `None` if the CSV contains absolute paths."""
    if directory is None:
        return None
    if not isinstance(directory, str | os.PathLike):
        raise ValueError(
            "`directory` must be the path of a folder, or None if the CSV contains "
            f"absolute paths. Received: directory={directory!r}"
        )
    folder = str(os.fspath(directory))
    if format == "grain" and is_address(folder):
        raise ValueError(
            '`directory` must be a folder on this machine with format="grain": copy '
            f'the images, or pass format="tf". Received: directory={directory!r}'
        )
    return folder


def _read_strata(stratify: Any) -> tuple[Hashable, ...]:
    """The columns to stratify by; none for True and False."""
    if isinstance(stratify, bool | np.bool_):
        return ()
    columns = without_arrays(stratify)
    columns = tuple(columns) if isinstance(columns, list | tuple) else (columns,)
    if not columns or None in columns:
        raise ValueError(
            "`stratify` must be True, False, the name of a column, or a list of names. "
            f"Received: stratify={stratify!r}"
        )
    return columns


def _refuse_two_roles(roles: Roles) -> None:
    """Refuses a column that is given two roles, other than in `stratify`."""
    seen: dict[object, str] = {}
    for argument, column in roles.named():
        name = column.strip() if isinstance(column, str) else column
        if not isinstance(name, Hashable):
            raise ValueError(
                f"`{argument}` must be the name of a column. Received: {column!r}"
            )
        if name in seen and (argument != "stratify" or seen[name] == "stratify"):
            raise ValueError(
                f"`{argument}` must not be a column that `{seen[name]}` names already. "
                f"Received: {column!r} for both"
            )
        seen[name] = argument
