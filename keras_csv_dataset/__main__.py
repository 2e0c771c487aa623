"""The command line: `keras-csv-dataset`, or `python -m keras_csv_dataset`."""

import os
import sys
import warnings
from collections.abc import Sequence
from typing import TextIO

from keras_csv_dataset._cli import (
    CANNOT_BE_READ,
    COMMANDS,
    in_flags,
    read_command_line,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: The arguments after the program's name; `None` to read them from the
            command line.

    Returns:
        The exit status: 0, 1 if `check` finds something, or 2 if the folder, the CSV
        or an option cannot be read.
    """
    # TensorFlow's messages about the processor do not help a newcomer.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = read_command_line(arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = _print_warning
        try:
            return COMMANDS[options.command](options)
        except (ValueError, OSError, ImportError) as error:
            print(in_flags(str(error)), file=sys.stderr)
            return CANNOT_BE_READ


def _print_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Prints a warning without the line of code that it comes from."""
    print(in_flags(str(message)), file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
