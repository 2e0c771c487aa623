"""The public function, called with the format that the test runs in.

The fixture `each_format` runs a test once for each format; without it, the format is
Keras's default.
"""

from contextvars import ContextVar
from typing import Any

import keras_csv_dataset

FORMATS = ("tf", "grain")
FORMAT = ContextVar("format", default="tf")


def image_dataset_from_csv(*arguments: Any, **keywords: Any) -> Any:
    """Calls the public function with the test's format as the default."""
    keywords = {"format": FORMAT.get(), **keywords}
    return keras_csv_dataset.image_dataset_from_csv(*arguments, **keywords)
