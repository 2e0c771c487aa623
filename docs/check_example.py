"""Writes the collection with faults that the page "Check a dataset" inspects.

Run `python docs/check_example.py FOLDER` for `FOLDER/images` and `FOLDER/labels.csv`.
The photographs come with scikit-image and scikit-learn.
"""

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from skimage import data
from sklearn.datasets import load_sample_images

# What the page runs in the folder, but for the file of the report.
COMMAND = "check images labels.csv --validation-split 0.2 --image-size 96 --report"

_MOST_PIXELS = 160  # The side of an image, at most.
_OF_EACH_CLASS = 12
# The least standard deviation of an image, in levels of 0 to 255: bare sky is left out.
_LEAST_CONTRAST = 24
_EXIF_ORIENTATION = 0x0112


def write_report(page: Path) -> str:
    """Writes the collection and the report on it.

    Args:
        page: The HTML file to write.

    Returns:
        The report on the terminal.
    """
    with TemporaryDirectory() as folder:
        write_collection(Path(folder))
        command = [sys.executable, "-m", "keras_csv_dataset", *COMMAND.split(), page]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode != 1:  # the status of a report with findings
        raise RuntimeError(run.stderr)
    return run.stdout


def write_collection(folder: Path) -> None:
    """Writes 72 photographs of six classes, and then faults."""
    collection = _Collection(folder / "images")
    for label, photograph in _photographs():
        tiles = list(_tiles(photograph))
        for tile in tiles[:: len(tiles) // _OF_EACH_CLASS][:_OF_EACH_CLASS]:
            collection.add(tile, label)
    _add_copies(collection)
    _spoil_images(collection)
    _spoil_rows(collection)
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([["image", "label"], *collection.rows])


class _Collection:
    """Images in a folder, with the rows of their CSV."""

    def __init__(self, images: Path) -> None:
        images.mkdir(parents=True)
        self._images = images
        self.rows: list[list[str]] = []

    def path(self, number: int) -> Path:
        """The file of a row, by the number of the row."""
        return self._images / self.rows[number][0]

    def read(self, number: int) -> Image.Image:
        """The image of a row."""
        with Image.open(self.path(number)) as image:
            return image.copy()

    def add(self, image: Image.Image, label: str, quality: int = 90) -> None:
        """Adds an image with its row."""
        self.rows.append([f"{len(self.rows):04d}.jpg", label])
        image.save(self.path(-1), quality=quality)


def _photographs() -> Iterator[tuple[str, Image.Image]]:
    temple, dahlia = load_sample_images().images
    yield "temple", Image.fromarray(temple)
    yield "dahlia", Image.fromarray(dahlia)
    yield "coffee", Image.fromarray(data.coffee())
    yield "motorcycle", Image.fromarray(data.stereo_motorcycle()[0])
    yield "galaxy", Image.fromarray(data.hubble_deep_field())
    yield "retina", Image.fromarray(data.retina())


def _tiles(photograph: Image.Image) -> Iterator[Image.Image]:
    """The parts of a photograph that do not overlap, in its own pixels."""
    side = min(min(photograph.size) // 4, _MOST_PIXELS)
    for top in range(0, photograph.height - side + 1, side):
        for left in range(0, photograph.width - side + 1, side):
            tile = photograph.crop((left, top, left + side, top + side))
            if np.asarray(tile.convert("L")).std() >= _LEAST_CONTRAST:
                yield tile


def _add_copies(collection: _Collection) -> None:
    """Adds images that are in the collection already, as people collect them twice."""

    def crop(image: Image.Image) -> Image.Image:
        return ImageOps.crop(image, border=2)

    def brighten(image: Image.Image) -> Image.Image:
        return ImageEnhance.Brightness(image).enhance(1.3)

    for number, change in (
        (9, ImageOps.mirror),
        (17, crop),
        (29, brighten),
        (30, Image.Image.copy),
        (43, Image.Image.copy),
        (44, brighten),
    ):
        label = collection.rows[number][1]
        collection.add(change(collection.read(number)), label, quality=70)
    # One of them has the label of another photograph.
    collection.rows[-2][1] = "coffee"
    collection.add(collection.read(57), "galaxy")
    collection.path(-1).write_bytes(collection.path(57).read_bytes())


def _spoil_images(collection: _Collection) -> None:
    """Makes images dark, blurred, small or blank, lays some on their side, cuts one."""
    for number in (13, 26):
        exif = Image.Exif()
        exif[_EXIF_ORIENTATION] = 6  # To be turned clockwise by 90°.
        turned = collection.read(number).transpose(Image.Transpose.ROTATE_90)
        turned.save(collection.path(number), quality=90, exif=exif)
    dark = ImageEnhance.Brightness(collection.read(33)).enhance(0.2)
    dark.save(collection.path(33), quality=90)
    blurred = collection.read(22).filter(ImageFilter.GaussianBlur(6))
    blurred.save(collection.path(22), quality=90)
    collection.read(70).resize((60, 60)).save(collection.path(70), quality=90)
    Image.new("RGB", (120, 120), (24, 24, 28)).save(collection.path(48))
    whole = collection.path(66).read_bytes()
    collection.path(66).write_bytes(whole[: len(whole) // 2])


def _spoil_rows(collection: _Collection) -> None:
    """Writes a class in two ways, and names an image that does not exist."""
    collection.rows[5][1] = "Temple"
    collection.rows.append(["0091.jpg", "retina"])


if __name__ == "__main__":
    write_collection(Path(sys.argv[1]))
