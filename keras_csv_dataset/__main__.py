"""The command line: `keras-csv-dataset`, or `python -m keras_csv_dataset`."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from keras_csv_dataset import __version__
from keras_csv_dataset._arguments import Format

if TYPE_CHECKING:
    from keras_csv_dataset._rows import RowSpec

_CHECK_EXAMPLES = """\
examples:
  keras-csv-dataset check images labels.csv
  keras-csv-dataset check images train.csv --label-mode multi_hot --label-separator ' '
  keras-csv-dataset check images labels.csv --label-column healthy rust scab --json
"""
_PREVIEW_EXAMPLES = """\
examples:
  keras-csv-dataset preview images labels.csv -o preview.png
  keras-csv-dataset preview images labels.csv --label-mode raw --label-column age
"""


_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: The arguments after the program's name; `None` to read them from the
            command line.

    Returns:
        The exit status: 0, or 1 if something is wrong.
    """
    # TensorFlow's messages about the processor do not help a newcomer.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = _parser().parse_args(arguments)
    try:
        status: int = options.command(options)
    except (ValueError, FileNotFoundError, ImportError) as error:
        from keras_csv_dataset._cli import in_flags

        print(in_flags(str(error)), file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="keras-csv-dataset",
        description="Keras's image_dataset_from_directory, with the labels in a CSV.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    as_is = argparse.RawDescriptionHelpFormatter
    check = commands.add_parser(
        "check",
        help="report what a folder and its CSV contain, and what is wrong with them",
        description="Reads the CSV, finds and decodes every image, and reports what "
        "you should know before training. The exit status is 1 if something is wrong.",
        epilog=_CHECK_EXAMPLES,
        formatter_class=as_is,
    )
    _add_data_arguments(check)
    check.add_argument("--json", action="store_true", help="print JSON, for scripts")
    check.set_defaults(command=_check)
    preview = commands.add_parser(
        "preview",
        help="draw images with their labels, and the number of images of each class",
        description="Draws a gallery of images with their labels, and a bar chart of "
        "the classes.",
        epilog=_PREVIEW_EXAMPLES,
        formatter_class=as_is,
    )
    _add_data_arguments(preview)
    preview.add_argument(
        *("-o", "--output"),
        type=Path,
        default=Path("preview.png"),
        help="the picture to write (default: %(default)s)",
    )
    preview.set_defaults(command=_preview)
    demo = commands.add_parser(
        "demo",
        help="train a small model on 1,797 real digits and a CSV",
        description="Writes scikit-learn's handwritten digits as PNG files with a "
        "labels.csv, and trains a small Keras model on them.",
        epilog="example:\n  keras-csv-dataset demo digits\n",
        formatter_class=as_is,
    )
    demo.add_argument(
        "folder",
        nargs="?",
        default="digits",
        type=Path,
        metavar="FOLDER",
        help="where to write them (default: %(default)s)",
    )
    demo.set_defaults(command=_demo)
    return parser


def _add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `image_dataset_from_csv` that decide what is read."""
    parser.add_argument("directory", metavar="DIRECTORY", help="the folder of images")
    parser.add_argument("csv", metavar="CSV", help="the label file")
    parser.add_argument(
        "--label-mode",
        type=_label_mode,
        default="int",
        metavar="MODE",
        help="int, categorical, binary, multi_hot, raw, text, mask, image, none, or "
        """JSON for several outputs: '{"species": "int", "age": "raw"}' """
        "(default: int)",
    )
    parser.add_argument("--image-column", nargs="+", metavar="COLUMN")
    parser.add_argument("--input-columns", nargs="+", metavar="COLUMN")
    parser.add_argument("--label-column", nargs="+", metavar="COLUMN")
    parser.add_argument("--label-separator", metavar="TEXT")
    parser.add_argument("--weight-column", metavar="COLUMN")
    parser.add_argument("--class-names", nargs="+", metavar="CLASS")
    parser.add_argument("--missing-images", choices=("error", "skip"), default="error")
    parser.add_argument(
        "--missing-labels", choices=("error", "skip", "empty"), default="error"
    )
    parser.add_argument("--follow-links", action="store_true")
    parser.add_argument(
        "--format",
        choices=get_args(Format),
        default="tf",
        help="decode with TensorFlow, or without it (default: %(default)s)",
    )
    parser.add_argument(
        "--csv-options",
        type=json.loads,
        metavar="JSON",
        help="""keywords for pandas.read_csv, as in '{"sep": ";"}'""",
    )


def _label_mode(text: str) -> Any:
    if text.casefold() == "none":
        return None
    return json.loads(text) if text.startswith("{") else text


def _read_spec(options: argparse.Namespace) -> "RowSpec":
    """The arguments of the command, as `image_dataset_from_csv` would read them."""
    from keras_csv_dataset._arguments import read_row_spec

    # Without a header, the names of the columns are numbers.
    csv_options = options.csv_options
    has_header = (
        not isinstance(csv_options, dict) or csv_options.get("header", 0) is not None
    )
    read = str if has_header else _number_or_text
    images, inputs, labels = (
        [read(column) for column in columns or ()]
        for columns in (
            options.image_column,
            options.input_columns,
            options.label_column,
        )
    )
    weight = options.weight_column
    return read_row_spec(
        directory=options.directory,
        csv=options.csv,
        csv_options=options.csv_options,
        format=options.format,
        label_mode=options.label_mode,
        class_names=options.class_names,
        image_column=_one_or_several(images),
        input_columns=inputs or None,
        label_column=_one_or_several(labels),
        label_separator=options.label_separator,
        weight_column=weight if weight is None else read(weight),
        class_weight=None,
        split_column=None,
        group_column=None,
        stratify=False,
        missing_images=options.missing_images,
        missing_labels=options.missing_labels,
        corrupt_images=None,
        follow_links=options.follow_links,
    )


def _number_or_text(column: str) -> int | str:
    return int(column) if column.isdigit() else column


def _one_or_several(columns: list[Any]) -> Any:
    """A column, a list of columns, or JSON: columns by output."""
    if len(columns) != 1:
        return columns or None
    (column,) = columns
    is_json = isinstance(column, str) and column.startswith("{")
    return json.loads(column) if is_json else column


def _check(options: argparse.Namespace) -> int:
    from keras_csv_dataset._announcements import ProgressBar, printable
    from keras_csv_dataset._cli import check
    from keras_csv_dataset._frameworks import import_framework

    spec = _read_spec(options)
    bar = ProgressBar(not options.json)

    def show_progress(done: int, total: int) -> None:
        # The report can go to a file, but the user waits at the terminal.
        with contextlib.redirect_stdout(sys.stderr):
            bar.update(done, total)

    report = check(spec, import_framework(options.format), show_progress)
    if options.json:
        print(printable(json.dumps(report.as_json(), indent=2, ensure_ascii=False)))
    else:
        print(printable("\n".join(report.lines())))
    return 1 if report.problems else 0


def _preview(options: argparse.Namespace) -> int:
    from keras_csv_dataset._announcements import ProgressBar
    from keras_csv_dataset._cli import draw_preview
    from keras_csv_dataset._frameworks import import_framework
    from keras_csv_dataset._rows import locate_rows, make_samples

    spec = _read_spec(options)
    if options.output.suffix.lower() not in _PICTURE_SUFFIXES:
        raise ValueError(
            f"--output must end in {' or '.join(_PICTURE_SUFFIXES)}. "
            f"Received: {options.output}"
        )
    framework = import_framework(options.format)
    rows = locate_rows(spec, framework.DECODABLE_SUFFIXES)
    no_progress = ProgressBar(verbose=False).update
    samples = make_samples(rows, spec, framework.check_images, no_progress)
    for line in draw_preview(samples, framework, options.output):
        print(line, file=sys.stderr)
    print(f"Wrote {options.output}.")
    return 0


def _demo(options: argparse.Namespace) -> int:
    from keras_csv_dataset._cli import run_demo

    accuracy = run_demo(options.folder)
    print(f"Validation accuracy: {accuracy:.1%}")
    print(f"The images and their labels.csv are in {options.folder}.")
    preview = options.folder / "preview.png"
    images, labels = options.folder / "images", options.folder / "labels.csv"
    return main(["preview", f"{images}", f"{labels}", "-o", f"{preview}"])


if __name__ == "__main__":
    raise SystemExit(main())
