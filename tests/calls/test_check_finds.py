"""What `keras-csv-dataset check` finds in images and tables, and how it is mended."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageEnhance, ImageFilter
from skimage import data

from images import save_noise
from keras_csv_dataset.__main__ import main

PHOTOGRAPHS = ("astronaut", "coffee", "chelsea", "rocket", "camera", "coins")


def photograph(number: int) -> Image.Image:
    """A part of a photograph, another one for each number: 160 × 160 pixels."""
    name, part = PHOTOGRAPHS[number % 6], number // 6
    whole = Image.fromarray(getattr(data, name)()).convert("RGB")
    return whole.crop((10 + 90 * part, 40, 170 + 90 * part, 200))


def check(folder: Path, table: str, capsys, *flags: str) -> "tuple[int, dict]":
    """The exit status of `check --json`, and its findings by kind."""
    csv = folder.parent / "labels.csv"
    csv.write_text(table, "utf-8")
    status = main(["check", str(folder), str(csv), "--json", *flags])
    report = json.loads(capsys.readouterr().out)
    kinds = [finding["kind"] for finding in report["findings"]]
    several = [k for k in kinds if k in ("giveaways", "unequal_shares")]
    assert len(kinds) == len({*kinds} - {*several}) + len(several)
    return status, {finding["kind"]: finding for finding in report["findings"]}


def names_of(finding) -> "list[set[str]]":
    """The names of the images in each group of a finding."""
    return [{place["name"] for place in group} for group in finding["groups"]]


@pytest.fixture
def duplicates(folder):
    """Six photographs, and changed copies of the first ones. Returns the table."""
    for number in range(6):
        photograph(number).save(folder / f"{number}.png")
    first = photograph(0)
    (folder / "copy.png").write_bytes((folder / "0.png").read_bytes())
    photograph(1).save(folder / "same.bmp")
    first.save(folder / "jpeg.jpg", quality=50)
    first.crop((3, 3, 157, 157)).save(folder / "cropped.png")
    first.resize((100, 100)).save(folder / "small.png")
    photograph(2).transpose(Image.Transpose.ROTATE_90).save(folder / "turned.png")
    photograph(3).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(folder / "mirror.png")
    ImageEnhance.Brightness(photograph(4)).enhance(1.2).save(folder / "bright.png")
    names = [*(f"{n}.png" for n in range(6)), "copy.png", "same.bmp", "jpeg.jpg"]
    names += ["cropped.png", "small.png", "turned.png", "mirror.png", "bright.png"]
    labels = ["a", "b"] * 7
    labels[names.index("same.bmp")] = "b"
    rows = [f"{name},{label}\n" for name, label in zip(names, labels, strict=True)]
    return "image,label\n" + "".join(rows)


FORMATS = ["tf", pytest.param("grain", marks=pytest.mark.grain)]


@pytest.mark.parametrize("format", FORMATS)
def test_duplicates_are_found_and_others_are_not(folder, duplicates, capsys, format):
    """Copies are grouped by how much they differ, and no photograph with another."""
    status, found = check(folder, duplicates, capsys, "--format", format)
    assert status == 1
    assert names_of(found["identical_files"]) == [{"0.png", "copy.png"}]
    assert names_of(found["identical_pixels"]) == [{"1.png", "same.bmp"}]
    assert names_of(found["near_duplicates"]) == [
        {"0.png", "jpeg.jpg", "cropped.png", "small.png"},
        {"2.png", "turned.png"},
        {"3.png", "mirror.png"},
        {"4.png", "bright.png"},
    ]
    places = found["identical_files"]["groups"][0]
    assert [place["line"] for place in places] == [2, 8]
    assert places[0]["path"] == str(folder / "0.png")


def test_the_same_picture_with_different_labels_comes_first(folder, duplicates, capsys):
    """A contradiction is worse than a copy, and shows both labels."""
    _, found = check(folder, duplicates, capsys)
    assert next(iter(found)) == "conflicting_duplicates"
    (conflict, *_) = found["conflicting_duplicates"]["groups"]
    assert {place["label"] for place in conflict} == {"a", "b"}


def test_a_leak_is_found_and_mended(folder, duplicates, capsys):
    """The column of groups that `check` writes keeps duplicates in one subset."""
    table = duplicates.replace("label\n", "label,part\n")
    lines = table.splitlines()
    parts = ["train" if n % 2 else "val" for n in range(1, len(lines))]
    rows = [f"{line},{part}" for line, part in zip(lines[1:], parts, strict=True)]
    leaky = "\n".join([lines[0], *rows, ""])
    split = ["--split-column", "part", "--label-column", "label"]
    _, found = check(folder, leaky, capsys, *split)
    subsets = [{p["subset"] for p in g} for g in found["leaking_duplicates"]["groups"]]
    assert {"training", "validation"} in subsets
    advice = "Give all rows of a picture the same value in --split-column, or keep one "
    assert found["leaking_duplicates"]["advice"] == advice + "of each."
    groups = folder.parent / "groups.csv"
    before = duplicates
    check(folder, before, capsys, "--write-groups", str(groups))
    assert (folder.parent / "labels.csv").read_text("utf-8") == before
    mended = ["--validation-split", "0.4", "--fail-on", "leaks"]
    mended += ["--group-column", "duplicate_group"]
    status, found = check(folder, groups.read_text("utf-8"), capsys, *mended)
    assert status == 0
    assert "leaking_duplicates" not in found
    advice = "Keep one of each, or leave them: the copies of a picture are all in one "
    assert found["near_duplicates"]["advice"] == advice + "subset."


def test_groups_of_duplicates_are_no_labels(folder, duplicates, capsys):
    """The labels of the table with groups are found without arguments, as before."""
    groups = folder.parent / "groups.csv"
    table = duplicates.replace("label", "diagnosis")
    check(folder, table, capsys, "--write-groups", str(groups))
    status, found = check(folder, groups.read_text("utf-8"), capsys)
    assert status == 1
    labels = {p["label"] for g in found["near_duplicates"]["groups"] for p in g}
    assert labels == {"a", "b"}


def test_groups_of_duplicates_join_existing_groups(folder, duplicates, capsys):
    """With a group column, two patients that share a picture become one group."""
    rows = duplicates.splitlines()
    patients = [f"p{n}" for n in range(1, len(rows))]
    patients[1], patients[5] = "shared", "shared"  # 1.png and 5.png
    table = "\n".join(
        [rows[0] + ",patient"]
        + [f"{row},{patient}" for row, patient in zip(rows[1:], patients, strict=True)]
    )
    groups = folder.parent / "groups.csv"
    flags = ["--label-column", "label", "--group-column", "patient"]
    flags += ["--validation-split", "0.4", "--write-groups", str(groups)]
    check(folder, table, capsys, *flags)
    of = pd.read_csv(groups).set_index("image")["duplicate_group"]
    assert of["1.png"] == of["same.bmp"] == of["5.png"]
    assert of["0.png"] == of["copy.png"] != of["1.png"]


def test_usable_rows_are_written_as_they_are(folder, capsys):
    """Rows without an image, a sound one or a label go, and cells keep their text."""
    save_noise(folder / "007.png", 0)
    save_noise(folder / "8.png", 1)
    (folder / "broken.png").write_bytes(b"no image")
    table = "id;label;note\n007;a;'x;1'\nnope;a;\nbroken;b;\n8;;y\n8;b;01\n"
    table = table.replace("'x;1'", '"x;1"')
    usable = folder.parent / "usable.csv"
    options = ["--image-column", "id", "--label-column", "label"]
    check(folder, table, capsys, *options, "--write-usable", str(usable))
    assert usable.read_text("utf-8") == 'id;label;note\n007;a;"x;1"\n8;b;01\n'


def test_the_csv_that_is_read_is_never_overwritten(folder, duplicates, capsys):
    """Writing a mended table over the one that is read is refused."""
    csv = folder.parent / "labels.csv"
    csv.write_text(duplicates)
    assert main(["check", str(folder), str(csv), "--write-groups", str(csv)]) == 2
    assert (
        "another file than the CSV, which is never changed" in capsys.readouterr().err
    )
    assert csv.read_text() == duplicates


def test_unusual_images_are_found(folder, capsys):
    """Blank, dark, light, blurred, grey, large, long and deep images are named."""
    for number in range(24):
        photograph(number % 18).rotate(number).save(folder / f"{number}.png")
    Image.new("RGB", (160, 160), (90, 120, 60)).save(folder / "blank.png")
    ImageEnhance.Brightness(photograph(1)).enhance(0.15).save(folder / "dark.png")
    light = 255 - np.asarray(photograph(2)) // 8
    Image.fromarray(light.astype(np.uint8)).save(folder / "light.png")
    photograph(0).filter(ImageFilter.GaussianBlur(9)).save(folder / "blurred.png")
    photograph(1).resize((900, 900)).save(folder / "large.png")
    photograph(3).resize((400, 64)).save(folder / "long.png")
    deep = np.asarray(photograph(2).convert("L")).astype(np.uint16) * 257
    Image.fromarray(deep).save(folder / "deep.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    for suffix in ("jpg", "png", "webp"):
        photograph(7).rotate(70).save(folder / f"crooked.{suffix}", exif=exif)
    names = sorted(path.name for path in folder.iterdir())
    rows = [f"{name},{'ab'[n % 2]}\n" for n, name in enumerate(names)]
    flags = ["--format", "tf", "--image-size", "160"]
    _, found = check(folder, "image,label\n" + "".join(rows), capsys, *flags)

    def named(kind: str) -> "set[str]":
        return set().union(*names_of(found[kind]))

    assert named("blank_images") == {"blank.png"}
    assert named("dark_images") == {"dark.png"}
    assert named("light_images") == {"light.png"}
    assert named("blurred_images") == {"blurred.png"}
    assert named("odd_sizes") == {"large.png"}
    assert named("odd_aspect_ratios") == {"long.png"}
    assert named("sixteen_bit_images") == {"deep.png"}
    assert named("exif_orientation") >= {"crooked.jpg", "crooked.png"}
    assert named("upscaled_images") == {"long.png"}


def test_small_images_are_not_taken_for_blurred_ones(folder, capsys):
    """An image that is sharp at its own small size is not blurred."""
    for number in range(12):
        photograph(number).save(folder / f"{number}.png")
    photograph(0).filter(ImageFilter.GaussianBlur(9)).save(folder / "blurred.png")
    photograph(1).resize((40, 40)).save(folder / "small.png")
    names = sorted(path.name for path in folder.iterdir())
    rows = [f"{name},{'ab'[n % 2]}\n" for n, name in enumerate(names)]
    _, found = check(folder, "image,label\n" + "".join(rows), capsys)
    assert names_of(found["blurred_images"]) == [{"blurred.png"}]


def test_groups_under_several_spellings_are_found(folder, capsys):
    """`P01` and `p1` may be one patient; `1-2` and `12` are two."""
    groups = ["P01", "p1", "1-2", "12", "x", "y"]
    rows = []
    for number, group in enumerate(groups):
        save_noise(folder / f"{number}.png", number)
        rows.append(f"{number}.png,{'ab'[number % 2]},{group}\n")
    flags = ["--label-column", "label", "--group-column", "patient"]
    flags += ["--validation-split", "0.3"]
    table = "image,label,patient\n" + "".join(rows)
    _, found = check(folder, table, capsys, *flags)
    (group,) = found["similar_groups"]["groups"]
    assert [place["detail"] for place in group] == ["group 'P01'", "group 'p1'"]


def test_rows_with_a_file_have_its_path(folder, capsys):
    """Rows with a corrupt image, without a label or in a doubtful group have paths."""
    for number in range(4):
        save_noise(folder / f"sub/{number}.png", number)
    (folder / "sub/broken.png").write_bytes(b"no image")
    table = (
        "image,label,group\nsub/0.png,a,P1\nsub/broken.png,a,x\nsub/none.png,a,x\n"
        "sub/1.png,b,p01\nsub/2.png,,x\nsub/3.png,a,y\n"
    )
    flags = ("--label-column", "label", "--group-column", "group")
    flags += ("--validation-split", "0.34")
    _, found = check(folder, table, capsys, *flags)

    def rows_of(kind: str) -> "list[tuple[int, str, str | None]]":
        places = [place for group in found[kind]["groups"] for place in group]
        return [(place["line"], place["name"], place["path"]) for place in places]

    def row(line: int, name: str) -> "tuple[int, str, str]":
        return line, name, str(folder / name)

    assert rows_of("corrupt_images") == [row(3, "sub/broken.png")]
    assert rows_of("missing_images") == [(4, "sub/none.png", None)]
    assert rows_of("missing_labels") == [row(6, "sub/2.png")]
    groups = [row(2, "sub/0.png"), row(5, "sub/1.png")]
    assert rows_of("similar_groups") == groups
    (places,) = found["similar_groups"]["groups"]
    assert all(place["subset"] in ("training", "validation") for place in places)


def test_all_numbers_are_counted_if_no_row_has_a_file(folder, capsys):
    """The report has the same numbers, whatever the rows lack."""
    csv = folder.parent / "labels.csv"

    def counts_of(table: str) -> "dict[str, int]":
        csv.write_text("image,label\n" + table)
        flags = ["--image-column", "image", "--label-column", "label", "--json"]
        main(["check", str(folder), str(csv), *flags])
        return json.loads(capsys.readouterr().out)["counts"]

    save_noise(folder / "0.png", 0)
    assert [*counts_of("1.png,a\n")] == [*counts_of("0.png,a\n")]


DIFFERENT = [
    *(("-1", "1"), ("1.1", "11"), ("+1", "1"), ("1e-5", "1e5"), ("HER2+", "HER2-")),
    *(("HER2-", "HER2"), ("A+", "A-"), ("C", "C#"), ("C", "C++"), ("1.5 mm", "15 mm")),
    *(("-5 °C", "5 °C"), ("<5 mm", ">5 mm"), ("1-2 cm", "12 cm"), ("A +", "A -")),
    *(("ER- PR", "ER PR-"), ("😀", "😢")),
]
SIMILAR = [
    *(("P-01", "P01"), ("New-York", "new york"), ("HER2 +", "her2+"), ("x_1.", "X 1")),
    ("HER2\N{MINUS SIGN}", "HER2-"),
]


@pytest.mark.parametrize(
    ("one", "other", "is_similar"),
    [(*pair, False) for pair in DIFFERENT] + [(*pair, True) for pair in SIMILAR],
)
def test_signs_and_decimals_tell_names_apart(folder, capsys, one, other, is_similar):
    """Only case, blanks and punctuation do not tell classes and groups apart."""
    names = [one, other, "another"]
    for number in range(3):
        save_noise(folder / f"{number}.png", number)
    rows = [f"{number}.png,{name},{name}\n" for number, name in enumerate(names)]
    flags = ("--label-column", "label", "--group-column", "group")
    flags += ("--validation-split", "0.34")
    _, found = check(folder, "image,label,group\n" + "".join(rows), capsys, *flags)
    assert ("similar_classes" in found) == is_similar
    assert ("similar_groups" in found) == is_similar


@pytest.mark.parametrize(("names", "more"), [(4, "1 more pair is similar."), (6, "2")])
def test_more_similar_classes_are_counted(folder, capsys, names, more):
    """The number of the other pairs is in the singular or the plural."""
    rows = []
    for number, name in enumerate(["Cat", "cat", "Dog", "dog", "Ox", "ox"][:names]):
        save_noise(folder / f"{number}.png", number)
        rows.append(f"{number}.png,{name}\n")
    _, found = check(folder, "image,label\n" + "".join(rows), capsys)
    assert f"differ only by case. {more}" in found["similar_classes"]["message"]


def test_classes_with_one_image_and_unequal_shares_are_found(folder, capsys):
    """A class that is alone, and one that training lacks, are named."""
    rows = []
    for number in range(12):
        save_noise(folder / f"{number}.png", number)
        label = "lone" if number == 11 else "new" if number > 8 else "old"
        rows.append(f"{number}.png,{label},{'val' if number > 8 else 'train'}\n")
    flags = ["--label-column", "label", "--split-column", "part"]
    _, found = check(folder, "image,label,part\n" + "".join(rows), capsys, *flags)
    assert found["single_image_classes"]["classes"] == ["lone"]
    assert {*found["unequal_shares"]["classes"]} == {"lone", "new"}


def uneven(folder, capsys, counts: str, *flags: str) -> "list[str]":
    """Messages and advice on the shares of classes.

    Args:
        folder: Where one image is written for each class of each group.
        capsys: Captures the report.
        counts: `group,label,part,number of rows` of an image, in each line.
        *flags: Flags of `check`.
    """
    rows = []
    for name, line in enumerate(counts.split()):
        group, label, part, number = line.split(",")
        save_noise(folder / f"{name}.png", name)
        rows += [f"{name}.png,{label},{label}2,{part},{group}\n"] * int(number)
    csv = folder.parent / "labels.csv"
    csv.write_text("image,label,other,part,group\n" + "".join(rows))
    main(["check", str(folder), str(csv), "--json", *flags])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert "refused" not in {finding["kind"] for finding in findings}
    return [
        f"{finding['message']} {finding['advice']}"
        for finding in findings
        if finding["kind"] == "unequal_shares"
    ]


LABEL = ("--label-column", "label")
OUTPUTS = ("--label-mode", '{"label": "int", "other": "int"}')
GROUPS = ("--group-column", "group")
LAST = ("--validation-split", "0.3", "--no-shuffle")


def test_classes_that_training_lacks_do_not_hide_other_shares(folder, capsys):
    """A class without an image in training, and others with another share, are named.

    What training lacks does not count among the shares of the others.
    """
    part = ("--split-column", "part")
    counts = "g,a,train,30 g,b,train,30 g,a,val,30 g,c,val,9"
    absent, unequal = uneven(folder, capsys, counts, *LABEL, *part)
    assert "1 class in validation has no image in training: 'c'." in absent
    assert "2 classes have another share in validation than in training" in unequal
    assert "Assign images of each class to training in --split-column" in absent
    assert "--stratify" not in absent + unequal
    counts = "g,a,train,30 g,b,train,30 g,a,val,30 g,b,val,30 g,c,val,90"
    assert len(uneven(folder, capsys, counts, *LABEL, *part)) == 1


ADVICE_ON_SHARES = {
    "stratify": (
        "g,a,,6 g,a,,6 g,b,,3 g,b,,3",
        LABEL,
        "Pass --stratify to give every class its share.",
    ),
    "too small": (
        "g,a,,6 g,a,,6 g,b,,6",
        LABEL,
        "Every class needs 2 images: add some, or join classes, and pass --stratify.",
    ),
    "several outputs": (
        "g,a,,6 g,a,,6 g,b,,3 g,b,,3",
        OUTPUTS,
        "Pass --stratify label other to give every class its share.",
    ),
    "another column": (
        "g,a,,6 g,a,,6 h,b,,3 i,b,,3",
        (*LABEL, "--stratify", "group"),
        "Pass --stratify group label to give every class its share.",
    ),
    "groups": (
        "g,a,,60 h,a,,9 h,b,,6 h,b,,3",
        (*LABEL, *GROUPS, "--stratify"),
        "Every class needs images in 2 groups: add some, or join classes.",
    ),
}


@pytest.mark.parametrize(
    ("counts", "flags", "advice"), ADVICE_ON_SHARES.values(), ids=ADVICE_ON_SHARES
)
def test_advice_on_shares_is_not_refused(folder, capsys, counts, flags, advice):
    """How classes get their shares depends on the split, outputs and classes."""
    messages = uneven(folder, capsys, counts, *flags, *LAST)
    assert messages
    assert all(message.endswith(advice) for message in messages)
    if advice.startswith("Pass "):
        advised = advice.removeprefix("Pass ").partition(" to give ")[0].split()
        assert not uneven(folder, capsys, counts, *flags, *LAST, *advised)


@pytest.mark.parametrize("is_planted", [True, False])
def test_a_format_that_gives_the_label_away_is_found(folder, capsys, is_planted):
    """If one class is in JPEGs and another in PNGs, a model can learn the format."""
    rows = []
    for number in range(60):
        is_png = number % 2 if is_planted else number // 2 % 2
        name = f"{number}.{'png' if is_png else 'jpg'}"
        save_noise(folder / name, number, size=(24, 24))
        rows.append(f"{name},{'ab'[number % 2]}\n")
    _, found = check(folder, "image,label\n" + "".join(rows), capsys)
    assert ("giveaways" in found) == is_planted


@pytest.mark.parametrize(("of_a_folder", "is_found"), [(30, True), (6, False)])
def test_a_folder_of_a_source_gives_the_label_away(
    folder, capsys, of_a_folder, is_found
):
    """Folders of sources with one class each are named; those of patients are not."""
    rows = []
    for number in range(60):
        source = number // of_a_folder
        name = f"{source}/{number}.png"
        save_noise(folder / name, number)
        rows.append(f"{name},{'ab'[source % 2]}\n")
    _, found = check(folder, "image,label\n" + "".join(rows), capsys)
    assert ("giveaways" in found) == is_found
    if is_found:
        assert "The folder gives the label away" in found["giveaways"]["message"]


def test_small_images_are_left_out_of_near_duplicates(folder, capsys):
    """Images below 32 pixels are compared exactly, and the report says so."""
    for number in range(4):
        photograph(number).resize((24, 24)).save(folder / f"{number}.png")
    photograph(0).resize((24, 24)).save(folder / "near.jpg", quality=90)
    (folder / "same.png").write_bytes((folder / "1.png").read_bytes())
    rows = [f"{path.name},a\n" for path in sorted(folder.iterdir())]
    _, found = check(folder, "image,label\n" + "".join(rows), capsys)
    assert names_of(found["identical_files"]) == [{"1.png", "same.png"}]
    assert "near_duplicates" not in found
    main(["check", str(folder), str(folder.parent / "labels.csv")])
    assert "among 6 images with a side below 32 pixels" in capsys.readouterr().out
    _, found = check(folder, "image,label\n0.png,a\n1.png,a\n", capsys)
    assert not found
    main(["check", str(folder), str(folder.parent / "labels.csv")])
    assert "Nothing was found in what was looked at." in capsys.readouterr().out


def test_only_the_kinds_of_fail_on_count(folder, duplicates, capsys):
    """`--fail-on` names kinds or families, and suggests what was meant."""
    assert check(folder, duplicates, capsys, "--fail-on", "leaks")[0] == 0
    assert check(folder, duplicates, capsys, "--fail-on", "leaks,duplicates")[0] == 1
    csv = str(folder.parent / "labels.csv")
    assert main(["check", str(folder), csv, "--fail-on", "duplicate"]) == 2
    assert "Did you mean 'duplicates'?" in capsys.readouterr().err


def test_without_the_extra_the_rest_is_found(folder, duplicates, capsys, monkeypatch):
    """What needs other packages is named, and identical files are found as before."""
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "scipy" else find_spec(name, *rest),
    )
    csv = folder.parent / "labels.csv"
    csv.write_text(duplicates)
    main(["check", str(folder), str(csv), "--json"])
    report = json.loads(capsys.readouterr().out)
    kinds = {finding["kind"] for finding in report["findings"]}
    assert {"identical_files", "identical_pixels"} <= kinds
    assert "near_duplicates" not in kinds
    assert "pip install 'keras-csv-dataset[check]'" in report["skipped"][0]


def test_numbers_are_described(folder, capsys):
    """Numbers have a minimum, a median, a maximum and a histogram."""
    rows = []
    for number in range(5):
        save_noise(folder / f"{number}.png", number)
        rows.append(f"{number}.png,{number * number}\n")
    csv = folder.parent / "labels.csv"
    csv.write_text("image,age\n" + "".join(rows))
    command = ["check", str(folder), str(csv), "--label-mode", "raw"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "numbers label: minimum 0, median 4, maximum 16" in printed
    main([*command, "--json"])
    numbers = json.loads(capsys.readouterr().out)["numbers"]["label"]
    assert sum(numbers["counts"]) == 5


def test_the_page_is_written(folder, duplicates, capsys):
    """`--report` writes one page that shows the duplicates with their lines."""
    page = folder.parent / "report.html"
    check(folder, duplicates, capsys, "--report", str(page))
    html = page.read_text("utf-8")
    assert "copy.png" in html
    assert html.count("data:image/webp;base64,") >= 6


def test_a_missing_package_is_named_before_anything_is_read(
    folder, tmp_path, capsys, monkeypatch
):
    """Without what the page needs, the command says at once what to install."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    absent = str(tmp_path / "absent.csv")
    command = ["check", str(folder), absent, "--report", str(tmp_path / "r.html")]
    assert main(command) == 2
    assert "pip install 'keras-csv-dataset[check]'" in capsys.readouterr().err


def test_a_picture_without_a_label_in_its_first_row_still_contradicts(folder, capsys):
    """The first row with a label speaks for a picture that several rows name."""
    for number in range(12):
        save_noise(folder / f"{number}.png", number)
    (folder / "copy.png").write_bytes((folder / "0.png").read_bytes())
    rows = ["0.png,\n", "0.png,a\n"]
    rows += [f"{number}.png,{'ab'[number % 2]}\n" for number in range(1, 12)]
    rows.append("copy.png,b\n")
    flags = ["--missing-labels", "skip", "--validation-split", "0.3", "--no-shuffle"]
    _, found = check(folder, "image,label\n" + "".join(rows), capsys, *flags)
    for kind in ("conflicting_duplicates", "leaking_duplicates"):
        (group,) = found[kind]["groups"]
        assert [(place["line"], place["label"]) for place in group] == [
            (3, "a"),
            (15, "b"),
        ]


def test_a_picture_is_counted_once(folder, capsys):
    """Identical and near copies of one picture are one contradiction."""
    photograph(0).save(folder / "0.png")
    photograph(0).save(folder / "same.bmp")
    photograph(0).save(folder / "near.jpg", quality=60)
    photograph(1).save(folder / "other.png")
    table = "image,label\n0.png,a\nsame.bmp,b\nnear.jpg,a\nother.png,b\n"
    _, found = check(folder, table, capsys)
    assert names_of(found["conflicting_duplicates"]) == [
        {"0.png", "same.bmp", "near.jpg"}
    ]


def test_a_refused_split_always_fails(folder, capsys):
    """If the split is refused, no leak was looked for: `--fail-on leaks` fails too."""
    for number in range(4):
        save_noise(folder / f"{number}.png", number)
    table = "image,label\n0.png,a\n1.png,a\n2.png,a\n3.png,lone\n"
    flags = ["--validation-split", "0.5", "--stratify", "--fail-on", "leaks"]
    status, found = check(folder, table, capsys, *flags)
    assert "refused" in found
    assert status == 1


def test_names_that_look_like_arguments_stay_as_they_are(folder, capsys):
    """Only advice is reworded as flags, not the names of files."""
    save_noise(folder / "0.png", 0)
    _, found = check(folder, "image,label\n0.png,a\nseed=4.jpg,a\n", capsys)
    assert "'seed=4.jpg'" in found["missing_images"]["message"]


def test_large_numbers_are_compared_exactly(folder, capsys):
    """Two numbers that differ in the last digit contradict each other."""
    save_noise(folder / "0.png", 0)
    (folder / "1.png").write_bytes((folder / "0.png").read_bytes())
    table = "image,value\n0.png,1234560\n1.png,1234561\n"
    _, found = check(folder, table, capsys, "--label-mode", "raw")
    (group,) = found["conflicting_duplicates"]["groups"]
    assert [place["label"] for place in group] == ["1234560", "1234561"]
