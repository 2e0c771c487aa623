"""The paths of the parts of the project."""

from pathlib import Path

import keras_csv_dataset

TESTS = Path(__file__).parent
ROOT = TESTS.parent
README, DOCS, NOTEBOOKS = ROOT / "README.md", ROOT / "docs", ROOT / "notebooks"
# The package under test: that of this repository, or an installed one.
PACKAGE = Path(keras_csv_dataset.__file__).parent
