"""Chooses the framework that decodes images and builds datasets."""

from types import ModuleType


def import_framework(format: str) -> ModuleType:
    """Imports the framework for a format, and not the other one.

    Args:
        format: `"tf"` or `"grain"`.

    Returns:
        A package with `decodable_formats`, `build_dataset`, `check_images` and
        `read_pixels`.

    Raises:
        ImportError: If a package that the format needs is not installed.
    """
    if format == "tf":
        from keras_csv_dataset import _tf

        return _tf
    try:
        from keras_csv_dataset import _grain
    except ImportError as error:
        raise ImportError(
            f'`format="grain"` needs {error.name}: '
            "pip install 'keras-csv-dataset[grain]'"
        ) from error
    return _grain
