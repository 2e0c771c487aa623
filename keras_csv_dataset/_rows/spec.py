"""Which rows are read, which column plays which role, and which rows are kept."""

import os
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from keras_csv_dataset._labels import LabelSpec
from keras_csv_dataset._structure import Structure

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Roles:
    """The columns that the caller named, by the role that each plays.

    Attributes:
        images: Name the image files, by the names of the inputs; one column without a
            name, or `None` to look for it, if the rows have one image each.
        inputs: Name of each further input -> its column.
        labels: The label columns of each output; `None` to look for one.
        weight: Contains the sample weights, if any.
        split: Says which subset a row belongs to, if any.
        group: Says what must not be divided between subsets, if any.
        strata: Have values of which all subsets get the same share. They can also
            play another role.
    """

    images: Structure[Hashable] = field(default_factory=lambda: Structure.of(None))
    inputs: Mapping[str, Hashable] = field(default_factory=dict)
    labels: Structure[tuple[Hashable, ...] | None] = field(default_factory=Structure)
    weight: Hashable = None
    split: Hashable = None
    group: Hashable = None
    strata: tuple[Hashable, ...] = ()

    def named(self) -> list[tuple[str, Hashable]]:
        """The columns that have names, each with the argument that names it."""
        every = [("image_column", column) for column in self.images]
        every += [("input_columns", column) for column in self.inputs.values()]
        every += [
            # An output without an entry in `label_column` is a column itself.
            ("label_mode" if group == (output,) else "label_column", column)
            for output, group in self.labels.titled()
            for column in group or ()
        ]
        every += [("weight_column", self.weight), ("split_column", self.split)]
        every += [("group_column", self.group)]
        every += [("stratify", column) for column in self.strata]
        return [(argument, column) for argument, column in every if column is not None]


@dataclass(frozen=True, kw_only=True)
class RowSpec:
    """What is read, and what happens to rows that cannot be used.

    Attributes:
        directory: The folder of images; `None` if the CSV contains absolute paths.
        csv: Path of the label file, or a DataFrame.
        csv_options: Keywords for `pandas.read_csv`.
        roles: Which column plays which role.
        labels: How the labels of each output are read.
        follow_links: Whether to visit folders that symbolic links point to.
        missing_images: `"error"`, `"skip"`, or `"unchecked"` to take names as exact
            paths without listing the folder.
        missing_labels: `"error"`, `"skip"`, or `"empty"` to read a blank label as no
            class.
        corrupt_images: `"error"`, `"skip"`, or `None` to decode no image in advance.
    """

    directory: str | None
    csv: "str | os.PathLike[str] | pd.DataFrame"
    csv_options: Mapping[str, Any] | None = None
    roles: Roles
    labels: Structure[LabelSpec]
    follow_links: bool = False
    missing_images: str = "error"
    missing_labels: str = "error"
    corrupt_images: str | None = None
