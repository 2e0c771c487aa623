"""Imports of the package."""

import pytest

from other_process import run_python

pytestmark = pytest.mark.slow


def test_tensorflow_is_not_imported_for_local_files(images, tmp_path):
    """TensorFlow is not imported to find the files of a local folder."""
    csv = tmp_path / "labels.csv"
    csv.write_text("image,label\na,x\n")
    code = f"""
import sys
from keras_csv_dataset._files import Decodable
from keras_csv_dataset._structure import Structure
from keras_csv_dataset._labels import LabelSpec
from keras_csv_dataset._rows import Roles, RowSpec, locate_rows
locate_rows(
    RowSpec(
        directory={str(images)!r},
        csv={str(csv)!r},
        roles=Roles(labels=Structure.of(None)),
        labels=Structure.of(LabelSpec(mode="int")),
    ),
    Decodable((".png",)),
)
sys.exit("tensorflow" in sys.modules)
"""
    done = run_python(code)
    assert done.returncode == 0, done.stderr
