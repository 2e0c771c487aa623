"""Finds which column of the label file plays which role."""

import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from keras_csv_dataset._files import FileFinder, split_suffix
from keras_csv_dataset._labels import Outputs
from keras_csv_dataset._messages import did_you_mean, list_columns, quote
from keras_csv_dataset._rows.spec import Roles
from keras_csv_dataset._table import LabelSource, no_rows, text_cells

# Number of rows that are read to determine a column.
_SAMPLE_ROWS = 100
_IMAGE_NAMES = ("image", "img", "file", "path", "photo", "picture")
_ID_NAMES = ("id", "id_code")
_CALLED_IMAGE = 2
_COLUMNS_SHOWN = 10
# What pandas calls the column of row numbers that `to_csv` and `reset_index` write.
_NAMED_BY_PANDAS = re.compile(r"|index|level_\d+|Unnamed: \d+(_level_\d+)?")
_LABEL_NAMES = ("label", "labels", "class", "target")
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
    """

    images: Outputs[int]
    labels: Outputs[tuple[int, ...]]
    inputs: Mapping[str, int] = field(default_factory=dict)
    weight: int | None = None
    split: int | None = None
    group: int | None = None

    def positions(self) -> list[int]:
        """The positions of all columns."""
        labels = [position for group in self.labels for position in group]
        named = [*self.images, *self.inputs.values(), *labels]
        every = [*named, self.weight, self.split, self.group]
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
            _look_for_images(source, finder, labels, taken)
            if name is None
            else position[name]
        )
    )
    taken |= {*images}
    return Columns(
        images=images,
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
    )


def _position(
    source: LabelSource, known: Mapping[Hashable, int], column: Hashable, argument: str
) -> int:
    name = column.strip() if isinstance(column, str) else column
    if name not in known or name == "":
        raise ValueError(
            f"`{argument}` must name a column of {source.name}: "
            f"{list_columns(source.columns)}. Received: {argument}={column!r}"
            f"{did_you_mean(name, source.columns)}\n{source.hint()}".rstrip()
        )
    return known[name]


def _look_for_images(
    source: LabelSource,
    finder: FileFinder | None,
    labels: Collection[int],
    others: Collection[int | None],
) -> int:
    """The one column whose values name image files, judged by the first rows."""
    cells = source.cells(range(len(source.columns)), limit=_SAMPLE_ROWS)
    if not len(cells[0]):
        raise no_rows(source)
    names = [[name for name in text_cells(c) if name is not None] for c in cells]
    taken = {*labels, *others}
    sample = {p: column for p, column in enumerate(names) if p not in taken and column}
    ways = _ways_to_count(finder)
    for count in ways:
        likely = [
            position
            for position, column in sample.items()
            if _can_name_images(source, position, column) and _mostly(count, column)
        ]
        column = _likeliest(source, likely, sample)
        if column is not None:
            _refuse_missing_header(source, column, count)
            _refuse_chance_hit(source, column, finder, sample)
            return column
    for position in labels:
        column_names = names[position]
        if column_names and any(
            count(column_names) == len(column_names) for count in ways
        ):
            raise ValueError(
                "`label_column` must not be the column that names image files, "
                f"which is `image_column`. Received: {source.columns[position]!r}"
            )
    raise ValueError(_no_image_column(source, finder, sample))


def _mostly(count: Callable[[list[str]], int], names: list[str]) -> bool:
    distinct = list(dict.fromkeys(names))
    return 2 * count(distinct) >= len(distinct)


def _likeliest(
    source: LabelSource, likely: list[int], sample: Mapping[int, list[str]]
) -> int | None:
    """The one column with a typical name for image columns, or else the only one."""
    if not likely:
        return None
    best = max(_rank_of_name(source, position) for position in likely)
    first = [p for p in likely if _rank_of_name(source, p) == best]
    if len(first) == 1:
        return first[0]
    # A column that writes out suffixes is likelier to be right than one of numbers.
    first.sort(key=lambda p: not _writes_suffixes(sample[p]))
    raise ValueError(
        f"Several columns of {source.name} name image files:\n"
        + "".join(_example(source, p, sample[p]) for p in first[:_COLUMNS_SHOWN])
        + "Pass the one you mean, as in image_column="
        f"{quote(source.columns[first[0]])}."
    )


def _can_name_images(source: LabelSource, position: int, names: list[str]) -> bool:
    """Whether a column can name images: not if it looks like labels or row numbers."""
    if _is_named_like_label(source, position) or _is_row_number(
        source.columns[position], names
    ):
        return False
    if _rank_of_name(source, position) or _writes_suffixes(names):
        return True
    # A few repeated values are classes, even if files have the same names.
    return len(names) == 1 or 2 * len(set(names)) > len(names)


def _is_row_number(name: Hashable, names: Sequence[str]) -> bool:
    """Whether a column contains the row numbers that pandas adds."""
    return bool(_NAMED_BY_PANDAS.fullmatch(str(name))) and all(
        map(str.isdecimal, names)
    )


def _writes_suffixes(names: Collection[str]) -> bool:
    return 2 * sum(bool(split_suffix(name)[1]) for name in names) > len(names)


def _refuse_chance_hit(
    source: LabelSource,
    column: int,
    finder: FileFinder | None,
    sample: Mapping[int, list[str]],
) -> None:
    """Refuses ids that fit files if another column is likelier to name them."""
    if _rank_of_name(source, column) or _writes_suffixes(sample[column]):
        return
    if any(
        _writes_suffixes(names) or _rank_of_name(source, position) == _CALLED_IMAGE
        for position, names in sample.items()
        if not _is_named_like_label(source, position)
    ):
        raise ValueError(_no_image_column(source, finder, sample))


def _refuse_missing_header(
    source: LabelSource, column: int, count: Callable[[list[str]], int]
) -> None:
    name = source.columns[column]
    # `DataFrame.to_csv` calls unnamed columns 0, 1, ..., which can also name files.
    if isinstance(name, str) and not name.isdigit() and count([name]):
        raise ValueError(
            f"The first line of {source.name}, with {quote(name)}, looks like data: if "
            'the file has no header, pass csv_options={"header": None}; if this is the '
            f"header, pass image_column={quote(name)}."
        )


def _ways_to_count(
    finder: FileFinder | None,
) -> list[Callable[[list[str]], int]]:
    if finder is None:
        return [lambda names: sum(bool(split_suffix(name)[1]) for name in names)]
    # The last two choose a column whose rows will be refused, each with a reason.
    return [finder.count, finder.count_undecodable, finder.count_loosely]


def _no_image_column(
    source: LabelSource, finder: FileFinder | None, sample: Mapping[int, list[str]]
) -> str:
    lines = [f"No column of {source.name} names image files.\n"]
    lines += [
        _example(source, position, names)
        for position, names in list(sample.items())[:_COLUMNS_SHOWN]
    ]
    if finder is not None:
        lines.append(f"  {finder.files.describe()}\n")
    if source.hint():
        lines.append(f"{source.hint()}\n")
    lines.append(
        "Pass the column that names the files as `image_column`, and the folder that "
        "contains them as `directory`. If these are not the columns of the file, pass "
        'its separator, as in csv_options={"sep": ";"}.'
    )
    return "".join(lines)


def _example(source: LabelSource, position: int, names: list[str]) -> str:
    values = ", ".join(map(quote, list(dict.fromkeys(names))[:3])) or "nothing"
    return f"  column {quote(source.columns[position])} contains {values}\n"


def _rank_of_name(source: LabelSource, position: int) -> int:
    """How strongly the name of a column suggests that it names images."""
    name = str(source.columns[position]).casefold()
    if name.startswith(_IMAGE_NAMES):
        return _CALLED_IMAGE
    return int(name in _ID_NAMES)


def _is_named_like_label(source: LabelSource, position: int) -> bool:
    return str(source.columns[position]).casefold() in _LABEL_NAMES


def _look_for_labels(source: LabelSource, taken: Collection[int | None]) -> int:
    """The only column left, or the one that is named like a label."""
    left = [p for p in range(len(source.columns)) if p not in taken]
    cells = source.cells(left, limit=_SAMPLE_ROWS)
    left = [
        position
        for position, column in zip(left, map(text_cells, cells), strict=True)
        if source.columns[position] != ""
        and not _is_row_number(
            source.columns[position], [cell for cell in column if cell is not None]
        )
    ]
    called = [p for p in left if _is_named_like_label(source, p)]
    for candidates in (called, left):
        if len(candidates) == 1:
            return candidates[0]
    if not left:
        raise ValueError(
            f"{source.name} has no column of labels: its columns are "
            f"{list_columns(source.columns)}. Pass label_mode=None for images alone."
        )
    names = [source.columns[p] for p in left]
    cells = source.cells(left, limit=_SAMPLE_ROWS)
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
