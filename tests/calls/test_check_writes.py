"""The tables that `keras-csv-dataset check` writes, and the files that it refuses."""

import json
import shlex

import pytest

from images import save_noise
from keras_csv_dataset.__main__ import main

ROWS = [("0", "é", "NA"), ("1", "b", "None"), ("copy", "é", ""), ("1", "b", "1,50")]
ROWS = [*ROWS, ("2", "é", "a;b"), ("3", "b", "007")]


@pytest.fixture
def noise(folder):
    """Four images, and a copy of the first."""
    for number in range(4):
        save_noise(folder / f"{number}.png", number)
    (folder / "copy.png").write_bytes((folder / "0.png").read_bytes())
    return folder


def table(separator: str, header: bool) -> str:
    """The rows as a CSV."""
    rows = [("image", "label", "note"), *ROWS] if header else ROWS
    quoted = [[f'"{c}"' if separator in c else c for c in row] for row in rows]
    return "".join(separator.join(row) + "\n" for row in quoted)


@pytest.mark.parametrize(
    ("separator", "encoding", "options"),
    [
        (",", "utf-8", {}),
        (";", "utf-8", {}),
        (";", "latin-1", {"sep": ";", "encoding": "latin-1"}),
        ("\t", "utf-16", {"delimiter": "\t", "encoding": "utf-16", "header": 0}),
        (",", "utf-8", {"header": None, "keep_default_na": True, "na_values": ["-"]}),
    ],
)
def test_the_same_options_read_what_is_written(
    noise, write_csv, tmp_path, capsys, separator, encoding, options
):
    """Cells, separator, encoding and header stay, and the advised column is there."""
    has_header = options.get("header", 0) is not None
    names = ["image", "label"] if has_header else ["0", "1"]
    text = table(separator, has_header)
    csv = write_csv(text, encoding=encoding)
    groups, usable = tmp_path / "groups.csv", tmp_path / "usable.csv"
    flags = ["--image-column", names[0], "--label-column", names[1]]
    flags += ["--csv-options", json.dumps(options), "--fail-on", "leaks"]
    outputs = ["--write-groups", str(groups), "--write-usable", str(usable)]
    assert main(["check", str(noise), str(csv), *flags, *outputs]) == 0
    printed = capsys.readouterr().err
    column = "duplicate_group" if has_header else "3"
    assert f"--group-column {column}, 2 groups of several rows stay on" in printed
    assert "Read it" not in printed
    assert usable.read_text(encoding).splitlines() == text.splitlines()
    ends = ["duplicate_group"] * has_header + list("121234")
    assert groups.read_text(encoding).splitlines() == [
        f"{line}{separator}{end}"
        for line, end in zip(text.splitlines(), ends, strict=True)
    ]
    flags += ["--group-column", column, "--validation-split", "0.5"]
    assert main(["check", str(noise), str(groups), *flags]) == 0


@pytest.mark.parametrize(
    ("options", "advised"),
    [
        ({"skiprows": 1, "names": ["image", "label", "note"]}, []),
        (
            {"skiprows": 1, "header": None, "sep": ","},
            ["--csv-options", '{"header": null, "sep": ","}'],
        ),
    ],
)
def test_options_that_no_longer_hold_are_told(
    noise, write_csv, tmp_path, capsys, options, advised
):
    """The command says how the new table is read, and so it can be read."""
    csv = write_csv(f"a remark\n{table(',', header=False)}")
    names = ["image", "label"] if "names" in options else ["0", "1"]
    flags = ["--image-column", names[0], "--label-column", names[1]]
    flags += ["--fail-on", "leaks"]
    groups = tmp_path / "groups.csv"
    command = ["check", str(noise), str(csv), "--csv-options", json.dumps(options)]
    assert main([*command, *flags, "--write-groups", str(groups)]) == 0
    printed = capsys.readouterr().err
    advice = f"with {shlex.join(advised)}" if advised else "without --csv-options"
    assert f"Read it {advice}." in printed
    column = "duplicate_group" if "names" in options else "3"
    assert f"--group-column {column}, " in printed
    flags += [*advised, "--group-column", column, "--validation-split", "0.5"]
    assert main(["check", str(noise), str(groups), *flags]) == 0


def test_the_separator_of_a_written_table_is_recognised(noise, write_csv, tmp_path):
    """Other separators in the first row are not taken for that of the table."""
    csv = write_csv('0,"a;b;c;d;e"\n1,f\n2,f\n3,f\n')
    groups = tmp_path / "groups.csv"
    command = ["--csv-options", '{"header": null}', "--image-column", "0"]
    command += ["--label-column", "1", "--fail-on", "rows"]
    output = ["--write-groups", str(groups)]
    assert main(["check", str(noise), str(csv), *command, *output]) == 0
    assert main(["check", str(noise), str(groups), *command]) == 0


@pytest.mark.parametrize(
    ("flags", "rule"),
    [
        (["--report", "nowhere/r.html"], "--report must be in a folder that exists"),
        (["--write-groups", "images"], "--write-groups must be a file, not a folder"),
        (["--report", "images/0.png"], "--report must end in .html or .htm"),
        (["--write-usable", "images/0.png"], "--write-usable must end in .csv, .tsv"),
        (
            ["--write-groups", "new.csv", "--write-usable", "images/../new.csv"],
            "--write-usable must be another file than that of --write-groups",
        ),
        (["--write-usable", "images/../labels.csv"], "another file than the CSV"),
    ],
)
def test_outputs_are_checked_before_anything_is_read(
    noise, write_csv, tmp_path, monkeypatch, capsys, flags, rule
):
    """A wrong output ends the command at once, and nothing is overwritten."""
    csv = write_csv(table(",", header=True))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("keras_csv_dataset._cli.check.inspect", None)
    assert main(["check", str(noise), str(csv), *flags]) == 2
    assert rule in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*.*")}


def test_a_column_of_groups_is_not_written_twice(
    noise, write_csv, tmp_path, monkeypatch, capsys
):
    """A table that has the column already is refused before images are decoded."""
    csv = write_csv("image,label,duplicate_group\n0,a,1\n1,b,2\n")
    monkeypatch.setattr("keras_csv_dataset._cli.check.inspect", None)
    output = str(tmp_path / "groups.csv")
    assert main(["check", str(noise), str(csv), "--write-groups", output]) == 2
    assert "has a column 'duplicate_group' already" in capsys.readouterr().err
