"""The command line: `keras-csv-dataset`, or `python -m keras_csv_dataset`."""

import os
import sys
from collections.abc import Sequence

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
    try:
        return COMMANDS[options.command](options)
    except (ValueError, FileNotFoundError, ImportError) as error:
        print(in_flags(str(error)), file=sys.stderr)
        return CANNOT_BE_READ


if __name__ == "__main__":
    raise SystemExit(main())
