"""Finds which column of the label file plays which role."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field

from keras_csv_dataset._files import FileFinder
from keras_csv_dataset._labels import LabelSpec
from keras_csv_dataset._messages import did_you_mean, list_columns, quote
from keras_csv_dataset._rows.image_column import (
    SAMPLE_ROWS,
    ImageColumn,
    is_named_like_label,
    is_row_number,
    look_for_images,
)
from keras_csv_dataset._rows.spec import Roles
from keras_csv_dataset._structure import Structure
from keras_csv_dataset._table import LabelSource, text_cells

# The column in which the command `check` writes groups of duplicates. It is no label.
GROUP_COLUMN = "duplicate_group"
_ZERO_OR_ONE = {"0", "1", "0.0", "1.0"}


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Positions of the columns that are read, by the role that each plays.

    Attributes:
        images: Name the image files, by the names of the inputs; one column without
            a name if the rows have one image each.
        inputs: Name of each further input -> its column.
        labels: The label columns of each output.
        weight: Contains the sample weights, if any.
        split: Says which subset a row belongs to, if any.
        group: Says what must not be divided between subsets, if any.
        strata: Have values of which all subsets get the same share.
        image_is_guess: Whether nothing but the files that have the names speaks for
            the image column.
    """

    images: Structure[int]
    labels: Structure[tuple[int, ...]]
    inputs: Mapping[str, int] = field(default_factory=dict)
    weight: int | None = None
    split: int | None = None
    group: int | None = None
    strata: tuple[int, ...] = ()
    image_is_guess: bool = False

    def labels_of(self, specs: Structure[LabelSpec], mode: str) -> list[int]:
        """The columns of the labels that are read in a mode."""
        groups = zip(self.labels, specs, strict=True)
        return [c for group, spec in groups if spec.mode == mode for c in group]

    def positions(self) -> list[int]:
        """The positions of all columns."""
        labels = [position for group in self.labels for position in group]
        named = [*self.images, *self.inputs.values(), *labels]
        every = [*named, self.weight, self.split, self.group, *self.strata]
        return [position for position in every if position is not None]


def find_columns(
    source: LabelSource, finder: FileFinder | None, roles: Roles
) -> Columns:
    """Finds the columns that the caller named, and determines the others.

    Args:
        source: The label file.
        finder: Finds image files by name; `None` if the folder is not listed.
        roles: The columns that the caller named.

    Returns:
        The `Columns`.

    Raises:
        ValueError: If a column does not exist, or cannot be determined.
    """
    known = {name: number for number, name in enumerate(source.columns)}
    position = {
        name: _position(source, known, name, argument)
        for argument, name in roles.named()
    }
    weight, split, group = (
        position.get(name) for name in (roles.weight, roles.split, roles.group)
    )
    inputs = {name: position[column] for name, column in roles.inputs.items()}
    labels = [position[name] for names in roles.labels for name in names or ()]
    taken = {weight, split, group, *inputs.values()}
    images = roles.images.map(
        lambda name: (
            look_for_images(source, finder, labels, taken)
            if name is None
            else ImageColumn(position[name])
        )
    )
    taken |= {image.position for image in images}
    return Columns(
        images=images.map(lambda image: image.position),
        image_is_guess=any(image.is_guess for image in images),
        inputs=inputs,
        labels=roles.labels.map(
            lambda names: (
                (_look_for_labels(source, taken),)
                if names is None
                else tuple(position[name] for name in names)
            )
        ),
        weight=weight,
        split=split,
        group=group,
        strata=tuple(position[name] for name in roles.strata),
    )


def _position(
    source: LabelSource, known: Mapping[Hashable, int], column: Hashable, argument: str
) -> int:
    name = column.strip() if isinstance(column, str) else column
    if name not in known or name == "":
        advice = ""
        if argument == "label_mode":
            advice = (
                "\nIf it is an output of other columns, pass them, as in "
                f"label_column={{{column!r}: ['x', 'y']}}."
            )
        raise ValueError(
            f"`{argument}` must name a column of {source.name}: "
            f"{list_columns(source.columns)}. Received: {argument}={column!r}"
            f"{did_you_mean(name, source.columns)}{advice}\n{source.hint()}".rstrip()
        )
    return known[name]


def _look_for_labels(source: LabelSource, taken: Collection[int | None]) -> int:
    """The only column left, or the one that is named like a label."""
    left = [p for p in range(len(source.columns)) if p not in taken]
    cells = source.cells(left, limit=SAMPLE_ROWS)
    left = [
        position
        for position, column in zip(left, map(text_cells, cells), strict=True)
        if source.columns[position] not in ("", GROUP_COLUMN)
        and not is_row_number(
            source.columns[position], [cell for cell in column if cell is not None]
        )
    ]
    called = [p for p in left if is_named_like_label(source.columns[p])]
    for candidates in (called, left):
        if len(candidates) == 1:
            return candidates[0]
    if not left:
        raise ValueError(
            f"{source.name} has no column of labels: its columns are "
            f"{list_columns(source.columns)}. Pass label_mode=None for images alone."
        )
    names = [source.columns[p] for p in left]
    cells = source.cells(left, limit=SAMPLE_ROWS)
    flags = [
        n for n, c in zip(names, cells, strict=True) if {*text_cells(c)} <= _ZERO_OR_ONE
    ]
    several = flags if len(flags) > 1 else names[:2]
    raise ValueError(
        f"Several columns of {source.name} could contain labels: "
        f"{list_columns(names)}. Pass the one that does, as in "
        f"label_column={quote(names[0])}, or several, as in "
        f"label_column=[{list_columns(several)}], if each class has its own column."
    )
