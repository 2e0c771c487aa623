"""The arguments of the command line: one table, from which all else is derived."""

import argparse
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from keras_csv_dataset._arguments import (
    CorruptImages,
    Format,
    MissingImages,
    MissingLabels,
)

Command: TypeAlias = Literal["check", "preview"]

# The files, which have no flags: their names in Python.
POSITIONAL = ("directory", "csv")
# The parameters of `image_dataset_from_csv` that have no flag. They decide how images
# are decoded and yielded, but neither which rows are read nor how these are split.
NOT_ABOUT_ROWS = (
    "batch_size",
    "cache",
    "cache_dtype",
    "class_weight",
    "color_mode",
    "crop_to_aspect_ratio",
    "data_format",
    "interpolation",
    "num_shards",
    "pad_to_aspect_ratio",
    "scaled_decoding",
    "shard_index",
    "shuffle_buffer_size",
    "verbose",
)


@dataclass(frozen=True, kw_only=True)
class Flag:
    """One flag of `check` or `preview`.

    Attributes:
        name: Its name in Python: that of `--label-mode` is `label_mode`.
        help: What it does.
        metavar: What its value is called; `None` for a switch.
        type: Reads the value, or one of several.
        nargs: `"+"` for one or several values, `"*"` for any number, else one.
        choices: The values that are valid, if they are few.
        default: The value without the flag.
        short: A second name of one letter, if any.
        commands: The commands that have it.
    """

    name: str
    help: str
    metavar: str | None = None
    type: Callable[[str], Any] = str
    nargs: str | None = None
    choices: tuple[str, ...] | None = None
    default: Any = None
    short: str | None = None
    commands: tuple[Command, ...] = get_args(Command)

    @property
    def is_switch(self) -> bool:
        """Whether the flag has no value: it reverses its default."""
        return isinstance(self.default, bool) and self.nargs is None

    @property
    def spelling(self) -> str:
        """The flag as it is typed."""
        prefix = "--no-" if self.is_switch and self.default else "--"
        return prefix + self.name.replace("_", "-")

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        """Adds the flag to a parser."""
        names = [self.spelling] if self.short is None else [self.short, self.spelling]
        options: dict[str, Any] = {"action": f"store_{not self.default}".lower()}
        if not self.is_switch:
            metavar = "|".join(self.choices) if self.choices else self.metavar
            options = {"type": self.type, "nargs": self.nargs, "metavar": metavar}
            options |= {"choices": self.choices, "default": self.default}
        parser.add_argument(*names, dest=self.name, help=self.help, **options)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not JSON: {error}") from error


def _label_mode(text: str) -> Any:
    if text.casefold() == "none":
        return None
    return _json(text) if text.startswith("{") else text


def _columns(text: str) -> Any:
    """The name of a column, or JSON: columns by output."""
    return _json(text) if text.startswith("{") else text


def _names(text: str) -> list[str]:
    """Names with commas between them."""
    return [name.strip() for name in text.split(",")]


def _lines(text: str) -> range:
    """One line of a file, or the first and the last of several."""
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if first > last:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a line, such as 17, or lines, such as 18-25"
        )
    return range(first, last + 1)


FLAGS = (
    Flag(
        name="label_mode",
        metavar="MODE",
        type=_label_mode,
        default="int",
        help="int, categorical, binary, multi_hot, raw, text, mask, image, none, or "
        """JSON for several outputs: '{"species": "int", "age": "raw"}' """
        "(default: int)",
    ),
    Flag(
        name="class_names",
        metavar="CLASS",
        nargs="+",
        help="the classes, in the order of their indices",
    ),
    Flag(
        name="image_column",
        metavar="COLUMN",
        nargs="+",
        help="the column that names the image files, or several if a row has several",
    ),
    Flag(
        name="input_columns",
        metavar="COLUMN",
        nargs="+",
        help="the columns of further inputs",
    ),
    Flag(
        name="label_column",
        metavar="COLUMN",
        type=_columns,
        nargs="+",
        help="the column of labels, or several, or JSON for several outputs: "
        """'{"box": ["x", "y", "w", "h"]}'""",
    ),
    Flag(
        name="label_separator",
        metavar="TEXT",
        help="what separates several labels in one cell",
    ),
    Flag(
        name="weight_column", metavar="COLUMN", help="the column of the sample weights"
    ),
    Flag(
        name="missing_images",
        choices=get_args(MissingImages),
        default="error",
        help="whether a row without an image file is an error or is skipped, or names "
        "are exact paths that are not looked up in the folder (default: error)",
    ),
    Flag(
        name="missing_labels",
        choices=get_args(MissingLabels),
        default="error",
        help="whether a blank label is an error, is skipped with its row, or means no "
        "class (default: error)",
    ),
    Flag(
        name="corrupt_images",
        choices=get_args(CorruptImages),
        help="whether a row whose image cannot be decoded is an error or is skipped "
        "(default: check reports it, and preview draws others)",
    ),
    Flag(
        name="follow_links",
        default=False,
        help="visit folders that symbolic links point to",
    ),
    Flag(
        name="split_column",
        metavar="COLUMN",
        help="the column that says which subset, or with --fold-index which fold, a "
        "row belongs to",
    ),
    Flag(
        name="validation_split",
        metavar="FRACTION",
        type=float,
        help="the fraction of the images for validation, such as 0.2",
    ),
    Flag(
        name="test_split",
        metavar="FRACTION",
        type=float,
        help="the fraction of the images for the test subset",
    ),
    Flag(
        name="num_folds",
        metavar="NUMBER",
        type=int,
        help="the number of folds for cross-validation",
    ),
    Flag(
        name="fold_index",
        metavar="NUMBER",
        type=int,
        help="the fold for validation (default with --num-folds: 0)",
    ),
    Flag(
        name="group_column",
        metavar="COLUMN",
        help="the column of groups that a split keeps together, such as patients",
    ),
    Flag(
        name="stratify",
        metavar="COLUMN",
        nargs="*",
        default=False,
        help="give all subsets the same share of each class, or of each value of these "
        "columns",
    ),
    Flag(
        name="shuffle",
        default=True,
        help="split the rows in their order: the first ones for testing, the last "
        "ones for validation",
    ),
    Flag(
        name="seed",
        metavar="NUMBER",
        type=int,
        default=1,
        help="the seed of a split, which is shuffled: only the same seed in Python "
        "gives the same subsets (default: 1)",
    ),
    Flag(
        name="format",
        choices=get_args(Format),
        default="tf",
        help="decode images with TensorFlow, or without it (default: tf)",
    ),
    Flag(
        name="exif_orientation",
        default=False,
        help="turn images upright as their EXIF tag says",
    ),
    Flag(
        name="csv_options",
        metavar="JSON",
        type=_json,
        help="""keywords for pandas.read_csv: '{"sep": ";"}'""",
    ),
    Flag(
        name="image_size",
        metavar="PIXELS",
        type=int,
        nargs="+",
        commands=("check",),
        help="the size for training, the height and the width or one number for both",
    ),
    Flag(
        name="json",
        default=False,
        commands=("check",),
        help="print the report as JSON, for scripts",
    ),
    Flag(
        name="report",
        metavar="FILE",
        type=Path,
        commands=("check",),
        help="write the report as a page with pictures: report.html",
    ),
    Flag(
        name="write_groups",
        metavar="FILE",
        type=Path,
        commands=("check",),
        help="write the table with a column duplicate_group, which --group-column "
        "reads to keep duplicates on one side of a split",
    ),
    Flag(
        name="write_usable",
        metavar="FILE",
        type=Path,
        commands=("check",),
        help="write the table without the rows that lack an image, a sound one, or a "
        "label",
    ),
    Flag(
        name="fail_on",
        metavar="KINDS",
        type=_names,
        commands=("check",),
        help="let the exit status be 1 only for these findings, such as leaks",
    ),
    Flag(
        name="subset",
        choices=("training", "validation", "test"),
        commands=("preview",),
        help="draw only this subset of the split that other flags describe",
    ),
    Flag(
        name="class",
        metavar="CLASS",
        nargs="+",
        commands=("preview",),
        help="draw only images of these classes",
    ),
    Flag(
        name="lines",
        metavar="LINES",
        type=_lines,
        nargs="+",
        commands=("preview",),
        help="draw only the images on these lines of the CSV, such as 17 20-25",
    ),
    Flag(
        name="output",
        short="-o",
        metavar="FILE",
        type=Path,
        default=Path("preview.png"),
        commands=("preview",),
        help="the picture to write, a .png, .jpg or .jpeg file (default: preview.png)",
    ),
)
