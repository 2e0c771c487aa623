"""What is imported, and what is not."""

import pytest

from other_process import run_python

pytestmark = pytest.mark.slow


def test_tensorflow_is_not_imported_for_local_files(images, tmp_path):
    """Finding the files of a folder here goes without TensorFlow."""
    csv = tmp_path / "labels.csv"
    csv.write_text("image,label\na,x\n")
    code = f"""
import sys
from keras_csv_dataset._labels import LabelSpec, Outputs
from keras_csv_dataset._rows import Roles, RowSpec, locate_rows
locate_rows(
    RowSpec(
        directory={str(images)!r},
        csv={str(csv)!r},
        roles=Roles(labels=Outputs.of(None)),
        labels=Outputs.of(LabelSpec(mode="int")),
    ),
    suffixes=(".png",),
)
sys.exit("tensorflow" in sys.modules)
"""
    done = run_python(code)
    assert done.returncode == 0, done.stderr
