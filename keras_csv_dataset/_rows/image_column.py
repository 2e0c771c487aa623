"""Determines the column that names the image files, where the caller names none.

What is known of each column is one record, a `_Candidate`. A column is taken only if
no other record speaks against it; otherwise an error shows the columns.
"""

import re
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property

from keras_csv_dataset._files import FileFinder, is_image_name
from keras_csv_dataset._messages import quote
from keras_csv_dataset._table import LabelSource, no_rows, text_cells

# Number of rows that are read to determine a column.
SAMPLE_ROWS = 100
_COLUMNS_SHOWN = 10
_FEW = ": files have these names, but few of the values differ"
_LABEL_NAMES = ("label", "labels", "class", "target")
# What pandas calls the column of row numbers that `to_csv` and `reset_index` write.
_NAMED_BY_PANDAS = re.compile(r"|index|level_\d+|Unnamed: \d+(\.\d+)*(_level_\d+)?")

# The words of a header: `imagePath`, `image_path` and `Image Path` have the same two.
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
# A word for an image file, such as `img`, `photos`, `filename` or `imagepath`.
_IMAGE_WORD = re.compile(
    "(image|img|file|path|photo|picture)s?((file)?names?|files?|paths?)?"
)
_NAME_WORDS = {"name", "names"}
_ID_NAMES = (["id"], ["id", "code"])
# Words for files that belong to an image without being it.
_OTHER_WORDS = re.compile(
    "(mask|seg|segmentation|label|annotation|thumb|thumbnail|preview|prev|previous)s?"
)

_Count = Callable[[list[str]], int]


class _Rank(IntEnum):
    """How strongly a header suggests that its column names the images."""

    OTHER_FILE = -1
    """`mask`, `image_preview`"""
    NONE = 0
    """`scan`, `pathology`"""
    WEAK = 1
    """`image_id`, `id`, `image_url`, but also `image_width`"""
    STRONG = 2
    """`image`, `file_name`, `imagePath`"""


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """What is known of a column.

    Attributes:
        position: Where the column is in the label file.
        header: What the column is called.
        values: The first values that are not blank, each of them once.
        rank: How strongly the header suggests that the column names the images.
        num_words: Number of words in the header.
        writes_suffixes: Whether most values end in the suffix of an image.
        varies: Whether most rows have different values.
        may_repeat: Whether the header says enough for values that are mostly repeated:
            there can be a row for each label of an image.
        count: Counts the values that find a file.
    """

    position: int
    header: Hashable
    values: list[str]
    rank: _Rank
    num_words: int
    writes_suffixes: bool
    varies: bool
    may_repeat: bool
    count: _Count

    @cached_property
    def found(self) -> int:
        """Number of the values that find a file."""
        return self.count(self.values)

    @property
    def finds_files(self) -> bool:
        """Whether at least half of the values find a file."""
        return 2 * self.found >= len(self.values)

    @property
    def could_name_images(self) -> bool:
        """Whether the column contains neither labels nor row numbers."""
        return not (
            is_named_like_label(self.header) or is_row_number(self.header, self.values)
        )

    @property
    def is_doubtful(self) -> bool:
        """Whether the column is never taken: a few values that files happen to have."""
        return not (self.varies or self.may_repeat)

    @property
    def looks_like_classes(self) -> bool:
        """Whether nothing but the files that have the names suggests images."""
        return self.is_doubtful and not self.writes_suffixes

    @property
    def likelihood(self) -> tuple[int, ...]:
        """The order in which messages show columns, the likeliest last."""
        return (
            self.rank > _Rank.OTHER_FILE,
            self.varies,
            self.rank == _Rank.STRONG,
            self.writes_suffixes,
            self.rank,
            -self.num_words,
        )

    @property
    def example(self) -> str:
        """Some of the values, for messages."""
        values = ", ".join(map(quote, self.values[:3]))
        return f"  column {quote(self.header)} contains {values}"

    def beats(self, other: "_Candidate") -> bool:
        """Whether this column is taken although the other finds files, too."""
        if other.looks_like_classes and self.rank > _Rank.OTHER_FILE:
            return True
        if self.rank <= max(other.rank, _Rank.NONE) or other.varies > self.varies:
            return False
        bare = other.writes_suffixes and not self.writes_suffixes
        return self.rank == _Rank.STRONG or not bare

    def should_find_files_before(self, other: "_Candidate") -> bool:
        """Whether the other column is refused if only the other finds files."""
        if self.finds_files or self.looks_like_classes:
            return False
        if self.rank == other.rank:
            return self.writes_suffixes
        return self.rank > other.rank


@dataclass(frozen=True)
class ImageColumn:
    """The column that names the image files.

    Attributes:
        position: Where it is in the label file.
        is_guess: Whether nothing but the files that have the names speaks for it.
    """

    position: int
    is_guess: bool = False


def look_for_images(
    source: LabelSource,
    finder: FileFinder | None,
    labels: Collection[int],
    others: Collection[int | None],
) -> ImageColumn:
    """Determines the column that names the image files, from the first rows.

    Args:
        source: The label file.
        finder: Finds image files by name; `None` if the folder is not listed.
        labels: Positions of the columns that the caller named for labels.
        others: Positions of the other columns that the caller named.

    Returns:
        The `ImageColumn`.

    Raises:
        ValueError: If no column names image files, or it is not clear which one does.
    """
    cells = source.cells(range(len(source.columns)), limit=SAMPLE_ROWS)
    if not len(cells[0]):
        raise no_rows(source)
    names = [[name for name in text_cells(c) if name is not None] for c in cells]
    count, count_nearly = _ways_to_count(finder)
    columns = [
        _describe(source, position, column, count)
        for position, column in enumerate(names)
        if column and position not in {*labels, *others}
    ]
    candidates = [c for c in columns if c.could_name_images]
    column = _choose(source, candidates, count)
    if column is not None:
        better = _better_than(column, candidates)
        if better:
            raise ValueError(_images_missing(source, better, column, finder))
    else:
        # This chooses a column whose rows will be refused, each with a reason.
        candidates = [replace(c, count=count_nearly) for c in candidates]
        column = _choose(source, candidates, count)
    if column is None or _better_than(column, candidates):
        for position in labels:
            _refuse_images_as_labels(
                source.columns[position], names[position], (count, count_nearly)
            )
        raise ValueError(_no_image_column(source, columns, finder))
    is_guess = column.rank <= _Rank.NONE and not column.writes_suffixes
    return ImageColumn(column.position, is_guess)


def is_row_number(header: Hashable, names: Sequence[str]) -> bool:
    """Whether a column contains the row numbers that pandas adds."""
    return bool(_NAMED_BY_PANDAS.fullmatch(str(header))) and all(
        map(str.isdecimal, names)
    )


def is_named_like_label(header: Hashable) -> bool:
    """Whether a column is called `label`, or the like."""
    return str(header).casefold() in _LABEL_NAMES


def _ways_to_count(finder: FileFinder | None) -> tuple[_Count, _Count]:
    """How many names find a file; how many do except for folder, case, zeros, etc."""
    if finder is None:
        return (_count_suffixes, _count_suffixes)
    return (finder.count, finder.count_loosely)


def _count_suffixes(names: Collection[str]) -> int:
    return sum(map(is_image_name, names))


def _describe(
    source: LabelSource, position: int, names: list[str], count: _Count
) -> _Candidate:
    header = source.columns[position]
    words = [word.casefold() for word in _WORDS.findall(str(header))]
    rank = _rank_of(words)
    values = list(dict.fromkeys(names))
    varies = len(names) == 1 or 2 * len(values) > len(names)
    are_ids = rank == _Rank.WEAK and not all(map(str.isdecimal, values))
    return _Candidate(
        position=position,
        header=header,
        values=values,
        rank=rank,
        num_words=len(words),
        writes_suffixes=2 * _count_suffixes(names) > len(names),
        varies=varies,
        may_repeat=are_ids or rank == _Rank.STRONG,
        count=count,
    )


def _rank_of(words: list[str]) -> _Rank:
    """How strongly the words of a header, in lower case, suggest images."""
    if any(map(_OTHER_WORDS.fullmatch, words)):
        return _Rank.OTHER_FILE
    image_words = [word for word in words if _IMAGE_WORD.fullmatch(word)]
    if image_words and {*words} <= {*image_words, *_NAME_WORDS}:
        return _Rank.STRONG
    if words in _ID_NAMES or (image_words and words[0] == image_words[0]):
        return _Rank.WEAK
    return _Rank.NONE


def _choose(
    source: LabelSource, candidates: list[_Candidate], count: _Count
) -> _Candidate | None:
    """The column that finds files, if no other that finds some speaks against it."""
    finding = [c for c in candidates if c.finds_files]
    if all(c.is_doubtful for c in finding):
        return None
    finding.sort(key=lambda candidate: candidate.likelihood, reverse=True)
    best, *others = finding
    _refuse_missing_header(source, best, count)
    if not all(map(best.beats, others)):
        raise ValueError(_several_columns(source, finding))
    return best


def _better_than(best: _Candidate, candidates: list[_Candidate]) -> list[_Candidate]:
    """The columns that should find files rather than `best`, the likeliest first."""
    better = [c for c in candidates if c.should_find_files_before(best)]
    return sorted(better, key=lambda candidate: candidate.likelihood, reverse=True)


def _refuse_missing_header(
    source: LabelSource, column: _Candidate, count: _Count
) -> None:
    name = column.header
    # `DataFrame.to_csv` calls unnamed columns 0, 1, ..., which can also name files.
    if (
        isinstance(name, str)
        and not name.isdigit()
        and (is_image_name(name) or count([name]))
    ):
        raise ValueError(
            f"The first line of {source.name}, with {quote(name)}, looks like data: if "
            'the file has no header, pass csv_options={"header": None}; if this is the '
            f"header, pass image_column={quote(name)}."
        )


def _refuse_images_as_labels(
    header: Hashable, names: list[str], ways: tuple[_Count, ...]
) -> None:
    if names and any(count(names) == len(names) for count in ways):
        raise ValueError(
            "`label_column` must not be the column that names image files, "
            f"which is `image_column`. Received: {header!r}"
        )


def _several_columns(source: LabelSource, finding: list[_Candidate]) -> str:
    likeliest = finding[0]
    shown = "".join(f"{c.example}\n" for c in finding[:_COLUMNS_SHOWN])
    advice = "Pass the one you mean as `image_column`."
    # Copied advice must not make masks, or a few files, the images.
    if likeliest.varies and likeliest.rank > _Rank.OTHER_FILE:
        advice = f"Pass the one you mean, as in image_column={quote(likeliest.header)}."
    return f"Several columns of {source.name} name image files:\n{shown}{advice}"


def _images_missing(
    source: LabelSource,
    better: list[_Candidate],
    best: _Candidate,
    finder: FileFinder | None,
) -> str:
    shown = "".join(
        f"{c.example}: {c.found} of {len(c.values)} name image files\n"
        for c in [*better[:_COLUMNS_SHOWN], best]
    )
    files, remedy = "", "write whole file names into it"
    if finder is not None:
        files = f"  {finder.files.describe()}\n"
        remedy = "add the files or correct `directory`"
    image = quote(better[0].header)
    return (
        f"Column {quote(best.header)} of {source.name} names image files, but column "
        f"{image}, which could also name the images, does not:\n{shown}{files}"
        f"If {image} names the images, {remedy}. Otherwise, pass the column that names "
        "them as `image_column`."
    )


def _no_image_column(
    source: LabelSource, columns: list[_Candidate], finder: FileFinder | None
) -> str:
    lines = [f"No column of {source.name} names image files.\n"]
    lines += [
        f"{c.example}{_FEW if c.is_doubtful and c.finds_files else ''}\n"
        for c in columns[:_COLUMNS_SHOWN]
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
