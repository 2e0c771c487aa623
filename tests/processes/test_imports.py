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
from keras_csv_dataset._located_rows import locate_rows
locate_rows({str(images)!r}, {str(csv)!r}, None, suffixes=(".png",),
            follow_links=False, unchecked=False, label_columns=None, image_column=None)
sys.exit("tensorflow" in sys.modules)
"""
    done = run_python(code)
    assert done.returncode == 0, done.stderr
