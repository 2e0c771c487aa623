"""The command line: `keras-csv-dataset`, or `python -m keras_csv_dataset`."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: What follows the program's name; `None` for the command line's.

    Returns:
        The exit status: 0, or 1 if something is wrong.
    """
    # TensorFlow's notes on the processor say nothing to a newcomer.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    options = _parser().parse_args(arguments)
    status: int = options.command(options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="keras-csv-dataset",
        description="Keras's image_dataset_from_directory, with the labels in a CSV.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    demo = commands.add_parser(
        "demo",
        help="train a small model on 1,797 real digits and a CSV",
        description="Writes scikit-learn's handwritten digits as PNG files with a "
        "labels.csv, and trains a small Keras model on them.",
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


def _demo(options: argparse.Namespace) -> int:
    from keras_csv_dataset._demo import run_demo

    accuracy = run_demo(options.folder)
    print(f"Validation accuracy: {accuracy:.1%}")
    print(f"The images and their labels.csv are in {options.folder}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
