"""TIFF, AVIF, HEIC and DICOM are read where no graph is in the way.

That is with `format="grain"`, and with `format="tf"` and a cache.
"""

import sys

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from images import batches, load, numbers_and_labels
from images import save as save_colour
from keras_csv_dataset.__main__ import main

pytest.importorskip("pydicom", reason="the extra `formats` is not installed")
pytest.importorskip("pillow_heif", reason="the extra `formats` is not installed")

import pydicom

from formats_in_python import SUFFIXES, bomb, dicom, picture, save, save_dicom

# The calls that read these formats.
WAYS = {
    "tf, cache in memory": {"cache": True},
    "tf, cache in a folder": {"cache": "decoded"},
    "grain": pytest.param({"format": "grain"}, marks=pytest.mark.grain),
    "grain, cache": pytest.param(
        {"format": "grain", "cache": True}, marks=pytest.mark.grain
    ),
}
in_each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
# One for each framework.
DECODERS = {"tf": WAYS["tf, cache in memory"], "grain": WAYS["grain"]}
with_each_decoder = pytest.mark.parametrize("way", DECODERS.values(), ids=DECODERS)
MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
# How far the pixels are from those that were saved: HEIC and AVIF are never exact.
TOLERANCE = {".tif": 1, ".avif": 5, ".heic": 5, ".dcm": 1}
DECODING_ERRORS = (ValueError, tf.errors.InvalidArgumentError)
# What to do, as each message says it.
TWO_WAYS = r'pass cache=True, which .*, or format="grain"'
INSTALL = r"pip install 'keras-csv-dataset\[formats\]'"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    """The cache in a folder is a relative path."""
    monkeypatch.chdir(tmp_path)


def table(*names: str) -> pd.DataFrame:
    labels = [f"class {number}" for number in range(len(names))]
    return pd.DataFrame({"image": names, "label": labels})


def read(folder, name, **arguments) -> np.ndarray:
    """One image of a folder, at its original size and with its own levels."""
    arguments = {"image_size": (21, 27), "interpolation": "nearest", **arguments}
    ((images, _),) = batches(load(folder, table(name), **arguments))
    return np.asarray(images[0])


def remove(monkeypatch, *modules: str) -> None:
    """Makes packages missing."""
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)


@in_each_way
@pytest.mark.parametrize("color_mode", MODES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_is_read_in_every_colour_mode(folder, suffix, color_mode, way):
    """The pixels are those that were saved; grey is the luma of RGB."""
    save(folder / f"a{suffix}", picture())
    pixels = read(folder, "a", color_mode=color_mode, **way).astype(int)
    wanted = np.asarray(picture().convert(MODES[color_mode])).reshape(21, 27, -1)
    assert pixels.shape == wanted.shape
    assert abs(pixels - wanted).max() <= TOLERANCE[suffix]


@with_each_decoder
@pytest.mark.parametrize("color_mode", MODES)
def test_alpha_is_read(folder, color_mode, way):
    """A TIFF with alpha is read as a PNG with the same pixels."""
    image = picture()
    image.putalpha(
        Image.fromarray(
            np.arange(21 * 27, dtype=np.uint16).reshape(21, 27).astype(np.uint8)
        )
    )
    image.save(folder / "a.tif")
    image.save(folder / "b.png")
    pixels, wanted = (
        read(folder, name, color_mode=color_mode, **way).astype(int)
        for name in ("a.tif", "b.png")
    )
    assert abs(pixels - wanted).max() <= 1


@in_each_way
def test_they_are_resized_as_other_formats(folder, way):
    """Crops, padding and interpolation are those of a PNG with the same pixels."""
    picture().save(folder / "a.tif")
    picture().save(folder / "b.png")
    for arguments in (
        {"crop_to_aspect_ratio": True, "interpolation": "bilinear"},
        {"pad_to_aspect_ratio": True, "interpolation": "bicubic"},
        {"data_format": "channels_first", "interpolation": "area"},
    ):
        arguments |= {"image_size": (8, 20), **way}
        assert np.array_equal(
            read(folder, "a.tif", **arguments), read(folder, "b.png", **arguments)
        )


@with_each_decoder
def test_every_image_has_its_own_label(folder, way):
    """Formats can be mixed in a folder: the colour of every image tells its label."""
    names = ["0.tif", "1.png", "2.TIFF", "3.dcm", "4.jpg"]
    for number, name in enumerate(names):
        image = Image.open(save_colour(folder / "colour.png", number))
        if name.endswith("dcm"):
            save_dicom(folder / name, np.asarray(image))
        else:
            image.save(folder / name, **({"quality": 100} if "jpg" in name else {}))
    csv = pd.DataFrame({"image": list("43210"), "label": [4, 3, 2, 1, 0]})
    dataset = load(folder, csv, label_mode="raw", image_column="image", **way)
    assert numbers_and_labels(dataset) == [(n, n) for n in (4, 3, 2, 1, 0)]


class TestWithoutACache:
    """With `format="tf"` and no cache, TensorFlow would have to decode them."""

    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_the_error_says_both_ways(self, folder, suffix):
        """The error gives the line and the format, and both ways work."""
        save(folder / f"b{suffix}", picture())
        save_colour(folder / "a.png", 0)
        with pytest.raises(
            ValueError, match=rf"row 1: 'b' is a \{suffix} file\n.*{TWO_WAYS}"
        ):
            load(folder, table("a", "b"))
        load(folder, table("a", "b"), cache=True)

    def test_so_does_that_for_a_folder_of_such_files(self, folder):
        """A folder that contains nothing else is refused with the same advice."""
        save(folder / "a.tif", picture())
        with pytest.raises(
            ValueError, match=rf"contains none, but 'a.tif'.*{TWO_WAYS}"
        ):
            load(folder, table("a"))

    def test_so_does_that_for_unchecked_names(self, folder):
        """With `missing_images="unchecked"`, the suffix is that of the name."""
        save(folder / "a.tif", picture())
        arguments = {"missing_images": "unchecked", "image_column": "image"}
        with pytest.raises(ValueError, match=rf"'a.tif' is a .tif file\n.*{TWO_WAYS}"):
            load(folder, table("a.tif"), **arguments)
        load(folder, table("a.tif"), cache=True, **arguments)

    def test_rows_can_be_skipped(self, folder):
        """`missing_images="skip"` leaves these rows out with a warning."""
        save(folder / "b.tif", picture())
        save_colour(folder / "a.png", 0)
        with pytest.warns(UserWarning, match=r"1 of 2 rows is left out"):
            dataset = load(folder, table("a", "b"), missing_images="skip")
        assert numbers_and_labels(dataset) == [(0, 0)]


class TestMissingPackage:
    """If a package is missing, the error says what to install."""

    @pytest.mark.parametrize(
        ("suffix", "module", "package"),
        [
            (".heic", "pillow_heif", "HEIC files need pillow-heif"),
            (".dcm", "pydicom", "DICOM files need pydicom"),
        ],
    )
    @in_each_way
    def test_the_error_names_it(
        self, folder, suffix, module, package, way, monkeypatch
    ):
        """The error names the row, the package, and the command."""
        save(folder / f"b{suffix}", picture())
        save_colour(folder / "a.png", 0)
        remove(monkeypatch, module)
        with pytest.raises(
            ValueError, match=rf"row 1: 'b' is a \{suffix} file\n{package}: {INSTALL}"
        ):
            load(folder, table("a", "b"), **way)

    def test_without_a_cache_both_are_said(self, folder, monkeypatch):
        """Without a cache, the error says the two ways, and what to install first."""
        save(folder / "b.dcm", picture())
        save_colour(folder / "a.png", 0)
        remove(monkeypatch, "pydicom")
        with pytest.raises(ValueError, match=rf"{TWO_WAYS}\. DICOM .*: {INSTALL}"):
            load(folder, table("a", "b"))

    @pytest.mark.parametrize("suffix", [".tif", ".avif"])
    def test_pillow_is_no_dependency_of_the_package(self, folder, suffix, monkeypatch):
        """A cache reads TIFF and AVIF if Pillow is installed, and else says so."""
        save(folder / f"b{suffix}", picture())
        save_colour(folder / "a.png", 0)
        remove(monkeypatch, "PIL", "PIL.features")
        with pytest.raises(ValueError, match=rf" files need Pillow.*: {INSTALL}"):
            load(folder, table("a", "b"), cache=True)

    @with_each_decoder
    def test_an_older_pillow_has_no_avif(self, folder, way, monkeypatch):
        """The error says which version of Pillow decodes AVIF."""
        save(folder / "b.avif", picture())
        save_colour(folder / "a.png", 0)
        monkeypatch.delitem(__import__("PIL.features").features.modules, "avif")
        with pytest.raises(ValueError, match=rf"Pillow 11\.3 or newer: {INSTALL}"):
            load(folder, table("a", "b"), **way)

    @pytest.mark.grain
    def test_a_file_with_another_suffix(self, folder, monkeypatch):
        """A HEIC file that is called a JPEG is recognised, and named."""
        save(folder / "b.heic", picture()).rename(folder / "b.jpg")
        remove(monkeypatch, "pillow_heif")
        with pytest.raises(
            ValueError, match=rf"b\.jpg' cannot .*pillow-heif: {INSTALL}"
        ):
            read(folder, "b", format="grain")


class TestTwoFilesOfOneName:
    """Of two files that a name fits, none is chosen if both can be decoded."""

    @pytest.fixture(params=[".tif", ".dcm"])
    def files(self, request, folder) -> str:
        """A file in one of these formats beside a JPEG: image 5."""
        save(folder / f"1{request.param}", picture())
        save_colour(folder / "1.jpg", 5)
        return request.param

    @in_each_way
    def test_both_are_named(self, files, folder, way):
        """Where both can be decoded, the error names both."""
        with pytest.raises(
            ValueError,
            match=rf"'1' fits several files: '1\{files}', '1.jpg'|"
            rf"'1' fits several files: '1.jpg', '1\{files}'",
        ):
            load(folder, table("1"), image_column="image", **way)

    def test_what_tensorflow_decodes_is_read_without_a_cache(self, files, folder):
        """A file that cannot be decoded comes after one that can."""
        dataset = load(folder, table("1"), image_column="image")
        assert numbers_and_labels(dataset) == [(5, 0)]

    @with_each_decoder
    def test_the_suffix_tells_them_apart(self, files, folder, way):
        """A name with a suffix is that file."""
        dataset = load(folder, table("1.jpg"), image_column="image", **way)
        assert numbers_and_labels(dataset) == [(5, 0)]
        pixels = read(folder, f"1{files}", image_column="image", **way)
        assert abs(pixels.astype(int) - np.asarray(picture())).max() <= 1

    @with_each_decoder
    def test_a_format_whose_package_is_missing_comes_second(
        self, folder, way, monkeypatch
    ):
        """Without pydicom, `1` beside `1.dcm` is `1.jpg`, as without a cache."""
        save(folder / "1.dcm", picture())
        save_colour(folder / "1.jpg", 5)
        remove(monkeypatch, "pydicom")
        dataset = load(folder, table("1"), image_column="image", **way)
        assert numbers_and_labels(dataset) == [(5, 0)]

    @pytest.mark.parametrize("command", ["check", "preview"])
    def test_the_commands_read_what_training_reads(
        self, files, folder, command, capsys
    ):
        """Where a call without a cache finds all files, so do the commands."""
        table("1").to_csv("labels.csv", index=False)
        output = ["-o", "out.png"] if command == "preview" else ["--fail-on", "refused"]
        columns = ["--image-column", "image"]
        assert main([command, str(folder), "labels.csv", *columns, *output]) == 0
        assert "cache=True" not in capsys.readouterr().err


class TestSuffixOfAnotherFormat:
    """The content of a file decides how it is decoded."""

    @with_each_decoder
    def test_a_png_called_tif_is_read(self, folder, way):
        """A PNG with the suffix of a TIFF is read as a PNG."""
        picture().save(folder / "a.png")
        (folder / "a.png").rename(folder / "a.tif")
        assert np.array_equal(read(folder, "a", **way), picture())

    @pytest.mark.grain
    def test_a_tiff_called_jpg_is_read_with_grain(self, folder):
        """A TIFF with the suffix of a JPEG is read as a TIFF."""
        picture().save(folder / "a.tif")
        (folder / "a.tif").rename(folder / "a.jpg")
        assert np.array_equal(read(folder, "a", format="grain"), picture())

    @pytest.mark.parametrize("cache", [None, True])
    def test_a_tiff_called_jpg_is_refused_with_tf(self, folder, cache):
        """With `format="tf"`, it is refused with and without a cache, and by checks."""
        picture().save(folder / "a.tif")
        (folder / "a.tif").rename(folder / "a.jpg")
        with pytest.raises(DECODING_ERRORS, match=r"a\.jpg.*is decoded here"):
            read(folder, "a", cache=cache)
        with pytest.raises(
            ValueError, match="'a' cannot be decoded: it is not an image"
        ):
            read(folder, "a", cache=cache, corrupt_images="error")

    @with_each_decoder
    def test_a_text_called_tif_is_refused(self, folder, way):
        """A file that is no image is named."""
        (folder / "a.tif").write_text("no image")
        with pytest.raises(DECODING_ERRORS, match=r"a\.tif.*not an image in a format"):
            read(folder, "a", **way)


@with_each_decoder
def test_the_error_for_a_dicom_file_without_a_preamble_says_what_it_lacks(folder, way):
    """Such a file is not recognised, and saving it as documented makes it readable."""
    contents = dicom(np.asarray(picture()))
    (folder / "a.dcm").write_bytes(contents[132:])
    for check in (None, "error"):
        with pytest.raises(DECODING_ERRORS, match=r"a.*DICOM with a preamble\)"):
            read(folder, "a", corrupt_images=check, **way)
    file = pydicom.dcmread(folder / "a.dcm", force=True)
    file.save_as(folder / "a.dcm", enforce_file_format=True)
    assert np.array_equal(read(folder, "a", **way), picture())


@with_each_decoder
@pytest.mark.parametrize("turns", [False, True])
@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("suffix", [".tif", ".avif", ".heic"])
def test_every_image_is_upright(folder, suffix, orientation, turns, way):
    """It is turned once, as its file says, whatever `exif_orientation` is."""
    image = picture()
    save(folder / f"a{suffix}", image, orientation)
    image.getexif()[0x0112] = orientation
    wanted = np.asarray(ImageOps.exif_transpose(image)).astype(int)
    arguments = {"image_size": wanted.shape[:2], "exif_orientation": turns, **way}
    pixels = read(folder, "a", **arguments)
    assert abs(pixels.astype(int) - wanted).max() <= TOLERANCE[suffix]


@with_each_decoder
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_mask_is_compared_with_its_image(folder, suffix, way):
    """A mask has the size of the upright image, or is refused."""
    turned = suffix != ".dcm"
    save(folder / f"a{suffix}", picture(), 6 if turned else 1)
    height, width = (27, 21) if turned else (21, 27)
    mask = np.arange(height * width, dtype=np.uint16).reshape(height, width) % 200
    Image.fromarray(mask.astype(np.uint8)).save(folder / "mask.png")
    Image.fromarray(mask.astype(np.uint8)[:-1]).save(folder / "other.png")
    columns = {"image_column": "image", "label_column": "mask", "label_mode": "mask"}
    arguments = {"image_size": (height, width), **columns, **way}

    csv = pd.DataFrame({"image": [f"a{suffix}"], "mask": ["mask.png"]})
    ((_, masks),) = batches(load(folder, csv, corrupt_images="error", **arguments))
    assert np.array_equal(masks[0, ..., 0], mask)

    csv = pd.DataFrame({"image": [f"a{suffix}"], "mask": ["other.png"]})
    with pytest.raises(DECODING_ERRORS, match=r"(?s)other\.png.*mask"):
        next(batches(load(folder, csv, **arguments)))
    with pytest.raises(ValueError, match=rf"'other.png' has {height - 1} × {width}"):
        load(folder, csv, corrupt_images="error", **arguments)


@with_each_decoder
def test_a_target_image_has_levels_from_0_to_255(folder, way):
    """A TIFF of 16 bits that is a label is read as an image is."""
    levels = np.arange(21 * 27, dtype=np.uint16).reshape(21, 27) * 100
    Image.fromarray(levels).save(folder / "deep.tif")
    save_colour(folder / "a.png", 0)
    csv = pd.DataFrame({"image": ["a.png"], "depth": ["deep.tif"]})
    columns = {"image_column": "image", "label_column": "depth", "label_mode": "image"}
    dataset = load(folder, csv, image_size=(21, 27), **columns, **way)
    ((_, targets),) = batches(dataset)
    assert np.array_equal(targets[0, ..., 0], levels >> 8)


class TestDamagedFile:
    """Files that cannot be decoded are treated as those in other formats."""

    @pytest.fixture(params=SUFFIXES)
    def names(self, request, folder) -> list[str]:
        """A sound image, and one that ends in the middle."""
        save(folder / f"a{request.param}", picture())
        path = save(folder / f"b{request.param}", picture())
        contents = path.read_bytes()
        path.write_bytes(contents[: len(contents) * 2 // 3])
        return [f"a{request.param}", f"b{request.param}"]

    @with_each_decoder
    def test_it_is_listed_or_left_out(self, names, folder, way):
        """`corrupt_images` lists it with its line, or leaves it out."""
        with pytest.raises(
            ValueError, match=rf"row 1: '{names[1]}' cannot be decoded: "
        ):
            load(folder, table(*names), corrupt_images="error", **way)
        with pytest.warns(UserWarning, match="1 of 2 rows is left out"):
            dataset = load(folder, table(*names), corrupt_images="skip", **way)
        assert [path[-len(names[0]) :] for path in dataset.file_paths] == names[:1]
        assert len([*batches(dataset)]) == 1

    @with_each_decoder
    def test_training_names_it(self, names, folder, way):
        """Without the check, the error names the file."""
        with pytest.raises(DECODING_ERRORS, match=rf"{names[1]}.*cannot be decoded"):
            [*batches(load(folder, table(*names), **way))]


@with_each_decoder
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_image_that_declares_too_many_pixels_is_not_decoded(folder, suffix, way):
    """The limit is that of the other formats, and holds before pixels are decoded."""
    (folder / f"a{suffix}").write_bytes(bomb(suffix))
    with pytest.raises(
        ValueError, match=r"declares [0-9,]+ pixels, more than 178,956,970"
    ):
        read(folder, "a", corrupt_images="error", **way)
    with pytest.raises(DECODING_ERRORS, match=rf"a\{suffix}.*declares"):
        read(folder, "a", **way)


class TestCacheFile:
    """A file in the folder of the cache is read again if the pixels are the same."""

    @pytest.fixture
    def load_again(self, folder, monkeypatch):
        """Loads one image, and counts how often it is decoded in Python."""
        decoded = []
        for room in ("_tf.formats", "_grain.decoding"):
            module = sys.modules.get(f"keras_csv_dataset.{room}")
            original = getattr(module, "decode_in_python", None)
            if original:
                monkeypatch.setattr(
                    module,
                    "decode_in_python",
                    lambda contents, original=original: (
                        decoded.append(1),
                        original(contents),
                    )[1],
                )

        def load_image(name: str) -> int:
            before = len(decoded)
            read(folder, name, cache="decoded")
            return len(decoded) - before

        return load_image

    def test_it_is_decoded_once(self, folder, load_again):
        """The second call reads the pixels from the file."""
        save(folder / "a.tif", picture())
        assert [load_again("a"), load_again("a")] == [1, 0]

    def test_another_version_of_a_decoder_decodes_anew(
        self, folder, load_again, monkeypatch
    ):
        """A file that another version of Pillow or pydicom filled is not read."""
        save(folder / "a.tif", picture())
        assert load_again("a") == 1
        monkeypatch.setattr("importlib.metadata.version", lambda package: "99")
        assert load_again("a") == 1


class TestCommands:
    """The commands look at these images, in both formats."""

    @pytest.fixture
    def data(self, folder) -> list[str]:
        """A folder with images in all formats, and its CSV."""
        for number, suffix in enumerate(SUFFIXES):
            save(folder / f"{number}{suffix}", picture(40 + number, 50))
        table(*"0123").to_csv("labels.csv", index=False)
        return [str(folder), "labels.csv", "--image-column", "image"]

    @pytest.mark.parametrize(
        "format", ["tf", pytest.param("grain", marks=pytest.mark.grain)]
    )
    def test_check_decodes_them(self, data, folder, format, capsys):
        """The check counts their sizes, and names one that is damaged."""
        (folder / "1.avif").write_bytes((folder / "1.avif").read_bytes()[:-99])
        arguments = [*data, "--format", format, "--report", "report.html"]
        assert main(["check", *arguments]) == 1
        printed = capsys.readouterr().out
        assert "labels.csv, line 3: '1' cannot be decoded" in printed
        for height in (40, 42, 43):
            assert f"{height} × 50" in printed

    @pytest.mark.parametrize("command", ["check", "preview"])
    def test_they_say_what_a_call_needs(self, data, command, capsys):
        """A call without a cache would refuse these images."""
        main([command, *data, *(["-o", "out.png"] if command == "preview" else [])])
        assert 'pass cache=True or format="grain"' in capsys.readouterr().err

    @pytest.mark.parametrize(
        "format", ["tf", pytest.param("grain", marks=pytest.mark.grain)]
    )
    def test_preview_draws_them(self, data, format):
        """The preview draws every image."""
        assert main(["preview", *data, "--format", format, "-o", "out.png"]) == 0


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), suffix=st.sampled_from(SUFFIXES))
@pytest.mark.parametrize("way", DECODERS.values(), ids=DECODERS)
@pytest.mark.slow
def test_any_damage(tmp_path_factory, data, suffix, way):
    """Training can read a file if and only if the check accepts it."""
    folder = tmp_path_factory.mktemp("images")
    path = save(folder / f"a{suffix}", picture())
    contents = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        contents[data.draw(st.integers(0, len(contents) - 1))] = data.draw(
            st.integers(0, 255)
        )
    path.write_bytes(contents[: data.draw(st.integers(1, len(contents)))])
    try:
        read(folder, path.name, corrupt_images="error", **way)
    except ValueError:
        with pytest.raises(DECODING_ERRORS, match=r"."):
            read(folder, path.name, **way)
    else:
        read(folder, path.name, **way)
