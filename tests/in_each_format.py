"""The public function, called in the format in which a test runs.

The fixture `each_format` runs a test once for each; outside it, the format is Keras's
default.
"""

from contextvars import ContextVar
from typing import Any

import keras_csv_dataset

FORMATS = ("tf", "grain")
FORMAT = ContextVar("format", default="tf")


def image_dataset_from_csv(*arguments: Any, **keywords: Any) -> Any:
    """The dataset of a call, in the test's format unless the call names another."""
    keywords = {"format": FORMAT.get(), **keywords}
    return keras_csv_dataset.image_dataset_from_csv(*arguments, **keywords)
