"""The arguments of the commands `check` and `preview`."""

import inspect
import json
import re
import shlex

import pandas as pd
import pytest

from images import save_all, save_noise
from keras_csv_dataset import image_dataset_from_csv
from keras_csv_dataset.__main__ import main
from keras_csv_dataset._cli.arguments import FLAGS, NOT_ABOUT_ROWS, POSITIONAL
from keras_csv_dataset._cli.parser import read_command_line
from keras_csv_dataset._cli.specs import read_specs
from keras_csv_dataset._frameworks import import_framework
from keras_csv_dataset._rows import locate_rows, make_samples
from keras_csv_dataset._split import divide
from places import DOCS

NUM_ROWS = 20


def specs(*arguments):
    """What `check` makes of its arguments."""
    return read_specs(read_command_line(["check", "images", "labels.csv", *arguments]))


@pytest.fixture
def patients(folder, write_csv):
    """A folder, and a CSV of 20 images with classes, patients, folds and subsets."""
    save_all(folder, [f"{n}.png" for n in range(NUM_ROWS)], save_noise)
    rows = [
        f"{n}.png,{'cat' if n % 4 else 'dog'},p{n // 2},{n % 5},"
        f"{'val' if n > 15 else 'train'}"
        for n in range(NUM_ROWS)
    ]
    csv = write_csv("\n".join(["image,label,patient,fold,part", *rows]) + "\n")
    return str(folder), str(csv)


def test_every_parameter_of_the_function_has_a_flag():
    """A parameter that decides about rows cannot be missing on the command line."""
    parameters = {*inspect.signature(image_dataset_from_csv).parameters}
    flags = {flag.name for flag in FLAGS}
    assert parameters == parameters & flags | {*POSITIONAL, *NOT_ABOUT_ROWS}
    assert flags.isdisjoint([*POSITIONAL, *NOT_ABOUT_ROWS])


def test_flags_have_the_defaults_of_the_function():
    """Without flags, the command reads what the function reads without arguments.

    Only `seed` differs: a split is shuffled, so the function insists on one.
    """
    parameters = inspect.signature(image_dataset_from_csv).parameters
    differing = {
        flag.name
        for flag in FLAGS
        if flag.name in parameters and flag.default != parameters[flag.name].default
    }
    assert differing == {"seed", "image_size"}


def test_flags_can_be_anywhere(patients, capsys):
    """The folder and the CSV can be before, after and on both sides of a flag."""
    folder, csv = patients
    flag = ["--label-column", "label"]
    switch = ["--follow-links"]
    for words in ([folder, csv, *flag], [*switch, folder, csv], [folder, *switch, csv]):
        assert main(["check", *words]) == 0
    assert "Nothing was found" in capsys.readouterr().out


def test_unknown_words_are_refused(patients, capsys):
    """A third file and an unknown flag end the command, which suggests a flag."""
    for words, meant in (
        (["third"], None),
        (["--lable-mode", "int"], "--label-mode"),
        (["--group", "patient"], "--group-column"),
        # Not a flag of this command, but of another.
        (["--class", "cat"], "--class-names"),
    ):
        with pytest.raises(SystemExit, match="2"):
            main(["check", *patients, *words])
        suggestion = f". Did you mean '{meant}'?" if meant else ""
        unknown = f"unrecognized arguments: {' '.join(words)}{suggestion}\n"
        assert capsys.readouterr().err.endswith(unknown)


def test_absolute_paths_need_no_folder(patients, tmp_path, capsys):
    """With one positional argument, it is a CSV of absolute paths."""
    folder, csv = patients
    frame = pd.read_csv(csv)
    frame["image"] = folder + "/" + frame["image"]
    other = tmp_path / "absolute.csv"
    frame.to_csv(other, index=False)
    assert main(["check", str(other), "--label-column", "label", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["rows_with_image_file"] == 20


@pytest.mark.parametrize(
    ("flags", "sizes"),
    [
        (["--validation-split", "0.2"], {"training": 16, "validation": 4}),
        (["--test-split", "0.1"], {"training": 18, "test": 2}),
        (
            ["--validation-split", "0.2", "--test-split", "0.2", "--no-shuffle"],
            {"training": 12, "validation": 4, "test": 4},
        ),
        (["--num-folds", "4"], {"training": 15, "validation": 5}),
        (
            ["--num-folds", "4", "--fold-index", "3", "--test-split", "0.2"],
            {"training": 12, "validation": 4, "test": 4},
        ),
        (["--split-column", "part"], {"training": 16, "validation": 4}),
        (
            ["--split-column", "fold", "--fold-index", "2"],
            {"training": 16, "validation": 4},
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_flags_describe_every_split(patients, flags, sizes, capsys):
    """The flags of a split define its subsets, and `check` finds it possible."""
    flags = [*flags, "--label-column", "label"]
    assert main(["check", *patients, *flags]) == 0
    options = read_command_line(["check", *patients, *flags])
    made = read_specs(options)
    framework = import_framework("tf")
    rows = locate_rows(made.rows, framework.decodable_formats(cached=False))
    samples = make_samples(rows, made.rows, framework.check_images, lambda *_: None)
    parts = divide(samples, made.split)
    assert {name: len(numbers) for name, numbers in parts.items() if len(numbers)} == (
        sizes
    )


def test_the_split_is_that_of_the_call_with_the_printed_seed(patients, capsys):
    """`check` prints the seed with which a call in Python gives the same subsets."""
    flags = ["--validation-split", "0.3", "--group-column", "patient", "--stratify"]
    flags += ["--label-column", "label"]
    main(["check", *patients, *flags])
    seed = re.search(r"pass seed=(\d+) in Python", capsys.readouterr().err)
    made = read_specs(read_command_line(["check", *patients, *flags]))
    framework = import_framework("tf")
    rows = locate_rows(made.rows, framework.decodable_formats(cached=False))
    samples = make_samples(rows, made.rows, framework.check_images, lambda *_: None)
    numbers = divide(samples, made.split)["validation"]
    validation = image_dataset_from_csv(
        *patients,
        label_column="label",
        group_column="patient",
        stratify=True,
        validation_split=0.3,
        subset="validation",
        seed=int(seed[1]),
        verbose=False,
    )
    assert samples.paths_of(numbers).only == validation.file_paths


def test_an_impossible_split_is_a_finding(patients, capsys):
    """A group that the column puts in two subsets is reported with its line."""
    flags = ["--split-column", "part", "--group-column", "fold"]
    assert main(["check", *patients, *flags, "--label-column", "label"]) == 1
    printed = capsys.readouterr().out
    assert "line 18: the split column puts this group in validation, but " in printed
    assert "Nothing was found" not in printed


def test_classes_that_miss_a_fold_are_worth_a_look(patients, capsys):
    """What the call would warn of is in the report."""
    flags = ["--num-folds", "6", "--stratify", "--label-column", "label"]
    assert main(["check", *patients, *flags]) == 1
    assert "Warning: class 'dog' is in only 5 images." in capsys.readouterr().out


def test_stratify_takes_classes_or_columns():
    """`--stratify` alone is by class; with names, by the values of these columns."""
    split = ["--validation-split", "0.2", "--stratify"]
    assert not specs().rows.roles.strata
    assert specs(*split).rows.roles.strata == ()
    assert specs(*split).split.stratify
    assert specs(*split, "sex", "age").rows.roles.strata == ("sex", "age")
    no_header = ["--csv-options", '{"header": null}', "--group-column", "2"]
    made = specs(*split, "3", *no_header)
    assert made.rows.roles.strata == (3,)
    assert made.rows.roles.group == 2


def test_no_split_is_asked_for_without_its_flags():
    """Without flags of a split, there is none."""
    made = specs("--seed", "3", "--no-shuffle")
    assert made.split is None
    assert made.image_size is None


@pytest.mark.parametrize(
    ("size", "expected"), [(["224"], (224, 224)), (["120", "160"], (120, 160))]
)
def test_image_size_is_one_number_or_two(size, expected):
    """`--image-size` means what `image_size` means in Python."""
    assert specs("--image-size", *size).image_size == expected


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--image-size", "0"], "--image-size must be a tuple of 2 whole numbers"),
        (["--image-size", "1", "2", "3"], "--image-size must be a tuple of 2"),
        (["--group-column", "patient"], "--group-column must be left out if nothing"),
        (["--stratify"], "--stratify must be left out unless --validation-split, --t"),
        (["--fold-index", "1"], "--fold-index must be set together with --num-folds"),
        (["--validation-split", "2"], "--validation-split must be between 0 and 1"),
        (
            ["--split-column", "part", "--test-split", "0.1"],
            "--test-split must be left out when --split-column says which subset",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_flags_that_do_not_fit_are_refused(patients, flags, message, capsys):
    """What the call refuses is refused with the names of the flags, and status 2."""
    assert main(["check", *patients, *flags]) == 2
    assert message in capsys.readouterr().err


def test_json_that_is_none_is_refused(patients, capsys):
    """A dictionary that is written like one of Python is explained."""
    with pytest.raises(SystemExit, match="2"):
        main(["check", *patients, "--csv-options", "{'sep': ';'}"])
    assert "\"{'sep': ';'}\" is not JSON: " in capsys.readouterr().err


def test_names_that_are_not_looked_up(patients, capsys):
    """With `--missing-images unchecked`, the folder is not listed."""
    flags = ["--missing-images", "unchecked", "--label-column", "label", "--json"]
    assert main(["check", *patients, *flags, "--image-column", "image"]) == 0
    counts = json.loads(capsys.readouterr().out)["counts"]
    assert counts["image_files_without_row"] == 0


@pytest.mark.parametrize(
    ("files", "status"),
    [
        (["labels.csv"], 0),
        (["broken.csv"], 1),
        (["absent.csv"], 2),
        (["columns.csv"], 2),
        (["parquet.csv"], 2),
    ],
)
def test_exit_status(tmp_path, files, status):
    """The status is 0 without findings, 1 with findings, 2 for unreadable files."""
    save_all(tmp_path, ["0.png", "1.png"], save_noise)
    (tmp_path / "labels.csv").write_text("image,label\n0,cat\n1,cat\n")
    (tmp_path / "broken.csv").write_text("image,label\n0,cat\n9,dog\n")
    (tmp_path / "columns.csv").write_text("image,x,y\n0,cat,a\n1,dog,b\n")
    (tmp_path / "parquet.csv").write_bytes(b"PAR1\x15\x04")
    csv = [str(tmp_path / name) for name in files]
    assert main(["check", str(tmp_path), *csv, "--json"]) == status
    assert main(["preview", str(tmp_path / "absent"), *csv]) == 2


def flags_in_help(capsys, *command) -> "set[str]":
    """The flags of a command with their values, as its help shows them."""
    with pytest.raises(SystemExit, match="0"):
        main([*command, "--help"])
    printed = capsys.readouterr().out
    return {*re.findall(r"^  (?:-\w(?: \w+)?, )?(--\S+(?: \S+)*)", printed, re.M)}


def flags_on_page(command) -> "set[str]":
    """The flags in the sections of the page whose headings name a command."""
    page = (DOCS / "command_line.md").read_text("utf-8").replace("\\|", "|")
    sections = re.split(r"^## ", page, flags=re.M)
    rows = [
        row
        for section in sections
        if command in section.partition("\n")[0]
        for row in re.findall(r"^\| (`-.*?`) +\| ", section, re.M)
    ]
    return {re.search(r"--[^`]+", row)[0] for row in rows}


@pytest.mark.parametrize("command", ["check", "preview", "demo"])
def test_the_page_lists_the_flags_of_every_command(command, capsys):
    """Each flag is on the page as the help shows it, and the page has no others."""
    expected = flags_on_page(f"`{command}`") | {"--help"}
    assert flags_in_help(capsys, command) == expected


def test_the_page_lists_the_flags_without_a_command(capsys):
    """`--help` and `--version` are on the page."""
    assert flags_in_help(capsys) == flags_on_page("Every command")


def test_examples_on_the_page_can_be_read():
    """The parser accepts each call of `check`, `preview` and `demo` on the page."""
    page = (DOCS / "command_line.md").read_text("utf-8")
    calls = re.findall(r"^keras-csv-dataset (.*)$", page, re.M)
    commands = [read_command_line(shlex.split(call)).command for call in calls]
    assert {*commands} == {"check", "preview", "demo"}
