"""The command line: `keras-csv-dataset`, or `python -m keras_csv_dataset`."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from keras_csv_dataset import __version__

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: What follows the program's name; `None` for the command line's.

    Returns:
        The exit status: 0, or 1 if something is wrong.
    """
    # TensorFlow's notes on the processor say nothing to a newcomer.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = _parser().parse_args(arguments)
    try:
        status: int = options.command(options)
    except (ValueError, FileNotFoundError, ImportError) as error:
        print(error, file=sys.stderr)
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
        help="say what is in a folder and its CSV, and what is wrong with them",
        description="Says what a careful person wants to know before training. The "
        "exit status is 1 if something is wrong.",
        epilog=_CHECK_EXAMPLES,
        formatter_class=as_is,
    )
    _add_data_arguments(check)
    check.add_argument("--json", action="store_true", help="print JSON, for scripts")
    check.set_defaults(command=_check)
    preview = commands.add_parser(
        "preview",
        help="draw some images with their labels, and how many there are of each class",
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
        help="int, categorical, binary, multi_hot, raw, none, or for several outputs "
        """JSON: '{"species": "int", "age": "raw"}' (default: int)""",
    )
    parser.add_argument("--image-column", metavar="COLUMN")
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
        "--csv-options",
        type=json.loads,
        metavar="JSON",
        help="""keywords for pandas.read_csv, as in '{"sep": ";"}'""",
    )


def _label_mode(text: str) -> Any:
    if text.casefold() == "none":
        return None
    return json.loads(text) if text.startswith("{") else text


def _read_options(options: argparse.Namespace) -> tuple[Any, dict[str, Any]]:
    """How labels are read, and what `locate_rows` takes."""
    from keras_csv_dataset._arguments import check_parts, read_label_arguments
    from keras_csv_dataset._label_table import check_csv_options
    from keras_csv_dataset._tf_decoding import DECODABLE_SUFFIXES

    check_csv_options(options.csv, options.csv_options)
    columns = options.label_column
    if (options.csv_options or {}).get("header", 0) is None:
        # Without a header, columns are called by numbers.
        options.image_column = _number_or_text(options.image_column)
        options.weight_column = _number_or_text(options.weight_column)
        columns = columns and [_number_or_text(column) for column in columns]
    check_parts(
        {
            "image_column": options.image_column,
            "label_column": columns,
            "weight_column": options.weight_column,
        }
    )
    spec, label_columns = read_label_arguments(
        options.label_mode,
        options.class_names,
        columns[0] if columns and len(columns) == 1 else columns,
        options.label_separator,
        options.weight_column,
        options.missing_labels,
    )
    return spec, {
        "directory": options.directory,
        "csv": options.csv,
        "csv_options": options.csv_options,
        "suffixes": DECODABLE_SUFFIXES,
        "follow_links": options.follow_links,
        "unchecked": False,
        "image_column": options.image_column,
        "label_columns": label_columns,
        "weight_column": options.weight_column,
    }


def _number_or_text(column: str | None) -> int | str | None:
    return int(column) if column is not None and column.isdigit() else column


def _check(options: argparse.Namespace) -> int:
    import keras

    from keras_csv_dataset._check import check

    bar = None

    def show_progress(done: int, total: int) -> None:
        nonlocal bar
        if not options.json:
            # The report may go to a file: progress is for the person who waits.
            with contextlib.redirect_stdout(sys.stderr):
                bar = bar or keras.utils.Progbar(total, unit_name="image")
                bar.update(done)

    spec, arguments = _read_options(options)
    policies = (options.missing_images, options.missing_labels)
    report = check(spec, policies, show_progress, **arguments)
    if options.json:
        print(json.dumps(asdict(report), indent=2, ensure_ascii=False))
    else:
        print(*report.lines(), sep="\n")
    return 1 if report.problems else 0


def _preview(options: argparse.Namespace) -> int:
    from keras_csv_dataset._located_rows import locate_rows
    from keras_csv_dataset._missing import keep_rows_with_image, keep_rows_with_labels
    from keras_csv_dataset._preview import draw_preview
    from keras_csv_dataset._samples import make_samples

    spec, arguments = _read_options(options)
    if options.output.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise ValueError(f"The picture must be a .png file, not {options.output}.")
    rows = keep_rows_with_image(locate_rows(**arguments), options.missing_images)
    rows = keep_rows_with_labels(rows, spec, options.missing_labels)
    draw_preview(make_samples(rows, spec), options.output)
    print(f"Wrote {options.output}.")
    return 0


def _demo(options: argparse.Namespace) -> int:
    from keras_csv_dataset._demo import run_demo

    accuracy = run_demo(options.folder)
    print(f"Validation accuracy: {accuracy:.1%}")
    print(f"The images and their labels.csv are in {options.folder}.")
    preview = options.folder / "preview.png"
    images, labels = options.folder / "images", options.folder / "labels.csv"
    return main(["preview", f"{images}", f"{labels}", "-o", f"{preview}"])


if __name__ == "__main__":
    raise SystemExit(main())
