"""The command `keras-csv-dataset`."""

import io
import json
import re
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from images import colour, save, save_all, save_noise
from keras_csv_dataset.__main__ import main
from keras_csv_dataset._cli.demo import write_digits
from keras_csv_dataset._inspection import KINDS, Place
from places import DOCS


@pytest.mark.slow
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


def test_digits_of_the_demo_are_not_blurred(tmp_path):
    """The squares that a digit consists of have edges, however large it is shown."""
    write_digits(tmp_path)
    with Image.open(tmp_path / "images" / "0000.png") as image:
        assert image.size == (192, 192)
        squares = np.asarray(image).reshape(8, 24, 8, 24)
    assert (squares == squares[:, :1, :, :1]).all()


def test_demo_names_the_extra(tmp_path, monkeypatch, capsys):
    """Without scikit-learn, the demo says what to install."""
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    assert main(["demo", str(tmp_path)]) == 2
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
        save_noise(folder / f"{number}.png", number, size=(8, 4 + 4 * (number % 2)))
    rows = [f"{number},{'cat' if number < 4 else 'dog'}" for number in range(6)]
    return str(folder), str(write_csv("image,label\n" + "\n".join(rows) + "\n"))


@pytest.fixture
def colours(pets, folder):
    """The same, but each image has the colour of its number."""
    for number in range(6):
        save(folder / f"{number}.png", number, size=(8, 4 + 4 * (number % 2)))
    return pets


def test_check_says_what_is_there(pets, capsys):
    """A sound data set is counted out, with a bar for each class."""
    assert main(["check", *pets]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"^rows +6$", printed, re.M)
    assert re.search(r"^  with an image file +6$", printed, re.M)
    assert "names matched as paths relative to `directory`" in printed
    assert re.search(r"^cat +4  █+$", printed, re.M)
    assert re.search(r"^dog +2  █+$", printed, re.M)
    assert re.search(r"^\.png +6  █+$", printed, re.M)
    assert re.search(r"^8 × 8 +3  █+$", printed, re.M)
    assert "Nothing was found" in printed


def test_check_names_everything_that_is_wrong(pets, folder, write_csv, capsys):
    """Missing, blank, broken and unnamed are all told in one run, with their lines."""
    (folder / "3.png").write_bytes(b"not an image")
    save(folder / "extra.png", 9)
    csv = write_csv("image,label\n0,cat\n1,\n2,dog\n3,dog\n0,cat\nnope,cat\n")
    assert main(["check", str(folder), str(csv)]) == 1
    printed = capsys.readouterr().out
    assert "labels.csv, line 7: 'nope' is not an image file" in printed
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
    assert report["findings"] == []
    assert report["counts"]["rows"] == 6
    assert report["classes"] == {"label": {"cat": 4, "dog": 2}}


def test_keys_of_the_json_are_those_of_the_documentation(pets, capsys):
    """Every key of the JSON report is a snake_case name that the page lists."""
    assert main(["check", *pets, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    page = (DOCS / "command_line.md").read_text("utf-8")
    _, page = page.split("## The report as JSON")
    page, rows = page.split("| key of a row |")
    documented = re.findall(r"^\| `(\w+)` \|", page, re.M)
    assert re.findall(r"^\| `(\w+)` \|", rows, re.M) == [*Place.__dataclass_fields__]
    assert [*report, *report["counts"]] == documented
    assert report["sizes"] == [
        {"height": 4, "width": 8, "images": 3},
        {"height": 8, "width": 8, "images": 3},
    ]


def test_kinds_of_findings_are_those_of_the_documentation():
    """The page lists every kind, the worst first, with its family and severity."""
    page = (DOCS / "command_line.md").read_text("utf-8")
    rows = re.findall(r"^\| (`\w+`.*?) \| (\w+) \| (\w+) \| ", page, re.M)
    listed = [
        (kind, family, severity)
        for kinds, family, severity in rows
        for kind in re.findall(r"`(\w+)`", kinds)
    ]
    assert listed == [(name, k.family, k.severity) for name, k in KINDS.items()]


@pytest.mark.grain
def test_check_decodes_as_training_will(pets, folder, monkeypatch, capsys):
    """With `--format grain`, images are decoded without TensorFlow."""
    from keras_csv_dataset import _tf

    monkeypatch.setattr(_tf, "check_images", None)
    assert main(["check", *pets, "--format", "grain"]) == 0
    assert re.search(r"^8 × 8 +3  █+$", capsys.readouterr().out, re.M)


def test_report_is_printed_in_any_encoding(pets, write_csv, monkeypatch):
    """Where the output cannot show a bar or a name, other characters stand for it."""
    csv = write_csv("image,label\n0,Möwe\n1,Möwe\n2,Star\n3,Star\n")
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", output)
    assert main(["check", pets[0], str(csv)]) == 0
    output.seek(0)
    printed = output.read()
    assert re.search(r"^M\\xf6we +2  #+$", printed, re.M)


def test_check_takes_the_arguments_of_the_function(folder, write_csv, capsys):
    """Columns, modes, separators and CSV options mean what they mean in the call."""
    save_all(folder, ["a.png", "b.png", "c.png"], save_noise)
    csv = write_csv("file%tags\na.png%x y\nb.png%y\nc.png%x\n")
    options = ["--label-mode", "multi_hot", "--label-separator", " ", "--json"]
    options += ["--csv-options", '{"sep": "%"}', "--label-column", "tags"]
    assert main(["check", str(folder), str(csv), *options]) == 0
    assert json.loads(capsys.readouterr().out)["classes"] == {"label": {"x": 2, "y": 2}}


@pytest.mark.parametrize("options", ["[1]", "5", '"header"', "true"])
def test_csv_options_that_are_no_dictionary(pets, capsys, options):
    """JSON that is no object is an error about the flag, not a traceback."""
    assert main(["check", *pets, "--csv-options", options]) == 2
    assert "--csv-options must be a dictionary" in capsys.readouterr().err


def test_check_reads_a_csv_without_a_header(pets, write_csv, capsys):
    """The columns of a CSV without a header are named by their numbers."""
    csv = write_csv("cat,0\ncat,2\ndog,1\ndog,3\n")
    options = ["--csv-options", '{"header": null}', "--image-column", "1"]
    options += ["--label-column", "0", "--json"]
    assert main(["check", pets[0], str(csv), *options]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["classes"] == {"label": {"cat": 2, "dog": 2}}


def test_check_tells_of_a_csv_without_images(pets, write_csv, capsys):
    """Where no column names images, there is no report, but an error."""
    csv = write_csv("image,label\nx,cat\ny,dog\n")
    assert main(["check", pets[0], str(csv)]) == 2
    printed = capsys.readouterr()
    assert "No column of labels.csv names image files" in printed.err
    assert printed.out == ""


def test_check_tells_of_a_csv_without_labels(pets, write_csv, capsys):
    """Where every label is blank, each is told, and no class is counted."""
    csv = write_csv("image,label\n0,\n1,\n")
    assert main(["check", pets[0], str(csv), "--image-column", "image"]) == 1
    printed = capsys.readouterr().out
    assert "labels.csv, line 2: column 'label' is blank" in printed
    assert re.search(r"^rows with an image, but without a label +2$", printed, re.M)
    assert "classes" not in printed


def test_check_passes_over_rows_that_the_call_would_skip(pets, write_csv, capsys):
    """With `--missing-images skip`, a row without an image is no problem."""
    csv = write_csv("image,label\n0,cat\n1,cat\nnope,cat\n2,dog\n3,dog\n")
    assert main(["check", pets[0], str(csv), "--missing-images", "skip"]) == 0
    assert "Nothing was found" in capsys.readouterr().out


def test_check_tells_of_joined_labels(pets, write_csv, capsys):
    """A class that joins two others is said to look like several labels."""
    csv = write_csv("image,label\n0,rust\n1,rust scab\n2,scab\n")
    assert main(["check", pets[0], str(csv)]) == 1
    assert "'rust scab' looks like several labels" in capsys.readouterr().out


def test_check_shows_the_largest_and_smallest_classes(folder, write_csv, capsys):
    """Of many classes, the largest and the smallest are listed, the others counted."""
    for number in range(80):
        save_noise(folder / f"{number}.png", number)
    rows = [f"{number},class {number // 2 if number else 19}" for number in range(80)]
    csv = write_csv("image,label\n" + "\n".join(rows) + "\n")
    assert main(["check", str(folder), str(csv)]) == 1
    printed = capsys.readouterr().out
    listed = re.findall(r"^class (\d+) +(\d+)", printed, re.M)
    assert listed[0] == ("19", "3")
    assert listed[-1] == ("0", "1")
    assert f"... {40 - len(listed)} more ..." in printed


def test_wrong_arguments_are_told_without_a_traceback(pets, capsys):
    """What the function refuses, the command refuses in the same words."""
    assert main(["check", *pets, "--label-mode", "integer"]) == 2
    assert "--label-mode must be 'int'" in capsys.readouterr().err


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
def test_preview_draws_every_kind_of_label(
    colours, write_csv, tmp_path, table, options
):
    """The preview shows the images themselves, whatever their labels."""
    picture = tmp_path / "preview.png"
    csv = write_csv(table)
    assert main(["preview", colours[0], str(csv), "-o", str(picture), *options]) == 0
    pixels = np.asarray(Image.open(picture).convert("RGB"))
    for number in range(3):
        near = np.abs(pixels.astype(int) - colour(number)).max(axis=-1) <= 2
        assert near.sum() > 1000


def test_check_names_classes_that_look_alike(tmp_path, capsys):
    """Classes that differ by case, blanks or one letter may be one."""
    labels = ["Male", "male", "New York", "NewYork", "malignant", "malignent", "a", "b"]
    save_all(tmp_path / "images", [f"{n}.png" for n in range(8)], save_noise)
    csv = tmp_path / "labels.csv"
    rows = "".join(f"{n}.png,{label}\n" for n, label in enumerate(labels))
    csv.write_text("image,label\n" + rows)
    assert main(["check", str(tmp_path / "images"), str(csv), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    (found,) = (f for f in report["findings"] if f["kind"] == "similar_classes")
    pairs = [*zip(found["classes"][::2], found["classes"][1::2], strict=True)]
    assert pairs == [
        ("New York", "NewYork"),
        ("Male", "male"),
        ("malignant", "malignent"),
    ]
    assert "differ only by blanks or punctuation. 2 more pairs" in found["message"]


@pytest.mark.parametrize(
    ("num_images", "num_classes", "is_named"),
    [
        *((24, 24, True), (24, 20, True), (15, 15, True), (11, 10, True)),
        *((8, 8, False), (18, 10, False), (60, 20, False)),
    ],
)
def test_check_names_a_class_for_nearly_every_image(
    tmp_path, capsys, num_images, num_classes, is_named
):
    """A column of different texts may not be the column of labels."""
    save_all(tmp_path / "images", [f"{n}.png" for n in range(num_images)], save_noise)
    csv = tmp_path / "labels.csv"
    labels = [chr(97 + n % num_classes) * 3 for n in range(num_images)]
    rows = "".join(f"{n}.png,{label}\n" for n, label in enumerate(labels))
    csv.write_text("image,label\n" + rows)
    main(["check", str(tmp_path / "images"), str(csv)])
    said = f"a class for nearly every image: {num_classes} classes"
    assert (said in capsys.readouterr().out) == is_named


def test_check_does_not_doubt_many_classes_per_image(tmp_path, capsys):
    """Where an image has several classes, a few images can have as many classes."""
    save_all(tmp_path / "images", [f"{n}.png" for n in range(10)], save_noise)
    csv = tmp_path / "labels.csv"
    rows = "".join(f"{n}.png,t{chr(97 + n) * 3} all\n" for n in range(10))
    csv.write_text("image,label\n" + rows)
    flags = ["--label-mode", "multi_hot", "--label-separator", " "]
    flags += ["--fail-on", "class_per_image"]
    assert main(["check", str(tmp_path / "images"), str(csv), *flags]) == 0
    assert "Warning: " not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["preview.png", "preview.jpg", "preview.JPEG"])
def test_preview_leaves_broken_images_out_and_names_them(
    pets, folder, tmp_path, capsys, name
):
    """A broken image does not end the preview: it is named with its line."""
    (folder / "3.png").write_bytes(b"not an image")
    picture = tmp_path / name
    assert main(["preview", *pets, "-o", str(picture)]) == 0
    printed = capsys.readouterr()
    assert re.search(r"labels\.csv, line 5: '.*3\.png' cannot be decoded", printed.err)
    assert "Traceback" not in printed.err
    with Image.open(picture) as image:
        assert image.width > 300


def test_preview_of_broken_images_alone_is_an_error(pets, folder, tmp_path, capsys):
    """If no image can be decoded, the command says so instead of a traceback."""
    for number in range(6):
        (folder / f"{number}.png").write_bytes(b"not an image")
    assert main(["preview", *pets, "-o", str(tmp_path / "preview.png")]) == 2
    assert "No image can be decoded.\nlabels.csv, line " in capsys.readouterr().err


def test_preview_names_the_formats_that_it_writes(pets, tmp_path, capsys):
    """A picture in another format is refused, with those that are not."""
    assert main(["preview", *pets, "-o", str(tmp_path / "preview.svg")]) == 2
    message = "--output must end in .png or .jpg or .jpeg. Received: "
    assert message in capsys.readouterr().err


@pytest.mark.grain
def test_preview_draws_without_tensorflow(colours, tmp_path, monkeypatch):
    """With `--format grain`, the images are decoded without TensorFlow."""
    from keras_csv_dataset import _tf

    monkeypatch.setattr(_tf, "build_dataset", None)
    picture = tmp_path / "preview.png"
    options = ["-o", str(picture), "--format", "grain"]
    assert main(["preview", *colours, *options]) == 0
    pixels = np.asarray(Image.open(picture).convert("RGB")).astype(int)
    assert (np.abs(pixels - colour(3)).max(axis=-1) <= 2).sum() > 1000


def test_preview_shortens_long_labels(pets, write_csv, tmp_path):
    """A label of a long sentence leaves the picture as large as it is."""
    sizes = []
    for label in ("cat", "cat " * 3000):
        csv = write_csv(f"image,label\n0,{label}\n1,dog\n2,dog\n")
        picture = tmp_path / "preview.png"
        assert main(["preview", pets[0], str(csv), "-o", str(picture)]) == 0
        with Image.open(picture) as image:
            sizes.append(image.width)
    assert sizes[1] < 1.5 * sizes[0]


def test_preview_names_the_extra(pets, tmp_path, monkeypatch, capsys):
    """Without matplotlib, the preview says what to install."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    picture = tmp_path / "preview.png"
    assert main(["preview", *pets, "-o", str(picture)]) == 2
    assert "pip install 'keras-csv-dataset[preview]'" in capsys.readouterr().err
