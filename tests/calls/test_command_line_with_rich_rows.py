"""The commands `check` and `preview` with rows that hold more."""

import json

import numpy as np
import pytest
from PIL import Image

from images import save
from keras_csv_dataset.__main__ import main
from keras_csv_dataset._arguments import read_row_spec
from keras_csv_dataset._cli.gallery import caption_of, panels_of
from keras_csv_dataset._frameworks import import_framework
from keras_csv_dataset._images import ImageSpec
from keras_csv_dataset._rows import locate_rows, make_samples
from rich_rows import NUM_ROWS, file_of, rich_rows, save_rich_rows

MODES = {"species": "int", "mask": "mask", "target": "image", "caption": "text"}
MODES |= {"box": "raw"}
OPTIONS = [
    *("--image-column", "front", "side"),
    *("--input-columns", "age", "name"),
    *("--label-mode", json.dumps(MODES)),
    *("--label-column", '{"box": ["x", "y", "width", "height"]}'),
]
each_format = pytest.mark.parametrize(
    "format", ["tf", pytest.param("grain", marks=pytest.mark.grain)]
)


@pytest.fixture
def rich(tmp_path):
    """A folder, and a CSV with a row for each of its images."""
    folder = save_rich_rows(tmp_path / "images")
    csv = tmp_path / "labels.csv"
    rich_rows().to_csv(csv, index=False)
    return folder, csv


def run(command, rich, format, *options):
    return main([command, *map(str, rich), *OPTIONS, "--format", format, *options])


@each_format
def test_check_counts_every_column_of_images(rich, format, capsys):
    """All views, masks and targets are found and decoded."""
    # The images of one colour and the single images of classes are no errors.
    assert run("check", rich, format, "--json", "--fail-on", "rows") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["counts"]["rows_with_image_file"] == NUM_ROWS
    assert report["counts"]["image_files_without_row"] == 0
    assert report["formats"] == {".png": 4 * NUM_ROWS}
    assert [*report["conventions"]] == ["front", "side", "mask", "target"]
    assert report["classes"]["species"]["s03"] == 1
    assert not {"caption", "mask"} & report["classes"].keys()


@each_format
def test_check_names_what_is_wrong_with_any_of_them(rich, format, capsys):
    """A broken view, a mask of another size and one of colours, each with its line."""
    folder = rich[0]
    (folder / file_of("side", 1)).write_bytes(b"not an image")
    Image.new("L", (5, 8)).save(folder / file_of("mask", 2))
    save(folder / file_of("mask", 3), 77)
    (folder / file_of("target", 4)).unlink()
    assert run("check", rich, format) == 1
    printed = capsys.readouterr().out
    names = {n: repr(file_of(c, n)) for n, c in enumerate([0, "side", "mask", "mask"])}
    assert f"line 3: {names[1]} cannot be decoded" in printed
    assert (
        f"line 4: the mask {names[2]} has 8 × 5 pixels (height × width), but its image "
        "has 8 × 8" in printed
    )
    assert f"line 5: {names[3]} cannot be decoded: it is a mask of colours" in printed
    assert f"line 6: column 'target': {file_of('target', 4)!r} is not an" in printed


def test_check_names_a_blank_input(rich, capsys):
    """Advice about a blank input is for the command line."""
    csv = rich[1]
    frame = rich_rows().astype({"age": object})
    frame.loc[2, "age"] = None
    frame.to_csv(csv, index=False)
    assert run("check", rich, "tf") == 1
    printed = capsys.readouterr().out
    assert "labels.csv, line 4: column 'age' is blank" in printed
    assert 'write a new CSV with df.to_csv("new.csv", index=False)' in printed


@each_format
def test_preview_draws_all_of_a_row(rich, format, tmp_path):
    """The picture is written, and leaves out a row whose mask is broken."""
    output = tmp_path / "picture.png"
    assert run("preview", rich, format, "-o", str(output)) == 0
    with Image.open(output) as picture:
        colours = {c for _, c in picture.convert("RGB").getcolors(10**6)}
    # Two views and a target of each row, at least.
    assert len(colours) > 2 * NUM_ROWS


@each_format
def test_preview_names_a_mask_that_is_none(rich, format, tmp_path, capsys):
    """The row is left out, and the reason is printed."""
    save(rich[0] / file_of("mask", 3), 77)
    assert run("preview", rich, format, "-o", str(tmp_path / "picture.png")) == 0
    printed = capsys.readouterr().err
    assert "labels.csv, line 5: " in printed
    assert "it is a mask of colours" in printed


@each_format
def test_a_panel_shows_views_masks_and_targets(rich, format):
    """Views are side by side, the mask is over the first, and the target is last."""
    framework = import_framework(format)
    folder, csv = rich
    mask = np.zeros((8, 8), np.uint8)
    mask[:, 4:] = 3
    Image.fromarray(mask).save(folder / file_of("mask", 0))
    spec = read_row_spec(
        directory=folder,
        csv=csv,
        csv_options=None,
        format="tf",
        label_mode=MODES,
        class_names=None,
        image_column=["front", "side"],
        input_columns=["age", "name"],
        label_column={"box": ["x", "y", "width", "height"]},
        label_separator=None,
        weight_column=None,
        class_weight=None,
        split_column=None,
        group_column=None,
        stratify=False,
        missing_images="error",
        missing_labels="error",
        corrupt_images=None,
        follow_links=False,
    )
    rows = locate_rows(spec, framework.decodable_formats(cached=False))
    samples = make_samples(rows, spec, framework.check_images, lambda *_: None)
    dataset = framework.build_dataset(
        samples,
        np.arange(2),
        ImageSpec(image_size=(8, 16), pad_to_aspect_ratio=True),
        batch_size=2,
        shuffle_buffer_size=None,
        seed=0,
        cache=None,
    )
    panel = panels_of(samples, next(iter(dataset)))[0]
    assert panel.shape == (8, 3 * 16, 3)
    front, side, target = (panel[:, 16 * n + 4 : 16 * n + 12] for n in range(3))
    # Padding is black, and no class.
    assert not panel[:, :4].any()
    assert (front[:, :4] == [8, 8, 8]).all()
    # The colour of class 3 in the map "tab10", over the image.
    assert np.allclose(front[:, 4:], (8 + np.array([214, 39, 40])) / 2, atol=0.6)
    assert (side == [8, 6 * 16 + 8, 4 * 16 + 8]).all()
    assert (target == [8, 12 * 16 + 8, 8 * 16 + 8]).all()
    caption = caption_of(samples, 1, str(folder), num_images=3)
    assert "species s01" in caption.labels
    files = f"{file_of('front', 1)}, {file_of('side', 1)}, line 3"
    assert caption.notes == [files, "age 0.25", "name Ann, 01/ü"]


def test_a_blank_mask_is_a_missing_label(rich, capsys):
    """A row without a mask lacks a label: its image is neither missing nor corrupt."""
    folder, csv = rich
    rows = rich_rows()
    rows.loc[2, "mask"] = ""
    rows.to_csv(csv, index=False)
    command = ["check", str(folder), str(csv), "--image-column", "front"]
    command += ["--label-mode", "mask", "--label-column", "mask"]
    command += ["--fail-on", "missing_labels"]
    assert main([*command, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    found = {finding["kind"]: finding for finding in report["findings"]}
    assert (
        "labels.csv, line 4: column 'mask' is blank"
        in (found["missing_labels"]["message"])
    )
    assert "corrupt_images" not in found
    assert report["counts"]["rows_with_image_file"] == NUM_ROWS
    assert report["counts"]["rows_with_image_without_label"] == 1
    assert main([*command, "--missing-labels", "skip"]) == 0


@each_format
def test_preview_of_masks_alone(rich, format, tmp_path):
    """A single output without a name is drawn as well."""
    output = str(tmp_path / "picture.png")
    options = ["--image-column", "front", "--label-mode", "mask"]
    options += ["--label-column", "mask", "--format", format, "-o", output]
    assert main(["preview", *map(str, rich), *options]) == 0
    with Image.open(output) as picture:
        assert picture.width > 300
