"""Finds which column of the label file plays which role."""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass

from keras_csv_dataset._files import NO_FILE, FileFinder, split_suffix
from keras_csv_dataset._labels import Outputs
from keras_csv_dataset._messages import did_you_mean, list_columns, quote
from keras_csv_dataset._rows.spec import Roles
from keras_csv_dataset._table import LabelSource, no_rows, text_cells

# Rows that are looked at to determine a column.
_SAMPLE_ROWS = 100
_IMAGE_NAMES = ("image", "img", "file", "path", "photo", "picture")
_LABEL_NAMES = ("label", "labels", "class", "target")
_ZERO_OR_ONE = {"0", "1", "0.0", "1.0"}


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Positions of the columns that are read, by the role that each plays.

    Attributes:
        image: Names the image files.
        labels: The label columns of each output.
        weight: Contains the sample weights, if any.
        split: Says which subset a row belongs to, if any.
        group: Says what must not be divided between subsets, if any.
    """

    image: int
    labels: Outputs[tuple[int, ...]]
    weight: int | None = None
    split: int | None = None
    group: int | None = None

    def positions(self) -> list[int]:
        """The positions of all columns."""
        labels = [position for group in self.labels for position in group]
        every = [self.image, *labels, self.weight, self.split, self.group]
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
    image, weight, split, group = (
        position.get(name)
        for name in (roles.image, roles.weight, roles.split, roles.group)
    )
    labels = [position[name] for names in roles.labels for name in names or ()]
    if image is None:
        image = _look_for_images(source, finder, labels, {weight, split, group})
    taken = {image, weight, split, group}
    return Columns(
        image=image,
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
    sample = {p: column for p, column in enumerate(names) if p not in taken}
    # A column of row numbers can fit files called 1.png, 2.png, ... as well. So columns
    # that contain whole paths come first, and those named like a label never count.
    ways = _ways_to_count(finder)
    for count in ways:
        likely = [
            position
            for position, column in sample.items()
            if column and 2 * count(column) >= len(column)
        ]
        likely = [p for p in likely if not _is_named_like_label(source, p)]
        likely = [p for p in likely if source.columns[p] != ""] or likely
        called = [p for p in likely if _is_named_like_image(source, p)]
        for candidates in (called, likely):
            if len(candidates) == 1:
                _refuse_missing_header(source, candidates[0], count)
                _refuse_chance_hit(source, candidates[0], finder, sample)
                return candidates[0]
        if likely:
            columns = list_columns(source.columns[p] for p in likely)
            raise ValueError(
                f"Several columns of {source.name} name image files: {columns}. Pass "
                "the one you mean, as in image_column="
                f"{quote(source.columns[likely[0]])}."
            )
    for position in labels:
        column = names[position]
        if column and any(count(column) == len(column) for count in ways):
            raise ValueError(
                "`label_column` must not be the column that names image files, "
                f"which is `image_column`. Received: {source.columns[position]!r}"
            )
    raise ValueError(_no_image_column(source, finder, sample))


def _refuse_chance_hit(
    source: LabelSource,
    column: int,
    finder: FileFinder | None,
    sample: Mapping[int, list[str]],
) -> None:
    """Refuses ids that fit files if another column contains names with a suffix."""
    if _is_named_like_image(source, column):
        return
    if any(split_suffix(name)[1] for name in sample[column]):
        return
    written_out = any(
        2 * sum(bool(split_suffix(name)[1]) for name in names) > len(names)
        for names in sample.values()
    )
    if written_out or source.columns[column] == "":
        raise ValueError(_no_image_column(source, finder, sample))


def _refuse_missing_header(
    source: LabelSource, column: int, count: Callable[[list[str]], int]
) -> None:
    name = source.columns[column]
    # `DataFrame.to_csv` calls columns without a name 0, 1, ...; so can files be called.
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

    def by_rules(number: int) -> Callable[[list[str]], int]:
        return lambda names: int((finder.find(names, number).numbers != NO_FILE).sum())

    by_ever_more_rules = [by_rules(n + 1) for n in range(finder.num_rules)]
    # The last two choose a column whose rows will be refused, each with a reason.
    return [*by_ever_more_rules, finder.count_undecodable, finder.count_loosely]


def _no_image_column(
    source: LabelSource, finder: FileFinder | None, sample: Mapping[int, list[str]]
) -> str:
    lines = [f"No column of {source.name} names image files."]
    for position, names in list(sample.items())[:10]:
        values = ", ".join(map(quote, names[:3])) or "nothing"
        lines.append(f"  column {quote(source.columns[position])} contains {values}")
    if finder is not None:
        lines.append(f"  {finder.files.describe()}")
    if source.hint():
        lines.append(source.hint())
    lines.append(
        "Pass the column that names the files as `image_column`, and the folder that "
        "contains them as `directory`. If these are not the columns of the file, pass "
        'its separator, as in csv_options={"sep": ";"}.'
    )
    return "\n".join(lines)


def _is_named_like_image(source: LabelSource, position: int) -> bool:
    name = str(source.columns[position]).casefold()
    return name.startswith(_IMAGE_NAMES) or name in ("id", "id_code")


def _is_named_like_label(source: LabelSource, position: int) -> bool:
    return str(source.columns[position]).casefold() in _LABEL_NAMES


def _look_for_labels(source: LabelSource, taken: Collection[int | None]) -> int:
    """The only column left, or the one that is named like a label."""
    # A column without a name contains the row numbers that `DataFrame.to_csv` writes.
    left = [p for p, name in enumerate(source.columns) if p not in taken and name != ""]
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
