"""What `check` and `preview` advise can be typed in a shell, and helps."""

import re
import shlex

import pytest

from images import save, save_all
from keras_csv_dataset.__main__ import main
from keras_csv_dataset._cli import in_flags

FLAG = r"--[a-z]+(?:-[a-z]+)*(?:[ =](?:'[^'\n]*'|[\w.-]*\w))"


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
    ],
    ids=["image", "label", "no labels", "no header", "columns", "conflict"],
)
def test_the_advised_flag_helps(folder, write_csv, capsys, text, flags):
    """The command with the flag that its message shows finds nothing wrong."""
    save_all(folder, ["0.png", "1.png"])
    call = ["check", folder, write_csv(text)]
    status, printed = run(capsys, *call)
    assert status == 1
    assert flags in re.findall(FLAG, printed.replace("'x'", "x"))
    status, printed = run(capsys, *call, *shlex.split(flags))
    assert (status, "Nothing is wrong." in printed) == (0, True)


def test_the_advised_separator_helps(folder, write_csv, capsys):
    """Cells that look like several labels lead to a mode and a separator."""
    save_all(folder, ["0.png", "1.png", "2.png"])
    csv = write_csv("image,label\n0.png,cat dog\n1.png,cat\n2.png,dog\n")
    _, printed = run(capsys, "check", folder, csv)
    flags = "--label-mode multi_hot --label-separator ' '"
    assert flags in printed
    status, _ = run(capsys, "check", folder, csv, *shlex.split(flags))
    assert status == 0


def test_the_advised_flag_for_links_helps(folder, write_csv, tmp_path, capsys):
    """Images in a folder that is a link are found with the flag that is shown."""
    save_all(tmp_path / "elsewhere", ["1.png"])
    save(folder / "0.png", 0)
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    csv = write_csv("image,label\n0.png,a\nlinked/1.png,b\n")
    _, printed = run(capsys, "check", folder, csv)
    assert "Pass --follow-links to read" in printed
    assert run(capsys, "check", folder, csv, "--follow-links")[0] == 0


def test_the_advised_flag_for_amounts_helps(folder, write_csv, capsys):
    """Many different numbers lead to a flag with which nothing is left to look at."""
    save_all(folder, [f"{n}.png" for n in range(12)])
    csv = write_csv("image,age\n" + "".join(f"{n}.png,{n}.5\n" for n in range(12)))
    _, printed = run(capsys, "check", folder, csv)
    assert "12 different numbers. If they are amounts rather than classes, " in printed
    flags = "--label-mode raw"
    assert f"pass {flags}." in printed
    status, printed = run(capsys, "check", folder, csv, *flags.split())
    assert (status, "Look: " in printed) == (0, False)


def test_preview_advises_flags_too(folder, write_csv, tmp_path, capsys):
    """An error of `preview` shows the flag, and the flag helps."""
    save_all(folder, ["0.png", "1.png"])
    csv = write_csv("image,label\n0.png,a\n9.png,b\n")
    call = ["preview", folder, csv, "-o", tmp_path / "preview.png"]
    status, printed = run(capsys, *call)
    assert status == 1
    assert "--missing-images skip" in printed
    with pytest.warns(UserWarning, match="left out"):
        assert run(capsys, *call, "--missing-images", "skip")[0] == 0


def test_an_argument_without_a_flag_is_said_to_be_of_python(folder, write_csv, capsys):
    """Damaged images can be skipped in Python alone, and the message says so."""
    save(folder / "0.png", 0)
    (folder / "1.png").write_bytes(b"no image")
    csv = write_csv("image,label\n0.png,a\n1.png,b\n")
    _, printed = run(capsys, "check", folder, csv)
    assert 'corrupt_images="skip" (in Python) leaves them out' in printed


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
        ("With directory=None, every", "With directory=None (in Python), every"),
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
