"""Reads the command line."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_csv_dataset import __version__
from keras_csv_dataset._cli.arguments import FLAGS, POSITIONAL, Command
from keras_csv_dataset._messages import did_you_mean

_CHECK_EXAMPLES = """\
examples:
  keras-csv-dataset check images labels.csv
  keras-csv-dataset check images train.csv --label-mode multi_hot --label-separator ' '
  keras-csv-dataset check images labels.csv --label-column healthy rust scab --json
  keras-csv-dataset check images scans.csv --validation-split 0.2 --group-column patient
"""
_PREVIEW_EXAMPLES = """\
examples:
  keras-csv-dataset preview images labels.csv -o preview.png
  keras-csv-dataset preview images labels.csv --label-mode raw --label-column age
"""


def read_command_line(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Reads the command line, or ends the process with the help or an error.

    Args:
        arguments: The arguments after the program's name; `None` for those of the
            process.

    Returns:
        The name of the `command`, and its arguments by their names in Python.
    """
    parser = _make_parser()
    options, others = parser.parse_known_args(arguments)
    if _csv_is_left(options, others):
        options.directory, options.csv = options.csv, others.pop()
    if others:
        flags = [f.spelling for f in FLAGS if options.command in f.commands]
        longer = [flag for flag in flags if flag.startswith(others[0])]
        meant = did_you_mean(others[0], longer or flags)
        parser.error(f"unrecognized arguments: {' '.join(others)}{meant}")
    return options


def _csv_is_left(options: argparse.Namespace, others: list[str]) -> bool:
    """Whether a flag is between DIRECTORY and CSV.

    Then argparse takes the first of them for the CSV, and does not know the other.
    """
    if len(others) != 1 or others[0].startswith("-"):
        return False
    return "csv" in options and options.directory is None


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="keras-csv-dataset",
        description="Keras's image_dataset_from_directory, with the labels in a CSV.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    _add_command(
        commands,
        "check",
        help="report what a folder and its CSV contain, and what is wrong with them",
        description="Reads the CSV, finds and decodes every image, and reports what\n"
        "you should know before training. The exit status is 0 if nothing is wrong,\n"
        "1 if something is, and 2 if the folder, the CSV or a flag cannot be read.",
        epilog=_CHECK_EXAMPLES,
    )
    _add_command(
        commands,
        "preview",
        help="draw images with their labels, and the number of images of each class",
        description="Draws a gallery of images with their labels, and a bar chart of\n"
        "the classes.",
        epilog=_PREVIEW_EXAMPLES,
    )
    demo = commands.add_parser(
        "demo",
        help="train a small model on 1,797 real digits and a CSV",
        description="Writes scikit-learn's handwritten digits as PNG files with a\n"
        "labels.csv, and trains a small Keras model on them.",
        epilog="example:\n  keras-csv-dataset demo digits\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    demo.add_argument(
        "folder",
        nargs="?",
        default="digits",
        type=Path,
        metavar="FOLDER",
        help="where to write them (default: %(default)s)",
    )
    return parser


def _add_command(commands: Any, name: Command, **texts: str) -> None:
    """Adds a command that reads a folder and a CSV."""
    parser = commands.add_parser(
        name,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        # `--class` is not short for `--class-names`.
        allow_abbrev=False,
        **texts,
    )
    directory, csv = POSITIONAL
    parser.add_argument(
        directory,
        nargs="?",
        metavar=directory.upper(),
        help="the folder of images; left out if the CSV contains absolute paths",
    )
    parser.add_argument(csv, metavar=csv.upper(), help="the CSV of labels, or its URL")
    for flag in FLAGS:
        if name in flag.commands:
            flag.add_to(parser)
