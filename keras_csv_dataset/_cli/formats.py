"""Says which arguments a call needs to read the formats that a command has read."""

import sys
from types import ModuleType

from keras_csv_dataset._rows import LocatedRows


def say_how_to_read(located: LocatedRows, framework: ModuleType) -> None:
    """Says that a call needs a cache, if the command needed its formats.

    Args:
        located: The rows that the command has read.
        framework: Decodes the images.
    """
    without_cache = framework.decodable_formats(cached=False).suffixes
    listings = [images.files for images in located.files.values()]
    if any(files.formats.suffixes != without_cache for files in listings):
        print(
            "Some images are in formats that TensorFlow does not decode: in Python, "
            'pass cache=True or format="grain".',
            file=sys.stderr,
        )
