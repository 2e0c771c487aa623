"""Where the parts of the project are."""

from pathlib import Path

import keras_csv_dataset

TESTS = Path(__file__).parent
ROOT = TESTS.parent
README, DOCS, NOTEBOOKS = ROOT / "README.md", ROOT / "docs", ROOT / "notebooks"
# What is tested: the package of this folder, or one that is installed.
PACKAGE = Path(keras_csv_dataset.__file__).parent
