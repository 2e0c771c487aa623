"""`exif_orientation`: photographs are turned upright, as Pillow turns them."""

import json

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image, ImageOps

from images import batches, form_of, load, save_noise
from in_each_format import FORMATS
from keras_csv_dataset.__main__ import main
from keras_csv_dataset._images import orientation
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")

TAG = 0x0112
ASPECTS = {
    "plain": {},
    "crop": {"crop_to_aspect_ratio": True},
    "pad": {"pad_to_aspect_ratio": True},
}
EVERY = range(1, 9)


def noise(height: int, width: int, seed: int = 0) -> Image.Image:
    levels = np.random.default_rng(seed).integers(0, 256, (height, width, 3))
    return Image.fromarray(levels.astype(np.uint8))


def tagged(path, image: Image.Image, value: int) -> None:
    """Writes an image with an EXIF orientation; a WebP without loss."""
    exif = Image.Exif()
    exif[TAG] = value
    options = {"lossless": True} if path.suffix == ".webp" else {}
    image.save(path, exif=exif, **options)


def upright(image: Image.Image, value: int) -> Image.Image:
    """What Pillow makes of an image with this tag."""
    image.getexif()[TAG] = value
    return ImageOps.exif_transpose(image)


def table(folder) -> pd.DataFrame:
    names = sorted(path.name for path in folder.iterdir())
    return pd.DataFrame({"image": names, "label": range(len(names))})


def read(folder, csv=None, **arguments) -> np.ndarray:
    """The images of a folder, in the order of their names."""
    dataset = load(folder, table(folder) if csv is None else csv, **arguments)
    return np.concatenate([images for images, _ in batches(dataset)])


def as_stored(path, each_format) -> Image.Image:
    """The pixels in a file, as they are decoded in training."""
    with Image.open(path) as image:
        size = image.size[::-1]
    csv = pd.DataFrame({"image": [path.name], "label": 0})
    arguments = {"image_size": size, "interpolation": "nearest"}
    return Image.fromarray(np.asarray(read(path.parent, csv, **arguments)[0]))


@each_pair(
    is_possible=lambda case: (
        hasattr(tf.io, "decode_webp")
        or (case.get("suffix"), case.get("each_format")) != ("webp", "tf")
    ),
    suffix=["jpg", "png", "webp"],
    aspect=ASPECTS,
    interpolation=["bilinear", "nearest", "area"],
    cache=[None, True, "kept"],
    data_format=["channels_last", "channels_first"],
    each_format=FORMATS,
)
def test_every_orientation_is_turned_as_by_pillow(
    folder, tmp_path, suffix, aspect, interpolation, cache, data_format, each_format
):
    """Each pixel is that of the file that Pillow has turned upright."""
    expected = tmp_path / "upright"
    expected.mkdir()
    for value in EVERY:
        path = folder / f"{value}.{suffix}"
        tagged(path, noise(13, 29, value), value)
        image = upright(as_stored(path, each_format), value)
        image.save(expected / f"{value}.png")
    arguments = {"image_size": (10, 17), "interpolation": interpolation}
    arguments |= {"data_format": data_format, **aspect}
    if cache is not None:
        arguments["cache"] = cache if cache is True else tmp_path / cache
    turned = read(folder, exif_orientation=True, **arguments)
    assert np.array_equal(turned, read(expected, **arguments))


@pytest.mark.parametrize("color_mode", ["grayscale", "rgba"])
def test_every_number_of_channels_is_turned(folder, color_mode):
    """One channel and four are turned as three are."""
    for value in EVERY:
        tagged(folder / f"{value}.png", noise(5, 5), value)
    arguments = {"color_mode": color_mode, "interpolation": "nearest"}
    arguments["image_size"] = (5, 5)
    stored, turned = (
        read(folder, **arguments),
        read(folder, exif_orientation=True, **arguments),
    )
    for value, image, its_turned in zip(EVERY, stored, turned, strict=True):
        expected = upright(Image.fromarray(np.squeeze(image)), value)
        assert np.array_equal(np.squeeze(its_turned), np.asarray(expected))


def test_without_it_the_tag_is_ignored_as_in_keras(folder, tmp_path):
    """The same pixels come from files with and without the tag."""
    (tmp_path / "untagged").mkdir()
    for value in EVERY:
        tagged(folder / f"{value}.jpg", noise(8, 16), value)
        noise(8, 16).save(tmp_path / "untagged" / f"{value}.jpg")
    assert np.array_equal(read(folder), read(tmp_path / "untagged"))


def test_batches_keep_their_static_shape(folder):
    """Turned images have the shape and the dtype of other images."""
    tagged(folder / "a.jpg", noise(8, 16), 6)
    dataset = load(folder, table(folder), exif_orientation=True, image_size=(4, 6))
    assert form_of(dataset, 0) == ("float32", (4, 6, 3))


@each_pair(
    # Whole blocks of 8 pixels, and others, which reach beyond the image.
    size=[(160, 96), (157, 93)],
    aspect={name: ASPECTS[name] for name in ("plain", "crop")},
    interpolation=["bilinear", "bicubic"],
    each_format=FORMATS,
)
def test_a_scaled_jpeg_is_turned(folder, size, aspect, interpolation):
    """What `scaled_decoding` makes of a tagged JPEG is its upright image, turned."""
    smooth = noise(5, 4).resize(size, Image.Resampling.BICUBIC)
    for value in EVERY:
        tagged(folder / f"{value}.jpg", smooth, value)
    wanted = {"image_size": (21, 21), "interpolation": interpolation, **aspect}
    turned = read(folder, exif_orientation=True, scaled_decoding=True, **wanted)
    for image, value in zip(turned, EVERY, strict=True):
        (stored, *_) = read(folder, scaled_decoding=True, **wanted)
        back = {6: 8, 8: 6}.get(value, value)
        channels = [
            np.asarray(upright(Image.fromarray(channel), back))
            for channel in np.moveaxis(image, 2, 0)
        ]
        assert abs(np.stack(channels, axis=2) - stored).max() < 0.01


def test_a_mask_is_turned_by_its_own_tag(folder):
    """A mask without a tag fits an upright photograph, and one with a tag its file."""
    numbers = np.random.default_rng(1).integers(0, 250, (6, 9)).astype(np.uint8)
    stored = Image.fromarray(np.stack([numbers] * 3, axis=2))
    tagged(folder / "image.png", stored, 6)
    tagged(folder / "tagged.png", Image.fromarray(numbers), 6)
    upright(Image.fromarray(numbers), 6).save(folder / "upright.png")
    for mask in ("tagged.png", "upright.png"):
        csv = pd.DataFrame({"image": ["image.png"], "mask": [mask]})
        for more in ({}, {"cache": True}, {"corrupt_images": "error"}):
            dataset = load(
                folder,
                csv,
                label_mode="mask",
                label_column="mask",
                image_column="image",
                image_size=(9, 6),
                interpolation="nearest",
                exif_orientation=True,
                **more,
            )
            ((images, masks),) = batches(dataset)
            assert np.array_equal(
                images[0, ..., 0], np.asarray(upright(Image.fromarray(numbers), 6))
            )
            assert np.array_equal(masks[0, ..., 0], images[0, ..., 0])


@pytest.mark.parametrize("corrupt_images", [None, "error"])
def test_a_mask_that_lies_on_its_side_is_refused(folder, corrupt_images):
    """A mask of the size of the file does not fit the upright photograph."""
    tagged(folder / "image.jpg", noise(6, 9), 6)
    Image.new("L", (9, 6)).save(folder / "mask.png")
    csv = pd.DataFrame({"image": ["image.jpg"], "mask": ["mask.png"]})
    arguments = {"label_mode": "mask", "label_column": "mask", "image_column": "image"}
    arguments["corrupt_images"] = corrupt_images
    list(batches(load(folder, csv, **arguments)))
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError), match="mask"):
        list(batches(load(folder, csv, exif_orientation=True, **arguments)))


def test_images_of_a_row_and_targets_are_turned_by_their_own_tags(folder):
    """Two views and a target image have a tag each."""
    for name, value in {"left": 3, "right": 8, "target": 5}.items():
        tagged(folder / f"{name}.png", noise(7, 7), value)
    csv = pd.DataFrame({"left": ["left.png"], "right": "right.png", "y": "target.png"})
    dataset = load(
        folder,
        csv,
        label_mode="image",
        image_column=["left", "right"],
        label_column="y",
        image_size=(7, 7),
        exif_orientation=True,
    )
    ((images, targets),) = batches(dataset)
    for found, value in ((images["left"], 3), (images["right"], 8), (targets, 5)):
        assert np.array_equal(found[0], np.asarray(upright(noise(7, 7), value)))


def test_photographs_are_paired_with_their_labels(folder):
    """Shuffled and repeated, each photograph is turned by its own tag."""
    for value in EVERY:
        tagged(folder / f"{value}.png", noise(6, 6, value), value)
    csv = pd.concat([table(folder)] * 3)
    arguments = {"shuffle": True, "seed": 1, "batch_size": 5, "image_size": (6, 6)}
    dataset = load(folder, csv, label_mode="raw", exif_orientation=True, **arguments)
    seen = 0
    for images, labels in batches(dataset):
        for image, label in zip(images, labels, strict=True):
            value = int(label) + 1
            assert np.array_equal(image, np.asarray(upright(noise(6, 6, value), value)))
            seen += 1
    assert seen == 24


def test_each_host_reads_the_heads_of_its_own_files_once(folder, monkeypatch):
    """Only the files of the shard are opened for their orientation, each once."""
    for number in range(6):
        save_noise(folder / f"{number}.png", number)
    opened = []
    open_to_read = orientation.open_to_read
    monkeypatch.setattr(
        orientation,
        "open_to_read",
        lambda path: opened.append(path) or open_to_read(path),
    )
    csv = pd.concat([table(folder)] * 2)
    dataset = load(folder, csv, exif_orientation=True, num_shards=2, shard_index=0)
    list(batches(dataset))
    assert sorted(opened) == sorted({*dataset.file_paths})
    assert len(opened) == 3


def test_a_file_that_cannot_be_read_is_left_to_training(folder):
    """A missing or empty file raises no error when the orientations are read."""
    (folder / "empty.jpg").touch()
    csv = pd.DataFrame({"image": ["no.jpg", "empty.jpg"], "label": [0, 1]})
    dataset = load(folder, csv, missing_images="unchecked", exif_orientation=True)
    with pytest.raises((OSError, ValueError, tf.errors.OpError)):
        list(batches(dataset))


def test_what_is_turned_is_said(folder, capsys):
    """The function says how many files are turned, and nothing if there are none."""
    tagged(folder / "a.jpg", noise(8, 8), 8)
    tagged(folder / "b.jpg", noise(8, 8), 1)
    load(folder, table(folder), exif_orientation=True, verbose=True)
    assert "Turning 1 image file upright" in capsys.readouterr().out
    load(folder, table(folder)[1:], exif_orientation=True, verbose=True)
    assert "upright" not in capsys.readouterr().out


def test_check_advises_the_flag_until_it_is_given(
    folder, write_csv, capsys, each_format
):
    """`check` counts photographs on their side, and none with the flag."""
    names = []
    for number in range(3):
        names.append(f"{number}.jpg")
        tagged(folder / names[-1], noise(64, 96, number), 6)
    rows = "".join(f"{name},{'aba'[n]}\n" for n, name in enumerate(names))
    csv = write_csv("image,label\n" + rows)

    def findings(*flags):
        main(
            ["check", str(folder), str(csv), "--json", "--format", each_format, *flags]
        )
        report = json.loads(capsys.readouterr().out)
        return {finding["kind"]: finding for finding in report["findings"]}

    found = findings("--image-size", "96", "64")
    assert "3 images are not upright" in found["exif_orientation"]["message"]
    assert "--exif-orientation" in found["exif_orientation"]["advice"]
    assert "upscaled_images" in found
    found = findings("--image-size", "96", "64", "--exif-orientation")
    assert "exif_orientation" not in found
    assert "upscaled_images" not in found, "their height is their width"


def test_preview_draws_what_training_sees(folder, tmp_path, each_format):
    """With the flag, the picture is that of upright files."""
    tagged(folder / "a.png", noise(20, 30), 7)
    (tmp_path / "upright").mkdir()
    upright(noise(20, 30), 7).save(tmp_path / "upright" / "a.png")
    csv = tmp_path / "labels.csv"
    csv.write_text("image,label\na.png,x\n")

    def picture(directory, *flags):
        output = tmp_path / "preview.png"
        files = [str(directory), str(csv), "-o", str(output), "--format", each_format]
        assert main(["preview", *files, *flags]) == 0
        return output.read_bytes()

    turned = picture(folder, "--exif-orientation")
    assert turned == picture(tmp_path / "upright")
    assert turned != picture(folder)
