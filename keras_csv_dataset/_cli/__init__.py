"""The commands `check`, `preview` and `demo`."""

from keras_csv_dataset._cli.advice import in_flags
from keras_csv_dataset._cli.commands import CANNOT_BE_READ, COMMANDS
from keras_csv_dataset._cli.parser import read_command_line

__all__ = ["CANNOT_BE_READ", "COMMANDS", "in_flags", "read_command_line"]
