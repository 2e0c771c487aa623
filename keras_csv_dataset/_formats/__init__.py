"""Formats that are decoded in Python: TIFF, AVIF, HEIC and DICOM."""

from keras_csv_dataset._formats.decoding import (
    declared_size_in_python,
    decode_in_python,
)
from keras_csv_dataset._formats.kinds import (
    PYTHON_FORMATS,
    PYTHON_SUFFIXES,
    decoder_versions,
    readable_suffixes,
    recognise,
    say_what_to_install,
)

__all__ = [
    "PYTHON_FORMATS",
    "PYTHON_SUFFIXES",
    "declared_size_in_python",
    "decode_in_python",
    "decoder_versions",
    "readable_suffixes",
    "recognise",
    "say_what_to_install",
]
