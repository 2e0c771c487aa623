"""Images whose colour encodes their number."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from in_each_format import image_dataset_from_csv

# The names in the fixture `images`, without suffix; the first has the number 0.
NAMES = "abcdefgh"


def colour(number: int) -> tuple[int, int, int]:
    """A distinct colour for every number below 4,096, far from all others."""
    red, rest = divmod(number, 256)
    green, blue = divmod(rest, 16)
    return 16 * red + 8, 16 * green + 8, 16 * blue + 8


def number_of(image: np.ndarray) -> int:
    """The number that the colour of an image, or of a batch of one image, encodes."""
    red, green, blue = (
        round((float(c) - 8) / 16) for c in np.asarray(image)[..., :3].mean((-3, -2))
    )
    return 256 * red + 16 * green + blue


def save(path: Path, number: int, size: tuple[int, int] = (8, 8)) -> Path:
    """Writes an image of one colour in the format of the suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lossless = {"quality": 100, "subsampling": 0}
    options = lossless if path.suffix.lower() in (".jpg", ".jpeg") else {}
    Image.new("RGB", size, colour(number)).save(path, **options)
    return path


def save_noise(path: Path, number: int, size: tuple[int, int] = (8, 8)) -> Path:
    """Writes an image in which every pixel has a colour of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    levels = np.random.RandomState(number).randint(0, 256, (height, width, 3))
    Image.fromarray(levels.astype(np.uint8)).save(path)
    return path


def save_all(folder: Path, names: "list[str]", save_one=save) -> "list[Path]":
    """Writes an image for each name; what is in it encodes its position."""
    return [save_one(folder / name, number) for number, name in enumerate(names)]


def batches(dataset) -> "Iterator[Any]":
    """The batches of one epoch, in any format, as NumPy arrays."""
    return dataset.as_numpy_iterator() if hasattr(dataset, "take") else iter(dataset)


def singly(dataset) -> "Iterator[tuple[Any, ...]]":
    """Single images from a batched dataset, each with its label, weight or both."""
    for batch in batches(dataset):
        images, *rest = batch if isinstance(batch, tuple) else (batch,)
        for place, image in enumerate(images):
            yield (image, *(_at(place, values) for values in rest))


def _at(place: int, values: Any) -> Any:
    if isinstance(values, dict):
        return {output: value[place] for output, value in values.items()}
    return values[place]


def form_of(dataset, part: int) -> Any:
    """The dtype of one part of the batches, and its shape without the batch axis."""
    static = getattr(dataset, "element_spec", None)
    values = (static or next(batches(dataset)))[part]
    if isinstance(values, dict):
        return {output: _form(value) for output, value in values.items()}
    return _form(values)


def _form(values: Any) -> "tuple[str, tuple[int | None, ...]]":
    return values.dtype.name, tuple(values.shape[1:])


def numbers_and_labels(dataset) -> "list[tuple[int, object]]":
    """The number and the label of every image in a batched dataset."""
    return [(number_of(image), label) for image, label in singly(dataset)]


def load(directory, csv, **arguments):
    """A dataset of small images in the order of the rows, without messages."""
    defaults = {"image_size": (8, 8), "shuffle": False, "verbose": False}
    return image_dataset_from_csv(directory, csv, **{**defaults, **arguments})
