"""Creates the images and the label files of the benchmarks.

They come from a fixed seed and from photographs in scikit-learn and scikit-image, so
the files are the same on every machine.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data
from sklearn.datasets import load_sample_images

SIZES = {"small": (64, 64), "medium": (500, 375), "large": (2000, 1500)}

_QUALITY = 90
_NUM_CLASSES = 4
_FILES_PER_FOLDER = 100
_GRAIN = 4.0  # standard deviation, in levels of 0 to 255


@dataclass(frozen=True)
class ImageSet:
    """Images in class folders, and their label files.

    Attributes:
        folder: The folder of all files.
        count: The number of images.
    """

    folder: Path
    count: int

    @property
    def directory(self) -> Path:
        """The folder that contains the class folders."""
        return self.folder / "images"

    def csv(self, spelling: str = "paths") -> Path:
        """The label file with `"paths"`, `"ids"` (paths without extension) or
        `"basenames"`.
        """
        return self.folder / f"{spelling}.csv"

    @property
    def mean_file_size(self) -> float:
        """The mean size of an image file, in bytes."""
        return float(
            np.mean([path.stat().st_size for path in self.directory.rglob("*.jpg")])
        )


def make_corpus(folder: Path, images: int, files: int) -> dict[str, ImageSet]:
    """Creates all image sets.

    Args:
        folder: The folder to write to. Complete sets that exist are kept.
        images: Number of 500 × 375 images. There are twice as many of 64 × 64, half
            as many of 2000 × 1500, and a sixteenth as many for short epochs.
        files: Number of tiny files in the set for start-up.

    Returns:
        The sets `"small"`, `"medium"`, `"large"`, `"few"` and `"tree"`.
    """
    counts = {
        "small": 2 * images,
        "medium": images,
        # Of fewer, the start of an epoch would be several percent of the time.
        "large": max(images // 2, 4),
        "few": max(images // 16, 4),
    }
    corpus = {
        name: _make(
            folder / f"{name}_{count}",
            count,
            _NUM_CLASSES,
            partial(_write_photographs, size=SIZES.get(name, SIZES["medium"])),
        )
        for name, count in counts.items()
    }
    corpus["tree"] = _make(
        folder / f"tree_{files}",
        files,
        max(files // _FILES_PER_FOLDER, 2),
        _write_links,
    )
    return corpus


def _make(
    folder: Path,
    count: int,
    num_classes: int,
    write_images: Callable[[Path, list[str]], None],
) -> ImageSet:
    """Writes images and label files unless they exist."""
    images = ImageSet(folder, count)
    # The label files are written last, so if they exist, the set is complete.
    if not images.csv("basenames").exists():
        names = [f"class_{n % num_classes:04d}/{n:07d}" for n in range(count)]
        for name in names[:num_classes]:
            (images.directory / name).parent.mkdir(parents=True, exist_ok=True)
        write_images(images.directory, names)
        _write_csvs(images, names)
    return images


def _write_csvs(images: ImageSet, names: list[str]) -> None:
    """Writes the label files, in a different order from that of the image files."""
    order = np.random.default_rng(1).permutation(len(names))
    spellings: dict[str, Callable[[str], str]] = {
        "paths": lambda name: f"{name}.jpg",
        "ids": lambda name: name,
        "basenames": lambda name: f"{name.partition('/')[2]}.jpg",
    }
    for spelling, spell in spellings.items():
        with images.csv(spelling).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["image", "label"])
            for number in order.tolist():
                name = names[number]
                writer.writerow([spell(name), name.partition("/")[0]])


def _write_photographs(
    directory: Path, names: list[str], size: tuple[int, int]
) -> None:
    """Writes crops of the photographs as JPEG files of one size."""
    for name, image in zip(names, _windows(size), strict=False):
        image.save(directory / f"{name}.jpg", quality=_QUALITY)


def _windows(size: tuple[int, int]) -> Iterator[Image.Image]:
    """Random crops of the photographs in turn, endlessly, resized to one size.

    If a photograph is too small, its crop is enlarged and gets noise like a camera's.
    Without the noise, it would be smoother than a photograph of that size, and faster
    to decode.
    """
    random = np.random.default_rng(1)
    photographs = _photographs()
    grain = random.normal(0, _GRAIN, (size[1] + 99, size[0] + 99, 3)).astype(np.int16)
    while True:
        for photograph in photographs:
            most = min(photograph.width / size[0], photograph.height / size[1])
            zoom = (
                random.uniform(1, most) if most > 1 else random.uniform(0.8, 1) * most
            )
            width, height = zoom * size[0], zoom * size[1]
            left = random.uniform(0, photograph.width - width)
            top = random.uniform(0, photograph.height - height)
            box = (left, top, left + width, top + height)
            window = photograph.resize(size, Image.Resampling.BICUBIC, box)
            if most < 1:
                x, y = random.integers(0, 99, 2)
                pixels = grain[y : y + size[1], x : x + size[0]] + np.asarray(window)
                window = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
            yield window


def _photographs() -> list[Image.Image]:
    """The colour photographs that are installed with the packages."""
    return [
        Image.fromarray(pixels)
        for pixels in (
            *load_sample_images().images,
            data.astronaut(),
            data.chelsea(),
            data.coffee(),
            data.hubble_deep_field(),
            data.immunohistochemistry(),
            data.retina(),
            data.rocket(),
            data.stereo_motorcycle()[0],
        )
    ]


def _write_links(directory: Path, names: list[str]) -> None:
    """Writes one tiny image per folder, and the others as hard links to it.

    A hard link is listed and opened like a file, and uses no disk space.
    """
    image = Image.new("RGB", (8, 8), (120, 130, 140))
    first: dict[str, Path] = {}
    for name in names:
        path = directory / f"{name}.jpg"
        folder = name.partition("/")[0]
        if folder in first:
            path.hardlink_to(first[folder])
        else:
            image.save(path, quality=_QUALITY)
            first[folder] = path
