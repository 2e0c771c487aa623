"""The command `keras-csv-dataset`."""

import re
import sys

import pandas as pd
import pytest

from keras_csv_dataset.__main__ import main


def test_demo_trains_on_real_digits(tmp_path, capsys):
    """The demo writes 1,797 digits with a CSV and reaches 95 % on unseen ones."""
    assert main(["demo", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "Found 1797 images in labels.csv belonging to 10 classes." in printed
    assert "Using 1438 images for training." in printed
    assert "Using 359 images for validation." in printed
    accuracy = re.search(r"Validation accuracy: ([\d.]+)%", printed)
    assert accuracy is not None
    assert float(accuracy[1]) >= 95
    assert len(pd.read_csv(tmp_path / "labels.csv")) == 1797
    assert len(list((tmp_path / "images").glob("*.png"))) == 1797


def test_demo_names_the_extra(tmp_path, monkeypatch):
    """Without scikit-learn, the demo says what to install."""
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"pip install 'keras-csv-dataset\[demo\]'"):
        main(["demo", str(tmp_path)])


def test_help_names_the_commands(capsys):
    """The help lists what the command can do."""
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert "demo" in capsys.readouterr().out
