"""What `check` and `preview` advise can be typed in a shell, and helps."""

import re
import shlex

import pytest

from images import save_all, save_noise
from keras_csv_dataset.__main__ import main
from keras_csv_dataset._cli import in_flags

FLAG = r"--[a-z]+(?:-[a-z]+)*(?:[ =](?:'[^'\n]*'|[\w.-]*\w))"

# What `image_dataset_from_csv` refuses; these tables are too small for other findings.
_REFUSED = ("--fail-on", "rows")


def run(capsys, *arguments) -> "tuple[int, str]":
    status = main([*map(str, arguments)])
    printed = capsys.readouterr()
    return status, printed.out + printed.err


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("image,label\n0.png,a\n9.png,b\n", "--missing-images skip"),
        ("image,label\n0.png,a\n1.png,\n", "--missing-labels skip"),
        ("image\n0.png\n1.png\n", "--label-mode none"),
        ("0.png,a\n1.png,b\n", "--csv-options '{\"header\": null}'"),
        ("image,x,y\n0.png,a,k\n1.png,b,m\n", "--label-column x"),
        ("image,label\n0.png,x\n0.png,y\n1.png,y\n", "--label-mode multi_hot"),
        ("image,label\n0.png,a\nbroken.png,b\n", "--corrupt-images skip"),
    ],
    ids=["image", "label", "no labels", "no header", "columns", "conflict", "broken"],
)
def test_the_advised_flag_helps(folder, write_csv, capsys, text, flags):
    """The command with the flag that its message shows refuses nothing."""
    save_all(folder, ["0.png", "1.png"], save_noise)
    (folder / "broken.png").write_bytes(b"no image")
    call = ["check", folder, write_csv(text)]
    status, printed = run(capsys, *call)
    assert status > 0
    assert flags in re.findall(FLAG, printed.replace("'x'", "x"))
    status, printed = run(capsys, *call, *shlex.split(flags), *_REFUSED)
    assert (status, "Error: " in printed) == (0, False)


def test_the_advised_separator_helps(folder, write_csv, capsys):
    """Cells that look like several labels lead to a mode and a separator."""
    save_all(folder, ["0.png", "1.png", "2.png"], save_noise)
    csv = write_csv("image,label\n0.png,cat dog\n1.png,cat\n2.png,dog\n")
    _, printed = run(capsys, "check", folder, csv)
    flags = "--label-mode multi_hot --label-separator ' '"
    assert flags in printed
    status, printed = run(capsys, "check", folder, csv, *shlex.split(flags))
    assert (status, "Nothing was found" in printed) == (0, True)


def test_the_advised_flag_for_links_helps(folder, write_csv, tmp_path, capsys):
    """Images in a folder that is a link are found with the flag that is shown."""
    save_all(tmp_path / "elsewhere", ["1.png"], save_noise)
    save_noise(folder / "0.png", 0)
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    csv = write_csv("image,label\n0.png,a\nlinked/1.png,b\n")
    _, printed = run(capsys, "check", folder, csv)
    assert "Pass --follow-links to read" in printed
    assert run(capsys, "check", folder, csv, "--follow-links", *_REFUSED)[0] == 0


def test_the_advised_flag_for_amounts_helps(folder, write_csv, capsys):
    """Many different numbers lead to a flag with which nothing is left to look at."""
    save_all(folder, [f"{n}.png" for n in range(12)], save_noise)
    csv = write_csv("image,age\n" + "".join(f"{n}.png,{n}.5\n" for n in range(12)))
    _, printed = run(capsys, "check", folder, csv)
    assert "12 different numbers. If they are amounts rather than classes, " in printed
    flags = "--label-mode raw"
    assert f"pass {flags}." in printed
    status, printed = run(capsys, "check", folder, csv, *flags.split())
    assert (status, "Warning: " in printed) == (0, False)


def test_preview_advises_flags_too(folder, write_csv, tmp_path, capsys):
    """An error of `preview` shows the flag, and the flag helps."""
    save_all(folder, ["0.png", "1.png"], save_noise)
    csv = write_csv("image,label\n0.png,a\n9.png,b\n")
    call = ["preview", folder, csv, "-o", tmp_path / "preview.png"]
    status, printed = run(capsys, *call)
    assert status == 2
    assert "--missing-images skip" in printed
    status, printed = run(capsys, *call, "--missing-images", "skip")
    assert status == 0
    assert "\nlabels.csv, line 3: '9.png' is not an image file" in printed
    assert "\n1 of 2 rows is left out.\n" in printed


def test_advice_on_absolute_paths_helps(folder, write_csv, capsys):
    """Names that lead elsewhere without the folder lead to a call that reads them."""
    save_noise(folder / "0.png", 0)
    csv = write_csv("image,label\n0.png,a\n")
    status, printed = run(capsys, "check", csv, "--image-column", "image")
    assert status == 2
    assert "Without DIRECTORY, every image must be named by an absolute path" in printed
    assert "Pass the folder that contains the images as DIRECTORY." in printed
    assert run(capsys, "check", folder, csv, *_REFUSED)[0] == 0


def test_the_advised_fold_helps(folder, write_csv, capsys):
    """A column that numbers folds leads to the flag that chooses one."""
    save_all(folder, [f"{n}.png" for n in range(4)], save_noise)
    csv = write_csv("image,label,fold\n0,a,3\n1,b,3\n2,a,4\n3,b,4\n")
    call = ["check", folder, csv, "--split-column", "fold"]
    status, printed = run(capsys, *call)
    assert status == 1
    assert "as in --fold-index 3." in printed
    assert run(capsys, *call, "--fold-index", "3", *_REFUSED)[0] == 0


def test_an_impossible_split_is_explained_in_flags(folder, write_csv, capsys):
    """A class that is too small for the subsets leads to what can be left out."""
    save_all(folder, [f"{n}.png" for n in range(5)], save_noise)
    csv = write_csv("image,label\n0,a\n1,a\n2,a\n3,a\n4,b\n")
    call = ["check", folder, csv, "--validation-split", "0.4"]
    status, printed = run(capsys, *call, "--stratify")
    assert status == 1
    assert "line 6: class 'b' has only 1 image" in printed
    assert "remove these classes, or leave --stratify out." in printed
    assert run(capsys, *call, *_REFUSED)[0] == 0


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("pass image_column='id'.", "pass --image-column id."),
        ("as in image_column='a b'", "as in --image-column 'a b'"),
        ("label_column=['a b', 'c']", "--label-column 'a b' c"),
        ('csv_options={"sep": ";"}', '--csv-options \'{"sep": ";"}\''),
        ('label_mode={"age": "raw"}', '--label-mode \'{"age": "raw"}\''),
        ("label_separator='-'", "--label-separator=-"),
        ('image_column="it\'s"', "--image-column 'it'\"'\"'s'"),
        ("`class_names` must name", "--class-names must name"),
        ('`label_mode="binary"` needs', "--label-mode binary needs"),
        ("check `directory`, and", "check DIRECTORY, and"),
        ("Received: directory='images'", "Received: directory='images'"),
        ("With directory=None, every", "Without DIRECTORY, every"),
        ("Pass directory=None to read", "Leave DIRECTORY out to read"),
        ("or pass directory=None.", "or leave DIRECTORY out."),
        ("or pass stratify=False.", "or leave --stratify out."),
        ("pass stratify=True.", "pass --stratify."),
        ("`stratify` must be False unless", "--stratify must be left out unless"),
        ("pass stratify=['a b', 'c'].", "pass --stratify 'a b' c."),
        ("pass shuffle=False.", "pass --no-shuffle."),
        ("Received: shuffle=True", "Received: shuffle=True"),
        ("as in fold_index=0.", "as in --fold-index 0."),
        (
            "Received: validation_split=0.25, num_folds=5",
            "Received: --validation-split 0.25, --num-folds 5",
        ),
        ("Received: num_folds=None", "Received: no --num-folds"),
        ("Received: test_split=-0.5", "Received: --test-split=-0.5"),
        ('corrupt_images="skip" leaves', "--corrupt-images skip leaves"),
        ("pass label_mode=None.", "pass --label-mode none."),
        ('pass `color_mode="rgb"`', 'pass `color_mode="rgb"` (in Python)'),
        (
            "and pass the DataFrame.",
            'and write a new CSV with df.to_csv("new.csv", index=False).',
        ),
        ("Pass follow_links=True to read", "Pass --follow-links to read"),
        ("Received: follow_links=False", "Received: follow_links=False"),
        ('no_label_mode="int" of', 'no_label_mode="int" of'),
    ],
)
def test_arguments_become_flags(message, expected):
    """Names and values are written as a shell reads them; all else stays."""
    assert in_flags(message) == expected
