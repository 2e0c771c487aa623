"""The command `keras-csv-dataset`."""

import json
import re
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from images import colour, save
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
    with Image.open(tmp_path / "preview.png") as preview:
        assert preview.width > 500


def test_demo_names_the_extra(tmp_path, monkeypatch, capsys):
    """Without scikit-learn, the demo says what to install."""
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    assert main(["demo", str(tmp_path)]) == 1
    assert "pip install 'keras-csv-dataset[demo]'" in capsys.readouterr().err


def test_help_names_the_commands(capsys):
    """The help lists what the command can do."""
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert "demo" in capsys.readouterr().out


@pytest.fixture
def pets(folder, write_csv):
    """Six images and a CSV that is right."""
    for number in range(6):
        save(folder / f"{number}.png", number, size=(8, 4 + 4 * (number % 2)))
    rows = [f"{number},{'cat' if number < 4 else 'dog'}" for number in range(6)]
    return str(folder), str(write_csv("image,label\n" + "\n".join(rows) + "\n"))


def test_check_says_what_is_there(pets, capsys):
    """A sound data set is counted out, with a bar for each class."""
    assert main(["check", *pets]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"^rows +6$", printed, re.M)
    assert re.search(r"^  found by the path but for its suffix +6$", printed, re.M)
    assert re.search(r"^cat +4  █+$", printed, re.M)
    assert re.search(r"^dog +2  █+$", printed, re.M)
    assert re.search(r"^\.png +6  █+$", printed, re.M)
    assert re.search(r"^8 × 8 +3  █+$", printed, re.M)
    assert "Nothing is wrong." in printed


def test_check_names_everything_that_is_wrong(pets, folder, write_csv, capsys):
    """Missing, blank, broken and unnamed are all told in one run, with their lines."""
    (folder / "3.png").write_bytes(b"not an image")
    save(folder / "extra.png", 9)
    csv = write_csv("image,label\n0,cat\n1,\n2,dog\n3,dog\n0,cat\nnope,cat\n")
    assert main(["check", str(folder), str(csv)]) == 1
    printed = capsys.readouterr().out
    assert "labels.csv, line 7: 'nope' is no image file" in printed
    assert "labels.csv, line 3: column 'label' is blank" in printed
    assert re.search(r"labels.csv, line 5: '3' cannot be decoded: .*format", printed)
    assert re.search(r"^  naming an image again +1$", printed, re.M)
    assert re.search(r"^image files that no row names +3$", printed, re.M)
    assert re.search(r"^rows with an image, but without a label +1$", printed, re.M)


def test_check_tells_of_conflicts(pets, write_csv, capsys):
    """One image with two labels is a problem that names both lines."""
    csv = write_csv("image,label\n0,cat\n1,cat\n0,dog\n")
    assert main(["check", pets[0], str(csv)]) == 1
    printed = capsys.readouterr().out
    assert "line 4: '0' has 'dog' here, but 'cat' in labels.csv, line 2" in printed


def test_check_prints_json(pets, capsys):
    """Scripts read the same report as JSON, and nothing else is printed."""
    assert main(["check", *pets, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["problems"] == []
    assert report["counts"]["rows"] == 6
    assert report["class_counts"] == {"": {"cat": 4, "dog": 2}}


def test_check_takes_the_arguments_of_the_function(folder, write_csv, capsys):
    """Columns, modes, separators and CSV options mean what they mean in the call."""
    save(folder / "a.png", 0)
    save(folder / "b.png", 1)
    csv = write_csv("file%tags\na.png%x y\nb.png%y\n")
    options = ["--label-mode", "multi_hot", "--label-separator", " ", "--json"]
    options += ["--csv-options", '{"sep": "%"}', "--label-column", "tags"]
    assert main(["check", str(folder), str(csv), *options]) == 0
    assert json.loads(capsys.readouterr().out)["class_counts"] == {"": {"x": 1, "y": 2}}


def test_wrong_arguments_are_told_without_a_traceback(pets, capsys):
    """What the function refuses, the command refuses in the same words."""
    assert main(["check", *pets, "--label-mode", "integer"]) == 1
    assert "`label_mode` must be 'int'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "options"),
    [
        ("image,label\n0,cat\n1,dog\n2,cat\n", []),
        ("image,age\n0,1.5\n1,2\n2,3\n", ["--label-mode", "raw"]),
        (
            "image,tags\n0,x y\n1,y\n2,x\n",
            ["--label-mode", "multi_hot", "--label-separator", " "],
        ),
        (
            "image,kind,age\n0,x,1\n1,y,2\n2,x,3\n",
            ["--label-mode", '{"kind": "categorical", "age": "raw"}'],
        ),
        ("image,label\n0,cat\n1,dog\n2,cat\n", ["--label-mode", "none"]),
    ],
    ids=["classes", "numbers", "several labels", "several outputs", "no labels"],
)
def test_preview_draws_every_kind_of_label(pets, write_csv, tmp_path, table, options):
    """The preview shows the images themselves, whatever their labels."""
    picture = tmp_path / "preview.png"
    csv = write_csv(table)
    assert main(["preview", pets[0], str(csv), "-o", str(picture), *options]) == 0
    pixels = np.asarray(Image.open(picture).convert("RGB"))
    for number in range(3):
        near = np.abs(pixels.astype(int) - colour(number)).max(axis=-1) <= 2
        assert near.sum() > 1000


def test_check_names_classes_that_look_alike(tmp_path, capsys):
    """Classes that differ by case, blanks or one letter may be one."""
    labels = ["Male", "male", "New York", "NewYork", "malignant", "malignent", "a", "b"]
    save_all(tmp_path / "images", [f"{n}.png" for n in range(8)])
    csv = tmp_path / "labels.csv"
    rows = "".join(f"{n}.png,{label}\n" for n, label in enumerate(labels))
    csv.write_text("image,label\n" + rows)
    assert main(["check", str(tmp_path / "images"), str(csv), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [doubt.split(" differ only by ")[1].split(".")[0] for doubt in report["doubts"]] == [
        "case",
        "blanks or punctuation",
        "one letter",
    ]


def test_check_names_a_class_for_nearly_every_image(tmp_path, capsys):
    """A column of different texts may not be the column of labels."""
    save_all(tmp_path / "images", [f"{n}.png" for n in range(24)])
    csv = tmp_path / "labels.csv"
    rows = "".join(f"{n}.png,{chr(97 + n) * 3}\n" for n in range(24))
    csv.write_text("image,label\n" + rows)
    assert main(["check", str(tmp_path / "images"), str(csv)]) == 0
    assert "a class for nearly every image: 24 classes" in capsys.readouterr().out
